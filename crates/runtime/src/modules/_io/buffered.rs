//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: one buffer over a raw file; `BufferedRWPair`: two of them.

use std::cell::{Cell, RefCell};

use super::base::{BufferedIOBase, is_closed};
use super::file::FileIO;
use super::{Size, limit, unsupported};
use crate::objects::exceptions;
use crate::prelude::*;

/// The state of a buffer.
#[repr(C)]
pub struct Buffer {
    raw: Link,
    size: Cell<usize>,
    detached: Cell<bool>,
    /// What was read ahead, and how much of it is used.
    ahead: RefCell<Vec<u8>>,
    used: Cell<usize>,
    /// What is still to be written.
    pending: RefCell<Vec<u8>>,
}

impl Traverse for Buffer {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.raw.traverse(visitor)
    }
    fn drop_references(&self) {
        Traverse::drop_references(&self.raw);
    }
}

impl Buffer {
    fn blank() -> Buffer {
        Buffer {
            raw: Link::null(),
            size: Cell::new(0),
            detached: Cell::new(false),
            ahead: RefCell::default(),
            used: Cell::new(0),
            pending: RefCell::default(),
        }
    }

    fn init(&self, raw: &Object, size: isize) -> Result<()> {
        match usize::try_from(size) {
            Ok(size) if size > 0 => self.size.set(size),
            _ => return Err(raise!(ValueError, "buffer size must be strictly positive")),
        }
        self.raw.set(Some(raw.to_ref()));
        self.detached.set(false);
        self.forget();
        self.pending.take();
        Ok(())
    }

    fn raw(&self) -> Result {
        self.raw.get().ok_or_else(|| match self.detached.get() {
            true => raise!(ValueError, "raw stream has been detached"),
            false => raise!(ValueError, "I/O operation on uninitialized object"),
        })
    }

    fn check(&self, doing: &str) -> Result {
        let raw = self.raw()?;
        if is_closed(&raw)? { Err(raise!(ValueError, "{doing} closed file")) } else { Ok(raw) }
    }

    fn unread(&self) -> usize {
        self.ahead.borrow().len() - self.used.get()
    }

    fn forget(&self) {
        self.ahead.borrow_mut().clear();
        self.used.set(0);
    }

    /// Takes bytes that were read ahead.
    fn take(&self, count: usize) -> Vec<u8> {
        let start = self.used.get();
        let end = start + count.min(self.unread());
        let bytes = self.ahead.borrow()[start..end].to_vec();
        self.used.set(end);
        bytes
    }

    /// One read of the raw file; `None` if it has nothing now.
    fn read_raw(&self, raw: &Object, size: usize) -> Result<Option<Vec<u8>>> {
        if let Some(file) = raw.downcast_exact::<FileIO>() {
            return file.read_some(size);
        }
        let target = crate::objects::bytearray::ByteArray::try_new(&vec![0; size])?;
        let view = crate::objects::memoryview::MemoryView::of(&target)?;
        let count = raw.call_method(intern!("readinto"), &[&view])?;
        view.call_method(intern!("release"), &[])?;
        if count.is_none() {
            return Ok(None);
        }
        let count = count.to_isize_index(&exceptions::ValueError)?;
        match usize::try_from(count) {
            Ok(length) if length <= size => Ok(Some(target.to_vec()[..length].to_vec())),
            _ => Err(raise!(
                OSError,
                "raw readinto() returned invalid length {count} (should have been between 0 and {size})"
            )),
        }
    }

    /// Reads ahead, if nothing is unread; false at the end or if there is nothing now.
    fn fill(&self, raw: &Object) -> Result<Option<bool>> {
        if self.unread() > 0 {
            return Ok(Some(true));
        }
        let Some(data) = self.read_raw(raw, self.size.get())? else { return Ok(None) };
        let some = !data.is_empty();
        self.ahead.replace(data);
        self.used.set(0);
        Ok(Some(some))
    }

