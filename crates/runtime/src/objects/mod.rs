//! The built-in types, one file or folder each, named as the type.

pub mod bytes;
pub mod capsule;
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
pub mod super_;
pub mod tuple;
pub mod r#type;
pub mod union;

use crate::errors::Result;
use r#type::StaticType;

/// Every built-in type that lives in static memory; start-up makes them ready in this order, bases first.
pub static BUILTIN_TYPES: &[&StaticType] = &[
    // The order of what start-up itself needs.
    &object::OBJECT_TYPE,
    &r#type::TYPE_TYPE,
    // The others.
    &super_::SUPER_TYPE,
];

/// Makes the built-in types ready. An interpreter's first act, with its thread attached.
pub fn init() -> Result<()> {
    r#type::ready_builtins(BUILTIN_TYPES)
}
