//! `bool`: True and False.

use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `bool`: True and False.
#[repr(C)]
pub struct Bool {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Bool {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Bool {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Bool {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl Bool {}
