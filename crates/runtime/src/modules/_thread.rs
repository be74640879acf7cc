//! `_thread`, as little of it as importlib needs: what serves where no crate of native modules brings the whole.

use std::cell::Cell;

use crate::prelude::*;

module! {
    name: "_thread",
    doc: "The primitives of threads.",
    functions: [get_ident, allocate_lock],
    classes: [Lock, RLock],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(intern!("error"), &crate::objects::exceptions::RuntimeError)?;
    dict.insert_str(intern!("LockType"), &LOCK_TYPE)
}

/// Return this thread's identifier.
#[function(signature = "()")]
fn get_ident() -> u64 {
    Thread::current().ident
}

/// Return a new lock.
#[function(signature = "()")]
fn allocate_lock() -> Ref<Lock> {
    Ref::new(Lock { head: Object::HEAD, depth: Cell::new(0) })
}

macro_rules! locks {
    ($($(#[$doc:meta])* $name:ident, $python:literal, $again:literal;)*) => {$(
        $(#[$doc])*
        #[class(name = $python)]
        #[repr(C)]
        pub struct $name {
            head: Object,
            depth: Cell<usize>,
        }

        #[methods]
        impl $name {
            #[new(signature = "()")]
            fn new(class: &Type) -> Result<Ref<Self>> {
                Ok(Ref::new_in(class, $name { head: Object::HEAD, depth: Cell::new(0) }))
            }

            /// Lock it; tell whether that succeeded.
            #[method(signature = "($self, blocking=True, timeout=-1)")]
            fn acquire(&self, blocking: Option<bool>, timeout: Option<f64>) -> Result<bool> {
                let _ = timeout;
                if self.depth.get() > 0 && !$again {
                    if blocking == Some(false) {
                        return Ok(false);
                    }
                    return Err(raise!(RuntimeError, "deadlock: there is only one thread"));
                }
                self.depth.set(self.depth.get() + 1);
                Ok(true)
            }

            /// Unlock it.
            #[method(signature = "($self, /)")]
            fn release(&self) -> Result<()> {
                match self.depth.get().checked_sub(1) {
                    Some(depth) => {
                        self.depth.set(depth);
                        Ok(())
                    }
                    None => Err(raise!(RuntimeError, "release unlocked lock")),
                }
            }

            /// Is it locked?
            #[method(signature = "($self, /)")]
            fn locked(&self) -> bool {
                self.depth.get() > 0
            }

            /// Lock it.
            #[method(name = "__enter__", signature = "($self, /)")]
            fn enter(&self) -> Result<bool> {
                self.acquire(Some(true), None)
            }

            /// Unlock it.
            #[method(name = "__exit__", signature = "($self, /, *exc_info)")]
            fn exit(&self, exc_info: &[&Object]) -> Result<()> {
                let _ = exc_info;
                self.release()
            }
        }
    )*};
}

locks! {
    /// A lock.
    Lock, "_thread.lock", false;
    /// A lock that its holder may take again.
    RLock, "_thread.RLock", true;
}
