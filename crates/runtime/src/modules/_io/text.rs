//! `TextIOWrapper`: text over a buffer of bytes.

use std::cell::{Cell, RefCell};

use super::base::{TextIOBase, is_closed};
use super::newlines::IncrementalNewlineDecoder;
use super::{Size, closed_file, limit, unsupported};
use crate::codecs::registry;
use crate::objects::exceptions;
use crate::objects::str::StrBuilder;
use crate::prelude::*;

const CHUNK: usize = 8192;

/// Character and line based layer over a BufferedIOBase object, buffer.
#[class(name = "_io.TextIOWrapper", flags(BASETYPE, GC))]
#[repr(C)]
pub struct TextIOWrapper {
    base: TextIOBase,
    buffer: Link,
    encoding: Link<Str>,
    errors: Link<Str>,
    decoder: Link,
    #[gc(skip)]
    newline: RefCell<Option<String>>,
    #[gc(skip)]
    line_buffering: Cell<bool>,
    #[gc(skip)]
    write_through: Cell<bool>,
    #[gc(skip)]
    detached: Cell<bool>,
    #[gc(skip)]
    started: Cell<bool>,
    /// What is decoded and not yet read, from `used` on.
    #[gc(skip)]
    decoded: RefCell<Vec<u32>>,
    #[gc(skip)]
    used: Cell<usize>,
    /// The decoder's state before the last chunk, and the chunk.
    #[gc(skip)]
    snapshot: RefCell<Option<(i64, Vec<u8>)>>,
    /// What is encoded and not yet written.
    #[gc(skip)]
    pending: RefCell<Vec<u8>>,
}

fn text_of(codes: &[u32]) -> Result<Ref<Str>> {
    let mut text = StrBuilder::with_capacity(codes.len());
    codes.iter().for_each(|&code| text.push(code));
    text.try_finish()
}

impl TextIOWrapper {
    fn buffer(&self) -> Result {
        self.buffer.get().ok_or_else(|| match self.detached.get() {
            true => raise!(ValueError, "underlying buffer has been detached"),
            false => raise!(ValueError, "I/O operation on uninitialized object"),
        })
    }

    fn check(&self) -> Result {
        let buffer = self.buffer()?;
        if is_closed(&buffer)? { Err(closed_file()) } else { Ok(buffer) }
    }

    fn forget(&self) {
        self.decoded.borrow_mut().clear();
        self.used.set(0);
        self.snapshot.replace(None);
    }

    /// The decoder, made on first use.
    fn decoder(&self) -> Result {
        if let Some(decoder) = self.decoder.get() {
            return Ok(decoder);
        }
        let (encoding, errors) = (self.encoding_text()?, self.errors_text()?);
        let codec = registry::lookup(encoding.to_utf8()?)?;
        let mut decoder = codec.call_method(intern!("incrementaldecoder"), &[&errors])?;
        let newline = self.newline.borrow().clone();
        if newline.as_deref().is_none_or(str::is_empty) {
            let translate = py_bool(newline.is_none());
            decoder = IncrementalNewlineDecoder::type_object().call(&[&decoder, &translate])?;
        }
        self.decoder.set(Some(decoder.clone()));
        Ok(decoder)
    }

    fn encoding_text(&self) -> Result<Ref<Str>> {
        self.encoding.get().ok_or_else(|| raise!(ValueError, "I/O operation on uninitialized object"))
    }

    fn errors_text(&self) -> Result<Ref<Str>> {
        self.errors.get().ok_or_else(|| raise!(ValueError, "I/O operation on uninitialized object"))
    }

