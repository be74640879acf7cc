//! The layout of a number: sign, prefix, grouped digits, fraction, rest, and the padding around or inside them.

use super::locale::Separators;
use super::spec::Spec;
use crate::objects::str::StrBuilder;
use crate::prelude::*;

/// The parts of a number's text.
pub struct Number<'a> {
    negative: bool,
    prefix: &'a str,
    digits: &'a [u8],
    has_point: bool,
    fraction: &'a str,
    /// An exponent, `%`, `inf`, `nan`.
    rest: &'a str,
}

/// Digits in groups, zeros before them up to a width.
fn grouped(digits: &[u8], min_width: isize, separators: &Separators) -> Vec<u32> {
    // From the right to the left.
    let mut reversed: Vec<u32> = Vec::with_capacity(digits.len() * 4 / 3 + 1);
    let mut remaining = digits.len();
    let mut min_width = min_width;
    let mut groups = separators.groups.iter().copied();
    let mut last = separators.groups.last().copied().filter(|_| separators.repeats);
    let mut first = true;
    loop {
        let next = groups.next().or_else(|| if separators.repeats { last } else { last.take() });
        let wanted = (remaining as isize).max(min_width).max(1) as usize;
        let size = next.map_or(wanted, |size| size.min(wanted));
        if !first {
            reversed.extend(separators.thousands.iter().rev());
        }
        let characters = remaining.min(size);
        reversed.extend(digits[remaining - characters..remaining].iter().rev().map(|&digit| digit as u32));
        reversed.extend(std::iter::repeat_n('0' as u32, size - characters));
        first = false;
        remaining -= characters;
        min_width -= size as isize;
        if next.is_none() || (remaining == 0 && min_width <= 0) {
            break;
        }
        min_width -= separators.thousands.len() as isize;
    }
    reversed.reverse();
    reversed
}

impl<'a> Number<'a> {
    /// The parts of a float's text, or of an int's digits after `prefix`.
    pub fn parse(text: &'a str, prefix: &'a str) -> Number<'a> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at(end);
        let (has_point, rest) = match rest.strip_prefix('.') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let end = if has_point {
            rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
        } else {
            0
        };
        let (fraction, rest) = rest.split_at(end);
        Number { negative, prefix, digits: digits.as_bytes(), has_point, fraction, rest }
    }

    /// An integer's parts.
    pub fn integer(negative: bool, prefix: &'a str, digits: &'a [u8]) -> Number<'a> {
        Number { negative, prefix, digits, has_point: false, fraction: "", rest: "" }
    }

    /// Writes the number as the spec says, `sign` in place of the spec's.
    pub fn write(
        &self,
        spec: &Spec,
        sign: Option<u8>,
        separators: &Separators,
        result: &mut StrBuilder,
    ) -> Result<()> {
        let sign = match (self.negative, sign) {
            (true, _) => Some(b'-'),
            (false, Some(sign @ (b'+' | b' '))) => Some(sign),
            _ => None,
        };
        let width = spec.width.unwrap_or(0);
        if width > isize::MAX as usize / 8 {
            return Err(crate::errors::no_memory());
        }
        let fraction_separators = match separators.fraction {
            Some(_) => self.fraction.len().saturating_sub(1) / 3,
            None => 0,
        };
        let point = if self.has_point { separators.point.len() } else { 0 };
        let others = usize::from(sign.is_some())
            + self.prefix.len()
            + point
            + self.fraction.len()
            + fraction_separators
            + self.rest.len();
        let zeros_inside = spec.fill == '0' as u32 && spec.align == b'=';
        let min_width = if zeros_inside { width as isize - others as isize } else { 0 };
        let digits =
            if self.digits.is_empty() { Vec::new() } else { grouped(self.digits, min_width, separators) };
        let missing = width.saturating_sub(others + digits.len());
        let (left, inside, right) = match spec.align {
            b'<' => (0, 0, missing),
            b'^' => (missing / 2, 0, missing - missing / 2),
            b'=' => (0, missing, 0),
            _ => (missing, 0, 0),
        };
        result.push_repeated(spec.fill, left);
        if let Some(sign) = sign {
            result.push(sign.into());
        }
        result.push_text(self.prefix);
        result.push_repeated(spec.fill, inside);
        digits.into_iter().for_each(|code| result.push(code));
        if self.has_point {
            separators.point.iter().for_each(|&code| result.push(code));
        }
        match separators.fraction {
            Some(separator) => {
                for (index, digit) in self.fraction.bytes().enumerate() {
                    if index > 0 && index % 3 == 0 {
                        result.push(separator);
                    }
                    result.push(digit.into());
                }
            }
            None => result.push_text(self.fraction),
        }
        result.push_text(self.rest);
        result.push_repeated(spec.fill, right);
        Ok(())
    }
}
