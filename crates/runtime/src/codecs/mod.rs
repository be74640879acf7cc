//! Text encodings: those that the runtime knows itself, the registry of all others, error handlers, the `_codecs` module.
//!
//! Enter here: [`encode`] and [`decode`] are what `str.encode` and `bytes.decode` do.

pub mod charmap;
pub mod errors;
pub mod escape;
mod handlers;
pub mod module;
pub mod registry;
pub mod single;
pub mod utf;
pub mod utf7;

use errors::Errors;

use crate::native::buffer;
use crate::prelude::*;

/// What a decoder gives: the text, and how many bytes it took.
pub type Decoded = (Ref<Str>, usize);

/// An encoding that needs no registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Native {
    Utf8,
    Utf16(utf::Order),
    Utf32(utf::Order),
    Latin1,
    Ascii,
}

impl Native {
    /// The encoding of that name, in the spellings that CPython shortcuts.
    pub fn named(name: &str) -> Option<Native> {
        let name = registry::normalize(name);
        Some(match name.as_str() {
            "utf8" | "utf_8" => Native::Utf8,
            "utf16" | "utf_16" => Native::Utf16(utf::Order::Marked),
            "utf32" | "utf_32" => Native::Utf32(utf::Order::Marked),
            "ascii" | "us_ascii" => Native::Ascii,
            "latin1" | "latin_1" | "iso_8859_1" | "iso8859_1" => Native::Latin1,
            _ => return None,
        })
    }

    /// Text in this encoding.
    pub fn encode(self, text: &Str, errors: &str) -> Result<Vec<u8>> {
        let errors = Errors::new(errors);
        match self {
            Native::Utf8 => utf::encode_utf8(text, &errors),
            Native::Utf16(order) => utf::encode_utf16(text, &errors, order),
            Native::Utf32(order) => utf::encode_utf32(text, &errors, order),
            Native::Latin1 => single::encode_latin1(text, &errors),
            Native::Ascii => single::encode_ascii(text, &errors),
        }
    }

    /// Bytes as the text that they mean.
    pub fn decode(self, bytes: &[u8], errors: &str) -> Result<Ref<Str>> {
        let errors = Errors::new(errors);
        Ok(match self {
            Native::Utf8 => utf::decode_utf8(bytes, &errors, true)?.0,
            Native::Utf16(order) => utf::decode_utf16(bytes, &errors, order, true)?.0,
            Native::Utf32(order) => utf::decode_utf32(bytes, &errors, order, true)?.0,
            Native::Latin1 => single::decode_latin1(bytes)?.0,
            Native::Ascii => single::decode_ascii(bytes, &errors)?.0,
        })
    }
}

/// `text.encode(encoding, errors)`.
pub fn encode(text: &Str, encoding: Option<&str>, errors: Option<&str>) -> Result {
    encode_to_bytes(text, encoding, errors).map(Ref::into_object)
}

/// As [`encode`].
pub fn encode_to_bytes(text: &Str, encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Bytes>> {
    let encoding = encoding.unwrap_or("utf-8");
    if let Some(native) = Native::named(encoding) {
        return Bytes::try_new(&native.encode(text, errors.unwrap_or("strict"))?);
    }
    let result = registry::encode_text(text, encoding, errors)?;
    if let Some(array) = result.downcast::<crate::objects::bytearray::ByteArray>() {
        let message = format!(
            "encoder {encoding} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"
        );
        crate::warnings::warn(&crate::objects::exceptions::RuntimeWarning, &message, 1)?;
        return Bytes::try_new(&array.to_vec());
    }
    result.cast::<Bytes>().map_err(|result| {
        raise!(
            TypeError,
            "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
            result.ty().full_name()
        )
    })
}

/// `object.decode(encoding, errors)` of anything bytes-like.
pub fn decode_object(object: &Object, encoding: Option<&str>, errors: Option<&str>) -> Result {
    let encoding = encoding.unwrap_or("utf-8");
    if let Some(native) = Native::named(encoding) {
        let errors = errors.unwrap_or("strict");
        return match object.downcast::<Bytes>() {
            Some(bytes) => native.decode(bytes.as_slice(), errors),
            None => native.decode(&buffer::contiguous_copy(object)?, errors),
        }
        .map(Ref::into_object);
    }
    let result = registry::decode_text(object, encoding, errors)?;
    if result.downcast::<Str>().is_none() {
        return Err(raise!(
            TypeError,
            "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
            result.ty().full_name()
        ));
    }
    Ok(result)
}

/// `bytes.decode(encoding, errors)`.
pub fn decode(bytes: &[u8], encoding: Option<&str>, errors: Option<&str>) -> Result<Ref<Str>> {
    if let Some(native) = Native::named(encoding.unwrap_or("utf-8")) {
        return native.decode(bytes, errors.unwrap_or("strict"));
    }
    let text = decode_object(&*Bytes::try_new(bytes)?, encoding, errors)?;
    // SAFETY: checked there.
    Ok(unsafe { text.cast_unchecked() })
}
