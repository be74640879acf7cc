//! `timedelta`: differences of times.

use std::cell::Cell;

use runtime::prelude::*;
use runtime::protocol::number;

use super::arguments::{Keywords, Parameters};
use super::span::{MICROSECONDS_A_SECOND, Span, divide_nearest, out_of_range};

/// The difference between two moments.
///
/// It is the sum of days, seconds, microseconds, milliseconds, minutes, hours
/// and weeks: integers or floats of any sign.
#[class(name = "datetime.timedelta", flags(BASETYPE))]
#[repr(C)]
pub struct Delta {
    head: Object,
    hashcode: Cell<isize>,
    /// Whole days; negative for differences into the past.
    #[member(name = "days", readonly)]
    days: Cell<i32>,
    /// The seconds beyond the days.
    #[member(name = "seconds", readonly)]
    seconds: Cell<i32>,
    /// The microseconds beyond the seconds.
    #[member(name = "microseconds", readonly)]
    microseconds: Cell<i32>,
}

const _: () = {
    use runtime::native::abi::PyDateTime_Delta as C;
    use std::mem::offset_of;
    assert!(size_of::<Delta>() == size_of::<C>());
    assert!(offset_of!(Delta, hashcode) == offset_of!(C, hashcode));
    assert!(offset_of!(Delta, days) == offset_of!(C, days));
    assert!(offset_of!(Delta, microseconds) == offset_of!(C, microseconds));
};

impl Delta {
    pub fn new(span: Span) -> Ref<Delta> {
        Delta::new_in(Delta::type_object(), span)
    }

    pub fn new_in(class: &Type, span: Span) -> Ref<Delta> {
        Ref::new_in(
            class,
            Delta {
                head: Object::HEAD,
                hashcode: Cell::new(-1),
                days: Cell::new(span.days),
                seconds: Cell::new(span.seconds),
                microseconds: Cell::new(span.microseconds),
            },
        )
    }

    pub fn span(&self) -> Span {
        Span { days: self.days.get(), seconds: self.seconds.get(), microseconds: self.microseconds.get() }
    }

    pub fn hash_value(&self) -> isize {
        if self.hashcode.get() == -1 {
            self.hashcode.set(hash_of([self.days.get(), self.seconds.get(), self.microseconds.get()]));
        }
        self.hashcode.get()
    }
}

