//! The parser object.

use std::cell::{Cell, RefCell};

use runtime::objects::exceptions::BaseException;
use runtime::prelude::*;

use super::handlers::*;
use super::{expat_error, raise_failure};
use crate::expat::errors::{Code, message};
use crate::expat::{ParameterParsing, Parser, Step, Wants};

/// XML parser
#[class(name = "pyexpat.xmlparser", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct XmlParser {
    head: Object,
    handlers: RefCell<Vec<Option<Ref>>>,
    interned: Link<Dict>,
    #[gc(skip)]
    pub(super) engine: RefCell<Parser>,
    #[gc(skip)]
    pub(super) base: RefCell<Option<String>>,
    /// Text that waits for more.
    #[gc(skip)]
    pub(super) buffer: RefCell<String>,
    #[gc(skip)]
    pub(super) buffer_size: Cell<usize>,
    #[gc(skip)]
    pub(super) buffer_text: Cell<bool>,
    #[gc(skip)]
    pub(super) ordered_attributes: Cell<bool>,
    #[gc(skip)]
    pub(super) specified_attributes: Cell<bool>,
    #[gc(skip)]
    pub(super) in_callback: Cell<bool>,
    #[gc(skip)]
    parsing: Cell<bool>,
    /// The code of the last failure.
    #[gc(skip)]
    error: Cell<i32>,
    /// The default handler that was set last keeps internal entities.
    #[gc(skip)]
    keep_entities: Cell<bool>,
}

impl XmlParser {
    pub fn create(engine: Parser, interned: Option<Ref<Dict>>) -> Ref<XmlParser> {
        Ref::new(XmlParser {
            head: Object::HEAD,
            handlers: RefCell::new(vec![None; COUNT]),
            interned: Link::from_option(interned),
            engine: RefCell::new(engine),
            base: RefCell::new(None),
            buffer: RefCell::default(),
            buffer_size: Cell::new(8192),
            buffer_text: Cell::new(false),
            ordered_attributes: Cell::new(false),
            specified_attributes: Cell::new(false),
            in_callback: Cell::new(false),
            parsing: Cell::new(false),
            error: Cell::new(0),
            keep_entities: Cell::new(false),
        })
    }

    pub(super) fn interned(&self) -> Option<Ref<Dict>> {
        self.interned.get()
    }

    pub(super) fn handler(&self, number: usize) -> Option<Ref> {
        self.handlers.borrow().get(number).cloned().flatten()
    }

