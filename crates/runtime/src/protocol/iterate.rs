//! Iteration.

use crate::errors::Result;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::Ref;

impl Object {
    pub fn iter(&self) -> Result {
        todo!()
    }
    pub fn iter_next(&self) -> Result<Option<Ref>> {
        todo!()
    }
}
