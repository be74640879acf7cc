//! Operators: arithmetic, subscripts, comparison, containment, truth.

use bytecode::operands::{BinaryOperator, COMPARE_TO_BOOL};

use crate::errors::Result;
use crate::eval::machine::{Machine, Step, Stop};
use crate::eval::specialize;
use crate::eval::stackref::StackRef;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::float::Float;
use crate::objects::function::Function;
use crate::objects::int::Int;
use crate::objects::list::List;
use crate::objects::set::{FrozenSet, Set};
use crate::objects::singletons::{is_true, none, py_bool, py_false, py_true};
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::protocol::compare::CompareOp;
use crate::protocol::number;
use crate::reference::Ref;

const BINARY_OP_CACHES: usize = 5;

/// Replaces the top item by what `operator` makes of it.
#[inline(always)]
fn unary(m: &mut Machine, operator: impl FnOnce(&Object) -> Result) -> Step {
    let operand = m.pop();
    // SAFETY: the stack picture has an object here.
    let result = operator(unsafe { operand.object() })?;
    drop(operand);
    m.push_ref(result);
    Ok(())
}

#[inline(never)]
pub fn unary_negative(m: &mut Machine) -> Step {
    unary(m, number::negative)
}

#[inline(never)]
pub fn unary_invert(m: &mut Machine) -> Step {
    unary(m, number::invert)
}

#[inline(always)]
pub fn unary_not(m: &mut Machine) -> Step {
    let truth = is_true(m.peek(1));
    m.set_top(StackRef::new(py_bool(!truth)));
    Ok(())
}

#[inline(never)]
pub fn to_bool(m: &mut Machine) -> Step {
    specialize::to_bool(m);
    m.skip(3);
    unary(m, |value| value.is_true().map(py_bool))
}

#[inline(always)]
pub fn to_bool_bool(m: &mut Machine) -> Step {
    if !m.peek(1).is::<crate::objects::bool_::Bool>() {
        return Err(Stop::Miss);
    }
    m.skip(3);
    Ok(())
}

/// A TO_BOOL for one exact type.
macro_rules! to_bool_of {
    ($($name:ident: $type:ty, $truth:expr;)*) => {$(
        #[inline(always)]
        pub fn $name(m: &mut Machine) -> Step {
            let Some(value) = m.peek(1).downcast_exact::<$type>() else { return Err(Stop::Miss) };
            let truth: fn(&$type) -> bool = $truth;
            let truth = py_bool(truth(value));
            m.skip(3);
            m.set_top(StackRef::new(truth));
            Ok(())
        }
    )*};
}

to_bool_of! {
    to_bool_int: Int, |value| value.sign() != 0;
    to_bool_list: List, |value| !value.is_empty();
    to_bool_str: Str, |value| !value.is_empty();
}

/// An instance of a class without `__bool__` and `__len__`.
#[inline(always)]
pub fn to_bool_always_true(m: &mut Machine) -> Step {
    if m.peek(1).ty().raw.tp_version_tag.get() != m.cache_32(1) {
        return Err(Stop::Miss);
    }
    m.skip(3);
    m.set_top(StackRef::new(py_true()));
    Ok(())
}

#[inline(always)]
pub fn to_bool_none(m: &mut Machine) -> Step {
    if !m.peek(1).is_none() {
        return Err(Stop::Miss);
    }
    m.skip(3);
    m.set_top(StackRef::new(py_false()));
    Ok(())
}

