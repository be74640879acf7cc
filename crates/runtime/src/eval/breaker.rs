//! The eval breaker: what interrupts running code between instructions (signals, other threads' turn, pending calls, the collector).

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::errors::Result;
use crate::eval::machine::{Machine, Step};
use crate::thread::Thread;

/// A reason to interrupt: one bit each.
#[derive(Clone, Copy)]
#[repr(usize)]
pub enum Reason {
    /// Another thread wants the GIL.
    DropGil = 1,
    /// A signal has come.
    Signal = 2,
    /// Calls were scheduled (`Py_AddPendingCall`).
    PendingCalls = 4,
    /// The collector is due.
    Collect = 8,
    /// An exception was sent to this thread.
    AsyncException = 16,
}

/// The bits for reasons. Above them lies the version of what monitoring wants, so that a function's start compares both at
/// once with the version of its code.
pub const REASONS: usize = 0xFF;

/// The reasons that are pending for one thread.
#[derive(Default)]
pub struct Breaker(AtomicUsize);

impl Breaker {
    /// From any thread or signal handler.
    pub fn set(&self, reason: Reason) {
        self.0.fetch_or(reason as usize, Ordering::Release);
    }

    /// Takes the reason away; true if it was pending.
    pub fn take(&self, reason: Reason) -> bool {
        self.0.fetch_and(!(reason as usize), Ordering::AcqRel) & reason as usize != 0
    }

    #[inline(always)]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed) & REASONS != 0
    }

    /// Is nothing pending, and code of that version up to date?
    #[inline(always)]
    pub fn is_quiet(&self, version: usize) -> bool {
        self.0.load(Ordering::Relaxed) == version
    }

    /// Takes over the version of what monitoring wants.
    pub fn set_version(&self, version: usize) {
        let set = |old: usize| Some(old & REASONS | version);
        // The closure always gives a value.
        let _ = self.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, set);
    }
}

/// Looks at the breaker: at function starts, backward jumps and after calls.
#[inline(always)]
pub fn check(m: &mut Machine) -> Step {
    if m.thread.breaker.is_set() {
        handle(m.thread)?;
    }
    Ok(())
}

/// Does what is pending for this thread.
#[cold]
#[inline(never)]
pub fn handle(thread: &'static Thread) -> Result<()> {
    let breaker = &thread.breaker;
    if breaker.take(Reason::Collect) {
        crate::gc::collect_if_due();
    }
    if breaker.take(Reason::Signal) {
        crate::signal::run_handlers()?;
    }
    if breaker.take(Reason::PendingCalls) {
        crate::signal::run_pending_calls()?;
    }
    if breaker.take(Reason::AsyncException)
        && let Some(exception) = thread.asynchronous_exception.take()
    {
        return Err(crate::eval::exceptions::do_raise(thread, Some(exception), None));
    }
    if breaker.take(Reason::DropGil) {
        crate::gil::yield_to_others();
    }
    Ok(())
}
