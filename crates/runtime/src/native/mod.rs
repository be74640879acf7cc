//! What the declarations of native types, functions and modules expand to: tables, argument parsing, conversions.
//!
//! Written by the macros of `crates/macros`, seldom by hand. Enter at [`convert`] for what parameters and results may be,
//! at [`args`] for how arguments are matched, at [`class`] for how a declaration becomes a type object,
//! at [`system`] for what modules that call the operating system share.

pub mod args;
pub mod buffer;
pub mod class;
pub mod convert;
pub mod datetime;
pub mod extension;
pub mod module;
pub mod slots;
pub mod suggestions;
pub mod system;
mod traverse;
pub mod vectorcall;

pub use abi;
