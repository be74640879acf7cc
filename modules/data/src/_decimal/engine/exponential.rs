//! exp, ln, log10, rounded correctly: computed in binary fixed point with some digits more than asked for, and again with
//! still more as long as these don't decide how to round (Ziv's strategy).

use std::cell::RefCell;

use dashu_int::ops::BitTest;
use dashu_int::{IBig, UBig};

use super::coefficient::Coefficient;
use super::natural;
use super::number::Number;
use super::settings::*;

/// More digits than that are not computed.
const MOST_DIGITS: i64 = 200_000_000;
/// Digits beyond the precision at first.
const GUARD: i64 = 8;
/// By how many units the last digit may be wrong.
const ERROR: u64 = 50;

/// The bits of so many digits, and some.
fn bits_for(digits: i64) -> usize {
    digits as usize * 3322 / 1000 + 32
}

fn power_of_ten(exponent: i64) -> UBig {
    let exponent = exponent as usize;
    UBig::from(5u8).pow(exponent) << exponent
}

/// ln(1 + 1/n) - ln(1 - 1/n), halved: the series of atanh(1/n).
fn atanh_of_inverse(n: u32, bits: usize) -> UBig {
    let square = UBig::from(n * n);
    let mut term = (UBig::ONE << bits) / UBig::from(n);
    let mut sum = term.clone();
    let mut divisor = 1u32;
    loop {
        term /= &square;
        if term.is_zero() {
            return sum;
        }
        divisor += 2;
        sum += &term / UBig::from(divisor);
    }
}

thread_local! {
    /// ln 10 as it was computed last, and to how many bits.
    static LN_TEN: RefCell<(usize, UBig)> = const { RefCell::new((0, UBig::ZERO)) };
}

fn ln_ten(bits: usize) -> UBig {
    LN_TEN.with_borrow_mut(|(known, value)| {
        if *known < bits {
            let extra = bits + 32;
            let sum = atanh_of_inverse(31, extra) * UBig::from(46u8)
                + atanh_of_inverse(49, extra) * UBig::from(34u8)
                + atanh_of_inverse(161, extra) * UBig::from(20u8);
            (*known, *value) = (bits, sum >> 32);
        }
        &*value >> (*known - bits)
    })
}

/// The absolute value in fixed point.
fn fixed(number: &Number, bits: usize) -> UBig {
    let digits = natural::to_binary(&number.coefficient);
    if number.exponent >= 0 {
        (digits * power_of_ten(number.exponent)) << bits
    } else {
        (digits << bits) / power_of_ten(-number.exponent)
    }
}

/// e to the power of a number between -3 and 3, all in fixed point.
fn exp_fixed(power: &IBig, bits: usize) -> IBig {
    let halvings = bits.isqrt().clamp(8, 4096) * 2 / 3;
    let work = bits + 2 * halvings + 16;
    let power: IBig = (power << (work - bits)) >> halvings;
    let one = IBig::ONE << work;
    let mut sum = &one + &power;
    let mut term = power.clone();
    let mut index = 2u32;
    loop {
        term = (term * &power) >> work;
        term /= IBig::from(index);
        if term == IBig::ZERO || term == -IBig::ONE {
            break;
        }
        sum += &term;
        index += 1;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> work;
    }
    sum >> (work - bits)
}

/// The logarithm of a number between a quarter and four, all in fixed point: by Halley's method from a double's.
fn ln_fixed(number: &UBig, bits: usize) -> IBig {
    let to_double = |value: &UBig, bits: usize| {
        let below = value.bit_len().saturating_sub(60);
        let top = u64::try_from(value >> below).unwrap_or(u64::MAX);
        top as f64 * 2f64.powi((below as i64 - bits as i64).max(-1100) as i32)
    };
    let start = to_double(number, bits).ln();
    let mut known = 40;
    let mut result = IBig::from((start * 2f64.powi(60)) as i64);
    let mut held = 60;
    loop {
        let work = (3 * known).min(bits) + 24;
        result = if work > held { result << (work - held) } else { result >> (held - work) };
        held = work;
        let number = IBig::from(if work > bits { number << (work - bits) } else { number >> (bits - work) });
        let current = exp_fixed(&result, work);
        let step: IBig = ((&number - &current) << (work + 1)) / (&number + &current);
        result += step;
        known = work - 24;
        if known >= bits {
            return result >> (work - bits);
        }
    }
}

/// A fixed-point number as a decimal of at least so many digits.
fn decimal_of(value: &IBig, bits: usize, digits: i64) -> Option<Number> {
    let (sign, magnitude) = value.clone().into_parts();
    let adjusted = ((value.bit_len() as f64 - bits as f64) * std::f64::consts::LOG10_2).floor() as i64;
    let scale = digits + 1 - adjusted;
    let scaled = if scale >= 0 {
        (magnitude * power_of_ten(scale)) >> bits
    } else {
        (magnitude / power_of_ten(-scale)) >> bits
    };
    let digits = Coefficient::of_words(natural::from_binary(scaled.as_words())?);
    Some(Number::finite(sign == dashu_int::Sign::Negative, digits, -scale))
}