    fn read(&self, size: Option<usize>) -> Result<Option<Vec<u8>>> {
        let raw = self.check("read of")?;
        self.write_pending(&raw)?;
        let mut data = self.take(size.unwrap_or(usize::MAX));
        let Some(size) = size else {
            self.forget();
            if let Some(file) = raw.downcast_exact::<FileIO>() {
                let rest = file.call_method(intern!("readall"), &[])?;
                match rest.downcast::<Bytes>() {
                    Some(rest) => data.extend_from_slice(rest.as_slice()),
                    None if data.is_empty() => return Ok(None),
                    None => {}
                }
                return Ok(Some(data));
            }
            loop {
                match self.read_raw(&raw, self.size.get())? {
                    Some(piece) if piece.is_empty() => return Ok(Some(data)),
                    Some(piece) => data.extend_from_slice(&piece),
                    None if data.is_empty() => return Ok(None),
                    None => return Ok(Some(data)),
                }
            }
        };
        while data.len() < size {
            match self.fill(&raw)? {
                Some(true) => {
                    let more = self.take(size - data.len());
                    data.extend_from_slice(&more);
                }
                Some(false) => break,
                None if data.is_empty() => return Ok(None),
                None => break,
            }
        }
        Ok(Some(data))
    }

    fn read1(&self, size: Option<usize>) -> Result<Vec<u8>> {
        let raw = self.check("read of")?;
        self.write_pending(&raw)?;
        let size = size.unwrap_or(self.size.get());
        if size > 0 {
            self.fill(&raw)?;
        }
        Ok(self.take(size))
    }

    fn peek(&self) -> Result<Vec<u8>> {
        let raw = self.check("peek of")?;
        self.write_pending(&raw)?;
        self.fill(&raw)?;
        Ok(self.ahead.borrow()[self.used.get()..].to_vec())
    }

    fn readline(&self, size: Option<usize>) -> Result<Vec<u8>> {
        let raw = self.check("readline of")?;
        self.write_pending(&raw)?;
        let mut line = Vec::new();
        loop {
            let room = size.unwrap_or(usize::MAX) - line.len();
            if room == 0 || self.fill(&raw)? != Some(true) {
                return Ok(line);
            }
            let end = memchr::memchr(b'\n', &self.ahead.borrow()[self.used.get()..]);
            line.extend_from_slice(&self.take(end.map_or(room, |end| room.min(end + 1))));
            if line.last() == Some(&b'\n') {
                return Ok(line);
            }
        }
    }

    fn write_raw(&self, raw: &Object, data: &[u8]) -> Result<Option<usize>> {
        if let Some(file) = raw.downcast_exact::<FileIO>() {
            return file.write_some(data);
        }
        let count = raw.call_method(intern!("write"), &[&*Bytes::try_new(data)?])?;
        if count.is_none() {
            return Ok(None);
        }
        let count = count.to_isize_index(&exceptions::ValueError)?;
        match usize::try_from(count) {
            Ok(length) if length <= data.len() => Ok(Some(length)),
            _ => Err(raise!(
                OSError,
                "raw write() returned invalid length {count} (should have been between 0 and {})",
                data.len()
            )),
        }
    }

    /// Writes what is pending.
    fn write_pending(&self, raw: &Object) -> Result<()> {
        let mut data = self.pending.take();
        let mut start = 0;
        while start < data.len() {
            let written = match self.write_raw(raw, &data[start..]) {
                Ok(Some(written)) => written,
                other => {
                    data.drain(..start);
                    self.pending.replace(data);
                    other?;
                    let arguments = Tuple::pack([
                        Int::new(libc::EAGAIN.into()).into_object(),
                        Str::new("write could not complete without blocking").into_object(),
                        Int::new(0).into_object(),
                    ]);
                    return Err(crate::errors::raise_value(&exceptions::BlockingIOError, &arguments));
                }
            };
            start += written;
        }
        Ok(())
    }

    /// Goes back over what was read ahead, so that writing goes on where reading stopped.
    fn rewind(&self, raw: &Object) -> Result<()> {
        let unread = self.unread();
        self.forget();
        if unread > 0 {
            raw.call_method(intern!("seek"), &[&*Int::new(-(unread as i64)), &*Int::new(1)])?;
        }
        Ok(())
    }

