//! Exceptions (`cpython/pyerrors.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::c_char;

/// The head of every exception.
#[repr(C)]
pub struct PyBaseExceptionObject {
    pub ob_base: PyObject,
    pub dict: Cell<*mut PyObject>,
    pub args: Cell<*mut PyObject>,
    pub notes: Cell<*mut PyObject>,
    pub traceback: Cell<*mut PyObject>,
    pub context: Cell<*mut PyObject>,
    pub cause: Cell<*mut PyObject>,
    pub suppress_context: Cell<c_char>,
}

/// `BaseExceptionGroup` and `ExceptionGroup`.
#[repr(C)]
pub struct PyBaseExceptionGroupObject {
    pub base: PyBaseExceptionObject,
    pub msg: Cell<*mut PyObject>,
    pub excs: Cell<*mut PyObject>,
    pub excs_str: Cell<*mut PyObject>,
}

/// `SyntaxError`.
#[repr(C)]
pub struct PySyntaxErrorObject {
    pub base: PyBaseExceptionObject,
    pub msg: Cell<*mut PyObject>,
    pub filename: Cell<*mut PyObject>,
    pub lineno: Cell<*mut PyObject>,
    pub offset: Cell<*mut PyObject>,
    pub end_lineno: Cell<*mut PyObject>,
    pub end_offset: Cell<*mut PyObject>,
    pub text: Cell<*mut PyObject>,
    pub print_file_and_line: Cell<*mut PyObject>,
    pub metadata: Cell<*mut PyObject>,
}

/// `ImportError`.
#[repr(C)]
pub struct PyImportErrorObject {
    pub base: PyBaseExceptionObject,
    pub msg: Cell<*mut PyObject>,
    pub name: Cell<*mut PyObject>,
    pub path: Cell<*mut PyObject>,
    pub name_from: Cell<*mut PyObject>,
}

/// `UnicodeError` and its subclasses.
#[repr(C)]
pub struct PyUnicodeErrorObject {
    pub base: PyBaseExceptionObject,
    pub encoding: Cell<*mut PyObject>,
    pub object: Cell<*mut PyObject>,
    pub start: Cell<Py_ssize_t>,
    pub end: Cell<Py_ssize_t>,
    pub reason: Cell<*mut PyObject>,
}

/// `SystemExit`.
#[repr(C)]
pub struct PySystemExitObject {
    pub base: PyBaseExceptionObject,
    pub code: Cell<*mut PyObject>,
}

/// `OSError`.
#[repr(C)]
pub struct PyOSErrorObject {
    pub base: PyBaseExceptionObject,
    pub myerrno: Cell<*mut PyObject>,
    pub strerror: Cell<*mut PyObject>,
    pub filename: Cell<*mut PyObject>,
    pub filename2: Cell<*mut PyObject>,
    pub written: Cell<Py_ssize_t>,
}

/// `StopIteration`.
#[repr(C)]
pub struct PyStopIterationObject {
    pub base: PyBaseExceptionObject,
    pub value: Cell<*mut PyObject>,
}

/// `NameError`.
#[repr(C)]
pub struct PyNameErrorObject {
    pub base: PyBaseExceptionObject,
    pub name: Cell<*mut PyObject>,
}

/// `AttributeError`.
#[repr(C)]
pub struct PyAttributeErrorObject {
    pub base: PyBaseExceptionObject,
    pub obj: Cell<*mut PyObject>,
    pub name: Cell<*mut PyObject>,
}
