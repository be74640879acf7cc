//! [`StrBuilder`]: text that grows, in the narrowest units that hold it.

use super::{Str, Units};
use crate::errors::Result;
use crate::reference::Ref;

/// Collects text piece by piece.
pub struct StrBuilder {
    units: Growing,
    /// No smaller than the largest code point so far; exact enough to choose the kind.
    max: u32,
}

enum Growing {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Default for StrBuilder {
    fn default() -> Self {
        StrBuilder::new()
    }
}

impl StrBuilder {
    /// An empty text.
    pub const fn new() -> StrBuilder {
        StrBuilder { units: Growing::One(Vec::new()), max: 0 }
    }

    /// An empty text with room for so many characters.
    pub fn with_capacity(capacity: usize) -> StrBuilder {
        StrBuilder { units: Growing::One(Vec::with_capacity(capacity)), max: 0 }
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        match &self.units {
            Growing::One(units) => units.len(),
            Growing::Two(units) => units.len(),
            Growing::Four(units) => units.len(),
        }
    }

    /// Is there no text yet?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes the units wide enough for `max`.
    fn widen(&mut self, max: u32) {
        if max <= self.max {
            return;
        }
        self.max = max;
        match &mut self.units {
            Growing::One(units) if max > 0xffff => {
                self.units = Growing::Four(widened(units));
            }
            Growing::One(units) if max > 0xff => {
                self.units = Growing::Two(widened(units));
            }
            Growing::Two(units) if max > 0xffff => {
                self.units = Growing::Four(widened(units));
            }
            _ => {}
        }
    }

    /// Adds one code point.
    #[inline]
    pub fn push(&mut self, code: u32) {
        if code > self.max {
            self.widen(code);
        }
        match &mut self.units {
            Growing::One(units) => units.push(code as u8),
            Growing::Two(units) => units.push(code as u16),
            Growing::Four(units) => units.push(code),
        }
    }

    /// Adds one code point so many times.
    pub fn push_repeated(&mut self, code: u32, count: usize) {
        if count == 0 {
            return;
        }
        self.widen(code);
        match &mut self.units {
            Growing::One(units) => units.resize(units.len() + count, code as u8),
            Growing::Two(units) => units.resize(units.len() + count, code as u16),
            Growing::Four(units) => units.resize(units.len() + count, code),
        }
    }

    /// Adds Rust text.
    pub fn push_text(&mut self, text: &str) {
        if text.is_ascii() {
            return self.push_latin1(text.as_bytes());
        }
        for character in text.chars() {
            self.push(character as u32);
        }
    }

    /// Adds characters below U+0100.
    pub fn push_latin1(&mut self, text: &[u8]) {
        if !text.is_ascii() {
            self.widen(0xff);
        }
        match &mut self.units {
            Growing::One(units) => units.extend_from_slice(text),
            Growing::Two(units) => units.extend(text.iter().map(|&unit| unit as u16)),
            Growing::Four(units) => units.extend(text.iter().map(|&unit| unit as u32)),
        }
    }

    /// Adds a str.
    pub fn push_str(&mut self, text: &Str) {
        self.push_units(text.units());
    }

    /// Adds a part of a str.
    pub fn push_part(&mut self, text: &Str, start: usize, end: usize) {
        if start < end {
            self.push_units(text.units().part(start, end));
        }
    }

    /// Adds units.
    pub fn push_units(&mut self, text: Units<'_>) {
        match text {
            Units::One(text) => self.push_latin1(text),
            Units::Two(text) => {
                self.widen(text.iter().copied().max().unwrap_or(0).into());
                match &mut self.units {
                    Growing::One(units) => units.extend(text.iter().map(|&unit| unit as u8)),
                    Growing::Two(units) => units.extend_from_slice(text),
                    Growing::Four(units) => units.extend(text.iter().map(|&unit| unit as u32)),
                }
            }
            Units::Four(text) => {
                self.widen(text.iter().copied().max().unwrap_or(0));
                match &mut self.units {
                    Growing::One(units) => units.extend(text.iter().map(|&unit| unit as u8)),
                    Growing::Two(units) => units.extend(text.iter().map(|&unit| unit as u16)),
                    Growing::Four(units) => units.extend_from_slice(text),
                }
            }
        }
    }

    /// Shortens the text. (The units stay as wide as they are until the end.)
    pub fn truncate(&mut self, len: usize) {
        match &mut self.units {
            Growing::One(units) => units.truncate(len),
            Growing::Two(units) => units.truncate(len),
            Growing::Four(units) => units.truncate(len),
        }
        self.max = u32::MAX;
    }

    /// The text as a str; MemoryError if there is no room.
    pub fn try_finish(self) -> Result<Ref<Str>> {
        let exact = self.max != u32::MAX;
        match &self.units {
            Growing::One(units) => {
                if exact && self.max < 0x80 {
                    Str::from_ascii(units)
                } else {
                    Str::from_units(Units::One(units))
                }
            }
            Growing::Two(units) if exact => Str::from_units_with_max(Units::Two(units), 0xffff),
            Growing::Two(units) => Str::from_units(Units::Two(units)),
            Growing::Four(units) if exact => Str::from_units_with_max(Units::Four(units), 0x10ffff),
            Growing::Four(units) => Str::from_units(Units::Four(units)),
        }
    }

    /// As [`StrBuilder::try_finish`] after text was taken away or narrowed: looks at every character.
    pub fn finish_exact(self) -> Result<Ref<Str>> {
        Str::from_units(match &self.units {
            Growing::One(units) => Units::One(units),
            Growing::Two(units) => Units::Two(units),
            Growing::Four(units) => Units::Four(units),
        })
    }

    /// The text as a str. Memory exhaustion ends the process.
    pub fn finish(self) -> Ref<Str> {
        self.try_finish().expect("out of memory")
    }
}

fn widened<A: Copy, B: From<A>>(units: &[A]) -> Vec<B> {
    let mut wide = Vec::with_capacity(units.len() * 2);
    wide.extend(units.iter().map(|&unit| B::from(unit)));
    wide
}

impl std::fmt::Write for StrBuilder {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.push_text(text);
        Ok(())
    }
}
