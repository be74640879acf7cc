//! Methods that change the case, and those that ask for the class of characters.

use super::{Str, StrBuilder, Unit, unicode, with_units};
use crate::prelude::*;

/// GREEK CAPITAL LETTER SIGMA, whose lower form depends on its place.
const CAPITAL_SIGMA: u32 = 0x3a3;

impl Str {
    /// Is the sigma at `index` the last letter of a word?
    fn is_final_sigma(&self, index: usize) -> bool {
        let text = self.units();
        let before = (0..index).rev().map(|at| text.at(at)).find(|&code| !unicode::is_case_ignorable(code));
        if !before.is_some_and(unicode::is_cased) {
            return false;
        }
        let after =
            (index + 1..text.len()).map(|at| text.at(at)).find(|&code| !unicode::is_case_ignorable(code));
        !after.is_some_and(unicode::is_cased)
    }

    fn lower_at(&self, index: usize, code: u32, result: &mut StrBuilder) {
        if code == CAPITAL_SIGMA {
            result.push(if self.is_final_sigma(index) { 0x3c2 } else { 0x3c3 });
        } else {
            unicode::lower(code, &mut |code| result.push(code));
        }
    }

    /// A copy with each ASCII character mapped.
    fn map_ascii(text: &str, map: impl Fn(&mut [u8])) -> Result<Ref<Str>> {
        if text.len() < 2 {
            let mut bytes = text.as_bytes().to_vec();
            map(&mut bytes);
            return Str::from_ascii(&bytes);
        }
        let (result, data) = Str::allocate(text.len(), 0x7f)?;
        // SAFETY: the new str has room for as many characters; nobody else sees it yet.
        let bytes = unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), data, text.len());
            std::slice::from_raw_parts_mut(data, text.len())
        };
        map(bytes);
        Ok(result)
    }

    /// `self.lower()`.
    pub fn lowered(&self) -> Result<Ref<Str>> {
        if let Some(text) = self.as_ascii() {
            return Str::map_ascii(text, <[u8]>::make_ascii_lowercase);
        }
        let mut result = StrBuilder::with_capacity(self.len());
        for (index, code) in self.code_points().enumerate() {
            self.lower_at(index, code, &mut result);
        }
        result.finish_exact()
    }

    /// `self.upper()`.
    pub fn uppered(&self) -> Result<Ref<Str>> {
        if let Some(text) = self.as_ascii() {
            return Str::map_ascii(text, <[u8]>::make_ascii_uppercase);
        }
        let mut result = StrBuilder::with_capacity(self.len());
        self.code_points().for_each(|code| unicode::upper(code, &mut |code| result.push(code)));
        result.finish_exact()
    }

    /// `self.casefold()`.
    pub fn folded(&self) -> Result<Ref<Str>> {
        if self.is_ascii() {
            return self.lowered();
        }
        let mut result = StrBuilder::with_capacity(self.len());
        self.code_points().for_each(|code| unicode::fold(code, &mut |code| result.push(code)));
        result.finish_exact()
    }

    /// Is there a character, and are all as `test` says?
    fn all(&self, test: impl Fn(u32) -> bool) -> bool {
        !self.is_empty() && with_units!(self.units(), units => units.iter().all(|&unit| test(unit.code())))
    }

    /// `self.isidentifier()`.
    pub fn is_identifier(&self) -> bool {
        let mut points = self.code_points();
        points.next().is_some_and(unicode::is_identifier_start) && points.all(unicode::is_identifier_continue)
    }
}

#[methods(part = case)]
impl Str {
    /// Return a copy of the string converted to lowercase.
    #[method(signature = "($self, /)")]
    fn lower(&self) -> Result<Ref<Str>> {
        self.lowered()
    }

    /// Return a copy of the string converted to uppercase.
    #[method(signature = "($self, /)")]
    fn upper(&self) -> Result<Ref<Str>> {
        self.uppered()
    }

    /// Return a version of the string suitable for caseless comparisons.
    #[method(signature = "($self, /)")]
    fn casefold(&self) -> Result<Ref<Str>> {
        self.folded()
    }

