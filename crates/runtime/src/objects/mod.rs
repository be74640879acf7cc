//! The built-in types, one file or folder each, named as the type.

pub mod bytes;
pub mod dict;
pub mod exceptions;
pub mod float;
pub mod generic_alias;
pub mod int;
pub mod list;
pub mod module;
pub mod object;
pub mod sequence_iterator;
pub mod set;
pub mod singletons;
pub mod str;
pub mod tuple;
pub mod r#type;
pub mod union;

use r#type::StaticType;

/// Every built-in type that lives in static memory, in the order in which start-up makes them ready.
pub static BUILTIN_TYPES: &[&StaticType] = &[];
