//! The buffer protocol and `memoryview`. <https://docs.python.org/3.14/c-api/buffer.html>

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

use abi::Py_buffer;
use runtime::objects::memoryview::MemoryView;
use runtime::objects::pickle_buffer::PickleBuffer;
use runtime::prelude::*;

use crate::support::{exported, not_null};

/// The last axis first (C) or the first (Fortran): do the strides leave no gaps?
unsafe fn is_contiguous(view: &Py_buffer, fortran: bool) -> bool {
    if view.len == 0 || view.strides.is_null() && (!fortran || view.ndim <= 1) {
        return true;
    }
    let dimensions = view.ndim.max(0) as usize;
    let mut expected = view.itemsize;
    for index in 0..dimensions {
        let axis = if fortran { index } else { dimensions - 1 - index };
        // SAFETY: shape and strides have one entry an axis.
        let (size, stride) = unsafe {
            let size = *view.shape.add(axis);
            if view.strides.is_null() {
                // Without strides the order is C's: for Fortran it is only if no two axes are longer than one.
                if size > 1 && view.len != size * view.itemsize {
                    return false;
                }
                continue;
            }
            (size, *view.strides.add(axis))
        };
        if size > 1 && stride != expected {
            return false;
        }
        expected *= size;
    }
    true
}

/// Is the view contiguous in the given order: `C`, `F`, or `A` for either?
unsafe fn contiguous(view: &Py_buffer, order: c_char) -> bool {
    if !view.suboffsets.is_null() {
        return false;
    }
    // SAFETY: as above.
    unsafe {
        match order as u8 {
            b'C' => is_contiguous(view, false),
            b'F' => is_contiguous(view, true),
            b'A' => is_contiguous(view, false) || is_contiguous(view, true),
            _ => false,
        }
    }
}

/// The address of an item.
unsafe fn item(view: &Py_buffer, indices: &[isize]) -> *mut u8 {
    let mut pointer = view.buf.cast::<u8>();
    for (axis, &index) in indices.iter().enumerate() {
        // SAFETY: the indices are in range.
        unsafe {
            let stride = if view.strides.is_null() {
                (axis + 1..indices.len()).map(|axis| *view.shape.add(axis)).product::<isize>() * view.itemsize
            } else {
                *view.strides.add(axis)
            };
            pointer = pointer.offset(stride * index);
            if !view.suboffsets.is_null() && *view.suboffsets.add(axis) >= 0 {
                pointer = (*pointer.cast::<*mut u8>()).offset(*view.suboffsets.add(axis));
            }
        }
    }
    pointer
}

/// Copies between a view and contiguous memory, in the given order.
unsafe fn copy(view: &Py_buffer, memory: *mut u8, size: isize, order: c_char, into_view: bool) {
    let dimensions = view.ndim.max(0) as usize;
    let move_bytes = |place: *mut u8, memory: *mut u8, count: usize| {
        // SAFETY: both are that large.
        unsafe {
            if into_view {
                std::ptr::copy_nonoverlapping(memory, place, count);
            } else {
                std::ptr::copy_nonoverlapping(place, memory, count);
            }
        }
    };
    // SAFETY: the view describes its memory.
    unsafe {
        if contiguous(view, order) {
            return move_bytes(view.buf.cast(), memory, size.min(view.len).max(0) as usize);
        }
        let fortran = order as u8 == b'F';
        let mut indices = vec![0isize; dimensions];
        let mut offset = 0;
        while offset + view.itemsize <= size.min(view.len) {
            move_bytes(item(view, &indices), memory.offset(offset), view.itemsize as usize);
            offset += view.itemsize;
            for step in 0..dimensions {
                let axis = if fortran { step } else { dimensions - 1 - step };
                indices[axis] += 1;
                if indices[axis] < *view.shape.add(axis) {
                    break;
                }
                indices[axis] = 0;
            }
        }
    }
}

