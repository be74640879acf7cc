//! Native modules: their declaration, and the module object made from it.

use std::ffi::CStr;

use crate::errors::Result;
use crate::intern;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::objects::r#type::StaticType;
use crate::reference::Ref;

/// A class of a module, with the name that the module knows it by, if that isn't its own.
pub type ModuleClass = (fn() -> &'static StaticType, Option<&'static str>);

/// What `module!` declares.
pub struct NativeModule {
    pub name: &'static str,
    pub doc: Option<&'static CStr>,
    /// Ends with an empty entry.
    pub functions: &'static [abi::PyMethodDef],
    pub classes: &'static [ModuleClass],
    /// Runs last, to add what else the module has.
    pub exec: Option<fn(&Module) -> Result<()>>,
}

// SAFETY: nothing changes a declaration.
unsafe impl Sync for NativeModule {}

impl NativeModule {
    /// A new module object, filled in.
    pub fn create(&'static self) -> Result<Ref<Module>> {
        let module = Module::new(self.name);
        let dict = module.dict();
        if let Some(doc) = self.doc {
            dict.insert_str(intern!("__doc__"), &Str::new(&doc.to_string_lossy()))?;
        }
        // SAFETY: a declaration's table is static and ends with an empty entry.
        unsafe { module.add_functions(self.functions.as_ptr())? };
        for (class, alias) in self.classes {
            let class = class();
            class.ready()?;
            dict.insert_str(&Str::intern(Str::new(alias.unwrap_or(class.name()))), class)?;
        }
        if let Some(exec) = self.exec {
            exec(&module)?;
        }
        Ok(module)
    }
}
