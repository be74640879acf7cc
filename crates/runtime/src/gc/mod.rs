//! The cycle collector: which objects it knows, in which generation, and when it is due.
//! Behaviour: <https://docs.python.org/3.14/library/gc.html>. The algorithm is in `collect.rs`.

mod collect;
mod list;
mod traverse;

use std::cell::Cell;
use std::ptr::NonNull;

use crate::object::Object;
use crate::objects::list::List as PyList;
use crate::reference::{Link, Ref};
use crate::thread::Thread;

pub use collect::{Reason, collect, collect_if_due, finalize, for_each_referent};
use list::List;
pub use traverse::{Traverse, Visitor};

/// The two words before an object that the collector may know: links of its doubly linked list, null when untracked.
/// The low bits of `prev` are flags. While a collection computes, `prev` holds a count instead of a link.
#[repr(C)]
pub struct Head {
    pub next: Cell<*mut Head>,
    pub prev: Cell<usize>,
}

/// `prev` flag: the finalizer has run (PEP 442).
pub const FINALIZED: usize = 1;
/// `prev` flag: the object is in the generation that is being collected.
const COLLECTING: usize = 2;
const FLAGS: usize = 3;

pub const GENERATIONS: usize = 3;

/// One generation: its objects, and how much has come since it was collected.
pub struct Generation {
    list: List,
    /// Of the youngest: objects made less objects freed; of the others: collections of the one before.
    pub count: Cell<isize>,
    pub threshold: Cell<isize>,
    pub statistics: Cell<Statistics>,
}

impl Generation {
    fn new(threshold: isize) -> Generation {
        Generation {
            list: List::new(),
            count: Cell::new(0),
            threshold: Cell::new(threshold),
            statistics: Cell::default(),
        }
    }
}

/// What collections of a generation have found.
#[derive(Clone, Copy, Default)]
pub struct Statistics {
    pub collections: isize,
    pub collected: isize,
    pub uncollectable: isize,
}

/// The collector's lists and counters.
pub struct State {
    pub generations: [Generation; GENERATIONS],
    /// What `gc.freeze` has put aside, and immortal objects.
    permanent: List,
    enabled: Cell<bool>,
    collecting: Cell<bool>,
    /// The youngest generation's count at which a collection is asked for: its threshold, or never.
    trigger: Cell<isize>,
    pub debug: Cell<i32>,
    /// Objects that survived a full collection, and those that have come into the oldest generation since.
    long_lived_total: Cell<usize>,
    long_lived_pending: Cell<usize>,
    /// `gc.garbage`.
    garbage: Link<PyList>,
    /// `gc.callbacks`.
    callbacks: Link<PyList>,
}

impl Default for State {
    fn default() -> Self {
        let state = State {
            generations: [Generation::new(2000), Generation::new(10), Generation::new(10)],
            permanent: List::new(),
            enabled: Cell::new(true),
            collecting: Cell::new(false),
            trigger: Cell::new(0),
            debug: Cell::new(0),
            long_lived_total: Cell::new(0),
            long_lived_pending: Cell::new(0),
            garbage: Link::null(),
            callbacks: Link::null(),
        };
        state.update_trigger();
        state
    }
}

impl State {
    pub fn current() -> &'static State {
        &Thread::current().interpreter.gc
    }

    pub fn is_enabled(&self) -> bool {
        self.enabled.get()
    }

    pub fn set_enabled(&self, enabled: bool) {
        self.enabled.set(enabled);
        self.update_trigger();
    }

    /// After a change of what the trigger depends on.
    pub fn update_trigger(&self) {
        let threshold = self.generations[0].threshold.get();
        let on = self.enabled.get() && !self.collecting.get() && threshold != 0;
        self.trigger.set(if on { threshold } else { isize::MAX });
    }

    /// `gc.garbage`.
    pub fn garbage(&self) -> Ref<PyList> {
        made_on_demand(&self.garbage)
    }

    /// `gc.callbacks`.
    pub fn callbacks(&self) -> Ref<PyList> {
        made_on_demand(&self.callbacks)
    }

    /// Puts all objects aside: no collection looks at them.
    pub fn freeze(&self) {
        for generation in &self.generations {
            self.permanent.take_all(&generation.list);
            generation.count.set(0);
        }
    }

    /// Takes frozen objects back, into the oldest generation.
    pub fn unfreeze(&self) {
        self.generations[GENERATIONS - 1].list.take_all(&self.permanent);
    }

    pub fn frozen_count(&self) -> usize {
        self.permanent.len()
    }

    /// The objects of one generation, or of all.
    pub fn objects(&self, generation: Option<usize>) -> Vec<Ref> {
        let mut objects = Vec::new();
        for (index, list) in self.generations.iter().enumerate() {
            if generation.is_none_or(|wanted| wanted == index) {
                list.list.for_each(|object| objects.push(object.to_ref()));
            }
        }
        objects
    }

    /// The objects, other than the targets' own container, that refer to one of the targets.
    pub fn referrers(&self, targets: &[&Object]) -> Vec<Ref> {
        let mut found = Vec::new();
        for generation in &self.generations {
            generation.list.for_each(|object| {
                if collect::refers_to(object, targets) {
                    found.push(object.to_ref());
                }
            });
        }
        found
    }
}

fn made_on_demand(link: &Link<PyList>) -> Ref<PyList> {
    link.get().unwrap_or_else(|| {
        let list = PyList::new();
        link.set(Some(list.clone()));
        list
    })
}

/// # Safety
/// The object's type has `HAVE_GC`.
#[inline(always)]
pub unsafe fn head_of<'a>(object: NonNull<Object>) -> &'a Head {
    // SAFETY: such objects have a collector head right before them.
    unsafe { &*object.as_ptr().cast::<Head>().sub(1) }
}

/// Has the object a collector's head? Objects in static memory have none, though their type has the flag.
#[inline]
pub fn is_gc(object: &Object) -> bool {
    let ty = object.ty();
    // SAFETY: the slot is called with a live object of its type.
    ty.is_gc()
        && !object.refcount.is_static()
        && ty.raw.tp_is_gc.get().is_none_or(|is_gc| unsafe { is_gc(object.as_ptr()) } != 0)
}

/// Tells the collector about an object.
///
/// # Safety
/// Its type has `HAVE_GC`, the object is complete and not tracked yet.
#[inline]
pub unsafe fn track(object: NonNull<Object>) {
    // SAFETY: by contract.
    let head = unsafe { head_of(object) };
    let thread = Thread::current();
    let state = &thread.interpreter.gc;
    let youngest = &state.generations[0];
    youngest.list.append(head);
    let count = youngest.count.get() + 1;
    youngest.count.set(count);
    if count > state.trigger.get() {
        ask_for_collection(thread);
    }
}

#[cold]
fn ask_for_collection(thread: &Thread) {
    thread.breaker.set(crate::eval::breaker::Reason::Collect);
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
    if head.next.get().is_null() {
        return;
    }
    list::forget(head);
    let youngest = &State::current().generations[0];
    let count = youngest.count.get();
    if count > 0 {
        youngest.count.set(count - 1);
    }
}
