//! The normal forms of text: <https://www.unicode.org/reports/tr15/>.

use runtime::prelude::*;

use super::tables::{COMPOSITIONS, CORRECTIONS_3_2, QUICK_BLOCKS, QUICK_INDEX, SHIFT};
use super::{decomposition_of, is_assigned, record};

/// A normal form.
#[derive(Clone, Copy)]
pub struct Form {
    pub compose: bool,
    /// Are characters that are the same but for their looks made equal?
    pub compatible: bool,
}

// Hangul syllables consist of a leading consonant, a vowel and perhaps a trailing consonant.
const SYLLABLES: u32 = 0xac00;
const LEADING: u32 = 0x1100;
const VOWELS: u32 = 0x1161;
/// One before the first trailing consonant.
const TRAILING: u32 = 0x11a7;
const LEADING_COUNT: u32 = 19;
const VOWEL_COUNT: u32 = 21;
const TRAILING_COUNT: u32 = 28;
const SYLLABLE_COUNT: u32 = LEADING_COUNT * VOWEL_COUNT * TRAILING_COUNT;

/// The two parts of a Hangul syllable.
pub fn hangul_parts(code: u32) -> Option<(u32, u32)> {
    let index = code.checked_sub(SYLLABLES).filter(|&index| index < SYLLABLE_COUNT)?;
    let trailing = index % TRAILING_COUNT;
    Some(match trailing {
        0 => {
            let pair = index / TRAILING_COUNT;
            (LEADING + pair / VOWEL_COUNT, VOWELS + pair % VOWEL_COUNT)
        }
        _ => (code - trailing, TRAILING + trailing),
    })
}

/// What two characters make together.
fn composed(first: u32, second: u32) -> Option<u32> {
    if let Some(leading) = first.checked_sub(LEADING)
        && leading < LEADING_COUNT
    {
        let vowel = second.checked_sub(VOWELS).filter(|&vowel| vowel < VOWEL_COUNT)?;
        return Some(SYLLABLES + (leading * VOWEL_COUNT + vowel) * TRAILING_COUNT);
    }
    if let Some(syllable) = first.checked_sub(SYLLABLES)
        && syllable < SYLLABLE_COUNT
    {
        let trailing = second.checked_sub(TRAILING).filter(|&t| t > 0 && t < TRAILING_COUNT)?;
        return (syllable % TRAILING_COUNT == 0).then_some(first + trailing);
    }
    let found = COMPOSITIONS.binary_search_by_key(&(first, second), |entry| (entry.0, entry.1)).ok()?;
    Some(COMPOSITIONS[found].2)
}

fn class_of(code: u32) -> u8 {
    if code < 0x300 { 0 } else { record(code, false).combining }
}

impl Form {
    /// Is it in this form for certain? Looks at each character by itself.
    pub fn is_surely_normal(self, text: &Str) -> bool {
        if text.is_ascii() {
            return true;
        }
        let bit = 1 << (u8::from(self.compose) * 2 + u8::from(self.compatible));
        let mut before = 0;
        text.code_points().all(|code| {
            let block = QUICK_INDEX[((code >> SHIFT) as usize).min(QUICK_INDEX.len() - 1)] as usize;
            let quick = QUICK_BLOCKS[block << SHIFT | (code & ((1 << SHIFT) - 1)) as usize];
            let class = class_of(code);
            let ordered = class == 0 || before <= class;
            before = class;
            quick & bit == 0 && ordered
        })
    }

    /// The text in this form. `old`: as 3.2.0 has it.
    pub fn apply(self, text: &Str, old: bool) -> Result<Ref<Str>> {
        let mut codes = Vec::with_capacity(text.len() + text.len() / 2);
        let mut pending = Vec::new();
        for code in text.code_points() {
            pending.push(code);
            while let Some(code) = pending.pop() {
                self.expand(code, old, &mut pending, &mut codes);
            }
        }
        put_in_order(&mut codes);
        if self.compose {
            compose(&mut codes);
        }
        Ok(Str::from_code_points(codes.into_iter()))
    }

    /// Takes one character apart: the parts go to `pending`, last first; what has none to `codes`.
    fn expand(self, code: u32, old: bool, pending: &mut Vec<u32>, codes: &mut Vec<u32>) {
        if code < 0x80 || !is_assigned(code, old) {
            codes.push(code);
            return;
        }
        if let Some((first, second)) = hangul_parts(code) {
            pending.extend([second, first]);
            return;
        }
        if old && let Ok(found) = CORRECTIONS_3_2.binary_search_by_key(&code, |entry| entry.0) {
            codes.push(CORRECTIONS_3_2[found].1);
            return;
        }
        match decomposition_of(code) {
            Some((tag, parts)) if tag.is_empty() || self.compatible => pending.extend(parts.iter().rev()),
            _ => codes.push(code),
        }
    }
}

/// Sorts each run of combining characters by class; equal ones stay as they are.
fn put_in_order(codes: &mut [u32]) {
    let mut start = 0;
    while start < codes.len() {
        if class_of(codes[start]) == 0 {
            start += 1;
            continue;
        }
        let length = codes[start..].iter().take_while(|&&code| class_of(code) != 0).count();
        codes[start..start + length].sort_by_key(|&code| class_of(code));
        start += length;
    }
}

/// Puts characters together with those that they follow, unless something between them stands in the way.
fn compose(codes: &mut Vec<u32>) {
    let mut kept = 0;
    // The last character that others may join, and the class of what was kept after it.
    let (mut starter, mut before) = (None::<usize>, 0);
    for at in 0..codes.len() {
        let code = codes[at];
        let class = class_of(code);
        if let Some(starter) = starter
            && (starter + 1 == kept || before < class)
            && let Some(joined) = composed(codes[starter], code)
        {
            codes[starter] = joined;
            continue;
        }
        if class == 0 {
            starter = Some(kept);
        }
        before = class;
        codes[kept] = code;
        kept += 1;
    }
    codes.truncate(kept);
}
