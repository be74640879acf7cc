//! `BytesIO`: a binary file in memory.

use std::cell::{Cell, RefCell};

use super::base::BufferedIOBase;
use super::{Size, closed_file, limit};
use crate::prelude::*;

/// Buffered I/O implementation using an in-memory bytes buffer.
#[class(name = "_io.BytesIO", flags(BASETYPE, GC))]
#[repr(C)]
pub struct BytesIO {
    base: BufferedIOBase,
    #[gc(skip)]
    data: RefCell<Option<Vec<u8>>>,
    #[gc(skip)]
    position: Cell<usize>,
    #[gc(skip)]
    exports: Cell<usize>,
}

impl BytesIO {
    fn with<R>(&self, body: impl FnOnce(&mut Vec<u8>) -> R) -> Result<R> {
        match &mut *self.data.borrow_mut() {
            Some(data) => Ok(body(data)),
            None => Err(closed_file()),
        }
    }

    fn check_exports(&self) -> Result<()> {
        if self.exports.get() > 0 {
            return Err(raise!(BufferError, "Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    fn take(&self, size: Option<usize>, to_line: bool) -> Result<Vec<u8>> {
        self.with(|data| {
            let rest = data.get(self.position.get()..).unwrap_or_default();
            let mut end = size.unwrap_or(usize::MAX).min(rest.len());
            if to_line {
                end = memchr::memchr(b'\n', &rest[..end]).map_or(end, |place| place + 1);
            }
            self.position.set(self.position.get() + end);
            rest[..end].to_vec()
        })
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
                data: RefCell::new(Some(Vec::new())),
                position: Cell::new(0),
                exports: Cell::new(0),
            },
        )
    }
    #[init(signature = "(initial_bytes=b'')")]
    fn init(&self, initial_bytes: Option<&Object>) -> Result<()> {
        self.check_exports()?;
        let data = match initial_bytes.filter(|initial| !initial.is_none()) {
            Some(initial) => crate::native::buffer::contiguous_copy(initial)?,
            None => Vec::new(),
        };
        self.data.replace(Some(data));
        self.position.set(0);
        Ok(())
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read(&self, size: Option<Size>) -> Result<Vec<u8>> {
        self.take(limit(size), false)
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read1(&self, size: Option<Size>) -> Result<Vec<u8>> {
        self.take(limit(size), false)
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn readline(&self, size: Option<Size>) -> Result<Vec<u8>> {
        self.take(limit(size), true)
    }
    #[method(signature = "($self, buffer, /)", doc = "")]
    fn readinto(&self, mut buffer: WritableBytes) -> Result<usize> {
        let data = self.take(Some(buffer.len()), false)?;
        buffer[..data.len()].copy_from_slice(&data);
        Ok(data.len())
    }
    #[slot]
    fn tp_iternext(&self) -> Result<Option<Vec<u8>>> {
        Ok(Some(self.take(None, true)?).filter(|line| !line.is_empty()))
    }
    #[method(signature = "($self, b, /)", doc = "")]
    fn write(&self, b: &Object) -> Result<usize> {
        self.with(|_| ())?;
        self.check_exports()?;
        let bytes = crate::native::buffer::contiguous_copy(b)?;
        if bytes.is_empty() {
            return Ok(0);
        }
        let start = self.position.get();
        let end = start + bytes.len();
        self.with(|data| {
            if data.len() < end {
                data.resize(end, 0);
            }
            data[start..end].copy_from_slice(&bytes);
        })?;
        self.position.set(end);
        Ok(bytes.len())
    }
    #[method(signature = "($self, /)", doc = "")]
    fn getvalue(&self) -> Result<Vec<u8>> {
        self.with(|data| data.clone())
    }
    #[method(signature = "($self, /)", doc = "")]
    fn getbuffer(&self) -> Result {
        self.with(|_| ())?;
        let lent =
            Ref::new(BytesIOBuffer { head: Object::HEAD, source: Link::new(Ref::from_borrowed(self)) });
        Ok(crate::objects::memoryview::MemoryView::of(&lent)?.into_object())
    }
    #[method(signature = "($self, /)", doc = "")]
    fn tell(&self) -> Result<usize> {
        self.with(|_| self.position.get())
    }
    #[method(signature = "($self, pos, whence=0, /)", doc = "")]
    fn seek(&self, pos: isize, whence: Option<i32>) -> Result<usize> {
        let length = self.with(|data| data.len())? as isize;
        let target = match whence.unwrap_or(0) {
            0 if pos < 0 => return Err(raise!(ValueError, "negative seek value {pos}")),
            0 => pos,
            1 => pos.saturating_add(self.position.get() as isize),
            2 => pos.saturating_add(length),
            other => {
                return Err(raise!(ValueError, "invalid whence ({other}, should be 0, 1 or 2)"));
            }
        };
        self.position.set(target.max(0) as usize);
        Ok(self.position.get())
    }
    #[method(signature = "($self, size=None, /)", doc = "")]
    fn truncate(&self, size: Option<OrNone<isize>>) -> Result<usize> {
        self.with(|_| ())?;
        self.check_exports()?;
        let size = match size.and_then(|size| size.0) {
            Some(size) => {
                usize::try_from(size).map_err(|_| raise!(ValueError, "negative size value {size}"))?
            }
            None => self.position.get(),
        };
        self.with(|data| data.truncate(size))?;
        Ok(size)
    }
    #[method(signature = "($self, /)", doc = "")]
    fn close(&self) -> Result<()> {
        self.check_exports()?;
        self.data.replace(None);
        Ok(())
    }
    #[method(signature = "($self, /)", doc = "")]
    fn flush(&self) -> Result<()> {
        self.with(|_| ())
    }
    #[method(signature = "($self, /)", doc = "")]
    fn readable(&self) -> Result<bool> {
        self.with(|_| true)
    }
    #[method(signature = "($self, /)", doc = "")]
    fn writable(&self) -> Result<bool> {
        self.with(|_| true)
    }
    #[method(signature = "($self, /)", doc = "")]
    fn seekable(&self) -> Result<bool> {
        self.with(|_| true)
    }
    #[method(signature = "($self, /)", doc = "")]
    fn isatty(&self) -> Result<bool> {
        self.with(|_| false)
    }
    /// True if the file is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.data.borrow().is_none()
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
        let (memory, size) = source.with(|data| (data.as_mut_ptr(), data.len()))?;
        // SAFETY: while the memory is lent it stays in place.
        unsafe { crate::native::buffer::fill_info(view, Some(self), memory, size, false, flags)? };
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