    /// Convert uppercase characters to lowercase and lowercase characters to uppercase.
    #[method(signature = "($self, /)")]
    fn swapcase(&self) -> Result<Ref<Str>> {
        let mut result = StrBuilder::with_capacity(self.len());
        for (index, code) in self.code_points().enumerate() {
            if unicode::is_upper(code) {
                self.lower_at(index, code, &mut result);
            } else if unicode::is_lower(code) {
                unicode::upper(code, &mut |code| result.push(code));
            } else {
                result.push(code);
            }
        }
        result.finish_exact()
    }

    /// The string with its first character in upper (title) case, the others in lower case.
    #[method(signature = "($self, /)")]
    fn capitalize(&self) -> Result<Ref<Str>> {
        let mut result = StrBuilder::with_capacity(self.len());
        for (index, code) in self.code_points().enumerate() {
            if index == 0 {
                unicode::title(code, &mut |code| result.push(code));
            } else {
                self.lower_at(index, code, &mut result);
            }
        }
        result.finish_exact()
    }

    /// The string with each word's first letter in title case, the others in lower case.
    #[method(signature = "($self, /)")]
    fn title(&self) -> Result<Ref<Str>> {
        let mut result = StrBuilder::with_capacity(self.len());
        let mut in_word = false;
        for (index, code) in self.code_points().enumerate() {
            if in_word {
                self.lower_at(index, code, &mut result);
            } else {
                unicode::title(code, &mut |code| result.push(code));
            }
            in_word = unicode::is_cased(code) || unicode::has_case(code);
        }
        result.finish_exact()
    }

    /// Are there cased characters, and all of them in lower case?
    #[method(signature = "($self, /)")]
    fn islower(&self) -> bool {
        let mut found = false;
        for code in self.code_points() {
            if unicode::is_upper(code) || unicode::is_title(code) {
                return false;
            }
            found |= unicode::is_lower(code);
        }
        found
    }

    /// Are there cased characters, and all of them in upper case?
    #[method(signature = "($self, /)")]
    fn isupper(&self) -> bool {
        let mut found = false;
        for code in self.code_points() {
            if unicode::is_lower(code) || unicode::is_title(code) {
                return false;
            }
            found |= unicode::is_upper(code);
        }
        found
    }

    /// Do upper case letters stand at the start of words only, lower case ones inside, and
    /// is there a cased one?
    #[method(signature = "($self, /)")]
    fn istitle(&self) -> bool {
        let (mut found, mut in_word) = (false, false);
        for code in self.code_points() {
            if unicode::is_upper(code) || unicode::is_title(code) {
                if in_word {
                    return false;
                }
                (found, in_word) = (true, true);
            } else if unicode::is_lower(code) {
                if !in_word {
                    return false;
                }
                (found, in_word) = (true, true);
            } else {
                in_word = false;
            }
        }
        found
    }

    /// Is every character a letter or a number, and is there one?
    #[method(signature = "($self, /)")]
    fn isalnum(&self) -> bool {
        self.all(unicode::is_alnum)
    }

    /// Is every character a letter, and is there one?
    #[method(signature = "($self, /)")]
    fn isalpha(&self) -> bool {
        self.all(unicode::is_alpha)
    }

    /// Is every character an ASCII one (also: is there none)?
    #[method(signature = "($self, /)")]
    fn isascii(&self) -> bool {
        self.is_ascii()
    }

    /// Is every character a decimal digit, and is there one?
    #[method(signature = "($self, /)")]
    fn isdecimal(&self) -> bool {
        self.all(unicode::is_decimal)
    }

    /// Is every character a digit (superscripts too), and is there one?
    #[method(signature = "($self, /)")]
    fn isdigit(&self) -> bool {
        self.all(unicode::is_digit)
    }

    /// Could the string be a name in a program? Keywords count as well: see keyword.iskeyword.
    #[method(signature = "($self, /)")]
    fn isidentifier(&self) -> bool {
        self.is_identifier()
    }

    /// Does every character stand for a number, and is there one?
    #[method(signature = "($self, /)")]
    fn isnumeric(&self) -> bool {
        self.all(unicode::is_numeric)
    }

    /// Does repr() show every character as it is?
    #[method(signature = "($self, /)")]
    fn isprintable(&self) -> bool {
        self.is_empty() || self.all(unicode::is_printable)
    }

    /// Is every character white space, and is there one?
    #[method(signature = "($self, /)")]
    fn isspace(&self) -> bool {
        self.all(unicode::is_space)
    }
}
