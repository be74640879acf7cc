//! Expressions back to text, as annotations become under `from __future__ import annotations`.

use bytecode::{Wtf8, Wtf8Buf};
use syntax::ast::dump::repr_constant;
use syntax::ast::{Arguments, BoolOp, CmpOp, Comprehension, Constant, Expr, ExprKind, Operator, UnaryOp};

use crate::error::{Limit, Result, check_stack};

/// How tightly an expression binds; an operand that binds looser than its place needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arithmetic,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    /// One level tighter.
    fn next(self) -> Level {
        match self {
            Level::Tuple => Level::Test,
            Level::Test => Level::Or,
            Level::Or => Level::And,
            Level::And => Level::Not,
            Level::Not => Level::Compare,
            Level::Compare => Level::BitOr,
            Level::BitOr => Level::BitXor,
            Level::BitXor => Level::BitAnd,
            Level::BitAnd => Level::Shift,
            Level::Shift => Level::Arithmetic,
            Level::Arithmetic => Level::Term,
            Level::Term => Level::Factor,
            Level::Factor => Level::Power,
            Level::Power => Level::Await,
            Level::Await | Level::Atom => Level::Atom,
        }
    }
}

/// The text of an annotation.
pub(super) fn unparse(expression: &Expr<'_>) -> Result<Wtf8Buf> {
    let mut writer = Writer { out: Vec::new(), depth: 0 };
    writer.expression(expression, Level::Test)?;
    Ok(Wtf8::from_bytes_unchecked(&writer.out).to_owned())
}

struct Writer {
    /// WTF-8: the literal parts of f-strings may hold surrogates until they are quoted.
    out: Vec<u8>,
    depth: u32,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn expression(&mut self, expression: &Expr<'_>, level: Level) -> Result {
        self.depth += 1;
        check_stack(self.depth, Limit::Code)?;
        self.any(expression, level)?;
        self.depth -= 1;
        Ok(())
    }

    /// Writes with parentheses if the place asks for something that binds tighter.
    fn parenthesized(&mut self, needed: bool, write: impl FnOnce(&mut Self) -> Result) -> Result {
        if needed {
            self.push("(");
        }
        write(self)?;
        if needed {
            self.push(")");
        }
        Ok(())
    }

