//! Numbers as text.

use super::number::{Kind, Number};
use super::words::WORD_DIGITS;

impl Number {
    /// The digits of the coefficient; nothing for a NaN without a payload.
    pub fn digit_text(&self) -> String {
        let mut text = String::with_capacity(self.coefficient.len() * WORD_DIGITS);
        self.push_digits(&mut text);
        text
    }

    fn push_digits(&self, text: &mut String) {
        let Some((&top, rest)) = self.coefficient.split_last() else { return };
        push_word(text, top, super::words::digits_of(top));
        for &word in rest.iter().rev() {
            push_word(text, word, WORD_DIGITS);
        }
    }

    /// Scientific notation; `engineering`: exponents that are multiples of three.
    pub fn text(&self, engineering: bool, capitals: bool) -> String {
        let mut text = String::with_capacity(self.coefficient.len() * WORD_DIGITS + 8);
        if self.negative {
            text.push('-');
        }
        match self.kind {
            Kind::Infinite => {
                text.push_str("Infinity");
                return text;
            }
            Kind::Quiet | Kind::Signaling => {
                text.push_str(if self.is_signaling() { "sNaN" } else { "NaN" });
                self.push_digits(&mut text);
                return text;
            }
            Kind::Finite => {}
        }
        let start = text.len();
        self.push_digits(&mut text);
        let digits = (text.len() - start) as i64;
        let adjusted = self.exponent + digits - 1;
        // How many digits stand before the point.
        let mut before = if self.exponent <= 0 && adjusted >= -6 {
            self.exponent + digits
        } else if !engineering {
            1
        } else if self.coefficient.is_zero() {
            (self.exponent + 2).rem_euclid(3) - 1
        } else {
            adjusted.rem_euclid(3) + 1
        };
        let exponent = self.exponent + digits - before;
        if before <= 0 {
            text.insert_str(start, &format!("0.{:0>1$}", "", (-before) as usize));
        } else if before < digits {
            text.insert(start + before as usize, '.');
        } else {
            while before > digits {
                text.push('0');
                before -= 1;
            }
        }
        if exponent != 0 {
            text.push(if capitals { 'E' } else { 'e' });
            text.push_str(&format!("{exponent:+}"));
        }
        text
    }
}

fn push_word(text: &mut String, mut word: u64, digits: usize) {
    let mut buffer = [b'0'; WORD_DIGITS];
    for place in (WORD_DIGITS - digits..WORD_DIGITS).rev() {
        buffer[place] = b'0' + (word % 10) as u8;
        word /= 10;
    }
    text.extend(buffer[WORD_DIGITS - digits..].iter().map(|&digit| char::from(digit)));
}
