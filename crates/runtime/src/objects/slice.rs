//! `slice`: the bounds of a subscript.

use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `slice`: the bounds of a subscript.
#[repr(C)]
pub struct Slice {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Slice {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Slice {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Slice {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl Slice {
    pub fn new(_start: &Object, _stop: &Object, _step: &Object) -> Ref<Slice> {
        todo!()
    }
}
