//! Arithmetic on magnitudes: digits of 30 bits, lowest first. No objects here, and no `unsafe`.
//!
//! Schoolbook loops for sizes where they win; [`dashu_int`] on 64-bit words beyond.

use std::cmp::Ordering;

use dashu_int::UBig;

/// The bits of a digit.
pub const SHIFT: u32 = 30;
/// A digit with all bits set.
pub const MASK: u32 = (1 << SHIFT) - 1;
/// From so many digits on, a product is computed on words.
const LARGE_PRODUCT: usize = 40;

/// Without zeros at the high end.
#[inline]
pub fn trim(digits: &[u32]) -> &[u32] {
    let mut count = digits.len();
    while count > 0 && digits[count - 1] == 0 {
        count -= 1;
    }
    &digits[..count]
}

/// How many bits the number has.
pub fn bit_length(digits: &[u32]) -> usize {
    match digits.last() {
        Some(last) => digits.len() * SHIFT as usize - (last.leading_zeros() - 2) as usize,
        None => 0,
    }
}

/// The order of two trimmed numbers.
pub fn compare(left: &[u32], right: &[u32]) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()))
}

/// `left + right`.
pub fn add(left: &[u32], right: &[u32]) -> Vec<u32> {
    let (long, short) = if left.len() >= right.len() { (left, right) } else { (right, left) };
    let mut sum = Vec::with_capacity(long.len() + 1);
    let mut carry = 0;
    for (a, b) in long.iter().zip(short) {
        carry += a + b;
        sum.push(carry & MASK);
        carry >>= SHIFT;
    }
    for a in &long[short.len()..] {
        carry += a;
        sum.push(carry & MASK);
        carry >>= SHIFT;
    }
    if carry != 0 {
        sum.push(carry);
    }
    sum
}

/// `left - right`, where `left` is no smaller.
pub fn subtract(left: &[u32], right: &[u32]) -> Vec<u32> {
    let mut difference = Vec::with_capacity(left.len());
    let mut borrow = 0u32;
    for (index, a) in left.iter().enumerate() {
        let b = right.get(index).copied().unwrap_or(0);
        let digit = a.wrapping_sub(b).wrapping_sub(borrow);
        difference.push(digit & MASK);
        borrow = digit >> 31;
    }
    difference
}

/// `left * right`.
pub fn multiply(left: &[u32], right: &[u32]) -> Vec<u32> {
    let (long, short) = if left.len() >= right.len() { (left, right) } else { (right, left) };
    if short.is_empty() {
        return Vec::new();
    }
    if short.len() >= LARGE_PRODUCT {
        return from_ubig(&(to_ubig(left) * to_ubig(right)));
    }
    let mut product = vec![0; long.len() + short.len()];
    for (start, &b) in short.iter().enumerate() {
        let b = u64::from(b);
        let mut carry = 0u64;
        let row = &mut product[start..start + long.len() + 1];
        for (digit, &a) in row.iter_mut().zip(long) {
            carry += u64::from(*digit) + u64::from(a) * b;
            *digit = carry as u32 & MASK;
            carry >>= SHIFT;
        }
        row[long.len()] = carry as u32;
    }
    product
}

/// `digits / divisor` and the remainder, for a divisor of one digit.
pub fn divide_small(digits: &[u32], divisor: u32) -> (Vec<u32>, u32) {
    let mut quotient = vec![0; digits.len()];
    let mut rest = 0u64;
    for (target, &digit) in quotient.iter_mut().zip(digits).rev() {
        rest = rest << SHIFT | u64::from(digit);
        *target = (rest / u64::from(divisor)) as u32;
        rest %= u64::from(divisor);
    }
    (quotient, rest as u32)
}

/// `digits % divisor`, for a divisor of one digit.
pub fn remainder_small(digits: &[u32], divisor: u32) -> u32 {
    let divisor = u64::from(divisor);
    digits.iter().rev().fold(0, |rest, &digit| (rest << SHIFT | u64::from(digit)) % divisor) as u32
}

/// `left / right` and the remainder; `right` is not zero, both are trimmed.
pub fn divide(left: &[u32], right: &[u32]) -> (Vec<u32>, Vec<u32>) {
    if compare(left, right).is_lt() {
        return (Vec::new(), left.to_vec());
    }
    if let &[divisor] = right {
        let (quotient, rest) = divide_small(left, divisor);
        return (quotient, vec![rest]);
    }
    use dashu_int::ops::DivRem;
    let (quotient, rest) = to_ubig(left).div_rem(to_ubig(right));
    (from_ubig(&quotient), from_ubig(&rest))
}

