//! From laid out instructions to a code object.

use bytecode::Code;

use crate::flowgraph::LaidOut;
use crate::unit::{AssembleError, Options, Unit};

pub(crate) fn assemble(_unit: Unit, _laid_out: LaidOut, _options: &Options) -> Result<Code, AssembleError> {
    Err(AssembleError::Invalid("the assembler is not built yet"))
}
