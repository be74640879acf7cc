//! Passes over the shape of the graph: small exits are inlined, dead blocks and redundant jumps removed, cold blocks
//! moved to the end, jumps brought into the form the interpreter has.

use bytecode::{Location, Opcode};

use super::{Block, BlockId, ENTRY, Graph, Instr, NO_BLOCK, features};

/// The longest block that is copied to the place of a jump to it.
const MAX_COPY_SIZE: usize = 4;

impl Graph {
    /// Replaces jumps to small exits and to blocks without lines by copies of these.
    pub(super) fn inline_small_or_lineless_blocks(&mut self) {
        let mut changed = true;
        while changed {
            changed = false;
            self.each_block(|graph, id| changed |= graph.inline_target(id));
        }
    }

    fn inline_target(&mut self, id: BlockId) -> bool {
        let Some(&last) = self[id].instrs.last() else { return false };
        if !last.op.is_unconditional_jump() {
            return false;
        }
        let target = &self[last.target()];
        let small_exit = target.exits_scope() && target.instrs.len() <= MAX_COPY_SIZE;
        let lineless = target.has_no_line() && !target.falls_through();
        if !small_exit && !lineless {
            return false;
        }
        let copy = target.instrs.clone();
        let features = target.features;
        let block = &mut self[id];
        block.features |= features;
        if let Some(jump) = block.instrs.last_mut() {
            jump.set_nop();
        }
        block.use_slots(copy.len());
        block.instrs.extend(copy);
        if lineless
            && last.op == Opcode::JUMP
            && let Some(end) = block.instrs.last_mut()
            && end.op.is_unconditional_jump()
        {
            // The jump that can be interrupted stays so: the loop must not become uninterruptible.
            end.op = Opcode::JUMP;
        }
        let target = &mut self[last.target()];
        target.predecessors = target.predecessors.wrapping_sub(1);
        true
    }

    /// Empties blocks that no path reaches, and counts the predecessors of the others.
    pub(super) fn remove_unreachable(&mut self) {
        for block in self.blocks_mut() {
            block.predecessors = 0;
            block.visited = false;
        }
        self[ENTRY].predecessors = 1;
        self[ENTRY].visited = true;
        let mut stack = std::mem::take(&mut self.stack);
        stack.push(ENTRY);
        while let Some(id) = stack.pop() {
            let next = self[id].next;
            if next != NO_BLOCK && self[id].falls_through() {
                self.reach(&mut stack, next);
            }
            // Setups may stand anywhere, jumps only at the end.
            let count = self[id].instrs.len();
            let start = if self[id].has(features::SETUP) { 0 } else { count.saturating_sub(1) };
            for index in start..count {
                let instr = self[id].instrs[index];
                if instr.op.has_target() {
                    self.reach(&mut stack, instr.target());
                }
            }
        }
        self.stack = stack;
        for block in self.blocks_mut().iter_mut().filter(|block| block.predecessors == 0) {
            block.instrs.clear();
            block.is_handler = false;
        }
    }

    fn reach(&mut self, stack: &mut Vec<BlockId>, id: BlockId) {
        let block = &mut self[id];
        block.predecessors += 1;
        if !block.visited {
            block.visited = true;
            stack.push(id);
        }
    }

    /// Removes `NOP`s that no line event needs; gives how many.
    pub(super) fn remove_redundant_nops(&mut self) -> usize {
        let mut removed = 0;
        self.each_block(|graph, id| removed += graph.remove_redundant_nops_of(id));
        removed
    }

    pub(super) fn remove_redundant_nops_of(&mut self, id: BlockId) -> usize {
        if !self[id].instrs.iter().any(|instr| instr.op == Opcode::NOP) {
            return 0;
        }
        // The line of the first instruction that follows the block.
        let mut following = Location::NONE.line;
        let next = self.next_nonempty(self[id].next);
        if next != NO_BLOCK {
            let skipped = |instr: &&Instr| instr.op == Opcode::NOP && !instr.has_line();
            following =
                self[next].instrs.iter().find(|instr| !skipped(instr)).map_or(following, |i| i.loc.line);
        }
        let block = &mut self[id];
        let instrs = &mut block.instrs;
        let count = instrs.len();
        let mut kept = 0;
        let mut previous_line = -1;
        for index in 0..count {
            let instr = instrs[index];
            let line = instr.loc.line;
            if instr.op == Opcode::NOP {
                if line < 0 || line == previous_line {
                    continue;
                }
                if index + 1 < count {
                    let next_line = instrs[index + 1].loc.line;
                    if next_line == line {
                        continue;
                    }
                    if next_line < 0 {
                        instrs[index + 1].loc = instr.loc;
                        continue;
                    }
                } else if next != NO_BLOCK && line == following {
                    continue;
                }
            }
            instrs[kept] = instr;
            kept += 1;
            previous_line = line;
        }
        block.truncate(kept);
        count - kept
    }

