//! Native modules: databases (_sqlite3). One file a module, named as the module.
#![deny(unsafe_code)]

mod _sqlite3;

use runtime::native::module::NativeModule;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[&_sqlite3::MODULE];
