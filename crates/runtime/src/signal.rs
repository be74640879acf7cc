//! Signals, and calls that other threads or signal handlers schedule for the main thread.

use crate::errors::Result;

/// Runs the Python handlers of the signals that have come.
pub fn run_handlers() -> Result<()> {
    todo!()
}

/// Runs what `Py_AddPendingCall` scheduled.
pub fn run_pending_calls() -> Result<()> {
    todo!()
}
