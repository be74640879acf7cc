//! Docstrings lose their common indentation.

use bytecode::{Constant, Wtf8};
use syntax::ErrorKind;
use syntax::ast::{Location, Text};

use crate::error::{Error, Result};

/// The docstring as it is stored, as `inspect.cleandoc` would leave its indentation.
pub(super) fn clean(text: Text<'_>) -> Result<Constant> {
    let text = expand_tabs(text.as_bytes());
    if std::str::from_utf8(&text).is_err() {
        return not_utf8(&text);
    }
    let mut lines = text.split_inclusive(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let indent = |line: &[u8]| line.iter().take_while(|&&byte| byte == b' ').count();
    let margin = lines.clone().filter(|line| !matches!(line[indent(line)..], [] | [b'\n'])).map(indent).min();
    let margin = margin.unwrap_or(0);
    let mut out = Vec::with_capacity(text.len());
    out.extend_from_slice(&first[indent(first)..]);
    for line in lines {
        out.extend_from_slice(&line[indent(line).min(margin)..]);
    }
    Ok(Constant::Str(Wtf8::from_bytes_unchecked(&out).to_owned()))
}

/// CPython reads docstrings as UTF-8, which surrogates can't be.
#[cold]
fn not_utf8<T>(text: &[u8]) -> Result<T> {
    let is_surrogate = |code: &u32| (0xD800..0xE000).contains(code);
    let codes: Vec<u32> = Wtf8::from_bytes_unchecked(text).code_points().collect();
    let start = codes.iter().position(is_surrogate).unwrap_or(0);
    let count = codes[start..].iter().take_while(|code| is_surrogate(code)).count();
    let which = match count {
        1 => format!("character '\\u{:04x}' in position {start}", codes[start]),
        _ => format!("characters in position {start}-{}", start + count - 1),
    };
    let escaped = codes.iter().map(|&code| match char::from_u32(code) {
        Some('\\') => "\\\\".to_owned(),
        Some(c) => c.to_string(),
        None => format!("\\{code:04x}"),
    });
    Err(Box::new(Error {
        kind: ErrorKind::UnicodeEncodeError,
        message: format!("'utf-8' codec can't encode {which}: surrogates not allowed"),
        location: Location::default(),
        text: Some(escaped.collect()),
    }))
}

/// `str.expandtabs()`.
fn expand_tabs(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if !text.contains(&b'\t') {
        return text.into();
    }
    let mut out = Vec::with_capacity(text.len() + 64);
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(b' ', width));
                column += width;
                continue;
            }
            b'\n' | b'\r' => column = 0,
            // Continuation bytes are no characters of their own.
            0x80..0xC0 => {}
            _ => column += 1,
        }
        out.push(byte);
    }
    out.into()
}
