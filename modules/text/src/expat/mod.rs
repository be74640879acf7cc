//! A parser of XML with the events, errors and positions of expat: text goes in by [`Parser::feed`], events come out of
//! [`Parser::pull`], one after the other. It knows nothing of Python: nothing is called while it is borrowed.
//! Enter at [`Parser`]; [`lex`] has the tokens, [`content`] the elements, [`prolog`] and [`declaration`] the DTD.

mod chars;
mod content;
mod declaration;
mod dtd;
pub mod encoding;
pub mod errors;
mod event;
mod lex;
mod namespace;
pub mod position;
mod prolog;
mod prolog_lex;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use dtd::Dtd;
use encoding::{Encoding, Table};
use errors::{Code, Failure, Fault, Parsed};
pub use event::{Event, Item, Model, Step};
use lex::{Attribute, Lexer, Stop};
use namespace::Scope;
use position::Position;
use prolog::Phase;

/// What the receiver of the events has handlers for, as far as it decides what happens.
#[derive(Clone, Copy, Default)]
pub struct Wants {
    /// The text of what has no handler.
    pub raw: bool,
    pub external_entities: bool,
    /// Internal entities are shown, not replaced.
    pub keep_entities: bool,
    pub not_standalone: bool,
}

/// When are external parameter entities read?
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum ParameterParsing {
    #[default]
    Never,
    UnlessStandalone,
    Always,
}

/// How much entities blow up the document; shared with the parsers of external entities.
pub struct Accounting {
    direct: Cell<u64>,
    indirect: Cell<u64>,
    pub threshold: Cell<u64>,
    pub factor: Cell<f32>,
}

impl Accounting {
    fn expanded(&self, bytes: usize) -> Parsed<()> {
        let indirect = self.indirect.get().saturating_add(bytes as u64);
        self.indirect.set(indirect);
        let direct = self.direct.get().max(1);
        let total = indirect.saturating_add(direct);
        let factor = total as f32 / direct as f32;
        if total >= self.threshold.get() && factor > self.factor.get() {
            return Err(Code::Amplification.into());
        }
        Ok(())
    }
}

/// What is parsed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Document,
    /// An external entity in the content.
    External,
    /// The external subset, or an external parameter entity.
    Subset,
}

/// An open element.
struct Tag {
    raw: String,
    name: String,
    /// How many prefixes it binds.
    bindings: usize,
}

/// An internal entity whose text is being parsed.
struct Opened {
    name: String,
    parameter: bool,
    text: Rc<str>,
    position: usize,
    /// The number of open elements where it begins.
    level: usize,
}

/// A parser of one document or external entity.
pub struct Parser {
    part: Part,
    /// Given from outside; stronger than what the document says.
    protocol_encoding: Option<String>,
    encoding: Encoding,
    detected: bool,
    wanted_encoding: Option<String>,
    /// Bytes that are not decoded yet.
    raw: Vec<u8>,
    text: Vec<u8>,
    position: usize,
    /// The place of a text offset before which everything is counted.
    mark: (usize, Position, Option<u8>),
    last: bool,
    started: bool,
    finished: bool,
    queue: VecDeque<Item>,
    failure: Option<(Code, usize)>,
    /// The text offset of the current event.
    event: usize,
    event_end: usize,
    phase: Phase,
    tags: Vec<Tag>,
    base_level: usize,
    in_cdata: bool,
    opened: Vec<Opened>,
    /// Entities that are open around this parser's.
    open_outside: Vec<String>,
    attributes: Vec<Attribute>,
    scope: Scope,
    dtd: Rc<RefCell<Dtd>>,
    accounting: Rc<Accounting>,
    pub wants: Wants,
    pub triplets: bool,
    pub defer: bool,
    partial_before: usize,
    deferring: bool,
    consumed_at_feed: usize,
    pub parameter_parsing: ParameterParsing,
    pub foreign_dtd: bool,
    declaration: prolog::Pending,
}

impl Parser {
    /// `separator` turns namespaces on; the null character stands for nothing between.
    pub fn new(encoding: Option<String>, separator: Option<u8>) -> Parser {
        let accounting = Accounting {
            direct: Cell::new(0),
            indirect: Cell::new(0),
            threshold: Cell::new(8 << 20),
            factor: Cell::new(100.0),
        };
        Parser::with(
            Part::Document,
            encoding,
            Scope::new(separator),
            Rc::new(RefCell::new(Dtd::new())),
            Rc::new(accounting),
        )
    }

