//! Warnings about code that surely isn't meant: `is` with a literal, calls and subscripts of literals.

use syntax::ast::{CmpOp, Constant, Expr, ExprKind};

use super::Compiler;
use crate::error::Result;

/// Whether `is` makes sense with this operand.
fn is_identity_operand(expression: &Expr<'_>) -> bool {
    match expression.kind {
        ExprKind::Constant { value, .. } => {
            matches!(value, Constant::None | Constant::Bool(_) | Constant::Ellipsis)
        }
        // A tuple of constants is as good as one.
        ExprKind::Tuple { elts, .. } => {
            !elts.iter().all(|element| matches!(element.kind, ExprKind::Constant { .. }))
        }
        _ => true,
    }
}

/// The type of a literal or display, by name.
fn type_name(expression: &Expr<'_>) -> Option<&'static str> {
    Some(match expression.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } => "string.templatelib.Template",
        ExprKind::Interpolation { .. } => "string.templatelib.Interpolation",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => match value {
            Constant::None => "NoneType",
            Constant::Ellipsis => "ellipsis",
            Constant::Bool(_) => "bool",
            Constant::Int(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex { .. } => "complex",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
        },
        _ => return None,
    })
}

impl<'a> Compiler<'a, '_> {
    /// Warns of `x is 1`.
    pub(super) fn check_compare(&mut self, expression: &'a Expr<'a>) -> Result {
        let ExprKind::Compare { left, ops, comparators } = expression.kind else { return Ok(()) };
        if !ops.iter().any(|op| matches!(op, CmpOp::Is | CmpOp::IsNot)) {
            return Ok(());
        }
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot) {
                let literal = [left, right].into_iter().find(|operand| !is_identity_operand(operand));
                if let Some(kind) = literal.and_then(type_name) {
                    let (written, meant) = if *op == CmpOp::Is { ("is", "==") } else { ("is not", "!=") };
                    let message = format!("\"{written}\" with '{kind}' literal. Did you mean \"{meant}\"?");
                    return self.warning(expression.location, message);
                }
            }
            left = right;
        }
        Ok(())
    }

    /// Warns of `1(…)`.
    pub(super) fn check_called(&mut self, func: &'a Expr<'a>) -> Result {
        if matches!(func.kind, ExprKind::Lambda { .. }) {
            return Ok(());
        }
        let Some(kind) = type_name(func) else { return Ok(()) };
        let message = format!("'{kind}' object is not callable; perhaps you missed a comma?");
        self.warning(func.location, message)
    }

    /// Warns of `1[…]`.
    pub(super) fn check_subscripted(&mut self, value: &'a Expr<'a>) -> Result {
        let is_wrong = match value.kind {
            ExprKind::Constant { value, .. } => matches!(
                value,
                Constant::None
                    | Constant::Ellipsis
                    | Constant::Bool(_)
                    | Constant::Int(_)
                    | Constant::Float(_)
                    | Constant::Complex { .. }
                    | Constant::FrozenSet(_)
            ),
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => true,
            _ => false,
        };
        if !is_wrong {
            return Ok(());
        }
        let Some(kind) = type_name(value) else { return Ok(()) };
        let message = format!("'{kind}' object is not subscriptable; perhaps you missed a comma?");
        self.warning(value.location, message)
    }

    /// Warns of `"…"[1.0]`.
    pub(super) fn check_index(&mut self, value: &'a Expr<'a>, index: &'a Expr<'a>) -> Result {
        let Some(index_kind) = type_name(index) else { return Ok(()) };
        if matches!(index_kind, "int" | "bool") {
            return Ok(());
        }
        let is_sequence = match value.kind {
            ExprKind::Constant { value, .. } => {
                matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_))
            }
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        let (true, Some(kind)) = (is_sequence, type_name(value)) else { return Ok(()) };
        let message = format!(
            "{kind} indices must be integers or slices, not {index_kind}; perhaps you missed a comma?"
        );
        self.warning(value.location, message)
    }
}
