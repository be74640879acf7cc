//! `sys.monitoring`: tools, their events and their callbacks (PEP 669).

use crate::eval::instrumentation::branches::BranchHandler;
use crate::eval::instrumentation::events::{self, Event};
use crate::eval::instrumentation::tools::{self, State, USER_TOOLS, state};
use crate::objects::code::Code;
use crate::prelude::*;

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

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    let set = |name: &str, value: i64| dict.insert_str(&Str::intern(Str::new(name)), &Int::new(value));
    set("DEBUGGER_ID", 0)?;
    set("COVERAGE_ID", 1)?;
    set("PROFILER_ID", 2)?;
    set("OPTIMIZER_ID", 5)?;
    dict.insert_str(intern!("DISABLE"), &state().disable())?;
    dict.insert_str(intern!("MISSING"), &state().missing())?;
    let mut named: Vec<(&str, Ref)> =
        events::ALL.iter().map(|event| (event.name(), Int::new(event.bit().into()).into_object())).collect();
    named.push(("NO_EVENTS", Int::new(0).into_object()));
    dict.insert_str(intern!("events"), &*super::namespace(&named)?)
}

fn check(tool_id: i32) -> Result<(&'static State, usize)> {
    match usize::try_from(tool_id) {
        Ok(tool) if tool < USER_TOOLS => Ok((state(), tool)),
        _ => Err(raise!(ValueError, "invalid tool {tool_id} (must be between 0 and 5)")),
    }
}

/// A set of events as instructions and tables have it: C_RETURN and C_RAISE come with CALL, BRANCH is both sides.
fn check_set(event_set: i32) -> Result<u32> {
    let mut set = event_set as u32;
    let returns = Event::CReturn.bit() | Event::CRaise.bit();
    let calls = returns | Event::Call.bit();
    if set & returns != 0 && set & calls != calls {
        return Err(raise!(ValueError, "cannot set C_RETURN or C_RAISE events independently"));
    }
    set &= !returns;
    if set & Event::Branch.bit() != 0 {
        set = set & !Event::Branch.bit() | Event::BranchLeft.bit() | Event::BranchRight.bit();
    }
    Ok(set)
}

/// Take a tool's place.
#[function(signature = "(tool_id, name, /)")]
fn use_tool_id(tool_id: i32, name: &Object) -> Result<()> {
    let (state, tool) = check(tool_id)?;
    let Some(name) = name.downcast::<Str>() else {
        return Err(raise!(ValueError, "tool name must be a str"));
    };
    if state.name(tool).is_some() {
        return Err(raise!(ValueError, "tool {tool_id} is already in use"));
    }
    state.set_name(tool, Some(Ref::from_borrowed(name)));
    Ok(())
}

/// Forget a tool's events and callbacks.
#[function(signature = "(tool_id, /)")]
fn clear_tool_id(tool_id: i32) -> Result<()> {
    let (state, tool) = check(tool_id)?;
    state.clear(tool)
}

/// Leave a tool's place.
#[function(signature = "(tool_id, /)")]
fn free_tool_id(tool_id: i32) -> Result<()> {
    let (state, tool) = check(tool_id)?;
    state.clear(tool)?;
    state.set_name(tool, None);
    Ok(())
}

/// Return the name of the tool at a place, or None.
#[function(signature = "(tool_id, /)")]
fn get_tool(tool_id: i32) -> Result<Option<Ref<Str>>> {
    let (state, tool) = check(tool_id)?;
    Ok(state.name(tool))
}

/// Set the function that is called at an event, and return the one before.
#[function(signature = "(tool_id, event, func, /)")]
fn register_callback(tool_id: i32, event: i32, func: &Object) -> Result<Option<Ref>> {
    let (state, tool) = check(tool_id)?;
    if event <= 0 || event.count_ones() != 1 {
        return Err(raise!(ValueError, "The callback can only be set for one event at a time"));
    }
    let Some(&event) = events::ALL.get(event.trailing_zeros() as usize) else {
        return Err(raise!(ValueError, "invalid event {event}"));
    };
    super::audit("sys.monitoring.register_callback", &[func])?;
    let callback = (!func.is_none()).then(|| func.to_ref());
    if event != Event::Branch {
        return Ok(state.set_callback(tool, event, callback));
    }
    let side = |is_right| {
        callback.as_deref().map(|handler| BranchHandler::new(handler, tool, is_right).into_object())
    };
    let left = state.set_callback(tool, Event::BranchLeft, side(false));
    drop(state.set_callback(tool, Event::BranchRight, side(true)));
    Ok(left.and_then(|old| match old.downcast::<BranchHandler>() {
        Some(old) => old.handler(),
        None => Some(old.clone()),
    }))
}

/// Return the events that a tool has switched on.
#[function(signature = "(tool_id, /)")]
fn get_events(tool_id: i32) -> Result<u32> {
    let (state, tool) = check(tool_id)?;
    Ok(state.events_of(tool))
}

/// Switch events on and off.
#[function(signature = "(tool_id, event_set, /)")]
fn set_events(tool_id: i32, event_set: i32) -> Result<()> {
    let (state, tool) = check(tool_id)?;
    if !(0..1 << events::COUNT).contains(&event_set) {
        return Err(raise!(ValueError, "invalid event set 0x{event_set:x}"));
    }
    state.set_events(tool, check_set(event_set)?)
}

fn check_code(code: &Object) -> Result<&Code> {
    code.downcast::<Code>().ok_or_else(|| raise!(TypeError, "code must be a code object"))
}

/// Return the events that a tool has switched on for one code object.
#[function(signature = "(tool_id, code, /)")]
fn get_local_events(tool_id: i32, code: &Object) -> Result<u32> {
    let code = check_code(code)?;
    let (_, tool) = check(tool_id)?;
    Ok(tools::local_events(code, tool))
}

/// Switch events on and off for one code object.
#[function(signature = "(tool_id, code, event_set, /)")]
fn set_local_events(tool_id: i32, code: &Object, event_set: i32) -> Result<()> {
    let code = check_code(code)?;
    let (state, tool) = check(tool_id)?;
    let set = check_set(event_set)?;
    if set >= 1 << events::LOCAL {
        return Err(raise!(ValueError, "invalid local event set 0x{set:x}"));
    }
    state.set_local_events(tool, code, set)
}

/// Switch on again what callbacks have disabled.
#[function(signature = "()")]
fn restart_events() {
    state().restart();
}

/// Return the tools of each event.
#[function(name = "_all_events", signature = "()")]
fn all_events() -> Result<Ref<Dict>> {
    let dict = Dict::new();
    for &event in &events::ALL[..events::UNGROUPED] {
        let tools = state().tools_of(event);
        if tools != 0 {
            dict.insert_str(&Str::intern(Str::new(event.name())), &Int::new(tools.into()))?;
        }
    }
    Ok(dict)
}
