//! What belongs to one interpreter: modules, built-ins, interned strings, the collector, and the state of native modules.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;

use crate::gc;
use crate::objects::dict::Dict;
use crate::reference::Link;
use crate::thread::Thread;

/// An interpreter: everything that two subinterpreters do not share.
#[derive(Default)]
pub struct Interpreter {
    /// `sys.modules`.
    pub modules: Link<Dict>,
    /// The dictionary of the `builtins` module.
    pub builtins: Link<Dict>,
    /// The dictionary of the `sys` module.
    pub sys: Link<Dict>,
    pub gc: gc::State,
    pub interned: crate::objects::str::Interned,
    pub type_cache: crate::objects::r#type::TypeCache,
    /// The next number for [`Dict::keys_version`]; 0 only before the first.
    pub next_keys_version: std::cell::Cell<u32>,
    /// The last number given to code objects and functions.
    pub next_function_version: std::cell::Cell<u32>,
    /// Built-in functions that have instructions of their own.
    pub callables: crate::eval::specialize::Callables,
    /// Which tools monitor code.
    pub monitoring: crate::eval::instrumentation::State,
    state: RefCell<HashMap<TypeId, &'static dyn Any>>,
}

impl Interpreter {
    pub fn current() -> &'static Interpreter {
        Thread::current().interpreter
    }

    /// This interpreter's state of one native module, made on first use. It lives as long as the process.
    pub fn state<T: Default + 'static>(&self) -> &'static T {
        if let Some(state) = self.state.borrow().get(&TypeId::of::<T>()) {
            return state.downcast_ref().expect("keyed by its type");
        }
        let state: &'static T = Box::leak(Box::default());
        self.state
            .borrow_mut()
            .entry(TypeId::of::<T>())
            .or_insert(state)
            .downcast_ref()
            .expect("keyed by its type")
    }
}