    /// Turns jumps to the block that follows anyway into `NOP`s; gives how many.
    fn remove_redundant_jumps(&mut self) -> usize {
        let mut removed = 0;
        self.each_block(|graph, id| {
            let Some(&last) = graph[id].instrs.last() else { return };
            if !last.op.is_unconditional_jump() {
                return;
            }
            let target = graph.next_nonempty(last.target());
            let next = graph.next_nonempty(graph[id].next);
            if target == next
                && target != NO_BLOCK
                && let Some(jump) = graph[id].instrs.last_mut()
            {
                jump.set_nop();
                removed += 1;
            }
        });
        removed
    }

    pub(super) fn remove_redundant_nops_and_jumps(&mut self) {
        while self.remove_redundant_nops() + self.remove_redundant_jumps() > 0 {}
    }

    /// Removes `NOP`s, and values that are pushed only to be popped.
    pub(super) fn remove_redundant_nops_and_pairs(&mut self) {
        let mut done = false;
        while !done {
            done = true;
            // The instruction before, if control comes only from there.
            let mut previous: Option<(BlockId, usize)> = None;
            self.each_block(|graph, id| {
                graph.remove_redundant_nops_of(id);
                if graph[id].labelled {
                    previous = None;
                }
                for index in 0..graph[id].instrs.len() {
                    let before = previous.replace((id, index));
                    if graph[id].instrs[index].op != Opcode::POP_TOP {
                        continue;
                    }
                    let Some((block, position)) = before else { continue };
                    let pushing = &mut graph[block].instrs[position];
                    if matches!(pushing.op, Opcode::LOAD_CONST | Opcode::LOAD_SMALL_INT)
                        || pushing.op == Opcode::COPY && pushing.arg == 1
                    {
                        pushing.set_nop();
                        graph[id].instrs[index].set_nop();
                        done = false;
                    }
                }
                let at_jump =
                    previous.is_some_and(|(block, position)| graph[block].instrs[position].op.has_jump());
                if at_jump || !graph[id].falls_through() {
                    previous = None;
                }
            });
        }
    }

    /// Moves the blocks that only exceptions lead to behind all others.
    pub(super) fn push_cold_blocks_to_end(&mut self) {
        if !self.has_setups || self[ENTRY].next == NO_BLOCK {
            return;
        }
        self.mark_warm();
        if !self.mark_cold() {
            return;
        }
        // Where a cold block falls through to a warm one, a jump takes its place.
        self.each_block(|graph, id| {
            let block = &graph[id];
            let next = block.next;
            if !block.cold || next == NO_BLOCK || !block.falls_through() || !graph[next].warm {
                return;
            }
            let loc = block.instrs.last().map_or(Location::NONE, |instr| instr.loc);
            graph[next].labelled = true;
            let jump = graph.new_block();
            graph[jump].push(Opcode::JUMP_NO_INTERRUPT, next as i32, loc);
            graph[jump].cold = true;
            graph[jump].predecessors = 1;
            graph.link_after(id, jump);
        });

        let (mut first_cold, mut last_cold) = (NO_BLOCK, NO_BLOCK);
        let mut last_kept = ENTRY;
        let mut id = self[ENTRY].next;
        while id != NO_BLOCK {
            let next = self[id].next;
            if !self[id].cold {
                self[last_kept].next = id;
                last_kept = id;
            } else if first_cold == NO_BLOCK {
                (first_cold, last_cold) = (id, id);
            } else {
                self[last_cold].next = id;
                last_cold = id;
            }
            id = next;
        }
        self[last_kept].next = first_cold;
        if first_cold != NO_BLOCK {
            self[last_cold].next = NO_BLOCK;
            self.remove_redundant_nops_and_jumps();
        }
    }

    /// Marks what is reached without an exception.
    fn mark_warm(&mut self) {
        self.clear_visited();
        let mut stack = std::mem::take(&mut self.stack);
        stack.push(ENTRY);
        self[ENTRY].visited = true;
        while let Some(id) = stack.pop() {
            self[id].warm = true;
            self.push_successors(&mut stack, id, |block| !block.visited);
        }
        self.stack = stack;
    }

