//! The `_codecs` module: the registry and the native codecs as functions.

use super::errors::Errors;
use super::utf::{self, Order};
use super::{charmap, escape, registry, single, utf7};
use crate::native::args::Place;
use crate::prelude::*;

/// Bytes, or text that stands for its UTF-8.
struct TextOrBytes<'a>(Source<'a>);

enum Source<'a> {
    Text(&'a str),
    Bytes(BytesLike<'a>),
}

impl<'a> FromArg<'a> for TextOrBytes<'a> {
    fn from_arg(object: &'a Object, _: &'static Place) -> Result<Self> {
        Ok(TextOrBytes(match object.downcast::<Str>() {
            Some(text) => Source::Text(text.to_utf8()?),
            None => Source::Bytes(BytesLike::of(object)?),
        }))
    }
}

impl std::ops::Deref for TextOrBytes<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Source::Text(text) => text.as_bytes(),
            Source::Bytes(bytes) => bytes,
        }
    }
}

/// The name of an error handler that may be None.
fn name<'a>(errors: OrNone<&'a str>) -> Errors<'a> {
    Errors::new(errors.0.unwrap_or("strict"))
}

/// Add a function that finds codecs.
///
/// It gets the name of an encoding, in lower case, and answers with a CodecInfo
/// (or a tuple of encoder, decoder, stream reader, stream writer), or None.
#[function(signature = "(search_function, /)")]
fn register(search_function: &Object) -> Result<()> {
    registry::register(search_function)
}

/// Take a search function for codecs out again, and forget what was found.
///
/// One that is not there is passed over.
#[function(signature = "(search_function, /)")]
fn unregister(search_function: &Object) {
    registry::unregister(search_function);
}

/// The CodecInfo of an encoding, as the registry knows it.
#[function(signature = "(encoding, /)")]
fn lookup(encoding: &str) -> Result {
    registry::lookup(encoding)
}

/// Encode an object by the named codec (UTF-8 if none is named).
///
/// errors says what happens with what can't be encoded: 'strict' raises a
/// ValueError; 'ignore', 'replace', 'backslashreplace' and others, also those
/// added by register_error, are the alternatives.
#[function(signature = "(obj, encoding='utf-8', errors='strict')")]
fn encode(obj: &Object, encoding: Option<&str>, errors: Option<&str>) -> Result {
    registry::encode(obj, encoding.unwrap_or("utf-8"), errors)
}

/// Decode an object by the named codec (UTF-8 if none is named).
///
/// errors says what happens with what can't be decoded: 'strict' raises a
/// ValueError; 'ignore', 'replace', 'backslashreplace' and others, also those
/// added by register_error, are the alternatives.
#[function(signature = "(obj, encoding='utf-8', errors='strict')")]
fn decode(obj: &Object, encoding: Option<&str>, errors: Option<&str>) -> Result {
    registry::decode(obj, encoding.unwrap_or("utf-8"), errors)
}

/// Give a name to an error handler.
///
/// The handler is called with the UnicodeError and returns what to put in place of
/// the wrong part, and where to go on.
#[function(signature = "(errors, handler, /)")]
fn register_error(errors: &str, handler: &Object) -> Result<()> {
    registry::register_error(errors, handler)
}

/// Forget an error handler that was added under that name.
///
/// True if there was one. Those that are built in stay: asking raises ValueError.
#[function(signature = "(errors, /)")]
fn _unregister_error(errors: &str) -> Result<bool> {
    registry::unregister_error(errors)
}

/// lookup_error(errors) -> handler
///
/// The error handler of that name; LookupError if there is none.
#[function(signature = "(name, /)")]
fn lookup_error(name: &str) -> Result {
    registry::lookup_error(name)
}

#[function(signature = "(data, errors=None, /)")]
fn escape_encode(data: &Object, _errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    match data.downcast::<Bytes>() {
        Some(data) => Ok((escape::encode_bytes(data.as_slice()), data.len())),
        None => Err(raise!(
            TypeError,
            "escape_encode() argument 1 must be bytes, not {}",
            crate::native::args::kind_of(data)
        )),
    }
}

#[function(signature = "(data, errors=None, /)")]
fn escape_decode(data: TextOrBytes<'_>, errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((escape::decode_bytes(&data, errors.0.unwrap_or("strict"))?, data.len()))
}

#[function(signature = "(data, errors=None, /)")]
fn readbuffer_encode(data: TextOrBytes<'_>, _errors: OrNone<&str>) -> (Vec<u8>, usize) {
    (data.to_vec(), data.len())
}

