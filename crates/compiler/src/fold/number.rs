//! Ints, floats and the choice between number types.

use std::borrow::Cow;

use bytecode::Constant;
use bytecode::operands::BinaryOperator;
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use super::MAX_INT_SIZE;
use super::complex::{self, Complex};

/// A constant that is a number; a bool counts as an int.
pub(super) enum Number<'c> {
    Int(Cow<'c, BigInt>),
    Float(f64),
    Complex(Complex),
}

impl<'c> Number<'c> {
    pub(super) fn of(constant: &'c Constant) -> Option<Self> {
        Some(match constant {
            Constant::Bool(value) => Number::Int(Cow::Owned(BigInt::from(*value as u8))),
            Constant::Int(value) => Number::Int(Cow::Borrowed(value)),
            Constant::Float(value) => Number::Float(*value),
            Constant::Complex { real, imag } => Number::Complex(Complex { real: *real, imag: *imag }),
            _ => return None,
        })
    }

    pub(super) fn into_constant(self) -> Constant {
        match self {
            Number::Int(value) => Constant::Int(value.into_owned()),
            Number::Float(value) => Constant::Float(value),
            Number::Complex(Complex { real, imag }) => Constant::Complex { real, imag },
        }
    }

    /// As a float; `None` if an int is too large (OverflowError).
    pub(super) fn to_f64(&self) -> Option<f64> {
        match self {
            Number::Int(value) => value.to_f64().filter(|value| value.is_finite()),
            Number::Float(value) => Some(*value),
            Number::Complex(_) => None,
        }
    }
}

pub(super) fn binary(operator: BinaryOperator, left: Number<'_>, right: Number<'_>) -> Option<Constant> {
    match (&left, &right) {
        (Number::Int(a), Number::Int(b)) => int_binary(operator, a, b),
        (Number::Complex(a), Number::Complex(b)) => complex_result(complex::binary(operator, *a, *b)?),
        (Number::Complex(a), b) => complex_result(complex::binary_with_real(operator, *a, b.to_f64()?)?),
        (a, Number::Complex(b)) => complex_result(complex::binary_of_real(operator, a.to_f64()?, *b)?),
        (a, b) => float_binary(operator, a.to_f64()?, b.to_f64()?),
    }
}

fn complex_result(value: Complex) -> Option<Constant> {
    Some(Number::Complex(value).into_constant())
}

fn int_binary(operator: BinaryOperator, a: &BigInt, b: &BigInt) -> Option<Constant> {
    use BinaryOperator::*;
    let result = match operator {
        Add => a + b,
        Subtract => a - b,
        Multiply => {
            if !a.is_zero() && !b.is_zero() && a.bits() + b.bits() > MAX_INT_SIZE {
                return None;
            }
            a * b
        }
        TrueDivide => return int_true_divide(a, b).map(Constant::Float),
        FloorDivide if !b.is_zero() => a.div_floor(b),
        Remainder if !b.is_zero() => a.mod_floor(b),
        Power => return int_power(a, b),
        LeftShift => {
            if b.is_negative() {
                return None;
            }
            if a.is_zero() {
                BigInt::ZERO
            } else {
                let count = b.to_u64().filter(|&count| count <= MAX_INT_SIZE)?;
                if a.bits() > MAX_INT_SIZE - count {
                    return None;
                }
                a << count
            }
        }
        RightShift => {
            if b.is_negative() {
                return None;
            }
            match b.to_u64() {
                Some(count) => a >> count,
                None => BigInt::from(-(a.is_negative() as i32)),
            }
        }
        And => a & b,
        Or => a | b,
        Xor => a ^ b,
        _ => return None,
    };
    Some(Constant::Int(result))
}

