//! Expressions by precedence: one loop over the operators, with the rarer ones in functions of their own.

use super::*;

/// How tightly an operator binds; also what `expr` is asked for: nothing looser than this.
pub(super) mod level {
    pub const EXPRESSION: u8 = 1;
    pub const DISJUNCTION: u8 = 2;
    pub const CONJUNCTION: u8 = 3;
    pub const INVERSION: u8 = 4;
    pub const COMPARISON: u8 = 5;
    pub const BITWISE_OR: u8 = 6;
    pub const BITWISE_XOR: u8 = 7;
    pub const BITWISE_AND: u8 = 8;
    pub const SHIFT: u8 = 9;
    pub const SUM: u8 = 10;
    pub const TERM: u8 = 11;
    pub const FACTOR: u8 = 12;
    pub const POWER: u8 = 13;
}

/// The level of each token kind as an infix operator; 0 for those that are none.
static LEVELS: [u8; 256] = {
    let mut levels = [0; 256];
    let mut index = 0;
    while index < TokenKind::ALL.len() {
        let kind = TokenKind::ALL[index];
        levels[kind as usize] = match kind {
            TokenKind::If => level::EXPRESSION,
            TokenKind::Or => level::DISJUNCTION,
            TokenKind::And => level::CONJUNCTION,
            TokenKind::EqEqual
            | TokenKind::NotEqual
            | TokenKind::Less
            | TokenKind::LessEqual
            | TokenKind::Greater
            | TokenKind::GreaterEqual
            | TokenKind::In
            | TokenKind::Not
            | TokenKind::Is => level::COMPARISON,
            TokenKind::VBar => level::BITWISE_OR,
            TokenKind::Circumflex => level::BITWISE_XOR,
            TokenKind::Amper => level::BITWISE_AND,
            TokenKind::LeftShift | TokenKind::RightShift => level::SHIFT,
            TokenKind::Plus | TokenKind::Minus => level::SUM,
            TokenKind::Star
            | TokenKind::Slash
            | TokenKind::DoubleSlash
            | TokenKind::Percent
            | TokenKind::At => level::TERM,
            TokenKind::DoubleStar => level::POWER,
            _ => 0,
        };
        index += 1;
    }
    levels
};

/// Whether an expression may start with this token.
pub(super) const fn starts_expression(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name
            | TokenKind::Number
            | TokenKind::String
            | TokenKind::FStringStart
            | TokenKind::TStringStart
            | TokenKind::LPar
            | TokenKind::LSqb
            | TokenKind::LBrace
            | TokenKind::Minus
            | TokenKind::Plus
            | TokenKind::Tilde
            | TokenKind::Not
            | TokenKind::Lambda
            | TokenKind::Await
            | TokenKind::None
            | TokenKind::True
            | TokenKind::False
            | TokenKind::Ellipsis
    )
}