#[function(signature = "(str, errors=None, mapping=None, /)")]
fn charmap_encode(str: &Str, errors: OrNone<&str>, mapping: Option<&Object>) -> Result<(Vec<u8>, usize)> {
    Ok((charmap::encode(str, &name(errors), mapping)?, str.len()))
}

#[function(signature = "(data, errors=None, mapping=None, /)")]
fn charmap_decode(
    data: BytesLike<'_>,
    errors: OrNone<&str>,
    mapping: Option<&Object>,
) -> Result<(Ref<Str>, usize)> {
    let (text, _) = charmap::decode(&data, &name(errors), mapping)?;
    Ok((text, data.len()))
}

#[function(signature = "(map, /)")]
fn charmap_build(map: &Str) -> Result<Ref<Dict>> {
    charmap::build(map)
}

fn order_number(order: Order) -> i32 {
    match order {
        Order::Little => -1,
        Order::Marked => 0,
        Order::Big => 1,
    }
}

#[function(signature = "(str, errors=None, /)")]
fn utf_8_encode(str: &Str, errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((utf::encode_utf8(str, &name(errors))?, str.len()))
}

#[function(signature = "(data, errors=None, final=False, /)")]
fn utf_8_decode(data: BytesLike<'_>, errors: OrNone<&str>, is_final: bool) -> Result<(Ref<Str>, usize)> {
    utf::decode_utf8(&data, &name(errors), is_final)
}

#[function(signature = "(str, errors=None, /)")]
fn utf_7_encode(str: &Str, _errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((utf7::encode(str), str.len()))
}

#[function(signature = "(data, errors=None, final=False, /)")]
fn utf_7_decode(data: BytesLike<'_>, errors: OrNone<&str>, is_final: bool) -> Result<(Ref<Str>, usize)> {
    utf7::decode(&data, &name(errors), is_final)
}

#[function(signature = "(str, errors=None, byteorder=0, /)")]
fn utf_16_encode(str: &Str, errors: OrNone<&str>, byteorder: i32) -> Result<(Vec<u8>, usize)> {
    Ok((utf::encode_utf16(str, &name(errors), Order::from_number(byteorder))?, str.len()))
}

#[function(signature = "(str, errors=None, /)")]
fn utf_16_le_encode(str: &Str, errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((utf::encode_utf16(str, &name(errors), Order::Little)?, str.len()))
}

#[function(signature = "(str, errors=None, /)")]
fn utf_16_be_encode(str: &Str, errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((utf::encode_utf16(str, &name(errors), Order::Big)?, str.len()))
}

#[function(signature = "(data, errors=None, final=False, /)")]
fn utf_16_decode(data: BytesLike<'_>, errors: OrNone<&str>, is_final: bool) -> Result<(Ref<Str>, usize)> {
    utf::decode_utf16(&data, &name(errors), Order::Marked, is_final)
}

#[function(signature = "(data, errors=None, final=False, /)")]
fn utf_16_le_decode(data: BytesLike<'_>, errors: OrNone<&str>, is_final: bool) -> Result<(Ref<Str>, usize)> {
    utf::decode_utf16(&data, &name(errors), Order::Little, is_final)
}

#[function(signature = "(data, errors=None, final=False, /)")]
fn utf_16_be_decode(data: BytesLike<'_>, errors: OrNone<&str>, is_final: bool) -> Result<(Ref<Str>, usize)> {
    utf::decode_utf16(&data, &name(errors), Order::Big, is_final)
}

#[function(signature = "(data, errors=None, byteorder=0, final=False, /)")]
fn utf_16_ex_decode(
    data: BytesLike<'_>,
    errors: OrNone<&str>,
    byteorder: i32,
    is_final: bool,
) -> Result<(Ref<Str>, usize, i32)> {
    let order = Order::from_number(byteorder);
    let ((text, consumed), order) = utf::decode_utf16_marked(&data, &name(errors), order, is_final)?;
    Ok((text, consumed, order_number(order)))
}

#[function(signature = "(str, errors=None, byteorder=0, /)")]
fn utf_32_encode(str: &Str, errors: OrNone<&str>, byteorder: i32) -> Result<(Vec<u8>, usize)> {
    Ok((utf::encode_utf32(str, &name(errors), Order::from_number(byteorder))?, str.len()))
}

#[function(signature = "(str, errors=None, /)")]
fn utf_32_le_encode(str: &Str, errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((utf::encode_utf32(str, &name(errors), Order::Little)?, str.len()))
}

