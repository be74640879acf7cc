//! Character maps: encodings that a mapping describes.

use super::Decoded;
use super::errors::{Decoder, Errors, Kind, Replacement, call_for_encoding, escaped};
use crate::objects::exceptions;
use crate::objects::str::encode_error;
use crate::prelude::*;

const UNDEFINED: &str = "character maps to <undefined>";

/// What a mapping says about a byte; `None`: nothing.
fn lookup_byte(mapping: &Object, byte: u8) -> Result<Option<Ref>> {
    if let Some(table) = mapping.downcast_exact::<Str>() {
        let index = usize::from(byte);
        return Ok((index < table.len()).then(|| Str::from_char(table.char_at(index)).into_object()));
    }
    match mapping.get_item(&Int::new(byte.into())) {
        Ok(value) => Ok((!value.is_none()).then_some(value)),
        Err(raised) if raised.matches(&exceptions::LookupError) => {
            raised.clear();
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

pub fn decode(bytes: &[u8], errors: &Errors, mapping: Option<&Object>) -> Result<Decoded> {
    let Some(mapping) = mapping.filter(|mapping| !mapping.is_none()) else {
        return super::single::decode_latin1(bytes);
    };
    let mut decoder = Decoder::new("charmap", errors, bytes);
    let mut at = 0;
    while at < decoder.input.len() {
        let byte = decoder.input[at];
        let value = lookup_byte(mapping, byte)?;
        if let Some(value) = value {
            if let Some(text) = value.downcast::<Str>() {
                if !(text.len() == 1 && text.char_at(0) == 0xfffe) {
                    decoder.out.push_str(text);
                    at += 1;
                    continue;
                }
            } else if let Some(code) = value.downcast::<Int>() {
                match code.to_i64() {
                    Some(0xfffe) => {}
                    Some(code @ 0..0x11_0000) => {
                        decoder.out.push(code as u32);
                        at += 1;
                        continue;
                    }
                    _ => return Err(raise!(TypeError, "character mapping must be in range(0x110000)")),
                }
            } else {
                return Err(raise!(TypeError, "character mapping must return integer, None or str"));
            }
        }
        at = decoder.handle(at, at + 1, UNDEFINED)?;
    }
    decoder.finish(at)
}

/// Writes what the mapping says about a code point; false if it says nothing.
fn put(out: &mut Vec<u8>, mapping: &Object, code: u32) -> Result<bool> {
    let value = match mapping.get_item(&Int::new(code.into())) {
        Ok(value) if value.is_none() => return Ok(false),
        Ok(value) => value,
        Err(raised) if raised.matches(&exceptions::LookupError) => {
            raised.clear();
            return Ok(false);
        }
        Err(raised) => return Err(raised),
    };
    if let Some(byte) = value.downcast::<Int>() {
        match byte.to_i64().and_then(|byte| u8::try_from(byte).ok()) {
            Some(byte) => out.push(byte),
            None => return Err(raise!(TypeError, "character mapping must be in range(256)")),
        }
    } else if let Some(bytes) = value.downcast::<Bytes>() {
        out.extend_from_slice(bytes.as_slice());
    } else {
        return Err(raise!(
            TypeError,
            "character mapping must return integer, bytes or None, not {}",
            value.ty().full_name()
        ));
    }
    Ok(true)
}

pub fn encode(text: &Str, errors: &Errors, mapping: Option<&Object>) -> Result<Vec<u8>> {
    let Some(mapping) = mapping.filter(|mapping| !mapping.is_none()) else {
        return super::single::encode_latin1(text, errors);
    };
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if put(&mut out, mapping, text.char_at(at))? {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < text.len() && !put(&mut Vec::new(), mapping, text.char_at(at))? {
            at += 1;
        }
        let put_all = |out: &mut Vec<u8>, replacement: &Str| -> Result<()> {
            for code in replacement.code_points() {
                if !put(out, mapping, code)? {
                    return Err(encode_error("charmap", text, start, at, UNDEFINED));
                }
            }
            Ok(())
        };
        let codes = (start..at).map(|index| text.char_at(index));
        match errors.kind {
            Kind::Strict => return Err(encode_error("charmap", text, start, at, UNDEFINED)),
            Kind::Ignore => {}
            Kind::Replace => put_all(&mut out, &Str::new(&"?".repeat(at - start)))?,
            Kind::BackslashReplace => put_all(&mut out, &Str::new(&codes.map(escaped).collect::<String>()))?,
            Kind::XmlCharRefReplace => {
                let references: String = codes.map(|code| format!("&#{code};")).collect();
                put_all(&mut out, &Str::new(&references))?;
            }
            _ => {
                let (replacement, place) = call_for_encoding(errors, "charmap", text, start, at, UNDEFINED)?;
                match replacement {
                    Replacement::Bytes(bytes) => out.extend_from_slice(bytes.as_slice()),
                    Replacement::Text(replacement) => put_all(&mut out, &replacement)?,
                }
                at = place;
            }
        }
    }
    Ok(out)
}

/// `_codecs.charmap_build`: the encoding map for a decoding table.
pub fn build(table: &Str) -> Result<Ref<Dict>> {
    let map = Dict::new();
    for (index, code) in table.code_points().enumerate().take(256) {
        if code != 0xfffe || table.len() < 256 {
            map.insert(&Int::new(code.into()), &Int::from_usize(index))?;
        }
    }
    Ok(map)
}
