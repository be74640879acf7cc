//! What monitoring keeps of a code object: who wants what of each instruction, and the instructions as they were.

use std::cell::{Cell, OnceCell};

use bytecode::exceptiontable::ExceptionEntries;
use bytecode::linetable;
use bytecode::opcode::{MIN_INSTRUMENTED_OPCODE, Opcode};

use crate::eval::instrumentation::events::{self, Event, LOCAL, event_of};
use crate::eval::instrumentation::tools::TOOLS;
use crate::objects::code::{Code, CodeUnit};

/// The tools (one bit each) of each event that instructions report.
pub type LocalTools = [Cell<u8>; LOCAL];

/// One code unit. In a cache entry all is zero.
#[derive(Default)]
pub struct Unit {
    /// The instruction's number, neither specialized nor instrumented.
    base: Cell<u8>,
    /// The tools that want its own event, its line's, and it itself.
    pub event_tools: Cell<u8>,
    pub line_tools: Cell<u8>,
    pub instruction_tools: Cell<u8>,
}

/// The line of a code unit, and whether a LINE event may belong there.
#[derive(Clone, Copy)]
struct Line {
    number: i32,
    is_marked: bool,
}

/// The monitoring data of one code object; made when the first event is wanted, it stays as long as the code does.
#[derive(Default)]
pub struct CodeData {
    /// What was asked for this code object alone.
    pub local: LocalTools,
    /// What its instructions report: that, and what was asked for all code.
    pub active: LocalTools,
    /// When each tool last asked for local events: those of a tool that was cleared since are void.
    pub tool_versions: [Cell<usize>; TOOLS],
    pub units: Box<[Unit]>,
    lines: OnceCell<Box<[Line]>>,
}

/// A code object's field for its data.
#[derive(Default)]
#[repr(transparent)]
pub struct DataSlot(Cell<*mut CodeData>);

impl DataSlot {
    #[inline(always)]
    pub fn get(&self) -> Option<&CodeData> {
        // SAFETY: data, once made, stays until the slot is dropped.
        unsafe { self.0.get().as_ref() }
    }

    /// The data, made now if there is none yet.
    pub fn get_or_make(&self, code: &Code) -> &CodeData {
        if self.0.get().is_null() {
            self.0.set(Box::into_raw(Box::new(CodeData::new(code))));
        }
        // SAFETY: just made, and as above.
        unsafe { &*self.0.get() }
    }
}

impl Drop for DataSlot {
    fn drop(&mut self) {
        let data = self.0.replace(std::ptr::null_mut());
        if !data.is_null() {
            // SAFETY: it was made by `get_or_make`.
            drop(unsafe { Box::from_raw(data) });
        }
    }
}

impl CodeData {
    fn new(code: &Code) -> CodeData {
        let units: Box<[Unit]> = (0..code.unit_count()).map(|_| Unit::default()).collect();
        let mut index = 0;
        while index < units.len() {
            let base = Opcode::from_u8(code.unit(index).opcode() as u8).unwrap_or(Opcode::NOP).deopt();
            units[index].base.set(base as u8);
            index += 1 + base.caches();
        }
        CodeData { units, ..CodeData::default() }
    }

    /// The instruction at a unit, as the compiler made it.
    pub fn base(&self, index: usize) -> Opcode {
        Opcode::from_u8(self.units[index].base.get()).unwrap_or(Opcode::NOP)
    }

    /// The tools that want an event of the instruction at a unit.
    pub fn tools_at(&self, index: usize, event: Event) -> u8 {
        let unit = &self.units[index];
        match event {
            Event::Line => unit.line_tools.get(),
            Event::Instruction => unit.instruction_tools.get(),
            _ => unit.event_tools.get(),
        }
    }

    /// Takes tools away from an event of one instruction.
    pub fn disable(&self, code: &Code, index: usize, event: Event, tools: u8) {
        let unit = &self.units[index];
        let field = match event {
            Event::Line => &unit.line_tools,
            Event::Instruction => &unit.instruction_tools,
            _ => &unit.event_tools,
        };
        field.set(field.get() & !tools);
        self.place(code, index);
    }

    /// What runs at a unit below its LINE and INSTRUCTION events.
    pub fn plain_opcode(&self, index: usize) -> Opcode {
        let base = self.base(index);
        if self.units[index].event_tools.get() != 0 { events::instrumented(base) } else { base }
    }

