//! The control flow graph of a unit: built from its instructions, optimized, and laid out again. The passes and their
//! order are CPython's, since the resulting code objects must be the same to the last byte.

mod blocks;
mod borrow;
mod exceptions;
mod lines;
mod locals;
mod peephole;
mod stackdepth;
mod swaps;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::{Index, IndexMut};

use bytecode::{Constant, Location, Opcode};

use crate::constants::ConstTable;
use crate::instruction_sequence::{Instruction, InstructionSequence, UNPLACED};
use crate::unit::{AssembleError, Unit};

/// The number of a block; blocks stay where they are, their order is that of `Block::next`.
pub(crate) type BlockId = u32;

/// No block: the end of the order, or an instruction without handler.
pub(crate) const NO_BLOCK: BlockId = BlockId::MAX;

/// The block where the unit begins.
pub(crate) const ENTRY: BlockId = 0;

/// An instruction in a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instr {
    pub(crate) op: Opcode,
    /// The operand; for jumps and exception setups the block they lead to.
    pub(crate) arg: i32,
    pub(crate) loc: Location,
    /// The block that handles an exception raised here, or `NO_BLOCK`.
    pub(crate) except: BlockId,
}

impl Instr {
    pub(crate) fn new(op: Opcode, arg: i32, loc: Location) -> Self {
        Instr { op, arg, loc, except: NO_BLOCK }
    }

    pub(crate) fn set(&mut self, op: Opcode, arg: i32) {
        self.op = op;
        self.arg = arg;
    }

    pub(crate) fn set_nop(&mut self) {
        self.set(Opcode::NOP, 0);
    }

    /// Where a jump or exception setup leads.
    pub(crate) fn target(&self) -> BlockId {
        self.arg as BlockId
    }

    pub(crate) fn has_line(&self) -> bool {
        self.loc.line != Location::NONE.line
    }
}

/// What some passes look for, so that they can pass over blocks without it. Of an instruction: what it is or may become.
pub(crate) mod features {
    use bytecode::Opcode;
    use bytecode::opcode::COUNT;

    /// Opens a block with an exception handler.
    pub(crate) const SETUP: u8 = 1;
    /// Loads a constant.
    pub(crate) const CONST: u8 = 2;
    /// Loads, stores or deletes a fast local.
    pub(crate) const FAST: u8 = 4;
    /// Is replaced by a real instruction at the end.
    pub(crate) const PSEUDO: u8 = 8;
    /// May be optimized where it stands.
    pub(crate) const PEEPHOLE: u8 = 16;
    /// Swaps stack items.
    pub(crate) const SWAP: u8 = 32;

    static FEATURES: [u8; COUNT] = {
        use Opcode::*;
        let of: &[(u8, &[Opcode])] = &[
            (SETUP, &[SETUP_FINALLY, SETUP_CLEANUP, SETUP_WITH]),
            (CONST, &[LOAD_CONST, LOAD_SMALL_INT, BUILD_TUPLE, BUILD_LIST, BUILD_SET, CALL_INTRINSIC_1]),
            (FAST, &[LOAD_FAST, STORE_FAST, DELETE_FAST, LOAD_FAST_AND_CLEAR, STORE_FAST_MAYBE_NULL]),
            (FAST, &[LOAD_CLOSURE, LOAD_FAST_LOAD_FAST, STORE_FAST_LOAD_FAST, STORE_FAST_STORE_FAST]),
            (FAST, &[LOAD_FAST_CHECK]),
            (PSEUDO, &[SETUP_FINALLY, SETUP_CLEANUP, SETUP_WITH, LOAD_CLOSURE, STORE_FAST_MAYBE_NULL]),
            (PEEPHOLE, &[BUILD_TUPLE, BUILD_LIST, BUILD_SET, COMPARE_OP, CONTAINS_OP, IS_OP, TO_BOOL]),
            (PEEPHOLE, &[UNARY_NOT, UNARY_INVERT, UNARY_NEGATIVE, CALL_INTRINSIC_1, LIST_APPEND, SET_ADD]),
            (PEEPHOLE, &[BINARY_OP, LOAD_GLOBAL, STORE_FAST, Opcode::SWAP]),
            (self::SWAP, &[Opcode::SWAP, UNPACK_SEQUENCE]),
        ];
        let mut features = [0; COUNT];
        let mut group = 0;
        while group < of.len() {
            let (feature, ops) = of[group];
            let mut index = 0;
            while index < ops.len() {
                features[ops[index] as usize] |= feature;
                index += 1;
            }
            group += 1;
        }
        features
    };

