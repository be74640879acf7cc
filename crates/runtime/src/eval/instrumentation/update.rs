//! Writing into code objects what the tools want of them.

use bytecode::opcode::Opcode;

use crate::eval::instrumentation::events::{Event, LOCAL};
use crate::eval::instrumentation::tools::{self, State};
use crate::objects::code::Code;

/// Brings a code object up to date.
#[cold]
pub fn update(code: &Code, state: &State) {
    let old_version = code.instrumentation_version();
    code.set_instrumentation_version(state.version());
    let wants_any = (0..LOCAL).any(|event| state.tools_of(event_number(event)) != 0);
    if code.first_traceable() >= code.unit_count() || (code.monitoring().is_none() && !wants_any) {
        return;
    }
    let data = code.monitoring_or_make();
    tools::drop_stale(state, &data.local, &data.tool_versions);
    let restarted = old_version < state.last_restart();
    let (mut removed, mut added) = ([0u8; LOCAL], [0u8; LOCAL]);
    for event in 0..LOCAL {
        let wanted = state.tools_of(event_number(event)) | data.local[event].get();
        let active = data.active[event].replace(wanted);
        removed[event] = if restarted { active } else { active & !wanted };
        added[event] = if restarted { wanted } else { wanted & !active };
    }
    if removed == [0; LOCAL] && added == [0; LOCAL] {
        return;
    }
    let change = |field: &std::cell::Cell<u8>, event: Event| {
        field.set(field.get() & !removed[event as usize] | added[event as usize]);
    };
    let touched = |event: Event| removed[event as usize] | added[event as usize] != 0;
    let (lines, instructions) = (touched(Event::Line), touched(Event::Instruction));
    let mut index = code.first_traceable();
    while index < code.unit_count() {
        let base = data.base(index);
        let unit = &data.units[index];
        if let Some(event) = data.event_at(code, index) {
            change(&unit.event_tools, event);
        }
        if instructions && !matches!(base, Opcode::RESUME | Opcode::END_FOR) {
            change(&unit.instruction_tools, Event::Instruction);
        }
        if lines && data.is_line_start(code, index) {
            change(&unit.line_tools, Event::Line);
        }
        data.place(code, index);
        index += 1 + base.caches();
    }
}

fn event_number(event: usize) -> Event {
    crate::eval::instrumentation::events::ALL[event]
}

/// Brings the code of all frames of all threads up to date.
pub fn update_running(state: &State) {
    for thread in crate::gil::threads() {
        let mut frame = thread.frames().current_cell().get().cast_const();
        // SAFETY: frames of threads that wait for the GIL stand still, and lead to their callers.
        while let Some(running) = unsafe { frame.as_ref() } {
            if running.code().instrumentation_version() != state.version() {
                update(running.code(), state);
            }
            frame = running.previous;
        }
    }
}
