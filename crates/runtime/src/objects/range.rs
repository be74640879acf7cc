//! `range` and its iterators.

use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `range` and its iterators.
#[repr(C)]
pub struct RangeIterator {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for RangeIterator {}
// SAFETY: every instance begins so.
unsafe impl NativeType for RangeIterator {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for RangeIterator {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl RangeIterator {
    pub fn next_item(&self) -> Option<Ref> {
        todo!()
    }
}
