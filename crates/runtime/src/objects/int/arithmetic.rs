//! The operators that need no division: sums, products, shifts, bits.

use super::Int;
use super::digits;
use crate::prelude::*;

/// Both operands, if they are ints.
#[inline(always)]
pub(super) fn both<'a>(left: &'a Object, right: &'a Object) -> Option<(&'a Int, &'a Int)> {
    Some((Int::of(left)?, Int::of(right)?))
}

/// Both values, if they are below 2⁶⁰.
#[inline(always)]
pub(super) fn both_medium(left: &Int, right: &Int) -> Option<(i64, i64)> {
    Some((left.medium()?, right.medium()?))
}

type Signed<'a> = (bool, &'a [u32]);

/// The sum of two numbers with signs.
fn add_signed(left: Signed, right: Signed) -> Ref<Int> {
    if left.0 == right.0 {
        return Int::from_digits(left.0, &digits::add(left.1, right.1));
    }
    if digits::compare(left.1, right.1).is_ge() {
        Int::from_digits(left.0, &digits::subtract(left.1, right.1))
    } else {
        Int::from_digits(right.0, &digits::subtract(right.1, left.1))
    }
}

/// The error for a number that no memory could hold.
pub(super) fn check_bits(bits: usize) -> Result<()> {
    // 2³⁶ bits are 8 GiB.
    if bits > 1 << 36 { Err(crate::errors::no_memory()) } else { Ok(()) }
}

impl Int {
    #[inline]
    fn signed(&self) -> Signed<'_> {
        (self.is_negative(), self.digits())
    }

    /// `left + right`.
    #[inline]
    pub fn add(left: &Int, right: &Int) -> Ref<Int> {
        match both_medium(left, right) {
            Some((left, right)) => Int::new(left + right),
            None => add_signed(left.signed(), right.signed()),
        }
    }

    /// `left - right`.
    #[inline]
    pub fn subtract(left: &Int, right: &Int) -> Ref<Int> {
        match both_medium(left, right) {
            Some((left, right)) => Int::new(left - right),
            None => add_signed(left.signed(), (!right.is_negative(), right.digits())),
        }
    }

    /// `left * right`.
    #[inline]
    pub fn multiply(left: &Int, right: &Int) -> Ref<Int> {
        if let Some((left, right)) = both_medium(left, right) {
            return match left.checked_mul(right) {
                Some(product) => Int::new(product),
                None => Int::from_i128(i128::from(left) * i128::from(right)),
            };
        }
        let negative = left.is_negative() != right.is_negative();
        Int::from_digits(negative, &digits::multiply(left.digits(), right.digits()))
    }

    /// `-self`.
    pub fn negated(&self) -> Ref<Int> {
        match self.medium() {
            Some(value) => Int::new(-value),
            None => Int::from_digits(!self.is_negative(), self.digits()),
        }
    }

    /// `abs(self)`.
    pub fn absolute(&self) -> Ref<Int> {
        match self.medium() {
            Some(value) => Int::new(value.abs()),
            None => Int::from_digits(false, self.digits()),
        }
    }

    /// `self << bits`.
    pub fn shifted_left(&self, bits: usize) -> Result<Ref<Int>> {
        if self.is_zero() {
            return Ok(Int::small(0));
        }
        if bits < 64
            && let Some(value) = self.medium()
        {
            return Ok(Int::from_i128(i128::from(value) << bits));
        }
        check_bits(bits)?;
        Ok(Int::from_digits(self.is_negative(), &digits::shift_left(self.digits(), bits)))
    }

    /// `self >> bits`: rounds down.
    pub fn shifted_right(&self, bits: usize) -> Ref<Int> {
        if let Some(value) = self.medium() {
            return Int::new(value >> bits.min(63));
        }
        let (shifted, lost) = digits::shift_right(self.digits(), bits);
        if self.is_negative() && lost {
            return Int::from_digits(true, &digits::add(digits::trim(&shifted), &[1]));
        }
        Int::from_digits(self.is_negative(), &shifted)
    }

    /// A bitwise operation.
    fn bitwise(
        left: &Int,
        right: &Int,
        short: impl Fn(i64, i64) -> i64,
        long: impl Fn(u32, u32) -> u32,
    ) -> Ref<Int> {
        if let Some((left, right)) = both_medium(left, right) {
            return Int::new(short(left, right));
        }
        let (negative, digits) = digits::bitwise(left.signed(), right.signed(), long);
        Int::from_digits(negative, &digits)
    }

    /// `left & right`.
    pub fn bit_and(left: &Int, right: &Int) -> Ref<Int> {
        Int::bitwise(left, right, |a, b| a & b, |a, b| a & b)
    }
}

