//! Handlers of fatal signals (`enable`) and of others (`register`). What they read is in statics: a handler can't reach
//! anything else.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};

use runtime::gil;
use runtime::prelude::*;
use runtime::signal::NSIG;

use super::descriptor_of;
use super::dump::{self, Output, own_ident};
use runtime::native::system::*;

/// The fatal signals with their names.
const FATAL: [(i32, &str); 5] = [
    (libc::SIGBUS, "Bus error"),
    (libc::SIGILL, "Illegal instruction"),
    (libc::SIGFPE, "Floating-point exception"),
    (libc::SIGABRT, "Aborted"),
    (libc::SIGSEGV, "Segmentation fault"),
];

static FATAL_FD: AtomicI32 = AtomicI32::new(-1);
static FATAL_ALL: AtomicBool = AtomicBool::new(true);
static FATAL_C_STACK: AtomicBool = AtomicBool::new(true);
static INSIDE: AtomicBool = AtomicBool::new(false);

const ALL_THREADS: i32 = 1;
const CHAIN: i32 = 2;

/// Of each registered signal: the descriptor (-1: not registered), options, and the handler before with its flags.
static USER_FD: [AtomicI32; NSIG] = [const { AtomicI32::new(-1) }; NSIG];
static USER_OPTIONS: [AtomicI32; NSIG] = [const { AtomicI32::new(0) }; NSIG];
static USER_BEFORE: [AtomicUsize; NSIG] = [const { AtomicUsize::new(0) }; NSIG];
static USER_BEFORE_FLAGS: [AtomicI32; NSIG] = [const { AtomicI32::new(0) }; NSIG];

#[derive(Default)]
struct Kept {
    /// The handlers before `enable`.
    before: RefCell<Vec<(i32, libc::sigaction)>>,
    file: Link,
    /// The files of registered signals.
    files: RefCell<HashMap<i32, Ref>>,
    alternate_stack: Cell<bool>,
}

fn set_action(number: i32, handler: usize, flags: i32) -> Option<libc::sigaction> {
    let mut action: libc::sigaction = zeroed();
    let mut before: libc::sigaction = zeroed();
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    c!(libc::sigemptyset(&mut action.sa_mask));
    (c!(libc::sigaction(number, &action, &mut before)) == 0).then_some(before)
}

/// A stack of their own for the handlers, as the thread's may be what has overflowed.
fn alternate_stack() {
    let kept = Interpreter::current().state::<Kept>();
    if kept.alternate_stack.replace(true) {
        return;
    }
    const SIZE: usize = 128 << 10;
    // Lives as long as the process.
    let memory = Box::leak(vec![0u8; SIZE].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIZE };
    c!(libc::sigaltstack(&stack, std::ptr::null_mut()));
}

extern "C" fn on_fatal(number: i32) {
    let saved = errno();
    // From now on the signal does what it does by default.
    set_action(number, libc::SIG_DFL, 0);
    if !INSIDE.swap(true, Ordering::AcqRel) {
        let mut out = Output::new(FATAL_FD.load(Ordering::Acquire));
        let name = FATAL.iter().find(|known| known.0 == number).map_or("unknown signal", |known| known.1);
        out.text("Fatal Python error: ");
        out.text(name);
        out.text("\n\n");
        if FATAL_ALL.load(Ordering::Acquire) {
            dump::all_threads(&mut out, own_ident());
        } else {
            dump::one_thread(&mut out, own_ident());
        }
        if FATAL_C_STACK.load(Ordering::Acquire) {
            out.text("\n");
            dump::c_stack(&mut out);
        }
        drop(out);
        INSIDE.store(false, Ordering::Release);
    }
    c!(*libc::__errno_location() = saved);
    c!(libc::raise(number));
}

/// Enable the fault handler.
#[function(signature = "($module, /, file=sys.stderr, all_threads=True, c_stack=True)", hidden_signature)]
pub fn enable(
    _module: &Module,
    file: Option<&Object>,
    all_threads: Option<bool>,
    c_stack: Option<bool>,
) -> Result<()> {
    let (fd, file) = descriptor_of(file)?;
    let kept = Interpreter::current().state::<Kept>();
    // The list has the current thread only once it was asked for.
    gil::threads();
    dump::prepare_c_stack();
    alternate_stack();
    FATAL_ALL.store(all_threads.unwrap_or(true), Ordering::Release);
    FATAL_C_STACK.store(c_stack.unwrap_or(true), Ordering::Release);
    let enabled = FATAL_FD.swap(fd, Ordering::AcqRel) != -1;
    drop(kept.file.replace(Some(file)));
    if enabled {
        return Ok(());
    }
    for (number, _) in FATAL {
        let flags = libc::SA_NODEFER | libc::SA_ONSTACK;
        match set_action(number, on_fatal as *const () as usize, flags) {
            Some(before) => kept.before.borrow_mut().push((number, before)),
            None => return Err(last_error()),
        }
    }
    Ok(())
}

