//! `complex`: two doubles.

use crate::objects::int::Int;
use crate::prelude::*;

mod arithmetic;
pub mod construct;

/// Create a complex number from a string or numbers.
#[class(name = "complex", symbol = "PyComplex_Type", flags(BASETYPE))]
#[repr(C)]
pub struct Complex {
    raw: abi::PyComplexObject,
}

pub use arithmetic::Value;

impl Complex {
    pub fn new(real: f64, imag: f64) -> Ref<Complex> {
        Complex::in_class(Complex::type_object(), real, imag)
    }

    /// An instance of `class`, which is `complex` or derives from it.
    pub fn in_class(class: &Type, real: f64, imag: f64) -> Ref<Complex> {
        let raw = abi::PyComplexObject {
            ob_base: abi::PyObject::new(std::ptr::null()),
            cval: abi::Py_complex { real, imag },
        };
        Ref::new_in(class, Complex { raw })
    }

    pub fn real(&self) -> f64 {
        self.raw.cval.real
    }
    pub fn imag(&self) -> f64 {
        self.raw.cval.imag
    }
    pub fn value(&self) -> Value {
        Value { real: self.real(), imag: self.imag() }
    }
}

/// The text of a complex number, as `repr` shows it.
pub fn repr(value: Value) -> String {
    use crate::objects::float::format::repr;
    let imag = repr(value.imag, false);
    if value.real == 0.0 && value.real.is_sign_positive() {
        return format!("{imag}j");
    }
    let sign = if imag.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imag}j)", repr(value.real, false))
}

#[methods(parts(arithmetic, construct))]
impl Complex {
    #[slot]
    fn tp_repr(&self) -> String {
        repr(self.value())
    }
    #[slot]
    fn tp_hash(&self) -> isize {
        let part = |value| crate::hash::double_hash(value).unwrap_or_else(|| crate::hash::pointer_hash(self));
        part(self.real()).wrapping_add(part(self.imag()).wrapping_mul(crate::hash::IMAGINARY))
    }
    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let same = if let Some(int) = Int::of(other) {
            self.imag() == 0.0
                && crate::objects::float::Float::compare_int(self.real(), int)
                    == Some(std::cmp::Ordering::Equal)
        } else if let Some(float) = other.downcast::<crate::objects::float::Float>() {
            self.imag() == 0.0 && self.real() == float.value()
        } else if let Some(other) = other.downcast::<Complex>() {
            self.real() == other.real() && self.imag() == other.imag()
        } else {
            return Ok(not_implemented());
        };
        Ok(py_bool(same == (op == CompareOp::Eq)))
    }
    #[slot]
    fn nb_bool(&self) -> bool {
        self.real() != 0.0 || self.imag() != 0.0
    }

    /// Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.
    #[method(signature = "($self, /)")]
    fn conjugate(&self) -> Ref<Complex> {
        Complex::new(self.real(), -self.imag())
    }

    /// Convert this value to exact type complex.
    #[method(name = "__complex__", signature = "($self, /)")]
    fn to_complex(&self) -> Ref<Complex> {
        if self.is::<Complex>() { Ref::from_borrowed(self) } else { Complex::new(self.real(), self.imag()) }
    }

    #[method(name = "__getnewargs__", signature = "($self, /)")]
    fn get_new_args(&self) -> (f64, f64) {
        (self.real(), self.imag())
    }

    /// Convert to a string according to format_spec.
    #[method(name = "__format__", signature = "($self, format_spec, /)")]
    fn format_method(&self, format_spec: &Object) -> Result {
        crate::objects::float::format::format_number(self, format_spec)
    }

    /// the real part of a complex number
    #[getter(name = "real")]
    fn real_part(&self) -> f64 {
        self.real()
    }

    /// the imaginary part of a complex number
    #[getter(name = "imag")]
    fn imag_part(&self) -> f64 {
        self.imag()
    }
}
