//! Weak references.

use std::cell::Cell;

use crate::gc::{Traverse, Visitor};

/// The head of an object's list of weak references, as a field.
#[repr(transparent)]
pub struct WeakList(Cell<*mut abi::PyObject>);

impl WeakList {
    pub const fn new() -> WeakList {
        WeakList(Cell::new(std::ptr::null_mut()))
    }
}

impl Default for WeakList {
    fn default() -> Self {
        WeakList::new()
    }
}

impl Traverse for WeakList {
    fn traverse(&self, _visitor: &Visitor) -> i32 {
        0
    }
}
