//! Loads of locals that needn't take a reference: the local outlives the item on the stack.
//!
//! Inside each block the stack is simulated; every item knows the load it comes from. A load stays strong if one of
//! its items is still there when the local is overwritten or deleted, is stored in a local, or outlives the block.

use bytecode::Opcode;

use super::{BlockId, ENTRY, Graph, Instr, NO_BLOCK, features};

/// An item on the simulated stack.
#[derive(Clone, Copy)]
struct Item {
    /// The index of the instruction that pushed it, or `UNKNOWN`.
    instr: u32,
    /// The local it was loaded from, or `NO_LOCAL`.
    local: i32,
}

const UNKNOWN: u32 = u32::MAX;
const NO_LOCAL: i32 = -1;
const UNKNOWN_ITEM: Item = Item { instr: UNKNOWN, local: NO_LOCAL };

#[derive(Default)]
struct Simulation {
    stack: Vec<Item>,
    /// For each instruction of the block, whether what it pushed must be a reference of its own.
    strong: Vec<bool>,
}

impl Simulation {
    fn push(&mut self, instr: usize, local: i32) {
        self.stack.push(Item { instr: instr as u32, local });
    }

    fn pop(&mut self) -> Item {
        self.stack.pop().unwrap_or(UNKNOWN_ITEM)
    }

    fn drop(&mut self, count: u32) {
        self.stack.truncate(self.stack.len().saturating_sub(count as usize));
    }

    fn push_new(&mut self, instr: usize, count: u32) {
        for _ in 0..count {
            self.push(instr, NO_LOCAL);
        }
    }

    fn keep(&mut self, item: Item) {
        if item.instr != UNKNOWN {
            self.strong[item.instr as usize] = true;
        }
    }

    fn kill(&mut self, local: i32) {
        for item in &self.stack {
            if item.local == local {
                self.strong[item.instr as usize] = true;
            }
        }
    }

    fn store(&mut self, local: i32) {
        let item = self.pop();
        self.kill(local);
        self.keep(item);
    }

    /// The effect of one instruction, for control that doesn't jump.
    fn run(&mut self, index: usize, instr: &Instr) {
        use Opcode::*;
        let arg = instr.arg;
        let popped = || instr.op.popped(if instr.op.has_target() { 0 } else { arg as u32 });
        let pushed = || instr.op.pushed(if instr.op.has_target() { 0 } else { arg as u32 });
        match instr.op {
            DELETE_FAST => self.kill(arg),
            LOAD_FAST => self.push(index, arg),
            LOAD_FAST_AND_CLEAR => {
                self.kill(arg);
                self.push(index, arg);
            }
            LOAD_FAST_LOAD_FAST => {
                self.push(index, arg >> 4);
                self.push(index, arg & 15);
            }
            STORE_FAST => self.store(arg),
            STORE_FAST_LOAD_FAST => {
                self.store(arg >> 4);
                self.push(index, arg & 15);
            }
            STORE_FAST_STORE_FAST => {
                self.store(arg >> 4);
                self.store(arg & 15);
            }

            COPY => {
                let item =
                    self.stack.len().checked_sub(arg as usize).map_or(UNKNOWN_ITEM, |at| self.stack[at]);
                self.stack.push(item);
            }
            SWAP => {
                if let Some(other) = self.stack.len().checked_sub(arg as usize) {
                    let top = self.stack.len() - 1;
                    self.stack.swap(top, other);
                }
            }

            // These may give their operand back.
            FORMAT_SIMPLE | GET_YIELD_FROM_ITER => {}
            // These leave all their operands.
            GET_ANEXT | GET_LEN | IMPORT_FROM | MATCH_KEYS | MATCH_MAPPING | MATCH_SEQUENCE
            | WITH_EXCEPT_START => {
                // CPython 3.14 counts what these push as coming from the block's first instructions.
                for item in 0..(pushed() - popped()) as usize {
                    self.push(item, NO_LOCAL);
                }
            }
            // These leave the lower ones.
            DICT_MERGE | DICT_UPDATE | LIST_APPEND | LIST_EXTEND | MAP_ADD | RERAISE | SET_ADD
            | SET_UPDATE => {
                self.drop(popped() - pushed());
            }
            END_SEND | SET_FUNCTION_ATTRIBUTE => {
                let top = self.pop();
                self.pop();
                self.stack.push(top);
            }
            CHECK_EXC_MATCH => {
                self.pop();
                self.push(index, NO_LOCAL);
            }
            FOR_ITER => self.push(index, NO_LOCAL),
            LOAD_ATTR | LOAD_SUPER_ATTR => {
                let owner = self.pop();
                if instr.op == LOAD_SUPER_ATTR {
                    self.drop(2);
                }
                self.push(index, NO_LOCAL);
                if arg & 1 != 0 {
                    // A method's self may be the owner as it was.
                    self.stack.push(owner);
                }
            }
            LOAD_SPECIAL | PUSH_EXC_INFO => {
                let top = self.pop();
                self.push(index, NO_LOCAL);
                self.stack.push(top);
            }
            SEND => {
                self.pop();
                self.push(index, NO_LOCAL);
            }
            _ => {
                self.drop(popped());
                self.push_new(index, pushed());
            }
        }
    }
}

impl Graph {
    pub(super) fn borrow_locals(&mut self) {
        self.clear_visited();
        let mut todo: Vec<BlockId> = vec![ENTRY];
        self[ENTRY].visited = true;
        self[ENTRY].start_depth = 0;
        let mut simulation = Simulation::default();
        while let Some(id) = todo.pop() {
            let block = &mut self[id];
            if block.has(features::FAST) {
                simulation.strong.clear();
                simulation.strong.resize(block.instrs.len(), false);
                simulation.stack.clear();
                simulation.stack.resize(block.start_depth.max(0) as usize, UNKNOWN_ITEM);
                for (index, instr) in block.instrs.iter().enumerate() {
                    simulation.run(index, instr);
                }
                while let Some(item) = simulation.stack.pop() {
                    simulation.keep(item);
                }
                for (instr, &strong) in block.instrs.iter_mut().zip(&simulation.strong) {
                    instr.op = match instr.op {
                        Opcode::LOAD_FAST if !strong => Opcode::LOAD_FAST_BORROW,
                        Opcode::LOAD_FAST_LOAD_FAST if !strong => Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW,
                        op => op,
                    };
                }
            }
            let next = block.next;
            let (last, falls_through) = (block.instrs.last().copied(), block.falls_through());
            // A conditional jump may have a `NOT_TAKEN` behind it by now; setups are gone, or (where a graph is only
            // optimized) anywhere.
            let count = self[id].instrs.len();
            let first = if self[id].has(features::SETUP) { 0 } else { count.saturating_sub(2) };
            for index in first..count {
                let instr = self[id].instrs[index];
                if instr.op.has_target() {
                    self.visit(&mut todo, instr.target());
                }
            }
            if last.is_some() && falls_through && next != NO_BLOCK {
                self.visit(&mut todo, next);
            }
        }
    }

    fn visit(&mut self, todo: &mut Vec<BlockId>, id: BlockId) {
        if !self[id].visited {
            self[id].visited = true;
            todo.push(id);
        }
    }
}
