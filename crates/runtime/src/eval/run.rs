//! The instruction loop: fetches, dispatches to the handlers in `instructions`, and unwinds to exception handlers.

use std::mem::ManuallyDrop;

use bytecode::opcode::Opcode;

use crate::errors::{Raised, Result};
use crate::eval::exceptions::unwind;
use crate::eval::frame::Frame;
use crate::eval::instructions::*;
use crate::eval::instrumentation::{self, instructions::Next};
use crate::eval::machine::{Machine, Step, Stop};
use crate::eval::stackref::StackRef;
#[cfg(not(debug_assertions))]
use crate::objects::code::CodeUnit;
use crate::raise;
use crate::reference::Ref;
use crate::thread::Thread;

/// Declares which handler runs for which instruction: `NAME -> handler` for one that becomes part of the loop (it must not lend
/// the machine to a function that does not), `NAME => handler` for any other. Handlers pass over their caches on their own.
/// What has no handler here, instrumented instructions above all, finds the instruction before it still in the frame.
macro_rules! dispatch {
    ($machine:ident, $oparg:ident: $($name:ident $arrow:tt $handler:expr,)*) => {
        #[cfg(debug_assertions)]
        #[inline(always)]
        fn execute($machine: &mut Machine, mut opcode: u16, mut $oparg: usize) -> Step {
            loop {
                let step = match opcode {
                    // What comes after a loop that a generator ended branches off its FOR_ITER: that stays the current one.
                    opcode::END_FOR => end_for($machine),
                    $(opcode::$name => {
                        $machine.stand_here();
                        handler!($arrow $machine $handler)
                    })*
                    _ => match instrumentation::instructions::other($machine, opcode, $oparg) {
                        Next::Done(step) => step,
                        Next::Execute(next, argument) => {
                            (opcode, $oparg) = (next, argument);
                            continue;
                        }
                    },
                };
                match step {
                    Err(Stop::Miss) => {
                        opcode = Opcode::from_u16(opcode).map_or(opcode, |opcode| opcode.deopt() as u16);
                    }
                    step => return step,
                }
            }
        }

        /// A function an instruction. Each ends by jumping to that of the next, its registers being arguments.
        #[cfg(not(debug_assertions))]
        #[allow(non_snake_case, unused_variables, improper_ctypes_definitions)]
        mod threaded {
            use super::*;

            $(#[inline(never)]
            pub unsafe extern "C" fn $name(
                home: &mut Machine,
                frame: *mut Frame,
                ip: *const CodeUnit,
                sp: *mut StackRef,
                $oparg: usize,
                thread: &'static Thread,
            ) -> Stop {
                let mut registers = registers(home, frame, ip, sp, thread);
                let $machine = &mut registers;
                $machine.stand_here();
                let step = handler!($arrow $machine $handler);
                // SAFETY: the instruction pointer stays inside the code.
                unsafe { next(registers, step, const { Opcode::$name.deopt() as usize }, $oparg) }
            })*

            pub static HANDLERS: [Handler; 256] = {
                let mut handlers: [Handler; 256] = [super::other_instruction; 256];
                $(handlers[opcode::$name as usize] = $name;)*
                handlers[opcode::EXTENDED_ARG as usize] = super::extended_arg;
                handlers[opcode::END_FOR as usize] = super::end_of_for;
                handlers
            };

            /// The instructions that have a handler of their own.
            pub static HANDLED: [bool; 256] = {
                let mut handled = [false; 256];
                $(handled[opcode::$name as usize] = true;)*
                handled[opcode::EXTENDED_ARG as usize] = true;
                handled[opcode::END_FOR as usize] = true;
                handled
            };
        }
    };
}

macro_rules! handler {
    (-> $machine:ident $handler:expr) => {
        $handler
    };
    (=> $machine:ident $handler:expr) => {
        $machine.out(|$machine| $handler)
    };
}

/// A function of the threaded form.
#[cfg(not(debug_assertions))]
#[allow(improper_ctypes_definitions)]
type Handler = unsafe extern "C" fn(
    &mut Machine,
    *mut Frame,
    *const CodeUnit,
    *mut StackRef,
    usize,
    &'static Thread,
) -> Stop;

