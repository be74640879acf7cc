//! `bool`: True and False.

use super::int::Int;
use crate::prelude::*;

/// bool(object) -> True or False, as the object is true or not.
///
/// These two are the only instances; bool is a kind of int that nothing derives from.
#[class(
    name = "bool",
    symbol = "PyBool_Type",
    flags(LONG_SUBCLASS, MATCH_SELF),
    basicsize = Int::HEAD_SIZE,
    itemsize = 4
)]
#[repr(C)]
pub struct Bool {
    base: Int,
}

/// `False`.
#[unsafe(export_name = "_Py_FalseStruct")]
pub static FALSE: Static<Bool> = Static::new(Bool { base: Int::immortal(BOOL_TYPE.as_type(), 0, false) });
/// `True`.
#[unsafe(export_name = "_Py_TrueStruct")]
pub static TRUE: Static<Bool> = Static::new(Bool { base: Int::immortal(BOOL_TYPE.as_type(), 1, false) });

impl Bool {
    /// `True` or `False`.
    #[inline(always)]
    pub fn of(value: bool) -> &'static Bool {
        if value { &TRUE } else { &FALSE }
    }

    /// Is it `True`?
    #[inline(always)]
    pub fn value(&self) -> bool {
        std::ptr::eq(self, &*TRUE)
    }
}

/// The truth of both operands, if both are bools.
#[inline]
fn both(left: &Object, right: &Object) -> Option<(bool, bool)> {
    if left.is::<Bool>() && right.is::<Bool>() {
        return Some((left.is_same(&TRUE), right.is_same(&TRUE)));
    }
    None
}

#[methods]
impl Bool {
    #[new(signature = "(object=False, /)")]
    fn new(_class: &Type, object: Option<&Object>) -> Result<Ref<Self>> {
        let truth = object.map_or(Ok(false), Object::is_true)?;
        Ok(Ref::from_borrowed(Bool::of(truth)))
    }
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        Ok(Ref::from_borrowed(if self.value() { intern!("True") } else { intern!("False") }))
    }
    #[slot]
    fn nb_and(left: &Object, right: &Object) -> Result {
        match both(left, right) {
            Some((left, right)) => Ok(py_bool(left & right)),
            None => Int::nb_and(left, right),
        }
    }
    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        match both(left, right) {
            Some((left, right)) => Ok(py_bool(left | right)),
            None => Int::nb_or(left, right),
        }
    }
    #[slot]
    fn nb_xor(left: &Object, right: &Object) -> Result {
        match both(left, right) {
            Some((left, right)) => Ok(py_bool(left ^ right)),
            None => Int::nb_xor(left, right),
        }
    }
    #[slot]
    fn nb_invert(&self) -> Result<i32> {
        crate::warnings::warn(
            &crate::objects::exceptions::DeprecationWarning,
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the \
             bitwise inversion of the underlying int object and is usually not what you expect from negating a \
             bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise \
             inversion of the underlying int.",
            1,
        )?;
        Ok(!i32::from(self.value()))
    }
}