/// The hash of a tuple of three small ints.
pub fn hash_of(numbers: [i32; 3]) -> isize {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mut state = PRIME_5;
    for number in numbers {
        let hash = if number == -1 { -2 } else { i64::from(number) } as u64;
        state = state.wrapping_add(hash.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
    }
    state = state.wrapping_add(3 ^ (PRIME_5 ^ 3_527_539));
    if state == u64::MAX { 1_546_275_796 } else { state as isize }
}

/// The value of a timedelta, of a subclass too.
pub fn span_of(object: &Object) -> Option<Span> {
    object.downcast::<Delta>().map(Delta::span)
}

static PARAMETERS: Parameters = Parameters {
    function: "__new__",
    names: &["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"],
    required: 0,
    positional: 7,
};

/// The parameters by ascending unit, as they are added up: index, name, microseconds.
const UNITS: [(usize, &str, i64); 7] = [
    (2, "microseconds", 1),
    (3, "milliseconds", 1000),
    (1, "seconds", 1_000_000),
    (4, "minutes", 60_000_000),
    (5, "hours", 3_600_000_000),
    (0, "days", 86_400_000_000),
    (6, "weeks", 604_800_000_000),
];

/// The whole number of a double that small enough ones are.
fn whole(value: f64) -> Option<i128> {
    (value.abs() < 1e18).then_some(value as i128)
}

/// Adds up a constructor's arguments in microseconds, and the fraction of one; None where numbers are too large for this.
fn add_up(arguments: &[Option<&Object>; 7]) -> Result<Option<(i128, f64)>> {
    let (mut total, mut left) = (0i128, 0.0);
    for (index, name, unit) in UNITS {
        let Some(argument) = arguments[index] else { continue };
        if let Some(number) = argument.downcast::<Int>() {
            let Some(number) = number.to_i64() else { return Ok(None) };
            total += i128::from(number) * i128::from(unit);
        } else if let Some(number) = argument.downcast::<Float>() {
            let number = number.value();
            let integral = number.trunc();
            let Some(count) = whole(integral) else { return Ok(None) };
            total += count * i128::from(unit);
            if number != integral {
                let part = (number - integral) * unit as f64;
                total += part.trunc() as i128;
                left += part - part.trunc();
            }
        } else {
            let kind = argument.ty().full_name();
            return Err(raise!(TypeError, "unsupported type for timedelta {name} component: {kind}"));
        }
    }
    Ok(Some((total, left)))
}

/// As [`add_up`], for numbers of any size.
#[cold]
fn add_up_large(arguments: &[Option<&Object>; 7]) -> Result<(Ref, f64)> {
    let (mut total, mut left) = (Int::new(0).into_object(), 0.0);
    let from_double = |value: f64| -> Result {
        if value.is_nan() {
            return Err(raise!(ValueError, "cannot convert float NaN to integer"));
        }
        match Int::from_f64(value) {
            Some(number) => Ok(number.into_object()),
            None => Err(raise!(OverflowError, "cannot convert float infinity to integer")),
        }
    };
    for (index, name, unit) in UNITS {
        let Some(argument) = arguments[index] else { continue };
        let factor = Int::new(unit);
        if argument.downcast::<Int>().is_some() {
            total = number::add(&total, &*number::multiply(argument, &factor)?)?;
        } else if let Some(number) = argument.downcast::<Float>() {
            let number = number.value();
            let count = from_double(number.trunc())?;
            total = number::add(&total, &*number::multiply(&count, &factor)?)?;
            if number != number.trunc() {
                let part = (number - number.trunc()) * unit as f64;
                total = number::add(&total, &*from_double(part.trunc())?)?;
                left += part - part.trunc();
            }
        } else {
            let kind = argument.ty().full_name();
            return Err(raise!(TypeError, "unsupported type for timedelta {name} component: {kind}"));
        }
    }
    Ok((total, left))
}

/// Rounds the fractions that are left over to whole microseconds, so that the sum is even where they lie halfway.
fn rounded(left: f64, total_is_odd: bool) -> i128 {
    if left == 0.0 {
        return 0;
    }
    let nearest = left.round();
    if (nearest - left).abs() != 0.5 {
        return nearest as i128;
    }
    let odd = f64::from(u8::from(total_is_odd));
    (2.0 * ((left + odd) * 0.5).round() - odd) as i128
}

/// An int of any object's, as long as it may be a timedelta's microseconds.
fn microseconds_of(number: &Object) -> Result<i128> {
    wide(&*number.index()?).ok_or_else(out_of_range)
}

/// An int as a number; None for those that are larger than any quotient or factor of interest.
fn wide(number: &Int) -> Option<i128> {
    if let Some(small) = number.to_i64() {
        return Some(small.into());
    }
    if number.bit_length() > 120 {
        return None;
    }
    let size = number.digits().iter().rev().fold(0i128, |value, &digit| value << 30 | i128::from(digit));
    Some(if number.is_negative() { -size } else { size })
}

fn times(span: Span, number: &Int) -> Result<Ref<Delta>> {
    let span = if span.is_zero() {
        span
    } else {
        let product = wide(number).and_then(|factor| span.to_microseconds().checked_mul(factor));
        Span::from_microseconds(product.ok_or_else(out_of_range)?)?
    };
    Ok(Delta::new(span))
}

/// A float as a fraction, which a subclass may say otherwise.
enum Ratio {
    /// An odd number (or 0) times a power of two.
    Binary(i128, i32),
    Any(Ref, Ref),
}

fn ratio_of(float: &Float) -> Result<Ratio> {
    if float.is::<Float>() {
        let value = float.value();
        if value.is_finite() {
            let bits = value.to_bits();
            let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, (bits & ((1 << 52) - 1)) as i128);
            let (mantissa, exponent) =
                if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
            if mantissa == 0 {
                return Ok(Ratio::Binary(0, 0));
            }
            let zeros = mantissa.trailing_zeros();
            let mantissa = mantissa >> zeros;
            let mantissa = if value < 0.0 { -mantissa } else { mantissa };
            return Ok(Ratio::Binary(mantissa, exponent + zeros as i32));
        }
    }
    let ratio = float.call_method(intern!("as_integer_ratio"), &[])?;
    let Some(ratio) = ratio.downcast::<Tuple>() else {
        let kind = ratio.ty().full_name();
        return Err(raise!(
            TypeError,
            "unexpected return type from as_integer_ratio(): expected tuple, not '{kind}'"
        ));
    };
    match ratio.as_slice() {
        [numerator, denominator] => Ok(Ratio::Any(numerator.clone(), denominator.clone())),
        _ => Err(raise!(ValueError, "unexpected return value from as_integer_ratio(): expected a 2-tuple")),
    }
}

