//! Words of nineteen decimal digits, least significant first, and what is done with them in one pass: sums, differences,
//! schoolbook products and quotients, shifts by digits. Slices only; nothing here allocates.

use std::cmp::Ordering;

/// What a word counts to.
pub const BASE: u64 = 10_000_000_000_000_000_000;
/// The decimal digits of a word.
pub const WORD_DIGITS: usize = 19;

/// The powers of ten that a word holds.
pub const POWERS: [u64; WORD_DIGITS + 1] = {
    let mut powers = [1; WORD_DIGITS + 1];
    let mut index = 1;
    while index <= WORD_DIGITS {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// Division by one number, that is prepared (Möller and Granlund, "Improved division by invariant integers").
#[derive(Clone, Copy)]
pub struct Divisor {
    normalized: u64,
    shift: u32,
    reciprocal: u64,
}

impl Divisor {
    pub const fn new(divisor: u64) -> Divisor {
        let shift = divisor.leading_zeros();
        let normalized = divisor << shift;
        let reciprocal = (u128::MAX / normalized as u128 - (1 << 64)) as u64;
        Divisor { normalized, shift, reciprocal }
    }

    /// Quotient and remainder of a dividend below 2⁶⁴ times the divisor.
    #[inline(always)]
    pub fn divide(self, dividend: u128) -> (u64, u64) {
        let dividend = dividend << self.shift;
        let (high, low) = ((dividend >> 64) as u64, dividend as u64);
        let product = u128::from(self.reciprocal) * u128::from(high) + dividend;
        let mut quotient = ((product >> 64) as u64).wrapping_add(1);
        let mut remainder = low.wrapping_sub(quotient.wrapping_mul(self.normalized));
        if remainder > product as u64 {
            quotient = quotient.wrapping_sub(1);
            remainder = remainder.wrapping_add(self.normalized);
        }
        if remainder >= self.normalized {
            quotient = quotient.wrapping_add(1);
            remainder -= self.normalized;
        }
        (quotient, remainder >> self.shift)
    }
}

const BY_BASE: Divisor = Divisor::new(BASE);

/// Division by the powers of ten.
static BY_POWER: [Divisor; WORD_DIGITS + 1] = {
    let mut divisors = [BY_BASE; WORD_DIGITS + 1];
    let mut index = 1;
    while index <= WORD_DIGITS {
        divisors[index] = Divisor::new(POWERS[index]);
        index += 1;
    }
    divisors
};

/// A dividend below 2⁶⁴ · BASE by BASE.
#[inline(always)]
pub fn divide_by_base(dividend: u128) -> (u64, u64) {
    BY_BASE.divide(dividend)
}

/// The decimal digits of a word; those of 0 are one.
#[inline]
pub fn digits_of(word: u64) -> usize {
    if word == 0 { 1 } else { word.ilog10() as usize + 1 }
}

/// Without the zeros at the top; what is left of zero is empty.
pub fn trim(words: &[u64]) -> &[u64] {
    let count = words.iter().rposition(|&word| word != 0).map_or(0, |top| top + 1);
    &words[..count]
}

/// The order of two trimmed numbers.
pub fn compare(left: &[u64], right: &[u64]) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()))
}

#[inline(always)]
fn add_word(left: u64, right: u64, carry: &mut u64) -> u64 {
    let right = right + *carry;
    let sum = left.wrapping_add(right);
    let over = sum < right || sum >= BASE;
    *carry = u64::from(over);
    if over { sum.wrapping_sub(BASE) } else { sum }
}

/// Adds to a number that is not shorter; gives the carry.
pub fn add_to(left: &mut [u64], right: &[u64]) -> u64 {
    let (low, high) = left.split_at_mut(right.len());
    let mut carry = 0;
    for (left, &right) in low.iter_mut().zip(right) {
        *left = add_word(*left, right, &mut carry);
    }
    if carry == 0 { 0 } else { increment(high, 1) }
}

/// Adds a word; gives the carry.
pub fn increment(words: &mut [u64], by: u64) -> u64 {
    let mut carry = by;
    for word in words {
        let sum = word.wrapping_add(carry);
        if sum < carry || sum >= BASE {
            *word = sum.wrapping_sub(BASE);
            carry = 1;
        } else {
            *word = sum;
            return 0;
        }
    }
    carry
}

/// Subtracts from a number that is not shorter; gives the borrow.
pub fn subtract_from(left: &mut [u64], right: &[u64]) -> u64 {
    let (low, high) = left.split_at_mut(right.len());
    let mut borrow = 0;
    for (left, &right) in low.iter_mut().zip(right) {
        let right = right + borrow;
        let (difference, under) = left.overflowing_sub(right);
        borrow = u64::from(under);
        *left = if under { difference.wrapping_add(BASE) } else { difference };
    }
    if borrow == 0 { 0 } else { decrement(high) }
}

/// Subtracts one; gives the borrow.
pub fn decrement(words: &mut [u64]) -> u64 {
    for word in words {
        if *word != 0 {
            *word -= 1;
            return 0;
        }
        *word = BASE - 1;
    }
    1
}

