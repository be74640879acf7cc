//! `syslog`: messages to the system's logger. <https://docs.python.org/3.14/library/syslog.html>.

use std::cell::{Cell, RefCell};
use std::ffi::CString;

use runtime::gil;
use runtime::modules::sys::audit;
use runtime::prelude::*;

use runtime::native::system::*;

module! {
    name: "syslog",
    functions: [openlog, closelog, syslog, setlogmask, log_mask, log_upto],
    exec: exec,
}

#[rustfmt::skip]
const CONSTANTS: &[(&str, i64)] = &[
    ("LOG_ALERT", 1), ("LOG_AUTH", 32), ("LOG_AUTHPRIV", 80), ("LOG_CONS", 2), ("LOG_CRIT", 2),
    ("LOG_CRON", 72), ("LOG_DAEMON", 24), ("LOG_DEBUG", 7), ("LOG_EMERG", 0), ("LOG_ERR", 3), ("LOG_FTP", 88),
    ("LOG_INFO", 6), ("LOG_KERN", 0), ("LOG_LOCAL0", 128), ("LOG_LOCAL1", 136), ("LOG_LOCAL2", 144),
    ("LOG_LOCAL3", 152), ("LOG_LOCAL4", 160), ("LOG_LOCAL5", 168), ("LOG_LOCAL6", 176), ("LOG_LOCAL7", 184),
    ("LOG_LPR", 48), ("LOG_MAIL", 16), ("LOG_NDELAY", 8), ("LOG_NEWS", 56), ("LOG_NOTICE", 5),
    ("LOG_NOWAIT", 16), ("LOG_ODELAY", 4), ("LOG_PERROR", 32), ("LOG_PID", 1), ("LOG_SYSLOG", 40),
    ("LOG_USER", 8), ("LOG_UUCP", 64), ("LOG_WARNING", 4),
];

fn exec(module: &Module) -> Result<()> {
    constants(module, CONSTANTS)
}

#[derive(Default)]
struct State {
    open: Cell<bool>,
    /// C keeps the pointer that it was given.
    ident: RefCell<Option<CString>>,
}

/// The program's name: the last part of `sys.argv[0]`.
fn program() -> Option<CString> {
    let argv = runtime::import::import_attribute("sys", intern!("argv")).map_err(Raised::clear).ok()?;
    let first = argv.downcast::<List>()?.get(0)?;
    let text = encode(first.downcast::<Str>()?).map_err(Raised::clear).ok()?;
    let name = text.rsplit(|byte| *byte == b'/').next()?;
    if name.is_empty() { None } else { CString::new(name).ok() }
}

fn open(ident: Option<CString>, options: i32, facility: i32) {
    let state = Interpreter::current().state::<State>();
    let pointer = ident.as_ref().map_or(std::ptr::null(), |ident| ident.as_ptr());
    c!(libc::openlog(pointer, options, facility));
    // The one before goes only now that C no longer has it.
    *state.ident.borrow_mut() = ident;
    state.open.set(true);
}

/// Set logging options of subsequent syslog() calls.
#[function(signature = "($module, /, ident=<unrepresentable>, logoption=0, facility=LOG_USER)")]
fn openlog(
    _module: &Module,
    ident: Option<&str>,
    logoption: Option<i32>,
    facility: Option<i32>,
) -> Result<()> {
    let (options, facility) = (logoption.unwrap_or(0), facility.unwrap_or(libc::LOG_USER));
    let name = match ident {
        Some(ident) => Some(CString::new(ident).map_err(|_| raise!(ValueError, "embedded null character"))?),
        None => program(),
    };
    let shown = ident.map_or_else(none, |ident| Str::new(ident).into_object());
    audit("syslog.openlog", &[&shown, &Int::new(options.into()), &Int::new(facility.into())])?;
    open(name, options, facility);
    Ok(())
}

/// syslog([priority=LOG_INFO,] message)
/// Write a line to the system's log.
#[function(signature = "(*args)", hidden_signature)]
fn syslog(args: &[&Object]) -> Result<()> {
    let (priority, message, position) = match args {
        [message] => (libc::LOG_INFO, message, 1),
        [priority, message] => match priority.index()?.to_i64().and_then(|value| i32::try_from(value).ok()) {
            Some(priority) => (priority, message, 2),
            None => return Err(raise!(OverflowError, "Python int too large to convert to C int")),
        },
        _ => return Err(raise!(TypeError, "syslog.syslog requires 1 to 2 arguments")),
    };
    let Some(text) = message.downcast::<Str>() else {
        let kind = runtime::native::args::kind_of(message);
        return Err(raise!(TypeError, "syslog() argument {position} must be str, not {kind}"));
    };
    let line = CString::new(text.to_utf8()?).map_err(|_| raise!(ValueError, "embedded null character"))?;
    audit("syslog.syslog", &[&Int::new(priority.into()), text])?;
    if !Interpreter::current().state::<State>().open.get() {
        open(program(), 0, libc::LOG_USER);
    }
    gil::allow_threads(|| c!(libc::syslog(priority, c"%s".as_ptr(), line.as_ptr())));
    Ok(())
}

/// Reset the syslog module values and call the system library closelog().
#[function(signature = "($module, /)")]
fn closelog(_module: &Module) -> Result<()> {
    audit("syslog.closelog", &[])?;
    let state = Interpreter::current().state::<State>();
    if state.open.replace(false) {
        c!(libc::closelog());
        state.ident.borrow_mut().take();
    }
    Ok(())
}

/// Set the priority mask to maskpri and return the previous mask value.
#[function(signature = "($module, maskpri, /)")]
fn setlogmask(_module: &Module, maskpri: i32) -> Result<i32> {
    audit("syslog.setlogmask", &[&Int::new(maskpri.into())])?;
    Ok(c!(libc::setlogmask(maskpri)))
}

/// Calculates the mask for the individual priority pri.
#[function(name = "LOG_MASK", signature = "($module, pri, /)")]
fn log_mask(_module: &Module, pri: i32) -> i32 {
    1i32.wrapping_shl(pri as u32)
}

/// Calculates the mask for all priorities up to and including pri.
#[function(name = "LOG_UPTO", signature = "($module, pri, /)")]
fn log_upto(_module: &Module, pri: i32) -> i32 {
    1i32.wrapping_shl((pri as u32).wrapping_add(1)).wrapping_sub(1)
}