    fn write(&self, data: &[u8]) -> Result<usize> {
        let raw = self.check("write to")?;
        self.rewind(&raw)?;
        self.pending.borrow_mut().extend_from_slice(data);
        if self.pending.borrow().len() > self.size.get() {
            self.write_pending(&raw)?;
        }
        Ok(data.len())
    }

    fn flush(&self) -> Result<()> {
        let raw = self.check("flush of")?;
        self.write_pending(&raw)?;
        self.rewind_if_seekable(&raw)
    }

    fn rewind_if_seekable(&self, raw: &Object) -> Result<()> {
        if self.unread() > 0 && raw.call_method(intern!("seekable"), &[])?.is_true()? {
            return self.rewind(raw);
        }
        Ok(())
    }

    fn close(&self, own: &Object) -> Result {
        let raw = self.raw()?;
        if is_closed(&raw)? {
            return Ok(none());
        }
        let flushed = own.call_method(intern!("flush"), &[]).err().map(Raised::take);
        let closed = raw.call_method(intern!("close"), &[]);
        match (flushed, closed) {
            (None, closed) => closed,
            (Some(exception), Ok(_)) => Err(crate::errors::restore(exception)),
            (Some(exception), Err(raised)) => {
                let second = raised.take();
                exceptions::set_context(&second, Some(&exception));
                Err(crate::errors::restore(second))
            }
        }
    }

    fn tell(&self) -> Result<i64> {
        let raw = self.raw()?;
        let position = raw.call_method(intern!("tell"), &[])?.index()?.to_i64().unwrap_or(0);
        if position < 0 {
            return Err(raise!(OSError, "Raw stream returned invalid position {position}"));
        }
        Ok(position - self.unread() as i64 + self.pending.borrow().len() as i64)
    }

    fn seek(&self, target: &Object, whence: i32) -> Result {
        if !(0..=2).contains(&whence) {
            return Err(raise!(ValueError, "whence value {whence} unsupported"));
        }
        let raw = self.check("seek of")?;
        if !raw.call_method(intern!("seekable"), &[])?.is_true()? {
            return Err(unsupported("File or stream is not seekable."));
        }
        self.write_pending(&raw)?;
        let mut target = target.index()?.into_object();
        if whence == 1 {
            target = crate::protocol::number::subtract(&target, &Int::from_usize(self.unread()))?;
        }
        self.forget();
        raw.call_method(intern!("seek"), &[&target, &*Int::new(whence.into())])
    }
}

