//! What happens to a tree before its symbols are looked at: `__debug__` becomes a constant, `"…" % (…)` an f-string,
//! the signed numbers of patterns constants; docstrings go at `optimize` 2; jumps out of `finally` are warned of
//! (PEP 765). Changed nodes are built anew in the arena, all others are shared with the given tree.

use bumpalo::Bump;
use bytecode::operands::BinaryOperator;
use num_bigint::BigInt;
use syntax::ast::*;
use syntax::{Span, Warning, WarningKind};

use crate::error::{Limit, Result, check_stack};
use crate::fold;

/// What shapes the result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// As for `compile()`, from 0 to 2.
    pub optimize: u8,
    /// Whether annotations are not evaluated (`from __future__ import annotations`).
    pub future_annotations: bool,
    /// Only what a tree that isn't to be optimized goes through: docstrings and warnings.
    pub check_only: bool,
}

/// The tree that code is generated from. `warnings` is `None` where only the tree is wanted.
pub(crate) fn preprocess<'a>(
    module: &'a Mod<'a>,
    settings: Settings,
    arena: &'a Bump,
    warnings: Option<&mut Vec<Warning>>,
) -> Result<&'a Mod<'a>> {
    let mut pass = Pass { arena, settings, warnings, contexts: Vec::new(), depth: 0 };
    let mut result = *module;
    let changed = match &mut result {
        Mod::Module { body, .. } => pass.body(body)?,
        Mod::Interactive { body } => pass.stmts(body)?,
        Mod::Expression { body } => pass.expr(body)?,
        Mod::FunctionType { .. } => false,
    };
    Ok(if changed { arena.alloc(result) } else { module })
}

/// What a `return`, `break` or `continue` leaves: the innermost of these that has statements.
#[derive(Clone, Copy, PartialEq)]
enum Context {
    Finally,
    Function,
    Loop,
}

struct Pass<'a, 'w> {
    arena: &'a Bump,
    settings: Settings,
    warnings: Option<&'w mut Vec<Warning>>,
    contexts: Vec<Context>,
    depth: u32,
}

/// From so many digits on a width or precision is not taken over into an f-string.
const MAX_DIGITS: usize = 3;

