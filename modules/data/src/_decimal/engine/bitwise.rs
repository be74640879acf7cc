//! Logical operations on numbers whose digits are zeros and ones.

use super::coefficient::Coefficient;
use super::natural;
use super::number::Number;
use super::settings::*;
use super::words::{POWERS, WORD_DIGITS};

/// What a digit of each makes.
#[derive(Clone, Copy)]
pub enum Logical {
    And,
    Or,
    Xor,
}

/// The digits as bits, nineteen a word; `None` if others than 0 and 1 are among them.
fn bits(number: &Number) -> Option<Vec<u32>> {
    if !number.is_finite() || number.negative || number.exponent != 0 {
        return None;
    }
    number.coefficient.iter().map(|&word| word_bits(word)).collect()
}

fn word_bits(mut word: u64) -> Option<u32> {
    let mut bits = 0;
    for place in 0..WORD_DIGITS {
        match word % 10 {
            0 => {}
            1 => bits |= 1 << place,
            _ => return None,
        }
        word /= 10;
        if word == 0 {
            break;
        }
    }
    Some(bits)
}

fn number_of(bits: &[u32], precision: i64) -> Option<Number> {
    let mut words = natural::reserve(bits.len())?;
    words.extend(bits.iter().map(|&bits| {
        (0..WORD_DIGITS).filter(|&place| bits >> place & 1 != 0).map(|place| POWERS[place]).sum::<u64>()
    }));
    let mut digits = Coefficient::of_words(words);
    digits.keep_low(precision);
    Some(Number::finite(false, digits, 0))
}

impl Number {
    pub fn logical(
        &self,
        other: &Number,
        operation: Logical,
        settings: &Settings,
        status: &mut u32,
    ) -> Number {
        let (Some(left), Some(right)) = (bits(self), bits(other)) else { return Number::invalid(status) };
        let count = left.len().max(right.len());
        let at = |bits: &[u32], index: usize| bits.get(index).copied().unwrap_or(0);
        let result: Vec<u32> = (0..count)
            .map(|index| {
                let (left, right) = (at(&left, index), at(&right, index));
                match operation {
                    Logical::And => left & right,
                    Logical::Or => left | right,
                    Logical::Xor => left ^ right,
                }
            })
            .collect();
        Number::or_no_memory(number_of(&result, settings.precision), status)
    }

    pub fn logical_invert(&self, settings: &Settings, status: &mut u32) -> Number {
        let Some(bits) = bits(self) else { return Number::invalid(status) };
        let Ok(precision) = usize::try_from(settings.precision) else { return Number::invalid(status) };
        let count = natural::words_for(precision).max(bits.len());
        let mut inverted = Vec::new();
        if inverted.try_reserve_exact(count).is_err() {
            return Number::error(NO_MEMORY, status);
        }
        inverted.extend(
            (0..count).map(|index| !bits.get(index).copied().unwrap_or(0) & ((1 << WORD_DIGITS) - 1)),
        );
        Number::or_no_memory(number_of(&inverted, settings.precision), status)
    }
}
