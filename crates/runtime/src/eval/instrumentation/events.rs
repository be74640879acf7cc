//! The events that a tool can ask for.

use bytecode::opcode::Opcode;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// An event; its number is that of its bit in `sys.monitoring.events`.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Event { $($(#[$doc])* $name,)* }

        /// Every event, by number.
        pub const ALL: &[Event] = &[$(Event::$name,)*];

        impl Event {
            /// Its name in `sys.monitoring.events`.
            pub const fn name(self) -> &'static str {
                match self { $(Event::$name => $text,)* }
            }
        }
    };
}

events! {
    PyStart = "PY_START",
    PyResume = "PY_RESUME",
    PyReturn = "PY_RETURN",
    PyYield = "PY_YIELD",
    Call = "CALL",
    Line = "LINE",
    Instruction = "INSTRUCTION",
    Jump = "JUMP",
    BranchLeft = "BRANCH_LEFT",
    BranchRight = "BRANCH_RIGHT",
    StopIteration = "STOP_ITERATION",
    Raise = "RAISE",
    ExceptionHandled = "EXCEPTION_HANDLED",
    PyUnwind = "PY_UNWIND",
    PyThrow = "PY_THROW",
    Reraise = "RERAISE",
    CReturn = "C_RETURN",
    CRaise = "C_RAISE",
    Branch = "BRANCH",
}

/// Events that instructions report, and that can be asked for of single code objects: the first ones.
pub const LOCAL: usize = 11;
/// Events that are not just another side of one before: the first ones.
pub const UNGROUPED: usize = 16;
/// How many events there are.
pub const COUNT: usize = ALL.len();

impl Event {
    /// Its bit in a set of events.
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Does an instruction report it?
    pub const fn is_local(self) -> bool {
        (self as usize) < LOCAL
    }
}

/// What an instruction reports besides its line and itself. A RESUME tells a start from a resumption by its operand.
pub fn event_of(base: Opcode, argument: usize) -> Option<Event> {
    use Opcode::*;
    Some(match base {
        RESUME if argument > 0 => Event::PyResume,
        RESUME => Event::PyStart,
        RETURN_VALUE => Event::PyReturn,
        YIELD_VALUE => Event::PyYield,
        CALL | CALL_KW | CALL_FUNCTION_EX | LOAD_SUPER_ATTR => Event::Call,
        JUMP_FORWARD | JUMP_BACKWARD => Event::Jump,
        POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE | POP_ITER
        | END_ASYNC_FOR => Event::BranchRight,
        NOT_TAKEN | FOR_ITER => Event::BranchLeft,
        END_FOR | END_SEND => Event::StopIteration,
        _ => return None,
    })
}

/// The instruction that stands in for `base` where its event is reported.
pub fn instrumented(base: Opcode) -> Opcode {
    use Opcode::*;
    match base {
        RESUME => INSTRUMENTED_RESUME,
        RETURN_VALUE => INSTRUMENTED_RETURN_VALUE,
        YIELD_VALUE => INSTRUMENTED_YIELD_VALUE,
        CALL => INSTRUMENTED_CALL,
        CALL_KW => INSTRUMENTED_CALL_KW,
        CALL_FUNCTION_EX => INSTRUMENTED_CALL_FUNCTION_EX,
        LOAD_SUPER_ATTR => INSTRUMENTED_LOAD_SUPER_ATTR,
        JUMP_FORWARD => INSTRUMENTED_JUMP_FORWARD,
        JUMP_BACKWARD => INSTRUMENTED_JUMP_BACKWARD,
        POP_JUMP_IF_FALSE => INSTRUMENTED_POP_JUMP_IF_FALSE,
        POP_JUMP_IF_TRUE => INSTRUMENTED_POP_JUMP_IF_TRUE,
        POP_JUMP_IF_NONE => INSTRUMENTED_POP_JUMP_IF_NONE,
        POP_JUMP_IF_NOT_NONE => INSTRUMENTED_POP_JUMP_IF_NOT_NONE,
        POP_ITER => INSTRUMENTED_POP_ITER,
        END_ASYNC_FOR => INSTRUMENTED_END_ASYNC_FOR,
        NOT_TAKEN => INSTRUMENTED_NOT_TAKEN,
        FOR_ITER => INSTRUMENTED_FOR_ITER,
        END_FOR => INSTRUMENTED_END_FOR,
        END_SEND => INSTRUMENTED_END_SEND,
        other => other,
    }
}
