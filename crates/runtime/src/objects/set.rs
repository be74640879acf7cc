//! `set`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// A mutable set.
#[repr(C)]
pub struct Set {
    raw: abi::PySetObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Set {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Set {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Set {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl Set {
    pub fn update_from(&self, _iterable: &Object) -> Result<()> {
        todo!()
    }
    pub fn new() -> Ref<Set> {
        todo!()
    }
    pub fn add(&self, _item: &Object) -> Result<()> {
        todo!()
    }
    pub fn contains_item(&self, _item: &Object) -> Result<bool> {
        todo!()
    }
    pub fn discard(&self, _item: &Object) -> Result<bool> {
        todo!()
    }
    pub fn len(&self) -> usize {
        todo!()
    }
}

/// An immutable set.
#[repr(C)]
pub struct FrozenSet {
    raw: abi::PySetObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for FrozenSet {}
// SAFETY: every instance begins so.
unsafe impl NativeType for FrozenSet {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for FrozenSet {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl FrozenSet {
    pub fn from_items(_items: Vec<Ref>) -> Result<Ref<FrozenSet>> {
        todo!()
    }
}
