//! Signals, and calls that other threads or signal handlers schedule for the main thread.
//! A signal's native handler only notes it; the Python handler runs in the main thread between instructions.

use std::collections::VecDeque;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::errors::{Raised, Result};
use crate::eval::breaker::Reason;
use crate::interpreter_state::Interpreter;
use crate::objects::frame::FrameObject;
use crate::objects::int::Int;
use crate::objects::singletons::none;
use crate::reference::{Link, Ref};
use crate::thread::Thread;

/// Signal numbers are below this.
pub const NSIG: usize = 65;

// Signals are the process's, and their native handlers can't reach anything else.
static TRIPPED: [AtomicBool; NSIG] = [const { AtomicBool::new(false) }; NSIG];
static ANY: AtomicBool = AtomicBool::new(false);
static MAIN: AtomicPtr<Thread> = AtomicPtr::new(std::ptr::null_mut());
static WAKEUP: AtomicI32 = AtomicI32::new(-1);
static WARN_ON_FULL: AtomicBool = AtomicBool::new(true);
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);

/// What C's `Py_AddPendingCall` takes.
pub type PendingCall = unsafe extern "C" fn(*mut c_void) -> c_int;

static PENDING: Mutex<VecDeque<(PendingCall, usize)>> = Mutex::new(VecDeque::new());

/// The Python handlers; the signal module also keeps the two integers for default and ignored here.
pub struct Handlers([Link; NSIG]);

impl Default for Handlers {
    fn default() -> Self {
        Handlers([const { Link::null() }; NSIG])
    }
}

/// The Python handler of a signal: an integer (0 default, 1 ignored), a function, or nothing known.
pub fn handler(number: usize) -> Option<Ref> {
    Interpreter::current().state::<Handlers>().0.get(number)?.get()
}

/// Sets the Python handler; gives the one before.
pub fn set_handler(number: usize, handler: Option<Ref>) -> Option<Ref> {
    Interpreter::current().state::<Handlers>().0.get(number)?.replace(handler)
}

/// The current thread becomes the one that handlers run in. Done once, by the thread that starts the interpreter.
pub fn initialize() {
    if !MAIN.load(Ordering::Acquire).is_null() {
        return;
    }
    if let Some(thread) = Thread::current_opt() {
        MAIN.store((thread as *const Thread).cast_mut(), Ordering::Release);
    }
    // SAFETY: plain system calls. Writing to closed pipes and over limits is an error, not death.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// Which signals a native thread doesn't get.
pub struct Mask(libc::sigset_t);

/// From now on this native thread gets no signals: they go to the one that runs Python code, whose system calls they
/// must interrupt. Gives what was blocked before.
pub fn block_all() -> Mask {
    // SAFETY: plain memory; the calls get valid pointers.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        Mask(before)
    }
}

impl Mask {
    /// This native thread gets what it says.
    pub fn restore(self) {
        // SAFETY: the mask is valid.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
    }
}

/// Does the current thread run the handlers?
pub fn in_main_thread() -> bool {
    let main = MAIN.load(Ordering::Acquire);
    main.is_null() || Thread::current_opt().is_some_and(|thread| std::ptr::eq(thread, main))
}

/// The identity of the main thread.
pub fn main_ident() -> u64 {
    // SAFETY: the main thread lives as long as the process.
    unsafe { MAIN.load(Ordering::Acquire).as_ref() }
        .map_or_else(|| Thread::current().ident, |thread| thread.ident)
}

/// After a fork the thread that is left is the main thread; what came before was for the parent.
pub fn after_fork_in_child() {
    if let Some(thread) = Thread::current_opt() {
        MAIN.store((thread as *const Thread).cast_mut(), Ordering::Release);
        thread.breaker.take(Reason::Signal);
    }
    ANY.store(false, Ordering::Release);
    for flag in &TRIPPED {
        flag.store(false, Ordering::Release);
    }
}

