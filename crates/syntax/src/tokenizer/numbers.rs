//! Number literals.

use super::lexer::{Lexer, Step};
use super::token::TokenKind as K;

impl Lexer<'_> {
    /// Reads a number; the position is at its first digit or its point.
    pub(super) fn number(&mut self, start: usize) -> Step {
        if self.at(self.pos) == b'.' {
            self.pos += 1;
            return self.fraction(start);
        }
        if self.at(self.pos) != b'0' {
            self.decimal_tail()?;
            return self.after_integer(start);
        }
        self.pos += 1;
        match self.at(self.pos) | 0x20 {
            b'x' => self.radix(start, "hexadecimal", |c| c.is_ascii_hexdigit()),
            b'o' => self.radix(start, "octal", |c| matches!(c, b'0'..=b'7')),
            b'b' => self.radix(start, "binary", |c| matches!(c, b'0' | b'1')),
            _ => self.zero(start),
        }
    }

    /// The rest of a number with a radix prefix; the position is at its letter.
    fn radix(&mut self, start: usize, kind: &str, is_digit: impl Fn(u8) -> bool) -> Step {
        self.pos += 1;
        loop {
            if self.at(self.pos) == b'_' {
                self.pos += 1;
            }
            let c = self.at(self.pos);
            if !is_digit(c) {
                return self.bad_digit(kind, c, true);
            }
            while is_digit(self.at(self.pos)) {
                self.pos += 1;
            }
            if self.at(self.pos) != b'_' {
                break;
            }
        }
        let c = self.at(self.pos);
        if c.is_ascii_digit() {
            return self.bad_digit(kind, c, false);
        }
        self.end_of_number(kind)?;
        self.push(K::Number, start);
        Ok(())
    }

    #[cold]
    fn bad_digit(&mut self, kind: &str, c: u8, empty: bool) -> Step {
        if c.is_ascii_digit() {
            self.pos += 1;
            return self.fail(format!("invalid digit '{}' in {kind} literal", c as char));
        }
        debug_assert!(empty);
        self.fail(format!("invalid {kind} literal"))
    }

    /// A number that begins with 0 and has no radix; the position is after the 0.
    fn zero(&mut self, start: usize) -> Step {
        loop {
            if self.at(self.pos) == b'_' {
                self.pos += 1;
                if !self.at(self.pos).is_ascii_digit() {
                    return self.fail("invalid decimal literal");
                }
            }
            if self.at(self.pos) != b'0' {
                break;
            }
            self.pos += 1;
        }
        let zeros_end = self.pos + 1;
        let nonzero = self.at(self.pos).is_ascii_digit();
        if nonzero {
            self.decimal_tail()?;
        }
        let c = self.at(self.pos);
        if nonzero && !self.options.extra_tokens && !matches!(c, b'.' | b'e' | b'E' | b'j' | b'J') {
            let message = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
            let (from, to) = (start + 1 - self.line_start, zeros_end - self.line_start);
            return self.fail_range(message, from, to);
        }
        self.after_integer(start)
    }

    /// Digits with single underscores between.
    fn decimal_tail(&mut self) -> Step {
        loop {
            while self.at(self.pos).is_ascii_digit() {
                self.pos += 1;
            }
            if self.at(self.pos) != b'_' {
                return Ok(());
            }
            self.pos += 1;
            if !self.at(self.pos).is_ascii_digit() {
                return self.fail("invalid decimal literal");
            }
        }
    }

    fn after_integer(&mut self, start: usize) -> Step {
        if self.at(self.pos) == b'.' {
            self.pos += 1;
            return self.fraction(start);
        }
        self.exponent(start)
    }

    /// What follows the point.
    fn fraction(&mut self, start: usize) -> Step {
        if self.at(self.pos).is_ascii_digit() {
            self.decimal_tail()?;
        }
        self.exponent(start)
    }

    fn exponent(&mut self, start: usize) -> Step {
        if self.at(self.pos) | 0x20 == b'e' {
            let mut at = self.pos + 1;
            let signed = matches!(self.at(at), b'+' | b'-');
            at += usize::from(signed);
            if self.at(at).is_ascii_digit() {
                self.pos = at;
                self.decimal_tail()?;
            } else if signed {
                self.pos = at;
                return self.fail("invalid decimal literal");
            } else {
                self.end_of_number("decimal")?;
                self.push(K::Number, start);
                return Ok(());
            }
        }
        if self.at(self.pos) | 0x20 == b'j' {
            self.pos += 1;
            self.end_of_number("imaginary")?;
        } else {
            self.end_of_number("decimal")?;
        }
        self.push(K::Number, start);
        Ok(())
    }

    /// Checks what follows a number: a keyword makes a warning, any other name an error.
    fn end_of_number(&mut self, kind: &str) -> Step {
        let c = self.at(self.pos);
        if self.options.extra_tokens || !(c.is_ascii_alphanumeric() || c == b'_') {
            return Ok(());
        }
        let rest = &self.src[self.pos..];
        let whole: [&[u8]; 5] = [b"and", b"else", b"for", b"or", b"not"];
        let begins: [&[u8]; 3] = [b"if", b"in", b"is"];
        let goes_on = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_' || *c >= 0x80;
        let is_whole = |rest: &[u8], keyword: &[u8]| {
            rest.strip_prefix(keyword).is_some_and(|after| !after.first().is_some_and(goes_on))
        };
        if whole.iter().any(|keyword| is_whole(rest, keyword)) || begins.iter().any(|b| rest.starts_with(b)) {
            self.warn(self.pos, format!("invalid {kind} literal"));
            return Ok(());
        }
        self.fail(format!("invalid {kind} literal"))
    }
}
