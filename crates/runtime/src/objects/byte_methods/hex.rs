//! Bytes as hexadecimal digits, and back.

use crate::prelude::*;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The digits of `bytes`, with a separator after every `group` bytes, counted from the right (negative: from the left).
pub fn to_hex(bytes: &[u8], separator: Option<&Object>, group: isize) -> Result<Ref<Str>> {
    let separator = match separator {
        None => None,
        Some(separator) => {
            if separator.length()? != 1 {
                return Err(raise!(ValueError, "sep must be length 1."));
            }
            let code = if let Some(text) = separator.downcast::<Str>() {
                text.char_at(0)
            } else if let Some(bytes) = separator.downcast::<Bytes>() {
                u32::from(bytes.as_slice()[0])
            } else {
                return Err(raise!(TypeError, "sep must be str or bytes."));
            };
            match u8::try_from(code) {
                Ok(byte) if byte.is_ascii() => Some(byte),
                _ => return Err(raise!(ValueError, "sep must be ASCII.")),
            }
        }
    };
    let size = group.unsigned_abs();
    let mut text = String::with_capacity(bytes.len() * 2);
    for (index, &byte) in bytes.iter().enumerate() {
        if let Some(separator) = separator
            && index != 0
            && size != 0
            && (if group < 0 { index } else { bytes.len() - index }) % size == 0
        {
            text.push(separator as char);
        }
        text.push(DIGITS[(byte >> 4) as usize] as char);
        text.push(DIGITS[(byte & 15) as usize] as char);
    }
    Ok(Str::from_string(text))
}

/// What `fromhex` makes of its argument.
pub fn from_hex(argument: &Object) -> Result<Vec<u8>> {
    if let Some(text) = argument.downcast::<Str>() {
        if let Some(text) = text.as_ascii() {
            return digits(text.as_bytes());
        }
        let place = text.code_points().position(|code| code >= 0x80).unwrap_or(0);
        // What comes before may be wrong already.
        let before: Vec<u8> = text.code_points().take(place).map(|code| code as u8).collect();
        return match wrong_digit(&before) {
            Some(place) => Err(not_hexadecimal(place)),
            None => Err(not_hexadecimal(place)),
        };
    }
    if argument.ty().bf_getbuffer().is_some() {
        return digits(&BytesLike::of(argument)?);
    }
    Err(raise!(TypeError, "fromhex() argument must be str or bytes-like, not {}", argument.ty().full_name()))
}

fn not_hexadecimal(place: usize) -> Raised {
    raise!(ValueError, "non-hexadecimal number found in fromhex() arg at position {place}")
}

fn wrong_digit(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        if super::case::is_space(text[at]) {
            at += 1;
            continue;
        }
        for place in [at, at + 1] {
            if text.get(place).is_some_and(|digit| !digit.is_ascii_hexdigit()) {
                return Some(place);
            }
        }
        at += 2;
    }
    None
}

fn digits(text: &[u8]) -> Result<Vec<u8>> {
    let value = |digit: u8| (digit as char).to_digit(16).map(|value| value as u8);
    let mut result = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        if super::case::is_space(text[at]) {
            at += 1;
            continue;
        }
        let Some(high) = value(text[at]) else { return Err(not_hexadecimal(at)) };
        let Some(&low) = text.get(at + 1) else {
            return Err(raise!(
                ValueError,
                "fromhex() arg must contain an even number of hexadecimal digits"
            ));
        };
        let Some(low) = value(low) else { return Err(not_hexadecimal(at + 1)) };
        result.push(high << 4 | low);
        at += 2;
    }
    Ok(result)
}
