//! The operators of `complex`, also between a complex and a real number.

use super::Complex;
use crate::objects::float::Float;
use crate::prelude::*;

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    pub real: f64,
    pub imag: f64,
}

/// An operand: complex, or real without an imaginary part at all.
#[derive(Clone, Copy)]
enum Operand {
    Complex(Value),
    Real(f64),
}

impl Operand {
    fn of(object: &Object) -> Result<Option<Operand>> {
        if let Some(complex) = object.downcast::<Complex>() {
            return Ok(Some(Operand::Complex(complex.value())));
        }
        Ok(Float::operand(object)?.map(Operand::Real))
    }

    fn value(self) -> Value {
        match self {
            Operand::Complex(value) => value,
            Operand::Real(real) => Value { real, imag: 0.0 },
        }
    }
}

impl Value {
    pub const fn new(real: f64, imag: f64) -> Value {
        Value { real, imag }
    }

    pub fn multiply(self, other: Value) -> Value {
        let (a, b, c, d) = (self.real, self.imag, other.real, other.imag);
        let mut product = Value { real: a * c - b * d, imag: a * d + b * c };
        if product.real.is_nan() && product.imag.is_nan() {
            // An infinite operand makes an infinite product (C's annex G).
            let sized = |x: f64, infinite: bool| (if infinite { 1f64 } else { 0.0 }).copysign(x);
            let zeroed = |x: f64| if x.is_nan() { 0f64.copysign(x) } else { x };
            let (mut a, mut b, mut c, mut d) = (a, b, c, d);
            let mut again = false;
            if a.is_infinite() || b.is_infinite() {
                (a, b) = (sized(a, a.is_infinite()), sized(b, b.is_infinite()));
                (c, d) = (zeroed(c), zeroed(d));
                again = true;
            }
            if c.is_infinite() || d.is_infinite() {
                (c, d) = (sized(c, c.is_infinite()), sized(d, d.is_infinite()));
                (a, b) = (zeroed(a), zeroed(b));
                again = true;
            }
            let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
            if !again && (ac.is_infinite() || bd.is_infinite() || ad.is_infinite() || bc.is_infinite()) {
                (a, b, c, d) = (zeroed(a), zeroed(b), zeroed(c), zeroed(d));
                again = true;
            }
            if again {
                product =
                    Value { real: f64::INFINITY * (a * c - b * d), imag: f64::INFINITY * (a * d + b * c) };
            }
        }
        product
    }

    /// `None` where the divisor is zero.
    pub fn divide(self, other: Value) -> Option<Value> {
        let (ar, ai, br, bi) = (self.real, self.imag, other.real, other.imag);
        let (size_real, size_imag) = (br.abs(), bi.abs());
        let mut quotient;
        if size_real >= size_imag {
            if size_real == 0.0 {
                return None;
            }
            let ratio = bi / br;
            let denominator = br + bi * ratio;
            quotient = Value { real: (ar + ai * ratio) / denominator, imag: (ai - ar * ratio) / denominator };
        } else if size_imag >= size_real {
            let ratio = br / bi;
            let denominator = br * ratio + bi;
            quotient = Value { real: (ar * ratio + ai) / denominator, imag: (ai * ratio - ar) / denominator };
        } else {
            quotient = Value { real: f64::NAN, imag: f64::NAN };
        }
        if quotient.real.is_nan() && quotient.imag.is_nan() {
            let unit = |x: f64| (if x.is_infinite() { 1f64 } else { 0.0 }).copysign(x);
            if (ar.is_infinite() || ai.is_infinite()) && br.is_finite() && bi.is_finite() {
                let (x, y) = (unit(ar), unit(ai));
                quotient = Value {
                    real: f64::INFINITY * (x * br + y * bi),
                    imag: f64::INFINITY * (y * br - x * bi),
                };
            } else if (size_real.is_infinite() || size_imag.is_infinite()) && ar.is_finite() && ai.is_finite()
            {
                let (x, y) = (unit(br), unit(bi));
                quotient = Value { real: 0.0 * (ar * x + ai * y), imag: 0.0 * (ai * x - ar * y) };
            }
        }
        Some(quotient)
    }

    /// A power; ZeroDivisionError of zero, OverflowError where the result is infinite.
    pub fn power(self, exponent: Value) -> Result<Value> {
        if exponent.real == 0.0 && exponent.imag == 0.0 {
            return Ok(Value { real: 1.0, imag: 0.0 });
        }
        if self.real == 0.0 && self.imag == 0.0 {
            if exponent.imag != 0.0 || exponent.real < 0.0 {
                return Err(raise!(ZeroDivisionError, "zero to a negative or complex power"));
            }
            return Ok(Value { real: 0.0, imag: 0.0 });
        }
        let whole = exponent.real.floor() == exponent.real && exponent.real.abs() <= 100.0;
        let result = if exponent.imag == 0.0 && whole {
            self.integer_power(exponent.real as i32)?
        } else {
            let size = self.real.hypot(self.imag);
            let mut length = size.powf(exponent.real);
            let angle = self.imag.atan2(self.real);
            let mut phase = angle * exponent.real;
            if exponent.imag != 0.0 {
                length *= (-angle * exponent.imag).exp();
                phase += exponent.imag * size.ln();
            }
            Value { real: length * phase.cos(), imag: length * phase.sin() }
        };
        if result.real.is_infinite() || result.imag.is_infinite() {
            let finite = self.real.is_finite() && self.imag.is_finite();
            if finite && exponent.real.is_finite() && exponent.imag.is_finite() {
                return Err(raise!(OverflowError, "complex exponentiation"));
            }
        }
        Ok(result)
    }

