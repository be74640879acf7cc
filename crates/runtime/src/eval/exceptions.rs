//! Raising, unwinding to handlers, matching, and exception groups.

use std::cell::Cell;

use bytecode::exceptiontable;

use crate::errors::{Raised, Result, restore};
use crate::eval::instrumentation::{Event, exceptions as monitoring};
use crate::eval::machine::{Machine, leave_recursion, release};
use crate::object::Object;
use crate::objects::exceptions::{self as types, BaseException};
use crate::objects::int::Int;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::Type;
use crate::reference::Ref;
use crate::thread::Thread;
use crate::{intern, raise};

thread_local! {
    static RERAISE: Cell<bool> = const { Cell::new(false) };
    /// Where the RERAISE instruction itself stands: its handler is looked for there, though the frame says otherwise.
    static RERAISED_AT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// As [`mark_reraise`], by the instruction at `unit`.
pub fn mark_reraise_at(unit: usize) {
    RERAISE.set(true);
    RERAISED_AT.set(Some(unit));
}

/// The handler of the exception that is about to be raised is looked for at `unit`.
pub fn mark_place(unit: usize) {
    RERAISED_AT.set(Some(unit));
}

/// The exception that is about to be raised has this frame in its traceback already.
pub fn mark_reraise(_thread: &Thread) {
    RERAISE.set(true);
}

/// The current exception goes up: records the traceback and goes to the innermost handler. False: it left the entry frame.
#[cold]
#[inline(never)]
pub fn unwind(m: &mut Machine) -> bool {
    let mut resumed = std::mem::replace(&mut m.resumed, false);
    if resumed {
        // What is thrown into a generator is raised by the instruction that suspended it.
        RERAISED_AT.set(Some(m.frame().instruction_index().saturating_sub(1)));
    }
    loop {
        let reraised = RERAISE.replace(false);
        let frame = m.frame();
        if !reraised && let Some(exception) = m.thread.take_exception() {
            crate::objects::traceback::add_here(&exception, frame);
            let _ = restore(exception);
        }
        let unit = frame.instruction_index();
        let marked = RERAISED_AT.take();
        let mut place = marked.unwrap_or(unit);
        // Monitoring is told the last unit of the instruction; of a call that goes on raising, the one before it.
        let told = if marked.is_some() {
            place
        } else if resumed {
            unit.saturating_sub(1)
        } else {
            unit + frame.code().base_opcode(unit).caches()
        };
        m.save_stack();
        monitoring::passes(m.thread, frame, if reraised { Event::Reraise } else { Event::Raise }, told);
        resumed = true;
        loop {
            match handle(m, unit, place) {
                Handler::Found => return true,
                Handler::Missing => break,
                // A callback of the monitoring raised: that goes on from here.
                Handler::Failed(target) => place = target.saturating_sub(1),
            }
        }
        while m.sp > m.local(frame.code().locals_plus_count()) {
            drop(m.pop());
        }
        m.save_stack();
        monitoring::passes(m.thread, frame, Event::PyUnwind, told);
        // SAFETY: the frame is the innermost one of this thread.
        unsafe {
            let ended = m.frame;
            m.save_stack();
            let (previous, is_entry) = ((*ended).previous, (*ended).is_entry);
            // Locals die with the exception put aside, so that it is not disturbed.
            let exception = m.thread.take_exception();
            leave_recursion(m.thread);
            m.thread.frames().current_cell().set(previous);
            release(m.thread, ended);
            m.thread.set_exception(exception);
            if is_entry {
                return false;
            }
            m.load(previous);
        }
    }
}

/// Whether a frame has a handler for its exception.
enum Handler {
    Found,
    Missing,
    /// It has, but telling of it failed.
    Failed(usize),
}

/// Goes to the handler for an exception of the instruction at `place`; `unit` is what the frame says.
fn handle(m: &mut Machine, unit: usize, place: usize) -> Handler {
    let frame = m.frame();
    let Some(handler) = exceptiontable::lookup(frame.code().exception_table(), place) else {
        return Handler::Missing;
    };
    // SAFETY: the table's depth is that of the handler's stack.
    let base = unsafe { m.local(frame.code().locals_plus_count()).add(handler.depth) };
    while m.sp > base {
        drop(m.pop());
    }
    if handler.lasti {
        m.push_ref(Int::from_usize(unit));
    }
    let exception = Raised::assume_set().take();
    m.push_ref(exception.clone());
    // SAFETY: the target lies in the code.
    m.ip = unsafe { frame.code().first_instruction().add(handler.target) };
    m.save_stack();
    match monitoring::handled(m.thread, frame, handler.target, &exception) {
        Ok(()) => Handler::Found,
        Err(_) => Handler::Failed(handler.target),
    }
}

/// `raise exception from cause`; without an exception, the one that is being handled goes on.
pub fn do_raise(thread: &Thread, exception: Option<Ref>, cause: Option<Ref>) -> Raised {
    let Some(exception) = exception else {
        let Some(handled) = thread.handled_exception() else {
            return raise!(RuntimeError, "No active exception to reraise");
        };
        return match handled.cast::<BaseException>() {
            Ok(exception) => restore(exception),
            Err(_) => raise!(SystemError, "the handled exception is no exception"),
        };
    };
    let exception = match instance_of(&exception, "exceptions must derive from BaseException") {
        Ok(exception) => exception,
        Err(raised) => return raised,
    };
    if let Some(cause) = cause {
        if cause.is_none() {
            types::set_cause(&exception, None);
        } else {
            match instance_of(&cause, "exception causes must derive from BaseException") {
                Ok(cause) => types::set_cause(&exception, Some(&cause)),
                Err(raised) => return raised,
            }
        }
    }
    crate::errors::raise(exception)
}

/// An exception instance, or what calling an exception class gives.
fn instance_of(object: &Object, message: &str) -> Result<Ref<BaseException>> {
    if let Some(class) = object.downcast::<Type>()
        && class.has_flag(abi::Py_TPFLAGS_BASE_EXC_SUBCLASS)
    {
        let instance = object.call(&[])?;
        let name = class.full_name();
        return instance.cast::<BaseException>().map_err(|other| {
            raise!(
                TypeError,
                "calling <class '{name}'> should have returned an instance of BaseException, not {}",
                other.ty().full_name()
            )
        });
    }
    match object.downcast::<BaseException>() {
        Some(exception) => Ok(Ref::from_borrowed(exception)),
        None => Err(crate::errors::raise_message(&types::TypeError, message)),
    }
}

fn is_exception_class(class: &Object) -> bool {
    class.downcast::<Type>().is_some_and(|class| class.has_flag(abi::Py_TPFLAGS_BASE_EXC_SUBCLASS))
}

/// Would `except class:` handle the exception?
pub fn matches(exception: &Object, class: &Object) -> Result<bool> {
    let message = "catching classes that do not inherit from BaseException is not allowed";
    check_classes(class, is_exception_class, message)?;
    Ok(matches_checked(exception, class))
}

fn check_classes(class: &Object, accept: fn(&Object) -> bool, message: &str) -> Result<()> {
    let good = match class.downcast::<Tuple>() {
        Some(classes) => classes.as_slice().iter().all(|class| accept(class)),
        None => accept(class),
    };
    if good { Ok(()) } else { Err(crate::errors::raise_message(&types::TypeError, message)) }
}

/// What C's `PyErr_GivenExceptionMatches` says of an instance (or class) and a class or tuple of them.
pub fn matches_checked(exception: &Object, class: &Object) -> bool {
    if let Some(classes) = class.downcast::<Tuple>() {
        return classes.as_slice().iter().any(|class| matches_checked(exception, class));
    }
    let raised = match exception.downcast::<Type>() {
        Some(class) => class,
        None => exception.ty(),
    };
    class.downcast::<Type>().is_some_and(|class| raised.is_subtype(class)) || exception.is_same(class)
}

/// What `except* class:` takes of an exception (wrapped in a group if it is none), and the rest.
pub fn split_group(exception: &Object, class: &Object) -> Result<(Option<Ref>, Option<Ref>)> {
    check_classes(
        class,
        is_exception_class,
        "catching classes that do not inherit from BaseException is not allowed",
    )?;
    let group_type: &Type = &types::BaseExceptionGroup;
    let is_group_class = |class: &Object| {
        class.downcast::<Type>().is_some_and(|class| class.is_subtype(&types::BaseExceptionGroup))
    };
    let holds_group = match class.downcast::<Tuple>() {
        Some(classes) => classes.as_slice().iter().any(|class| is_group_class(class)),
        None => is_group_class(class),
    };
    if holds_group {
        return Err(raise!(
            TypeError,
            "catching ExceptionGroup with except* is not allowed. Use except instead."
        ));
    }
    if exception.is_none() {
        return Ok((None, None));
    }
    if matches_checked(exception, class) {
        if exception.ty().is_subtype(group_type) {
            return Ok((Some(exception.to_ref()), None));
        }
        let group = types::exception_group_of("", &[exception.to_ref()])?;
        if let Some(group) = group.downcast::<BaseException>()
            && let Some(frame) = Thread::current().frames().current()
        {
            crate::objects::traceback::add_here(group, frame);
        }
        return Ok((Some(group), None));
    }
    if exception.ty().is_subtype(group_type) {
        let pair = exception.call_method(intern!("split"), &[class])?;
        let Some(pair) = pair.downcast::<Tuple>() else {
            return Err(raise!(
                TypeError,
                "{}.split must return a tuple, not {}",
                exception.ty().name(),
                pair.ty().name()
            ));
        };
        if pair.len() < 2 {
            return Err(raise!(
                TypeError,
                "{}.split must return a 2-tuple, got tuple of size {}",
                exception.ty().name(),
                pair.len()
            ));
        }
        let part = |index: usize| Some(pair.as_slice()[index].clone()).filter(|part| !part.is_none());
        return Ok((part(0), part(1)));
    }
    Ok((None, Some(exception.to_ref())))
}
