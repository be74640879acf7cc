//! `list`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// A mutable sequence.
#[repr(C)]
pub struct List {
    raw: abi::PyListObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for List {}
// SAFETY: every instance begins so.
unsafe impl NativeType for List {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for List {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl List {
    /// Puts a value in place of the one at an index that exists; gives the old one.
    pub fn replace(&self, _index: usize, _value: Ref) -> Ref {
        todo!()
    }
    pub fn extend_from(&self, _iterable: &Object) -> Result<()> {
        todo!()
    }
    pub fn new() -> Ref<List> {
        todo!()
    }
    pub fn from_vec(_items: Vec<Ref>) -> Ref<List> {
        todo!()
    }
    pub fn push(&self, _item: Ref) -> Result<()> {
        todo!()
    }
    pub fn len(&self) -> usize {
        todo!()
    }
    pub fn get(&self, _index: usize) -> Option<Ref> {
        todo!()
    }
    pub fn to_vec(&self) -> Vec<Ref> {
        todo!()
    }
}

/// An iterator over a list.
#[repr(C)]
pub struct ListIterator {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for ListIterator {}
// SAFETY: every instance begins so.
unsafe impl NativeType for ListIterator {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for ListIterator {
    type Target = Object;
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl ListIterator {
    /// The next item, if there is one.
    pub fn next_item(&self) -> Option<Ref> {
        todo!()
    }
}
