//! Comparison of decimals with decimals, ints, floats, complex numbers, fractions.

use std::cmp::Ordering;

use runtime::objects::complex::Complex;
use runtime::prelude::*;

use super::construct::of_float;
use super::context::Context;
use super::decimal::Decimal;
use super::engine::*;
use super::operand::{Operand, of_int_exactly};
use super::state::state;

/// Both sides as numbers; the left one may be multiplied to keep the right one integral.
fn operands<'a>(
    left: &'a Decimal,
    right: &'a Object,
    op: CompareOp,
    context: &Context,
) -> Result<Option<(Operand<'a>, Operand<'a>)>> {
    let own = Operand::Borrowed(left.number());
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    if let Some(right) = Operand::of(right, context)? {
        return Ok(Some((own, right)));
    }
    if let Some(complex) = right.downcast::<Complex>() {
        if !equality || complex.imag() != 0.0 {
            return Ok(None);
        }
        context.note(FLOAT_OPERATION);
        return Ok(Some((own, Operand::Owned(of_float(complex.real(), context)?))));
    }
    if let Some(float) = right.downcast::<Float>() {
        if equality {
            context.note(FLOAT_OPERATION);
        } else {
            context.report(FLOAT_OPERATION)?;
        }
        return Ok(Some((own, Operand::Owned(of_float(float.value(), context)?))));
    }
    let Some(rational) = state().rational.get() else { return Ok(None) };
    if !right.is_instance(&rational)? {
        return Ok(None);
    }
    let numerator = integral(right, intern!("numerator"), context)?;
    let denominator = integral(right, intern!("denominator"), context)?;
    if left.number().is_special() {
        return Ok(Some((own, Operand::Owned(numerator))));
    }
    let mut status = 0;
    let scaled = Number::multiply_exactly(left.number(), &denominator, &Settings::MAX, &mut status);
    context.report(status)?;
    Ok(Some((Operand::Owned(scaled), Operand::Owned(numerator))))
}

fn integral(rational: &Object, name: &'static Str, context: &Context) -> Result<Number> {
    let value = rational.get_attr(name)?;
    match value.downcast::<Int>() {
        Some(int) => of_int_exactly(int, context),
        None => Err(raise!(TypeError, "{name} of a rational number must be an int")),
    }
}

/// `==`, `<` and so on.
pub fn compare(left: &Decimal, right: &Object, op: CompareOp) -> Result {
    let context = Context::current()?;
    let Some((left, right)) = operands(left, right, op, &context)? else { return Ok(not_implemented()) };
    if left.is_nan() || right.is_nan() {
        // Signaling ones always signal, quiet ones where there must be an order.
        if left.is_signaling() || right.is_signaling() || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            context.report(INVALID_OPERATION)?;
        }
        return Ok(py_bool(op == CompareOp::Ne));
    }
    let order = left.order(&right);
    Ok(py_bool(match op {
        CompareOp::Eq => order == Ordering::Equal,
        CompareOp::Ne => order != Ordering::Equal,
        CompareOp::Lt => order == Ordering::Less,
        CompareOp::Le => order != Ordering::Greater,
        CompareOp::Gt => order == Ordering::Greater,
        CompareOp::Ge => order != Ordering::Less,
    }))
}
