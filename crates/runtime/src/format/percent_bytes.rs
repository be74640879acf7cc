//! `%` of bytes and bytearray.

use super::percent::{Conversion, Source, Values, character_number, check_memory};
use crate::objects::bytearray::ByteArray;
use crate::objects::exceptions;
use crate::prelude::*;

/// The byte that `%c` shows.
fn byte(value: &Object) -> Result<u8> {
    if let Some(bytes) = value.downcast::<Bytes>() {
        return match *bytes.as_slice() {
            [byte] => Ok(byte),
            ref other => Err(raise!(
                TypeError,
                "%c requires an integer in range(256) or a single byte, not a bytes object of length {}",
                other.len()
            )),
        };
    }
    if let Some(array) = value.downcast::<ByteArray>() {
        return match array.to_vec()[..] {
            [byte] => Ok(byte),
            ref other => Err(raise!(
                TypeError,
                "%c requires an integer in range(256) or a single byte, not a bytearray object of length {}",
                other.len()
            )),
        };
    }
    match character_number(value)? {
        Some(Some(code @ 0..=255)) => Ok(code as u8),
        Some(_) => Err(raise!(OverflowError, "%c arg not in range(256)")),
        None => Err(raise!(
            TypeError,
            "%c requires an integer in range(256) or a single byte, not {}",
            value.ty().qualified_name()
        )),
    }
}

/// What `%b` shows.
fn content(value: &Object) -> Result<Vec<u8>> {
    if let Some(bytes) = value.downcast_exact::<Bytes>() {
        return Ok(bytes.as_slice().to_vec());
    }
    if let Some(result) = value.call_special(intern!("__bytes__"), &[])? {
        return match result.downcast::<Bytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => Err(raise!(TypeError, "__bytes__ returned non-bytes (type {})", result.ty().full_name())),
        };
    }
    if value.ty().bf_getbuffer().is_some() {
        return Ok(BytesLike::of(value)?.to_vec());
    }
    Err(raise!(
        TypeError,
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        value.ty().full_name()
    ))
}

/// `format % values` for bytes. `values` may run Python code: `format` is the caller's own copy or immutable.
pub fn format_bytes(format: &[u8], values: &Object) -> Result<Vec<u8>> {
    let source = Source {
        at: &|index| format[index].into(),
        len: format.len(),
        key: &|start, end| Bytes::new(&format[start..end]).into_object(),
        precision_too_big: "prec too big",
    };
    let is_text = values.downcast::<Bytes>().is_some()
        || values.downcast::<Str>().is_some()
        || values.downcast::<ByteArray>().is_some();
    let mut values = Values::new(values, is_text);
    let mut result = Vec::with_capacity(format.len() + 16);
    let mut at = 0;
    while at < format.len() {
        let Some(found) = memchr::memchr(b'%', &format[at..]) else {
            result.extend_from_slice(&format[at..]);
            break;
        };
        result.extend_from_slice(&format[at..at + found]);
        at += found + 1;
        if format.get(at) == Some(&b'%') {
            result.push(b'%');
            at += 1;
            continue;
        }
        let (conversion, end) = Conversion::parse(&source, at, &mut values)?;
        at = end;
        let value = values.next()?;
        let shown = match conversion.code() {
            b's' | b'b' => content(&value)?,
            b'r' | b'a' => value.ascii()?.to_utf8()?.as_bytes().to_vec(),
            b'c' => vec![byte(&value)?],
            _ => match conversion.number(&value, "float argument required")? {
                Some(number) => {
                    result.extend_from_slice(number.as_bytes());
                    continue;
                }
                None if conversion.kind >= 0x80 => {
                    return Err(crate::errors::raise_message(
                        &exceptions::OverflowError,
                        "character argument not in range(0x110000)",
                    ));
                }
                None => return Err(conversion.unsupported()),
            },
        };
        let limit = if conversion.code() == b'c' { None } else { conversion.precision };
        let shown = &shown[..shown.len().min(limit.unwrap_or(usize::MAX))];
        let (left, right) = conversion.padding(shown.len());
        check_memory(left + right)?;
        result.resize(result.len() + left, b' ');
        result.extend_from_slice(shown);
        result.resize(result.len() + right, b' ');
    }
    values.finish("bytes")?;
    Ok(result)
}
