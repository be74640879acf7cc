//! Native modules: databases (_sqlite3). One file a module, named as the module.
#![deny(unsafe_code)]

use runtime::native::module::NativeModule;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[];
