//! The content of elements.

use super::chars::{is_space, normalize_lines};
use super::errors::{Code, Fault, Parsed};
use super::lex::{Attribute, Lexer, Span, Token};
use super::prolog::Phase;
use super::{Event, Parser, Tag};

/// Names and values, how many of them the document has, and how many prefixes are bound here.
type Attributes = (Vec<(String, String)>, usize, usize);

impl Parser {
    /// One token of content. False: more text is wanted, or it is the end.
    pub(super) fn content(
        &mut self,
        text: &[u8],
        position: &mut usize,
        last: bool,
        level: usize,
    ) -> Parsed<bool> {
        let at = *position;
        if at >= text.len() {
            return self.content_ends(at, last, level);
        }
        let lexer = self.lexer(text, last);
        let mut attributes = std::mem::take(&mut self.attributes);
        let lexed = if self.in_cdata { lexer.cdata(at) } else { lexer.content(at, &mut attributes) };
        let (token, end) = match lexed {
            Ok(found) => found,
            Err(stop) => {
                self.attributes = attributes;
                return match self.stopped(stop, at, last) {
                    Err(Fault { code: Code::UnclosedToken, at }) if self.in_cdata => {
                        Err(Fault { code: Code::UnclosedCdata, at })
                    }
                    other => other,
                };
            }
        };
        let result = self.content_token(&lexer, token, &attributes, at, end, level);
        self.attributes = attributes;
        *position = end;
        if let Err(mut fault) = result {
            fault.at.get_or_insert(at);
            return Err(fault);
        }
        Ok(true)
    }

    fn content_ends(&self, at: usize, last: bool, level: usize) -> Parsed<bool> {
        if !last {
            return Ok(false);
        }
        if self.in_cdata {
            return Err(Code::UnclosedCdata.at(at));
        }
        if self.opened.is_empty() {
            if self.part == super::Part::Document {
                return Err(Code::NoElements.at(at));
            }
            if self.tags.len() != level {
                return Err(Code::AsyncEntity.at(at));
            }
        }
        Ok(false)
    }

    fn content_token(
        &mut self,
        lexer: &Lexer<'_>,
        token: Token,
        attributes: &[Attribute],
        at: usize,
        end: usize,
        level: usize,
    ) -> Parsed<()> {
        let text = lexer.text;
        match token {
            Token::Data => {
                // Expat converts other encodings by pieces.
                let whole =
                    matches!(self.encoding, super::encoding::Encoding::Utf8) || !self.opened.is_empty();
                let data = lexer.str((at, end));
                let mut start = 0;
                while start < data.len() {
                    let limit = if whole { data.len() } else { (start + 1024).min(data.len()) };
                    let stop =
                        (start..=limit).rev().find(|&stop| data.is_char_boundary(stop)).unwrap_or(limit);
                    let event = Event::CharacterData(data[start..stop].to_owned());
                    self.emit(event, text, at + start, at + stop);
                    start = stop;
                }
            }
            Token::Newline => self.emit(Event::CharacterData("\n".to_owned()), text, at, end),
            Token::Start { name, empty } => self.start_tag(lexer, name, empty, attributes, at, end)?,
            Token::End { name } => {
                if self.tags.len() == level {
                    return Err(Code::AsyncEntity.into());
                }
                let raw = lexer.str(name);
                match self.tags.pop() {
                    Some(tag) if tag.raw == raw => {
                        self.emit(Event::EndElement { name: tag.name, empty: false }, text, at, end);
                        self.end_bindings(tag.bindings, at, end);
                        self.element_ended();
                    }
                    other => {
                        self.tags.extend(other);
                        return Err(Code::TagMismatch.at(name.0));
                    }
                }
            }
            Token::CharReference(found) => match found {
                Some(found) => self.emit(Event::CharacterData(found.to_string()), text, at, end),
                None => return Err(Code::BadCharReference.into()),
            },
            Token::Reference { name } => self.reference(lexer, lexer.str(name), at, end)?,
            Token::CdataOpen => {
                self.in_cdata = true;
                self.emit(Event::StartCdata, text, at, end);
            }
            Token::CdataClose => {
                self.in_cdata = false;
                self.emit(Event::EndCdata, text, at, end);
            }
            Token::XmlDeclaration => return Err(Code::MisplacedXmlPi.into()),
            Token::Pi { target, data } => {
                let event = Event::Pi {
                    target: lexer.str(target).to_owned(),
                    data: normalize_lines(lexer.str(data)),
                };
                self.emit(event, text, at, end);
            }
            Token::Comment(span) => {
                self.emit(Event::Comment(normalize_lines(lexer.str(span))), text, at, end);
            }
        }
        Ok(())
    }

