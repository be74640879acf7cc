//! The C API as its own clients in this crate see it: parsing of arguments, building of values, formatting.

use std::ffi::{c_char, c_int, c_long, c_longlong, c_ulong, c_ulonglong, c_void};

use abi::{Py_buffer, Py_complex, PyTypeObject, PyUnicodeWriter, wchar_t};

use crate::support::Raw;

unsafe extern "C" {
    pub static PyExc_TypeError: Raw;
    pub static PyExc_ValueError: Raw;
    pub static PyExc_OverflowError: Raw;
    pub static PyExc_SystemError: Raw;

    pub fn Py_IncRef(object: Raw);
    pub fn Py_DecRef(object: Raw);
    pub fn Py_NewRef(object: Raw) -> Raw;
    pub fn PyMem_Malloc(size: usize) -> *mut c_void;
    pub fn PyMem_Free(block: *mut c_void);

    pub fn PyErr_Clear();
    pub fn PyErr_NoMemory() -> Raw;
    pub fn PyErr_SetObject(exception: Raw, value: Raw);
    pub fn PyErr_GetRaisedException() -> Raw;
    pub fn PyErr_SetRaisedException(exception: Raw);
    pub fn PyErr_WarnExplicitObject(
        category: Raw,
        message: Raw,
        filename: Raw,
        line: c_int,
        module: Raw,
        registry: Raw,
    ) -> c_int;

    pub fn PyObject_GetBuffer(object: Raw, view: *mut Py_buffer, flags: c_int) -> c_int;
    pub fn PyBuffer_Release(view: *mut Py_buffer);
    pub fn PyBuffer_IsContiguous(view: *const Py_buffer, order: c_char) -> c_int;
    pub fn PyBuffer_FillInfo(
        view: *mut Py_buffer,
        object: Raw,
        memory: *mut c_void,
        size: isize,
        readonly: c_int,
        flags: c_int,
    ) -> c_int;

    pub fn PyType_IsSubtype(class: *mut PyTypeObject, base: *mut PyTypeObject) -> c_int;
    pub fn PyType_GetFullyQualifiedName(class: *mut PyTypeObject) -> Raw;
    pub fn PyType_GetQualName(class: *mut PyTypeObject) -> Raw;

    pub fn PyObject_IsTrue(object: Raw) -> c_int;
    pub fn PyObject_Str(object: Raw) -> Raw;
    pub fn PyObject_Repr(object: Raw) -> Raw;
    pub fn PyObject_ASCII(object: Raw) -> Raw;
    pub fn PyObject_GetAttrString(object: Raw, name: *const c_char) -> Raw;
    pub fn PyObject_Vectorcall(callable: Raw, arguments: *const Raw, count: usize, names: Raw) -> Raw;
    pub fn PyObject_VectorcallMethod(name: Raw, arguments: *const Raw, count: usize, names: Raw) -> Raw;

    pub fn PyIndex_Check(object: Raw) -> c_int;
    pub fn PyNumber_Index(object: Raw) -> Raw;
    pub fn PyBool_FromLong(value: c_long) -> Raw;
    pub fn PyLong_FromLong(value: c_long) -> Raw;
    pub fn PyLong_FromLongLong(value: c_longlong) -> Raw;
    pub fn PyLong_FromUnsignedLong(value: c_ulong) -> Raw;
    pub fn PyLong_FromUnsignedLongLong(value: c_ulonglong) -> Raw;
    pub fn PyLong_AsLong(object: Raw) -> c_long;
    pub fn PyLong_AsSsize_t(object: Raw) -> isize;
    pub fn PyLong_AsLongLong(object: Raw) -> c_longlong;
    pub fn PyLong_AsUnsignedLongMask(object: Raw) -> c_ulong;
    pub fn PyLong_AsUnsignedLongLongMask(object: Raw) -> c_ulonglong;
    pub fn PyFloat_FromDouble(value: f64) -> Raw;
    pub fn PyFloat_AsDouble(object: Raw) -> f64;
    pub fn PyComplex_FromCComplex(value: Py_complex) -> Raw;
    pub fn PyComplex_AsCComplex(object: Raw) -> Py_complex;

    pub fn PySequence_Check(object: Raw) -> c_int;
    pub fn PySequence_Size(object: Raw) -> isize;
    pub fn PySequence_GetItem(object: Raw, index: isize) -> Raw;
    pub fn PyTuple_New(size: isize) -> Raw;
    pub fn PyTuple_Size(tuple: Raw) -> isize;
    pub fn PyTuple_GetItem(tuple: Raw, index: isize) -> Raw;
    pub fn PyTuple_SetItem(tuple: Raw, index: isize, item: Raw) -> c_int;
    pub fn PyList_New(size: isize) -> Raw;
    pub fn PyList_SetItem(list: Raw, index: isize, item: Raw) -> c_int;
    pub fn PyDict_New() -> Raw;
    pub fn PyDict_Size(dict: Raw) -> isize;
    pub fn PyDict_SetItem(dict: Raw, key: Raw, value: Raw) -> c_int;
    pub fn PyDict_GetItemString(dict: Raw, key: *const c_char) -> Raw;
    pub fn PyDict_Next(dict: Raw, position: *mut isize, key: *mut Raw, value: *mut Raw) -> c_int;

    pub fn PyBytes_FromStringAndSize(start: *const c_char, size: isize) -> Raw;
    pub fn PyBytes_AsString(bytes: Raw) -> *mut c_char;
    pub fn PyBytes_Size(bytes: Raw) -> isize;
    pub fn PyByteArray_AsString(bytes: Raw) -> *mut c_char;
    pub fn PyByteArray_Size(bytes: Raw) -> isize;

    pub fn PyUnicode_FromString(text: *const c_char) -> Raw;
    pub fn PyUnicode_FromStringAndSize(start: *const c_char, size: isize) -> Raw;
    pub fn PyUnicode_FromOrdinal(ordinal: c_int) -> Raw;
    pub fn PyUnicode_FromWideChar(start: *const wchar_t, size: isize) -> Raw;
    pub fn PyUnicode_FromKindAndData(kind: c_int, start: *const c_void, size: isize) -> Raw;
    pub fn PyUnicode_DecodeUTF8(start: *const c_char, size: isize, errors: *const c_char) -> Raw;
    pub fn PyUnicode_DecodeFSDefault(text: *const c_char) -> Raw;
    pub fn PyUnicode_AsUTF8AndSize(text: Raw, size: *mut isize) -> *const c_char;
    pub fn PyUnicode_AsEncodedString(text: Raw, encoding: *const c_char, errors: *const c_char) -> Raw;
    pub fn PyUnicode_GetLength(text: Raw) -> isize;
    pub fn PyUnicode_ReadChar(text: Raw, index: isize) -> u32;
    pub fn PyUnicode_EqualToUTF8(text: Raw, other: *const c_char) -> c_int;
    pub fn PyUnicodeWriter_WriteUCS4(writer: *mut PyUnicodeWriter, start: *const u32, size: isize) -> c_int;

    pub fn PyFile_WriteObject(object: Raw, file: Raw, flags: c_int) -> c_int;
    pub fn PySys_GetObject(name: *const c_char) -> Raw;
    pub fn PySys_AuditTuple(event: *const c_char, arguments: Raw) -> c_int;
}

