//! Natural numbers of any size, as trimmed vectors of words: products (schoolbook, Karatsuba, transforms), quotients
//! (Knuth; recursive for large ones), square roots, and conversion from and to binary. `None` is: no memory for that.

use std::cmp::Ordering;

use dashu_int::UBig;

use super::transform;
use super::words::{self, BASE, WORD_DIGITS};

const KARATSUBA: usize = 40;
const TRANSFORM: usize = 400;
const RECURSIVE_DIVISION: usize = 100;
/// Words of a number that is converted in one go.
const DIRECT_CONVERSION: usize = 40;

/// Room for so many words, if there is memory for them.
pub fn reserve(count: usize) -> Option<Vec<u64>> {
    let mut words = Vec::new();
    words.try_reserve_exact(count).ok()?;
    Some(words)
}

/// So many zeros.
pub fn zeros(count: usize) -> Option<Vec<u64>> {
    let mut words = reserve(count)?;
    words.resize(count, 0);
    Some(words)
}

pub fn trimmed(mut words: Vec<u64>) -> Vec<u64> {
    let count = words::trim(&words).len();
    words.truncate(count);
    words
}

/// The product into `out`, that is as long as both factors together.
pub fn multiply_into(out: &mut [u64], left: &[u64], right: &[u64]) -> Option<()> {
    let (long, short) = if left.len() < right.len() { (right, left) } else { (left, right) };
    if short.len() < KARATSUBA {
        words::multiply(out, long, short);
        return Some(());
    }
    if long.len() > 2 * short.len() {
        return by_pieces(out, long, short);
    }
    if short.len() >= TRANSFORM {
        let square = std::ptr::eq(left, right);
        return transform::product(out, long, (!square).then_some(short));
    }
    if long.len() > short.len() + short.len() / 4 {
        return by_pieces(out, long, short);
    }
    let mut scratch = zeros(6 * long.len() + 128)?;
    out.fill(0);
    karatsuba(out, long, short, &mut scratch);
    Some(())
}

/// The long factor in pieces of the short one's length.
fn by_pieces(out: &mut [u64], long: &[u64], short: &[u64]) -> Option<()> {
    out.fill(0);
    let mut product = zeros(2 * short.len())?;
    for (index, piece) in long.chunks(short.len()).enumerate() {
        let product = &mut product[..piece.len() + short.len()];
        multiply_into(product, piece, short)?;
        words::add_to(&mut out[index * short.len()..], product);
    }
    Some(())
}

/// The product, into zeros. The factors are of about the same length.
fn karatsuba(out: &mut [u64], left: &[u64], right: &[u64], scratch: &mut [u64]) {
    let half = left.len().div_ceil(2);
    if right.len() < KARATSUBA || right.len() <= half {
        words::multiply(out, left, right);
        return;
    }
    let (left0, left1) = left.split_at(half);
    let (right0, right1) = right.split_at(half);
    let (low, high) = out.split_at_mut(2 * half);
    karatsuba(low, left0, right0, scratch);
    if left1.len() >= right1.len() {
        karatsuba(high, left1, right1, scratch);
    } else {
        karatsuba(high, right1, left1, scratch);
    }
    let (sums, scratch) = scratch.split_at_mut(2 * (half + 1));
    let (left_sum, right_sum) = sums.split_at_mut(half + 1);
    for (sum, low, high) in [(&mut *left_sum, left0, left1), (&mut *right_sum, right0, right1)] {
        sum[..half].copy_from_slice(low);
        sum[half] = 0;
        words::add_to(sum, high);
    }
    let (middle, scratch) = scratch.split_at_mut(2 * (half + 1));
    middle.fill(0);
    karatsuba(middle, left_sum, right_sum, scratch);
    words::subtract_from(middle, words::trim(low));
    words::subtract_from(middle, words::trim(high));
    words::add_to(&mut out[half..], words::trim(middle));
}

pub fn multiply(left: &[u64], right: &[u64]) -> Option<Vec<u64>> {
    let mut out = zeros(left.len() + right.len())?;
    multiply_into(&mut out, left, right)?;
    Some(trimmed(out))
}

pub fn add(left: &[u64], right: &[u64]) -> Option<Vec<u64>> {
    let (long, short) = if left.len() < right.len() { (right, left) } else { (left, right) };
    let mut sum = reserve(long.len() + 1)?;
    sum.extend_from_slice(long);
    let carry = words::add_to(&mut sum, short);
    if carry != 0 {
        sum.push(carry);
    }
    Some(sum)
}

/// left - right, which isn't greater.
fn subtract(mut left: Vec<u64>, right: &[u64]) -> Vec<u64> {
    words::subtract_from(&mut left, right);
    trimmed(left)
}

/// low + high · BASEᵖˡᵃᶜᵉ
fn joined(low: &[u64], high: &[u64], place: usize) -> Option<Vec<u64>> {
    if high.is_empty() {
        return Some(words::trim(low).to_vec());
    }
    let mut words = zeros(low.len().max(place + high.len()) + 1)?;
    words[..low.len()].copy_from_slice(low);
    words::add_to(&mut words[place..], high);
    Some(trimmed(words))
}

