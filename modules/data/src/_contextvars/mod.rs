//! `_contextvars`: context variables (PEP 567), and which context is a thread's current one.

use runtime::prelude::*;

mod context;
mod token;
mod variable;

pub use context::Context;
use token::{MISSING, Token};
pub use variable::ContextVar;

/// Return a shallow copy of the current context.
#[function(signature = "($module, /)")]
fn copy_context(_module: &Module) -> Ref<Context> {
    Context::current().copied()
}

fn as_context(object: &Object) -> Result<&Context> {
    object.downcast::<Context>().ok_or_else(|| raise!(TypeError, "an instance of Context was expected"))
}

fn exec(_module: &Module) -> Result<()> {
    let hooks = Interpreter::current().state::<runtime::context::Hooks>();
    hooks.enter.set(Some(|context| as_context(context)?.enter()));
    hooks.exit.set(Some(|context| as_context(context)?.exit()));
    // `Token.MISSING` is seen by everyone: its type becomes ready with the module.
    token::MISSING_TYPE_TYPE.ready()?;
    if let Some(dict) = Token::type_object().dict() {
        dict.insert_str(intern!("MISSING"), MISSING.as_object())?;
        Token::type_object().modified();
    }
    Ok(())
}

module! {
    name: "_contextvars",
    doc: "Context Variables",
    functions: [copy_context],
    classes: [Context, ContextVar, Token],
    exec: exec,
}
