//! The built-in error handlers as Python functions.

use super::errors::{escaped, is_surrogate};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::exceptions;
use crate::objects::str::StrBuilder;
use crate::prelude::*;

/// A Unicode exception's kind, object and range.
struct Problem {
    kind: Kind,
    object: Ref,
    start: usize,
    end: usize,
}

#[derive(PartialEq)]
enum Kind {
    Encode,
    Decode,
    Translate,
}

impl Problem {
    fn of(exception: &Object) -> Result<Option<Problem>> {
        let ty = exception.ty();
        let kind = if ty.is_subtype(&exceptions::UnicodeEncodeError) {
            Kind::Encode
        } else if ty.is_subtype(&exceptions::UnicodeDecodeError) {
            Kind::Decode
        } else if ty.is_subtype(&exceptions::UnicodeTranslateError) {
            Kind::Translate
        } else {
            return Ok(None);
        };
        let object = exception.get_attr(intern!("object"))?;
        let length = match (&kind, object.downcast::<Str>(), object.downcast::<Bytes>()) {
            (Kind::Decode, _, Some(bytes)) => bytes.len(),
            (Kind::Encode | Kind::Translate, Some(text), _) => text.len(),
            (Kind::Decode, ..) => return Err(raise!(TypeError, "object attribute must be bytes")),
            _ => return Err(raise!(TypeError, "object attribute must be unicode")),
        };
        let bound = |name: &Str| -> Result<isize> {
            exception.get_attr(name)?.to_isize_index(&exceptions::OverflowError)
        };
        let clip = |value: isize, low: usize, high: usize| value.clamp(low as isize, high as isize) as usize;
        let last = length.saturating_sub(1);
        let start = clip(bound(intern!("start"))?, 0, last);
        let end = clip(bound(intern!("end"))?, length.min(1), length);
        Ok(Some(Problem { kind, object, start, end: end.max(start) }))
    }

