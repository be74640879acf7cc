//! `int`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// An integer of any size.
#[repr(C)]
pub struct Int {
    raw: abi::PyLongObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Int {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Int {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Int {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl Int {
    /// One of the immortal small ints; `value` must be from -5 to 256 (1024 in 3.14's own cache: keep to what `_PY_NSMALLPOSINTS` says).
    pub fn small(_value: isize) -> Ref<Int> {
        todo!()
    }
    /// The sum of two compact ints; `None` if one is not compact.
    pub fn add_compact(_left: &Int, _right: &Int) -> Option<Ref<Int>> {
        todo!()
    }
    pub fn subtract_compact(_left: &Int, _right: &Int) -> Option<Ref<Int>> {
        todo!()
    }
    pub fn multiply_compact(_left: &Int, _right: &Int) -> Option<Ref<Int>> {
        todo!()
    }
    /// The same number as an instance of exactly `int`.
    pub fn exact(_number: &Int) -> Ref<Int> {
        todo!()
    }
    /// `int(object)` of a text, bytes or buffer; TypeError for anything else.
    pub fn parse_object(_object: &Object) -> Result<Ref<Int>> {
        todo!()
    }
    /// The nearest double; OverflowError "int too large to convert to float".
    pub fn to_f64(&self) -> Result<f64> {
        todo!()
    }
    pub fn new(_value: i64) -> Ref<Int> {
        todo!()
    }
    pub fn from_u64(_value: u64) -> Ref<Int> {
        todo!()
    }
    pub fn from_usize(_value: usize) -> Ref<Int> {
        todo!()
    }
    pub fn from_bigint(_value: &num_bigint::BigInt) -> Ref<Int> {
        todo!()
    }
    pub fn to_i64(&self) -> Option<i64> {
        todo!()
    }
    pub fn to_u64(&self) -> Option<u64> {
        todo!()
    }
    pub fn to_isize(&self) -> Option<isize> {
        todo!()
    }
    pub fn to_bigint(&self) -> num_bigint::BigInt {
        todo!()
    }
    pub fn is_compact(&self) -> bool {
        todo!()
    }
    pub fn compact_value(&self) -> isize {
        todo!()
    }
    pub fn sign(&self) -> i32 {
        todo!()
    }
}
