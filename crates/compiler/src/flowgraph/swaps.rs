//! `SWAP`s: runs of them are shortened, and those before stores are applied by reordering the stores.

use bytecode::Opcode;

use super::{Graph, Instr};
use crate::flowgraph::BlockId;

impl Graph {
    pub(super) fn optimize_swaps(&mut self, id: BlockId) {
        let instrs = &mut self[id].instrs;
        let mut index = 0;
        while index < instrs.len() {
            if instrs[index].op == Opcode::SWAP {
                index = shorten_swaps(instrs, index);
                apply_swaps(instrs, index);
            }
            index += 1;
        }
    }
}

/// Replaces the run of `SWAP`s (and `NOP`s) at `start` by the shortest one with its effect, at the run's end; gives the
/// index of the run's last instruction, or `start` if there is nothing to gain.
fn shorten_swaps(instrs: &mut [Instr], start: usize) -> usize {
    let mut depth = instrs[start].arg.max(1) as usize;
    let mut length = 1;
    let mut several = false;
    while let Some(instr) = instrs.get(start + length) {
        match instr.op {
            Opcode::SWAP => {
                depth = depth.max(instr.arg as usize);
                several = true;
            }
            Opcode::NOP => {}
            _ => break,
        }
        length += 1;
    }
    if !several {
        return start;
    }
    let run = &mut instrs[start..start + length];

    // Where each item comes from, counted from the top.
    let mut stack: Vec<usize> = (0..depth).collect();
    for swap in run.iter().filter(|instr| instr.op == Opcode::SWAP) {
        stack.swap(0, (swap.arg as usize).max(1) - 1);
    }

    // A permutation is a product of cycles; each takes one swap an item, two more if it doesn't contain the top.
    // Taken backwards from the end, they sort instead of shuffle.
    const VISITED: usize = usize::MAX;
    let mut free = length;
    for item in 0..depth {
        if stack[item] == VISITED || stack[item] == item {
            continue;
        }
        let mut position = item;
        loop {
            if position != 0 {
                free -= 1;
                run[free].set(Opcode::SWAP, position as i32 + 1);
            }
            if stack[position] == VISITED {
                break;
            }
            position = std::mem::replace(&mut stack[position], VISITED);
        }
    }
    for instr in &mut run[..free] {
        instr.set_nop();
    }
    start + length - 1
}

/// Whether instructions may change places with it: it only takes the top item, without running code or jumping.
fn is_swappable(op: Opcode) -> bool {
    matches!(op, Opcode::STORE_FAST | Opcode::STORE_FAST_MAYBE_NULL | Opcode::POP_TOP)
}

/// The local that the instruction stores to.
fn stored_local(instr: &Instr) -> Option<i32> {
    matches!(instr.op, Opcode::STORE_FAST | Opcode::STORE_FAST_MAYBE_NULL).then_some(instr.arg)
}

/// The next instruction after `index` if it is swappable and, where a `line` is given, on that line.
fn next_swappable(instrs: &[Instr], index: usize, line: i32) -> Option<usize> {
    for (next, instr) in instrs.iter().enumerate().skip(index + 1) {
        if line >= 0 && instr.loc.line != line {
            // A tracer would see the names bound in another order.
            return None;
        }
        if instr.op != Opcode::NOP {
            return is_swappable(instr.op).then_some(next);
        }
    }
    None
}

/// From the `SWAP` at `last` backwards: swaps the instructions that take the items, instead of the items.
fn apply_swaps(instrs: &mut [Instr], last: usize) {
    for index in (0..=last).rev() {
        let swap = instrs[index];
        if swap.op != Opcode::SWAP {
            if swap.op == Opcode::NOP || is_swappable(swap.op) {
                continue;
            }
            return;
        }
        let Some(first) = next_swappable(instrs, index, -1) else { return };
        let line = instrs[first].loc.line;
        let mut second = first;
        for _ in 1..swap.arg {
            let Some(next) = next_swappable(instrs, second, line) else { return };
            second = next;
        }
        // Stores to one local keep their order.
        let (a, b) = (stored_local(&instrs[first]), stored_local(&instrs[second]));
        if a.is_some() || b.is_some() {
            if a == b {
                return;
            }
            let between = instrs.get(first + 1..second).unwrap_or_default();
            if between.iter().filter_map(stored_local).any(|local| Some(local) == a || Some(local) == b) {
                return;
            }
        }
        instrs[index].set_nop();
        instrs.swap(first, second);
    }
}
