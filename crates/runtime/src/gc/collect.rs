//! One collection: what in a generation is reachable only from itself is trash; its weak references are told, its finalizers
//! run (PEP 442), and what they don't bring back is cleared.
//!
//! Reachability from outside (frames, C code, static objects, older generations) needs no roots: it shows as references that
//! counting inside the generation does not explain.

use std::ffi::{c_int, c_void};
use std::ptr::NonNull;
use std::time::Instant;

use super::list::{List, forget};
use super::{COLLECTING, FINALIZED, FLAGS, GENERATIONS, Head, State, Statistics, head_of, is_gc};
use crate::errors::write_error_text;
use crate::objects::exceptions;
use crate::prelude::*;
use crate::weakref::{self, Reference};

/// `next` flag while unreachable objects are being told apart.
const UNREACHABLE: usize = 1;
/// Where the count begins in `prev`, above the flags.
const COUNT_SHIFT: u32 = 2;
/// A count that no number of visits uses up.
const MUCH: usize = 1 << 48;

pub const DEBUG_STATS: i32 = 1;
pub const DEBUG_COLLECTABLE: i32 = 2;
pub const DEBUG_UNCOLLECTABLE: i32 = 4;
pub const DEBUG_SAVEALL: i32 = 32;

/// Who asks for a collection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The thresholds.
    Heap,
    /// `gc.collect()`.
    Manual,
    /// The interpreter's end: no callbacks.
    Shutdown,
}

/// Collects if the thresholds say so: called where the eval breaker is handled.
pub fn collect_if_due() {
    let state = State::current();
    if !state.is_enabled() || state.generations[0].threshold.get() == 0 {
        return;
    }
    if state.generations[0].count.get() <= state.generations[0].threshold.get() {
        return;
    }
    // The oldest generation that is due; a full collection waits until there is much to look at.
    let due = (0..GENERATIONS).rev().find(|&index| {
        let generation = &state.generations[index];
        let full_is_early =
            index == GENERATIONS - 1 && state.long_lived_pending.get() < state.long_lived_total.get() / 4;
        generation.count.get() > generation.threshold.get() && !full_is_early
    });
    if let Some(generation) = due {
        collect(generation, Reason::Heap);
    }
}

/// Collects a generation and the younger ones; says how many objects were unreachable.
pub fn collect(generation: usize, reason: Reason) -> usize {
    let state = State::current();
    if state.collecting.replace(true) {
        return 0;
    }
    state.update_trigger();
    let thread = Thread::current();
    let saved = thread.take_exception();
    if reason != Reason::Shutdown {
        run_callbacks("start", generation, 0, 0);
    }
    let (collected, uncollectable) = run(state, generation);
    let statistics = &state.generations[generation].statistics;
    let before = statistics.get();
    statistics.set(Statistics {
        collections: before.collections + 1,
        collected: before.collected + collected as isize,
        uncollectable: before.uncollectable + uncollectable as isize,
    });
    if reason != Reason::Shutdown {
        run_callbacks("stop", generation, collected, uncollectable);
    }
    thread.set_exception(saved);
    state.collecting.set(false);
    state.update_trigger();
    collected + uncollectable
}

