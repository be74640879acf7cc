//! Decimal digits and whitespace of any script, for literals in text.

/// The zeros of the runs of ten decimal digits beyond ASCII (Unicode 16).
const ZEROS: [u32; 75] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066,
    0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730,
    0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50,
    0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1,
    0x1e950, 0x1fbf0,
];

/// The value of a decimal digit.
pub fn digit_value(code: u32) -> Option<u8> {
    if code < 128 {
        return (code as u8).is_ascii_digit().then(|| code as u8 - b'0');
    }
    let run = ZEROS.partition_point(|&zero| zero <= code).checked_sub(1)?;
    let value = code - ZEROS[run];
    (value < 10).then_some(value as u8)
}

/// What `str.isspace` and the stripping of literals count as whitespace.
pub fn is_whitespace(code: u32) -> bool {
    matches!(
        code,
        9..=13 | 28..=32 | 0x85 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029 | 0x202f | 0x205f | 0x3000
    )
}

/// The text of a number with its digits and whitespace as ASCII; anything else that isn't ASCII becomes `?`.
pub fn to_ascii(text: &crate::objects::str::Str) -> Vec<u8> {
    if let Some(ascii) = text.as_ascii() {
        return ascii.as_bytes().to_vec();
    }
    text.code_points()
        .map(|code| match code {
            0..128 => code as u8,
            _ if is_whitespace(code) => b' ',
            _ => digit_value(code).map_or(b'?', |value| b'0' + value),
        })
        .collect()
}

/// Without ASCII whitespace at both ends, as C's `isspace` and Python see it in numbers.
pub fn strip(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, 9..=13 | 28..=32);
    let start = text.iter().position(|byte| !blank(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}
