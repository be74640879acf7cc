//! `tuple`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// An immutable sequence.
#[repr(C)]
pub struct Tuple {
    raw: abi::PyTupleObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Tuple {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Tuple {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Tuple {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl Tuple {
    pub fn from_vec(_items: Vec<Ref>) -> Ref<Tuple> {
        todo!()
    }
    pub fn pack<const N: usize>(_items: [Ref; N]) -> Ref<Tuple> {
        todo!()
    }
    pub fn empty() -> Ref<Tuple> {
        todo!()
    }
    pub fn len(&self) -> usize {
        todo!()
    }
    pub fn as_slice(&self) -> &[Ref] {
        todo!()
    }
}

/// An iterator over a tuple.
#[repr(C)]
pub struct TupleIterator {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for TupleIterator {}
// SAFETY: every instance begins so.
unsafe impl NativeType for TupleIterator {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for TupleIterator {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl TupleIterator {
    /// The next item, if there is one.
    pub fn next_item(&self) -> Option<Ref> {
        todo!()
    }
}
