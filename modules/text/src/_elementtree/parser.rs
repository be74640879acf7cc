//! Parsing: text in, events to a target.

use std::cell::{Cell, RefCell};

use runtime::objects::exceptions::{RuntimeWarning, SyntaxError, declared};
use runtime::prelude::*;

use super::PARSE_ERROR;
use super::builder::{COMMENT, END, END_NAMESPACE, EVENTS, PI, START_NAMESPACE, TreeBuilder};
use crate::expat::errors::{Code, message};
use crate::expat::{Event, Parser, Step, Wants};
use crate::pyexpat::encoding_table;

#[class(name = "xml.etree.ElementTree.XMLParser", flags(BASETYPE, GC))]
#[repr(C)]
pub struct XmlParser {
    head: Object,
    target: Link,
    entity: Link<Dict>,
    /// Names as they came, and as the tree has them.
    names: Link<Dict>,
    /// The target's methods, by `METHODS`.
    methods: RefCell<Vec<Option<Ref>>>,
    #[gc(skip)]
    engine: RefCell<Option<Parser>>,
    #[gc(skip)]
    parsing: Cell<bool>,
}

const METHODS: [&str; 9] =
    ["start", "data", "end", "comment", "pi", "close", "doctype", "start_ns", "end_ns"];
const CLOSE: usize = 5;

fn raise_error(code: Code, line: usize, column: usize, text: Option<String>) -> Raised {
    let text = text.unwrap_or_else(|| message(code as i32).unwrap_or_default().to_owned());
    let make = || -> Result<Ref<runtime::objects::exceptions::BaseException>> {
        let shown = Str::from_string(format!("{text}: line {line}, column {column}"));
        let error = declared(PARSE_ERROR, &SyntaxError)?.call(&[&*shown])?;
        error.set_attr(intern!("code"), &Int::new(code as i64))?;
        let position =
            Tuple::pack([Int::from_usize(line).into_object(), Int::from_usize(column).into_object()]);
        error.set_attr(intern!("position"), &position)?;
        error.cast().map_err(|_| raise!(TypeError, "ParseError is no exception"))
    };
    match make() {
        Ok(error) => runtime::errors::raise(error),
        Err(raised) => raised,
    }
}

fn text(text: &str) -> Ref {
    Str::new(text).into_object()
}

impl XmlParser {
    fn builder(&self) -> Option<Ref<TreeBuilder>> {
        self.target.get()?.cast_exact::<TreeBuilder>().ok()
    }

    fn method(&self, number: usize) -> Option<Ref> {
        self.methods.borrow().get(number).cloned().flatten()
    }

    fn call(&self, number: usize, arguments: &[Ref]) -> Result<Ref> {
        let Some(method) = self.method(number) else { return Ok(none()) };
        let arguments: Vec<&Object> = arguments.iter().map(|argument| &**argument).collect();
        method.call(&arguments)
    }

    /// A name with its namespace in braces.
    fn name(&self, name: &str) -> Result {
        let key = Str::try_new(name)?;
        let Some(names) = self.names.get() else { return Ok(key.into_object()) };
        if let Some(known) = names.get(&key)? {
            return Ok(known);
        }
        let made = if name.contains('}') { Str::from_string(format!("{{{name}")) } else { key.clone() };
        let made = Str::intern(made);
        names.insert(&key, &made)?;
        Ok(made.into_object())
    }

    fn data(&self, data: Ref) -> Result<()> {
        match self.builder() {
            Some(builder) => {
                builder.handle_data(data);
                Ok(())
            }
            None => self.call(1, &[data]).map(drop),
        }
    }

