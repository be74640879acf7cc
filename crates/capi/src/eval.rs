//! What the C API asks of the interpreter: handled exceptions, signals, hooks.

use std::ffi::c_int;

use runtime::objects::exceptions::BaseException;
use runtime::prelude::*;

/// The exception that is being handled.
pub fn handled_exception() -> Option<Ref> {
    Thread::current().handled_exception()
}

/// Makes another exception the handled one.
pub fn set_handled_exception(exception: Option<&Object>) {
    let exception = exception.filter(|exception| !exception.is_none());
    Thread::current().exception_info().value.set(exception.map(Object::to_ref));
}

/// Runs the handlers of signals that came.
pub fn check_signals() -> Result<()> {
    let thread = Thread::current();
    if thread.breaker.is_set() { runtime::eval::breaker::handle(thread) } else { Ok(()) }
}

/// Pretends that a signal came.
pub fn trip_signal(signal: c_int) {
    runtime::signal::trip(signal.max(0) as usize);
}

/// Hands an exception that nobody can catch to `sys.unraisablehook`.
pub fn unraisable(exception: Ref<BaseException>, message: Option<&Object>, object: Option<&Object>) {
    let message = message
        .and_then(|message| message.str_().map_err(Raised::clear).ok())
        .map(|message| message.to_string());
    runtime::objects::exceptions::write_unraisable_message(exception, message.as_deref(), object);
}

/// Prints an exception through `sys.excepthook`.
pub fn print_exception(exception: Ref<BaseException>, set_last: bool) {
    let report = || -> Result<()> {
        let traceback = exception.get_attr(intern!("__traceback__"))?;
        if set_last && let Some(sys) = Interpreter::current().sys.get() {
            sys.insert_str(intern!("last_exc"), &exception)?;
            sys.insert_str(intern!("last_type"), exception.ty())?;
            sys.insert_str(intern!("last_value"), &exception)?;
            sys.insert_str(intern!("last_traceback"), &traceback)?;
        }
        crate::sys::get(intern!("excepthook"))?.call(&[exception.ty(), &*exception, &*traceback])?;
        Ok(())
    };
    if let Err(raised) = report() {
        raised.clear();
    }
}

/// Prints an exception to `sys.stderr`.
pub fn display_exception(exception: &Object) {
    let report = || -> Result<()> {
        let traceback = exception.get_attr(intern!("__traceback__"))?;
        crate::sys::get(intern!("__excepthook__"))?.call(&[exception.ty(), exception, &*traceback])?;
        Ok(())
    };
    if let Err(raised) = report() {
        raised.clear();
    }
}
