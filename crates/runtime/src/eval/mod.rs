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
use std::ffi::c_int;

use crate::errors::Result;
use crate::object::Object;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::reference::Ref;
use crate::thread::Thread;
use frame::{DataStack, Frame};

/// A thread's part of the interpreter's state: its frames. It lies in the thread's public head, where extensions that switch
/// stacks (greenlet) save and replace it.
#[repr(transparent)]
pub struct ThreadFrames(abi::PyThreadState);

/// How deep Python calls may nest at first.
pub const RECURSION_LIMIT: c_int = 1000;

impl ThreadFrames {
    /// The frames of the thread with this head.
    #[inline(always)]
    pub(crate) fn of(head: &abi::PyThreadState) -> &ThreadFrames {
        // SAFETY: it is the same, transparently.
        unsafe { &*(&raw const *head).cast() }
    }

    /// The frame that runs, or null.
    #[inline(always)]
    pub fn current_cell(&self) -> &Cell<*mut Frame> {
        // SAFETY: the field holds the address of a frame, whose type C does not know.
        unsafe { &*(&raw const self.0.current_frame).cast() }
    }

    /// The frame that runs, if any.
    #[inline]
    pub fn current(&self) -> Option<&Frame> {
        // SAFETY: the current frame is alive.
        unsafe { self.current_cell().get().as_ref() }
    }

    /// The stack on which frames lie.
    #[inline(always)]
    pub fn data_stack(&self) -> &DataStack {
        DataStack::of(&self.0)
    }

    /// Python frames that may still be entered before RecursionError.
    #[inline(always)]
    pub fn recursion_remaining(&self) -> &Cell<c_int> {
        &self.0.py_recursion_remaining
    }

    pub fn recursion_limit(&self) -> &Cell<c_int> {
        &self.0.py_recursion_limit
    }

    /// Changes how deep Python calls may nest.
    pub fn set_recursion_limit(&self, limit: c_int) {
        let depth = self.recursion_limit().get() - self.recursion_remaining().get();
        self.recursion_limit().set(limit);
        self.recursion_remaining().set(limit - depth);
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
