//! Powers. Those of integers are products; all others go by exp and ln, and are within a unit in the last place. To have the
//! very digits that libmpdec has, the intermediate precisions are the same.

use dashu_int::UBig;

use super::coefficient::Coefficient;
use super::natural;
use super::number::Number;
use super::rounding::exponent_digits;
use super::settings::*;

/// More digits than that don't become a binary number.
const MOST_DIGITS: i64 = 1 << 32;

impl Number {
    /// An integer's absolute value, or what is left of another number without its fraction.
    pub fn to_binary_integer(&self) -> Option<UBig> {
        if self.is_zero() {
            return Some(UBig::ZERO);
        }
        if self.adjusted() > MOST_DIGITS {
            return None;
        }
        if self.exponent >= 0 {
            return Some(natural::to_binary(&self.coefficient.shifted_left(self.exponent)?));
        }
        if self.adjusted() < 0 {
            return Some(UBig::ZERO);
        }
        Some(natural::to_binary(&self.truncated()?.coefficient))
    }

    /// base to the power of exponent.
    pub fn power(base: &Number, exponent: &Number, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = Number::check_nans(base, exponent, settings, status) {
            return nan;
        }
        let integral = exponent.is_integer();
        let negative = integral && base.negative && exponent.is_odd();
        if base.is_zero() {
            return if exponent.is_zero() {
                Number::invalid(status)
            } else if exponent.negative {
                Number::infinity(negative)
            } else {
                Number::small(negative, 0, 0)
            };
        }
        if base.negative && (!integral || exponent.is_infinite()) {
            return Number::invalid(status);
        }
        if exponent.is_infinite() {
            let order = base.order(&Number::ONE);
            if order.is_eq() {
                *status |= INEXACT | ROUNDED;
                return one(negative, settings.precision - 1, status);
            }
            return if order.is_gt() != exponent.negative {
                Number::infinity(negative)
            } else {
                Number::small(negative, 0, 0)
            };
        }
        if base.is_infinite() {
            return match exponent.sign() {
                0 => Number::small(negative, 1, 0),
                -1 => Number::small(negative, 0, 0),
                _ => Number::infinity(negative),
            };
        }
        if exponent.is_zero() {
            return Number::small(negative, 1, 0);
        }
        if base.magnitude_order(&Number::ONE).is_eq() {
            return power_of_one(base, exponent, negative, integral, settings, status);
        }
        if let Some(result) = out_of_bounds(base, exponent, negative, settings) {
            return result.finalize(settings, status);
        }
        if integral {
            integer_power(base, exponent, negative, settings, status)
        } else {
            real_power(base, exponent, settings, status)
        }
    }

    /// base to the power of exponent, modulo another; all integers.
    pub fn power_modulo(
        base: &Number,
        exponent: &Number,
        modulus: &Number,
        settings: &Settings,
        status: &mut u32,
    ) -> Number {
        let all = [base, exponent, modulus];
        let nan = all
            .iter()
            .find(|number| number.is_signaling())
            .or_else(|| all.iter().find(|number| number.is_nan()));
        if let Some(nan) = nan.and_then(|nan| nan.check_nan(settings, status)) {
            return nan;
        }
        if all.iter().any(|number| !number.is_integer())
            || (exponent.negative && !exponent.is_zero())
            || modulus.is_zero()
            || modulus.digits() + modulus.exponent > settings.precision
            || exponent.is_zero() && base.is_zero()
        {
            return Number::invalid(status);
        }
        let negative = base.negative && exponent.is_odd();
        let result = modular_power(base, exponent, modulus);
        let result = result.map(|digits| Number::finite(negative, digits, 0));
        Number::or_no_memory(result, status)
    }
}

fn modular_power(base: &Number, exponent: &Number, modulus: &Number) -> Option<Coefficient> {
    let modulus = modulus.to_binary_integer()?;
    let power = |base: &UBig, exponent: &UBig| {
        use dashu_int::ops::BitTest;
        let mut result = UBig::ONE % &modulus;
        for place in (0..exponent.bit_len()).rev() {
            result = result.sqr() % &modulus;
            if exponent.bit(place) {
                result = result * base % &modulus;
            }
        }
        result
    };
    let reduced = if base.exponent > 0 {
        let scale = power(&UBig::from(10u8), &UBig::from(base.exponent as u64));
        natural::to_binary(&base.coefficient) % &modulus * scale % &modulus
    } else {
        base.to_binary_integer()? % &modulus
    };
    let result = power(&reduced, &exponent.to_binary_integer()?);
    Some(Coefficient::of_words(natural::from_binary(result.as_words())?))
}

/// A one with so many zeros after the point.
fn one(negative: bool, zeros: i64, status: &mut u32) -> Number {
    let digits = Coefficient::of_word(1).shifted_left(zeros);
    Number::or_no_memory(digits.map(|digits| Number::finite(negative, digits, -zeros)), status)
}

