//! Local variables: which may be unbound when they are loaded, and where each has its place in the frame.

use bytecode::code::flags;
use bytecode::{Location, Opcode};

use super::{BlockId, ENTRY, Graph, Instr, NO_BLOCK, features};
use crate::unit::Unit;

/// How many locals are followed through the whole graph; the others only inside a block, lest the time grow
/// quadratically.
const TRACKED: u32 = 64;

impl Graph {
    /// Makes loads of possibly unbound locals `LOAD_FAST_CHECK`.
    pub(super) fn check_uninitialized_locals(&mut self, mut locals: u32, parameters: u32) {
        if locals == 0 {
            return;
        }
        if locals > TRACKED {
            self.check_further_locals(locals);
            locals = TRACKED;
        }
        let below = |count: u32| if count >= 64 { u64::MAX } else { (1 << count) - 1 };
        let unbound_at_start = below(locals) & !below(parameters);
        self.clear_visited();
        let mut stack = std::mem::take(&mut self.stack);
        self.add_unsafe(&mut stack, ENTRY, unbound_at_start);
        self.each_block(|graph, id| graph.scan_locals(&mut stack, id));
        while let Some(id) = stack.pop() {
            self[id].visited = false;
            self.scan_locals(&mut stack, id);
        }
        self.stack = stack;
    }

    /// Follows which locals may be unbound through a block and on to those after it.
    fn scan_locals(&mut self, stack: &mut Vec<BlockId>, id: BlockId) {
        use Opcode::*;
        let mut unsafe_locals = self[id].unsafe_locals;
        // The state that the current handler knows already.
        let mut told = (NO_BLOCK, 0);
        // Without handlers, a block that doesn't touch locals only passes on what it was told.
        let count = if self.has_setups || self[id].has(features::FAST) { self[id].instrs.len() } else { 0 };
        for index in 0..count {
            let instr = &mut self[id].instrs[index];
            let except = instr.except;
            if instr.arg >= 0 && (instr.arg as u32) < TRACKED {
                let bit = 1u64 << instr.arg;
                if except != NO_BLOCK && told != (except, unsafe_locals) {
                    told = (except, unsafe_locals);
                    self.add_unsafe(stack, except, unsafe_locals);
                }
                let instr = &mut self[id].instrs[index];
                match instr.op {
                    DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => unsafe_locals |= bit,
                    STORE_FAST | LOAD_FAST_CHECK => unsafe_locals &= !bit,
                    LOAD_FAST => {
                        if unsafe_locals & bit != 0 {
                            instr.op = LOAD_FAST_CHECK;
                        }
                        unsafe_locals &= !bit;
                    }
                    _ => {}
                }
            } else if except != NO_BLOCK && told != (except, unsafe_locals) {
                told = (except, unsafe_locals);
                self.add_unsafe(stack, except, unsafe_locals);
            }
        }
        let next = self[id].next;
        if next != NO_BLOCK && self[id].falls_through() {
            self.add_unsafe(stack, next, unsafe_locals);
        }
        if let Some(&last) = self[id].instrs.last()
            && last.op.has_jump()
        {
            self.add_unsafe(stack, last.target(), unsafe_locals);
        }
    }

    fn add_unsafe(&mut self, stack: &mut Vec<BlockId>, id: BlockId, unsafe_locals: u64) {
        let block = &mut self[id];
        if block.unsafe_locals | unsafe_locals == block.unsafe_locals {
            return;
        }
        block.unsafe_locals |= unsafe_locals;
        if !block.visited {
            block.visited = true;
            stack.push(id);
        }
    }

    /// Beyond the tracked ones, a local is known to be bound only after a load or store in the same block.
    fn check_further_locals(&mut self, locals: u32) {
        use Opcode::*;
        let mut bound_in = vec![0; (locals - TRACKED) as usize];
        let mut number = 0;
        self.each_block(|graph, id| {
            number += 1;
            for instr in &mut graph[id].instrs {
                let Some(local) = (instr.arg as u32).checked_sub(TRACKED) else { continue };
                let Some(bound_in) = bound_in.get_mut(local as usize) else { continue };
                match instr.op {
                    DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => *bound_in = number - 1,
                    STORE_FAST => *bound_in = number,
                    LOAD_FAST => {
                        if *bound_in != number {
                            instr.op = LOAD_FAST_CHECK;
                        }
                        *bound_in = number;
                    }
                    _ => {}
                }
            }
        });
    }

    /// Gives cells and free variables their places behind the locals (a parameter that is a cell keeps its own), and
    /// puts the instructions that set up the frame at the start.
    pub(super) fn prepare_locals(&mut self, unit: &Unit) {
        let locals = unit.varnames.len();
        let cells = unit.cellvars.len();
        let free = unit.freevars.len();
        // The place of each cell, then of each free variable.
        let mut places: Vec<usize> = (locals..locals + cells + free).collect();
        for (cell, name) in unit.cellvars.iter().enumerate() {
            if let Some(local) = unit.varnames.find(name) {
                places[cell] = local as usize;
            }
        }

        let mut prefix = Vec::new();
        if free != 0 {
            prefix.push(Instr::new(Opcode::COPY_FREE_VARS, free as i32, Location::NONE));
        }
        let mut in_order: Vec<usize> = (0..cells).collect();
        in_order.sort_by_key(|&cell| places[cell]);
        prefix
            .extend(in_order.iter().map(|&cell| Instr::new(Opcode::MAKE_CELL, cell as i32, Location::NONE)));
        if unit.flags & (flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR) != 0 {
            let loc = Location::new(unit.firstlineno, unit.firstlineno, -1, -1);
            prefix.push(Instr::new(Opcode::RETURN_GENERATOR, 0, loc));
            prefix.push(Instr::new(Opcode::POP_TOP, 0, loc));
        }
        self[ENTRY].use_slots(prefix.len());
        self[ENTRY].instrs.splice(0..0, prefix);

        if places.is_empty() {
            return;
        }
        // Cells that are parameters leave no gap.
        let mut dropped = 0;
        for (index, place) in places.iter_mut().enumerate() {
            if *place == locals + index {
                *place -= dropped;
            } else {
                dropped += 1;
            }
        }
        for instr in self.blocks_mut().iter_mut().flat_map(|block| &mut block.instrs) {
            use Opcode::*;
            if matches!(
                instr.op,
                MAKE_CELL | LOAD_CLOSURE | LOAD_DEREF | STORE_DEREF | DELETE_DEREF | LOAD_FROM_DICT_OR_DEREF
            ) && let Some(&place) = places.get(instr.arg as usize)
            {
                instr.arg = place as i32;
            }
        }
    }
}
