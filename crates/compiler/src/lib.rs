//! Syntax trees to code objects, as plain data.

mod assemble;
pub mod constants;
mod flowgraph;
mod fold;
pub mod instruction_sequence;
pub mod unit;
