//! `BytesIO`: a binary file in memory. What it holds is a bytes object that it may share with others until it writes.

use std::cell::Cell;

use super::base::BufferedIOBase;
use super::{Size, closed_file, limit};
use crate::objects::exceptions;
use crate::prelude::*;

/// A binary file whose bytes lie in memory.
#[class(name = "_io.BytesIO", flags(BASETYPE, GC))]
#[repr(C)]
pub struct BytesIO {
    base: BufferedIOBase,
    /// Null when closed. Its first `size` bytes are the file's.
    #[gc(skip)]
    buffer: Link<Bytes>,
    #[gc(skip)]
    position: Cell<usize>,
    #[gc(skip)]
    size: Cell<usize>,
    #[gc(skip)]
    exports: Cell<usize>,
}

impl BytesIO {
    fn check(&self) -> Result<Ref<Bytes>> {
        self.buffer.get().ok_or_else(closed_file)
    }

    fn check_exports(&self) -> Result<()> {
        if self.exports.get() > 0 {
            return Err(raise!(BufferError, "Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// Has somebody else a reference to the bytes?
    fn is_shared(&self) -> bool {
        // SAFETY: only looked at.
        unsafe { self.buffer.borrow() }.is_none_or(|buffer| buffer.reference_count() > 1)
    }

    /// Moves the file's bytes to a buffer of `room` bytes of our own.
    fn move_to(&self, room: usize) -> Result<()> {
        let old = self.check()?;
        let (new, data) = Bytes::allocate(room)?;
        let count = self.size.get().min(room).min(old.len());
        // SAFETY: both have so many bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(old.as_slice().as_ptr(), data, count);
            std::ptr::write_bytes(data.add(count), 0, room - count);
        }
        self.buffer.set(Some(new));
        Ok(())
    }

    /// Makes room for `size` bytes, with some to spare if it grows little by little.
    fn resize(&self, size: usize) -> Result<()> {
        let room = self.check()?.len();
        if size > isize::MAX as usize {
            return Err(raise!(OverflowError, "new buffer size too large"));
        }
        let new = if size < room / 2 {
            size + 1
        } else if size < room {
            if !self.is_shared() {
                return Ok(());
            }
            room
        } else if size <= room + room / 8 {
            size + (size >> 3) + if size < 9 { 3 } else { 6 }
        } else {
            size + 1
        };
        self.move_to(new)
    }

    /// The bytes from the position on, and moves it behind them.
    fn take(&self, end: impl FnOnce(&[u8]) -> usize) -> Result<Ref<Bytes>> {
        let buffer = self.check()?;
        let start = self.position.get();
        let rest = buffer.as_slice()[..self.size.get()].get(start..).unwrap_or_default();
        let end = end(rest);
        self.position.set(start + end);
        // All of it is the bytes object itself, if nobody writes to it.
        if start == 0 && end == buffer.len() && self.exports.get() == 0 && end > 1 {
            return Ok(buffer);
        }
        Bytes::try_new(&rest[..end])
    }

    fn read_bytes(&self, size: Option<usize>) -> Result<Ref<Bytes>> {
        self.take(|rest| size.unwrap_or(usize::MAX).min(rest.len()))
    }

    fn read_line(&self, size: Option<usize>) -> Result<Ref<Bytes>> {
        self.take(|rest| {
            let end = size.unwrap_or(usize::MAX).min(rest.len());
            memchr::memchr(b'\n', &rest[..end]).map_or(end, |place| place + 1)
        })
    }

    fn write_bytes(&self, object: &Object) -> Result<usize> {
        let data = crate::native::buffer::Buffer::acquire(object, abi::PyBUF_CONTIG_RO)?;
        let data = data.as_slice();
        self.check()?;
        self.check_exports()?;
        if data.is_empty() {
            return Ok(0);
        }
        let start = self.position.get();
        let end = start
            .checked_add(data.len())
            .filter(|&end| end <= isize::MAX as usize)
            .ok_or_else(|| raise!(OverflowError, "new buffer size too large"))?;
        if end > self.check()?.len() {
            self.resize(end)?;
        } else if self.is_shared() {
            self.move_to(end.max(self.size.get()))?;
        }
        let buffer = self.check()?;
        let size = self.size.get();
        // SAFETY: the bytes are ours alone, and there is room up to `end`.
        unsafe {
            if start > size {
                std::ptr::write_bytes(buffer.data().add(size), 0, start - size);
            }
            std::ptr::copy(data.as_ptr(), buffer.data().add(start), data.len());
        }
        self.position.set(end);
        self.size.set(size.max(end));
        Ok(data.len())
    }

    /// Everything as bytes, which are shared from then on.
    fn value(&self) -> Result<Ref<Bytes>> {
        let buffer = self.check()?;
        if self.size.get() == buffer.len() && self.exports.get() == 0 {
            return Ok(buffer);
        }
        if self.exports.get() > 0 {
            return Bytes::try_new(&buffer.as_slice()[..self.size.get()]);
        }
        drop(buffer);
        self.move_to(self.size.get())?;
        self.check()
    }

    fn start(&self, initial: Option<&Object>) -> Result<()> {
        self.check_exports()?;
        let buffer = match initial.filter(|initial| !initial.is_none()) {
            None => Bytes::empty(),
            Some(initial) => match initial.downcast_exact::<Bytes>() {
                Some(bytes) => Ref::from_borrowed(bytes),
                None => Bytes::try_new(&crate::native::buffer::contiguous_copy(initial)?)?,
            },
        };
        self.check_exports()?;
        self.position.set(0);
        self.size.set(buffer.len());
        self.buffer.set(Some(buffer));
        Ok(())
    }
}

#[methods]
impl BytesIO {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<BytesIO> {
        Ref::new_in(
            class,
            BytesIO {
                base: BufferedIOBase::blank(),
                buffer: Link::new(Bytes::empty()),
                position: Cell::new(0),
                size: Cell::new(0),
                exports: Cell::new(0),
            },
        )
    }
    #[init(signature = "(initial_bytes=b'')")]
    fn init(&self, initial_bytes: Option<&Object>) -> Result<()> {
        self.start(initial_bytes)
    }
    /// Bytes from the position on, as many as asked for or all.
    #[method(signature = "($self, size=-1, /)")]
    fn read(&self, size: Option<Size>) -> Result<Ref<Bytes>> {
        self.read_bytes(limit(size))
    }
    /// As read().
    #[method(signature = "($self, size=-1, /)")]
    fn read1(&self, size: Option<Size>) -> Result<Ref<Bytes>> {
        self.read_bytes(limit(size))
    }
    /// Bytes up to the end of the line, or fewer if a size says so.
    #[method(signature = "($self, size=-1, /)")]
    fn readline(&self, size: Option<Size>) -> Result<Ref<Bytes>> {
        self.read_line(limit(size))
    }
    /// The rest as a list of lines; a size ends it once so many bytes were read.
    #[method(signature = "($self, size=None, /)")]
    fn readlines(&self, size: Option<&Object>) -> Result<Ref<List>> {
        self.check()?;
        let size = match size.filter(|size| !size.is_none()) {
            None => 0,
            Some(size) if size.downcast::<Int>().is_none() => {
                let kind = size.ty().full_name();
                return Err(raise!(TypeError, "integer argument expected, got '{kind}'"));
            }
            Some(size) => size.to_isize_index(&exceptions::OverflowError)?,
        };
        let mut lines = Vec::new();
        let mut length = 0;
        loop {
            let line = self.read_line(None)?;
            if line.is_empty() {
                return Ok(List::from_vec(lines));
            }
            length += line.len() as isize;
            lines.push(line.into_object());
            if size > 0 && length >= size {
                return Ok(List::from_vec(lines));
            }
        }
    }
    /// Fill a buffer; the number of bytes that were there.
    #[method(signature = "($self, buffer, /)")]
    fn readinto(&self, mut buffer: WritableBytes) -> Result<usize> {
        let data = self.check()?;
        let start = self.position.get();
        let rest = data.as_slice()[..self.size.get()].get(start..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        // SAFETY: there is room for them; the target may be the file's own memory.
        unsafe { std::ptr::copy(rest.as_ptr(), buffer.as_mut_ptr(), count) };
        self.position.set(start + count);
        Ok(count)
    }
    #[slot]
    fn tp_iter(&self) -> Result {
        self.check()?;
        Ok(self.to_ref())
    }
    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref<Bytes>>> {
        Ok(Some(self.read_line(None)?).filter(|line| !line.is_empty()))
    }
    /// Put bytes at the position; how many they were.
    #[method(signature = "($self, b, /)")]
    fn write(&self, b: &Object) -> Result<usize> {
        self.write_bytes(b)
    }
    /// Write each item of an iterable.
    #[method(signature = "($self, lines, /)")]
    fn writelines(&self, lines: &Object) -> Result<()> {
        self.check()?;
        lines.for_each(|line| self.write_bytes(&line).map(drop))
    }
    /// All bytes of the file.
    #[method(signature = "($self, /)")]
    fn getvalue(&self) -> Result<Ref<Bytes>> {
        self.value()
    }
    /// A view of the bytes, which can be written to.
    #[method(signature = "($self, /)")]
    fn getbuffer(&self) -> Result {
        self.check()?;
        let lent =
            Ref::new(BytesIOBuffer { head: Object::HEAD, source: Link::new(Ref::from_borrowed(self)) });
        Ok(crate::objects::memoryview::MemoryView::of(&lent)?.into_object())
    }
    /// The position.
    #[method(signature = "($self, /)")]
    fn tell(&self) -> Result<usize> {
        self.check().map(|_| self.position.get())
    }
    /// Go to a position: from the start (0), from here (1) or from the end (2).
    #[method(signature = "($self, pos, whence=0, /)")]
    fn seek(&self, pos: isize, whence: Option<i32>) -> Result<usize> {
        self.check()?;
        let from = |start: usize| {
            pos.checked_add(start as isize).ok_or_else(|| raise!(OverflowError, "new position too large"))
        };
        let target = match whence.unwrap_or(0) {
            0 if pos < 0 => return Err(raise!(ValueError, "negative seek value {pos}")),
            0 => pos,
            1 => from(self.position.get())?,
            2 => from(self.size.get())?,
            other => {
                return Err(raise!(ValueError, "invalid whence ({other}, should be 0, 1 or 2)"));
            }
        };
        self.position.set(target.max(0) as usize);
        Ok(self.position.get())
    }
    /// Cut the file off at a size, or at the position.
    #[method(signature = "($self, size=None, /)")]
    fn truncate(&self, size: Option<OrNone<isize>>) -> Result<usize> {
        self.check()?;
        self.check_exports()?;
        let size = match size.and_then(|size| size.0) {
            Some(size) => {
                usize::try_from(size).map_err(|_| raise!(ValueError, "negative size value {size}"))?
            }
            None => self.position.get(),
        };
        if size < self.size.get() {
            self.size.set(size);
            self.resize(size)?;
        }
        Ok(size)
    }
    /// Give the bytes up; the file can't be used any more.
    #[method(signature = "($self, /)")]
    fn close(&self) -> Result<()> {
        self.check_exports()?;
        self.buffer.set(None);
        Ok(())
    }
    /// Nothing is to be done.
    #[method(signature = "($self, /)")]
    fn flush(&self) -> Result<()> {
        self.check().map(drop)
    }
    /// Always, while it is open.
    #[method(signature = "($self, /)")]
    fn readable(&self) -> Result<bool> {
        self.check().map(|_| true)
    }
    /// Always, while it is open.
    #[method(signature = "($self, /)")]
    fn writable(&self) -> Result<bool> {
        self.check().map(|_| true)
    }
    /// Always, while it is open.
    #[method(signature = "($self, /)")]
    fn seekable(&self) -> Result<bool> {
        self.check().map(|_| true)
    }
    /// Never.
    #[method(signature = "($self, /)")]
    fn isatty(&self) -> Result<bool> {
        self.check().map(|_| false)
    }
    #[method(name = "__getstate__", signature = "($self, /)", doc = "")]
    fn getstate(&self) -> Result {
        let value = self.value()?;
        let dict = match self.instance_dict() {
            Some(dict) => dict.copy()?.into_object(),
            None => none(),
        };
        (value.into_object(), self.position.get(), dict).into_result()
    }
    #[method(name = "__setstate__", signature = "($self, object, /)", doc = "")]
    fn setstate(&self, state: &Object) -> Result<()> {
        let Some([value, position, dict, ..]) = state.downcast::<Tuple>().map(Tuple::as_slice) else {
            let (class, kind) = (self.ty().full_name(), state.ty().full_name());
            return Err(raise!(TypeError, "{class}.__setstate__ argument should be 3-tuple, got {kind}"));
        };
        self.check_exports()?;
        self.start(None)?;
        self.write_bytes(value)?;
        let Some(position) = position.downcast::<Int>() else {
            let kind = position.ty().full_name();
            return Err(raise!(TypeError, "second item of state must be an integer, not {kind}"));
        };
        let position = position.to_isize_index(&exceptions::OverflowError)?;
        let position =
            usize::try_from(position).map_err(|_| raise!(ValueError, "position value cannot be negative"))?;
        self.position.set(position);
        super::base::update_dict(self, dict, "third")
    }
    #[method(name = "__sizeof__", signature = "($self, /)", doc = "")]
    fn sizeof(&self) -> usize {
        let own = self.ty().raw.tp_basicsize.get() as usize;
        let room =
            self.buffer.get().filter(|buffer| buffer.reference_count() == 2).map(|buffer| buffer.len());
        own + room.map_or(0, |room| room + 33)
    }
    /// True if the file is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.buffer.is_null()
    }
}

/// What lends the memory of a BytesIO.
#[class(name = "_io._BytesIOBuffer", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct BytesIOBuffer {
    head: Object,
    source: Link<BytesIO>,
}

#[methods]
impl BytesIOBuffer {
    #[slot]
    fn bf_getbuffer(&self, view: *mut abi::Py_buffer, flags: i32) -> Result<()> {
        let Some(source) = self.source.get() else { return Err(closed_file()) };
        source.check()?;
        if source.exports.get() == 0 && source.is_shared() {
            source.move_to(source.size.get())?;
        }
        let memory = source.check()?.data();
        // SAFETY: while the memory is lent it stays in place, and it is nobody else's.
        unsafe {
            crate::native::buffer::fill_info(view, Some(self), memory, source.size.get(), false, flags)?
        };
        source.exports.set(source.exports.get() + 1);
        Ok(())
    }
    #[slot]
    fn bf_releasebuffer(&self, _view: *mut abi::Py_buffer) {
        if let Some(source) = self.source.get() {
            source.exports.set(source.exports.get() - 1);
        }
    }
}
