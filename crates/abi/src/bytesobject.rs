//! bytes and bytearray (`cpython/bytesobject.h`, `cpython/bytearrayobject.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::c_char;

/// A bytes: `ob_size` bytes and a zero.
#[repr(C)]
pub struct PyBytesObject {
    pub ob_base: PyVarObject,
    pub ob_shash: Cell<Py_hash_t>,
    pub ob_sval: [c_char; 1],
}

/// A bytearray.
#[repr(C)]
pub struct PyByteArrayObject {
    pub ob_base: PyVarObject,
    pub ob_alloc: Cell<Py_ssize_t>,
    pub ob_bytes: Cell<*mut c_char>,
    pub ob_start: Cell<*mut c_char>,
    pub ob_exports: Cell<Py_ssize_t>,
}