fn run(state: &State, generation: usize) -> (usize, usize) {
    let debug = state.debug.get();
    let started = Instant::now();
    if debug & DEBUG_STATS != 0 {
        print_statistics(state, generation);
    }
    if generation + 1 < GENERATIONS {
        let next = &state.generations[generation + 1].count;
        next.set(next.get() + 1);
    }
    for younger in &state.generations[..=generation] {
        younger.count.set(0);
    }
    let young = &state.generations[generation].list;
    for younger in &state.generations[..generation] {
        young.take_all(&younger.list);
    }
    let old = &state.generations[(generation + 1).min(GENERATIONS - 1)].list;
    let is_full = generation == GENERATIONS - 1;

    let unreachable = List::new();
    deduce_unreachable(state, young, &unreachable);
    untrack_tuples(young);
    if !is_full {
        if generation == GENERATIONS - 2 {
            state.long_lived_pending.set(state.long_lived_pending.get() + young.len());
        }
        old.take_all(young);
    } else {
        state.long_lived_pending.set(0);
        state.long_lived_total.set(young.len());
    }

    // What has an old-style `tp_del`, and all that can be reached from it, is left alone.
    let legacy = List::new();
    unreachable.for_each_head(|head| {
        if head.object().ty().raw.tp_del.get().is_some() {
            head.clear_flag(COLLECTING);
            legacy.move_here(head);
        }
    });
    move_reachable_from_legacy(&legacy);

    if debug & DEBUG_COLLECTABLE != 0 {
        unreachable.for_each(|object| print_object("collectable", object));
    }
    call_weakref_callbacks(&unreachable);
    finalize_unreachable(&unreachable);
    let trash = List::new();
    keep_resurrected(state, &unreachable, &trash, old);
    clear_weakrefs(&trash);
    let collected = trash.len();
    clear_trash(state, &trash, old);

    let uncollectable = legacy.len();
    if debug & DEBUG_UNCOLLECTABLE != 0 {
        legacy.for_each(|object| print_object("uncollectable", object));
    }
    if debug & DEBUG_STATS != 0 {
        print_quietly(&format!(
            "gc: done, {} unreachable, {uncollectable} uncollectable, {:.4}s elapsed\n",
            collected + uncollectable,
            started.elapsed().as_secs_f64()
        ));
    }
    keep_legacy(state, &legacy, old);
    (collected, uncollectable)
}

/// Calls `tp_traverse`.
fn traverse(object: &Object, visit: abi::visitproc, argument: *mut c_void) {
    if let Some(traverse) = object.ty().raw.tp_traverse.get() {
        // SAFETY: the slot is called with a live object of its type.
        unsafe { traverse(object.as_ptr(), visit, argument) };
    }
}

/// The collector's head of a visited object, if it is in the generation at hand.
///
/// # Safety
/// `raw` is a live object.
unsafe fn collecting_head<'a>(raw: *mut RawObject) -> Option<&'a Head> {
    // SAFETY: by contract.
    let object = unsafe { Object::from_raw(raw) };
    // Immortal objects take no part; those in static memory have no head.
    if object.is_immortal() || !is_gc(object) {
        return None;
    }
    // SAFETY: just checked.
    let head: &Head = unsafe { head_of(NonNull::from(object)) };
    head.has(COLLECTING).then_some(head)
}

fn references(head: &Head) -> usize {
    head.prev.get() >> COUNT_SHIFT
}

fn set_references(head: &Head, count: usize) {
    head.prev.set(head.prev.get() & FLAGS | count << COUNT_SHIFT);
}

/// Splits `base` into what is reachable from outside, which stays, and what isn't.
fn deduce_unreachable(state: &State, base: &List, unreachable: &List) {
    // Counts overwrite the links backwards, so immortal objects are taken out before.
    base.for_each_head(|head| {
        if head.object().is_immortal() {
            state.permanent.move_here(head);
        }
    });
    base.for_each_head(|head| {
        let count = head.object().reference_count() as usize;
        head.prev.set(head.prev.get() & FINALIZED | COLLECTING | count << COUNT_SHIFT);
    });
    // References from inside are subtracted; what is left comes from outside.
    let mut head = base.head().next.get();
    while head != base.head().address() {
        // SAFETY: members are live heads; traversal changes no list.
        let current = unsafe { &*head };
        traverse(current.object(), Some(visit_subtract), std::ptr::null_mut());
        head = current.next.get();
    }
    move_unreachable(base, unreachable);
}

unsafe extern "C" fn visit_subtract(raw: *mut RawObject, _: *mut c_void) -> c_int {
    // SAFETY: traversal visits live objects.
    if let Some(head) = unsafe { collecting_head(raw) } {
        match references(head) {
            // A `tp_traverse` that visits what it does not own: whatever this is, it must not be freed.
            0 => set_references(head, MUCH),
            count => set_references(head, count - 1),
        }
    }
    0
}