#[cold]
fn by_zero() -> Raised {
    raise!(ZeroDivisionError, "division by zero")
}

/// Microseconds times a fraction, rounded.
fn scaled(microseconds: i128, numerator: i128, denominator_power: i32) -> Result<i128> {
    // Both are below 2**68 and 2**53.
    let product = microseconds * numerator;
    if denominator_power <= 0 {
        let shifted = (denominator_power > -100)
            .then(|| product.checked_mul(1i128.checked_shl(denominator_power.unsigned_abs())?))
            .flatten();
        return match shifted {
            Some(shifted) => Ok(shifted),
            None if product == 0 => Ok(0),
            None => Err(out_of_range()),
        };
    }
    Ok(if denominator_power > 125 { 0 } else { divide_nearest(product, 1 << denominator_power) })
}

fn times_float(span: Span, float: &Float) -> Result<Ref<Delta>> {
    let total = span.to_microseconds();
    let result = match ratio_of(float)? {
        Ratio::Binary(mantissa, exponent) => scaled(total, mantissa, -exponent)?,
        Ratio::Any(numerator, denominator) => general(total, &numerator, &denominator)?,
    };
    Ok(Delta::new(Span::from_microseconds(result)?))
}

fn divided_by_float(span: Span, float: &Float) -> Result<Ref<Delta>> {
    let total = span.to_microseconds();
    let result = match ratio_of(float)? {
        Ratio::Binary(0, _) => return Err(by_zero()),
        Ratio::Binary(mantissa, exponent) if exponent >= 0 => {
            let small = exponent < 70;
            if small { divide_nearest(total, mantissa << exponent) } else { 0 }
        }
        Ratio::Binary(mantissa, exponent) => {
            let power = exponent.unsigned_abs();
            let scaled = (power < 126).then(|| total.checked_mul(1 << power)).flatten();
            match scaled.filter(|scaled| scaled.unsigned_abs() < 1 << 126) {
                Some(scaled) => divide_nearest(scaled, mantissa),
                None if total == 0 => 0,
                None => return Err(out_of_range()),
            }
        }
        Ratio::Any(numerator, denominator) => general(total, &denominator, &numerator)?,
    };
    Ok(Delta::new(Span::from_microseconds(result)?))
}

/// `total * numerator / denominator` rounded, of any numbers.
#[cold]
fn general(total: i128, numerator: &Object, denominator: &Object) -> Result<i128> {
    let product = number::multiply(&Int::from_i128(total), numerator)?;
    let (Some(product), Some(denominator)) = (product.downcast::<Int>(), denominator.downcast::<Int>())
    else {
        return Err(raise!(TypeError, "non-integer arguments in division"));
    };
    microseconds_of(&*nearest_quotient(product, denominator)?)
}