fn split(words: &[u64], place: usize) -> (&[u64], &[u64]) {
    let (low, high) = words.split_at(place.min(words.len()));
    (words::trim(low), high)
}

/// Quotient and remainder of trimmed numbers; the divisor isn't zero.
pub fn divide(dividend: &[u64], divisor: &[u64]) -> Option<(Vec<u64>, Vec<u64>)> {
    if words::compare(dividend, divisor) == Ordering::Less {
        return Some((Vec::new(), dividend.to_vec()));
    }
    if let [word] = *divisor {
        let mut quotient = reserve(dividend.len())?;
        quotient.extend_from_slice(dividend);
        let rest = words::divide_word(&mut quotient, word);
        return Some((trimmed(quotient), if rest == 0 { Vec::new() } else { vec![rest] }));
    }
    // The top word of the divisor becomes at least BASE / 2.
    let top = divisor[divisor.len() - 1];
    let factor = (u128::from(BASE) / (u128::from(top) + 1)) as u64;
    let mut left = reserve(dividend.len() + 1)?;
    left.extend_from_slice(dividend);
    let mut right = reserve(divisor.len())?;
    right.extend_from_slice(divisor);
    let carry = if factor == 1 {
        0
    } else {
        words::multiply_word(&mut right, factor, 0);
        words::multiply_word(&mut left, factor, 0)
    };
    left.push(carry);
    let (quotient, mut remainder) = divide_prepared(left, &right)?;
    if factor != 1 {
        words::divide_word(&mut remainder, factor);
    }
    Some((quotient, trimmed(remainder)))
}

/// By a divisor whose top word is at least BASE / 2.
fn divide_prepared(dividend: Vec<u64>, divisor: &[u64]) -> Option<(Vec<u64>, Vec<u64>)> {
    let size = divisor.len();
    let count = dividend.len().saturating_sub(size);
    if size < RECURSIVE_DIVISION || count < RECURSIVE_DIVISION {
        return divide_schoolbook(dividend, divisor);
    }
    // In pieces of the divisor's length, from the top.
    let mut quotient: Vec<u64> = Vec::new();
    let mut rest: Vec<u64> = Vec::new();
    let pieces = dividend.len().div_ceil(size);
    for index in (0..pieces).rev() {
        let piece = &dividend[index * size..dividend.len().min((index + 1) * size)];
        let current = joined(piece, &rest, piece.len())?;
        let (part, remainder) = divide_recursive(&current, divisor)?;
        quotient = joined(&part, &quotient, size)?;
        rest = remainder;
    }
    Some((quotient, rest))
}

fn divide_schoolbook(mut dividend: Vec<u64>, divisor: &[u64]) -> Option<(Vec<u64>, Vec<u64>)> {
    let size = divisor.len();
    if dividend.last().is_some_and(|&top| top != 0) {
        dividend.try_reserve(1).ok()?;
        dividend.push(0);
    }
    if dividend.len() <= size {
        return Some((Vec::new(), trimmed(dividend)));
    }
    let mut quotient = zeros(dividend.len() - size)?;
    words::divide_normalized(&mut quotient, &mut dividend, divisor);
    dividend.truncate(size);
    Some((trimmed(quotient), trimmed(dividend)))
}

/// Burnikel and Ziegler: the quotient's halves, each by the divisor's upper half.
fn divide_recursive(dividend: &[u64], divisor: &[u64]) -> Option<(Vec<u64>, Vec<u64>)> {
    let count = dividend.len().saturating_sub(divisor.len());
    if count < RECURSIVE_DIVISION || divisor.len() < RECURSIVE_DIVISION {
        return divide_schoolbook(dividend.to_vec(), divisor);
    }
    let half = count / 2;
    let (low, high) = split(divisor, half);
    let step = |dividend: &[u64], place: usize| -> Option<(Vec<u64>, Vec<u64>)> {
        // dividend by divisor · BASEᵖˡᵃᶜᵉ
        let (bottom, top) = split(dividend, half + place);
        let (mut quotient, rest) = divide_recursive(top, high)?;
        let mut rest = joined(bottom, &rest, half + place)?;
        let mut product = multiply(&quotient, low)?;
        if place != 0 && !product.is_empty() {
            product.splice(0..0, std::iter::repeat_n(0, place));
        }
        while words::compare(&rest, &product) == Ordering::Less {
            words::decrement(&mut quotient);
            rest = joined(&rest, divisor, place)?;
        }
        Some((trimmed(quotient), subtract(rest, &product)))
    };
    let (upper, rest) = step(dividend, half)?;
    let (lower, rest) = step(&rest, 0)?;
    Some((joined(&lower, &upper, half)?, rest))
}

