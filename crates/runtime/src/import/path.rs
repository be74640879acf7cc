//! File names as Python objects.

use crate::objects::bytes::Bytes;
use crate::prelude::*;

/// Bytes of the system as text, undecodable ones as lone surrogates (PEP 383).
pub fn decode(bytes: &[u8]) -> Ref<Str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Str::new(text);
    }
    let mut points = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        points.extend(chunk.valid().chars().map(u32::from));
        points.extend(chunk.invalid().iter().map(|&byte| 0xDC00 + u32::from(byte)));
    }
    Str::from_code_points(points.into_iter())
}

/// Text as the system's bytes: the inverse of [`decode`].
pub fn encode(text: &Str) -> Result<Vec<u8>> {
    if let Some(text) = text.as_utf8() {
        return Ok(text.as_bytes().to_vec());
    }
    let mut bytes = Vec::with_capacity(text.len());
    for code in text.code_points() {
        match code {
            0xDC80..=0xDCFF => bytes.push((code - 0xDC00) as u8),
            _ => match char::from_u32(code) {
                Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => {
                    // Raises the UnicodeEncodeError.
                    text.to_utf8()?;
                }
            },
        }
    }
    Ok(bytes)
}

/// A string of the configuration, in which undecodable bytes are escaped as private characters.
pub fn from_config(text: &str) -> Ref<Str> {
    Str::new(text)
}

/// What `os.fspath()` gives.
pub fn fspath(object: &Object) -> Result {
    if object.downcast::<Str>().is_some() || object.downcast::<Bytes>().is_some() {
        return Ok(object.to_ref());
    }
    let given = object.ty().full_name();
    let Some(path) = object.call_special(intern!("__fspath__"), &[])? else {
        return Err(raise!(TypeError, "expected str, bytes or os.PathLike object, not {given}"));
    };
    if path.downcast::<Str>().is_none() && path.downcast::<Bytes>().is_none() {
        let got = path.ty().full_name();
        return Err(raise!(TypeError, "expected {given}.__fspath__() to return str or bytes, not {got}"));
    }
    Ok(path)
}

/// A path-like object as text, as functions take file names.
pub fn fs_decode(object: &Object) -> Result<Ref<Str>> {
    let path = fspath(object)?;
    let text = match path.cast::<Str>() {
        Ok(text) => text,
        Err(path) => match path.downcast::<Bytes>() {
            Some(bytes) => decode(bytes.as_slice()),
            None => return Err(raise!(TypeError, "path should be string, bytes or os.PathLike")),
        },
    };
    if text.code_points().any(|code| code == 0) {
        return Err(raise!(ValueError, "embedded null character"));
    }
    Ok(text)
}
