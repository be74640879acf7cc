//! The gamma function and its logarithm, by Lanczos' approximation (Boost's coefficients for 13 terms).

use std::f64::consts::PI;

use runtime::objects::float::format::repr;
use runtime::prelude::*;

use super::range_error;

#[allow(clippy::excessive_precision)]
const G: f64 = 6.024680040776729583740234375;
#[allow(clippy::excessive_precision)]
const G_MINUS_HALF: f64 = 5.524680040776729583740234375;
const LOG_PI: f64 = 1.144729885849400174143427351353058711647;
#[allow(clippy::excessive_precision)]
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];
const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

fn lanczos(x: f64) -> f64 {
    let (mut top, mut bottom) = (0.0, 0.0);
    if x < 5.0 {
        for (n, d) in NUMERATOR.iter().zip(&DENOMINATOR).rev() {
            top = top * x + n;
            bottom = bottom * x + d;
        }
    } else {
        for (n, d) in NUMERATOR.iter().zip(&DENOMINATOR) {
            top = top / x + n;
            bottom = bottom / x + d;
        }
    }
    top / bottom
}

/// sin(pi * x), exact at multiples of a half.
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let value = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * value
}

fn pole(x: f64) -> Raised {
    raise!(ValueError, "expected a noninteger or positive integer, got {}", repr(x, true))
}

fn finite(value: f64) -> Result<f64> {
    if value.is_infinite() { Err(range_error()) } else { Ok(value) }
}

/// Gamma function at x.
#[function(signature = "(x, /)")]
pub fn gamma(x: f64) -> Result<f64> {
    if !x.is_finite() {
        return if x == f64::NEG_INFINITY { Err(pole(x)) } else { Ok(x) };
    }
    if x == 0.0 {
        return Err(pole(x));
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(pole(x));
        }
        if x <= 23.0 {
            return Ok((1..x as u64).map(|n| n as u128).product::<u128>() as f64);
        }
    }
    let size = x.abs();
    if size < 1e-20 {
        return finite(1.0 / x);
    }
    if size > 200.0 {
        return if x < 0.0 { Ok(0.0 / sin_pi(x)) } else { Err(range_error()) };
    }
    let y = size + G_MINUS_HALF;
    // What was lost in that sum.
    let z = if size > G_MINUS_HALF { (y - size) - G_MINUS_HALF } else { (y - G_MINUS_HALF) - size };
    let z = z * G / y;
    let half = size / 2.0 - 0.25;
    let mut result;
    if x < 0.0 {
        result = -PI / sin_pi(size) / size * y.exp() / lanczos(size);
        result -= z * result;
        if size < 140.0 {
            result /= y.powf(size - 0.5);
        } else {
            let root = y.powf(half);
            result /= root;
            result /= root;
        }
    } else {
        result = lanczos(size) / y.exp();
        result += z * result;
        if size < 140.0 {
            result *= y.powf(size - 0.5);
        } else {
            let root = y.powf(half);
            result *= root;
            result *= root;
        }
    }
    finite(result)
}

/// Natural logarithm of absolute value of Gamma function at x.
#[function(signature = "(x, /)")]
pub fn lgamma(x: f64) -> Result<f64> {
    if !x.is_finite() {
        return Ok(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(pole(x)) } else { Ok(0.0) };
    }
    let size = x.abs();
    if size < 1e-20 {
        return Ok(-size.ln());
    }
    let mut result = lanczos(size).ln() - G;
    result += (size - 0.5) * ((size + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        result = LOG_PI - sin_pi(size).abs().ln() - size.ln() - result;
    }
    finite(result)
}
