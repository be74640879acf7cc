//! The methods of `float`.

use super::arithmetic::{ratio, to_int};
use super::{FLOAT_TYPE, Float};
use crate::objects::int::Int;
use crate::prelude::*;

#[methods(part = methods)]
impl Float {
    /// Convert real number to a floating-point number.
    #[classmethod(signature = "($type, number, /)")]
    fn from_number(class: &Type, number: &Object) -> Result {
        if std::ptr::eq(class, FLOAT_TYPE.as_type()) && number.is::<Float>() {
            return Ok(number.to_ref());
        }
        let value = Float::new(number.to_float()?);
        if std::ptr::eq(class, FLOAT_TYPE.as_type()) {
            return Ok(value.into_object());
        }
        class.call(&[&*value])
    }

    /// Return self, the complex conjugate of any float.
    #[method(signature = "($self, /)")]
    fn conjugate(&self) -> Ref<Float> {
        Float::exact(self)
    }

    /// Return the Integral closest to x between 0 and x.
    #[method(name = "__trunc__", signature = "($self, /)")]
    fn trunc(&self) -> Result<Ref<Int>> {
        to_int(self.value())
    }

    /// Return the floor as an Integral.
    #[method(name = "__floor__", signature = "($self, /)")]
    fn floor(&self) -> Result<Ref<Int>> {
        to_int(self.value().floor())
    }

    /// Return the ceiling as an Integral.
    #[method(name = "__ceil__", signature = "($self, /)")]
    fn ceil(&self) -> Result<Ref<Int>> {
        to_int(self.value().ceil())
    }

    /// Return a pair of integers, whose ratio is exactly equal to the original float.
    #[method(signature = "($self, /)")]
    fn as_integer_ratio(&self) -> Result<(Ref<Int>, Ref<Int>)> {
        let value = self.value();
        if value.is_infinite() {
            return Err(raise!(OverflowError, "cannot convert Infinity to integer ratio"));
        }
        if value.is_nan() {
            return Err(raise!(ValueError, "cannot convert NaN to integer ratio"));
        }
        ratio(value)
    }

    /// Return True if the float is an integer.
    #[method(signature = "($self, /)")]
    fn is_integer(&self) -> bool {
        self.value().is_finite() && self.value().floor() == self.value()
    }

    #[method(name = "__getnewargs__", signature = "($self, /)")]
    fn get_new_args(&self) -> (f64,) {
        (self.value(),)
    }

    /// You probably don't want to use this function: it says how C stores the type 'double' or 'float'.
    #[classmethod(name = "__getformat__", signature = "($type, typestr, /)")]
    fn get_format(_class: &Type, typestr: &str) -> Result<&'static str> {
        match typestr {
            "double" | "float" => Ok("IEEE, little-endian"),
            _ => Err(raise!(ValueError, "__getformat__() argument 1 must be 'double' or 'float'")),
        }
    }

    /// Formats the float according to format_spec.
    #[method(name = "__format__", signature = "($self, format_spec, /)")]
    fn format_method(&self, format_spec: &Object) -> Result {
        super::format::format_number(self, format_spec)
    }

    /// the real part of a complex number
    #[getter]
    fn real(&self) -> Ref<Float> {
        Float::exact(self)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(&self) -> f64 {
        0.0
    }
}
