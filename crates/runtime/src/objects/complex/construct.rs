//! `complex(…)`: from numbers and from text.

use super::Complex;
use super::arithmetic::Value;
use crate::objects::float::parse;
use crate::objects::int::decimal::{strip, to_ascii};
use crate::prelude::*;

/// Parses `1+2j`, `(1-2j)`, `3`, `nanj`, …
fn parse_text(text: &[u8]) -> Option<Value> {
    let mut text = strip(text).to_vec();
    if let [b'(', inner @ .., b')'] = text.as_slice() {
        text = strip(inner).to_vec();
    }
    if text.contains(&b'_') {
        text = parse::without_underscores(&text)?;
    }
    let (number, imaginary) = match text.split_last() {
        Some((b'j' | b'J', rest)) => (rest, true),
        _ => (text.as_slice(), false),
    };
    if !imaginary {
        return Some(Value::new(parse::literal(number)?, 0.0));
    }
    // The last sign that is not an exponent's begins the imaginary part.
    let split = (0..number.len())
        .rev()
        .find(|&at| matches!(number[at], b'+' | b'-') && !(at > 0 && matches!(number[at - 1], b'e' | b'E')));
    let (real, imag) = number.split_at(split.unwrap_or(0));
    let imag = match imag {
        b"" | b"+" => 1.0,
        b"-" => -1.0,
        _ => parse::literal(imag)?,
    };
    let real = if real.is_empty() { 0.0 } else { parse::literal(real)? };
    Some(Value::new(real, imag))
}

/// What `__complex__` gives, if the object has it.
pub fn special(object: &Object) -> Result<Option<Value>> {
    if let Some(complex) = object.downcast_exact::<Complex>() {
        return Ok(Some(complex.value()));
    }
    let Some(result) = object.call_special(intern!("__complex__"), &[])? else {
        return Ok(object.downcast::<Complex>().map(Complex::value));
    };
    let Some(complex) = result.downcast::<Complex>() else {
        let (name, other) = (object.ty().full_name(), result.ty().full_name());
        return Err(raise!(TypeError, "{name}.__complex__() must return a complex, not {other}"));
    };
    if !result.is::<Complex>() {
        let message = format!(
            "{}.__complex__() must return a complex, not {}.  The ability to return an instance of a strict subclass \
             of complex is deprecated, and may be removed in a future version of Python.",
            object.ty().full_name(),
            result.ty().full_name()
        );
        crate::warnings::warn(&crate::objects::exceptions::DeprecationWarning, &message, 1)?;
    }
    Ok(Some(complex.value()))
}

/// Can the object be a real number?
fn is_real(object: &Object) -> bool {
    object.ty().nb_float().is_some() || object.ty().nb_index().is_some()
}

/// Any number as a complex one, for `cmath` and C.
pub fn to_complex(object: &Object) -> Result<Value> {
    match special(object)? {
        Some(value) => Ok(value),
        None => Ok(Value::new(object.to_float()?, 0.0)),
    }
}

#[methods(part = construct)]
impl Complex {
    #[new(signature = "(real=0, imag=0)")]
    fn new_object(class: &Type, real: Option<&Object>, imag: Option<&Object>) -> Result<Ref<Self>> {
        let exact = std::ptr::eq(class, Complex::type_object());
        let Some(imag) = imag else {
            let Some(real) = real else { return Ok(Complex::in_class(class, 0.0, 0.0)) };
            if exact && let Some(complex) = real.downcast_exact::<Complex>() {
                return Ok(Ref::from_borrowed(complex));
            }
            if let Some(text) = real.downcast::<Str>() {
                return match parse_text(&to_ascii(text)) {
                    Some(value) => Ok(Complex::in_class(class, value.real, value.imag)),
                    None => Err(raise!(ValueError, "complex() arg is a malformed string")),
                };
            }
            if let Some(value) = special(real)? {
                return Ok(Complex::in_class(class, value.real, value.imag));
            }
            if !is_real(real) {
                return Err(raise!(
                    TypeError,
                    "complex() argument must be a string or a number, not {}",
                    real.ty().full_name()
                ));
            }
            return Ok(Complex::in_class(class, real.to_float()?, 0.0));
        };
        let part = |object: &Object, name: &str| -> Result<(Value, bool)> {
            let deprecated = |given: &Object| {
                let message = format!(
                    "complex() argument '{name}' must be a real number, not {}",
                    given.ty().full_name()
                );
                crate::warnings::warn(&crate::objects::exceptions::DeprecationWarning, &message, 1)
            };
            let found = if name == "real" {
                special(object)?
            } else {
                object.downcast::<Complex>().map(Complex::value)
            };
            if let Some(value) = found {
                if object.downcast::<Complex>().is_some() || !is_real(object) {
                    deprecated(object)?;
                }
                return Ok((value, true));
            }
            if !is_real(object) {
                return Err(raise!(
                    TypeError,
                    "complex() argument '{name}' must be a real number, not {}",
                    object.ty().full_name()
                ));
            }
            Ok((Value::new(object.to_float()?, 0.0), false))
        };
        let (mut real, real_is_complex) = match real {
            Some(real) => part(real, "real")?,
            None => (Value::new(0.0, 0.0), false),
        };
        let (imag, imag_is_complex) = part(imag, "imag")?;
        if imag_is_complex {
            real.real -= imag.imag;
        }
        let high = if real_is_complex { real.imag + imag.real } else { imag.real };
        Ok(Complex::in_class(class, real.real, high))
    }

    /// Convert number to a complex floating-point number.
    #[classmethod(signature = "($type, number, /)")]
    fn from_number(class: &Type, number: &Object) -> Result {
        let exact = std::ptr::eq(class, Complex::type_object());
        if exact && number.is::<Complex>() {
            return Ok(number.to_ref());
        }
        let value = to_complex(number)?;
        let value = Complex::new(value.real, value.imag);
        if exact { Ok(value.into_object()) } else { class.call(&[&*value]) }
    }
}
