//! Numbers: truth, index, conversions and arithmetic.
//! Behaviour: <https://docs.python.org/3.14/reference/datamodel.html#emulating-numeric-types>.

use super::{result_from_raw, status_from_raw, type_name};
use crate::errors::{Raised, Result};
use crate::object::Object;
use crate::objects::float::Float;
use crate::objects::int::Int;
use crate::objects::singletons::{not_implemented, py_false, py_true};
use crate::objects::r#type::{StaticType, Type};
use crate::raise;
use crate::reference::Ref;

/// Reads one binary slot of a type.
type BinarySlot = fn(&Type) -> abi::binaryfunc;
type TernarySlot = fn(&Type) -> abi::ternaryfunc;

/// Asks both operands' types as Python orders it; `None` where neither knows.
#[inline]
fn binary_op(left: &Object, right: &Object, slot: BinarySlot) -> Result<Option<Ref>> {
    crate::thread::Thread::current().check_recursion(" in an operation")?;
    let missing = not_implemented();
    let ask = |function: abi::binaryfunc| -> Result<Option<Ref>> {
        let Some(function) = function else { return Ok(None) };
        // SAFETY: both are alive during the call.
        let answer: Ref = unsafe { result_from_raw(function(left.as_ptr(), right.as_ptr())) }?;
        Ok((!answer.is_same(&missing)).then_some(answer))
    };
    let left_slot = slot(left.ty());
    let mut right_slot = if std::ptr::eq(left.ty(), right.ty()) { None } else { slot(right.ty()) };
    if same_function(left_slot, right_slot) {
        right_slot = None;
    }
    if left_slot.is_some() {
        if right_slot.is_some() && right.ty().is_subtype(left.ty()) {
            if let Some(answer) = ask(right_slot)? {
                return Ok(Some(answer));
            }
            right_slot = None;
        }
        if let Some(answer) = ask(left_slot)? {
            return Ok(Some(answer));
        }
    }
    ask(right_slot)
}

fn same_function(a: abi::binaryfunc, b: abi::binaryfunc) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a as usize == b as usize)
}

#[cold]
pub(crate) fn unsupported(left: &Object, right: &Object, symbol: &str) -> Raised {
    let (left_name, right_name) = (type_name(left), type_name(right));
    if symbol == ">>"
        && left_name == "builtin_function_or_method"
        && left
            .get_attr_opt(crate::intern!("__name__"))
            .ok()
            .flatten()
            .and_then(|name| name.cast::<crate::objects::str::Str>().ok())
            .is_some_and(|name| name.eq_str("print"))
    {
        return raise!(
            TypeError,
            "unsupported operand type(s) for {symbol}: '{left_name}' and '{right_name}'. Did you mean \"print(<message>, file=<output_stream>)\"?"
        );
    }
    raise!(TypeError, "unsupported operand type(s) for {symbol}: '{left_name}' and '{right_name}'")
}

/// The plain binary operators and their in-place forms.
macro_rules! binary_operators {
    ($($name:ident $inplace:ident $slot:ident $inplace_slot:ident $symbol:literal;)*) => {$(
        #[doc = concat!("`left ", $symbol, " right`.")]
        pub fn $name(left: &Object, right: &Object) -> Result {
            match binary_op(left, right, Type::$slot)? {
                Some(answer) => Ok(answer),
                None => Err(unsupported(left, right, $symbol)),
            }
        }

        #[doc = concat!("`left ", $symbol, "= right`: the object to store in `left`'s place.")]
        pub fn $inplace(left: &Object, right: &Object) -> Result {
            if let Some(answer) = inplace_op(left, right, left.ty().$inplace_slot())? {
                return Ok(answer);
            }
            match binary_op(left, right, Type::$slot)? {
                Some(answer) => Ok(answer),
                None => Err(unsupported(left, right, concat!($symbol, "="))),
            }
        }
    )*};
}

binary_operators! {
    subtract inplace_subtract nb_subtract nb_inplace_subtract "-";
    remainder inplace_remainder nb_remainder nb_inplace_remainder "%";
    lshift inplace_lshift nb_lshift nb_inplace_lshift "<<";
    rshift inplace_rshift nb_rshift nb_inplace_rshift ">>";
    and inplace_and nb_and nb_inplace_and "&";
    xor inplace_xor nb_xor nb_inplace_xor "^";
    or inplace_or nb_or nb_inplace_or "|";
    floor_divide inplace_floor_divide nb_floor_divide nb_inplace_floor_divide "//";
    true_divide inplace_true_divide nb_true_divide nb_inplace_true_divide "/";
    matrix_multiply inplace_matrix_multiply nb_matrix_multiply nb_inplace_matrix_multiply "@";
}

