//! `module`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// A module.
#[repr(C)]
pub struct Module {
    raw: abi::PyObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Module {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Module {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Module {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl Module {
    pub fn new(_name: &str) -> Ref<Module> {
        todo!()
    }
    pub fn dict(&self) -> Ref<crate::objects::dict::Dict> {
        todo!()
    }
}
