//! The interpreter: frames off the native stack, the instruction loop, calls, exceptions.
//!
//! Enter at [`evaluate`] (code in a namespace) or at a function's vectorcall ([`call::function_vectorcall`]).

pub mod arguments;
pub mod breaker;
pub mod call;
pub mod exceptions;
pub mod frame;
pub mod imports;
pub mod instructions;
pub mod instrumentation;
pub mod intrinsics;
pub mod machine;
pub mod names;
pub mod origin;
pub mod patterns;
pub mod run;
pub mod specialize;
pub mod stackref;

use std::cell::Cell;
use std::ptr;

use crate::errors::Result;
use crate::object::Object;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::reference::Ref;
use crate::thread::Thread;
use frame::{DataStack, Frame};

/// A thread's part of the interpreter's state: its frames.
pub struct ThreadFrames {
    /// The frame that runs.
    pub current: Cell<*mut Frame>,
    pub data_stack: DataStack,
    /// Python frames that may still be entered before RecursionError.
    pub recursion_remaining: Cell<isize>,
    pub recursion_limit: Cell<isize>,
    /// The frame of which monitoring tells an event right now: it alone may be made to jump.
    pub reporting: Cell<*mut Frame>,
}

impl Default for ThreadFrames {
    fn default() -> Self {
        ThreadFrames {
            current: Cell::new(ptr::null_mut()),
            data_stack: DataStack::default(),
            recursion_remaining: Cell::new(1000),
            recursion_limit: Cell::new(1000),
            reporting: Cell::new(ptr::null_mut()),
        }
    }
}

impl ThreadFrames {
    /// The frame that runs, if any.
    pub fn current(&self) -> Option<&Frame> {
        // SAFETY: the current frame is alive.
        unsafe { self.current.get().as_ref() }
    }

    /// Changes how deep Python calls may nest.
    pub fn set_recursion_limit(&self, limit: isize) {
        let depth = self.recursion_limit.get() - self.recursion_remaining.get();
        self.recursion_limit.set(limit);
        self.recursion_remaining.set(limit - depth);
    }
}

/// Runs a code object that takes no arguments, in these namespaces: module bodies, `exec`, `eval`.
pub fn evaluate(code: &Code, globals: &Dict, locals: Option<&Object>) -> Result {
    evaluate_with_closure(code, globals, locals, None)
}

/// As [`evaluate`], with the cells for the code's free variables.
pub fn evaluate_with_closure(
    code: &Code,
    globals: &Dict,
    locals: Option<&Object>,
    closure: Option<&crate::objects::tuple::Tuple>,
) -> Result {
    names::ensure_builtins(globals)?;
    let function = Function::new(code, globals)?;
    if let Some(closure) = closure {
        function.closure.set(Some(Ref::from_borrowed(closure)));
    }
    let locals = locals.unwrap_or(globals).to_ref();
    call::run_function(Thread::current(), function, Some(locals), &[], None)
}
