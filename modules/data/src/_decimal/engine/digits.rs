//! Operations on digits and exponents: shift, rotate, scaleb, logb.

use super::coefficient::Coefficient;
use super::number::Number;
use super::settings::*;

impl Number {
    /// The value of an integer in the range of i64. Anything else is none.
    pub fn to_i64(&self) -> Option<i64> {
        if !self.is_integer() {
            return None;
        }
        if self.is_zero() {
            return Some(0);
        }
        if self.adjusted() > 19 {
            return None;
        }
        let digits = if self.exponent >= 0 {
            self.coefficient.shifted_left(self.exponent)?
        } else {
            self.truncated()?.coefficient
        };
        let value = digits
            .iter()
            .rev()
            .fold(0i128, |value, &word| value * i128::from(super::words::BASE) + i128::from(word));
        i64::try_from(if self.negative { -value } else { value }).ok()
    }

    /// The second operand of shift and rotate: an integer, written as one, not beyond the precision.
    fn as_shift(&self, settings: &Settings) -> Option<i64> {
        if self.exponent != 0 || !self.is_finite() {
            return None;
        }
        self.to_i64().filter(|shift| shift.abs() <= settings.precision)
    }

    /// Digits moved, positive to the left; those beyond the precision are lost.
    pub fn shift(&self, by: &Number, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = Number::check_nans(self, by, settings, status) {
            return nan;
        }
        let Some(by) = by.as_shift(settings) else { return Number::invalid(status) };
        if self.is_infinite() {
            return self.clone();
        }
        let moved = self.within_precision(settings).and_then(|digits| moved(digits, by, settings.precision));
        let result = moved.map(|digits| Number::finite(self.negative, digits, self.exponent));
        Number::or_no_memory(result, status)
    }

    fn within_precision(&self, settings: &Settings) -> Option<Coefficient> {
        let mut digits = self.coefficient.try_clone()?;
        digits.keep_low(settings.precision);
        Some(digits)
    }

    /// Digits moved, those beyond the precision coming in at the other end.
    pub fn rotate(&self, by: &Number, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = Number::check_nans(self, by, settings, status) {
            return nan;
        }
        let Some(by) = by.as_shift(settings) else { return Number::invalid(status) };
        if self.is_infinite() {
            return self.clone();
        }
        let left = if by >= 0 { by } else { settings.precision + by };
        let rotated = self.within_precision(settings).and_then(|digits| {
            let mut high = digits.try_clone()?;
            high.shift_right(settings.precision - left);
            // A cut that takes all leaves zero; the sum has no common digits.
            if settings.precision - left >= digits.digits() {
                high = Coefficient::ZERO;
            }
            Coefficient::sum(&moved(digits, left, settings.precision)?, &high)
        });
        let result = rotated.map(|digits| Number::finite(self.negative, digits, self.exponent));
        Number::or_no_memory(result, status)
    }

    /// The exponent changed by an integer.
    pub fn scaleb(&self, by: &Number, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = Number::check_nans(self, by, settings, status) {
            return nan;
        }
        if by.is_infinite() || by.exponent != 0 {
            return Number::invalid(status);
        }
        let most = settings.emax.saturating_add(settings.precision).saturating_mul(2);
        let Some(by) = by.to_i64().filter(|by| by.abs() <= most) else { return Number::invalid(status) };
        if self.is_infinite() {
            return self.clone();
        }
        let exponent = self.exponent.saturating_add(by).clamp(MIN_ETINY - 1, EXP_INF - 1);
        let mut result = self.clone();
        result.exponent = exponent;
        result.finalize(settings, status)
    }

    /// The exponent of the first digit, as a number.
    pub fn logb(&self, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = self.check_nan(settings, status) {
            return nan;
        }
        if self.is_infinite() {
            return Number::infinity(false);
        }
        if self.is_zero() {
            *status |= DIVISION_BY_ZERO;
            return Number::infinity(true);
        }
        Number::of_i64(self.adjusted()).finalize(settings, status)
    }
}

/// Shifted by digits, positive to the left, cut to a number of digits.
fn moved(mut digits: Coefficient, by: i64, precision: i64) -> Option<Coefficient> {
    if by < 0 {
        let all = -by >= digits.digits();
        digits.shift_right(-by);
        return Some(if all { Coefficient::ZERO } else { digits });
    }
    digits.keep_low(precision - by);
    digits.shifted_left(by)
}
