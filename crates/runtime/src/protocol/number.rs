//! Numbers: truth, index, conversions and arithmetic.

use crate::errors::Result;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;

impl Object {
    pub fn is_true(&self) -> Result<bool> {
        todo!()
    }
    pub fn index(&self) -> Result<Ref<Int>> {
        todo!()
    }
    pub fn to_int(&self) -> Result<Ref<Int>> {
        todo!()
    }
    pub fn to_float(&self) -> Result<f64> {
        todo!()
    }
}
