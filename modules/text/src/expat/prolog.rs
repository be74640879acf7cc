//! What stands around the root element: declarations, the DTD, comments, processing instructions.

use super::chars::{is_space, normalize_lines};
use super::declaration::{self, Kind, Outcome, Piece};
use super::encoding::Encoding;
use super::errors::{Code, Parsed};
use super::lex::{Lexer, Span, Stop};
use super::prolog_lex::Mark;
use super::{Event, ParameterParsing, Parser, Part};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// Nothing was read: an XML declaration may come.
    Start,
    /// A text declaration may come.
    TextDeclaration,
    BeforeDoctype,
    InternalSubset,
    /// Behind the `]` of the internal subset.
    DoctypeEnd,
    AfterDoctype,
    ExternalSubset,
    Content,
    Epilog,
}

/// A declaration of which not all tokens are here.
#[derive(Default)]
pub(super) struct Pending {
    pieces: Vec<Piece>,
    open: bool,
    raw: String,
    /// The nesting of included sections, and of the brackets inside of an ignored one.
    included: usize,
    ignored: usize,
    /// The doctype's external subset.
    doctype: Option<Doctype>,
    /// The encoding that the declaration asks for.
    pub encoding: Option<Encoding>,
}

struct Doctype {
    system: Option<String>,
    public: Option<String>,
}

impl Pending {
    pub fn is_open(&self) -> bool {
        self.open || self.ignored > 0
    }
}

impl Parser {
    /// One token outside of the content. False: more text is wanted, or it is the end.
    pub(super) fn declarations(&mut self, text: &[u8], position: &mut usize, last: bool) -> Parsed<bool> {
        let at = *position;
        if at >= text.len() {
            return self.declarations_end(at, last);
        }
        let lexer = self.lexer(text, last || !self.opened.is_empty());
        if self.declaration.ignored > 0 {
            return self.ignored(text, position, last);
        }
        if self.phase == Phase::TextDeclaration && self.part == Part::External {
            return self.external_begins(&lexer, position, last);
        }
        let (mark, end) = match lexer.prolog(at) {
            Ok(found) => found,
            Err(stop) => {
                self.check_pending()?;
                if matches!(stop, Stop::Partial) && self.opened.is_empty() && text[at] == b'<' {
                    // A start tag that isn't whole is no token of the prolog either.
                    return self.stopped(stop, at, last);
                }
                return self.stopped(stop, at, last);
            }
        };
        let first = matches!(self.phase, Phase::Start | Phase::TextDeclaration);
        if mark == Mark::XmlDeclaration {
            if !first || !self.opened.is_empty() {
                let code =
                    if self.phase == Phase::Epilog { Code::JunkAfterDocument } else { Code::MisplacedXmlPi };
                return Err(if self.declaration.open { Code::Syntax } else { code }.at(at));
            }
            self.xml_declaration(&lexer, at, end)?;
            *position = end;
            return Ok(true);
        }
        match self.phase {
            Phase::Start => self.phase = Phase::BeforeDoctype,
            Phase::TextDeclaration => self.phase = Phase::ExternalSubset,
            _ => {}
        }
        if self.declaration.open {
            self.collect(&lexer, mark, at, end)?;
        } else {
            self.token(&lexer, mark, at, end)?;
        }
        *position = end;
        Ok(true)
    }

    fn declarations_end(&mut self, at: usize, last: bool) -> Parsed<bool> {
        if !self.opened.is_empty() || !last {
            return Ok(false);
        }
        match self.phase {
            Phase::Epilog => Ok(false),
            Phase::TextDeclaration => Ok(false),
            Phase::ExternalSubset => {
                if self.declaration.is_open() || self.declaration.included > 0 {
                    self.check_pending()?;
                    return Err(Code::Syntax.at(at));
                }
                Ok(false)
            }
            _ => {
                self.check_pending()?;
                Err(Code::NoElements.at(at))
            }
        }
    }

    /// An external entity in the content begins: perhaps with a text declaration.
    fn external_begins(&mut self, lexer: &Lexer<'_>, position: &mut usize, last: bool) -> Parsed<bool> {
        let rest = &lexer.text[*position..];
        let opening = b"<?xml";
        if rest.len() <= opening.len() && opening.starts_with(rest) && !last {
            return Ok(false);
        }
        if rest.starts_with(opening) && rest.get(5).is_some_and(|&byte| is_space(byte)) {
            match lexer.prolog(*position) {
                Ok((Mark::XmlDeclaration, end)) => {
                    self.xml_declaration(lexer, *position, end)?;
                    *position = end;
                }
                Ok(_) => {}
                Err(stop) => return self.stopped(stop, *position, last),
            }
        }
        self.phase = Phase::Content;
        Ok(true)
    }

