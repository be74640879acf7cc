//! Bytes to source text: PEP 263 encodings, the byte order mark, universal newlines.

use crate::error::{ErrorKind, SyntaxError};
use crate::parser::Mode;
use std::borrow::Cow;

/// Decodes bytes in an encoding that the front end doesn't know itself. The error is the message of the
/// `SyntaxError` to raise.
pub type Decoder<'d> = &'d mut dyn FnMut(&str, &[u8]) -> Result<String, String>;

/// The decoder for want of codecs: ASCII and other names of UTF-8.
pub fn builtin_decoder(encoding: &str, bytes: &[u8]) -> Result<String, String> {
    let name: String =
        encoding.chars().map(|c| if c == '_' || c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect();
    match name.as_str() {
        "ascii" | "us-ascii" | "646" => match bytes.iter().position(|byte| !byte.is_ascii()) {
            Some(at) => Err(format!(
                "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                bytes[at]
            )),
            None => Ok(String::from_utf8_lossy(bytes).into_owned()),
        },
        "latin1" | "l1" | "iso8859-1" | "cp819" | "8859" => Ok(latin1(bytes)),
        "utf8" | "u8" | "cp65001" => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(utf8_error(bytes, error)),
        },
        _ => Err(format!("unknown encoding: {encoding}")),
    }
}

fn utf8_error(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let at = error.valid_up_to();
    let byte = bytes[at];
    let length = error.error_len().unwrap_or(bytes.len() - at);
    let reason = match error.error_len() {
        None => "unexpected end of data",
        Some(_) if !(0xC2..0xF5).contains(&byte) => "invalid start byte",
        Some(_) => "invalid continuation byte",
    };
    match length {
        1 => format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {reason}"),
        _ => {
            let end = at + length - 1;
            format!("'utf-8' codec can't decode bytes in position {at}-{end}: {reason}")
        }
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| byte as char).collect()
}

/// Decodes a source as its byte order mark, its coding cookie or the default says. `file` is the name to show
/// in errors, if the source is a file's. Newlines become `\n`.
pub fn decode<'b>(
    bytes: &'b [u8],
    mode: Mode,
    file: Option<&str>,
    decoder: Decoder<'_>,
) -> Result<Cow<'b, str>, SyntaxError> {
    let (marked, bytes) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let cookie = find_cookie(bytes);
    let encoding = cookie.as_ref().map(|cookie| normal_name(&cookie.name));
    match encoding.as_deref() {
        None | Some("utf-8") => {
            let text =
                std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to(), file))?;
            Ok(translate_newlines(text))
        }
        Some(name) if marked => {
            let line = cookie.as_ref().map_or(1, |cookie| cookie.line);
            let text = String::from_utf8_lossy(nth_line(bytes, line)).into_owned();
            Err(SyntaxError {
                kind: ErrorKind::SyntaxError,
                message: format!("encoding problem: {name} with BOM"),
                lineno: line as i32,
                offset: 0,
                end_lineno: line as i32,
                end_offset: text.chars().count() as i32,
                text: Some(text),
            })
        }
        Some("iso-8859-1") => Ok(Cow::Owned(translate_newlines(&latin1(bytes)).into_owned())),
        // The newlines that count are those before decoding; a file's last line gets one too.
        Some(name) => {
            let mut bytes = translate_newline_bytes(bytes);
            if mode == Mode::Exec && bytes.last().is_some_and(|&last| last != b'\n') {
                bytes.to_mut().push(b'\n');
            }
            decoder(name, &bytes).map(Cow::Owned).map_err(undecodable)
        }
    }
}

/// What a decoder has to say belongs to no line.
fn undecodable(message: String) -> SyntaxError {
    let (end_lineno, end_offset) = (SyntaxError::ABSENT, SyntaxError::ABSENT);
    SyntaxError { offset: -1, end_lineno, end_offset, ..SyntaxError::bare(ErrorKind::SyntaxError, message) }
}

fn not_utf8(bytes: &[u8], at: usize, file: Option<&str>) -> SyntaxError {
    let lines = count_lines(&bytes[..at]);
    let line = nth_line(bytes, lines);
    let start = line_start(bytes, at);
    let file = file.map_or(String::new(), |file| format!(" in file {file}"));
    let offset = String::from_utf8_lossy(&bytes[start..at]).chars().count() as i32 + 1;
    SyntaxError {
        kind: ErrorKind::SyntaxError,
        message: format!(
            "Non-UTF-8 code starting with '\\x{:02x}'{file} on line {lines}, but no encoding declared; \
             see https://peps.python.org/pep-0263/ for details",
            bytes[at]
        ),
        lineno: lines as i32,
        offset,
        end_lineno: lines as i32,
        end_offset: offset,
        text: Some(String::from_utf8_lossy(line).into_owned()),
    }
}

/// How many lines the text has so far, the one it ends in included.
fn count_lines(bytes: &[u8]) -> usize {
    1 + (0..bytes.len()).filter(|&at| ends_line(bytes, at)).count()
}

fn ends_line(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'\n' || bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n')
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    (0..at).rev().find(|&at| ends_line(bytes, at)).map_or(0, |at| at + 1)
}

/// A line (from 1) without its newline.
fn nth_line(bytes: &[u8], number: usize) -> &[u8] {
    lines(bytes).nth(number - 1).unwrap_or(b"")
}

/// The lines of undecoded text without their newlines.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
        let newline = match text.get(end..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        rest = if newline == 0 { None } else { text.get(end + newline..) };
        Some(&text[..end])
    })
}

