//! The declarations of a DTD, from their tokens.

use super::errors::Code;
use super::event::{Model, kind};
use super::prolog_lex::Mark;

/// A token of a declaration. Its place is `usize::MAX` inside of entities.
pub struct Piece {
    pub mark: Mark,
    pub text: String,
    pub at: usize,
}

/// Why there is no declaration.
pub enum Outcome {
    /// The tokens so far are right.
    More,
    Wrong(Code, usize),
}

type Parsed<T> = Result<T, Outcome>;

pub struct Attribute {
    pub name: String,
    pub kind: String,
    /// The literal without its quotes.
    pub default: Option<String>,
    pub required: bool,
    pub at: usize,
}

pub enum Kind {
    Doctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        internal: bool,
    },
    Element {
        name: String,
        model: Model,
    },
    Attributes {
        element: String,
        list: Vec<Attribute>,
    },
    Entity {
        name: String,
        parameter: bool,
        /// The literal without its quotes, and its place.
        value: Option<(String, usize)>,
        system: Option<String>,
        public: Option<String>,
        notation: Option<String>,
    },
    Notation {
        name: String,
        system: Option<String>,
        public: Option<String>,
    },
}

pub fn parse(pieces: &[Piece]) -> Parsed<Kind> {
    let mut cursor = Cursor { pieces, next: 0 };
    let first = cursor.take()?;
    let kind = match first.text.as_str() {
        "<!DOCTYPE" => cursor.doctype()?,
        "<!ELEMENT" => cursor.element()?,
        "<!ATTLIST" => cursor.attributes()?,
        "<!ENTITY" => cursor.entity()?,
        "<!NOTATION" => cursor.notation()?,
        _ => return Err(Outcome::More),
    };
    Ok(kind)
}

struct Cursor<'a> {
    pieces: &'a [Piece],
    next: usize,
}

fn wrong<T>(piece: &Piece) -> Parsed<T> {
    Err(Outcome::Wrong(Code::Syntax, piece.at))
}

