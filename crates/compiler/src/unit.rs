//! What is known of a compilation unit (module, class, function, lambda, annotation scope) beside its instructions,
//! and the way from both to a code object.

use bytecode::{Code, Constant, Wtf8, Wtf8Buf};
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

use crate::assemble;
use crate::constants::ConstTable;
use crate::flowgraph::Graph;
use crate::instruction_sequence::{Instruction, InstructionSequence};

/// Names in the order they were added, without duplicates.
#[derive(Clone, Debug, Default)]
pub struct NameTable {
    names: Vec<Wtf8Buf>,
    /// Empty while a search through all names does as well.
    slots: HashTable<u32>,
}

/// Up to how many entries a table is searched without hashing.
pub(crate) const FEW: usize = 8;

impl NameTable {
    pub fn new() -> Self {
        Self::default()
    }

    /// The index of `name`, which is added if it isn't there.
    pub fn add<'n>(&mut self, name: impl Into<&'n Wtf8>) -> u32 {
        let name = name.into();
        if let Some(index) = self.find(name) {
            return index;
        }
        let NameTable { names, slots } = self;
        let index = names.len();
        names.push(name.to_owned());
        if index >= FEW {
            let rehash = |&slot: &u32| hash(&names[slot as usize]);
            let start = if index == FEW { 0 } else { index };
            for (slot, name) in names.iter().enumerate().skip(start) {
                slots.insert_unique(hash(name), slot as u32, rehash);
            }
        }
        index as u32
    }

    /// The index of `name` if it is there.
    pub fn find<'n>(&self, name: impl Into<&'n Wtf8>) -> Option<u32> {
        let name = name.into();
        if self.names.len() <= FEW {
            return self.names.iter().position(|other| **other == *name).map(|index| index as u32);
        }
        self.slots.find(hash(name), |&slot| *self.names[slot as usize] == *name).copied()
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Wtf8Buf> {
        self.names.iter()
    }

    pub fn into_vec(self) -> Vec<Wtf8Buf> {
        self.names
    }
}

fn hash(name: &Wtf8) -> u64 {
    let mut hasher = FxHasher::default();
    name.as_bytes().hash(&mut hasher);
    hasher.finish()
}

/// A unit's metadata: the tables that arguments of instructions index, and what goes into the code object as it is.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    pub name: Wtf8Buf,
    pub qualname: Wtf8Buf,
    pub consts: ConstTable,
    pub names: NameTable,
    /// Local variables, parameters first (positional, keyword-only, `*args`, `**kwargs`).
    pub varnames: NameTable,
    pub cellvars: NameTable,
    /// Their arguments in instructions count from `cellvars.len()`.
    pub freevars: NameTable,
    /// Names that are fast locals only inside an inlined comprehension (PEP 709).
    pub fasthidden: Vec<Wtf8Buf>,
    /// Positional parameters, those that are positional-only included (as `co_argcount`).
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub firstlineno: i32,
    /// `CO_*` bits: [`bytecode::code::flags`].
    pub flags: u32,
}

impl Unit {
    /// The number of parameters: those counted, `*args` and `**kwargs`.
    pub fn parameter_count(&self) -> u32 {
        use bytecode::code::flags::{VARARGS, VARKEYWORDS};
        self.argcount
            + self.kwonlyargcount
            + (self.flags & VARARGS != 0) as u32
            + (self.flags & VARKEYWORDS != 0) as u32
    }

    /// The index of `constant` in `co_consts`, as far as it is known before optimization.
    pub fn add_const(&mut self, constant: Constant) -> u32 {
        self.consts.add(constant)
    }
}

/// Why a unit has no code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssembleError {
    /// More instructions, blocks or table entries than fit: a MemoryError in Python.
    TooLarge,
    /// The code itself is wrong (a stack that underflows, …): a ValueError or SystemError, and a bug of code generation.
    Invalid(&'static str),
}

impl std::fmt::Display for AssembleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            AssembleError::TooLarge => "code is too large",
            AssembleError::Invalid(message) => message,
        })
    }
}

impl std::error::Error for AssembleError {}

/// Makes code objects of units: all those of one compilation, so that they share its memory.
#[derive(Default)]
pub struct Assembler {
    filename: Wtf8Buf,
    graph: Graph,
}

impl Assembler {
    /// One for the units of that file.
    pub fn new(filename: Wtf8Buf) -> Self {
        Assembler { filename, graph: Graph::default() }
    }

    /// Optimizes the code of a unit and makes its code object. The sequence must end in a return.
    pub fn optimize_and_assemble(
        &mut self,
        mut unit: Unit,
        sequence: &InstructionSequence,
    ) -> Result<Code, AssembleError> {
        let laid_out = self.graph.optimize_and_lay_out(&mut unit, sequence)?;
        assemble::assemble(unit, laid_out, &self.filename)
    }

    /// Makes the code object of a sequence as it is: `_testinternalcapi.assemble_code_object`.
    pub fn assemble_sequence(
        &mut self,
        mut unit: Unit,
        sequence: &InstructionSequence,
    ) -> Result<Code, AssembleError> {
        let laid_out = self.graph.lay_out_unoptimized(&mut unit, sequence)?;
        assemble::assemble(unit, laid_out, &self.filename)
    }
}

/// Optimizes a sequence; gives the instructions, jumps naming their indexes, and the constants that are left:
/// `_testinternalcapi.optimize_cfg`.
pub fn optimize_sequence(
    sequence: &InstructionSequence,
    consts: ConstTable,
    locals: u32,
) -> Result<(Vec<Instruction>, Vec<Constant>), AssembleError> {
    Graph::default().optimize_only(sequence, consts, locals)
}
