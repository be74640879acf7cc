//! The cycle collector, on objects made from Rust.

extern crate taipan_runtime as runtime;

use std::cell::{Cell, RefCell};

use runtime::gc::{self, Reason, State};
use runtime::prelude::*;
use runtime::weakref;

/// Runs `test` in a fresh interpreter on this thread.
fn with_interpreter(test: impl FnOnce() -> Result<()>) {
    let interpreter: &'static Interpreter = Box::leak(Box::default());
    let thread: &'static Thread = Box::leak(Box::new(Thread::new(interpreter)));
    // Static types are the process's: one test at a time.
    static LOCK: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = LOCK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    Thread::make_current(Some(thread));
    let result = runtime::objects::init().and_then(|()| NODE_TYPE.ready()).and_then(|()| test());
    if let Err(raised) = result {
        let exception = raised.take();
        panic!("{}", exception.ty().name());
    }
    Thread::make_current(None);
}

thread_local! {
    static FINALIZED: Cell<usize> = const { Cell::new(0) };
    static SAVED: RefCell<Vec<Ref>> = const { RefCell::new(Vec::new()) };
}

/// Something that may be in a cycle.
#[class(name = "test.Node", flags(GC))]
#[repr(C)]
pub struct Node {
    head: Object,
    first: Link,
    second: Link,
    /// Its finalizer saves it.
    lives_again: Cell<bool>,
    #[weaklist]
    weakrefs: WeakList,
}

#[methods]
impl Node {
    #[slot]
    fn tp_finalize(&self) {
        FINALIZED.set(FINALIZED.get() + 1);
        if self.lives_again.get() {
            SAVED.with_borrow_mut(|saved| saved.push(self.to_ref()));
        }
    }
}

fn node() -> Ref<Node> {
    Ref::new(Node {
        head: Object::HEAD,
        first: Link::null(),
        second: Link::null(),
        lives_again: Cell::new(false),
        weakrefs: WeakList::new(),
    })
}

fn cycle() -> (Ref<Node>, Ref<Node>) {
    let (left, right) = (node(), node());
    left.first.set(Some(right.to_ref()));
    right.first.set(Some(left.to_ref()));
    (left, right)
}

fn full() -> usize {
    gc::collect(2, Reason::Manual)
}

#[test]
fn cycles_die() {
    with_interpreter(|| {
        full();
        let before = FINALIZED.get();
        drop(cycle());
        assert_eq!(full(), 2);
        assert_eq!(FINALIZED.get() - before, 2);
        assert_eq!(full(), 0);
        Ok(())
    });
}

#[test]
fn what_is_held_lives() {
    with_interpreter(|| {
        full();
        let (left, right) = cycle();
        drop(right);
        assert_eq!(full(), 0);
        assert!(!left.first.is_null());
        left.first.set(None);
        drop(left);
        assert_eq!(full(), 0);
        Ok(())
    });
}

#[test]
fn what_hangs_on_a_cycle_dies_with_it() {
    with_interpreter(|| {
        full();
        let (left, right) = cycle();
        let outside = node();
        left.second.set(Some(outside.to_ref()));
        right.second.set(Some(List::from_vec(vec![left.to_ref()]).into_object()));
        drop((left, right));
        assert_eq!(full(), 3);
        assert_eq!(outside.reference_count(), 1);
        Ok(())
    });
}

#[test]
fn older_generations_wait() {
    with_interpreter(|| {
        full();
        let (left, right) = cycle();
        gc::collect(0, Reason::Manual);
        drop((left, right));
        assert_eq!(gc::collect(0, Reason::Manual), 0);
        assert_eq!(gc::collect(1, Reason::Manual), 2);
        Ok(())
    });
}

#[test]
fn a_finalizer_may_save_its_object_once() {
    with_interpreter(|| {
        full();
        let (left, right) = cycle();
        left.lives_again.set(true);
        let before = FINALIZED.get();
        drop((left, right));
        // Both live on: one is saved, the other hangs on it.
        assert_eq!(full(), 0);
        assert_eq!(FINALIZED.get() - before, 2);
        let saved = SAVED.take();
        assert_eq!(saved.len(), 1);
        drop(saved);
        // Finalizers run once.
        assert_eq!(full(), 2);
        assert_eq!(FINALIZED.get() - before, 2);
        Ok(())
    });
}

#[test]
fn weak_references_are_cleared() {
    with_interpreter(|| {
        full();
        let (left, right) = cycle();
        let reference = weakref::new_reference(&left, None)?;
        drop((left, right));
        assert!(!reference.is_dead());
        full();
        assert!(reference.is_dead());
        Ok(())
    });
}

#[test]
fn frozen_objects_are_left_alone() {
    with_interpreter(|| {
        full();
        drop(cycle());
        let state = State::current();
        state.freeze();
        assert!(state.frozen_count() >= 2);
        assert_eq!(full(), 0);
        state.unfreeze();
        assert_eq!(full(), 2);
        Ok(())
    });
}

#[test]
fn tuples_of_plain_things_are_not_watched() {
    with_interpreter(|| {
        let plain = Tuple::pack([Str::new("a").into_object(), Str::new("b").into_object()]);
        let full_of_lists = Tuple::pack([List::new().into_object()]);
        full();
        // SAFETY: tuples have a collector's head.
        let tracked = |tuple: &Tuple| unsafe { gc::is_tracked(std::ptr::NonNull::from(tuple.as_object())) };
        assert!(!tracked(&plain));
        assert!(tracked(&full_of_lists));
        Ok(())
    });
}

#[test]
fn long_cycles_need_no_stack() {
    with_interpreter(|| {
        full();
        let first = node();
        let mut last = first.clone();
        for _ in 0..200_000 {
            let next = node();
            last.first.set(Some(next.to_ref()));
            last = next;
        }
        last.first.set(Some(first.to_ref()));
        drop((first, last));
        assert_eq!(full(), 200_001);
        Ok(())
    });
}

#[test]
fn counts_follow_allocation() {
    with_interpreter(|| {
        full();
        let young = &State::current().generations[0].count;
        let before = young.get();
        let kept = node();
        assert_eq!(young.get(), before + 1);
        drop(kept);
        assert_eq!(young.get(), before);
        Ok(())
    });
}
