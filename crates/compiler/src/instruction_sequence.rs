//! The linear form of a unit's code: what code generation appends to, what the flow graph is built from,
//! and what the assembler reads. Jumps and exception setups name labels.

pub use bytecode::{Location, Opcode};

/// The location of an artificial instruction that takes on that of the instruction after it.
pub const NEXT_LOCATION: Location = Location::new(-2, -2, -2, -2);

/// A jump target, before its place is known. Made by [`InstructionSequence::new_label`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(pub(crate) u32);

/// One instruction, real or pseudo. For jumps and exception setups `arg` is the number of a label.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    pub op: Opcode,
    pub arg: i32,
    pub loc: Location,
}

/// A growing list of instructions with labels between them.
#[derive(Clone, Debug, Default)]
pub struct InstructionSequence {
    pub(crate) instructions: Vec<Instruction>,
    /// The index of the instruction each label stands before; `UNPLACED` until it is used.
    pub(crate) labels: Vec<u32>,
    /// Set by [`InstructionSequence::set_annotations`].
    pub(crate) annotations: Option<Box<InstructionSequence>>,
}

pub(crate) const UNPLACED: u32 = u32::MAX;

impl InstructionSequence {
    pub fn new() -> Self {
        Self::default()
    }

    /// A label that is not placed yet.
    pub fn new_label(&mut self) -> Label {
        self.labels.push(UNPLACED);
        Label(self.labels.len() as u32 - 1)
    }

    /// Places `label` before the instruction that comes next.
    pub fn use_label(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.instructions.len() as u32;
    }

    /// Appends an instruction; `arg` is 0 for one that takes none.
    pub fn add(&mut self, op: Opcode, arg: i32, loc: Location) {
        self.instructions.push(Instruction { op, arg, loc });
    }

    /// Appends a jump or an exception setup (`SETUP_FINALLY`, `SETUP_CLEANUP`, `SETUP_WITH`) to `target`.
    pub fn add_jump(&mut self, op: Opcode, target: Label, loc: Location) {
        self.add(op, target.0 as i32, loc);
    }

    /// Inserts an instruction before the one at `position`; labels at or after it move along.
    pub fn insert(&mut self, position: usize, op: Opcode, arg: i32, loc: Location) {
        self.instructions.insert(position, Instruction { op, arg, loc });
        for place in &mut self.labels {
            if *place != UNPLACED && *place as usize >= position {
                *place += 1;
            }
        }
    }

    /// Sets the code that replaces `ANNOTATIONS_PLACEHOLDER`; it has no labels. Without it the placeholder vanishes.
    pub fn set_annotations(&mut self, annotations: InstructionSequence) {
        self.annotations = Some(Box::new(annotations));
    }

    /// Empties the sequence but keeps its memory.
    pub fn clear(&mut self) {
        self.instructions.clear();
        self.labels.clear();
        self.annotations = None;
    }

    /// A sequence whose jumps name indexes of instructions instead of labels.
    pub fn from_instructions(instructions: Vec<Instruction>) -> Self {
        let labels = (0..instructions.len() as u32).collect();
        InstructionSequence { instructions, labels, annotations: None }
    }

    /// How many instructions there are.
    pub fn len(&self) -> usize {
        self.instructions.len()
    }

    pub fn is_empty(&self) -> bool {
        self.instructions.is_empty()
    }

    /// The instructions so far; for tests and for `_testinternalcapi`.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// The index of the instruction that `label` stands before.
    pub fn position(&self, label: Label) -> Option<usize> {
        self.labels.get(label.0 as usize).filter(|&&place| place != UNPLACED).map(|&place| place as usize)
    }
}
