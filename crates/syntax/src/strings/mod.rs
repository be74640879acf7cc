//! String tokens to values: prefixes, escapes, bytes. The parser joins the pieces and knows where to report.

mod aliases;

use std::borrow::Cow;

use crate::error::{Span, Warning, WarningKind};
use crate::tokenizer::Token;

/// A plain string token taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Literal<'s> {
    pub is_bytes: bool,
    pub is_raw: bool,
    /// Whether the prefix is `u` (the node's `kind`).
    pub is_unicode: bool,
    /// What stands between the quotes, escapes and all.
    pub body: &'s str,
}

impl<'s> Literal<'s> {
    /// Takes the text of a STRING token apart.
    pub fn new(text: &'s str) -> Self {
        let mut literal = Literal { is_bytes: false, is_raw: false, is_unicode: false, body: "" };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(c) = bytes.get(at) {
            match c {
                b'b' | b'B' => literal.is_bytes = true,
                b'r' | b'R' => literal.is_raw = true,
                // Only a lower case `u` is remembered.
                b'u' => literal.is_unicode = true,
                b'U' => {}
                _ => break,
            }
            at += 1;
        }
        let quotes = &text[at..];
        let size = if quotes.len() >= 6 && (quotes.starts_with("\"\"\"") || quotes.starts_with("'''")) {
            3
        } else {
            1
        };
        literal.body = quotes.get(size..quotes.len().saturating_sub(size)).unwrap_or("");
        literal
    }

    /// The value: WTF-8 for text, the bytes themselves for bytes.
    pub fn decode(&self) -> Result<Decoded<'s>, DecodeError> {
        match (self.is_bytes, self.is_raw) {
            (true, _) if !self.body.is_ascii() => Err(DecodeError::NotAscii),
            (_, true) => Ok(Decoded::plain(self.body)),
            (true, false) => decode_bytes(self.body),
            (false, false) => decode_text(self.body),
        }
    }
}

/// Whether an f-string or t-string is raw, from the text of its START token.
pub fn is_raw_start(text: &str) -> bool {
    text.bytes().take_while(u8::is_ascii_alphabetic).any(|c| c == b'r' || c == b'R')
}

/// The value of a MIDDLE token's text.
pub fn decode_middle(text: &str, raw: bool) -> Result<Decoded<'_>, DecodeError> {
    if raw {
        return Ok(Decoded::plain(text));
    }
    let mut decoded = decode_text(text)?;
    // Of a backslash before a brace the tokenizer has warned.
    decoded.bad_escape = decoded.bad_escape.filter(|bad| !matches!(bad.sequence.as_str(), "{" | "}"));
    Ok(decoded)
}

/// A decoded literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'s> {
    pub value: Cow<'s, [u8]>,
    /// The first escape that means nothing, if any: CPython warns of one in each token.
    pub bad_escape: Option<BadEscape>,
}

impl<'s> Decoded<'s> {
    fn plain(text: &'s str) -> Self {
        Decoded { value: Cow::Borrowed(text.as_bytes()), bad_escape: None }
    }
}

/// An escape sequence that means nothing: the backslash stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEscape {
    /// Where the backslash is in the body.
    pub offset: usize,
    /// What follows it: one character, or three octal digits above 377.
    pub sequence: String,
}

impl BadEscape {
    /// The message of the warning.
    pub fn message(&self) -> String {
        invalid_escape_message(&self.sequence)
    }

    /// The warning about it. `body` is the text that was decoded, in `token`.
    pub fn warning(&self, token: &Token, source: &str, body: &str) -> Warning {
        // The body lies within the source, so its place follows from the addresses.
        let start = (body.as_ptr() as usize).checked_sub(source.as_ptr() as usize);
        let before =
            start.and_then(|start| source.get(token.start as usize..start + self.offset)).unwrap_or("");
        let newlines = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32;
        let lineno = token.lineno + newlines;
        let span = self.span(token, source, body);
        let with_newline = span.lineno >= token.end_lineno;
        Warning { kind: WarningKind::SyntaxWarning, message: self.message(), lineno, span, with_newline }
    }

    /// Where the error is that the warning may become. CPython counts from the token's start through the text as it
    /// is about to decode it (characters beyond ASCII as `\\U` escapes) and adds the quotes, but not the prefix.
    fn span(&self, token: &Token, source: &str, body: &str) -> Span {
        let (mut lineno, mut col, mut last) = (token.lineno, token.col, ' ');
        for c in body[..=self.offset].chars() {
            match c {
                '\n' => (lineno, col) = (lineno + 1, 0),
                _ if c.is_ascii() => col += 1,
                _ => col += if last == '\\' { 15 } else { 10 },
            }
            last = c;
        }
        if lineno == token.lineno {
            let text = token.text(source);
            let quotes = text.chars().take_while(|c| matches!(c, '\'' | '"'));
            col += quotes.filter(|&c| text.starts_with(c)).count() as u32;
        }
        Span { lineno, col: col.saturating_sub(1), end_lineno: lineno, end_col: col + 1 }
    }
}

