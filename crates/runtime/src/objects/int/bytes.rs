//! `int.to_bytes` and `int.from_bytes`.

use super::{Int, digits};
use crate::prelude::*;

/// Is the order big-endian?
fn is_big(function: &str, order: Option<&Object>) -> Result<bool> {
    let Some(order) = order else { return Ok(true) };
    let Some(text) = order.downcast::<Str>() else {
        let kind = crate::native::args::kind_of(order);
        return Err(raise!(TypeError, "{function}() argument 'byteorder' must be str, not {kind}"));
    };
    if text.eq_str("little") {
        Ok(false)
    } else if text.eq_str("big") {
        Ok(true)
    } else {
        Err(raise!(ValueError, "byteorder must be either 'little' or 'big'"))
    }
}

impl Int {
    /// The value in so many bytes, lowest first, in two's complement if it is negative; `None` if it doesn't fit.
    pub fn to_le_bytes(&self, length: usize, signed: bool) -> Option<Vec<u8>> {
        let words = digits::to_words(self.digits());
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let used = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        if used > length {
            return None;
        }
        bytes.resize(length, 0);
        if self.is_negative() {
            if !signed {
                return None;
            }
            let mut carry = true;
            for byte in &mut bytes {
                let (value, more) = (!*byte).overflowing_add(u8::from(carry));
                *byte = value;
                carry = more;
            }
            return (bytes.last()? & 0x80 != 0).then_some(bytes);
        }
        if signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0) {
            return None;
        }
        Some(bytes)
    }

    /// The number that bytes stand for, lowest first.
    pub fn from_le_bytes(bytes: &[u8], signed: bool) -> Ref<Int> {
        let negative = signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut bytes = bytes.to_vec();
        if negative {
            let mut carry = true;
            for byte in &mut bytes {
                let (value, more) = (!*byte).overflowing_add(u8::from(carry));
                *byte = value;
                carry = more;
            }
        }
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        let words: Vec<u64> = bytes
            .chunks_exact(8)
            .map(|chunk| u64::from_le_bytes(chunk.try_into().expect("eight bytes")))
            .collect();
        let mut digits = digits::from_words(&words);
        if negative && digits.is_empty() {
            // Only possible when the magnitude is a power of 256 that carried out.
            digits = digits::shift_left(&[1], bytes.len() * 8);
        }
        Int::from_digits(negative, &digits)
    }
}

#[methods(part = bytes)]
impl Int {
    /// Return an array of bytes representing an integer.
    #[method(signature = "($self, /, length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(&self, length: Option<isize>, byteorder: Option<&Object>, signed: bool) -> Result<Vec<u8>> {
        let big = is_big("to_bytes", byteorder)?;
        let length = length.unwrap_or(1);
        if length < 0 {
            return Err(raise!(ValueError, "length argument must be non-negative"));
        }
        if self.is_negative() && !signed {
            return Err(raise!(OverflowError, "can't convert negative int to unsigned"));
        }
        match self.to_le_bytes(length as usize, signed) {
            Some(mut bytes) => {
                if big {
                    bytes.reverse();
                }
                Ok(bytes)
            }
            None => Err(raise!(OverflowError, "int too big to convert")),
        }
    }

    /// Return the integer represented by the given array of bytes.
    #[classmethod(signature = "($type, /, bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(class: &Type, bytes: &Object, byteorder: Option<&Object>, signed: bool) -> Result {
        let big = is_big("from_bytes", byteorder)?;
        let mut bytes = bytes_of(bytes)?;
        if big {
            bytes.reverse();
        }
        let number = Int::from_le_bytes(&bytes, signed);
        if std::ptr::eq(class, Int::type_object()) {
            return Ok(number.into_object());
        }
        class.call(&[&*number])
    }
}

/// What `bytes(object)` holds, where `object` is no count and no text.
fn bytes_of(object: &Object) -> Result<Vec<u8>> {
    if let Some(bytes) = object.downcast_exact::<Bytes>() {
        return Ok(bytes.as_slice().to_vec());
    }
    if let Some(result) = object.call_special(intern!("__bytes__"), &[])? {
        return match result.downcast::<Bytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => Err(raise!(TypeError, "__bytes__ returned non-bytes (type {})", result.ty().full_name())),
        };
    }
    if object.ty().bf_getbuffer().is_some() {
        return Ok(crate::native::buffer::Buffer::of(object)?.as_slice().to_vec());
    }
    let iterable = object.ty().raw.tp_iter.get().is_some() || object.ty().sq_item().is_some();
    if !iterable || object.downcast::<Str>().is_some() {
        return Err(raise!(TypeError, "cannot convert '{}' object to bytes", object.ty().full_name()));
    }
    let iterator = object.iter()?;
    let mut bytes = Vec::new();
    while let Some(item) = iterator.iter_next()? {
        match item.index()?.to_i64() {
            Some(value @ 0..256) => bytes.push(value as u8),
            _ => return Err(raise!(ValueError, "bytes must be in range(0, 256)")),
        }
    }
    Ok(bytes)
}
