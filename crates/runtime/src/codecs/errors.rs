//! What encoders and decoders do about what they can't: the handlers that are known by name without a call, and calls
//! of the others.

use std::borrow::Cow;

use super::registry;
use crate::objects::exceptions::unicode::{UnicodeDecodeError, UnicodeEncodeError};
use crate::objects::str::{StrBuilder, encode_error};
use crate::prelude::*;

/// How errors are handled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    SurrogateEscape,
    SurrogatePass,
    /// By a registered handler.
    Other,
}

/// A way of handling errors, by its name.
#[derive(Clone, Copy)]
pub struct Errors<'a> {
    pub name: &'a str,
    pub kind: Kind,
}

impl<'a> Errors<'a> {
    pub fn new(name: &'a str) -> Errors<'a> {
        let kind = match name {
            "strict" => Kind::Strict,
            "ignore" => Kind::Ignore,
            "replace" => Kind::Replace,
            "backslashreplace" => Kind::BackslashReplace,
            "xmlcharrefreplace" => Kind::XmlCharRefReplace,
            "surrogateescape" => Kind::SurrogateEscape,
            "surrogatepass" => Kind::SurrogatePass,
            _ => Kind::Other,
        };
        Errors { name, kind }
    }
}

/// A code point as an escape.
pub fn escaped(code: u32) -> String {
    match code {
        0..0x100 => format!("\\x{code:02x}"),
        0x100..0x1_0000 => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

pub fn is_surrogate(code: u32) -> bool {
    (0xd800..0xe000).contains(&code)
}

/// What a handler put in the place of text that can't be encoded.
pub enum Replacement {
    Text(Ref<Str>),
    Bytes(Ref<Bytes>),
}

/// A position from a handler: counted from the end if negative.
fn position(object: &Object, length: usize) -> Result<usize> {
    let Some(int) = object.downcast::<Int>() else {
        return Err(raise!(TypeError, "encoding error handler must return (str/bytes, int) tuple"));
    };
    let place = int.to_isize().unwrap_or(isize::MAX);
    let from_end = if place < 0 { place + length as isize } else { place };
    usize::try_from(from_end)
        .ok()
        .filter(|&place| place <= length)
        .ok_or_else(|| raise!(IndexError, "position {place} from error handler out of bounds"))
}

/// Asks the registered handler about `text[start..end]`.
pub fn call_for_encoding(
    errors: &Errors,
    encoding: &str,
    text: &Str,
    start: usize,
    end: usize,
    reason: &str,
) -> Result<(Replacement, usize)> {
    let handler = registry::lookup_error(errors.name)?;
    let exception = UnicodeEncodeError::make(encoding, text, start, end, reason)?;
    let answer = handler.call(&[&*exception])?;
    let wrong = || raise!(TypeError, "encoding error handler must return (str/bytes, int) tuple");
    let Some(pair) = answer.downcast::<Tuple>().filter(|pair| pair.len() == 2) else { return Err(wrong()) };
    let [replacement, place] = pair.as_slice() else { return Err(wrong()) };
    if place.downcast::<Int>().is_none() {
        return Err(wrong());
    }
    let replacement = if let Ok(text) = replacement.clone().cast::<Str>() {
        Replacement::Text(text)
    } else if let Ok(bytes) = replacement.clone().cast::<Bytes>() {
        Replacement::Bytes(bytes)
    } else {
        return Err(wrong());
    };
    Ok((replacement, position(place, text.len())?))
}

/// Where a charset's encoder writes: one code point that it can encode.
pub trait Charset {
    /// The name in errors.
    fn encoding(&self) -> &str;
    /// Why a code point can't be encoded.
    fn reason(&self) -> &str;
    fn can_encode(&self, code: u32) -> bool;
    fn put(&self, out: &mut Vec<u8>, code: u32);
    /// Bytes that a handler gave: are they whole units?
    fn accepts_bytes(&self, _bytes: &[u8]) -> bool {
        true
    }
    /// Does `surrogateescape` write the bytes that it smuggled?
    fn escapes_surrogates(&self) -> bool {
        true
    }
    /// Writes a surrogate for `surrogatepass`, if that makes sense here.
    fn put_surrogate(&self, _out: &mut Vec<u8>, _code: u32) -> bool {
        false
    }
}

/// Encodes text, asking `errors` about what can't be.
pub fn encode_with(text: &Str, errors: &Errors, charset: &impl Charset) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    let len = text.len();
    while at < len {
        let code = text.char_at(at);
        if charset.can_encode(code) {
            charset.put(&mut out, code);
            at += 1;
            continue;
        }
        let start = at;
        while at < len && !charset.can_encode(text.char_at(at)) {
            at += 1;
        }
        at = handle_encoding(text, errors, charset, &mut out, start, at)?;
    }
    Ok(out)
}

/// Deals with the code points from `start` to `end`, none of which can be encoded; where to go on.
fn handle_encoding(
    text: &Str,
    errors: &Errors,
    charset: &impl Charset,
    out: &mut Vec<u8>,
    start: usize,
    end: usize,
) -> Result<usize> {
    let put_text = |out: &mut Vec<u8>, text: &str| text.bytes().for_each(|b| charset.put(out, b.into()));
    let codes = (start..end).map(|index| text.char_at(index));
    let mut from = start;
    match errors.kind {
        Kind::Strict => return Err(encode_error(charset.encoding(), text, start, end, charset.reason())),
        Kind::Ignore => return Ok(end),
        Kind::Replace if charset.can_encode(u32::from(b'?')) => {
            codes.for_each(|_| charset.put(out, u32::from(b'?')));
            return Ok(end);
        }
        Kind::BackslashReplace if charset.can_encode(u32::from(b'\\')) => {
            codes.for_each(|code| put_text(out, &escaped(code)));
            return Ok(end);
        }
        Kind::XmlCharRefReplace if charset.can_encode(u32::from(b'&')) => {
            codes.for_each(|code| put_text(out, &format!("&#{code};")));
            return Ok(end);
        }
        Kind::SurrogateEscape if charset.escapes_surrogates() => {
            while from < end {
                let code = text.char_at(from);
                if !(0xdc80..0xdd00).contains(&code) {
                    break;
                }
                out.push(code as u8);
                from += 1;
            }
            if from == end {
                return Ok(end);
            }
        }
        Kind::SurrogatePass => {
            while from < end {
                let code = text.char_at(from);
                if !is_surrogate(code) || !charset.put_surrogate(out, code) {
                    break;
                }
                from += 1;
            }
            if from == end {
                return Ok(end);
            }
        }
        _ => {}
    }
    let (encoding, reason) = (charset.encoding(), charset.reason());
    let (replacement, place) = call_for_encoding(errors, encoding, text, from, end, reason)?;
    match replacement {
        Replacement::Bytes(bytes) if charset.accepts_bytes(bytes.as_slice()) => {
            out.extend_from_slice(bytes.as_slice());
        }
        Replacement::Text(replacement) if replacement.code_points().all(|code| charset.can_encode(code)) => {
            replacement.code_points().for_each(|code| charset.put(out, code));
        }
        _ => return Err(encode_error(encoding, text, from, end, reason)),
    }
    Ok(place)
}

/// A decoder at work: the bytes, which a handler may exchange, and the text so far.
pub struct Decoder<'a> {
    pub encoding: &'a str,
    pub errors: &'a Errors<'a>,
    pub input: Cow<'a, [u8]>,
    pub out: StrBuilder,
}

impl<'a> Decoder<'a> {
    pub fn new(encoding: &'a str, errors: &'a Errors<'a>, input: &'a [u8]) -> Decoder<'a> {
        let out = StrBuilder::with_capacity(input.len());
        Decoder { encoding, errors, input: Cow::Borrowed(input), out }
    }

