//! `None`, `NotImplemented`, `Ellipsis`, `True` and `False`.

use crate::object::Object;
use crate::reference::Ref;

pub fn none() -> Ref {
    todo!()
}
pub fn py_true() -> Ref {
    todo!()
}
pub fn py_false() -> Ref {
    todo!()
}
pub fn py_bool(value: bool) -> Ref {
    if value { py_true() } else { py_false() }
}
pub fn not_implemented() -> Ref {
    todo!()
}
pub fn ellipsis() -> Ref {
    todo!()
}

impl Object {
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        todo!()
    }
}
