//! The cycle collector: which objects it knows, and how to visit what they refer to.
//! Behaviour: <https://docs.python.org/3.14/library/gc.html>.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::object::{Layout, Object};
use crate::reference::{Link, Ref};
use crate::thread::Thread;

/// The two words before an object that the collector may know: links of its doubly linked list, null when untracked.
/// The low bits of `prev` are flags.
#[repr(C)]
pub struct Head {
    pub next: Cell<*mut Head>,
    pub prev: Cell<usize>,
}

/// `prev` flag: the finalizer has run (PEP 442).
pub const FINALIZED: usize = 1;
const FLAGS: usize = 3;

/// The collector's lists and counters.
pub struct State {
    /// The youngest generation: a circular list through this head.
    pub young: Box<Head>,
    pub count: Cell<usize>,
}

impl Default for State {
    fn default() -> Self {
        let young = Box::new(Head { next: Cell::new(std::ptr::null_mut()), prev: Cell::new(0) });
        let address = &*young as *const Head as *mut Head;
        young.next.set(address);
        young.prev.set(address as usize);
        State { young, count: Cell::new(0) }
    }
}

/// # Safety
/// The object's type has `HAVE_GC`.
#[inline(always)]
pub unsafe fn head_of<'a>(object: NonNull<Object>) -> &'a Head {
    // SAFETY: such objects have a collector head right before them.
    unsafe { &*object.as_ptr().cast::<Head>().sub(1) }
}

/// Tells the collector about an object.
///
/// # Safety
/// Its type has `HAVE_GC`, the object is complete and not tracked yet.
#[inline]
pub unsafe fn track(object: NonNull<Object>) {
    // SAFETY: by contract.
    let head = unsafe { head_of(object) };
    let state = &Thread::current().interpreter.gc;
    let list = &*state.young;
    let last = (list.prev.get() & !FLAGS) as *mut Head;
    let address = head as *const Head as *mut Head;
    // SAFETY: the list's links are live heads.
    unsafe { (*last).next.set(address) };
    head.prev.set(last as usize | head.prev.get() & FLAGS);
    head.next.set(list as *const Head as *mut Head);
    list.prev.set(address as usize);
    state.count.set(state.count.get() + 1);
}

/// # Safety
/// The object's type has `HAVE_GC`.
#[inline(always)]
pub unsafe fn is_tracked(object: NonNull<Object>) -> bool {
    // SAFETY: by contract.
    !unsafe { head_of(object) }.next.get().is_null()
}

/// Makes the collector forget an object; no harm if it does not know it.
///
/// # Safety
/// The object's type has `HAVE_GC`.
#[inline]
pub unsafe fn untrack(object: NonNull<Object>) {
    // SAFETY: by contract.
    let head = unsafe { head_of(object) };
    let next = head.next.get();
    if next.is_null() {
        return;
    }
    let prev = (head.prev.get() & !FLAGS) as *mut Head;
    // SAFETY: the neighbours are live heads.
    unsafe {
        (*prev).next.set(next);
        let next = &*next;
        next.prev.set(prev as usize | next.prev.get() & FLAGS);
    }
    head.next.set(std::ptr::null_mut());
    head.prev.set(head.prev.get() & FINALIZED);
}

/// Collects if the thresholds say so: called where the eval breaker is handled.
pub fn collect_if_due() {
    todo!()
}

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
    fn clear(&self) {}
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
    fn clear(&self) {
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
    fn clear(&self) {
        (**self).clear();
    }
}

/// Clearing takes the content out first, so that code which runs on the way sees an empty cell.
impl<T: Traverse + Default> Traverse for RefCell<T> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.try_borrow().map_or(0, |value| value.traverse(visitor))
    }
    fn clear(&self) {
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