/// Goes on with the next instruction, or leaves the chain.
///
/// # Safety
/// The registers are those of a complete frame.
#[cfg(not(debug_assertions))]
#[inline(always)]
unsafe fn next(m: Machine, step: Step, general: usize, oparg: usize) -> Stop {
    match step {
        // SAFETY: by contract.
        Err(Stop::Miss) => unsafe {
            threaded::HANDLERS[general](&mut *m.home, m.frame, m.ip, m.sp, oparg, m.thread)
        },
        // SAFETY: by contract.
        Ok(()) => unsafe {
            let unit = *m.ip;
            let handler = threaded::HANDLERS[unit.opcode() as usize];
            handler(&mut *m.home, m.frame, m.ip.add(1), m.sp, unit.argument(), m.thread)
        },
        Err(stop) => {
            m.write_home();
            stop
        }
    }
}

/// The higher bits of the next instruction's argument.
#[cfg(not(debug_assertions))]
#[allow(improper_ctypes_definitions)]
unsafe extern "C" fn extended_arg(
    home: &mut Machine,
    frame: *mut Frame,
    ip: *const CodeUnit,
    sp: *mut StackRef,
    oparg: usize,
    thread: &'static Thread,
) -> Stop {
    // SAFETY: an EXTENDED_ARG is followed by another instruction.
    unsafe {
        let unit = *ip;
        let handler = threaded::HANDLERS[unit.opcode() as usize];
        handler(home, frame, ip.add(1), sp, oparg << 8 | unit.argument(), thread)
    }
}

/// END_FOR: what comes after a loop that a generator ended branches off its FOR_ITER, which stays the current instruction.
#[cfg(not(debug_assertions))]
#[allow(improper_ctypes_definitions)]
unsafe extern "C" fn end_of_for(
    home: &mut Machine,
    frame: *mut Frame,
    ip: *const CodeUnit,
    sp: *mut StackRef,
    oparg: usize,
    thread: &'static Thread,
) -> Stop {
    let mut registers = registers(home, frame, ip, sp, thread);
    let step = end_for(&mut registers);
    // SAFETY: the instruction pointer stays inside the code.
    unsafe { next(registers, step, 0, oparg) }
}

/// An instruction without a handler of its own.
#[cfg(not(debug_assertions))]
#[allow(improper_ctypes_definitions)]
unsafe extern "C" fn other_instruction(
    home: &mut Machine,
    frame: *mut Frame,
    ip: *const CodeUnit,
    sp: *mut StackRef,
    oparg: usize,
    _thread: &'static Thread,
) -> Stop {
    (home.frame, home.ip, home.sp) = (frame, ip, sp);
    // SAFETY: the instruction lies before; the instruction pointer stays inside the code.
    unsafe {
        let (mut opcode, mut oparg) = ((*ip.sub(1)).opcode(), oparg);
        loop {
            match instrumentation::instructions::other(home, opcode, oparg) {
                Next::Done(step) => {
                    let (frame, ip, sp, thread) = (home.frame, home.ip, home.sp, home.thread);
                    return next(registers(home, frame, ip, sp, thread), step, 0, oparg);
                }
                Next::Execute(next, argument) => (opcode, oparg) = (next, argument),
            }
            if threaded::HANDLED[opcode as usize & 255] {
                let (frame, ip, sp, thread) = (home.frame, home.ip, home.sp, home.thread);
                return threaded::HANDLERS[opcode as usize & 255](home, frame, ip, sp, oparg, thread);
            }
        }
    }
}

/// The registers of a handler.
#[cfg(not(debug_assertions))]
#[inline(always)]
fn registers(
    home: &mut Machine,
    frame: *mut Frame,
    ip: *const CodeUnit,
    sp: *mut StackRef,
    thread: &'static Thread,
) -> Machine {
    Machine { thread, frame, ip, sp, result: ManuallyDrop::new(StackRef::NULL), home, resumed: false }
}