    /// Marks what only handlers reach; gives whether there is any.
    fn mark_cold(&mut self) -> bool {
        self.clear_visited();
        let mut stack = std::mem::take(&mut self.stack);
        self.each_block(|graph, id| {
            if graph[id].is_handler {
                graph[id].visited = true;
                stack.push(id);
            }
        });
        let any = !stack.is_empty();
        while let Some(id) = stack.pop() {
            self[id].cold = true;
            self.push_successors(&mut stack, id, |block| !block.warm && !block.visited);
        }
        self.stack = stack;
        any
    }

    fn push_successors(&mut self, stack: &mut Vec<BlockId>, id: BlockId, wanted: impl Fn(&Block) -> bool) {
        let next = self[id].next;
        if next != NO_BLOCK && self[id].falls_through() && wanted(&self[next]) {
            self[next].visited = true;
            stack.push(next);
        }
        if let Some(&last) = self[id].instrs.last()
            && last.op.has_jump()
            && wanted(&self[last.target()])
        {
            self[last.target()].visited = true;
            stack.push(last.target());
        }
    }

    /// `JUMP_IF_…` leaves its operand on the stack: copied, converted and popped by real instructions.
    pub(super) fn convert_pseudo_jumps(&mut self) {
        self.each_block(|graph, id| {
            let block = &mut graph[id];
            let instrs = &mut block.instrs;
            let Some(jump) = instrs.last_mut() else { return };
            jump.op = match jump.op {
                Opcode::JUMP_IF_FALSE => Opcode::POP_JUMP_IF_FALSE,
                Opcode::JUMP_IF_TRUE => Opcode::POP_JUMP_IF_TRUE,
                _ => return,
            };
            let jump = *jump;
            instrs.pop();
            instrs.push(Instr { op: Opcode::COPY, arg: 1, ..jump });
            instrs.push(Instr { op: Opcode::TO_BOOL, arg: 0, ..jump });
            instrs.push(jump);
            block.use_slots(2);
        });
    }

    /// Replaces the other pseudo instructions, but for `JUMP` and `JUMP_NO_INTERRUPT`.
    pub(super) fn convert_pseudo_ops(&mut self) {
        let blocks = self.blocks_mut().iter_mut().filter(|block| block.has(features::PSEUDO));
        for instr in blocks.flat_map(|block| &mut block.instrs) {
            match instr.op {
                Opcode::SETUP_FINALLY | Opcode::SETUP_CLEANUP | Opcode::SETUP_WITH => instr.set_nop(),
                Opcode::LOAD_CLOSURE => instr.op = Opcode::LOAD_FAST,
                Opcode::STORE_FAST_MAYBE_NULL => instr.op = Opcode::STORE_FAST,
                _ => {}
            }
        }
        self.remove_redundant_nops();
    }

    /// Conditional jumps go forward only and are followed by `NOT_TAKEN`: one back is inverted and jumps over a `JUMP`.
    pub(super) fn normalize_jumps(&mut self) {
        self.clear_visited();
        self.each_block(|graph, id| {
            graph[id].visited = true;
            let Some(&last) = graph[id].instrs.last() else { return };
            let inverted = match last.op {
                Opcode::POP_JUMP_IF_NOT_NONE => Opcode::POP_JUMP_IF_NONE,
                Opcode::POP_JUMP_IF_NONE => Opcode::POP_JUMP_IF_NOT_NONE,
                Opcode::POP_JUMP_IF_FALSE => Opcode::POP_JUMP_IF_TRUE,
                Opcode::POP_JUMP_IF_TRUE => Opcode::POP_JUMP_IF_FALSE,
                _ => return,
            };
            if !graph[last.target()].visited {
                graph[id].push(Opcode::NOT_TAKEN, 0, last.loc);
                return;
            }
            let target = last.target();
            let back = graph.new_block();
            graph[back].push(Opcode::NOT_TAKEN, 0, last.loc);
            graph[back].push(Opcode::JUMP, last.arg, last.loc);
            graph[back].start_depth = graph[target].start_depth;
            graph[back].cold = graph[id].cold;
            let next = graph[id].next;
            if let Some(jump) = graph[id].instrs.last_mut() {
                jump.set(inverted, next as i32);
            }
            graph.link_after(id, back);
        });
    }
}
