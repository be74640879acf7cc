//! The GIL as the C API takes and gives it.

use runtime::prelude::*;

/// Detaches the current thread and gives the GIL up.
pub fn detach() {
    Thread::make_current(None);
}

/// Waits for the GIL and attaches the thread.
pub fn attach(thread: &Thread) {
    Thread::make_current(Some(thread));
}
