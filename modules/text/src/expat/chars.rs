//! Characters of XML in UTF-8 text: decoding with all checks, and what may stand in names.

/// What stands at a place of the text.
pub enum Char {
    /// A character and the number of its bytes.
    Is(u32, usize),
    /// The text ends within it.
    Partial,
    /// No character of XML.
    Invalid,
}

/// The character at `i`, which is inside of the text.
#[inline]
pub fn char_at(text: &[u8], i: usize) -> Char {
    let first = text[i];
    if first < 0x80 {
        return if first >= 0x20 || matches!(first, b'\t' | b'\n' | b'\r') {
            Char::Is(first.into(), 1)
        } else {
            Char::Invalid
        };
    }
    let len = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return Char::Invalid,
    };
    let Some(bytes) = text.get(i..i + len) else { return Char::Partial };
    match std::str::from_utf8(bytes).ok().and_then(|text| text.chars().next()) {
        Some('\u{FFFE}' | '\u{FFFF}') | None => Char::Invalid,
        Some(found) => Char::Is(found.into(), len),
    }
}

pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// May a name begin with this? Colons are the caller's.
pub fn begins_name(code: u32) -> bool {
    match code {
        0x41..=0x5A | 0x61..=0x7A | 0x5F => true,
        0..0xC0 => false,
        0xD7 | 0xF7 | 0x37E | 0x2000..=0x206F | 0x2190..=0x2BFF | 0x300..=0x36F | 0x3000 => false,
        0xC0..=0x1FFF
        | 0x2070..=0x218F
        | 0x2C00..=0x2FEF
        | 0x3001..=0xD7FF
        | 0xF900..=0xFDCF
        | 0xFDF0..=0xFFFD => true,
        _ => false,
    }
}

/// May it stand in a name? Colons are the caller's.
pub fn continues_name(code: u32) -> bool {
    matches!(code, 0x30..=0x39 | 0x2D | 0x2E | 0xB7 | 0x300..=0x36F | 0x203F..=0x2040) || begins_name(code)
}

/// Is a code point one that a reference may give?
pub fn is_xml_char(code: u32) -> bool {
    matches!(code, 9 | 10 | 13 | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x10000..=0x10FFFF)
}

/// Line ends as `\n`.
pub fn normalize_lines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}
