//! What `compile()` checks of a tree that a program has made: the parser can't have made it, so anything may be in it.

use syntax::ast::*;
use syntax::{ErrorKind, SyntaxError};

use crate::error::{Error, Limit, Result, check_stack};

/// Checks a tree; the error is a ValueError, TypeError or RecursionError.
pub fn validate(module: &Mod<'_>) -> std::result::Result<(), SyntaxError> {
    let mut validator = Validator { depth: 0 };
    let result = match *module {
        Mod::Module { body, .. } | Mod::Interactive { body } => validator.stmts(body),
        Mod::Expression { body } => validator.load(body),
        Mod::FunctionType { argtypes, returns } => {
            validator.exprs(argtypes, ExprContext::Load).and_then(|()| validator.load(returns))
        }
    };
    result.map_err(|error| error.into_syntax_error())
}

struct Validator {
    depth: u32,
}

fn value_error<T>(message: impl Into<String>) -> Result<T> {
    Error::other(ErrorKind::ValueError, message)
}

fn check(condition: bool, message: &str) -> Result {
    if condition { Ok(()) } else { value_error(message) }
}

fn nonempty<T>(list: &[T], what: &str, owner: &str) -> Result {
    if list.is_empty() { value_error(format!("empty {what} on {owner}")) } else { Ok(()) }
}

fn context_name(context: ExprContext) -> &'static str {
    match context {
        ExprContext::Load => "Load",
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
    }
}

fn positions(location: Location) -> Result {
    let Location { lineno, col_offset, end_lineno, end_col_offset } = location;
    if lineno > end_lineno {
        return value_error(format!("AST node line range ({lineno}, {end_lineno}) is not valid"));
    }
    if lineno < 0 && end_lineno != lineno || col_offset < 0 && col_offset != end_col_offset {
        return value_error(format!(
            "AST node column range ({col_offset}, {end_col_offset}) for line range ({lineno}, {end_lineno}) is not valid"
        ));
    }
    if lineno == end_lineno && col_offset > end_col_offset {
        return value_error(format!(
            "line {lineno}, column {col_offset}-{end_col_offset} is not a valid range"
        ));
    }
    Ok(())
}

fn name(name: &str) -> Result {
    if matches!(name, "None" | "True" | "False") {
        return value_error(format!("identifier field can't represent '{name}' constant"));
    }
    Ok(())
}

fn capture(target: &str) -> Result {
    check(target != "_", "can't capture name '_' in patterns")?;
    name(target)
}

impl Validator {
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        check_stack(self.depth, Limit::Tree)?;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn load(&mut self, expr: &Expr<'_>) -> Result {
        self.expr(expr, ExprContext::Load)
    }

    fn optional(&mut self, expr: Option<&Expr<'_>>) -> Result {
        expr.map_or(Ok(()), |expr| self.load(expr))
    }

