//! str as PEP 393 stores it (`cpython/unicodeobject.h`).

use crate::*;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_uchar, c_void};

/// The public string builder; opaque in C.
#[repr(C)]
pub struct PyUnicodeWriter {
    _private: [u8; 0],
}

/// A code point.
pub type Py_UCS4 = u32;
/// A code unit of a string of kind 2.
pub type Py_UCS2 = u16;
/// A code unit of a string of kind 1.
pub type Py_UCS1 = u8;
/// The deprecated name of `wchar_t`.
pub type Py_UNICODE = wchar_t;

/// Code units are one byte.
pub const PyUnicode_1BYTE_KIND: c_int = 1;
/// Code units are two bytes.
pub const PyUnicode_2BYTE_KIND: c_int = 2;
/// Code units are four bytes.
pub const PyUnicode_4BYTE_KIND: c_int = 4;

/// A str that is compact and ASCII: its characters follow at once. The head of every other str.
/// `state` packs five fields: see [`UnicodeState`].
#[repr(C)]
pub struct PyASCIIObject {
    pub ob_base: PyObject,
    pub length: Py_ssize_t,
    pub hash: Cell<Py_hash_t>,
    pub state: Cell<u32>,
}

/// A str that is compact and not ASCII: its characters follow at once.
#[repr(C)]
pub struct PyCompactUnicodeObject {
    pub _base: PyASCIIObject,
    pub utf8_length: Cell<Py_ssize_t>,
    pub utf8: Cell<*mut c_char>,
}

/// A str whose characters are elsewhere: made by subclasses only.
#[repr(C)]
pub struct PyUnicodeObject {
    pub _base: PyCompactUnicodeObject,
    pub data: Cell<*mut c_void>,
}

/// The private string builder, which Cython uses.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyUnicodeWriter {
    pub buffer: *mut PyObject,
    pub data: *mut c_void,
    pub kind: c_int,
    pub maxchar: Py_UCS4,
    pub size: Py_ssize_t,
    pub pos: Py_ssize_t,
    pub min_length: Py_ssize_t,
    pub min_char: Py_UCS4,
    pub overallocate: c_uchar,
    pub readonly: c_uchar,
}

/// Whether a str is interned, and how long it lives.
pub const SSTATE_INTERNED_MORTAL: u32 = 1;
/// Whether a str is interned, and how long it lives.
pub const SSTATE_NOT_INTERNED: u32 = 0;
/// Whether a str is interned, and how long it lives.
pub const SSTATE_INTERNED_IMMORTAL: u32 = 2;
/// Whether a str is interned, and how long it lives.
pub const SSTATE_INTERNED_IMMORTAL_STATIC: u32 = 3;

/// What replaces what can't be decoded.
pub const Py_UNICODE_REPLACEMENT_CHARACTER: Py_UCS4 = 0xfffd;

/// The five bit fields of a str's `state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct UnicodeState {
    /// One of `SSTATE_*`.
    pub interned: u32,
    /// The size of a code unit: 1, 2 or 4.
    pub kind: u32,
    /// The characters follow the head.
    pub compact: bool,
    /// Every character is ASCII.
    pub ascii: bool,
    /// The object is in static memory.
    pub statically_allocated: bool,
}

impl UnicodeState {
    /// The packed form.
    pub const fn pack(self) -> u32 {
        (self.interned & 3)
            | (self.kind & 7) << 2
            | (self.compact as u32) << 5
            | (self.ascii as u32) << 6
            | (self.statically_allocated as u32) << 7
    }

    /// The fields of a packed state.
    pub const fn unpack(state: u32) -> Self {
        Self {
            interned: state & 3,
            kind: (state >> 2) & 7,
            compact: state & (1 << 5) != 0,
            ascii: state & (1 << 6) != 0,
            statically_allocated: state & (1 << 7) != 0,
        }
    }
}

impl PyASCIIObject {
    /// One of `SSTATE_*`.
    pub fn interned(&self) -> u32 {
        self.state.get() & 3
    }

    /// Changes whether the str is interned: one of `SSTATE_*`.
    pub fn set_interned(&self, interned: u32) {
        self.state.set(self.state.get() & !3 | interned & 3);
    }

    /// The size of a code unit: 1, 2 or 4.
    pub fn kind(&self) -> u32 {
        (self.state.get() >> 2) & 7
    }

    /// Whether the characters follow the head.
    pub fn is_compact(&self) -> bool {
        self.state.get() & (1 << 5) != 0
    }

    /// Whether every character is ASCII.
    pub fn is_ascii(&self) -> bool {
        self.state.get() & (1 << 6) != 0
    }

    /// Whether the object is in static memory.
    pub fn is_statically_allocated(&self) -> bool {
        self.state.get() & (1 << 7) != 0
    }
}