/// The quotient of any ints rounded to the nearest, half to even.
fn nearest_quotient(left: &Int, right: &Int) -> Result<Ref<Int>> {
    let (quotient, rest) = Int::divmod(left, right)?;
    let twice = number::add(&rest, &rest)?;
    let (low, high) = match right.is_negative() {
        false => (&*twice, right.as_object()),
        true => (right.as_object(), &*twice),
    };
    let is_odd = quotient.digits().first().is_some_and(|digit| digit & 1 == 1);
    let up = low.rich_compare_bool(high, CompareOp::Gt)?
        || (is_odd && low.rich_compare_bool(high, CompareOp::Eq)?);
    match up {
        true => number::add(&quotient, &Int::new(1))?
            .cast::<Int>()
            .map_err(|_| raise!(SystemError, "the sum of ints is no int")),
        false => Ok(quotient),
    }
}

/// The exact quotient of two numbers of microseconds, rounded once.
pub fn true_quotient(left: i128, right: i128) -> Result<f64> {
    const EXACT: u128 = 1 << 53;
    if right == 0 {
        return Err(by_zero());
    }
    if left.unsigned_abs() <= EXACT && right.unsigned_abs() <= EXACT {
        return Ok(left as f64 / right as f64);
    }
    Int::true_divide(&Int::from_i128(left), &Int::from_i128(right))
}

fn floor_quotient(left: i128, right: i128) -> i128 {
    let quotient = left.div_euclid(right);
    // `div_euclid` rounds up where the divisor is negative.
    if right < 0 && left.rem_euclid(right) != 0 { quotient - 1 } else { quotient }
}

fn floor_remainder(left: i128, right: i128) -> i128 {
    left - floor_quotient(left, right) * right
}

#[methods(parts(arithmetic))]
impl Delta {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let mut arguments = PARAMETERS.bind(args, Keywords::Pairs(&kwargs))?;
        let mut values = [None; 7];
        for value in &mut values {
            *value = arguments.take()?;
        }
        arguments.finish()?;
        let total = match add_up(&values)? {
            Some((total, left)) => total + rounded(left, total & 1 == 1),
            None => {
                let (total, left) = add_up_large(&values)?;
                let total = microseconds_of(&total)?;
                total.checked_add(rounded(left, total & 1 == 1)).ok_or_else(out_of_range)?
            }
        };
        Ok(Delta::new_in(class, Span::from_microseconds(total)?))
    }

    /// All of it in seconds.
    #[method(signature = "($self, /)")]
    fn total_seconds(&self) -> Result<f64> {
        true_quotient(self.span().to_microseconds(), MICROSECONDS_A_SECOND.into())
    }

    /// For pickling: the class and its arguments.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> (Ref, (i32, i32, i32)) {
        (self.ty().to_ref(), (self.days.get(), self.seconds.get(), self.microseconds.get()))
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let mut text = format!("{}(", self.ty().full_name());
        let start = text.len();
        let parts = [("days", &self.days), ("seconds", &self.seconds), ("microseconds", &self.microseconds)];
        for (name, value) in parts {
            if value.get() != 0 {
                let separator = if text.len() == start { "" } else { ", " };
                text.push_str(&format!("{separator}{name}={}", value.get()));
            }
        }
        text.push_str(if text.len() == start { "0)" } else { ")" });
        text
    }

    #[slot]
    fn tp_str(&self) -> String {
        let Span { days, seconds, microseconds } = self.span();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let mut text = String::with_capacity(32);
        if days != 0 {
            let s = if days == 1 || days == -1 { "" } else { "s" };
            text.push_str(&format!("{days} day{s}, "));
        }
        text.push_str(&format!("{hours}:{minutes:02}:{seconds:02}"));
        if microseconds != 0 {
            text.push_str(&format!(".{microseconds:06}"));
        }
        text
    }

    #[slot]
    fn tp_hash(&self) -> isize {
        self.hash_value()
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Ref {
        match span_of(other) {
            Some(other) => py_bool(op.accepts(self.span().cmp(&other))),
            None => not_implemented(),
        }
    }
}

#[methods(part = arithmetic)]
impl Delta {
    #[slot]
    fn nb_add(left: &Object, right: &Object) -> Result {
        match (span_of(left), span_of(right)) {
            (Some(left), Some(right)) => Ok(Delta::new(left.add(right)?).into_object()),
            _ => Ok(not_implemented()),
        }
    }

