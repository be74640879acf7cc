//! int: 30-bit digits behind a tag (`cpython/longintrepr.h`).

use crate::*;
use core::ffi::{c_int, c_void};

/// A digit: 30 bits.
pub type digit = u32;
/// A digit with a sign.
pub type sdigit = i32;
/// The product of two digits.
pub type twodigits = u64;
/// The product of two digits, with a sign.
pub type stwodigits = i64;

/// The memory behind `PyLongWriter_Create`; opaque in C.
pub type PyLongWriter = c_void;

/// An int's value: `lv_tag` holds the number of digits above [`_PyLong_NON_SIZE_BITS`], and the sign below.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _PyLongValue {
    pub lv_tag: usize,
    pub ob_digit: [digit; 1],
}

/// An int.
#[repr(C)]
pub struct PyLongObject {
    pub ob_base: PyObject,
    pub long_value: _PyLongValue,
}

/// How digits are stored, for `PyLong_Export`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyLongLayout {
    pub bits_per_digit: u8,
    pub digit_size: u8,
    pub digits_order: i8,
    pub digit_endianness: i8,
}

/// An int's digits or value, for other libraries.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyLongExport {
    pub value: i64,
    pub negative: u8,
    pub ndigits: Py_ssize_t,
    pub digits: *const c_void,
    pub _reserved: usize,
}

/// The bits (or decimal digits) that fit in a digit.
pub const PyLong_SHIFT: u32 = 30;
/// The bits (or decimal digits) that fit in a digit.
pub const _PyLong_DECIMAL_SHIFT: u32 = 9;

/// The base of digits, and its mask.
pub const PyLong_BASE: digit = 0x40000000;
/// The base of digits, and its mask.
pub const PyLong_MASK: digit = 0x3fffffff;
/// The base of digits, and its mask.
pub const _PyLong_DECIMAL_BASE: digit = 0x3b9aca00;

/// The bits of `lv_tag` that hold the sign: 0 positive, 1 zero, 2 negative.
pub const _PyLong_SIGN_MASK: usize = 3;

/// The bits of `lv_tag` below the number of digits.
pub const _PyLong_NON_SIZE_BITS: u32 = 3;

/// A flag of `PyLong_AsNativeBytes`.
pub const Py_ASNATIVEBYTES_NATIVE_ENDIAN: c_int = 3;
/// A flag of `PyLong_AsNativeBytes`.
pub const Py_ASNATIVEBYTES_ALLOW_INDEX: c_int = 16;
/// A flag of `PyLong_AsNativeBytes`.
pub const Py_ASNATIVEBYTES_REJECT_NEGATIVE: c_int = 8;
/// A flag of `PyLong_AsNativeBytes`.
pub const Py_ASNATIVEBYTES_UNSIGNED_BUFFER: c_int = 4;
/// A flag of `PyLong_AsNativeBytes`.
pub const Py_ASNATIVEBYTES_DEFAULTS: c_int = -1;
/// A flag of `PyLong_AsNativeBytes`.
pub const Py_ASNATIVEBYTES_LITTLE_ENDIAN: c_int = 1;
/// A flag of `PyLong_AsNativeBytes`.
pub const Py_ASNATIVEBYTES_BIG_ENDIAN: c_int = 0;

/// Bit of `lv_tag`: one of the small ints that exist once.
pub const _PyLong_IMMORTALITY_BIT_MASK: usize = 4;
