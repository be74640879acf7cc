//! Docstrings lose their common indentation.

use bytecode::{Constant, Wtf8};
use syntax::ast::Text;

/// The docstring as it is stored, as `inspect.cleandoc` would leave its indentation.
pub(super) fn clean(text: Text<'_>) -> Constant {
    let text = expand_tabs(text.as_bytes());
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
    Constant::Str(Wtf8::from_bytes_unchecked(&out).to_owned())
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