    fn codes(&self) -> Vec<u32> {
        match (self.object.downcast::<Str>(), self.object.downcast::<Bytes>()) {
            (Some(text), _) => (self.start..self.end).map(|index| text.char_at(index)).collect(),
            (_, Some(bytes)) => {
                bytes.as_slice()[self.start..self.end].iter().map(|&byte| byte.into()).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn unknown(exception: &Object) -> Raised {
    raise!(TypeError, "don't know how to handle {} in error callback", exception.ty().full_name())
}

/// Raises the exception itself.
fn raise_it(exception: &Object) -> Raised {
    match exception.to_ref().cast::<exceptions::BaseException>() {
        Ok(exception) => crate::errors::raise(exception),
        Err(_) => raise!(TypeError, "codec must pass exception instance"),
    }
}

/// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
#[function(signature = "(exception, /)", hidden_signature)]
fn strict_errors(exception: &Object) -> Result<()> {
    Err(raise_it(exception))
}

/// Implements the 'ignore' error handling, which ignores malformed data and continues.
#[function(signature = "(exception, /)", hidden_signature)]
fn ignore_errors(exception: &Object) -> Result {
    match Problem::of(exception)? {
        Some(problem) => ("", problem.end).into_result(),
        None => Err(unknown(exception)),
    }
}

/// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
#[function(signature = "(exception, /)", hidden_signature)]
fn replace_errors(exception: &Object) -> Result {
    let Some(problem) = Problem::of(exception)? else { return Err(unknown(exception)) };
    let count = problem.end - problem.start;
    let text = match problem.kind {
        Kind::Encode => "?".repeat(count),
        Kind::Decode => "\u{fffd}".into(),
        Kind::Translate => "\u{fffd}".repeat(count),
    };
    (text, problem.end).into_result()
}

/// Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.
#[function(signature = "(exception, /)", hidden_signature)]
fn backslashreplace_errors(exception: &Object) -> Result {
    let Some(problem) = Problem::of(exception)? else { return Err(unknown(exception)) };
    let text: String = problem.codes().into_iter().map(escaped).collect();
    (text, problem.end).into_result()
}

/// Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML
/// character reference.
#[function(signature = "(exception, /)", hidden_signature)]
fn xmlcharrefreplace_errors(exception: &Object) -> Result {
    match Problem::of(exception)? {
        Some(problem) if problem.kind == Kind::Encode => {
            let text: String = problem.codes().into_iter().map(|code| format!("&#{code};")).collect();
            (text, problem.end).into_result()
        }
        _ => Err(unknown(exception)),
    }
}

/// Implements the 'namereplace' error handling, which replaces an unencodable character with a \N{...} escape sequence.
#[function(signature = "(exception, /)", hidden_signature)]
fn namereplace_errors(exception: &Object) -> Result {
    let Some(problem) = Problem::of(exception)? else { return Err(unknown(exception)) };
    if problem.kind != Kind::Encode {
        return Err(unknown(exception));
    }
    let names = crate::import::import_module("unicodedata")?.get_attr(intern!("name"))?;
    let mut text = String::new();
    for code in problem.codes() {
        let name = names.call(&[&*Str::from_char(code), &*none()])?;
        match name.downcast::<Str>() {
            Some(name) => text.push_str(&format!("\\N{{{name}}}")),
            None => text.push_str(&escaped(code)),
        }
    }
    (text, problem.end).into_result()
}

/// How the bytes of surrogates lie in an encoding: bytes a unit, big end first. `None`: none known.
fn surrogate_form(encoding: &str) -> Option<(usize, bool)> {
    let name = super::registry::normalize(encoding);
    match name.as_str() {
        "utf_8" | "utf8" | "cp65001" => Some((3, false)),
        "utf_16" | "utf16" | "utf_16_le" | "utf_16le" | "utf16_le" | "utf16le" => Some((2, false)),
        "utf_16_be" | "utf_16be" | "utf16_be" | "utf16be" => Some((2, true)),
        "utf_32" | "utf32" | "utf_32_le" | "utf_32le" | "utf32_le" | "utf32le" => Some((4, false)),
        "utf_32_be" | "utf_32be" | "utf32_be" | "utf32be" => Some((4, true)),
        _ => None,
    }
}

#[function(signature = "(exception, /)", hidden_signature)]
fn surrogatepass(exception: &Object) -> Result {
    let Some(problem) = Problem::of(exception)? else { return Err(unknown(exception)) };
    if problem.kind == Kind::Translate {
        return Err(unknown(exception));
    }
    let encoding = exception.get_attr(intern!("encoding"))?.str_()?;
    let Some((width, big)) = surrogate_form(encoding.to_utf8()?) else { return Err(raise_it(exception)) };
    if problem.kind == Kind::Encode {
        let mut bytes = Vec::new();
        for code in problem.codes() {
            if !is_surrogate(code) {
                return Err(raise_it(exception));
            }
            match (width, big) {
                (3, _) => bytes.extend_from_slice(&[
                    0xe0 | (code >> 12) as u8,
                    0x80 | (code >> 6 & 63) as u8,
                    0x80 | (code & 63) as u8,
                ]),
                (2, false) => bytes.extend_from_slice(&(code as u16).to_le_bytes()),
                (2, true) => bytes.extend_from_slice(&(code as u16).to_be_bytes()),
                (_, false) => bytes.extend_from_slice(&code.to_le_bytes()),
                (_, true) => bytes.extend_from_slice(&code.to_be_bytes()),
            }
        }
        return (bytes, problem.end).into_result();
    }
    let Some(bytes) = problem.object.downcast::<Bytes>() else { return Err(raise_it(exception)) };
    let code = match (width, big, bytes.as_slice().get(problem.start..).unwrap_or_default()) {
        (3, _, &[a, b, c, ..]) if a & 0xf0 == 0xe0 && b & 0xc0 == 0x80 && c & 0xc0 == 0x80 => {
            u32::from(a & 15) << 12 | u32::from(b & 63) << 6 | u32::from(c & 63)
        }
        (2, false, &[a, b, ..]) => u16::from_le_bytes([a, b]).into(),
        (2, true, &[a, b, ..]) => u16::from_be_bytes([a, b]).into(),
        (4, false, &[a, b, c, d, ..]) => u32::from_le_bytes([a, b, c, d]),
        (4, true, &[a, b, c, d, ..]) => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    };
    if !is_surrogate(code) {
        return Err(raise_it(exception));
    }
    (Str::from_char(code), problem.start + width).into_result()
}

#[function(signature = "(exception, /)", hidden_signature)]
fn surrogateescape(exception: &Object) -> Result {
    let Some(problem) = Problem::of(exception)? else { return Err(unknown(exception)) };
    match problem.kind {
        Kind::Encode => {
            let mut bytes = Vec::new();
            for code in problem.codes() {
                if !(0xdc80..0xdd00).contains(&code) {
                    return Err(raise_it(exception));
                }
                bytes.push(code as u8);
            }
            (bytes, problem.end).into_result()
        }
        Kind::Decode => {
            let mut text = StrBuilder::new();
            for code in problem.codes().into_iter().take(4).take_while(|&code| code >= 0x80) {
                text.push(0xdc00 + code);
            }
            if text.is_empty() {
                return Err(raise_it(exception));
            }
            let end = problem.start + text.len();
            (text.finish(), end).into_result()
        }
        Kind::Translate => Err(unknown(exception)),
    }
}

module! {
    name: "_codecs.handlers",
    doc: "",
    functions: [
        strict_errors, ignore_errors, replace_errors, backslashreplace_errors, xmlcharrefreplace_errors,
        namereplace_errors, surrogatepass, surrogateescape,
    ],
}

fn function_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "strict" => "strict_errors",
        "ignore" => "ignore_errors",
        "replace" => "replace_errors",
        "backslashreplace" => "backslashreplace_errors",
        "xmlcharrefreplace" => "xmlcharrefreplace_errors",
        "namereplace" => "namereplace_errors",
        "surrogatepass" => "surrogatepass",
        "surrogateescape" => "surrogateescape",
        _ => return None,
    })
}

/// Is it the name of a built-in handler?
pub fn is_builtin(name: &str) -> bool {
    function_name(name).is_some()
}

/// The built-in handler of that name.
pub fn builtin(name: &str) -> Result<Option<Ref>> {
    let Some(function) = function_name(name) else { return Ok(None) };
    for definition in MODULE.functions.iter() {
        if definition.ml_name.is_null() {
            break;
        }
        // SAFETY: the names of a declaration's table are C strings.
        let own = unsafe { std::ffi::CStr::from_ptr(definition.ml_name) };
        if own.to_bytes() == function.as_bytes() {
            return Ok(Some(BuiltinFunction::new(definition, None, None)?.into_object()));
        }
    }
    Ok(None)
}
