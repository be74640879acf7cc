//! Attributes: <https://docs.python.org/3.14/c-api/object.html>.

use crate::errors::Result;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;

impl Object {
    pub fn get_attr(&self, _name: &Str) -> Result {
        todo!()
    }
    pub fn get_attr_opt(&self, _name: &Str) -> Result<Option<Ref>> {
        todo!()
    }
    pub fn set_attr(&self, _name: &Str, _value: &Object) -> Result<()> {
        todo!()
    }
    pub fn del_attr(&self, _name: &Str) -> Result<()> {
        todo!()
    }
}
