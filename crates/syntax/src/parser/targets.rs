//! Targets of assignments, loops and `del`: read as primaries, then turned into targets where they can be.

use super::expressions::starts_expression;
use super::*;

impl<'a> Parser<'a, '_> {
    /// One target, or several as a tuple: what stands between `for` and `in`.
    pub(super) fn star_targets(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let first = self.star_target()?;
        if self.kind() != TokenKind::Comma {
            return Ok(first);
        }
        let mark = self.exprs.len();
        self.exprs.push(first);
        while self.accept(TokenKind::Comma) {
            if !starts_expression(self.kind()) && self.kind() != TokenKind::Star {
                break;
            }
            let target = self.star_target()?;
            self.exprs.push(target);
        }
        let elts = self.take_exprs(mark);
        Ok(self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Store }))
    }

    /// One target, perhaps with a star.
    pub(super) fn star_target(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        if self.accept(TokenKind::Star) {
            let value = self.primary()?;
            let value = self.target(&value, ExprContext::Store)?;
            let value = self.alloc(value);
            return Ok(self.node(start, ExprKind::Starred { value, ctx: ExprContext::Store }));
        }
        let expr = self.primary()?;
        self.target(&expr, ExprContext::Store)
    }

    /// The targets of `del`.
    pub(super) fn del_targets(&mut self) -> Parse<&'a [Expr<'a>]> {
        let mark = self.exprs.len();
        loop {
            let expr = self.primary()?;
            let target = self.target(&expr, ExprContext::Del)?;
            self.exprs.push(target);
            if !self.accept(TokenKind::Comma) || !starts_expression(self.kind()) {
                break;
            }
        }
        Ok(self.take_exprs(mark))
    }

    /// The expression as a target, if it may be one.
    pub(super) fn target(&mut self, expr: &Expr<'a>, ctx: ExprContext) -> Parse<Expr<'a>> {
        let kind = match expr.kind {
            ExprKind::Name { id, .. } => ExprKind::Name { id, ctx },
            ExprKind::Attribute { value, attr, .. } => ExprKind::Attribute { value, attr, ctx },
            ExprKind::Subscript { value, slice, .. } => ExprKind::Subscript { value, slice, ctx },
            ExprKind::Tuple { elts, .. } => ExprKind::Tuple { elts: self.target_list(elts, ctx)?, ctx },
            ExprKind::List { elts, .. } => ExprKind::List { elts: self.target_list(elts, ctx)?, ctx },
            ExprKind::Starred { value, .. } if ctx == ExprContext::Store => {
                let value = self.target(value, ctx)?;
                ExprKind::Starred { value: self.alloc(value), ctx }
            }
            _ => return Err(Fail),
        };
        Ok(Expr { kind, location: expr.location })
    }

    fn target_list(&mut self, elts: &'a [Expr<'a>], ctx: ExprContext) -> Parse<&'a [Expr<'a>]> {
        let mark = self.exprs.len();
        for elt in elts {
            let target = self.target(elt, ctx)?;
            self.exprs.push(target);
        }
        Ok(self.take_exprs(mark))
    }

    /// The expression as the target of an annotation or of an augmented assignment, if it may be one.
    pub(super) fn single_target(&mut self, expr: &Expr<'a>) -> Parse<&'a Expr<'a>> {
        match expr.kind {
            ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {
                let target = self.target(expr, ExprContext::Store)?;
                Ok(self.alloc(target))
            }
            _ => Err(Fail),
        }
    }
}
