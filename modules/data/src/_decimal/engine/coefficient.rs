//! The digits of a number: a few words in place, more on the heap.

use std::ops::{Deref, DerefMut};

use super::natural;
use super::words::{self, POWERS, WORD_DIGITS};

const INLINE: usize = 4;

/// Words, least significant first. Those of finite numbers have at least one; the top one is zero only for zero.
#[derive(Clone)]
pub enum Coefficient {
    Small(u8, [u64; INLINE]),
    Large(Vec<u64>),
}

use Coefficient::{Large, Small};

impl Deref for Coefficient {
    type Target = [u64];

    #[inline(always)]
    fn deref(&self) -> &[u64] {
        match self {
            Small(count, words) => &words[..usize::from(*count).min(INLINE)],
            Large(words) => words,
        }
    }
}

impl DerefMut for Coefficient {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u64] {
        match self {
            Small(count, words) => &mut words[..usize::from(*count).min(INLINE)],
            Large(words) => words,
        }
    }
}

impl Coefficient {
    /// No words: the payload of a NaN that has none, and an infinity's.
    pub const EMPTY: Coefficient = Small(0, [0; INLINE]);
    pub const ZERO: Coefficient = Small(1, [0; INLINE]);

    #[inline]
    pub const fn of_word(word: u64) -> Coefficient {
        Small(1, [word, 0, 0, 0])
    }

    /// From a value below 10³⁸.
    pub fn of_u128(value: u128) -> Coefficient {
        if let Ok(word) = u64::try_from(value)
            && word < words::BASE
        {
            return Coefficient::of_word(word);
        }
        Coefficient::of_words(natural::from_u128(value))
    }

    /// So many zeros, if there is memory for them.
    #[inline]
    pub fn zeros(count: usize) -> Option<Coefficient> {
        if count <= INLINE { Some(Small(count as u8, [0; INLINE])) } else { natural::zeros(count).map(Large) }
    }

    /// From words in which zeros may lead.
    pub fn of_words(words: Vec<u64>) -> Coefficient {
        let mut coefficient = if words.len() <= INLINE { Coefficient::copied(&words) } else { Large(words) };
        coefficient.trim();
        coefficient
    }

    fn copied(words: &[u64]) -> Coefficient {
        let mut small = [0; INLINE];
        small[..words.len()].copy_from_slice(words);
        Small(words.len() as u8, small)
    }

    /// A copy, if there is memory for it.
    #[inline]
    pub fn try_clone(&self) -> Option<Coefficient> {
        match self {
            Small(count, words) => Some(Small(*count, *words)),
            Large(words) => {
                let mut copy = natural::reserve(words.len())?;
                copy.extend_from_slice(words);
                Some(Large(copy))
            }
        }
    }

    pub fn truncate(&mut self, length: usize) {
        match self {
            Small(count, _) => *count = (*count).min(length as u8),
            Large(words) if length <= INLINE => {
                *self = Coefficient::copied(&words[..length.min(words.len())])
            }
            Large(words) => {
                words.truncate(length);
                // Much freed memory goes back.
                if words.capacity() > 4 * length {
                    words.shrink_to_fit();
                }
            }
        }
    }

    /// Drops leading zeros; one stays.
    #[inline]
    pub fn trim(&mut self) {
        let count = words::trim(self).len().max(1);
        if count < self.len() {
            self.truncate(count);
        } else if self.is_empty() {
            *self = Coefficient::ZERO;
        }
    }

    pub fn push(&mut self, word: u64) {
        match self {
            Small(count, words) if usize::from(*count) < INLINE => {
                words[usize::from(*count)] = word;
                *count += 1;
            }
            Small(_, words) => {
                let mut large = words.to_vec();
                large.push(word);
                *self = Large(large);
            }
            Large(words) => words.push(word),
        }
    }

    #[inline]
    pub fn is_zero(&self) -> bool {
        self.last().is_none_or(|&top| top == 0)
    }

    pub fn is_odd(&self) -> bool {
        self.first().is_some_and(|word| word % 2 == 1)
    }

