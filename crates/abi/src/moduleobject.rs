//! How extension modules declare themselves (`moduleobject.h`, `cpython/import.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_uchar, c_void};

/// The head of a module definition.
#[repr(C)]
pub struct PyModuleDef_Base {
    pub ob_base: PyObject,
    pub m_init: Cell<Option<unsafe extern "C" fn() -> *mut PyObject>>,
    pub m_index: Cell<Py_ssize_t>,
    pub m_copy: Cell<*mut PyObject>,
}

/// A slot of a module definition; slot 0 ends the array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyModuleDef_Slot {
    pub slot: c_int,
    pub value: *mut c_void,
}

/// A module definition.
#[repr(C)]
pub struct PyModuleDef {
    pub m_base: PyModuleDef_Base,
    pub m_name: *const c_char,
    pub m_doc: *const c_char,
    pub m_size: Py_ssize_t,
    pub m_methods: *mut PyMethodDef,
    pub m_slots: *mut PyModuleDef_Slot,
    pub m_traverse: traverseproc,
    pub m_clear: inquiry,
    pub m_free: freefunc,
}

/// A built-in module: its name and how to make it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _inittab {
    pub name: *const c_char,
    pub initfunc: Option<unsafe extern "C" fn() -> *mut PyObject>,
}

/// A frozen module.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _frozen {
    pub name: *const c_char,
    pub code: *const c_uchar,
    pub size: c_int,
    pub is_package: c_int,
}

/// A slot number of a module definition.
pub const Py_mod_gil: c_int = 4;
/// A slot number of a module definition.
pub const Py_mod_exec: c_int = 2;
/// A slot number of a module definition.
pub const Py_mod_create: c_int = 1;
/// A slot number of a module definition.
pub const Py_mod_multiple_interpreters: c_int = 3;

/// Value of slot `Py_mod_multiple_interpreters`: only the main interpreter can import the module.
pub const Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED: usize = 0;
/// Value of slot `Py_mod_multiple_interpreters`: subinterpreters that share the GIL can import the module.
pub const Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED: usize = 1;
/// Value of slot `Py_mod_multiple_interpreters`: subinterpreters with their own GIL can import the module.
pub const Py_MOD_PER_INTERPRETER_GIL_SUPPORTED: usize = 2;
/// Value of slot `Py_mod_gil`: the module needs the GIL.
pub const Py_MOD_GIL_USED: usize = 0;
/// Value of slot `Py_mod_gil`: the module does not need the GIL.
pub const Py_MOD_GIL_NOT_USED: usize = 1;

/// A module. Private in C, but laid out as there.
#[repr(C)]
pub struct PyModuleObject {
    pub ob_base: PyObject,
    pub md_dict: Cell<*mut PyObject>,
    pub md_def: Cell<*mut PyModuleDef>,
    pub md_state: Cell<*mut c_void>,
    pub md_weaklist: Cell<*mut PyObject>,
    pub md_name: Cell<*mut PyObject>,
}
