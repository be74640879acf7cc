//! The collector's lists: circular, doubly linked through the heads of the objects.

use std::cell::Cell;
use std::ptr;

use super::{FINALIZED, FLAGS, Head};
use crate::object::Object;

impl Head {
    #[inline(always)]
    pub(super) fn address(&self) -> *mut Head {
        self as *const Head as *mut Head
    }

    /// The link to the one before, without the flags.
    #[inline(always)]
    pub(super) fn previous(&self) -> *mut Head {
        (self.prev.get() & !FLAGS) as *mut Head
    }

    /// Sets the link to the one before; the flags stay.
    #[inline(always)]
    pub(super) fn set_previous(&self, previous: *mut Head) {
        self.prev.set(previous as usize | self.prev.get() & FLAGS);
    }

    #[inline(always)]
    pub(super) fn has(&self, flag: usize) -> bool {
        self.prev.get() & flag != 0
    }

    #[inline(always)]
    pub(super) fn set_flag(&self, flag: usize) {
        self.prev.set(self.prev.get() | flag);
    }

    #[inline(always)]
    pub(super) fn clear_flag(&self, flag: usize) {
        self.prev.set(self.prev.get() & !flag);
    }

    /// The object behind this head.
    #[inline(always)]
    pub(super) fn object(&self) -> &Object {
        // SAFETY: a head that is no list's own lies right before its object.
        unsafe { &*self.address().add(1).cast::<Object>() }
    }
}

/// Takes an object's head out of its list; it is untracked from here on.
#[inline]
pub(super) fn forget(head: &Head) {
    unlink(head);
    head.next.set(ptr::null_mut());
    head.prev.set(head.prev.get() & FINALIZED);
}

/// Takes a head out of its list, leaving its own links as they are.
#[inline]
fn unlink(head: &Head) {
    let (previous, next) = (head.previous(), head.next.get());
    // SAFETY: the neighbours are live heads.
    unsafe {
        (*previous).next.set(next);
        (*next).set_previous(previous);
    }
}

/// A list. Its own head stays where it is in memory.
pub(super) struct List(Box<Head>);

impl List {
    pub(super) fn new() -> List {
        let list = List(Box::new(Head { next: Cell::new(ptr::null_mut()), prev: Cell::new(0) }));
        list.reset();
        list
    }

    fn reset(&self) {
        self.0.next.set(self.0.address());
        self.0.prev.set(self.0.address() as usize);
    }

    #[inline(always)]
    pub(super) fn head(&self) -> &Head {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.next.get() == self.0.address()
    }

    /// The first object's head.
    pub(super) fn first(&self) -> Option<&Head> {
        // SAFETY: the list's members are live heads.
        (!self.is_empty()).then(|| unsafe { &*self.0.next.get() })
    }

    #[inline]
    pub(super) fn append(&self, head: &Head) {
        let last = self.0.previous();
        // SAFETY: the last member is a live head, or the list's own.
        unsafe { (*last).next.set(head.address()) };
        head.set_previous(last);
        head.next.set(self.0.address());
        self.0.prev.set(head.address() as usize);
    }

    /// Moves a member of another list (or of this one) to this one's end.
    pub(super) fn move_here(&self, head: &Head) {
        unlink(head);
        self.append(head);
    }

    /// Moves all members of `other` to this list's end.
    pub(super) fn take_all(&self, other: &List) {
        if other.is_empty() {
            return;
        }
        let (first, last) = (other.0.next.get(), other.0.previous());
        let end = self.0.previous();
        // SAFETY: all are live heads.
        unsafe {
            (*end).next.set(first);
            (*first).set_previous(end);
            (*last).next.set(self.0.address());
        }
        self.0.prev.set(last as usize);
        other.reset();
    }

    /// Visits the members; each may be moved or forgotten by the visit, the one after it may not.
    pub(super) fn for_each_head(&self, mut visit: impl FnMut(&Head)) {
        let mut head = self.0.next.get();
        while head != self.0.address() {
            // SAFETY: the list's members are live heads.
            unsafe {
                let next = (*head).next.get();
                visit(&*head);
                head = next;
            }
        }
    }

    pub(super) fn for_each(&self, mut visit: impl FnMut(&Object)) {
        self.for_each_head(|head| visit(head.object()));
    }

    pub(super) fn len(&self) -> usize {
        let mut length = 0;
        self.for_each_head(|_| length += 1);
        length
    }
}

/// A list that goes away leaves its members untracked: there should be none.
impl Drop for List {
    fn drop(&mut self) {
        while let Some(head) = self.first() {
            forget(head);
        }
    }
}
