//! Every node class, declared once. The field types are Rust's; each stands for one ASDL type (see `reflect`).

use super::{Constant, Location, Text};

nodes! {
    // Classes with a location: a struct of `kind` and `location`, and an enum of the kinds.
    located {
        /// A statement.
        Stmt StmtKind "stmt" {
            FunctionDef {
                name: &'a str, args: &'a Arguments<'a>, body: &'a [Stmt<'a>], decorator_list: &'a [Expr<'a>],
                returns: Option<&'a Expr<'a>>, type_comment: Option<Text<'a>>, type_params: &'a [TypeParam<'a>]
            }
            AsyncFunctionDef {
                name: &'a str, args: &'a Arguments<'a>, body: &'a [Stmt<'a>], decorator_list: &'a [Expr<'a>],
                returns: Option<&'a Expr<'a>>, type_comment: Option<Text<'a>>, type_params: &'a [TypeParam<'a>]
            }
            ClassDef {
                name: &'a str, bases: &'a [Expr<'a>], keywords: &'a [Keyword<'a>], body: &'a [Stmt<'a>],
                decorator_list: &'a [Expr<'a>], type_params: &'a [TypeParam<'a>]
            }
            Return { value: Option<&'a Expr<'a>> }
            Delete { targets: &'a [Expr<'a>] }
            Assign { targets: &'a [Expr<'a>], value: &'a Expr<'a>, type_comment: Option<Text<'a>> }
            TypeAlias { name: &'a Expr<'a>, type_params: &'a [TypeParam<'a>], value: &'a Expr<'a> }
            AugAssign { target: &'a Expr<'a>, op: Operator, value: &'a Expr<'a> }
            AnnAssign {
                target: &'a Expr<'a>, annotation: &'a Expr<'a>, value: Option<&'a Expr<'a>>, simple: i32
            }
            For {
                target: &'a Expr<'a>, iter: &'a Expr<'a>, body: &'a [Stmt<'a>], orelse: &'a [Stmt<'a>],
                type_comment: Option<Text<'a>>
            }
            AsyncFor {
                target: &'a Expr<'a>, iter: &'a Expr<'a>, body: &'a [Stmt<'a>], orelse: &'a [Stmt<'a>],
                type_comment: Option<Text<'a>>
            }
            While { test: &'a Expr<'a>, body: &'a [Stmt<'a>], orelse: &'a [Stmt<'a>] }
            If { test: &'a Expr<'a>, body: &'a [Stmt<'a>], orelse: &'a [Stmt<'a>] }
            With { items: &'a [WithItem<'a>], body: &'a [Stmt<'a>], type_comment: Option<Text<'a>> }
            AsyncWith { items: &'a [WithItem<'a>], body: &'a [Stmt<'a>], type_comment: Option<Text<'a>> }
            Match { subject: &'a Expr<'a>, cases: &'a [MatchCase<'a>] }
            Raise { exc: Option<&'a Expr<'a>>, cause: Option<&'a Expr<'a>> }
            Try {
                body: &'a [Stmt<'a>], handlers: &'a [ExceptHandler<'a>], orelse: &'a [Stmt<'a>],
                finalbody: &'a [Stmt<'a>]
            }
            TryStar {
                body: &'a [Stmt<'a>], handlers: &'a [ExceptHandler<'a>], orelse: &'a [Stmt<'a>],
                finalbody: &'a [Stmt<'a>]
            }
            Assert { test: &'a Expr<'a>, msg: Option<&'a Expr<'a>> }
            Import { names: &'a [Alias<'a>] }
            ImportFrom { module: Option<&'a str>, names: &'a [Alias<'a>], level: Option<i32> }
            Global { names: &'a [&'a str] }
            Nonlocal { names: &'a [&'a str] }
            Expr { value: &'a Expr<'a> }
            Pass
            Break
            Continue
        }

        /// An expression.
        Expr ExprKind "expr" {
            BoolOp { op: BoolOp, values: &'a [Expr<'a>] }
            NamedExpr { target: &'a Expr<'a>, value: &'a Expr<'a> }
            BinOp { left: &'a Expr<'a>, op: Operator, right: &'a Expr<'a> }
            UnaryOp { op: UnaryOp, operand: &'a Expr<'a> }
            Lambda { args: &'a Arguments<'a>, body: &'a Expr<'a> }
            IfExp { test: &'a Expr<'a>, body: &'a Expr<'a>, orelse: &'a Expr<'a> }
            Dict { keys: &'a [Option<&'a Expr<'a>>], values: &'a [Expr<'a>] }
            Set { elts: &'a [Expr<'a>] }
            ListComp { elt: &'a Expr<'a>, generators: &'a [Comprehension<'a>] }
            SetComp { elt: &'a Expr<'a>, generators: &'a [Comprehension<'a>] }
            DictComp { key: &'a Expr<'a>, value: &'a Expr<'a>, generators: &'a [Comprehension<'a>] }
            GeneratorExp { elt: &'a Expr<'a>, generators: &'a [Comprehension<'a>] }
            Await { value: &'a Expr<'a> }
            Yield { value: Option<&'a Expr<'a>> }
            YieldFrom { value: &'a Expr<'a> }
            Compare { left: &'a Expr<'a>, ops: &'a [CmpOp], comparators: &'a [Expr<'a>] }
            Call { func: &'a Expr<'a>, args: &'a [Expr<'a>], keywords: &'a [Keyword<'a>] }
            FormattedValue { value: &'a Expr<'a>, conversion: i32, format_spec: Option<&'a Expr<'a>> }
            Interpolation {
                value: &'a Expr<'a>, str: Constant<'a>, conversion: i32, format_spec: Option<&'a Expr<'a>>
            }
            JoinedStr { values: &'a [Expr<'a>] }
            TemplateStr { values: &'a [Expr<'a>] }
            Constant { value: Constant<'a>, kind: Option<Text<'a>> }
            Attribute { value: &'a Expr<'a>, attr: &'a str, ctx: ExprContext }
            Subscript { value: &'a Expr<'a>, slice: &'a Expr<'a>, ctx: ExprContext }
            Starred { value: &'a Expr<'a>, ctx: ExprContext }
            Name { id: &'a str, ctx: ExprContext }
            List { elts: &'a [Expr<'a>], ctx: ExprContext }
            Tuple { elts: &'a [Expr<'a>], ctx: ExprContext }
            Slice { lower: Option<&'a Expr<'a>>, upper: Option<&'a Expr<'a>>, step: Option<&'a Expr<'a>> }
        }

        /// A pattern of a `match` statement's case.
        Pattern PatternKind "pattern" {
            MatchValue { value: &'a Expr<'a> }
            MatchSingleton { value: Constant<'a> }
            MatchSequence { patterns: &'a [Pattern<'a>] }
            MatchMapping { keys: &'a [Expr<'a>], patterns: &'a [Pattern<'a>], rest: Option<&'a str> }
            MatchClass {
                cls: &'a Expr<'a>, patterns: &'a [Pattern<'a>], kwd_attrs: &'a [&'a str],
                kwd_patterns: &'a [Pattern<'a>]
            }
            MatchStar { name: Option<&'a str> }
            MatchAs { pattern: Option<&'a Pattern<'a>>, name: Option<&'a str> }
            MatchOr { patterns: &'a [Pattern<'a>] }
        }

        /// A type parameter (PEP 695).
        TypeParam TypeParamKind "type_param" {
            TypeVar { name: &'a str, bound: Option<&'a Expr<'a>>, default_value: Option<&'a Expr<'a>> }
            ParamSpec { name: &'a str, default_value: Option<&'a Expr<'a>> }
            TypeVarTuple { name: &'a str, default_value: Option<&'a Expr<'a>> }
        }
    }

    // Alternatives without a location: an enum.
    bare {
        /// A whole source text.
        Mod "mod" {
            Module { body: &'a [Stmt<'a>], type_ignores: &'a [TypeIgnore<'a>] }
            Interactive { body: &'a [Stmt<'a>] }
            Expression { body: &'a Expr<'a> }
            FunctionType { argtypes: &'a [Expr<'a>], returns: &'a Expr<'a> }
        }
    }

    // Single classes with a location: a struct with the fields and `location`.
    located_structs {
        /// An `except` clause.
        ExceptHandler "ExceptHandler" "excepthandler" {
            type_: Option<&'a Expr<'a>>, name: Option<&'a str>, body: &'a [Stmt<'a>]
        }
        /// A parameter.
        Arg "arg" "AST" { arg: &'a str, annotation: Option<&'a Expr<'a>>, type_comment: Option<Text<'a>> }
        /// A keyword argument; without `arg` it is `**value`.
        Keyword "keyword" "AST" { arg: Option<&'a str>, value: &'a Expr<'a> }
        /// One name of an import.
        Alias "alias" "AST" { name: &'a str, asname: Option<&'a str> }
    }

    // Single classes without a location: a struct with the fields.
    structs {
        /// One `for … in … if …` of a comprehension.
        Comprehension "comprehension" "AST" {
            target: &'a Expr<'a>, iter: &'a Expr<'a>, ifs: &'a [Expr<'a>], is_async: i32
        }
        /// The parameters of a function.
        Arguments "arguments" "AST" {
            posonlyargs: &'a [Arg<'a>], args: &'a [Arg<'a>], vararg: Option<&'a Arg<'a>>,
            kwonlyargs: &'a [Arg<'a>], kw_defaults: &'a [Option<&'a Expr<'a>>], kwarg: Option<&'a Arg<'a>>,
            defaults: &'a [Expr<'a>]
        }
        /// One context manager of a `with` statement.
        WithItem "withitem" "AST" { context_expr: &'a Expr<'a>, optional_vars: Option<&'a Expr<'a>> }
        /// One `case` of a `match` statement.
        MatchCase "match_case" "AST" {
            pattern: &'a Pattern<'a>, guard: Option<&'a Expr<'a>>, body: &'a [Stmt<'a>]
        }
        /// A `# type: ignore` comment.
        TypeIgnore "TypeIgnore" "type_ignore" { lineno: i32, tag: Text<'a> }
    }

    // Classes without fields: a plain enum.
    operators {
        /// What a name, attribute, subscript or sequence display is used for.
        ExprContext "expr_context" { Load Store Del }
        /// A boolean operator.
        BoolOp "boolop" { And Or }
        /// A binary operator.
        Operator "operator" { Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv }
        /// A unary operator.
        UnaryOp "unaryop" { Invert Not UAdd USub }
        /// A comparison.
        CmpOp "cmpop" { Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn }
    }
}
