//! Number tokens to constants.

use num_bigint::BigInt;

use super::*;

impl<'a> Parser<'a, '_> {
    /// The value of the number token here, which is not stepped over.
    pub(super) fn number(&mut self) -> Parse<Constant<'a>> {
        let text = self.text();
        let bytes = text.as_bytes();
        // Nearly every number is a short decimal integer.
        if bytes.len() <= 18 && bytes.iter().all(u8::is_ascii_digit) {
            let value = bytes.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
            return Ok(Constant::Int(Int::Small(value)));
        }
        self.long_number(text)
    }

    #[inline(never)]
    fn long_number(&mut self, text: &'a str) -> Parse<Constant<'a>> {
        let plain;
        let mut digits = text;
        if text.contains('_') {
            self.check_version(6, "Underscores in numeric literals are")?;
            plain = text.replace('_', "");
            digits = &plain;
        }
        let radix = match digits.as_bytes() {
            [b'0', b'x' | b'X', ..] => 16,
            [b'0', b'o' | b'O', ..] => 8,
            [b'0', b'b' | b'B', ..] => 2,
            _ => 10,
        };
        if radix != 10 {
            return self.integer(&digits[2..], radix);
        }
        if let Some(imaginary) = digits.strip_suffix(['j', 'J']) {
            let imag = self.float(imaginary)?;
            return Ok(Constant::Complex { real: 0.0, imag });
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Constant::Float(self.float(digits)?));
        }
        if let Some(message) = too_many_digits(digits, self.options.max_int_digits) {
            return self.raise(message);
        }
        self.integer(digits, 10)
    }

    fn float(&mut self, text: &str) -> Parse<f64> {
        match text.parse() {
            Ok(value) => Ok(value),
            Err(_) => self.raise("invalid decimal literal"),
        }
    }

    fn integer(&mut self, digits: &str, radix: u32) -> Parse<Constant<'a>> {
        if let Ok(value) = i64::from_str_radix(digits, radix) {
            return Ok(Constant::Int(Int::Small(value)));
        }
        match BigInt::parse_bytes(digits.as_bytes(), radix) {
            Some(value) => Ok(Constant::Int(Int::from_bigint(&value, self.arena))),
            None => self.raise("invalid decimal literal"),
        }
    }
}

/// What is wrong with a decimal number of more digits than the limit (0 for none) allows.
pub(crate) fn too_many_digits(text: &str, limit: usize) -> Option<String> {
    if limit == 0 || text.len() <= limit || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return None;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (digits > limit).then(|| {
        format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; use \
             sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer \
             literals to avoid decimal conversion limits."
        )
    })
}
