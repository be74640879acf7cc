//! Native modules: text (_sre, _json, _csv, unicodedata, pyexpat, …). One file a module, named as the module.
#![deny(unsafe_code)]

use runtime::native::module::NativeModule;

mod binascii;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[&binascii::MODULE];
