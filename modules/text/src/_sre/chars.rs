//! Characters as patterns see them: classes, case, sets.

use runtime::objects::str::unicode;

use super::codes::{category, op};
use runtime::native::system::c;

/// The first character of a case mapping.
fn first(map: impl FnOnce(&mut dyn FnMut(u32))) -> Option<u32> {
    let mut result = None;
    map(&mut |code| {
        result.get_or_insert(code);
    });
    result
}

pub fn lower_ascii(code: u32) -> u32 {
    if code.wrapping_sub(u32::from(b'A')) < 26 { code + 32 } else { code }
}

pub fn upper_ascii(code: u32) -> u32 {
    if code.wrapping_sub(u32::from(b'a')) < 26 { code - 32 } else { code }
}

pub fn lower_unicode(code: u32) -> u32 {
    match code {
        0..0x80 => lower_ascii(code),
        _ => first(|mut push| unicode::lower(code, &mut push)).unwrap_or(code),
    }
}

pub fn upper_unicode(code: u32) -> u32 {
    match code {
        0..0x80 => upper_ascii(code),
        _ => first(|mut push| unicode::upper(code, &mut push)).unwrap_or(code),
    }
}

pub fn lower_locale(code: u32) -> u32 {
    if code < 256 { c!(libc::tolower(code as i32)) as u32 } else { code }
}

pub fn upper_locale(code: u32) -> u32 {
    if code < 256 { c!(libc::toupper(code as i32)) as u32 } else { code }
}

pub fn is_line_break(code: u32) -> bool {
    code == u32::from(b'\n')
}

pub fn is_word(code: u32) -> bool {
    u8::try_from(code).is_ok_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

pub fn is_word_locale(code: u32) -> bool {
    code == u32::from(b'_') || code < 256 && c!(libc::isalnum(code as i32)) != 0
}

pub fn is_word_unicode(code: u32) -> bool {
    if code < 0x80 { is_word(code) } else { unicode::is_alnum(code) }
}

fn is_space(code: u32) -> bool {
    matches!(code, 9..=13 | 32)
}

fn is_digit(code: u32) -> bool {
    u8::try_from(code).is_ok_and(|byte| byte.is_ascii_digit())
}

/// Is a character of the class?
pub fn in_category(class: u32, code: u32) -> bool {
    // Each class is followed by its complement.
    let positive = match class & !1 {
        category::DIGIT => is_digit(code),
        category::SPACE => is_space(code),
        category::WORD => is_word(code),
        category::LINEBREAK => is_line_break(code),
        category::LOC_WORD => is_word_locale(code),
        category::UNI_DIGIT => unicode::is_decimal(code),
        category::UNI_SPACE => unicode::is_space(code),
        category::UNI_WORD => is_word_unicode(code),
        category::UNI_LINEBREAK => unicode::is_line_break(code),
        _ => return false,
    };
    positive != (class & 1 != 0)
}

/// Is a character in the set whose description begins here?
pub fn in_set(mut set: &[u32], code: u32) -> bool {
    let mut found = true;
    loop {
        let size = match *set {
            [op::LITERAL, character, ..] => {
                if code == character {
                    return found;
                }
                2
            }
            [op::RANGE, low, high, ..] => {
                if (low..=high).contains(&code) {
                    return found;
                }
                3
            }
            [op::RANGE_UNI_IGNORE, low, high, ..] => {
                if (low..=high).contains(&code) || (low..=high).contains(&upper_unicode(code)) {
                    return found;
                }
                3
            }
            [op::CATEGORY, class, ..] => {
                if in_category(class, code) {
                    return found;
                }
                2
            }
            [op::CHARSET, ref bits @ ..] => {
                if code < 256 && bits.get(code as usize >> 5).is_some_and(|word| word >> (code & 31) & 1 != 0)
                {
                    return found;
                }
                9
            }
            [op::BIGCHARSET, blocks, ref rest @ ..] => {
                // 256 block numbers, a byte each, then the blocks.
                if code < 0x1_0000 {
                    let high = code as usize >> 8;
                    let number = rest.get(high / 4).map_or(0, |word| word.to_ne_bytes()[high % 4]);
                    let word = 64 + usize::from(number) * 8 + (code as usize & 255) / 32;
                    if rest.get(word).is_some_and(|word| word >> (code & 31) & 1 != 0) {
                        return found;
                    }
                }
                66 + blocks as usize * 8
            }
            [op::NEGATE, ..] => {
                found = !found;
                1
            }
            [op::FAILURE, ..] => return !found,
            _ => return false,
        };
        set = set.get(size..).unwrap_or(&[]);
    }
}

/// Is a character in a set of the locale's letters, whatever its case?
pub fn in_set_locale(set: &[u32], code: u32) -> bool {
    let (lower, upper) = (lower_locale(code), upper_locale(code));
    in_set(set, lower) || upper != lower && in_set(set, upper)
}

/// Is it the same letter of the locale, whatever its case?
pub fn same_locale(wanted: u32, code: u32) -> bool {
    code == wanted || lower_locale(code) == wanted || upper_locale(code) == wanted
}