    fn dispatch(&self, event: Event) -> Result<()> {
        let builder = self.builder();
        match event {
            Event::StartElement { name, attributes, .. } => {
                let tag = self.name(&name)?;
                let dict = if attributes.is_empty() && builder.is_some() { None } else { Some(Dict::new()) };
                if let Some(dict) = &dict {
                    for (name, value) in &attributes {
                        dict.insert(&*self.name(name)?, &Str::new(value))?;
                    }
                }
                match builder {
                    Some(builder) => builder.handle_start(tag, dict).map(drop),
                    None => self.call(0, &[tag, dict.map_or_else(none, Ref::into_object)]).map(drop),
                }
            }
            Event::EndElement { name, .. } => match builder {
                Some(builder) => builder.handle_end().map(drop),
                None if self.method(2).is_some() => self.call(2, &[self.name(&name)?]).map(drop),
                None => Ok(()),
            },
            Event::CharacterData(data) => self.data(text(&data)),
            Event::Comment(data) => match builder {
                Some(builder) => builder.handle_comment(text(&data)).map(drop),
                None => self.call(3, &[text(&data)]).map(drop),
            },
            Event::Pi { target, data } => match builder {
                Some(builder) => builder.handle_pi(text(&target), text(&data)).map(drop),
                None => self.call(4, &[text(&target), text(&data)]).map(drop),
            },
            Event::StartNamespace { prefix, uri } => {
                let (prefix, uri) = (text(&prefix.unwrap_or_default()), text(&uri.unwrap_or_default()));
                match builder {
                    Some(builder) if builder.wants(START_NAMESPACE) => {
                        builder.report_event(START_NAMESPACE, Tuple::pack([prefix, uri]).into_object())
                    }
                    Some(_) => Ok(()),
                    None => self.call(7, &[prefix, uri]).map(drop),
                }
            }
            Event::EndNamespace { prefix } => match builder {
                Some(builder) => builder.report_event(END_NAMESPACE, none()),
                None => self.call(8, &[text(&prefix.unwrap_or_default())]).map(drop),
            },
            Event::StartDoctype { name, system, public, .. } => {
                let optional = |value: Option<String>| value.map_or_else(none, |value| text(&value));
                self.doctype([text(&name), optional(public), optional(system)])
            }
            Event::SkippedEntity { name, parameter: false } => {
                let known = match self.entity.get() {
                    Some(entity) => entity.get(&Str::new(&name))?,
                    None => None,
                };
                match known {
                    Some(value) => self.data(value),
                    None => {
                        let position = self.engine.borrow().as_ref().map(Parser::current).unwrap_or_default();
                        let message = format!("undefined entity &{name};");
                        Err(raise_error(Code::UndefinedEntity, position.line, position.column, Some(message)))
                    }
                }
            }
            _ => Ok(()),
        }
    }

    fn doctype(&self, arguments: [Ref; 3]) -> Result<()> {
        if self.method(6).is_some() {
            return self.call(6, &arguments).map(drop);
        }
        if self.get_attr_opt(intern!("doctype"))?.is_some() {
            let message = "The doctype() method of XMLParser is deprecated.  Define doctype() method on the TreeBuilder target.";
            runtime::warnings::warn(&RuntimeWarning, message, 1)?;
        }
        Ok(())
    }

    fn parse(&self, data: &[u8], last: bool, is_text: bool) -> Result<()> {
        if self.parsing.get() {
            return Err(raise!(RuntimeError, "the parser is parsing already"));
        }
        {
            let mut engine = self.engine.borrow_mut();
            let Some(engine) = engine.as_mut() else {
                drop(engine);
                return Err(raise!(ValueError, "XMLParser.__init__() wasn't called"));
            };
            if is_text {
                engine.set_encoding("utf-8");
            }
            engine.feed(data, last);
        }
        self.parsing.set(true);
        let result = self.pump();
        self.parsing.set(false);
        result
    }

    fn pump(&self) -> Result<()> {
        loop {
            let step = {
                let mut engine = self.engine.borrow_mut();
                let Some(engine) = engine.as_mut() else { return Ok(()) };
                engine.wants = Wants::default();
                engine.pull()
            };
            match step {
                Step::Event(item) => self.dispatch(item.event)?,
                Step::NeedEncoding(name) => {
                    let table = encoding_table(&name)?;
                    if let Some(engine) = self.engine.borrow_mut().as_mut() {
                        engine.resolve_encoding(Some(table));
                    }
                }
                Step::Done => return Ok(()),
                Step::Failed(failure) => {
                    let position = failure.position;
                    return Err(raise_error(failure.code, position.line, position.column, None));
                }
            }
        }
    }

    fn give(&self, data: &Object, last: bool) -> Result<()> {
        match data.downcast::<Str>() {
            Some(text) => self.parse(text.to_utf8()?.as_bytes(), last, true),
            None => {
                let buffer = Buffer::of(data)?;
                self.parse(buffer.as_slice(), last, false)
            }
        }
    }
}

