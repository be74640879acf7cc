//! String literals: their parts decoded and joined, replacement fields parsed, with CPython's positions.

use std::borrow::Cow;

use super::*;
use crate::strings::{DecodeError, Decoded, Literal, decode_middle, expression_text, is_raw_start};

/// What kinds of literal a row of them holds.
#[derive(Clone, Copy, Default)]
struct Kinds {
    text: bool,
    bytes: bool,
    format: bool,
    template: bool,
}

/// A replacement field belongs to an f-string or a t-string.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Format,
    Template,
}

/// A literal part of an f-string that waits to be decoded until the string is whole.
#[derive(Clone, Copy)]
pub(super) struct Middle {
    /// Where it lies on the stack of expressions.
    expr: usize,
    token: usize,
}

impl<'a> Parser<'a, '_> {
    /// One string literal, or several side by side.
    pub(super) fn strings(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        if self.kind() == TokenKind::String && !is_string_start(self.peek(1)) {
            return self.plain_string();
        }
        let mark = self.exprs.len();
        let mut kinds = Kinds::default();
        loop {
            match self.kind() {
                TokenKind::String => {
                    let part = self.plain_string()?;
                    match part.kind {
                        ExprKind::Constant { value: Constant::Bytes(_), .. } => kinds.bytes = true,
                        _ => kinds.text = true,
                    }
                    self.exprs.push(part);
                }
                TokenKind::FStringStart => {
                    kinds.format = true;
                    self.format_string(Owner::Format)?;
                }
                TokenKind::TStringStart => {
                    kinds.template = true;
                    self.format_string(Owner::Template)?;
                }
                _ => break,
            }
        }
        if kinds.template && (kinds.text || kinds.bytes || kinds.format) {
            let location = self.location(start);
            let message = "cannot mix t-string literals with string or bytes literals";
            return self.raise_at_node(message, location);
        }
        if kinds.template {
            self.check_version(14, "t-strings are")?;
        }
        if kinds.bytes && (kinds.text || kinds.format) {
            return self.raise("cannot mix bytes and nonbytes literals");
        }
        let kind = if kinds.format || kinds.template {
            let values = self.fold_parts(mark);
            if kinds.template { ExprKind::TemplateStr { values } } else { ExprKind::JoinedStr { values } }
        } else {
            let (value, kind) = self.concatenated(mark, self.exprs.len());
            self.exprs.truncate(mark);
            ExprKind::Constant { value, kind }
        };
        Ok(self.node(start, kind))
    }

    /// A string token without replacement fields.
    fn plain_string(&mut self) -> Parse<Expr<'a>> {
        let start = self.start();
        let literal = Literal::new(self.text());
        let decoded = match literal.decode() {
            Ok(decoded) => decoded,
            Err(error) => {
                let token = *self.token();
                return self.raise_at(error.message(), span(&token));
            }
        };
        self.warn_bad_escape(&decoded, literal.body, self.position, 0);
        let bytes = self.keep(decoded);
        self.advance();
        let value =
            if literal.is_bytes { Constant::Bytes(bytes) } else { Constant::Str(Text::from_wtf8(bytes)) };
        let kind = if literal.is_unicode { Some(Text::new("u")) } else { None };
        Ok(self.node(start, ExprKind::Constant { value, kind }))
    }

    /// The decoded bytes, in the source or in the arena.
    fn keep(&self, decoded: Decoded<'a>) -> &'a [u8] {
        match decoded.value {
            Cow::Borrowed(bytes) => bytes,
            Cow::Owned(bytes) => self.arena.alloc_slice_copy(&bytes),
        }
    }

    /// Adds the warning about the first bad escape, if any, as one about a token; `lines` lie between that
    /// token's line and the escape's.
    fn warn_bad_escape(&mut self, decoded: &Decoded<'_>, body: &str, token: usize, lines: u32) {
        if let Some(escape) = &decoded.bad_escape {
            let mut warning = escape.warning(&self.tokens[token], self.source, body);
            warning.lineno += lines;
            self.warnings.push((self.position as u32, warning));
        }
    }

    /// The value and `kind` of the constants between two places of the stack, which are all text or all bytes.
    fn concatenated(&self, from: usize, to: usize) -> (Constant<'a>, Option<Text<'a>>) {
        let parts = &self.exprs[from..to];
        let length = parts.iter().map(|part| constant_bytes(part).len()).sum();
        let kind = match parts[0].kind {
            ExprKind::Constant { kind, .. } => kind,
            _ => None,
        };
        let bytes = match parts {
            [single] => constant_bytes(single),
            _ => {
                let joined = self.arena.alloc_slice_fill_copy(length, 0);
                let mut at = 0;
                for part in parts {
                    let bytes = constant_bytes(part);
                    joined[at..at + bytes.len()].copy_from_slice(bytes);
                    at += bytes.len();
                }
                &*joined
            }
        };
        match parts[0].kind {
            ExprKind::Constant { value: Constant::Bytes(_), .. } => (Constant::Bytes(bytes), kind),
            _ => (Constant::Str(Text::from_wtf8(bytes)), kind),
        }
    }

    /// The parts since `mark` as the values of a JoinedStr: neighbouring constants become one, empty ones none.
    fn fold_parts(&mut self, mark: usize) -> &'a [Expr<'a>] {
        let (mut from, mut out) = (mark, mark);
        while from < self.exprs.len() {
            let mut to = from;
            while to < self.exprs.len() && is_constant(&self.exprs[to]) {
                to += 1;
            }
            if to == from {
                self.exprs[out] = self.exprs[from];
                (from, out) = (from + 1, out + 1);
                continue;
            }
            let (value, kind) = self.concatenated(from, to);
            if !matches!(value, Constant::Str(text) if text.is_empty()) {
                let location = self.exprs[from].location.to(self.exprs[to - 1].location);
                self.exprs[out] = Expr { kind: ExprKind::Constant { value, kind }, location };
                out += 1;
            }
            from = to;
        }
        self.exprs.truncate(out);
        self.take_exprs(mark)
    }

    /// The parts of an f-string or t-string, onto the stack of expressions.
    fn format_string(&mut self, owner: Owner) -> Parse<()> {
        let raw = is_raw_start(self.text());
        self.advance();
        let (middle, end) = match owner {
            Owner::Format => (TokenKind::FStringMiddle, TokenKind::FStringEnd),
            Owner::Template => (TokenKind::TStringMiddle, TokenKind::TStringEnd),
        };
        let (mark, middles) = (self.exprs.len(), self.middles.len());
        loop {
            match self.kind() {
                kind if kind == middle => {
                    self.push_middle();
                    self.reach_over_doubled_brace();
                }
                TokenKind::LBrace => self.replacement_field(owner, raw, owner)?,
                _ => break,
            }
        }
        self.expect(end)?;
        self.decode_middles(mark, middles, raw, Some(self.position - 1))
    }

    /// Puts a literal part, not yet decoded, onto the stack of expressions.
    fn push_middle(&mut self) {
        let start = self.start();
        self.middles.push(Middle { expr: self.exprs.len(), token: self.position });
        let value = Constant::Str(Text::new(self.text()));
        self.advance();
        let part = self.node(start, ExprKind::Constant { value, kind: None });
        self.exprs.push(part);
    }

    /// A middle token that ends with a doubled brace holds one of the two; its node spans both.
    fn reach_over_doubled_brace(&mut self) {
        let (bytes, end) = (self.source.as_bytes(), self.tokens[self.position - 1].end as usize);
        if let Some(brace @ (b'{' | b'}')) = bytes.get(end)
            && bytes[end - 1] == *brace
            && let Some(part) = self.exprs.last_mut()
        {
            part.location.end_col_offset += 1;
        }
    }

    /// Decodes the literal parts since `middles`; those that turn out empty go. `end` is the token that ended the
    /// string: CPython counts the lines of bad escapes from there.
    fn decode_middles(&mut self, mark: usize, middles: usize, raw: bool, end: Option<usize>) -> Parse<()> {
        let mut some_empty = false;
        for index in middles..self.middles.len() {
            let Middle { expr, token } = self.middles[index];
            let text = self.tokens[token].text(self.source);
            let decoded = match decode_middle(text, raw) {
                Ok(decoded) => decoded,
                Err(error) => return self.middle_error(error),
            };
            let escape = decoded.bad_escape.as_ref().map_or(0, |escape| escape.offset);
            match end {
                Some(end) => {
                    let lines = memchr::memchr_iter(b'\n', &text.as_bytes()[..escape]).count() as u32;
                    self.warn_bad_escape(&decoded, text, end, lines);
                }
                None => self.warn_bad_escape(&decoded, text, token, 0),
            }
            let bytes = self.keep(decoded);
            some_empty |= bytes.is_empty();
            let value = Constant::Str(Text::from_wtf8(bytes));
            self.exprs[expr].kind = ExprKind::Constant { value, kind: None };
        }
        self.middles.truncate(middles);
        if some_empty {
            let mut out = mark;
            for from in mark..self.exprs.len() {
                let part = self.exprs[from];
                if !(is_constant(&part) && constant_bytes(&part).is_empty()) {
                    self.exprs[out] = part;
                    out += 1;
                }
            }
            self.exprs.truncate(out);
        }
        Ok(())
    }

    /// Such errors are reported where the string ends.
    #[cold]
    fn middle_error(&mut self, error: DecodeError) -> Parse<()> {
        let token = self.tokens[self.position - 1];
        self.raise_at(error.message(), span(&token))
    }

    /// `{expression=!conversion:spec}`: one or two parts onto the stack of expressions. `string` is what kind of
    /// literal it stands in, `makes` what it becomes: within the spec of a t-string's field it is a
    /// FormattedValue.
    fn replacement_field(&mut self, string: Owner, raw: bool, makes: Owner) -> Parse<()> {
        let (start, open) = (self.start(), self.position);
        self.advance();
        self.deepen(cost::FIELD)?;
        let value = self.annotated_rhs()?;
        let value = self.alloc(value);
        let equal = self.position;
        let debug = self.accept(TokenKind::Equal);
        let behind = self.position;
        let mut conversion = -1;
        if self.accept(TokenKind::Exclamation) {
            conversion = self.conversion(string)?;
        }
        let mut format_spec = None;
        if self.kind() == TokenKind::Colon {
            let spec = self.format_spec(string, raw)?;
            format_spec = Some(self.alloc(spec));
        } else if debug && conversion == -1 {
            conversion = i32::from(b'r');
        }
        self.expect(TokenKind::RBrace)?;
        self.depth -= cost::FIELD;
        if debug {
            let text = self.source_text(open, behind);
            let end = &self.tokens[behind];
            let location = Location {
                lineno: start.lineno,
                col_offset: start.col + 1,
                end_lineno: end.lineno as i32,
                end_col_offset: end.col as i32,
            };
            let value = Constant::Str(Text::new(text));
            self.exprs.push(Expr { kind: ExprKind::Constant { value, kind: None }, location });
        }
        let kind = match makes {
            Owner::Format => ExprKind::FormattedValue { value, conversion, format_spec },
            Owner::Template => {
                let text = self.source_text(open, if debug { equal } else { behind });
                ExprKind::Interpolation {
                    value,
                    str: Constant::Str(Text::new(text)),
                    conversion,
                    format_spec,
                }
            }
        };
        let part = self.node(start, kind);
        self.exprs.push(part);
        Ok(())
    }

    /// The letter behind `!`.
    fn conversion(&mut self, string: Owner) -> Parse<i32> {
        if self.kind() != TokenKind::Name {
            return Err(Fail);
        }
        let (mark, name) = (self.tokens[self.position - 1], *self.token());
        let prefix = if string == Owner::Format { 'f' } else { 't' };
        if (mark.end_lineno, mark.end_col) != (name.lineno, name.col) {
            let message =
                format!("{prefix}-string: conversion type must come right after the exclamation mark");
            let both = Span { end_lineno: name.end_lineno, end_col: name.end_col, ..span(&mark) };
            return self.raise_at(message, both);
        }
        let conversion = match self.text() {
            "s" => b's',
            "r" => b'r',
            "a" => b'a',
            other => {
                let message = format!(
                    "{prefix}-string: invalid conversion character '{other}': expected 's', 'r', or 'a'"
                );
                return self.raise_at(message, span(&name));
            }
        };
        self.advance();
        Ok(i32::from(conversion))
    }

    /// `:` and the format spec behind it.
    fn format_spec(&mut self, string: Owner, raw: bool) -> Parse<Expr<'a>> {
        let start = self.start();
        self.advance();
        let middle =
            if string == Owner::Format { TokenKind::FStringMiddle } else { TokenKind::TStringMiddle };
        let mark = self.exprs.len();
        loop {
            match self.kind() {
                kind if kind == middle => {
                    let middles = self.middles.len();
                    let from = self.exprs.len();
                    self.push_middle();
                    self.decode_middles(from, middles, raw, None)?;
                }
                TokenKind::LBrace => self.replacement_field(string, raw, Owner::Format)?,
                _ => break,
            }
        }
        let values = self.fold_parts(mark);
        Ok(self.node(start, ExprKind::JoinedStr { values }))
    }

    /// The text from behind the token `open` up to the token `end`, without comments.
    fn source_text(&self, open: usize, end: usize) -> &'a str {
        let from = self.tokens[open].end as usize;
        let text = &self.source[from..self.tokens[end].start as usize];
        match expression_text(text) {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => self.arena.alloc_str(&text),
        }
    }
}

const fn is_string_start(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::String | TokenKind::FStringStart | TokenKind::TStringStart)
}

fn is_constant(part: &Expr<'_>) -> bool {
    matches!(part.kind, ExprKind::Constant { .. })
}

/// The content of a constant that is text or bytes.
fn constant_bytes<'a>(part: &Expr<'a>) -> &'a [u8] {
    match part.kind {
        ExprKind::Constant { value: Constant::Str(text), .. } => text.as_bytes(),
        ExprKind::Constant { value: Constant::Bytes(bytes), .. } => bytes,
        _ => &[],
    }
}