    /// Decodes one more chunk; false at the end.
    fn read_chunk(&self, buffer: &Object) -> Result<bool> {
        let decoder = self.decoder()?;
        let state = decoder.call_method(intern!("getstate"), &[])?;
        let (carried, flags) = match state.downcast::<Tuple>().map(Tuple::as_slice) {
            Some([carried, flags]) => {
                let carried = carried.downcast::<Bytes>().map(|bytes| bytes.as_slice().to_vec());
                (carried.unwrap_or_default(), flags.index()?.to_i64().unwrap_or(0))
            }
            _ => return Err(raise!(TypeError, "illegal decoder state")),
        };
        let method = if buffer.has_attr(intern!("read1"))? { intern!("read1") } else { intern!("read") };
        let data = buffer.call_method(method, &[&*Int::from_usize(CHUNK)])?;
        let Ok(bytes) = BytesLike::of(&data) else {
            Raised::assume_set().clear();
            return Err(raise!(
                TypeError,
                "underlying {}() should have returned a bytes-like object, not '{}'",
                method,
                data.ty().full_name()
            ));
        };
        let end = bytes.is_empty();
        let text = decoder.call_method(intern!("decode"), &[&data, &py_bool(end)])?;
        let Some(text) = text.downcast::<Str>() else {
            let kind = text.ty().full_name();
            return Err(raise!(TypeError, "decoder should return a string result, not '{kind}'"));
        };
        let mut chunk = carried;
        chunk.extend_from_slice(&bytes);
        let mut decoded = self.decoded.borrow_mut();
        // The snapshot belongs to what starts here.
        if self.used.get() == decoded.len() {
            decoded.clear();
            self.used.set(0);
            self.snapshot.replace(Some((flags, chunk)));
        } else if let Some((_, known)) = &mut *self.snapshot.borrow_mut() {
            known.extend_from_slice(&bytes);
        }
        decoded.extend(text.code_points());
        Ok(!end || !text.is_empty())
    }

    fn take(&self, count: usize) -> Result<Ref<Str>> {
        let decoded = self.decoded.borrow();
        let start = self.used.get();
        let end = start + count.min(decoded.len() - start);
        self.used.set(end);
        text_of(&decoded[start..end])
    }

    fn available(&self) -> usize {
        self.decoded.borrow().len() - self.used.get()
    }

    /// The length of the first line in what is decoded, if it is complete.
    fn line_length(&self, from: usize) -> Option<usize> {
        let decoded = self.decoded.borrow();
        let rest = &decoded[self.used.get()..];
        let newline = self.newline.borrow();
        let at = |index: usize| rest.get(index).copied();
        match newline.as_deref() {
            None | Some("\n") => (from..rest.len()).find(|&i| at(i) == Some(10)).map(|i| i + 1),
            Some("") => (from..rest.len()).find_map(|i| match (at(i), at(i + 1)) {
                (Some(13), Some(10)) => Some(i + 2),
                (Some(10 | 13), _) => Some(i + 1),
                _ => None,
            }),
            Some("\r") => (from..rest.len()).find(|&i| at(i) == Some(13)).map(|i| i + 1),
            Some(_) => (from.saturating_sub(1)..rest.len())
                .find(|&i| at(i) == Some(13) && at(i + 1) == Some(10))
                .map(|i| i + 2),
        }
    }

    fn line(&self, size: Option<usize>) -> Result<Ref<Str>> {
        let buffer = self.check()?;
        self.write_pending(&buffer)?;
        let mut searched = 0;
        loop {
            if let Some(length) = self.line_length(searched) {
                return self.take(length.min(size.unwrap_or(usize::MAX)));
            }
            searched = self.available();
            if size.is_some_and(|size| searched >= size) {
                return self.take(size.unwrap_or(0));
            }
            if !self.read_chunk(&buffer)? {
                let rest = self.take(usize::MAX)?;
                if rest.is_empty() {
                    self.snapshot.replace(None);
                }
                return Ok(rest);
            }
        }
    }

    fn write_pending(&self, buffer: &Object) -> Result<()> {
        let data = self.pending.take();
        if !data.is_empty() {
            buffer.call_method(intern!("write"), &[&*Bytes::try_new(&data)?])?;
        }
        Ok(())
    }

    /// Text in the encoding; the mark at the start of a file is written once.
    fn encode(&self, text: &Str) -> Result<Vec<u8>> {
        let (encoding, errors) = (self.encoding_text()?, self.errors_text()?);
        let name = encoding.to_utf8()?;
        let bytes = crate::codecs::encode_to_bytes(text, Some(name), Some(errors.to_utf8()?))?;
        let mark: &[u8] = match registry::normalize(name).as_str() {
            "utf_16" | "utf16" => &[0xff, 0xfe],
            "utf_32" | "utf32" => &[0xff, 0xfe, 0, 0],
            "utf_8_sig" => &[0xef, 0xbb, 0xbf],
            _ => &[],
        };
        let started = self.started.replace(true);
        let bytes = bytes.as_slice();
        Ok(if started { bytes.strip_prefix(mark).unwrap_or(bytes).to_vec() } else { bytes.to_vec() })
    }