fn inplace_op(left: &Object, right: &Object, function: abi::binaryfunc) -> Result<Option<Ref>> {
    let Some(function) = function else { return Ok(None) };
    // SAFETY: both are alive during the call.
    let answer: Ref = unsafe { result_from_raw(function(left.as_ptr(), right.as_ptr())) }?;
    Ok((!answer.is_same(&not_implemented())).then_some(answer))
}

/// `divmod(left, right)`.
pub fn divmod(left: &Object, right: &Object) -> Result {
    match binary_op(left, right, Type::nb_divmod)? {
        Some(answer) => Ok(answer),
        None => Err(unsupported(left, right, "divmod()")),
    }
}

/// `left + right`: numbers, else concatenation.
pub fn add(left: &Object, right: &Object) -> Result {
    if let Some(answer) = binary_op(left, right, Type::nb_add)? {
        return Ok(answer);
    }
    if let Some(concat) = left.ty().sq_concat() {
        // SAFETY: both are alive during the call.
        return unsafe { result_from_raw(concat(left.as_ptr(), right.as_ptr())) };
    }
    Err(unsupported(left, right, "+"))
}

/// `left += right`.
pub fn inplace_add(left: &Object, right: &Object) -> Result {
    if let Some(answer) = inplace_op(left, right, left.ty().nb_inplace_add())? {
        return Ok(answer);
    }
    if let Some(answer) = binary_op(left, right, Type::nb_add)? {
        return Ok(answer);
    }
    if let Some(concat) = left.ty().sq_inplace_concat().or_else(|| left.ty().sq_concat()) {
        // SAFETY: both are alive during the call.
        return unsafe { result_from_raw(concat(left.as_ptr(), right.as_ptr())) };
    }
    Err(unsupported(left, right, "+="))
}

/// `left + right` of sequences (C: `PySequence_Concat`).
pub fn concat(left: &Object, right: &Object) -> Result {
    concat_by(left, right, left.ty().sq_concat(), None)
}

/// `left += right` of sequences (C: `PySequence_InPlaceConcat`).
pub fn inplace_concat(left: &Object, right: &Object) -> Result {
    let ty = left.ty();
    concat_by(left, right, ty.sq_inplace_concat().or_else(|| ty.sq_concat()), ty.nb_inplace_add())
}

fn concat_by(left: &Object, right: &Object, concat: abi::binaryfunc, inplace: abi::binaryfunc) -> Result {
    if let Some(concat) = concat {
        // SAFETY: both are alive during the call.
        return unsafe { result_from_raw(concat(left.as_ptr(), right.as_ptr())) };
    }
    if left.is_sequence() && right.is_sequence() {
        if let Some(answer) = inplace_op(left, right, inplace)? {
            return Ok(answer);
        }
        if let Some(answer) = binary_op(left, right, Type::nb_add)? {
            return Ok(answer);
        }
    }
    Err(raise!(TypeError, "'{}' object can't be concatenated", type_name(left)))
}

/// `left * right`: numbers, else repetition.
pub fn multiply(left: &Object, right: &Object) -> Result {
    if let Some(answer) = binary_op(left, right, Type::nb_multiply)? {
        return Ok(answer);
    }
    if let Some(repeat) = left.ty().sq_repeat() {
        return sequence_repeat(repeat, left, right);
    }
    if let Some(repeat) = right.ty().sq_repeat() {
        return sequence_repeat(repeat, right, left);
    }
    Err(unsupported(left, right, "*"))
}

/// `left *= right`.
pub fn inplace_multiply(left: &Object, right: &Object) -> Result {
    if let Some(answer) = inplace_op(left, right, left.ty().nb_inplace_multiply())? {
        return Ok(answer);
    }
    if let Some(answer) = binary_op(left, right, Type::nb_multiply)? {
        return Ok(answer);
    }
    // A right operand's in-place repetition would change it: only plain repetition is asked of it.
    let left_repeat = left.ty().sq_inplace_repeat().or_else(|| left.ty().sq_repeat());
    if let Some(repeat) = left_repeat {
        return sequence_repeat(repeat, left, right);
    }
    if left.ty().raw.tp_as_sequence.get().is_null()
        && let Some(repeat) = right.ty().sq_repeat()
    {
        return sequence_repeat(repeat, right, left);
    }
    Err(unsupported(left, right, "*="))
}