macro_rules! buffered {
    ($struct:ident $name:literal $doc:literal $test:literal $refusal:literal $part:ident) => {
        #[doc = $doc]
        #[class(name = $name, flags(BASETYPE, GC))]
        #[repr(C)]
        pub struct $struct {
            base: BufferedIOBase,
            buffer: Buffer,
        }

        #[methods(parts($part))]
        impl $struct {
            #[slot]
            fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<$struct> {
                Ref::new_in(class, $struct { base: BufferedIOBase::blank(), buffer: Buffer::blank() })
            }

            #[init(signature = "(raw, buffer_size=131072)")]
            fn init(&self, raw: &Object, buffer_size: isize) -> Result<()> {
                if !raw.call_method(intern!($test), &[])?.is_true()? {
                    return Err(unsupported($refusal));
                }
                self.buffer.init(raw, buffer_size)
            }

            #[method(signature = "($self, /)", doc = "")]
            fn flush(&self) -> Result<()> {
                self.buffer.flush()
            }

            #[method(signature = "($self, /)", doc = "")]
            fn close(&self) -> Result {
                self.buffer.close(self)
            }

            #[method(signature = "($self, /)", doc = "")]
            fn detach(&self) -> Result {
                self.buffer.raw()?;
                self.call_method(intern!("flush"), &[])?;
                let raw = self.buffer.raw()?;
                self.buffer.raw.set(None);
                self.buffer.detached.set(true);
                Ok(raw)
            }

            #[method(signature = "($self, /)", doc = "")]
            fn seekable(&self) -> Result {
                self.buffer.raw()?.call_method(intern!("seekable"), &[])
            }

            #[method(signature = "($self, /)", doc = "")]
            fn fileno(&self) -> Result {
                self.buffer.raw()?.call_method(intern!("fileno"), &[])
            }

            #[method(signature = "($self, /)", doc = "")]
            fn isatty(&self) -> Result {
                self.buffer.raw()?.call_method(intern!("isatty"), &[])
            }

            #[method(signature = "($self, /)", doc = "")]
            fn tell(&self) -> Result<i64> {
                self.buffer.tell()
            }

            #[method(signature = "($self, target, whence=0, /)", doc = "")]
            fn seek(&self, target: &Object, whence: Option<i32>) -> Result {
                self.buffer.seek(target, whence.unwrap_or(0))
            }

            #[method(signature = "($self, pos=None, /)", doc = "")]
            fn truncate(&self, pos: Option<&Object>) -> Result {
                let raw = self.buffer.check("truncate of")?;
                self.buffer.flush()?;
                let position = match pos.filter(|pos| !pos.is_none()) {
                    Some(pos) => pos.to_ref(),
                    None => Int::new(self.buffer.tell()?).into_object(),
                };
                raw.call_method(intern!("truncate"), &[&position])
            }

            #[method(name = "_dealloc_warn", hidden_signature, signature = "(source, /)")]
            fn dealloc_warn(&self, source: &Object) -> Result<()> {
                if let Some(raw) = self.buffer.raw.get() {
                    raw.call_method(intern!("_dealloc_warn"), &[source])?;
                }
                Ok(())
            }

            #[getter]
            fn raw(&self) -> Result {
                self.buffer.raw()
            }
            #[getter]
            fn closed(&self) -> Result {
                self.buffer.raw()?.get_attr(intern!("closed"))
            }
            #[getter]
            fn name(&self) -> Result {
                self.buffer.raw()?.get_attr(intern!("name"))
            }
            #[getter]
            fn mode(&self) -> Result {
                self.buffer.raw()?.get_attr(intern!("mode"))
            }

            #[slot]
            fn tp_repr(&self) -> Result<String> {
                let class = self.ty().full_name();
                match self.get_attr_opt(intern!("name")) {
                    Ok(Some(name)) => Ok(format!("<{class} name={}>", name.repr()?)),
                    Ok(None) => Ok(format!("<{class}>")),
                    Err(raised) if raised.matches(&exceptions::ValueError) => {
                        raised.clear();
                        Ok(format!("<{class}>"))
                    }
                    Err(raised) => Err(raised),
                }
            }
        }
    };
}

buffered! { BufferedReader "_io.BufferedReader" "Create a new buffered reader using the given readable raw IO object."
"readable" "File or stream is not readable." reading }

