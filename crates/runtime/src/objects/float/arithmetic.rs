//! The operators of `float`.

use super::Float;
use super::libm::frexp;
use crate::objects::complex::Complex;
use crate::objects::int::Int;
use crate::prelude::*;

/// Both operands as doubles; from the enclosing function returns NotImplemented if one is no real number.
macro_rules! operands {
    ($left:ident, $right:ident) => {
        match (Float::operand($left)?, Float::operand($right)?) {
            (Some(left), Some(right)) => (left, right),
            _ => return Ok(not_implemented()),
        }
    };
}

#[cold]
fn by_zero() -> Raised {
    raise!(ZeroDivisionError, "division by zero")
}

/// `left // right` and `left % right` of doubles; `right` is not zero.
pub fn divmod(left: f64, right: f64) -> (f64, f64) {
    let mut rest = left % right;
    let mut quotient = (left - rest) / right;
    if rest != 0.0 {
        if (right < 0.0) != (rest < 0.0) {
            rest += right;
            quotient -= 1.0;
        }
    } else {
        rest = 0f64.copysign(right);
    }
    let floored = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(left / right)
    };
    (floored, rest)
}

/// `left % right`; `right` is not zero.
fn remainder(left: f64, right: f64) -> f64 {
    let rest = left % right;
    if rest != 0.0 {
        if (right < 0.0) != (rest < 0.0) { rest + right } else { rest }
    } else {
        0f64.copysign(right)
    }
}

/// A power of doubles.
pub enum Power {
    Real(f64),
    /// A negative base with a fraction as exponent.
    Complex,
}

/// `base ** exponent`.
pub fn power(base: f64, exponent: f64) -> Result<Power> {
    let odd = |value: f64| value.abs() % 2.0 == 1.0;
    let result = if exponent == 0.0 || base == 1.0 {
        1.0
    } else if base.is_nan() || exponent.is_nan() {
        f64::NAN.copysign(if base.is_nan() { base } else { exponent })
    } else if exponent.is_infinite() {
        let size = base.abs();
        if size == 1.0 {
            1.0
        } else if (exponent > 0.0) == (size > 1.0) {
            f64::INFINITY
        } else {
            0.0
        }
    } else if base.is_infinite() {
        if exponent > 0.0 {
            if odd(exponent) { base } else { base.abs() }
        } else if odd(exponent) {
            0f64.copysign(base)
        } else {
            0.0
        }
    } else if base == 0.0 {
        if exponent < 0.0 {
            return Err(raise!(ZeroDivisionError, "zero to a negative power"));
        }
        if odd(exponent) { base } else { 0.0 }
    } else if base < 0.0 && exponent != exponent.floor() {
        return Ok(Power::Complex);
    } else {
        let size = base.abs();
        let result = if size == 1.0 { 1.0 } else { size.powf(exponent) };
        if result.is_infinite() {
            return Err(range_error());
        }
        if base < 0.0 && odd(exponent) { -result } else { result }
    };
    Ok(Power::Real(result))
}

/// OverflowError with C's error number, as a failed `pow` gives.
pub fn range_error() -> Raised {
    let arguments = Tuple::pack([
        Int::new(i64::from(libc::ERANGE)).into_object(),
        Str::new("Numerical result out of range").into_object(),
    ]);
    crate::errors::raise_value(&crate::objects::exceptions::OverflowError, &arguments)
}

#[methods(part = arithmetic)]
impl Float {
    #[slot]
    fn nb_add(left: &Object, right: &Object) -> Result {
        let (left, right) = operands!(left, right);
        Ok(Float::new(left + right).into_object())
    }
    #[slot]
    fn nb_subtract(left: &Object, right: &Object) -> Result {
        let (left, right) = operands!(left, right);
        Ok(Float::new(left - right).into_object())
    }
    #[slot]
    fn nb_multiply(left: &Object, right: &Object) -> Result {
        let (left, right) = operands!(left, right);
        Ok(Float::new(left * right).into_object())
    }
    #[slot]
    fn nb_true_divide(left: &Object, right: &Object) -> Result {
        let (left, right) = operands!(left, right);
        if right == 0.0 {
            return Err(by_zero());
        }
        Ok(Float::new(left / right).into_object())
    }
    #[slot]
    fn nb_floor_divide(left: &Object, right: &Object) -> Result {
        let (left, right) = operands!(left, right);
        if right == 0.0 {
            return Err(by_zero());
        }
        Ok(Float::new(divmod(left, right).0).into_object())
    }
    #[slot]
    fn nb_remainder(left: &Object, right: &Object) -> Result {
        let (left, right) = operands!(left, right);
        if right == 0.0 {
            return Err(by_zero());
        }
        Ok(Float::new(remainder(left, right)).into_object())
    }
    #[slot]
    fn nb_divmod(left: &Object, right: &Object) -> Result {
        let (left, right) = operands!(left, right);
        if right == 0.0 {
            return Err(by_zero());
        }
        divmod(left, right).into_result()
    }
    #[slot]
    pub(in crate::objects) fn nb_power(left: &Object, right: &Object, modulus: &Object) -> Result {
        if !modulus.is_none() {
            return Err(raise!(
                TypeError,
                "pow() 3rd argument not allowed unless all arguments are integers"
            ));
        }
        let (base, exponent) = operands!(left, right);
        match power(base, exponent)? {
            Power::Real(value) => Ok(Float::new(value).into_object()),
            Power::Complex => {
                let (base, exponent) = (Complex::new(base, 0.0), Complex::new(exponent, 0.0));
                crate::protocol::number::power(&base, &exponent, modulus)
            }
        }
    }
    #[slot]
    fn nb_negative(&self) -> f64 {
        -self.value()
    }
    #[slot]
    fn nb_positive(&self) -> Ref<Float> {
        Float::exact(self)
    }
    #[slot]
    fn nb_absolute(&self) -> f64 {
        self.value().abs()
    }
    #[slot]
    fn nb_int(&self) -> Result<Ref<Int>> {
        to_int(self.value())
    }
    #[slot]
    fn nb_float(&self) -> Ref<Float> {
        Float::exact(self)
    }
}

/// A double without its fraction.
pub fn to_int(value: f64) -> Result<Ref<Int>> {
    match Int::from_f64(value) {
        Some(int) => Ok(int),
        None if value.is_nan() => Err(raise!(ValueError, "cannot convert float NaN to integer")),
        None => Err(raise!(OverflowError, "cannot convert float infinity to integer")),
    }
}

/// The ratio of two ints that a finite double is.
pub fn ratio(value: f64) -> Result<(Ref<Int>, Ref<Int>)> {
    let (mut mantissa, mut exponent) = frexp(value);
    for _ in 0..300 {
        if mantissa == mantissa.floor() {
            break;
        }
        mantissa *= 2.0;
        exponent -= 1;
    }
    let numerator = to_int(mantissa)?;
    if exponent > 0 {
        Ok((numerator.shifted_left(exponent as usize)?, Int::small(1)))
    } else {
        Ok((numerator, Int::small(1).shifted_left(exponent.unsigned_abs() as usize)?))
    }
}
