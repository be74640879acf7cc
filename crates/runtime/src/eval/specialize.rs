//! Specialization in place (PEP 659): counters in the inline caches; when one runs out, the instruction is replaced by the
//! member of its family that fits what it sees now.

use bytecode::opcode::Opcode;
use bytecode::operands::BinaryOperator;

use crate::eval::call::takes_exactly;
use crate::eval::machine::Machine;
use crate::object::Object;
use crate::objects::code::CodeUnit;
use crate::objects::dict::Dict;
use crate::objects::float::Float;
use crate::objects::function::Function;
use crate::objects::int::Int;
use crate::objects::list::{List, ListIterator};
use crate::objects::method::Method;
use crate::objects::range::RangeIterator;
use crate::objects::str::Str;
use crate::objects::tuple::{Tuple, TupleIterator};

/// How often a generic instruction runs before it is specialized, and how long it waits after it found nothing.
const WARMUP: u16 = 8;
const BACKOFF: u16 = 400;

/// Counts down the first cache; true when it is time to look.
#[inline(always)]
fn is_due(m: &Machine) -> bool {
    // SAFETY: the family's instructions have a counter in their first cache.
    let counter = unsafe { &*(m.ip as *const std::cell::Cell<u16>) };
    let count = counter.get();
    if count > 1 {
        counter.set(count - 1);
        return false;
    }
    if count == 0 {
        counter.set(WARMUP);
        return false;
    }
    counter.set(BACKOFF);
    true
}

/// Replaces the current instruction.
#[cold]
fn replace(m: &Machine, opcode: Opcode) {
    // SAFETY: `ip` is right after the current instruction; code is changed only under the GIL.
    unsafe { CodeUnit::set_opcode(m.ip.sub(1), opcode as u8) };
}

/// Both of exactly that type?
#[inline(always)]
fn both<T: crate::object::NativeType>(left: &Object, right: &Object) -> bool {
    left.is::<T>() && right.is::<T>()
}

#[inline(always)]
pub fn to_bool(m: &Machine) {
    if is_due(m) {
        let value = m.peek(1);
        let opcode = if value.is::<crate::objects::bool_::Bool>() {
            Opcode::TO_BOOL_BOOL
        } else if value.is::<Int>() {
            Opcode::TO_BOOL_INT
        } else if value.is::<List>() {
            Opcode::TO_BOOL_LIST
        } else if value.is::<Str>() {
            Opcode::TO_BOOL_STR
        } else if value.is_none() {
            Opcode::TO_BOOL_NONE
        } else {
            return;
        };
        replace(m, opcode);
    }
}

#[inline(always)]
pub fn binary_op(m: &Machine, operator: usize) {
    if is_due(m) {
        specialize_binary_op(m, operator);
    }
}

#[cold]
fn specialize_binary_op(m: &Machine, operator: usize) {
    use BinaryOperator as B;
    let (left, right) = (m.peek(2), m.peek(1));
    let opcode = match BinaryOperator::from_u32(operator as u32) {
        Some(B::Add | B::InplaceAdd) if both::<Int>(left, right) => Opcode::BINARY_OP_ADD_INT,
        Some(B::Add | B::InplaceAdd) if both::<Float>(left, right) => Opcode::BINARY_OP_ADD_FLOAT,
        Some(B::Add | B::InplaceAdd) if both::<Str>(left, right) => Opcode::BINARY_OP_ADD_UNICODE,
        Some(B::Subtract | B::InplaceSubtract) if both::<Int>(left, right) => Opcode::BINARY_OP_SUBTRACT_INT,
        Some(B::Subtract | B::InplaceSubtract) if both::<Float>(left, right) => {
            Opcode::BINARY_OP_SUBTRACT_FLOAT
        }
        Some(B::Multiply | B::InplaceMultiply) if both::<Int>(left, right) => Opcode::BINARY_OP_MULTIPLY_INT,
        Some(B::Multiply | B::InplaceMultiply) if both::<Float>(left, right) => {
            Opcode::BINARY_OP_MULTIPLY_FLOAT
        }
        Some(B::Subscript) if left.is::<List>() && right.is::<Int>() => Opcode::BINARY_OP_SUBSCR_LIST_INT,
        Some(B::Subscript) if left.is::<Tuple>() && right.is::<Int>() => Opcode::BINARY_OP_SUBSCR_TUPLE_INT,
        Some(B::Subscript) if left.is::<Dict>() => Opcode::BINARY_OP_SUBSCR_DICT,
        _ => return,
    };
    replace(m, opcode);
}

#[inline(always)]
pub fn store_subscr(m: &Machine) {
    if is_due(m) {
        let (container, key) = (m.peek(2), m.peek(1));
        if container.is::<Dict>() {
            replace(m, Opcode::STORE_SUBSCR_DICT);
        } else if container.is::<List>() && key.is::<Int>() {
            replace(m, Opcode::STORE_SUBSCR_LIST_INT);
        }
    }
}

#[inline(always)]
pub fn compare_op(m: &Machine) {
    if is_due(m) {
        let (left, right) = (m.peek(2), m.peek(1));
        if both::<Int>(left, right) {
            replace(m, Opcode::COMPARE_OP_INT);
        } else if both::<Float>(left, right) {
            replace(m, Opcode::COMPARE_OP_FLOAT);
        } else if both::<Str>(left, right) {
            replace(m, Opcode::COMPARE_OP_STR);
        }
    }
}

#[inline(always)]
pub fn unpack_sequence(m: &Machine, count: usize) {
    if is_due(m) {
        let sequence = m.peek(1);
        if sequence.downcast_exact::<Tuple>().is_some_and(|tuple| tuple.len() == count) {
            let opcode =
                if count == 2 { Opcode::UNPACK_SEQUENCE_TWO_TUPLE } else { Opcode::UNPACK_SEQUENCE_TUPLE };
            replace(m, opcode);
        } else if sequence.downcast_exact::<List>().is_some_and(|list| list.len() == count) {
            replace(m, Opcode::UNPACK_SEQUENCE_LIST);
        }
    }
}

#[inline(always)]
pub fn for_iter(m: &Machine, _units: usize) {
    if is_due(m) {
        let iterator = m.peek(1);
        if iterator.is::<ListIterator>() {
            replace(m, Opcode::FOR_ITER_LIST);
        } else if iterator.is::<TupleIterator>() {
            replace(m, Opcode::FOR_ITER_TUPLE);
        } else if iterator.is::<RangeIterator>() {
            replace(m, Opcode::FOR_ITER_RANGE);
        }
    }
}

#[inline(always)]
pub fn call(m: &Machine, count: usize) {
    if is_due(m) {
        specialize_call(m, count);
    }
}

#[cold]
fn specialize_call(m: &Machine, count: usize) {
    let callable = m.peek(count + 2);
    // SAFETY: the stack picture of a call.
    let has_self = unsafe { !(*m.slot(count + 1)).is_null() };
    if let Some(function) = callable.downcast_exact::<Function>() {
        if takes_exactly(function, count + usize::from(has_self)) {
            replace(m, Opcode::CALL_PY_EXACT_ARGS);
        }
    } else if let Some(method) = callable.downcast_exact::<Method>().filter(|_| !has_self) {
        let function = method.function();
        if function.downcast_exact::<Function>().is_some_and(|function| takes_exactly(function, count + 1)) {
            replace(m, Opcode::CALL_BOUND_METHOD_EXACT_ARGS);
        }
    }
}
