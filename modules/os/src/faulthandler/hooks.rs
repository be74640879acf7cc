//! Faults on purpose, to test the handlers.

use runtime::gil;
use runtime::prelude::*;

use super::dump::{self, Output};
use super::signals;
use runtime::native::system::*;

/// Raises a signal until it is the end: the first may meet a handler that only takes itself away.
fn fault(number: i32) {
    for _ in 0..2 {
        c!(libc::raise(number));
    }
    if !signals::enabled() {
        c!(libc::signal(number, libc::SIG_DFL));
        c!(libc::raise(number));
    }
}

/// Simulate a read from NULL.
#[function(name = "_read_null", signature = "($module, /)")]
pub fn read_null(_module: &Module) {
    fault(libc::SIGSEGV);
}

/// Raise a SIGSEGV signal.
#[function(name = "_sigsegv", signature = "($module, release_gil=False, /)")]
pub fn sigsegv(_module: &Module, release_gil: Option<bool>) {
    if release_gil.unwrap_or(false) {
        gil::allow_threads(|| fault(libc::SIGSEGV));
    } else {
        fault(libc::SIGSEGV);
    }
}

/// Raise a SIGABRT signal.
#[function(name = "_sigabrt", signature = "($module, /)")]
pub fn sigabrt(_module: &Module) {
    std::process::abort();
}

/// Raise a SIGFPE signal.
#[function(name = "_sigfpe", signature = "($module, /)")]
pub fn sigfpe(_module: &Module) {
    fault(libc::SIGFPE);
}

#[allow(unconditional_recursion)]
#[inline(never)]
fn overflow(depth: usize) -> usize {
    let block = std::hint::black_box([depth; 512]);
    overflow(depth + 1) + std::hint::black_box(block)[depth % 512]
}

/// Recursive call to raise a stack overflow.
#[function(name = "_stack_overflow", signature = "($module, /)")]
pub fn stack_overflow(_module: &Module) -> usize {
    overflow(0)
}

/// Call Py_FatalError() in a new C thread.
#[function(name = "_fatal_error_c_thread", signature = "($module, /)")]
pub fn fatal_error_c_thread(_module: &Module) {
    gil::threads();
    let body = || {
        let mut out = Output::new(2);
        out.text("Fatal Python error: faulthandler_fatal_error_thread: in new thread\n");
        out.text("Python runtime state: initialized\n\n");
        dump::all_threads(&mut out, 0);
        out.text("\n");
        dump::c_stack(&mut out);
        drop(out);
        // The message has been written: the handler must not write another.
        c!(libc::signal(libc::SIGABRT, libc::SIG_DFL));
        std::process::abort();
    };
    let _ = std::thread::spawn(body).join();
}
