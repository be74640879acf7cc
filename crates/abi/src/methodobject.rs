//! Functions written in C, and bound methods (`methodobject.h`, `cpython/classobject.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int};

/// The older name of [`PyCFunctionFast`].
pub type _PyCFunctionFast = PyCFunctionFast;
/// The older name of [`PyCFunctionFastWithKeywords`].
pub type _PyCFunctionFastWithKeywords = PyCFunctionFastWithKeywords;

/// `PyObject * (*PyCFunction)(PyObject *, PyObject *)`.
pub type PyCFunction = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject>;

/// `PyObject * (*PyCFunctionFast)(PyObject *, PyObject *const *, Py_ssize_t)`.
pub type PyCFunctionFast =
    Option<unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, Py_ssize_t) -> *mut PyObject>;

/// `PyObject * (*PyCFunctionWithKeywords)(PyObject *, PyObject *, PyObject *)`.
pub type PyCFunctionWithKeywords =
    Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject>;

/// `PyObject * (*PyCFunctionFastWithKeywords)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *)`.
pub type PyCFunctionFastWithKeywords = Option<
    unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, Py_ssize_t, *mut PyObject) -> *mut PyObject,
>;

/// `PyObject * (*PyCMethod)(PyObject *, PyTypeObject *, PyObject *const *, Py_ssize_t, PyObject *)`.
pub type PyCMethod = Option<
    unsafe extern "C" fn(
        *mut PyObject,
        *mut PyTypeObject,
        *const *mut PyObject,
        Py_ssize_t,
        *mut PyObject,
    ) -> *mut PyObject,
>;

/// The declaration of a C function or method; a null name ends an array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMethodDef {
    pub ml_name: *const c_char,
    pub ml_meth: PyCFunction,
    pub ml_flags: c_int,
    pub ml_doc: *const c_char,
}

/// A C function bound to its module or instance.
#[repr(C)]
pub struct PyCFunctionObject {
    pub ob_base: PyObject,
    pub m_ml: Cell<*mut PyMethodDef>,
    pub m_self: Cell<*mut PyObject>,
    pub m_module: Cell<*mut PyObject>,
    pub m_weakreflist: Cell<*mut PyObject>,
    pub vectorcall: Cell<vectorcallfunc>,
}

/// A C function that knows its defining class.
#[repr(C)]
pub struct PyCMethodObject {
    pub func: PyCFunctionObject,
    pub mm_class: Cell<*mut PyTypeObject>,
}

/// A function bound to an instance.
#[repr(C)]
pub struct PyMethodObject {
    pub ob_base: PyObject,
    pub im_func: Cell<*mut PyObject>,
    pub im_self: Cell<*mut PyObject>,
    pub im_weakreflist: Cell<*mut PyObject>,
    pub vectorcall: Cell<vectorcallfunc>,
}

/// A callable that binds like a function.
#[repr(C)]
pub struct PyInstanceMethodObject {
    pub ob_base: PyObject,
    pub func: Cell<*mut PyObject>,
}

/// A flag of `ml_flags`.
pub const METH_O: c_int = 0x0008;
/// A flag of `ml_flags`.
pub const METH_METHOD: c_int = 0x0200;
/// A flag of `ml_flags`.
pub const METH_FASTCALL: c_int = 0x0080;
/// A flag of `ml_flags`.
pub const METH_STATIC: c_int = 0x0020;
/// A flag of `ml_flags`.
pub const METH_NOARGS: c_int = 0x0004;
/// A flag of `ml_flags`.
pub const METH_STACKLESS: c_int = 0x0000;
/// A flag of `ml_flags`.
pub const METH_CLASS: c_int = 0x0010;
/// A flag of `ml_flags`.
pub const METH_KEYWORDS: c_int = 0x0002;
/// A flag of `ml_flags`.
pub const METH_COEXIST: c_int = 0x0040;
/// A flag of `ml_flags`.
pub const METH_VARARGS: c_int = 0x0001;

zeroed!(PyMethodDef);
