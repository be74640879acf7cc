//! Items, length and containment.

use crate::errors::Result;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;

impl Object {
    pub fn get_item(&self, _key: &Object) -> Result {
        todo!()
    }
    pub fn set_item(&self, _key: &Object, _value: &Object) -> Result<()> {
        todo!()
    }
    pub fn del_item(&self, _key: &Object) -> Result<()> {
        todo!()
    }
    pub fn length(&self) -> Result<usize> {
        todo!()
    }
    pub fn length_hint(&self, _default: usize) -> Result<usize> {
        todo!()
    }
    pub fn contains(&self, _item: &Object) -> Result<bool> {
        todo!()
    }
}