#[function(signature = "(str, errors=None, /)")]
fn utf_32_be_encode(str: &Str, errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((utf::encode_utf32(str, &name(errors), Order::Big)?, str.len()))
}

#[function(signature = "(data, errors=None, final=False, /)")]
fn utf_32_decode(data: BytesLike<'_>, errors: OrNone<&str>, is_final: bool) -> Result<(Ref<Str>, usize)> {
    utf::decode_utf32(&data, &name(errors), Order::Marked, is_final)
}

#[function(signature = "(data, errors=None, final=False, /)")]
fn utf_32_le_decode(data: BytesLike<'_>, errors: OrNone<&str>, is_final: bool) -> Result<(Ref<Str>, usize)> {
    utf::decode_utf32(&data, &name(errors), Order::Little, is_final)
}

#[function(signature = "(data, errors=None, final=False, /)")]
fn utf_32_be_decode(data: BytesLike<'_>, errors: OrNone<&str>, is_final: bool) -> Result<(Ref<Str>, usize)> {
    utf::decode_utf32(&data, &name(errors), Order::Big, is_final)
}

#[function(signature = "(data, errors=None, byteorder=0, final=False, /)")]
fn utf_32_ex_decode(
    data: BytesLike<'_>,
    errors: OrNone<&str>,
    byteorder: i32,
    is_final: bool,
) -> Result<(Ref<Str>, usize, i32)> {
    let order = Order::from_number(byteorder);
    let ((text, consumed), order) = utf::decode_utf32_marked(&data, &name(errors), order, is_final)?;
    Ok((text, consumed, order_number(order)))
}

#[function(signature = "(str, errors=None, /)")]
fn unicode_escape_encode(str: &Str, _errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((escape::encode_unicode(str), str.len()))
}

#[function(signature = "(data, errors=None, final=True, /)")]
fn unicode_escape_decode(
    data: TextOrBytes<'_>,
    errors: OrNone<&str>,
    is_final: bool,
) -> Result<(Ref<Str>, usize)> {
    escape::decode_unicode(&data, &name(errors), is_final)
}

#[function(signature = "(str, errors=None, /)")]
fn raw_unicode_escape_encode(str: &Str, _errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((escape::encode_raw_unicode(str), str.len()))
}

#[function(signature = "(data, errors=None, final=True, /)")]
fn raw_unicode_escape_decode(
    data: TextOrBytes<'_>,
    errors: OrNone<&str>,
    is_final: bool,
) -> Result<(Ref<Str>, usize)> {
    escape::decode_raw_unicode(&data, &name(errors), is_final)
}

#[function(signature = "(str, errors=None, /)")]
fn latin_1_encode(str: &Str, errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((single::encode_latin1(str, &name(errors))?, str.len()))
}

#[function(signature = "(data, errors=None, /)")]
fn latin_1_decode(data: BytesLike<'_>, _errors: OrNone<&str>) -> Result<(Ref<Str>, usize)> {
    single::decode_latin1(&data)
}

#[function(signature = "(str, errors=None, /)")]
fn ascii_encode(str: &Str, errors: OrNone<&str>) -> Result<(Vec<u8>, usize)> {
    Ok((single::encode_ascii(str, &name(errors))?, str.len()))
}

#[function(signature = "(data, errors=None, /)")]
fn ascii_decode(data: BytesLike<'_>, errors: OrNone<&str>) -> Result<(Ref<Str>, usize)> {
    single::decode_ascii(&data, &name(errors))
}

module! {
    name: "_codecs",
    functions: [
        register,
        unregister,
        lookup,
        encode,
        decode,
        escape_encode,
        escape_decode,
        utf_8_encode,
        utf_8_decode,
        utf_7_encode,
        utf_7_decode,
        utf_16_encode,
        utf_16_le_encode,
        utf_16_be_encode,
        utf_16_decode,
        utf_16_le_decode,
        utf_16_be_decode,
        utf_16_ex_decode,
        utf_32_encode,
        utf_32_le_encode,
        utf_32_be_encode,
        utf_32_decode,
        utf_32_le_decode,
        utf_32_be_decode,
        utf_32_ex_decode,
        unicode_escape_encode,
        unicode_escape_decode,
        raw_unicode_escape_encode,
        raw_unicode_escape_decode,
        latin_1_encode,
        latin_1_decode,
        ascii_encode,
        ascii_decode,
        charmap_encode,
        charmap_decode,
        charmap_build,
        readbuffer_encode,
        register_error,
        _unregister_error,
        lookup_error,
    ],
}
