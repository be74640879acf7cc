//! Bytecode: the instruction table, code objects as plain data, and the marshal format.
//!
//! Knows nothing of Python objects, of syntax trees or of the interpreter: plain data in, plain data out.
//! Enter at [`Code`] and [`Opcode`].

pub mod code;
pub mod exceptiontable;
pub mod linetable;
pub mod marshal;
pub mod opcode;
pub mod operands;
pub mod wtf8;

pub use code::{Code, Constant};
pub use exceptiontable::{ExceptionEntry, ExceptionTableWriter};
pub use linetable::{LineTableWriter, Location};
pub use opcode::Opcode;
pub use wtf8::{Wtf8, Wtf8Buf};
