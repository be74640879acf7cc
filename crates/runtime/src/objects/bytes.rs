//! `bytes`.

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// An immutable sequence of bytes.
#[repr(C)]
pub struct Bytes {
    raw: abi::PyBytesObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Bytes {}
// SAFETY: every instance begins so.
unsafe impl NativeType for Bytes {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Bytes {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

impl Bytes {
    pub fn new(_bytes: &[u8]) -> Ref<Bytes> {
        todo!()
    }
    pub fn as_slice(&self) -> &[u8] {
        todo!()
    }
}