/// Notes that a signal has come: async-signal-safe.
pub fn trip(number: usize) {
    let Some(flag) = TRIPPED.get(number) else { return };
    flag.store(true, Ordering::Release);
    ANY.store(true, Ordering::Release);
    // SAFETY: the main thread lives as long as the process; the breaker is atomic.
    if let Some(main) = unsafe { MAIN.load(Ordering::Acquire).as_ref() } {
        main.breaker.set(Reason::Signal);
    }
    let wakeup = WAKEUP.load(Ordering::Acquire);
    if wakeup != -1 {
        let byte = number as u8;
        // SAFETY: writes one byte of ours.
        let written = unsafe { libc::write(wakeup, (&raw const byte).cast(), 1) };
        if written < 0 {
            // SAFETY: this thread's errno.
            let error = unsafe { *libc::__errno_location() };
            if WARN_ON_FULL.load(Ordering::Relaxed) || (error != libc::EAGAIN && error != libc::EWOULDBLOCK) {
                WAKEUP_ERROR.store(error, Ordering::Release);
            }
        }
    }
}

/// The native handler of all signals with a Python handler.
pub extern "C" fn on_signal(number: c_int) {
    // SAFETY: this thread's errno, which the interrupted code may look at.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        trip(number as usize);
        *errno = saved;
    }
}

/// The file descriptor that signals are written to; gives the one before.
pub fn set_wakeup_fd(fd: i32, warn_on_full: bool) -> i32 {
    WARN_ON_FULL.store(warn_on_full, Ordering::Relaxed);
    WAKEUP.swap(fd, Ordering::AcqRel)
}

/// Runs the handlers if signals have come and this is the main thread: after a system call was interrupted.
#[inline]
pub fn check() -> Result<()> {
    if ANY.load(Ordering::Acquire) { run_handlers() } else { Ok(()) }
}

/// Runs the Python handlers of the signals that have come.
pub fn run_handlers() -> Result<()> {
    if !in_main_thread() || !ANY.swap(false, Ordering::AcqRel) {
        return Ok(());
    }
    let error = WAKEUP_ERROR.swap(0, Ordering::AcqRel);
    if error != 0 {
        let raised = crate::errors::raise_os_error(error, None, None);
        crate::objects::exceptions::write_unraisable_message(
            raised.take(),
            Some("Exception ignored when trying to write to the signal wakeup fd"),
            None,
        );
    }
    let thread = Thread::current();
    for (number, tripped) in TRIPPED.iter().enumerate().skip(1) {
        if !tripped.swap(false, Ordering::AcqRel) {
            continue;
        }
        let Some(handler) = handler(number) else { continue };
        if handler.is_none() || handler.downcast::<Int>().is_some() {
            // It was made the default or ignored since.
            continue;
        }
        let frame = thread.frames().current().map_or_else(none, |frame| FrameObject::of(frame).into_object());
        if let Err(raised) = handler.call(&[&Int::new(number as i64), &frame]) {
            again(thread);
            return Err(raised);
        }
    }
    Ok(())
}

/// The other signals' handlers run later.
fn again(thread: &Thread) {
    if TRIPPED.iter().any(|flag| flag.load(Ordering::Acquire)) {
        ANY.store(true, Ordering::Release);
        thread.breaker.set(Reason::Signal);
    }
}

/// Schedules a call for the main thread; false if too many wait.
pub fn add_pending_call(function: PendingCall, argument: *mut c_void) -> bool {
    let mut pending = PENDING.lock().unwrap_or_else(PoisonError::into_inner);
    if pending.len() >= 300 {
        return false;
    }
    pending.push_back((function, argument as usize));
    // SAFETY: the main thread lives as long as the process; the breaker is atomic.
    if let Some(main) = unsafe { MAIN.load(Ordering::Acquire).as_ref() } {
        main.breaker.set(Reason::PendingCalls);
    }
    true
}

/// Runs what `Py_AddPendingCall` scheduled.
pub fn run_pending_calls() -> Result<()> {
    if !in_main_thread() {
        return Ok(());
    }
    let count = PENDING.lock().unwrap_or_else(PoisonError::into_inner).len();
    for _ in 0..count {
        let next = PENDING.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some((function, argument)) = next else { break };
        // SAFETY: who scheduled the call vouches for its argument.
        if unsafe { function(argument as *mut c_void) } < 0 {
            Thread::current().breaker.set(Reason::PendingCalls);
            return Err(Raised::assume_set());
        }
    }
    Ok(())
}
