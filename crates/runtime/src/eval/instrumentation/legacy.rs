//! `sys.settrace` and `sys.setprofile`: two tools whose callbacks are native, and call the thread's function with a frame,
//! the name of an event and an argument. C code may put functions of its own in place (`PyEval_SetTrace`).

use std::ffi::c_int;

use abi::{
    Py_tracefunc, PyTrace_C_CALL, PyTrace_C_EXCEPTION, PyTrace_C_RETURN, PyTrace_CALL, PyTrace_EXCEPTION,
    PyTrace_LINE, PyTrace_OPCODE, PyTrace_RETURN,
};

use crate::errors::{Raised, Result};
use crate::eval::instrumentation::events::Event;
use crate::eval::instrumentation::tools::{PROFILE, State, TRACE, local_events};
use crate::object::{Object, RawObject};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::code::Code;
use crate::objects::exceptions::BaseException;
use crate::objects::frame::FrameObject;
use crate::objects::int::Int;
use crate::objects::method_descriptor::MethodDescriptor;
use crate::objects::singletons::none;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::reference::{Link, Ref};
use crate::thread::Thread;
use crate::{intern, raise};

/// Which of the two functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Trace,
    Profile,
}

const BOTH: u32 = Event::PyStart.bit()
    | Event::PyResume.bit()
    | Event::PyReturn.bit()
    | Event::PyYield.bit()
    | Event::PyUnwind.bit()
    | Event::PyThrow.bit();
const TRACE_EVENTS: u32 =
    BOTH | Event::Raise.bit() | Event::Line.bit() | Event::Jump.bit() | Event::StopIteration.bit();
const PROFILE_EVENTS: u32 = BOTH | Event::Call.bit();

impl Kind {
    fn function(self, thread: &Thread) -> &std::cell::Cell<Py_tracefunc> {
        match self {
            Kind::Trace => &thread.head.c_tracefunc,
            Kind::Profile => &thread.head.c_profilefunc,
        }
    }

    /// The object that the function gets first: from Python the callable itself.
    fn object(self, thread: &Thread) -> &Link {
        let field = match self {
            Kind::Trace => &thread.head.c_traceobj,
            Kind::Profile => &thread.head.c_profileobj,
        };
        // SAFETY: the field owns an object or is null; a link is laid out as a pointer.
        unsafe { &*(field as *const std::cell::Cell<*mut abi::PyObject>).cast() }
    }

    fn threads(self, state: &State) -> &std::cell::Cell<usize> {
        match self {
            Kind::Trace => &state.tracing_threads,
            Kind::Profile => &state.profiling_threads,
        }
    }
}

/// The object behind a thread's function: what `sys.gettrace` and `sys.getprofile` give.
pub fn function_of(thread: &Thread, kind: Kind) -> Option<Ref> {
    kind.object(thread).get()
}

/// Puts a native function and its object in place for a thread, or takes them away.
pub fn set_native(thread: &Thread, kind: Kind, function: Py_tracefunc, object: Option<Ref>) -> Result<()> {
    let name = if kind == Kind::Trace { "sys.settrace" } else { "sys.setprofile" };
    crate::modules::sys::audit(name, &[])?;
    let state = &thread.interpreter.monitoring;
    let had = kind.function(thread).replace(function).is_some();
    let old = kind.object(thread).replace(object);
    let threads = kind.threads(state);
    threads.set(threads.get() + usize::from(function.is_some()) - usize::from(had));
    let (tool, events) = match kind {
        Kind::Trace => (TRACE, TRACE_EVENTS),
        Kind::Profile => (PROFILE, PROFILE_EVENTS),
    };
    let result = state.set_events(tool, if threads.get() > 0 { events } else { 0 });
    drop(old);
    result
}

/// As [`set_native`], for a Python function.
pub fn set(thread: &Thread, kind: Kind, function: Option<&Object>) -> Result<()> {
    let native: Py_tracefunc = match kind {
        _ if function.is_none() => None,
        Kind::Trace => Some(trace_trampoline),
        Kind::Profile => Some(profile_trampoline),
    };
    set_native(thread, kind, native, function.map(Object::to_ref))
}

/// A thread ends: its functions go.
pub fn forget(thread: &Thread) {
    for kind in [Kind::Trace, Kind::Profile] {
        if kind.function(thread).replace(None).is_some() {
            let threads = kind.threads(&thread.interpreter.monitoring);
            threads.set(threads.get().saturating_sub(1));
        }
        drop(kind.object(thread).take());
    }
}

