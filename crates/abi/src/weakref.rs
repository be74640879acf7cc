//! Weak references and capsules (`cpython/weakrefobject.h`, `pycapsule.h`).

use crate::*;
use core::cell::Cell;

/// `void (*PyCapsule_Destructor)(PyObject *)`.
pub type PyCapsule_Destructor = Option<unsafe extern "C" fn(*mut PyObject)>;

/// A weak reference or proxy; the references to one object form a list.
#[repr(C)]
pub struct PyWeakReference {
    pub ob_base: PyObject,
    pub wr_object: Cell<*mut PyObject>,
    pub wr_callback: Cell<*mut PyObject>,
    pub hash: Cell<Py_hash_t>,
    pub wr_prev: Cell<*mut PyWeakReference>,
    pub wr_next: Cell<*mut PyWeakReference>,
    pub vectorcall: Cell<vectorcallfunc>,
}
