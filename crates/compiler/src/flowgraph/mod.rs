//! The control flow graph of a unit: built from its instructions, optimized, and laid out again.

use bytecode::{Constant, Location, Opcode};

use crate::instruction_sequence::InstructionSequence;
use crate::unit::{AssembleError, Unit};

/// An instruction in its final order, with its handler.
pub(crate) struct Placed {
    pub(crate) op: Opcode,
    /// The operand; for jumps the index of the instruction they lead to.
    pub(crate) arg: u32,
    pub(crate) loc: Location,
    /// Index into `LaidOut::handlers`, or `NO_HANDLER`.
    pub(crate) handler: u32,
}

pub(crate) struct LaidOut {
    pub(crate) instructions: Vec<Placed>,
    pub(crate) consts: Vec<Constant>,
}

pub(crate) fn optimize_and_lay_out(
    _unit: &mut Unit,
    _sequence: InstructionSequence,
) -> Result<LaidOut, AssembleError> {
    Err(AssembleError::Invalid("the flow graph is not built yet"))
}
