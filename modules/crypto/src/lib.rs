//! Native modules: hashes and randomness (_hashlib, _sha2, _md5, …). One file a module, named as the module.
#![deny(unsafe_code)]

use runtime::native::module::NativeModule;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[];
