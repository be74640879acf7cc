//! The tokens of the prolog and of the DTD.

use super::chars::*;
use super::lex::{Lexed, Lexer, Span, Stop, Token};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Space,
    Literal,
    Name,
    /// Begins as no name does.
    Nmtoken,
    PoundName,
    Percent,
    ParameterReference,
    Open,
    /// With the quantifier behind it, or 0.
    Close(u8),
    NameQuantified(u8),
    Or,
    Comma,
    OpenBracket,
    CloseBracket,
    ConditionalOpen,
    ConditionalClose,
    DeclarationOpen,
    DeclarationClose,
    Pi {
        target: Span,
        data: Span,
    },
    XmlDeclaration,
    Comment(Span),
    /// The start tag of the root.
    Instance,
}

impl Lexer<'_> {
    /// The token at `i`, inside of the text; and its end.
    pub fn prolog(&self, i: usize) -> Lexed<(Mark, usize)> {
        let single = |mark| Ok((mark, i + 1));
        match self.text[i] {
            quote @ (b'"' | b'\'') => self.literal(i, quote),
            b'<' => self.prolog_markup(i),
            b'\r' if i + 1 == self.text.len() && !self.last => Err(Stop::Partial),
            byte if is_space(byte) => {
                let mut end = i + 1;
                while let Some(&byte) = self.text.get(end) {
                    let split = byte == b'\r' && end + 1 == self.text.len() && !self.last;
                    if !is_space(byte) || split {
                        break;
                    }
                    end += 1;
                }
                Ok((Mark::Space, end))
            }
            b'%' => {
                let next = match self.text.get(i + 1) {
                    None if self.last => return single(Mark::Percent),
                    _ => self.byte(i + 1)?,
                };
                if is_space(next) || next == b'%' {
                    return single(Mark::Percent);
                }
                let end = self.name(i + 1)?;
                match self.byte(end)? {
                    b';' => Ok((Mark::ParameterReference, end + 1)),
                    _ => Err(Stop::Invalid(end)),
                }
            }
            b',' => single(Mark::Comma),
            b'[' => single(Mark::OpenBracket),
            b']' => match (self.text.get(i + 1), self.text.get(i + 2)) {
                (Some(b']'), Some(b'>')) => Ok((Mark::ConditionalClose, i + 3)),
                (None, _) | (Some(b']'), None) if !self.last => Err(Stop::Partial),
                _ => single(Mark::CloseBracket),
            },
            b'(' => single(Mark::Open),
            b')' => match self.text.get(i + 1) {
                Some(&quantifier @ (b'*' | b'+' | b'?')) => Ok((Mark::Close(quantifier), i + 2)),
                Some(b'>' | b',' | b'|' | b')') => single(Mark::Close(0)),
                Some(&byte) if is_space(byte) => single(Mark::Close(0)),
                None if self.last => single(Mark::Close(0)),
                None => Err(Stop::Partial),
                Some(_) => Err(Stop::Invalid(i + 1)),
            },
            b'|' => single(Mark::Or),
            b'>' => single(Mark::DeclarationClose),
            b'#' => {
                let end = self.name_or_end(i + 1)?;
                match self.text.get(end) {
                    None | Some(b'>' | b')' | b'|' | b'%') => Ok((Mark::PoundName, end)),
                    Some(&byte) if is_space(byte) => Ok((Mark::PoundName, end)),
                    Some(_) => Err(Stop::Invalid(end)),
                }
            }
            _ => self.prolog_name(i),
        }
    }

    /// As [`Lexer::name`], but the last text may end with it.
    fn name_or_end(&self, i: usize) -> Lexed<usize> {
        match self.name(i) {
            Err(Stop::Partial) if self.last && i < self.text.len() => Ok(self.text.len()),
            other => other,
        }
    }

    fn prolog_name(&self, i: usize) -> Lexed<(Mark, usize)> {
        let (code, _) = self.char(i)?;
        let is_name = begins_name(code) || code == 0x3A && !self.namespaces;
        if !is_name && !continues_name(code) && code != 0x3A {
            return Err(Stop::Invalid(i));
        }
        let mut end = i;
        let mut colons = 0;
        while end < self.text.len() {
            let (code, len) = self.char(end)?;
            if code == 0x3A && is_name && self.namespaces {
                colons += 1;
                if colons > 1 {
                    return Err(Stop::Invalid(end));
                }
            } else if !continues_name(code) && code != 0x3A {
                break;
            }
            end += len;
        }
        match self.text.get(end) {
            None if !self.last => Err(Stop::Partial),
            None | Some(b'>' | b')' | b',' | b'|' | b'[' | b'%') => {
                Ok((if is_name { Mark::Name } else { Mark::Nmtoken }, end))
            }
            Some(&quantifier @ (b'+' | b'*' | b'?')) if is_name => {
                Ok((Mark::NameQuantified(quantifier), end + 1))
            }
            Some(&byte) if is_space(byte) => Ok((if is_name { Mark::Name } else { Mark::Nmtoken }, end)),
            Some(_) => Err(Stop::Invalid(end)),
        }
    }

    fn literal(&self, start: usize, quote: u8) -> Lexed<(Mark, usize)> {
        let mut i = start + 1;
        loop {
            if self.byte(i)? == quote {
                break;
            }
            i += self.char(i)?.1;
        }
        match self.text.get(i + 1) {
            None if !self.last => Err(Stop::Partial),
            None | Some(b'>' | b'%' | b'[') => Ok((Mark::Literal, i + 1)),
            Some(&byte) if is_space(byte) => Ok((Mark::Literal, i + 1)),
            Some(_) => Err(Stop::Invalid(i + 1)),
        }
    }

    fn prolog_markup(&self, i: usize) -> Lexed<(Mark, usize)> {
        match self.byte(i + 1)? {
            b'!' => match self.byte(i + 2)? {
                b'-' => match self.comment(i)? {
                    (Token::Comment(span), end) => Ok((Mark::Comment(span), end)),
                    _ => Err(Stop::Invalid(i)),
                },
                b'[' => Ok((Mark::ConditionalOpen, i + 3)),
                byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                    let mut end = i + 3;
                    loop {
                        match self.byte(end)? {
                            byte if byte.is_ascii_alphabetic() || byte == b'_' => end += 1,
                            b'%' => {
                                let next = self.byte(end + 1)?;
                                if is_space(next) || next == b'%' {
                                    return Err(Stop::Invalid(end));
                                }
                                return Ok((Mark::DeclarationOpen, end));
                            }
                            byte if is_space(byte) => return Ok((Mark::DeclarationOpen, end)),
                            _ => return Err(Stop::Invalid(end)),
                        }
                    }
                }
                _ => Err(Stop::Invalid(i + 2)),
            },
            b'?' => match self.pi(i)? {
                (Token::Pi { target, data }, end) => Ok((Mark::Pi { target, data }, end)),
                (_, end) => Ok((Mark::XmlDeclaration, end)),
            },
            _ if self.at_name(i + 1)? => Ok((Mark::Instance, i)),
            _ => Err(Stop::Invalid(i + 1)),
        }
    }
}
