//! `bytes % arguments`: the conversions of bytes; numbers are left to the formatting of str.

use crate::objects::bytearray::ByteArray;
use crate::prelude::*;
use crate::protocol::number;

/// The arguments of a formatting: a tuple's items one after the other, or one object.
struct Arguments<'a> {
    object: &'a Object,
    index: usize,
    used: bool,
}

impl Arguments<'_> {
    fn next(&mut self) -> Result {
        match self.object.downcast::<Tuple>() {
            Some(tuple) if self.index < tuple.len() => {
                self.index += 1;
                Ok(tuple.as_slice()[self.index - 1].clone())
            }
            None if !self.used => {
                self.used = true;
                Ok(self.object.to_ref())
            }
            _ => Err(raise!(TypeError, "not enough arguments for format string")),
        }
    }

    fn is_used_up(&self) -> bool {
        match self.object.downcast::<Tuple>() {
            Some(tuple) => self.index == tuple.len(),
            None => {
                self.used
                    || self.object.ty().mp_subscript().is_some()
                        && !self.object.ty().is_subtype(Str::type_object())
                        && !self.object.ty().is_subtype(Bytes::type_object())
                        && !self.object.ty().is_subtype(ByteArray::type_object())
            }
        }
    }
}

/// What `%b` inserts.
fn bytes_of(object: &Object) -> Result<Vec<u8>> {
    if let Some(bytes) = object.downcast_exact::<Bytes>() {
        return Ok(bytes.as_slice().to_vec());
    }
    if let Some(array) = object.downcast_exact::<ByteArray>() {
        return Ok(array.to_vec());
    }
    if let Some(result) = object.call_special(intern!("__bytes__"), &[])? {
        return match result.downcast::<Bytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => Err(raise!(TypeError, "__bytes__ returned non-bytes (type {})", result.ty().full_name())),
        };
    }
    if object.ty().bf_getbuffer().is_some() {
        return crate::native::buffer::contiguous_copy(object);
    }
    Err(raise!(
        TypeError,
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        object.ty().full_name()
    ))
}

/// What `%c` inserts.
fn byte_of(object: &Object) -> Result<u8> {
    let bytes = if let Some(bytes) = object.downcast::<Bytes>() {
        Some(bytes.as_slice().to_vec())
    } else {
        object.downcast::<ByteArray>().map(ByteArray::to_vec)
    };
    if let Some(bytes) = bytes {
        return match bytes[..] {
            [byte] => Ok(byte),
            _ => Err(raise!(
                TypeError,
                "%c requires an integer in range(256) or a single byte, not a {} object of length {}",
                object.ty().full_name(),
                bytes.len()
            )),
        };
    }
    if object.ty().nb_index().is_none() {
        return Err(raise!(
            TypeError,
            "%c requires an integer in range(256) or a single byte, not {}",
            object.ty().full_name()
        ));
    }
    u8::try_from(object.to_isize_index_or_clip(None)?)
        .map_err(|_| raise!(OverflowError, "%c arg not in range(256)"))
}

