//! The properties of characters, as Unicode 16.0.0 has them: classes, case mappings, digits.

mod tables;

use tables::{BLOCKS, INDEX, RECORDS, SHIFT};

/// What many characters have in common.
struct Record {
    flags: u16,
    lower: i32,
    upper: i32,
    title: i32,
    fold: i32,
    /// 255: none.
    digit: u8,
}

const ALPHA: u16 = 1;
const DECIMAL: u16 = 1 << 1;
const DIGIT: u16 = 1 << 2;
const NUMERIC: u16 = 1 << 3;
const LOWER: u16 = 1 << 4;
const UPPER: u16 = 1 << 5;
const TITLE: u16 = 1 << 6;
const SPACE: u16 = 1 << 7;
const PRINTABLE: u16 = 1 << 8;
const XID_START: u16 = 1 << 9;
const XID_CONTINUE: u16 = 1 << 10;
const LINE_BREAK: u16 = 1 << 11;
const CASED: u16 = 1 << 12;
const CASE_IGNORABLE: u16 = 1 << 13;

#[inline]
fn record(code: u32) -> &'static Record {
    let block = INDEX[((code >> SHIFT) as usize).min(INDEX.len() - 1)] as usize;
    let record = BLOCKS[block << SHIFT | (code & ((1 << SHIFT) - 1)) as usize];
    &RECORDS[record as usize]
}

#[inline]
fn has(code: u32, flags: u16) -> bool {
    record(code).flags & flags != 0
}

macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident: $flags:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(code: u32) -> bool {
            has(code, $flags)
        }
    )*};
}

predicates! {
    /// A letter?
    is_alpha: ALPHA;
    /// A digit of a decimal number?
    is_decimal: DECIMAL;
    /// A digit, also a superscript or in a circle?
    is_digit: DIGIT;
    /// Does it stand for a number?
    is_numeric: NUMERIC;
    /// A letter or numeric?
    is_alnum: ALPHA | DECIMAL | DIGIT | NUMERIC;
    /// Lower case?
    is_lower: LOWER;
    /// Upper case?
    is_upper: UPPER;
    /// Title case?
    is_title: TITLE;
    /// White space?
    is_space: SPACE;
    /// Shown as it is by `repr`?
    is_printable: PRINTABLE;
    /// May begin an identifier?
    is_identifier_start: XID_START;
    /// May go on in an identifier?
    is_identifier_continue: XID_CONTINUE;
    /// Ends a line?
    is_line_break: LINE_BREAK;
    /// Has case, and is not to be skipped where case is looked for?
    is_cased: CASED;
    /// To be skipped where case is looked for?
    is_case_ignorable: CASE_IGNORABLE;
    /// Of any case, for `title` and `istitle`?
    has_case: LOWER | UPPER | TITLE;
}

/// The value of a decimal digit.
pub fn decimal(code: u32) -> Option<u8> {
    let record = record(code);
    (record.flags & DECIMAL != 0).then_some(record.digit)
}

/// The value of a digit, also of a superscript and the like.
pub fn digit(code: u32) -> Option<u8> {
    let record = record(code);
    (record.flags & DIGIT != 0).then_some(record.digit)
}

/// A case mapping: pushes what a character becomes.
fn map(code: u32, distance: i32, special: &[(u32, &'static [u32])], push: &mut impl FnMut(u32)) {
    if distance == 0
        && code >= 0x80
        && let Ok(found) = special.binary_search_by_key(&code, |entry| entry.0)
    {
        return special[found].1.iter().for_each(|&code| push(code));
    }
    push(code.wrapping_add_signed(distance));
}

/// The lower form, apart from final sigma.
#[inline]
pub fn lower(code: u32, push: &mut impl FnMut(u32)) {
    map(code, record(code).lower, &tables::SPECIAL_LOWER, push);
}

/// The upper form.
#[inline]
pub fn upper(code: u32, push: &mut impl FnMut(u32)) {
    map(code, record(code).upper, &tables::SPECIAL_UPPER, push);
}

/// The title form.
#[inline]
pub fn title(code: u32, push: &mut impl FnMut(u32)) {
    map(code, record(code).title, &tables::SPECIAL_TITLE, push);
}

/// The form for comparing without case.
#[inline]
pub fn fold(code: u32, push: &mut impl FnMut(u32)) {
    map(code, record(code).fold, &tables::SPECIAL_FOLD, push);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples() {
        assert!(is_alpha(0xe9) && !is_alpha(0x31) && is_space(0x3000) && !is_printable(0xad));
        assert_eq!(decimal(0x663), Some(3));
        assert_eq!((decimal(0xb2), digit(0xb2)), (None, Some(2)));
        assert!(is_alpha(0x3134a) && !is_printable(0x10ffff));
        let mut points = Vec::new();
        upper(0xdf, &mut |code| points.push(code));
        assert_eq!(points, [0x53, 0x53]);
    }
}
