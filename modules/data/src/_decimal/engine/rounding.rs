//! Rounding: making a result fit the settings.

use super::coefficient::Coefficient;
use super::number::Number;
use super::settings::*;
use super::words::POWERS;

/// Must the coefficient grow by one, after the digit `lost` was cut off?
pub fn rounds_up(rounding: Rounding, lost: u8, negative: bool, coefficient: &Coefficient) -> bool {
    if lost == 0 {
        return false;
    }
    match rounding {
        Rounding::Down => false,
        Rounding::Up => true,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::HalfUp => lost >= 5,
        Rounding::HalfDown => lost > 5,
        Rounding::HalfEven => lost > 5 || (lost == 5 && coefficient.is_odd()),
        Rounding::ZeroFiveUp => coefficient.first().is_some_and(|word| word % 5 == 0),
    }
}

/// So many nines, if there is memory for them.
pub fn nines(digits: i64) -> Option<Coefficient> {
    let mut one = Coefficient::of_word(1).shifted_left(digits)?;
    one.decrement();
    Some(one)
}

impl Number {
    /// Rounds the coefficient after a cut; it may get a digit longer.
    pub fn round_cut(&mut self, lost: u8, settings: &Settings) {
        if rounds_up(settings.rounding, lost, self.negative, &self.coefficient) {
            self.coefficient.increment();
        }
    }

    /// Makes the result of an operation fit the settings, and reports what that took.
    #[inline]
    pub fn finalize(mut self, settings: &Settings, status: &mut u32) -> Number {
        if self.is_special() {
            if self.is_nan() {
                self.cut_payload(settings);
            }
            return self;
        }
        let digits = self.digits();
        let adjusted = self.exponent + digits - 1;
        if digits <= settings.precision
            && adjusted <= settings.emax
            && adjusted >= settings.emin
            && !(settings.clamp && self.exponent > settings.etop())
            && !self.coefficient.is_zero()
        {
            return self;
        }
        self.check_exponent(settings, status);
        if self.is_finite() {
            self.check_precision(settings, status);
        }
        self
    }

    fn check_precision(&mut self, settings: &Settings, status: &mut u32) {
        let shift = self.digits() - settings.precision;
        if shift <= 0 {
            return;
        }
        let lost = self.coefficient.shift_right(shift);
        self.exponent += shift;
        self.round_cut(lost, settings);
        if self.digits() > settings.precision {
            self.coefficient.shift_right(1);
            self.exponent += 1;
            self.check_exponent(settings, status);
        }
        *status |= ROUNDED;
        if lost != 0 {
            *status |= INEXACT;
        }
    }

    fn check_exponent(&mut self, settings: &Settings, status: &mut u32) {
        let adjusted = self.adjusted();
        if adjusted > settings.emax {
            if self.is_zero() {
                self.exponent = if settings.clamp { settings.etop() } else { settings.emax };
                *status |= CLAMPED;
                return;
            }
            self.overflow(settings, status);
        } else if settings.clamp && self.exponent > settings.etop() {
            let shift = self.exponent - settings.etop();
            match self.coefficient.shifted_left(shift) {
                Some(coefficient) => self.coefficient = coefficient,
                None => {
                    *self = Number::error(NO_MEMORY, status);
                    return;
                }
            }
            self.exponent -= shift;
            *status |= CLAMPED;
            if !self.is_zero() && adjusted < settings.emin {
                *status |= SUBNORMAL;
            }
        } else if adjusted < settings.emin {
            let etiny = settings.etiny();
            if self.is_zero() {
                if self.exponent < etiny {
                    self.exponent = etiny;
                    *status |= CLAMPED;
                }
                return;
            }
            *status |= SUBNORMAL;
            if self.exponent < etiny {
                let lost = self.coefficient.shift_right(etiny - self.exponent);
                self.exponent = etiny;
                self.round_cut(lost, settings);
                *status |= ROUNDED;
                if lost != 0 {
                    *status |= INEXACT | UNDERFLOW;
                    if self.is_zero() {
                        *status |= CLAMPED;
                    }
                }
            }
        }
    }

    fn overflow(&mut self, settings: &Settings, status: &mut u32) {
        *status |= OVERFLOW | INEXACT | ROUNDED;
        let infinite = match settings.rounding {
            Rounding::Down | Rounding::ZeroFiveUp => false,
            Rounding::Ceiling => !self.negative,
            Rounding::Floor => self.negative,
            _ => true,
        };
        *self = if infinite {
            Number::infinity(self.negative)
        } else {
            match nines(settings.precision) {
                Some(nines) => Number::finite(self.negative, nines, settings.etop()),
                None => Number::error(NO_MEMORY, status),
            }
        };
    }

    /// Zeros at the end, so that all digits of the precision are there.
    pub fn padded(self, settings: &Settings, status: &mut u32) -> Number {
        if self.is_special() || self.is_zero() || self.digits() >= settings.precision {
            return self;
        }
        let shift = settings.precision - self.digits();
        let exponent = self.exponent - shift;
        let padded = self.coefficient.shifted_left(shift);
        Number::or_no_memory(padded.map(|digits| Number::finite(self.negative, digits, exponent)), status)
    }

    /// One unit in the last place but with the digit that rounding must see: a result of which only the first digits are
    /// known, and that it isn't exact.
    pub fn sticky(&mut self) {
        if let Some(word) = self.coefficient.first_mut()
            && (*word).is_multiple_of(5)
        {
            *word += 1;
        }
    }
}

/// The decimal digits of an exponent.
pub fn exponent_digits(exponent: i64) -> i64 {
    let value = exponent.unsigned_abs();
    POWERS.iter().skip(1).position(|&power| value < power).map_or(20, |count| count as i64 + 1)
}
