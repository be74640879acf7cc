//! Comparison, hash, and instance tests.

use crate::errors::Result;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;

impl Object {
    pub fn hash(&self) -> Result<isize> {
        todo!()
    }
    pub fn rich_compare(&self, _other: &Object, _op: CompareOp) -> Result {
        todo!()
    }
    pub fn rich_compare_bool(&self, _other: &Object, _op: CompareOp) -> Result<bool> {
        todo!()
    }
    pub fn is_instance(&self, _class: &Object) -> Result<bool> {
        todo!()
    }
    pub fn is_subclass(&self, _class: &Object) -> Result<bool> {
        todo!()
    }
}

/// A rich comparison; numbers as C's `Py_LT` …
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum CompareOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl CompareOp {
    /// The operation with its operands exchanged.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    pub fn from_raw(op: i32) -> CompareOp {
        match op {
            0 => CompareOp::Lt,
            1 => CompareOp::Le,
            2 => CompareOp::Eq,
            3 => CompareOp::Ne,
            4 => CompareOp::Gt,
            _ => CompareOp::Ge,
        }
    }

    /// What the operation says of an ordering.
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }

    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }
}
