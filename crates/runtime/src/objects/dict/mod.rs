//! `dict`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// A mapping that keeps insertion order.
#[repr(C)]
pub struct Dict {
    raw: abi::PyDictObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Dict {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Dict {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Dict {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl Dict {
    /// `update(mapping)`, mappings only: AttributeError if it has no `keys`.
    pub fn update_from(&self, _mapping: &Object) -> Result<()> {
        todo!()
    }
    pub fn new() -> Ref<Dict> {
        todo!()
    }
    pub fn get(&self, _key: &Object) -> Result<Option<Ref>> {
        todo!()
    }
    pub fn get_str(&self, _key: &crate::objects::str::Str) -> Result<Option<Ref>> {
        todo!()
    }
    pub fn insert(&self, _key: &Object, _value: &Object) -> Result<()> {
        todo!()
    }
    pub fn insert_str(&self, _key: &crate::objects::str::Str, _value: &Object) -> Result<()> {
        todo!()
    }
    pub fn remove(&self, _key: &Object) -> Result<Option<Ref>> {
        todo!()
    }
    pub fn len(&self) -> usize {
        todo!()
    }
    pub fn next_entry(&self, _position: &mut usize) -> Option<(Ref, Ref)> {
        todo!()
    }
    pub fn clear(&self) {
        todo!()
    }
    pub fn copy(&self) -> Result<Ref<Dict>> {
        todo!()
    }
}

/// Bytes that an instance of `ty` needs for its inline attribute values.
pub fn inline_values_size(_ty: &Type) -> usize {
    todo!()
}

/// Makes the inline values of a new instance empty.
///
/// # Safety
/// `object` was allocated with room for them.
pub unsafe fn initialize_inline_values(_object: &Object) {
    todo!()
}
