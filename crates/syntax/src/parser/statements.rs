//! Simple statements.

use super::expressions::starts_expression;
use super::*;

impl<'a> Parser<'a, '_> {
    /// One statement, or one line of simple statements, onto the stack of statements.
    pub(super) fn statement(&mut self) -> Parse<()> {
        if self.compound_statement()? { Ok(()) } else { self.simple_statements() }
    }

    /// Simple statements up to the end of the line.
    pub(super) fn simple_statements(&mut self) -> Parse<()> {
        loop {
            self.simple_statement()?;
            if !self.accept(TokenKind::Semi) {
                return self.expect(TokenKind::Newline);
            }
            if self.accept(TokenKind::Newline) {
                return Ok(());
            }
        }
    }

    fn simple_statement(&mut self) -> Parse<()> {
        let start = self.start();
        let kind = match self.kind() {
            TokenKind::Name if self.peek(1) == TokenKind::Name && self.text() == "type" => {
                self.type_alias()?
            }
            TokenKind::Return => {
                self.advance();
                let value = if starts_expression(self.kind()) || self.kind() == TokenKind::Star {
                    let value = self.star_expressions()?;
                    Some(self.alloc(value))
                } else {
                    None
                };
                StmtKind::Return { value }
            }
            TokenKind::Import => {
                self.advance();
                StmtKind::Import { names: self.dotted_as_names()? }
            }
            TokenKind::From => self.import_from()?,
            TokenKind::Raise => {
                self.advance();
                let (mut exc, mut cause) = (None, None);
                if starts_expression(self.kind()) {
                    let value = self.expression()?;
                    exc = Some(self.alloc(value));
                    if self.accept(TokenKind::From) {
                        let value = self.expression()?;
                        cause = Some(self.alloc(value));
                    }
                }
                StmtKind::Raise { exc, cause }
            }
            TokenKind::Pass => {
                self.advance();
                StmtKind::Pass
            }
            TokenKind::Break => {
                self.advance();
                StmtKind::Break
            }
            TokenKind::Continue => {
                self.advance();
                StmtKind::Continue
            }
            TokenKind::Del => {
                self.advance();
                let targets = self.del_targets()?;
                if !matches!(self.kind(), TokenKind::Semi | TokenKind::Newline) {
                    return Err(Fail);
                }
                StmtKind::Delete { targets }
            }
            TokenKind::Yield => {
                let value = self.yield_expression()?;
                StmtKind::Expr { value: self.alloc(value) }
            }
            TokenKind::Assert => {
                self.advance();
                let test = self.expression()?;
                let test = self.alloc(test);
                let msg = if self.accept(TokenKind::Comma) {
                    let msg = self.expression()?;
                    Some(self.alloc(msg))
                } else {
                    None
                };
                StmtKind::Assert { test, msg }
            }
            TokenKind::Global => StmtKind::Global { names: self.name_list()? },
            TokenKind::Nonlocal => StmtKind::Nonlocal { names: self.name_list()? },
            _ => self.expression_statement()?,
        };
        let location = self.location(start);
        self.stmts.push(Stmt { kind, location });
        Ok(())
    }

    /// An expression, or an assignment of one of the three forms.
    fn expression_statement(&mut self) -> Parse<StmtKind<'a>> {
        let bare_name = self.kind() == TokenKind::Name;
        let first = self.star_expressions()?;
        match self.kind() {
            TokenKind::Equal => self.assignment(first),
            TokenKind::Colon => {
                let simple = i32::from(bare_name && matches!(first.kind, ExprKind::Name { .. }));
                let target = self.single_target(&first)?;
                self.advance();
                let annotation = self.expression()?;
                let annotation = self.alloc(annotation);
                let value = if self.accept(TokenKind::Equal) {
                    let value = self.annotated_rhs()?;
                    Some(self.alloc(value))
                } else {
                    None
                };
                self.check_version(6, "Variable annotation syntax is")?;
                Ok(StmtKind::AnnAssign { target, annotation, value, simple })
            }
            kind => match augmented_operator(kind) {
                Some(op) => {
                    let target = self.single_target(&first)?;
                    self.advance();
                    if op == Operator::MatMult {
                        self.check_version(5, "The '@' operator is")?;
                    }
                    let value = self.annotated_rhs()?;
                    Ok(StmtKind::AugAssign { target, op, value: self.alloc(value) })
                }
                None => Ok(StmtKind::Expr { value: self.alloc(first) }),
            },
        }
    }

    /// The rest of `first = … = value`, from its first `=`.
    fn assignment(&mut self, first: Expr<'a>) -> Parse<StmtKind<'a>> {
        let mark = self.exprs.len();
        let mut value = first;
        while self.kind() == TokenKind::Equal {
            let target = self.target(&value, ExprContext::Store)?;
            self.advance();
            self.exprs.push(target);
            value = self.annotated_rhs()?;
        }
        let targets = self.take_exprs(mark);
        let type_comment = self.type_comment();
        Ok(StmtKind::Assign { targets, value: self.alloc(value), type_comment })
    }

    /// The type comment at this place.
    #[inline]
    pub(super) fn type_comment(&mut self) -> Option<Text<'a>> {
        if self.kind() != TokenKind::TypeComment {
            return None;
        }
        let text = self.text();
        self.advance();
        Some(Text::new(text))
    }

    fn type_alias(&mut self) -> Parse<StmtKind<'a>> {
        self.advance();
        let start = self.start();
        let id = self.name()?;
        let name = self.alloc(self.node(start, ExprKind::Name { id, ctx: ExprContext::Store }));
        let type_params = self.type_params()?;
        self.expect(TokenKind::Equal)?;
        let value = self.expression()?;
        self.check_version(12, "Type statement is")?;
        Ok(StmtKind::TypeAlias { name, type_params, value: self.alloc(value) })
    }

    /// A keyword and the names behind it.
    fn name_list(&mut self) -> Parse<&'a [&'a str]> {
        self.advance();
        let mark = self.names.len();
        loop {
            let name = self.name()?;
            self.names.push(name);
            if !self.accept(TokenKind::Comma) {
                return Ok(self.take_names(mark));
            }
        }
    }

    // Imports.

    /// `name.name.name`, as one identifier.
    fn dotted_name(&mut self) -> Parse<&'a str> {
        let first = self.position;
        let mut name = self.name()?;
        if self.kind() != TokenKind::Dot {
            return Ok(name);
        }
        while self.accept(TokenKind::Dot) {
            self.name()?;
        }
        let tokens = &self.tokens[first..self.position];
        let (start, end) = (tokens[0].start as usize, tokens[tokens.len() - 1].end as usize);
        let text = &self.source[start..end];
        if text.is_ascii() && tokens.windows(2).all(|pair| pair[0].end == pair[1].start) {
            name = text;
        } else {
            let mut joined = String::with_capacity(text.len());
            for token in tokens {
                joined.push_str(self.identifier(token.text(self.source)));
            }
            name = if joined == text { text } else { self.arena.alloc_str(&joined) };
        }
        Ok(name)
    }

    fn dotted_as_names(&mut self) -> Parse<&'a [Alias<'a>]> {
        let mark = self.aliases.len();
        loop {
            let start = self.start();
            let name = self.dotted_name()?;
            self.alias(name, start)?;
            if !self.accept(TokenKind::Comma) {
                return Ok(self.take_aliases(mark));
            }
        }
    }

    /// The `as` part of an alias whose name was read.
    fn alias(&mut self, name: &'a str, start: Start) -> Parse<()> {
        let asname = if self.accept(TokenKind::As) { Some(self.name()?) } else { None };
        let location = self.location(start);
        self.aliases.push(Alias { name, asname, location });
        Ok(())
    }

    fn import_from(&mut self) -> Parse<StmtKind<'a>> {
        self.advance();
        let mut level = 0;
        loop {
            match self.kind() {
                TokenKind::Dot => level += 1,
                TokenKind::Ellipsis => level += 3,
                _ => break,
            }
            self.advance();
        }
        let module = match self.kind() {
            TokenKind::Import if level > 0 => None,
            _ => Some(self.dotted_name()?),
        };
        self.expect(TokenKind::Import)?;
        let mark = self.aliases.len();
        let start = self.start();
        match self.kind() {
            TokenKind::Star => {
                self.advance();
                self.alias_star(start);
            }
            TokenKind::LPar => {
                self.advance();
                loop {
                    self.import_from_as_name()?;
                    if !self.accept(TokenKind::Comma) || self.kind() == TokenKind::RPar {
                        break;
                    }
                }
                self.expect(TokenKind::RPar)?;
            }
            _ => loop {
                self.import_from_as_name()?;
                if !self.accept(TokenKind::Comma) {
                    break;
                }
            },
        }
        let names = self.take_aliases(mark);
        if module == Some("__future__") && names.iter().any(|alias| alias.name == "barry_as_FLUFL") {
            self.flufl = true;
        }
        Ok(StmtKind::ImportFrom { module, names, level: Some(level) })
    }

    fn alias_star(&mut self, start: Start) {
        let location = self.location(start);
        self.aliases.push(Alias { name: "*", asname: None, location });
    }

    fn import_from_as_name(&mut self) -> Parse<()> {
        let start = self.start();
        let name = self.name()?;
        self.alias(name, start)
    }
}

/// The operator of an augmented assignment.
fn augmented_operator(kind: TokenKind) -> Option<Operator> {
    Some(match kind {
        TokenKind::PlusEqual => Operator::Add,
        TokenKind::MinEqual => Operator::Sub,
        TokenKind::StarEqual => Operator::Mult,
        TokenKind::AtEqual => Operator::MatMult,
        TokenKind::SlashEqual => Operator::Div,
        TokenKind::PercentEqual => Operator::Mod,
        TokenKind::AmperEqual => Operator::BitAnd,
        TokenKind::VBarEqual => Operator::BitOr,
        TokenKind::CircumflexEqual => Operator::BitXor,
        TokenKind::LeftShiftEqual => Operator::LShift,
        TokenKind::RightShiftEqual => Operator::RShift,
        TokenKind::DoubleStarEqual => Operator::Pow,
        TokenKind::DoubleSlashEqual => Operator::FloorDiv,
        _ => return None,
    })
}
