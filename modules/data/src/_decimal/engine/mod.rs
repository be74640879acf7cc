//! Decimal arithmetic (IBM's General Decimal Arithmetic Specification) without Python: numbers, the settings they are
//! computed under, the conditions that operations report. Results, conditions and limits are those of libmpdec.

mod add;
mod bitwise;
mod coefficient;
mod compare;
mod digits;
mod divide;
mod exponential;
mod multiply;
mod natural;
mod number;
mod parse;
mod power;
mod quantize;
mod root;
mod rounding;
mod settings;
mod text;
mod transform;
mod words;

pub use bitwise::Logical;
pub use coefficient::Coefficient;
pub use natural::from_binary;
pub use number::{Kind, Number};
pub use settings::*;
