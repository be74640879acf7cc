//! Text forms: repr, str, ascii, format.

use crate::errors::Result;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;

impl Object {
    pub fn repr(&self) -> Result<Ref<Str>> {
        todo!()
    }
    pub fn str_(&self) -> Result<Ref<Str>> {
        todo!()
    }
    pub fn ascii(&self) -> Result<Ref<Str>> {
        todo!()
    }
    pub fn format(&self, _spec: &Object) -> Result<Ref<Str>> {
        todo!()
    }
}
