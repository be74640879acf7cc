//! Types that this crate knows by their Python name.

use runtime::prelude::*;

/// What the name means in `builtins`.
pub fn builtin(name: &str) -> Result {
    let builtins = Interpreter::current().builtins.get();
    let found = match builtins {
        Some(builtins) => builtins.get_str(&Str::new(name))?,
        None => None,
    };
    found.ok_or_else(|| raise!(NameError, "name '{name}' is not defined"))
}

/// An attribute of a module.
pub fn named(module: &str, name: &str) -> Result {
    crate::import::module(module)?.get_attr(&Str::new(name))
}