struct Cookie {
    name: String,
    line: usize,
}

/// The encoding that the first or second line declares, as written.
pub fn find_encoding(bytes: &[u8]) -> Option<String> {
    find_cookie(bytes).map(|cookie| cookie.name)
}

fn find_cookie(bytes: &[u8]) -> Option<Cookie> {
    for (index, line) in lines(bytes).take(2).enumerate() {
        let blank = line.iter().take_while(|c| matches!(c, b' ' | b'\t' | 0x0C)).count();
        let comment = &line[blank..];
        if let Some(name) = cookie_in(comment) {
            return Some(Cookie { name, line: index + 1 });
        }
        // Only a comment or an empty line may come before the declaration.
        if comment.first().is_some_and(|&c| c != b'#') {
            return None;
        }
    }
    None
}

fn cookie_in(comment: &[u8]) -> Option<String> {
    if comment.first() != Some(&b'#') {
        return None;
    }
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let rest = &comment[at + 6..];
        if !matches!(rest.first(), Some(b':' | b'=')) {
            return None;
        }
        let rest = rest[1..].iter().skip_while(|c| matches!(c, b' ' | b'\t'));
        let name: String = rest
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
            .map(|&c| c as char)
            .collect();
        (!name.is_empty()).then_some(name)
    })
}

/// The names of UTF-8 and Latin-1 that the tokenizer itself knows, with any suffix; others as they are.
fn normal_name(name: &str) -> String {
    let normal: String =
        name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is =
        |known: &str| normal.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    if is("utf-8") {
        "utf-8".into()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".into()
    } else {
        name.to_owned()
    }
}

/// Turns `\r\n` and `\r` into `\n`.
pub fn translate_newlines(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\r', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut at = Some(first);
    while let Some(end) = at {
        out.push_str(&rest[..end]);
        out.push('\n');
        let skip = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[end + skip..];
        at = memchr::memchr(b'\r', rest.as_bytes());
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The same before decoding.
fn translate_newline_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\r', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + 1);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => {}
            b'\r' => out.push(b'\n'),
            _ => out.push(byte),
        }
    }
    Cow::Owned(out)
}

/// The error for source text with null bytes, which `compile` raises before anything else.
pub fn check_nulls(text: &[u8]) -> Result<(), SyntaxError> {
    match memchr::memchr(0, text) {
        Some(_) => {
            Err(SyntaxError::bare(ErrorKind::SyntaxError, "source code string cannot contain null bytes"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) -> String {
        match decode(bytes, Mode::Exec, None, &mut builtin_decoder) {
            Ok(text) => format!("{text:?}"),
            Err(e) => format!("{} {}.{}-{}.{}", e.message, e.lineno, e.offset, e.end_lineno, e.end_offset),
        }
    }

    #[test]
    fn encodings() {
        let no_declaration = "but no encoding declared; see https://peps.python.org/pep-0263/ for details";
        let cases: [(&[u8], String); 12] = [
            (b"# coding: latin-1\n'\xe9'", "\"# coding: latin-1\\n'é'\"".into()),
            (b"# coding: Latin_1-x\r'\xe9'\r\n", "\"# coding: Latin_1-x\\n'é'\\n\"".into()),
            (b"\xef\xbb\xbfx", "\"x\"".into()),
            (b"x\n# coding: xyz", "\"x\\n# coding: xyz\"".into()),
            (b"1 # coding: xyz", "\"1 # coding: xyz\"".into()),
            (b"\r# coding: utf-8-foo", "\"\\n# coding: utf-8-foo\"".into()),
            (b"\xef\xbb\xbf# coding: latin-1\nx", "encoding problem: iso-8859-1 with BOM 1.0-1.17".into()),
            (
                b"x='\xe9'",
                format!("Non-UTF-8 code starting with '\\xe9' on line 1, {no_declaration} 1.4-1.4"),
            ),
            (
                b"# coding: utf_8\n\n b='\xe9'",
                format!("Non-UTF-8 code starting with '\\xe9' on line 3, {no_declaration} 3.5-3.5"),
            ),
            (b"\x0c# coding: xyz\n", format!("unknown encoding: xyz 0.-1-{0}.{0}", i32::MIN)),
            (b"# coding:   \n# coding=xyz", format!("unknown encoding: xyz 0.-1-{0}.{0}", i32::MIN)),
            (
                b"# vim: set fileencoding=ascii :\n'\xe9'",
                format!(
                    "'ascii' codec can't decode byte 0xe9 in position 33: ordinal not in range(128) 0.-1-{0}.{0}",
                    i32::MIN
                ),
            ),
        ];
        for (bytes, expected) in cases {
            assert_eq!(check(bytes), expected);
        }
    }

    #[test]
    fn codecs_see_translated_newlines() {
        let mut seen = Vec::new();
        let mut decoder = |encoding: &str, bytes: &[u8]| {
            seen.push(format!("{encoding} {:?}", String::from_utf8_lossy(bytes)));
            Ok("a\rb".to_owned())
        };
        for mode in [Mode::Exec, Mode::Eval] {
            let text = decode(b"#coding: cp037\r\n1\r2", mode, None, &mut decoder);
            assert_eq!(text.as_deref(), Ok("a\rb"));
        }
        assert_eq!(seen, [r##"cp037 "#coding: cp037\n1\n2\n""##, r##"cp037 "#coding: cp037\n1\n2""##]);
    }
}
