//! Telling the tools of an event.

use crate::errors::{Result, restore};
use crate::eval::frame::Frame;
use crate::eval::instrumentation::data::CodeData;
use crate::eval::instrumentation::events::Event;
use crate::eval::instrumentation::legacy;
use crate::eval::instrumentation::tools::{self, PROFILE, State, TRACE};
use crate::object::Object;
use crate::objects::code::Code;
use crate::objects::int::Int;
use crate::raise;
use crate::reference::Ref;
use crate::thread::Thread;

/// An event at an instruction of the frame that runs.
pub struct Report<'a> {
    pub event: Event,
    /// The instruction whose tools are told.
    pub at: usize,
    /// The instruction that callbacks are told: mostly the same.
    pub shown: usize,
    /// What callbacks get besides the code and the offset.
    pub rest: &'a [&'a Object],
}

/// The tools that want an event. C_RETURN and C_RAISE come with CALL.
fn tools_for(state: &State, data: Option<&CodeData>, event: Event, at: usize) -> u8 {
    let asked = match event {
        Event::CReturn | Event::CRaise => Event::Call,
        other => other,
    };
    if !asked.is_local() {
        return state.tools_of(asked);
    }
    data.filter(|data| at < data.units.len()).map_or(0, |data| data.tools_at(at, asked))
}

/// What the thread's tools are doing, put back at the end.
struct Doing<'a> {
    thread: &'a Thread,
    what: i32,
    frame: *mut Frame,
}

impl<'a> Doing<'a> {
    fn enter(thread: &'a Thread, event: Event) -> Doing<'a> {
        let head = &thread.head;
        head.tracing.set(head.tracing.get() + 1);
        let frame = thread.reporting.replace(thread.frames().current_cell().get());
        Doing { thread, what: head.what_event.replace(event as i32), frame }
    }
}

impl Drop for Doing<'_> {
    fn drop(&mut self) {
        let head = &self.thread.head;
        head.tracing.set(head.tracing.get() - 1);
        head.what_event.set(self.what);
        self.thread.reporting.set(self.frame);
    }
}

/// Calls one tool; true if it wants no more of it.
fn tell(thread: &Thread, state: &State, tool: usize, event: Event, arguments: &[&Object]) -> Result<bool> {
    if thread.head.tracing.get() != 0 {
        return Ok(false);
    }
    match tool {
        TRACE => {
            let _doing = Doing::enter(thread, event);
            legacy::trace_event(thread, event, arguments)
        }
        PROFILE => {
            let _doing = Doing::enter(thread, event);
            legacy::profile_event(thread, event, arguments).map(|()| false)
        }
        _ => {
            let Some(callback) = state.callback(tool, event) else { return Ok(false) };
            let _doing = Doing::enter(thread, event);
            let answer = callback.call(arguments)?;
            Ok(tools::is_disable(state, &answer))
        }
    }
}

/// Tells the tools, the highest first. An exception of a callback ends it.
pub fn report(thread: &Thread, frame: &Frame, report: Report<'_>) -> Result<()> {
    let Report { event, at, shown, rest } = report;
    let state = &thread.interpreter.monitoring;
    if thread.head.tracing.get() != 0 {
        return Ok(());
    }
    let code: Ref<Code> = Ref::from_borrowed(frame.code());
    let mut tools = tools_for(state, code.monitoring(), event, at);
    if tools == 0 {
        return Ok(());
    }
    let offset = Int::from_usize(shown * 2);
    let mut arguments: Vec<&Object> = vec![&code];
    if event == Event::Line {
        arguments.extend(rest);
    } else {
        arguments.push(&offset);
        arguments.extend(rest);
    }
    while tools != 0 {
        let tool = 7 - tools.leading_zeros() as usize;
        tools &= !(1 << tool);
        if !tell(thread, state, tool, event, &arguments)? {
            continue;
        }
        if !event.is_local() {
            return Err(not_to_be_disabled(state, tool, event));
        }
        if let Some(data) = code.monitoring() {
            data.disable(&code, at, event, 1 << tool);
        }
    }
    Ok(())
}

/// Tells of an event that native code fires for a code-like object of its own; `active` are the tools that still want it.
pub fn fire(
    thread: &Thread,
    active: &std::cell::Cell<u8>,
    event: Event,
    arguments: &[&Object],
) -> Result<()> {
    let state = &thread.interpreter.monitoring;
    if thread.head.tracing.get() != 0 {
        return Ok(());
    }
    let mut tools = active.get();
    while tools != 0 {
        let tool = 7 - tools.leading_zeros() as usize;
        tools &= !(1 << tool);
        if !tell(thread, state, tool, event, arguments)? {
            continue;
        }
        if !event.is_local() {
            return Err(not_to_be_disabled(state, tool, event));
        }
        active.set(active.get() & !(1 << tool));
    }
    Ok(())
}

/// A callback wants no more of an event that no instruction reports: it would be told for ever, so it goes.
fn not_to_be_disabled(state: &State, tool: usize, event: Event) -> crate::errors::Raised {
    drop(state.set_callback(tool, event, None));
    raise!(ValueError, "Cannot disable {} events. Callback removed.", event.name())
}

/// As [`report`], while an exception is on its way: it goes on after, unless a callback raises another.
pub fn report_raised(
    thread: &Thread,
    frame: &Frame,
    event: Event,
    at: usize,
    rest: &[&Object],
) -> Result<()> {
    let Some(exception) = thread.take_exception() else { return Ok(()) };
    let arguments = [rest, &[&exception as &Object]].concat();
    let rest: &[&Object] = if event == Event::CRaise { rest } else { &arguments };
    report(thread, frame, Report { event, at, shown: at, rest })?;
    let _ = restore(exception);
    Ok(())
}
