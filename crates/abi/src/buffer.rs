//! The buffer protocol and memoryview (`pybuffer.h`, `cpython/memoryobject.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_void};

/// `int (*getbufferproc)(PyObject *, Py_buffer *, int)`.
pub type getbufferproc = Option<unsafe extern "C" fn(*mut PyObject, *mut Py_buffer, c_int) -> c_int>;

/// `void (*releasebufferproc)(PyObject *, Py_buffer *)`.
pub type releasebufferproc = Option<unsafe extern "C" fn(*mut PyObject, *mut Py_buffer)>;

/// A view of an object's memory.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Py_buffer {
    pub buf: *mut c_void,
    pub obj: *mut PyObject,
    pub len: Py_ssize_t,
    pub itemsize: Py_ssize_t,
    pub readonly: c_int,
    pub ndim: c_int,
    pub format: *mut c_char,
    pub shape: *mut Py_ssize_t,
    pub strides: *mut Py_ssize_t,
    pub suboffsets: *mut Py_ssize_t,
    pub internal: *mut c_void,
}

/// The buffer that memoryviews share.
#[repr(C)]
pub struct _PyManagedBufferObject {
    pub ob_base: PyObject,
    pub flags: Cell<c_int>,
    pub exports: Cell<Py_ssize_t>,
    pub master: Py_buffer,
}

/// A memoryview: `ob_array` holds shape, strides and suboffsets.
#[repr(C)]
pub struct PyMemoryViewObject {
    pub ob_base: PyVarObject,
    pub mbuf: Cell<*mut _PyManagedBufferObject>,
    pub hash: Cell<Py_hash_t>,
    pub flags: Cell<c_int>,
    pub exports: Cell<Py_ssize_t>,
    pub view: Py_buffer,
    pub weakreflist: Cell<*mut PyObject>,
    pub ob_array: [Cell<Py_ssize_t>; 1],
}

/// A request flag of the buffer protocol.
pub const PyBUF_ND: c_int = 0x0008;
/// A request flag of the buffer protocol.
pub const PyBUF_WRITE: c_int = 0x200;
/// A request flag of the buffer protocol.
pub const PyBUF_CONTIG: c_int = 9;
/// A request flag of the buffer protocol.
pub const PyBUF_READ: c_int = 0x100;
/// A request flag of the buffer protocol.
pub const PyBUF_MAX_NDIM: c_int = 64;
/// A request flag of the buffer protocol.
pub const PyBUF_ANY_CONTIGUOUS: c_int = 152;
/// A request flag of the buffer protocol.
pub const PyBUF_FULL_RO: c_int = 284;
/// A request flag of the buffer protocol.
pub const PyBUF_F_CONTIGUOUS: c_int = 88;
/// A request flag of the buffer protocol.
pub const PyBUF_CONTIG_RO: c_int = 8;
/// A request flag of the buffer protocol.
pub const PyBUF_STRIDED_RO: c_int = 24;
/// A request flag of the buffer protocol.
pub const PyBUF_WRITEABLE: c_int = 1;
/// A request flag of the buffer protocol.
pub const PyBUF_INDIRECT: c_int = 280;
/// A request flag of the buffer protocol.
pub const PyBUF_STRIDED: c_int = 25;
/// A request flag of the buffer protocol.
pub const PyBUF_STRIDES: c_int = 24;
/// A request flag of the buffer protocol.
pub const PyBUF_RECORDS_RO: c_int = 28;
/// A request flag of the buffer protocol.
pub const PyBUF_RECORDS: c_int = 29;
/// A request flag of the buffer protocol.
pub const PyBUF_FULL: c_int = 285;
/// A request flag of the buffer protocol.
pub const PyBUF_WRITABLE: c_int = 0x0001;
/// A request flag of the buffer protocol.
pub const PyBUF_SIMPLE: c_int = 0;
/// A request flag of the buffer protocol.
pub const PyBUF_C_CONTIGUOUS: c_int = 56;
/// A request flag of the buffer protocol.
pub const PyBUF_FORMAT: c_int = 0x0004;
