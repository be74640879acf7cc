//! Methods that fill text up to a width.

use super::{Str, copy_units};
use crate::native::args::Place;
use crate::native::convert::FromArg;
use crate::prelude::*;

/// The character to fill with.
pub struct FillCharacter(u32);

impl FromArg<'_> for FillCharacter {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        match object.downcast::<Str>() {
            Some(text) if text.len() == 1 => Ok(FillCharacter(text.char_at(0))),
            Some(_) => Err(raise!(TypeError, "The fill character must be exactly one character long")),
            None => Err(raise!(
                TypeError,
                "The fill character must be a unicode character, not {}",
                object.ty().full_name()
            )),
        }
    }
}

impl Str {
    /// The text with `left` and `right` fill characters around it.
    pub fn padded(&self, left: usize, right: usize, fill: u32) -> Result<Ref<Str>> {
        if left == 0 && right == 0 {
            return Ok(Str::exact(self));
        }
        match left.checked_add(right).and_then(|sum| sum.checked_add(self.len())) {
            Some(total) if total <= isize::MAX as usize => {
                let max = self.max_class().max(fill);
                if total == 1 {
                    return Ok(Str::from_char(fill));
                }
                let (result, data) = Str::allocate(total, max)?;
                let kind = result.units().kind();
                // SAFETY: there is room for `total` units of that kind, which hold the text and the fill character.
                unsafe {
                    fill_units(data, kind, left, fill);
                    copy_units(self.units(), kind, data.add(left * kind));
                    fill_units(data.add((left + self.len()) * kind), kind, right, fill);
                }
                Ok(result)
            }
            _ => Err(raise!(OverflowError, "padded string is too long")),
        }
    }

    /// How many characters are missing to `width`.
    fn missing(&self, width: isize) -> usize {
        usize::try_from(width).unwrap_or(0).saturating_sub(self.len())
    }
}

/// Writes a character so many times.
///
/// # Safety
/// There is room for them at `data`, in units of that kind.
unsafe fn fill_units(data: *mut u8, kind: usize, count: usize, code: u32) {
    // SAFETY: by contract; the data of a str is aligned for its units.
    unsafe {
        match kind {
            1 => std::ptr::write_bytes(data, code as u8, count),
            2 => (0..count).for_each(|index| data.cast::<u16>().add(index).write(code as u16)),
            _ => (0..count).for_each(|index| data.cast::<u32>().add(index).write(code)),
        }
    }
}

fn fill_of(fill: Option<FillCharacter>) -> u32 {
    fill.map_or(0x20, |fill| fill.0)
}

#[methods(part = pad)]
impl Str {
    /// The string in the middle of width characters, filled up with fillchar.
    #[method(signature = "($self, width, fillchar=' ', /)")]
    fn center(&self, width: isize, fillchar: Option<FillCharacter>) -> Result<Ref<Str>> {
        let missing = self.missing(width);
        let left = missing / 2 + (missing & width as usize & 1);
        self.padded(left, missing - left, fill_of(fillchar))
    }

    /// The string at the left of width characters, filled up with fillchar.
    #[method(signature = "($self, width, fillchar=' ', /)")]
    fn ljust(&self, width: isize, fillchar: Option<FillCharacter>) -> Result<Ref<Str>> {
        self.padded(0, self.missing(width), fill_of(fillchar))
    }

    /// The string at the right of width characters, filled up with fillchar.
    #[method(signature = "($self, width, fillchar=' ', /)")]
    fn rjust(&self, width: isize, fillchar: Option<FillCharacter>) -> Result<Ref<Str>> {
        self.padded(self.missing(width), 0, fill_of(fillchar))
    }

    /// The string filled up with zeros to width, behind a sign.
    #[method(signature = "($self, width, /)")]
    fn zfill(&self, width: isize) -> Result<Ref<Str>> {
        let missing = self.missing(width);
        if missing > 0 && !self.is_empty() && matches!(self.char_at(0), 0x2b | 0x2d) {
            let digits = self.substring(1, self.len()).padded(missing, 0, 0x30)?;
            return self.substring(0, 1).concat(&digits);
        }
        self.padded(missing, 0, 0x30)
    }
}
