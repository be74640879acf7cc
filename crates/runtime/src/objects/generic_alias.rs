//! `types.GenericAlias`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `types.GenericAlias`.
#[repr(C)]
pub struct GenericAlias {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for GenericAlias {}
// SAFETY: every instance begins so.
unsafe impl NativeType for GenericAlias {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for GenericAlias {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl GenericAlias {
    /// `origin[arguments]`.
    pub fn new(_origin: &Object, _arguments: &Object) -> Result<Ref<GenericAlias>> {
        todo!()
    }
}
