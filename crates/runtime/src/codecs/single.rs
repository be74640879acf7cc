//! ASCII and Latin-1.

use super::Decoded;
use super::errors::{Charset, Decoder, Errors, encode_with};
use crate::objects::str::Units;
use crate::prelude::*;

struct Low {
    encoding: &'static str,
    reason: &'static str,
    limit: u32,
}

impl Charset for Low {
    fn encoding(&self) -> &str {
        self.encoding
    }
    fn reason(&self) -> &str {
        self.reason
    }
    fn can_encode(&self, code: u32) -> bool {
        code < self.limit
    }
    fn put(&self, out: &mut Vec<u8>, code: u32) {
        out.push(code as u8);
    }
}

pub fn encode_ascii(text: &Str, errors: &Errors) -> Result<Vec<u8>> {
    if let Some(text) = text.as_ascii() {
        return Ok(text.as_bytes().to_vec());
    }
    let charset = Low { encoding: "ascii", reason: "ordinal not in range(128)", limit: 128 };
    encode_with(text, errors, &charset)
}

pub fn encode_latin1(text: &Str, errors: &Errors) -> Result<Vec<u8>> {
    if let Units::One(units) = text.units() {
        return Ok(units.to_vec());
    }
    let charset = Low { encoding: "latin-1", reason: "ordinal not in range(256)", limit: 256 };
    encode_with(text, errors, &charset)
}

pub fn decode_latin1(bytes: &[u8]) -> Result<Decoded> {
    Ok((Str::from_units(Units::One(bytes))?, bytes.len()))
}

pub fn decode_ascii(bytes: &[u8], errors: &Errors) -> Result<Decoded> {
    if bytes.is_ascii() {
        return decode_latin1(bytes);
    }
    let mut decoder = Decoder::new("ascii", errors, bytes);
    let mut at = 0;
    while at < decoder.input.len() {
        let byte = decoder.input[at];
        if byte < 0x80 {
            decoder.out.push(byte.into());
            at += 1;
        } else {
            at = decoder.handle(at, at + 1, "ordinal not in range(128)")?;
        }
    }
    decoder.finish(at)
}
