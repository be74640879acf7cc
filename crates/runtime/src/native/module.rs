//! Native modules: their declaration, and the module object made from it.

use std::ffi::CStr;

use crate::errors::Result;
use crate::objects::module::Module;
use crate::objects::r#type::StaticType;
use crate::raise;
use crate::reference::Ref;

/// What `module!` declares.
pub struct NativeModule {
    pub name: &'static str,
    pub doc: Option<&'static CStr>,
    /// Ends with an empty entry.
    pub functions: &'static [abi::PyMethodDef],
    pub classes: &'static [fn() -> &'static StaticType],
    /// Runs last, to add what else the module has.
    pub exec: Option<fn(&Module) -> Result<()>>,
}

// SAFETY: nothing changes a declaration.
unsafe impl Sync for NativeModule {}

impl NativeModule {
    /// A new module object, filled in.
    pub fn create(&'static self) -> Result<Ref<Module>> {
        Err(raise!(NotImplementedError, "native modules wait for built-in functions: '{}'", self.name))
    }
}
