//! Where lines end.

use super::Newline;
use crate::objects::str::Units;
use crate::objects::str::find::find_char;

/// The end of the first line in decoded text. `Err` if it isn't there: so much can't be part of a line's end that goes on.
pub fn line_end(text: Units<'_>, newline: Newline) -> Result<usize, usize> {
    let one = |code: u32| find_char(text, code).map(|place| place + 1).ok_or(text.len());
    match newline {
        Newline::Translated | Newline::Lf => one(10),
        Newline::Cr => one(13),
        Newline::Universal => match first_of_both(text) {
            None => Err(text.len()),
            Some(place) if text.at(place) == 13 && place + 1 < text.len() && text.at(place + 1) == 10 => {
                Ok(place + 2)
            }
            Some(place) => Ok(place + 1),
        },
        Newline::CrLf => {
            let mut from = 0;
            while let Some(place) = find_char(text.part(from, text.len()), 13) {
                from += place + 1;
                if from == text.len() {
                    return Err(from - 1);
                }
                if text.at(from) == 10 {
                    return Ok(from + 1);
                }
            }
            Err(text.len())
        }
    }
}

/// The first `\n` or `\r`.
fn first_of_both(text: Units<'_>) -> Option<usize> {
    match text {
        Units::One(units) => memchr::memchr2(b'\n', b'\r', units),
        Units::Two(units) => units.iter().position(|&unit| unit == 10 || unit == 13),
        Units::Four(units) => units.iter().position(|&unit| unit == 10 || unit == 13),
    }
}