/// Calls the thread's function, if it has one.
fn call(
    thread: &Thread,
    kind: Kind,
    what: c_int,
    frame: &FrameObject,
    argument: Option<&Object>,
) -> Result<()> {
    let Some(function) = kind.function(thread).get() else { return Ok(()) };
    let object = kind.object(thread).get();
    let raw = |object: Option<&Object>| object.map_or(std::ptr::null_mut(), Object::as_ptr);
    // SAFETY: the objects are held during the call.
    let status = unsafe { function(raw(object.as_deref()), frame.as_ptr().cast(), what, raw(argument)) };
    if status == 0 { Ok(()) } else { Err(Raised::assume_set()) }
}

fn current_frame(thread: &Thread, doing: &str) -> Result<Ref<FrameObject>> {
    match thread.frames().current() {
        Some(frame) => Ok(FrameObject::of(frame)),
        None => Err(raise!(SystemError, "Missing frame when calling {doing} function.")),
    }
}

/// An event of the tool of `sys.settrace`; true if it wants no more of it.
pub fn trace_event(thread: &Thread, event: Event, arguments: &[&Object]) -> Result<bool> {
    let traced = thread.head.c_tracefunc.get().is_some();
    if !traced {
        return Ok(matches!(event, Event::Line | Event::Jump));
    }
    let frame = current_frame(thread, "trace")?;
    match event {
        Event::PyStart | Event::PyResume | Event::PyThrow => {
            call(thread, Kind::Trace, PyTrace_CALL, &frame, Some(&none()))?;
        }
        Event::PyReturn | Event::PyYield => {
            call(thread, Kind::Trace, PyTrace_RETURN, &frame, arguments.get(2).copied())?;
        }
        Event::PyUnwind => call(thread, Kind::Trace, PyTrace_RETURN, &frame, None)?,
        Event::Raise | Event::StopIteration => {
            let Some(exception) = arguments.get(2) else { return Ok(false) };
            let traceback = exception.downcast::<BaseException>().and_then(BaseException::traceback);
            let triple =
                Tuple::pack([exception.ty().to_ref(), exception.to_ref(), traceback.unwrap_or_else(none)]);
            call(thread, Kind::Trace, PyTrace_EXCEPTION, &frame, Some(&triple))?;
        }
        Event::Line => {
            let line = arguments.get(1).and_then(|line| line.downcast::<Int>()?.to_i64()).unwrap_or(-1);
            trace_line(thread, &frame, line as i32)?;
        }
        Event::Jump => return jump(thread, &frame, arguments),
        Event::Instruction => {
            if !frame.trace_opcodes.get() {
                trace_opcodes(&frame, false)?;
                return Ok(true);
            }
            call(thread, Kind::Trace, PyTrace_OPCODE, &frame, Some(&none()))?;
        }
        _ => {}
    }
    Ok(false)
}

fn trace_line(thread: &Thread, frame: &FrameObject, line: i32) -> Result<()> {
    if !frame.trace_lines.get() || line < 0 {
        return Ok(());
    }
    frame.line.set(line);
    let result = call(thread, Kind::Trace, PyTrace_LINE, frame, Some(&none()));
    frame.line.set(0);
    result
}

/// A jump back within a line begins it anew for tracers; LINE events are not told of it.
fn jump(thread: &Thread, frame: &FrameObject, arguments: &[&Object]) -> Result<bool> {
    let unit = |index: usize| {
        let offset = arguments.get(index).and_then(|offset| offset.downcast::<Int>()?.to_i64());
        offset.unwrap_or(0) as usize / 2
    };
    let (from, to) = (unit(1), unit(2));
    let Some(code) = arguments.first().and_then(|code| code.downcast::<Code>()) else { return Ok(true) };
    let line_of = |unit: usize| code.monitoring().map_or(-1, |data| data.line(code, unit));
    if to >= from || line_of(to) != line_of(from) {
        // The target has a LINE of its own.
        return Ok(true);
    }
    trace_line(thread, frame, line_of(from)).map(|()| false)
}

/// Wants or does not want the instructions of a frame's code.
pub fn trace_opcodes(frame: &FrameObject, on: bool) -> Result<()> {
    if on && frame.trace.is_null() {
        return Ok(());
    }
    let code: Ref<Code> = Ref::from_borrowed(frame.frame().code());
    let events = local_events(&code, TRACE);
    let bit = Event::Instruction.bit();
    if (events & bit != 0) == on {
        return Ok(());
    }
    crate::eval::instrumentation::tools::state().set_local_events(TRACE, &code, events ^ bit)
}