    fn with(
        part: Part,
        encoding: Option<String>,
        scope: Scope,
        dtd: Rc<RefCell<Dtd>>,
        accounting: Rc<Accounting>,
    ) -> Parser {
        Parser {
            part,
            protocol_encoding: encoding,
            encoding: Encoding::Utf8,
            detected: false,
            wanted_encoding: None,
            raw: Vec::new(),
            text: Vec::new(),
            position: 0,
            mark: (0, Position::default(), None),
            last: false,
            started: false,
            finished: false,
            queue: VecDeque::new(),
            failure: None,
            event: 0,
            event_end: 0,
            phase: match part {
                Part::Document => Phase::Start,
                Part::External => Phase::TextDeclaration,
                Part::Subset => Phase::TextDeclaration,
            },
            tags: Vec::new(),
            base_level: 0,
            in_cdata: false,
            opened: Vec::new(),
            open_outside: Vec::new(),
            attributes: Vec::new(),
            scope,
            dtd,
            accounting,
            wants: Wants::default(),
            triplets: false,
            defer: true,
            partial_before: 0,
            deferring: false,
            consumed_at_feed: 0,
            parameter_parsing: ParameterParsing::Never,
            foreign_dtd: false,
            declaration: Default::default(),
        }
    }

    /// A parser for an external entity that this one refers to; no context: a parameter entity.
    pub fn external(&self, context: Option<&str>, encoding: Option<String>) -> Parser {
        let (part, dtd) = match context {
            Some(_) => (Part::External, Rc::new(RefCell::new(self.dtd.borrow().clone()))),
            None => (Part::Subset, self.dtd.clone()),
        };
        let mut scope = self.scope.clone();
        let mut open = Vec::new();
        for piece in context.unwrap_or_default().split('\u{c}') {
            match piece.split_once('=') {
                Some((prefix, uri)) => scope.bind_outside(prefix, uri),
                None if !piece.is_empty() => open.push(piece.to_owned()),
                None => {}
            }
        }
        let mut parser = Parser::with(part, encoding, scope, dtd, self.accounting.clone());
        parser.open_outside = open;
        parser.wants = self.wants;
        parser.triplets = self.triplets;
        parser.defer = self.defer;
        parser.parameter_parsing = self.parameter_parsing;
        parser
    }

    /// The limits of amplification, which only the document's own parser sets.
    pub fn limits(&self) -> Option<&Accounting> {
        (self.part == Part::Document).then_some(&self.accounting)
    }

    pub fn has_started(&self) -> bool {
        self.started
    }

    /// Stronger than what the document says; only before the beginning.
    pub fn set_encoding(&mut self, name: &str) {
        if !self.started {
            self.protocol_encoding = Some(name.to_owned());
        }
    }

    /// More of the document. Then pull until there is nothing more.
    pub fn feed(&mut self, data: &[u8], last: bool) {
        if self.finished && self.failure.is_none() {
            self.failure = Some((Code::Finished, self.event));
            return;
        }
        if self.failure.is_some() {
            return;
        }
        if !self.started {
            self.started = true;
            if self.part == Part::Subset {
                self.dtd.borrow_mut().parameter_read = true;
            }
        }
        self.forget_consumed();
        self.raw.extend_from_slice(data);
        self.last = last;
        self.decode();
        self.accounting.direct.set(self.accounting.direct.get() + data.len() as u64);
        let have = self.text.len() - self.position;
        self.deferring =
            self.defer && !last && have > 0 && self.partial_before > 0 && have < 2 * self.partial_before;
        self.consumed_at_feed = self.position;
    }

    /// Drops the text before the current place.
    fn forget_consumed(&mut self) {
        if self.position > 0 {
            self.mark_at(self.position);
            self.text.drain(..self.position);
            self.mark.0 = 0;
            self.event = self.event.saturating_sub(self.position);
            self.event_end = self.event_end.saturating_sub(self.position);
            self.position = 0;
        }
    }

    fn mark_at(&mut self, offset: usize) {
        let (start, position, previous) = self.mark;
        if offset > start {
            let passed = &self.text[start..offset];
            self.mark = (offset, position.after(passed, previous, &self.encoding), passed.last().copied());
        }
    }

    /// Detects the encoding, and decodes what there is.
    fn decode(&mut self) {
        if !self.detected && !self.detect() {
            return;
        }
        self.encoding.decode(&mut self.raw, &mut self.text);
    }