    fn exprs(&mut self, exprs: &[Expr<'_>], context: ExprContext) -> Result {
        exprs.iter().try_for_each(|expr| self.expr(expr, context))
    }

    fn stmts(&mut self, stmts: &[Stmt<'_>]) -> Result {
        stmts.iter().try_for_each(|stmt| self.deeper(|this| this.stmt(stmt)))
    }

    fn body(&mut self, body: &[Stmt<'_>], owner: &str) -> Result {
        nonempty(body, "body", owner)?;
        self.stmts(body)
    }

    fn targets(&mut self, targets: &[Expr<'_>], context: ExprContext, owner: &str) -> Result {
        nonempty(targets, "targets", owner)?;
        self.exprs(targets, context)
    }

    fn keywords(&mut self, keywords: &[Keyword<'_>]) -> Result {
        keywords.iter().try_for_each(|keyword| self.load(keyword.value))
    }

    fn args(&mut self, args: &[Arg<'_>]) -> Result {
        args.iter().try_for_each(|arg| {
            positions(arg.location)?;
            self.optional(arg.annotation)
        })
    }

    fn arguments(&mut self, args: &Arguments<'_>) -> Result {
        self.args(args.posonlyargs)?;
        self.args(args.args)?;
        self.optional(args.vararg.and_then(|arg| arg.annotation))?;
        self.args(args.kwonlyargs)?;
        self.optional(args.kwarg.and_then(|arg| arg.annotation))?;
        check(
            args.defaults.len() <= args.posonlyargs.len() + args.args.len(),
            "more positional defaults than args on arguments",
        )?;
        check(
            args.kw_defaults.len() == args.kwonlyargs.len(),
            "length of kwonlyargs is not the same as kw_defaults on arguments",
        )?;
        self.exprs(args.defaults, ExprContext::Load)?;
        args.kw_defaults.iter().try_for_each(|default| self.optional(*default))
    }

    fn type_params(&mut self, params: &[TypeParam<'_>]) -> Result {
        params.iter().try_for_each(|param| {
            positions(param.location)?;
            match param.kind {
                TypeParamKind::TypeVar { name: id, bound, default_value } => {
                    name(id)?;
                    self.optional(bound)?;
                    self.optional(default_value)
                }
                TypeParamKind::ParamSpec { name: id, default_value }
                | TypeParamKind::TypeVarTuple { name: id, default_value } => {
                    name(id)?;
                    self.optional(default_value)
                }
            }
        })
    }

    fn comprehension(&mut self, generators: &[Comprehension<'_>]) -> Result {
        check(!generators.is_empty(), "comprehension with no generators")?;
        generators.iter().try_for_each(|generator| {
            self.expr(generator.target, ExprContext::Store)?;
            self.load(generator.iter)?;
            self.exprs(generator.ifs, ExprContext::Load)
        })
    }

    fn expr(&mut self, expr: &Expr<'_>, context: ExprContext) -> Result {
        positions(expr.location)?;
        self.deeper(|this| this.expr_kind(&expr.kind, context))
    }

    fn expr_kind(&mut self, kind: &ExprKind<'_>, context: ExprContext) -> Result {
        use ExprKind::*;
        if let Name { id, .. } = *kind {
            name(id)?;
        }
        match *kind {
            Attribute { ctx, .. }
            | Subscript { ctx, .. }
            | Starred { ctx, .. }
            | Name { ctx, .. }
            | List { ctx, .. }
            | Tuple { ctx, .. } => {
                let (wanted, actual) = (context_name(context), context_name(ctx));
                let message = || format!("expression must have {wanted} context but has {actual} instead");
                if ctx == context { Ok(()) } else { value_error(message()) }?;
            }
            _ if context != ExprContext::Load => {
                let context = context_name(context);
                return value_error(format!("expression which can't be assigned to in {context} context"));
            }
            _ => {}
        }
        const LOAD: ExprContext = ExprContext::Load;
        match *kind {
            BoolOp { values, .. } => {
                check(values.len() >= 2, "BoolOp with less than 2 values")?;
                self.exprs(values, LOAD)
            }
            BinOp { left, right, .. } => {
                self.load(left)?;
                self.load(right)
            }
            UnaryOp { operand, .. } => self.load(operand),
            Lambda { args, body } => {
                self.arguments(args)?;
                self.load(body)
            }
            IfExp { test, body, orelse } => {
                self.load(test)?;
                self.load(body)?;
                self.load(orelse)
            }
            Dict { keys, values } => {
                check(keys.len() == values.len(), "Dict doesn't have the same number of keys as values")?;
                keys.iter().try_for_each(|key| self.optional(*key))?;
                self.exprs(values, LOAD)
            }
            Set { elts } => self.exprs(elts, LOAD),
            ListComp { elt, generators } | SetComp { elt, generators } | GeneratorExp { elt, generators } => {
                self.comprehension(generators)?;
                self.load(elt)
            }
            DictComp { key, value, generators } => {
                self.comprehension(generators)?;
                self.load(key)?;
                self.load(value)
            }
            Yield { value } => self.optional(value),
            YieldFrom { value } | Await { value } | Attribute { value, .. } | NamedExpr { value, .. } => {
                self.load(value)
            }
            Compare { left, ops, comparators } => {
                check(!comparators.is_empty(), "Compare with no comparators")?;
                check(
                    comparators.len() == ops.len(),
                    "Compare has a different number of comparators and operands",
                )?;
                self.exprs(comparators, LOAD)?;
                self.load(left)
            }
            Call { func, args, keywords } => {
                self.load(func)?;
                self.exprs(args, LOAD)?;
                self.keywords(keywords)
            }
            JoinedStr { values } | TemplateStr { values } => self.exprs(values, LOAD),
            FormattedValue { value, format_spec, .. } | Interpolation { value, format_spec, .. } => {
                self.load(value)?;
                self.optional(format_spec)
            }
            Subscript { value, slice, .. } => {
                self.load(slice)?;
                self.load(value)
            }
            Starred { value, .. } => self.expr(value, context),
            Slice { lower, upper, step } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)
            }
            List { elts, .. } | Tuple { elts, .. } => self.exprs(elts, context),
            Constant { .. } | Name { .. } => Ok(()),
        }
    }

    fn stmt(&mut self, stmt: &Stmt<'_>) -> Result {
        use StmtKind::*;
        const LOAD: ExprContext = ExprContext::Load;
        const STORE: ExprContext = ExprContext::Store;
        positions(stmt.location)?;
        let class = Node::Stmt(stmt).class();
        let owner = CLASSES[class as usize].name;
        match stmt.kind {
            FunctionDef { args, body, decorator_list, returns, type_params, .. }
            | AsyncFunctionDef { args, body, decorator_list, returns, type_params, .. } => {
                self.body(body, owner)?;
                self.type_params(type_params)?;
                self.arguments(args)?;
                self.exprs(decorator_list, LOAD)?;
                self.optional(returns)
            }
            ClassDef { bases, keywords, body, decorator_list, type_params, .. } => {
                self.body(body, owner)?;
                self.type_params(type_params)?;
                self.exprs(bases, LOAD)?;
                self.keywords(keywords)?;
                self.exprs(decorator_list, LOAD)
            }
            Return { value } => self.optional(value),
            Delete { targets } => self.targets(targets, ExprContext::Del, owner),
            Assign { targets, value, .. } => {
                self.targets(targets, STORE, owner)?;
                self.load(value)
            }
            AugAssign { target, value, .. } => {
                self.expr(target, STORE)?;
                self.load(value)
            }
            AnnAssign { target, annotation, value, simple } => {
                if simple != 0 && !matches!(target.kind, ExprKind::Name { .. }) {
                    return Error::other(ErrorKind::TypeError, "AnnAssign with simple non-Name target");
                }
                self.expr(target, STORE)?;
                self.optional(value)?;
                self.load(annotation)
            }
            TypeAlias { name, type_params, value } => {
                if !matches!(name.kind, ExprKind::Name { .. }) {
                    return Error::other(ErrorKind::TypeError, "TypeAlias with non-Name name");
                }
                self.expr(name, STORE)?;
                self.type_params(type_params)?;
                self.load(value)
            }
            For { target, iter, body, orelse, .. } | AsyncFor { target, iter, body, orelse, .. } => {
                self.expr(target, STORE)?;
                self.load(iter)?;
                self.body(body, owner)?;
                self.stmts(orelse)
            }
            While { test, body, orelse } | If { test, body, orelse } => {
                self.load(test)?;
                self.body(body, owner)?;
                self.stmts(orelse)
            }
            With { items, body, .. } | AsyncWith { items, body, .. } => {
                nonempty(items, "items", owner)?;
                for item in items {
                    self.load(item.context_expr)?;
                    item.optional_vars.map_or(Ok(()), |target| self.expr(target, STORE))?;
                }
                self.body(body, owner)
            }
            Match { subject, cases } => {
                self.load(subject)?;
                nonempty(cases, "cases", owner)?;
                cases.iter().try_for_each(|case| {
                    self.pattern(case.pattern, false)?;
                    self.optional(case.guard)?;
                    self.body(case.body, "match_case")
                })
            }
            Raise { exc, cause } => {
                check(exc.is_some() || cause.is_none(), "Raise with cause but no exception")?;
                self.optional(exc)?;
                self.optional(cause)
            }
            Try { body, handlers, orelse, finalbody } | TryStar { body, handlers, orelse, finalbody } => {
                self.body(body, owner)?;
                if handlers.is_empty() && finalbody.is_empty() {
                    return value_error(format!("{owner} has neither except handlers nor finalbody"));
                }
                if handlers.is_empty() && !orelse.is_empty() {
                    return value_error(format!("{owner} has orelse but no except handlers"));
                }
                for handler in handlers {
                    positions(handler.location)?;
                    self.optional(handler.type_)?;
                    self.body(handler.body, "ExceptHandler")?;
                }
                self.stmts(finalbody)?;
                self.stmts(orelse)
            }
            Assert { test, msg } => {
                self.load(test)?;
                self.optional(msg)
            }
            Import { names } => nonempty(names, "names", owner),
            ImportFrom { names, level, .. } => {
                check(level.unwrap_or(0) >= 0, "Negative ImportFrom level")?;
                nonempty(names, "names", owner)
            }
            Global { names } | Nonlocal { names } => nonempty(names, "names", owner),
            Expr { value } => self.load(value),
            Pass | Break | Continue => Ok(()),
        }
    }

    fn patterns(&mut self, patterns: &[Pattern<'_>], star_ok: bool) -> Result {
        patterns.iter().try_for_each(|pattern| self.pattern(pattern, star_ok))
    }

    fn pattern(&mut self, pattern: &Pattern<'_>, star_ok: bool) -> Result {
        positions(pattern.location)?;
        self.deeper(|this| this.pattern_kind(&pattern.kind, star_ok))
    }

    fn pattern_kind(&mut self, kind: &PatternKind<'_>, star_ok: bool) -> Result {
        use PatternKind::*;
        match *kind {
            MatchValue { value } => self.pattern_value(value),
            MatchSingleton { value } => check(
                matches!(value, Constant::None | Constant::Bool(_)),
                "MatchSingleton can only contain True, False and None",
            ),
            MatchSequence { patterns } => self.patterns(patterns, true),
            MatchMapping { keys, patterns, rest } => {
                check(
                    keys.len() == patterns.len(),
                    "MatchMapping doesn't have the same number of keys as patterns",
                )?;
                rest.map_or(Ok(()), capture)?;
                for key in keys {
                    match key.kind {
                        ExprKind::Constant { value: Constant::None | Constant::Bool(_), .. } => {}
                        _ => self.pattern_value(key)?,
                    }
                }
                self.patterns(patterns, false)
            }
            MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                check(
                    kwd_attrs.len() == kwd_patterns.len(),
                    "MatchClass doesn't have the same number of keyword attributes as patterns",
                )?;
                self.load(cls)?;
                let mut class = cls;
                while let ExprKind::Attribute { value, .. } = class.kind {
                    class = value;
                }
                check(
                    matches!(class.kind, ExprKind::Name { .. }),
                    "MatchClass cls field can only contain Name or Attribute nodes.",
                )?;
                kwd_attrs.iter().try_for_each(|attr| name(attr))?;
                self.patterns(patterns, false)?;
                self.patterns(kwd_patterns, false)
            }
            MatchStar { name } => {
                check(star_ok, "can't use MatchStar here")?;
                name.map_or(Ok(()), capture)
            }
            MatchAs { pattern, name } => {
                name.map_or(Ok(()), capture)?;
                let Some(pattern) = pattern else { return Ok(()) };
                check(name.is_some(), "MatchAs must specify a target name if a pattern is given")?;
                self.pattern(pattern, false)
            }
            MatchOr { patterns } => {
                check(patterns.len() >= 2, "MatchOr requires at least 2 patterns")?;
                self.patterns(patterns, false)
            }
        }
    }

    /// What a pattern may compare with.
    fn pattern_value(&mut self, value: &Expr<'_>) -> Result {
        self.load(value)?;
        match value.kind {
            ExprKind::Constant { value, .. } => check(
                matches!(
                    value,
                    Constant::Int(_)
                        | Constant::Float(_)
                        | Constant::Bytes(_)
                        | Constant::Complex { .. }
                        | Constant::Str(_)
                ),
                "unexpected constant inside of a literal pattern",
            ),
            ExprKind::Attribute { .. } | ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. } => Ok(()),
            ExprKind::UnaryOp { .. } if is_negative_number(value, true, true) => Ok(()),
            ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right }
                if (is_number(left, true, false) || is_negative_number(left, true, false))
                    && is_number(right, false, true) =>
            {
                Ok(())
            }
            _ => value_error("patterns may only match literals and attribute lookups"),
        }
    }
}

fn is_number(expr: &Expr<'_>, real: bool, imaginary: bool) -> bool {
    match expr.kind {
        ExprKind::Constant { value: Constant::Int(_) | Constant::Float(_), .. } => real,
        ExprKind::Constant { value: Constant::Complex { .. }, .. } => imaginary,
        _ => false,
    }
}

fn is_negative_number(expr: &Expr<'_>, real: bool, imaginary: bool) -> bool {
    match expr.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => is_number(operand, real, imaginary),
        _ => false,
    }
}