/// `left OPERATOR right`.
pub fn apply(operator: BinaryOperator, left: &Object, right: &Object) -> Result {
    use BinaryOperator as B;
    match operator {
        B::Add => number::add(left, right),
        B::And => number::and(left, right),
        B::FloorDivide => number::floor_divide(left, right),
        B::LeftShift => number::lshift(left, right),
        B::MatrixMultiply => number::matrix_multiply(left, right),
        B::Multiply => number::multiply(left, right),
        B::Remainder => number::remainder(left, right),
        B::Or => number::or(left, right),
        B::Power => number::power(left, right, &none()),
        B::RightShift => number::rshift(left, right),
        B::Subtract => number::subtract(left, right),
        B::TrueDivide => number::true_divide(left, right),
        B::Xor => number::xor(left, right),
        B::InplaceAdd => number::inplace_add(left, right),
        B::InplaceAnd => number::inplace_and(left, right),
        B::InplaceFloorDivide => number::inplace_floor_divide(left, right),
        B::InplaceLeftShift => number::inplace_lshift(left, right),
        B::InplaceMatrixMultiply => number::inplace_matrix_multiply(left, right),
        B::InplaceMultiply => number::inplace_multiply(left, right),
        B::InplaceRemainder => number::inplace_remainder(left, right),
        B::InplaceOr => number::inplace_or(left, right),
        B::InplacePower => number::inplace_power(left, right, &none()),
        B::InplaceRightShift => number::inplace_rshift(left, right),
        B::InplaceSubtract => number::inplace_subtract(left, right),
        B::InplaceTrueDivide => number::inplace_true_divide(left, right),
        B::InplaceXor => number::inplace_xor(left, right),
        B::Subscript => left.get_item(right),
    }
}

/// Replaces the two top items by what `operator` makes of them.
#[inline(always)]
fn binary(m: &mut Machine, operator: impl FnOnce(&Object, &Object) -> Result) -> Step {
    let right = m.pop();
    let left = m.pop();
    // SAFETY: the stack picture has two objects here.
    let result = unsafe { operator(left.object(), right.object()) }?;
    drop(right);
    drop(left);
    m.push_ref(result);
    Ok(())
}

#[inline(never)]
pub fn binary_op(m: &mut Machine, operator: usize) -> Step {
    specialize::binary_op(m, operator);
    m.skip(BINARY_OP_CACHES);
    binary_op_slow(m, operator)
}

#[inline(never)]
fn binary_op_slow(m: &mut Machine, operator: usize) -> Step {
    let operator = BinaryOperator::from_u32(operator as u32).expect("the compiler emits known operators");
    if let Some(result) = common(operator, m.peek(2), m.peek(1)) {
        drop(m.pop());
        m.set_top(StackRef::new(result));
        return Ok(());
    }
    binary(m, |left, right| apply(operator, left, right))
}

/// What has no instruction of its own, of two small ints or two floats.
#[inline(always)]
fn common(operator: BinaryOperator, left: &Object, right: &Object) -> Option<Ref> {
    use BinaryOperator as B;
    if let (Some(left), Some(right)) = (left.downcast_exact::<Int>(), right.downcast_exact::<Int>()) {
        if !left.is_compact() || !right.is_compact() {
            return None;
        }
        let (left, right) = (left.compact_value() as i64, right.compact_value() as i64);
        let result = match operator {
            B::FloorDivide | B::InplaceFloorDivide if right != 0 => {
                left.div_euclid(right) - i64::from(right < 0 && left.rem_euclid(right) != 0)
            }
            B::Remainder | B::InplaceRemainder if right != 0 => {
                let rest = left % right;
                if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest }
            }
            B::RightShift | B::InplaceRightShift if right >= 0 => left >> right.min(63),
            B::LeftShift | B::InplaceLeftShift if (0..32).contains(&right) => left << right,
            B::TrueDivide | B::InplaceTrueDivide if right != 0 => {
                return Some(Float::new(left as f64 / right as f64).into_object());
            }
            _ => return None,
        };
        return Some(Int::new(result).into_object());
    }
    let (left, right) = (left.downcast_exact::<Float>()?, right.downcast_exact::<Float>()?);
    match operator {
        B::TrueDivide | B::InplaceTrueDivide if right.value() != 0.0 => {
            Some(Float::new(left.value() / right.value()).into_object())
        }
        _ => None,
    }
}

