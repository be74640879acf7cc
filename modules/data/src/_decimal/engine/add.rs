//! Sums and differences; fused multiply-add; the neighbours of a number.

use super::coefficient::Coefficient;
use super::number::Number;
use super::rounding::nines;
use super::settings::*;

impl Number {
    #[inline]
    pub fn add(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
        Number::add_signed(left, right, right.negative, settings, status)
    }

    #[inline]
    pub fn subtract(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
        Number::add_signed(left, right, !right.negative, settings, status)
    }

    fn add_signed(
        left: &Number,
        right: &Number,
        negative: bool,
        settings: &Settings,
        status: &mut u32,
    ) -> Number {
        if left.is_special() || right.is_special() {
            if let Some(nan) = Number::check_nans(left, right, settings, status) {
                return nan;
            }
            return match (left.is_infinite(), right.is_infinite()) {
                (true, true) if left.negative != negative => Number::invalid(status),
                (true, _) => Number::infinity(left.negative),
                _ => Number::infinity(negative),
            };
        }
        let sum = add_finite(left, right, negative, settings);
        Number::or_no_memory(sum, status).finalize(settings, status)
    }

    /// left · right + addend, rounded once.
    pub fn fma(
        left: &Number,
        right: &Number,
        addend: &Number,
        settings: &Settings,
        status: &mut u32,
    ) -> Number {
        let mut found = 0;
        let product = Number::multiply_exactly(left, right, settings, &mut found);
        *status |= found;
        if found & ERRORS != 0 {
            return product;
        }
        Number::add(&product, addend, settings, status)
    }

    /// The next larger one (or smaller one) that the settings can hold.
    pub fn next(&self, up: bool, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = self.check_nan(settings, status) {
            return nan;
        }
        if self.is_infinite() {
            if self.negative != up {
                return self.clone();
            }
            let nines = nines(settings.precision);
            let most = nines.map(|nines| Number::finite(self.negative, nines, settings.etop()));
            return Number::or_no_memory(most, status);
        }
        let rounding = if up { Rounding::Ceiling } else { Rounding::Floor };
        let work = Settings { rounding, ..*settings };
        let mut found = 0;
        let rounded = self.clone().finalize(&work, &mut found);
        if found & (INEXACT | NO_MEMORY) != 0 {
            *status |= found & ERRORS;
            return rounded;
        }
        let tiny = Number::small(!up, 1, settings.etiny() - 1);
        let result = Number::add(self, &tiny, &work, &mut found);
        *status |= found & ERRORS;
        result
    }

    /// The neighbour in the direction of another.
    pub fn next_toward(&self, other: &Number, settings: &Settings, status: &mut u32) -> Number {
        if let Some(nan) = Number::check_nans(self, other, settings, status) {
            return nan;
        }
        let order = self.order(other);
        if order.is_eq() {
            return self.clone().with_sign(other.negative);
        }
        let result = self.next(order.is_lt(), settings, status);
        if result.is_infinite() {
            *status |= OVERFLOW | ROUNDED | INEXACT;
        } else if result.is_finite() && result.adjusted() < settings.emin {
            *status |= UNDERFLOW | SUBNORMAL | ROUNDED | INEXACT;
            if result.is_zero() {
                *status |= CLAMPED;
            }
        }
        result
    }
}

/// The sum of finite numbers, exact, or with a digit that stands for all far below the precision.
fn add_finite(left: &Number, right: &Number, negative: bool, settings: &Settings) -> Option<Number> {
    if left.exponent == right.exponent {
        return combine(
            left.negative,
            &left.coefficient,
            negative,
            &right.coefficient,
            left.exponent,
            settings.rounding,
        );
    }
    let swapped = left.exponent < right.exponent;
    let (big, small) = if swapped { (right, left) } else { (left, right) };
    let (big_sign, small_sign) = if swapped { (negative, left.negative) } else { (left.negative, negative) };
    if big.coefficient.is_zero() {
        let (big, small) = (&big.coefficient, &small.coefficient);
        let exponent = left.exponent.min(right.exponent);
        return combine(big_sign, big, small_sign, small, exponent, settings.rounding);
    }
    let bound = big.exponent - 1 + (big.digits() - settings.precision - 1).min(0);
    let tiny;
    let (small_digits, exponent) = if small.adjusted() < bound {
        tiny = Coefficient::of_word(u64::from(!small.is_zero()));
        (&tiny, bound)
    } else {
        (&small.coefficient, small.exponent)
    };
    let aligned = big.coefficient.shifted_left(big.exponent - exponent)?;
    combine(big_sign, &aligned, small_sign, small_digits, exponent, settings.rounding)
}

fn combine(
    left_sign: bool,
    left: &Coefficient,
    right_sign: bool,
    right: &Coefficient,
    exponent: i64,
    rounding: Rounding,
) -> Option<Number> {
    if left_sign == right_sign {
        return Some(Number::finite(left_sign, Coefficient::sum(left, right)?, exponent));
    }
    let (negative, coefficient) = match left.compare(right) {
        std::cmp::Ordering::Greater => (left_sign, Coefficient::difference(left, right)?),
        std::cmp::Ordering::Less => (right_sign, Coefficient::difference(right, left)?),
        std::cmp::Ordering::Equal => (rounding == Rounding::Floor, Coefficient::ZERO),
    };
    Some(Number::finite(negative, coefficient, exponent))
}
