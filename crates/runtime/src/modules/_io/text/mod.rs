//! `TextIOWrapper`: text over a buffer of bytes. [`read`] decodes, [`write`] encodes, [`position`] finds back to places.

mod lines;
mod position;
mod read;
mod write;

use std::cell::{Cell, RefCell};

use super::base::{self, TextIOBase, is_closed};
use super::buffered::{BufferedRandom, BufferedReader, BufferedWriter, chain};
use super::file::FileIO;
use super::newlines::IncrementalNewlineDecoder;
use super::{Size, closed_file, size_or_all, unsupported};
use crate::codecs::{Native, registry};
use crate::objects::exceptions;
use crate::prelude::*;
pub use lines::line_end;
pub use read::decoded;

const CHUNK: usize = 8192;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Blank,
    Ready,
    Detached,
}

/// How lines end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Newline {
    /// Any way, read as `\n`; written as the system does.
    Translated,
    /// Any way, kept.
    Universal,
    Lf,
    Cr,
    CrLf,
}

impl Newline {
    /// From the argument `newline`.
    pub fn parse(newline: Option<&str>) -> Option<Newline> {
        Some(match newline {
            None => Newline::Translated,
            Some("") => Newline::Universal,
            Some("\n") => Newline::Lf,
            Some("\r") => Newline::Cr,
            Some("\r\n") => Newline::CrLf,
            Some(_) => return None,
        })
    }

    /// Needs a decoder that knows all of them?
    pub fn is_universal(self) -> bool {
        matches!(self, Newline::Translated | Newline::Universal)
    }

    /// What is written for `\n`, where it isn't that.
    pub fn written(self) -> Option<&'static str> {
        match self {
            Newline::Cr => Some("\r"),
            Newline::CrLf => Some("\r\n"),
            _ => None,
        }
    }
}

/// Text over a stream of bytes.
///
/// encoding and errors say how bytes become text, newline what becomes of line ends;
/// with line_buffering each line is passed on when it is complete.
#[class(name = "_io.TextIOWrapper", flags(BASETYPE, GC))]
#[repr(C)]
pub struct TextIOWrapper {
    base: TextIOBase,
    buffer: Link,
    encoding: Link<Str>,
    errors: Link<Str>,
    encoder: Link,
    decoder: Link,
    /// The raw file under a buffer of ours, which tells quickly whether it is closed.
    raw: Link<FileIO>,
    /// What is decoded; read from `used` on.
    decoded: Link<Str>,
    /// The decoder's flags before the last chunk, and the bytes since then.
    snapshot: Link<Tuple>,
    #[gc(skip)]
    state: Cell<State>,
    /// The encoding, if text needs no encoder for it.
    #[gc(skip)]
    native: Cell<Option<Native>>,
    #[gc(skip)]
    newline: Cell<Newline>,
    #[gc(skip)]
    line_buffering: Cell<bool>,
    #[gc(skip)]
    write_through: Cell<bool>,
    #[gc(skip)]
    seekable: Cell<bool>,
    #[gc(skip)]
    has_read1: Cell<bool>,
    /// Can `tell` work? Not while the file is iterated over.
    #[gc(skip)]
    telling: Cell<bool>,
    #[gc(skip)]
    finalizing: Cell<bool>,
    #[gc(skip)]
    chunk_size: Cell<usize>,
    #[gc(skip)]
    used: Cell<usize>,
    /// Bytes a character, in the last chunk.
    #[gc(skip)]
    ratio: Cell<f64>,
    /// What is encoded and not yet written.
    #[gc(skip)]
    pending: RefCell<Vec<u8>>,
}

/// What `reconfigure` got for `newline`.
enum NewlineArgument {
    Same,
    Set(Newline),
}

fn newline_of(newline: Option<&str>) -> Result<Newline> {
    Newline::parse(newline)
        .ok_or_else(|| raise!(ValueError, "illegal newline value: {}", newline.unwrap_or_default()))
}

impl TextIOWrapper {
    fn ready(&self) -> Result<()> {
        match self.state.get() {
            State::Blank => Err(raise!(ValueError, "I/O operation on uninitialized object")),
            _ => Ok(()),
        }
    }

    fn buffer(&self) -> Result {
        self.ready()?;
        self.buffer.get().ok_or_else(|| raise!(ValueError, "underlying buffer has been detached"))
    }

    /// The buffer, if the file is open.
    fn check(&self) -> Result {
        let buffer = self.buffer()?;
        let closed = match self.raw.get() {
            Some(raw) if self.is::<TextIOWrapper>() => raw.is_closed(),
            _ => is_closed(self)?,
        };
        if closed { Err(closed_file()) } else { Ok(buffer) }
    }