/// Two operands of one exact type each, else the general instruction.
macro_rules! typed_binary_op {
    ($($name:ident: $left:ty, $right:ty, |$a:ident, $b:ident| $body:expr;)*) => {$(
        #[inline(always)]
        pub fn $name(m: &mut Machine, _operator: usize) -> Step {
            let (Some($a), Some($b)) =
                (m.peek(2).downcast_exact::<$left>(), m.peek(1).downcast_exact::<$right>())
            else {
                return Err(Stop::Miss);
            };
            let Some(result) = $body else { return Err(Stop::Miss) };
            m.skip(BINARY_OP_CACHES);
            drop(m.pop());
            m.set_top(StackRef::new(result));
            Ok(())
        }
    )*};
}

typed_binary_op! {
    binary_op_add_int: Int, Int, |a, b| Int::add_compact(a, b);
    binary_op_subtract_int: Int, Int, |a, b| Int::subtract_compact(a, b);
    binary_op_multiply_int: Int, Int, |a, b| Int::multiply_compact(a, b);
    binary_op_subscr_list_int: List, Int, |a, b| compact_index(b).and_then(|index| a.get(index));
    binary_op_subscr_tuple_int: Tuple, Int, |a, b| compact_index(b).and_then(|index| a.as_slice().get(index).cloned());
    binary_op_subscr_str_int: Str, Int, |a, b| character(a, b);
}

fn character(text: &Str, index: &Int) -> Option<Ref<Str>> {
    compact_index(index).filter(|&index| index < text.len()).map(|index| Str::from_char(text.char_at(index)))
}

#[inline(never)]
pub fn binary_op_subscr_list_slice(m: &mut Machine, _operator: usize) -> Step {
    if !m.peek(2).is::<List>() || !m.peek(1).is::<Slice>() {
        return Err(Stop::Miss);
    }
    m.skip(BINARY_OP_CACHES);
    let result = m.peek(2).get_item(m.peek(1))?;
    drop(m.pop());
    m.set_top(StackRef::new(result));
    Ok(())
}

/// Two floats; the result takes the place of an operand that nobody else has.
#[inline(always)]
fn float_op(m: &mut Machine, _operator: usize, compute: impl FnOnce(f64, f64) -> f64) -> Step {
    let (Some(left), Some(right)) =
        (m.peek(2).downcast_exact::<Float>(), m.peek(1).downcast_exact::<Float>())
    else {
        return Err(Stop::Miss);
    };
    let result = compute(left.value(), right.value());
    m.skip(BINARY_OP_CACHES);
    // SAFETY: the stack's own and only reference: nobody sees the number change.
    unsafe {
        if (*m.slot(2)).is_owned() && left.reference_count() == 1 {
            left.set_value(result);
            drop(m.pop());
            return Ok(());
        }
        if (*m.slot(1)).is_owned() && right.reference_count() == 1 {
            right.set_value(result);
            let right = m.pop();
            m.set_top(right);
            return Ok(());
        }
    }
    drop(m.pop());
    m.set_top(StackRef::new(Float::new(result)));
    Ok(())
}

#[inline(always)]
pub fn binary_op_add_float(m: &mut Machine, operator: usize) -> Step {
    float_op(m, operator, |left, right| left + right)
}

#[inline(always)]
pub fn binary_op_subtract_float(m: &mut Machine, operator: usize) -> Step {
    float_op(m, operator, |left, right| left - right)
}

#[inline(always)]
pub fn binary_op_multiply_float(m: &mut Machine, operator: usize) -> Step {
    float_op(m, operator, |left, right| left * right)
}

/// An operation on two exact types that the table of instructions has no name for; `None` where it is not for these operands.
pub type Extended = fn(&Object, &Object) -> Option<Ref>;

