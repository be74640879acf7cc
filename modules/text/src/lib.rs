//! Native modules: text (_sre, _json, _csv, unicodedata, pyexpat, …) and the front end (_ast, _opcode, _symtable, _tokenize). One file a module, named as the module.
#![deny(unsafe_code)]

pub mod _ast;
mod _csv;
mod _elementtree;
mod _json;
mod _locale;
pub mod _opcode;
mod _sre;
pub mod _symtable;
pub mod _tokenize;
mod binascii;
mod expat;
mod pyexpat;
mod support;
mod unicodedata;

use runtime::native::module::NativeModule;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[
    &_ast::MODULE,
    &_csv::MODULE,
    &_elementtree::MODULE,
    &_json::MODULE,
    &_locale::MODULE,
    &_opcode::MODULE,
    &_sre::MODULE,
    &_symtable::MODULE,
    &_tokenize::MODULE,
    &binascii::MODULE,
    &pyexpat::MODULE,
    &unicodedata::MODULE,
];

/// What must be in place before the first program runs.
pub fn install() {
    _ast::install();
}