/// The warning about a backslash before something that needs none.
pub fn invalid_escape_message(sequence: &str) -> String {
    let octal = if sequence.len() == 3 && sequence.is_ascii() { "octal " } else { "" };
    format!(
        "\"\\{sequence}\" is an invalid {octal}escape sequence. Such sequences will not work in the future. \
         Did you mean \"\\\\{sequence}\"? A raw string is also an option."
    )
}

/// Why a literal has no value. CPython reports at the token, for the middles of f-strings at the last token
/// that was read (their END).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Bytes with characters beyond ASCII.
    NotAscii,
    /// A broken escape in text.
    Unicode { start: usize, end: usize, reason: &'static str },
    /// A broken `\x` in bytes.
    Hex { offset: usize },
}

impl DecodeError {
    /// The message of the `SyntaxError`.
    pub fn message(&self) -> String {
        match self {
            DecodeError::NotAscii => "bytes can only contain ASCII literal characters".into(),
            DecodeError::Hex { offset } => format!("(value error) invalid \\x escape at position {offset}"),
            DecodeError::Unicode { start, end, reason } if end - start == 1 => {
                format!(
                    "(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position {start}: {reason}"
                )
            }
            DecodeError::Unicode { start, end, reason } => {
                let last = end - 1;
                format!(
                    "(unicode error) 'unicodeescape' codec can't decode bytes in position {start}-{last}: {reason}"
                )
            }
        }
    }
}

/// The number of bytes in CPython's intermediate form, in which every character beyond ASCII is written as
/// `\UXXXXXXXX` and a backslash before one as `\u005c`: positions in messages count in it.
fn escaped_length(text: &str) -> usize {
    let mut length = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        length += match c {
            '\\' => match chars.peek() {
                Some(next) if next.is_ascii() => {
                    chars.next();
                    2
                }
                _ => 6,
            },
            _ if c.is_ascii() => 1,
            _ => 10,
        };
    }
    length
}

fn push_code(out: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        // A lone surrogate, as WTF-8.
        None => {
            let unit = |shift: u32| 0x80 | (code >> shift & 0x3F) as u8;
            out.extend_from_slice(&[0xE0 | (code >> 12 & 0xF) as u8, unit(6), unit(0)]);
        }
    }
}

/// What a one-letter escape stands for.
fn simple_escape(c: u8) -> Option<u8> {
    Some(match c {
        b'\\' | b'\'' | b'"' => c,
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        _ => return None,
    })
}

/// Reads up to three octal digits from `at`; the value and how many there were.
fn octal(bytes: &[u8], at: usize) -> (u32, usize) {
    let digits = bytes[at..].iter().take(3).take_while(|c| matches!(c, b'0'..=b'7'));
    digits.fold((0, 0), |(value, count), c| (value * 8 + u32::from(c - b'0'), count + 1))
}

/// Reads up to `most` hexadecimal digits from `at`; the value and how many there were.
fn hex(bytes: &[u8], at: usize, most: usize) -> (u32, usize) {
    let digits = bytes.get(at..).unwrap_or(&[]).iter().take(most).map_while(|&c| (c as char).to_digit(16));
    digits.fold((0, 0), |(value, count), digit| (value << 4 | digit, count + 1))
}

