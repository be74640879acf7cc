//! What one can do with any object, as methods of [`Object`](crate::object::Object): attributes, items, comparison, numbers, iteration, calls.

pub mod attribute;
pub mod call;
pub mod compare;
pub mod item;
pub mod iterate;
pub mod number;
pub mod text;
