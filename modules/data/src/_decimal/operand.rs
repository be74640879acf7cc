//! Operands: decimals as they are, ints made decimals.

use std::ops::Deref;

use runtime::objects::int::digits;
use runtime::prelude::*;

use super::context::Context;
use super::decimal::Decimal;
use super::engine::*;

/// A number that an operation reads.
pub enum Operand<'a> {
    Borrowed(&'a Number),
    Owned(Number),
}

impl Deref for Operand<'_> {
    type Target = Number;

    #[inline(always)]
    fn deref(&self) -> &Number {
        match self {
            Operand::Borrowed(number) => number,
            Operand::Owned(number) => number,
        }
    }
}

impl<'a> Operand<'a> {
    /// A decimal or an int; else nothing.
    #[inline]
    pub fn of(object: &'a Object, context: &Context) -> Result<Option<Operand<'a>>> {
        if let Some(decimal) = object.downcast::<Decimal>() {
            return Ok(Some(Operand::Borrowed(decimal.number())));
        }
        match object.downcast::<Int>() {
            Some(int) => Ok(Some(Operand::Owned(of_int_exactly(int, context)?))),
            None => Ok(None),
        }
    }

    /// A decimal or an int; else TypeError.
    pub fn required(object: &'a Object, context: &Context) -> Result<Operand<'a>> {
        Operand::of(object, context)?.ok_or_else(|| not_convertible(object))
    }
}

#[cold]
pub fn not_convertible(object: &Object) -> Raised {
    raise!(TypeError, "conversion from {} to Decimal is not supported", object.ty().full_name())
}

/// An int as a number, not rounded.
pub fn of_int(int: &Int, status: &mut u32) -> Number {
    if let Some(value) = int.to_i64() {
        return Number::of_i64(value);
    }
    let coefficient = from_binary(&digits::to_words(int.digits())).map(Coefficient::of_words);
    let number = coefficient.map(|coefficient| Number::finite(int.is_negative(), coefficient, 0));
    Number::or_no_memory(number, status)
}

/// An int as a number; what is too large is reported.
pub fn of_int_exactly(int: &Int, context: &Context) -> Result<Number> {
    let mut status = 0;
    let number = of_int(int, &mut status);
    context.report(status)?;
    Ok(number)
}