    fn set_newline(&self, newline: Option<&str>) -> Result<()> {
        if let Some(newline) = newline
            && !["", "\n", "\r", "\r\n"].contains(&newline)
        {
            return Err(raise!(ValueError, "illegal newline value: {}", Str::new(newline).repr()?));
        }
        self.newline.replace(newline.map(str::to_string));
        Ok(())
    }
}

#[methods]
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
                decoder: Link::null(),
                newline: RefCell::new(None),
                line_buffering: Cell::new(false),
                write_through: Cell::new(false),
                detached: Cell::new(false),
                started: Cell::new(false),
                decoded: RefCell::default(),
                used: Cell::new(0),
                snapshot: RefCell::default(),
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
        encoding: OrNone<&str>,
        errors: OrNone<&str>,
        newline: OrNone<&str>,
        line_buffering: bool,
        write_through: bool,
    ) -> Result<()> {
        self.set_newline(newline.0)?;
        let encoding = encoding.0.filter(|&encoding| encoding != "locale").unwrap_or("UTF-8");
        if crate::codecs::Native::named(encoding).is_none() {
            registry::lookup_text(encoding, "codecs.open()")?;
        }
        self.encoding.set(Some(Str::new(encoding)));
        self.errors.set(Some(Str::new(errors.0.unwrap_or("strict"))));
        self.line_buffering.set(line_buffering);
        self.write_through.set(write_through);
        self.decoder.set(None);
        self.forget();
        self.pending.take();
        self.detached.set(false);
        self.buffer.set(Some(buffer.to_ref()));
        // A file that is continued has its mark already.
        let mut started = false;
        if buffer.call_method(intern!("seekable"), &[])?.is_true()?
            && buffer.call_method(intern!("writable"), &[])?.is_true()?
        {
            started = buffer.call_method(intern!("tell"), &[])?.is_true()?;
        }
        self.started.set(started);
        Ok(())
    }

    /// Reconfigure the text stream with new parameters.
    #[method(
        signature = "($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        &self,
        encoding: OrNone<&str>,
        errors: OrNone<&str>,
        newline: Option<OrNone<&str>>,
        line_buffering: OrNone<bool>,
        write_through: OrNone<bool>,
    ) -> Result<()> {
        let (encoding, errors) = (encoding.0, errors.0);
        if (self.available() > 0 || self.decoder.get().is_some() && self.snapshot.borrow().is_some())
            && (encoding.is_some() || errors.is_some() || newline.is_some())
        {
            return Err(unsupported(
                "It is not possible to set the encoding or newline of stream after the first read",
            ));
        }
        self.call_method(intern!("flush"), &[])?;
        if let Some(newline) = newline {
            self.set_newline(newline.0)?;
        }
        if let Some(encoding) = encoding {
            let encoding = if encoding == "locale" { "UTF-8" } else { encoding };
            if crate::codecs::Native::named(encoding).is_none() {
                registry::lookup_text(encoding, "codecs.open()")?;
            }
            self.encoding.set(Some(Str::new(encoding)));
            if errors.is_none() {
                self.errors.set(Some(Str::new("strict")));
            }
        }
        if let Some(errors) = errors {
            self.errors.set(Some(Str::new(errors)));
        }
        self.decoder.set(None);
        self.line_buffering.set(line_buffering.0.unwrap_or(self.line_buffering.get()));
        self.write_through.set(write_through.0.unwrap_or(self.write_through.get()));
        Ok(())
    }

    #[method(signature = "($self, text, /)", doc = "")]
    fn write(&self, text: &Str) -> Result<usize> {
        let buffer = self.check()?;
        let has_lf = text.code_points().any(|code| code == 10);
        let has_cr = self.line_buffering.get() && text.code_points().any(|code| code == 13);
        let ending = self.newline.borrow().clone().filter(|newline| newline.starts_with('\r'));
        let bytes = match ending {
            Some(ending) if has_lf => {
                self.encode(&*text.replaced(&Str::new("\n"), &Str::new(&ending), -1)?)?
            }
            _ => self.encode(text)?,
        };
        let flush = self.line_buffering.get() && (has_lf || has_cr);
        self.pending.borrow_mut().extend_from_slice(&bytes);
        if self.pending.borrow().len() >= CHUNK || flush || self.write_through.get() {
            self.write_pending(&buffer)?;
        }
        if flush {
            buffer.call_method(intern!("flush"), &[])?;
        }
        if self.decoder.get().is_some() {
            self.forget();
        }
        Ok(text.len())
    }

    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read(&self, size: Option<Size>) -> Result<Ref<Str>> {
        let buffer = self.check()?;
        self.write_pending(&buffer)?;
        let Some(size) = limit(size) else {
            let decoder = self.decoder()?;
            let data = buffer.call_method(intern!("read"), &[])?;
            let text = decoder.call_method(intern!("decode"), &[&data, &py_true()])?;
            let Some(text) = text.downcast::<Str>() else {
                let kind = text.ty().full_name();
                return Err(raise!(TypeError, "decoder should return a string result, not '{kind}'"));
            };
            let start = self.take(usize::MAX)?;
            self.forget();
            return start.concat(text);
        };
        while self.available() < size && self.read_chunk(&buffer)? {}
        self.take(size)
    }

    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn readline(&self, size: Option<Size>) -> Result<Ref<Str>> {
        self.line(limit(size))
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let line = if self.is::<TextIOWrapper>() {
            self.line(None)?.into_object()
        } else {
            self.call_method(intern!("readline"), &[])?
        };
        Ok((line.length()? != 0).then_some(line))
    }

    #[method(signature = "($self, /)", doc = "")]
    fn flush(&self) -> Result {
        let buffer = self.check()?;
        self.write_pending(&buffer)?;
        buffer.call_method(intern!("flush"), &[])
    }

    #[method(signature = "($self, /)", doc = "")]
    fn close(&self) -> Result {
        let buffer = self.buffer()?;
        if is_closed(&buffer)? {
            return Ok(none());
        }
        let flushed = self.call_method(intern!("flush"), &[]).err().map(Raised::take);
        let closed = buffer.call_method(intern!("close"), &[]);
        match flushed {
            Some(exception) if closed.is_ok() => Err(crate::errors::restore(exception)),
            _ => closed,
        }
    }

    #[method(signature = "($self, /)", doc = "")]
    fn detach(&self) -> Result {
        self.call_method(intern!("flush"), &[])?;
        let buffer = self.buffer()?;
        self.buffer.set(None);
        self.detached.set(true);
        Ok(buffer)
    }

    #[method(signature = "($self, /)", doc = "")]
    fn tell(&self) -> Result<i64> {
        let buffer = self.check()?;
        if !buffer.call_method(intern!("seekable"), &[])?.is_true()? {
            return Err(unsupported("underlying stream is not seekable"));
        }
        self.call_method(intern!("flush"), &[])?;
        let position = buffer.call_method(intern!("tell"), &[])?.index()?.to_i64().unwrap_or(0);
        let snapshot = self.snapshot.borrow().clone();
        let (Some((flags, chunk)), Some(decoder)) = (snapshot, self.decoder.get()) else {
            return Ok(position);
        };
        let start = position - chunk.len() as i64;
        let used = self.used.get();
        if used == 0 {
            return Ok(start);
        }
        if self.available() == 0 {
            return Ok(position);
        }
        // Feed the decoder byte by byte from where the chunk began until it has given what was read.
        let saved = decoder.call_method(intern!("getstate"), &[])?;
        let state = Tuple::pack([Bytes::empty().into_object(), Int::new(flags).into_object()]);
        decoder.call_method(intern!("setstate"), &[&state])?;
        let (mut given, mut fed) = (0, 0);
        for (index, &byte) in chunk.iter().enumerate() {
            let text = decoder.call_method(intern!("decode"), &[&*Bytes::from_byte(byte)])?;
            given += text.length()?;
            fed = index + 1;
            if given >= used {
                break;
            }
        }
        decoder.call_method(intern!("setstate"), &[&saved])?;
        Ok(start + fed as i64)
    }

    #[method(signature = "($self, cookie, whence=0, /)", doc = "")]
    fn seek(&self, cookie: &Object, whence: Option<i32>) -> Result {
        let buffer = self.check()?;
        if !buffer.call_method(intern!("seekable"), &[])?.is_true()? {
            return Err(unsupported("underlying stream is not seekable"));
        }
        let mut target = cookie.to_ref();
        match whence.unwrap_or(0) {
            0 if cookie.index()?.sign() < 0 => {
                return Err(raise!(ValueError, "negative seek position {}", cookie.repr()?));
            }
            0 => {}
            1 if cookie.is_true()? => return Err(unsupported("can't do nonzero cur-relative seeks")),
            1 => target = Int::new(self.tell()?).into_object(),
            2 if cookie.is_true()? => return Err(unsupported("can't do nonzero end-relative seeks")),
            2 => {}
            other => {
                return Err(raise!(ValueError, "invalid whence ({other}, should be 0, 1 or 2)"));
            }
        }
        self.call_method(intern!("flush"), &[])?;
        self.forget();
        if let Some(decoder) = self.decoder.get() {
            decoder.call_method(intern!("reset"), &[])?;
        }
        let whence = if whence == Some(2) { 2 } else { 0 };
        let position = buffer.call_method(intern!("seek"), &[&target, &*Int::new(whence)])?;
        self.started.set(position.is_true()?);
        Ok(position)
    }

    #[method(signature = "($self, pos=None, /)", doc = "")]
    fn truncate(&self, pos: Option<&Object>) -> Result {
        self.call_method(intern!("flush"), &[])?;
        let nothing = none();
        self.buffer()?.call_method(intern!("truncate"), &[pos.unwrap_or(&nothing)])
    }

    #[method(signature = "($self, /)", doc = "")]
    fn readable(&self) -> Result {
        self.buffer()?.call_method(intern!("readable"), &[])
    }
    #[method(signature = "($self, /)", doc = "")]
    fn writable(&self) -> Result {
        self.buffer()?.call_method(intern!("writable"), &[])
    }
    #[method(signature = "($self, /)", doc = "")]
    fn seekable(&self) -> Result {
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
    fn buffer_attribute(&self) -> Result {
        self.buffer()
    }
    #[getter(name = "encoding")]
    fn encoding_attribute(&self) -> Option<Ref<Str>> {
        self.encoding.get()
    }
    #[getter(name = "errors")]
    fn errors_attribute(&self) -> Option<Ref<Str>> {
        self.errors.get()
    }
    #[getter(name = "line_buffering")]
    fn line_buffering_attribute(&self) -> bool {
        self.line_buffering.get()
    }
    #[getter(name = "write_through")]
    fn write_through_attribute(&self) -> bool {
        self.write_through.get()
    }
    #[getter]
    fn name(&self) -> Result {
        self.buffer()?.get_attr(intern!("name"))
    }
    #[getter]
    fn closed(&self) -> Result {
        self.buffer()?.get_attr(intern!("closed"))
    }
    #[getter]
    fn newlines(&self) -> Result {
        match self.decoder.get() {
            Some(decoder) => Ok(decoder.get_attr_opt(intern!("newlines"))?.unwrap_or_else(none)),
            None => Ok(none()),
        }
    }
    #[getter(name = "_CHUNK_SIZE")]
    fn chunk_size(&self) -> usize {
        CHUNK
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let mut text = format!("<{}", self.ty().full_name());
        for (attribute, label) in [(intern!("name"), "name"), (intern!("mode"), "mode")] {
            match self.get_attr_opt(attribute) {
                Ok(Some(value)) => text.push_str(&format!(" {label}={}", value.repr()?)),
                Ok(None) => {}
                Err(raised) if raised.matches(&exceptions::ValueError) => raised.clear(),
                Err(raised) => return Err(raised),
            }
        }
        text.push_str(&format!(" encoding={}>", self.encoding_text()?.repr()?));
        Ok(text)
    }
}
