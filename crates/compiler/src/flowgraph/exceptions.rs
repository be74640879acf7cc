//! Which block handles an exception, for each instruction.

use bytecode::Opcode;

use super::{BlockId, ENTRY, Graph, NO_BLOCK};

/// `RESUME`'s operand says where the frame goes on; this bit that only the generator's own handler is active.
const RESUME_DEPTH1: i32 = 4;

/// Handlers that are active at some place, innermost first: a list in an arena, so that paths share their tails.
struct Stack {
    handler: BlockId,
    outer: u32,
    depth: u32,
}

impl Graph {
    /// Follows the setups and `POP_BLOCK`s along all paths; notes handlers, and which instructions they are for.
    pub(super) fn assign_handlers(&mut self) {
        if !self.has_setups {
            return;
        }
        let mut stacks = vec![Stack { handler: NO_BLOCK, outer: 0, depth: 0 }];
        let mut todo: Vec<(BlockId, u32)> = vec![(ENTRY, 0)];
        self.clear_visited();
        self[ENTRY].visited = true;
        while let Some((id, mut active)) = todo.pop() {
            // The depth at the last yield.
            let mut yield_depth = 0;
            for index in 0..self[id].instrs.len() {
                let instr = &mut self[id].instrs[index];
                let (op, target) = (instr.op, instr.target());
                // What only opens or closes a block has no handler.
                if !op.is_block_push() && op != Opcode::POP_BLOCK {
                    instr.except = stacks[active as usize].handler;
                }
                if op.is_block_push() {
                    self[target].is_handler = true;
                    self.visit_with(&mut todo, target, active);
                    if matches!(op, Opcode::SETUP_WITH | Opcode::SETUP_CLEANUP) {
                        self[target].preserve_lasti = true;
                    }
                    let depth = stacks[active as usize].depth + 1;
                    stacks.push(Stack { handler: target, outer: active, depth });
                    active = stacks.len() as u32 - 1;
                } else if op == Opcode::POP_BLOCK {
                    active = stacks[active as usize].outer;
                    instr.set_nop();
                } else if op.has_jump() {
                    self.visit_with(&mut todo, target, active);
                } else if op == Opcode::RESUME {
                    if instr.arg != 0 && yield_depth == 1 {
                        instr.arg |= RESUME_DEPTH1;
                    }
                } else if op == Opcode::YIELD_VALUE {
                    yield_depth = stacks[active as usize].depth;
                }
            }
            let next = self[id].next;
            if next != NO_BLOCK && self[id].falls_through() {
                self.visit_with(&mut todo, next, active);
            }
        }
    }

    fn visit_with(&mut self, todo: &mut Vec<(BlockId, u32)>, block: BlockId, active: u32) {
        if !self[block].visited {
            self[block].visited = true;
            todo.push((block, active));
        }
    }
}
