//! Exceptions that nobody can catch: `sys.unraisablehook` and what it does by itself.

use super::BaseException;
use crate::errors::print::{Text, write_error_text};
use crate::objects::namespace::SimpleNamespace;
use crate::prelude::*;

/// Reports an exception that has nowhere to go: `sys.unraisablehook`.
pub fn write_unraisable(exception: Ref<BaseException>, object: Option<&Object>) {
    write_unraisable_message(exception, None, object);
}

/// As [`write_unraisable`], with a message of its own, as in "Exception ignored while calling deallocator <function …>".
pub fn write_unraisable_message(
    exception: Ref<BaseException>,
    message: Option<&str>,
    object: Option<&Object>,
) {
    let message = message.map(Str::new);
    if let Err(raised) = report(&exception, message.as_deref(), object) {
        // The hook failed, which is now what is told, and not the hook's.
        let failure = raised.take();
        let told = Str::new("Exception ignored in sys.unraisablehook");
        let hook = hook().unwrap_or_else(none);
        if let Err(raised) = print(&failure, Some(&told), Some(&hook)) {
            raised.clear();
        }
    }
}

/// Reports an exception that came while `doing` something with an object: "Exception ignored while `doing` <object>".
pub fn write_unraisable_doing(exception: Ref<BaseException>, doing: &str, object: &Object) {
    let shown = match object.repr() {
        Ok(shown) => shown.to_string(),
        Err(raised) => {
            raised.clear();
            "<object repr() failed>".to_string()
        }
    };
    write_unraisable_message(exception, Some(&format!("Exception ignored while {doing} {shown}")), None);
}

fn hook() -> Option<Ref> {
    let sys = Interpreter::current().sys.get()?;
    sys.get_str(intern!("unraisablehook")).unwrap_or_else(|raised| {
        raised.clear();
        None
    })
}

fn report(exception: &BaseException, message: Option<&Str>, object: Option<&Object>) -> Result<()> {
    match hook() {
        Some(hook) => {
            let arguments = hook_arguments(exception, message, object)?;
            hook.call(&[&arguments])?;
            Ok(())
        }
        None => print(exception, message, object),
    }
}

/// What the hook is given.
fn hook_arguments(exception: &BaseException, message: Option<&Str>, object: Option<&Object>) -> Result {
    let arguments = SimpleNamespace::new(Dict::new()).into_object();
    let nothing = none();
    arguments.set_attr(intern!("exc_type"), exception.ty())?;
    arguments.set_attr(intern!("exc_value"), exception)?;
    arguments.set_attr(intern!("exc_traceback"), &exception.traceback().unwrap_or_else(none))?;
    arguments.set_attr(intern!("err_msg"), message.map_or(&nothing, |message| message))?;
    arguments.set_attr(intern!("object"), object.unwrap_or(&nothing))?;
    Ok(arguments)
}

/// `sys.unraisablehook` as it is at start.
pub fn default_unraisable_hook(arguments: &Object) -> Result<()> {
    let field = |name: &Str| -> Result<Option<Ref>> {
        Ok(Some(arguments.get_attr(name)?).filter(|value| !value.is_none()))
    };
    let class = field(intern!("exc_type"))?;
    let value = field(intern!("exc_value"))?;
    let traceback = field(intern!("exc_traceback"))?;
    let message = field(intern!("err_msg"))?.map(|message| message.str_()).transpose()?;
    let object = field(intern!("object"))?;
    let Some(value) = value.as_deref().and_then(Object::downcast::<BaseException>) else {
        let mut text = heading(message.as_deref(), object.as_deref());
        text.traceback(traceback.as_deref());
        if let Some(class) = class.as_deref().and_then(Object::downcast::<Type>) {
            text.push_str(Str::from_string(format!("{}\n", class.qualified_name())));
        }
        return write_error_text(&text.finish());
    };
    print_with(value, traceback.as_deref(), message.as_deref(), object.as_deref())
}

/// The line before the traceback.
fn heading(message: Option<&Str>, object: Option<&Object>) -> Text {
    let mut text = Text::default();
    if let Some(object) = object.filter(|object| !object.is_none()) {
        match message {
            Some(message) => {
                text.push_str(Ref::from_borrowed(message));
                text.push_str(Str::new(": "));
            }
            None => text.push_str(Str::new("Exception ignored in: ")),
        }
        text.push_str(object.repr().unwrap_or_else(|raised| {
            raised.clear();
            Str::new("<object repr() failed>")
        }));
        text.push_str(Str::new("\n"));
    } else if let Some(message) = message {
        text.push_str(Ref::from_borrowed(message));
        text.push_str(Str::new(":\n"));
    }
    text
}

/// Prints what the hook is told, to `sys.stderr`.
fn print(exception: &BaseException, message: Option<&Str>, object: Option<&Object>) -> Result<()> {
    print_with(exception, exception.traceback().as_deref(), message, object)
}

fn print_with(
    exception: &BaseException,
    traceback: Option<&Object>,
    message: Option<&Str>,
    object: Option<&Object>,
) -> Result<()> {
    let mut text = heading(message, object);
    text.traceback(traceback);
    text.summary(exception);
    write_error_text(&text.finish())
}
