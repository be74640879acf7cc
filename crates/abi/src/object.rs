//! The head of every object, reference count constants, and the function types that slots hold (`object.h`, `refcount.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_uint, c_ulong, c_void};

/// An index or length.
pub type Py_ssize_t = isize;

/// A hash value; -1 means "error" or "not computed".
pub type Py_hash_t = isize;

/// C's `wchar_t`: a code point on Linux.
pub type wchar_t = i32;

/// What a `sendfunc` reports: one of `PYGEN_RETURN`, `PYGEN_ERROR`, `PYGEN_NEXT`.
pub type PySendResult = c_int;

/// The iterator ended; the result is its return value.
pub const PYGEN_RETURN: PySendResult = 0;
/// An exception is set.
pub const PYGEN_ERROR: PySendResult = -1;
/// The iterator yielded the result.
pub const PYGEN_NEXT: PySendResult = 1;

/// An event that a reference tracer sees.
pub type PyRefTracerEvent = c_int;
/// An object was created.
pub const PyRefTracer_CREATE: PyRefTracerEvent = 0;
/// An object is about to be destroyed.
pub const PyRefTracer_DESTROY: PyRefTracerEvent = 1;

/// The head of every object: reference count and type.
///
/// C declares the first eight bytes as a union of these three fields and one 64-bit `ob_refcnt_full`; see
/// [`PyObject::ob_refcnt_full`]. An object whose `ob_refcnt` is negative as `i32` is immortal.
#[repr(C, align(8))]
pub struct PyObject {
    pub ob_refcnt: Cell<u32>,
    pub ob_overflow: Cell<u16>,
    pub ob_flags: Cell<u16>,
    pub ob_type: Cell<*mut PyTypeObject>,
}

impl PyObject {
    /// The head of a static, immortal object.
    pub const fn immortal(class: *const PyTypeObject) -> Self {
        Self {
            ob_refcnt: Cell::new(_Py_IMMORTAL_INITIAL_REFCNT as u32),
            ob_overflow: Cell::new(0),
            ob_flags: Cell::new(_Py_STATICALLY_ALLOCATED_FLAG | _Py_IMMORTAL_FLAGS),
            ob_type: Cell::new(class.cast_mut()),
        }
    }

    /// The head of a new object, with one reference.
    pub const fn new(class: *const PyTypeObject) -> Self {
        Self {
            ob_refcnt: Cell::new(1),
            ob_overflow: Cell::new(0),
            ob_flags: Cell::new(0),
            ob_type: Cell::new(class.cast_mut()),
        }
    }

    /// The 64-bit field that overlays reference count, overflow and flags.
    pub const fn ob_refcnt_full(&self) -> &Cell<i64> {
        // SAFETY: the three fields fill the first eight bytes, aligned to eight, and any bit pattern is valid.
        unsafe { &*(&raw const *self).cast() }
    }
}

/// The head of an object with a variable number of items.
#[repr(C)]
pub struct PyVarObject {
    pub ob_base: PyObject,
    pub ob_size: Cell<Py_ssize_t>,
}

impl PyVarObject {
    /// The head of a static, immortal object with `size` items.
    pub const fn immortal(class: *const PyTypeObject, size: Py_ssize_t) -> Self {
        Self { ob_base: PyObject::immortal(class), ob_size: Cell::new(size) }
    }

    /// The head of a new object with one reference and `size` items.
    pub const fn new(class: *const PyTypeObject, size: Py_ssize_t) -> Self {
        Self { ob_base: PyObject::new(class), ob_size: Cell::new(size) }
    }
}

/// What precedes an object that the cycle collector tracks: two words, CPython's `PyGC_Head`.
#[repr(C)]
pub struct PyGC_Head {
    pub _gc_next: Cell<usize>,
    pub _gc_prev: Cell<usize>,
}

/// `PyObject * (*unaryfunc)(PyObject *)`.
pub type unaryfunc = Option<unsafe extern "C" fn(*mut PyObject) -> *mut PyObject>;

/// `PyObject * (*binaryfunc)(PyObject *, PyObject *)`.
pub type binaryfunc = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject>;

/// `PyObject * (*ternaryfunc)(PyObject *, PyObject *, PyObject *)`.
pub type ternaryfunc =
    Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject>;