fn sequence_repeat(
    repeat: unsafe extern "C" fn(*mut abi::PyObject, isize) -> *mut abi::PyObject,
    sequence: &Object,
    count: &Object,
) -> Result {
    if count.ty().nb_index().is_none() {
        return Err(raise!(TypeError, "can't multiply sequence by non-int of type '{}'", type_name(count)));
    }
    let count = count.to_isize_index(&crate::objects::exceptions::OverflowError)?;
    // SAFETY: the sequence is alive during the call.
    unsafe { result_from_raw(repeat(sequence.as_ptr(), count)) }
}

/// `pow(base, exponent, modulus)`; without modulus, pass None.
pub fn power(base: &Object, exponent: &Object, modulus: &Object) -> Result {
    ternary_op(base, exponent, modulus, Type::nb_power, "** or pow()")
}

/// `base **= exponent`.
pub fn inplace_power(base: &Object, exponent: &Object, modulus: &Object) -> Result {
    if let Some(function) = base.ty().nb_inplace_power() {
        // SAFETY: all are alive during the call.
        let answer: Ref =
            unsafe { result_from_raw(function(base.as_ptr(), exponent.as_ptr(), modulus.as_ptr())) }?;
        if !answer.is_same(&not_implemented()) {
            return Ok(answer);
        }
    }
    ternary_op(base, exponent, modulus, Type::nb_power, "**=")
}

fn ternary_op(a: &Object, b: &Object, c: &Object, slot: TernarySlot, symbol: &str) -> Result {
    let missing = not_implemented();
    let ask = |function: abi::ternaryfunc| -> Result<Option<Ref>> {
        let Some(function) = function else { return Ok(None) };
        // SAFETY: all are alive during the call.
        let answer: Ref = unsafe { result_from_raw(function(a.as_ptr(), b.as_ptr(), c.as_ptr())) }?;
        Ok((!answer.is_same(&missing)).then_some(answer))
    };
    let address = |function: abi::ternaryfunc| function.map_or(0, |function| function as usize);
    let first = slot(a.ty());
    let mut second = if std::ptr::eq(a.ty(), b.ty()) { None } else { slot(b.ty()) };
    if address(second) == address(first) {
        second = None;
    }
    if first.is_some() {
        if second.is_some() && b.ty().is_subtype(a.ty()) {
            if let Some(answer) = ask(second)? {
                return Ok(answer);
            }
            second = None;
        }
        if let Some(answer) = ask(first)? {
            return Ok(answer);
        }
    }
    if let Some(answer) = ask(second)? {
        return Ok(answer);
    }
    let third = slot(c.ty());
    if address(third) != address(first)
        && address(third) != address(second)
        && let Some(answer) = ask(third)?
    {
        return Ok(answer);
    }
    let (a, b) = (type_name(a), type_name(b));
    if c.is_none() {
        return Err(raise!(TypeError, "unsupported operand type(s) for {symbol}: '{a}' and '{b}'"));
    }
    let c = type_name(c);
    Err(raise!(TypeError, "unsupported operand type(s) for {symbol}: '{a}', '{b}', '{c}'"))
}

/// The unary operators.
macro_rules! unary_operators {
    ($($name:ident $slot:ident $symbol:literal;)*) => {$(
        #[doc = concat!("Unary `", $symbol, "`.")]
        pub fn $name(operand: &Object) -> Result {
            match operand.ty().$slot() {
                // SAFETY: the operand is alive during the call.
                Some(function) => unsafe { result_from_raw(function(operand.as_ptr())) },
                None => Err(raise!(TypeError, "bad operand type for {}: '{}'", $symbol, type_name(operand))),
            }
        }
    )*};
}

unary_operators! {
    negative nb_negative "unary -";
    positive nb_positive "unary +";
    invert nb_invert "unary ~";
    absolute nb_absolute "abs()";
}

impl Object {
    /// `bool(self)`.
    #[inline]
    pub fn is_true(&self) -> Result<bool> {
        // SAFETY: the singletons are immortal; only their addresses are compared.
        if self.is_same(&py_true()) {
            return Ok(true);
        }
        if self.is_same(&py_false()) || self.is_none() {
            return Ok(false);
        }
        let ty = self.ty();
        if let Some(bool_) = ty.nb_bool() {
            // SAFETY: the object is alive during the call.
            return status_from_raw(unsafe { bool_(self.as_ptr()) }).map(|truth| truth != 0);
        }
        if let Some(length) = ty.mp_length().or_else(|| ty.sq_length()) {
            // SAFETY: as above.
            let length = unsafe { length(self.as_ptr()) };
            return if length < 0 { Err(Raised::assume_set()) } else { Ok(length > 0) };
        }
        Ok(true)
    }

