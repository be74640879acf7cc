//! `float("…")`.

use crate::objects::int::Int;
use crate::objects::int::decimal::{strip, to_ascii};
use crate::prelude::*;

/// The double that a stripped literal without underscores stands for: a number, `inf`, `infinity` or `nan` with a sign.
pub fn literal(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let bare = text.strip_prefix(['+', '-']).unwrap_or(text);
    let value = match bare.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ if bare.starts_with(|first: char| first.is_ascii_digit() || first == '.') => bare.parse().ok()?,
        _ => return None,
    };
    Some(if text.starts_with('-') { -value } else { value })
}

/// Without underscores; `None` if one does not stand between digits.
pub fn without_underscores(text: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(text.len());
    for (index, &byte) in text.iter().enumerate() {
        if byte == b'_' {
            let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_digit);
            if !digit(index.checked_sub(1)) || !digit(Some(index + 1)) {
                return None;
            }
        } else {
            kept.push(byte);
        }
    }
    Some(kept)
}

/// The double that a text stands for, whitespace and underscores allowed.
pub fn text(text: &[u8]) -> Option<f64> {
    let text = strip(text);
    if text.contains(&b'_') { literal(&without_underscores(text)?) } else { literal(text) }
}

/// `float(object)` of anything.
pub fn from_object(object: &Object) -> Result<f64> {
    let (bytes, shown) = if let Some(string) = object.downcast::<Str>() {
        (to_ascii(string), object.to_ref())
    } else if let Some(bytes) = object.downcast::<Bytes>() {
        (bytes.as_slice().to_vec(), object.to_ref())
    } else if object.ty().nb_float().is_none()
        && object.ty().nb_index().is_none()
        && object.ty().bf_getbuffer().is_some()
    {
        (crate::native::buffer::Buffer::of(object)?.as_slice().to_vec(), object.to_ref())
    } else if object.ty().nb_float().is_none()
        && object.ty().nb_index().is_none()
        && Int::of(object).is_none()
    {
        return Err(raise!(
            TypeError,
            "float() argument must be a string or a real number, not '{}'",
            object.ty().full_name()
        ));
    } else {
        return object.to_float_by_slot();
    };
    match text(&bytes) {
        Some(value) => Ok(value),
        None => {
            let shown = shown.repr()?;
            let shown = shown.substring(0, shown.len().min(200));
            Err(raise!(ValueError, "could not convert string to float: {shown}"))
        }
    }
}