    pub(super) fn set_handler(&self, number: usize, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(RuntimeError, "Cannot delete attribute"));
        };
        if number == CHARACTER_DATA {
            self.flush()?;
        }
        let handler = (!value.is_none()).then(|| value.to_ref());
        if matches!(number, DEFAULT | DEFAULT_EXPAND) {
            self.keep_entities.set(number == DEFAULT && handler.is_some());
        }
        let mut handlers = self.handlers.borrow_mut();
        if handlers.len() < COUNT {
            handlers.resize(COUNT, None);
        }
        let old = std::mem::replace(&mut handlers[number], handler);
        drop(handlers);
        drop(old);
        Ok(())
    }

    fn clear_handlers(&self) {
        let old = self.handlers.replace(vec![None; COUNT]);
        drop(old);
        self.keep_entities.set(false);
    }

    fn wants(&self) -> Wants {
        let handlers = self.handlers.borrow();
        let has = |number: usize| handlers.get(number).is_some_and(Option::is_some);
        Wants {
            raw: has(DEFAULT) || has(DEFAULT_EXPAND),
            external_entities: has(EXTERNAL_ENTITY),
            keep_entities: self.keep_entities.get(),
            not_standalone: has(NOT_STANDALONE),
        }
    }

    /// Parses what comes, and calls the handlers.
    fn run(&self, data: &[u8], last: bool) -> Result<()> {
        if self.parsing.get() {
            return Err(raise!(RuntimeError, "the parser is parsing already"));
        }
        self.parsing.set(true);
        self.engine.borrow_mut().feed(data, last);
        let result = self.pump();
        self.parsing.set(false);
        result?;
        self.flush()
    }

    /// Handles the events until there are none. After an exception, the rest is parsed without handlers.
    fn pump(&self) -> Result<()> {
        let mut exception: Option<Ref<BaseException>> = None;
        loop {
            let step = {
                let mut engine = self.engine.borrow_mut();
                engine.wants = self.wants();
                engine.pull()
            };
            let result = match step {
                Step::Event(_) if exception.is_some() => Ok(()),
                Step::Event(item) => self.dispatch(item),
                Step::NeedEncoding(name) => {
                    let table = encoding_table(&name);
                    let (table, result) = match table {
                        Ok(table) => (Some(table), Ok(())),
                        Err(raised) => (None, Err(raised)),
                    };
                    self.engine.borrow_mut().resolve_encoding(table);
                    result
                }
                Step::Done => break,
                Step::Failed(failure) => {
                    if exception.is_none() {
                        self.error.set(failure.code as i32);
                        self.flush()?;
                        return Err(raise_failure(&failure));
                    }
                    break;
                }
            };
            if let Err(raised) = result {
                exception.get_or_insert(raised.take());
                self.clear_handlers();
                self.buffer.borrow_mut().clear();
            }
        }
        exception.map_or(Ok(()), |exception| Err(runtime::errors::restore(exception)))
    }

    fn failed(&self, code: Code) -> Raised {
        self.error.set(code as i32);
        let position = self.engine.borrow().current();
        let text = message(code as i32).unwrap_or_default();
        let text = format!("{text}: line {}, column {}", position.line, position.column);
        match expat_error(&text, code, position.line, position.column) {
            Ok(error) => runtime::errors::raise(error),
            Err(raised) => raised,
        }
    }

    fn refused(&self, text: &str) -> Raised {
        let position = self.engine.borrow().current();
        match expat_error(text, Code::InvalidArgument, position.line, position.column) {
            Ok(error) => runtime::errors::raise(error),
            Err(raised) => raised,
        }
    }

    fn set_factor(&self, factor: f64, used: bool) -> Result<()> {
        let engine = self.engine.borrow();
        let Some(limits) = engine.limits() else {
            drop(engine);
            return Err(self.refused("parser must be a root parser"));
        };
        let factor = factor as f32;
        if factor.is_nan() || factor < 1.0 {
            drop(engine);
            return Err(self.refused("'max_factor' must be at least 1.0"));
        }
        if used {
            limits.factor.set(factor);
        }
        Ok(())
    }

    fn set_threshold(&self, threshold: u64, used: bool) -> Result<()> {
        let engine = self.engine.borrow();
        let Some(limits) = engine.limits() else {
            drop(engine);
            return Err(self.refused("parser must be a root parser"));
        };
        if used {
            limits.threshold.set(threshold);
        }
        Ok(())
    }
}

/// The meaning of an encoding's bytes, asked of the codec.
pub fn encoding_table(name: &str) -> Result<Box<crate::expat::encoding::Table>> {
    let bytes: Vec<u8> = (0..=255).collect();
    let decoded =
        Bytes::new(&bytes).call_method(intern!("decode"), &[&*Str::new(name), &*Str::new("replace")])?;
    let Some(decoded) = decoded.downcast::<Str>().filter(|decoded| decoded.len() == 256) else {
        return Err(raise!(ValueError, "multi-byte encodings are not supported"));
    };
    let character = |index| char::from_u32(decoded.char_at(index)).filter(|&found| found != '\u{FFFD}');
    Ok(Box::new(std::array::from_fn(character)))
}

#[methods(parts(handlers))]
impl XmlParser {
    /// Parse XML data.
    ///
    /// 'isfinal' should be true at end of input.
    #[method(name = "Parse", signature = "($self, data, isfinal=False, /)")]
    fn parse(&self, data: &Object, isfinal: bool) -> Result<i32> {
        if let Some(text) = data.downcast::<Str>() {
            self.engine.borrow_mut().set_encoding("utf-8");
            self.run(text.to_utf8()?.as_bytes(), isfinal)?;
        } else {
            let buffer = Buffer::of(data)?;
            self.run(buffer.as_slice(), isfinal)?;
        }
        Ok(1)
    }