    /// Deals with the bytes from `start` to `end`, which mean nothing; where to go on.
    pub fn handle(&mut self, start: usize, end: usize, reason: &str) -> Result<usize> {
        match self.errors.kind {
            Kind::Ignore => return Ok(end),
            Kind::Replace => {
                self.out.push(0xfffd);
                return Ok(end);
            }
            Kind::BackslashReplace => {
                for index in start..end {
                    self.out.push_text(&escaped(self.input[index].into()));
                }
                return Ok(end);
            }
            Kind::SurrogateEscape if self.input[start] >= 0x80 => {
                let mut at = start;
                while at < end && at < start + 4 && self.input[at] >= 0x80 {
                    self.out.push(0xdc00 + u32::from(self.input[at]));
                    at += 1;
                }
                return Ok(at);
            }
            _ => {}
        }
        let bytes = Bytes::try_new(&self.input)?;
        let exception = UnicodeDecodeError::make(self.encoding, &bytes, start, end, reason)?;
        if self.errors.kind == Kind::Strict {
            return Err(crate::errors::raise(exception));
        }
        let handler = registry::lookup_error(self.errors.name)?;
        let answer = handler.call(&[&*exception])?;
        let wrong = || raise!(TypeError, "decoding error handler must return (str, int) tuple");
        let Some(pair) = answer.downcast::<Tuple>().filter(|pair| pair.len() == 2) else {
            return Err(wrong());
        };
        let [replacement, place] = pair.as_slice() else { return Err(wrong()) };
        let Some(replacement) = replacement.downcast::<Str>() else { return Err(wrong()) };
        if place.downcast::<Int>().is_none() {
            return Err(wrong());
        }
        let object = exception.get_attr(intern!("object"))?;
        let Some(object) = object.downcast::<Bytes>() else {
            return Err(raise!(TypeError, "object attribute must be bytes"));
        };
        if !object.is_same(&bytes) {
            self.input = Cow::Owned(object.as_slice().to_vec());
        }
        let place = position(place, self.input.len())?;
        self.out.push_str(replacement);
        Ok(place)
    }

    /// The text, and where decoding stopped.
    pub fn finish(self, consumed: usize) -> Result<super::Decoded> {
        Ok((self.out.try_finish()?, consumed))
    }
}
