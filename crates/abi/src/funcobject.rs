//! Functions, cells and slices (`cpython/funcobject.h`, `cpython/cellobject.h`, `sliceobject.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::c_int;

/// What happens to a watched function.
pub type PyFunction_WatchEvent = c_int;
/// The function was created.
pub const PyFunction_EVENT_CREATE: PyFunction_WatchEvent = 0;
/// The function is about to be destroyed.
pub const PyFunction_EVENT_DESTROY: PyFunction_WatchEvent = 1;
/// `__code__` is about to change.
pub const PyFunction_EVENT_MODIFY_CODE: PyFunction_WatchEvent = 2;
/// `__defaults__` is about to change.
pub const PyFunction_EVENT_MODIFY_DEFAULTS: PyFunction_WatchEvent = 3;
/// `__kwdefaults__` is about to change.
pub const PyFunction_EVENT_MODIFY_KWDEFAULTS: PyFunction_WatchEvent = 4;

/// `int (*PyFunction_WatchCallback)( PyFunction_WatchEvent event, PyFunctionObject *func, PyObject *new_value)`.
pub type PyFunction_WatchCallback =
    Option<unsafe extern "C" fn(PyFunction_WatchEvent, *mut PyFunctionObject, *mut PyObject) -> c_int>;

/// What is needed to run a code object; the middle of a function.
#[repr(C)]
pub struct PyFrameConstructor {
    pub fc_globals: Cell<*mut PyObject>,
    pub fc_builtins: Cell<*mut PyObject>,
    pub fc_name: Cell<*mut PyObject>,
    pub fc_qualname: Cell<*mut PyObject>,
    pub fc_code: Cell<*mut PyObject>,
    pub fc_defaults: Cell<*mut PyObject>,
    pub fc_kwdefaults: Cell<*mut PyObject>,
    pub fc_closure: Cell<*mut PyObject>,
}

/// A Python function.
#[repr(C)]
pub struct PyFunctionObject {
    pub ob_base: PyObject,
    pub func_globals: Cell<*mut PyObject>,
    pub func_builtins: Cell<*mut PyObject>,
    pub func_name: Cell<*mut PyObject>,
    pub func_qualname: Cell<*mut PyObject>,
    pub func_code: Cell<*mut PyObject>,
    pub func_defaults: Cell<*mut PyObject>,
    pub func_kwdefaults: Cell<*mut PyObject>,
    pub func_closure: Cell<*mut PyObject>,
    pub func_doc: Cell<*mut PyObject>,
    pub func_dict: Cell<*mut PyObject>,
    pub func_weakreflist: Cell<*mut PyObject>,
    pub func_module: Cell<*mut PyObject>,
    pub func_annotations: Cell<*mut PyObject>,
    pub func_annotate: Cell<*mut PyObject>,
    pub func_typeparams: Cell<*mut PyObject>,
    pub vectorcall: Cell<vectorcallfunc>,
    pub func_version: Cell<u32>,
}

/// A variable that inner functions share.
#[repr(C)]
pub struct PyCellObject {
    pub ob_base: PyObject,
    pub ob_ref: Cell<*mut PyObject>,
}

/// A slice.
#[repr(C)]
pub struct PySliceObject {
    pub ob_base: PyObject,
    pub start: *mut PyObject,
    pub stop: *mut PyObject,
    pub step: *mut PyObject,
}