    /// `operator.index(self)`: an int, maybe of a subclass.
    pub fn index(&self) -> Result<Ref<Int>> {
        if let Some(number) = self.downcast::<Int>() {
            return Ok(Ref::from_borrowed(number));
        }
        let Some(index) = self.ty().nb_index() else {
            return Err(raise!(
                TypeError,
                "'{}' object cannot be interpreted as an integer",
                type_name(self)
            ));
        };
        // SAFETY: the object is alive during the call.
        let result: Ref = unsafe { result_from_raw(index(self.as_ptr())) }?;
        int_result(result, "__index__")
    }

    /// `operator.index(self)` as a machine word. Out of range: raises `overflow` where one is given, else clips.
    pub fn to_isize_index_or_clip(&self, overflow: Option<&Type>) -> Result<isize> {
        let number = self.index()?;
        match (number.to_isize(), overflow) {
            (Some(value), _) => Ok(value),
            (None, None) => Ok(if number.sign() < 0 { isize::MIN } else { isize::MAX }),
            (None, Some(overflow)) => Err(crate::errors::raise_message(
                overflow,
                &format!("cannot fit '{}' into an index-sized integer", type_name(self)),
            )),
        }
    }

    /// As above, raising `overflow`.
    #[inline]
    pub fn to_isize_index(&self, overflow: &StaticType) -> Result<isize> {
        if let Some(number) = self.downcast_exact::<Int>()
            && let Some(value) = number.to_isize()
        {
            return Ok(value);
        }
        self.to_isize_index_or_clip(Some(overflow))
    }

    /// `int(self)`: by `__int__`, `__index__`, or the digits of a text.
    pub fn to_int(&self) -> Result<Ref<Int>> {
        if let Some(number) = self.downcast_exact::<Int>() {
            return Ok(Ref::from_borrowed(number));
        }
        if let Some(int) = self.ty().nb_int() {
            // SAFETY: the object is alive during the call.
            let result: Ref = unsafe { result_from_raw(int(self.as_ptr())) }?;
            let number = int_result(result, "__int__")?;
            return Ok(Int::exact(&number));
        }
        if self.ty().nb_index().is_some() {
            return Ok(Int::exact(&*self.index()?));
        }
        Int::parse_object(self)
    }

    /// A double of any real number: `__float__`, else `__index__`.
    pub fn to_float(&self) -> Result<f64> {
        if let Some(float) = self.downcast::<Float>() {
            return Ok(float.value());
        }
        self.to_float_by_slot()
    }

    /// As [`Object::to_float`], asking `__float__` of a subclass of float, too.
    pub fn to_float_by_slot(&self) -> Result<f64> {
        if let Some(convert) = self.ty().nb_float() {
            // SAFETY: the object is alive during the call.
            let result: Ref = unsafe { result_from_raw(convert(self.as_ptr())) }?;
            if let Some(float) = result.downcast_exact::<Float>() {
                return Ok(float.value());
            }
            let Some(float) = result.downcast::<Float>() else {
                let (name, other) = (type_name(self), type_name(&result));
                return Err(raise!(TypeError, "{name}.__float__ returned non-float (type {other})"));
            };
            let message = format!(
                "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict subclass of \
                 float is deprecated, and may be removed in a future version of Python.",
                type_name(self),
                type_name(&result)
            );
            crate::warnings::warn(&crate::objects::exceptions::DeprecationWarning, &message, 1)?;
            return Ok(float.value());
        }
        if self.ty().nb_index().is_some() {
            return self.index()?.to_f64();
        }
        Err(raise!(TypeError, "must be real number, not {}", type_name(self)))
    }
}

/// What `__index__` or `__int__` gave must be an int; a subclass's instance is deprecated.
fn int_result(result: Ref, method: &str) -> Result<Ref<Int>> {
    let result = match result.cast_exact::<Int>() {
        Ok(number) => return Ok(number),
        Err(result) => result,
    };
    let result = result
        .cast::<Int>()
        .map_err(|other| raise!(TypeError, "{method} returned non-int (type {})", type_name(&other)))?;
    let message = format!(
        "{method} returned non-int (type {}).  The ability to return an instance of a strict subclass of int is \
         deprecated, and may be removed in a future version of Python.",
        type_name(&result)
    );
    crate::warnings::warn(&crate::objects::exceptions::DeprecationWarning, &message, 1)?;
    Ok(result)
}
