//! `_signal`: handlers of signals, sending, waiting, timers. <https://docs.python.org/3.14/library/signal.html>.

use std::cell::OnceCell;

use runtime::gil;
use runtime::prelude::*;
use runtime::signal::{self, NSIG};

use runtime::native::system::*;

module! {
    name: "_signal",
    doc: "This module provides mechanisms to use signal handlers in Python.",
    functions: [
        default_int_handler, signal_function, getsignal, raise_signal, strsignal, set_wakeup_fd, siginterrupt, alarm,
        pause, setitimer, getitimer, pthread_kill, pthread_sigmask, sigpending, sigwait, sigwaitinfo, sigtimedwait,
        valid_signals, pidfd_send_signal,
    ],
    exec: exec,
}

#[rustfmt::skip]
const CONSTANTS: &[(&str, i64)] = &[
    ("NSIG", 65), ("SIG_DFL", 0), ("SIG_IGN", 1), ("SIG_BLOCK", 0), ("SIG_UNBLOCK", 1), ("SIG_SETMASK", 2),
    ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGILL", 4), ("SIGTRAP", 5), ("SIGABRT", 6), ("SIGIOT", 6),
    ("SIGBUS", 7), ("SIGFPE", 8), ("SIGKILL", 9), ("SIGUSR1", 10), ("SIGSEGV", 11), ("SIGUSR2", 12), ("SIGPIPE", 13),
    ("SIGALRM", 14), ("SIGTERM", 15), ("SIGSTKFLT", 16), ("SIGCHLD", 17), ("SIGCLD", 17), ("SIGCONT", 18),
    ("SIGSTOP", 19), ("SIGTSTP", 20), ("SIGTTIN", 21), ("SIGTTOU", 22), ("SIGURG", 23), ("SIGXCPU", 24),
    ("SIGXFSZ", 25), ("SIGVTALRM", 26), ("SIGPROF", 27), ("SIGWINCH", 28), ("SIGIO", 29), ("SIGPOLL", 29),
    ("SIGPWR", 30), ("SIGSYS", 31), ("SIGRTMIN", 34), ("SIGRTMAX", 64), ("ITIMER_REAL", 0), ("ITIMER_VIRTUAL", 1),
    ("ITIMER_PROF", 2),
];

#[derive(Default)]
struct State {
    itimer_error: OnceCell<Ref>,
}

fn exec(module: &Module) -> Result<()> {
    signal::initialize();
    constants(module, CONSTANTS)?;
    let dict = module.dict();
    let bases = Tuple::pack([runtime::objects::exceptions::OSError.as_type().to_ref()]);
    let namespace = Dict::new();
    namespace.insert_str(intern!("__module__"), &Str::new("signal"))?;
    let error = Type::type_object().call(&[&Str::new("itimer_error"), &bases, &namespace])?;
    dict.insert_str(intern!("ItimerError"), &error)?;
    let _ = Interpreter::current().state::<State>().itimer_error.set(error);
    declare_sequence(
        module,
        "signal.struct_siginfo",
        "struct_siginfo: what is known of a signal that was waited for.\n\nA tuple whose items have names, from si_signo to si_band.",
        &[
            ("si_signo", "signal number"),
            ("si_code", "signal code"),
            ("si_errno", "errno associated with this signal"),
            ("si_pid", "sending process ID"),
            ("si_uid", "real user ID of sending process"),
            ("si_status", "exit value or signal"),
            ("si_band", "band event for SIGPOLL"),
        ],
        7,
    )?;
    for number in 1..NSIG {
        if signal::handler(number).is_some() {
            continue;
        }
        let mut action: libc::sigaction = zeroed();
        c!(libc::sigaction(number as i32, std::ptr::null(), &mut action));
        let handler = match action.sa_sigaction {
            libc::SIG_DFL => int(0),
            libc::SIG_IGN => int(1),
            _ => none(),
        };
        signal::set_handler(number, Some(handler));
    }
    let default = signal::handler(libc::SIGINT as usize);
    if default.is_some_and(|handler| handler.downcast::<Int>().is_some_and(|handler| handler.sign() == 0)) {
        let handler = module.get_attr(intern!("default_int_handler"))?;
        install(libc::SIGINT, signal::on_signal as *const () as usize)?;
        signal::set_handler(libc::SIGINT as usize, Some(handler));
    }
    Ok(())
}