/// The integer square root, and the remainder, of an even count of words, the top one at least BASE / 100.
pub fn square_root(number: &[u64]) -> Option<(Vec<u64>, Vec<u64>)> {
    if number.len() <= 2 {
        let value =
            number.iter().rev().fold(0u128, |value, &word| value * u128::from(BASE) + u128::from(word));
        let root = value.isqrt();
        return Some((from_u128(root), from_u128(value - root * root)));
    }
    // Zimmermann: the root of the upper half, then a division by twice it.
    let quarter = number.len() / 4;
    let (low, high) = split(number, 2 * quarter);
    let (root, rest) = square_root(high)?;
    let (bottom, middle) = split(low, quarter);
    let (quotient, rest) = divide(&joined(middle, &rest, quarter)?, &add(&root, &root)?)?;
    let mut root = joined(&quotient, &root, quarter)?;
    let mut rest = joined(bottom, &rest, quarter)?;
    let square = multiply(&quotient, &quotient)?;
    while words::compare(&rest, &square) == Ordering::Less {
        // (r - 1)² is 2r - 1 less.
        rest = add(&rest, &root)?;
        words::decrement(&mut root);
        root = trimmed(root);
        rest = add(&rest, &root)?;
    }
    Some((root, subtract(rest, &square)))
}

pub fn from_u128(mut value: u128) -> Vec<u64> {
    let mut words = Vec::new();
    while value != 0 {
        words.push((value % u128::from(BASE)) as u64);
        value /= u128::from(BASE);
    }
    words
}

/// From binary words, least significant first.
pub fn from_binary(binary: &[u64]) -> Option<Vec<u64>> {
    if binary.len() <= DIRECT_CONVERSION {
        let mut words = reserve(binary.len() * 65 / 63 + 2)?;
        for &word in binary.iter().rev() {
            // words · 2⁶⁴ + word
            let mut carry = u128::from(word);
            for place in &mut words {
                let sum = (u128::from(*place) << 64) + carry;
                let (quotient, rest) = words::divide_by_base(sum);
                *place = rest;
                carry = u128::from(quotient);
            }
            while carry != 0 {
                let (quotient, rest) = words::divide_by_base(carry);
                words.push(rest);
                carry = u128::from(quotient);
            }
        }
        return Some(words);
    }
    // 2^(64·DIRECT·2ⁱ), as far as needed.
    let mut powers = vec![from_binary(&{
        let mut power = vec![0; DIRECT_CONVERSION - 1];
        power.push(1);
        power
    })?];
    let unit = DIRECT_CONVERSION - 1;
    while unit << powers.len() < binary.len() {
        let last = &powers[powers.len() - 1];
        powers.push(multiply(last, last)?);
    }
    from_binary_by(binary, unit, &powers)
}

fn from_binary_by(binary: &[u64], unit: usize, powers: &[Vec<u64>]) -> Option<Vec<u64>> {
    if binary.len() <= DIRECT_CONVERSION {
        return from_binary(words::trim(binary));
    }
    let (power, smaller) = powers.split_last()?;
    let place = unit << smaller.len();
    if binary.len() <= place {
        return from_binary_by(binary, unit, smaller);
    }
    let (low, high) = binary.split_at(place);
    let high = multiply(&from_binary_by(words::trim(high), unit, smaller)?, power)?;
    add(&high, &from_binary_by(words::trim(low), unit, smaller)?)
}

/// As a binary number.
pub fn to_binary(words: &[u64]) -> UBig {
    if words.len() <= DIRECT_CONVERSION {
        return to_binary_directly(words);
    }
    let mut powers = vec![UBig::from(BASE).pow(DIRECT_CONVERSION)];
    while DIRECT_CONVERSION << powers.len() < words.len() {
        let last = &powers[powers.len() - 1];
        powers.push(last * last);
    }
    to_binary_by(words, &powers)
}

fn to_binary_directly(words: &[u64]) -> UBig {
    let mut binary: Vec<u64> = Vec::with_capacity(words.len());
    for &word in words.iter().rev() {
        let mut carry = u128::from(word);
        for place in &mut binary {
            let sum = u128::from(*place) * u128::from(BASE) + carry;
            *place = sum as u64;
            carry = sum >> 64;
        }
        if carry != 0 {
            binary.push(carry as u64);
        }
    }
    UBig::from_words(&binary)
}

fn to_binary_by(words: &[u64], powers: &[UBig]) -> UBig {
    let Some((power, smaller)) = powers.split_last().filter(|_| words.len() > DIRECT_CONVERSION) else {
        return to_binary_directly(words);
    };
    let place = DIRECT_CONVERSION << smaller.len();
    if words.len() <= place {
        return to_binary_by(words, smaller);
    }
    let (low, high) = words.split_at(place);
    to_binary_by(high, smaller) * power + to_binary_by(low, smaller)
}

/// How many words so many digits take.
pub fn words_for(digits: usize) -> usize {
    digits.div_ceil(WORD_DIGITS).max(1)
}
