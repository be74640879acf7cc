//! Types: method suites, `PyTypeObject`, `PyHeapTypeObject`, slots and flags (`cpython/object.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_uchar, c_uint, c_ulong, c_void};

/// `int (*PyType_WatchCallback)(PyTypeObject *)`.
pub type PyType_WatchCallback = Option<unsafe extern "C" fn(*mut PyTypeObject) -> c_int>;

/// The number protocol of a type.
#[repr(C)]
pub struct PyNumberMethods {
    pub nb_add: Cell<binaryfunc>,
    pub nb_subtract: Cell<binaryfunc>,
    pub nb_multiply: Cell<binaryfunc>,
    pub nb_remainder: Cell<binaryfunc>,
    pub nb_divmod: Cell<binaryfunc>,
    pub nb_power: Cell<ternaryfunc>,
    pub nb_negative: Cell<unaryfunc>,
    pub nb_positive: Cell<unaryfunc>,
    pub nb_absolute: Cell<unaryfunc>,
    pub nb_bool: Cell<inquiry>,
    pub nb_invert: Cell<unaryfunc>,
    pub nb_lshift: Cell<binaryfunc>,
    pub nb_rshift: Cell<binaryfunc>,
    pub nb_and: Cell<binaryfunc>,
    pub nb_xor: Cell<binaryfunc>,
    pub nb_or: Cell<binaryfunc>,
    pub nb_int: Cell<unaryfunc>,
    pub nb_reserved: Cell<*mut c_void>,
    pub nb_float: Cell<unaryfunc>,
    pub nb_inplace_add: Cell<binaryfunc>,
    pub nb_inplace_subtract: Cell<binaryfunc>,
    pub nb_inplace_multiply: Cell<binaryfunc>,
    pub nb_inplace_remainder: Cell<binaryfunc>,
    pub nb_inplace_power: Cell<ternaryfunc>,
    pub nb_inplace_lshift: Cell<binaryfunc>,
    pub nb_inplace_rshift: Cell<binaryfunc>,
    pub nb_inplace_and: Cell<binaryfunc>,
    pub nb_inplace_xor: Cell<binaryfunc>,
    pub nb_inplace_or: Cell<binaryfunc>,
    pub nb_floor_divide: Cell<binaryfunc>,
    pub nb_true_divide: Cell<binaryfunc>,
    pub nb_inplace_floor_divide: Cell<binaryfunc>,
    pub nb_inplace_true_divide: Cell<binaryfunc>,
    pub nb_index: Cell<unaryfunc>,
    pub nb_matrix_multiply: Cell<binaryfunc>,
    pub nb_inplace_matrix_multiply: Cell<binaryfunc>,
}

/// The sequence protocol of a type.
#[repr(C)]
pub struct PySequenceMethods {
    pub sq_length: Cell<lenfunc>,
    pub sq_concat: Cell<binaryfunc>,
    pub sq_repeat: Cell<ssizeargfunc>,
    pub sq_item: Cell<ssizeargfunc>,
    pub was_sq_slice: Cell<*mut c_void>,
    pub sq_ass_item: Cell<ssizeobjargproc>,
    pub was_sq_ass_slice: Cell<*mut c_void>,
    pub sq_contains: Cell<objobjproc>,
    pub sq_inplace_concat: Cell<binaryfunc>,
    pub sq_inplace_repeat: Cell<ssizeargfunc>,
}

/// The mapping protocol of a type.
#[repr(C)]
pub struct PyMappingMethods {
    pub mp_length: Cell<lenfunc>,
    pub mp_subscript: Cell<binaryfunc>,
    pub mp_ass_subscript: Cell<objobjargproc>,
}

/// The awaitable and asynchronous iterator protocol of a type.
#[repr(C)]
pub struct PyAsyncMethods {
    pub am_await: Cell<unaryfunc>,
    pub am_aiter: Cell<unaryfunc>,
    pub am_anext: Cell<unaryfunc>,
    pub am_send: Cell<sendfunc>,
}