/// An event of the tool of `sys.setprofile`.
pub fn profile_event(thread: &Thread, event: Event, arguments: &[&Object]) -> Result<()> {
    if thread.head.c_profilefunc.get().is_none() {
        return Ok(());
    }
    let frame = current_frame(thread, "profile")?;
    let value = arguments.get(2).copied();
    let what = match event {
        Event::PyStart | Event::PyResume | Event::PyThrow => {
            return call(thread, Kind::Profile, PyTrace_CALL, &frame, Some(&none()));
        }
        Event::PyReturn | Event::PyYield => {
            return call(thread, Kind::Profile, PyTrace_RETURN, &frame, value);
        }
        Event::PyUnwind => return call(thread, Kind::Profile, PyTrace_RETURN, &frame, None),
        Event::Call => PyTrace_C_CALL,
        Event::CReturn => PyTrace_C_RETURN,
        Event::CRaise => PyTrace_C_EXCEPTION,
        _ => return Ok(()),
    };
    let (Some(callee), Some(receiver)) = (value, arguments.get(3)) else { return Ok(()) };
    if callee.downcast::<BuiltinFunction>().is_some() {
        return call(thread, Kind::Profile, what, &frame, Some(callee));
    }
    if callee.is::<MethodDescriptor>() && !thread.interpreter.monitoring.missing().is_same(receiver) {
        // A method is told as a bound one.
        let method = callee.call_method(intern!("__get__"), &[receiver])?;
        return call(thread, Kind::Profile, what, &frame, Some(&method));
    }
    Ok(())
}

/// The name of an event, by C's numbers for them.
fn event_name(what: c_int) -> Ref<Str> {
    const NAMES: [&str; 8] =
        ["call", "exception", "line", "return", "c_call", "c_exception", "c_return", "opcode"];
    Str::intern(Str::new(usize::try_from(what).ok().and_then(|what| NAMES.get(what)).unwrap_or(&"?")))
}

/// Calls a Python function with the frame, the event's name and its argument.
fn call_python(function: &Object, frame: &FrameObject, what: c_int, argument: Option<&Object>) -> Result {
    let argument = argument.map_or_else(none, Object::to_ref);
    function.call(&[frame, &event_name(what), &argument])
}

/// Switches one of the functions off after it failed; its exception goes on.
fn switch_off(kind: Kind) {
    let thread = Thread::current();
    let exception = thread.take_exception();
    if let Err(raised) = set_native(thread, kind, None, None) {
        raised.clear();
    }
    thread.set_exception(exception);
}

/// The native function behind `sys.settrace`: a "call" goes to the global function, other events to the frame's own.
unsafe extern "C" fn trace_trampoline(
    object: *mut RawObject,
    frame: *mut abi::PyFrameObject,
    what: c_int,
    argument: *mut RawObject,
) -> c_int {
    // SAFETY: the callers hold what they give.
    let (object, frame, argument) = unsafe {
        (
            Object::from_raw_opt(object),
            Object::from_raw(frame.cast()).downcast_unchecked::<FrameObject>(),
            Object::from_raw_opt(argument),
        )
    };
    let callback = if what == PyTrace_CALL { object.map(Object::to_ref) } else { frame.trace.get() };
    let Some(callback) = callback else { return 0 };
    match call_python(&callback, frame, what, argument) {
        Ok(result) => {
            if !result.is_none() {
                frame.trace.set(Some(result));
            }
            0
        }
        Err(_) => {
            switch_off(Kind::Trace);
            frame.trace.set(None);
            -1
        }
    }
}

/// The native function behind `sys.setprofile`.
unsafe extern "C" fn profile_trampoline(
    object: *mut RawObject,
    frame: *mut abi::PyFrameObject,
    what: c_int,
    argument: *mut RawObject,
) -> c_int {
    // SAFETY: as above.
    let (object, frame, argument) = unsafe {
        (
            Object::from_raw_opt(object),
            Object::from_raw(frame.cast()).downcast_unchecked::<FrameObject>(),
            Object::from_raw_opt(argument),
        )
    };
    let Some(object) = object.map(Object::to_ref) else { return 0 };
    match call_python(&object, frame, what, argument) {
        Ok(_) => 0,
        Err(_) => {
            switch_off(Kind::Profile);
            -1
        }
    }
}