    fn set_decoded(&self, text: Option<Ref<Str>>) {
        self.used.set(0);
        self.decoded.set(text);
    }

    /// What was read ahead counts no more.
    fn forget(&self) {
        self.set_decoded(None);
        self.snapshot.set(None);
    }

    /// Sets encoding, errors and line ends, with the coders that they need.
    fn set_codec(&self, buffer: &Object, encoding: &Str, errors: &Str, newline: Newline) -> Result<()> {
        let codec = registry::lookup_text(encoding.to_utf8()?, None)?;
        self.decoder.set(None);
        self.encoder.set(None);
        self.newline.set(newline);
        self.errors.set(Some(Str::exact(errors)));
        self.encoding.set(Some(Str::exact(encoding)));
        if buffer.call_method(intern!("readable"), &[])?.is_true()? {
            let mut decoder = codec.call_method(intern!("incrementaldecoder"), &[errors])?;
            if newline.is_universal() {
                let translate = py_bool(newline == Newline::Translated);
                decoder = IncrementalNewlineDecoder::type_object().call(&[&decoder, &translate])?;
            }
            self.decoder.set(Some(decoder));
        }
        self.native.set(None);
        if buffer.call_method(intern!("writable"), &[])?.is_true()? {
            self.encoder.set(Some(codec.call_method(intern!("incrementalencoder"), &[errors])?));
            if let Some(name) = codec.get_attr_opt(intern!("name"))?
                && let Some(name) = name.downcast::<Str>().and_then(Str::as_utf8)
            {
                self.native.set(match name {
                    "utf-8" => Some(Native::Utf8),
                    "ascii" => Some(Native::Ascii),
                    "iso8859-1" => Some(Native::Latin1),
                    _ => None,
                });
            }
        }
        Ok(())
    }

    /// An encoder that goes on in the midst of a file writes no mark.
    fn fix_encoder(&self, buffer: &Object) -> Result<()> {
        let Some(encoder) = self.encoder.get().filter(|_| self.seekable.get()) else { return Ok(()) };
        let position = buffer.call_method(intern!("tell"), &[])?;
        if !position.rich_compare_bool(&Int::new(0), CompareOp::Eq)? {
            encoder.call_method(intern!("setstate"), &[&*Int::new(0)])?;
        }
        Ok(())
    }
}

/// The encoding that "locale" and None mean.
fn locale_encoding() -> Ref<Str> {
    Str::from_string(crate::startup::locale::encoding())
}

#[methods(parts(reading, writing, positions, attributes))]
impl TextIOWrapper {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<TextIOWrapper> {
        Ref::new_in(
            class,
            TextIOWrapper {
                base: TextIOBase::blank(),
                buffer: Link::null(),
                encoding: Link::null(),
                errors: Link::null(),
                encoder: Link::null(),
                decoder: Link::null(),
                raw: Link::null(),
                decoded: Link::null(),
                snapshot: Link::null(),
                state: Cell::new(State::Blank),
                native: Cell::new(None),
                newline: Cell::new(Newline::Translated),
                line_buffering: Cell::new(false),
                write_through: Cell::new(false),
                seekable: Cell::new(false),
                has_read1: Cell::new(false),
                telling: Cell::new(false),
                finalizing: Cell::new(false),
                chunk_size: Cell::new(CHUNK),
                used: Cell::new(0),
                ratio: Cell::new(0.0),
                pending: RefCell::default(),
            },
        )
    }