#[methods(part = reading)]
impl BufferedReader {
    #[method(signature = "($self, /)", doc = "")]
    fn readable(&self) -> Result {
        self.buffer.raw()?.call_method(intern!("readable"), &[])
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read(&self, size: Option<Size>) -> Result<Option<Vec<u8>>> {
        self.buffer.read(limit(size))
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read1(&self, size: Option<Size>) -> Result<Vec<u8>> {
        self.buffer.read1(limit(size))
    }
    #[method(signature = "($self, size=0, /)", doc = "")]
    fn peek(&self, size: Option<Size>) -> Result<Vec<u8>> {
        let _ = size;
        self.buffer.peek()
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn readline(&self, size: Option<Size>) -> Result<Vec<u8>> {
        self.buffer.readline(limit(size))
    }
}

buffered! { BufferedWriter "_io.BufferedWriter" "A buffer for a writeable sequential RawIO object."
"writable" "File or stream is not writable." writing }

#[methods(part = writing)]
impl BufferedWriter {
    #[method(signature = "($self, /)", doc = "")]
    fn writable(&self) -> Result {
        self.buffer.raw()?.call_method(intern!("writable"), &[])
    }
    #[method(signature = "($self, buffer, /)", doc = "")]
    fn write(&self, buffer: BytesLike<'_>) -> Result<usize> {
        self.buffer.write(&buffer)
    }
}

buffered! { BufferedRandom "_io.BufferedRandom" "A buffered interface to random access streams."
"seekable" "File or stream is not seekable." random }

#[methods(part = random)]
impl BufferedRandom {
    #[method(signature = "($self, /)", doc = "")]
    fn readable(&self) -> Result {
        self.buffer.raw()?.call_method(intern!("readable"), &[])
    }
    #[method(signature = "($self, /)", doc = "")]
    fn writable(&self) -> Result {
        self.buffer.raw()?.call_method(intern!("writable"), &[])
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read(&self, size: Option<Size>) -> Result<Option<Vec<u8>>> {
        self.buffer.read(limit(size))
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read1(&self, size: Option<Size>) -> Result<Vec<u8>> {
        self.buffer.read1(limit(size))
    }
    #[method(signature = "($self, size=0, /)", doc = "")]
    fn peek(&self, size: Option<Size>) -> Result<Vec<u8>> {
        let _ = size;
        self.buffer.peek()
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn readline(&self, size: Option<Size>) -> Result<Vec<u8>> {
        self.buffer.readline(limit(size))
    }
    #[method(signature = "($self, buffer, /)", doc = "")]
    fn write(&self, buffer: BytesLike<'_>) -> Result<usize> {
        self.buffer.write(&buffer)
    }
}

/// A buffered reader and writer object together.
#[class(name = "_io.BufferedRWPair", flags(BASETYPE, GC))]
#[repr(C)]
pub struct BufferedRWPair {
    base: BufferedIOBase,
    reader: Link,
    writer: Link,
}

impl BufferedRWPair {
    fn part(&self, part: &Link) -> Result {
        part.get().ok_or_else(|| raise!(ValueError, "I/O operation on uninitialized object"))
    }
}

#[methods]
impl BufferedRWPair {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<BufferedRWPair> {
        let (reader, writer) = (Link::null(), Link::null());
        Ref::new_in(class, BufferedRWPair { base: BufferedIOBase::blank(), reader, writer })
    }
    #[init(signature = "(reader, writer, buffer_size=131072, /)")]
    fn init(&self, reader: &Object, writer: &Object, buffer_size: isize) -> Result<()> {
        let size = Int::new(buffer_size as i64);
        self.reader.set(Some(BufferedReader::type_object().call(&[reader, &size])?));
        self.writer.set(Some(BufferedWriter::type_object().call(&[writer, &size])?));
        Ok(())
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn read(&self, args: &[&Object]) -> Result {
        self.part(&self.reader)?.call_method(intern!("read"), args)
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn read1(&self, args: &[&Object]) -> Result {
        self.part(&self.reader)?.call_method(intern!("read1"), args)
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn peek(&self, args: &[&Object]) -> Result {
        self.part(&self.reader)?.call_method(intern!("peek"), args)
    }
    #[method(signature = "(*args)", hidden_signature)]
    fn write(&self, args: &[&Object]) -> Result {
        self.part(&self.writer)?.call_method(intern!("write"), args)
    }
    #[method(signature = "()", hidden_signature)]
    fn flush(&self) -> Result {
        self.part(&self.writer)?.call_method(intern!("flush"), &[])
    }
    #[method(signature = "()", hidden_signature)]
    fn readable(&self) -> Result {
        self.part(&self.reader)?.call_method(intern!("readable"), &[])
    }
    #[method(signature = "()", hidden_signature)]
    fn writable(&self) -> Result {
        self.part(&self.writer)?.call_method(intern!("writable"), &[])
    }
    #[method(signature = "()", hidden_signature)]
    fn close(&self) -> Result {
        let written = self.part(&self.writer)?.call_method(intern!("close"), &[]).err().map(Raised::take);
        let closed = self.part(&self.reader)?.call_method(intern!("close"), &[]);
        match written {
            Some(exception) if closed.is_ok() => Err(crate::errors::restore(exception)),
            _ => closed,
        }
    }
    #[getter]
    fn closed(&self) -> Result {
        self.part(&self.writer)?.get_attr(intern!("closed"))
    }
}
