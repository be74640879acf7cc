//! `complex`. <https://docs.python.org/3.14/c-api/complex.html>

use abi::Py_complex;
use runtime::prelude::*;

use crate::support::exported;

/// Is the object a complex number?
pub fn is_complex(object: &Object) -> bool {
    let class = crate::types::builtin("complex");
    class.is_ok_and(|class| class.downcast::<Type>().is_some_and(|class| object.ty().is_subtype(class)))
}

fn make(value: Py_complex) -> Result {
    crate::types::builtin("complex")?.call(&[&*Float::new(value.real), &*Float::new(value.imag)])
}

/// The value of a complex object, of one with `__complex__`, or of a real number.
fn value(object: &Object) -> Result<Py_complex> {
    if is_complex(object) {
        // SAFETY: such objects begin so.
        return Ok(unsafe { &*object.as_ptr().cast::<abi::PyComplexObject>() }.cval);
    }
    if let Some(made) = object.call_special(intern!("__complex__"), &[])? {
        if !is_complex(&made) {
            return Err(raise!(
                TypeError,
                "{}.__complex__() must return a complex, not {}",
                object.ty().full_name(),
                made.ty().full_name()
            ));
        }
        // SAFETY: such objects begin so.
        return Ok(unsafe { &*made.as_ptr().cast::<abi::PyComplexObject>() }.cval);
    }
    Ok(Py_complex { real: object.to_float()?, imag: 0.0 })
}

exported! {
    fn PyComplex_FromDoubles(real: f64, imag: f64) -> Result {
        make(Py_complex { real, imag })
    }

    fn PyComplex_FromCComplex(value: Py_complex) -> Result {
        make(value)
    }

    fn PyComplex_AsCComplex(object: &Object) -> Result<Py_complex> {
        value(object)
    }

    fn PyComplex_RealAsDouble(object: &Object) -> Result<f64> {
        Ok(value(object)?.real)
    }

    fn PyComplex_ImagAsDouble(object: &Object) -> Result<f64> {
        Ok(value(object)?.imag)
    }

    fn _Py_c_sum(a: Py_complex, b: Py_complex) -> Py_complex {
        Py_complex { real: a.real + b.real, imag: a.imag + b.imag }
    }

    fn _Py_c_diff(a: Py_complex, b: Py_complex) -> Py_complex {
        Py_complex { real: a.real - b.real, imag: a.imag - b.imag }
    }

    fn _Py_c_neg(a: Py_complex) -> Py_complex {
        Py_complex { real: -a.real, imag: -a.imag }
    }

    fn _Py_c_prod(a: Py_complex, b: Py_complex) -> Py_complex {
        Py_complex { real: a.real * b.real - a.imag * b.imag, imag: a.real * b.imag + a.imag * b.real }
    }

    fn _Py_c_quot(a: Py_complex, b: Py_complex) -> Py_complex {
        quotient(a, b)
    }

    fn _Py_c_pow(a: Py_complex, b: Py_complex) -> Py_complex {
        power(a, b)
    }

    fn _Py_c_abs(a: Py_complex) -> f64 {
        a.real.hypot(a.imag)
    }
}

fn set_errno(code: i32) {
    // SAFETY: this thread's errno.
    unsafe { *libc::__errno_location() = code };
}

/// Smith's method: the larger part of the divisor divides first.
fn quotient(a: Py_complex, b: Py_complex) -> Py_complex {
    if b.real.abs() >= b.imag.abs() {
        if b.real == 0.0 {
            set_errno(libc::EDOM);
            return Py_complex { real: 0.0, imag: 0.0 };
        }
        let ratio = b.imag / b.real;
        let divisor = b.real + b.imag * ratio;
        Py_complex { real: (a.real + a.imag * ratio) / divisor, imag: (a.imag - a.real * ratio) / divisor }
    } else if b.imag.abs() >= b.real.abs() {
        let ratio = b.real / b.imag;
        let divisor = b.real * ratio + b.imag;
        Py_complex { real: (a.real * ratio + a.imag) / divisor, imag: (a.imag * ratio - a.real) / divisor }
    } else {
        Py_complex { real: f64::NAN, imag: f64::NAN }
    }
}

fn power(a: Py_complex, b: Py_complex) -> Py_complex {
    if b.real == 0.0 && b.imag == 0.0 {
        return Py_complex { real: 1.0, imag: 0.0 };
    }
    if a.real == 0.0 && a.imag == 0.0 {
        if b.imag != 0.0 || b.real < 0.0 {
            set_errno(libc::EDOM);
        }
        return Py_complex { real: 0.0, imag: 0.0 };
    }
    let (size, angle) = (a.real.hypot(a.imag), a.imag.atan2(a.real));
    let (mut length, mut phase) = (size.powf(b.real), angle * b.real);
    if b.imag != 0.0 {
        length *= (-angle * b.imag).exp();
        phase += b.imag * size.ln();
    }
    Py_complex { real: length * phase.cos(), imag: length * phase.sin() }
}
