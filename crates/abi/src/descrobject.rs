//! Descriptors and the tables they are made from (`descrobject.h`, `structmember.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_void};

/// `PyObject * (*getter)(PyObject *, void *)`.
pub type getter = Option<unsafe extern "C" fn(*mut PyObject, *mut c_void) -> *mut PyObject>;

/// `int (*setter)(PyObject *, PyObject *, void *)`.
pub type setter = Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut c_void) -> c_int>;

/// `PyObject * (*wrapperfunc)(PyObject *self, PyObject *args, void *wrapped)`.
pub type wrapperfunc =
    Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut c_void) -> *mut PyObject>;

/// `PyObject * (*wrapperfunc_kwds)(PyObject *self, PyObject *args, void *wrapped, PyObject *kwds)`.
pub type wrapperfunc_kwds =
    Option<unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut c_void, *mut PyObject) -> *mut PyObject>;

/// The declaration of a computed attribute; a null name ends an array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyGetSetDef {
    pub name: *const c_char,
    pub get: getter,
    pub set: setter,
    pub doc: *const c_char,
    pub closure: *mut c_void,
}

/// The declaration of an attribute that is a C field; a null name ends an array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMemberDef {
    pub name: *const c_char,
    pub r#type: c_int,
    pub offset: Py_ssize_t,
    pub flags: c_int,
    pub doc: *const c_char,
}

/// The declaration of a special method that wraps a slot.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct wrapperbase {
    pub name: *const c_char,
    pub offset: c_int,
    pub function: *mut c_void,
    pub wrapper: wrapperfunc,
    pub doc: *const c_char,
    pub flags: c_int,
    pub name_strobj: *mut PyObject,
}

/// The head of every descriptor.
#[repr(C)]
pub struct PyDescrObject {
    pub ob_base: PyObject,
    pub d_type: Cell<*mut PyTypeObject>,
    pub d_name: Cell<*mut PyObject>,
    pub d_qualname: Cell<*mut PyObject>,
}

/// A method of a type.
#[repr(C)]
pub struct PyMethodDescrObject {
    pub d_common: PyDescrObject,
    pub d_method: Cell<*mut PyMethodDef>,
    pub vectorcall: Cell<vectorcallfunc>,
}

/// A C field of a type.
#[repr(C)]
pub struct PyMemberDescrObject {
    pub d_common: PyDescrObject,
    pub d_member: Cell<*mut PyMemberDef>,
}

/// A computed attribute of a type.
#[repr(C)]
pub struct PyGetSetDescrObject {
    pub d_common: PyDescrObject,
    pub d_getset: Cell<*mut PyGetSetDef>,
}

/// A special method of a type.
#[repr(C)]
pub struct PyWrapperDescrObject {
    pub d_common: PyDescrObject,
    pub d_base: Cell<*mut wrapperbase>,
    pub d_wrapped: Cell<*mut c_void>,
}

/// The C type of a member.
pub const Py_T_ULONGLONG: c_int = 18;
/// The C type of a member.
pub const Py_T_DOUBLE: c_int = 4;
/// The C type of a member.
pub const _Py_T_NONE: c_int = 20;
/// The C type of a member.
pub const Py_T_LONGLONG: c_int = 17;
/// The C type of a member.
pub const Py_T_BYTE: c_int = 8;
/// The C type of a member.
pub const Py_T_USHORT: c_int = 10;
/// The C type of a member.
pub const Py_T_BOOL: c_int = 14;
/// The C type of a member.
pub const Py_T_INT: c_int = 1;
/// The C type of a member.
pub const _Py_T_OBJECT: c_int = 6;
/// The C type of a member.
pub const Py_T_ULONG: c_int = 12;
/// The C type of a member.
pub const Py_T_STRING_INPLACE: c_int = 13;
/// The C type of a member.
pub const Py_T_STRING: c_int = 5;
/// The C type of a member.
pub const Py_T_CHAR: c_int = 7;
/// The C type of a member.
pub const Py_T_OBJECT_EX: c_int = 16;
/// The C type of a member.
pub const Py_T_UINT: c_int = 11;
/// The C type of a member.
pub const Py_T_PYSSIZET: c_int = 19;
/// The C type of a member.
pub const Py_T_FLOAT: c_int = 3;
/// The C type of a member.
pub const Py_T_UBYTE: c_int = 9;
/// The C type of a member.
pub const Py_T_SHORT: c_int = 0;
/// The C type of a member.
pub const Py_T_LONG: c_int = 2;

/// A flag of a member.
pub const _Py_WRITE_RESTRICTED: c_int = 4;
/// A flag of a member.
pub const Py_AUDIT_READ: c_int = 2;
/// A flag of a member.
pub const Py_RELATIVE_OFFSET: c_int = 8;
/// A flag of a member.
pub const Py_READONLY: c_int = 1;

/// The wrapper takes keyword arguments.
pub const PyWrapperFlag_KEYWORDS: c_int = 1;

zeroed!(PyGetSetDef, PyMemberDef, wrapperbase);