    fn element_ended(&mut self) {
        if self.tags.is_empty() && self.part == super::Part::Document {
            self.phase = Phase::Epilog;
        }
    }

    fn end_bindings(&mut self, count: usize, at: usize, end: usize) {
        for _ in 0..count {
            let prefix = self.scope.unbind();
            self.emit_raw(Event::EndNamespace { prefix }, None, at, end);
        }
    }

    fn start_tag(
        &mut self,
        lexer: &Lexer<'_>,
        name: Span,
        empty: bool,
        list: &[Attribute],
        at: usize,
        end: usize,
    ) -> Parsed<()> {
        let raw = lexer.str(name);
        let (attributes, specified, bindings) = self.attributes_of(lexer, raw, list, at, end)?;
        let name = self.scope.expand(raw, false, self.triplets)?;
        let event = Event::StartElement { name: name.clone(), attributes, specified, empty };
        self.emit(event, lexer.text, at, end);
        if empty {
            self.emit_raw(Event::EndElement { name, empty: true }, None, at, end);
            self.end_bindings(bindings, at, end);
            self.element_ended();
        } else {
            self.tags.push(Tag { raw: raw.to_owned(), name, bindings });
        }
        Ok(())
    }

    /// The attributes of a start tag with their names expanded, the number of those that the document has,
    /// and how many prefixes are bound here.
    fn attributes_of(
        &mut self,
        lexer: &Lexer<'_>,
        element: &str,
        list: &[Attribute],
        at: usize,
        end: usize,
    ) -> Parsed<Attributes> {
        let types = self.dtd.borrow().attributes.get(element).cloned().unwrap_or_default();
        let mut found: Vec<(String, String)> = Vec::with_capacity(list.len());
        let mut bindings = 0;
        for (index, attribute) in list.iter().enumerate() {
            let name = lexer.str(attribute.name);
            if list[..index].iter().any(|other| lexer.str(other.name) == name) {
                return Err(Code::DuplicateAttribute.at(attribute.name.0));
            }
            let is_cdata = types.iter().find(|known| known.name == name).is_none_or(|known| known.is_cdata);
            let value = if attribute.plain && is_cdata {
                lexer.str(attribute.value).to_owned()
            } else {
                let mut value = String::new();
                self.attribute_value(lexer, attribute.value, &mut value, &mut Vec::new())?;
                if is_cdata { value } else { collapse(&value) }
            };
            match self.prefix_declared(name) {
                Some(prefix) => {
                    self.bind(prefix, &value, at, end)?;
                    bindings += 1;
                }
                None => found.push((name.to_owned(), value)),
            }
        }
        let specified = found.len();
        for known in &types {
            let Some(value) = &known.default else { continue };
            if list.iter().any(|attribute| lexer.str(attribute.name) == known.name) {
                continue;
            }
            match self.prefix_declared(&known.name) {
                Some(prefix) => {
                    self.bind(prefix, value, at, end)?;
                    bindings += 1;
                }
                None => found.push((known.name.clone(), value.clone())),
            }
        }
        if self.scope.is_on() {
            for index in 0..found.len() {
                if !found[index].0.contains(':') {
                    continue;
                }
                let name = self.scope.expand(&found[index].0, true, self.triplets)?;
                if found[..index].iter().any(|(other, _)| same_name(other, &name, self.triplets)) {
                    return Err(Code::DuplicateAttribute.into());
                }
                found[index].0 = name;
            }
        }
        Ok((found, specified, bindings))
    }

