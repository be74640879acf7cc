//! The branches of a code object: `co_branches()`, and the callbacks of the old BRANCH event, which stands for both sides.

use bytecode::opcode::Opcode;

use crate::eval::instrumentation::events::Event;
use crate::eval::instrumentation::tools;
use crate::objects::code::Code;
use crate::prelude::*;

/// One branch: the instruction, and where it goes on to if not taken and if taken, in code units.
pub struct Branch {
    pub source: usize,
    pub left: usize,
    pub right: usize,
}

/// The branches of compiled code (as the compiler made it).
pub fn branches(code: &[u8]) -> Vec<Branch> {
    let length = code.len() / 2;
    let mut found = Vec::new();
    let mut index = 0;
    while index < length {
        let mut argument = code[2 * index + 1] as usize;
        let mut opcode = Opcode::from_u8(code[2 * index]).unwrap_or(Opcode::NOP);
        while opcode == Opcode::EXTENDED_ARG && index + 1 < length {
            index += 1;
            argument = argument << 8 | code[2 * index + 1] as usize;
            opcode = Opcode::from_u8(code[2 * index]).unwrap_or(Opcode::NOP);
        }
        let next = index + 1 + opcode.caches();
        match opcode {
            Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::POP_JUMP_IF_NONE
            | Opcode::POP_JUMP_IF_NOT_NONE => {
                // Past the NOT_TAKEN.
                let left = next + usize::from(code.get(2 * next) == Some(&(Opcode::NOT_TAKEN as u8)));
                if left != next {
                    found.push(Branch { source: index, left, right: next + argument });
                }
            }
            // Past END_FOR and POP_ITER.
            Opcode::FOR_ITER => found.push(Branch { source: index, left: next, right: next + argument + 2 }),
            Opcode::END_ASYNC_FOR => {
                // Its operand leads back to the END_SEND of the loop; a NOT_TAKEN follows that.
                let source = next.saturating_sub(argument);
                found.push(Branch { source, left: source + 2, right: next });
            }
            _ => {}
        }
        index = next;
    }
    found
}

/// The callback of one side of a branch, made of one for both. Where that wants no more, the other side is silenced too.
#[class(name = "branch_event_handler", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct BranchHandler {
    head: Object,
    handler: Link,
    #[gc(skip)]
    tool: std::cell::Cell<usize>,
    #[gc(skip)]
    is_right: std::cell::Cell<bool>,
}

impl BranchHandler {
    pub fn new(handler: &Object, tool: usize, is_right: bool) -> Ref<BranchHandler> {
        Ref::new(BranchHandler {
            head: Object::HEAD,
            handler: Link::new(handler.to_ref()),
            tool: std::cell::Cell::new(tool),
            is_right: std::cell::Cell::new(is_right),
        })
    }

    /// The callback that was registered.
    pub fn handler(&self) -> Option<Ref> {
        self.handler.get()
    }

    fn silence_other_side(&self, code: &Code, source: usize) {
        let Some(data) = code.monitoring() else { return };
        let Some(branch) = branches(&code.original_code()).into_iter().find(|branch| branch.source == source)
        else {
            return;
        };
        let (base, bit) = (data.base(source), 1 << self.tool.get());
        // The instruction that reports: the branch itself, or one at which the side begins.
        let (reporter, event) = match (base, self.is_right.get()) {
            (Opcode::FOR_ITER, true) => (source, Event::BranchLeft),
            (_, true) => (branch.left.saturating_sub(1), Event::BranchLeft),
            (Opcode::FOR_ITER, false) => (branch.right.saturating_sub(1), Event::BranchRight),
            (Opcode::END_SEND, false) => (branch.right.saturating_sub(1), Event::BranchRight),
            (_, false) => (source, Event::BranchRight),
        };
        if data.event_at(code, reporter) == Some(event) {
            data.disable(code, reporter, event, bit);
        }
    }
}

#[methods]
impl BranchHandler {
    #[slot]
    fn tp_call(&self, args: &Tuple, kwargs: Option<&Dict>) -> Result {
        let handler = self.handler.get().unwrap_or_else(none);
        let answer = handler.call_dict(args, kwargs)?;
        if tools::is_disable(tools::state(), &answer)
            && let [code, source, ..] = args.as_slice()
            && let Some(code) = code.downcast::<Code>()
            && let Some(source) = source.downcast::<Int>().and_then(Int::to_isize)
            && (source as usize / 2) < code.unit_count()
        {
            self.silence_other_side(code, source as usize / 2);
        }
        Ok(answer)
    }
}