fn install(number: i32, handler: usize) -> Result<()> {
    let mut action: libc::sigaction = zeroed();
    action.sa_sigaction = handler;
    c!(libc::sigemptyset(&mut action.sa_mask));
    if handler == signal::on_signal as *const () as usize {
        action.sa_flags = libc::SA_ONSTACK;
    }
    check(c!(libc::sigaction(number, &action, std::ptr::null_mut())))?;
    Ok(())
}

fn in_range(number: i32) -> Result<()> {
    if (1..NSIG as i32).contains(&number) {
        return Ok(());
    }
    Err(raise!(ValueError, "signal number out of range"))
}

/// What happens on SIGINT unless another handler is set: KeyboardInterrupt.
#[function(signature = "(signalnum, frame, /)")]
fn default_int_handler(_signalnum: i32, _frame: &Object) -> Result<()> {
    Err(raise!(KeyboardInterrupt))
}

/// Set the action for the given signal.
///
/// The action can be SIG_DFL, SIG_IGN, or a callable Python object.
/// The previous action is returned.  See getsignal() for possible return values.
///
/// *** IMPORTANT NOTICE ***
/// A signal handler function is called with two arguments:
/// the first is the signal number, the second is the interrupted stack frame.
#[function(name = "signal", signature = "(signalnum, handler, /)")]
fn signal_function(signalnum: i32, handler: &Object) -> Result {
    if !signal::in_main_thread() {
        return Err(raise!(ValueError, "signal only works in main thread of the main interpreter"));
    }
    in_range(signalnum)?;
    let plain = handler.downcast::<Int>().and_then(Int::to_i64);
    let native = match plain {
        Some(0) => libc::SIG_DFL,
        Some(1) => libc::SIG_IGN,
        None if handler.is_callable() => signal::on_signal as *const () as usize,
        _ => {
            return Err(raise!(
                TypeError,
                "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"
            ));
        }
    };
    // What came before belongs to the handler before.
    signal::check()?;
    install(signalnum, native)?;
    let kept = plain.map_or_else(|| handler.to_ref(), int);
    Ok(signal::set_handler(signalnum as usize, Some(kept)).unwrap_or_else(none))
}

/// Return the current action for the given signal.
#[function(signature = "(signalnum, /)")]
fn getsignal(signalnum: i32) -> Result<Option<Ref>> {
    in_range(signalnum)?;
    Ok(signal::handler(signalnum as usize))
}

/// Send a signal to the executing process.
#[function(signature = "(signalnum, /)")]
fn raise_signal(signalnum: i32) -> Result<()> {
    if gil::allow_threads(|| c!(libc::raise(signalnum))) != 0 {
        return Err(last_error());
    }
    signal::check()
}

/// Return the system description of the given signal.
#[function(signature = "(signalnum, /)")]
fn strsignal(signalnum: i32) -> Result<Option<Ref<Str>>> {
    in_range(signalnum)?;
    clear_errno();
    let text = c!(libc::strsignal(signalnum));
    if text.is_null() || errno() != 0 {
        return Ok(None);
    }
    let text = c!(decode_c(text));
    Ok(if text.as_utf8().is_some_and(|text| text.starts_with("Unknown signal")) { None } else { Some(text) })
}

/// Sets the fd to be written to (with the signal number) when a signal comes in.
#[function(signature = "(fd, /, *, warn_on_full_buffer=True)")]
fn set_wakeup_fd(fd: i32, warn_on_full_buffer: Option<bool>) -> Result<i32> {
    if !signal::in_main_thread() {
        return Err(raise!(ValueError, "set_wakeup_fd only works in main thread of the main interpreter"));
    }
    if fd != -1 {
        let mut stat: libc::stat = zeroed();
        check(c!(libc::fstat(fd, &mut stat)))?;
        if check(c!(libc::fcntl(fd, libc::F_GETFL)))? & libc::O_NONBLOCK == 0 {
            return Err(raise!(ValueError, "the fd {fd} must be in non-blocking mode"));
        }
    }
    Ok(signal::set_wakeup_fd(fd, warn_on_full_buffer.unwrap_or(true)))
}