    /// Parse XML data from a binary file-like object.
    #[method(name = "ParseFile", signature = "($self, file, /)")]
    fn parse_file(&self, file: &Object) -> Result<i32> {
        let Some(read) = file.get_attr_opt(intern!("read"))? else {
            return Err(raise!(TypeError, "argument must have 'read' attribute"));
        };
        loop {
            let data = read.call(&[&*Int::new(2048)])?;
            let bytes =
                match (data.downcast::<Bytes>(), data.downcast::<runtime::objects::bytearray::ByteArray>()) {
                    (Some(bytes), _) => bytes.as_slice().to_vec(),
                    (_, Some(_)) => Buffer::of(&data)?.as_slice().to_vec(),
                    _ => {
                        let kind = data.ty().qualified_name();
                        return Err(raise!(TypeError, "read() did not return a bytes object (type={kind})"));
                    }
                };
            if bytes.len() > 2048 {
                let len = bytes.len();
                return Err(raise!(
                    ValueError,
                    "read() returned too much data: 2048 bytes requested, {len} returned"
                ));
            }
            self.run(&bytes, bytes.is_empty())?;
            if bytes.is_empty() {
                return Ok(1);
            }
        }
    }

    /// Set the base URL for the parser.
    #[method(name = "SetBase", signature = "($self, base, /)")]
    fn set_base(&self, base: &str) {
        *self.base.borrow_mut() = Some(base.to_owned());
    }

    /// Return base URL string for the parser.
    #[method(name = "GetBase", signature = "($self, /)")]
    fn get_base(&self) -> Option<String> {
        self.base.borrow().clone()
    }

    /// Return the untranslated text of the input that caused the current event.
    #[method(name = "GetInputContext", signature = "($self, /)")]
    fn get_input_context(&self) -> Option<Ref<Bytes>> {
        self.in_callback.get().then(|| Bytes::new(self.engine.borrow().context()))
    }