exported! {
    fn PyObject_GetBuffer(object: &Object, view: *mut Py_buffer, flags: c_int) -> Result<()> {
        let Some(get) = object.ty().bf_getbuffer() else {
            return Err(raise!(TypeError, "a bytes-like object is required, not '{}'", object.ty().full_name()));
        };
        if get(object.as_ptr(), view, flags) < 0 { Err(Raised::assume_set()) } else { Ok(()) }
    }

    fn PyObject_CheckBuffer(object: &Object) -> bool {
        object.ty().bf_getbuffer().is_some()
    }

    fn PyBuffer_Release(view: *mut Py_buffer) {
        let object = std::mem::replace(&mut (*view).obj, null_mut());
        if object.is_null() {
            return;
        }
        let held = Ref::<Object>::from_owned(object);
        if let Some(release) = held.ty().bf_releasebuffer() {
            (*view).obj = object;
            release(object, view);
            (*view).obj = null_mut();
        }
    }

    fn PyBuffer_FillInfo(view: *mut Py_buffer, object: Option<&Object>, memory: *mut c_void, size: isize, readonly: c_int, flags: c_int) -> Result<()> {
        if view.is_null() {
            return Err(raise!(BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete"));
        }
        if flags != abi::PyBUF_SIMPLE {
            if flags == abi::PyBUF_READ || flags == abi::PyBUF_WRITE {
                return Err(crate::support::bad_internal_call());
            }
            if flags & abi::PyBUF_WRITABLE != 0 && readonly != 0 {
                return Err(raise!(BufferError, "Object is not writable."));
            }
        }
        *view = Py_buffer {
            buf: memory,
            obj: object.map_or(null_mut(), |object| object.to_ref().into_raw()),
            len: size,
            itemsize: 1,
            readonly,
            ndim: 1,
            format: if flags & abi::PyBUF_FORMAT != 0 { c"B".as_ptr().cast_mut() } else { null_mut() },
            shape: null_mut(),
            strides: null_mut(),
            suboffsets: null_mut(),
            internal: null_mut(),
        };
        if flags & abi::PyBUF_ND != 0 {
            (*view).shape = &raw mut (*view).len;
        }
        if flags & abi::PyBUF_STRIDES == abi::PyBUF_STRIDES {
            (*view).strides = &raw mut (*view).itemsize;
        }
        Ok(())
    }

    fn PyBuffer_IsContiguous(view: &Py_buffer, order: c_char) -> bool {
        contiguous(view, order)
    }

    fn PyBuffer_GetPointer(view: &Py_buffer, indices: *const isize) -> *mut c_void {
        item(view, std::slice::from_raw_parts(indices, view.ndim as usize)).cast()
    }

    fn PyBuffer_FillContiguousStrides(dimensions: c_int, shape: *mut isize, strides: *mut isize, size: c_int, order: c_char) {
        let dimensions = dimensions as usize;
        let mut step = size as isize;
        for index in 0..dimensions {
            let axis = if order as u8 == b'F' { index } else { dimensions - 1 - index };
            *strides.add(axis) = step;
            step *= *shape.add(axis);
        }
    }

    fn PyBuffer_ToContiguous(memory: *mut c_void, view: &Py_buffer, size: isize, order: c_char) -> Result<()> {
        if size != view.len {
            return Err(raise!(ValueError, "PyBuffer_ToContiguous: len != view->len"));
        }
        copy(view, memory.cast(), size, order, false);
        Ok(())
    }

    fn PyBuffer_FromContiguous(view: &Py_buffer, memory: *const c_void, size: isize, order: c_char) -> Result<()> {
        copy(view, memory.cast_mut().cast(), size, order, true);
        Ok(())
    }

    fn PyBuffer_SizeFromFormat(format: *const c_char) -> Result<isize> {
        let format = crate::support::text(format);
        let size = crate::types::named("struct", "calcsize")?.call(&[&*Str::new(&format)])?;
        crate::number::index(&size)
    }

    fn PyObject_CopyData(target: &Object, source: &Object) -> Result<()> {
        let from = runtime::native::buffer::Buffer::acquire(source, abi::PyBUF_FULL_RO)?;
        let to = runtime::native::buffer::Buffer::acquire(target, abi::PyBUF_FULL)?;
        if to.view().len < from.view().len {
            return Err(raise!(BufferError, "destination is too small to receive data from source"));
        }
        let mut bytes = vec![0u8; from.view().len as usize];
        copy(from.view(), bytes.as_mut_ptr(), from.view().len, b'C' as c_char, false);
        copy(to.view(), bytes.as_mut_ptr(), from.view().len, b'C' as c_char, true);
        Ok(())
    }

    fn PyObject_AsReadBuffer(object: Option<&Object>, memory: *mut *const c_void, size: *mut isize) -> Result<()> {
        let buffer = runtime::native::buffer::Buffer::acquire(not_null(object)?, abi::PyBUF_SIMPLE)?;
        (*memory, *size) = (buffer.view().buf, buffer.view().len);
        Ok(())
    }

    fn PyObject_AsWriteBuffer(object: Option<&Object>, memory: *mut *mut c_void, size: *mut isize) -> Result<()> {
        let buffer = runtime::native::buffer::Buffer::acquire(not_null(object)?, abi::PyBUF_WRITABLE)?;
        (*memory, *size) = (buffer.view().buf, buffer.view().len);
        Ok(())
    }

    fn PyMemoryView_FromObject(object: &Object) -> Result {
        crate::types::builtin("memoryview")?.call(&[object])
    }

    fn PyMemoryView_FromMemory(memory: *mut c_char, size: isize, flags: c_int) -> Result {
        let readonly = (flags & abi::PyBUF_WRITE == 0) as c_int;
        let mut view: Py_buffer = std::mem::zeroed();
        if PyBuffer_FillInfo(&mut view, None, memory.cast(), size, readonly, abi::PyBUF_FULL_RO) < 0 {
            return Err(Raised::assume_set());
        }
        of_view(&view)
    }

    fn PyMemoryView_FromBuffer(view: *const Py_buffer) -> Result {
        if (*view).buf.is_null() {
            return Err(raise!(ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL"));
        }
        of_view(&*view)
    }

    fn PyMemoryView_GetContiguous(object: &Object, kind: c_int, order: c_char) -> Result {
        let made = MemoryView::of(object)?;
        let view = made.raw();
        if kind == abi::PyBUF_WRITE && view.readonly != 0 {
            return Err(raise!(BufferError, "underlying buffer is not writable"));
        }
        if contiguous(view, order) {
            return Ok(made.into_object());
        }
        if kind == abi::PyBUF_WRITE {
            return Err(raise!(BufferError, "writable contiguous buffer requested for a non-contiguous object."));
        }
        Ok(made.contiguous_copy(order == b'F' as c_char)?.into_object())
    }

    fn PyPickleBuffer_FromObject(object: &Object) -> Result<Ref<PickleBuffer>> {
        PickleBuffer::of(object)
    }

    fn PyPickleBuffer_GetBuffer(object: &Object) -> Result<*const Py_buffer> {
        Ok(std::ptr::from_ref(pickle_buffer(object)?.view()?))
    }

    fn PyPickleBuffer_Release(object: &Object) -> Result<()> {
        pickle_buffer(object)?.release_now();
        Ok(())
    }
}

/// A memoryview of what C describes: the memory stays C's.
fn of_view(view: &Py_buffer) -> Result {
    // SAFETY: the caller keeps the memory, as C's documentation asks.
    Ok(unsafe { MemoryView::of_memory(view) }?.into_object())
}

fn pickle_buffer(object: &Object) -> Result<&PickleBuffer> {
    object
        .downcast_exact::<PickleBuffer>()
        .ok_or_else(|| raise!(TypeError, "expected PickleBuffer, {} found", object.ty().full_name()))
}
