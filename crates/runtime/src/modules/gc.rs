//! `gc`: the collector, seen from Python.

use std::ptr::NonNull;

use crate::gc::{self, FINALIZED, GENERATIONS, Reason, State};
use crate::prelude::*;

module! {
    name: "gc",
    doc: "The collector of reference cycles: when it runs, what it sees, what it found.\n",
    functions: [
        enable, disable, isenabled, set_debug, get_debug, get_count, set_threshold, get_threshold, collect, get_objects,
        get_stats, is_tracked, is_finalized, get_referrers, get_referents, freeze, unfreeze, get_freeze_count
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let state = State::current();
    let dict = module.dict();
    dict.insert_str(intern!("garbage"), &state.garbage())?;
    dict.insert_str(intern!("callbacks"), &state.callbacks())?;
    for (name, value) in [
        (intern!("DEBUG_STATS"), 1),
        (intern!("DEBUG_COLLECTABLE"), 2),
        (intern!("DEBUG_UNCOLLECTABLE"), 4),
        (intern!("DEBUG_SAVEALL"), 32),
        (intern!("DEBUG_LEAK"), 38),
    ] {
        dict.insert_str(name, &Int::new(value))?;
    }
    Ok(())
}

/// Enable automatic garbage collection.
#[function(signature = "($module, /)")]
fn enable(_module: &Module) {
    State::current().set_enabled(true);
}

/// Disable automatic garbage collection.
#[function(signature = "($module, /)")]
fn disable(_module: &Module) {
    State::current().set_enabled(false);
}

/// Returns true if automatic garbage collection is enabled.
#[function(signature = "($module, /)")]
fn isenabled(_module: &Module) -> bool {
    State::current().is_enabled()
}

/// Set what the collector reports.
///
///   flags
///     A combination of DEBUG_STATS (figures of each run), DEBUG_COLLECTABLE and
///     DEBUG_UNCOLLECTABLE (the objects found), DEBUG_SAVEALL (they go into
///     gc.garbage), DEBUG_LEAK (the last three).
#[function(signature = "($module, flags, /)")]
fn set_debug(_module: &Module, flags: i32) {
    State::current().debug.set(flags);
}

/// Get the garbage collection debugging flags.
#[function(signature = "($module, /)")]
fn get_debug(_module: &Module) -> i32 {
    State::current().debug.get()
}

/// Return a three-tuple of the current collection counts.
#[function(signature = "($module, /)")]
fn get_count(_module: &Module) -> (isize, isize, isize) {
    let [young, middle, old] = &State::current().generations;
    (young.count.get(), middle.count.get(), old.count.get())
}

/// set_threshold(threshold0, [threshold1, [threshold2]])
/// Set how many new objects set off a collection, of each generation. With 0 there is none.
#[function(signature = "(*thresholds)", hidden_signature)]
fn set_threshold(thresholds: &[&Object]) -> Result<()> {
    if thresholds.is_empty() || thresholds.len() > GENERATIONS {
        return Err(raise!(TypeError, "gc.set_threshold requires 1 to 3 arguments"));
    }
    let state = State::current();
    for (generation, threshold) in state.generations.iter().zip(thresholds) {
        let Some(threshold) = threshold.index()?.to_i64().and_then(|value| i32::try_from(value).ok()) else {
            return Err(raise!(OverflowError, "Python int too large to convert to C int"));
        };
        generation.threshold.set(threshold as isize);
    }
    state.update_trigger();
    Ok(())
}

/// Return the current collection thresholds.
#[function(signature = "($module, /)")]
fn get_threshold(_module: &Module) -> (isize, isize, isize) {
    let [young, middle, old] = &State::current().generations;
    (young.threshold.get(), middle.threshold.get(), old.threshold.get())
}

/// Collect now: the given generation and the younger ones, by default all.
///
/// Returns how many objects were unreachable; a generation that there is not raises
/// ValueError.
#[function(signature = "($module, /, generation=2)")]
fn collect(_module: &Module, generation: i32) -> Result<usize> {
    match usize::try_from(generation) {
        Ok(generation) if generation < GENERATIONS => Ok(gc::collect(generation, Reason::Manual)),
        _ => Err(raise!(ValueError, "invalid generation")),
    }
}

/// The objects that the collector knows, as a list without itself.
///
///   generation
///     None, or the one that they are to be of.
#[function(signature = "($module, /, generation=None)")]
fn get_objects(_module: &Module, generation: Option<&Object>) -> Result<Ref<List>> {
    let generation = match generation.filter(|generation| !generation.is_none()) {
        None => None,
        Some(generation) => {
            if generation.downcast::<Int>().is_none()
                && generation.lookup_special(intern!("__index__"))?.is_none()
            {
                return Err(raise!(
                    TypeError,
                    "argument should be integer or None, not '{}'",
                    generation.ty().full_name()
                ));
            }
            match generation.to_isize_index(&crate::objects::exceptions::OverflowError)? {
                -1 => None,
                generation => Some(generation),
            }
        }
    };
    let generation = match generation {
        None => None,
        Some(index) if index >= GENERATIONS as isize => {
            return Err(raise!(
                ValueError,
                "generation parameter must be less than the number of available generations ({GENERATIONS})"
            ));
        }
        Some(index) => match usize::try_from(index) {
            Ok(index) => Some(index),
            Err(_) => return Err(raise!(ValueError, "generation parameter cannot be negative")),
        },
    };
    Ok(List::from_vec(State::current().objects(generation)))
}

/// Return a list of dictionaries containing per-generation statistics.
#[function(signature = "($module, /)")]
fn get_stats(_module: &Module) -> Result<Ref<List>> {
    let mut stats = Vec::with_capacity(GENERATIONS);
    for generation in &State::current().generations {
        let found = generation.statistics.get();
        let entry = Dict::new();
        entry.insert_str(intern!("collections"), &Int::new(found.collections as i64))?;
        entry.insert_str(intern!("collected"), &Int::new(found.collected as i64))?;
        entry.insert_str(intern!("uncollectable"), &Int::new(found.uncollectable as i64))?;
        stats.push(entry.into_object());
    }
    Ok(List::from_vec(stats))
}

/// Does the collector know the object? Of those that hold no others, it need not.
#[function(signature = "($module, obj, /)")]
fn is_tracked(_module: &Module, obj: &Object) -> bool {
    // SAFETY: the object has a collector's head.
    gc::is_gc(obj) && unsafe { gc::is_tracked(NonNull::from(obj)) }
}

/// Returns true if the object has been already finalized by the GC.
#[function(signature = "($module, obj, /)")]
fn is_finalized(_module: &Module, obj: &Object) -> bool {
    // SAFETY: the object has a collector's head.
    gc::is_gc(obj) && unsafe { gc::head_of(NonNull::from(obj)) }.prev.get() & FINALIZED != 0
}

/// Return the list of objects that directly refer to any of 'objs'.
#[function(signature = "($module, /, *objs)")]
fn get_referrers(_module: &Module, objs: &[&Object]) -> Ref<List> {
    List::from_vec(State::current().referrers(objs))
}

/// Return the list of objects that are directly referred to by 'objs'.
#[function(signature = "($module, /, *objs)")]
fn get_referents(_module: &Module, objs: &[&Object]) -> Ref<List> {
    let mut found = Vec::new();
    for object in objs {
        if gc::is_gc(object) {
            gc::for_each_referent(object, &mut |referent| found.push(referent.to_ref()));
        }
    }
    List::from_vec(found)
}

/// Leave all objects of now out of later collections.
///
/// Useful before a fork: their memory can stay shared.
#[function(signature = "($module, /)")]
fn freeze(_module: &Module) {
    State::current().freeze();
}

/// Let what freeze() left out be collected again.
#[function(signature = "($module, /)")]
fn unfreeze(_module: &Module) {
    State::current().unfreeze();
}

/// Return the number of objects in the permanent generation.
#[function(signature = "($module, /)")]
fn get_freeze_count(_module: &Module) -> usize {
    State::current().frozen_count()
}