/// The buffer protocol of a type.
#[repr(C)]
pub struct PyBufferProcs {
    pub bf_getbuffer: Cell<getbufferproc>,
    pub bf_releasebuffer: Cell<releasebufferproc>,
}

/// A type. Every field is a cell: static types are filled in at start, and classes change.
#[repr(C)]
pub struct PyTypeObject {
    pub ob_base: PyVarObject,
    pub tp_name: Cell<*const c_char>,
    pub tp_basicsize: Cell<Py_ssize_t>,
    pub tp_itemsize: Cell<Py_ssize_t>,
    pub tp_dealloc: Cell<destructor>,
    pub tp_vectorcall_offset: Cell<Py_ssize_t>,
    pub tp_getattr: Cell<getattrfunc>,
    pub tp_setattr: Cell<setattrfunc>,
    pub tp_as_async: Cell<*mut PyAsyncMethods>,
    pub tp_repr: Cell<reprfunc>,
    pub tp_as_number: Cell<*mut PyNumberMethods>,
    pub tp_as_sequence: Cell<*mut PySequenceMethods>,
    pub tp_as_mapping: Cell<*mut PyMappingMethods>,
    pub tp_hash: Cell<hashfunc>,
    pub tp_call: Cell<ternaryfunc>,
    pub tp_str: Cell<reprfunc>,
    pub tp_getattro: Cell<getattrofunc>,
    pub tp_setattro: Cell<setattrofunc>,
    pub tp_as_buffer: Cell<*mut PyBufferProcs>,
    pub tp_flags: Cell<c_ulong>,
    pub tp_doc: Cell<*const c_char>,
    pub tp_traverse: Cell<traverseproc>,
    pub tp_clear: Cell<inquiry>,
    pub tp_richcompare: Cell<richcmpfunc>,
    pub tp_weaklistoffset: Cell<Py_ssize_t>,
    pub tp_iter: Cell<getiterfunc>,
    pub tp_iternext: Cell<iternextfunc>,
    pub tp_methods: Cell<*mut PyMethodDef>,
    pub tp_members: Cell<*mut PyMemberDef>,
    pub tp_getset: Cell<*mut PyGetSetDef>,
    pub tp_base: Cell<*mut PyTypeObject>,
    pub tp_dict: Cell<*mut PyObject>,
    pub tp_descr_get: Cell<descrgetfunc>,
    pub tp_descr_set: Cell<descrsetfunc>,
    pub tp_dictoffset: Cell<Py_ssize_t>,
    pub tp_init: Cell<initproc>,
    pub tp_alloc: Cell<allocfunc>,
    pub tp_new: Cell<newfunc>,
    pub tp_free: Cell<freefunc>,
    pub tp_is_gc: Cell<inquiry>,
    pub tp_bases: Cell<*mut PyObject>,
    pub tp_mro: Cell<*mut PyObject>,
    pub tp_cache: Cell<*mut PyObject>,
    pub tp_subclasses: Cell<*mut c_void>,
    pub tp_weaklist: Cell<*mut PyObject>,
    pub tp_del: Cell<destructor>,
    pub tp_version_tag: Cell<c_uint>,
    pub tp_finalize: Cell<destructor>,
    pub tp_vectorcall: Cell<vectorcallfunc>,
    pub tp_watched: Cell<c_uchar>,
    pub tp_versions_used: Cell<u16>,
}

/// What specialized instructions remember in a heap type.
#[repr(C)]
pub struct _specialization_cache {
    pub getitem: Cell<*mut PyObject>,
    pub getitem_version: Cell<u32>,
    pub init: Cell<*mut PyObject>,
}

/// A type made at run time, with its method suites inside.
#[repr(C)]
pub struct PyHeapTypeObject {
    pub ht_type: PyTypeObject,
    pub as_async: PyAsyncMethods,
    pub as_number: PyNumberMethods,
    pub as_mapping: PyMappingMethods,
    pub as_sequence: PySequenceMethods,
    pub as_buffer: PyBufferProcs,
    pub ht_name: Cell<*mut PyObject>,
    pub ht_slots: Cell<*mut PyObject>,
    pub ht_qualname: Cell<*mut PyObject>,
    pub ht_cached_keys: Cell<*mut PyDictKeysObject>,
    pub ht_module: Cell<*mut PyObject>,
    pub _ht_tpname: Cell<*mut c_char>,
    pub ht_token: Cell<*mut c_void>,
    pub _spec_cache: _specialization_cache,
}

