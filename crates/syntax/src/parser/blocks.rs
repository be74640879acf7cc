//! Compound statements with blocks: conditions, loops, `with`, `try`, `match`.

use super::*;

impl<'a> Parser<'a, '_> {
    /// A compound statement onto the stack of statements; false if none begins here.
    pub(super) fn compound_statement(&mut self) -> Parse<bool> {
        let start = self.start();
        let kind = match self.kind() {
            TokenKind::Name => {
                return if self.text() == "match" { self.match_statement() } else { Ok(false) };
            }
            TokenKind::Def => self.function(&[], false)?,
            TokenKind::Class => self.class(&[])?,
            TokenKind::At => {
                self.decorated()?;
                return Ok(true);
            }
            TokenKind::Async => {
                self.advance();
                match self.kind() {
                    TokenKind::Def => self.function(&[], true)?,
                    TokenKind::For => self.for_statement(true)?,
                    TokenKind::With => self.with_statement(true)?,
                    _ => return Err(Fail),
                }
            }
            TokenKind::If => self.if_statement()?,
            TokenKind::For => self.for_statement(false)?,
            TokenKind::While => self.while_statement()?,
            TokenKind::With => self.with_statement(false)?,
            TokenKind::Try => self.try_statement()?,
            _ => return Ok(false),
        };
        let location = self.block_location(start);
        self.stmts.push(Stmt { kind, location });
        Ok(true)
    }

    /// What follows a colon: an indented block, or simple statements on the same line.
    pub(super) fn block(&mut self) -> Parse<&'a [Stmt<'a>]> {
        let mark = self.stmts.len();
        if self.accept(TokenKind::Newline) {
            self.expect(TokenKind::Indent)?;
            self.deepen(cost::BLOCK)?;
            loop {
                self.statement()?;
                match self.kind() {
                    TokenKind::Dedent => break,
                    TokenKind::EndMarker => return Err(Fail),
                    _ => {}
                }
            }
            self.advance();
            self.depth -= cost::BLOCK;
        } else {
            self.simple_statements()?;
        }
        Ok(self.take_stmts(mark))
    }

    /// A colon and a block.
    fn suite(&mut self) -> Parse<&'a [Stmt<'a>]> {
        self.expect(TokenKind::Colon)?;
        self.block()
    }

    /// `else: …`, if it is there.
    fn else_block(&mut self) -> Parse<&'a [Stmt<'a>]> {
        if self.accept(TokenKind::Else) { self.suite() } else { Ok(&[]) }
    }

    /// `if` with its `elif`s and `else`. An `elif` is an `if` in the `else` of the one before; a long chain of
    /// them is no recursion.
    fn if_statement(&mut self) -> Parse<StmtKind<'a>> {
        let (mark, starts) = (self.exprs.len(), self.starts.len());
        let mut bodies = Vec::new();
        loop {
            self.starts.push((self.start(), TokenKind::If));
            self.advance();
            let test = self.named_expression()?;
            self.exprs.push(test);
            let body = self.suite()?;
            bodies.push(body);
            if self.kind() != TokenKind::Elif {
                break;
            }
            self.deepen(1)?;
        }
        self.depth -= bodies.len() as u32 - 1;
        let mut orelse = self.else_block()?;
        while let Some(body) = bodies.pop() {
            let (Some(test), Some((start, _))) = (self.exprs.pop(), self.starts.pop()) else { break };
            let kind = StmtKind::If { test: self.alloc(test), body, orelse };
            if bodies.is_empty() {
                debug_assert!(self.exprs.len() == mark && self.starts.len() == starts);
                return Ok(kind);
            }
            let location = self.block_location(start);
            orelse = std::slice::from_ref(self.arena.alloc(Stmt { kind, location }));
        }
        Err(Fail)
    }

    fn while_statement(&mut self) -> Parse<StmtKind<'a>> {
        self.advance();
        let test = self.named_expression()?;
        let test = self.alloc(test);
        let body = self.suite()?;
        let orelse = self.else_block()?;
        Ok(StmtKind::While { test, body, orelse })
    }

    fn for_statement(&mut self, is_async: bool) -> Parse<StmtKind<'a>> {
        self.advance();
        let target = self.star_targets()?;
        let target = self.alloc(target);
        self.expect(TokenKind::In)?;
        let iter = self.star_expressions()?;
        let iter = self.alloc(iter);
        self.expect(TokenKind::Colon)?;
        let type_comment = self.type_comment();
        let body = self.block()?;
        let orelse = self.else_block()?;
        if is_async {
            self.check_version(5, "Async for loops are")?;
            return Ok(StmtKind::AsyncFor { target, iter, body, orelse, type_comment });
        }
        Ok(StmtKind::For { target, iter, body, orelse, type_comment })
    }

    // with

    fn with_statement(&mut self, is_async: bool) -> Parse<StmtKind<'a>> {
        self.advance();
        let items = match self.parenthesized_with_items()? {
            Some(items) => items,
            None => {
                let mut items = Vec::new();
                loop {
                    items.push(self.with_item()?);
                    if !self.accept(TokenKind::Comma) {
                        break;
                    }
                }
                &*self.arena.alloc_slice_copy(&items)
            }
        };
        self.expect(TokenKind::Colon)?;
        let type_comment = self.type_comment();
        let body = self.block()?;
        if is_async {
            self.check_version(5, "Async with statements are")?;
            return Ok(StmtKind::AsyncWith { items, body, type_comment });
        }
        Ok(StmtKind::With { items, body, type_comment })
    }

    /// All items in one pair of parentheses. Whether the parentheses are that or part of an expression shows
    /// only behind them.
    fn parenthesized_with_items(&mut self) -> Parse<Option<&'a [WithItem<'a>]>> {
        if self.kind() != TokenKind::LPar || !self.colon_behind_bracket() {
            return Ok(None);
        }
        let back = self.checkpoint();
        let mut items = Vec::new();
        let mut read = || -> Parse<()> {
            self.advance();
            loop {
                items.push(self.with_item()?);
                if !self.accept(TokenKind::Comma) || self.kind() == TokenKind::RPar {
                    break;
                }
            }
            self.expect(TokenKind::RPar)?;
            if self.kind() == TokenKind::Colon { Ok(()) } else { Err(Fail) }
        };
        match read() {
            Ok(()) => Ok(Some(self.arena.alloc_slice_copy(&items))),
            Err(Fail) => {
                self.go_back(&back)?;
                Ok(None)
            }
        }
    }

    /// Whether a colon follows the bracket that closes the one here.
    fn colon_behind_bracket(&self) -> bool {
        let mut depth = 0;
        for (index, token) in self.tokens.iter().enumerate().skip(self.position) {
            match token.kind {
                TokenKind::LPar | TokenKind::LSqb | TokenKind::LBrace => depth += 1,
                TokenKind::RPar | TokenKind::RSqb | TokenKind::RBrace => {
                    depth -= 1;
                    if depth == 0 {
                        return self.tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::Colon);
                    }
                }
                TokenKind::Newline | TokenKind::EndMarker => return false,
                _ => {}
            }
        }
        false
    }

    fn with_item(&mut self) -> Parse<WithItem<'a>> {
        let context_expr = self.expression()?;
        let context_expr = self.alloc(context_expr);
        let optional_vars = if self.accept(TokenKind::As) {
            let target = self.star_target()?;
            if !matches!(self.kind(), TokenKind::Comma | TokenKind::RPar | TokenKind::Colon) {
                return Err(Fail);
            }
            Some(self.alloc(target))
        } else {
            None
        };
        Ok(WithItem { context_expr, optional_vars })
    }

    // try

    fn try_statement(&mut self) -> Parse<StmtKind<'a>> {
        self.advance();
        let body = self.suite()?;
        let mut handlers = Vec::new();
        let mut starred = false;
        while self.kind() == TokenKind::Except {
            let star = self.peek(1) == TokenKind::Star;
            if !handlers.is_empty() && star != starred {
                return Err(Fail);
            }
            starred = star;
            handlers.push(self.except_block(star)?);
        }
        let orelse = if handlers.is_empty() { &[] } else { self.else_block()? };
        let finalbody = if self.accept(TokenKind::Finally) { self.suite()? } else { &[] };
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(Fail);
        }
        let handlers = &*self.arena.alloc_slice_copy(&handlers);
        if starred {
            self.check_version(11, "Exception groups are")?;
            return Ok(StmtKind::TryStar { body, handlers, orelse, finalbody });
        }
        Ok(StmtKind::Try { body, handlers, orelse, finalbody })
    }

    fn except_block(&mut self, star: bool) -> Parse<ExceptHandler<'a>> {
        let start = self.start();
        self.advance();
        if star {
            self.advance();
        }
        let (mut type_, mut name, mut bare_tuple) = (None, None, false);
        if star || self.kind() != TokenKind::Colon {
            let first = self.position;
            let expr = self.expressions()?;
            bare_tuple = self.is_bare_tuple(&expr, first);
            type_ = Some(self.alloc(expr));
            if !bare_tuple && self.accept(TokenKind::As) {
                name = Some(self.name()?);
            }
        }
        let body = self.suite()?;
        if bare_tuple {
            self.check_version(14, "except expressions without parentheses are")?;
        }
        Ok(ExceptHandler { type_, name, body, location: self.block_location(start) })
    }

    /// Whether this expression, read from the token `first`, is a tuple without parentheses.
    fn is_bare_tuple(&self, expr: &Expr<'a>, first: usize) -> bool {
        let ExprKind::Tuple { .. } = expr.kind else { return false };
        if self.tokens[first].kind != TokenKind::LPar {
            return true;
        }
        // Parentheses around the whole close with the very last token.
        let mut depth = 0;
        for (index, token) in self.tokens[first..self.position].iter().enumerate() {
            match token.kind {
                TokenKind::LPar | TokenKind::LSqb | TokenKind::LBrace => depth += 1,
                TokenKind::RPar | TokenKind::RSqb | TokenKind::RBrace => {
                    depth -= 1;
                    if depth == 0 {
                        return first + index + 1 != self.position;
                    }
                }
                _ => {}
            }
        }
        true
    }

    // match

    /// A `match` statement, if the name `match` here begins one.
    fn match_statement(&mut self) -> Parse<bool> {
        let start = self.start();
        let back = self.checkpoint();
        self.advance();
        let subject = match self.match_subject() {
            Ok(subject) => subject,
            Err(Fail) => {
                self.go_back(&back)?;
                return Ok(false);
            }
        };
        let subject = self.alloc(subject);
        let mut cases = Vec::new();
        while self.at_word("case") {
            cases.push(self.case_block()?);
        }
        if cases.is_empty() {
            return Err(Fail);
        }
        self.expect(TokenKind::Dedent)?;
        self.check_version(10, "Pattern matching is")?;
        let cases = self.arena.alloc_slice_copy(&cases);
        let location = self.block_location(start);
        self.stmts.push(Stmt { kind: StmtKind::Match { subject, cases }, location });
        Ok(true)
    }

    /// The subject and everything up to the first `case`.
    fn match_subject(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let starred = self.kind() == TokenKind::Star;
        let mut subject = self.star_named_expression()?;
        if self.kind() == TokenKind::Comma {
            let mark = self.exprs.len();
            self.exprs.push(subject);
            while self.accept(TokenKind::Comma) {
                if self.kind() == TokenKind::Colon {
                    break;
                }
                let expr = self.star_named_expression()?;
                self.exprs.push(expr);
            }
            let elts = self.take_exprs(mark);
            subject = self.node(start, ExprKind::Tuple { elts, ctx: ExprContext::Load });
        } else if starred {
            return Err(Fail);
        }
        self.expect(TokenKind::Colon)?;
        self.expect(TokenKind::Newline)?;
        self.expect(TokenKind::Indent)?;
        Ok(subject)
    }

    fn case_block(&mut self) -> Parse<MatchCase<'a>> {
        self.advance();
        let pattern = self.case_patterns()?;
        let pattern = &*self.arena.alloc(pattern);
        let guard = if self.accept(TokenKind::If) {
            let guard = self.named_expression()?;
            Some(self.alloc(guard))
        } else {
            None
        };
        let body = self.suite()?;
        Ok(MatchCase { pattern, guard, body })
    }
}