/// The [`Extended`] operation for these operands.
pub fn extended(operator: BinaryOperator, left: &Object, right: &Object) -> Option<Extended> {
    use BinaryOperator as B;
    macro_rules! bits {
        ($operator:tt) => {
            |left, right| {
                let (left, right) = (left.downcast_exact::<Int>()?, right.downcast_exact::<Int>()?);
                if !left.is_compact() || !right.is_compact() {
                    return None;
                }
                let result = left.compact_value() $operator right.compact_value();
                Some(Int::new(result as i64).into_object())
            }
        };
    }
    macro_rules! mixed {
        ($operator:tt) => {
            |left, right| {
                let (left, right) = (mixed_value(left)?, mixed_value(right)?);
                Some(Float::new(left $operator right).into_object())
            }
        };
    }
    let function: Extended = match operator {
        B::Or | B::InplaceOr => bits!(|),
        B::And | B::InplaceAnd => bits!(&),
        B::Xor | B::InplaceXor => bits!(^),
        _ if left.is::<Int>() && right.is::<Int>() => return None,
        B::Add | B::InplaceAdd => mixed!(+),
        B::Subtract | B::InplaceSubtract => mixed!(-),
        B::Multiply | B::InplaceMultiply => mixed!(*),
        B::TrueDivide | B::InplaceTrueDivide if left.is::<Float>() != right.is::<Float>() => |left, right| {
            let (left, right) = (mixed_value(left)?, mixed_value(right)?);
            (right != 0.0).then(|| Float::new(left / right).into_object())
        },
        _ => return None,
    };
    function(left, right)?;
    Some(function)
}

/// The value of a float or a compact int.
#[inline(always)]
fn mixed_value(number: &Object) -> Option<f64> {
    if let Some(float) = number.downcast_exact::<Float>() {
        return Some(float.value());
    }
    let int = number.downcast_exact::<Int>().filter(|int| int.is_compact())?;
    Some(int.compact_value() as f64)
}

#[inline(always)]
pub fn binary_op_extend(m: &mut Machine, _operator: usize) -> Step {
    // SAFETY: the cache holds the function that was found when the instruction was specialized.
    let function: Extended = unsafe { std::mem::transmute(m.cache_word(1)) };
    let Some(result) = function(m.peek(2), m.peek(1)) else { return Err(Stop::Miss) };
    m.skip(BINARY_OP_CACHES);
    drop(m.pop());
    m.set_top(StackRef::new(result));
    Ok(())
}

/// A small index that is not negative.
#[inline(always)]
fn compact_index(number: &Int) -> Option<usize> {
    number.is_compact().then(|| number.compact_value()).and_then(|index| usize::try_from(index).ok())
}

#[inline(always)]
pub fn binary_op_add_unicode(m: &mut Machine, _operator: usize) -> Step {
    let (Some(left), Some(right)) = (m.peek(2).downcast_exact::<Str>(), m.peek(1).downcast_exact::<Str>())
    else {
        return Err(Stop::Miss);
    };
    let result = left.concat(right)?;
    m.skip(BINARY_OP_CACHES);
    drop(m.pop());
    m.set_top(StackRef::new(result));
    Ok(())
}

/// `local = local + right`: the STORE_FAST behind it is done, too.
#[inline(always)]
pub fn binary_op_inplace_add_unicode(m: &mut Machine, _operator: usize) -> Step {
    if !m.peek(2).is::<Str>() || !m.peek(1).is::<Str>() {
        return Err(Stop::Miss);
    }
    // SAFETY: an instruction follows the caches.
    let next = unsafe { *m.ip.add(BINARY_OP_CACHES) };
    if next.opcode() != bytecode::opcode::Opcode::STORE_FAST as u16 || !m.local_is(next.argument(), m.peek(2))
    {
        return Err(Stop::Miss);
    }
    let right = m.pop();
    // The local has the only reference left, if nobody else has one.
    drop(m.pop());
    // SAFETY: the slot exists and holds a string.
    let left: Ref<Str> =
        unsafe { std::ptr::replace(m.local(next.argument()), StackRef::NULL).into_ref().cast_unchecked() };
    // SAFETY: just looked at.
    let result = Str::append(left, unsafe { right.object().downcast_unchecked() })?;
    drop(right);
    m.skip(BINARY_OP_CACHES + 1);
    m.set_local(next.argument(), StackRef::new(result));
    Ok(())
}

