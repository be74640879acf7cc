//! What the module keeps for each interpreter: exception classes, templates of contexts, the variable with the current one.

use std::cell::Cell;

use runtime::prelude::*;

use super::context::Context;
use crate::_contextvars::ContextVar;

/// The state of one interpreter.
#[derive(Default)]
pub struct State {
    /// `DecimalException`, then as [`super::signals::CLASSES`] lists them.
    pub exceptions: [Link<Type>; super::signals::CLASSES.len()],
    pub signal_dict: Link<Type>,
    pub variable: Link<ContextVar>,
    /// The variable's value in contexts of a version.
    pub current: Link<Context>,
    pub current_version: Cell<u64>,
    pub default: Link<Context>,
    pub basic: Link<Context>,
    pub extended: Link<Context>,
    pub decimal_tuple: Link,
    pub rational: Link,
    pub python_decimal: Link,
}

thread_local! {
    static STATE: Cell<Option<(&'static Interpreter, &'static State)>> = const { Cell::new(None) };
}

/// The state of the current interpreter.
#[inline]
pub fn state() -> &'static State {
    let interpreter = Interpreter::current();
    match STATE.get() {
        Some((of, state)) if std::ptr::eq(of, interpreter) => state,
        _ => {
            let state = interpreter.state::<State>();
            STATE.set(Some((interpreter, state)));
            state
        }
    }
}
