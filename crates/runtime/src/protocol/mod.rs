//! What one can do with any object, as methods of [`Object`]: attributes, items, comparison, numbers, iteration, calls.
//! Behaviour: <https://docs.python.org/3.14/c-api/abstract.html>.

pub mod attribute;
pub mod call;
pub mod compare;
pub mod item;
pub mod iterate;
pub mod number;
pub mod repr_guard;
pub mod slots;
pub mod text;

use crate::errors::{Raised, Result};
use crate::object::{Layout, Object, RawObject};
use crate::reference::Ref;

/// What a C function gave, as a `Result`: null is an error.
///
/// # Safety
/// `raw` is null with an exception set, or a strong reference that the caller owns to an object that begins with a `T`.
#[inline(always)]
pub unsafe fn result_from_raw<T: Layout>(raw: *mut RawObject) -> Result<Ref<T>> {
    // SAFETY: by contract.
    unsafe { Ref::from_owned_opt(raw) }.ok_or_else(Raised::assume_set)
}

/// A `Result` as a C function gives it: null for an error.
#[inline(always)]
pub fn result_into_raw<T: Layout>(result: Result<Ref<T>>) -> *mut RawObject {
    result.map_or(std::ptr::null_mut(), Ref::into_raw)
}

/// A status that a C function gave: negative is an error.
#[inline(always)]
pub fn status_from_raw(status: i32) -> Result<i32> {
    if status < 0 { Err(Raised::assume_set()) } else { Ok(status) }
}

/// The name of an object's type, for messages.
#[inline]
pub fn type_name(object: &Object) -> &str {
    object.ty().full_name()
}
