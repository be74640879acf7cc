//! Between Rust's results and C's conventions: null and -1 say that an exception is set.

use std::ffi::c_int;

use crate::errors::{Raised, Result};
use crate::object::{Layout, RawObject};
use crate::reference::Ref;

pub use crate::protocol::{result_from_raw as take, result_into_raw as give};

/// An iterator's result for C: null without an exception is the end.
#[inline(always)]
pub fn give_opt<T: Layout>(result: Result<Option<Ref<T>>>) -> *mut RawObject {
    match result {
        Ok(Some(value)) => value.into_raw(),
        _ => std::ptr::null_mut(),
    }
}

/// Success for C: 0, or -1.
#[inline(always)]
pub fn give_unit(result: Result<()>) -> c_int {
    if result.is_ok() { 0 } else { -1 }
}

/// A truth value for C: 0, 1, or -1.
#[inline(always)]
pub fn give_bool(result: Result<bool>) -> c_int {
    result.map_or(-1, c_int::from)
}

/// A number for C: -1 with an exception set is an error.
#[inline(always)]
pub fn give_size(result: Result<isize>) -> isize {
    result.unwrap_or(-1)
}

/// C's 0 or -1.
#[inline(always)]
pub fn take_unit(status: c_int) -> Result<()> {
    if status < 0 { Err(Raised::assume_set()) } else { Ok(()) }
}

/// C's 0, 1 or -1.
#[inline(always)]
pub fn take_bool(status: c_int) -> Result<bool> {
    if status < 0 { Err(Raised::assume_set()) } else { Ok(status != 0) }
}
