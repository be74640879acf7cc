//! Escape sequences as encodings: `unicode_escape`, `raw_unicode_escape`, and bytes literals.

use super::Decoded;
use super::errors::{Decoder, Errors, escaped};
use crate::prelude::*;

fn warn_invalid(message: &str) -> Result<()> {
    crate::warnings::warn(&crate::objects::exceptions::DeprecationWarning, message, 1)
}

/// The character of that name, if there is one.
fn named(name: &str) -> Result<Option<Ref<Str>>> {
    let lookup = crate::import::import_module("unicodedata")?.get_attr(intern!("lookup"))?;
    match lookup.call(&[&*Str::new(name)]) {
        Ok(text) => Ok(text.cast::<Str>().ok()),
        Err(raised) if raised.matches(&crate::objects::exceptions::KeyError) => {
            raised.clear();
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// Hexadecimal digits from `at`, at most `count`: their value and number.
fn hex_digits(input: &[u8], at: usize, count: usize) -> (u32, usize) {
    let digits = input.iter().skip(at).take(count).map_while(|&digit| (digit as char).to_digit(16));
    digits.fold((0, 0), |(value, len), digit| (value << 4 | digit, len + 1))
}

pub fn decode_unicode(bytes: &[u8], errors: &Errors, is_final: bool) -> Result<Decoded> {
    let mut decoder = Decoder::new("unicodeescape", errors, bytes);
    let mut at = 0;
    let mut invalid: Option<String> = None;
    while at < decoder.input.len() {
        let byte = decoder.input[at];
        if byte != b'\\' {
            decoder.out.push(byte.into());
            at += 1;
            continue;
        }
        let start = at;
        let Some(&kind) = decoder.input.get(at + 1) else {
            if !is_final {
                break;
            }
            at = decoder.handle(start, decoder.input.len(), "\\ at end of string")?;
            continue;
        };
        at += 2;
        let simple = match kind {
            b'\n' => continue,
            b'\\' | b'\'' | b'"' => kind,
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            b'0'..=b'7' => {
                let digits = decoder.input[start + 1..].iter().take(3);
                let digits: Vec<u32> = digits.map_while(|&digit| (digit as char).to_digit(8)).collect();
                if digits.len() < 3 && start + 1 + digits.len() == decoder.input.len() && !is_final {
                    at = start;
                    break;
                }
                let value = digits.iter().fold(0, |value, digit| value << 3 | digit);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(format!(
                        "\"\\{value:o}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
                    ));
                }
                decoder.out.push(value);
                at = start + 1 + digits.len();
                continue;
            }
            b'x' | b'u' | b'U' => {
                let (count, reason) = match kind {
                    b'x' => (2, "truncated \\xXX escape"),
                    b'u' => (4, "truncated \\uXXXX escape"),
                    _ => (8, "truncated \\UXXXXXXXX escape"),
                };
                let (code, len) = hex_digits(&decoder.input, at, count);
                if len < count {
                    if !is_final && at + len == decoder.input.len() {
                        at = start;
                        break;
                    }
                    at = decoder.handle(start, at + len, reason)?;
                } else if code > 0x10_ffff {
                    at = decoder.handle(start, at + len, "illegal Unicode character")?;
                } else {
                    decoder.out.push(code);
                    at += len;
                }
                continue;
            }
            b'N' => {
                let rest = &decoder.input[at..];
                let (end, reason) = match rest.first() {
                    Some(b'{') => match memchr::memchr(b'}', rest) {
                        Some(close) if close > 1 => {
                            let name = String::from_utf8_lossy(&rest[1..close]).into_owned();
                            match named(&name)? {
                                Some(text) => {
                                    decoder.out.push_str(&text);
                                    at += close + 1;
                                    continue;
                                }
                                None => (at + close + 1, "unknown Unicode character name"),
                            }
                        }
                        Some(close) => (at + close + 1, "malformed \\N character escape"),
                        None if !is_final => {
                            at = start;
                            break;
                        }
                        None => (decoder.input.len(), "malformed \\N character escape"),
                    },
                    None if !is_final => {
                        at = start;
                        break;
                    }
                    _ => (at, "malformed \\N character escape"),
                };
                at = decoder.handle(start, end, reason)?;
                continue;
            }
            _ => {
                if invalid.is_none() {
                    invalid = Some(format!(
                        "\"\\{}\" is an invalid escape sequence. Such sequences will not work in the future. ",
                        kind as char
                    ));
                }
                decoder.out.push(b'\\'.into());
                kind
            }
        };
        decoder.out.push(simple.into());
    }
    if let Some(message) = invalid {
        warn_invalid(&message)?;
    }
    decoder.finish(at)
}

pub fn encode_unicode(text: &Str) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    for code in text.code_points() {
        match code {
            0x5c => out.push_str("\\\\"),
            0x09 => out.push_str("\\t"),
            0x0a => out.push_str("\\n"),
            0x0d => out.push_str("\\r"),
            0x20..0x7f => out.push(code as u8 as char),
            _ => out.push_str(&escaped(code)),
        }
    }
    out.into_bytes()
}

pub fn decode_raw_unicode(bytes: &[u8], errors: &Errors, is_final: bool) -> Result<Decoded> {
    let mut decoder = Decoder::new("rawunicodeescape", errors, bytes);
    let mut at = 0;
    while at < decoder.input.len() {
        let byte = decoder.input[at];
        if byte != b'\\' || at + 1 >= decoder.input.len() {
            if byte == b'\\' && !is_final {
                break;
            }
            decoder.out.push(byte.into());
            at += 1;
            continue;
        }
        let kind = decoder.input[at + 1];
        let (count, reason) = match kind {
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            _ => {
                decoder.out.push(byte.into());
                decoder.out.push(kind.into());
                at += 2;
                continue;
            }
        };
        let (code, len) = hex_digits(&decoder.input, at + 2, count);
        if len < count {
            if !is_final && at + 2 + len == decoder.input.len() {
                break;
            }
            at = decoder.handle(at, at + 2 + len, reason)?;
        } else if code > 0x10_ffff {
            at = decoder.handle(at, at + 2 + len, "\\Uxxxxxxxx out of range")?;
        } else {
            decoder.out.push(code);
            at += 2 + len;
        }
    }
    decoder.finish(at)
}

pub fn encode_raw_unicode(text: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for code in text.code_points() {
        match u8::try_from(code) {
            Ok(byte) => out.push(byte),
            Err(_) => out.extend_from_slice(escaped(code).as_bytes()),
        }
    }
    out
}

/// The escapes of a bytes literal.
pub fn decode_bytes(bytes: &[u8], errors: &str) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let mut invalid: Option<String> = None;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        let start = at;
        let Some(&kind) = bytes.get(at + 1) else {
            return Err(raise!(ValueError, "Trailing \\ in string"));
        };
        at += 2;
        match kind {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(kind),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'v' => out.push(11),
            b'f' => out.push(12),
            b'r' => out.push(b'\r'),
            b'0'..=b'7' => {
                let digits = bytes[start + 1..].iter().take(3);
                let digits: Vec<u32> = digits.map_while(|&digit| (digit as char).to_digit(8)).collect();
                let value = digits.iter().fold(0, |value, digit| value << 3 | digit);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(format!(
                        "b\"\\{value:o}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
                    ));
                }
                out.push(value as u8);
                at = start + 1 + digits.len();
            }
            b'x' => {
                let (value, len) = hex_digits(bytes, at, 2);
                if len == 2 {
                    out.push(value as u8);
                    at += 2;
                    continue;
                }
                match errors {
                    "strict" => {
                        return Err(raise!(ValueError, "invalid \\x escape at position {start}"));
                    }
                    "replace" => out.push(b'?'),
                    "ignore" => {}
                    _ => {
                        return Err(raise!(
                            ValueError,
                            "decoding error; unknown error handling code: {errors}"
                        ));
                    }
                }
                at += len;
            }
            _ => {
                if invalid.is_none() {
                    invalid = Some(format!(
                        "b\"\\{}\" is an invalid escape sequence. Such sequences will not work in the future. ",
                        kind as char
                    ));
                }
                out.extend_from_slice(&[b'\\', kind]);
            }
        }
    }
    if let Some(message) = invalid {
        warn_invalid(&message)?;
    }
    Ok(out)
}

/// Bytes as the inside of a literal in single quotes.
pub fn encode_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\'' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b' '..=b'~' => out.push(byte),
            _ => out.extend_from_slice(escaped(byte.into()).as_bytes()),
        }
    }
    out
}