/// The instructions' numbers as bytes.
#[allow(dead_code, reason = "derived from the whole table")]
mod opcode {
    macro_rules! numbers {
        (|$oparg:ident| $($(#[$doc:meta])* $name:ident = $number:literal $(of $generic:ident)?: $popped:expr => $pushed:expr, caches $caches:literal, [$($flag:ident)*];)*) => {
            $(pub const $name: u16 = $number;)*
        };
    }
    bytecode::opcode_table!(numbers);
}

/// Runs `frame` until it returns, yields or raises.
///
/// # Safety
/// `frame` is a complete frame of this thread that is linked to the current one.
pub unsafe fn run(thread: &'static Thread, frame: *mut Frame, raised: bool) -> Result {
    let previous = thread.frames().current_cell().get();
    // SAFETY: by contract.
    unsafe {
        (*frame).previous = previous;
        (*frame).is_entry = true;
    }
    let mut machine = Machine {
        thread,
        frame,
        ip: std::ptr::null(),
        sp: std::ptr::null_mut(),
        result: ManuallyDrop::new(StackRef::NULL),
        home: std::ptr::null_mut(),
        resumed: false,
    };
    // SAFETY: by contract.
    unsafe { machine.load(frame) };
    let mut step: Step = match crate::eval::machine::enter_recursion(thread) {
        Ok(()) if thread.stack.is_low() => {
            Err(raise!(RecursionError, "maximum recursion depth exceeded").into())
        }
        Ok(()) if raised => {
            thrown_into(thread, &mut machine);
            Err(Stop::Raised)
        }
        Ok(()) => Ok(()),
        Err(raised) => Err(raised.into()),
    };
    loop {
        match step {
            Ok(()) => step = steps(&mut machine),
            Err(Stop::Raised) => match unwind(&mut machine) {
                true => step = Ok(()),
                false => return Err(Raised::assume_set()),
            },
            // A general instruction fits everything.
            Err(Stop::Exit | Stop::Miss) => {
                let result = std::mem::replace(&mut machine.result, ManuallyDrop::new(StackRef::NULL));
                // SAFETY: an exit leaves a value.
                return Ok(unsafe { Ref::into_object(ManuallyDrop::into_inner(result).into_ref()) });
            }
        }
    }
}

/// The frame is resumed by raising.
#[cold]
fn thrown_into(thread: &'static Thread, machine: &mut Machine) {
    machine.save_stack();
    instrumentation::exceptions::thrown(thread, machine.frame());
    machine.resumed = true;
}

/// Runs instructions until one stops.
#[cfg(not(debug_assertions))]
fn steps(machine: &mut Machine) -> Step {
    let (frame, ip, sp, thread) = (machine.frame, machine.ip, machine.sp, machine.thread);
    // SAFETY: the registers are those of a complete frame; the instruction pointer stays inside the code.
    Err(unsafe {
        let unit = *ip;
        let handler = threaded::HANDLERS[unit.opcode() as usize];
        handler(machine, frame, ip.add(1), sp, unit.argument(), thread)
    })
}

/// Runs instructions until one stops.
#[cfg(debug_assertions)]
fn steps(m: &mut Machine) -> Step {
    loop {
        // SAFETY: the instruction pointer stays inside the code.
        let unit = unsafe { *m.ip };
        m.skip(1);
        let mut op = unit.opcode();
        let mut oparg = unit.argument();
        while op == opcode::EXTENDED_ARG {
            // SAFETY: an EXTENDED_ARG is followed by another instruction.
            let unit = unsafe { *m.ip };
            m.skip(1);
            op = unit.opcode();
            oparg = oparg << 8 | unit.argument();
        }
        execute(m, op, oparg)?;
    }
}

dispatch! { m, oparg:
        // Loads and stores.
        NOP -> Ok(()),
        NOT_TAKEN -> Ok(()),
        CACHE -> Ok(()),
        LOAD_FAST -> load_fast(m, oparg),
        LOAD_FAST_BORROW -> load_fast_borrow(m, oparg),
        LOAD_FAST_LOAD_FAST -> load_fast_load_fast(m, oparg),
        LOAD_FAST_BORROW_LOAD_FAST_BORROW -> load_fast_borrow_load_fast_borrow(m, oparg),
        LOAD_FAST_CHECK -> load_fast_check(m, oparg),
        LOAD_FAST_AND_CLEAR -> load_fast_and_clear(m, oparg),
        STORE_FAST -> store_fast(m, oparg),
        STORE_FAST_LOAD_FAST -> store_fast_load_fast(m, oparg),
        STORE_FAST_STORE_FAST -> store_fast_store_fast(m, oparg),
        DELETE_FAST -> delete_fast(m, oparg),
        LOAD_CONST => load_const(m, oparg),
        LOAD_CONST_MORTAL -> load_const_any(m, oparg),
        LOAD_CONST_IMMORTAL -> load_const_any(m, oparg),
        LOAD_SMALL_INT -> load_small_int(m, oparg),
        LOAD_COMMON_CONSTANT => load_common_constant(m, oparg),
        LOAD_LOCALS => load_locals(m),
        LOAD_NAME => load_name(m, oparg),
        STORE_NAME => store_name(m, oparg),
        DELETE_NAME => delete_name(m, oparg),
        LOAD_GLOBAL => load_global(m, oparg),
        LOAD_GLOBAL_MODULE -> load_global_module(m, oparg),
        LOAD_GLOBAL_BUILTIN -> load_global_builtin(m, oparg),
        STORE_GLOBAL => store_global(m, oparg),
        DELETE_GLOBAL => delete_global(m, oparg),
        LOAD_FROM_DICT_OR_GLOBALS => load_from_dict_or_globals(m, oparg),
        LOAD_FROM_DICT_OR_DEREF => load_from_dict_or_deref(m, oparg),
        MAKE_CELL => make_cell(m, oparg),
        COPY_FREE_VARS => copy_free_vars(m, oparg),
        LOAD_DEREF -> load_deref(m, oparg),
        STORE_DEREF -> store_deref(m, oparg),
        DELETE_DEREF => delete_deref(m, oparg),
        // The stack.
        POP_TOP -> pop_top(m),
        PUSH_NULL -> push_null(m),
        COPY -> copy(m, oparg),
        SWAP -> swap(m, oparg),
            POP_ITER -> pop_top(m),
        END_SEND -> end_send(m),
        // Operators.
        UNARY_NEGATIVE => unary_negative(m),
        UNARY_INVERT => unary_invert(m),
        UNARY_NOT -> unary_not(m),
        TO_BOOL => to_bool(m),
        TO_BOOL_BOOL -> to_bool_bool(m),
        TO_BOOL_INT -> to_bool_int(m),
        TO_BOOL_LIST -> to_bool_list(m),
        TO_BOOL_NONE -> to_bool_none(m),
        TO_BOOL_ALWAYS_TRUE -> to_bool_always_true(m),
        TO_BOOL_STR -> to_bool_str(m),
        BINARY_OP => binary_op(m, oparg),
        BINARY_OP_ADD_INT -> binary_op_add_int(m, oparg),
        BINARY_OP_SUBTRACT_INT -> binary_op_subtract_int(m, oparg),
        BINARY_OP_MULTIPLY_INT -> binary_op_multiply_int(m, oparg),
        BINARY_OP_ADD_FLOAT -> binary_op_add_float(m, oparg),
        BINARY_OP_SUBTRACT_FLOAT -> binary_op_subtract_float(m, oparg),
        BINARY_OP_MULTIPLY_FLOAT -> binary_op_multiply_float(m, oparg),
        BINARY_OP_ADD_UNICODE -> binary_op_add_unicode(m, oparg),
        BINARY_OP_SUBSCR_LIST_INT -> binary_op_subscr_list_int(m, oparg),
        BINARY_OP_SUBSCR_TUPLE_INT -> binary_op_subscr_tuple_int(m, oparg),
        BINARY_OP_SUBSCR_DICT -> binary_op_subscr_dict(m, oparg),
        BINARY_OP_SUBSCR_STR_INT -> binary_op_subscr_str_int(m, oparg),
        BINARY_OP_SUBSCR_LIST_SLICE => binary_op_subscr_list_slice(m, oparg),
        BINARY_OP_SUBSCR_GETITEM -> binary_op_subscr_getitem(m, oparg),
        BINARY_OP_EXTEND -> binary_op_extend(m, oparg),
        BINARY_OP_INPLACE_ADD_UNICODE -> binary_op_inplace_add_unicode(m, oparg),
        BINARY_SLICE => binary_slice(m),
        STORE_SLICE => store_slice(m),
        STORE_SUBSCR => store_subscr(m),
        STORE_SUBSCR_DICT -> store_subscr_dict(m),
        STORE_SUBSCR_LIST_INT -> store_subscr_list_int(m),
        DELETE_SUBSCR => delete_subscr(m),
        COMPARE_OP => compare_op(m, oparg),
        COMPARE_OP_INT -> compare_op_int(m, oparg),
        COMPARE_OP_FLOAT -> compare_op_float(m, oparg),
        COMPARE_OP_STR -> compare_op_str(m, oparg),
        IS_OP -> is_op(m, oparg),
        CONTAINS_OP => contains_op(m, oparg),
        CONTAINS_OP_DICT -> contains_op_dict(m, oparg),
        CONTAINS_OP_SET -> contains_op_set(m, oparg),
        // Attributes.
        LOAD_ATTR => load_attr(m, oparg),
        LOAD_ATTR_INSTANCE_VALUE -> load_attr_instance_value(m, oparg),
        LOAD_ATTR_WITH_HINT -> load_attr_with_hint(m, oparg),
        LOAD_ATTR_MODULE -> load_attr_module(m, oparg),
        LOAD_ATTR_SLOT -> load_attr_slot(m, oparg),
        LOAD_ATTR_CLASS -> load_attr_class(m, oparg),
        LOAD_ATTR_CLASS_WITH_METACLASS_CHECK -> load_attr_class_with_metaclass_check(m, oparg),
        LOAD_ATTR_PROPERTY -> load_attr_property(m, oparg),
        LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN -> load_attr_getattribute_overridden(m, oparg),
        LOAD_ATTR_METHOD_WITH_VALUES -> load_attr_method_with_values(m, oparg),
        LOAD_ATTR_METHOD_NO_DICT -> load_attr_method_no_dict(m, oparg),
        LOAD_ATTR_METHOD_LAZY_DICT -> load_attr_method_lazy_dict(m, oparg),
        LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES -> load_attr_nondescriptor_with_values(m, oparg),
        LOAD_ATTR_NONDESCRIPTOR_NO_DICT -> load_attr_nondescriptor_no_dict(m, oparg),
        STORE_ATTR => store_attr(m, oparg),
        STORE_ATTR_INSTANCE_VALUE -> store_attr_instance_value(m, oparg),
        STORE_ATTR_WITH_HINT -> store_attr_with_hint(m, oparg),
        STORE_ATTR_SLOT -> store_attr_slot(m, oparg),
        DELETE_ATTR => delete_attr(m, oparg),
        LOAD_SUPER_ATTR => load_super_attr(m, oparg),
        LOAD_SUPER_ATTR_ATTR -> load_super_attr_attr(m, oparg),
        LOAD_SUPER_ATTR_METHOD -> load_super_attr_method(m, oparg),
        LOAD_SPECIAL => load_special(m, oparg),
        // Building containers and text.
        BUILD_TUPLE => build_tuple(m, oparg),
        BUILD_LIST => build_list(m, oparg),
        BUILD_SET => build_set(m, oparg),
        BUILD_MAP => build_map(m, oparg),
        BUILD_SLICE => build_slice(m, oparg),
        BUILD_STRING => build_string(m, oparg),
        BUILD_INTERPOLATION => build_interpolation(m, oparg),
        BUILD_TEMPLATE => build_template(m),
        LIST_APPEND -> list_append(m, oparg),
        LIST_EXTEND => list_extend(m, oparg),
        SET_ADD => set_add(m, oparg),
        SET_UPDATE => set_update(m, oparg),
        MAP_ADD => map_add(m, oparg),
        DICT_UPDATE => dict_update(m, oparg),
        DICT_MERGE => dict_merge(m, oparg),
        UNPACK_SEQUENCE => unpack_sequence(m, oparg),
        UNPACK_SEQUENCE_TWO_TUPLE -> unpack_sequence_tuple(m, oparg),
        UNPACK_SEQUENCE_TUPLE -> unpack_sequence_tuple(m, oparg),
        UNPACK_SEQUENCE_LIST -> unpack_sequence_list(m, oparg),
        UNPACK_EX => unpack_ex(m, oparg),
        CONVERT_VALUE => convert_value(m, oparg),
        FORMAT_SIMPLE => format_simple(m),
        FORMAT_WITH_SPEC => format_with_spec(m),
        // Jumps and loops.
        JUMP_FORWARD -> { m.jump_forward(oparg); Ok(()) },
        JUMP_BACKWARD => jump_backward(m, oparg),
        JUMP_BACKWARD_NO_JIT -> jump_backward_no_jit(m, oparg),
        JUMP_BACKWARD_JIT -> jump_backward_no_jit(m, oparg),
        JUMP_BACKWARD_NO_INTERRUPT -> { m.jump_backward(oparg); Ok(()) },
        POP_JUMP_IF_TRUE -> pop_jump_if_true(m, oparg),
        POP_JUMP_IF_FALSE -> pop_jump_if_false(m, oparg),
        POP_JUMP_IF_NONE -> pop_jump_if_none(m, oparg),
        POP_JUMP_IF_NOT_NONE -> pop_jump_if_not_none(m, oparg),
        GET_ITER => get_iter(m),
        GET_YIELD_FROM_ITER => get_yield_from_iter(m),
        FOR_ITER => for_iter(m, oparg),
        FOR_ITER_LIST -> for_iter_list(m, oparg),
        FOR_ITER_TUPLE -> for_iter_tuple(m, oparg),
        FOR_ITER_RANGE -> for_iter_range(m, oparg),
        FOR_ITER_GEN -> for_iter_gen(m, oparg),
        GET_LEN => get_len(m),
        // Calls and functions.
        CALL => call(m, oparg),
        CALL_PY_EXACT_ARGS -> call_py_exact_args(m, oparg),
        CALL_BOUND_METHOD_EXACT_ARGS -> call_bound_method_exact_args(m, oparg),
        CALL_PY_GENERAL -> call_py_general(m, oparg),
        CALL_BOUND_METHOD_GENERAL -> call_bound_method_general(m, oparg),
        CALL_NON_PY_GENERAL -> call_non_py_general(m, oparg),
        CALL_BUILTIN_O -> call_builtin_o(m, oparg),
        CALL_BUILTIN_FAST => call_builtin_fast(m, oparg),
        CALL_BUILTIN_FAST_WITH_KEYWORDS => call_builtin_fast_with_keywords(m, oparg),
        CALL_BUILTIN_CLASS => call_builtin_class(m, oparg),
        CALL_METHOD_DESCRIPTOR_NOARGS -> call_method_descriptor_noargs(m, oparg),
        CALL_METHOD_DESCRIPTOR_O -> call_method_descriptor_o(m, oparg),
        CALL_METHOD_DESCRIPTOR_FAST => call_method_descriptor_fast(m, oparg),
        CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS => call_method_descriptor_fast_with_keywords(m, oparg),
        CALL_LEN -> call_len(m, oparg),
        CALL_ISINSTANCE -> call_isinstance(m, oparg),
        CALL_LIST_APPEND -> call_list_append(m, oparg),
        CALL_TYPE_1 -> call_type_1(m, oparg),
        CALL_STR_1 -> call_str_1(m, oparg),
        CALL_TUPLE_1 -> call_tuple_1(m, oparg),
        CALL_ALLOC_AND_ENTER_INIT -> call_alloc_and_enter_init(m, oparg),
        CALL_KW => call_kw(m, oparg),
        CALL_KW_PY -> call_kw_py(m, oparg),
        CALL_KW_BOUND_METHOD -> call_kw_bound_method(m, oparg),
        CALL_KW_NON_PY -> call_kw_non_py(m, oparg),
        CALL_FUNCTION_EX => call_function_ex(m),
        CALL_INTRINSIC_1 => call_intrinsic_1(m, oparg),
        CALL_INTRINSIC_2 => call_intrinsic_2(m, oparg),
        MAKE_FUNCTION => make_function(m),
        SET_FUNCTION_ATTRIBUTE => set_function_attribute(m, oparg),
        LOAD_BUILD_CLASS => load_build_class(m),
        SETUP_ANNOTATIONS => setup_annotations(m),
        RESUME => resume(m, oparg),
        RESUME_CHECK -> resume_check(m, oparg),
        RETURN_VALUE -> return_value(m),
        INTERPRETER_EXIT -> return_value(m),
        EXIT_INIT_CHECK => exit_init_check(m),
        // Generators and coroutines.
        RETURN_GENERATOR => return_generator(m),
        YIELD_VALUE -> yield_value(m, oparg),
        SEND => send(m, oparg),
        SEND_GEN -> send_gen(m, oparg),
        GET_AWAITABLE => get_awaitable(m, oparg),
        GET_AITER => get_aiter(m),
        GET_ANEXT => get_anext(m),
        END_ASYNC_FOR => end_async_for(m),
        CLEANUP_THROW => cleanup_throw(m),
        // Exceptions.
        RAISE_VARARGS => raise_varargs(m, oparg),
        RERAISE => reraise(m, oparg),
        PUSH_EXC_INFO => push_exc_info(m),
        POP_EXCEPT => pop_except(m),
        CHECK_EXC_MATCH => check_exc_match(m),
        CHECK_EG_MATCH => check_eg_match(m),
        WITH_EXCEPT_START => with_except_start(m),
        // Import and patterns.
        IMPORT_NAME => import_name(m, oparg),
        IMPORT_FROM => import_from(m, oparg),
        MATCH_CLASS => match_class(m, oparg),
        MATCH_KEYS => match_keys(m),
        MATCH_MAPPING => match_mapping(m),
        MATCH_SEQUENCE => match_sequence(m),
}