/// Walks the list once: what has references from outside is reachable, and with it what it refers to. What has none is moved
/// to `unreachable`, from where it comes back if somebody reachable turns out to refer to it.
fn move_unreachable(base: &List, unreachable: &List) {
    let end = base.head().address();
    let mut previous = end;
    let mut cursor = base.head().next.get();
    while cursor != end {
        // SAFETY: members are live heads.
        unsafe {
            let head = &*cursor;
            if references(head) != 0 {
                traverse(head.object(), Some(visit_reachable), end.cast());
                head.prev.set(previous as usize | head.prev.get() & FINALIZED);
                previous = cursor;
            } else {
                (*previous).next.set(head.next.get());
                let last = unreachable.head().previous();
                (*last).next.set((cursor as usize | UNREACHABLE) as *mut Head);
                head.prev.set(last as usize | head.prev.get() & FLAGS);
                head.next.set((unreachable.head().address() as usize | UNREACHABLE) as *mut Head);
                unreachable.head().prev.set(cursor as usize);
            }
            cursor = (*previous).next.get();
        }
    }
    base.head().prev.set(previous as usize);
    // Off with the marks.
    let end = unreachable.head().address();
    let mut cursor = unreachable.head();
    loop {
        let next = (cursor.next.get() as usize & !UNREACHABLE) as *mut Head;
        cursor.next.set(next);
        if next == end {
            break;
        }
        // SAFETY: members are live heads.
        cursor = unsafe { &*next };
    }
}

unsafe extern "C" fn visit_reachable(raw: *mut RawObject, base: *mut c_void) -> c_int {
    // SAFETY: traversal visits live objects. What is to the left of the scan has lost its mark.
    let Some(head) = (unsafe { collecting_head(raw) }) else { return 0 };
    if head.next.get() as usize & UNREACHABLE != 0 {
        // It was taken for unreachable: back to the end of the list, to be scanned.
        let previous = head.previous();
        let next = (head.next.get() as usize & !UNREACHABLE) as *mut Head;
        // SAFETY: the neighbours and the list's head are live.
        unsafe {
            (*previous).next.set(head.next.get());
            (*next).set_previous(previous);
            let list = &*(base as *mut Head);
            let last = list.previous();
            (*last).next.set(head.address());
            head.next.set(list.address());
            list.prev.set(head.address() as usize);
        }
        set_references(head, 1);
    } else if references(head) == 0 {
        // Not scanned yet, but reachable.
        set_references(head, 1);
    }
    0
}

/// Tuples that hold nothing that could be in a cycle need no watching.
fn untrack_tuples(list: &List) {
    list.for_each_head(|head| {
        let Some(tuple) = head.object().downcast_exact::<Tuple>() else { return };
        let may_be_tracked = |item: &Ref| {
            is_gc(item)
                && (!item.is::<Tuple>()
                    // SAFETY: tuples have a collector's head.
                    || unsafe { super::is_tracked(NonNull::from(&**item)) })
        };
        if !holds_null(tuple) && !tuple.as_slice().iter().any(may_be_tracked) {
            forget(head);
        }
    });
}

/// Is the tuple still being filled?
fn holds_null(tuple: &Tuple) -> bool {
    let items = tuple.as_slice();
    // SAFETY: references are pointers, read here as such.
    let pointers = unsafe { std::slice::from_raw_parts(items.as_ptr() as *const usize, items.len()) };
    pointers.contains(&0)
}

/// Adds what can be reached from objects with `tp_del` to their list.
fn move_reachable_from_legacy(legacy: &List) {
    let mut cursor = legacy.head().next.get();
    while cursor != legacy.head().address() {
        // SAFETY: members are live heads; visits append behind the cursor.
        let head = unsafe { &*cursor };
        traverse(head.object(), Some(visit_move), (legacy as *const List) as *mut c_void);
        cursor = head.next.get();
    }
}

unsafe extern "C" fn visit_move(raw: *mut RawObject, list: *mut c_void) -> c_int {
    // SAFETY: traversal visits live objects; the argument is the list above.
    unsafe {
        if let Some(head) = collecting_head(raw) {
            head.clear_flag(COLLECTING);
            (*(list as *const List)).move_here(head);
        }
    }
    0
}

