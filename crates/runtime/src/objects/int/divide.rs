//! Division: floored, true, and of numbers so large that doubles must be rounded exactly.

use super::Int;
use super::arithmetic::{both, both_medium};
use super::digits;
use crate::objects::float::libm::ldexp;
use crate::prelude::*;

#[cold]
fn by_zero() -> Raised {
    raise!(ZeroDivisionError, "division by zero")
}

impl Int {
    /// `left // right` and `left % right`.
    pub fn divmod(left: &Int, right: &Int) -> Result<(Ref<Int>, Ref<Int>)> {
        if right.is_zero() {
            return Err(by_zero());
        }
        if let Some((left, right)) = both_medium(left, right) {
            return Ok((Int::new(floor_quotient(left, right)), Int::new(floor_remainder(left, right))));
        }
        let (quotient, rest) = digits::divide(left.digits(), right.digits());
        let negative = left.is_negative() != right.is_negative();
        let exact = digits::trim(&rest).is_empty();
        let quotient = if negative && !exact {
            Int::from_digits(true, &digits::add(digits::trim(&quotient), &[1]))
        } else {
            Int::from_digits(negative, &quotient)
        };
        // The remainder takes the divisor's sign.
        let rest = if negative && !exact {
            Int::from_digits(right.is_negative(), &digits::subtract(right.digits(), digits::trim(&rest)))
        } else {
            Int::from_digits(left.is_negative(), &rest)
        };
        Ok((quotient, rest))
    }

    /// `left // right`.
    pub fn floor_divide(left: &Int, right: &Int) -> Result<Ref<Int>> {
        if let Some((left, right)) = both_medium(left, right)
            && right != 0
        {
            return Ok(Int::new(floor_quotient(left, right)));
        }
        Ok(Int::divmod(left, right)?.0)
    }

    /// `left % right`.
    pub fn remainder(left: &Int, right: &Int) -> Result<Ref<Int>> {
        if let Some((left, right)) = both_medium(left, right)
            && right != 0
        {
            return Ok(Int::new(floor_remainder(left, right)));
        }
        Ok(Int::divmod(left, right)?.1)
    }

    /// `left / right`, rounded once.
    pub fn true_divide(left: &Int, right: &Int) -> Result<f64> {
        if right.is_zero() {
            return Err(by_zero());
        }
        const EXACT: i64 = 1 << 53;
        if let Some((left, right)) = both_medium(left, right)
            && left.abs() <= EXACT
            && right.abs() <= EXACT
        {
            // A quotient of zero has the sign of the divisor's side alone.
            return Ok(if left == 0 && right < 0 { -0.0 } else { left as f64 / right as f64 });
        }
        let negative = left.is_negative() != right.is_negative();
        let quotient = divide_rounded(left.digits(), right.digits())?;
        Ok(if negative { -quotient } else { quotient })
    }

    /// `gcd(left, right)`, never negative.
    pub fn gcd(left: &Int, right: &Int) -> Ref<Int> {
        if let Some((left, right)) = both_medium(left, right) {
            let (mut left, mut right) = (left.unsigned_abs(), right.unsigned_abs());
            while right != 0 {
                (left, right) = (right, left % right);
            }
            return Int::from_u64(left);
        }
        if left.is_zero() {
            return right.absolute();
        }
        if right.is_zero() {
            return left.absolute();
        }
        use dashu_int::ops::Gcd;
        let gcd = digits::to_ubig(left.digits()).gcd(digits::to_ubig(right.digits()));
        Int::from_digits(false, &digits::from_ubig(&gcd))
    }

    /// The integer square root; `None` of a negative number.
    pub fn isqrt(&self) -> Option<Ref<Int>> {
        if self.is_negative() {
            return None;
        }
        if let Some(value) = self.medium() {
            return Some(Int::new((value as u64).isqrt() as i64));
        }
        use dashu_int::ops::SquareRoot;
        let root = digits::to_ubig(self.digits()).sqrt();
        Some(Int::from_digits(false, &digits::from_ubig(&root)))
    }

