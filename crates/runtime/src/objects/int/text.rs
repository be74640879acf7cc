//! From ints to text: decimal with its limit, and the other bases.

use std::cell::Cell;

use super::{Int, digits};
use crate::prelude::*;

/// The default of the limit on decimal digits in conversions.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;
/// No limit may be below this, except 0: none.
pub const MAX_STR_DIGITS_THRESHOLD: usize = 640;

/// The limit of an interpreter: `sys.set_int_max_str_digits`.
pub struct Limit(pub Cell<usize>);

impl Default for Limit {
    fn default() -> Self {
        Limit(Cell::new(DEFAULT_MAX_STR_DIGITS))
    }
}

/// How many decimal digits a conversion may have; 0 is no limit.
pub fn max_str_digits() -> usize {
    Interpreter::current().state::<Limit>().0.get()
}

/// Sets the limit. The caller checks it against the threshold.
pub fn set_max_str_digits(limit: usize) {
    Interpreter::current().state::<Limit>().0.set(limit);
}

impl Int {
    /// `str(self)`; ValueError beyond the limit.
    pub fn to_decimal(&self) -> Result<Ref<Str>> {
        if let Some(value) = self.medium() {
            let mut buffer = [0; 20];
            return Ok(Str::new(decimal(value, &mut buffer)));
        }
        Ok(Str::from_string(self.to_decimal_string()?))
    }

    /// As [`Int::to_decimal`], a Rust string.
    pub fn to_decimal_string(&self) -> Result<String> {
        if let Some(value) = self.medium() {
            return Ok(value.to_string());
        }
        let limit = max_str_digits();
        let too_long = || {
            raise!(
                ValueError,
                "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to \
                 increase the limit"
            )
        };
        // A bit is more than 0.3 decimal digits.
        if limit > 0 && (self.bit_length() - 1) as f64 * 0.3 > (limit + 1) as f64 {
            return Err(too_long());
        }
        let mut text = digits::to_ubig(self.digits()).to_string();
        if limit > 0 && text.len() > limit {
            return Err(too_long());
        }
        if self.is_negative() {
            text.insert(0, '-');
        }
        Ok(text)
    }

    /// In base 2, 8 or 16 (given by its bits), with a prefix and in lower case; the sign is before the prefix.
    pub fn to_binary_base(&self, bits: u32, prefix: &str) -> String {
        let length = self.bit_length();
        let count = length.div_ceil(bits as usize).max(1);
        let mut text = String::with_capacity(count + prefix.len() + 1);
        if self.is_negative() {
            text.push('-');
        }
        text.push_str(prefix);
        let digits = self.digits();
        for index in (0..count).rev() {
            let (at, part) = (index * bits as usize / 30, (index * bits as usize % 30) as u32);
            let low = u64::from(digits.get(at).copied().unwrap_or(0));
            let high = u64::from(digits.get(at + 1).copied().unwrap_or(0));
            let value = (high << 30 | low) >> part & ((1 << bits) - 1);
            text.push(b"0123456789abcdef"[value as usize] as char);
        }
        text
    }
}

/// The decimal digits of a machine word.
fn decimal(value: i64, buffer: &mut [u8; 20]) -> &str {
    let mut rest = value.unsigned_abs();
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    std::str::from_utf8(&buffer[start..]).expect("digits are ASCII")
}
