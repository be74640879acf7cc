//! Order: numerical, total, and the choice of the larger or smaller.

use std::cmp::Ordering;

use super::coefficient::Coefficient;
use super::number::{Kind, Number};
use super::settings::*;

impl Number {
    /// The order of two numbers that aren't NaN.
    pub fn order(&self, other: &Number) -> Ordering {
        let (left, right) = (self.sign(), other.sign());
        if left != right || left == 0 {
            return left.cmp(&right);
        }
        let order = self.magnitude_order(other);
        if left < 0 { order.reverse() } else { order }
    }

    /// The order of the absolute values of two numbers that aren't NaN.
    pub fn magnitude_order(&self, other: &Number) -> Ordering {
        match (self.is_infinite(), other.is_infinite()) {
            (false, false) => {}
            (left, right) => return left.cmp(&right),
        }
        match (self.is_zero(), other.is_zero()) {
            (false, false) => {}
            (left, right) => return right.cmp(&left),
        }
        if self.exponent == other.exponent {
            return self.coefficient.compare(&other.coefficient);
        }
        self.adjusted().cmp(&other.adjusted()).then_with(|| {
            // As many digits lie between as the exponents differ.
            if self.exponent > other.exponent {
                compare_shifted(&self.coefficient, self.exponent - other.exponent, &other.coefficient)
            } else {
                compare_shifted(&other.coefficient, other.exponent - self.exponent, &self.coefficient)
                    .reverse()
            }
        })
    }

    /// `compare`: -1, 0, 1 or a NaN. With `signal`, every NaN is invalid.
    pub fn compare(&self, other: &Number, signal: bool, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = Number::check_nans(self, other, settings, status) {
            if signal {
                *status |= INVALID_OPERATION;
            }
            return nan;
        }
        Number::of_i64(self.order(other) as i64)
    }

    /// `compare_total`.
    pub fn total_order(&self, other: &Number) -> Ordering {
        if self.negative != other.negative {
            return other.negative.cmp(&self.negative);
        }
        let order = self.total_magnitude_order(other);
        if self.negative { order.reverse() } else { order }
    }

    /// `compare_total_mag`.
    pub fn total_magnitude_order(&self, other: &Number) -> Ordering {
        fn rank(kind: Kind) -> u8 {
            match kind {
                Kind::Signaling => 1,
                Kind::Quiet => 2,
                _ => 0,
            }
        }
        let order = rank(self.kind).cmp(&rank(other.kind));
        if self.is_nan() || other.is_nan() {
            return order.then_with(|| self.coefficient.compare(&other.coefficient));
        }
        self.magnitude_order(other).then_with(|| self.exponent.cmp(&other.exponent))
    }

    /// `max`, `min`, `max_mag`, `min_mag`.
    pub fn choose(
        &self,
        other: &Number,
        larger: bool,
        magnitude: bool,
        settings: &Settings,
        status: &mut u32,
    ) -> Number {
        let chosen = if self.is_quiet() && !other.is_nan() {
            other
        } else if other.is_quiet() && !self.is_nan() {
            self
        } else if let Some(nan) = Number::check_nans(self, other, settings, status) {
            return nan;
        } else {
            let mut order = if magnitude { self.magnitude_order(other) } else { self.order(other) };
            if order.is_eq() && magnitude {
                order = self.order(other);
            }
            // Numerically equal ones are told apart by sign and exponent.
            let order = order.then_with(|| self.total_order(other));
            if order.is_ge() == larger { self } else { other }
        };
        chosen.clone().finalize(settings, status)
    }
}

/// left · 10^shift by right: numbers of the same length then.
fn compare_shifted(left: &Coefficient, shift: i64, right: &Coefficient) -> Ordering {
    // The shift is less than right's digits, so this is no larger than right.
    match left.shifted_left(shift) {
        Some(left) => left.compare(right),
        None => Ordering::Equal,
    }
}