    #[slot]
    fn nb_subtract(left: &Object, right: &Object) -> Result {
        match (span_of(left), span_of(right)) {
            (Some(left), Some(right)) => Ok(Delta::new(left.subtract(right)?).into_object()),
            _ => Ok(not_implemented()),
        }
    }

    #[slot]
    fn nb_multiply(left: &Object, right: &Object) -> Result {
        let (span, other) = match span_of(left) {
            Some(span) => (span, right),
            None => match span_of(right) {
                Some(span) => (span, left),
                None => return Ok(not_implemented()),
            },
        };
        if let Some(number) = other.downcast::<Int>() {
            return Ok(times(span, number)?.into_object());
        }
        match other.downcast::<Float>() {
            Some(float) => Ok(times_float(span, float)?.into_object()),
            None => Ok(not_implemented()),
        }
    }

    #[slot]
    fn nb_true_divide(left: &Object, right: &Object) -> Result {
        let Some(span) = span_of(left) else { return Ok(not_implemented()) };
        if let Some(other) = span_of(right) {
            return true_quotient(span.to_microseconds(), other.to_microseconds())?.into_result();
        }
        if let Some(float) = right.downcast::<Float>() {
            return Ok(divided_by_float(span, float)?.into_object());
        }
        let Some(number) = right.downcast::<Int>() else { return Ok(not_implemented()) };
        let total = match wide(number) {
            Some(0) => return Err(by_zero()),
            Some(number) => divide_nearest(span.to_microseconds(), number),
            None => 0,
        };
        Ok(Delta::new(Span::from_microseconds(total)?).into_object())
    }

    #[slot]
    fn nb_floor_divide(left: &Object, right: &Object) -> Result {
        let Some(span) = span_of(left) else { return Ok(not_implemented()) };
        let total = span.to_microseconds();
        if let Some(other) = span_of(right) {
            if other.is_zero() {
                return Err(by_zero());
            }
            return Ok(Int::from_i128(floor_quotient(total, other.to_microseconds())).into_object());
        }
        let Some(number) = right.downcast::<Int>() else { return Ok(not_implemented()) };
        let total = match wide(number) {
            Some(0) => return Err(by_zero()),
            Some(number) => floor_quotient(total, number),
            None => -i128::from(total.signum() as i32 * number.sign() < 0),
        };
        Ok(Delta::new(Span::from_microseconds(total)?).into_object())
    }

    #[slot]
    fn nb_remainder(left: &Object, right: &Object) -> Result {
        let (Some(left), Some(right)) = (span_of(left), span_of(right)) else { return Ok(not_implemented()) };
        if right.is_zero() {
            return Err(by_zero());
        }
        let rest = floor_remainder(left.to_microseconds(), right.to_microseconds());
        Ok(Delta::new(Span::from_microseconds(rest)?).into_object())
    }

    #[slot]
    fn nb_divmod(left: &Object, right: &Object) -> Result {
        let (Some(left), Some(right)) = (span_of(left), span_of(right)) else { return Ok(not_implemented()) };
        if right.is_zero() {
            return Err(by_zero());
        }
        let (left, right) = (left.to_microseconds(), right.to_microseconds());
        let rest = Delta::new(Span::from_microseconds(floor_remainder(left, right))?);
        let quotient = Int::from_i128(floor_quotient(left, right));
        Ok(Tuple::pack([quotient.into_object(), rest.into_object()]).into_object())
    }

    #[slot]
    fn nb_negative(&self) -> Result<Ref<Delta>> {
        Ok(Delta::new(self.span().negate()?))
    }

    #[slot]
    fn nb_positive(&self) -> Ref<Delta> {
        Delta::new(self.span())
    }

    #[slot]
    fn nb_absolute(&self) -> Result<Ref<Delta>> {
        let span = self.span();
        Ok(Delta::new(if span.is_negative() { span.negate()? } else { span }))
    }

    #[slot]
    fn nb_bool(&self) -> bool {
        !self.span().is_zero()
    }
}