/// Formats `arguments` as `format` says.
pub fn format(format: &[u8], arguments: &Object) -> Result<Vec<u8>> {
    let mut given = Arguments { object: arguments, index: 0, used: false };
    let mut mapping_argument: Option<Ref> = None;
    let mut result = Vec::with_capacity(format.len());
    let mut at = 0;
    while at < format.len() {
        let Some(found) = memchr::memchr(b'%', &format[at..]) else {
            result.extend_from_slice(&format[at..]);
            break;
        };
        result.extend_from_slice(&format[at..at + found]);
        at += found + 1;
        let next = |at: usize| format.get(at).copied().ok_or_else(|| raise!(ValueError, "incomplete format"));
        mapping_argument.take();
        if format.get(at) == Some(&b'(') {
            let is_mapping = arguments.ty().mp_subscript().is_some()
                && !arguments.ty().is_subtype(Tuple::type_object())
                && !arguments.ty().is_subtype(Bytes::type_object())
                && !arguments.ty().is_subtype(ByteArray::type_object())
                && !arguments.ty().is_subtype(Str::type_object());
            if !is_mapping {
                return Err(raise!(TypeError, "format requires a mapping"));
            }
            let start = at + 1;
            let mut depth = 1;
            at = start;
            while depth > 0 {
                match format.get(at) {
                    Some(b'(') => depth += 1,
                    Some(b')') => depth -= 1,
                    Some(_) => {}
                    None => return Err(raise!(ValueError, "incomplete format key")),
                }
                at += 1;
            }
            mapping_argument = Some(arguments.get_item(&Bytes::new(&format[start..at - 1]))?);
            given.used = true;
            if let Some(tuple) = arguments.downcast::<Tuple>() {
                given.index = tuple.len();
            }
        }
        let mut argument = |given: &mut Arguments| match mapping_argument.take() {
            Some(argument) => Ok(argument),
            None => given.next(),
        };
        let mut flags = String::new();
        while let Some(&flag @ (b'-' | b'+' | b' ' | b'#' | b'0')) = format.get(at) {
            flags.push(flag as char);
            at += 1;
        }
        let mut number = |at: &mut usize, given: &mut Arguments, what: &str| -> Result<Option<isize>> {
            if format.get(*at) == Some(&b'*') {
                let value = given.next()?;
                let Some(int) = value.downcast::<Int>() else { return Err(raise!(TypeError, "* wants int")) };
                *at += 1;
                let value = int.to_isize().filter(|value| what == "width" || i32::try_from(*value).is_ok());
                return match value {
                    Some(value) => Ok(Some(value)),
                    None => Err(raise!(
                        OverflowError,
                        "Python int too large to convert to C {}",
                        if what == "width" { "ssize_t" } else { "int" }
                    )),
                };
            }
            let mut value: Option<isize> = None;
            while let Some(digit @ b'0'..=b'9') = format.get(*at) {
                let limit = if what == "width" { isize::MAX } else { i32::MAX as isize };
                let sum = value
                    .unwrap_or(0)
                    .checked_mul(10)
                    .and_then(|value| value.checked_add(isize::from(digit - b'0')))
                    .filter(|&value| value <= limit);
                match sum {
                    Some(sum) => value = Some(sum),
                    None => return Err(raise!(ValueError, "{what} too big")),
                }
                *at += 1;
            }
            Ok(value)
        };
        let mut width = number(&mut at, &mut given, "width")?;
        if let Some(negative) = width.filter(|&width| width < 0) {
            flags.push('-');
            width = negative.checked_neg();
        }
        let mut precision = None;
        if format.get(at) == Some(&b'.') {
            at += 1;
            precision = Some(number(&mut at, &mut given, "prec")?.unwrap_or(0).max(0) as usize);
        }
        if let Some(b'h' | b'l' | b'L') = format.get(at) {
            at += 1;
        }
        let conversion = next(at)?;
        let place = at;
        at += 1;
        if conversion == b'%' {
            result.push(b'%');
            continue;
        }
        let value = argument(&mut given)?;
        let mut piece = match conversion {
            b'a' | b'r' => value.ascii()?.to_utf8()?.as_bytes().to_vec(),
            b's' | b'b' => bytes_of(&value)?,
            b'c' => vec![byte_of(&value)?],
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let mut text = format!("%{flags}");
                if let Some(width) = width {
                    text.push_str(&width.to_string());
                }
                if let Some(precision) = precision {
                    text.push_str(&format!(".{precision}"));
                }
                text.push(conversion as char);
                let formatted = number::remainder(&Str::new(&text), &Tuple::pack([value]))?;
                match formatted.downcast::<Str>() {
                    Some(text) => result.extend_from_slice(text.to_utf8()?.as_bytes()),
                    None => return Err(raise!(TypeError, "a formatted number must be str")),
                }
                continue;
            }
            _ => {
                return Err(raise!(
                    ValueError,
                    "unsupported format character '{}' (0x{:x}) at index {}",
                    conversion as char,
                    conversion,
                    place
                ));
            }
        };
        if let Some(precision) = precision
            && matches!(conversion, b'a' | b'r' | b's' | b'b')
        {
            piece.truncate(precision);
        }
        let width = width.unwrap_or(0) as usize;
        let fill = width.saturating_sub(piece.len());
        if fill > 0 {
            result.try_reserve(width).map_err(|_| crate::errors::no_memory())?;
        }
        if !flags.contains('-') {
            result.resize(result.len() + fill, b' ');
        }
        result.extend_from_slice(&piece);
        if flags.contains('-') {
            result.resize(result.len() + fill, b' ');
        }
    }
    if !given.is_used_up() {
        return Err(raise!(TypeError, "not all arguments converted during bytes formatting"));
    }
    Ok(result)
}
