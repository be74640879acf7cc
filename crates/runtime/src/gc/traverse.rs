//! Visiting what an object refers to: what a native type declares once, and the collector asks for.

use std::cell::RefCell;
use std::ffi::c_void;

use crate::object::{Layout, Object};
use crate::reference::{Link, Ref};

/// A visit of everything that an object refers to: what C's `visitproc` and its argument are.
pub struct Visitor {
    pub visit: abi::visitproc,
    pub argument: *mut c_void,
}

/// Visits references; stops at the first visit that says so.
#[diagnostic::on_unimplemented(
    message = "the collector doesn't know what a `{Self}` refers to",
    note = "a field that owns no references is marked `#[gc(skip)]`"
)]
pub trait Traverse {
    /// Visits every object that this owns a reference to. A non-zero answer of the visitor ends it.
    fn traverse(&self, visitor: &Visitor) -> i32;
    /// Gives references back so that cycles break. What can't change after construction may do nothing.
    fn drop_references(&self) {}
}

impl Visitor {
    #[inline]
    pub fn visit(&self, object: &Object) -> i32 {
        // SAFETY: the visitor comes from the collector, the object is alive.
        self.visit.map_or(0, |visit| unsafe { visit(object.as_ptr(), self.argument) })
    }
}

impl<T: Layout> Traverse for Ref<T> {
    #[inline]
    fn traverse(&self, visitor: &Visitor) -> i32 {
        visitor.visit(self.as_object())
    }
}

impl<T: Layout> Traverse for Link<T> {
    #[inline]
    fn traverse(&self, visitor: &Visitor) -> i32 {
        // SAFETY: visiting changes no field.
        unsafe { self.borrow() }.map_or(0, |target| visitor.visit(target.as_object()))
    }
    fn drop_references(&self) {
        drop(self.take());
    }
}

impl<T: Traverse> Traverse for Option<T> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.as_ref().map_or(0, |value| value.traverse(visitor))
    }
}

impl<T: Traverse> Traverse for Vec<T> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.iter().map(|value| value.traverse(visitor)).find(|&stop| stop != 0).unwrap_or(0)
    }
}

impl<T: Traverse> Traverse for std::collections::VecDeque<T> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.iter().map(|value| value.traverse(visitor)).find(|&stop| stop != 0).unwrap_or(0)
    }
}

impl<T: Traverse> Traverse for Box<T> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        (**self).traverse(visitor)
    }
    fn drop_references(&self) {
        (**self).drop_references();
    }
}

/// Clearing takes the content out first, so that code which runs on the way sees an empty cell.
impl<T: Traverse + Default> Traverse for RefCell<T> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.try_borrow().map_or(0, |value| value.traverse(visitor))
    }
    fn drop_references(&self) {
        if let Ok(mut value) = self.try_borrow_mut() {
            let old = std::mem::take(&mut *value);
            drop(value);
            drop(old);
        }
    }
}

impl<A: Traverse, B: Traverse> Traverse for (A, B) {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        match self.0.traverse(visitor) {
            0 => self.1.traverse(visitor),
            stop => stop,
        }
    }
}