/// The product, column by column, so that there is one division a column. `out` is as long as both together.
pub fn multiply(out: &mut [u64], left: &[u64], right: &[u64]) {
    debug_assert_eq!(out.len(), left.len() + right.len());
    let (left, right) = if left.len() < right.len() { (right, left) } else { (left, right) };
    if right.is_empty() {
        out.fill(0);
        return;
    }
    let mut carry = 0u128;
    for (column, place) in out.iter_mut().enumerate() {
        // left[i] · right[column - i]
        let from = (column + 1).saturating_sub(right.len());
        let to = (column + 1).min(left.len());
        let (mut low, mut high) = (carry, 0u64);
        if from < to {
            let rights = &right[column + 1 - to..=column - from];
            for (&left, &right) in left[from..to].iter().zip(rights.iter().rev()) {
                let (sum, over) = low.overflowing_add(u128::from(left) * u128::from(right));
                low = sum;
                high += u64::from(over);
            }
        }
        let (top, rest) = divide_by_base(u128::from(high) << 64 | low >> 64);
        let (bottom, rest) = divide_by_base(u128::from(rest) << 64 | u128::from(low as u64));
        *place = rest;
        carry = u128::from(top) << 64 | u128::from(bottom);
    }
    debug_assert_eq!(carry, 0);
}

/// Multiplies by a word and adds one; gives what comes out at the top.
pub fn multiply_word(words: &mut [u64], factor: u64, addend: u64) -> u64 {
    let mut carry = addend;
    for word in words {
        (carry, *word) = divide_by_base(u128::from(*word) * u128::from(factor) + u128::from(carry));
    }
    carry
}

/// Divides by a word; gives the remainder.
pub fn divide_word(words: &mut [u64], divisor: u64) -> u64 {
    let divisor = Divisor::new(divisor);
    let mut rest = 0;
    for word in words.iter_mut().rev() {
        (*word, rest) = divisor.divide(u128::from(rest) * u128::from(BASE) + u128::from(*word));
    }
    rest
}

/// Knuth's algorithm D. The divisor has at least two words, its top one at least BASE / 2; the dividend has a word more than
/// it needs, and keeps the remainder. `quotient` is as long as the dividend is longer than the divisor.
pub fn divide_normalized(quotient: &mut [u64], dividend: &mut [u64], divisor: &[u64]) {
    let size = divisor.len();
    let (top, second) = (divisor[size - 1], divisor[size - 2]);
    let by_top = Divisor::new(top);
    for position in (0..quotient.len()).rev() {
        let window = &mut dividend[position..=position + size];
        let (high, next, third) = (window[size], window[size - 1], window[size - 2]);
        let head = u128::from(high) * u128::from(BASE) + u128::from(next);
        let (mut guess, mut rest) = if high >= top {
            let guess = BASE - 1;
            (guess, head - u128::from(guess) * u128::from(top))
        } else {
            let (guess, rest) = by_top.divide(head);
            (guess, u128::from(rest))
        };
        while rest < u128::from(BASE)
            && u128::from(guess) * u128::from(second) > rest * u128::from(BASE) + u128::from(third)
        {
            guess -= 1;
            rest += u128::from(top);
        }
        // window -= guess · divisor
        let (mut carry, mut borrow) = (0, 0);
        for (word, &digit) in window.iter_mut().zip(divisor) {
            let (over, product) = divide_by_base(u128::from(guess) * u128::from(digit) + u128::from(carry));
            carry = over;
            let product = product + borrow;
            let (difference, under) = word.overflowing_sub(product);
            borrow = u64::from(under);
            *word = if under { difference.wrapping_add(BASE) } else { difference };
        }
        let (difference, under) = window[size].overflowing_sub(carry + borrow);
        window[size] = difference;
        if under {
            guess -= 1;
            add_to(&mut window[..size], divisor);
            window[size] = 0;
        }
        quotient[position] = guess;
    }
}

/// Shifts left by less than a word's digits; gives what comes out at the top.
pub fn shift_left_part(words: &mut [u64], digits: usize) -> u64 {
    if digits == 0 {
        return 0;
    }
    let (up, down) = (POWERS[digits], BY_POWER[WORD_DIGITS - digits]);
    let mut carry = 0;
    for word in words {
        let (high, low) = down.divide(u128::from(*word));
        *word = low * up + carry;
        carry = high;
    }
    carry
}

/// Shifts right by less than a word's digits; gives what comes out at the bottom.
pub fn shift_right_part(words: &mut [u64], digits: usize) -> u64 {
    if digits == 0 {
        return 0;
    }
    let up = POWERS[WORD_DIGITS - digits];
    let by = BY_POWER[digits];
    let mut rest = 0;
    for word in words.iter_mut().rev() {
        let (high, low) = by.divide(u128::from(*word));
        *word = rest * up + high;
        rest = low;
    }
    rest
}
