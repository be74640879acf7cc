//! `cmath`: functions of complex numbers. <https://docs.python.org/3.14/library/cmath.html>

use pymath::Error;
use pymath::cmath as functions;
use runtime::objects::complex::Complex;
use runtime::objects::complex::construct::to_complex;
use runtime::prelude::*;

/// A complex number as the functions take it.
type Number = num_complex::Complex64;

module! {
    name: "cmath",
    doc: "Functions of complex numbers.",
    functions: [
        acos, acosh, asin, asinh, atan, atanh, cos, cosh, exp, log10, sin, sinh, sqrt, tan, tanh, log, phase, polar,
        rect, isfinite, isinf, isnan, isclose,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    for (name, value) in [
        ("e", std::f64::consts::E),
        ("pi", std::f64::consts::PI),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        dict.insert_str(&Str::intern(Str::new(name)), &Float::new(value))?;
    }
    dict.insert_str(intern!("infj"), &Complex::new(0.0, f64::INFINITY))?;
    dict.insert_str(intern!("nanj"), &Complex::new(0.0, f64::NAN))
}

fn number(object: &Object) -> Result<Number> {
    let value = to_complex(object)?;
    Ok(Number::new(value.real, value.imag))
}

#[cold]
fn failed(error: Error) -> Raised {
    match error {
        Error::EDOM => raise!(ValueError, "math domain error"),
        Error::ERANGE => raise!(OverflowError, "math range error"),
    }
}

fn complex(value: Number) -> Ref<Complex> {
    Complex::new(value.re, value.im)
}

/// Functions from one number to another.
macro_rules! functions {
    ($($name:ident $doc:literal)*) => {$(
        #[doc = $doc]
        #[function(signature = "(z, /)")]
        fn $name(z: &Object) -> Result<Ref<Complex>> {
            functions::$name(number(z)?).map(complex).map_err(failed)
        }
    )*};
}

functions! {
    acos "The arc cosine of z."
    acosh "The inverse hyperbolic cosine of z."
    asin "The arc sine of z."
    asinh "The inverse hyperbolic sine of z."
    atan "The arc tangent of z."
    atanh "The inverse hyperbolic tangent of z."
    cos "The cosine of z."
    cosh "The hyperbolic cosine of z."
    exp "e to the power of z."
    log10 "The logarithm of z to base 10."
    sin "The sine of z."
    sinh "The hyperbolic sine of z."
    sqrt "The square root of z."
    tan "The tangent of z."
    tanh "The hyperbolic tangent of z."
}

/// The logarithm of z to a base; without one, the natural logarithm.
#[function(signature = "(z, base=<unrepresentable>, /)")]
fn log(z: &Object, base: Option<&Object>) -> Result<Ref<Complex>> {
    let z = number(z)?;
    let base = base.map(number).transpose()?;
    functions::log(z, base).map(complex).map_err(failed)
}

/// The angle of z, between -pi and pi.
#[function(signature = "(z, /)")]
fn phase(z: &Object) -> Result<f64> {
    functions::phase(number(z)?).map_err(failed)
}

/// The distance of z from 0, and its angle.
#[function(signature = "(z, /)")]
fn polar(z: &Object) -> Result<(f64, f64)> {
    functions::polar(number(z)?).map_err(failed)
}

/// The number at distance r from 0 with the angle phi.
#[function(signature = "(r, phi, /)")]
fn rect(r: f64, phi: f64) -> Result<Ref<Complex>> {
    functions::rect(r, phi).map(complex).map_err(failed)
}

/// Are both parts finite?
#[function(signature = "(z, /)")]
fn isfinite(z: &Object) -> Result<bool> {
    Ok(functions::isfinite(number(z)?))
}

/// Is a part infinite?
#[function(signature = "(z, /)")]
fn isinf(z: &Object) -> Result<bool> {
    Ok(functions::isinf(number(z)?))
}

/// Is a part not a number?
#[function(signature = "(z, /)")]
fn isnan(z: &Object) -> Result<bool> {
    Ok(functions::isnan(number(z)?))
}

/// Are two numbers close: within rel_tol times the larger one, or within abs_tol?
#[function(signature = "(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
fn isclose(a: &Object, b: &Object, rel_tol: Option<f64>, abs_tol: Option<f64>) -> Result<bool> {
    functions::isclose(number(a)?, number(b)?, rel_tol, abs_tol)
        .map_err(|_| raise!(ValueError, "tolerances must be non-negative"))
}
