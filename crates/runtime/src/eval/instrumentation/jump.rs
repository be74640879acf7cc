//! Setting `f_lineno`: a debugger makes a frame go on at another line.

use crate::errors::Result;
use crate::eval::frame::Frame;
use crate::eval::instrumentation::events::{self, Event};
use crate::eval::instrumentation::stacks::{Item, Stack, stacks};
use crate::eval::stackref::StackRef;
use crate::object::Object;
use crate::objects::exceptions;
use crate::objects::frame::FrameObject;
use crate::objects::int::Int;
use crate::objects::singletons::none;
use crate::raise;
use crate::thread::Thread;

/// Does the event that is being told allow jumps?
fn check_event(thread: &Thread) -> Result<()> {
    let what = thread.head.what_event.get();
    let Some(event) = usize::try_from(what).ok().and_then(|what| events::ALL.get(what)) else {
        return Err(raise!(ValueError, "f_lineno can only be set in a trace function"));
    };
    match event {
        Event::Line
        | Event::Jump
        | Event::PyYield
        | Event::PyResume
        | Event::BranchLeft
        | Event::BranchRight
        | Event::Branch => Ok(()),
        Event::PyStart => Err(raise!(ValueError, "can't jump from the 'call' trace event of a new frame")),
        Event::Call | Event::CReturn => Err(raise!(ValueError, "can't jump during a call")),
        Event::StopIteration | Event::Reraise => Err(raise!(SystemError, "unexpected event type")),
        _ => Err(raise!(ValueError, "can only jump from a 'line' trace event")),
    }
}

/// Why no jump to a place with that stack is possible.
fn explain(target: Stack) -> &'static str {
    if target == Stack::OVERFLOWED {
        return "stack is too deep to analyze";
    }
    if target == Stack::UNREACHED {
        return "can't jump into an exception handler, or code may be unreachable";
    }
    match target.top() {
        Some(Item::Except) => "can't jump into an 'except' block as there's no exception",
        Some(Item::Lasti) => "can't jump into a re-raising block as there's no location",
        Some(Item::Iterator) => "can't jump into the body of a for loop",
        _ => "incompatible stacks",
    }
}

/// The unit to go on at, and its stack.
fn find_target(frame: &Frame, start: Stack, all: &[Stack], asked: i32) -> Result<(usize, Stack)> {
    let code = frame.code();
    let mut starts = vec![-1; code.unit_count()];
    let mut last = -1;
    for entry in bytecode::linetable::LineEntries::new(code.line_table(), code.first_line()) {
        let line = entry.location.line;
        // What prepares a frame runs once: its first line begins after that.
        if let Some(start) = starts.get_mut(entry.start.max(code.first_traceable()))
            && line != last
            && line != -1
        {
            *start = line;
            last = line;
        }
    }
    let Some(line) = starts.iter().copied().filter(|&line| line >= asked).min() else {
        return Err(raise!(ValueError, "line {asked} comes after the current code block"));
    };
    let mut best: Option<(usize, Stack)> = None;
    let mut message = "cannot find bytecode for specified line";
    let mut explained = false;
    for (unit, _) in starts.iter().enumerate().filter(|(_, start)| **start == line) {
        let target = all[unit];
        if start.fits(target) {
            if best.is_none_or(|(_, stack)| target > stack) {
                best = Some((unit, target));
            }
        } else if explained {
            // The first reason is told.
        } else if start == Stack::OVERFLOWED {
            message = "stack to deep to analyze";
        } else if start == Stack::UNREACHED {
            message = "can't jump from unreachable code";
        } else {
            message = explain(target);
            explained = true;
        }
    }
    best.ok_or_else(|| crate::errors::raise_message(&exceptions::ValueError, message))
}

/// Variables that the code at the new place may rely on become None.
fn bind_unset(frame: *mut Frame) -> Result<()> {
    // SAFETY: the frame is alive and complete.
    let (slots, count) = unsafe { (Frame::slots(frame), (*frame).code().locals_plus_count()) };
    // SAFETY: there are that many slots.
    let unset = |index: usize| unsafe { (*slots.add(index)).is_null() };
    let missing = (0..count).filter(|&index| unset(index)).count();
    if missing == 0 {
        return Ok(());
    }
    let plural = if missing == 1 { "" } else { "s" };
    let message = format!("assigning None to {missing} unbound local{plural}");
    crate::warnings::warn(&exceptions::RuntimeWarning, &message, 0)?;
    for index in (0..count).filter(|&index| unset(index)) {
        // SAFETY: the slot is empty.
        unsafe { std::ptr::write(slots.add(index), StackRef::new(none())) };
    }
    Ok(())
}

/// Makes a frame go on at a line.
pub fn set_line(object: &FrameObject, value: &Object) -> Result<()> {
    let Some(asked) = value.downcast_exact::<Int>() else {
        return Err(raise!(ValueError, "lineno must be an integer"));
    };
    let thread = Thread::current();
    check_event(thread)?;
    let Some(asked) = asked.to_i64().and_then(|line| i32::try_from(line).ok()) else {
        return Err(raise!(ValueError, "lineno out of range"));
    };
    let frame = object.frame();
    let code = frame.code();
    if asked < code.first_line() {
        return Err(raise!(ValueError, "line {asked} comes before the current code block"));
    }
    let raw: *mut Frame = (frame as *const Frame).cast_mut();
    let all = stacks(&code.original_code(), code.exception_table());
    let mut stack = all[frame.instruction_index()];
    let (unit, target) = find_target(frame, stack, &all, asked)?;
    if thread.reporting.get() != raw {
        // Its stack is in the middle of something, or waits for a value.
        return Err(raise!(ValueError, "can't jump during a call"));
    }
    bind_unset(raw)?;
    // SAFETY: the frame is alive, and waits for the report of its event.
    unsafe {
        let bottom = Frame::slots(raw).add(code.locals_plus_count());
        let depth = (*raw).stack_pointer.offset_from(bottom);
        if stack.depth().map(|depth| depth as isize) != Some(depth) {
            return Err(raise!(ValueError, "can't jump during a call"));
        }
        // What the new place takes for objects must be there.
        let (mut slot, mut from, mut to) = ((*raw).stack_pointer, stack, target);
        while from > to {
            (slot, from) = (slot.sub(1), from.pop());
        }
        while let Some(item) = to.top() {
            slot = slot.sub(1);
            if item != Item::Null && (*slot).is_null() {
                return Err(raise!(ValueError, "incompatible stacks"));
            }
            to = to.pop();
        }
        (*raw).instruction = code.first_instruction().add(unit);
        object.line.set(0);
        while stack > target {
            (*raw).stack_pointer = (*raw).stack_pointer.sub(1);
            let popped = std::ptr::replace((*raw).stack_pointer, StackRef::NULL);
            if stack.top() == Some(Item::Except) {
                let exception = popped.into_option().filter(|exception| !exception.is_none());
                let old = thread.exception_info().value.replace(exception);
                drop(old);
            } else {
                drop(popped);
            }
            stack = stack.pop();
        }
        // At the new place a variable that an item is borrowed from may change while it lies there.
        let mut slot = bottom;
        while slot < (*raw).stack_pointer {
            std::ptr::write(slot, std::ptr::read(slot).into_owned());
            slot = slot.add(1);
        }
    }
    Ok(())
}
