//! tuple, list, dict and set (`cpython/{tuple,list,dict,set}object.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::c_int;

/// A dict's keys; private.
#[repr(C)]
pub struct PyDictKeysObject {
    _private: [u8; 0],
}

/// The values of a dict that shares its keys; private.
#[repr(C)]
pub struct PyDictValues {
    _private: [u8; 0],
}

/// What happens to a watched dict.
pub type PyDict_WatchEvent = c_int;
/// A key was added.
pub const PyDict_EVENT_ADDED: PyDict_WatchEvent = 0;
/// A value was replaced.
pub const PyDict_EVENT_MODIFIED: PyDict_WatchEvent = 1;
/// A key was deleted.
pub const PyDict_EVENT_DELETED: PyDict_WatchEvent = 2;
/// An empty dict got the contents of another.
pub const PyDict_EVENT_CLONED: PyDict_WatchEvent = 3;
/// Everything was deleted.
pub const PyDict_EVENT_CLEARED: PyDict_WatchEvent = 4;
/// The dict is about to be freed.
pub const PyDict_EVENT_DEALLOCATED: PyDict_WatchEvent = 5;

/// `dict_keys`, `dict_values` and `dict_items`.
#[repr(C)]
pub struct _PyDictViewObject {
    pub ob_base: PyObject,
    pub dv_dict: Cell<*mut PyDictObject>,
}

/// `int (*PyDict_WatchCallback)(PyDict_WatchEvent event, PyObject* dict, PyObject* key, PyObject* new_value)`.
pub type PyDict_WatchCallback =
    Option<unsafe extern "C" fn(PyDict_WatchEvent, *mut PyObject, *mut PyObject, *mut PyObject) -> c_int>;

/// A tuple: `ob_size` items follow; `ob_hash` is -1 until the hash is known.
#[repr(C)]
pub struct PyTupleObject {
    pub ob_base: PyVarObject,
    pub ob_hash: Cell<Py_hash_t>,
    pub ob_item: [Cell<*mut PyObject>; 1],
}

/// A list.
#[repr(C)]
pub struct PyListObject {
    pub ob_base: PyVarObject,
    pub ob_item: Cell<*mut *mut PyObject>,
    pub allocated: Cell<Py_ssize_t>,
}

/// A dict.
#[repr(C)]
pub struct PyDictObject {
    pub ob_base: PyObject,
    pub ma_used: Cell<Py_ssize_t>,
    pub _ma_watcher_tag: Cell<u64>,
    pub ma_keys: Cell<*mut PyDictKeysObject>,
    pub ma_values: Cell<*mut PyDictValues>,
}

/// A slot of a set's table.
#[repr(C)]
pub struct setentry {
    pub key: Cell<*mut PyObject>,
    pub hash: Cell<Py_hash_t>,
}

/// A set or frozenset.
#[repr(C)]
pub struct PySetObject {
    pub ob_base: PyObject,
    pub fill: Cell<Py_ssize_t>,
    pub used: Cell<Py_ssize_t>,
    pub mask: Cell<Py_ssize_t>,
    pub table: Cell<*mut setentry>,
    pub hash: Cell<Py_hash_t>,
    pub finger: Cell<Py_ssize_t>,
    pub smalltable: [setentry; 8],
    pub weakreflist: Cell<*mut PyObject>,
}

/// The number of slots inside a set object itself.
pub const PySet_MINSIZE: usize = 8;
