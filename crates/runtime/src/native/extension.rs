//! Extension modules in shared libraries: the C API's crate, which this one doesn't know, says here how to load them.

use std::sync::OnceLock;

use crate::errors::Result;
use crate::object::Object;
use crate::raise;

/// The two phases of an extension module's life (PEP 489).
pub struct Loader {
    /// `_imp.create_dynamic(spec)`: loads the library and makes the module.
    pub create: fn(&Object) -> Result,
    /// `_imp.exec_dynamic(module)`: runs its body, once.
    pub execute: fn(&Object) -> Result<()>,
    /// `sys.setdlopenflags(flags)`.
    pub set_flags: fn(i32),
}

static LOADER: OnceLock<Loader> = OnceLock::new();

/// Says how extension modules are loaded; the first to say so counts.
pub fn install(loader: Loader) {
    let _ = LOADER.set(loader);
}

/// How extension modules are loaded; ImportError where no C API is built in.
pub fn loader() -> Result<&'static Loader> {
    LOADER.get().ok_or_else(|| raise!(ImportError, "this build can't load extension modules"))
}