/// `int (*inquiry)(PyObject *)`.
pub type inquiry = Option<unsafe extern "C" fn(*mut PyObject) -> c_int>;

/// `Py_ssize_t (*lenfunc)(PyObject *)`.
pub type lenfunc = Option<unsafe extern "C" fn(*mut PyObject) -> Py_ssize_t>;

/// `PyObject * (*ssizeargfunc)(PyObject *, Py_ssize_t)`.
pub type ssizeargfunc = Option<unsafe extern "C" fn(*mut PyObject, Py_ssize_t) -> *mut PyObject>;

/// `PyObject * (*ssizessizeargfunc)(PyObject *, Py_ssize_t, Py_ssize_t)`.
pub type ssizessizeargfunc =
    Option<unsafe extern "C" fn(*mut PyObject, Py_ssize_t, Py_ssize_t) -> *mut PyObject>;

/// `int (*ssizeobjargproc)(PyObject *, Py_ssize_t, PyObject *)`.
pub type ssizeobjargproc = Option<unsafe extern "C" fn(*mut PyObject, Py_ssize_t, *mut PyObject) -> c_int>;

/// `int (*ssizessizeobjargproc)(PyObject *, Py_ssize_t, Py_ssize_t, PyObject *)`.
pub type ssizessizeobjargproc =
    Option<unsafe extern "C" fn(*mut PyObject, Py_ssize_t, Py_ssize_t, *mut PyObject) -> c_int>;

/// `int (*objobjargproc)(PyObject *, PyObject *, PyObject *)`.
pub type objobjargproc = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> c_int>;

/// `int (*objobjproc)(PyObject *, PyObject *)`.
pub type objobjproc = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> c_int>;

/// `int (*visitproc)(PyObject *, void *)`.
pub type visitproc = Option<unsafe extern "C" fn(*mut PyObject, *mut c_void) -> c_int>;

/// `int (*traverseproc)(PyObject *, visitproc, void *)`.
pub type traverseproc = Option<unsafe extern "C" fn(*mut PyObject, visitproc, *mut c_void) -> c_int>;

/// `void (*freefunc)(void *)`.
pub type freefunc = Option<unsafe extern "C" fn(*mut c_void)>;

/// `void (*destructor)(PyObject *)`.
pub type destructor = Option<unsafe extern "C" fn(*mut PyObject)>;

/// `PyObject * (*getattrfunc)(PyObject *, char *)`.
pub type getattrfunc = Option<unsafe extern "C" fn(*mut PyObject, *mut c_char) -> *mut PyObject>;

/// `PyObject * (*getattrofunc)(PyObject *, PyObject *)`.
pub type getattrofunc = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject>;

/// `int (*setattrfunc)(PyObject *, char *, PyObject *)`.
pub type setattrfunc = Option<unsafe extern "C" fn(*mut PyObject, *mut c_char, *mut PyObject) -> c_int>;

/// `int (*setattrofunc)(PyObject *, PyObject *, PyObject *)`.
pub type setattrofunc = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> c_int>;

/// `PyObject * (*reprfunc)(PyObject *)`.
pub type reprfunc = Option<unsafe extern "C" fn(*mut PyObject) -> *mut PyObject>;

/// `Py_hash_t (*hashfunc)(PyObject *)`.
pub type hashfunc = Option<unsafe extern "C" fn(*mut PyObject) -> Py_hash_t>;

/// `PyObject * (*richcmpfunc)(PyObject *, PyObject *, int)`.
pub type richcmpfunc = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, c_int) -> *mut PyObject>;

/// `PyObject * (*getiterfunc)(PyObject *)`.
pub type getiterfunc = Option<unsafe extern "C" fn(*mut PyObject) -> *mut PyObject>;

/// `PyObject * (*iternextfunc)(PyObject *)`.
pub type iternextfunc = Option<unsafe extern "C" fn(*mut PyObject) -> *mut PyObject>;

/// `PyObject * (*descrgetfunc)(PyObject *, PyObject *, PyObject *)`.
pub type descrgetfunc =
    Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject>;

/// `int (*descrsetfunc)(PyObject *, PyObject *, PyObject *)`.
pub type descrsetfunc = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> c_int>;

/// `int (*initproc)(PyObject *, PyObject *, PyObject *)`.
pub type initproc = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> c_int>;

