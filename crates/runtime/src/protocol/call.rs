//! Calls, by PEP 590's vectorcall.

use crate::errors::Result;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;

impl Object {
    pub fn call(&self, _arguments: &[&Object]) -> Result {
        todo!()
    }
    pub fn call_kw(&self, _arguments: &[&Object], _names: Option<&Tuple>) -> Result {
        todo!()
    }
    pub fn call_dict(&self, _arguments: &Tuple, _keywords: Option<&Dict>) -> Result {
        todo!()
    }
    pub fn call_method(&self, _name: &Str, _arguments: &[&Object]) -> Result {
        todo!()
    }
}
