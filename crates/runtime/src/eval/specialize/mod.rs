//! Specialization in place (PEP 659): counters in the inline caches; when one runs out, the instruction is replaced by the
//! member of its family that fits what it sees now.

pub mod attributes;
pub mod calls;

use bytecode::opcode::Opcode;
use bytecode::operands::BinaryOperator;

use crate::eval::machine::Machine;
use crate::object::Object;
use crate::objects::code::CodeUnit;
use crate::objects::dict::Dict;
use crate::objects::float::Float;
use crate::objects::function::Function;
use crate::objects::generator::{Coroutine, Generator};
use crate::objects::int::Int;
use crate::objects::list::{List, ListIterator};
use crate::objects::range::RangeIterator;
use crate::objects::set::{FrozenSet, Set};
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::tuple::{Tuple, TupleIterator};
pub use attributes::{load_attr, load_global, load_super_attr, store_attr};
pub use calls::{Callables, call, call_kw};

/// A counter has 12 bits of count over 4 bits of backoff: the binary logarithm of the next count.
const BACKOFF_BITS: u32 = 4;
const MOST_BACKOFF: u16 = 12;
/// What new code's counters begin with.
const WARMUP: u16 = 1 << BACKOFF_BITS | 1;
/// What a counter of a specialized instruction begins with: so often the instruction may meet what it is not for.
const COOLDOWN: u16 = 52 << BACKOFF_BITS;

/// The instructions whose first cache is a counter.
const fn is_adaptive(opcode: Opcode) -> bool {
    matches!(
        opcode,
        Opcode::TO_BOOL
            | Opcode::BINARY_OP
            | Opcode::STORE_SUBSCR
            | Opcode::SEND
            | Opcode::UNPACK_SEQUENCE
            | Opcode::STORE_ATTR
            | Opcode::LOAD_GLOBAL
            | Opcode::LOAD_SUPER_ATTR
            | Opcode::LOAD_ATTR
            | Opcode::COMPARE_OP
            | Opcode::CONTAINS_OP
            | Opcode::FOR_ITER
            | Opcode::CALL
            | Opcode::CALL_KW
    )
}

/// Prepares the counters of new code.
///
/// # Safety
/// `code` points to `units` units that nobody runs yet.
pub unsafe fn warm_up(code: *mut CodeUnit, units: usize) {
    let mut at = 0;
    while at < units {
        // SAFETY: by contract.
        let unit = unsafe { *code.add(at) };
        let opcode = Opcode::from_u16(unit.opcode()).unwrap_or(Opcode::NOP);
        if is_adaptive(opcode) && at + 1 < units {
            // SAFETY: as above.
            unsafe { code.add(at + 1).cast::<u16>().write(WARMUP) };
        }
        at += 1 + opcode.caches();
    }
}

#[inline(always)]
fn counter(m: &Machine) -> *mut u16 {
    m.ip.cast_mut().cast()
}

/// Counts down; true when it is time to look. Whoever looks calls [`specialized`] or [`failed`].
#[inline(always)]
pub(crate) fn is_due(m: &Machine) -> bool {
    // SAFETY: the family's instructions have a counter in their first cache; code is changed only under the GIL.
    unsafe {
        let count = *counter(m);
        if count >> BACKOFF_BITS == 0 {
            return true;
        }
        *counter(m) = count - (1 << BACKOFF_BITS);
    }
    false
}

fn write_16(m: &Machine, index: usize, value: u16) {
    // SAFETY: a unit of the current instruction's caches; code is changed only under the GIL.
    unsafe { m.ip.cast_mut().add(index).cast::<u16>().write(value) };
}

fn write_32(m: &Machine, index: usize, value: u32) {
    // SAFETY: as above, two units.
    unsafe { m.ip.cast_mut().add(index).cast::<u32>().write_unaligned(value) };
}

fn write_object(m: &Machine, index: usize, object: &Object) {
    // SAFETY: as above, four units.
    unsafe { m.ip.cast_mut().add(index).cast::<*const Object>().write_unaligned(object) };
}

fn write_word(m: &Machine, index: usize, word: usize) {
    // SAFETY: as above.
    unsafe { m.ip.cast_mut().add(index).cast::<usize>().write_unaligned(word) };
}

/// Replaces the current instruction, unless somebody watches it.
pub(crate) fn replace(m: &Machine, opcode: Opcode) {
    // SAFETY: `ip` is right after the current instruction; code is changed only under the GIL.
    unsafe {
        let unit = m.ip.sub(1);
        if Opcode::from_u16((*unit).opcode()).is_none_or(Opcode::is_instrumented) {
            return;
        }
        CodeUnit::set_opcode(unit, opcode as u8);
    }
}

