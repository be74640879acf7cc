//! Native modules: text (_sre, _json, _csv, unicodedata, pyexpat, …). One file a module, named as the module.
#![deny(unsafe_code)]

mod _json;
mod _sre;
mod binascii;
mod support;

use runtime::native::module::NativeModule;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[&_json::MODULE, &_sre::MODULE, &binascii::MODULE];