/// Change system call restart behaviour.
#[function(signature = "(signalnum, flag, /)")]
fn siginterrupt(signalnum: i32, flag: i32) -> Result<()> {
    in_range(signalnum)?;
    let mut action: libc::sigaction = zeroed();
    check(c!(libc::sigaction(signalnum, std::ptr::null(), &mut action)))?;
    if flag != 0 {
        action.sa_flags &= !libc::SA_RESTART;
    } else {
        action.sa_flags |= libc::SA_RESTART;
    }
    check(c!(libc::sigaction(signalnum, &action, std::ptr::null_mut())))?;
    Ok(())
}

/// Arrange for SIGALRM to arrive after the given number of seconds.
#[function(signature = "(seconds, /)")]
fn alarm(seconds: i32) -> u32 {
    c!(libc::alarm(seconds as u32))
}

/// Wait until a signal arrives.
#[function(signature = "()")]
fn pause() -> Result<()> {
    gil::allow_threads(|| c!(libc::pause()));
    signal::check()
}

fn timeval(seconds: &Object) -> Result<libc::timeval> {
    let nanos = nanoseconds(seconds)?;
    // A timer that is set must not become one that is not.
    let micros = (nanos + 999).div_euclid(1000);
    Ok(libc::timeval { tv_sec: micros.div_euclid(1_000_000), tv_usec: micros.rem_euclid(1_000_000) })
}

fn seconds_of(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 * 1e-6
}

fn itimer_error() -> Raised {
    let error = errno();
    match Interpreter::current().state::<State>().itimer_error.get() {
        Some(class) => {
            let text = crate::posix::strerror_text(error);
            match class.call(&[&Int::new(error.into()), &text]) {
                Ok(exception) => match exception.cast::<runtime::objects::exceptions::BaseException>() {
                    Ok(exception) => runtime::errors::raise(exception),
                    Err(_) => fail(error),
                },
                Err(raised) => raised,
            }
        }
        None => fail(error),
    }
}

/// Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).
#[function(signature = "(which, seconds, interval=0.0, /)")]
fn setitimer(which: i32, seconds: &Object, interval: Option<&Object>) -> Result<(f64, f64)> {
    let mut new: libc::itimerval = zeroed();
    new.it_value = timeval(seconds)?;
    if let Some(interval) = interval {
        new.it_interval = timeval(interval)?;
    }
    let mut old: libc::itimerval = zeroed();
    if c!(libc::setitimer(which as _, &new, &mut old)) != 0 {
        return Err(itimer_error());
    }
    Ok((seconds_of(old.it_value), seconds_of(old.it_interval)))
}

/// Returns current value of given itimer.
#[function(signature = "(which, /)")]
fn getitimer(which: i32) -> Result<(f64, f64)> {
    let mut now: libc::itimerval = zeroed();
    if c!(libc::getitimer(which as _, &mut now)) != 0 {
        return Err(itimer_error());
    }
    Ok((seconds_of(now.it_value), seconds_of(now.it_interval)))
}

/// Send a signal to a thread.
#[function(signature = "(thread_id, signalnum, /)")]
fn pthread_kill(thread_id: u64, signalnum: i32) -> Result<()> {
    match c!(libc::pthread_kill(thread_id as libc::pthread_t, signalnum)) {
        0 => signal::check(),
        error => Err(fail(error)),
    }
}

fn set_result(signals: &libc::sigset_t) -> Result<Ref<Set>> {
    let set = Set::new();
    for number in 1..NSIG as i32 {
        if c!(libc::sigismember(signals, number)) == 1 {
            set.add(&Int::new(number.into()))?;
        }
    }
    Ok(set)
}

