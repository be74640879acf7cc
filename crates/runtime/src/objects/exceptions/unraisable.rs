//! Exceptions that nobody can catch: `sys.unraisablehook` and what it does by itself.

use super::BaseException;
use crate::errors::print::{Text, write_error_text};
use crate::objects::structseq::{self, Declaration};
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

/// The type of what the hook is given.
#[derive(Default)]
struct ArgumentsType(Link<Type>);

fn arguments_type() -> Result<Ref<Type>> {
    let state = Interpreter::current().state::<ArgumentsType>();
    if let Some(class) = state.0.get() {
        return Ok(class);
    }
    let fields = [
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("err_msg", "Error message"),
        ("object", "Object causing the exception"),
    ];
    let doc = "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.";
    let class = Declaration::new("UnraisableHookArgs", doc, &fields, fields.len(), true).make_type()?;
    state.0.set(Some(class.clone()));
    Ok(class)
}

/// What the hook is given.
fn hook_arguments(exception: &BaseException, message: Option<&Str>, object: Option<&Object>) -> Result {
    let items = vec![
        exception.ty().to_ref(),
        exception.to_ref(),
        exception.traceback().unwrap_or_else(none),
        message.map_or_else(none, |message| message.to_ref()),
        object.map_or_else(none, Object::to_ref),
    ];
    structseq::instance(&*arguments_type()?, items)
}

/// `sys.unraisablehook` as it is at start.
pub fn default_unraisable_hook(arguments: &Object) -> Result<()> {
    if !std::ptr::eq(arguments.ty(), &*arguments_type()?) {
        return Err(raise!(TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
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
