//! Functions of the C mathematics library that Rust's standard library does not offer.

use std::ffi::c_int;

mod c {
    use super::c_int;
    // SAFETY: these are the C library's functions, with C's types.
    unsafe extern "C" {
        pub safe fn ldexp(x: f64, exponent: c_int) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn remainder(x: f64, y: f64) -> f64;
        pub fn frexp(x: f64, exponent: *mut c_int) -> f64;
    }
}

/// `x * 2**exponent`.
pub fn ldexp(x: f64, exponent: i32) -> f64 {
    c::ldexp(x, exponent)
}

/// The error function.
pub fn erf(x: f64) -> f64 {
    c::erf(x)
}

/// The complementary error function.
pub fn erfc(x: f64) -> f64 {
    c::erfc(x)
}

/// IEEE 754's remainder.
pub fn remainder(x: f64, y: f64) -> f64 {
    c::remainder(x, y)
}

/// Mantissa in [0.5, 1) and exponent.
pub fn frexp(x: f64) -> (f64, i32) {
    let mut exponent = 0;
    // SAFETY: the pointer is to our variable.
    let mantissa = unsafe { c::frexp(x, &mut exponent) };
    (mantissa, exponent)
}

/// The inverse hyperbolic sine.
pub fn asinh(x: f64) -> f64 {
    c::asinh(x)
}

/// The inverse hyperbolic cosine.
pub fn acosh(x: f64) -> f64 {
    c::acosh(x)
}

/// The inverse hyperbolic tangent.
pub fn atanh(x: f64) -> f64 {
    c::atanh(x)
}