    /// The prefix that an attribute of this name binds.
    fn prefix_declared<'a>(&self, name: &'a str) -> Option<&'a str> {
        if !self.scope.is_on() {
            return None;
        }
        match name.strip_prefix("xmlns")? {
            "" => Some(""),
            rest => rest.strip_prefix(':'),
        }
    }

    fn bind(&mut self, prefix: &str, uri: &str, at: usize, end: usize) -> Parsed<()> {
        let uri = self.scope.bind(prefix, uri)?;
        let prefix = (!prefix.is_empty()).then(|| prefix.to_owned());
        self.emit_raw(Event::StartNamespace { prefix, uri }, None, at, end);
        Ok(())
    }

    /// Adds an attribute's value: references replaced, each space a blank.
    pub(super) fn attribute_value(
        &mut self,
        lexer: &Lexer<'_>,
        span: Span,
        value: &mut String,
        open: &mut Vec<String>,
    ) -> Parsed<()> {
        let text = lexer.text;
        let mut i = span.0;
        let outermost = open.is_empty() && self.opened.is_empty();
        let fault = |code: Code, at: usize| if outermost { code.at(at) } else { code.into() };
        while i < span.1 {
            match text[i] {
                b'&' => {
                    let (token, end) = match lexer.reference(i) {
                        Ok(found) => found,
                        Err(super::Stop::Invalid(at)) => return Err(fault(Code::InvalidToken, at)),
                        Err(_) => return Err(fault(Code::InvalidToken, i)),
                    };
                    match token {
                        Token::CharReference(Some(found)) => value.push(found),
                        Token::Reference { name } => {
                            let name = lexer.str(name);
                            self.entity_in_attribute(name, value, open).map_err(|found| {
                                match found.code {
                                    Code::UndefinedEntity | Code::DeclaredInParameter => found,
                                    code if outermost => code.at(i),
                                    _ => found,
                                }
                            })?;
                        }
                        _ => return Err(fault(Code::BadCharReference, i)),
                    }
                    i = end;
                }
                b'\r' => {
                    value.push(' ');
                    let pair = text.get(i + 1) == Some(&b'\n') && i + 1 < span.1;
                    i += if pair { 2 } else { 1 };
                }
                byte if is_space(byte) => {
                    value.push(' ');
                    i += 1;
                }
                b'<' => return Err(fault(Code::InvalidToken, i)),
                _ => {
                    let rest = &text[i..span.1];
                    let len = rest.iter().position(|&byte| byte == b'&' || byte == b'<' || is_space(byte));
                    let end = i + len.unwrap_or(rest.len());
                    value.push_str(lexer.str((i, end)));
                    i = end;
                }
            }
        }
        Ok(())
    }

    fn entity_in_attribute(&mut self, name: &str, value: &mut String, open: &mut Vec<String>) -> Parsed<()> {
        if let Some(found) = predefined(name) {
            value.push(found);
            return Ok(());
        }
        let (entity, all_known) = {
            let dtd = self.dtd.borrow();
            (dtd.general.get(name).cloned(), !dtd.has_parameter_references || dtd.standalone)
        };
        let Some(entity) = entity else {
            return if all_known { Err(Code::UndefinedEntity.into()) } else { Ok(()) };
        };
        if all_known && !entity.internal {
            return Err(Code::DeclaredInParameter.into());
        }
        if open.iter().any(|other| other == name) || self.is_open(name, false) {
            return Err(Code::RecursiveEntity.into());
        }
        if entity.notation.is_some() {
            return Err(Code::BinaryEntity.into());
        }
        let Some(replacement) = entity.text else { return Err(Code::ExternalInAttribute.into()) };
        self.accounting.expanded(replacement.len())?;
        open.push(name.to_owned());
        if open.len() > 500 {
            return Err(Code::NoMemory.into());
        }
        let lexer = self.lexer(replacement.as_bytes(), true);
        self.attribute_value(&lexer, (0, replacement.len()), value, open)?;
        open.pop();
        Ok(())
    }

    fn reference(&mut self, lexer: &Lexer<'_>, name: &str, at: usize, end: usize) -> Parsed<()> {
        let text = lexer.text;
        if let Some(found) = predefined(name) {
            self.emit(Event::CharacterData(found.to_string()), text, at, end);
            return Ok(());
        }
        let (entity, all_known) = {
            let dtd = self.dtd.borrow();
            (dtd.general.get(name).cloned(), !dtd.has_parameter_references || dtd.standalone)
        };
        let skipped = Event::SkippedEntity { name: name.to_owned(), parameter: false };
        let Some(entity) = entity else {
            if all_known {
                return Err(Code::UndefinedEntity.into());
            }
            self.emit(skipped, text, at, end);
            return Ok(());
        };
        if all_known && !entity.internal {
            return Err(Code::DeclaredInParameter.into());
        }
        if self.is_open(name, false) {
            return Err(Code::RecursiveEntity.into());
        }
        if entity.notation.is_some() {
            return Err(Code::BinaryEntity.into());
        }
        match entity.text {
            Some(_) if self.wants.keep_entities => self.emit(skipped, text, at, end),
            Some(replacement) => {
                if self.opened.is_empty() {
                    (self.event, self.event_end) = (at, end);
                }
                self.open_entity(name, false, replacement)?;
            }
            None if self.wants.external_entities => {
                let context = Some(self.context_for(name));
                let event = Event::ExternalEntity { context, system: entity.system, public: entity.public };
                self.emit(event, text, at, end);
            }
            None => self.emit(Event::Default, text, at, end),
        }
        Ok(())
    }
}

/// The entities that need no declaration.
fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Blanks at the ends gone, and those inside made one.
pub(super) fn collapse(value: &str) -> String {
    let words: Vec<&str> = value.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Expanded names are the same but for the prefix that a triplet ends with.
fn same_name(left: &str, right: &str, triplets: bool) -> bool {
    let _ = triplets;
    left == right
}
