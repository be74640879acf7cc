//! From the parser's events to the calls of handlers.

use runtime::prelude::*;

use super::handlers::*;
use super::parser::XmlParser;
use crate::expat::errors::Code;
use crate::expat::{Event, Item, Model};

fn text(text: &str) -> Ref {
    Str::new(text).into_object()
}

fn integer(value: impl Into<i64>) -> Ref {
    Int::new(value.into()).into_object()
}

/// A content model as nested tuples.
fn model_of(parser: &XmlParser, model: &Model) -> Result {
    let mut children = Vec::with_capacity(model.children.len());
    for child in &model.children {
        children.push(model_of(parser, child)?);
    }
    let name = parser.name_or_none(model.name.as_deref())?;
    let parts =
        [integer(model.kind), integer(model.quantifier), name, Tuple::from_vec(children).into_object()];
    Ok(Tuple::pack(parts).into_object())
}

impl XmlParser {
    /// A name, shared through the dictionary of names.
    fn name(&self, name: &str) -> Result {
        let name = Str::try_new(name)?;
        let Some(interned) = self.interned() else { return Ok(name.into_object()) };
        if let Some(known) = interned.get(&name)? {
            return Ok(known);
        }
        interned.insert(&name, &name)?;
        Ok(name.into_object())
    }

    fn name_or_none(&self, name: Option<&str>) -> Result {
        name.map_or_else(|| Ok(none()), |name| self.name(name))
    }

    fn base(&self) -> Result {
        let base = self.base.borrow().clone();
        self.name_or_none(base.as_deref())
    }

    /// Calls a handler, if there is one, behind the text that is kept for it. None: there is no handler.
    fn call(&self, handler: usize, arguments: impl FnOnce() -> Result<Vec<Ref>>) -> Result<Option<Ref>> {
        if self.handler(handler).is_none() {
            return Ok(None);
        }
        self.flush()?;
        let arguments = arguments()?;
        self.call_now(handler, &arguments)
    }

    /// Calls a handler that is perhaps gone by now.
    pub(super) fn call_now(&self, handler: usize, arguments: &[Ref]) -> Result<Option<Ref>> {
        let Some(function) = self.handler(handler) else { return Ok(None) };
        let arguments: Vec<&Object> = arguments.iter().map(|argument| &**argument).collect();
        let before = self.in_callback.replace(true);
        let result = function.call(&arguments);
        self.in_callback.set(before);
        result.map(Some)
    }

