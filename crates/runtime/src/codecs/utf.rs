//! UTF-8, UTF-16 and UTF-32.

use super::Decoded;
use super::errors::{Charset, Decoder, Errors, Kind, encode_with, is_surrogate};
use crate::prelude::*;

/// The order of the bytes of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Little,
    Big,
    /// Little unless a mark at the start says otherwise; encoders write the mark.
    Marked,
}

impl Order {
    /// C's number for it.
    pub fn from_number(number: i32) -> Order {
        match number {
            0 => Order::Marked,
            1.. => Order::Big,
            _ => Order::Little,
        }
    }

    fn name(self, little: &'static str, big: &'static str, marked: &'static str) -> &'static str {
        match self {
            Order::Little => little,
            Order::Big => big,
            Order::Marked => marked,
        }
    }
}

const NO_SURROGATES: &str = "surrogates not allowed";

struct Utf8;

impl Charset for Utf8 {
    fn encoding(&self) -> &str {
        "utf-8"
    }
    fn reason(&self) -> &str {
        NO_SURROGATES
    }
    fn can_encode(&self, code: u32) -> bool {
        !is_surrogate(code)
    }
    fn put(&self, out: &mut Vec<u8>, code: u32) {
        if let Some(character) = char::from_u32(code) {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    fn put_surrogate(&self, out: &mut Vec<u8>, code: u32) -> bool {
        out.extend_from_slice(&[
            0xe0 | (code >> 12) as u8,
            0x80 | (code >> 6 & 63) as u8,
            0x80 | (code & 63) as u8,
        ]);
        true
    }
}

pub fn encode_utf8(text: &Str, errors: &Errors) -> Result<Vec<u8>> {
    match text.as_utf8() {
        Some(text) => Ok(text.as_bytes().to_vec()),
        None => encode_with(text, errors, &Utf8),
    }
}

pub fn decode_utf8(bytes: &[u8], errors: &Errors, is_final: bool) -> Result<Decoded> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((Str::try_new(text)?, bytes.len()));
    }
    let mut decoder = Decoder::new("utf-8", errors, bytes);
    let mut at = 0;
    while at < decoder.input.len() {
        let rest = &decoder.input[at..];
        let error = match std::str::from_utf8(rest) {
            Ok(text) => {
                let text = text.to_owned();
                decoder.out.push_text(&text);
                at += text.len();
                continue;
            }
            Err(error) => error,
        };
        let valid = error.valid_up_to();
        // SAFETY: just checked.
        let text = unsafe { std::str::from_utf8_unchecked(&rest[..valid]) }.to_owned();
        decoder.out.push_text(&text);
        at += valid;
        let rest = &decoder.input[at..];
        let passing = decoder.errors.kind == Kind::SurrogatePass;
        if let [0xed, second @ 0xa0..=0xbf, tail @ ..] = rest {
            match tail {
                // The first part of a surrogate: more may come.
                [] if !is_final => break,
                &[third @ 0x80..=0xbf, ..] if passing => {
                    decoder.out.push(0xd000 | u32::from(*second & 63) << 6 | u32::from(third & 63));
                    at += 3;
                    continue;
                }
                _ => {}
            }
        }
        let (end, reason) = match error.error_len() {
            None if !is_final => break,
            None => (decoder.input.len(), "unexpected end of data"),
            Some(length) => (
                at + length,
                match rest[0] {
                    0xc2..=0xf4 => "invalid continuation byte",
                    _ => "invalid start byte",
                },
            ),
        };
        at = decoder.handle(at, end, reason)?;
    }
    decoder.finish(at)
}

struct Utf16(Order);

impl Utf16 {
    fn unit(&self, out: &mut Vec<u8>, unit: u16) {
        let bytes = if self.0 == Order::Big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        out.extend_from_slice(&bytes);
    }
}

impl Charset for Utf16 {
    fn encoding(&self) -> &str {
        self.0.name("utf-16-le", "utf-16-be", "utf-16")
    }
    fn reason(&self) -> &str {
        NO_SURROGATES
    }
    fn can_encode(&self, code: u32) -> bool {
        !is_surrogate(code)
    }
    fn put(&self, out: &mut Vec<u8>, code: u32) {
        match char::from_u32(code) {
            Some(character) => {
                character.encode_utf16(&mut [0; 2]).iter().for_each(|&unit| self.unit(out, unit));
            }
            None => self.unit(out, code as u16),
        }
    }
    fn accepts_bytes(&self, bytes: &[u8]) -> bool {
        bytes.len().is_multiple_of(2)
    }
    fn escapes_surrogates(&self) -> bool {
        false
    }
    fn put_surrogate(&self, out: &mut Vec<u8>, code: u32) -> bool {
        self.unit(out, code as u16);
        true
    }
}

pub fn encode_utf16(text: &Str, errors: &Errors, order: Order) -> Result<Vec<u8>> {
    let mut bytes = encode_with(text, errors, &Utf16(order))?;
    if order == Order::Marked {
        bytes.splice(0..0, [0xff, 0xfe]);
    }
    Ok(bytes)
}

/// Decodes, and says which order was found at the start (where it could be marked).
pub fn decode_utf16_marked(
    bytes: &[u8],
    errors: &Errors,
    order: Order,
    is_final: bool,
) -> Result<(Decoded, Order)> {
    let (mut order, mut at, mut name) = (order, 0, order.name("utf-16-le", "utf-16-be", "utf-16"));
    if order == Order::Marked {
        match *bytes {
            [0xff, 0xfe, ..] => (order, at) = (Order::Little, 2),
            [0xfe, 0xff, ..] => (order, at) = (Order::Big, 2),
            _ => {}
        }
        // The mark decides; without one the native order is meant.
        name = order.name("utf-16-le", "utf-16-be", "utf-16-le");
    }
    let found = order;
    let mut decoder = Decoder::new(name, errors, bytes);
    let unit = |input: &[u8], at: usize| -> Option<u32> {
        let pair: [u8; 2] = input.get(at..at + 2)?.try_into().ok()?;
        Some(if order == Order::Big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }.into())
    };
    while at < decoder.input.len() {
        let len = decoder.input.len();
        let Some(first) = unit(&decoder.input, at) else {
            if !is_final {
                break;
            }
            at = decoder.handle(at, len, "truncated data")?;
            continue;
        };
        if !is_surrogate(first) {
            decoder.out.push(first);
            at += 2;
            continue;
        }
        let second = unit(&decoder.input, at + 2);
        let (end, reason) = match (first, second) {
            (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) => {
                decoder.out.push(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
                at += 4;
                continue;
            }
            (0xd800..0xdc00, None) if !is_final => break,
            (0xd800..0xdc00, None) => (len, "unexpected end of data"),
            (0xd800..0xdc00, Some(_)) => (at + 2, "illegal UTF-16 surrogate"),
            _ => (at + 2, "illegal encoding"),
        };
        if decoder.errors.kind == Kind::SurrogatePass && end == at + 2 {
            decoder.out.push(first);
            at += 2;
            continue;
        }
        at = decoder.handle(at, end, reason)?;
    }
    Ok((decoder.finish(at)?, found))
}

pub fn decode_utf16(bytes: &[u8], errors: &Errors, order: Order, is_final: bool) -> Result<Decoded> {
    Ok(decode_utf16_marked(bytes, errors, order, is_final)?.0)
}

struct Utf32(Order);

impl Charset for Utf32 {
    fn encoding(&self) -> &str {
        self.0.name("utf-32-le", "utf-32-be", "utf-32")
    }
    fn reason(&self) -> &str {
        NO_SURROGATES
    }
    fn can_encode(&self, code: u32) -> bool {
        !is_surrogate(code)
    }
    fn put(&self, out: &mut Vec<u8>, code: u32) {
        let bytes = if self.0 == Order::Big { code.to_be_bytes() } else { code.to_le_bytes() };
        out.extend_from_slice(&bytes);
    }
    fn accepts_bytes(&self, bytes: &[u8]) -> bool {
        bytes.len().is_multiple_of(4)
    }
    fn escapes_surrogates(&self) -> bool {
        false
    }
    fn put_surrogate(&self, out: &mut Vec<u8>, code: u32) -> bool {
        self.put(out, code);
        true
    }
}

pub fn encode_utf32(text: &Str, errors: &Errors, order: Order) -> Result<Vec<u8>> {
    let mut bytes = encode_with(text, errors, &Utf32(order))?;
    if order == Order::Marked {
        bytes.splice(0..0, [0xff, 0xfe, 0, 0]);
    }
    Ok(bytes)
}

/// Decodes, and says which order was found at the start (where it could be marked).
pub fn decode_utf32_marked(
    bytes: &[u8],
    errors: &Errors,
    order: Order,
    is_final: bool,
) -> Result<(Decoded, Order)> {
    let (mut order, mut at) = (order, 0);
    if order == Order::Marked {
        match *bytes {
            [0xff, 0xfe, 0, 0, ..] => (order, at) = (Order::Little, 4),
            [0, 0, 0xfe, 0xff, ..] => (order, at) = (Order::Big, 4),
            _ => {}
        }
    }
    let found = order;
    let name = order.name("utf-32-le", "utf-32-be", "utf-32-le");
    let mut decoder = Decoder::new(name, errors, bytes);
    while at < decoder.input.len() {
        let len = decoder.input.len();
        let unit: Option<[u8; 4]> = decoder.input.get(at..at + 4).and_then(|unit| unit.try_into().ok());
        let Some(unit) = unit else {
            if !is_final {
                break;
            }
            at = decoder.handle(at, len, "truncated data")?;
            continue;
        };
        let code = if order == Order::Big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
        let reason = match code {
            0xd800..0xe000 => "code point in surrogate code point range(0xd800, 0xe000)",
            0x11_0000.. => "code point not in range(0x110000)",
            _ => {
                decoder.out.push(code);
                at += 4;
                continue;
            }
        };
        if decoder.errors.kind == Kind::SurrogatePass && is_surrogate(code) {
            decoder.out.push(code);
            at += 4;
            continue;
        }
        at = decoder.handle(at, at + 4, reason)?;
    }
    Ok((decoder.finish(at)?, found))
}

pub fn decode_utf32(bytes: &[u8], errors: &Errors, order: Order, is_final: bool) -> Result<Decoded> {
    Ok(decode_utf32_marked(bytes, errors, order, is_final)?.0)
}