fn decode_text(body: &str) -> Result<Decoded<'_>, DecodeError> {
    let bytes = body.as_bytes();
    let Some(first) = memchr::memchr(b'\\', bytes) else { return Ok(Decoded::plain(body)) };
    let mut out = Vec::with_capacity(bytes.len());
    let mut bad_escape = None;
    out.extend_from_slice(&bytes[..first]);
    let mut at = first;
    while at < bytes.len() {
        // A backslash is at `at`.
        let Some(&c) = bytes.get(at + 1) else {
            out.push(b'\\');
            break;
        };
        let error = |length: usize, reason: &'static str| {
            let start = escaped_length(&body[..at]);
            Err(DecodeError::Unicode { start, end: start + length, reason })
        };
        let mut next = at + 2;
        match c {
            b'\n' => {}
            b'0'..=b'7' => {
                let (value, count) = octal(bytes, at + 1);
                next = at + 1 + count;
                if value > 0o377 && bad_escape.is_none() {
                    bad_escape = Some(BadEscape { offset: at, sequence: body[at + 1..next].to_owned() });
                }
                push_code(&mut out, value);
            }
            b'x' | b'u' | b'U' => {
                let (most, reason) = match c {
                    b'x' => (2, "truncated \\xXX escape"),
                    b'u' => (4, "truncated \\uXXXX escape"),
                    _ => (8, "truncated \\UXXXXXXXX escape"),
                };
                let (value, count) = hex(bytes, next, most);
                next += count;
                if count < most {
                    return error(2 + count, reason);
                }
                if value > 0x10FFFF {
                    return error(2 + count, "illegal Unicode character");
                }
                push_code(&mut out, value);
            }
            b'N' => {
                let malformed = "malformed \\N character escape";
                if bytes.get(next) != Some(&b'{') {
                    return error(2, malformed);
                }
                let Some(length) = memchr::memchr(b'}', &bytes[next + 1..]) else {
                    return error(escaped_length(&body[at..]), malformed);
                };
                if length == 0 {
                    return error(3, malformed);
                }
                let name = &body[next + 1..next + 1 + length];
                next += length + 2;
                match character_named(name) {
                    Some(c) => push_code(&mut out, c as u32),
                    None => return error(escaped_length(&body[at..next]), "unknown Unicode character name"),
                }
            }
            _ => match simple_escape(c) {
                Some(c) => out.push(c),
                None => {
                    let length = body[at + 1..].chars().next().map_or(1, char::len_utf8);
                    next = at + 1 + length;
                    out.extend_from_slice(&bytes[at..next]);
                    // Before a character beyond ASCII, CPython lets it pass.
                    if length == 1 && bad_escape.is_none() {
                        bad_escape = Some(BadEscape { offset: at, sequence: (c as char).to_string() });
                    }
                }
            },
        }
        let rest = &bytes[next..];
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        at = next + plain;
    }
    Ok(Decoded { value: Cow::Owned(out), bad_escape })
}

fn decode_bytes(body: &str) -> Result<Decoded<'_>, DecodeError> {
    let bytes = body.as_bytes();
    let Some(first) = memchr::memchr(b'\\', bytes) else { return Ok(Decoded::plain(body)) };
    let mut out = Vec::with_capacity(bytes.len());
    let mut bad_escape = None;
    out.extend_from_slice(&bytes[..first]);
    let mut at = first;
    while at < bytes.len() {
        let Some(&c) = bytes.get(at + 1) else {
            out.push(b'\\');
            break;
        };
        let mut next = at + 2;
        match c {
            b'\n' => {}
            b'0'..=b'7' => {
                let (value, count) = octal(bytes, at + 1);
                next = at + 1 + count;
                if value > 0o377 && bad_escape.is_none() {
                    bad_escape = Some(BadEscape { offset: at, sequence: body[at + 1..next].to_owned() });
                }
                out.push(value as u8);
            }
            b'x' => {
                let (value, count) = hex(bytes, next, 2);
                if count < 2 {
                    return Err(DecodeError::Hex { offset: at });
                }
                next += 2;
                out.push(value as u8);
            }
            _ => match simple_escape(c) {
                Some(c) => out.push(c),
                None => {
                    out.extend_from_slice(&[b'\\', c]);
                    if bad_escape.is_none() {
                        bad_escape = Some(BadEscape { offset: at, sequence: (c as char).to_string() });
                    }
                }
            },
        }
        let rest = &bytes[next..];
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        at = next + plain;
    }
    Ok(Decoded { value: Cow::Owned(out), bad_escape })
}

/// The character with a name or alias, in any case of letters, as `unicodedata.lookup` finds it.
pub fn character_named(name: &str) -> Option<char> {
    // The crate's search forgives spaces and hyphens; Python's doesn't.
    if !name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b' ' || c == b'-')
        || name.starts_with(['-', ' '])
    {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    if let Some(c) = unicode_names2::character(&upper)
        && unicode_names2::name(c).is_some_and(|found| found.to_string() == upper)
    {
        return Some(c);
    }
    aliases::by_alias(&upper)
}

/// The text of a replacement field's expression for `=` (`f"{x = }"`) and for t-strings, given what stands from
/// its brace to what ends it: comments are left out.
pub fn expression_text(text: &str) -> Cow<'_, str> {
    if !text.contains('#') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            // Three quotes in a row open and close by turns, which comes to the same.
            '"' | '\'' => match quote {
                None => quote = Some(c),
                Some(open) if open == c => quote = None,
                Some(_) => {}
            },
            '#' if quote.is_none() => {
                if chars.by_ref().any(|c| c == '\n') {
                    out.push('\n');
                }
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