fn power_of_one(
    base: &Number,
    exponent: &Number,
    negative: bool,
    integral: bool,
    settings: &Settings,
    status: &mut u32,
) -> Number {
    if !integral {
        *status |= INEXACT | ROUNDED;
        return one(negative, settings.precision - 1, status);
    }
    if exponent.negative {
        return Number::small(negative, 1, 0);
    }
    // 1.000 ** 3 = 1.000000000
    let zeros = match exponent.to_i64() {
        Some(exponent) => i128::from(exponent) * i128::from(-base.exponent),
        None if base.exponent == 0 => 0,
        None => i128::MAX,
    };
    let most = settings.precision - 1;
    if zeros > i128::from(most) {
        *status |= ROUNDED;
        return one(negative, most, status);
    }
    one(negative, zeros as i64, status)
}

/// A bound from below of log10 |log10 base|.
fn least_magnitude(base: &Number) -> i64 {
    let adjusted = base.adjusted();
    if adjusted > 0 {
        return exponent_digits(adjusted) - 1;
    }
    if adjusted < -1 {
        return exponent_digits(adjusted + 1) - 1;
    }
    let mut found = 0;
    let distance = Number::subtract(base, &Number::ONE, &Settings::MAX, &mut found);
    distance.adjusted() - if adjusted == 0 { 2 } else { 1 }
}

/// What certainly overflows or underflows.
fn out_of_bounds(base: &Number, exponent: &Number, negative: bool, settings: &Settings) -> Option<Number> {
    let base = base.absolute();
    let least = least_magnitude(&base) + exponent.adjusted();
    if (base.adjusted() < 0) == exponent.negative {
        (exponent_digits(settings.emax) < least).then(|| Number::beyond(negative))
    } else {
        (exponent_digits(settings.etiny()) < least).then(|| Number::small(negative, 1, settings.etiny() - 1))
    }
}

fn integer_power(
    base: &Number,
    exponent: &Number,
    negative: bool,
    settings: &Settings,
    status: &mut u32,
) -> Number {
    let mut work = Settings { rounding: Rounding::HalfEven, clamp: false, ..*settings };
    work.precision += exponent.digits() + exponent.exponent + 2;
    let inverted;
    let mut factor = base;
    if exponent.negative {
        work.precision += 1;
        let mut found = 0;
        inverted = Number::divide(&Number::ONE, base, &work, &mut found);
        *status |= found;
        if found & ERRORS != 0 {
            return Number::NAN;
        }
        factor = &inverted;
    }
    let Some(count) = exponent.to_binary_integer() else { return Number::error(NO_MEMORY, status) };
    let mut result = match u64::try_from(count.clone()) {
        Ok(count) => short_power(factor, count, &work, status),
        Err(_) => long_power(factor, &count, &work, status),
    };
    result.negative = negative;
    if result.is_infinite() {
        // Rounding down, to the floor or the ceiling, makes a finite number of it.
        result = Number::beyond(negative);
    }
    result.finalize(settings, status)
}

fn is_settled(number: &Number, found: u32) -> bool {
    number.is_special() || (number.is_zero() && found & CLAMPED != 0)
}

/// Bits from the top.
fn short_power(base: &Number, count: u64, settings: &Settings, status: &mut u32) -> Number {
    let mut found = 0;
    let mut result = base.clone();
    for place in (0..count.ilog2()).rev() {
        result = Number::multiply(&result, &result, settings, &mut found);
        if count >> place & 1 != 0 {
            result = Number::multiply(&result, base, settings, &mut found);
        }
        if is_settled(&result, found) {
            break;
        }
    }
    *status |= found;
    result
}

/// Bits from the bottom.
fn long_power(base: &Number, count: &UBig, settings: &Settings, status: &mut u32) -> Number {
    use dashu_int::ops::BitTest;
    let (mut found, mut base, mut result) = (0, base.clone(), Number::ONE);
    for place in 0..count.bit_len() {
        if count.bit(place) {
            result = Number::multiply(&result, &base, settings, &mut found);
            *status |= found;
            if is_settled(&result, found) {
                break;
            }
        }
        base = Number::multiply(&base, &base, settings, &mut found);
        if base.is_nan() {
            *status |= found;
            return base;
        }
    }
    result
}

fn real_power(base: &Number, exponent: &Number, settings: &Settings, status: &mut u32) -> Number {
    let precision = base.digits().max(settings.precision) + 4 + 19;
    let work = Settings { precision, ..Settings::MAX };
    let mut found = 0;
    let logarithm = base.ln(&work, &mut found);
    let product = Number::multiply(&logarithm, exponent, &work, &mut found);
    *status |= found & NO_MEMORY;
    let mut result = product.exp(&work, status);
    *status |= INEXACT | ROUNDED;
    if result.is_finite() && result.order(&Number::ONE).is_eq() {
        result = one(false, settings.precision - 1, status);
    }
    if result.is_infinite() {
        result = Number::beyond(false);
    }
    result.finalize(settings, status)
}
