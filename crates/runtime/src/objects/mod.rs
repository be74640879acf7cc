//! The built-in types, one file or folder each, named as the type.

pub mod bytes;
pub mod dict;
pub mod exceptions;
pub mod float;
pub mod int;
pub mod list;
pub mod module;
pub mod set;
pub mod singletons;
pub mod str;
pub mod tuple;
pub mod r#type;

use r#type::StaticType;

/// Every built-in type that lives in static memory, in the order in which start-up makes them ready.
pub static BUILTIN_TYPES: &[&StaticType] = &[];
