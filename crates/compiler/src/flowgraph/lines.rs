//! Line numbers for instructions that have none of their own, and for exits that several paths share.

use bytecode::Location;

use super::{BlockId, Graph, NO_BLOCK};

impl Graph {
    pub(super) fn resolve_lines(&mut self) {
        self.duplicate_exits_without_line();
        self.propagate_lines();
    }

    /// Whether the block leaves the scope or looks at the eval breaker, without a line for it.
    fn needs_line(&self, block: BlockId) -> bool {
        let block = &self[block];
        (block.exits_scope() || block.instrs.iter().any(|instr| instr.op.has_eval_break()))
            && block.has_no_line()
    }

    /// Gives each jump to such a block a copy of it, with the line of the jump.
    fn duplicate_exits_without_line(&mut self) {
        self.each_block(|graph, id| {
            let Some(&last) = graph[id].instrs.last() else { return };
            if !last.op.has_jump() {
                return;
            }
            let target = graph.next_nonempty(last.target());
            if target == NO_BLOCK || graph[target].predecessors <= 1 || !graph.needs_line(target) {
                return;
            }
            let copy = graph.new_block();
            graph[copy].instrs = graph[target].instrs.clone();
            graph[copy].features = graph[target].features;
            graph[copy].instrs[0].loc = last.loc;
            graph[copy].predecessors = 1;
            graph[copy].labelled = true;
            graph[target].predecessors -= 1;
            graph.link_after(target, copy);
            if let Some(last) = graph[id].instrs.last_mut() {
                last.arg = copy as i32;
            }
        });
        // Those that are left are reached only from the block before.
        self.each_block(|graph, id| {
            let next = graph[id].next;
            if next == NO_BLOCK || !graph[id].falls_through() || !graph.needs_line(next) {
                return;
            }
            if let Some(last) = graph[id].instrs.last() {
                let loc = last.loc;
                graph[next].instrs[0].loc = loc;
            }
        });
    }

    /// Spreads locations forward inside blocks and to blocks with one predecessor.
    fn propagate_lines(&mut self) {
        self.each_block(|graph, id| {
            let block = &mut graph[id];
            let mut previous = Location::NONE;
            for instr in &mut block.instrs {
                match instr.has_line() {
                    true => previous = instr.loc,
                    false => instr.loc = previous,
                }
            }
            let Some(&last) = block.instrs.last() else { return };
            let next = block.next;
            if block.falls_through() && next != NO_BLOCK {
                graph.pass_line(next, previous);
            }
            if last.op.has_jump() {
                graph.pass_line(last.target(), previous);
            }
        });
    }

    fn pass_line(&mut self, block: BlockId, loc: Location) {
        let block = &mut self[block];
        if block.predecessors == 1
            && let Some(first) = block.instrs.first_mut()
            && !first.has_line()
        {
            first.loc = loc;
        }
    }
}
