//! `math`: functions of real numbers.

use runtime::objects::float::arithmetic::to_int;
use runtime::objects::float::format::repr;
use runtime::objects::float::libm;
use runtime::prelude::*;
use runtime::protocol::number;

mod integer;
mod special;
mod sums;

#[cold]
pub(crate) fn domain_error() -> Raised {
    raise!(ValueError, "math domain error")
}

#[cold]
pub(crate) fn range_error() -> Raised {
    raise!(OverflowError, "math range error")
}

/// Judges the result of a function of one number.
fn checked(x: f64, result: f64, can_overflow: bool, expected: &str) -> Result<f64> {
    let invalid = if result.is_nan() {
        !x.is_nan()
    } else if result.is_infinite() && x.is_finite() {
        if can_overflow {
            return Err(range_error());
        }
        true
    } else {
        false
    };
    if invalid {
        if expected.is_empty() {
            return Err(domain_error());
        }
        return Err(raise!(ValueError, "expected {expected}, got {}", repr(x, true)));
    }
    Ok(result)
}

macro_rules! simple {
    ($($name:ident $doc:literal, $overflow:literal, $expected:literal, $with:expr;)*) => {$(
        #[function(signature = "(x, /)", doc = $doc)]
        fn $name(x: f64) -> Result<f64> {
            let compute: fn(f64) -> f64 = $with;
            checked(x, compute(x), $overflow, $expected)
        }
    )*};
}

simple! {
    acos "Return the arc cosine (measured in radians) of x.", false, "a number in range from -1 up to 1", f64::acos;
    acosh "Return the inverse hyperbolic cosine of x.", false, "argument value not less than 1", libm::acosh;
    asin "Return the arc sine (measured in radians) of x.", false, "a number in range from -1 up to 1", f64::asin;
    asinh "Return the inverse hyperbolic sine of x.", false, "", libm::asinh;
    atan "Return the arc tangent (measured in radians) of x.", false, "", f64::atan;
    atanh "Return the inverse hyperbolic tangent of x.", false, "a number between -1 and 1", libm::atanh;
    cbrt "Return the cube root of x.", false, "", f64::cbrt;
    cos "Return the cosine of x (measured in radians).", false, "a finite input", f64::cos;
    cosh "Return the hyperbolic cosine of x.", true, "", f64::cosh;
    erf "Error function at x.", false, "", libm::erf;
    erfc "Complementary error function at x.", false, "", libm::erfc;
    exp "Return e raised to the power of x.", true, "", f64::exp;
    exp2 "Return 2 raised to the power of x.", true, "", f64::exp2;
    expm1 "Return exp(x)-1.", true, "", f64::exp_m1;
    fabs "Return the absolute value of the float x.", false, "", f64::abs;
    log1p "Return the natural logarithm of 1+x (base e).", false, "argument value > -1",
        |x| if x == 0.0 { x } else { x.ln_1p() };
    sin "Return the sine of x (measured in radians).", false, "a finite input", f64::sin;
    sinh "Return the hyperbolic sine of x.", true, "", f64::sinh;
    sqrt "Return the square root of x.", false, "a nonnegative input", f64::sqrt;
    tan "Return the tangent of x (measured in radians).", false, "a finite input", f64::tan;
    tanh "Return the hyperbolic tangent of x.", false, "", f64::tanh;
}

/// A logarithm of any real number; ints may be larger than a double.
fn logarithm(x: &Object, compute: fn(f64) -> f64) -> Result<f64> {
    if let Some(int) = x.downcast::<Int>() {
        return int_logarithm(int, compute);
    }
    if x.downcast::<runtime::objects::float::Float>().is_none()
        && x.ty().nb_float().is_none()
        && x.ty().nb_index().is_some()
    {
        return int_logarithm(&*x.index()?, compute);
    }
    let value = x.to_float()?;
    if value <= 0.0 {
        return Err(raise!(ValueError, "expected a positive input, got {}", repr(value, true)));
    }
    Ok(compute(value))
}

fn int_logarithm(int: &Int, compute: fn(f64) -> f64) -> Result<f64> {
    if int.sign() <= 0 {
        return Err(raise!(ValueError, "expected a positive input"));
    }
    if int.bit_length() < 1024 {
        return Ok(compute(int.to_f64()?));
    }
    let (mantissa, exponent) = int.frexp();
    Ok(compute(mantissa) + compute(2.0) * exponent as f64)
}

