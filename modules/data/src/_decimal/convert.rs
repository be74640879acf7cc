//! Decimals as other things: ints, floats, hashes, tuples, ratios.

use dashu_int::UBig;
use runtime::hash::{INFINITY, MODULUS};
use runtime::objects::int::digits;
use runtime::prelude::*;

use super::decimal::Decimal;
use super::engine::*;
use super::state::state;

fn int_of(negative: bool, magnitude: &UBig) -> Ref<Int> {
    Int::from_digits(negative, &digits::from_ubig(magnitude))
}

fn binary_of(number: &Number) -> Result<UBig> {
    number.to_binary_integer().ok_or_else(runtime::errors::no_memory)
}

/// The number as an int.
pub fn to_int(number: &Number, rounding: Rounding) -> Result {
    if number.is_nan() {
        return Err(raise!(ValueError, "cannot convert NaN to integer"));
    }
    if number.is_infinite() {
        return Err(raise!(OverflowError, "cannot convert Infinity to integer"));
    }
    if let Some(value) = number.to_i64() {
        return Ok(Int::new(value).into_object());
    }
    let settings = Settings { rounding, ..Settings::MAX };
    let mut status = 0;
    let integral = number.to_integral(false, &settings, &mut status);
    Ok(int_of(integral.negative, &binary_of(&integral)?).into_object())
}

/// The nearest float.
pub fn to_float(number: &Number) -> Result<f64> {
    if number.is_nan() {
        if number.is_signaling() {
            return Err(raise!(ValueError, "cannot convert signaling NaN to float"));
        }
        return Ok(if number.negative { -f64::NAN } else { f64::NAN });
    }
    if number.is_infinite() {
        return Ok(if number.negative { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    let text = number.text(false, true);
    text.parse().map_err(|_| raise!(ValueError, "could not convert {text} to float"))
}

fn modular(left: u64, right: u64) -> u64 {
    (u128::from(left) * u128::from(right) % u128::from(MODULUS)) as u64
}

fn modular_power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent != 0 {
        if exponent & 1 != 0 {
            result = modular(result, base);
        }
        base = modular(base, base);
        exponent >>= 1;
    }
    result
}

/// The hash: that of an equal int, float or fraction.
pub fn hash(decimal: &Decimal) -> Result<isize> {
    let number = decimal.number();
    if number.is_signaling() {
        return Err(raise!(TypeError, "Cannot hash a signaling NaN value"));
    }
    if number.is_nan() {
        return Ok(runtime::hash::pointer_hash(decimal.as_ptr()));
    }
    if number.is_infinite() {
        return Ok(if number.negative { -INFINITY } else { INFINITY });
    }
    const WORD: u64 = 10_000_000_000_000_000_000 % MODULUS;
    const TENTH: u64 = 2_075_258_708_292_324_556;
    let digits = number.coefficient.iter().rev();
    let digits = digits.fold(0, |value, word| (modular(value, WORD) + word % MODULUS) % MODULUS);
    let base = if number.exponent < 0 { TENTH } else { 10 };
    let value = modular(digits, modular_power(base, number.exponent.unsigned_abs())) as isize;
    let value = if number.negative { -value } else { value };
    Ok(if value == -1 { -2 } else { value })
}

/// `(sign, digits, exponent)`
pub fn to_tuple(number: &Number) -> Result {
    let exponent = match number.kind {
        Kind::Finite => Int::new(number.exponent).into_object(),
        Kind::Infinite => Str::new("F").into_object(),
        Kind::Quiet => Str::new("n").into_object(),
        Kind::Signaling => Str::new("N").into_object(),
    };
    let digits = if number.is_infinite() {
        vec![Int::new(0).into_object()]
    } else {
        number.digit_text().bytes().map(|digit| Int::new(i64::from(digit - b'0')).into_object()).collect()
    };
    let Some(class) = state().decimal_tuple.get() else {
        return Err(raise!(SystemError, "the module _decimal is not initialized"));
    };
    let sign = Int::new(i64::from(number.negative));
    class.call(&[&sign, &Tuple::from_vec(digits), &exponent])
}

/// Numerator and denominator, in lowest terms.
pub fn to_ratio(number: &Number) -> Result<Ref<Tuple>> {
    if number.is_nan() {
        return Err(raise!(ValueError, "cannot convert NaN to integer ratio"));
    }
    if number.is_infinite() {
        return Err(raise!(OverflowError, "cannot convert Infinity to integer ratio"));
    }
    let pair = |numerator: &UBig, denominator: &UBig| {
        Tuple::pack([
            int_of(number.negative, numerator).into_object(),
            int_of(false, denominator).into_object(),
        ])
    };
    if number.is_zero() {
        return Ok(pair(&UBig::ZERO, &UBig::ONE));
    }
    if number.exponent >= 0 {
        return Ok(pair(&binary_of(number)?, &UBig::ONE));
    }
    let numerator = binary_of(&Number::finite(false, number.coefficient.clone(), 0))?;
    let denominator = binary_of(&Number::small(false, 1, -number.exponent))?;
    let divisor = dashu_int::ops::Gcd::gcd(&numerator, &denominator);
    Ok(pair(&(numerator / &divisor), &(denominator / &divisor)))
}
