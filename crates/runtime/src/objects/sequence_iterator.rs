//! `The iterator over anything with `__getitem__``.

use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// `The iterator over anything with `__getitem__``.
#[repr(C)]
pub struct SequenceIterator {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for SequenceIterator {}
// SAFETY: every instance begins so.
unsafe impl NativeType for SequenceIterator {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for SequenceIterator {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl SequenceIterator {
    pub fn new(_sequence: &Object) -> Ref<SequenceIterator> {
        todo!()
    }
}
