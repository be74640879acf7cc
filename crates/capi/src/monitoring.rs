//! Tracing functions in C, and monitoring events that native code fires.
//! <https://docs.python.org/3.14/c-api/profiling.html>, <https://docs.python.org/3.14/c-api/monitoring.html>

use std::cell::Cell;
use std::ffi::c_int;

use abi::Py_tracefunc;
use runtime::eval::instrumentation::events::{self, Event};
use runtime::eval::instrumentation::legacy::{self, Kind};
use runtime::eval::instrumentation::report::fire;
use runtime::eval::instrumentation::tools::state;
use runtime::prelude::*;

use crate::support::{Raw, exported};

/// What a scope keeps of one of its events.
#[repr(C)]
pub struct PyMonitoringState {
    active: Cell<u8>,
    opaque: u8,
}

fn set_in(threads: &[&Thread], kind: Kind, function: Py_tracefunc, argument: Option<&Object>) {
    for thread in threads {
        if let Err(raised) = legacy::set_native(thread, kind, function, argument.map(Object::to_ref)) {
            let doing = if kind == Kind::Trace { "PyEval_SetTrace" } else { "PyEval_SetProfile" };
            runtime::objects::exceptions::write_unraisable_doing(raised.take(), doing, &none());
        }
    }
}

/// Fires an event that carries `rest` besides the code and the offset.
///
/// # Safety
/// The pointers are alive.
unsafe fn fire_event(
    scope: *const PyMonitoringState,
    code: Raw,
    offset: i32,
    event: Event,
    rest: &[&Object],
) -> Result<()> {
    if offset < 0 {
        return Err(raise!(ValueError, "offset must be non-negative"));
    }
    let offset = Int::new(offset.into());
    // SAFETY: by contract.
    let (scope, code) = unsafe { (&*scope, Object::from_raw(code)) };
    let mut arguments: Vec<&Object> = vec![code];
    if event != Event::Line {
        arguments.push(&offset);
    }
    arguments.extend(rest);
    fire(Thread::current(), &scope.active, event, &arguments)
}

/// Fires an event of the current exception, which stays unless a callback raises another.
///
/// # Safety
/// As for [`fire_event`].
unsafe fn fire_exception(
    scope: *const PyMonitoringState,
    code: Raw,
    offset: i32,
    event: Event,
) -> Result<()> {
    let Some(exception) = Thread::current().take_exception() else {
        return Err(raise!(ValueError, "Firing event {} with no exception set", event as u8));
    };
    // SAFETY: by contract.
    unsafe { fire_event(scope, code, offset, event, &[&exception])? };
    Thread::current().set_exception(Some(exception));
    Ok(())
}

/// The events of an exception, by the names that C has for them.
macro_rules! exception_events {
    ($($name:ident => $event:ident,)*) => {
        exported! {
            $(fn $name(scope: *mut PyMonitoringState, code: Raw, offset: i32) -> Result<()> {
                fire_exception(scope, code, offset, Event::$event)
            })*
        }
    };
}

exception_events! {
    _PyMonitoring_FirePyThrowEvent => PyThrow,
    _PyMonitoring_FireRaiseEvent => Raise,
    _PyMonitoring_FireReraiseEvent => Reraise,
    _PyMonitoring_FireExceptionHandledEvent => ExceptionHandled,
    _PyMonitoring_FireCRaiseEvent => CRaise,
    _PyMonitoring_FirePyUnwindEvent => PyUnwind,
}

/// The events that carry one object.
macro_rules! value_events {
    ($($name:ident => $event:ident,)*) => {
        exported! {
            $(fn $name(scope: *mut PyMonitoringState, code: Raw, offset: i32, value: Raw) -> Result<()> {
                fire_event(scope, code, offset, Event::$event, &[Object::from_raw(value)])
            })*
        }
    };
}

value_events! {
    _PyMonitoring_FirePyReturnEvent => PyReturn,
    _PyMonitoring_FirePyYieldEvent => PyYield,
    _PyMonitoring_FireJumpEvent => Jump,
    _PyMonitoring_FireBranchEvent => BranchRight,
    _PyMonitoring_FireBranchRightEvent => BranchRight,
    _PyMonitoring_FireBranchLeftEvent => BranchLeft,
    _PyMonitoring_FireCReturnEvent => CReturn,
}

exported! {
    fn PyEval_SetTrace(function: Py_tracefunc, argument: Raw) {
        set_in(&[Thread::current()], Kind::Trace, function, Object::from_raw_opt(argument));
    }

    fn PyEval_SetProfile(function: Py_tracefunc, argument: Raw) {
        set_in(&[Thread::current()], Kind::Profile, function, Object::from_raw_opt(argument));
    }

    fn PyEval_SetTraceAllThreads(function: Py_tracefunc, argument: Raw) {
        set_in(&runtime::gil::threads(), Kind::Trace, function, Object::from_raw_opt(argument));
    }

    fn PyEval_SetProfileAllThreads(function: Py_tracefunc, argument: Raw) {
        set_in(&runtime::gil::threads(), Kind::Profile, function, Object::from_raw_opt(argument));
    }

    fn PyMonitoring_EnterScope(
        scope: *mut PyMonitoringState, version: *mut u64, event_types: *const u8, count: isize,
    ) -> c_int {
        let current = state().version() as u64 + 1;
        if *version != current {
            for index in 0..count.max(0) as usize {
                let active = match events::ALL.get(*event_types.add(index) as usize) {
                    // These come with it.
                    Some(Event::CReturn | Event::CRaise) => state().tools_of(Event::Call),
                    Some(Event::Branch) => state().tools_of(Event::BranchRight),
                    Some(event) => state().tools_of(*event),
                    None => 0,
                };
                (*scope.add(index)).active.set(active);
            }
            *version = current;
        }
        0
    }

    fn PyMonitoring_ExitScope() -> c_int {
        0
    }

    fn _PyMonitoring_FirePyStartEvent(scope: *mut PyMonitoringState, code: Raw, offset: i32) -> Result<()> {
        fire_event(scope, code, offset, Event::PyStart, &[])
    }

    fn _PyMonitoring_FirePyResumeEvent(scope: *mut PyMonitoringState, code: Raw, offset: i32) -> Result<()> {
        fire_event(scope, code, offset, Event::PyResume, &[])
    }

    fn _PyMonitoring_FireLineEvent(
        scope: *mut PyMonitoringState, code: Raw, offset: i32, line: c_int,
    ) -> Result<()> {
        fire_event(scope, code, offset, Event::Line, &[&Int::new(line.into())])
    }

    fn _PyMonitoring_FireCallEvent(
        scope: *mut PyMonitoringState, code: Raw, offset: i32, callable: Raw, first: Raw,
    ) -> Result<()> {
        fire_event(scope, code, offset, Event::Call, &[Object::from_raw(callable), Object::from_raw(first)])
    }

    fn _PyMonitoring_FireStopIterationEvent(
        scope: *mut PyMonitoringState, code: Raw, offset: i32, value: Raw,
    ) -> Result<()> {
        let _ = runtime::objects::generator::raise_stop_iteration(Object::from_raw(value));
        fire_exception(scope, code, offset, Event::StopIteration)?;
        // It was made for the callbacks only.
        drop(Thread::current().take_exception());
        Ok(())
    }
}
