//! Square roots.

use super::coefficient::Coefficient;
use super::natural;
use super::number::Number;
use super::settings::*;
use super::words::WORD_DIGITS;

impl Number {
    /// The square root, rounded to the nearest.
    pub fn square_root(&self, settings: &Settings, status: &mut u32) -> Number {
        let settings = Settings { rounding: Rounding::HalfEven, ..*settings };
        if let Some(nan) = self.check_nan(&settings, status) {
            return nan;
        }
        let ideal = self.exponent.div_euclid(2);
        if self.is_zero() {
            return Number::small(self.negative, 0, ideal).finalize(&settings, status);
        }
        if self.negative {
            return Number::invalid(status);
        }
        if self.is_infinite() {
            return Number::infinity(false);
        }
        let mut root = self.root(settings.precision, ideal);
        if root.is_none() {
            // An exact one has no more digits than the number.
            root = self.root(self.digits(), ideal).filter(|(_, exact)| *exact);
        }
        let root = root.map(|(root, _)| root);
        Number::or_no_memory(root, status).finalize(&settings, status)
    }

    /// At least a digit more than the precision, and whether it is exact.
    fn root(&self, precision: i64, ideal: i64) -> Option<(Number, bool)> {
        let words = natural::words_for(usize::try_from(precision.checked_add(1)?).ok()?);
        // The radicand fills twice as many words, but for one digit perhaps: its exponent is even.
        let mut digits = (2 * words * WORD_DIGITS) as i64;
        if (self.exponent - (digits - self.digits())) % 2 != 0 {
            digits -= 1;
        }
        let shift = digits - self.digits();
        let exponent = self.exponent - shift;
        let (radicand, lost) = if shift >= 0 {
            (self.coefficient.shifted_left(shift)?, false)
        } else {
            let mut cut = self.coefficient.try_clone()?;
            let lost = cut.shift_right(-shift);
            (cut, lost != 0)
        };
        let (root, rest) = natural::square_root(&radicand)?;
        let mut root = Number::finite(false, Coefficient::of_words(root), exponent / 2);
        if lost || !rest.is_empty() {
            root.sticky();
            return Some((root, false));
        }
        let distance = ideal - root.exponent;
        if distance > 0 {
            let zeros = root.coefficient.trailing_zeros().min(distance);
            root.coefficient.shift_right(zeros);
            root.exponent += zeros;
        } else if distance < 0 {
            root = root.rescaled(ideal, Rounding::Down)?;
        }
        Some((root, true))
    }
}
