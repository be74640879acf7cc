//! Entering and leaving of contexts, for C: `_contextvars`, which knows how, leaves its functions here.

use std::cell::Cell;

use crate::errors::Result;
use crate::interpreter_state::Interpreter;
use crate::object::Object;
use crate::raise;

/// What is done to a context.
type Action = fn(&Object) -> Result<()>;

/// What `_contextvars` does for others.
#[derive(Default)]
pub struct Hooks {
    pub enter: Cell<Option<Action>>,
    pub exit: Cell<Option<Action>>,
}

fn hooks() -> Result<&'static Hooks> {
    let hooks = Interpreter::current().state::<Hooks>();
    if hooks.enter.get().is_none() {
        crate::import::import_module("_contextvars")?;
    }
    Ok(hooks)
}

/// Makes a context the thread's current one.
pub fn enter(context: &Object) -> Result<()> {
    match hooks()?.enter.get() {
        Some(enter) => enter(context),
        None => Err(raise!(SystemError, "_contextvars is not usable")),
    }
}

/// Leaves the thread's current context.
pub fn exit(context: &Object) -> Result<()> {
    match hooks()?.exit.get() {
        Some(exit) => exit(context),
        None => Err(raise!(SystemError, "_contextvars is not usable")),
    }
}
