//! `localcontext()`: a context for the body of a with statement.

use runtime::prelude::*;

use super::context::Context;

/// A context manager that makes a context the current one, and puts the former one back.
#[class(name = "decimal.ContextManager", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct ContextManager {
    head: Object,
    local: Link<Context>,
    global: Link<Context>,
}

impl ContextManager {
    pub fn make(local: Ref<Context>, global: Ref<Context>) -> Ref<ContextManager> {
        Ref::new(ContextManager { head: Object::HEAD, local: Link::new(local), global: Link::new(global) })
    }
}

#[methods]
impl ContextManager {
    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Result<Ref<Context>> {
        let Some(local) = self.local.get() else { return Err(raise!(ValueError, "no context")) };
        local.make_current()?;
        Ok(local)
    }

    #[method(name = "__exit__", signature = "($self, /, *args)")]
    fn exit(&self, _args: &[&Object]) -> Result<bool> {
        if let Some(global) = self.global.get() {
            global.make_current()?;
        }
        Ok(false)
    }
}