impl<'a> Pass<'a, '_> {
    /// Visits a list's items; gives whether the list was replaced.
    fn list<T: Copy>(
        &mut self,
        list: &mut &'a [T],
        mut visit: impl FnMut(&mut Self, &mut T) -> Result<bool>,
    ) -> Result<bool> {
        for (index, item) in list.iter().enumerate() {
            let mut item = *item;
            if visit(self, &mut item)? {
                let copy = self.arena.alloc_slice_copy(list);
                copy[index] = item;
                for item in &mut copy[index + 1..] {
                    visit(self, item)?;
                }
                *list = copy;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Visits a node that stands alone; gives whether it was replaced.
    fn node<T: Copy>(
        &mut self,
        node: &mut &'a T,
        visit: impl FnOnce(&mut Self, &mut T) -> Result<bool>,
    ) -> Result<bool> {
        let mut copy = **node;
        let changed = visit(self, &mut copy)?;
        if changed {
            *node = self.arena.alloc(copy);
        }
        Ok(changed)
    }

    fn option<T: Copy>(
        &mut self,
        node: &mut Option<&'a T>,
        visit: impl FnOnce(&mut Self, &mut T) -> Result<bool>,
    ) -> Result<bool> {
        match node {
            Some(node) => self.node(node, visit),
            None => Ok(false),
        }
    }

    fn expr(&mut self, expr: &mut &'a Expr<'a>) -> Result<bool> {
        self.node(expr, Self::visit_expr)
    }

    fn optional_expr(&mut self, expr: &mut Option<&'a Expr<'a>>) -> Result<bool> {
        self.option(expr, Self::visit_expr)
    }

    fn exprs(&mut self, exprs: &mut &'a [Expr<'a>]) -> Result<bool> {
        self.list(exprs, Self::visit_expr)
    }

    fn annotation(&mut self, annotation: &mut Option<&'a Expr<'a>>) -> Result<bool> {
        match self.settings.future_annotations {
            true => Ok(false),
            false => self.optional_expr(annotation),
        }
    }

    fn stmts(&mut self, stmts: &mut &'a [Stmt<'a>]) -> Result<bool> {
        self.list(stmts, Self::visit_stmt)
    }

    fn stmts_in(&mut self, context: Context, stmts: &mut &'a [Stmt<'a>]) -> Result<bool> {
        self.contexts.push(context);
        let result = self.stmts(stmts);
        self.contexts.pop();
        result
    }

    /// The body of a module, class or function, which may begin with a docstring.
    fn body(&mut self, body: &mut &'a [Stmt<'a>]) -> Result<bool> {
        let mut docstring = docstring(body);
        let mut changed = false;
        if let Some(text) = docstring
            && self.settings.optimize >= 2
        {
            if body.len() == 1 {
                let mut location = text.location;
                location.end_lineno = location.lineno;
                location.end_col_offset = location.col_offset + "pass".len() as i32;
                *body = self.arena.alloc_slice_copy(&[Stmt { kind: StmtKind::Pass, location }]);
            } else {
                *body = &body[1..];
            }
            docstring = None;
            changed = true;
        }
        changed |= self.stmts(body)?;
        if docstring.is_none()
            && let Some(text) = self::docstring(body)
        {
            // What stands first now was no docstring before: an f-string without fields isn't one.
            let values = self.arena.alloc_slice_copy(&[*text]);
            let value =
                self.arena.alloc(Expr { kind: ExprKind::JoinedStr { values }, location: text.location });
            let copy = self.arena.alloc_slice_copy(body);
            copy[0].kind = StmtKind::Expr { value };
            *body = copy;
            changed = true;
        }
        Ok(changed)
    }

    fn function_body(&mut self, body: &mut &'a [Stmt<'a>]) -> Result<bool> {
        self.contexts.push(Context::Function);
        let result = self.body(body);
        self.contexts.pop();
        result
    }

    fn visit_stmt(&mut self, stmt: &mut Stmt<'a>) -> Result<bool> {
        self.depth += 1;
        check_stack(self.depth, Limit::Tree)?;
        let result = self.visit_stmt_kind(stmt);
        self.depth -= 1;
        result
    }

    fn visit_stmt_kind(&mut self, stmt: &mut Stmt<'a>) -> Result<bool> {
        use StmtKind::*;
        let location = stmt.location;
        let mut changed = false;
        match &mut stmt.kind {
            FunctionDef { args, body, decorator_list, returns, type_params, .. }
            | AsyncFunctionDef { args, body, decorator_list, returns, type_params, .. } => {
                changed |= self.list(type_params, Self::visit_type_param)?;
                changed |= self.node(args, Self::visit_arguments)?;
                changed |= self.function_body(body)?;
                changed |= self.exprs(decorator_list)?;
                changed |= self.annotation(returns)?;
            }
            ClassDef { bases, keywords, body, decorator_list, type_params, .. } => {
                changed |= self.list(type_params, Self::visit_type_param)?;
                changed |= self.exprs(bases)?;
                changed |= self.list(keywords, Self::visit_keyword)?;
                changed |= self.body(body)?;
                changed |= self.exprs(decorator_list)?;
            }
            Return { value } => {
                self.warn_of_exit("return", location, Context::Function);
                changed |= self.optional_expr(value)?;
            }
            Delete { targets } => changed |= self.exprs(targets)?,
            Assign { targets, value, .. } => {
                changed |= self.exprs(targets)?;
                changed |= self.expr(value)?;
            }
            TypeAlias { name, type_params, value } => {
                changed |= self.expr(name)?;
                changed |= self.list(type_params, Self::visit_type_param)?;
                changed |= self.expr(value)?;
            }
            AugAssign { target, value, .. } => {
                changed |= self.expr(target)?;
                changed |= self.expr(value)?;
            }
            AnnAssign { target, annotation, value, .. } => {
                changed |= self.expr(target)?;
                if !self.settings.future_annotations {
                    changed |= self.expr(annotation)?;
                }
                changed |= self.optional_expr(value)?;
            }
            For { target, iter, body, orelse, .. } | AsyncFor { target, iter, body, orelse, .. } => {
                changed |= self.expr(target)?;
                changed |= self.expr(iter)?;
                changed |= self.stmts_in(Context::Loop, body)?;
                changed |= self.stmts(orelse)?;
            }
            While { test, body, orelse } => {
                changed |= self.expr(test)?;
                changed |= self.stmts_in(Context::Loop, body)?;
                changed |= self.stmts(orelse)?;
            }
            If { test, body, orelse } => {
                changed |= self.expr(test)?;
                changed |= self.stmts(body)?;
                changed |= self.stmts(orelse)?;
            }
            With { items, body, .. } | AsyncWith { items, body, .. } => {
                changed |= self.list(items, |pass, item| {
                    Ok(pass.expr(&mut item.context_expr)? | pass.optional_expr(&mut item.optional_vars)?)
                })?;
                changed |= self.stmts(body)?;
            }
            Match { subject, cases } => {
                changed |= self.expr(subject)?;
                changed |= self.list(cases, |pass, case| {
                    Ok(pass.node(&mut case.pattern, Self::visit_pattern)?
                        | pass.optional_expr(&mut case.guard)?
                        | pass.stmts(&mut case.body)?)
                })?;
            }
            Raise { exc, cause } => {
                changed |= self.optional_expr(exc)?;
                changed |= self.optional_expr(cause)?;
            }
            Try { body, handlers, orelse, finalbody } | TryStar { body, handlers, orelse, finalbody } => {
                changed |= self.stmts(body)?;
                changed |= self.list(handlers, |pass, handler| {
                    Ok(pass.optional_expr(&mut handler.type_)? | pass.stmts(&mut handler.body)?)
                })?;
                changed |= self.stmts(orelse)?;
                changed |= self.stmts_in(Context::Finally, finalbody)?;
            }
            Assert { test, msg } => {
                changed |= self.expr(test)?;
                changed |= self.optional_expr(msg)?;
            }
            Expr { value } => changed |= self.expr(value)?,
            Break => self.warn_of_exit("break", location, Context::Loop),
            Continue => self.warn_of_exit("continue", location, Context::Loop),
            Import { .. } | ImportFrom { .. } | Global { .. } | Nonlocal { .. } | Pass => {}
        }
        Ok(changed)
    }

    /// Warns of a statement that leaves a `finally` clause, unless the innermost context is one that it may leave.
    fn warn_of_exit(&mut self, keyword: &str, location: Location, own: Context) {
        debug_assert!(own != Context::Finally);
        if self.contexts.last() != Some(&Context::Finally) {
            return;
        }
        let Some(warnings) = &mut self.warnings else { return };
        let span = Span {
            lineno: location.lineno.max(0) as u32,
            col: location.col_offset.max(0) as u32,
            end_lineno: location.end_lineno.max(0) as u32,
            end_col: location.end_col_offset.max(0) as u32,
        };
        warnings.push(Warning {
            kind: WarningKind::SyntaxWarning,
            message: format!("'{keyword}' in a 'finally' block"),
            lineno: span.lineno,
            span,
            with_newline: false,
        });
    }

    fn visit_arguments(&mut self, args: &mut Arguments<'a>) -> Result<bool> {
        let mut changed = self.list(&mut args.posonlyargs, Self::visit_arg)?;
        changed |= self.list(&mut args.args, Self::visit_arg)?;
        changed |= self.option(&mut args.vararg, Self::visit_arg)?;
        changed |= self.list(&mut args.kwonlyargs, Self::visit_arg)?;
        changed |= self.list(&mut args.kw_defaults, Self::optional_expr)?;
        changed |= self.option(&mut args.kwarg, Self::visit_arg)?;
        changed |= self.exprs(&mut args.defaults)?;
        Ok(changed)
    }

    fn visit_arg(&mut self, arg: &mut Arg<'a>) -> Result<bool> {
        self.annotation(&mut arg.annotation)
    }

    fn visit_keyword(&mut self, keyword: &mut Keyword<'a>) -> Result<bool> {
        self.expr(&mut keyword.value)
    }

    fn visit_type_param(&mut self, param: &mut TypeParam<'a>) -> Result<bool> {
        match &mut param.kind {
            TypeParamKind::TypeVar { bound, default_value, .. } => {
                Ok(self.optional_expr(bound)? | self.optional_expr(default_value)?)
            }
            TypeParamKind::ParamSpec { default_value, .. }
            | TypeParamKind::TypeVarTuple { default_value, .. } => self.optional_expr(default_value),
        }
    }

    fn visit_comprehension(&mut self, clause: &mut Comprehension<'a>) -> Result<bool> {
        let mut changed = self.expr(&mut clause.target)?;
        changed |= self.expr(&mut clause.iter)?;
        changed |= self.exprs(&mut clause.ifs)?;
        Ok(changed)
    }

    fn visit_pattern(&mut self, pattern: &mut Pattern<'a>) -> Result<bool> {
        self.depth += 1;
        check_stack(self.depth, Limit::Tree)?;
        use PatternKind::*;
        let changed = match &mut pattern.kind {
            MatchValue { value } => self.node(value, Self::fold_pattern_value)?,
            MatchSingleton { .. } | MatchStar { .. } => false,
            MatchSequence { patterns } | MatchOr { patterns } => self.list(patterns, Self::visit_pattern)?,
            MatchMapping { keys, patterns, .. } => {
                self.list(keys, Self::fold_pattern_value)? | self.list(patterns, Self::visit_pattern)?
            }
            MatchClass { cls, patterns, kwd_patterns, .. } => {
                self.expr(cls)?
                    | self.list(patterns, Self::visit_pattern)?
                    | self.list(kwd_patterns, Self::visit_pattern)?
            }
            MatchAs { pattern, .. } => self.option(pattern, Self::visit_pattern)?,
        };
        self.depth -= 1;
        Ok(changed)
    }

    /// `-1` and `1+2j` in a pattern are constants.
    fn fold_pattern_value(&mut self, value: &mut Expr<'a>) -> Result<bool> {
        if self.settings.check_only {
            return Ok(false);
        }
        let folded = match value.kind {
            ExprKind::UnaryOp { op: UnaryOp::USub, operand } => match operand.kind {
                ExprKind::Constant { value, .. } => fold::unary(fold::Unary::Negative, &to_bytecode(value)),
                _ => None,
            },
            ExprKind::BinOp { left, op: op @ (Operator::Add | Operator::Sub), right } => {
                let ExprKind::Constant { value: right, .. } = right.kind else { return Ok(false) };
                let mut folded_left = *left;
                self.fold_pattern_value(&mut folded_left)?;
                match folded_left.kind {
                    ExprKind::Constant { value: left, .. } => {
                        let operator = match op {
                            Operator::Add => BinaryOperator::Add,
                            _ => BinaryOperator::Subtract,
                        };
                        fold::binary(operator, &to_bytecode(left), &to_bytecode(right))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let Some(constant) = folded.and_then(|folded| self.number(folded)) else { return Ok(false) };
        value.kind = ExprKind::Constant { value: constant, kind: None };
        Ok(true)
    }

    /// A number as the tree has it.
    fn number(&self, constant: bytecode::Constant) -> Option<Constant<'a>> {
        Some(match constant {
            bytecode::Constant::Int(value) => Constant::Int(Int::from_bigint(&value, self.arena)),
            bytecode::Constant::Float(value) => Constant::Float(value),
            bytecode::Constant::Complex { real, imag } => Constant::Complex { real, imag },
            _ => return None,
        })
    }

    fn visit_expr(&mut self, expr: &mut Expr<'a>) -> Result<bool> {
        match &mut expr.kind {
            ExprKind::Constant { .. } => return Ok(false),
            ExprKind::Name { id, ctx } => {
                if *id != "__debug__" || *ctx != ExprContext::Load || self.settings.check_only {
                    return Ok(false);
                }
                let value = Constant::Bool(self.settings.optimize == 0);
                expr.kind = ExprKind::Constant { value, kind: None };
                return Ok(true);
            }
            _ => {}
        }
        self.depth += 1;
        check_stack(self.depth, Limit::Tree)?;
        let changed = self.visit_expr_kind(expr);
        self.depth -= 1;
        changed
    }

    fn visit_expr_kind(&mut self, expr: &mut Expr<'a>) -> Result<bool> {
        use ExprKind::*;
        let mut changed = false;
        match &mut expr.kind {
            BoolOp { values, .. } | JoinedStr { values } | TemplateStr { values } => {
                changed |= self.exprs(values)?
            }
            NamedExpr { target, value } => {
                changed |= self.expr(target)?;
                changed |= self.expr(value)?;
            }
            BinOp { left, op, right } => {
                changed |= self.expr(left)?;
                changed |= self.expr(right)?;
                if *op == Operator::Mod
                    && !self.settings.check_only
                    && let Constant { value: self::Constant::Str(format), .. } = left.kind
                    && let Tuple { elts, .. } = right.kind
                    && let Some(kind) = self.format_to_fstring(format, elts)
                {
                    expr.kind = kind;
                    changed = true;
                }
            }
            UnaryOp { operand, .. } => changed |= self.expr(operand)?,
            Lambda { args, body } => {
                changed |= self.node(args, Self::visit_arguments)?;
                changed |= self.expr(body)?;
            }
            IfExp { test, body, orelse } => {
                changed |= self.expr(test)?;
                changed |= self.expr(body)?;
                changed |= self.expr(orelse)?;
            }
            Dict { keys, values } => {
                changed |= self.list(keys, Self::optional_expr)?;
                changed |= self.exprs(values)?;
            }
            Set { elts } | List { elts, .. } | Tuple { elts, .. } => changed |= self.exprs(elts)?,
            ListComp { elt, generators } | SetComp { elt, generators } | GeneratorExp { elt, generators } => {
                changed |= self.expr(elt)?;
                changed |= self.list(generators, Self::visit_comprehension)?;
            }
            DictComp { key, value, generators } => {
                changed |= self.expr(key)?;
                changed |= self.expr(value)?;
                changed |= self.list(generators, Self::visit_comprehension)?;
            }
            Await { value } | YieldFrom { value } | Attribute { value, .. } | Starred { value, .. } => {
                changed |= self.expr(value)?;
            }
            Yield { value } => changed |= self.optional_expr(value)?,
            Compare { left, comparators, .. } => {
                changed |= self.expr(left)?;
                changed |= self.exprs(comparators)?;
            }
            Call { func, args, keywords } => {
                changed |= self.expr(func)?;
                changed |= self.exprs(args)?;
                changed |= self.list(keywords, Self::visit_keyword)?;
            }
            FormattedValue { value, format_spec, .. } | Interpolation { value, format_spec, .. } => {
                changed |= self.expr(value)?;
                changed |= self.optional_expr(format_spec)?;
            }
            Subscript { value, slice, .. } => {
                changed |= self.expr(value)?;
                changed |= self.expr(slice)?;
            }
            Slice { lower, upper, step } => {
                changed |= self.optional_expr(lower)?;
                changed |= self.optional_expr(upper)?;
                changed |= self.optional_expr(step)?;
            }
            Constant { .. } | Name { .. } => {}
        }
        Ok(changed)
    }

    /// `format % (elts…)` as an f-string, where the format has only `%s`, `%r` and `%a`, one for each element.
    fn format_to_fstring(&self, format: Text<'a>, elts: &'a [Expr<'a>]) -> Option<ExprKind<'a>> {
        if elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. })) {
            return None;
        }
        let mut rest = format.as_bytes();
        let mut elts = elts.iter();
        let mut values = Vec::new();
        loop {
            let literal;
            (literal, rest) = split_literal(rest);
            if !literal.is_empty() {
                let text = match literal.windows(2).any(|pair| pair == b"%%") {
                    true => self.without_doubled_percents(literal),
                    false => literal,
                };
                let value = Constant::Str(Text::from_wtf8(text));
                let location = Location { lineno: -1, col_offset: -1, end_lineno: -1, end_col_offset: -1 };
                values.push(Expr { kind: ExprKind::Constant { value, kind: None }, location });
            }
            if rest.is_empty() {
                break;
            }
            let value = elts.next()?;
            let field;
            (field, rest) = parse_field(&rest[1..])?;
            let format_spec = field.spec().map(|spec| {
                let text = Constant::Str(Text::new(self.arena.alloc_str(&spec)));
                let kind = ExprKind::Constant { value: text, kind: None };
                &*self.arena.alloc(Expr { kind, location: value.location })
            });
            values.push(Expr {
                kind: ExprKind::FormattedValue { value, conversion: field.conversion as i32, format_spec },
                location: value.location,
            });
        }
        elts.next().is_none().then_some(ExprKind::JoinedStr { values: self.arena.alloc_slice_copy(&values) })
    }

    fn without_doubled_percents(&self, literal: &[u8]) -> &'a [u8] {
        let mut text = Vec::with_capacity(literal.len());
        let mut bytes = literal.iter();
        while let Some(&byte) = bytes.next() {
            text.push(byte);
            if byte == b'%' {
                bytes.next();
            }
        }
        self.arena.alloc_slice_copy(&text)
    }
}

