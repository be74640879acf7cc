//! A C argument list that `variadic.c` opened: each `next_*` takes one argument, whose type the caller must know.

use std::ffi::{c_char, c_double, c_int, c_longlong, c_void};

use abi::PyObject;

/// An open argument list; its memory is C's.
#[repr(C)]
pub struct Arguments {
    _private: [u8; 0],
}

unsafe extern "C" {
    fn taipan_next_pointer(arguments: *mut Arguments) -> *mut c_void;
    fn taipan_next_int(arguments: *mut Arguments) -> c_int;
    fn taipan_next_long(arguments: *mut Arguments) -> c_longlong;
    fn taipan_next_double(arguments: *mut Arguments) -> c_double;
}

/// # Safety
/// For every method: the next argument has the type that the method's name says.
impl Arguments {
    /// The next argument, a pointer.
    pub unsafe fn next_pointer<T>(&mut self) -> *mut T {
        // SAFETY: by contract.
        unsafe { taipan_next_pointer(self).cast() }
    }

    /// The next argument, an object.
    pub unsafe fn next_object(&mut self) -> *mut PyObject {
        // SAFETY: by contract.
        unsafe { self.next_pointer() }
    }

    /// The next argument, a C string.
    pub unsafe fn next_text(&mut self) -> *const c_char {
        // SAFETY: by contract.
        unsafe { self.next_pointer() }
    }

    /// The next argument, an `int` or what is promoted to it.
    pub unsafe fn next_int(&mut self) -> c_int {
        // SAFETY: by contract.
        unsafe { taipan_next_int(self) }
    }

    /// The next argument, any integer of 64 bits.
    pub unsafe fn next_long(&mut self) -> i64 {
        // SAFETY: by contract.
        unsafe { taipan_next_long(self) }
    }

    /// The next argument, a `double` or a `float`.
    pub unsafe fn next_double(&mut self) -> f64 {
        // SAFETY: by contract.
        unsafe { taipan_next_double(self) }
    }
}