    /// Looks at the first bytes. False while there are too few.
    fn detect(&mut self) -> bool {
        let given = self.protocol_encoding.clone();
        let raw = &self.raw;
        if raw.len() < 2 && !self.last && given.is_none() {
            return false;
        }
        let mut skip = 0;
        let single = given.as_deref().map(Encoding::by_name);
        let mut found = match single {
            Some(Some(encoding)) => encoding,
            Some(None) => {
                self.wanted_encoding = given;
                self.detected = true;
                return false;
            }
            None => Encoding::Utf8,
        };
        let free = given.is_none() || found.is_utf16();
        match raw.as_slice() {
            [0xFE, 0xFF, ..] if free => {
                found = Encoding::Utf16 { little: false };
                skip = 2;
            }
            [0xFF, 0xFE, ..] if free => {
                found = Encoding::Utf16 { little: true };
                skip = 2;
            }
            [0x3C, 0x00, ..] if free => found = Encoding::Utf16 { little: true },
            [0x00, _, ..] if free => found = Encoding::Utf16 { little: false },
            [0xEF] | [0xEF, 0xBB] if !self.last && matches!(found, Encoding::Utf8) => return false,
            [0xEF, 0xBB, 0xBF, ..] if matches!(found, Encoding::Utf8) => skip = 3,
            _ => {}
        }
        self.raw.drain(..skip);
        self.mark.1.byte += skip;
        self.mark.1.column += usize::from(skip > 0);
        self.encoding = found;
        self.detected = true;
        true
    }

    /// The answer to [`Step::NeedEncoding`].
    pub fn resolve_encoding(&mut self, table: Option<Box<Table>>) {
        // What markup is made of has to mean itself.
        let usual = |table: &Table| {
            (0x20..0x7F_u8)
                .filter(|byte| !b"$@\\^`{}~".contains(byte))
                .all(|byte| table[usize::from(byte)] == Some(byte.into()))
        };
        match table.filter(|table| usual(table)) {
            Some(table) => self.switch_encoding(Encoding::Single(table)),
            None => self.failure = self.failure.or(Some((Code::UnknownEncoding, self.event))),
        }
    }

    /// The rest of the text is in another encoding than the one so far, which was of single bytes.
    fn switch_encoding(&mut self, encoding: Encoding) {
        self.mark_at(self.position);
        let mut rest = self.text.split_off(self.position);
        rest.append(&mut self.raw);
        self.raw = rest;
        self.encoding = encoding;
        self.encoding.decode(&mut self.raw, &mut self.text);
    }

    /// The next event, or why there is none.
    pub fn pull(&mut self) -> Step {
        loop {
            while let Some(item) = self.queue.pop_front() {
                if self.opened.is_empty() || item.at != usize::MAX {
                    self.event = item.at;
                    self.event_end = item.end;
                }
                if let Event::AfterParameterEntity = item.event {
                    let mut dtd = self.dtd.borrow_mut();
                    if !dtd.parameter_read {
                        dtd.keep_processing = dtd.standalone;
                    } else if !dtd.standalone && self.wants.not_standalone {
                        let (at, end) = (self.event, self.event_end);
                        self.queue.push_front(Item { event: Event::NotStandalone, raw: None, at, end });
                    }
                    continue;
                }
                return Step::Event(item);
            }
            if let Some((code, at)) = self.failure {
                self.event = at;
                return Step::Failed(Failure { code, position: self.position_of(at) });
            }
            if let Some(name) = self.wanted_encoding.take() {
                return Step::NeedEncoding(name);
            }
            if let Some(encoding) = self.declaration.encoding.take() {
                self.switch_encoding(encoding);
            }
            if self.deferring {
                return Step::Done;
            }
            match self.step() {
                Ok(true) => {}
                Ok(false) => {
                    let have = self.text.len() - self.position;
                    self.partial_before = if self.position == self.consumed_at_feed { have } else { 0 };
                    self.event = self.position;
                    self.finished |= self.last;
                    return Step::Done;
                }
                Err(fault) => self.fail(fault),
            }
        }
    }

    fn fail(&mut self, fault: Fault) {
        if self.failure.is_none() {
            let inside = !self.opened.is_empty();
            let at = if inside { self.event } else { fault.at.unwrap_or(self.position) };
            self.failure = Some((fault.code, at));
        }
    }

    /// The receiver refuses the current event.
    pub fn reject(&mut self, code: Code) {
        self.queue.clear();
        self.failure = Some((code, self.event));
    }

    /// The place of a text offset.
    pub fn position_of(&self, at: usize) -> Position {
        let (start, position, previous) = self.mark;
        if at <= start {
            return position;
        }
        position.after(&self.text[start..at.min(self.text.len())], previous, &self.encoding)
    }

    /// Where the current event is.
    pub fn current(&self) -> Position {
        self.position_of(self.event)
    }

