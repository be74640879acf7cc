//! Results with a given exponent: quantize, rescale, integral values, normalize.

use super::coefficient::Coefficient;
use super::number::Number;
use super::settings::*;

impl Number {
    /// The number with the exponent of another.
    pub fn quantize(&self, other: &Number, settings: &Settings, status: &mut u32) -> Number {
        if self.is_special() || other.is_special() {
            if let Some(nan) = Number::check_nans(self, other, settings, status) {
                return nan;
            }
            return if self.is_infinite() && other.is_infinite() {
                self.clone()
            } else {
                Number::invalid(status)
            };
        }
        let exponent = other.exponent;
        if exponent > settings.emax || exponent < settings.etiny() {
            return Number::invalid(status);
        }
        if self.is_zero() {
            return Number::small(self.negative, 0, exponent).finalize(settings, status);
        }
        let distance = self.exponent - exponent;
        if self.digits() + distance > settings.precision {
            return Number::invalid(status);
        }
        let mut found = 0;
        let result = if distance >= 0 {
            match self.coefficient.shifted_left(distance) {
                Some(digits) => Number::finite(self.negative, digits, exponent),
                None => return Number::error(NO_MEMORY, status),
            }
        } else {
            let Some(mut digits) = self.coefficient.try_clone() else {
                return Number::error(NO_MEMORY, status);
            };
            let lost = digits.shift_right(-distance);
            let mut result = Number::finite(self.negative, digits, exponent);
            result.round_cut(lost, settings);
            found |= if lost != 0 { ROUNDED | INEXACT } else { ROUNDED };
            if result.digits() > settings.precision {
                return Number::invalid(status);
            }
            result
        };
        if result.adjusted() > settings.emax || result.adjusted() < settings.etiny() {
            return Number::invalid(status);
        }
        *status |= found;
        result.finalize(settings, status)
    }

    /// Rounded to an integer. `exact` reports what was lost. A positive exponent stays.
    pub fn to_integral(&self, exact: bool, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = self.check_nan(settings, status) {
            return nan;
        }
        if self.is_infinite() || self.exponent >= 0 {
            return self.clone();
        }
        if self.is_zero() {
            return Number::small(self.negative, 0, 0);
        }
        let Some(mut digits) = self.coefficient.try_clone() else { return Number::error(NO_MEMORY, status) };
        let lost = digits.shift_right(-self.exponent);
        let mut result = Number::finite(self.negative, digits, 0);
        result.round_cut(lost, settings);
        if exact {
            *status |= if lost != 0 { ROUNDED | INEXACT } else { ROUNDED };
        }
        result
    }

    /// Without its fraction.
    pub fn truncated(&self) -> Option<Number> {
        let mut digits = self.coefficient.try_clone()?;
        if self.exponent >= 0 {
            return Some(Number::finite(self.negative, digits, self.exponent));
        }
        digits.shift_right(-self.exponent);
        Some(Number::finite(self.negative, digits, 0))
    }

    /// Rounded, without zeros at the end.
    pub fn normalize(&self, settings: &Settings, status: &mut u32) -> Number {
        if self.is_special() {
            return self.check_nan(settings, status).unwrap_or_else(|| self.clone());
        }
        let mut result = self.clone().finalize(settings, status);
        if result.is_special() {
            return result;
        }
        if result.is_zero() {
            return Number::small(result.negative, 0, 0);
        }
        let limit = if settings.clamp { settings.etop() } else { settings.emax };
        let zeros = result.coefficient.trailing_zeros().min(limit - result.exponent);
        if zeros > 0 {
            result.coefficient.shift_right(zeros);
            result.exponent += zeros;
        }
        result
    }

    /// Rounded to so many digits at most, no limits to the exponent.
    pub fn rounded_to(mut self, precision: i64, rounding: Rounding) -> Number {
        let shift = self.digits() - precision;
        if shift > 0 {
            let lost = self.coefficient.shift_right(shift);
            self.exponent += shift;
            if super::rounding::rounds_up(rounding, lost, self.negative, &self.coefficient) {
                self.coefficient.increment();
                if self.digits() > precision {
                    self.coefficient.shift_right(1);
                    self.exponent += 1;
                }
            }
        }
        self
    }

    /// With another exponent, digits after that rounded off: for formatting, without limits of precision.
    pub fn rescaled(&self, exponent: i64, rounding: Rounding) -> Option<Number> {
        let distance = self.exponent - exponent;
        if distance >= 0 {
            return Some(Number::finite(self.negative, self.coefficient.shifted_left(distance)?, exponent));
        }
        let mut digits: Coefficient = self.coefficient.try_clone()?;
        let lost = digits.shift_right(-distance);
        if super::rounding::rounds_up(rounding, lost, self.negative, &digits) {
            digits.increment();
        }
        Some(Number::finite(self.negative, digits, exponent))
    }
}