    /// `<?xml …?>` at the beginning of the document or of an external entity.
    fn xml_declaration(&mut self, lexer: &Lexer<'_>, at: usize, end: usize) -> Parsed<()> {
        let is_text = self.part != Part::Document;
        let wrong = if is_text { Code::TextDeclaration } else { Code::XmlDeclaration };
        let (version, encoding, standalone) =
            pseudo_attributes(lexer, (at + 5, end - 2), is_text).map_err(|place| wrong.at(place))?;
        if standalone == 1 {
            self.dtd.borrow_mut().standalone = true;
        }
        let event = Event::XmlDeclaration {
            version: version.map(str::to_owned),
            encoding: encoding.map(str::to_owned),
            standalone,
        };
        self.emit(event, lexer.text, at, end);
        self.phase = match (self.part, self.phase) {
            (Part::Document, _) => Phase::BeforeDoctype,
            (Part::Subset, _) => Phase::ExternalSubset,
            (_, phase) => phase,
        };
        let Some(name) = encoding else { return Ok(()) };
        if self.protocol_encoding.is_some() {
            return Ok(());
        }
        match Encoding::by_name(name) {
            Some(found) if found.is_utf16() != self.encoding.is_utf16() => {
                let place = at + find(&lexer.text[at..end], name.as_bytes()).unwrap_or(0);
                Err(Code::IncorrectEncoding.at(place))
            }
            Some(Encoding::Utf8 | Encoding::Utf16 { .. }) => Ok(()),
            Some(found) => {
                self.declaration.encoding = Some(found);
                Ok(())
            }
            None if self.encoding.is_utf16() => Err(Code::UnknownEncoding.into()),
            None => {
                self.wanted_encoding = Some(name.to_owned());
                Ok(())
            }
        }
    }

    /// A token between declarations.
    fn token(&mut self, lexer: &Lexer<'_>, mark: Mark, at: usize, end: usize) -> Parsed<()> {
        let text = lexer.text;
        let syntax =
            || if self.phase == Phase::Epilog { Code::JunkAfterDocument } else { Code::Syntax }.at(at);
        let in_subset = matches!(self.phase, Phase::InternalSubset | Phase::ExternalSubset);
        match mark {
            Mark::Space => {
                self.emit(Event::Default, text, at, end);
                Ok(())
            }
            Mark::Comment(span) if self.phase != Phase::DoctypeEnd => {
                self.emit(Event::Comment(normalize_lines(lexer.str(span))), text, at, end);
                Ok(())
            }
            Mark::Pi { target, data } if self.phase != Phase::DoctypeEnd => {
                let (target, data) = (lexer.str(target).to_owned(), normalize_lines(lexer.str(data)));
                self.emit(Event::Pi { target, data }, text, at, end);
                Ok(())
            }
            Mark::DeclarationOpen => {
                let allowed = match &text[at + 2..end] {
                    b"DOCTYPE" => self.phase == Phase::BeforeDoctype,
                    b"ELEMENT" | b"ATTLIST" | b"ENTITY" | b"NOTATION" => in_subset,
                    _ => false,
                };
                if !allowed {
                    return Err(syntax());
                }
                self.declaration.open = true;
                self.declaration.pieces.clear();
                self.declaration.raw.clear();
                self.collect(lexer, mark, at, end)
            }
            Mark::Instance if matches!(self.phase, Phase::BeforeDoctype | Phase::AfterDoctype) => {
                if self.phase == Phase::BeforeDoctype && self.foreign_dtd {
                    self.load_external_subset(None, None, text, at, end)?;
                }
                self.phase = Phase::Content;
                Ok(())
            }
            Mark::CloseBracket if self.phase == Phase::InternalSubset && self.opened.is_empty() => {
                self.phase = Phase::DoctypeEnd;
                self.emit(Event::Default, text, at, end);
                Ok(())
            }
            Mark::DeclarationClose if self.phase == Phase::DoctypeEnd => self.close_doctype(text, at, end),
            Mark::ParameterReference if in_subset => self.parameter_reference(lexer, at, end),
            Mark::ConditionalOpen if self.phase == Phase::ExternalSubset => {
                self.declaration.open = true;
                self.declaration.pieces.clear();
                self.declaration.raw.clear();
                self.collect(lexer, mark, at, end)
            }
            Mark::ConditionalClose if self.declaration.included > 0 => {
                self.declaration.included -= 1;
                self.emit(Event::Default, text, at, end);
                Ok(())
            }
            _ => Err(syntax()),
        }
    }