/// Fetch and/or change the signal mask of the calling thread.
#[function(signature = "(how, mask, /)")]
fn pthread_sigmask(how: i32, mask: &Object) -> Result<Ref<Set>> {
    let mask = crate::posix::process::signal_set(mask)?;
    let mut old: libc::sigset_t = zeroed();
    let error = c!(libc::pthread_sigmask(how, &mask, &mut old));
    if error != 0 {
        return Err(fail(error));
    }
    signal::check()?;
    set_result(&old)
}

/// Examine pending signals.
#[function(signature = "()")]
fn sigpending() -> Result<Ref<Set>> {
    let mut set: libc::sigset_t = zeroed();
    check(c!(libc::sigpending(&mut set)))?;
    set_result(&set)
}

/// Wait for a signal.
#[function(signature = "(sigset, /)")]
fn sigwait(sigset: &Object) -> Result<i32> {
    let set = crate::posix::process::signal_set(sigset)?;
    let mut number = 0;
    match gil::allow_threads(|| c!(libc::sigwait(&set, &mut number))) {
        0 => Ok(number),
        error => Err(fail(error)),
    }
}

/// Waits for one of the signals; its number and what it tells.
fn wait_info(sigset: &Object, timeout: Option<i64>) -> Result<Option<Ref>> {
    let set = crate::posix::process::signal_set(sigset)?;
    let deadline =
        timeout.map(|nanos| runtime::lock::monotonic_now() + std::time::Duration::from_nanos(nanos as u64));
    let mut found = [0i32; 6];
    let result = call(|| {
        let mut info: libc::siginfo_t = zeroed();
        let result = match deadline {
            None => c!(libc::sigwaitinfo(&set, &mut info)),
            Some(deadline) => {
                let left = deadline.saturating_sub(runtime::lock::monotonic_now());
                let left =
                    libc::timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
                c!(libc::sigtimedwait(&set, &mut info, &left))
            }
        };
        let (pid, uid, status) = c!((info.si_pid(), info.si_uid(), info.si_status()));
        found = [info.si_signo, info.si_code, info.si_errno, pid, uid as i32, status];
        result
    })?;
    match result {
        Ok(_) => {
            let mut items = found.map(int).to_vec();
            items.push(int(0));
            Ok(Some(sequence("signal.struct_siginfo", items)?))
        }
        Err(libc::EAGAIN) => Ok(None),
        Err(error) => Err(fail(error)),
    }
}

/// Wait synchronously until one of the signals in *sigset* is delivered.
#[function(signature = "(sigset, /)")]
fn sigwaitinfo(sigset: &Object) -> Result<Option<Ref>> {
    wait_info(sigset, None)
}

/// Like sigwaitinfo(), but with a timeout.
#[function(signature = "(sigset, timeout, /)")]
fn sigtimedwait(sigset: &Object, timeout: &Object) -> Result<Option<Ref>> {
    let nanos = nanoseconds(timeout)?;
    if nanos < 0 {
        return Err(raise!(ValueError, "timeout must be non-negative"));
    }
    wait_info(sigset, Some(nanos))
}

/// Return a set of valid signal numbers on this platform.
#[function(signature = "()")]
fn valid_signals() -> Result<Ref<Set>> {
    let mut set: libc::sigset_t = zeroed();
    c!(libc::sigfillset(&mut set));
    set_result(&set)
}

/// Send a signal to a process referred to by a pid file descriptor.
#[function(signature = "(pidfd, signalnum, siginfo=None, flags=0, /)")]
fn pidfd_send_signal(pidfd: i32, signalnum: i32, siginfo: Option<&Object>, flags: Option<i32>) -> Result<()> {
    if siginfo.is_some_and(|info| !info.is_none()) {
        return Err(raise!(TypeError, "siginfo must be None"));
    }
    let nothing = std::ptr::null::<libc::siginfo_t>();
    let flags = flags.unwrap_or(0);
    check(c!(libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signalnum, nothing, flags)))?;
    signal::check()
}