#[methods]
impl XmlParser {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        let parser = XmlParser {
            head: Object::HEAD,
            target: Link::null(),
            entity: Link::null(),
            names: Link::null(),
            methods: RefCell::default(),
            engine: RefCell::new(None),
            parsing: Cell::new(false),
        };
        Ok(Ref::new_in(class, parser))
    }

    #[init(signature = "(*, target=None, encoding=None)")]
    fn init(&self, target: OrNone<&Object>, encoding: Option<&Object>) -> Result<()> {
        let encoding = match encoding.filter(|encoding| !encoding.is_none()) {
            None => None,
            Some(encoding) => match encoding.downcast::<Str>() {
                Some(encoding) => Some(encoding.to_utf8()?.to_owned()),
                None => {
                    let kind = encoding.ty().full_name();
                    return Err(raise!(
                        TypeError,
                        "XMLParser() argument 'encoding' must be str or None, not {kind}"
                    ));
                }
            },
        };
        let target = target.0.map_or_else(|| TreeBuilder::create().into_object(), |target| target.to_ref());
        let mut methods = Vec::new();
        for name in METHODS {
            methods.push(target.get_attr_opt(&Str::intern(Str::new(name)))?);
        }
        *self.engine.borrow_mut() = Some(Parser::new(encoding, Some(b'}')));
        self.entity.set(Some(Dict::new()));
        self.names.set(Some(Dict::new()));
        let old = self.methods.replace(methods);
        drop(old);
        self.target.set(Some(target));
        Ok(())
    }

    #[method(signature = "($self, data, /)")]
    fn feed(&self, data: &Object) -> Result<()> {
        self.give(data, false)
    }

    #[method(signature = "($self, /)")]
    fn flush(&self) -> Result<()> {
        let set = |on: bool| -> bool {
            let mut engine = self.engine.borrow_mut();
            engine.as_mut().is_some_and(|engine| std::mem::replace(&mut engine.defer, on))
        };
        let deferring = set(false);
        let result = self.parse(b"", false, false);
        set(deferring);
        result
    }

    #[method(signature = "($self, /)")]
    fn close(&self) -> Result {
        self.parse(b"", true, false)?;
        match self.builder() {
            Some(builder) => Ok(builder.done()),
            None => self.call(CLOSE, &[]),
        }
    }

    #[method(name = "_parse_whole", signature = "($self, file, /)")]
    fn parse_whole(&self, file: &Object) -> Result {
        let read = file.get_attr(intern!("read"))?;
        loop {
            let data = read.call(&[&*Int::new(64 * 1024)])?;
            let empty = match (data.downcast::<Str>(), data.downcast::<Bytes>()) {
                (Some(text), _) => text.is_empty(),
                (_, Some(bytes)) => bytes.as_slice().is_empty(),
                _ => true,
            };
            if empty {
                break;
            }
            self.give(&data, false)?;
        }
        self.parse(b"", true, false)?;
        Ok(self.builder().map_or_else(none, |builder| builder.done()))
    }

    #[method(name = "_setevents", signature = "($self, events_queue, events_to_report=None, /)")]
    fn setevents(&self, events_queue: &Object, events_to_report: OrNone<&Object>) -> Result<()> {
        let Some(builder) = self.builder() else {
            return Err(raise!(
                TypeError,
                "event handling only supported for ElementTree.TreeBuilder targets"
            ));
        };
        let append = events_queue.get_attr(intern!("append"))?;
        let mut wanted: Vec<Option<Ref>> = vec![None; EVENTS.len()];
        let Some(events) = events_to_report.0 else {
            wanted[END] = Some(text("end"));
            builder.report(append, wanted);
            return Ok(());
        };
        let _ = (COMMENT, PI);
        let list = List::new();
        if list.extend_from(events).map_err(Raised::clear).is_err() {
            return Err(raise!(TypeError, "events must be a sequence"));
        }
        for event in list.to_vec() {
            let name = match (event.downcast::<Str>(), event.downcast::<Bytes>()) {
                (Some(name), _) => name.to_string(),
                (_, Some(name)) => String::from_utf8_lossy(name.as_slice()).into_owned(),
                _ => return Err(raise!(ValueError, "invalid events sequence")),
            };
            match EVENTS.iter().position(|known| *known == name) {
                Some(number) => wanted[number] = Some(event),
                None => return Err(raise!(ValueError, "unknown event '{name}'")),
            }
        }
        builder.report(append, wanted);
        Ok(())
    }

    #[getter]
    fn version(&self) -> String {
        "Expat 2.9.0".to_owned()
    }

    #[getter]
    fn target(&self) -> Option<Ref> {
        self.target.get()
    }

    #[getter]
    fn entity(&self) -> Option<Ref<Dict>> {
        self.entity.get()
    }
}
