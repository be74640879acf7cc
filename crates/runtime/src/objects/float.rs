//! `float`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// A double.
#[repr(C)]
pub struct Float {
    raw: abi::PyFloatObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Float {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Float {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Float {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl Float {
    pub fn new(_value: f64) -> Ref<Float> {
        todo!()
    }
    pub fn value(&self) -> f64 {
        todo!()
    }
}
