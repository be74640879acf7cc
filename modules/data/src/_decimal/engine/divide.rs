//! Quotients and remainders.

use super::coefficient::Coefficient;
use super::number::Number;
use super::settings::*;

impl Number {
    /// The quotient, rounded.
    pub fn divide(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
        let mut found = 0;
        let result = quotient(left, right, settings, &mut found);
        if found & NO_MEMORY != 0 {
            // Room for all digits of the precision isn't there. An exact result needs no more than this.
            let enough = left.digits() + 4 * right.digits();
            if enough < settings.precision {
                let mut exact = 0;
                let result = quotient(left, right, &Settings { precision: enough, ..*settings }, &mut exact);
                if exact == 0 {
                    return result;
                }
            }
        }
        *status |= found;
        result
    }

    /// The quotient without its fraction.
    pub fn divide_integer(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
        let negative = left.negative != right.negative;
        if let Some(nan) = Number::check_nans(left, right, settings, status) {
            return nan;
        }
        match (left.is_infinite(), right.is_infinite()) {
            (true, true) => return Number::invalid(status),
            (true, false) => return Number::infinity(negative),
            (false, true) => return Number::small(negative, 0, 0),
            _ => {}
        }
        if right.is_zero() {
            if left.is_zero() {
                return Number::error(DIVISION_UNDEFINED, status);
            }
            *status |= DIVISION_BY_ZERO;
            return Number::infinity(negative);
        }
        let (quotient, _) = integer_quotient(left, right, settings, status);
        quotient.finalize(settings, status)
    }

    /// The remainder: of the left one's sign.
    pub fn remainder(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
        if let Some(result) = special_remainder(left, right, settings, status) {
            return result;
        }
        let (_, remainder) = integer_quotient(left, right, settings, status);
        remainder.finalize(settings, status)
    }

    pub fn divmod(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> (Number, Number) {
        let negative = left.negative != right.negative;
        if let Some(nan) = Number::check_nans(left, right, settings, status) {
            return (nan.clone(), nan);
        }
        if left.is_infinite() {
            let quotient = if right.is_infinite() { Number::NAN } else { Number::infinity(negative) };
            return (quotient, Number::invalid(status));
        }
        if right.is_infinite() {
            return (Number::small(negative, 0, 0), left.clone().finalize(settings, status));
        }
        if right.is_zero() {
            if left.is_zero() {
                return (Number::NAN, Number::error(DIVISION_UNDEFINED, status));
            }
            return (Number::infinity(negative), Number::error(DIVISION_BY_ZERO | INVALID_OPERATION, status));
        }
        let (quotient, remainder) = integer_quotient(left, right, settings, status);
        (quotient.finalize(settings, status), remainder.finalize(settings, status))
    }

    /// The remainder of the division by which the quotient is the nearest integer.
    pub fn remainder_near(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
        if let Some(result) = special_remainder(left, right, settings, status) {
            return result;
        }
        let (quotient, remainder) = integer_quotient(left, right, settings, status);
        if quotient.is_nan() || remainder.is_nan() {
            return remainder;
        }
        let near = (right.adjusted() - remainder.adjusted()).abs() <= 1;
        if remainder.is_zero() || !near {
            return remainder.finalize(settings, status);
        }
        let mut found = 0;
        let toward = right.clone().with_sign(!left.negative);
        let other = Number::add(&remainder, &toward, &Settings::MAX, &mut found);
        if found & ERRORS != 0 {
            return Number::error(found & ERRORS, status);
        }
        let order = other.magnitude_order(&remainder);
        if order.is_lt() || (order.is_eq() && quotient.is_odd()) {
            if quotient.digits() == settings.precision && quotient.coefficient.is_all_nines() {
                return Number::error(DIVISION_IMPOSSIBLE, status);
            }
            return other.finalize(settings, status);
        }
        remainder.finalize(settings, status)
    }
}

fn special_remainder(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Option<Number> {
    if let Some(nan) = Number::check_nans(left, right, settings, status) {
        return Some(nan);
    }
    if left.is_infinite() {
        return Some(Number::invalid(status));
    }
    if right.is_infinite() {
        return Some(left.clone().finalize(settings, status));
    }
    if right.is_zero() {
        let condition = if left.is_zero() { DIVISION_UNDEFINED } else { INVALID_OPERATION };
        return Some(Number::error(condition, status));
    }
    None
}

fn quotient(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
    let negative = left.negative != right.negative;
    if left.is_special() || right.is_special() {
        if let Some(nan) = Number::check_nans(left, right, settings, status) {
            return nan;
        }
        if left.is_infinite() {
            return if right.is_infinite() { Number::invalid(status) } else { Number::infinity(negative) };
        }
        *status |= CLAMPED;
        return Number::small(negative, 0, settings.etiny());
    }
    if right.is_zero() {
        if left.is_zero() {
            return Number::error(DIVISION_UNDEFINED, status);
        }
        *status |= DIVISION_BY_ZERO;
        return Number::infinity(negative);
    }
    let ideal = left.exponent - right.exponent;
    if left.is_zero() {
        return Number::small(negative, 0, ideal).finalize(settings, status);
    }
    let shift = right.digits() - left.digits() + settings.precision + 1;
    let divided = if shift > 0 {
        left.coefficient.shifted_left(shift).and_then(|left| Coefficient::quotient(&left, &right.coefficient))
    } else {
        right
            .coefficient
            .shifted_left(-shift)
            .and_then(|right| Coefficient::quotient(&left.coefficient, &right))
    };
    let Some((digits, rest)) = divided else { return Number::error(NO_MEMORY, status) };
    let mut result = Number::finite(negative, digits, ideal - shift);
    if !rest.is_zero() {
        result.sticky();
    } else if shift > 0 {
        let zeros = result.coefficient.trailing_zeros().min(shift);
        result.coefficient.shift_right(zeros);
        result.exponent += zeros;
    }
    result.finalize(settings, status)
}

/// Integer quotient and remainder of finite numbers, the right one not zero; unrounded.
pub fn integer_quotient(
    left: &Number,
    right: &Number,
    settings: &Settings,
    status: &mut u32,
) -> (Number, Number) {
    let negative = left.negative != right.negative;
    let ideal = left.exponent.min(right.exponent);
    let zero = Number::small(negative, 0, 0);
    if left.is_zero() {
        return (zero, Number::small(left.negative, 0, ideal));
    }
    let distance = left.adjusted() - right.adjusted();
    if distance > settings.precision {
        return (Number::NAN, Number::error(DIVISION_IMPOSSIBLE, status));
    }
    if distance < 0 {
        let rest = left.coefficient.shifted_left(left.exponent - ideal);
        let rest = rest.map(|digits| Number::finite(left.negative, digits, ideal));
        return (zero, Number::or_no_memory(rest, status));
    }
    let divided = left.coefficient.shifted_left(left.exponent - ideal).and_then(|numerator| {
        let denominator = right.coefficient.shifted_left(right.exponent - ideal)?;
        Coefficient::quotient(&numerator, &denominator)
    });
    let Some((quotient, rest)) = divided else { return (Number::NAN, Number::error(NO_MEMORY, status)) };
    if quotient.digits() > settings.precision {
        return (Number::NAN, Number::error(DIVISION_IMPOSSIBLE, status));
    }
    (Number::finite(negative, quotient, 0), Number::finite(left.negative, rest, ideal))
}