/// Do the digits beyond the precision decide how to round to the nearest?
fn decides(number: &Number, precision: i64) -> bool {
    let mut rest = match number.coefficient.try_clone() {
        Some(digits) => digits,
        None => return true,
    };
    let beyond = number.digits() - precision;
    rest.keep_low(beyond);
    // What is beyond is compared with a half: the first digits of both are enough.
    if beyond > 19 {
        if rest.digits() <= beyond - 19 {
            return true;
        }
        rest.shift_right(beyond - 19);
        return rest.first().is_none_or(|&top| top.abs_diff(5_000_000_000_000_000_000) > 1);
    }
    let half = 10u64.pow(beyond as u32 - 1) * 5;
    rest.first().is_none_or(|&rest| rest.abs_diff(half) > ERROR)
}

/// Computes with more and more digits, until they decide.
fn rounded(settings: &Settings, status: &mut u32, compute: impl Fn(i64) -> Option<Number>) -> Number {
    let mut guard = GUARD;
    loop {
        let digits = settings.precision + guard;
        if digits > MAX_PREC {
            return Number::invalid(status);
        }
        if digits > MOST_DIGITS {
            return Number::error(NO_MEMORY, status);
        }
        let Some(mut result) = compute(digits) else { return Number::error(NO_MEMORY, status) };
        if result.is_special() {
            return result;
        }
        if decides(&result, settings.precision) {
            result.sticky();
            return result.finalize(settings, status);
        }
        guard *= 2;
    }
}

fn exp_of(number: &Number, digits: i64) -> Option<Number> {
    let bits = bits_for(digits) + 64;
    let wide = bits + 72;
    let mut value = IBig::from(fixed(number, wide));
    if number.negative {
        value = -value;
    }
    let ten = IBig::from(ln_ten(wide));
    let count = if value < IBig::ZERO { -((-&value) / &ten) - IBig::ONE } else { &value / &ten };
    let rest = (value - &count * ten) >> (wide - bits);
    let result = exp_fixed(&rest, bits);
    let mut decimal = decimal_of(&result, bits, digits)?;
    decimal.exponent += i64::try_from(count).ok()?;
    Some(decimal)
}

/// The logarithm in fixed point, of a positive number other than one; and the bits.
fn ln_of(number: &Number, digits: i64, by_ten: bool) -> Option<Number> {
    // number = fraction · 10^exponent, the fraction near one.
    let mut exponent = number.adjusted();
    let top = {
        let mut head = number.coefficient.try_clone()?;
        head.shift_right(head.digits() - 3);
        head.first().copied().unwrap_or(0) * if head.digits() < 3 { 100 } else { 1 }
    };
    if top >= 316 && number.digits() >= 3 || number.digits() < 3 && leading(number) >= 4 {
        exponent += 1;
    }
    let fraction = Number::finite(false, number.coefficient.try_clone()?, number.exponent - exponent);
    let mut extra = 20;
    if exponent == 0 {
        let mut found = 0;
        let distance = Number::subtract(&fraction, &Number::ONE, &Settings::MAX, &mut found);
        extra = extra.max(2 - distance.adjusted());
    }
    let bits = bits_for(digits + extra);
    let mut value = ln_fixed(&fixed(&fraction, bits), bits);
    let wide = bits + 64;
    if by_ten {
        value = (value << wide) / IBig::from(ln_ten(wide));
        value += IBig::from(exponent) << bits;
    } else {
        value += (IBig::from(ln_ten(wide)) * IBig::from(exponent)) >> 64;
    }
    decimal_of(&value, bits, digits)
}

/// The first digit.
fn leading(number: &Number) -> u8 {
    number.coefficient.digit(number.digits() as usize - 1)
}

impl Number {
    /// e to the power of the number.
    pub fn exp(&self, settings: &Settings, status: &mut u32) -> Number {
        let settings = &Settings { rounding: Rounding::HalfEven, ..*settings };
        if let Some(nan) = self.check_nan(settings, status) {
            return nan;
        }
        if self.is_infinite() {
            return if self.negative { Number::ZERO } else { Number::infinity(false) };
        }
        if self.is_zero() {
            return Number::ONE;
        }
        if self.adjusted() >= 19 {
            if self.negative {
                *status |= INEXACT | ROUNDED | SUBNORMAL | UNDERFLOW | CLAMPED;
                return Number::small(false, 0, settings.etiny());
            }
            *status |= OVERFLOW | INEXACT | ROUNDED;
            return Number::infinity(false);
        }
        if self.adjusted() < -settings.precision - 1 {
            *status |= INEXACT | ROUNDED;
            return Number::ONE.padded(settings, status).finalize(settings, status);
        }
        rounded(settings, status, |digits| exp_of(self, digits))
    }

    /// The natural logarithm.
    pub fn ln(&self, settings: &Settings, status: &mut u32) -> Number {
        self.logarithm(false, settings, status)
    }

    /// The decimal logarithm.
    pub fn log10(&self, settings: &Settings, status: &mut u32) -> Number {
        self.logarithm(true, settings, status)
    }

    fn logarithm(&self, by_ten: bool, settings: &Settings, status: &mut u32) -> Number {
        let settings = &Settings { rounding: Rounding::HalfEven, ..*settings };
        if let Some(nan) = self.check_nan(settings, status) {
            return nan;
        }
        if self.is_zero() {
            return Number::infinity(true);
        }
        if self.negative {
            return Number::invalid(status);
        }
        if self.is_infinite() {
            return Number::infinity(false);
        }
        if self.coefficient.trailing_zeros() == self.digits() - 1 && leading(self) == 1 {
            if by_ten {
                return Number::of_i64(self.adjusted()).finalize(settings, status);
            }
            if self.adjusted() == 0 {
                return Number::ZERO;
            }
        }
        rounded(settings, status, |digits| ln_of(self, digits, by_ten))
    }
}