    fn list<'e>(&mut self, items: impl IntoIterator<Item = &'e Expr<'e>>, level: Level) -> Result {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.expression(item, level)?;
        }
        Ok(())
    }

    fn any(&mut self, expression: &Expr<'_>, level: Level) -> Result {
        match expression.kind {
            ExprKind::BoolOp { op, values } => {
                let (text, own) = if op == BoolOp::And { (" and ", Level::And) } else { (" or ", Level::Or) };
                self.parenthesized(level > own, |writer| {
                    for (index, value) in values.iter().enumerate() {
                        if index > 0 {
                            writer.push(text);
                        }
                        writer.expression(value, own.next())?;
                    }
                    Ok(())
                })
            }
            ExprKind::BinOp { left, op, right } => {
                let (text, own) = operator(op);
                let is_power = op == Operator::Pow;
                self.parenthesized(level > own, |writer| {
                    writer.expression(left, if is_power { own.next() } else { own })?;
                    writer.push(text);
                    writer.expression(right, if is_power { own } else { own.next() })
                })
            }
            ExprKind::UnaryOp { op, operand } => {
                let (text, own) = match op {
                    UnaryOp::Invert => ("~", Level::Factor),
                    UnaryOp::Not => ("not ", Level::Not),
                    UnaryOp::UAdd => ("+", Level::Factor),
                    UnaryOp::USub => ("-", Level::Factor),
                };
                self.parenthesized(level > own, |writer| {
                    writer.push(text);
                    writer.expression(operand, own)
                })
            }
            ExprKind::Lambda { args, body } => self.parenthesized(level > Level::Test, |writer| {
                let is_empty = args.posonlyargs.is_empty() && args.args.is_empty();
                writer.push(if is_empty { "lambda" } else { "lambda " });
                writer.arguments(args)?;
                writer.push(": ");
                writer.expression(body, Level::Test)
            }),
            ExprKind::IfExp { test, body, orelse } => self.parenthesized(level > Level::Test, |writer| {
                writer.expression(body, Level::Or)?;
                writer.push(" if ");
                writer.expression(test, Level::Or)?;
                writer.push(" else ");
                writer.expression(orelse, Level::Test)
            }),
            ExprKind::Dict { keys, values } => {
                self.push("{");
                for (index, (key, value)) in keys.iter().zip(values).enumerate() {
                    if index > 0 {
                        self.push(", ");
                    }
                    if let Some(key) = key {
                        self.expression(key, Level::Test)?;
                        self.push(": ");
                        self.expression(value, Level::Test)?;
                    } else {
                        self.push("**");
                        self.expression(value, Level::BitOr)?;
                    }
                }
                self.push("}");
                Ok(())
            }
            ExprKind::Set { elts } => {
                self.push("{");
                self.list(elts, Level::Test)?;
                self.push("}");
                Ok(())
            }
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("(", elt, None, generators, ")"),
            ExprKind::ListComp { elt, generators } => self.comprehension("[", elt, None, generators, "]"),
            ExprKind::SetComp { elt, generators } => self.comprehension("{", elt, None, generators, "}"),
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension("{", key, Some(value), generators, "}")
            }
            ExprKind::Yield { value: None } => {
                self.push("(yield)");
                Ok(())
            }
            ExprKind::Yield { value: Some(value) } => {
                self.push("(yield ");
                self.expression(value, Level::Test)?;
                self.push(")");
                Ok(())
            }
            ExprKind::YieldFrom { value } => {
                self.push("(yield from ");
                self.expression(value, Level::Test)?;
                self.push(")");
                Ok(())
            }
            ExprKind::Await { value } => self.parenthesized(level > Level::Await, |writer| {
                writer.push("await ");
                writer.expression(value, Level::Atom)
            }),
            ExprKind::Compare { left, ops, comparators } => {
                self.parenthesized(level > Level::Compare, |writer| {
                    writer.expression(left, Level::BitOr)?;
                    for (op, comparator) in ops.iter().zip(comparators) {
                        writer.push(comparison(*op));
                        writer.expression(comparator, Level::BitOr)?;
                    }
                    Ok(())
                })
            }
            ExprKind::Call { func, args, keywords } => {
                self.expression(func, Level::Atom)?;
                if let ([only], []) = (args, keywords)
                    && matches!(only.kind, ExprKind::GeneratorExp { .. })
                {
                    return self.expression(only, Level::Tuple);
                }
                self.push("(");
                self.list(args, Level::Test)?;
                for (index, keyword) in keywords.iter().enumerate() {
                    if index > 0 || !args.is_empty() {
                        self.push(", ");
                    }
                    match keyword.arg {
                        Some(name) => {
                            self.push(name);
                            self.push("=");
                        }
                        None => self.push("**"),
                    }
                    self.expression(keyword.value, Level::Test)?;
                }
                self.push(")");
                Ok(())
            }
            ExprKind::FormattedValue { .. } => self.formatted_value(expression),
            ExprKind::JoinedStr { .. } => self.joined_string(expression, false),
            ExprKind::Interpolation { .. } => self.interpolation(expression),
            ExprKind::TemplateStr { values } => {
                let mut body = Writer { out: Vec::new(), depth: self.depth };
                for value in values {
                    body.string_element(value, false)?;
                }
                self.push("t");
                self.quoted(&body.out);
                Ok(())
            }
            ExprKind::Constant { value, kind } => {
                if let Some(kind) = kind {
                    self.out.extend_from_slice(kind.as_bytes());
                }
                self.constant(value);
                Ok(())
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expression(value, Level::Atom)?;
                let is_int = matches!(value.kind, ExprKind::Constant { value: Constant::Int(_), .. });
                self.push(if is_int { " ." } else { "." });
                self.push(attr);
                Ok(())
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expression(value, Level::Atom)?;
                self.push("[");
                self.expression(slice, Level::Tuple)?;
                self.push("]");
                Ok(())
            }
            ExprKind::Starred { value, .. } => {
                self.push("*");
                self.expression(value, Level::BitOr)
            }
            ExprKind::Name { id, .. } => {
                self.push(id);
                Ok(())
            }
            ExprKind::List { elts, .. } => {
                self.push("[");
                self.list(elts, Level::Test)?;
                self.push("]");
                Ok(())
            }
            ExprKind::Tuple { elts: [], .. } => {
                self.push("()");
                Ok(())
            }
            ExprKind::Tuple { elts, .. } => self.parenthesized(level > Level::Tuple, |writer| {
                writer.list(elts, Level::Test)?;
                if elts.len() == 1 {
                    writer.push(",");
                }
                Ok(())
            }),
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expression(lower, Level::Test)?;
                }
                self.push(":");
                if let Some(upper) = upper {
                    self.expression(upper, Level::Test)?;
                }
                if let Some(step) = step {
                    self.push(":");
                    self.expression(step, Level::Test)?;
                }
                Ok(())
            }
            ExprKind::NamedExpr { target, value } => self.parenthesized(level > Level::Tuple, |writer| {
                writer.expression(target, Level::Atom)?;
                writer.push(" := ");
                writer.expression(value, Level::Atom)
            }),
        }
    }

    fn comprehension(
        &mut self,
        open: &str,
        element: &Expr<'_>,
        value: Option<&Expr<'_>>,
        clauses: &[Comprehension<'_>],
        close: &str,
    ) -> Result {
        self.push(open);
        self.expression(element, Level::Test)?;
        if let Some(value) = value {
            self.push(": ");
            self.expression(value, Level::Test)?;
        }
        for clause in clauses {
            self.push(if clause.is_async != 0 { " async for " } else { " for " });
            self.expression(clause.target, Level::Tuple)?;
            self.push(" in ");
            self.expression(clause.iter, Level::Or)?;
            for test in clause.ifs {
                self.push(" if ");
                self.expression(test, Level::Or)?;
            }
        }
        self.push(close);
        Ok(())
    }

    fn arguments(&mut self, args: &Arguments<'_>) -> Result {
        let mut first = true;
        let mut comma = |writer: &mut Self| {
            if !std::mem::take(&mut first) {
                writer.push(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        let without_default = positional.saturating_sub(args.defaults.len());
        for (index, arg) in args.posonlyargs.iter().chain(args.args).enumerate() {
            comma(self);
            self.arg(arg)?;
            if let Some(default) = index.checked_sub(without_default).and_then(|at| args.defaults.get(at)) {
                self.push("=");
                self.expression(default, Level::Test)?;
            }
            if index + 1 == args.posonlyargs.len() {
                self.push(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            comma(self);
            self.push("*");
            if let Some(arg) = args.vararg {
                self.arg(arg)?;
            }
        }
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            comma(self);
            self.arg(arg)?;
            if let Some(default) = default {
                self.push("=");
                self.expression(default, Level::Test)?;
            }
        }
        if let Some(arg) = args.kwarg {
            comma(self);
            self.push("**");
            self.arg(arg)?;
        }
        Ok(())
    }

    fn arg(&mut self, arg: &syntax::ast::Arg<'_>) -> Result {
        self.push(arg.arg);
        if let Some(annotation) = arg.annotation {
            self.push(": ");
            self.expression(annotation, Level::Test)?;
        }
        Ok(())
    }

    fn constant(&mut self, value: Constant<'_>) {
        match value {
            Constant::Ellipsis => self.push("..."),
            Constant::Tuple(items) => {
                self.push("(");
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.push(", ");
                    }
                    self.constant(*item);
                }
                self.push(if items.len() == 1 { ",)" } else { ")" });
            }
            Constant::Float(_) | Constant::Complex { .. } => {
                let mut text = String::new();
                repr_constant(value, &mut text);
                // There is no literal for infinity, but this overflows to it.
                self.push(&text.replace("inf", "1e309"));
            }
            _ => {
                let mut text = String::new();
                repr_constant(value, &mut text);
                self.push(&text);
            }
        }
    }

    // f-strings and t-strings.

    fn quoted(&mut self, body: &[u8]) {
        let mut text = String::new();
        repr_constant(Constant::Str(syntax::ast::Text::from_wtf8(body)), &mut text);
        self.push(&text);
    }

    fn joined_string(&mut self, expression: &Expr<'_>, is_format_spec: bool) -> Result {
        let ExprKind::JoinedStr { values } = expression.kind else { return Ok(()) };
        let mut body = Writer { out: Vec::new(), depth: self.depth };
        for value in values {
            body.string_element(value, is_format_spec)?;
        }
        if is_format_spec {
            self.out.extend_from_slice(&body.out);
        } else {
            self.push("f");
            self.quoted(&body.out);
        }
        Ok(())
    }

    fn string_element(&mut self, element: &Expr<'_>, is_format_spec: bool) -> Result {
        match element.kind {
            ExprKind::Constant { value: Constant::Str(text), .. } => {
                for &byte in text.as_bytes() {
                    if matches!(byte, b'{' | b'}') {
                        self.out.push(byte);
                    }
                    self.out.push(byte);
                }
                Ok(())
            }
            ExprKind::JoinedStr { .. } => self.joined_string(element, is_format_spec),
            ExprKind::FormattedValue { .. } => self.formatted_value(element),
            ExprKind::Interpolation { .. } => self.interpolation(element),
            _ => self.expression(element, Level::Test),
        }
    }

    fn formatted_value(&mut self, expression: &Expr<'_>) -> Result {
        let ExprKind::FormattedValue { value, conversion, format_spec } = expression.kind else {
            return Ok(());
        };
        let mut inner = Writer { out: Vec::new(), depth: self.depth };
        inner.expression(value, Level::Or)?;
        self.braced(&inner.out, conversion, format_spec)
    }

    fn interpolation(&mut self, expression: &Expr<'_>) -> Result {
        let ExprKind::Interpolation { str, conversion, format_spec, .. } = expression.kind else {
            return Ok(());
        };
        // The text as it was written.
        let Constant::Str(text) = str else { return Ok(()) };
        self.braced(text.as_bytes(), conversion, format_spec)
    }

    fn braced(&mut self, inner: &[u8], conversion: i32, format_spec: Option<&Expr<'_>>) -> Result {
        // `{{` would be an escaped brace.
        self.push(if inner.first() == Some(&b'{') { "{ " } else { "{" });
        self.out.extend_from_slice(inner);
        if let Some(conversion) = u8::try_from(conversion).ok().filter(|byte| b"sra".contains(byte)) {
            self.out.extend_from_slice(&[b'!', conversion]);
        }
        if let Some(spec) = format_spec {
            self.push(":");
            self.string_element(spec, true)?;
        }
        self.push("}");
        Ok(())
    }
}

fn operator(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::Add => (" + ", Level::Arithmetic),
        Operator::Sub => (" - ", Level::Arithmetic),
        Operator::Mult => (" * ", Level::Term),
        Operator::MatMult => (" @ ", Level::Term),
        Operator::Div => (" / ", Level::Term),
        Operator::Mod => (" % ", Level::Term),
        Operator::LShift => (" << ", Level::Shift),
        Operator::RShift => (" >> ", Level::Shift),
        Operator::BitOr => (" | ", Level::BitOr),
        Operator::BitXor => (" ^ ", Level::BitXor),
        Operator::BitAnd => (" & ", Level::BitAnd),
        Operator::FloorDiv => (" // ", Level::Term),
        Operator::Pow => (" ** ", Level::Power),
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}
