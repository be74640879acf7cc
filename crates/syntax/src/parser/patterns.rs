//! The patterns of `case`.

use super::*;

impl<'a> Parser<'a, '_> {
    fn pattern_node(&self, start: Start, kind: PatternKind<'a>) -> Pattern<'a> {
        Pattern { kind, location: self.location(start) }
    }

    /// What follows `case`: a pattern, or an open sequence of them.
    pub(super) fn case_patterns(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        let starred = self.kind() == TokenKind::Star;
        let first = self.maybe_star_pattern()?;
        if self.kind() != TokenKind::Comma {
            return if starred { Err(Fail) } else { Ok(first) };
        }
        let patterns = self.sequence_rest(first)?;
        Ok(self.pattern_node(start, PatternKind::MatchSequence { patterns }))
    }

    /// The rest of a sequence whose first pattern was read: up to what is no `, pattern`.
    fn sequence_rest(&mut self, first: Pattern<'a>) -> Parse<&'a [Pattern<'a>]> {
        let mark = self.patterns.len();
        self.patterns.push(first);
        while self.accept(TokenKind::Comma) {
            if matches!(self.kind(), TokenKind::RPar | TokenKind::RSqb | TokenKind::Colon | TokenKind::If) {
                break;
            }
            let pattern = self.maybe_star_pattern()?;
            self.patterns.push(pattern);
        }
        Ok(self.take_patterns(mark))
    }

    fn maybe_star_pattern(&mut self) -> Parse<Pattern<'a>> {
        if self.kind() != TokenKind::Star {
            return self.pattern();
        }
        let start = self.start();
        self.advance();
        let name = if self.at_word("_") {
            self.advance();
            None
        } else {
            Some(self.capture_target()?)
        };
        Ok(self.pattern_node(start, PatternKind::MatchStar { name }))
    }

    /// A name to bind: not `_`, and no part of something longer.
    fn capture_target(&mut self) -> Parse<&'a str> {
        if self.at_word("_") || matches!(self.peek(1), TokenKind::Dot | TokenKind::LPar | TokenKind::Equal) {
            return Err(Fail);
        }
        self.name()
    }

    /// Alternatives, perhaps with `as name`.
    fn pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        let mut pattern = self.closed_pattern()?;
        if self.kind() == TokenKind::VBar {
            let mark = self.patterns.len();
            self.patterns.push(pattern);
            while self.accept(TokenKind::VBar) {
                let next = self.closed_pattern()?;
                self.patterns.push(next);
            }
            let patterns = self.take_patterns(mark);
            pattern = self.pattern_node(start, PatternKind::MatchOr { patterns });
        }
        if self.accept(TokenKind::As) {
            let name = Some(self.capture_target()?);
            let pattern = Some(&*self.arena.alloc(pattern));
            return Ok(self.pattern_node(start, PatternKind::MatchAs { pattern, name }));
        }
        Ok(pattern)
    }

    fn closed_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        match self.kind() {
            TokenKind::Name => self.name_pattern(),
            TokenKind::LPar => {
                self.advance();
                self.deepen(cost::PATTERN)?;
                let pattern = self.parenthesized_pattern(start)?;
                self.depth -= cost::PATTERN;
                Ok(pattern)
            }
            TokenKind::LSqb => {
                self.advance();
                self.deepen(cost::PATTERN)?;
                let patterns = if self.kind() == TokenKind::RSqb {
                    &[]
                } else {
                    let first = self.maybe_star_pattern()?;
                    self.sequence_rest(first)?
                };
                self.expect(TokenKind::RSqb)?;
                self.depth -= cost::PATTERN;
                Ok(self.pattern_node(start, PatternKind::MatchSequence { patterns }))
            }
            TokenKind::LBrace => self.mapping_pattern(),
            TokenKind::None | TokenKind::True | TokenKind::False => {
                let value = match self.kind() {
                    TokenKind::None => Constant::None,
                    kind => Constant::Bool(kind == TokenKind::True),
                };
                self.advance();
                Ok(self.pattern_node(start, PatternKind::MatchSingleton { value }))
            }
            _ => {
                let value = self.literal_expression()?;
                let value = self.alloc(value);
                Ok(self.pattern_node(start, PatternKind::MatchValue { value }))
            }
        }
    }

    /// A group or a sequence behind `(`.
    fn parenthesized_pattern(&mut self, start: Start) -> Parse<Pattern<'a>> {
        if self.accept(TokenKind::RPar) {
            return Ok(self.pattern_node(start, PatternKind::MatchSequence { patterns: &[] }));
        }
        let starred = self.kind() == TokenKind::Star;
        let first = self.maybe_star_pattern()?;
        if self.kind() != TokenKind::Comma {
            self.expect(TokenKind::RPar)?;
            return if starred { Err(Fail) } else { Ok(first) };
        }
        let patterns = self.sequence_rest(first)?;
        self.expect(TokenKind::RPar)?;
        Ok(self.pattern_node(start, PatternKind::MatchSequence { patterns }))
    }

    /// A capture, the wildcard, a dotted value or a class.
    fn name_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        if self.text() == "_" {
            self.advance();
            return Ok(self.pattern_node(start, PatternKind::MatchAs { pattern: None, name: None }));
        }
        if !matches!(self.peek(1), TokenKind::Dot | TokenKind::LPar | TokenKind::Equal) {
            let name = Some(self.name()?);
            return Ok(self.pattern_node(start, PatternKind::MatchAs { pattern: None, name }));
        }
        let value = self.name_or_attribute()?;
        match self.kind() {
            TokenKind::LPar => self.class_pattern(value, start),
            TokenKind::Equal => Err(Fail),
            _ if matches!(value.kind, ExprKind::Attribute { .. }) => {
                let value = self.alloc(value);
                Ok(self.pattern_node(start, PatternKind::MatchValue { value }))
            }
            _ => Err(Fail),
        }
    }

    fn name_or_attribute(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let id = self.name()?;
        let mut value = self.node(start, ExprKind::Name { id, ctx: ExprContext::Load });
        while self.accept(TokenKind::Dot) {
            let base = self.alloc(value);
            let attr = self.name()?;
            value = self.node(start, ExprKind::Attribute { value: base, attr, ctx: ExprContext::Load });
        }
        Ok(value)
    }

    fn class_pattern(&mut self, cls: Expr<'a>, start: Start) -> Parse<Pattern<'a>> {
        let cls = self.alloc(cls);
        self.advance();
        self.deepen(cost::PATTERN)?;
        let (mark, names) = (self.patterns.len(), self.names.len());
        // Positional patterns come first; both kinds share the stack.
        let mut positional = 0;
        while self.kind() != TokenKind::RPar {
            if self.kind() == TokenKind::Name && self.peek(1) == TokenKind::Equal {
                let name = self.name()?;
                self.names.push(name);
                self.advance();
            } else if self.names.len() > names {
                return Err(Fail);
            } else {
                positional += 1;
            }
            let pattern = self.pattern()?;
            self.patterns.push(pattern);
            if !self.accept(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RPar)?;
        self.depth -= cost::PATTERN;
        let kwd_patterns = self.take_patterns(mark + positional);
        let patterns = self.take_patterns(mark);
        let kwd_attrs = self.take_names(names);
        Ok(self.pattern_node(start, PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns }))
    }

    fn mapping_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.start();
        self.advance();
        self.deepen(cost::PATTERN)?;
        let (mark, keys) = (self.patterns.len(), self.exprs.len());
        let mut rest = None;
        while self.kind() != TokenKind::RBrace {
            if rest.is_some() {
                return Err(Fail);
            }
            if self.accept(TokenKind::DoubleStar) {
                rest = Some(self.capture_target()?);
            } else {
                let key = match self.kind() {
                    TokenKind::Name => {
                        let key = self.name_or_attribute()?;
                        if !matches!(key.kind, ExprKind::Attribute { .. }) {
                            return Err(Fail);
                        }
                        key
                    }
                    TokenKind::None | TokenKind::True | TokenKind::False => self.atom()?,
                    _ => self.literal_expression()?,
                };
                self.exprs.push(key);
                self.expect(TokenKind::Colon)?;
                let pattern = self.pattern()?;
                self.patterns.push(pattern);
            }
            if !self.accept(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RBrace)?;
        self.depth -= cost::PATTERN;
        let keys = self.take_exprs(keys);
        let patterns = self.take_patterns(mark);
        Ok(self.pattern_node(start, PatternKind::MatchMapping { keys, patterns, rest }))
    }

    /// A number, perhaps negative, perhaps complex, or strings.
    fn literal_expression(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        if matches!(self.kind(), TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart) {
            return self.strings();
        }
        let left = self.signed_number()?;
        let op = match self.kind() {
            TokenKind::Plus => Operator::Add,
            TokenKind::Minus => Operator::Sub,
            _ => return Ok(left),
        };
        let real = match left.kind {
            ExprKind::UnaryOp { operand, .. } => *operand,
            _ => left,
        };
        if let ExprKind::Constant { value: Constant::Complex { .. }, .. } = real.kind {
            return self.raise_at_node("real number required in complex literal", real.location);
        }
        self.advance();
        let right = self.plain_number()?;
        if !matches!(right.kind, ExprKind::Constant { value: Constant::Complex { .. }, .. }) {
            return self.raise_at_node("imaginary number required in complex literal", right.location);
        }
        let (left, right) = (self.alloc(left), self.alloc(right));
        Ok(self.node(start, ExprKind::BinOp { left, op, right }))
    }

    fn signed_number(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        if !self.accept(TokenKind::Minus) {
            return self.plain_number();
        }
        let operand = self.plain_number()?;
        let operand = self.alloc(operand);
        Ok(self.node(start, ExprKind::UnaryOp { op: UnaryOp::USub, operand }))
    }

    fn plain_number(&mut self) -> Parse<Expr<'a>> {
        if self.kind() != TokenKind::Number {
            return Err(Fail);
        }
        let start = self.start();
        let value = self.number()?;
        self.advance();
        Ok(self.node(start, ExprKind::Constant { value, kind: None }))
    }
}
