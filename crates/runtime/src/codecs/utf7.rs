//! UTF-7 (RFC 2152): ASCII with shift sequences of base 64.

use super::Decoded;
use super::errors::{Decoder, Errors, is_surrogate};
use crate::prelude::*;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(byte: u8) -> Option<u32> {
    DIGITS.iter().position(|&digit| digit == byte).map(|value| value as u32)
}

/// Is it written as it is?
fn is_direct(code: u32) -> bool {
    (0x20..0x7f).contains(&code) && !matches!(code as u8, b'+' | b'\\' | b'~')
        || matches!(code, 0 | 9 | 10 | 13)
}

pub fn encode(text: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut buffer, mut shifted) = (0u32, 0u32, false);
    let flush = |out: &mut Vec<u8>, bits: &mut u32, buffer: &mut u32| {
        if *bits > 0 {
            out.push(DIGITS[(*buffer << (6 - *bits) & 63) as usize]);
        }
        (*bits, *buffer) = (0, 0);
    };
    for code in text.code_points() {
        if shifted && is_direct(code) {
            flush(&mut out, &mut bits, &mut buffer);
            shifted = false;
            if digit(code as u8).is_some() || code == u32::from(b'-') {
                out.push(b'-');
            }
            out.push(code as u8);
            continue;
        }
        if !shifted {
            if code == u32::from(b'+') {
                out.extend_from_slice(b"+-");
                continue;
            }
            if is_direct(code) {
                out.push(code as u8);
                continue;
            }
            out.push(b'+');
            shifted = true;
        }
        let mut unit = |unit: u32| {
            buffer = buffer << 16 | unit;
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(DIGITS[(buffer >> bits & 63) as usize]);
            }
            buffer &= (1 << bits) - 1;
        };
        if code >= 0x1_0000 {
            unit(0xd800 + ((code - 0x1_0000) >> 10));
            unit(0xdc00 + ((code - 0x1_0000) & 0x3ff));
        } else {
            unit(code);
        }
    }
    if shifted {
        flush(&mut out, &mut bits, &mut buffer);
        out.push(b'-');
    }
    out
}

pub fn decode(bytes: &[u8], errors: &Errors, is_final: bool) -> Result<Decoded> {
    let mut decoder = Decoder::new("utf7", errors, bytes);
    let mut at = 0;
    // Within a shift sequence: where it began, and the text before it.
    let mut shift: Option<(usize, usize)> = None;
    let (mut bits, mut buffer, mut high) = (0u32, 0u32, 0u32);
    while at < decoder.input.len() {
        let byte = decoder.input[at];
        let Some((start, _)) = shift else {
            match byte {
                b'+' => {
                    let next = decoder.input.get(at + 1).copied();
                    if next == Some(b'-') {
                        decoder.out.push(b'+'.into());
                        at += 2;
                    } else if next.is_some_and(|next| digit(next).is_none()) {
                        at = decoder.handle(at, at + 2, "ill-formed sequence")?;
                    } else {
                        shift = Some((at, decoder.out.len()));
                        (bits, buffer, high) = (0, 0, 0);
                        at += 1;
                    }
                }
                0..0x80 => {
                    decoder.out.push(byte.into());
                    at += 1;
                }
                _ => at = decoder.handle(at, at + 1, "unexpected special character")?,
            }
            continue;
        };
        if let Some(value) = digit(byte) {
            buffer = buffer << 6 | value;
            bits += 6;
            at += 1;
            if bits >= 16 {
                let unit = buffer >> (bits - 16) & 0xffff;
                bits -= 16;
                buffer &= (1 << bits) - 1;
                if high != 0 {
                    if (0xdc00..0xe000).contains(&unit) {
                        decoder.out.push(0x1_0000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
                        high = 0;
                        continue;
                    }
                    decoder.out.push(high);
                    high = 0;
                }
                if (0xd800..0xdc00).contains(&unit) {
                    high = unit;
                } else {
                    decoder.out.push(unit);
                }
            }
            continue;
        }
        // The end of the sequence.
        shift = None;
        if bits >= 6 {
            at = decoder.handle(start, at + 1, "partial character in shift sequence")?;
            continue;
        }
        if buffer != 0 {
            at = decoder.handle(start, at + 1, "non-zero padding bits in shift sequence")?;
            continue;
        }
        if high != 0 && is_surrogate(high) {
            decoder.out.push(high);
            high = 0;
        }
        if byte == b'-' {
            at += 1;
        }
    }
    if let Some((start, len)) = shift {
        if !is_final {
            decoder.out.truncate(len);
            return decoder.finish(start);
        }
        if high != 0 || bits >= 6 || bits > 0 && buffer != 0 || bits == 0 {
            let end = decoder.input.len();
            at = decoder.handle(start, end, "unterminated shift sequence")?;
        }
    }
    decoder.finish(at)
}