/// log(x, [base=math.e])
/// The logarithm of x to that base; without one, the natural logarithm.
#[function(signature = "(x, base=None, /)", hidden_signature)]
fn log(x: &Object, base: Option<&Object>) -> Result {
    let value = logarithm(x, f64::ln)?;
    let Some(base) = base else { return value.into_result() };
    let base = logarithm(base, f64::ln)?;
    if base == 0.0 {
        return Err(raise!(ZeroDivisionError, "division by zero"));
    }
    (value / base).into_result()
}

/// Return the base 2 logarithm of x.
#[function(signature = "(x, /)")]
fn log2(x: &Object) -> Result<f64> {
    logarithm(x, f64::log2)
}

/// Return the base 10 logarithm of x.
#[function(signature = "(x, /)")]
fn log10(x: &Object) -> Result<f64> {
    logarithm(x, f64::log10)
}

/// Return the ceiling of x as an Integral.
#[function(signature = "(x, /)")]
fn ceil(x: &Object) -> Result {
    if !x.is::<runtime::objects::float::Float>()
        && let Some(result) = x.call_special(intern!("__ceil__"), &[])?
    {
        return Ok(result);
    }
    Ok(to_int(x.to_float()?.ceil())?.into_object())
}

/// Return the floor of x as an Integral.
#[function(signature = "(x, /)")]
fn floor(x: &Object) -> Result {
    if !x.is::<runtime::objects::float::Float>()
        && let Some(result) = x.call_special(intern!("__floor__"), &[])?
    {
        return Ok(result);
    }
    Ok(to_int(x.to_float()?.floor())?.into_object())
}

/// Truncates the Real x to the nearest Integral toward 0.
#[function(signature = "(x, /)")]
fn trunc(x: &Object) -> Result {
    if x.is::<runtime::objects::float::Float>() {
        return Ok(to_int(x.to_float()?)?.into_object());
    }
    match x.call_special(intern!("__trunc__"), &[])? {
        Some(result) => Ok(result),
        None => Err(raise!(TypeError, "type {} doesn't define __trunc__ method", x.ty().full_name())),
    }
}

/// Return the arc tangent (measured in radians) of y/x.
#[function(signature = "(y, x, /)")]
fn atan2(y: f64, x: f64) -> f64 {
    y.atan2(x)
}

/// Return a float with the magnitude (absolute value) of x but the sign of y.
#[function(signature = "(x, y, /)")]
fn copysign(x: f64, y: f64) -> f64 {
    x.copysign(y)
}

/// Convert angle x from radians to degrees.
#[function(signature = "(x, /)")]
fn degrees(x: f64) -> f64 {
    x * (180.0 / std::f64::consts::PI)
}

/// Convert angle x from degrees to radians.
#[function(signature = "(x, /)")]
fn radians(x: f64) -> f64 {
    x * (std::f64::consts::PI / 180.0)
}

/// Return fmod(x, y), according to platform C.
#[function(signature = "(x, y, /)")]
fn fmod(x: f64, y: f64) -> Result<f64> {
    if y.is_infinite() && x.is_finite() {
        return Ok(x);
    }
    let rest = x % y;
    if rest.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error()) } else { Ok(rest) }
}

/// Difference between x and the closest integer multiple of y.
#[function(signature = "(x, y, /)")]
fn remainder(x: f64, y: f64) -> Result<f64> {
    let rest = libm::remainder(x, y);
    if rest.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error()) } else { Ok(rest) }
}

/// Return the mantissa and exponent of x, as pair (m, e).
#[function(signature = "(x, /)")]
fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() { (x, 0) } else { libm::frexp(x) }
}

/// Return x * (2**i).
#[function(signature = "(x, i, /)")]
fn ldexp(x: f64, i: &Object) -> Result<f64> {
    let Some(exponent) = i.downcast::<Int>() else {
        return Err(raise!(TypeError, "Expected an int as second argument to ldexp."));
    };
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    let limit = if exponent.sign() < 0 { -100_000 } else { 100_000 };
    let exponent = exponent.to_i64().filter(|e| e.abs() < 100_000).unwrap_or(limit);
    let result = libm::ldexp(x, exponent as i32);
    if result.is_infinite() { Err(range_error()) } else { Ok(result) }
}

/// Return the fractional and integer parts of x.
#[function(signature = "(x, /)")]
fn modf(x: f64) -> (f64, f64) {
    if x.is_infinite() {
        return (0f64.copysign(x), x);
    }
    if x.is_nan() {
        return (x, x);
    }
    let whole = x.trunc();
    ((x - whole).copysign(x), whole)
}

/// Return x**y (x to the power of y).
#[function(signature = "(x, y, /)")]
fn pow(x: f64, y: f64) -> Result<f64> {
    let result = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if result.is_nan() || (result.is_infinite() && x == 0.0) {
            return Err(domain_error());
        }
        if result.is_infinite() {
            return Err(range_error());
        }
    }
    Ok(result)
}

