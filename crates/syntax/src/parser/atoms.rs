//! Primaries: atoms, displays, comprehensions, calls, subscripts.

use super::expressions::{level, starts_expression};
use super::*;

impl<'a> Parser<'a, '_> {
    /// An atom and the attributes, calls and subscripts behind it.
    pub(super) fn primary(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let mut value = self.atom()?;
        loop {
            value = match self.kind() {
                TokenKind::Dot => {
                    let base = self.alloc(value);
                    self.advance();
                    let attr = self.name()?;
                    self.node(start, ExprKind::Attribute { value: base, attr, ctx: ExprContext::Load })
                }
                TokenKind::LPar => self.call(value, start)?,
                TokenKind::LSqb => self.subscript(value, start)?,
                _ => return Ok(value),
            };
        }
    }

    pub(super) fn atom(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let value = match self.kind() {
            TokenKind::Name => {
                let id = self.identifier(self.text());
                self.advance();
                return Ok(self.node(start, ExprKind::Name { id, ctx: ExprContext::Load }));
            }
            TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart => return self.strings(),
            TokenKind::LPar => return self.parenthesized(),
            TokenKind::LSqb => return self.list(),
            TokenKind::LBrace => return self.braces(),
            TokenKind::Number => self.number()?,
            TokenKind::None => Constant::None,
            TokenKind::True => Constant::Bool(true),
            TokenKind::False => Constant::Bool(false),
            TokenKind::Ellipsis => Constant::Ellipsis,
            _ => return Err(Fail),
        };
        self.advance();
        Ok(self.node(start, ExprKind::Constant { value, kind: None }))
    }

    /// The elements of a display after its first, which lies on the stack, up to the closing bracket.
    fn more_elements(&mut self, close: TokenKind) -> Parse<()> {
        while self.accept(TokenKind::Comma) {
            if self.kind() == close {
                break;
            }
            let expr = self.star_named_expression()?;
            self.exprs.push(expr);
        }
        self.expect(close)
    }

    /// A group, a tuple or a generator expression.
    fn parenthesized(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.advance();
        self.deepen(cost::GROUP)?;
        let mark = self.exprs.len();
        let result = match self.kind() {
            TokenKind::RPar => {
                self.advance();
                self.node(start, ExprKind::Tuple { elts: &[], ctx: ExprContext::Load })
            }
            TokenKind::Yield => {
                let inner = self.yield_expression()?;
                self.expect(TokenKind::RPar)?;
                inner
            }
            first_kind => {
                let first = self.star_named_expression()?;
                match self.kind() {
                    TokenKind::RPar if first_kind != TokenKind::Star => {
                        self.advance();
                        first
                    }
                    TokenKind::Comma => {
                        self.exprs.push(first);
                        self.more_elements(TokenKind::RPar)?;
                        let elts = self.take_exprs(mark);
                        self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Load })
                    }
                    TokenKind::For | TokenKind::Async if first_kind != TokenKind::Star => {
                        let elt = self.alloc(first);
                        let generators = self.comprehensions()?;
                        self.expect(TokenKind::RPar)?;
                        self.node(start, ExprKind::GeneratorExp { elt, generators })
                    }
                    _ => return Err(Fail),
                }
            }
        };
        self.depth -= cost::GROUP;
        Ok(result)
    }

    /// A list or a list comprehension.
    fn list(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.advance();
        self.deepen(cost::DISPLAY)?;
        let mark = self.exprs.len();
        let result = if self.accept(TokenKind::RSqb) {
            self.node(start, ExprKind::List { elts: &[], ctx: ExprContext::Load })
        } else {
            let first_kind = self.kind();
            let first = self.star_named_expression()?;
            if matches!(self.kind(), TokenKind::For | TokenKind::Async) && first_kind != TokenKind::Star {
                let elt = self.alloc(first);
                let generators = self.comprehensions()?;
                self.expect(TokenKind::RSqb)?;
                self.node(start, ExprKind::ListComp { elt, generators })
            } else {
                self.exprs.push(first);
                self.more_elements(TokenKind::RSqb)?;
                let elts = self.take_exprs(mark);
                self.node(start, ExprKind::List { elts, ctx: ExprContext::Load })
            }
        };
        self.depth -= cost::DISPLAY;
        Ok(result)
    }

    /// A dict, a set, or a comprehension of one.
    fn braces(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        self.advance();
        self.deepen(cost::DISPLAY)?;
        let mark = self.exprs.len();
        let first_kind = self.kind();
        let result = match first_kind {
            TokenKind::RBrace => {
                self.advance();
                self.node(start, ExprKind::Dict { keys: &[], values: &[] })
            }
            TokenKind::DoubleStar => self.dict(start, None)?,
            _ => {
                let is_key = first_kind != TokenKind::Star && self.peek(1) != TokenKind::ColonEqual;
                let first = self.star_named_expression()?;
                if self.kind() == TokenKind::Colon && is_key {
                    self.dict(start, Some(first))?
                } else if matches!(self.kind(), TokenKind::For | TokenKind::Async)
                    && first_kind != TokenKind::Star
                {
                    let elt = self.alloc(first);
                    let generators = self.comprehensions()?;
                    self.expect(TokenKind::RBrace)?;
                    self.node(start, ExprKind::SetComp { elt, generators })
                } else {
                    self.exprs.push(first);
                    self.more_elements(TokenKind::RBrace)?;
                    let elts = self.take_exprs(mark);
                    self.node(start, ExprKind::Set { elts })
                }
            }
        };
        self.depth -= cost::DISPLAY;
        Ok(result)
    }

    /// The rest of a dict or dict comprehension: its first key was read, or `**` comes next.
    fn dict(&mut self, start: Start, first_key: Option<Expr<'a>>) -> Parse<Expr<'a>> {
        let (keys, mark) = (self.optional_exprs.len(), self.exprs.len());
        let mut key = first_key;
        loop {
            match key.take() {
                None if self.accept(TokenKind::DoubleStar) => {
                    self.optional_exprs.push(None);
                    let value = self.expr(level::BITWISE_OR)?;
                    self.exprs.push(value);
                }
                found => {
                    let key = match found {
                        Some(key) => key,
                        None => self.expression()?,
                    };
                    let key = self.alloc(key);
                    self.expect(TokenKind::Colon)?;
                    let value = self.expression()?;
                    if matches!(self.kind(), TokenKind::For | TokenKind::Async) && self.exprs.len() == mark {
                        let value = self.alloc(value);
                        let generators = self.comprehensions()?;
                        self.expect(TokenKind::RBrace)?;
                        return Ok(self.node(start, ExprKind::DictComp { key, value, generators }));
                    }
                    self.optional_exprs.push(Some(key));
                    self.exprs.push(value);
                }
            }
            if !self.accept(TokenKind::Comma) || self.kind() == TokenKind::RBrace {
                break;
            }
        }
        self.expect(TokenKind::RBrace)?;
        let keys = self.take_optional_exprs(keys);
        let values = self.take_exprs(mark);
        Ok(self.node(start, ExprKind::Dict { keys, values }))
    }

    /// `for … in … if …`, once or more.
    fn comprehensions(&mut self) -> Parse<&'a [Comprehension<'a>]> {
        let mark = self.comprehensions.len();
        loop {
            let is_async = match self.kind() {
                TokenKind::For => 0,
                TokenKind::Async if self.peek(1) == TokenKind::For => {
                    self.advance();
                    1
                }
                _ => break,
            };
            self.advance();
            let target = self.star_targets()?;
            let target = self.alloc(target);
            self.expect(TokenKind::In)?;
            let iter = self.expr(level::DISJUNCTION)?;
            let iter = self.alloc(iter);
            let conditions = self.exprs.len();
            while self.accept(TokenKind::If) {
                let condition = self.expr(level::DISJUNCTION)?;
                self.exprs.push(condition);
            }
            if is_async == 1 {
                self.check_version(6, "Async comprehensions are")?;
            }
            let ifs = self.take_exprs(conditions);
            self.comprehensions.push(Comprehension { target, iter, ifs, is_async });
        }
        if self.comprehensions.len() == mark { Err(Fail) } else { Ok(self.take_comprehensions(mark)) }
    }

    fn call(&mut self, func: Expr<'a>, start: Start) -> Parse<Expr<'a>> {
        let func = self.alloc(func);
        let bracket = self.start();
        self.advance();
        self.deepen(cost::CALL)?;
        let (args, keywords) = self.arguments(Some(bracket))?;
        self.depth -= cost::CALL;
        Ok(self.node(start, ExprKind::Call { func, args, keywords }))
    }

    /// Arguments and the closing parenthesis. A bare generator expression is allowed where `bracket` tells the
    /// place of the opening one.
    #[allow(clippy::type_complexity)]
    pub(super) fn arguments(&mut self, bracket: Option<Start>) -> Parse<(&'a [Expr<'a>], &'a [Keyword<'a>])> {
        let (mark, keywords) = (self.exprs.len(), self.keywords.len());
        let mut unpacked = false;
        while self.kind() != TokenKind::RPar {
            let start = self.start();
            match self.kind() {
                TokenKind::Star => {
                    if unpacked {
                        return Err(Fail);
                    }
                    let value = self.starred(level::EXPRESSION)?;
                    self.exprs.push(value);
                }
                TokenKind::DoubleStar => {
                    self.advance();
                    let value = self.expression()?;
                    let value = self.alloc(value);
                    let location = self.location(start);
                    self.keywords.push(Keyword { arg: None, value, location });
                    unpacked = true;
                }
                TokenKind::Name if self.peek(1) == TokenKind::Equal => {
                    let arg = Some(self.name()?);
                    self.advance();
                    self.deepen(cost::KEYWORD)?;
                    let value = self.expression()?;
                    self.depth -= cost::KEYWORD;
                    let value = self.alloc(value);
                    let location = self.location(start);
                    self.keywords.push(Keyword { arg, value, location });
                }
                _ => {
                    if self.keywords.len() > keywords {
                        return Err(Fail);
                    }
                    let value = self.named_expression()?;
                    match (self.kind(), bracket) {
                        (TokenKind::Equal, _) => return Err(Fail),
                        (TokenKind::For | TokenKind::Async, Some(bracket)) if self.exprs.len() == mark => {
                            let elt = self.alloc(value);
                            let generators = self.comprehensions()?;
                            self.expect(TokenKind::RPar)?;
                            let generator = self.node(bracket, ExprKind::GeneratorExp { elt, generators });
                            self.exprs.push(generator);
                            return Ok((self.take_exprs(mark), &[]));
                        }
                        _ => self.exprs.push(value),
                    }
                }
            }
            if !self.accept(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::RPar)?;
        Ok((self.take_exprs(mark), self.take_keywords(keywords)))
    }

    fn subscript(&mut self, value: Expr<'a>, start: Start) -> Parse<Expr<'a>> {
        let value = self.alloc(value);
        self.advance();
        self.deepen(cost::CALL)?;
        let inside = self.start();
        let first_kind = self.kind();
        let mut slice = self.slice()?;
        if self.kind() == TokenKind::Comma || first_kind == TokenKind::Star {
            let mark = self.exprs.len();
            self.exprs.push(slice);
            while self.accept(TokenKind::Comma) {
                if self.kind() == TokenKind::RSqb {
                    break;
                }
                let next = self.slice()?;
                self.exprs.push(next);
            }
            let elts = self.take_exprs(mark);
            slice = self.node(inside, ExprKind::Tuple { elts, ctx: ExprContext::Load });
        }
        self.expect(TokenKind::RSqb)?;
        self.depth -= cost::CALL;
        let slice = self.alloc(slice);
        Ok(self.node(start, ExprKind::Subscript { value, slice, ctx: ExprContext::Load }))
    }

    /// One item between the commas of a subscript.
    fn slice(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let lower = match self.kind() {
            TokenKind::Star => return self.starred(level::EXPRESSION),
            TokenKind::Colon => None,
            _ => {
                let is_walrus = self.peek(1) == TokenKind::ColonEqual;
                let value = self.named_expression()?;
                if self.kind() != TokenKind::Colon || is_walrus {
                    return Ok(value);
                }
                Some(self.alloc(value))
            }
        };
        self.advance();
        let upper = self.slice_part()?;
        let step = if self.accept(TokenKind::Colon) { self.slice_part()? } else { None };
        Ok(self.node(start, ExprKind::Slice { lower, upper, step }))
    }

    fn slice_part(&mut self) -> Parse<Option<&'a Expr<'a>>> {
        if !starts_expression(self.kind()) {
            return Ok(None);
        }
        let value = self.expression()?;
        Ok(Some(self.alloc(value)))
    }
}