#[inline(always)]
pub fn binary_op_subscr_dict(m: &mut Machine, _operator: usize) -> Step {
    let Some(dict) = m.peek(2).downcast_exact::<Dict>() else { return Err(Stop::Miss) };
    let Some(value) = dict.get(m.peek(1))? else {
        m.skip(BINARY_OP_CACHES);
        return Err(crate::objects::dict::key_error(m.peek(1)).into());
    };
    m.skip(BINARY_OP_CACHES);
    drop(m.pop());
    m.set_top(StackRef::new(value));
    Ok(())
}

/// A class with a `__getitem__` written in Python, which is kept beside the class until that is modified.
#[inline(always)]
pub fn binary_op_subscr_getitem(m: &mut Machine, _operator: usize) -> Step {
    let Some(heap) = m.peek(2).ty().heap() else { return Err(Stop::Miss) };
    // SAFETY: the class holds the function.
    let function = unsafe { Object::from_raw_opt(heap._spec_cache.getitem.get()) }
        .and_then(|function| function.downcast_exact::<Function>())
        .filter(|function| {
            function.version() == heap._spec_cache.getitem_version.get() && function.version() != 0
        });
    let Some(function) = function else { return Err(Stop::Miss) };
    let frame = crate::eval::call::new_frame(m.thread, Ref::from_borrowed(function), None, 2);
    let (key, container) = (m.pop().into_owned(), m.pop().into_owned());
    // SAFETY: the function has two parameters; the frame is complete then.
    unsafe {
        let slots = crate::eval::frame::Frame::slots(frame);
        std::ptr::write(slots, container);
        std::ptr::write(slots.add(1), key);
        m.enter(frame, 1 + BINARY_OP_CACHES)
    }
}

#[inline(never)]
pub fn binary_slice(m: &mut Machine) -> Step {
    let (stop, start, container) = (m.pop_ref(), m.pop_ref(), m.pop_ref());
    let slice = Slice::new(&start, &stop, &none());
    let result = container.get_item(&slice)?;
    m.push_ref(result);
    Ok(())
}

#[inline(never)]
pub fn store_slice(m: &mut Machine) -> Step {
    let (stop, start, container, value) = (m.pop_ref(), m.pop_ref(), m.pop_ref(), m.pop_ref());
    let slice = Slice::new(&start, &stop, &none());
    container.set_item(&slice, &value)?;
    Ok(())
}

#[inline(never)]
pub fn store_subscr(m: &mut Machine) -> Step {
    specialize::store_subscr(m);
    m.skip(1);
    let (key, container, value) = (m.pop_ref(), m.pop_ref(), m.pop_ref());
    container.set_item(&key, &value)?;
    Ok(())
}

#[inline(always)]
pub fn store_subscr_dict(m: &mut Machine) -> Step {
    let Some(dict) = m.peek(2).downcast_exact::<Dict>() else { return Err(Stop::Miss) };
    dict.insert(m.peek(1), m.peek(3))?;
    m.skip(1);
    m.drop_items(3);
    Ok(())
}

#[inline(always)]
pub fn store_subscr_list_int(m: &mut Machine) -> Step {
    let (Some(list), Some(index)) = (m.peek(2).downcast_exact::<List>(), m.peek(1).downcast_exact::<Int>())
    else {
        return Err(Stop::Miss);
    };
    let Some(index) = compact_index(index).filter(|&index| index < list.len()) else {
        return Err(Stop::Miss);
    };
    let old = list.replace(index, m.peek(3).to_ref());
    m.skip(1);
    m.drop_items(3);
    drop(old);
    Ok(())
}

#[inline(never)]
pub fn delete_subscr(m: &mut Machine) -> Step {
    let (key, container) = (m.pop_ref(), m.pop_ref());
    container.del_item(&key)?;
    Ok(())
}

#[inline(always)]
fn comparison(oparg: usize) -> CompareOp {
    CompareOp::from_raw((oparg >> 5) as i32)
}

#[inline(never)]
pub fn compare_op(m: &mut Machine, oparg: usize) -> Step {
    specialize::compare_op(m, oparg);
    m.skip(1);
    compare_op_slow(m, oparg)
}