/// The member of the family that fits has been found.
#[cold]
pub(crate) fn specialized(m: &Machine, opcode: Opcode) {
    // SAFETY: as in `is_due`.
    unsafe { *counter(m) = COOLDOWN };
    replace(m, opcode);
}

/// Nothing fits: the general instruction, and a longer wait.
#[cold]
pub(crate) fn failed(m: &Machine) {
    // SAFETY: as in `is_due`.
    unsafe {
        let backoff = (*counter(m) & ((1 << BACKOFF_BITS) - 1)).min(MOST_BACKOFF - 1) + 1;
        *counter(m) = ((1 << backoff) - 1) << BACKOFF_BITS | backoff;
        let current = Opcode::from_u16((*m.ip.sub(1)).opcode());
        if let Some(current) = current.filter(|current| current.is_specialized()) {
            replace(m, current.deopt());
        }
    }
}

fn settle(m: &Machine, opcode: Option<Opcode>) {
    match opcode {
        Some(opcode) => specialized(m, opcode),
        None => failed(m),
    }
}

/// Both of exactly that type?
#[inline(always)]
fn both<T: crate::object::NativeType>(left: &Object, right: &Object) -> bool {
    left.is::<T>() && right.is::<T>()
}

#[inline(always)]
pub fn to_bool(m: &Machine) {
    if is_due(m) {
        settle(m, find_truth(m));
    }
}

#[cold]
fn find_truth(m: &Machine) -> Option<Opcode> {
    let value = m.peek(1);
    Some(if value.is::<crate::objects::bool_::Bool>() {
        Opcode::TO_BOOL_BOOL
    } else if value.is::<Int>() {
        Opcode::TO_BOOL_INT
    } else if value.is::<List>() {
        Opcode::TO_BOOL_LIST
    } else if value.is_none() {
        Opcode::TO_BOOL_NONE
    } else if value.is::<Str>() {
        Opcode::TO_BOOL_STR
    } else {
        let ty = value.ty();
        let has_truth = ty.nb_bool().is_some() || ty.mp_length().is_some() || ty.sq_length().is_some();
        if !ty.has_flag(abi::Py_TPFLAGS_HEAPTYPE) || has_truth {
            return None;
        }
        let version = ty.version();
        if version == 0 {
            return None;
        }
        write_32(m, 1, version);
        Opcode::TO_BOOL_ALWAYS_TRUE
    })
}

#[inline(always)]
pub fn binary_op(m: &Machine, operator: usize) {
    if is_due(m) {
        settle(m, find_binary_op(m, operator));
    }
}

#[cold]
fn find_binary_op(m: &Machine, operator: usize) -> Option<Opcode> {
    use BinaryOperator as B;
    let (left, right) = (m.peek(2), m.peek(1));
    let operator = BinaryOperator::from_u32(operator as u32)?;
    Some(match operator {
        B::Add | B::InplaceAdd if both::<Str>(left, right) => {
            // SAFETY: an instruction follows the caches.
            let next = unsafe { *m.ip.add(5) };
            if next.opcode() == Opcode::STORE_FAST as u16 && m.local_is(next.argument(), left) {
                Opcode::BINARY_OP_INPLACE_ADD_UNICODE
            } else {
                Opcode::BINARY_OP_ADD_UNICODE
            }
        }
        B::Add | B::InplaceAdd if both_compact(left, right) => Opcode::BINARY_OP_ADD_INT,
        B::Add | B::InplaceAdd if both::<Float>(left, right) => Opcode::BINARY_OP_ADD_FLOAT,
        B::Subtract | B::InplaceSubtract if both_compact(left, right) => Opcode::BINARY_OP_SUBTRACT_INT,
        B::Subtract | B::InplaceSubtract if both::<Float>(left, right) => Opcode::BINARY_OP_SUBTRACT_FLOAT,
        B::Multiply | B::InplaceMultiply if both_compact(left, right) => Opcode::BINARY_OP_MULTIPLY_INT,
        B::Multiply | B::InplaceMultiply if both::<Float>(left, right) => Opcode::BINARY_OP_MULTIPLY_FLOAT,
        B::Subscript => {
            let index =
                right.downcast_exact::<Int>().is_some_and(|index| index.is_compact() && index.sign() >= 0);
            if left.is::<List>() && index {
                Opcode::BINARY_OP_SUBSCR_LIST_INT
            } else if left.is::<List>() && right.is::<Slice>() {
                Opcode::BINARY_OP_SUBSCR_LIST_SLICE
            } else if left.is::<Tuple>() && index {
                Opcode::BINARY_OP_SUBSCR_TUPLE_INT
            } else if left.is::<Str>() && index {
                Opcode::BINARY_OP_SUBSCR_STR_INT
            } else if left.is::<Dict>() {
                Opcode::BINARY_OP_SUBSCR_DICT
            } else {
                find_getitem(left)?
            }
        }
        _ => {
            let function = crate::eval::instructions::operators::extended(operator, left, right)?;
            write_word(m, 1, function as usize);
            Opcode::BINARY_OP_EXTEND
        }
    })
}