/// One slot of a `PyType_Spec`; slot 0 ends the array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyType_Slot {
    pub slot: c_int,
    pub pfunc: *mut c_void,
}

/// How an extension module declares a heap type.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyType_Spec {
    pub name: *const c_char,
    pub basicsize: c_int,
    pub itemsize: c_int,
    pub flags: c_uint,
    pub slots: *mut PyType_Slot,
}

/// A bit of `tp_flags`.
pub const Py_TPFLAGS_MAPPING: c_ulong = 1 << 6;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_IS_ABSTRACT: c_ulong = 1 << 20;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_LIST_SUBCLASS: c_ulong = 1 << 25;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_BYTES_SUBCLASS: c_ulong = 1 << 27;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_PREHEADER: c_ulong = 24;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_MANAGED_DICT: c_ulong = 1 << 4;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_ITEMS_AT_END: c_ulong = 1 << 23;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_BASETYPE: c_ulong = 1 << 10;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_HAVE_GC: c_ulong = 1 << 14;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_IMMUTABLETYPE: c_ulong = 1 << 8;
/// A bit of `tp_flags`.
pub const _Py_TPFLAGS_HAVE_VECTORCALL: c_ulong = 2048;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_MANAGED_WEAKREF: c_ulong = 1 << 3;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_LONG_SUBCLASS: c_ulong = 1 << 24;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_INLINE_VALUES: c_ulong = 1 << 2;
/// A bit of `tp_flags`.
pub const _Py_TPFLAGS_MATCH_SELF: c_ulong = 1 << 22;
/// A bit of `tp_flags`.
pub const _Py_TPFLAGS_STATIC_BUILTIN: c_ulong = 1 << 1;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_HAVE_STACKLESS_EXTENSION: c_ulong = 0;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_BASE_EXC_SUBCLASS: c_ulong = 1 << 30;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_SEQUENCE: c_ulong = 1 << 5;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_DISALLOW_INSTANTIATION: c_ulong = 1 << 7;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_DEFAULT: c_ulong = 0;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_HAVE_VECTORCALL: c_ulong = 1 << 11;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_VALID_VERSION_TAG: c_ulong = 1 << 19;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_UNICODE_SUBCLASS: c_ulong = 1 << 28;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_HAVE_VERSION_TAG: c_ulong = 1 << 18;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_METHOD_DESCRIPTOR: c_ulong = 1 << 17;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_READYING: c_ulong = 1 << 13;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_TYPE_SUBCLASS: c_ulong = 1 << 31;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_HEAPTYPE: c_ulong = 1 << 9;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_TUPLE_SUBCLASS: c_ulong = 1 << 26;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_DICT_SUBCLASS: c_ulong = 1 << 29;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_HAVE_FINALIZE: c_ulong = 1 << 0;
/// A bit of `tp_flags`.
pub const Py_TPFLAGS_READY: c_ulong = 1 << 12;

/// Bit of `tp_flags`: the type is immortal and lives in static memory.
pub const Py_TPFLAGS_STATIC_BUILTIN: c_ulong = _Py_TPFLAGS_STATIC_BUILTIN;

zeroed!(
    PyNumberMethods,
    PySequenceMethods,
    PyMappingMethods,
    PyAsyncMethods,
    PyBufferProcs,
    PyHeapTypeObject
);

impl PyTypeObject {
    /// A type with every field null but its head, which is that of a static immortal object without a type yet.
    pub const fn zeroed() -> Self {
        // SAFETY: null is valid for every field: pointers, optional functions and integers.
        let mut class: Self = unsafe { core::mem::MaybeUninit::zeroed().assume_init() };
        class.ob_base = PyVarObject::immortal(core::ptr::null(), 0);
        class
    }
}
