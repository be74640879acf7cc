//! The stack depth at the start of each block, and the deepest.

use bytecode::Opcode;

use super::{BlockId, ENTRY, Graph, NO_BLOCK};
use crate::unit::AssembleError;

impl Graph {
    pub(super) fn compute_stack_depth(&mut self) -> Result<u32, AssembleError> {
        for block in self.blocks_mut() {
            block.start_depth = -1;
        }
        let mut deepest = 0;
        let mut stack = std::mem::take(&mut self.stack);
        self.enter_at(&mut stack, ENTRY, 0)?;
        while let Some(id) = stack.pop() {
            let mut depth = self[id].start_depth;
            let mut next = self[id].next;
            for index in 0..self[id].instrs.len() {
                let instr = self[id].instrs[index];
                let has_target = instr.op.has_target();
                let arg = if has_target { 0 } else { instr.arg as u32 };
                let effect = instr.op.pushed(arg) as i32 - instr.op.popped(arg) as i32;
                if has_target && instr.op != Opcode::END_ASYNC_FOR {
                    deepest = deepest.max(depth + effect);
                    self.enter_at(&mut stack, instr.target(), depth + effect)?;
                }
                if !instr.op.is_block_push() {
                    depth += effect;
                }
                if depth < 0 {
                    return Err(AssembleError::Invalid("Invalid CFG, stack underflow"));
                }
                deepest = deepest.max(depth);
                if instr.op.is_unconditional_jump() || instr.op.is_scope_exit() {
                    next = NO_BLOCK;
                    break;
                }
            }
            if next != NO_BLOCK {
                self.enter_at(&mut stack, next, depth)?;
            }
        }
        self.stack = stack;
        Ok(deepest as u32)
    }

    fn enter_at(&mut self, stack: &mut Vec<BlockId>, id: BlockId, depth: i32) -> Result<(), AssembleError> {
        let block = &mut self[id];
        if block.start_depth < 0 {
            block.start_depth = depth;
            stack.push(id);
        } else if block.start_depth != depth {
            return Err(AssembleError::Invalid("Invalid CFG, inconsistent stackdepth"));
        }
        Ok(())
    }
}
