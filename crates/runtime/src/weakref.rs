//! Weak references: they don't keep their object alive, and are told when it dies.

use std::cell::Cell;

use crate::object::RawObject;

/// The head of an object's list of weak references: the field that `#[weaklist]` marks.
#[repr(transparent)]
pub struct WeakList(Cell<*mut RawObject>);

impl Default for WeakList {
    fn default() -> Self {
        WeakList::new()
    }
}

impl WeakList {
    pub const fn new() -> WeakList {
        WeakList(Cell::new(std::ptr::null_mut()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.get().is_null()
    }
}

impl crate::gc::Traverse for WeakList {
    fn traverse(&self, _visitor: &crate::gc::Visitor) -> i32 {
        0
    }
}