/// Type checks that C does inline, by type flag.
macro_rules! checks {
    ($($name:ident $flag:ident)*) => {$(
        /// Is the object an instance of this type or a subtype?
        ///
        /// # Safety
        /// The object is alive.
        pub unsafe fn $name(object: Raw) -> bool {
            // SAFETY: by contract.
            unsafe { (*(*object).ob_type.get()).tp_flags.get() & abi::$flag != 0 }
        }
    )*};
}
checks! {
    PyTuple_Check Py_TPFLAGS_TUPLE_SUBCLASS
    PyDict_Check Py_TPFLAGS_DICT_SUBCLASS
    PyUnicode_Check Py_TPFLAGS_UNICODE_SUBCLASS
    PyBytes_Check Py_TPFLAGS_BYTES_SUBCLASS
}

/// Is the object a bytearray?
///
/// # Safety
/// The object is alive.
pub unsafe fn PyByteArray_Check(object: Raw) -> bool {
    use runtime::prelude::*;
    // SAFETY: by contract.
    let object = unsafe { Object::from_raw(object) };
    let class = crate::types::builtin("bytearray").ok();
    class.is_some_and(|class| class.downcast::<Type>().is_some_and(|class| object.ty().is_subtype(class)))
}

/// None, borrowed: it is immortal.
pub fn Py_None() -> Raw {
    runtime::prelude::none().as_ptr()
}
