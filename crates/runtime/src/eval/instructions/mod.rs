//! The handlers of the instructions, by topic: each reads as its stack picture in the instruction table says.

mod async_;
mod attributes;
mod build;
mod calls;
mod exceptions;
mod jumps;
mod load_store;
pub mod operators;
mod patterns;
mod specialized_attributes;
mod specialized_calls;

pub use async_::*;
pub use attributes::*;
pub use build::*;
pub use calls::*;
pub use exceptions::*;
pub use jumps::*;
pub use load_store::*;
pub use operators::*;
pub use patterns::*;
pub use specialized_attributes::*;
pub use specialized_calls::*;