impl<'a> Parser<'a, '_> {
    /// An expression that may have a conditional at its outside.
    #[inline]
    pub(super) fn expression(&mut self) -> Parse<Expr<'a>> {
        self.expr(level::EXPRESSION)
    }

    /// An expression without operators looser than `least`.
    pub(super) fn expr(&mut self, least: u8) -> Parse<Expr<'a>> {
        let start = self.start();
        let mut left = match self.kind() {
            TokenKind::Minus | TokenKind::Plus | TokenKind::Tilde => self.factor()?,
            TokenKind::Not if least <= level::INVERSION => self.inversion()?,
            TokenKind::Lambda if least <= level::EXPRESSION => return self.lambda(),
            TokenKind::Await => self.await_primary()?,
            _ => self.primary()?,
        };
        loop {
            let found = LEVELS[self.kind() as usize];
            if found < least || found == 0 {
                return Ok(left);
            }
            left = match found {
                level::EXPRESSION => return self.conditional(left, start),
                level::DISJUNCTION => self.boolean(left, start, BoolOp::Or, TokenKind::Or)?,
                level::CONJUNCTION => self.boolean(left, start, BoolOp::And, TokenKind::And)?,
                level::COMPARISON => match self.comparison_operator()? {
                    Some(operator) => self.comparison(left, start, operator)?,
                    None => return Ok(left),
                },
                _ => self.binary(left, start, found)?,
            };
        }
    }

    /// `left`, an operator of this level, and its right side.
    fn binary(&mut self, left: Expr<'a>, start: Start, found: u8) -> Parse<Expr<'a>> {
        let op = match self.kind() {
            TokenKind::VBar => Operator::BitOr,
            TokenKind::Circumflex => Operator::BitXor,
            TokenKind::Amper => Operator::BitAnd,
            TokenKind::LeftShift => Operator::LShift,
            TokenKind::RightShift => Operator::RShift,
            TokenKind::Plus => Operator::Add,
            TokenKind::Minus => Operator::Sub,
            TokenKind::Star => Operator::Mult,
            TokenKind::Slash => Operator::Div,
            TokenKind::DoubleSlash => Operator::FloorDiv,
            TokenKind::Percent => Operator::Mod,
            TokenKind::At => Operator::MatMult,
            _ => Operator::Pow,
        };
        let left = self.alloc(left);
        self.advance();
        let right = if op == Operator::Pow {
            // Binds to the right, and takes a sign there.
            self.deepen(2)?;
            let right = self.expr(level::FACTOR)?;
            self.depth -= 2;
            right
        } else {
            self.expr(found + 1)?
        };
        if op == Operator::MatMult {
            self.check_version(5, "The '@' operator is")?;
        }
        let right = self.alloc(right);
        Ok(self.node(start, ExprKind::BinOp { left, op, right }))
    }

    /// Signs and their operand. A row of signs is no recursion.
    fn factor(&mut self) -> Parse<Expr<'a>> {
        let mark = self.starts.len();
        while matches!(self.kind(), TokenKind::Minus | TokenKind::Plus | TokenKind::Tilde) {
            self.starts.push((self.start(), self.kind()));
            self.advance();
            self.deepen(1)?;
        }
        let mut operand = self.expr(level::FACTOR)?;
        while self.starts.len() > mark {
            let Some((start, kind)) = self.starts.pop() else { break };
            self.depth -= 1;
            let op = match kind {
                TokenKind::Minus => UnaryOp::USub,
                TokenKind::Plus => UnaryOp::UAdd,
                _ => UnaryOp::Invert,
            };
            operand = self.node(start, ExprKind::UnaryOp { op, operand: self.alloc(operand) });
        }
        Ok(operand)
    }

    /// `not` and its operand. A row of them is no recursion.
    fn inversion(&mut self) -> Parse<Expr<'a>> {
        let mark = self.starts.len();
        while self.kind() == TokenKind::Not {
            self.starts.push((self.start(), TokenKind::Not));
            self.advance();
            self.deepen(1)?;
        }
        let mut operand = self.expr(level::COMPARISON)?;
        while self.starts.len() > mark {
            let Some((start, _)) = self.starts.pop() else { break };
            self.depth -= 1;
            operand = self.node(start, ExprKind::UnaryOp { op: UnaryOp::Not, operand: self.alloc(operand) });
        }
        Ok(operand)
    }

    /// `body if test else orelse`. A chain of them is no recursion.
    fn conditional(&mut self, body: Expr<'a>, start: Start) -> Parse<Expr<'a>> {
        let (mark, starts) = (self.exprs.len(), self.starts.len());
        let (mut body, mut start) = (body, start);
        let mut result = loop {
            self.advance();
            self.starts.push((start, TokenKind::If));
            self.exprs.push(body);
            let test = self.expr(level::DISJUNCTION)?;
            self.exprs.push(test);
            self.expect(TokenKind::Else)?;
            self.deepen(1)?;
            if self.kind() == TokenKind::Lambda {
                break self.lambda()?;
            }
            start = self.start();
            body = self.expr(level::DISJUNCTION)?;
            if self.kind() != TokenKind::If {
                break body;
            }
        };
        while self.exprs.len() > mark && self.starts.len() > starts {
            let (Some(test), Some(body), Some((start, _))) =
                (self.exprs.pop(), self.exprs.pop(), self.starts.pop())
            else {
                break;
            };
            self.depth -= 1;
            let (test, body, orelse) = (self.alloc(test), self.alloc(body), self.alloc(result));
            result = self.node(start, ExprKind::IfExp { test, body, orelse });
        }
        Ok(result)
    }

    /// The rest of a row of `and` or `or`.
    fn boolean(&mut self, first: Expr<'a>, start: Start, op: BoolOp, token: TokenKind) -> Parse<Expr<'a>> {
        let tighter = if op == BoolOp::Or { level::CONJUNCTION } else { level::INVERSION };
        let mark = self.exprs.len();
        self.exprs.push(first);
        while self.accept(token) {
            let value = self.expr(tighter)?;
            self.exprs.push(value);
        }
        let values = self.take_exprs(mark);
        Ok(self.node(start, ExprKind::BoolOp { op, values }))
    }

    /// The comparison operator at this place, stepped over.
    fn comparison_operator(&mut self) -> Parse<Option<CmpOp>> {
        let op = match self.kind() {
            TokenKind::EqEqual => CmpOp::Eq,
            TokenKind::NotEqual => {
                let old = self.text() == "<>";
                if self.flufl && !old {
                    self.advance();
                    return self.raise("with Barry as BDFL, use '<>' instead of '!='");
                }
                if !self.flufl && old {
                    return Ok(None);
                }
                CmpOp::NotEq
            }
            TokenKind::Less => CmpOp::Lt,
            TokenKind::LessEqual => CmpOp::LtE,
            TokenKind::Greater => CmpOp::Gt,
            TokenKind::GreaterEqual => CmpOp::GtE,
            TokenKind::In => CmpOp::In,
            TokenKind::Is if self.peek(1) == TokenKind::Not => {
                self.advance();
                CmpOp::IsNot
            }
            TokenKind::Is => CmpOp::Is,
            TokenKind::Not if self.peek(1) == TokenKind::In => {
                self.advance();
                CmpOp::NotIn
            }
            _ => return Ok(None),
        };
        self.advance();
        Ok(Some(op))
    }

    /// The rest of a chain of comparisons whose first operator was read.
    fn comparison(&mut self, left: Expr<'a>, start: Start, first: CmpOp) -> Parse<Expr<'a>> {
        let left = self.alloc(left);
        let (operators, mark) = (self.operators.len(), self.exprs.len());
        let mut next = Some(first);
        while let Some(op) = next {
            self.operators.push(op);
            let comparator = self.expr(level::BITWISE_OR)?;
            self.exprs.push(comparator);
            next = match LEVELS[self.kind() as usize] {
                level::COMPARISON => self.comparison_operator()?,
                _ => None,
            };
        }
        let ops = self.take_operators(operators);
        let comparators = self.take_exprs(mark);
        Ok(self.node(start, ExprKind::Compare { left, ops, comparators }))
    }

    fn lambda(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.advance();
        self.deepen(cost::LAMBDA)?;
        let args = self.parameters(TokenKind::Colon)?;
        self.expect(TokenKind::Colon)?;
        let body = self.expression()?;
        self.depth -= cost::LAMBDA;
        let body = self.alloc(body);
        Ok(self.node(start, ExprKind::Lambda { args, body }))
    }

    fn await_primary(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.advance();
        let value = self.primary()?;
        self.check_version(5, "Await expressions are")?;
        let value = self.alloc(value);
        Ok(self.node(start, ExprKind::Await { value }))
    }

    /// Whether `name :=` comes next.
    #[inline(always)]
    fn at_walrus(&self) -> bool {
        self.kind() == TokenKind::Name && self.peek(1) == TokenKind::ColonEqual
    }

    /// An expression or `name := expression`.
    #[inline]
    pub(super) fn named_expression(&mut self) -> Parse<Expr<'a>> {
        if self.at_walrus() {
            return self.walrus();
        }
        let expr = self.expression()?;
        if self.kind() == TokenKind::ColonEqual { Err(Fail) } else { Ok(expr) }
    }

    fn walrus(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let id = self.name()?;
        let target = self.alloc(self.node(start, ExprKind::Name { id, ctx: ExprContext::Store }));
        self.advance();
        let value = self.expression()?;
        self.check_version(8, "Assignment expressions are")?;
        let value = self.alloc(value);
        Ok(self.node(start, ExprKind::NamedExpr { target, value }))
    }

    /// `*` and an expression without comparisons.
    pub(super) fn starred(&mut self, least: u8) -> Parse<Expr<'a>> {
        let start = self.start();
        self.advance();
        let value = self.expr(least)?;
        let value = self.alloc(value);
        Ok(self.node(start, ExprKind::Starred { value, ctx: ExprContext::Load }))
    }

    #[inline]
    pub(super) fn star_expression(&mut self) -> Parse<Expr<'a>> {
        if self.kind() == TokenKind::Star { self.starred(level::BITWISE_OR) } else { self.expression() }
    }

    #[inline]
    pub(super) fn star_named_expression(&mut self) -> Parse<Expr<'a>> {
        if self.kind() == TokenKind::Star { self.starred(level::BITWISE_OR) } else { self.named_expression() }
    }

    /// One expression, or several as a tuple; stars are welcome.
    pub(super) fn star_expressions(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let first = self.star_expression()?;
        if self.kind() != TokenKind::Comma {
            return Ok(first);
        }
        let mark = self.exprs.len();
        self.exprs.push(first);
        while self.accept(TokenKind::Comma) {
            if !starts_expression(self.kind()) && self.kind() != TokenKind::Star {
                break;
            }
            let expr = self.star_expression()?;
            self.exprs.push(expr);
        }
        let elts = self.take_exprs(mark);
        Ok(self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Load }))
    }

    /// One expression, or several as a tuple, without stars.
    pub(super) fn expressions(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let first = self.expression()?;
        if self.kind() != TokenKind::Comma {
            return Ok(first);
        }
        let mark = self.exprs.len();
        self.exprs.push(first);
        while self.accept(TokenKind::Comma) {
            if !starts_expression(self.kind()) {
                break;
            }
            let expr = self.expression()?;
            self.exprs.push(expr);
        }
        let elts = self.take_exprs(mark);
        Ok(self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Load }))
    }

    /// `yield …` or `yield from …`.
    pub(super) fn yield_expression(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.advance();
        if self.accept(TokenKind::From) {
            let value = self.expression()?;
            let value = self.alloc(value);
            return Ok(self.node(start, ExprKind::YieldFrom { value }));
        }
        let value = if starts_expression(self.kind()) || self.kind() == TokenKind::Star {
            let value = self.star_expressions()?;
            Some(self.alloc(value))
        } else {
            None
        };
        Ok(self.node(start, ExprKind::Yield { value }))
    }

    /// What may stand right of `=`: `yield` or expressions.
    pub(super) fn annotated_rhs(&mut self) -> Parse<Expr<'a>> {
        if self.kind() == TokenKind::Yield { self.yield_expression() } else { self.star_expressions() }
    }
}