    /// The event is at the end of its token: an empty element's end, after its start was handled.
    pub fn move_to_end(&mut self) {
        if self.opened.is_empty() {
            self.event = self.event_end;
        }
    }

    /// The event is a token in a declaration, whose end comes so many bytes later.
    pub fn move_before_end(&mut self, bytes: usize) {
        if self.opened.is_empty() {
            self.event = self.event_end.saturating_sub(bytes);
        }
    }

    /// The text from the current event on.
    pub fn context(&self) -> &[u8] {
        self.text.get(self.event..).unwrap_or_default()
    }

    /// One token. False: there is nothing more to do with what came.
    fn step(&mut self) -> Parsed<bool> {
        if let Some(top) = self.opened.last_mut() {
            let text = top.text.clone();
            let (mut position, parameter, level) = (top.position, top.parameter, top.level);
            let depth = self.opened.len();
            let more = if parameter {
                self.declarations(text.as_bytes(), &mut position, true)?
            } else {
                self.content(text.as_bytes(), &mut position, true, level)?
            };
            if let Some(top) = self.opened.get_mut(depth - 1) {
                top.position = position;
            }
            if !more {
                self.close_entity(level)?;
            }
            return Ok(true);
        }
        if !self.detected && self.last && self.raw.len() < 2 {
            self.decode();
        }
        if self.last && self.detected && !self.raw.is_empty() && self.position >= self.text.len() {
            return Err(Code::UnclosedToken.at(self.position));
        }
        let text = std::mem::take(&mut self.text);
        let mut position = self.position;
        let last = self.last;
        self.event = position;
        let result = match self.phase {
            Phase::Content => self.content(&text, &mut position, last, self.base_level),
            _ => self.declarations(&text, &mut position, last),
        };
        self.text = text;
        self.position = position;
        result
    }

    fn close_entity(&mut self, level: usize) -> Parsed<()> {
        let Some(closed) = self.opened.last() else { return Ok(()) };
        if closed.parameter {
            if self.declaration.is_open() {
                return Err(Code::IncompletePe.into());
            }
        } else if self.tags.len() != level {
            return Err(Code::AsyncEntity.into());
        }
        self.opened.pop();
        Ok(())
    }

    /// Begins with an internal entity's text.
    fn open_entity(&mut self, name: &str, parameter: bool, text: Rc<str>) -> Parsed<()> {
        self.accounting.expanded(text.len())?;
        let level = self.tags.len();
        self.opened.push(Opened { name: name.to_owned(), parameter, text, position: 0, level });
        Ok(())
    }

    fn is_open(&self, name: &str, parameter: bool) -> bool {
        self.opened.iter().any(|opened| opened.parameter == parameter && opened.name == name)
            || !parameter && self.open_outside.iter().any(|open| open == name)
    }

    /// The names of the open entities and the bound prefixes, for the parser of an external entity.
    fn context_for(&self, name: &str) -> String {
        let mut pieces = self.scope.bindings();
        pieces.extend(self.open_outside.iter().cloned());
        pieces
            .extend(self.opened.iter().filter(|opened| !opened.parameter).map(|opened| opened.name.clone()));
        pieces.push(name.to_owned());
        pieces.join("\u{c}")
    }

    /// Queues an event that belongs to a part of the current text.
    fn emit(&mut self, event: Event, text: &[u8], at: usize, end: usize) {
        let raw = self.wants.raw.then(|| String::from_utf8_lossy(&text[at..end]).into_owned());
        self.emit_raw(event, raw, at, end);
    }

    fn emit_raw(&mut self, event: Event, raw: Option<String>, at: usize, end: usize) {
        let (at, end) = if self.opened.is_empty() { (at, end) } else { (usize::MAX, usize::MAX) };
        let (at, end) = if at == usize::MAX { (self.event, self.event_end) } else { (at, end) };
        self.queue.push_back(Item { event, raw, at, end });
    }

    fn lexer<'a>(&self, text: &'a [u8], last: bool) -> Lexer<'a> {
        Lexer { text, namespaces: self.scope.is_on(), last }
    }

    /// No token at `at`: an error, or there has to be more text (false).
    fn stopped(&self, stop: Stop, at: usize, last: bool) -> Parsed<bool> {
        match stop {
            Stop::Invalid(at) => Err(Code::InvalidToken.at(at)),
            _ if !last => Ok(false),
            Stop::Partial => Err(Code::UnclosedToken.at(at)),
            Stop::PartialChar => Err(Code::PartialChar.at(at)),
        }
    }
}
