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

/// Fills in a view of plain bytes, as C's `PyBuffer_FillInfo`.
///
/// # Safety
/// `view` may be written to; `memory` stays in place for as long as the view lives.
pub unsafe fn fill_info(
    view: *mut abi::Py_buffer,
    object: Option<&Object>,
    memory: *mut u8,
    size: usize,
    readonly: bool,
    flags: i32,
) -> Result<()> {
    if view.is_null() {
        return Err(raise!(BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete"));
    }
    if flags != abi::PyBUF_SIMPLE {
        if flags == abi::PyBUF_READ || flags == abi::PyBUF_WRITE {
            return Err(raise!(SystemError, "bad argument to internal function"));
        }
        if flags & abi::PyBUF_WRITABLE != 0 && readonly {
            return Err(raise!(BufferError, "Object is not writable."));
        }
    }
    let null = std::ptr::null_mut();
    // SAFETY: by contract; the pointers into the view are to itself, as C has it.
    unsafe {
        *view = abi::Py_buffer {
            buf: memory.cast(),
            obj: object.map_or(std::ptr::null_mut(), |object| object.to_ref().into_raw()),
            len: size as isize,
            itemsize: 1,
            readonly: readonly.into(),
            ndim: 1,
            format: if flags & abi::PyBUF_FORMAT != 0 {
                c"B".as_ptr().cast_mut()
            } else {
                std::ptr::null_mut()
            },
            shape: null,
            strides: null,
            suboffsets: null,
            internal: std::ptr::null_mut(),
        };
        if flags & abi::PyBUF_ND != 0 {
            (*view).shape = &raw mut (*view).len;
        }
        if flags & abi::PyBUF_STRIDES == abi::PyBUF_STRIDES {
            (*view).strides = &raw mut (*view).itemsize;
        }
    }
    Ok(())
}

/// Are the items of a view one after the other, in C's order?
pub fn is_c_contiguous(view: &abi::Py_buffer) -> bool {
    if !view.suboffsets.is_null() {
        return false;
    }
    if view.len == 0 || view.strides.is_null() {
        return true;
    }
    let mut expected = view.itemsize;
    for axis in (0..view.ndim.max(0) as usize).rev() {
        // SAFETY: shape and strides have one entry an axis.
        let (size, stride) = unsafe { (*view.shape.add(axis), *view.strides.add(axis)) };
        if size > 1 && stride != expected {
            return false;
        }
        expected *= size;
    }
    true
}

/// Are the items of a view one after the other, in Fortran's order?
pub fn is_fortran_contiguous(view: &abi::Py_buffer) -> bool {
    if !view.suboffsets.is_null() {
        return false;
    }
    if view.len == 0 {
        return true;
    }
    let dimensions = view.ndim.max(0) as usize;
    if view.strides.is_null() {
        // C's order: Fortran's too if no two axes are longer than one.
        // SAFETY: the shape has one entry an axis.
        return dimensions <= 1
            || (0..dimensions).filter(|&axis| unsafe { *view.shape.add(axis) } > 1).count() <= 1;
    }
    let mut expected = view.itemsize;
    for axis in 0..dimensions {
        // SAFETY: shape and strides have one entry an axis.
        let (size, stride) = unsafe { (*view.shape.add(axis), *view.strides.add(axis)) };
        if size > 1 && stride != expected {
            return false;
        }
        expected *= size;
    }
    true
}

/// The bytes of a view's items, in C's order (`fortran`: the first index runs fastest).
pub fn gather(view: &abi::Py_buffer, fortran: bool) -> Vec<u8> {
    let size = view.len.max(0) as usize;
    if !fortran && is_c_contiguous(view) || fortran && is_fortran_contiguous(view) {
        if size == 0 || view.buf.is_null() {
            return Vec::new();
        }
        // SAFETY: the exporter promises this memory.
        return unsafe { std::slice::from_raw_parts(view.buf as *const u8, size) }.to_vec();
    }
    let mut result = Vec::with_capacity(size);
    for_each_item(view, fortran, |item| {
        // SAFETY: an item has that size.
        result.extend_from_slice(unsafe { std::slice::from_raw_parts(item, view.itemsize as usize) });
    });
    result
}

/// Visits the addresses of a view's items, in C's order or Fortran's.
pub fn for_each_item(view: &abi::Py_buffer, fortran: bool, mut visit: impl FnMut(*mut u8)) {
    let dimensions = view.ndim.max(0) as usize;
    // SAFETY: shape, strides and suboffsets have one entry an axis, where they are.
    let entry = |array: *mut isize, axis: usize| unsafe { *array.add(axis) };
    let shape: Vec<isize> = (0..dimensions)
        .map(
            |axis| {
                if view.shape.is_null() { view.len / view.itemsize.max(1) } else { entry(view.shape, axis) }
            },
        )
        .collect();
    if shape.contains(&0) {
        return;
    }
    let mut strides = vec![view.itemsize; dimensions];
    for axis in (0..dimensions).rev() {
        strides[axis] = match view.strides.is_null() {
            false => entry(view.strides, axis),
            true => shape[axis + 1..].iter().product::<isize>() * view.itemsize,
        };
    }
    let mut indices = vec![0isize; dimensions];
    loop {
        let mut pointer = view.buf as *mut u8;
        for axis in 0..dimensions {
            // SAFETY: the indices are in range.
            unsafe {
                pointer = pointer.offset(strides[axis] * indices[axis]);
                if !view.suboffsets.is_null() && entry(view.suboffsets, axis) >= 0 {
                    pointer = (*pointer.cast::<*mut u8>()).offset(entry(view.suboffsets, axis));
                }
            }
        }
        visit(pointer);
        let mut step = 0;
        loop {
            if step == dimensions {
                return;
            }
            let axis = if fortran { step } else { dimensions - 1 - step };
            indices[axis] += 1;
            if indices[axis] < shape[axis] {
                break;
            }
            indices[axis] = 0;
            step += 1;
        }
    }
}

/// The bytes of any buffer, one after the other.
pub fn contiguous_copy(object: &Object) -> Result<Vec<u8>> {
    let buffer = Buffer::acquire(object, abi::PyBUF_FULL_RO)?;
    Ok(gather(buffer.view(), false))
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

impl WritableBytes {
    pub fn of(object: &Object) -> Result<WritableBytes> {
        Buffer::acquire(object, abi::PyBUF_WRITABLE).map(WritableBytes)
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
