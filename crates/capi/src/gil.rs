//! The GIL as the C API takes and gives it.

use runtime::prelude::*;

/// Detaches the current thread and gives the GIL up.
pub fn detach() {
    runtime::gil::detach();
}

/// Waits for the GIL and attaches the thread.
pub fn attach(thread: &Thread) {
    runtime::gil::attach(thread);
}