/// `PyObject * (*newfunc)(PyTypeObject *, PyObject *, PyObject *)`.
pub type newfunc =
    Option<unsafe extern "C" fn(*mut PyTypeObject, *mut PyObject, *mut PyObject) -> *mut PyObject>;

/// `PyObject * (*allocfunc)(PyTypeObject *, Py_ssize_t)`.
pub type allocfunc = Option<unsafe extern "C" fn(*mut PyTypeObject, Py_ssize_t) -> *mut PyObject>;

/// `PyObject * (*vectorcallfunc)(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)`.
pub type vectorcallfunc =
    Option<unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, usize, *mut PyObject) -> *mut PyObject>;

/// `PySendResult (*sendfunc)(PyObject *iter, PyObject *value, PyObject **result)`.
pub type sendfunc =
    Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut *mut PyObject) -> PySendResult>;

/// `int (*PyRefTracer)(PyObject *, PyRefTracerEvent event, void *)`.
pub type PyRefTracer = Option<unsafe extern "C" fn(*mut PyObject, PyRefTracerEvent, *mut c_void) -> c_int>;

/// `int (*gcvisitobjects_t)(PyObject*, void*)`.
pub type gcvisitobjects_t = Option<unsafe extern "C" fn(*mut PyObject, *mut c_void) -> c_int>;

/// A C string that stands for an interned str.
#[repr(C)]
pub struct _Py_Identifier {
    pub string: Cell<*const c_char>,
    pub index: Cell<Py_ssize_t>,
    pub mutex: Cell<u8>,
}

/// A bound of the reference counts of immortal objects.
pub const _Py_IMMORTAL_INITIAL_REFCNT: u64 = 3 << 30;
/// A bound of the reference counts of immortal objects.
pub const _Py_IMMORTAL_MINIMUM_REFCNT: u64 = 1 << 31;

/// The whole `ob_refcnt_full` of a static immortal object.
pub const _Py_STATIC_IMMORTAL_INITIAL_REFCNT: i64 = 0x50000c0000000;

/// A bit of `ob_flags`.
pub const _Py_IMMORTAL_FLAGS: u16 = 1;
/// A bit of `ob_flags`.
pub const _Py_STATICALLY_ALLOCATED_FLAG: u16 = 4;

/// A rich comparison.
pub const Py_EQ: c_int = 2;
/// A rich comparison.
pub const Py_GE: c_int = 5;
/// A rich comparison.
pub const Py_LE: c_int = 1;
/// A rich comparison.
pub const Py_LT: c_int = 0;
/// A rich comparison.
pub const Py_GT: c_int = 4;
/// A rich comparison.
pub const Py_NE: c_int = 3;

/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_ELLIPSIS: c_uint = 3;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_NOT_IMPLEMENTED: c_uint = 4;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_ONE: c_uint = 6;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_TRUE: c_uint = 2;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_EMPTY_STR: c_uint = 7;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_EMPTY_BYTES: c_uint = 8;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_EMPTY_TUPLE: c_uint = 9;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_FALSE: c_uint = 1;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_ZERO: c_uint = 5;
/// An index for `Py_GetConstant`.
pub const Py_CONSTANT_NONE: c_uint = 0;

/// Flag of `PyObject_Print`: `str` instead of `repr`.
pub const Py_PRINT_RAW: c_int = 1;

/// Bit of `nargsf`: the callee may use `args[-1]` for a while.
pub const PY_VECTORCALL_ARGUMENTS_OFFSET: usize = 0x8000000000000000;

/// The C API version that extension modules are compiled for.
pub const PYTHON_API_VERSION: c_int = 1013;
/// The C API version that extension modules are compiled for.
pub const PYTHON_ABI_VERSION: c_int = 3;

/// A part of the language version.
pub const PY_MICRO_VERSION: c_int = 8;
/// A part of the language version.
pub const PY_MAJOR_VERSION: c_int = 3;
/// A part of the language version.
pub const PY_RELEASE_LEVEL: c_int = 15;
/// A part of the language version.
pub const PY_MINOR_VERSION: c_int = 14;
/// A part of the language version.
pub const PY_RELEASE_SERIAL: c_int = 0;

/// The version as one number.
pub const PY_VERSION_HEX: c_ulong = 0x30e08f0;