/// Clears the weak references to the trash, and calls those callbacks that aren't trash themselves.
fn call_weakref_callbacks(unreachable: &List) {
    let mut calls: Vec<Ref<Reference>> = Vec::new();
    unreachable.for_each(|object| {
        for reference in weakref::members(object) {
            // No finalizer may get at other trash, which may be finalized already.
            reference.unlink();
            if reference.callback().is_none() {
                continue;
            }
            // SAFETY: weak references have a collector's head.
            let head = unsafe { head_of(NonNull::from(reference.as_object())) };
            if !head.has(COLLECTING) {
                calls.push(reference);
            }
        }
    });
    for reference in calls {
        let Some(callback) = reference.callback() else { continue };
        if let Err(raised) = callback.call(&[&reference]) {
            exceptions::write_unraisable_doing(raised.take(), "calling weakref callback", &callback);
        }
    }
}

/// Clears the weak references that finalizers made to what is about to be taken apart, and those that are trash themselves: nobody may see it half
/// cleared, and no callback may come from it.
fn clear_weakrefs(trash: &List) {
    trash.for_each(|object| {
        if let Some(reference) = weakref::as_reference(object) {
            reference.unlink();
        }
        for reference in weakref::members(object) {
            reference.unlink();
        }
    });
}

/// Runs the finalizers that have not run yet. They may do anything: the list is walked by taking from its start.
fn finalize_unreachable(unreachable: &List) {
    let seen = List::new();
    while let Some(head) = unreachable.first() {
        seen.move_here(head);
        let object = head.object();
        if let Some(finalize) = object.ty().raw.tp_finalize.get()
            && !head.has(FINALIZED)
        {
            head.set_flag(FINALIZED);
            let object = object.to_ref();
            // SAFETY: the slot is called with a live object of its type.
            unsafe { finalize(object.as_ptr()) };
            Thread::current().set_exception(None);
        }
    }
    unreachable.take_all(&seen);
}

/// After finalizers: what they brought back to life goes on in the old generation, the rest is trash.
fn keep_resurrected(state: &State, unreachable: &List, trash: &List, old: &List) {
    unreachable.for_each_head(|head| head.clear_flag(COLLECTING));
    deduce_unreachable(state, unreachable, trash);
    old.take_all(unreachable);
}

/// Breaks the cycles: `tp_clear` of each, until nothing is left or what is left does not die.
fn clear_trash(state: &State, trash: &List, old: &List) {
    while let Some(head) = trash.first() {
        let object = head.object();
        if state.debug.get() & DEBUG_SAVEALL != 0 {
            if let Err(raised) = state.garbage().push(object.to_ref()) {
                raised.clear();
            }
        } else if let Some(clear) = object.ty().raw.tp_clear.get() {
            let object = object.to_ref();
            // SAFETY: the slot is called with a live object of its type.
            unsafe { clear(object.as_ptr()) };
            if let Some(exception) = Thread::current().take_exception() {
                let message = format!("Exception ignored in tp_clear of {}", object.ty().full_name());
                exceptions::write_unraisable_message(exception, Some(&message), None);
            }
        }
        if let Some(first) = trash.first()
            && std::ptr::eq(first, head)
        {
            // It lives on; it may die later.
            head.clear_flag(COLLECTING);
            old.move_here(head);
        }
    }
}

/// What can't be collected goes to `gc.garbage`, and on with the old generation.
fn keep_legacy(state: &State, legacy: &List, old: &List) {
    let save_all = state.debug.get() & DEBUG_SAVEALL != 0;
    legacy.for_each(|object| {
        if (save_all || object.ty().raw.tp_del.get().is_some())
            && let Err(raised) = state.garbage().push(object.to_ref())
        {
            raised.clear();
        }
    });
    old.take_all(legacy);
}

