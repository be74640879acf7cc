//! Audit events (PEP 578).

use std::cell::RefCell;

use crate::prelude::*;

#[derive(Default)]
struct Hooks {
    hooks: RefCell<Vec<Ref>>,
}

/// Tells the audit hooks of an event; what one raises is the caller's.
#[inline]
pub fn audit(event: &str, args: &[&Object]) -> Result<()> {
    let hooks = Interpreter::current().state::<Hooks>();
    if hooks.hooks.borrow().is_empty() {
        return Ok(());
    }
    run(hooks, event, args)
}

#[cold]
fn run(hooks: &Hooks, event: &str, args: &[&Object]) -> Result<()> {
    let event = Str::new(event);
    let arguments = Tuple::from_vec(args.iter().map(|argument| argument.to_ref()).collect());
    let all = hooks.hooks.borrow().clone();
    for hook in all {
        hook.call(&[&event, &arguments])?;
    }
    Ok(())
}

/// Report an event to the audit hooks.
#[function(name = "audit", signature = "(event, /, *args)")]
pub(super) fn audit_function(event: &Object, args: &[&Object]) -> Result<()> {
    let Some(event) = event.downcast::<Str>() else {
        let given = event.ty().full_name();
        return Err(raise!(TypeError, "audit() argument 1 must be str, not {given}"));
    };
    audit(event.to_utf8()?, args)
}

/// Add a function that is called with every audit event and its arguments. It stays for ever.
#[function(signature = "(hook)")]
pub(super) fn addaudithook(hook: &Object) -> Result<()> {
    if let Err(raised) = audit("sys.addaudithook", &[]) {
        if raised.matches(&crate::objects::exceptions::RuntimeError) {
            raised.clear();
            return Ok(());
        }
        return Err(raised);
    }
    Interpreter::current().state::<Hooks>().hooks.borrow_mut().push(hook.to_ref());
    Ok(())
}