/// `digits << bits`.
pub fn shift_left(digits: &[u32], bits: usize) -> Vec<u32> {
    if digits.is_empty() {
        return Vec::new();
    }
    let (whole, part) = (bits / SHIFT as usize, (bits % SHIFT as usize) as u32);
    let mut shifted = Vec::with_capacity(digits.len() + whole + 1);
    shifted.resize(whole, 0);
    let mut carry = 0u64;
    for &digit in digits {
        carry |= u64::from(digit) << part;
        shifted.push(carry as u32 & MASK);
        carry >>= SHIFT;
    }
    if carry != 0 {
        shifted.push(carry as u32);
    }
    shifted
}

/// `digits >> bits`, and whether any bit that fell out was set.
pub fn shift_right(digits: &[u32], bits: usize) -> (Vec<u32>, bool) {
    let (whole, part) = (bits / SHIFT as usize, (bits % SHIFT as usize) as u32);
    if whole >= digits.len() {
        return (Vec::new(), !digits.is_empty());
    }
    let lost = digits[..whole].iter().any(|&digit| digit != 0) || digits[whole] & ((1 << part) - 1) != 0;
    let kept = &digits[whole..];
    let shifted = (0..kept.len())
        .map(|index| {
            let high = kept.get(index + 1).copied().unwrap_or(0);
            (kept[index] >> part) | ((u64::from(high) << (SHIFT - part)) as u32 & MASK)
        })
        .collect();
    (shifted, lost)
}

/// A bitwise operation on two numbers in two's complement of endless width: `(negative, digits)` each, and of the result.
pub fn bitwise(
    left: (bool, &[u32]),
    right: (bool, &[u32]),
    operation: impl Fn(u32, u32) -> u32,
) -> (bool, Vec<u32>) {
    let count = left.1.len().max(right.1.len()) + 1;
    let negative = operation(if left.0 { MASK } else { 0 }, if right.0 { MASK } else { 0 }) & 1 != 0;
    let (mut carry_left, mut carry_right, mut carry) = (1, 1, 1);
    // -x is !x + 1, digit by digit.
    let complement = |digit: u32, carry: &mut u32| {
        let sum = (digit ^ MASK) + *carry;
        *carry = sum >> SHIFT;
        sum & MASK
    };
    let digits = (0..count)
        .map(|index| {
            let mut a = left.1.get(index).copied().unwrap_or(0);
            let mut b = right.1.get(index).copied().unwrap_or(0);
            if left.0 {
                a = complement(a, &mut carry_left);
            }
            if right.0 {
                b = complement(b, &mut carry_right);
            }
            let digit = operation(a, b) & MASK;
            if negative { complement(digit, &mut carry) } else { digit }
        })
        .collect();
    (negative, digits)
}

/// The number modulo 2⁶¹ - 1.
pub fn modulo_mersenne(digits: &[u32]) -> u64 {
    use crate::hash::{MODULUS, MODULUS_BITS};
    digits.iter().rev().fold(0u64, |value, &digit| {
        // Times 2³⁰ is a rotation.
        let rotated = ((value << SHIFT) & MODULUS) | (value >> (MODULUS_BITS - SHIFT));
        let sum = rotated + u64::from(digit);
        if sum >= MODULUS { sum - MODULUS } else { sum }
    })
}

/// The top 64 bits, the lowest of them also set if a lower one was, and how many bits lie below.
pub fn top_bits(digits: &[u32]) -> (u64, usize) {
    let length = bit_length(digits);
    if length <= 64 {
        let value = digits.iter().rev().fold(0u128, |value, &digit| value << SHIFT | u128::from(digit));
        return (value as u64, 0);
    }
    let below = length - 64;
    let (whole, part) = (below / SHIFT as usize, below % SHIFT as usize);
    let window = &digits[whole..];
    let value = window.iter().rev().fold(0u128, |value, &digit| value << SHIFT | u128::from(digit));
    let top = (value >> part) as u64;
    let lost = value & ((1 << part) - 1) != 0 || digits[..whole].iter().any(|&digit| digit != 0);
    (top | u64::from(lost), below)
}

/// The nearest double, ties to even; `None` if that is infinite.
pub fn to_f64(digits: &[u32]) -> Option<f64> {
    let (top, below) = top_bits(digits);
    if below > 1024 {
        return None;
    }
    // The conversion rounds, seeing the bit that stands for all lower ones; scaling is exact.
    let value = top as f64 * 2f64.powi(below as i32 / 2) * 2f64.powi(below as i32 - below as i32 / 2);
    value.is_finite().then_some(value)
}