fn int_power(a: &BigInt, b: &BigInt) -> Option<Constant> {
    if b.is_negative() {
        return float_binary(BinaryOperator::Power, Number::Int(Cow::Borrowed(a)).to_f64()?, finite(b)?);
    }
    if !a.is_zero() && b.is_positive() && a.bits() > MAX_INT_SIZE / b.to_u64()? {
        return None;
    }
    let result = match b.to_u32() {
        Some(exponent) => a.pow(exponent),
        // Only 0 comes here with so large an exponent.
        None => a.clone(),
    };
    Some(Constant::Int(result))
}

fn finite(value: &BigInt) -> Option<f64> {
    value.to_f64().filter(|value| value.is_finite())
}

/// `a / b`, correctly rounded.
fn int_true_divide(a: &BigInt, b: &BigInt) -> Option<f64> {
    if b.is_zero() {
        return None;
    }
    const EXACT: u64 = f64::MANTISSA_DIGITS as u64;
    if a.bits() <= EXACT && b.bits() <= EXACT {
        return Some(a.to_f64()? / b.to_f64()?);
    }
    // A quotient of at least 55 bits, the last one sticky; fewer where the result is subnormal.
    let negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
    let (a, b) = (a.magnitude(), b.magnitude());
    let exponent = (a.bits() as i64 - b.bits() as i64 - 55).max(-1074 - 2);
    let (mut quotient, remainder) = match exponent {
        0.. => a.div_rem(&(b << exponent as u64)),
        _ => (a << -exponent as u64).div_rem(b),
    };
    if !remainder.is_zero() {
        // Below the rounding position: the quotient has at least two bits more than the mantissa.
        quotient <<= 1u32;
        quotient.set_bit(0, true);
    } else {
        quotient <<= 1u32;
    }
    let result = scale(&quotient, exponent - 1)?;
    Some(if negative { -result } else { result })
}

/// `mantissa * 2**exponent`, rounded to even; `None` if it overflows.
fn scale(mantissa: &num_bigint::BigUint, exponent: i64) -> Option<f64> {
    // How many low bits don't fit the result's mantissa.
    let bits = mantissa.bits() as i64;
    let excess = (bits - 53).max(-1074 - exponent).max(0);
    let mut kept = (mantissa >> excess as u64).to_u64()?;
    if excess > 0 {
        let low = mantissa - (num_bigint::BigUint::from(kept) << excess as u64);
        let half = num_bigint::BigUint::from(1u32) << (excess - 1) as u64;
        if low > half || low == half && kept & 1 == 1 {
            kept += 1;
        }
    }
    let exponent = exponent + excess;
    // In two steps, each exact.
    let mut result = kept as f64;
    let mut left = exponent;
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        result *= 2f64.powi(step as i32);
        left -= step;
        if result == 0.0 || result.is_infinite() {
            break;
        }
    }
    result.is_finite().then_some(result)
}

fn float_binary(operator: BinaryOperator, a: f64, b: f64) -> Option<Constant> {
    use BinaryOperator::*;
    Some(Constant::Float(match operator {
        Add => a + b,
        Subtract => a - b,
        Multiply => a * b,
        TrueDivide if b != 0.0 => a / b,
        FloorDivide if b != 0.0 => floor_divide(a, b).0,
        Remainder if b != 0.0 => floor_divide(a, b).1,
        Power => return float_power(a, b),
        _ => return None,
    }))
}

/// `a // b` and `a % b`.
fn floor_divide(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder != 0.0 {
        if (b < 0.0) != (remainder < 0.0) {
            remainder += b;
            quotient -= 1.0;
        }
    } else {
        remainder = 0f64.copysign(b);
    }
    let floored = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(a / b)
    };
    (floored, remainder)
}

fn float_power(a: f64, b: f64) -> Option<Constant> {
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return None;
    }
    let special = a.is_nan() || b.is_nan() || a.is_infinite() || b.is_infinite();
    if !special && a < 0.0 && b.fract() != 0.0 {
        let (a, b) = (Complex { real: a, imag: 0.0 }, Complex { real: b, imag: 0.0 });
        return complex_result(complex::power(a, b)?);
    }
    let result = a.powf(b);
    (special || result.is_finite()).then_some(Constant::Float(result))
}