/// Calls `gc.callbacks`.
fn run_callbacks(phase: &str, generation: usize, collected: usize, uncollectable: usize) {
    let callbacks = State::current().callbacks();
    if callbacks.is_empty() {
        return;
    }
    let info = || -> Result<Ref<Dict>> {
        let info = Dict::new();
        info.insert_str(intern!("generation"), &Int::from_usize(generation))?;
        info.insert_str(intern!("collected"), &Int::from_usize(collected))?;
        info.insert_str(intern!("uncollectable"), &Int::from_usize(uncollectable))?;
        Ok(info)
    };
    let info = match info() {
        Ok(info) => info,
        Err(raised) => {
            let message = "Exception ignored on invoking gc callbacks";
            return exceptions::write_unraisable_message(raised.take(), Some(message), None);
        }
    };
    let phase = Str::new(phase);
    let mut index = 0;
    while let Some(callback) = callbacks.get(index) {
        if let Err(raised) = callback.call(&[&phase, &info]) {
            exceptions::write_unraisable_doing(raised.take(), "calling GC callback", &callback);
        }
        index += 1;
    }
}

/// The search of `gc.get_referrers`.
struct Search<'a>(&'a [&'a Object]);

/// Does an object refer to one of the targets?
pub(super) fn refers_to(object: &Object, targets: &[&Object]) -> bool {
    let Some(traverse) = object.ty().raw.tp_traverse.get() else { return false };
    let search = Search(targets);
    // SAFETY: the slot is called with a live object of its type, the argument outlives the call.
    unsafe { traverse(object.as_ptr(), Some(visit_search), &raw const search as *mut c_void) != 0 }
}

unsafe extern "C" fn visit_search(raw: *mut RawObject, search: *mut c_void) -> c_int {
    // SAFETY: the argument is the search above.
    let search = unsafe { &*(search as *const Search) };
    search.0.iter().any(|target| target.as_ptr() == raw).into()
}

/// Visits every object that `object` refers to.
pub fn for_each_referent(object: &Object, visit: &mut dyn FnMut(&Object)) {
    let mut visit = visit;
    let argument = &raw mut visit as *mut c_void;
    traverse(object, Some(visit_each), argument);
}

unsafe extern "C" fn visit_each(raw: *mut RawObject, visit: *mut c_void) -> c_int {
    // SAFETY: traversal visits live objects; the argument is the closure above.
    unsafe { (*(visit as *mut &mut dyn FnMut(&Object)))(Object::from_raw(raw)) };
    0
}

fn print_quietly(text: &str) {
    if let Err(raised) = write_error_text(&Str::new(text)) {
        raised.clear();
    }
}

fn print_object(kind: &str, object: &Object) {
    print_quietly(&format!("gc: {kind} <{} {:p}>\n", object.ty().full_name(), object.as_ptr()));
}

fn print_statistics(state: &State, generation: usize) {
    let sizes: Vec<String> = state.generations.iter().map(|it| it.list.len().to_string()).collect();
    print_quietly(&format!(
        "gc: collecting generation {generation}...\ngc: objects in each generation: {}\ngc: objects in permanent generation: {}\n",
        sizes.join(" "),
        state.permanent.len()
    ));
}

/// At the interpreter's end, after the last collection: tells of what could not be collected.
pub fn finalize() {
    let state = State::current();
    let garbage = state.garbage();
    if state.debug.get() & DEBUG_SAVEALL == 0 && !garbage.is_empty() {
        let hint = match state.debug.get() & DEBUG_UNCOLLECTABLE {
            0 => "; use gc.set_debug(gc.DEBUG_UNCOLLECTABLE) to list them",
            _ => "",
        };
        let message =
            Str::from_string(format!("gc: {} uncollectable objects at shutdown{hint}", garbage.len()));
        let place = Str::new("gc");
        let category: &Type = &exceptions::ResourceWarning;
        if let Err(raised) = crate::warnings::warn_explicit(category, &message, &place, 0, Some(&place), None)
        {
            let message = "Exception ignored in GC shutdown";
            exceptions::write_unraisable_message(raised.take(), Some(message), None);
        }
        if state.debug.get() & DEBUG_UNCOLLECTABLE != 0 {
            match garbage.repr() {
                Ok(shown) => print_quietly(&format!("      {shown}\n")),
                Err(raised) => {
                    let message = "Exception ignored in GC shutdown while formatting garbage";
                    exceptions::write_unraisable_message(raised.take(), Some(message), None);
                }
            }
        }
    }
    state.garbage.set(None);
    state.callbacks.set(None);
}