    #[init(
        signature = "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"
    )]
    fn init(
        &self,
        buffer: &Object,
        encoding: OrNone<&Str>,
        errors: Option<&Object>,
        newline: OrNone<&str>,
        line_buffering: bool,
        write_through: bool,
    ) -> Result<()> {
        self.state.set(State::Blank);
        if let Some(encoding) = encoding.0 {
            if encoding.code_points().any(|code| code == 0) {
                return Err(raise!(ValueError, "embedded null character"));
            }
        } else if crate::startup::config().warn_default_encoding {
            let message = "'encoding' argument not specified";
            crate::warnings::warn(&exceptions::EncodingWarning, message, 1)?;
        }
        let errors = match errors.filter(|errors| !errors.is_none()) {
            None => Str::new("strict"),
            Some(errors) => match errors.downcast::<Str>() {
                Some(errors) => Str::exact(errors),
                None => {
                    return Err(raise!(
                        TypeError,
                        "TextIOWrapper() argument 'errors' must be str or None, not {}",
                        errors.ty().full_name()
                    ));
                }
            },
        };
        check_errors(&errors)?;
        let newline = newline_of(newline.0)?;
        self.forget();
        self.pending.take();
        self.ratio.set(0.0);
        self.raw.set(None);
        let encoding = match encoding.0 {
            Some(encoding) if !encoding.eq_str("locale") => Str::exact(encoding),
            _ => locale_encoding(),
        };
        self.chunk_size.set(CHUNK);
        self.line_buffering.set(line_buffering);
        self.write_through.set(write_through);
        self.set_codec(buffer, &encoding, &errors, newline)?;
        self.buffer.set(Some(buffer.to_ref()));
        if buffer.is::<BufferedReader>() || buffer.is::<BufferedWriter>() || buffer.is::<BufferedRandom>() {
            let raw = buffer.get_attr(intern!("raw"))?;
            self.raw.set(raw.cast_exact::<FileIO>().ok());
        }
        let seekable = buffer.call_method(intern!("seekable"), &[])?.is_true()?;
        self.seekable.set(seekable);
        self.telling.set(seekable);
        self.has_read1.set(buffer.has_attr(intern!("read1"))?);
        self.fix_encoder(buffer)?;
        self.state.set(State::Ready);
        Ok(())
    }

    /// Change the settings of the stream, after a flush.
    #[method(
        signature = "($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        &self,
        encoding: Option<&Object>,
        errors: Option<&Object>,
        newline: Option<&Object>,
        line_buffering: OrNone<i32>,
        write_through: OrNone<i32>,
    ) -> Result<()> {
        let buffer = self.buffer()?;
        let given = |value: Option<&Object>, name: &str| -> Result<Option<Ref<Str>>> {
            match value.filter(|value| !value.is_none()) {
                None => Ok(None),
                Some(value) => match value.downcast::<Str>() {
                    Some(text) => Ok(Some(Str::exact(text))),
                    None => Err(raise!(
                        TypeError,
                        "reconfigure() argument '{name}' must be str or None, not {}",
                        value.ty().full_name()
                    )),
                },
            }
        };
        let (encoding, errors) = (given(encoding, "encoding")?, given(errors, "errors")?);
        let newline = match newline.filter(|newline| !newline.is_same(&ellipsis())) {
            None => NewlineArgument::Same,
            Some(newline) => {
                let newline = given(Some(newline), "newline")?;
                let text = newline.as_deref().map(Str::to_utf8).transpose()?;
                NewlineArgument::Set(newline_of(text)?)
            }
        };
        let same = matches!(newline, NewlineArgument::Same);
        if self.decoded.get().is_some() && (encoding.is_some() || errors.is_some() || !same) {
            return Err(unsupported(
                "It is not possible to set the encoding or newline of stream after the first read",
            ));
        }
        self.call_method(intern!("flush"), &[])?;
        self.ratio.set(0.0);
        let newline = match newline {
            NewlineArgument::Same => self.newline.get(),
            NewlineArgument::Set(newline) => newline,
        };
        if encoding.is_some() || errors.is_some() || !same {
            let errors = match (errors, &encoding) {
                (Some(errors), _) => errors,
                (None, Some(_)) => Str::new("strict"),
                (None, None) => self.errors.get().unwrap_or_else(|| Str::new("strict")),
            };
            let encoding = match encoding {
                Some(encoding) if encoding.eq_str("locale") => locale_encoding(),
                Some(encoding) => encoding,
                None => self.encoding.get().unwrap_or_else(locale_encoding),
            };
            check_errors(&errors)?;
            self.set_codec(&buffer, &encoding, &errors, newline)?;
            self.fix_encoder(&buffer)?;
        }
        self.line_buffering.set(line_buffering.0.map_or(self.line_buffering.get(), |flag| flag != 0));
        self.write_through.set(write_through.0.map_or(self.write_through.get(), |flag| flag != 0));
        Ok(())
    }

    #[method(signature = "($self, /)", doc = "")]
    fn flush(&self) -> Result {
        let buffer = self.check()?;
        self.telling.set(self.seekable.get());
        self.write_pending(&buffer)?;
        buffer.call_method(intern!("flush"), &[])
    }

    #[method(signature = "($self, /)", doc = "")]
    fn close(&self) -> Result {
        let buffer = self.buffer()?;
        // Asking may have detached it.
        if is_closed(self)? || self.state.get() == State::Detached {
            return Ok(none());
        }
        if self.finalizing.get()
            && let Err(raised) = buffer.call_method(intern!("_dealloc_warn"), &[self])
        {
            raised.clear();
        }
        let flushed = self.call_method(intern!("flush"), &[]).err().map(Raised::take);
        chain(flushed, buffer.call_method(intern!("close"), &[]))
    }

    #[method(signature = "($self, /)", doc = "")]
    fn detach(&self) -> Result {
        self.buffer()?;
        self.call_method(intern!("flush"), &[])?;
        let buffer = self.buffer()?;
        self.buffer.set(None);
        self.raw.set(None);
        self.state.set(State::Detached);
        Ok(buffer)
    }

    #[method(name = "__getstate__", hidden_signature, signature = "()")]
    fn getstate(&self) -> Result<()> {
        Err(base::not_picklable(self))
    }
}

