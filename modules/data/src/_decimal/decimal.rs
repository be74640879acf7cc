//! `Decimal`: the class, its operators.

use std::cell::Cell;

use runtime::prelude::*;

use super::construct;
use super::context::Context;
use super::convert;
use super::engine::*;
use super::operand::Operand;

/// Construct a new Decimal object. 'value' can be an integer, string, tuple,
/// float, or another Decimal object. If no value is given, return Decimal('0').
/// The context does not affect the conversion and is only passed to determine
/// if the InvalidOperation trap is active.
#[class(name = "decimal.Decimal", flags(BASETYPE))]
#[repr(C)]
pub struct Decimal {
    head: Object,
    /// -1: not known yet.
    hash: Cell<isize>,
    number: Number,
}

impl Decimal {
    #[inline]
    pub fn of(number: Number) -> Ref<Decimal> {
        Ref::new(Decimal { head: Object::HEAD, hash: Cell::new(-1), number })
    }

    /// One of a class; the constructor of a subclass isn't asked.
    pub fn in_class(class: &Type, number: Number) -> Ref<Decimal> {
        Ref::new_in(class, Decimal { head: Object::HEAD, hash: Cell::new(-1), number })
    }

    #[inline(always)]
    pub fn number(&self) -> &Number {
        &self.number
    }
}

type Binary = fn(&Number, &Number, &Settings, &mut u32) -> Number;

/// A binary operator under the current context.
#[inline]
fn binary(left: &Object, right: &Object, with: Binary) -> Result {
    let context = Context::current()?;
    let (Some(left), Some(right)) = (Operand::of(left, &context)?, Operand::of(right, &context)?) else {
        return Ok(not_implemented());
    };
    Ok(context.compute(|settings, status| with(&left, &right, settings, status))?.into_object())
}

#[methods(parts(context_unary, context_binary, tests, others))]
impl Decimal {
    #[new(signature = "(value=\"0\", context=None)")]
    fn tp_new(class: &Type, value: Option<&Object>, context: OrNone<&Object>) -> Result<Ref<Self>> {
        let context = Context::or_current(context)?;
        match value {
            None => Ok(Decimal::in_class(class, Number::ZERO)),
            Some(value) => construct::exactly(class, value, &context),
        }
    }

    #[slot]
    fn nb_add(left: &Object, right: &Object) -> Result {
        binary(left, right, Number::add)
    }

    #[slot]
    fn nb_subtract(left: &Object, right: &Object) -> Result {
        binary(left, right, Number::subtract)
    }

    #[slot]
    fn nb_multiply(left: &Object, right: &Object) -> Result {
        binary(left, right, Number::multiply)
    }

    #[slot]
    fn nb_true_divide(left: &Object, right: &Object) -> Result {
        binary(left, right, Number::divide)
    }

    #[slot]
    fn nb_floor_divide(left: &Object, right: &Object) -> Result {
        binary(left, right, Number::divide_integer)
    }

    #[slot]
    fn nb_remainder(left: &Object, right: &Object) -> Result {
        binary(left, right, Number::remainder)
    }

    #[slot]
    fn nb_divmod(left: &Object, right: &Object) -> Result {
        let context = Context::current()?;
        let (Some(left), Some(right)) = (Operand::of(left, &context)?, Operand::of(right, &context)?) else {
            return Ok(not_implemented());
        };
        Ok(divmod(&left, &right, &context)?.into_object())
    }

    #[slot]
    fn nb_power(base: &Object, exponent: &Object, modulus: &Object) -> Result {
        let context = Context::current()?;
        let (Some(base), Some(exponent)) = (Operand::of(base, &context)?, Operand::of(exponent, &context)?)
        else {
            return Ok(not_implemented());
        };
        if modulus.is_none() {
            let power =
                context.compute(|settings, status| Number::power(&base, &exponent, settings, status))?;
            return Ok(power.into_object());
        }
        let Some(modulus) = Operand::of(modulus, &context)? else { return Ok(not_implemented()) };
        let power = context
            .compute(|settings, status| Number::power_modulo(&base, &exponent, &modulus, settings, status))?;
        Ok(power.into_object())
    }

    #[slot]
    fn nb_negative(&self) -> Result<Ref<Decimal>> {
        Context::current()?.compute(|settings, status| minus(&self.number, settings, status))
    }

    #[slot]
    fn nb_positive(&self) -> Result<Ref<Decimal>> {
        Context::current()?.compute(|settings, status| plus(&self.number, settings, status))
    }

    #[slot]
    fn nb_absolute(&self) -> Result<Ref<Decimal>> {
        Context::current()?.compute(|settings, status| absolute(&self.number, settings, status))
    }

    #[slot]
    fn nb_bool(&self) -> bool {
        !self.number.is_zero()
    }

    #[slot]
    fn nb_int(&self) -> Result {
        convert::to_int(&self.number, Rounding::Down)
    }

    #[slot]
    fn nb_float(&self) -> Result<f64> {
        convert::to_float(&self.number)
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        if self.hash.get() == -1 {
            self.hash.set(convert::hash(self)?);
        }
        Ok(self.hash.get())
    }

    #[slot]
    fn tp_str(&self) -> Result<String> {
        Ok(self.number.text(false, Context::current()?.capitals()))
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        Ok(format!("Decimal('{}')", self.number.text(false, Context::current()?.capitals())))
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        super::compare::compare(self, other, op)
    }

    #[getter]
    fn real(&self) -> Ref {
        self.to_ref()
    }

    #[getter]
    fn imag(&self) -> Ref<Decimal> {
        Decimal::of(Number::ZERO)
    }
}

/// Quotient and remainder.
pub fn divmod(left: &Number, right: &Number, context: &Context) -> Result<Ref<Tuple>> {
    let mut status = 0;
    let (quotient, remainder) = Number::divmod(left, right, &context.settings(), &mut status);
    context.report(status)?;
    Ok(Tuple::pack([Decimal::of(quotient).into_object(), Decimal::of(remainder).into_object()]))
}

/// The number as it is, rounded; zero loses its sign but where rounding goes down.
pub fn plus(number: &Number, settings: &Settings, status: &mut u32) -> Number {
    signed(number, number.negative, settings, status)
}

pub fn minus(number: &Number, settings: &Settings, status: &mut u32) -> Number {
    signed(number, !number.negative, settings, status)
}

fn signed(number: &Number, negative: bool, settings: &Settings, status: &mut u32) -> Number {
    if let Some(nan) = number.check_nan(settings, status) {
        return nan;
    }
    let negative = negative && !(number.is_zero() && settings.rounding != Rounding::Floor);
    number.clone().with_sign(negative).finalize(settings, status)
}

pub fn absolute(number: &Number, settings: &Settings, status: &mut u32) -> Number {
    if number.negative { minus(number, settings, status) } else { plus(number, settings, status) }
}