/// A binary slot over two ints.
macro_rules! binary {
    ($left:ident, $right:ident, $with:expr) => {
        match both($left, $right) {
            Some(($left, $right)) => Ok($with.into_object()),
            None => Ok(not_implemented()),
        }
    };
}

#[methods(part = arithmetic)]
impl Int {
    #[slot]
    fn nb_add(left: &Object, right: &Object) -> Result {
        binary!(left, right, Int::add(left, right))
    }
    #[slot]
    fn nb_subtract(left: &Object, right: &Object) -> Result {
        binary!(left, right, Int::subtract(left, right))
    }
    #[slot]
    fn nb_multiply(left: &Object, right: &Object) -> Result {
        binary!(left, right, Int::multiply(left, right))
    }
    #[slot]
    pub(in crate::objects) fn nb_and(left: &Object, right: &Object) -> Result {
        binary!(left, right, Int::bit_and(left, right))
    }
    #[slot]
    pub(in crate::objects) fn nb_or(left: &Object, right: &Object) -> Result {
        binary!(left, right, Int::bitwise(left, right, |a, b| a | b, |a, b| a | b))
    }
    #[slot]
    pub(in crate::objects) fn nb_xor(left: &Object, right: &Object) -> Result {
        binary!(left, right, Int::bitwise(left, right, |a, b| a ^ b, |a, b| a ^ b))
    }
    #[slot]
    fn nb_lshift(left: &Object, right: &Object) -> Result {
        let Some((left, right)) = both(left, right) else { return Ok(not_implemented()) };
        if right.is_negative() {
            return Err(raise!(ValueError, "negative shift count"));
        }
        if left.is_zero() {
            return Ok(Int::small(0).into_object());
        }
        match right.to_i64() {
            Some(bits) => Ok(left.shifted_left(bits as usize)?.into_object()),
            None => Err(raise!(OverflowError, "too many digits in integer")),
        }
    }
    #[slot]
    fn nb_rshift(left: &Object, right: &Object) -> Result {
        let Some((left, right)) = both(left, right) else { return Ok(not_implemented()) };
        if right.is_negative() {
            return Err(raise!(ValueError, "negative shift count"));
        }
        let bits = right.to_i64().unwrap_or(i64::MAX);
        Ok(left.shifted_right(bits as usize).into_object())
    }
    #[slot]
    fn nb_negative(&self) -> Ref<Int> {
        self.negated()
    }
    #[slot]
    fn nb_positive(&self) -> Ref<Int> {
        Int::exact(self)
    }
    #[slot]
    fn nb_absolute(&self) -> Ref<Int> {
        self.absolute()
    }
    #[slot]
    fn nb_invert(&self) -> Ref<Int> {
        match self.medium() {
            Some(value) => Int::new(!value),
            None => Int::subtract(&Int::small(-1), self),
        }
    }
    #[slot]
    fn nb_int(&self) -> Ref<Int> {
        Int::exact(self)
    }
    #[slot]
    fn nb_index(&self) -> Ref<Int> {
        Int::exact(self)
    }
    #[slot]
    fn nb_float(&self) -> Result<f64> {
        self.to_f64()
    }
}
