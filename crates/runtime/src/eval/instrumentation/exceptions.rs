//! Where exceptions go by: raised, raised again, handled, leaving a frame, thrown into a generator.

use crate::errors::Result;
use crate::eval::frame::Frame;
use crate::eval::instrumentation::events::Event;
use crate::eval::instrumentation::report::{Report, report, report_raised};
use crate::object::Object;
use crate::thread::Thread;

/// Does nobody want this event?
#[inline]
fn unwanted(thread: &Thread, event: Event) -> bool {
    thread.interpreter.monitoring.tools_of(event) == 0
}

/// The current exception came to this frame, or leaves it. If a callback raises, that exception goes on instead.
pub fn passes(thread: &Thread, frame: &Frame, event: Event, at: usize) {
    if !unwanted(thread, event) {
        // An error is the current exception then, which is what goes on.
        let _ = report_raised(thread, frame, event, at, &[]);
    }
}

/// A handler is about to run.
pub fn handled(thread: &Thread, frame: &Frame, at: usize, exception: &Object) -> Result<()> {
    if unwanted(thread, Event::ExceptionHandled) {
        return Ok(());
    }
    report(thread, frame, Report { event: Event::ExceptionHandled, at, shown: at, rest: &[exception] })
}

/// A suspended frame is resumed by the current exception: past its RESUME, so its code may be out of date.
pub fn thrown(thread: &Thread, frame: &Frame) {
    let state = &thread.interpreter.monitoring;
    if thread.head.tracing.get() == 0 && frame.code().instrumentation_version() != state.version() {
        super::update::update(frame.code(), state);
    }
    passes(thread, frame, Event::PyThrow, frame.instruction_index());
}