    #[inline]
    pub(crate) fn of(op: Opcode) -> u8 {
        FEATURES[op as usize]
    }
}

/// A run of instructions that is entered only at its start and left only at its end.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) instrs: Vec<Instr>,
    /// The handlers of instructions that were removed behind the last one. CPython 3.14 appends into their slots
    /// without clearing the handler, and the exception table shows it.
    pub(crate) stale_handlers: VecDeque<BlockId>,
    pub(crate) next: BlockId,
    pub(crate) predecessors: u32,
    /// The stack depth at the start, once computed; negative before.
    pub(crate) start_depth: i32,
    /// Which of the first 64 locals may be unbound at the start.
    pub(crate) unsafe_locals: u64,
    /// What its instructions may need: bits of [`features`].
    pub(crate) features: u8,
    /// Whether a jump led here when the graph was built.
    pub(crate) labelled: bool,
    /// Scratch mark of the traversals.
    pub(crate) visited: bool,
    pub(crate) is_handler: bool,
    pub(crate) preserve_lasti: bool,
    pub(crate) warm: bool,
    pub(crate) cold: bool,
}

impl Block {
    fn new() -> Self {
        Block {
            instrs: Vec::new(),
            stale_handlers: VecDeque::new(),
            next: NO_BLOCK,
            predecessors: 0,
            start_depth: -1,
            unsafe_locals: 0,
            features: 0,
            labelled: false,
            visited: false,
            is_handler: false,
            preserve_lasti: false,
            warm: false,
            cold: false,
        }
    }

    /// Makes it as new, but for the memory it holds.
    fn reset(&mut self) {
        let mut instrs = std::mem::take(&mut self.instrs);
        let mut stale_handlers = std::mem::take(&mut self.stale_handlers);
        instrs.clear();
        stale_handlers.clear();
        *self = Block { instrs, stale_handlers, ..Block::new() };
    }

    /// Appends instructions; `annotations` take the place of the placeholder.
    fn extend(&mut self, instructions: &[Instruction], annotations: Option<&InstructionSequence>) {
        self.instrs.reserve(instructions.len() + 1);
        for instruction in instructions {
            if instruction.op == Opcode::ANNOTATIONS_PLACEHOLDER {
                if let Some(annotations) = annotations {
                    self.extend(&annotations.instructions, None);
                }
                continue;
            }
            self.features |= features::of(instruction.op);
            self.instrs.push(Instr::new(instruction.op, instruction.arg, instruction.loc));
        }
    }

    /// Appends an instruction that has no handler of its own.
    pub(crate) fn push(&mut self, op: Opcode, arg: i32, loc: Location) {
        let except = self.stale_handlers.pop_front().unwrap_or(NO_BLOCK);
        self.instrs.push(Instr { op, arg, loc, except });
    }

    /// Says that `count` instructions were put in.
    pub(crate) fn use_slots(&mut self, count: usize) {
        let count = count.min(self.stale_handlers.len());
        self.stale_handlers.drain(..count);
    }

    /// Cuts the block behind `count` instructions.
    pub(crate) fn truncate(&mut self, count: usize) {
        let removed = &self.instrs[count..];
        if !self.stale_handlers.is_empty() || removed.iter().any(|instr| instr.except != NO_BLOCK) {
            for instr in removed.iter().rev() {
                self.stale_handlers.push_front(instr.except);
            }
        }
        self.instrs.truncate(count);
    }

    pub(crate) fn has(&self, features: u8) -> bool {
        self.features & features != 0
    }

    pub(crate) fn last_op(&self) -> Option<Opcode> {
        self.instrs.last().map(|instr| instr.op)
    }

    /// Whether control may go on to the next block.
    pub(crate) fn falls_through(&self) -> bool {
        self.last_op().is_none_or(|op| !op.is_scope_exit() && !op.is_unconditional_jump())
    }

    /// Whether it ends in a return or raise.
    pub(crate) fn exits_scope(&self) -> bool {
        self.last_op().is_some_and(Opcode::is_scope_exit)
    }

    pub(crate) fn has_no_line(&self) -> bool {
        self.instrs.iter().all(|instr| instr.loc.line < 0)
    }
}