    /// Writes into the code what the unit's tools want.
    pub fn place(&self, code: &Code, index: usize) {
        let unit = &self.units[index];
        let present = code.unit(index).opcode();
        let wanted = if unit.line_tools.get() != 0 {
            Opcode::INSTRUMENTED_LINE
        } else if unit.instruction_tools.get() != 0 {
            Opcode::INSTRUMENTED_INSTRUCTION
        } else if unit.event_tools.get() != 0 {
            events::instrumented(self.base(index))
        } else if present >= MIN_INSTRUMENTED_OPCODE {
            self.base(index)
        } else {
            // Whatever it has specialized to may stay.
            return;
        };
        if present == wanted as u16 {
            return;
        }
        // SAFETY: the unit lies in the code, which is changed only under the GIL.
        unsafe {
            CodeUnit::put_opcode(code.first_instruction().add(index), wanted as u8);
            if present < MIN_INSTRUMENTED_OPCODE || wanted == self.base(index) {
                // Specialization starts anew.
                let caches = self.base(index).caches().min(self.units.len() - index - 1);
                for cache in 0..caches {
                    CodeUnit::clear(code.first_instruction().add(index + 1 + cache));
                }
            }
        }
    }

    /// The event of the instruction at a unit.
    pub fn event_at(&self, code: &Code, index: usize) -> Option<Event> {
        event_of(self.base(index), code.unit(index).argument())
    }

    fn lines(&self, code: &Code) -> &[Line] {
        self.lines.get_or_init(|| self.find_lines(code))
    }

    /// The line of a unit; -1 if it has none.
    pub fn line(&self, code: &Code, index: usize) -> i32 {
        self.lines(code).get(index).map_or(-1, |line| line.number)
    }

    /// May a LINE event belong to this unit?
    pub fn is_line_start(&self, code: &Code, index: usize) -> bool {
        self.lines(code)[index].is_marked
    }

    /// A line event belongs to the first instruction of a line, and to targets of jumps and handlers: whether these were
    /// reached from another line is seen when they run.
    fn find_lines(&self, code: &Code) -> Box<[Line]> {
        let mut lines: Box<[Line]> = linetable::positions(code.line_table(), code.first_line())
            .map(|location| Line { number: location.line, is_marked: false })
            .chain(std::iter::repeat(Line { number: -1, is_marked: false }))
            .take(self.units.len())
            .collect();
        let mut current = -1;
        let mut index = code.first_traceable();
        while index < lines.len() {
            let hidden = matches!(
                self.base(index),
                Opcode::END_ASYNC_FOR
                    | Opcode::END_FOR
                    | Opcode::END_SEND
                    | Opcode::RESUME
                    | Opcode::POP_ITER
            );
            if !hidden {
                let line = lines[index].number;
                lines[index].is_marked = line != current && line >= 0;
                current = line;
            }
            index += 1 + self.base(index).caches();
        }
        let mut mark = |target: usize| {
            if let Some(line) = lines.get_mut(target)
                && line.number >= 0
                // What comes before a branch is remembered at its target: nothing may come between.
                && self.base(target) != Opcode::POP_ITER
            {
                line.is_marked = true;
            }
        };
        let mut index = code.first_traceable();
        while index < self.units.len() {
            let mut argument = 0;
            while self.base(index) == Opcode::EXTENDED_ARG && index + 1 < self.units.len() {
                argument = (argument | code.unit(index).argument()) << 8;
                index += 1;
            }
            argument |= code.unit(index).argument();
            let base = self.base(index);
            index += 1 + base.caches();
            match base {
                Opcode::POP_JUMP_IF_FALSE
                | Opcode::POP_JUMP_IF_TRUE
                | Opcode::POP_JUMP_IF_NONE
                | Opcode::POP_JUMP_IF_NOT_NONE
                | Opcode::JUMP_FORWARD => mark(index + argument),
                // Past the END_SEND.
                Opcode::SEND => mark(index + argument + 1),
                Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => {
                    mark(index.saturating_sub(argument));
                }
                _ => {}
            }
        }
        for entry in ExceptionEntries::new(code.exception_table()) {
            if entry.target < self.units.len() && self.base(entry.target) != Opcode::END_ASYNC_FOR {
                mark(entry.target);
            }
        }
        lines
    }
}