/// A `__getitem__` written in Python: it is kept beside the class.
fn find_getitem(container: &Object) -> Option<Opcode> {
    let ty = container.ty();
    let heap = ty.heap()?;
    let version = ty.version();
    let found = ty.lookup(crate::intern!("__getitem__"))?;
    let function = found.downcast_exact::<Function>()?;
    if version == 0
        || !crate::eval::call::takes_exactly(function, 2)
        || function.makes_generator()
        || function.ensure_version() == 0
    {
        return None;
    }
    heap._spec_cache.getitem.set(found.as_ptr());
    heap._spec_cache.getitem_version.set(function.version());
    Some(Opcode::BINARY_OP_SUBSCR_GETITEM)
}

fn both_compact(left: &Object, right: &Object) -> bool {
    let compact = |object: &Object| object.downcast_exact::<Int>().is_some_and(Int::is_compact);
    compact(left) && compact(right)
}

#[inline(always)]
pub fn store_subscr(m: &Machine) {
    if is_due(m) {
        let (container, key) = (m.peek(2), m.peek(1));
        let in_range = |list: &List| {
            let index = key.downcast_exact::<Int>().filter(|index| index.is_compact() && index.sign() >= 0);
            index.is_some_and(|index| (index.compact_value() as usize) < list.len())
        };
        let opcode = if container.is::<Dict>() {
            Some(Opcode::STORE_SUBSCR_DICT)
        } else {
            container
                .downcast_exact::<List>()
                .filter(|list| in_range(list))
                .map(|_| Opcode::STORE_SUBSCR_LIST_INT)
        };
        settle(m, opcode);
    }
}

#[inline(always)]
pub fn compare_op(m: &Machine, oparg: usize) {
    if is_due(m) {
        let (left, right) = (m.peek(2), m.peek(1));
        let equality = oparg >> 5 == 2 || oparg >> 5 == 3;
        let opcode = if both_compact(left, right) {
            Some(Opcode::COMPARE_OP_INT)
        } else if both::<Float>(left, right) {
            Some(Opcode::COMPARE_OP_FLOAT)
        } else if both::<Str>(left, right) && equality {
            Some(Opcode::COMPARE_OP_STR)
        } else {
            None
        };
        settle(m, opcode);
    }
}

#[inline(always)]
pub fn contains_op(m: &Machine) {
    if is_due(m) {
        let container = m.peek(1);
        let opcode = if container.is::<Dict>() {
            Some(Opcode::CONTAINS_OP_DICT)
        } else if container.is::<Set>() || container.is::<FrozenSet>() {
            Some(Opcode::CONTAINS_OP_SET)
        } else {
            None
        };
        settle(m, opcode);
    }
}

#[inline(always)]
pub fn unpack_sequence(m: &Machine, count: usize) {
    if is_due(m) {
        let sequence = m.peek(1);
        let opcode = if sequence.downcast_exact::<Tuple>().is_some_and(|tuple| tuple.len() == count) {
            Some(if count == 2 { Opcode::UNPACK_SEQUENCE_TWO_TUPLE } else { Opcode::UNPACK_SEQUENCE_TUPLE })
        } else if sequence.downcast_exact::<List>().is_some_and(|list| list.len() == count) {
            Some(Opcode::UNPACK_SEQUENCE_LIST)
        } else {
            None
        };
        settle(m, opcode);
    }
}

#[inline(always)]
pub fn for_iter(m: &Machine, _units: usize) {
    if is_due(m) {
        let iterator = m.peek(1);
        let opcode = if iterator.is::<ListIterator>() {
            Some(Opcode::FOR_ITER_LIST)
        } else if iterator.is::<TupleIterator>() {
            Some(Opcode::FOR_ITER_TUPLE)
        } else if iterator.is::<RangeIterator>() {
            Some(Opcode::FOR_ITER_RANGE)
        } else if iterator.is::<Generator>() {
            Some(Opcode::FOR_ITER_GEN)
        } else {
            None
        };
        settle(m, opcode);
    }
}

/// Before the value is popped.
#[inline(always)]
pub fn send(m: &Machine) {
    if is_due(m) {
        let receiver = m.peek(2);
        let fits = receiver.is::<Generator>() || receiver.is::<Coroutine>();
        settle(m, fits.then_some(Opcode::SEND_GEN));
    }
}

impl Machine {
    /// Is that object what the local holds?
    pub fn local_is(&self, index: usize, object: &Object) -> bool {
        // SAFETY: the slot exists.
        unsafe { (*self.local(index)).get() }.is_some_and(|local| local.is_same(object))
    }
}
