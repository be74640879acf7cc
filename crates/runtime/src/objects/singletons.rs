//! `None`, `NotImplemented`, `Ellipsis`, and quick access to `True` and `False`.

use super::bool_::{FALSE, TRUE};
use crate::prelude::*;

/// `None`'s type.
#[class(
    name = "NoneType",
    symbol = "_PyNone_Type",
    doc = "NoneType()\n--\n\nThe type of the None singleton."
)]
#[repr(C)]
pub struct NoneObject {
    head: Object,
}

/// `NotImplemented`'s type.
#[class(
    name = "NotImplementedType",
    symbol = "_PyNotImplemented_Type",
    doc = "NotImplementedType()\n--\n\nThe type of the NotImplemented singleton."
)]
#[repr(C)]
pub struct NotImplementedObject {
    head: Object,
}

/// `Ellipsis`'s type.
#[class(
    name = "ellipsis",
    symbol = "PyEllipsis_Type",
    doc = "ellipsis()\n--\n\nThe type of the Ellipsis singleton."
)]
#[repr(C)]
pub struct EllipsisObject {
    head: Object,
}

/// `None`.
#[unsafe(export_name = "_Py_NoneStruct")]
pub static NONE: Static<NoneObject> =
    Static::new(NoneObject { head: Object::immortal_head(NONE_OBJECT_TYPE.as_type()) });

/// `NotImplemented`.
#[unsafe(export_name = "_Py_NotImplementedStruct")]
pub static NOT_IMPLEMENTED: Static<NotImplementedObject> =
    Static::new(NotImplementedObject { head: Object::immortal_head(NOT_IMPLEMENTED_OBJECT_TYPE.as_type()) });

/// `Ellipsis`.
#[unsafe(export_name = "_Py_EllipsisObject")]
pub static ELLIPSIS: Static<EllipsisObject> =
    Static::new(EllipsisObject { head: Object::immortal_head(ELLIPSIS_OBJECT_TYPE.as_type()) });

/// A reference to an immortal object, which nobody counts.
#[inline(always)]
pub(crate) fn immortal<T: Layout>(object: &'static T) -> Ref {
    // SAFETY: the object is immortal: references to it need not be counted.
    unsafe { Ref::from_owned(object.as_object().as_ptr()) }
}

#[inline(always)]
pub fn none() -> Ref {
    immortal(&*NONE)
}
#[inline(always)]
pub fn py_true() -> Ref {
    immortal(&*TRUE)
}
#[inline(always)]
pub fn py_false() -> Ref {
    immortal(&*FALSE)
}
/// Is it `True`?
#[inline(always)]
pub fn is_true(object: &Object) -> bool {
    object.is_same(&TRUE)
}
/// Is it `False`?
#[inline(always)]
pub fn is_false(object: &Object) -> bool {
    object.is_same(&FALSE)
}
#[inline(always)]
pub fn py_bool(value: bool) -> Ref {
    immortal(if value { &*TRUE } else { &*FALSE })
}
#[inline(always)]
pub fn not_implemented() -> Ref {
    immortal(&*NOT_IMPLEMENTED)
}
#[inline(always)]
pub fn ellipsis() -> Ref {
    immortal(&*ELLIPSIS)
}

impl Object {
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        std::ptr::eq(self, NONE.as_object())
    }

    /// Is it `NotImplemented`?
    #[inline(always)]
    pub fn is_not_implemented(&self) -> bool {
        std::ptr::eq(self, NOT_IMPLEMENTED.as_object())
    }
}

/// A singleton's constructor takes nothing.
fn refuse_arguments(name: &str, arguments: &Tuple, keywords: Option<&Dict>) -> Result<()> {
    if !arguments.is_empty() || keywords.is_some_and(|keywords| !keywords.is_empty()) {
        return Err(raise!(TypeError, "{name} takes no arguments"));
    }
    Ok(())
}

#[methods]
impl NoneObject {
    #[slot]
    fn tp_new(_class: &Type, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        refuse_arguments("NoneType", arguments, keywords)?;
        Ok(none())
    }
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        Ok(Ref::from_borrowed(intern!("None")))
    }
    #[slot]
    fn tp_hash(&self) -> isize {
        0xfca8_6420
    }
    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        // Only equality with itself; having a comparison of its own, it shows the methods in its dictionary.
        Ok(match op {
            CompareOp::Eq if other.is_none() => py_true(),
            CompareOp::Ne if other.is_none() => py_false(),
            _ => not_implemented(),
        })
    }
    #[slot]
    fn nb_bool(&self) -> bool {
        false
    }
}

#[methods]
impl NotImplementedObject {
    #[slot]
    fn tp_new(_class: &Type, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        refuse_arguments("NotImplementedType", arguments, keywords)?;
        Ok(not_implemented())
    }
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        Ok(Ref::from_borrowed(intern!("NotImplemented")))
    }
    #[slot]
    fn nb_bool(&self) -> Result<bool> {
        Err(raise!(TypeError, "NotImplemented should not be used in a boolean context"))
    }
    #[method(name = "__reduce__", signature = "($self, /)", doc = "")]
    fn reduce(&self) -> Result<Ref<Str>> {
        Ok(Ref::from_borrowed(intern!("NotImplemented")))
    }
}

#[methods]
impl EllipsisObject {
    #[slot]
    fn tp_new(_class: &Type, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        refuse_arguments("EllipsisType", arguments, keywords)?;
        Ok(ellipsis())
    }
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        Ok(Ref::from_borrowed(intern!("Ellipsis")))
    }
    #[method(name = "__reduce__", signature = "($self, /)", doc = "")]
    fn reduce(&self) -> Result<Ref<Str>> {
        Ok(Ref::from_borrowed(intern!("Ellipsis")))
    }
}