/// Fused multiply-add operation: (x * y) + z with a single rounding.
#[function(signature = "(x, y, z, /)")]
fn fma(x: f64, y: f64, z: f64) -> Result<f64> {
    let result = x.mul_add(y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(raise!(ValueError, "invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(raise!(OverflowError, "overflow in fma"));
    }
    Ok(result)
}

/// Determine whether two floating-point numbers are close in value.
#[function(signature = "(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
fn isclose(a: f64, b: f64, rel_tol: Option<f64>, abs_tol: Option<f64>) -> Result<bool> {
    let (relative, absolute) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
    if relative < 0.0 || absolute < 0.0 {
        return Err(raise!(ValueError, "tolerances must be non-negative"));
    }
    if a == b {
        return Ok(true);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(false);
    }
    let difference = (b - a).abs();
    Ok(difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute)
}

/// Return True if x is neither an infinity nor a NaN, and False otherwise.
#[function(signature = "(x, /)")]
fn isfinite(x: f64) -> bool {
    x.is_finite()
}

/// Return True if x is a positive or negative infinity, and False otherwise.
#[function(signature = "(x, /)")]
fn isinf(x: f64) -> bool {
    x.is_infinite()
}

/// Return True if x is a NaN (not a number), and False otherwise.
#[function(signature = "(x, /)")]
fn isnan(x: f64) -> bool {
    x.is_nan()
}

/// Return the floating-point value the given number of steps after x towards y.
#[function(signature = "(x, y, /, *, steps=None)")]
fn nextafter(x: f64, y: f64, steps: OrNone<&Object>) -> Result<f64> {
    let Some(steps) = steps.0 else { return Ok(step_towards(x, y)) };
    let steps = steps.index()?;
    if steps.sign() < 0 {
        return Err(raise!(ValueError, "steps must be a non-negative integer"));
    }
    let steps = steps.to_u64().unwrap_or(u64::MAX);
    if steps == 0 {
        return Ok(x);
    }
    if x.is_nan() || y.is_nan() {
        return Ok(x + y);
    }
    if x == y {
        return Ok(y);
    }
    // Doubles in the order of their values are consecutive as these numbers.
    let place = |value: f64| {
        let bits = (value.abs()).to_bits() as i128;
        if value.is_sign_negative() { -bits } else { bits }
    };
    let (from, to) = (place(x), place(y));
    let target =
        if from < to { (from + i128::from(steps)).min(to) } else { (from - i128::from(steps)).max(to) };
    if target == to {
        return Ok(y);
    }
    let value = f64::from_bits(target.unsigned_abs() as u64);
    Ok(if target < 0 || (target == 0 && from < 0) { -value } else { value })
}

fn step_towards(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        x + y
    } else if x == y {
        y
    } else if x < y {
        // Up to zero from below keeps the sign, as C's function does.
        let next = x.next_up();
        if next == 0.0 { 0f64.copysign(x) } else { next }
    } else {
        let next = x.next_down();
        if next == 0.0 { 0f64.copysign(x) } else { next }
    }
}

/// Return the value of the least significant bit of the float x.
#[function(signature = "(x, /)")]
fn ulp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let x = x.abs();
    if x.is_infinite() {
        return x;
    }
    let next = x.next_up();
    if next.is_infinite() { x - x.next_down() } else { next - x }
}

fn exec(module: &Module) -> Result<()> {
    let constants = [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, value) in constants {
        module
            .dict()
            .insert_str(&Str::intern(Str::new(name)), &runtime::objects::float::Float::new(value))?;
    }
    Ok(())
}

/// `left * right`, for the submodules.
fn multiply(left: &Object, right: &Object) -> Result {
    number::multiply(left, right)
}

module! {
    name: "math",
    doc: "Functions of real numbers, as C has them.",
    functions: [
        acos, acosh, asin, asinh, atan, atan2, atanh, cbrt, ceil, integer::comb, copysign, cos, cosh, degrees, sums::dist, erf, erfc,
        exp, exp2, expm1, fabs, integer::factorial, floor, fma, fmod, frexp, sums::fsum, special::gamma, integer::gcd, sums::hypot, isclose, isfinite, isinf,
        isnan, integer::isqrt, integer::lcm, ldexp, special::lgamma, log, log10, log1p, log2, modf, nextafter, integer::perm, pow, sums::prod, radians, remainder,
        sin, sinh, sqrt, sums::sumprod, tan, tanh, trunc, ulp
    ],
    exec: exec,
}