    /// One more token of the open declaration.
    fn collect(&mut self, lexer: &Lexer<'_>, mark: Mark, at: usize, end: usize) -> Parsed<()> {
        let text = lexer.text;
        if self.wants.raw {
            // The default handler gets the tokens one by one: a character that no document has is between them.
            if !self.declaration.raw.is_empty() {
                self.declaration.raw.push('\0');
            }
            self.declaration.raw.push_str(lexer.str((at, end)));
        }
        match mark {
            Mark::Space => return Ok(()),
            Mark::ParameterReference => return self.parameter_in_declaration(lexer, at, end),
            _ => {}
        }
        let piece_at = if self.opened.is_empty() { at } else { usize::MAX };
        self.declaration.pieces.push(Piece { mark, text: lexer.str((at, end)).to_owned(), at: piece_at });
        let is_doctype = self.declaration.pieces.first().is_some_and(|first| first.text == "<!DOCTYPE");
        let is_section =
            self.declaration.pieces.first().is_some_and(|first| first.mark == Mark::ConditionalOpen);
        match mark {
            Mark::DeclarationClose => self.finish_declaration(text, at, end),
            Mark::OpenBracket if is_doctype => self.finish_declaration(text, at, end),
            Mark::OpenBracket if is_section => {
                let keyword = match &self.declaration.pieces[1..] {
                    [name, _] if name.mark == Mark::Name => name.text.clone(),
                    _ => return Err(Code::Syntax.at(at)),
                };
                self.declaration.open = false;
                match keyword.as_str() {
                    "INCLUDE" => self.declaration.included += 1,
                    "IGNORE" => self.declaration.ignored = 1,
                    _ => return Err(Code::Syntax.at(self.declaration.pieces[1].at)),
                }
                let raw = std::mem::take(&mut self.declaration.raw);
                self.emit_raw(Event::Default, self.wants.raw.then_some(raw), at, end);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Is what there is of the open declaration right so far?
    fn check_pending(&self) -> Parsed<()> {
        if !self.declaration.open {
            return Ok(());
        }
        match declaration::parse(&self.declaration.pieces) {
            Err(Outcome::Wrong(code, at)) => Err(if at == usize::MAX { code.into() } else { code.at(at) }),
            _ => Ok(()),
        }
    }

    fn finish_declaration(&mut self, text: &[u8], at: usize, end: usize) -> Parsed<()> {
        let pieces = std::mem::take(&mut self.declaration.pieces);
        let kind = match declaration::parse(&pieces) {
            Ok(kind) => kind,
            Err(Outcome::Wrong(code, usize::MAX)) => return Err(code.into()),
            Err(Outcome::Wrong(code, at)) => return Err(code.at(at)),
            Err(Outcome::More) => return Err(Code::Syntax.at(at)),
        };
        self.declaration.open = false;
        let raw = std::mem::take(&mut self.declaration.raw);
        let mut raw = self.wants.raw.then_some(raw);
        let start = pieces.first().map_or(at, |first| first.at);
        let start = if start == usize::MAX { at } else { start };
        // The token that completes what is told: mostly the one before the `>`.
        let told = pieces.len().checked_sub(2).and_then(|index| pieces.get(index));
        let told = told.map_or(at, |piece| piece.at);
        let keep = self.dtd.borrow().keep_processing;
        let internal = self.part == Part::Document && !self.opened.iter().any(|opened| opened.parameter);
        match kind {
            Kind::Doctype { name, system, public, internal } => {
                let event =
                    Event::StartDoctype { name, system: system.clone(), public: public.clone(), internal };
                let never = self.parameter_parsing == ParameterParsing::Never;
                if system.is_some() && never {
                    self.not_standalone(at, end)?;
                }
                self.emit_raw(event, raw, at, end);
                if system.is_some() {
                    self.dtd.borrow_mut().has_parameter_references = true;
                }
                self.declaration.doctype = Some(Doctype { system, public });
                if internal {
                    self.phase = Phase::InternalSubset;
                } else {
                    return self.close_doctype(text, at, end);
                }
            }
            Kind::Element { name, model } => {
                self.emit_raw(Event::ElementDeclaration { name, model }, raw, told, end);
            }
            Kind::Attributes { element, list } => {
                if !keep {
                    self.emit_raw(Event::Default, raw, start, end);
                    return Ok(());
                }
                if list.is_empty() {
                    self.emit_raw(Event::Default, raw.take(), start, end);
                }
                for declared in list {
                    let default = match &declared.default {
                        Some(value) => Some(self.default_value(value, declared.kind == "CDATA")?),
                        None => None,
                    };
                    let known = super::dtd::AttributeType {
                        name: declared.name.clone(),
                        is_cdata: declared.kind == "CDATA",
                        default: default.clone(),
                    };
                    let mut dtd = self.dtd.borrow_mut();
                    let types = dtd.attributes.entry(element.clone()).or_default();
                    if !types.iter().any(|other| other.name == known.name) {
                        types.push(known);
                    }
                    drop(dtd);
                    let event = Event::AttributeDeclaration {
                        element: element.clone(),
                        name: declared.name,
                        kind: declared.kind,
                        default,
                        required: declared.required,
                    };
                    let at = if declared.at == usize::MAX { at } else { declared.at };
                    self.emit_raw(event, raw.take(), at, end);
                }
            }
            Kind::Entity { name, parameter, value, system, public, notation } => {
                let value = match value {
                    Some((literal, place)) => Some(self.entity_value(&literal, place)?),
                    None => None,
                };
                let mut dtd = self.dtd.borrow_mut();
                let table = if parameter { &mut dtd.parameter } else { &mut dtd.general };
                if keep && !table.contains_key(&name) {
                    let entity = super::dtd::Entity {
                        text: value.as_deref().map(Into::into),
                        system: system.clone(),
                        public: public.clone(),
                        notation: notation.clone(),
                        internal,
                    };
                    table.insert(name.clone(), entity);
                    drop(dtd);
                    let at = if value.is_some() || notation.is_some() { told } else { at };
                    let event = Event::EntityDeclaration { name, parameter, value, system, public, notation };
                    self.emit_raw(event, raw, at, end);
                } else {
                    drop(dtd);
                    self.emit_raw(Event::Default, raw, start, end);
                }
            }
            Kind::Notation { name, system, public } => {
                let at = if system.is_some() { told } else { at };
                self.emit_raw(Event::NotationDeclaration { name, system, public }, raw, at, end);
            }
        }
        Ok(())
    }

    /// The default of an attribute, normalized.
    fn default_value(&mut self, literal: &str, is_cdata: bool) -> Parsed<String> {
        let mut value = String::new();
        let lexer = self.lexer(literal.as_bytes(), true);
        self.attribute_value(&lexer, (0, literal.len()), &mut value, &mut Vec::new())
            .map_err(|fault| super::errors::Fault::from(fault.code))?;
        Ok(if is_cdata { value } else { super::content::collapse(&value) })
    }

    /// The replacement text of an entity: character references and parameter entities replaced.
    fn entity_value(&mut self, literal: &str, place: usize) -> Parsed<String> {
        let text = literal.as_bytes();
        let lexer = self.lexer(text, true);
        let mut value = String::new();
        let mut i = 0;
        let fault =
            |code: Code, i: usize| if place == usize::MAX { code.into() } else { code.at(place + 1 + i) };
        while i < text.len() {
            match text[i] {
                b'&' => match lexer.reference(i) {
                    Ok((super::lex::Token::CharReference(Some(found)), end)) => {
                        value.push(found);
                        i = end;
                    }
                    Ok((super::lex::Token::CharReference(None), _)) => {
                        return Err(fault(Code::BadCharReference, i));
                    }
                    Ok((_, end)) => {
                        value.push_str(lexer.str((i, end)));
                        i = end;
                    }
                    Err(Stop::Invalid(at)) => return Err(fault(Code::InvalidToken, at)),
                    Err(_) => return Err(fault(Code::InvalidToken, i)),
                },
                b'%' => {
                    let end = match lexer.name(i + 1) {
                        Ok(end) if text[end] == b';' => end,
                        _ => return Err(fault(Code::InvalidToken, i)),
                    };
                    let internal =
                        self.part == Part::Document && !self.opened.iter().any(|open| open.parameter);
                    if internal {
                        return Err(fault(Code::ParameterReference, i));
                    }
                    let name = lexer.str((i + 1, end)).to_owned();
                    let entity = self.dtd.borrow().parameter.get(&name).cloned();
                    match entity.map(|entity| entity.text) {
                        Some(Some(text)) => {
                            if self.is_open(&name, true) || self.opened.len() > 500 {
                                return Err(Code::RecursiveEntity.into());
                            }
                            self.open_entity(&name, true, text.clone())?;
                            let inner = self.entity_value(&text, usize::MAX)?;
                            self.opened.pop();
                            value.push_str(&inner);
                        }
                        Some(None) | None => {
                            let mut dtd = self.dtd.borrow_mut();
                            dtd.keep_processing = dtd.standalone;
                        }
                    }
                    i = end + 1;
                }
                b'\r' => {
                    value.push('\n');
                    i += if text.get(i + 1) == Some(&b'\n') { 2 } else { 1 };
                }
                _ => {
                    let rest = &text[i..];
                    let len = rest.iter().position(|byte| b"&%\r".contains(byte)).unwrap_or(rest.len());
                    value.push_str(lexer.str((i, i + len)));
                    i += len;
                }
            }
        }
        Ok(value)
    }

    fn close_doctype(&mut self, text: &[u8], at: usize, end: usize) -> Parsed<()> {
        self.phase = Phase::AfterDoctype;
        if let Some(Doctype { system, public }) = self.declaration.doctype.take()
            && (system.is_some() || self.foreign_dtd)
        {
            self.load_external_subset(system, public, text, at, end)?;
        }
        self.emit(Event::EndDoctype, text, at, end);
        Ok(())
    }

    fn load_external_subset(
        &mut self,
        system: Option<String>,
        public: Option<String>,
        _text: &[u8],
        at: usize,
        end: usize,
    ) -> Parsed<()> {
        if self.reads_parameters() && self.wants.external_entities {
            let mut dtd = self.dtd.borrow_mut();
            dtd.parameter_read = false;
            dtd.has_parameter_references = true;
            drop(dtd);
            let event = Event::ExternalEntity { context: None, system, public };
            self.emit_raw(event, None, at, end);
            self.emit_raw(Event::AfterParameterEntity, None, at, end);
        }
        Ok(())
    }

    fn reads_parameters(&self) -> bool {
        match self.parameter_parsing {
            ParameterParsing::Never => false,
            ParameterParsing::Always => true,
            ParameterParsing::UnlessStandalone => !self.dtd.borrow().standalone,
        }
    }

    /// `%name;` between declarations.
    fn parameter_reference(&mut self, lexer: &Lexer<'_>, at: usize, end: usize) -> Parsed<()> {
        let name = lexer.str((at + 1, end - 1)).to_owned();
        let text = lexer.text;
        self.dtd.borrow_mut().has_parameter_references = true;
        if self.parameter_parsing == ParameterParsing::Never {
            let mut dtd = self.dtd.borrow_mut();
            dtd.keep_processing = dtd.standalone;
            drop(dtd);
            self.emit(Event::Default, text, at, end);
        } else {
            let entity = self.dtd.borrow().parameter.get(&name).cloned();
            let Some(entity) = entity else {
                let mut dtd = self.dtd.borrow_mut();
                let all_known = self.part == Part::Document && self.opened.is_empty() && dtd.standalone;
                if all_known {
                    return Err(Code::UndefinedEntity.at(at));
                }
                dtd.keep_processing = dtd.standalone;
                drop(dtd);
                self.emit(Event::SkippedEntity { name, parameter: true }, text, at, end);
                return self.not_standalone(at, end);
            };
            if self.is_open(&name, true) {
                return Err(Code::RecursiveEntity.at(at));
            }
            match entity.text {
                Some(replacement) => {
                    if self.opened.is_empty() {
                        (self.event, self.event_end) = (at, end);
                    }
                    self.emit(Event::Default, text, at, end);
                    self.open_entity(&name, true, replacement)?;
                }
                None if self.wants.external_entities => {
                    self.dtd.borrow_mut().parameter_read = false;
                    let event =
                        Event::ExternalEntity { context: None, system: entity.system, public: entity.public };
                    self.emit(event, text, at, end);
                    self.emit_raw(Event::AfterParameterEntity, None, at, end);
                    return Ok(());
                }
                None => {
                    let mut dtd = self.dtd.borrow_mut();
                    dtd.keep_processing = dtd.standalone;
                    drop(dtd);
                    self.emit(Event::Default, text, at, end);
                }
            }
        }
        self.not_standalone(at, end)
    }

    fn not_standalone(&mut self, at: usize, end: usize) -> Parsed<()> {
        if !self.dtd.borrow().standalone && self.wants.not_standalone {
            self.emit_raw(Event::NotStandalone, None, at, end);
        }
        Ok(())
    }

    /// `%name;` inside of a declaration: its tokens count as written there.
    fn parameter_in_declaration(&mut self, lexer: &Lexer<'_>, at: usize, end: usize) -> Parsed<()> {
        if self.part == Part::Document && !self.opened.iter().any(|opened| opened.parameter) {
            return Err(Code::ParameterReference.at(at));
        }
        let name = lexer.str((at + 1, end - 1)).to_owned();
        let entity = self.dtd.borrow().parameter.get(&name).cloned();
        let Some(text) = entity.and_then(|entity| entity.text) else {
            return Err(Code::UndefinedEntity.at(at));
        };
        if self.is_open(&name, true) || self.opened.len() > 500 {
            return Err(Code::RecursiveEntity.at(at));
        }
        self.open_entity(&name, true, text.clone())?;
        let bytes = text.as_bytes();
        let inner = Lexer { text: bytes, last: true, ..*lexer };
        let mut i = 0;
        while i < bytes.len() {
            let (mark, next) = inner.prolog(i).map_err(|_| super::errors::Fault::from(Code::InvalidToken))?;
            self.collect(&inner, mark, i, next)?;
            i = next;
        }
        self.opened.pop();
        Ok(())
    }

    /// The text of an ignored section.
    fn ignored(&mut self, text: &[u8], position: &mut usize, last: bool) -> Parsed<bool> {
        let at = *position;
        let mut i = at;
        while i < text.len() {
            let rest = &text[i..];
            if rest.starts_with(b"]]>") {
                self.declaration.ignored -= 1;
                i += 3;
                if self.declaration.ignored == 0 {
                    self.emit(Event::Default, text, at, i);
                    *position = i;
                    return Ok(true);
                }
            } else if rest.starts_with(b"<![") {
                self.declaration.ignored += 1;
                i += 3;
            } else if rest.len() < 3 && (rest[0] == b']' || rest[0] == b'<') && !last {
                break;
            } else {
                i += 1;
            }
        }
        if last {
            return Err(Code::Syntax.at(at));
        }
        self.emit(Event::Default, text, at, i);
        *position = i;
        Ok(false)
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, part)
}

/// Version, encoding and standalone of a declaration; or the place that is wrong.
type Declared<'a> = (Option<&'a str>, Option<&'a str>, i32);

fn pseudo_attributes<'a>(lexer: &Lexer<'a>, span: Span, is_text: bool) -> Result<Declared<'a>, usize> {
    let text = lexer.text;
    let (mut version, mut encoding, mut standalone) = (None, None, -1);
    let mut i = span.0;
    let mut stage = 0;
    loop {
        let start = lexer.skip_space(i);
        if start >= span.1 {
            break;
        }
        if start == i {
            return Err(i);
        }
        let mut end = start;
        while text[end].is_ascii_alphabetic() {
            end += 1;
        }
        let name = lexer.str((start, end));
        let equals = lexer.skip_space(end);
        if text[equals] != b'=' || name.is_empty() {
            return Err(equals);
        }
        let open = lexer.skip_space(equals + 1);
        let quote = text[open];
        if !matches!(quote, b'"' | b'\'') {
            return Err(open);
        }
        let mut close = open + 1;
        while close < span.1 && text[close] != quote {
            if !(text[close].is_ascii_alphanumeric() || b"._-".contains(&text[close])) {
                return Err(close);
            }
            close += 1;
        }
        if close >= span.1 {
            return Err(close);
        }
        let value = lexer.str((open + 1, close));
        match name {
            "version" if stage == 0 => {
                let minor = value.strip_prefix("1.").unwrap_or_default();
                if minor.is_empty() || !minor.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(open + 1);
                }
                version = Some(value);
                stage = 1;
            }
            "encoding" if stage == 1 || stage == 0 && is_text => {
                if !value.starts_with(|first: char| first.is_ascii_alphabetic()) {
                    return Err(open + 1);
                }
                encoding = Some(value);
                stage = 2;
            }
            "standalone" if (1..3).contains(&stage) && !is_text => {
                standalone = match value {
                    "yes" => 1,
                    "no" => 0,
                    _ => return Err(open + 1),
                };
                stage = 3;
            }
            _ => return Err(start),
        }
        i = close + 1;
    }
    if is_text && encoding.is_none() || !is_text && version.is_none() {
        return Err(i);
    }
    Ok((version, encoding, standalone))
}
