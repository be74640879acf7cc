//! Finding text in text, whatever their units.

use std::borrow::Cow;

use memchr::memmem;

use super::{Str, Unit, Units};

/// A text to look for, in the units of the text that is searched.
pub struct Needle<'a> {
    /// The needle's memory.
    bytes: Cow<'a, [u8]>,
    kind: usize,
    len: usize,
}

fn widened<T: Unit, U: Unit>(units: &[T]) -> Vec<u8> {
    units
        .iter()
        .filter_map(|unit| U::from_code(unit.code()))
        .flat_map(|unit| U::wrap(&[unit]).as_bytes().to_vec())
        .collect()
}

impl<'a> Needle<'a> {
    /// The needle in the haystack's units; `None` if it can't be in there.
    pub fn new(needle: Units<'a>, haystack: Units<'_>) -> Option<Needle<'a>> {
        if needle.len() > haystack.len() || needle.kind() > haystack.kind() {
            return None;
        }
        let bytes = match (needle, haystack) {
            (Units::One(needle), Units::Two(_)) => Cow::Owned(widened::<u8, u16>(needle)),
            (Units::One(needle), Units::Four(_)) => Cow::Owned(widened::<u8, u32>(needle)),
            (Units::Two(needle), Units::Four(_)) => Cow::Owned(widened::<u16, u32>(needle)),
            _ => Cow::Borrowed(needle.as_bytes()),
        };
        Some(Needle { bytes, kind: haystack.kind(), len: needle.len() })
    }

    /// A searcher that can be used many times.
    pub fn finder(&self) -> Finder<'_> {
        Finder { finder: memmem::Finder::new(&self.bytes), kind: self.kind, len: self.len }
    }
}

/// Finds a needle from the front, again and again.
pub struct Finder<'a> {
    finder: memmem::Finder<'a>,
    kind: usize,
    len: usize,
}

impl Finder<'_> {
    /// The first occurrence at or after `start`. The haystack has the units that the needle was made for.
    pub fn next(&self, haystack: Units<'_>, start: usize) -> Option<usize> {
        let bytes = haystack.as_bytes();
        let mut from = start * self.kind;
        if from > bytes.len() {
            return None;
        }
        loop {
            let found = from + self.finder.find(&bytes[from..])?;
            if found.is_multiple_of(self.kind) {
                return Some(found / self.kind);
            }
            from = found + 1;
        }
    }

    /// All occurrences that don't overlap.
    pub fn all<'h>(&'h self, haystack: Units<'h>) -> impl Iterator<Item = usize> + 'h {
        let mut from = 0;
        std::iter::from_fn(move || {
            let found = self.next(haystack, from)?;
            from = found + self.len.max(1);
            Some(found)
        })
    }
}

/// The first occurrence of `needle`.
pub fn find(haystack: Units<'_>, needle: Units<'_>) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    if needle.len() == 1 {
        return find_char(haystack, needle.at(0));
    }
    Needle::new(needle, haystack)?.finder().next(haystack, 0)
}

/// The last occurrence of `needle`.
pub fn rfind(haystack: Units<'_>, needle: Units<'_>) -> Option<usize> {
    if needle.is_empty() {
        return Some(haystack.len());
    }
    if needle.len() == 1 {
        return rfind_char(haystack, needle.at(0));
    }
    let needle = Needle::new(needle, haystack)?;
    let finder = memmem::FinderRev::new(&needle.bytes);
    let mut bytes = haystack.as_bytes();
    loop {
        let found = finder.rfind(bytes)?;
        if found % needle.kind == 0 {
            return Some(found / needle.kind);
        }
        bytes = &bytes[..found + needle.bytes.len() - 1];
    }
}

/// The first occurrence of a character.
pub fn find_char(haystack: Units<'_>, code: u32) -> Option<usize> {
    match haystack {
        Units::One(units) => memchr::memchr(u8::from_code(code)?, units),
        Units::Two(units) => {
            let code = u16::from_code(code)?;
            units.iter().position(|&unit| unit == code)
        }
        Units::Four(units) => units.iter().position(|&unit| unit == code),
    }
}

/// The last occurrence of a character.
pub fn rfind_char(haystack: Units<'_>, code: u32) -> Option<usize> {
    match haystack {
        Units::One(units) => memchr::memrchr(u8::from_code(code)?, units),
        Units::Two(units) => {
            let code = u16::from_code(code)?;
            units.iter().rposition(|&unit| unit == code)
        }
        Units::Four(units) => units.iter().rposition(|&unit| unit == code),
    }
}

/// How often `needle` occurs without overlap.
pub fn count(haystack: Units<'_>, needle: Units<'_>) -> usize {
    if needle.is_empty() {
        return haystack.len() + 1;
    }
    if let (Units::One(haystack), 1) = (haystack, needle.len()) {
        return u8::from_code(needle.at(0)).map_or(0, |unit| memchr::memchr_iter(unit, haystack).count());
    }
    match Needle::new(needle, haystack) {
        Some(needle) => needle.finder().all(haystack).count(),
        None => 0,
    }
}

/// Do the units at `start` spell `needle`?
pub fn matches_at(haystack: Units<'_>, start: usize, needle: Units<'_>) -> bool {
    if haystack.len() < start + needle.len() || needle.kind() > haystack.kind() {
        return false;
    }
    let part = haystack.part(start, start + needle.len());
    if part.kind() == needle.kind() {
        return part.as_bytes() == needle.as_bytes();
    }
    (0..needle.len()).all(|index| part.at(index) == needle.at(index))
}

impl Str {
    /// Where `other` occurs first.
    pub fn find_str(&self, other: &Str) -> Option<usize> {
        find(self.units(), other.units())
    }

    /// Does `other` occur?
    pub fn contains_str(&self, other: &Str) -> bool {
        self.find_str(other).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds() {
        crate::objects::str::tests::attach();
        for (text, part) in
            [("abcabc", "bc"), ("a€c€c", "€c"), ("a😀€😀€", "€"), ("ab😀xy😀xy", "xy"), ("€a€a", "a")]
        {
            let (text, part) = (Str::new(text), Str::new(part));
            let points: Vec<u32> = text.code_points().collect();
            let wanted: Vec<u32> = part.code_points().collect();
            let first = points.windows(wanted.len()).position(|window| window == wanted);
            let last = points.windows(wanted.len()).rposition(|window| window == wanted);
            assert_eq!(find(text.units(), part.units()), first);
            assert_eq!(rfind(text.units(), part.units()), last);
            assert_eq!(count(text.units(), part.units()), 2);
        }
        assert_eq!(find(Str::new("abc").units(), Str::new("€").units()), None);
    }
}