    /// How many digits; zero has one, nothing has none.
    #[inline]
    pub fn digits(&self) -> i64 {
        match self.last() {
            Some(&top) => (words::digits_of(top) + (self.len() - 1) * WORD_DIGITS) as i64,
            None => 0,
        }
    }

    /// The digit at a place.
    pub fn digit(&self, place: usize) -> u8 {
        let word = self.get(place / WORD_DIGITS).copied().unwrap_or(0);
        (word / POWERS[place % WORD_DIGITS] % 10) as u8
    }

    /// Zeros at the end; those of zero are none.
    pub fn trailing_zeros(&self) -> i64 {
        let Some(index) = self.iter().position(|&word| word != 0) else { return 0 };
        let (mut word, mut count) = (self[index], index * WORD_DIGITS);
        while word % 10 == 0 {
            word /= 10;
            count += 1;
        }
        count as i64
    }

    /// Nothing but nines.
    pub fn is_all_nines(&self) -> bool {
        let Some((&top, rest)) = self.split_last() else { return false };
        top == POWERS[words::digits_of(top)] - 1 && rest.iter().all(|&word| word == words::BASE - 1)
    }

    /// A one and zeros.
    pub fn is_power_of_ten(&self) -> bool {
        let Some((&top, rest)) = self.split_last() else { return false };
        top != 0 && top == POWERS[words::digits_of(top) - 1] && rest.iter().all(|&word| word == 0)
    }

    /// Times a power of ten. Zero stays as it is.
    pub fn shifted_left(&self, digits: i64) -> Option<Coefficient> {
        if digits == 0 || self.is_zero() {
            return self.try_clone();
        }
        let (whole, part) = (usize::try_from(digits).ok()? / WORD_DIGITS, digits as usize % WORD_DIGITS);
        let top = digits_top(self[self.len() - 1], part);
        let count = self.len().checked_add(whole)?;
        if count.checked_add(1)? > isize::MAX as usize / 8 {
            return None;
        }
        let mut result = Coefficient::zeros(count + usize::from(top))?;
        result[whole..count].copy_from_slice(self);
        let carry = words::shift_left_part(&mut result[whole..count], part);
        if top {
            result[count] = carry;
        }
        Some(result)
    }

    /// Divides by a power of ten in place. Gives the highest digit that is lost, made one more for 0 and 5 if a lower one
    /// isn't zero: what rounding must know.
    pub fn shift_right(&mut self, digits: i64) -> u8 {
        if digits <= 0 {
            return 0;
        }
        let held = self.digits();
        if digits > held {
            let lost = !self.is_zero();
            *self = Coefficient::ZERO;
            return u8::from(lost);
        }
        let (whole, part) = (digits as usize / WORD_DIGITS, digits as usize % WORD_DIGITS);
        let rest;
        let (highest, place, below);
        if part == 0 {
            rest = self[whole - 1];
            place = WORD_DIGITS - 1;
            below = &self[..whole - 1];
        } else {
            rest = self[whole] % POWERS[part];
            place = part - 1;
            below = &self[..whole];
        }
        highest = (rest / POWERS[place]) as u8;
        let lower = !rest.is_multiple_of(POWERS[place]) || below.iter().any(|&word| word != 0);
        let count = self.len() - whole;
        if whole != 0 {
            self.copy_within(whole.., 0);
        }
        self.truncate(count);
        words::shift_right_part(self, part);
        self.trim();
        if lower && (highest == 0 || highest == 5) { highest + 1 } else { highest }
    }

    /// Keeps the lowest digits.
    pub fn keep_low(&mut self, digits: i64) {
        if digits >= self.digits() {
            return;
        }
        let digits = digits as usize;
        let (whole, part) = (digits / WORD_DIGITS, digits % WORD_DIGITS);
        if part != 0 {
            self[whole] %= POWERS[part];
        }
        self.truncate(natural::words_for(digits));
        if digits == 0 {
            *self = Coefficient::ZERO;
        }
        self.trim();
    }