/// As words of 64 bits.
pub fn to_words(digits: &[u32]) -> Vec<u64> {
    let mut words = Vec::with_capacity(digits.len() * SHIFT as usize / 64 + 1);
    let (mut pending, mut bits) = (0u128, 0);
    for &digit in digits {
        pending |= u128::from(digit) << bits;
        bits += SHIFT;
        if bits >= 64 {
            words.push(pending as u64);
            pending >>= 64;
            bits -= 64;
        }
    }
    if pending != 0 {
        words.push(pending as u64);
    }
    words
}

/// From words of 64 bits; trimmed.
pub fn from_words(words: &[u64]) -> Vec<u32> {
    let mut digits = Vec::with_capacity(words.len() * 64 / SHIFT as usize + 2);
    let (mut pending, mut bits) = (0u128, 0);
    for &word in words {
        pending |= u128::from(word) << bits;
        bits += 64;
        while bits >= SHIFT {
            digits.push(pending as u32 & MASK);
            pending >>= SHIFT;
            bits -= SHIFT;
        }
    }
    if pending != 0 {
        digits.push(pending as u32);
    }
    let count = trim(&digits).len();
    digits.truncate(count);
    digits
}

pub fn to_ubig(digits: &[u32]) -> UBig {
    UBig::from_words(&to_words(digits))
}

pub fn from_ubig(value: &UBig) -> Vec<u32> {
    from_words(value.as_words())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: usize, mut seed: u64) -> Vec<u32> {
        let mut digits: Vec<u32> = (0..count)
            .map(|_| {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (seed >> 33) as u32 & MASK
            })
            .collect();
        if let Some(last) = digits.last_mut() {
            *last |= 1;
        }
        digits
    }

    #[test]
    fn words_and_back() {
        for count in 0..40 {
            let digits = sample(count, count as u64);
            assert_eq!(from_words(&to_words(&digits)), digits);
        }
    }

    #[test]
    fn as_dashu_computes() {
        for (m, n) in [(1, 1), (3, 2), (10, 4), (50, 45), (90, 3)] {
            let (a, b) = (sample(m, 5), sample(n, 9));
            let (x, y) = (to_ubig(&a), to_ubig(&b));
            assert_eq!(trim(&add(&a, &b)), from_ubig(&(&x + &y)));
            assert_eq!(trim(&multiply(&a, &b)), from_ubig(&(&x * &y)));
            if compare(&a, &b).is_ge() {
                assert_eq!(trim(&subtract(&a, &b)), from_ubig(&(&x - &y)));
            }
            let (q, r) = divide(&a, &b);
            assert_eq!(trim(&q), from_ubig(&(&x / &y)));
            assert_eq!(trim(&r), from_ubig(&(&x % &y)));
            for bits in [0, 1, 29, 30, 31, 60, 77] {
                assert_eq!(trim(&shift_left(&a, bits)), from_ubig(&(&x << bits)));
                assert_eq!(trim(&shift_right(&a, bits).0), from_ubig(&(&x >> bits)));
            }
        }
    }

    #[test]
    fn bitwise_on_negatives() {
        let number = |value: i64| (value < 0, from_words(&[value.unsigned_abs()]));
        for a in [-1i64 << 40, -7, -1, 0, 5, 1 << 35, 0x1234_5678_9abc] {
            for b in [-3i64, -(1 << 30), 0, 6, 0xffff_ffff_ffff] {
                let ((an, ad), (bn, bd)) = (number(a), number(b));
                let (negative, digits) = bitwise((an, &ad), (bn, &bd), |x, y| x ^ y);
                assert_eq!((negative, trim(&digits).to_vec()), number(a ^ b), "{a} ^ {b}");
                let (negative, digits) = bitwise((an, &ad), (bn, &bd), |x, y| x & y);
                assert_eq!((negative, trim(&digits).to_vec()), number(a & b), "{a} & {b}");
            }
        }
    }

    #[test]
    fn doubles() {
        assert_eq!(to_f64(&from_words(&[u64::MAX])), Some(18446744073709551616.0));
        assert_eq!(to_f64(&from_words(&[(1 << 53) + 1])), Some(9007199254740992.0));
        assert_eq!(to_f64(&shift_left(&[1], 1023)), Some(2f64.powi(1023)));
        assert_eq!(to_f64(&shift_left(&[1], 1024)), None);
        assert_eq!(to_f64(&shift_left(&[1], 100)), Some(2f64.powi(100)));
        assert_eq!(modulo_mersenne(&shift_left(&[1], 61)), 1);
    }
}
