//! `typing.Union`.

use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `typing.Union`.
#[repr(C)]
pub struct Union {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Union {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Union {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Union {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl Union {
    /// The members, as a tuple.
    pub fn arguments(&self) -> Ref<crate::objects::tuple::Tuple> {
        todo!()
    }
}
