//! Powers: plain, modular, and with negative exponents.

use dashu_int::UBig;

use super::arithmetic::{both, check_bits};
use super::{Int, digits};
use crate::objects::float::Float;
use crate::prelude::*;

impl Int {
    /// `base ** exponent`, the exponent not being negative.
    pub fn power(base: &Int, exponent: &Int) -> Result<Ref<Int>> {
        if exponent.is_zero() {
            return Ok(Int::small(1));
        }
        match base.medium() {
            Some(0) => return Ok(Int::small(0)),
            Some(1) => return Ok(Int::small(1)),
            Some(-1) => return Ok(Int::small(if exponent.digits()[0] & 1 == 0 { 1 } else { -1 })),
            _ => {}
        }
        let Some(count) = exponent.to_u64().filter(|&count| count < 1 << 40) else {
            return Err(crate::errors::no_memory());
        };
        let negative = base.is_negative() && count & 1 != 0;
        if let Some(value) = base.medium()
            && count <= 64
            && let Some(power) = i128::from(value).checked_pow(count as u32)
        {
            return Ok(Int::from_i128(power));
        }
        check_bits(base.bit_length().saturating_sub(1).saturating_mul(count as usize))?;
        if base.bit_length() - 1 == zeros(base.digits()) {
            let shifted = Int::small(1).shifted_left((base.bit_length() - 1) * count as usize)?;
            return Ok(if negative { shifted.negated() } else { shifted });
        }
        let power = digits::to_ubig(base.digits()).pow(count as usize);
        Ok(Int::from_digits(negative, &digits::from_ubig(&power)))
    }

    /// `pow(base, exponent, modulus)`.
    pub fn power_modulo(base: &Int, exponent: &Int, modulus: &Int) -> Result<Ref<Int>> {
        if modulus.is_zero() {
            return Err(raise!(ValueError, "pow() 3rd argument cannot be 0"));
        }
        let positive = modulus.absolute();
        if positive.medium() == Some(1) {
            return Ok(Int::small(0));
        }
        let mut base = Int::remainder(base, &positive)?;
        if exponent.is_negative() {
            base = match inverse(&base, &positive)? {
                Some(inverse) => inverse,
                None => return Err(raise!(ValueError, "base is not invertible for the given modulus")),
            };
        }
        let power = modular(&base, exponent.digits(), &positive);
        if modulus.is_negative() && !power.is_zero() {
            return Ok(Int::add(&power, modulus));
        }
        Ok(power)
    }
}

/// How many zero bits the number ends with.
fn zeros(digits: &[u32]) -> usize {
    let whole = digits.iter().take_while(|&&digit| digit == 0).count();
    whole * digits::SHIFT as usize + digits.get(whole).map_or(0, |digit| digit.trailing_zeros() as usize)
}

/// `base ** exponent % modulus`, all positive, the base below the modulus, which is above 1.
fn modular(base: &Int, exponent: &[u32], modulus: &Int) -> Ref<Int> {
    if let (Some(base), Some(modulus)) = (base.medium(), modulus.medium()) {
        let modulus = modulus as u128;
        let (mut result, base) = (1u128, base as u128);
        for digit in exponent.iter().rev() {
            for bit in (0..digits::SHIFT).rev() {
                result = result * result % modulus;
                if digit >> bit & 1 != 0 {
                    result = result * base % modulus;
                }
            }
        }
        return Int::from_u64(result as u64);
    }
    let modulus = digits::to_ubig(modulus.digits());
    let ring = dashu_int::fast_div::ConstDivisor::new(modulus);
    let exponent: UBig = digits::to_ubig(exponent);
    let power = ring.reduce(digits::to_ubig(base.digits())).pow(&exponent);
    Int::from_digits(false, &digits::from_ubig(&power.residue()))
}

/// The inverse of `number` modulo `modulus` (both positive), if there is one.
fn inverse(number: &Int, modulus: &Int) -> Result<Option<Ref<Int>>> {
    let (mut a, mut n) = (Ref::from_borrowed(number), Ref::from_borrowed(modulus));
    let (mut b, mut c) = (Int::small(1), Int::small(0));
    while !n.is_zero() {
        let (quotient, rest) = Int::divmod(&a, &n)?;
        a = std::mem::replace(&mut n, rest);
        let next = Int::subtract(&b, &Int::multiply(&quotient, &c));
        b = std::mem::replace(&mut c, next);
    }
    if a.medium() != Some(1) {
        return Ok(None);
    }
    Ok(Some(Int::remainder(&b, modulus)?))
}

#[methods(part = power)]
impl Int {
    #[slot]
    fn nb_power(base: &Object, exponent: &Object, modulus: &Object) -> Result {
        let Some((base, exponent)) = both(base, exponent) else { return Ok(not_implemented()) };
        if modulus.is_none() {
            if exponent.is_negative() {
                // A power of doubles, as for floats.
                let (base, exponent) = (Float::new(base.to_f64()?), Float::new(exponent.to_f64()?));
                return Float::nb_power(&base, &exponent, modulus);
            }
            return Ok(Int::power(base, exponent)?.into_object());
        }
        let Some(modulus) = Int::of(modulus) else { return Ok(not_implemented()) };
        Ok(Int::power_modulo(base, exponent, modulus)?.into_object())
    }
}
