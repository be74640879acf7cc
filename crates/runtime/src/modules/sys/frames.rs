//! Frames, the exception being handled, tracing.

use crate::eval::instrumentation::legacy::{self, Kind};
use crate::objects::exceptions;
use crate::objects::exceptions::BaseException;
use crate::objects::frame::FrameObject;
use crate::prelude::*;

/// The frame object `depth` calls up.
fn frame_at(depth: i32) -> Result<Ref<FrameObject>> {
    let mut frame = Thread::current().frames().current().map(FrameObject::of);
    for _ in 0..depth.max(0) {
        frame = frame.and_then(|frame| frame.back());
    }
    frame.ok_or_else(|| raise!(ValueError, "call stack is not deep enough"))
}

/// Return the frame that many calls below the top of the call stack.
#[function(name = "_getframe", signature = "(depth=0, /)")]
pub(super) fn getframe(depth: Option<i32>) -> Result<Ref<FrameObject>> {
    let frame = frame_at(depth.unwrap_or(0))?;
    super::audit("sys._getframe", &[&frame])?;
    Ok(frame)
}

/// Return the name of the module whose code runs that many calls below the top, or None.
#[function(name = "_getframemodulename", signature = "(depth=0)")]
pub(super) fn getframemodulename(depth: Option<i32>) -> Result {
    let depth = depth.unwrap_or(0);
    super::audit("sys._getframemodulename", &[&Int::new(i64::from(depth))])?;
    let frame = match frame_at(depth) {
        Ok(frame) => frame,
        Err(raised) => {
            raised.clear();
            return Ok(none());
        }
    };
    Ok(frame.frame().func().get_attr_opt(intern!("__module__"))?.unwrap_or_else(none))
}

/// Return a dict of each thread's identifier and its frame.
#[function(name = "_current_frames", signature = "()")]
pub(super) fn current_frames() -> Result<Ref<Dict>> {
    super::audit("sys._current_frames", &[])?;
    let frames = Dict::new();
    for thread in crate::gil::threads() {
        if let Some(frame) = thread.frames().current() {
            frames.insert(&Int::from_u64(thread.ident), &FrameObject::of(frame))?;
        }
    }
    Ok(frames)
}

/// Return a dict of each thread's identifier and the exception it handles.
#[function(name = "_current_exceptions", signature = "()")]
pub(super) fn current_exceptions() -> Result<Ref<Dict>> {
    super::audit("sys._current_exceptions", &[])?;
    let result = Dict::new();
    for thread in crate::gil::threads() {
        let handled = thread.handled_exception().unwrap_or_else(none);
        result.insert(&Int::from_u64(thread.ident), &handled)?;
    }
    Ok(result)
}

/// Return the exception that is being handled, or None.
#[function(signature = "()")]
pub(super) fn exception() -> Option<Ref> {
    Thread::current().handled_exception()
}

/// Return (type, value, traceback) of the exception that is being handled, or three times None.
#[function(signature = "()")]
pub(super) fn exc_info() -> Ref<Tuple> {
    match Thread::current().handled_exception() {
        Some(value) => {
            let class = value.ty().to_ref();
            let traceback = value.downcast::<BaseException>().and_then(|exception| exception.traceback());
            Tuple::pack([class, value, traceback.unwrap_or_else(none)])
        }
        None => Tuple::pack([none(), none(), none()]),
    }
}

/// End the program by raising SystemExit: with an exit status, or a message for standard error.
#[function(signature = "(status=None, /)")]
pub(super) fn exit(status: Option<&Object>) -> Result<()> {
    match status {
        Some(status) if !status.is_none() => Err(crate::errors::raise_value(&exceptions::SystemExit, status)),
        _ => Err(crate::errors::raise_none(&exceptions::SystemExit)),
    }
}

/// Call func(*args); meant for debuggers, tracing being switched on.
#[function(signature = "(func, args, /)")]
pub(super) fn call_tracing(func: &Object, args: &Tuple) -> Result {
    let tracing = &Thread::current().head.tracing;
    let depth = tracing.replace(0);
    let result = func.call_dict(args, None);
    tracing.set(depth);
    result
}

/// A function for traces or profiles, as it is given: None is none.
fn given(function: &Object) -> Option<&Object> {
    Some(function).filter(|function| !function.is_none())
}

/// Puts a function in place in all threads; a thread where that fails goes without.
fn set_in_all(kind: Kind, function: &Object) -> Result<()> {
    for thread in crate::gil::threads() {
        if let Err(raised) = legacy::set(thread, kind, given(function)) {
            exceptions::write_unraisable_doing(raised.take(), "setting a trace function", &none());
        }
    }
    Ok(())
}

/// Set the function that is called with trace events.
#[function(signature = "(function, /)")]
pub(super) fn settrace(function: &Object) -> Result<()> {
    legacy::set(Thread::current(), Kind::Trace, given(function))
}

/// Set the function that is called with profile events.
#[function(signature = "(function, /)")]
pub(super) fn setprofile(function: &Object) -> Result<()> {
    legacy::set(Thread::current(), Kind::Profile, given(function))
}

/// Set the function that is called with trace events in all threads.
#[function(name = "_settraceallthreads", signature = "(function, /)")]
pub(super) fn settraceallthreads(function: &Object) -> Result<()> {
    set_in_all(Kind::Trace, function)
}

/// Set the function that is called with profile events in all threads.
#[function(name = "_setprofileallthreads", signature = "(function, /)")]
pub(super) fn setprofileallthreads(function: &Object) -> Result<()> {
    set_in_all(Kind::Profile, function)
}

/// Return the function that settrace() has set, or None.
#[function(signature = "()")]
pub(super) fn gettrace() -> Option<Ref> {
    legacy::function_of(Thread::current(), Kind::Trace)
}

/// Return the function that setprofile() has set, or None.
#[function(signature = "()")]
pub(super) fn getprofile() -> Option<Ref> {
    legacy::function_of(Thread::current(), Kind::Profile)
}