    /// Create a parser for parsing an external entity.
    #[method(
        name = "ExternalEntityParserCreate",
        signature = "($self, context, encoding=<unrepresentable>, /)"
    )]
    fn external_entity_parser_create(
        &self,
        context: OrNone<&str>,
        encoding: Option<&str>,
    ) -> Result<Ref<XmlParser>> {
        let engine = self.engine.borrow().external(context.0, encoding.map(str::to_owned));
        let parser = XmlParser::create(engine, self.interned());
        *parser.handlers.borrow_mut() = self.handlers.borrow().clone();
        *parser.base.borrow_mut() = self.base.borrow().clone();
        parser.buffer_size.set(self.buffer_size.get());
        parser.buffer_text.set(self.buffer_text.get());
        parser.ordered_attributes.set(self.ordered_attributes.get());
        parser.specified_attributes.set(self.specified_attributes.get());
        parser.keep_entities.set(self.keep_entities.get());
        Ok(parser)
    }

    /// Controls parsing of parameter entities (including the external DTD subset).
    ///
    /// Returns true if setting the flag was successful.
    #[method(name = "SetParamEntityParsing", signature = "($self, flag, /)")]
    fn set_param_entity_parsing(&self, flag: i32) -> i32 {
        let mut engine = self.engine.borrow_mut();
        if self.parsing.get() {
            return 0;
        }
        engine.parameter_parsing = match flag {
            0 => ParameterParsing::Never,
            1 => ParameterParsing::UnlessStandalone,
            _ => ParameterParsing::Always,
        };
        1
    }

    /// Allows the application to provide an artificial external subset.
    #[method(name = "UseForeignDTD", signature = "($self, flag=True, /)")]
    fn use_foreign_dtd(&self, flag: bool) -> Result<()> {
        if self.parsing.get() {
            return Err(self.failed(Code::CantChange));
        }
        self.engine.borrow_mut().foreign_dtd = flag;
        Ok(())
    }

    /// Enable/Disable reparse deferral.
    #[method(name = "SetReparseDeferralEnabled", signature = "($self, enabled, /)")]
    fn set_reparse_deferral_enabled(&self, enabled: bool) {
        self.engine.borrow_mut().defer = enabled;
    }

    /// Retrieve reparse deferral enabled status.
    #[method(name = "GetReparseDeferralEnabled", signature = "($self, /)")]
    fn get_reparse_deferral_enabled(&self) -> bool {
        self.engine.borrow().defer
    }

    /// Sets the number of output bytes needed to activate protection against billion laughs attacks.
    #[method(
        name = "SetBillionLaughsAttackProtectionActivationThreshold",
        signature = "($self, threshold, /)"
    )]
    fn set_laughs_threshold(&self, threshold: u64) -> Result<()> {
        self.set_threshold(threshold, true)
    }

    /// Sets the maximum tolerated amplification factor for protection against billion laughs attacks.
    #[method(
        name = "SetBillionLaughsAttackProtectionMaximumAmplification",
        signature = "($self, max_factor, /)"
    )]
    fn set_laughs_factor(&self, max_factor: f64) -> Result<()> {
        self.set_factor(max_factor, true)
    }

    /// Sets the number of allocated bytes needed to activate protection against disproportionate use of memory.
    #[method(name = "SetAllocTrackerActivationThreshold", signature = "($self, threshold, /)")]
    fn set_allocation_threshold(&self, threshold: u64) -> Result<()> {
        self.set_threshold(threshold, false)
    }

    /// Sets the maximum amplification factor between direct input and bytes of dynamic memory allocated.
    #[method(name = "SetAllocTrackerMaximumAmplification", signature = "($self, max_factor, /)")]
    fn set_allocation_factor(&self, max_factor: f64) -> Result<()> {
        self.set_factor(max_factor, false)
    }

    #[getter(name = "ErrorCode")]
    fn error_code(&self) -> i32 {
        self.error.get()
    }

    #[getter(name = "ErrorLineNumber")]
    fn error_line(&self) -> usize {
        self.engine.borrow().current().line
    }

    #[getter(name = "ErrorColumnNumber")]
    fn error_column(&self) -> usize {
        self.engine.borrow().current().column
    }

    #[getter(name = "ErrorByteIndex")]
    fn error_byte(&self) -> i64 {
        let engine = self.engine.borrow();
        if engine.has_started() { engine.current().byte as i64 } else { -1 }
    }

    #[getter(name = "CurrentLineNumber")]
    fn current_line(&self) -> usize {
        self.error_line()
    }

    #[getter(name = "CurrentColumnNumber")]
    fn current_column(&self) -> usize {
        self.error_column()
    }

    #[getter(name = "CurrentByteIndex")]
    fn current_byte(&self) -> i64 {
        self.error_byte()
    }

    #[getter]
    fn buffer_size(&self) -> usize {
        self.buffer_size.get()
    }

    #[setter]
    fn set_buffer_size(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(RuntimeError, "Cannot delete attribute"));
        };
        let Some(size) = value.downcast::<Int>() else {
            return Err(raise!(TypeError, "buffer_size must be an integer"));
        };
        let Some(size) = size.to_i64() else {
            return Err(raise!(OverflowError, "Python int too large to convert to C long"));
        };
        if size <= 0 {
            return Err(raise!(ValueError, "buffer_size must be greater than zero"));
        }
        if size > i32::MAX.into() {
            return Err(raise!(ValueError, "buffer_size must not be greater than {}", i32::MAX));
        }
        if self.buffer_text.get() {
            self.flush()?;
        }
        self.buffer_size.set(size as usize);
        Ok(())
    }

    #[getter]
    fn buffer_text(&self) -> bool {
        self.buffer_text.get()
    }

    #[setter]
    fn set_buffer_text(&self, value: Option<&Object>) -> Result<()> {
        let value = flag(value)?;
        if !value {
            self.flush()?;
        }
        self.buffer_text.set(value);
        Ok(())
    }

    #[getter]
    fn buffer_used(&self) -> usize {
        self.buffer.borrow().len()
    }

    #[getter]
    fn namespace_prefixes(&self) -> bool {
        self.engine.borrow().triplets
    }

    #[setter]
    fn set_namespace_prefixes(&self, value: Option<&Object>) -> Result<()> {
        let value = flag(value)?;
        self.engine.borrow_mut().triplets = value;
        Ok(())
    }

    #[getter]
    fn ordered_attributes(&self) -> bool {
        self.ordered_attributes.get()
    }

    #[setter]
    fn set_ordered_attributes(&self, value: Option<&Object>) -> Result<()> {
        self.ordered_attributes.set(flag(value)?);
        Ok(())
    }

    #[getter]
    fn specified_attributes(&self) -> bool {
        self.specified_attributes.get()
    }

    #[setter]
    fn set_specified_attributes(&self, value: Option<&Object>) -> Result<()> {
        self.specified_attributes.set(flag(value)?);
        Ok(())
    }

    #[getter]
    fn intern(&self) -> Option<Ref<Dict>> {
        self.interned()
    }
}

fn flag(value: Option<&Object>) -> Result<bool> {
    match value {
        Some(value) => value.is_true(),
        None => Err(raise!(RuntimeError, "Cannot delete attribute")),
    }
}