/// The blocks of a unit. Used for one unit after the other, it keeps the memory of its parts.
#[derive(Default)]
pub(crate) struct Graph {
    /// The first `used` are in use.
    blocks: Vec<Block>,
    used: usize,
    /// Whether any block has exception setups.
    has_setups: bool,
    /// Scratch stack of the traversals.
    stack: Vec<BlockId>,
    /// While building: the block that begins at an instruction.
    block_at: Vec<BlockId>,
}

impl Index<BlockId> for Graph {
    type Output = Block;
    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id as usize]
    }
}

impl IndexMut<BlockId> for Graph {
    fn index_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id as usize]
    }
}

impl Graph {
    /// Splits a sequence into blocks; jumps then name blocks.
    fn build(&mut self, sequence: &InstructionSequence) -> Result<(), AssembleError> {
        let InstructionSequence { instructions, labels, annotations } = sequence;
        const BAD_TARGET: AssembleError = AssembleError::Invalid("a jump leads nowhere");
        // The block that starts at an instruction: first only whether there must be one.
        const NOT_YET: BlockId = NO_BLOCK - 1;
        let mut block_at = std::mem::take(&mut self.block_at);
        block_at.clear();
        block_at.resize(instructions.len(), NO_BLOCK);
        self.used = 0;
        self.has_setups = false;
        for instruction in instructions.iter().filter(|instruction| instruction.op.has_target()) {
            let place = labels.get(instruction.arg as usize).copied().unwrap_or(UNPLACED);
            *block_at.get_mut(place as usize).ok_or(BAD_TARGET)? = NOT_YET;
        }

        // A block ends with a jump or exit, or before a target.
        let mut last = self.new_block();
        let mut start = 0;
        while start < instructions.len() {
            let mut end = start;
            loop {
                let op = instructions[end].op;
                end += 1;
                if op.is_terminator() || end == instructions.len() || block_at[end] == NOT_YET {
                    break;
                }
            }
            let block = if start == 0 { ENTRY } else { self.new_block() };
            if block_at[start] == NOT_YET {
                block_at[start] = block;
                self[block].labelled = true;
            }
            self[block].extend(&instructions[start..end], annotations.as_deref());
            self.has_setups |= self[block].has(features::SETUP);
            if block != ENTRY {
                self[last].next = block;
            }
            last = block;
            start = end;
        }
        for block in &mut self.blocks[..self.used] {
            let first = if block.has(features::SETUP) { 0 } else { block.instrs.len().saturating_sub(1) };
            for instr in block.instrs[first..].iter_mut().filter(|instr| instr.op.has_target()) {
                let target = block_at[labels[instr.arg as usize] as usize];
                if target >= NOT_YET {
                    return Err(BAD_TARGET);
                }
                instr.arg = target as i32;
            }
        }
        self.block_at = block_at;
        Ok(())
    }

    fn new_block(&mut self) -> BlockId {
        match self.blocks.get_mut(self.used) {
            Some(block) => block.reset(),
            None => self.blocks.push(Block::new()),
        }
        self.used += 1;
        self.used as BlockId - 1
    }

    fn blocks_mut(&mut self) -> &mut [Block] {
        &mut self.blocks[..self.used]
    }

    /// Puts block `new` after `block` in the order.
    fn link_after(&mut self, block: BlockId, new: BlockId) {
        self[new].next = self[block].next;
        self[block].next = new;
    }

    /// The first block from `block` on that has instructions.
    fn next_nonempty(&self, mut block: BlockId) -> BlockId {
        while block != NO_BLOCK && self[block].instrs.is_empty() {
            block = self[block].next;
        }
        block
    }

    fn clear_visited(&mut self) {
        for block in self.blocks_mut() {
            block.visited = false;
        }
    }

    /// Calls `visit` with each block in order. Blocks put in after the current one are visited too.
    fn each_block(&mut self, mut visit: impl FnMut(&mut Graph, BlockId)) {
        let mut block = ENTRY;
        while block != NO_BLOCK {
            visit(self, block);
            block = self[block].next;
        }
    }

    /// Optimizes the graph; stack depths and the final form of jumps come later.
    fn optimize(&mut self, consts: &mut ConstTable, locals: u32, parameters: u32) -> Vec<Constant> {
        self.assign_handlers();

        self.inline_small_or_lineless_blocks();
        self.remove_unreachable();
        self.resolve_lines();
        self.optimize_loads_of_constants(consts);
        self.each_block(|graph, block| graph.optimize_block(block, consts));
        self.remove_redundant_nops_and_pairs();
        self.remove_unreachable();
        self.remove_redundant_nops_and_jumps();

        let consts = self.remove_unused_consts(std::mem::take(consts).into_vec());
        self.check_uninitialized_locals(locals, parameters);
        self.insert_superinstructions();
        self.push_cold_blocks_to_end();
        self.resolve_lines();
        consts
    }