/// A literal without its quotes.
fn unquoted(piece: &Piece) -> String {
    piece.text[1..piece.text.len() - 1].to_owned()
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Parsed<&'a Piece> {
        self.pieces.get(self.next).ok_or(Outcome::More)
    }

    fn take(&mut self) -> Parsed<&'a Piece> {
        let piece = self.peek()?;
        self.next += 1;
        Ok(piece)
    }

    fn expect(&mut self, mark: Mark) -> Parsed<&'a Piece> {
        let piece = self.take()?;
        if piece.mark == mark { Ok(piece) } else { wrong(piece) }
    }

    fn name(&mut self) -> Parsed<String> {
        Ok(self.expect(Mark::Name)?.text.clone())
    }

    /// `PUBLIC "…" "…"` or `SYSTEM "…"`; the keyword was taken. System identifier, then public.
    fn external(
        &mut self,
        keyword: &Piece,
        system_required: bool,
    ) -> Parsed<(Option<String>, Option<String>)> {
        match keyword.text.as_str() {
            "SYSTEM" if keyword.mark == Mark::Name => Ok((Some(unquoted(self.expect(Mark::Literal)?)), None)),
            "PUBLIC" if keyword.mark == Mark::Name => {
                let literal = self.expect(Mark::Literal)?;
                let public = public_id(literal)?;
                if !system_required && self.peek()?.mark != Mark::Literal {
                    return Ok((None, Some(public)));
                }
                Ok((Some(unquoted(self.expect(Mark::Literal)?)), Some(public)))
            }
            _ => wrong(keyword),
        }
    }

    fn doctype(&mut self) -> Parsed<Kind> {
        let name = self.name()?;
        let (mut system, mut public) = (None, None);
        if self.peek()?.mark == Mark::Name {
            let keyword = self.take()?;
            (system, public) = self.external(keyword, true)?;
        }
        let end = self.take()?;
        match end.mark {
            Mark::OpenBracket => Ok(Kind::Doctype { name, system, public, internal: true }),
            Mark::DeclarationClose => Ok(Kind::Doctype { name, system, public, internal: false }),
            _ => wrong(end),
        }
    }

    fn notation(&mut self) -> Parsed<Kind> {
        let name = self.name()?;
        let keyword = self.take()?;
        let (system, public) = self.external(keyword, false)?;
        self.expect(Mark::DeclarationClose)?;
        Ok(Kind::Notation { name, system, public })
    }

    fn entity(&mut self) -> Parsed<Kind> {
        let parameter = self.peek()?.mark == Mark::Percent;
        if parameter {
            self.take()?;
        }
        let name = self.name()?;
        let first = self.take()?;
        let (mut system, mut public, mut notation, mut value) = (None, None, None, None);
        if first.mark == Mark::Literal {
            value = Some((unquoted(first), first.at));
        } else {
            (system, public) = self.external(first, true)?;
            if !parameter && self.peek()?.mark == Mark::Name {
                let keyword = self.take()?;
                if keyword.text != "NDATA" {
                    return wrong(keyword);
                }
                notation = Some(self.name()?);
            }
        }
        self.expect(Mark::DeclarationClose)?;
        Ok(Kind::Entity { name, parameter, value, system, public, notation })
    }

    fn attributes(&mut self) -> Parsed<Kind> {
        let element = self.name()?;
        let mut list = Vec::new();
        loop {
            let piece = self.take()?;
            match piece.mark {
                Mark::DeclarationClose => return Ok(Kind::Attributes { element, list }),
                Mark::Name => list.push(self.attribute(piece)?),
                _ => return wrong(piece),
            }
        }
    }

    fn attribute(&mut self, name: &Piece) -> Parsed<Attribute> {
        let first = self.take()?;
        let kind = match (first.mark, first.text.as_str()) {
            (
                Mark::Name,
                "CDATA" | "ID" | "IDREF" | "IDREFS" | "ENTITY" | "ENTITIES" | "NMTOKEN" | "NMTOKENS",
            ) => first.text.clone(),
            (Mark::Name, "NOTATION") => {
                self.expect(Mark::Open)?;
                format!("NOTATION({})", self.choices(true)?)
            }
            (Mark::Open, _) => format!("({})", self.choices(false)?),
            _ => return wrong(first),
        };
        let value = self.take()?;
        let mut at = value.at;
        let (default, required) = match (value.mark, value.text.as_str()) {
            (Mark::PoundName, "#IMPLIED") => (None, false),
            (Mark::PoundName, "#REQUIRED") => (None, true),
            (Mark::PoundName, "#FIXED") => {
                let literal = self.expect(Mark::Literal)?;
                at = literal.at;
                (Some(unquoted(literal)), true)
            }
            (Mark::Literal, _) => (Some(unquoted(value)), false),
            _ => return wrong(value),
        };
        Ok(Attribute { name: name.text.clone(), kind, default, required, at })
    }

    /// `a|b|c)`.
    fn choices(&mut self, names: bool) -> Parsed<String> {
        let mut all: Vec<&str> = Vec::new();
        loop {
            let piece = self.take()?;
            match piece.mark {
                Mark::Name => all.push(&piece.text),
                Mark::Nmtoken if !names => all.push(&piece.text),
                _ => return wrong(piece),
            }
            let next = self.take()?;
            match next.mark {
                Mark::Or => {}
                Mark::Close(0) => return Ok(all.join("|")),
                _ => return wrong(next),
            }
        }
    }

    fn element(&mut self) -> Parsed<Kind> {
        let name = self.name()?;
        let first = self.take()?;
        let plain = |kind| Model { kind, quantifier: 0, name: None, children: Vec::new() };
        let model = match (first.mark, first.text.as_str()) {
            (Mark::Name, "EMPTY") => plain(kind::EMPTY),
            (Mark::Name, "ANY") => plain(kind::ANY),
            (Mark::Open, _) if self.peek()?.mark == Mark::PoundName => {
                let pcdata = self.take()?;
                if pcdata.text != "#PCDATA" {
                    return wrong(pcdata);
                }
                self.mixed()?
            }
            (Mark::Open, _) => self.group(0)?,
            _ => return wrong(first),
        };
        self.expect(Mark::DeclarationClose)?;
        Ok(Kind::Element { name, model })
    }

    fn mixed(&mut self) -> Parsed<Model> {
        let mut children = Vec::new();
        loop {
            let piece = self.take()?;
            match piece.mark {
                Mark::Or => {
                    let child = self.expect(Mark::Name)?;
                    children.push(leaf(child, 0));
                }
                Mark::Close(b'*') => {
                    return Ok(Model { kind: kind::MIXED, quantifier: 2, name: None, children });
                }
                Mark::Close(0) if children.is_empty() => {
                    return Ok(Model { kind: kind::MIXED, quantifier: 0, name: None, children });
                }
                _ => return wrong(piece),
            }
        }
    }

    /// The rest of a group of elements.
    fn group(&mut self, depth: usize) -> Parsed<Model> {
        let mut children = Vec::new();
        let mut separator = None;
        loop {
            let piece = self.take()?;
            match piece.mark {
                Mark::Name => children.push(leaf(piece, 0)),
                Mark::NameQuantified(quantifier) => children.push(leaf(piece, quantifier)),
                Mark::Open if depth < 1000 => children.push(self.group(depth + 1)?),
                _ => return wrong(piece),
            }
            let next = self.take()?;
            match next.mark {
                Mark::Or | Mark::Comma if separator.is_none_or(|known| known == next.mark) => {
                    separator = Some(next.mark);
                }
                Mark::Close(quantifier) => {
                    let kind = if separator == Some(Mark::Or) { kind::CHOICE } else { kind::SEQUENCE };
                    return Ok(Model { kind, quantifier: number(quantifier), name: None, children });
                }
                _ => return wrong(next),
            }
        }
    }
}

fn number(quantifier: u8) -> i32 {
    match quantifier {
        b'?' => 1,
        b'*' => 2,
        b'+' => 3,
        _ => 0,
    }
}

fn leaf(piece: &Piece, quantifier: u8) -> Model {
    let end = piece.text.len() - usize::from(quantifier != 0);
    let name = Some(piece.text[..end].to_owned());
    Model { kind: kind::NAME, quantifier: number(quantifier), name, children: Vec::new() }
}

/// A public identifier, with its spaces normalized.
fn public_id(literal: &Piece) -> Parsed<String> {
    let text = unquoted(literal);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b" \r\n-'()+,./:=?;!*#@$_%".contains(&byte);
    if !text.bytes().all(allowed) {
        return Err(Outcome::Wrong(Code::PublicId, literal.at));
    }
    let words: Vec<&str> = text.split([' ', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    Ok(words.join(" "))
}
