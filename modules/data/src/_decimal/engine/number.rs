//! A number: sign, coefficient, exponent; or an infinity; or a NaN with its payload.

use super::coefficient::Coefficient;
use super::settings::{EXP_INF, INVALID_OPERATION, NO_MEMORY, Settings};

/// What a number is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Finite,
    Infinite,
    Quiet,
    Signaling,
}

/// A decimal number.
#[derive(Clone)]
pub struct Number {
    pub negative: bool,
    pub kind: Kind,
    /// Of finite numbers; else 0.
    pub exponent: i64,
    /// A NaN's payload is here, or nothing.
    pub coefficient: Coefficient,
}

impl Number {
    pub const ZERO: Number = Number::small(false, 0, 0);
    pub const ONE: Number = Number::small(false, 1, 0);
    /// A quiet NaN.
    pub const NAN: Number = Number::special(false, Kind::Quiet);

    #[inline]
    pub const fn small(negative: bool, coefficient: u64, exponent: i64) -> Number {
        Number { negative, kind: Kind::Finite, exponent, coefficient: Coefficient::of_word(coefficient) }
    }

    #[inline]
    pub const fn special(negative: bool, kind: Kind) -> Number {
        Number { negative, kind, exponent: 0, coefficient: Coefficient::EMPTY }
    }

    #[inline]
    pub const fn infinity(negative: bool) -> Number {
        Number::special(negative, Kind::Infinite)
    }

    #[inline]
    pub const fn finite(negative: bool, coefficient: Coefficient, exponent: i64) -> Number {
        Number { negative, kind: Kind::Finite, exponent, coefficient }
    }

    pub fn of_i64(value: i64) -> Number {
        Number::finite(value < 0, Coefficient::of_u128(u128::from(value.unsigned_abs())), 0)
    }

    /// What stands for a result too large for memory: rounding makes an infinity, or the largest number, of it.
    pub fn beyond(negative: bool) -> Number {
        Number::small(negative, 1, EXP_INF)
    }

    /// A NaN, reported.
    #[cold]
    pub fn error(condition: u32, status: &mut u32) -> Number {
        *status |= condition;
        Number::NAN
    }

    #[cold]
    pub fn invalid(status: &mut u32) -> Number {
        Number::error(INVALID_OPERATION, status)
    }

    /// The number, or a NaN where there was no memory.
    #[inline]
    pub fn or_no_memory(number: Option<Number>, status: &mut u32) -> Number {
        match number {
            Some(number) => number,
            None => Number::error(NO_MEMORY, status),
        }
    }

    #[inline]
    pub fn digits(&self) -> i64 {
        self.coefficient.digits()
    }

    /// The exponent of the first digit.
    #[inline]
    pub fn adjusted(&self) -> i64 {
        self.exponent + self.digits() - 1
    }

    #[inline]
    pub fn is_special(&self) -> bool {
        self.kind != Kind::Finite
    }

    pub fn is_nan(&self) -> bool {
        matches!(self.kind, Kind::Quiet | Kind::Signaling)
    }

    pub fn is_signaling(&self) -> bool {
        self.kind == Kind::Signaling
    }

    pub fn is_quiet(&self) -> bool {
        self.kind == Kind::Quiet
    }

    pub fn is_infinite(&self) -> bool {
        self.kind == Kind::Infinite
    }

    pub fn is_finite(&self) -> bool {
        self.kind == Kind::Finite
    }

    #[inline]
    pub fn is_zero(&self) -> bool {
        self.kind == Kind::Finite && self.coefficient.is_zero()
    }

    pub fn is_normal(&self, settings: &Settings) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() >= settings.emin
    }

    pub fn is_subnormal(&self, settings: &Settings) -> bool {
        self.is_finite() && !self.is_zero() && self.adjusted() < settings.emin
    }

    /// A finite number without a fraction.
    pub fn is_integer(&self) -> bool {
        self.is_finite()
            && (self.exponent >= 0
                || self.is_zero()
                || self.coefficient.trailing_zeros() + self.exponent >= 0)
    }

    /// Of an integer: is it odd?
    pub fn is_odd(&self) -> bool {
        if self.exponent > 0 || self.is_zero() {
            return false;
        }
        match usize::try_from(-self.exponent) {
            Ok(place) => self.coefficient.digit(place) % 2 == 1,
            Err(_) => false,
        }
    }

    /// -1, 0, 1; of a NaN too.
    pub fn sign(&self) -> i32 {
        match () {
            () if self.is_zero() => 0,
            () if self.negative => -1,
            () => 1,
        }
    }

    pub fn with_sign(mut self, negative: bool) -> Number {
        self.negative = negative;
        self
    }

    pub fn absolute(&self) -> Number {
        self.clone().with_sign(false)
    }

    pub fn negated(&self) -> Number {
        self.clone().with_sign(!self.negative)
    }

    /// A NaN made quiet, its payload cut to what the settings hold.
    #[cold]
    fn quieted(&self, settings: &Settings) -> Number {
        let mut result = self.clone();
        result.kind = Kind::Quiet;
        result.cut_payload(settings);
        result
    }

    /// Cuts a payload to what the settings hold.
    pub fn cut_payload(&mut self, settings: &Settings) {
        let most = settings.precision - i64::from(settings.clamp);
        if self.digits() > most {
            self.coefficient.keep_low(most);
            if self.coefficient.is_zero() {
                self.coefficient = Coefficient::EMPTY;
            }
        }
    }

    /// The result of an operation on a NaN, if this is one.
    #[inline]
    pub fn check_nan(&self, settings: &Settings, status: &mut u32) -> Option<Number> {
        if !self.is_nan() {
            return None;
        }
        if self.is_signaling() {
            *status |= INVALID_OPERATION;
        }
        Some(self.quieted(settings))
    }

    /// The result of an operation on NaNs, if one of both is: signaling ones count first, then the left one.
    pub fn check_nans(
        left: &Number,
        right: &Number,
        settings: &Settings,
        status: &mut u32,
    ) -> Option<Number> {
        if !left.is_nan() && !right.is_nan() {
            return None;
        }
        let chosen = match (left, right) {
            (left, _) if left.is_signaling() => left,
            (_, right) if right.is_signaling() => right,
            (left, _) if left.is_nan() => left,
            (_, right) => right,
        };
        chosen.check_nan(settings, status)
    }
}
