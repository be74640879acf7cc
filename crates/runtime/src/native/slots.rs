//! What slots return to C, and the method suites of a type.

use std::ffi::c_int;

use crate::errors::Result;
use crate::native::convert::{IntoResult, to_c};
use crate::object::RawObject;
use crate::objects::r#type::Type;
use crate::raise;
use crate::reference::Ref;

/// The result of `tp_iternext`: null without an exception where the iterator is exhausted.
pub trait Next {
    fn into_next(self) -> *mut RawObject;
}

impl<T: IntoResult> Next for Option<T> {
    #[inline(always)]
    fn into_next(self) -> *mut RawObject {
        self.map_or(std::ptr::null_mut(), |value| to_c(value.into_result()))
    }
}

impl<T: IntoResult> Next for Result<Option<T>> {
    #[inline(always)]
    fn into_next(self) -> *mut RawObject {
        self.map_or(std::ptr::null_mut(), Next::into_next)
    }
}

/// The result of a slot that does something: 0, or -1 for an error.
pub trait Status {
    fn into_status(self) -> c_int;
    fn into_unit(self) -> Result<()>;
}

impl Status for () {
    #[inline(always)]
    fn into_unit(self) -> Result<()> {
        Ok(())
    }
    #[inline(always)]
    fn into_status(self) -> c_int {
        0
    }
}

impl Status for Result<()> {
    #[inline(always)]
    fn into_unit(self) -> Result<()> {
        self
    }
    #[inline(always)]
    fn into_status(self) -> c_int {
        if self.is_ok() { 0 } else { -1 }
    }
}

/// The result of a slot that answers yes or no: 1, 0, or -1 for an error.
pub trait Truth {
    fn into_truth(self) -> c_int;
}

impl Truth for bool {
    #[inline(always)]
    fn into_truth(self) -> c_int {
        self.into()
    }
}

impl Truth for Result<bool> {
    #[inline(always)]
    fn into_truth(self) -> c_int {
        self.map_or(-1, c_int::from)
    }
}

/// The result of a slot that counts: -1 for an error.
pub trait Size {
    fn into_size(self) -> isize;
}

impl Size for usize {
    #[inline(always)]
    fn into_size(self) -> isize {
        match isize::try_from(self) {
            Ok(size) => size,
            Err(_) => {
                let _ = raise!(OverflowError, "cannot fit 'int' into an index-sized integer");
                -1
            }
        }
    }
}

impl Size for isize {
    #[inline(always)]
    fn into_size(self) -> isize {
        self
    }
}

impl<T: Size> Size for Result<T> {
    #[inline(always)]
    fn into_size(self) -> isize {
        self.map_or(-1, Size::into_size)
    }
}

/// The result of `tp_hash`: never -1 but for an error.
pub trait Hash {
    fn into_hash(self) -> isize;
}

impl Hash for isize {
    #[inline(always)]
    fn into_hash(self) -> isize {
        if self == -1 { -2 } else { self }
    }
}

impl Hash for i64 {
    #[inline(always)]
    fn into_hash(self) -> isize {
        (self as isize).into_hash()
    }
}

impl<T: Hash> Hash for Result<T> {
    #[inline(always)]
    fn into_hash(self) -> isize {
        self.map_or(-1, Hash::into_hash)
    }
}

/// What `am_send` gives.
pub enum Sent {
    /// The iterator yielded.
    Next(Ref),
    /// The iterator ended with this value.
    Return(Ref),
}

/// The result of `am_send`.
///
/// # Safety
/// `result` may be written to.
pub unsafe fn into_send(sent: Result<Sent>, result: *mut *mut RawObject) -> c_int {
    let (code, value) = match sent {
        Ok(Sent::Next(value)) => (abi::PYGEN_NEXT, value.into_raw()),
        Ok(Sent::Return(value)) => (abi::PYGEN_RETURN, value.into_raw()),
        Err(_) => (abi::PYGEN_ERROR, std::ptr::null_mut()),
    };
    // SAFETY: by contract.
    unsafe { *result = value };
    code
}

macro_rules! suites {
    ($($name:ident: $suite:ident, $field:ident;)*) => {$(
        /// The suite of a static type, made on first use; it lives as long as the type.
        pub fn $name(ty: &'static Type) -> &'static abi::$suite {
            if ty.raw.$field.get().is_null() {
                ty.raw.$field.set(Box::leak(Box::new(abi::$suite::zeroed())));
            }
            // SAFETY: a static type's suites are never freed.
            unsafe { &*ty.raw.$field.get() }
        }
    )*};
}

suites! {
    number: PyNumberMethods, tp_as_number;
    sequence: PySequenceMethods, tp_as_sequence;
    mapping: PyMappingMethods, tp_as_mapping;
    asynchronous: PyAsyncMethods, tp_as_async;
    buffer: PyBufferProcs, tp_as_buffer;
}
