//! Arguments that are bytes by the buffer protocol: borrowed memory that is given back at the end of the call.

use std::ops::{Deref, DerefMut};

use crate::errors::Result;
use crate::native::args::Place;
use crate::native::convert::FromArg;
use crate::object::Object;
use crate::raise;
use crate::reference::decref;

/// A contiguous buffer that some object has lent; given back on drop.
pub struct Buffer {
    view: Box<abi::Py_buffer>,
}

impl Buffer {
    /// Asks `object` for its memory: `flags` as for C's `PyObject_GetBuffer`.
    pub fn acquire(object: &Object, flags: i32) -> Result<Buffer> {
        let Some(get) = object.ty().bf_getbuffer() else {
            return Err(raise!(
                TypeError,
                "a bytes-like object is required, not '{}'",
                object.ty().full_name()
            ));
        };
        // SAFETY: null is valid for every field.
        let mut view: Box<abi::Py_buffer> = Box::new(unsafe { std::mem::zeroed() });
        // SAFETY: the object has the protocol, the view is ours.
        if unsafe { get(object.as_ptr(), &raw mut *view, flags) } != 0 {
            return Err(crate::errors::Raised::assume_set());
        }
        Ok(Buffer { view })
    }

    /// Read-only access to plain bytes.
    pub fn of(object: &Object) -> Result<Buffer> {
        Buffer::acquire(object, abi::PyBUF_SIMPLE)
    }

    pub fn as_slice(&self) -> &[u8] {
        if self.view.buf.is_null() || self.view.len == 0 {
            return &[];
        }
        // SAFETY: the exporter promises this memory until the release.
        unsafe { std::slice::from_raw_parts(self.view.buf as *const u8, self.view.len as usize) }
    }

    /// The C struct, for its format, shape and strides.
    pub fn view(&self) -> &abi::Py_buffer {
        &self.view
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let object = self.view.obj;
        if object.is_null() {
            return;
        }
        // SAFETY: the view was filled in by this object, which it holds a reference to.
        unsafe {
            if let Some(release) = Object::from_raw(object).ty().bf_releasebuffer() {
                release(object, &raw mut *self.view);
            }
            decref(object);
        }
    }
}

/// A bytes-like argument, to be read.
pub struct BytesLike<'a> {
    source: Source<'a>,
}

enum Source<'a> {
    /// The usual case needs no view.
    Bytes(&'a [u8]),
    Buffer(Buffer),
}

impl Deref for BytesLike<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &self.source {
            Source::Bytes(bytes) => bytes,
            Source::Buffer(buffer) => buffer.as_slice(),
        }
    }
}

impl<'a> BytesLike<'a> {
    pub fn of(object: &'a Object) -> Result<BytesLike<'a>> {
        let source = match object.downcast_exact::<crate::objects::bytes::Bytes>() {
            Some(bytes) => Source::Bytes(bytes.as_slice()),
            None => Source::Buffer(Buffer::of(object)?),
        };
        Ok(BytesLike { source })
    }
}

impl<'a> FromArg<'a> for BytesLike<'a> {
    fn from_arg(object: &'a Object, _: &'static Place) -> Result<Self> {
        BytesLike::of(object)
    }
}

impl FromArg<'_> for Buffer {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        Buffer::of(object)
    }
}

/// A bytes-like argument, to be written to.
pub struct WritableBytes(Buffer);

impl Deref for WritableBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl DerefMut for WritableBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        let view = &self.0.view;
        if view.buf.is_null() || view.len == 0 {
            return &mut [];
        }
        // SAFETY: the exporter has granted writing until the release.
        unsafe { std::slice::from_raw_parts_mut(view.buf as *mut u8, view.len as usize) }
    }
}

impl FromArg<'_> for WritableBytes {
    fn from_arg(object: &Object, place: &'static Place) -> Result<Self> {
        match Buffer::acquire(object, abi::PyBUF_WRITABLE) {
            Ok(buffer) => Ok(WritableBytes(buffer)),
            Err(raised) => {
                raised.clear();
                Err(place.must_be("read-write bytes-like object", object))
            }
        }
    }
}
