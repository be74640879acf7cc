//! Reading a JSON string.

use runtime::objects::str::{StrBuilder, Unit, Units};
use runtime::prelude::*;

/// JSONDecodeError about a place in the document.
#[cold]
pub fn decode_error(message: &str, document: &Str, position: isize) -> Raised {
    let class = match runtime::import::import_attribute("json.decoder", intern!("JSONDecodeError")) {
        Ok(class) => class,
        Err(raised) => return raised,
    };
    let error = class.call(&[&Str::new(message), document, &Int::new(position as i64)]);
    match error {
        Ok(error) => runtime::errors::raise_value(error.ty(), &error),
        Err(raised) => raised,
    }
}

/// The value of four hexadecimal digits.
fn hex<U: Unit>(digits: &[U]) -> Option<u32> {
    let digit = |unit: &U| char::from_u32(unit.code()).and_then(|digit| digit.to_digit(16));
    digits.iter().try_fold(0, |value, unit| Some(value << 4 | digit(unit)?))
}

/// The string whose text begins at `end`, and where it is over.
pub fn scan<U: Unit>(document: &Str, text: &[U], end: usize, strict: bool) -> Result<(Ref<Str>, usize)> {
    let begin = end as isize - 1;
    let fail = |message, position: usize| Err(decode_error(message, document, position as isize));
    let unterminated = || Err(decode_error("Unterminated string starting at", document, begin));
    let mut out: Option<StrBuilder> = None;
    let mut end = end;
    loop {
        let found = text[end..].iter().position(|unit| {
            let code = unit.code();
            code == 0x22 || code == 0x5c || code <= 0x1f && strict
        });
        let Some(found) = found else { return unterminated() };
        let next = end + found;
        let code = text[next].code();
        if code <= 0x1f {
            return fail("Invalid control character at", next);
        }
        let chunk = U::wrap(&text[end..next]);
        if code == 0x22 {
            let result = match out {
                None => Str::from_units(chunk)?,
                Some(mut out) => {
                    out.push_units(chunk);
                    out.try_finish()?
                }
            };
            return Ok((result, next + 1));
        }
        let out = out.get_or_insert_default();
        out.push_units(chunk);
        let Some(escape) = text.get(next + 1) else { return unterminated() };
        end = next + 2;
        let plain = match escape.code() {
            code @ (0x22 | 0x5c | 0x2f) => code,
            0x62 => 8,
            0x66 => 12,
            0x6e => 10,
            0x72 => 13,
            0x74 => 9,
            0x75 => {
                let digits = end;
                end += 4;
                if end >= text.len() {
                    return fail("Invalid \\uXXXX escape", digits - 1);
                }
                let Some(mut code) = hex(&text[digits..end]) else {
                    return fail("Invalid \\uXXXX escape", end - 5);
                };
                if (0xd800..0xdc00).contains(&code)
                    && end + 6 < text.len()
                    && text[end].code() == 0x5c
                    && text[end + 1].code() == 0x75
                {
                    let Some(low) = hex(&text[end + 2..end + 6]) else {
                        return fail("Invalid \\uXXXX escape", end + 1);
                    };
                    if (0xdc00..0xe000).contains(&low) {
                        code = 0x1_0000 + (((code - 0xd800) << 10) | (low - 0xdc00));
                        end += 6;
                    }
                }
                code
            }
            _ => return fail("Invalid \\escape", next),
        };
        out.push(plain);
    }
}

/// scanstring(string, end, strict=True) -> (string, end)
///
/// Scan the string s for a JSON string. End is the index of the
/// character in s after the quote that started the JSON string.
/// All escapes are undone; a wrong one is a ValueError.
/// If strict is False then literal control characters are allowed in the string.
///
/// Returns a tuple of the decoded string and the index of the character in s
/// after the end quote.
#[function(signature = "(string, end, strict=True, /)", hidden_signature)]
pub fn scanstring(string: &Object, end: isize, strict: bool) -> Result<(Ref<Str>, usize)> {
    let Some(document) = string.downcast::<Str>() else {
        let kind = string.ty().full_name();
        return Err(raise!(TypeError, "first argument must be a string, not {kind}"));
    };
    let Some(end) = usize::try_from(end).ok().filter(|&end| end <= document.len()) else {
        return Err(raise!(ValueError, "end is out of bounds"));
    };
    match document.units() {
        Units::One(text) => scan(document, text, end, strict),
        Units::Two(text) => scan(document, text, end, strict),
        Units::Four(text) => scan(document, text, end, strict),
    }
}