    /// What nothing else takes goes to a default handler.
    fn default_event(&self, raw: Option<String>) -> Result<()> {
        let Some(raw) = raw else { return Ok(()) };
        let mut rest = raw.len() - raw.matches('\0').count();
        for piece in raw.split('\0') {
            if rest > piece.len() || raw.len() > rest {
                self.engine.borrow_mut().move_before_end(rest);
            }
            rest -= piece.len();
            for handler in [DEFAULT, DEFAULT_EXPAND] {
                if self.call(handler, || Ok(vec![text(piece)]))?.is_some() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// An integer that a handler gave.
    fn answer(&self, result: Option<Ref>) -> Result<bool> {
        let Some(result) = result else { return Ok(true) };
        Ok(result.index()?.sign() != 0)
    }

    /// Calls the handler for an event.
    pub(super) fn dispatch(&self, item: Item) -> Result<()> {
        let raw = item.raw;
        let called = match item.event {
            Event::StartElement { name, attributes, specified, empty } => {
                let taken = self.call(START_ELEMENT, || {
                    let limit = if self.specified_attributes.get() { specified } else { attributes.len() };
                    Ok(vec![self.name(&name)?, self.attributes(&attributes[..limit])?])
                })?;
                if taken.is_none() && empty && self.handler(END_ELEMENT).is_some() {
                    return Ok(());
                }
                taken
            }
            Event::EndElement { name, empty } => {
                if empty && self.handler(START_ELEMENT).is_some() {
                    self.engine.borrow_mut().move_to_end();
                }
                self.call(END_ELEMENT, || Ok(vec![self.name(&name)?]))?
            }
            Event::CharacterData(data) => {
                if self.handler(CHARACTER_DATA).is_none() {
                    return self.default_event(raw);
                }
                return self.character_data_event(&data);
            }
            Event::Pi { target, data } => self.call(PI, || Ok(vec![self.name(&target)?, text(&data)]))?,
            Event::Comment(data) => self.call(COMMENT, || Ok(vec![text(&data)]))?,
            Event::StartCdata => self.call(START_CDATA, || Ok(vec![]))?,
            Event::EndCdata => self.call(END_CDATA, || Ok(vec![]))?,
            Event::StartNamespace { prefix, uri } => self.call(START_NAMESPACE, || {
                Ok(vec![self.name_or_none(prefix.as_deref())?, self.name_or_none(uri.as_deref())?])
            })?,
            Event::EndNamespace { prefix } => {
                self.call(END_NAMESPACE, || Ok(vec![self.name_or_none(prefix.as_deref())?]))?
            }
            Event::XmlDeclaration { version, encoding, standalone } => self.call(XML_DECLARATION, || {
                let optional = |value: Option<String>| value.map_or_else(none, |value| text(&value));
                Ok(vec![optional(version), optional(encoding), integer(standalone)])
            })?,
            Event::StartDoctype { name, system, public, internal } => self.call(START_DOCTYPE, || {
                Ok(vec![
                    self.name(&name)?,
                    self.name_or_none(system.as_deref())?,
                    self.name_or_none(public.as_deref())?,
                    integer(internal),
                ])
            })?,
            Event::EndDoctype => self.call(END_DOCTYPE, || Ok(vec![]))?,
            Event::ElementDeclaration { name, model } => {
                self.call(ELEMENT, || Ok(vec![self.name(&name)?, model_of(self, &model)?]))?
            }
            Event::AttributeDeclaration { element, name, kind, default, required } => {
                self.call(ATTLIST, || {
                    Ok(vec![
                        self.name(&element)?,
                        self.name(&name)?,
                        text(&kind),
                        default.map_or_else(none, |value| text(&value)),
                        integer(required),
                    ])
                })?
            }
            Event::EntityDeclaration { name, parameter, value, system, public, notation } => {
                let (system, public) = (system.as_deref(), public.as_deref());
                if notation.is_some() && self.handler(UNPARSED_ENTITY).is_some() {
                    self.call(UNPARSED_ENTITY, || {
                        Ok(vec![
                            self.name(&name)?,
                            self.base()?,
                            self.name_or_none(system)?,
                            self.name_or_none(public)?,
                            self.name_or_none(notation.as_deref())?,
                        ])
                    })?
                } else {
                    self.call(ENTITY, || {
                        Ok(vec![
                            self.name(&name)?,
                            integer(parameter),
                            value.map_or_else(none, |value| text(&value)),
                            self.base()?,
                            self.name_or_none(system)?,
                            self.name_or_none(public)?,
                            self.name_or_none(notation.as_deref())?,
                        ])
                    })?
                }
            }
            Event::NotationDeclaration { name, system, public } => self.call(NOTATION, || {
                Ok(vec![
                    self.name(&name)?,
                    self.base()?,
                    self.name_or_none(system.as_deref())?,
                    self.name_or_none(public.as_deref())?,
                ])
            })?,
            Event::SkippedEntity { name, parameter } => {
                self.call(SKIPPED_ENTITY, || Ok(vec![self.name(&name)?, integer(parameter)]))?
            }
            Event::ExternalEntity { context, system, public } => {
                let answer = self.call(EXTERNAL_ENTITY, || {
                    Ok(vec![
                        context.map_or_else(none, |context| text(&context)),
                        self.base()?,
                        self.name_or_none(system.as_deref())?,
                        self.name_or_none(public.as_deref())?,
                    ])
                })?;
                if !self.answer(answer)? {
                    self.engine.borrow_mut().reject(Code::ExternalHandling);
                }
                return Ok(());
            }
            Event::NotStandalone => {
                let answer = self.call(NOT_STANDALONE, || Ok(vec![]))?;
                if !self.answer(answer)? {
                    self.engine.borrow_mut().reject(Code::NotStandalone);
                }
                return Ok(());
            }
            Event::Default | Event::AfterParameterEntity => None,
        };
        if called.is_none() { self.default_event(raw) } else { Ok(()) }
    }

    /// A dictionary, or names and values in a list.
    fn attributes(&self, attributes: &[(String, String)]) -> Result {
        if self.ordered_attributes.get() {
            let list = List::new();
            for (name, value) in attributes {
                list.push(self.name(name)?)?;
                list.push(text(value))?;
            }
            return Ok(list.into_object());
        }
        let dict = Dict::new();
        for (name, value) in attributes {
            dict.insert(&*self.name(name)?, &Str::new(value))?;
        }
        Ok(dict.into_object())
    }

    /// Text: to the handler, or kept until there is more of it.
    fn character_data_event(&self, data: &str) -> Result<()> {
        if !self.buffer_text.get() {
            return self.call_now(CHARACTER_DATA, &[text(data)]).map(drop);
        }
        let size = self.buffer_size.get();
        if self.buffer.borrow().len() + data.len() > size {
            self.flush()?;
        }
        if data.len() > size {
            return self.call_now(CHARACTER_DATA, &[text(data)]).map(drop);
        }
        if self.handler(CHARACTER_DATA).is_some() {
            self.buffer.borrow_mut().push_str(data);
        }
        Ok(())
    }

    /// Gives the text that was kept to its handler.
    pub(super) fn flush(&self) -> Result<()> {
        let data = std::mem::take(&mut *self.buffer.borrow_mut());
        if data.is_empty() {
            return Ok(());
        }
        self.call_now(CHARACTER_DATA, &[text(&data)]).map(drop)
    }
}
