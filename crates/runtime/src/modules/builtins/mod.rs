//! `builtins`: the built-in functions, types and exceptions. <https://docs.python.org/3.14/library/functions.html>.

mod attributes;
mod class;
pub mod compilation;
mod iteration;
mod names;
mod numbers;
mod output;

use crate::objects::BUILTIN_TYPES;
use crate::objects::exceptions::EXCEPTION_TYPES;
use crate::prelude::*;

pub use compilation::{Ast, install_ast, merge_flags, optimization};
pub use names::{current_globals, current_locals};
pub use output::write_text;

module! {
    name: "builtins",
    doc: "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in' identifiers of Python.",
    functions: [
        class::build_class,
        names::dunder_import,
        numbers::abs,
        iteration::aiter,
        iteration::all,
        iteration::anext,
        iteration::any,
        attributes::ascii,
        numbers::bin,
        output::breakpoint,
        attributes::callable,
        numbers::chr,
        compilation::compile,
        attributes::delattr,
        attributes::dir,
        numbers::divmod,
        compilation::eval,
        compilation::exec,
        attributes::format,
        attributes::getattr,
        names::globals,
        attributes::hasattr,
        attributes::hash,
        numbers::hex,
        attributes::id,
        output::input,
        attributes::isinstance,
        attributes::issubclass,
        iteration::iter,
        attributes::len,
        names::locals,
        iteration::max,
        iteration::min,
        iteration::next,
        numbers::oct,
        numbers::ord,
        numbers::pow,
        output::print,
        attributes::repr,
        numbers::round,
        attributes::setattr,
        iteration::sorted,
        iteration::sum,
        attributes::vars,
    ],
    exec: exec,
}

/// The types that are named in `builtins`, beside the exceptions.
const TYPES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "int",
    "list",
    "map",
    "memoryview",
    "object",
    "property",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
];

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(intern!("None"), &none())?;
    dict.insert_str(intern!("Ellipsis"), &ellipsis())?;
    dict.insert_str(intern!("NotImplemented"), &not_implemented())?;
    dict.insert_str(intern!("False"), &py_false())?;
    dict.insert_str(intern!("True"), &py_true())?;
    for ty in BUILTIN_TYPES.iter().chain(EXCEPTION_TYPES) {
        let full = ty.full_name();
        if TYPES.contains(&full) || (ty.has_flag(abi::Py_TPFLAGS_BASE_EXC_SUBCLASS) && !full.contains('.')) {
            dict.insert_str(&Str::intern(Str::new(ty.name())), ty)?;
        }
    }
    if let Some(os_error) = dict.get_str(intern!("OSError"))? {
        dict.insert_str(intern!("EnvironmentError"), &os_error)?;
        dict.insert_str(intern!("IOError"), &os_error)?;
    }
    dict.insert_str(intern!("ExceptionGroup"), &*crate::objects::exceptions::exception_group_type()?)?;
    Ok(())
}