/// Disable the fault handler.
#[function(signature = "($module, /)")]
pub fn disable(_module: &Module) -> bool {
    if FATAL_FD.swap(-1, Ordering::AcqRel) == -1 {
        return false;
    }
    let kept = Interpreter::current().state::<Kept>();
    for (number, before) in kept.before.take() {
        c!(libc::sigaction(number, &before, std::ptr::null_mut()));
    }
    drop(kept.file.take());
    true
}

/// Check if the handler is enabled.
#[function(signature = "($module, /)")]
pub fn is_enabled(_module: &Module) -> bool {
    enabled()
}

pub fn enabled() -> bool {
    FATAL_FD.load(Ordering::Acquire) != -1
}

fn user_flags(chain: bool) -> i32 {
    // A signal that goes on to the handler before must not wait for this one's end.
    if chain { libc::SA_NODEFER | libc::SA_ONSTACK } else { libc::SA_RESTART | libc::SA_ONSTACK }
}

extern "C" fn on_user(number: i32) {
    let at = number as usize;
    let fd = USER_FD.get(at).map_or(-1, |fd| fd.load(Ordering::Acquire));
    if fd == -1 {
        return;
    }
    let saved = errno();
    let options = USER_OPTIONS[at].load(Ordering::Acquire);
    let mut out = Output::new(fd);
    if options & ALL_THREADS != 0 {
        dump::all_threads(&mut out, own_ident());
    } else {
        dump::one_thread(&mut out, own_ident());
    }
    drop(out);
    if options & CHAIN != 0 {
        let before = USER_BEFORE[at].load(Ordering::Acquire);
        set_action(number, before, USER_BEFORE_FLAGS[at].load(Ordering::Acquire));
        c!(*libc::__errno_location() = saved);
        c!(libc::raise(number));
        let after = errno();
        set_action(number, on_user as *const () as usize, user_flags(true));
        c!(*libc::__errno_location() = after);
        return;
    }
    c!(*libc::__errno_location() = saved);
}

fn check_number(number: i32) -> Result<()> {
    if FATAL.iter().any(|fatal| fatal.0 == number) {
        return Err(raise!(RuntimeError, "signal {number} cannot be registered, use enable() instead"));
    }
    if !(1..NSIG as i32).contains(&number) {
        return Err(raise!(ValueError, "signal number out of range"));
    }
    Ok(())
}

/// Register a handler for the signal 'signum'.
///
/// Dump the traceback of the current thread, or of all threads if
/// all_threads is True, into file.
#[function(signature = "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)")]
pub fn register(
    _module: &Module,
    signum: i32,
    file: Option<&Object>,
    all_threads: Option<bool>,
    chain: Option<bool>,
) -> Result<()> {
    check_number(signum)?;
    let (fd, file) = descriptor_of(file)?;
    let (all, chain) = (all_threads.unwrap_or(true), chain.unwrap_or(false));
    gil::threads();
    alternate_stack();
    let at = signum as usize;
    let registered = USER_FD[at].load(Ordering::Acquire) != -1;
    USER_OPTIONS[at].store((i32::from(all) * ALL_THREADS) | (i32::from(chain) * CHAIN), Ordering::Release);
    let before = set_action(signum, on_user as *const () as usize, user_flags(chain));
    let Some(before) = before else { return Err(last_error()) };
    if !registered {
        USER_BEFORE[at].store(before.sa_sigaction, Ordering::Release);
        USER_BEFORE_FLAGS[at].store(before.sa_flags & !RESTORER, Ordering::Release);
    }
    USER_FD[at].store(fd, Ordering::Release);
    let old = Interpreter::current().state::<Kept>().files.borrow_mut().insert(signum, file);
    drop(old);
    Ok(())
}

/// C's own flag, which it adds itself.
const RESTORER: i32 = 0x0400_0000;

/// Unregister the handler of the signal 'signum' registered by register().
#[function(signature = "($module, signum, /)")]
pub fn unregister(_module: &Module, signum: i32) -> Result<bool> {
    check_number(signum)?;
    let at = signum as usize;
    if USER_FD[at].swap(-1, Ordering::AcqRel) == -1 {
        return Ok(false);
    }
    set_action(
        signum,
        USER_BEFORE[at].load(Ordering::Acquire),
        USER_BEFORE_FLAGS[at].load(Ordering::Acquire),
    );
    let old = Interpreter::current().state::<Kept>().files.borrow_mut().remove(&signum);
    drop(old);
    Ok(true)
}
