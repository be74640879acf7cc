//! The import system's native part.

use crate::errors::{Raised, Result};
use crate::object::Object;
use crate::objects::str::Str;

/// Raises the ImportError of a `from module import name` that found nothing.
pub fn cannot_import_name(_module: &Object, _name: &Str) -> Result<Raised> {
    todo!()
}

/// `import name`, giving the named module itself (of a dotted name the last part).
pub fn import_module(name: &str) -> Result {
    let name = Str::new(name);
    let interpreter = crate::interpreter_state::Interpreter::current();
    if let Some(modules) = interpreter.modules.get()
        && let Some(module) = modules.get_str(&name)?
    {
        return Ok(module);
    }
    let import = crate::eval::names::builtin(interpreter, crate::intern!("__import__"))?;
    import.call(&[&name])?;
    let found = match interpreter.modules.get() {
        Some(modules) => modules.get_str(&name)?,
        None => None,
    };
    found.ok_or_else(|| crate::raise!(ImportError, "No module named '{name}'"))
}
