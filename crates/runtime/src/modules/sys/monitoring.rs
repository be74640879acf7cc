//! `sys.monitoring`: tools and their names; events can't be asked for yet (PEP 669).

use std::cell::RefCell;

use crate::prelude::*;

const TOOLS: i32 = 6;

#[derive(Default)]
struct Tools {
    names: RefCell<[Option<Ref>; TOOLS as usize]>,
}

module! {
    name: "sys.monitoring",
    functions: [
        use_tool_id, clear_tool_id, free_tool_id, get_tool, register_callback, get_events, set_events, get_local_events,
        set_local_events, restart_events, all_events,
    ],
    exec: exec,
}

/// The namespace `sys.monitoring`.
pub(super) fn make() -> Result<Ref<Module>> {
    MODULE.create()
}

const EVENTS: &[&str] = &[
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

/// What a callback gives to be called no more, and the argument that stands for a missing one.
#[class(name = "sys.monitoring.sentinel")]
#[repr(C)]
pub struct Sentinel {
    head: Object,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let set = |name: &str, value: i64| dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value));
    set("DEBUGGER_ID", 0)?;
    set("COVERAGE_ID", 1)?;
    set("PROFILER_ID", 2)?;
    set("OPTIMIZER_ID", 5)?;
    dict.insert_str(intern!("DISABLE"), &Ref::new(Sentinel { head: Object::HEAD }))?;
    dict.insert_str(intern!("MISSING"), &Ref::new(Sentinel { head: Object::HEAD }))?;
    let mut events: Vec<(&str, Ref)> =
        EVENTS.iter().enumerate().map(|(bit, name)| (*name, Int::new(1 << bit).into_object())).collect();
    events.push(("NO_EVENTS", Int::new(0).into_object()));
    dict.insert_str(intern!("events"), &*super::namespace(&events)?)
}

fn check(tool_id: i32) -> Result<usize> {
    match tool_id {
        0..TOOLS => Ok(tool_id as usize),
        _ => Err(raise!(ValueError, "invalid tool {tool_id} (must be between 0 and 5)")),
    }
}

fn check_in_use(tool_id: i32) -> Result<usize> {
    let index = check(tool_id)?;
    match Interpreter::current().state::<Tools>().names.borrow()[index] {
        Some(_) => Ok(index),
        None => Err(raise!(ValueError, "tool {tool_id} is not in use")),
    }
}

/// Take a tool's place.
#[function(signature = "(tool_id, name, /)")]
fn use_tool_id(tool_id: i32, name: &Object) -> Result<()> {
    let index = check(tool_id)?;
    if name.downcast::<Str>().is_none() {
        return Err(raise!(ValueError, "tool name must be a str"));
    }
    let tools = Interpreter::current().state::<Tools>();
    if tools.names.borrow()[index].is_some() {
        return Err(raise!(ValueError, "tool {tool_id} is already in use"));
    }
    tools.names.borrow_mut()[index] = Some(name.to_ref());
    Ok(())
}

/// Forget a tool's events and callbacks.
#[function(signature = "(tool_id, /)")]
fn clear_tool_id(tool_id: i32) -> Result<()> {
    check(tool_id).map(drop)
}

/// Leave a tool's place.
#[function(signature = "(tool_id, /)")]
fn free_tool_id(tool_id: i32) -> Result<()> {
    let index = check(tool_id)?;
    let old = Interpreter::current().state::<Tools>().names.borrow_mut()[index].take();
    drop(old);
    Ok(())
}

/// Return the name of the tool at a place, or None.
#[function(signature = "(tool_id, /)")]
fn get_tool(tool_id: i32) -> Result<Option<Ref>> {
    let index = check(tool_id)?;
    Ok(Interpreter::current().state::<Tools>().names.borrow()[index].clone())
}

/// Set the function that is called at an event, and return the one before.
#[function(signature = "(tool_id, event, func, /)")]
fn register_callback(tool_id: i32, event: i32, func: &Object) -> Result<()> {
    let _ = (event, func);
    check(tool_id).map(drop)
}

/// Return the events that a tool has switched on.
#[function(signature = "(tool_id, /)")]
fn get_events(tool_id: i32) -> Result<i32> {
    check_in_use(tool_id).map(|_| 0)
}

/// Switch events on and off.
#[function(signature = "(tool_id, event_set, /)")]
fn set_events(tool_id: i32, event_set: i32) -> Result<()> {
    check_in_use(tool_id)?;
    refuse(event_set)
}

/// Return the events that a tool has switched on for one code object.
#[function(signature = "(tool_id, code, /)")]
fn get_local_events(tool_id: i32, code: &Object) -> Result<i32> {
    let _ = code;
    check_in_use(tool_id).map(|_| 0)
}

/// Switch events on and off for one code object.
#[function(signature = "(tool_id, code, event_set, /)")]
fn set_local_events(tool_id: i32, code: &Object, event_set: i32) -> Result<()> {
    let _ = code;
    check_in_use(tool_id)?;
    refuse(event_set)
}

fn refuse(event_set: i32) -> Result<()> {
    if event_set == 0 {
        return Ok(());
    }
    if event_set < 0 || event_set >= 1 << EVENTS.len() {
        return Err(raise!(ValueError, "invalid event set 0x{event_set:x}"));
    }
    Err(raise!(NotImplementedError, "sys.monitoring events are not supported yet"))
}

/// Switch on again what callbacks have disabled.
#[function(signature = "()")]
fn restart_events() {}

/// Return the tools of each event.
#[function(name = "_all_events", signature = "()")]
fn all_events() -> Ref<Dict> {
    Dict::new()
}
