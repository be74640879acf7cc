//! From text to ints: `int("…", base)`.

use dashu_int::UBig;

use super::decimal::{strip, to_ascii};
use super::text::max_str_digits;
use super::{Int, digits};
use crate::prelude::*;

/// Why a text is no int.
pub enum Failure {
    /// It is no literal of that base.
    Invalid,
    /// It has more decimal digits than allowed: so many.
    TooLong(usize),
}

/// Parses a literal with sign, prefix and underscores, without whitespace around it.
pub fn parse(text: &[u8], base: u32) -> std::result::Result<Ref<Int>, Failure> {
    let (negative, mut rest) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let prefix = match rest {
        [b'0', letter, ..] => match letter.to_ascii_lowercase() {
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => 0,
        },
        _ => 0,
    };
    let mut base = base;
    let mut only_zeros = false;
    if base == 0 {
        base = if prefix != 0 { prefix } else { 10 };
        // `010` is an error, `00` is not.
        only_zeros = prefix == 0 && rest.first() == Some(&b'0');
    }
    if prefix == base && prefix != 0 {
        rest = &rest[2..];
        // One underscore may follow the prefix.
        if let [b'_', after @ ..] = rest {
            rest = after;
        }
    }
    let mut values = Vec::with_capacity(rest.len());
    let mut after_digit = false;
    for &byte in rest {
        if byte == b'_' {
            if !after_digit {
                return Err(Failure::Invalid);
            }
            after_digit = false;
            continue;
        }
        match (byte as char).to_digit(36) {
            Some(value) if value < base => values.push(value as u8),
            _ => return Err(Failure::Invalid),
        }
        after_digit = true;
    }
    if !after_digit || (only_zeros && values.iter().any(|&value| value != 0)) {
        return Err(Failure::Invalid);
    }
    let limit = if base.is_power_of_two() { 0 } else { max_str_digits() };
    if limit > 0 && values.len() > limit {
        return Err(Failure::TooLong(values.len()));
    }
    Ok(from_values(negative, &values, base))
}

/// The number whose digits in `base` are given, highest first.
fn from_values(negative: bool, values: &[u8], base: u32) -> Ref<Int> {
    if values.len() <= 11 || (base == 10 && values.len() <= 18) {
        let value = values.iter().fold(0i64, |value, &digit| value * i64::from(base) + i64::from(digit));
        return Int::new(if negative { -value } else { value });
    }
    if base.is_power_of_two() {
        let bits = base.trailing_zeros();
        let mut digits = Vec::with_capacity(values.len() * bits as usize / 30 + 2);
        let (mut pending, mut count) = (0u64, 0);
        for &value in values.iter().rev() {
            pending |= u64::from(value) << count;
            count += bits;
            if count >= digits::SHIFT {
                digits.push(pending as u32 & digits::MASK);
                pending >>= digits::SHIFT;
                count -= digits::SHIFT;
            }
        }
        digits.push(pending as u32);
        return Int::from_digits(negative, &digits);
    }
    let text: Vec<u8> =
        values.iter().map(|&value| b"0123456789abcdefghijklmnopqrstuvwxyz"[value as usize]).collect();
    let text = std::str::from_utf8(&text).expect("digits are ASCII");
    let value = UBig::from_str_radix(text, base).unwrap_or_default();
    Int::from_digits(negative, &digits::from_ubig(&value))
}

/// The error for `shown`, the repr of what was to be parsed.
fn error(failure: Failure, base: u32, shown: &Object) -> Raised {
    match failure {
        Failure::TooLong(count) => {
            let limit = max_str_digits();
            raise!(
                ValueError,
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; use \
                 sys.set_int_max_str_digits() to increase the limit"
            )
        }
        Failure::Invalid => {
            let shown = match shown.repr() {
                Ok(shown) => shown,
                Err(raised) => return raised,
            };
            let shown = shown.substring(0, shown.len().min(200));
            raise!(ValueError, "invalid literal for int() with base {base}: {shown}")
        }
    }
}

impl Int {
    /// Parses a str.
    pub fn parse_str(text: &Str, base: u32) -> Result<Ref<Int>> {
        let ascii = to_ascii(text);
        parse(strip(&ascii), base).map_err(|failure| error(failure, base, text))
    }

    /// Parses bytes; `shown` is what an error message shows.
    pub fn parse_bytes(bytes: &[u8], base: u32, shown: &Object) -> Result<Ref<Int>> {
        parse(strip(bytes), base).map_err(|failure| error(failure, base, shown))
    }

    /// `int(object)` of a text, bytes or buffer; TypeError for anything else.
    pub fn parse_object(object: &Object) -> Result<Ref<Int>> {
        if let Some(text) = object.downcast::<Str>() {
            return Int::parse_str(text, 10);
        }
        if let Some(bytes) = object.downcast::<Bytes>() {
            return Int::parse_bytes(bytes.as_slice(), 10, object);
        }
        if object.ty().bf_getbuffer().is_some() {
            let bytes = Buffer::of(object)?.as_slice().to_vec();
            return Int::parse_bytes(&bytes, 10, &Bytes::new(&bytes));
        }
        Err(raise!(
            TypeError,
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            object.ty().full_name()
        ))
    }
}
