//! Struct sequences (`structseq.h`).

use crate::*;
use core::ffi::{c_char, c_int};

/// A struct sequence is a tuple with more items than its length says.
pub type PyStructSequence = PyTupleObject;

/// A field of a struct sequence; a null name ends an array.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyStructSequence_Field {
    pub name: *const c_char,
    pub doc: *const c_char,
}

/// The declaration of a struct sequence.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyStructSequence_Desc {
    pub name: *const c_char,
    pub doc: *const c_char,
    pub fields: *mut PyStructSequence_Field,
    pub n_in_sequence: c_int,
}
