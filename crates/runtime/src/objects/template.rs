//! `string.templatelib.Template` (PEP 750).

use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `string.templatelib.Template` (PEP 750).
#[repr(C)]
pub struct Template {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Template {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Template {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Template {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl Template {
    /// From a tuple of strings and a tuple of interpolations.
    pub fn new(_strings: &Object, _interpolations: &Object) -> Ref<Template> {
        todo!()
    }
}