    /// One more.
    pub fn increment(&mut self) {
        if words::increment(self, 1) != 0 {
            self.push(1);
        }
    }

    /// One less; it isn't zero.
    pub fn decrement(&mut self) {
        words::decrement(self);
        self.trim();
    }

    pub fn sum(left: &Coefficient, right: &Coefficient) -> Option<Coefficient> {
        let (long, short) = if left.len() < right.len() { (right, left) } else { (left, right) };
        let mut sum = long.try_clone()?;
        let carry = words::add_to(&mut sum, short);
        if carry != 0 {
            sum.push(carry);
        }
        Some(sum)
    }

    /// left - right, which isn't greater.
    pub fn difference(left: &Coefficient, right: &Coefficient) -> Option<Coefficient> {
        let mut difference = left.try_clone()?;
        words::subtract_from(&mut difference, right);
        difference.trim();
        Some(difference)
    }

    pub fn product(left: &Coefficient, right: &Coefficient) -> Option<Coefficient> {
        let mut product = Coefficient::zeros(left.len() + right.len())?;
        match (&**left, &**right) {
            (&[left], &[right]) => {
                let (high, low) = words::divide_by_base(u128::from(left) * u128::from(right));
                product[0] = low;
                product[1] = high;
            }
            _ => natural::multiply_into(&mut product, left, right)?,
        }
        product.trim();
        Some(product)
    }

    /// Quotient, and remainder; the divisor isn't zero.
    pub fn quotient(left: &Coefficient, right: &Coefficient) -> Option<(Coefficient, Coefficient)> {
        if let &[divisor] = &**right {
            let mut quotient = left.try_clone()?;
            let rest = words::divide_word(&mut quotient, divisor);
            quotient.trim();
            return Some((quotient, Coefficient::of_word(rest)));
        }
        if right.len() <= INLINE && left.len() <= 2 * INLINE && left.len() >= right.len() {
            return Some(Coefficient::short_quotient(left, right));
        }
        let (quotient, rest) = natural::divide(words::trim(left), right)?;
        Some((Coefficient::of_words(quotient), Coefficient::of_words(rest)))
    }

    /// The quotient of a few words by fewer, at least two: all on the stack.
    fn short_quotient(left: &[u64], right: &[u64]) -> (Coefficient, Coefficient) {
        let (count, size) = (left.len(), right.len());
        let mut dividend = [0; 2 * INLINE + 1];
        let mut divisor = [0; INLINE];
        let mut quotient = [0; 2 * INLINE];
        dividend[..count].copy_from_slice(left);
        divisor[..size].copy_from_slice(right);
        // The divisor's top word must be at least BASE / 2.
        let factor = if right[size - 1] >= words::BASE / 2 { 1 } else { words::BASE / (right[size - 1] + 1) };
        if factor != 1 {
            dividend[count] = words::multiply_word(&mut dividend[..count], factor, 0);
            words::multiply_word(&mut divisor[..size], factor, 0);
        }
        let quotient = &mut quotient[..count + 1 - size];
        words::divide_normalized(quotient, &mut dividend[..count + 1], &divisor[..size]);
        let rest = &mut dividend[..size];
        if factor != 1 {
            words::divide_word(rest, factor);
        }
        (Coefficient::of_slice(quotient), Coefficient::of_slice(rest))
    }

    fn of_slice(words: &[u64]) -> Coefficient {
        let words = words::trim(words);
        match words.len() {
            0 => Coefficient::ZERO,
            1..=INLINE => Coefficient::copied(words),
            _ => Large(words.to_vec()),
        }
    }

    pub fn compare(&self, other: &Coefficient) -> std::cmp::Ordering {
        words::compare(words::trim(self), words::trim(other))
    }
}

/// Does a word overflow when it is shifted by so many digits?
fn digits_top(word: u64, digits: usize) -> bool {
    words::digits_of(word) + digits > WORD_DIGITS
}

impl From<Vec<u64>> for Coefficient {
    fn from(words: Vec<u64>) -> Coefficient {
        Coefficient::of_words(words)
    }
}