#[inline(never)]
fn compare_op_slow(m: &mut Machine, oparg: usize) -> Step {
    binary(m, |left, right| {
        let result = left.rich_compare(right, comparison(oparg))?;
        if oparg & COMPARE_TO_BOOL as usize != 0 { result.is_true().map(py_bool) } else { Ok(result) }
    })
}

#[inline(always)]
fn finish_comparison(m: &mut Machine, truth: bool) -> Step {
    m.skip(1);
    drop(m.pop());
    m.set_top(StackRef::new(py_bool(truth)));
    Ok(())
}

#[inline(always)]
pub fn compare_op_int(m: &mut Machine, oparg: usize) -> Step {
    let (Some(left), Some(right)) = (m.peek(2).downcast_exact::<Int>(), m.peek(1).downcast_exact::<Int>())
    else {
        return Err(Stop::Miss);
    };
    if !left.is_compact() || !right.is_compact() {
        return Err(Stop::Miss);
    }
    let truth = comparison(oparg).accepts(left.compact_value().cmp(&right.compact_value()));
    finish_comparison(m, truth)
}

#[inline(always)]
pub fn compare_op_float(m: &mut Machine, oparg: usize) -> Step {
    let (Some(left), Some(right)) =
        (m.peek(2).downcast_exact::<Float>(), m.peek(1).downcast_exact::<Float>())
    else {
        return Err(Stop::Miss);
    };
    let op = comparison(oparg);
    let truth = match left.value().partial_cmp(&right.value()) {
        Some(ordering) => op.accepts(ordering),
        None => op == CompareOp::Ne,
    };
    finish_comparison(m, truth)
}

#[inline(always)]
pub fn compare_op_str(m: &mut Machine, oparg: usize) -> Step {
    let (Some(left), Some(right)) = (m.peek(2).downcast_exact::<Str>(), m.peek(1).downcast_exact::<Str>())
    else {
        return Err(Stop::Miss);
    };
    let truth = match comparison(oparg) {
        CompareOp::Eq => left.equals(right),
        CompareOp::Ne => !left.equals(right),
        _ => return Err(Stop::Miss),
    };
    finish_comparison(m, truth)
}

#[inline(always)]
pub fn is_op(m: &mut Machine, invert: usize) -> Step {
    let truth = m.peek(2).is_same(m.peek(1)) != (invert != 0);
    drop(m.pop());
    m.set_top(StackRef::new(py_bool(truth)));
    Ok(())
}

#[inline(never)]
pub fn contains_op(m: &mut Machine, invert: usize) -> Step {
    specialize::contains_op(m);
    contains_op_slow(m, invert)
}

#[inline(never)]
fn contains_op_slow(m: &mut Machine, invert: usize) -> Step {
    m.skip(1);
    let (container, item) = (m.pop(), m.pop());
    // SAFETY: the stack picture has two objects here.
    let found = unsafe { container.object().contains(item.object()) }?;
    drop(container);
    drop(item);
    m.push_ref(py_bool(found != (invert != 0)));
    Ok(())
}

#[inline(always)]
fn finish_contains(m: &mut Machine, found: bool, invert: usize) -> Step {
    m.skip(1);
    drop(m.pop());
    m.set_top(StackRef::new(py_bool(found != (invert != 0))));
    Ok(())
}

#[inline(always)]
pub fn contains_op_dict(m: &mut Machine, invert: usize) -> Step {
    let Some(dict) = m.peek(1).downcast_exact::<Dict>() else { return Err(Stop::Miss) };
    let found = dict.contains_key(m.peek(2))?;
    finish_contains(m, found, invert)
}

#[inline(always)]
pub fn contains_op_set(m: &mut Machine, invert: usize) -> Step {
    let container = m.peek(1);
    if !container.is::<Set>() && !container.is::<FrozenSet>() {
        return Err(Stop::Miss);
    }
    let found = container.contains(m.peek(2))?;
    finish_contains(m, found, invert)
}
