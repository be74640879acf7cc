//! `string.templatelib.Interpolation` (PEP 750).

use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `string.templatelib.Interpolation` (PEP 750).
#[repr(C)]
pub struct Interpolation {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Interpolation {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Interpolation {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Interpolation {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl Interpolation {
    pub fn new(
        _value: &Object,
        _expression: &Object,
        _conversion: &Object,
        _spec: &Object,
    ) -> Ref<Interpolation> {
        todo!()
    }
}
