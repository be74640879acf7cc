//! Numbers from text.

use super::coefficient::Coefficient;
use super::natural;
use super::number::{Kind, Number};
use super::settings::*;
use super::words::WORD_DIGITS;

/// Digits as a coefficient; zeros may lead.
pub fn coefficient_of(digits: &[u8]) -> Option<Coefficient> {
    let start = digits.iter().position(|&digit| digit != b'0').unwrap_or(digits.len());
    let digits = &digits[start..];
    let word_of = |digits: &[u8]| digits.iter().fold(0u64, |word, digit| word * 10 + u64::from(digit - b'0'));
    if digits.len() <= WORD_DIGITS {
        return Some(Coefficient::of_word(word_of(digits)));
    }
    let mut coefficient = Coefficient::zeros(natural::words_for(digits.len()))?;
    for (place, digits) in coefficient.iter_mut().zip(digits.rchunks(WORD_DIGITS)) {
        *place = word_of(digits);
    }
    Some(coefficient)
}

/// An exponent's text; what is too large becomes larger than all exponents.
fn exponent_of(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let start = digits.iter().position(|&digit| digit != b'0').unwrap_or(digits.len());
    let digits = &digits[start..];
    let value = if digits.len() > WORD_DIGITS {
        i64::MAX
    } else {
        let value = digits.iter().fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0'));
        i64::try_from(value).unwrap_or(i64::MAX)
    };
    Some(if negative { -value } else { value })
}

impl Number {
    /// The number that a text is, rounded by the settings; NaN and a condition for other texts.
    pub fn parse(text: &[u8], settings: &Settings, status: &mut u32) -> Number {
        match parse(text, settings) {
            Ok(Some(number)) => number.finalize(settings, status),
            Ok(None) => Number::error(NO_MEMORY, status),
            Err(()) => Number::error(CONVERSION_SYNTAX, status),
        }
    }

    /// The number that a text is, if it can be held exactly: else it is invalid.
    pub fn parse_exactly(text: &[u8], status: &mut u32) -> Number {
        let mut found = 0;
        let number = Number::parse(text, &Settings::MAX, &mut found);
        number.exactly(found, status)
    }

    /// A number made under the widest settings: what is rounded even there is invalid.
    pub fn exactly(self, found: u32, status: &mut u32) -> Number {
        if found & (INEXACT | ROUNDED | CLAMPED) != 0 {
            *status |= found & ERRORS;
            return Number::invalid(status);
        }
        *status |= found & ERRORS;
        self
    }
}

fn parse(text: &[u8], settings: &Settings) -> Result<Option<Number>, ()> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let starts =
        |text: &[u8], word: &[u8]| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word);
    if text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity") {
        return Ok(Some(Number::infinity(negative)));
    }
    for (name, kind) in [(&b"nan"[..], Kind::Quiet), (&b"snan"[..], Kind::Signaling)] {
        if starts(text, name) {
            let payload = &text[name.len()..];
            if !payload.iter().all(u8::is_ascii_digit) {
                return Err(());
            }
            let start = payload.iter().position(|&digit| digit != b'0').unwrap_or(payload.len());
            let payload = &payload[start..];
            let mut number = Number::special(negative, kind);
            if !payload.is_empty() {
                if payload.len() as i64 > settings.precision - i64::from(settings.clamp) {
                    return Err(());
                }
                let Some(digits) = coefficient_of(payload) else { return Ok(None) };
                number.coefficient = digits;
            }
            return Ok(Some(number));
        }
    }
    let (mantissa, exponent) = match text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&text[..at], exponent_of(&text[at + 1..]).ok_or(())?),
        None => (text, 0),
    };
    let (whole, fraction) = match mantissa.iter().position(|&byte| byte == b'.') {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &[][..]),
    };
    let all_digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(());
    }
    let digits = if fraction.is_empty() {
        coefficient_of(whole)
    } else if whole.len() + fraction.len() <= WORD_DIGITS {
        let digits = whole.iter().chain(fraction);
        Some(Coefficient::of_word(digits.fold(0, |word, digit| word * 10 + u64::from(digit - b'0'))))
    } else {
        coefficient_of(&[whole, fraction].concat())
    };
    let exponent = exponent.saturating_sub(fraction.len() as i64).clamp(MIN_ETINY - 1, EXP_INF);
    Ok(digits.map(|digits| Number::finite(negative, digits, exponent)))
}
