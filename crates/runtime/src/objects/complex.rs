//! `complex`: two doubles.

use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `complex`: two doubles.
#[repr(C)]
pub struct Complex {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Complex {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Complex {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Complex {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl Complex {
    pub fn new(_real: f64, _imag: f64) -> Ref<Complex> {
        todo!()
    }
}
