//! `slice`. <https://docs.python.org/3.14/c-api/slice.html>

use std::ffi::c_int;

use runtime::objects::exceptions;
use runtime::prelude::*;

use crate::support::exported;

/// `slice(start, stop)`.
pub fn from_indices(start: isize, stop: isize) -> Result {
    make(Some(&*Int::new(start as i64)), Some(&*Int::new(stop as i64)), None)
}

fn make(start: Option<&Object>, stop: Option<&Object>, step: Option<&Object>) -> Result {
    let none = none();
    crate::types::builtin("slice")?.call(&[
        start.unwrap_or(&none),
        stop.unwrap_or(&none),
        step.unwrap_or(&none),
    ])
}

/// An index of a slice, clipped to a machine word; `default` for None.
fn bound(object: &Object, default: isize) -> Result<isize> {
    if object.is_none() {
        return Ok(default);
    }
    if object.ty().nb_index().is_none() {
        return Err(raise!(TypeError, "slice indices must be integers or None or have an __index__ method"));
    }
    object.to_isize_index_or_clip(None)
}

/// Start, stop and step of a slice.
unsafe fn unpack(slice: &Object) -> Result<(isize, isize, isize)> {
    // SAFETY: the caller has a slice; its parts never change.
    unsafe {
        let raw = &*slice.as_ptr().cast::<abi::PySliceObject>();
        let step = bound(Object::from_raw(raw.step), 1)?;
        if step == 0 {
            return Err(raise!(ValueError, "slice step cannot be zero"));
        }
        let step = step.max(-isize::MAX);
        let start = bound(Object::from_raw(raw.start), if step < 0 { isize::MAX } else { 0 })?;
        let stop = bound(Object::from_raw(raw.stop), if step < 0 { isize::MIN } else { isize::MAX })?;
        Ok((start, stop, step))
    }
}

/// Clips start and stop to a length; gives the number of items.
fn adjust(length: isize, start: &mut isize, stop: &mut isize, step: isize) -> isize {
    let clip = |index: isize| {
        let index = if index < 0 { index.saturating_add(length) } else { index };
        if index < 0 {
            if step < 0 { -1 } else { 0 }
        } else if index >= length {
            if step < 0 { length - 1 } else { length }
        } else {
            index
        }
    };
    *start = clip(*start);
    *stop = clip(*stop);
    if step < 0 && *stop < *start {
        (*start - *stop - 1) / -step + 1
    } else if step > 0 && *start < *stop {
        (*stop - *start - 1) / step + 1
    } else {
        0
    }
}

exported! {
    fn PySlice_New(start: Option<&Object>, stop: Option<&Object>, step: Option<&Object>) -> Result {
        make(start, stop, step)
    }

    fn _PySlice_FromIndices(start: isize, stop: isize) -> Result {
        from_indices(start, stop)
    }

    fn PySlice_Unpack(slice: &Object, start: *mut isize, stop: *mut isize, step: *mut isize) -> Result<()> {
        (*start, *stop, *step) = unpack(slice)?;
        Ok(())
    }

    fn PySlice_AdjustIndices(length: isize, start: *mut isize, stop: *mut isize, step: isize) -> isize {
        adjust(length, &mut *start, &mut *stop, step)
    }

    fn PySlice_GetIndicesEx(
        slice: &Object, length: isize, start: *mut isize, stop: *mut isize, step: *mut isize, count: *mut isize
    ) -> Result<()> {
        *count = 0;
        (*start, *stop, *step) = unpack(slice)?;
        *count = adjust(length, &mut *start, &mut *stop, *step);
        Ok(())
    }

    fn PySlice_GetIndices(slice: &Object, length: isize, start: *mut isize, stop: *mut isize, step: *mut isize) -> c_int {
        let Ok(found) = unpack(slice) else { return -1 };
        (*start, *stop, *step) = found;
        if *start < 0 { *start += length; }
        if *stop < 0 { *stop += length; }
        if *stop > length || *start >= length { -1 } else { 0 }
    }

    fn _PyEval_SliceIndex(object: &Object, place: *mut isize) -> c_int {
        if object.is_none() {
            return 1;
        }
        match bound(object, 0) {
            Ok(index) => {
                *place = index;
                1
            }
            Err(_) => 0,
        }
    }

    fn _PyEval_SliceIndexNotNone(object: &Object, place: *mut isize) -> c_int {
        if object.ty().nb_index().is_none() {
            drop(raise!(TypeError, "slice indices must be integers or have an __index__ method"));
            return 0;
        }
        match object.to_isize_index(&exceptions::IndexError).or_else(|_| bound(object, 0)) {
            Ok(index) => {
                *place = index;
                1
            }
            Err(_) => 0,
        }
    }
}