    /// `self == mantissa * 2**exponent`, nearly: the mantissa is in [0.5, 1) and rounded, the exponent exact.
    pub fn frexp(&self) -> (f64, i64) {
        if self.is_zero() {
            return (0.0, 0);
        }
        let (top, below) = digits::top_bits(self.digits());
        let (mantissa, exponent) = crate::objects::float::libm::frexp(top as f64);
        let mantissa = if self.is_negative() { -mantissa } else { mantissa };
        (mantissa, i64::from(exponent) + below as i64)
    }
}

#[inline]
fn floor_quotient(left: i64, right: i64) -> i64 {
    let quotient = left / right;
    if left % right != 0 && (left < 0) != (right < 0) { quotient - 1 } else { quotient }
}

#[inline]
fn floor_remainder(left: i64, right: i64) -> i64 {
    let rest = left % right;
    if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest }
}

/// The quotient of two magnitudes as the nearest double.
fn divide_rounded(left: &[u32], right: &[u32]) -> Result<f64> {
    const MANTISSA: i64 = f64::MANTISSA_DIGITS as i64;
    const MIN_EXPONENT: i64 = f64::MIN_EXP as i64;
    const MAX_EXPONENT: i64 = f64::MAX_EXP as i64;
    let overflow = || raise!(OverflowError, "integer division result too large for a float");
    if left.is_empty() {
        return Ok(0.0);
    }
    let difference = digits::bit_length(left) as i64 - digits::bit_length(right) as i64;
    if difference > MAX_EXPONENT {
        return Err(overflow());
    }
    if difference < MIN_EXPONENT - MANTISSA - 1 {
        return Ok(0.0);
    }
    // The quotient is scaled so that it has two or three bits more than the result's mantissa.
    let shift = difference.max(MIN_EXPONENT) - MANTISSA - 2;
    let (scaled, mut inexact) = if shift <= 0 {
        (digits::shift_left(left, -shift as usize), false)
    } else {
        digits::shift_right(left, shift as usize)
    };
    let (quotient, rest) = digits::divide(digits::trim(&scaled), right);
    inexact |= !digits::trim(&rest).is_empty();
    let quotient = digits::trim(&quotient).iter().rev().fold(0u64, |v, &d| v << digits::SHIFT | u64::from(d));
    let bits = i64::from(64 - quotient.leading_zeros());
    let extra = bits.max(MIN_EXPONENT - shift) - MANTISSA;
    let half = 1u64 << (extra - 1);
    let mut low = quotient | u64::from(inexact);
    if low & half != 0 && low & (3 * half - 1) != 0 {
        low += half;
    }
    let rounded = (low & !(2 * half - 1)) as f64;
    if shift + bits >= MAX_EXPONENT && (shift + bits > MAX_EXPONENT || rounded == ldexp(1.0, bits as i32)) {
        return Err(overflow());
    }
    Ok(ldexp(rounded, shift as i32))
}

#[methods(part = divide)]
impl Int {
    #[slot]
    fn nb_floor_divide(left: &Object, right: &Object) -> Result {
        match both(left, right) {
            Some((left, right)) => Ok(Int::floor_divide(left, right)?.into_object()),
            None => Ok(not_implemented()),
        }
    }
    #[slot]
    fn nb_remainder(left: &Object, right: &Object) -> Result {
        match both(left, right) {
            Some((left, right)) => Ok(Int::remainder(left, right)?.into_object()),
            None => Ok(not_implemented()),
        }
    }
    #[slot]
    fn nb_divmod(left: &Object, right: &Object) -> Result {
        match both(left, right) {
            Some((left, right)) => Int::divmod(left, right).into_result(),
            None => Ok(not_implemented()),
        }
    }
    #[slot]
    fn nb_true_divide(left: &Object, right: &Object) -> Result {
        match both(left, right) {
            Some((left, right)) => Int::true_divide(left, right).into_result(),
            None => Ok(not_implemented()),
        }
    }
}
