//! The namespaces of the code that runs, and `__import__`.

use crate::objects::frame::FrameObject;
use crate::prelude::*;
use bytecode::code::flags;

/// The globals of the code that runs.
pub fn current_globals() -> Option<Ref<Dict>> {
    Thread::current().frames().current().map(|frame| Ref::from_borrowed(frame.globals()))
}

/// What `locals()` gives: a function's variables as a new dict, any other scope's namespace itself.
pub fn current_locals() -> Result {
    let Some(frame) = Thread::current().frames().current() else {
        return Err(raise!(SystemError, "frame does not exist"));
    };
    if frame.code().flags() & flags::OPTIMIZED == 0
        && let Some(locals) = frame.locals.get()
    {
        return Ok(locals);
    }
    Ok(FrameObject::of(frame).variables()?.into_object())
}

/// Return the dictionary of the current scope's global variables.
#[function(signature = "()")]
pub(super) fn globals() -> Result {
    match current_globals() {
        Some(globals) => Ok(globals.into_object()),
        None => Ok(none()),
    }
}

/// Return a dictionary of the current scope's local variables.
#[function(signature = "()")]
pub(super) fn locals() -> Result {
    current_locals()
}

/// Import a module: what the import statement calls. Programs use importlib.import_module().
#[function(name = "__import__", signature = "(name, globals=None, locals=None, fromlist=(), level=0)")]
pub(super) fn dunder_import(
    name: &Object,
    globals: Option<&Object>,
    locals: Option<&Object>,
    fromlist: Option<&Object>,
    level: Option<i32>,
) -> Result {
    let _ = locals;
    crate::import::import_level(name, globals, fromlist, level.unwrap_or(0))
}