    fn integer_power(self, exponent: i32) -> Result<Value> {
        let mut result = Value { real: 1.0, imag: 0.0 };
        let (mut base, mut rest) = (self, exponent.unsigned_abs());
        while rest > 0 {
            if rest & 1 != 0 {
                result = result.multiply(base);
            }
            rest >>= 1;
            if rest > 0 {
                base = base.multiply(base);
            }
        }
        if exponent >= 0 {
            return Ok(result);
        }
        match (Value { real: 1.0, imag: 0.0 }).divide(result) {
            Some(value) => Ok(value),
            None => Err(raise!(ZeroDivisionError, "zero to a negative or complex power")),
        }
    }

    /// `abs(self)`; `None` on overflow.
    pub fn size(self) -> Option<f64> {
        let size = self.real.hypot(self.imag);
        (size.is_finite() || !self.real.is_finite() || !self.imag.is_finite()).then_some(size)
    }
}

fn make(value: Value) -> Result {
    Ok(Complex::new(value.real, value.imag).into_object())
}

macro_rules! operands {
    ($left:ident, $right:ident) => {
        match (Operand::of($left)?, Operand::of($right)?) {
            (Some(left), Some(right)) => (left, right),
            _ => return Ok(not_implemented()),
        }
    };
}

#[methods(part = arithmetic)]
impl Complex {
    #[slot]
    fn nb_add(left: &Object, right: &Object) -> Result {
        use Operand::{Complex, Real};
        make(match operands!(left, right) {
            (Complex(a), Real(b)) => Value::new(a.real + b, a.imag),
            (Real(a), Complex(b)) => Value::new(a + b.real, b.imag),
            (a, b) => Value::new(a.value().real + b.value().real, a.value().imag + b.value().imag),
        })
    }
    #[slot]
    fn nb_subtract(left: &Object, right: &Object) -> Result {
        use Operand::{Complex, Real};
        make(match operands!(left, right) {
            (Complex(a), Real(b)) => Value::new(a.real - b, a.imag),
            (Real(a), Complex(b)) => Value::new(a - b.real, -b.imag),
            (a, b) => Value::new(a.value().real - b.value().real, a.value().imag - b.value().imag),
        })
    }
    #[slot]
    fn nb_multiply(left: &Object, right: &Object) -> Result {
        use Operand::{Complex, Real};
        make(match operands!(left, right) {
            (Complex(a), Real(b)) => Value::new(a.real * b, a.imag * b),
            (Real(a), Complex(b)) => Value::new(a * b.real, a * b.imag),
            (a, b) => a.value().multiply(b.value()),
        })
    }
    #[slot]
    fn nb_true_divide(left: &Object, right: &Object) -> Result {
        use Operand::{Complex, Real};
        let quotient = match operands!(left, right) {
            (Complex(_), Real(0.0)) => None,
            (Complex(a), Real(b)) => Some(Value::new(a.real / b, a.imag / b)),
            (Real(a), Complex(b)) => real_quotient(a, b),
            (a, b) => a.value().divide(b.value()),
        };
        match quotient {
            Some(value) => make(value),
            None => Err(raise!(ZeroDivisionError, "division by zero")),
        }
    }
    #[slot]
    fn nb_power(left: &Object, right: &Object, modulus: &Object) -> Result {
        let (base, exponent) = operands!(left, right);
        if !modulus.is_none() {
            return Err(raise!(ValueError, "complex modulo"));
        }
        make(base.value().power(exponent.value())?)
    }
    #[slot]
    fn nb_negative(&self) -> Ref<Complex> {
        Complex::new(-self.real(), -self.imag())
    }
    #[slot]
    fn nb_positive(&self) -> Ref<Complex> {
        Complex::new(self.real(), self.imag())
    }
    #[slot]
    fn nb_absolute(&self) -> Result<f64> {
        match self.value().size() {
            Some(size) => Ok(size),
            None => Err(raise!(OverflowError, "absolute value too large")),
        }
    }
}

/// A real number divided by a complex one.
fn real_quotient(a: f64, b: Value) -> Option<Value> {
    let (size_real, size_imag) = (b.real.abs(), b.imag.abs());
    let mut quotient = if size_real >= size_imag {
        if size_real == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        Value::new(a / denominator, (-a * ratio) / denominator)
    } else if size_imag >= size_real {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        Value::new((a * ratio) / denominator, (-a) / denominator)
    } else {
        Value::new(f64::NAN, f64::NAN)
    };
    if quotient.real.is_nan()
        && quotient.imag.is_nan()
        && a.is_finite()
        && (size_real.is_infinite() || size_imag.is_infinite())
    {
        let unit = |x: f64| (if x.is_infinite() { 1f64 } else { 0.0 }).copysign(x);
        let (x, y) = (unit(b.real), unit(b.imag));
        quotient = Value::new(0.0 * (a * x), 0.0 * (-a * y));
    }
    Some(quotient)
}
