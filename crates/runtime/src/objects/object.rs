//! `object`: the base of every type, and the attribute access that most types inherit.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::str::Str;
use crate::objects::r#type::{StaticType, Type};
use crate::reference::Ref;

/// An instance of `object` itself.
#[repr(C)]
pub struct BaseObject {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for BaseObject {}
// SAFETY: every object begins so.
unsafe impl NativeType for BaseObject {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &OBJECT_TYPE
    }
}

/// `object`.
#[unsafe(export_name = "PyBaseObject_Type")]
pub static OBJECT_TYPE: StaticType = StaticType::new(define_object);

fn define_object(ty: &'static Type) {
    let raw = &ty.raw;
    raw.tp_name.set(c"object".as_ptr());
    raw.tp_basicsize.set(size_of::<BaseObject>() as isize);
    raw.tp_flags.set(abi::Py_TPFLAGS_BASETYPE | abi::Py_TPFLAGS_IMMUTABLETYPE);
}

/// Attribute lookup as `object.__getattribute__` does it.
pub fn generic_get_attr(_object: &Object, _name: &Str) -> Result {
    todo!()
}

/// As [`generic_get_attr`], a missing attribute being `None`; raises no AttributeError of its own.
pub fn generic_get_attr_opt(_object: &Object, _name: &Str) -> Result<Option<Ref>> {
    todo!()
}

/// The value in the instance's own dictionary (or inline values), without descriptors.
pub fn instance_attribute(_object: &Object, _name: &Str) -> Result<Option<Ref>> {
    todo!()
}

/// Attribute assignment (deletion without a value) as `object.__setattr__` does it.
pub fn generic_set_attr(_object: &Object, _name: &Str, _value: Option<&Object>) -> Result<()> {
    todo!()
}
