//! `faulthandler`: tracebacks on faults, on signals, and after a time. <https://docs.python.org/3.14/library/faulthandler.html>.

mod dump;
mod hooks;
mod signals;

use std::cell::RefCell;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use runtime::gil;
use runtime::prelude::*;

use dump::Output;
use runtime::native::system::*;

module! {
    name: "faulthandler",
    doc: "faulthandler module.",
    functions: [
        signals::enable, signals::disable, signals::is_enabled, signals::register, signals::unregister, dump_traceback,
        dump_c_stack, dump_traceback_later, cancel_dump_traceback_later, hooks::read_null, hooks::sigsegv,
        hooks::sigabrt, hooks::sigfpe, hooks::stack_overflow, hooks::fatal_error_c_thread,
    ],
}

/// The thread that waits to dump.
struct Watchdog {
    /// Dropping it ends the wait.
    stop: Sender<()>,
    thread: std::thread::JoinHandle<()>,
    pid: u32,
    _file: Ref,
}

#[derive(Default)]
struct State {
    watchdog: RefCell<Option<Watchdog>>,
}

/// The descriptor of a `file` argument: None for `sys.stderr`, a number, or what has one. And what is to be kept alive.
fn descriptor_of(file: Option<&Object>) -> Result<(i32, Ref)> {
    let file = match file.filter(|file| !file.is_none()) {
        Some(file) => file.to_ref(),
        None => {
            let stderr = runtime::import::import_attribute("sys", intern!("stderr")).map_err(|raised| {
                raised.clear();
                raise!(RuntimeError, "unable to get sys.stderr")
            })?;
            if stderr.is_none() {
                return Err(raise!(RuntimeError, "sys.stderr is None"));
            }
            stderr
        }
    };
    if let Some(number) = file.downcast::<Int>() {
        let fd = match number.to_i64().and_then(|value| i32::try_from(value).ok()) {
            Some(fd) => fd,
            None => return Err(raise!(OverflowError, "Python int too large to convert to C int")),
        };
        if fd < 0 {
            return Err(raise!(ValueError, "file is not a valid file descriptor"));
        }
        return Ok((fd, file));
    }
    let result = file.call_method(intern!("fileno"), &[])?;
    let fd = result.downcast::<Int>().and_then(Int::to_i64).and_then(|fd| i32::try_from(fd).ok());
    let Some(fd) = fd.filter(|fd| *fd >= 0) else {
        return Err(raise!(RuntimeError, "file.fileno() is not a valid file descriptor"));
    };
    if let Err(raised) = file.call_method(intern!("flush"), &[]) {
        raised.clear();
    }
    Ok((fd, file))
}

/// Write where the current thread is, or all threads are, to a file.
#[function(signature = "($module, /, file=sys.stderr, all_threads=True)")]
fn dump_traceback(_module: &Module, file: Option<&Object>, all_threads: Option<bool>) -> Result<()> {
    let (fd, _file) = descriptor_of(file)?;
    // The list has the current thread only once there was another.
    gil::threads();
    let mut out = Output::new(fd);
    if all_threads.unwrap_or(true) {
        dump::all_threads(&mut out, Thread::current().ident);
    } else {
        dump::one_thread(&mut out, Thread::current().ident);
    }
    Ok(())
}

/// Dump the C stack of the current thread.
#[function(signature = "($module, /, file=sys.stderr)")]
fn dump_c_stack(_module: &Module, file: Option<&Object>) -> Result<()> {
    let (fd, _file) = descriptor_of(file)?;
    dump::c_stack(&mut Output::new(fd));
    Ok(())
}

fn cancel() {
    let watchdog = Interpreter::current().state::<State>().watchdog.take();
    let Some(Watchdog { stop, thread, pid, _file }) = watchdog else { return };
    if pid != std::process::id() {
        // The thread stayed with the parent.
        std::mem::forget((stop, thread));
        return;
    }
    drop(stop);
    gil::allow_threads(move || drop(thread.join()));
}

/// Dump the traceback of all threads in timeout seconds.
///
/// If repeat is true, the tracebacks of all threads are dumped every timeout
/// seconds. If exit is true, call _exit(1) which is not safe.
#[function(signature = "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)")]
fn dump_traceback_later(
    _module: &Module,
    timeout: &Object,
    repeat: Option<bool>,
    file: Option<&Object>,
    exit: Option<bool>,
) -> Result<()> {
    let nanos = nanoseconds(timeout)?;
    let micros = nanos.max(0).unsigned_abs().div_ceil(1000);
    if nanos <= 0 {
        return Err(raise!(ValueError, "timeout must be greater than 0"));
    }
    let (fd, file) = descriptor_of(file)?;
    let (repeat, exit) = (repeat.unwrap_or(false), exit.unwrap_or(false));
    gil::threads();
    cancel();
    let (stop, stopped) = mpsc::channel::<()>();
    // Signals are for the other threads.
    let mut all: libc::sigset_t = zeroed();
    let mut old: libc::sigset_t = zeroed();
    c!(libc::sigfillset(&mut all));
    c!(libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut old));
    let body = move || {
        while stopped.recv_timeout(Duration::from_micros(micros)) == Err(RecvTimeoutError::Timeout) {
            let mut out = Output::new(fd);
            let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
            out.text("Timeout (");
            out.decimal(seconds / 3600);
            out.text(":");
            out.padded(seconds / 60 % 60, 2);
            out.text(":");
            out.padded(seconds % 60, 2);
            if rest != 0 {
                out.text(".");
                out.padded(rest, 6);
            }
            out.text(")!\n");
            dump::all_threads(&mut out, 0);
            drop(out);
            if exit {
                exit_now(1);
            }
            if !repeat {
                return;
            }
        }
    };
    let spawned = std::thread::Builder::new().stack_size(256 << 10).spawn(body);
    c!(libc::pthread_sigmask(libc::SIG_SETMASK, &old, std::ptr::null_mut()));
    let Ok(thread) = spawned else {
        return Err(raise!(RuntimeError, "unable to start watchdog thread"));
    };
    let watchdog = Watchdog { stop, thread, pid: std::process::id(), _file: file };
    let before = Interpreter::current().state::<State>().watchdog.replace(Some(watchdog));
    drop(before);
    Ok(())
}

/// Cancel the previous call to dump_traceback_later().
#[function(signature = "($module, /)")]
fn cancel_dump_traceback_later(_module: &Module) {
    cancel();
}