    /// The instructions in their order, jumps naming instructions.
    fn lay_out(&self) -> Vec<Placed> {
        let mut starts = vec![0; self.used];
        let mut count = 0;
        let mut block = ENTRY;
        while block != NO_BLOCK {
            starts[block as usize] = count;
            count += self[block].instrs.len() as u32;
            block = self[block].next;
        }
        let mut placed = Vec::with_capacity(count as usize);
        block = ENTRY;
        while block != NO_BLOCK {
            for instr in &self[block].instrs {
                let handler = match instr.except {
                    NO_BLOCK => None,
                    handler => Some(Handler {
                        target: starts[handler as usize],
                        start_depth: self[handler].start_depth,
                        preserve_lasti: self[handler].preserve_lasti,
                    }),
                };
                let arg = match instr.op.has_target() {
                    true => starts[instr.target() as usize],
                    false => instr.arg as u32,
                };
                placed.push(Placed { op: instr.op, arg, loc: instr.loc, handler });
            }
            block = self[block].next;
        }
        placed
    }
}

/// An instruction in its final order.
pub(crate) struct Placed {
    pub(crate) op: Opcode,
    /// The operand; for jumps the index of the instruction they lead to.
    pub(crate) arg: u32,
    pub(crate) loc: Location,
    pub(crate) handler: Option<Handler>,
}

/// Where an exception goes.
#[derive(Clone, Copy)]
pub(crate) struct Handler {
    /// The index of the handler's first instruction.
    pub(crate) target: u32,
    /// The stack depth there, what is pushed for the handler included.
    pub(crate) start_depth: i32,
    pub(crate) preserve_lasti: bool,
}

/// A unit's code, ready to be assembled.
pub(crate) struct LaidOut {
    pub(crate) instructions: Vec<Placed>,
    pub(crate) consts: Vec<Constant>,
    pub(crate) stack_size: u32,
}

impl Graph {
    /// From what code generation made of a unit to instructions in their final order.
    pub(crate) fn optimize_and_lay_out(
        &mut self,
        unit: &mut Unit,
        sequence: &InstructionSequence,
    ) -> Result<LaidOut, AssembleError> {
        if sequence.len() > i32::MAX as usize / 64 {
            return Err(AssembleError::TooLarge);
        }
        self.build(sequence)?;
        let (locals, parameters) = (unit.varnames.len() as u32, unit.parameter_count());
        let consts = self.optimize(&mut unit.consts, locals, parameters);
        self.finish(unit, consts)
    }

    /// Lays out the code of a unit without optimizing it: what `_testinternalcapi.assemble_code_object` needs.
    pub(crate) fn lay_out_unoptimized(
        &mut self,
        unit: &mut Unit,
        sequence: &InstructionSequence,
    ) -> Result<LaidOut, AssembleError> {
        self.build(sequence)?;
        self.assign_handlers();
        let consts = std::mem::take(&mut unit.consts).into_vec();
        self.finish(unit, consts)
    }

    /// Optimizes a sequence and gives it back as one: what `_testinternalcapi.optimize_cfg` needs.
    pub(crate) fn optimize_only(
        &mut self,
        sequence: &InstructionSequence,
        mut consts: ConstTable,
        locals: u32,
    ) -> Result<(Vec<Instruction>, Vec<Constant>), AssembleError> {
        self.build(sequence)?;
        let consts = self.optimize(&mut consts, locals, 0);
        self.compute_stack_depth()?;
        self.borrow_locals();
        let instruction =
            |placed: Placed| Instruction { op: placed.op, arg: placed.arg as i32, loc: placed.loc };
        Ok((self.lay_out().into_iter().map(instruction).collect(), consts))
    }

    fn finish(&mut self, unit: &Unit, consts: Vec<Constant>) -> Result<LaidOut, AssembleError> {
        self.convert_pseudo_jumps();
        let stack_size = self.compute_stack_depth()?;
        self.prepare_locals(unit);
        self.convert_pseudo_ops();
        self.normalize_jumps();
        self.borrow_locals();
        Ok(LaidOut { instructions: self.lay_out(), consts, stack_size })
    }
}