/// In development mode a wrong error handler is found at once.
fn check_errors(errors: &Str) -> Result<()> {
    let name = errors.to_utf8()?;
    if name.contains('\0') {
        return Err(raise!(ValueError, "embedded null character"));
    }
    if crate::startup::config().dev_mode {
        registry::lookup_error(name)?;
    }
    Ok(())
}

#[methods(part = attributes)]
impl TextIOWrapper {
    #[method(signature = "($self, /)", doc = "")]
    fn readable(&self) -> Result {
        self.buffer()?.call_method(intern!("readable"), &[])
    }
    #[method(signature = "($self, /)", doc = "")]
    fn writable(&self) -> Result {
        self.buffer()?.call_method(intern!("writable"), &[])
    }
    #[method(name = "seekable", signature = "($self, /)", doc = "")]
    fn is_seekable(&self) -> Result {
        self.buffer()?.call_method(intern!("seekable"), &[])
    }
    #[method(signature = "($self, /)", doc = "")]
    fn fileno(&self) -> Result {
        self.buffer()?.call_method(intern!("fileno"), &[])
    }
    #[method(signature = "($self, /)", doc = "")]
    fn isatty(&self) -> Result {
        self.buffer()?.call_method(intern!("isatty"), &[])
    }

    #[getter(name = "buffer")]
    fn buffer_attribute(&self) -> Option<Ref> {
        self.buffer.get()
    }
    #[getter(name = "encoding")]
    fn encoding_attribute(&self) -> Option<Ref<Str>> {
        self.encoding.get()
    }
    #[getter(name = "errors")]
    fn errors_attribute(&self) -> Result<Option<Ref<Str>>> {
        self.ready()?;
        Ok(self.errors.get())
    }
    #[getter(name = "line_buffering")]
    fn line_buffering_attribute(&self) -> bool {
        self.line_buffering.get()
    }
    #[getter(name = "write_through")]
    fn write_through_attribute(&self) -> bool {
        self.write_through.get()
    }
    #[getter(name = "_finalizing")]
    fn finalizing_attribute(&self) -> bool {
        self.finalizing.get()
    }
    #[setter(name = "_finalizing")]
    fn set_finalizing_attribute(&self, value: Option<&Object>) -> Result<()> {
        self.finalizing.set(base::truth(value)?);
        Ok(())
    }
    #[getter]
    fn name(&self) -> Result {
        self.buffer()?.get_attr(intern!("name"))
    }
    #[getter]
    fn closed(&self) -> Result {
        self.buffer()?.get_attr(intern!("closed"))
    }
    #[getter(name = "newlines")]
    fn newlines_attribute(&self) -> Result {
        self.buffer()?;
        match self.decoder.get() {
            Some(decoder) => Ok(decoder.get_attr_opt(intern!("newlines"))?.unwrap_or_else(none)),
            None => Ok(none()),
        }
    }
    #[getter(name = "_CHUNK_SIZE")]
    fn chunk_size_attribute(&self) -> Result<usize> {
        self.buffer()?;
        Ok(self.chunk_size.get())
    }
    #[setter(name = "_CHUNK_SIZE")]
    fn set_chunk_size_attribute(&self, value: Option<&Object>) -> Result<()> {
        self.buffer()?;
        let Some(value) = value else {
            let class = self.ty().full_name();
            return Err(raise!(
                AttributeError,
                "attribute '_CHUNK_SIZE' of '{class}' objects cannot be deleted"
            ));
        };
        match usize::try_from(value.to_isize_index(&exceptions::ValueError)?) {
            Ok(size) if size > 0 => {
                self.chunk_size.set(size);
                Ok(())
            }
            _ => Err(raise!(ValueError, "a strictly positive integer is required")),
        }
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        self.ready()?;
        base::guarded_repr(self, || {
            let mut text = format!("<{}", self.ty().full_name());
            for (attribute, label) in [(intern!("name"), "name"), (intern!("mode"), "mode")] {
                match self.get_attr_opt(attribute) {
                    Ok(Some(value)) => text.push_str(&format!(" {label}={}", value.repr()?)),
                    Ok(None) => {}
                    Err(raised) if raised.matches(&exceptions::ValueError) => raised.clear(),
                    Err(raised) => return Err(raised),
                }
            }
            let encoding = self.encoding.get().unwrap_or_else(locale_encoding);
            text.push_str(&format!(" encoding={}>", encoding.repr()?));
            Ok(text)
        })
    }
}