/// The text that a body begins with.
fn docstring<'a>(body: &[Stmt<'a>]) -> Option<&'a Expr<'a>> {
    match body.first()?.kind {
        StmtKind::Expr { value } => {
            matches!(value.kind, ExprKind::Constant { value: Constant::Str(_), .. }).then_some(value)
        }
        _ => None,
    }
}

/// A format up to its first field.
fn split_literal(format: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while at < format.len() {
        match (format[at], format.get(at + 1)) {
            (b'%', Some(b'%')) => at += 2,
            (b'%', _) => break,
            _ => at += 1,
        }
    }
    format.split_at(at)
}

/// A field like `%-10.3s`.
struct Field {
    conversion: u8,
    left: bool,
    width: Option<u32>,
    precision: Option<u32>,
}

impl Field {
    /// The same as an f-string's format specification.
    fn spec(&self) -> Option<String> {
        let mut spec = String::new();
        if let Some(width) = self.width {
            if !self.left && width > 0 {
                spec.push('>');
            }
            spec.push_str(&width.to_string());
        }
        if let Some(precision) = self.precision {
            spec.push('.');
            spec.push_str(&precision.to_string());
        }
        (!spec.is_empty()).then_some(spec)
    }
}

/// The field that a format goes on with behind a `%`, and the rest.
fn parse_field(format: &[u8]) -> Option<(Field, &[u8])> {
    let mut at = 0;
    let mut left = false;
    while let Some(flag) = format.get(at).filter(|flag| b"-+ #0".contains(flag)) {
        left |= *flag == b'-';
        at += 1;
    }
    let number = |at: &mut usize| {
        let digits = format[*at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits >= MAX_DIGITS {
            return None;
        }
        let value =
            format[*at..*at + digits].iter().fold(0, |value, digit| value * 10 + (digit - b'0') as u32);
        *at += digits;
        Some((digits > 0).then_some(value))
    };
    let width = number(&mut at)?;
    let mut precision = None;
    if format.get(at) == Some(&b'.') {
        at += 1;
        precision = Some(number(&mut at)?.unwrap_or(0));
    }
    let conversion = *format.get(at).filter(|conversion| b"sra".contains(conversion))?;
    Some((Field { conversion, left, width, precision }, &format[at + 1..]))
}

/// A number of the tree as the folder wants it; what is no number becomes something that can't be folded.
fn to_bytecode(constant: Constant<'_>) -> bytecode::Constant {
    match constant {
        Constant::Bool(value) => bytecode::Constant::Int(BigInt::from(value as u8)),
        Constant::Int(value) => bytecode::Constant::Int(value.to_bigint()),
        Constant::Float(value) => bytecode::Constant::Float(value),
        Constant::Complex { real, imag } => bytecode::Constant::Complex { real, imag },
        _ => bytecode::Constant::Ellipsis,
    }
}
