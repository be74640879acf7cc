//! Complex arithmetic, with the recovery of infinities of C's Annex G and mixed operations that treat a real operand
//! as real.

use bytecode::operands::BinaryOperator;

#[derive(Clone, Copy, Debug)]
pub(super) struct Complex {
    pub(super) real: f64,
    pub(super) imag: f64,
}

const ONE: Complex = Complex { real: 1.0, imag: 0.0 };

/// The largest integral exponent that is computed by multiplication.
const INT_EXPONENT_CUTOFF: f64 = 100.0;

pub(super) fn binary(operator: BinaryOperator, a: Complex, b: Complex) -> Option<Complex> {
    Some(match operator {
        BinaryOperator::Add => Complex { real: a.real + b.real, imag: a.imag + b.imag },
        BinaryOperator::Subtract => Complex { real: a.real - b.real, imag: a.imag - b.imag },
        BinaryOperator::Multiply => product(a, b),
        BinaryOperator::TrueDivide => return quotient(a, b),
        BinaryOperator::Power => return power(a, b),
        _ => return None,
    })
}

/// `a operator b` with a real `b`.
pub(super) fn binary_with_real(operator: BinaryOperator, a: Complex, b: f64) -> Option<Complex> {
    Some(match operator {
        BinaryOperator::Add => Complex { real: a.real + b, imag: a.imag },
        BinaryOperator::Subtract => Complex { real: a.real - b, imag: a.imag },
        BinaryOperator::Multiply => Complex { real: a.real * b, imag: a.imag * b },
        BinaryOperator::TrueDivide if b != 0.0 => Complex { real: a.real / b, imag: a.imag / b },
        BinaryOperator::Power => return power(a, Complex { real: b, imag: 0.0 }),
        _ => return None,
    })
}

/// `a operator b` with a real `a`.
pub(super) fn binary_of_real(operator: BinaryOperator, a: f64, b: Complex) -> Option<Complex> {
    Some(match operator {
        BinaryOperator::Add => Complex { real: a + b.real, imag: b.imag },
        BinaryOperator::Subtract => Complex { real: a - b.real, imag: -b.imag },
        BinaryOperator::Multiply => Complex { real: a * b.real, imag: a * b.imag },
        BinaryOperator::TrueDivide => return quotient_of_real(a, b),
        BinaryOperator::Power => return power(Complex { real: a, imag: 0.0 }, b),
        _ => return None,
    })
}

/// An infinite part as 1, a finite one as 0, signs kept.
fn boxed(value: f64) -> f64 {
    (value.is_infinite() as u8 as f64).copysign(value)
}

fn without_nan(value: f64) -> f64 {
    if value.is_nan() { 0f64.copysign(value) } else { value }
}

fn product(z: Complex, w: Complex) -> Complex {
    let (mut a, mut b, mut c, mut d) = (z.real, z.imag, w.real, w.imag);
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let result = Complex { real: ac - bd, imag: ad + bc };
    if !result.real.is_nan() || !result.imag.is_nan() {
        return result;
    }
    let mut recover = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b, c, d) = (boxed(a), boxed(b), without_nan(c), without_nan(d));
        recover = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (a, b, c, d) = (without_nan(a), without_nan(b), boxed(c), boxed(d));
        recover = true;
    }
    if !recover && [ac, bd, ad, bc].iter().any(|part| part.is_infinite()) {
        (a, b, c, d) = (without_nan(a), without_nan(b), without_nan(c), without_nan(d));
        recover = true;
    }
    match recover {
        true => Complex { real: f64::INFINITY * (a * c - b * d), imag: f64::INFINITY * (a * d + b * c) },
        false => result,
    }
}

fn quotient(a: Complex, b: Complex) -> Option<Complex> {
    let (abs_real, abs_imag) = (b.real.abs(), b.imag.abs());
    let mut result = if abs_real >= abs_imag {
        if abs_real == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        Complex {
            real: (a.real + a.imag * ratio) / denominator,
            imag: (a.imag - a.real * ratio) / denominator,
        }
    } else if abs_imag >= abs_real {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        Complex {
            real: (a.real * ratio + a.imag) / denominator,
            imag: (a.imag * ratio - a.real) / denominator,
        }
    } else {
        Complex { real: f64::NAN, imag: f64::NAN }
    };
    if result.real.is_nan() && result.imag.is_nan() {
        let finite = |z: Complex| z.real.is_finite() && z.imag.is_finite();
        let infinite = |z: Complex| z.real.is_infinite() || z.imag.is_infinite();
        if infinite(a) && finite(b) {
            let (x, y) = (boxed(a.real), boxed(a.imag));
            result.real = f64::INFINITY * (x * b.real + y * b.imag);
            result.imag = f64::INFINITY * (y * b.real - x * b.imag);
        } else if infinite(b) && finite(a) {
            let (x, y) = (boxed(b.real), boxed(b.imag));
            result.real = 0.0 * (a.real * x + a.imag * y);
            result.imag = 0.0 * (a.imag * x - a.real * y);
        }
    }
    Some(result)
}

fn quotient_of_real(a: f64, b: Complex) -> Option<Complex> {
    let (abs_real, abs_imag) = (b.real.abs(), b.imag.abs());
    let mut result = if abs_real >= abs_imag {
        if abs_real == 0.0 {
            return None;
        }
        let ratio = b.imag / b.real;
        let denominator = b.real + b.imag * ratio;
        Complex { real: a / denominator, imag: (-a * ratio) / denominator }
    } else if abs_imag >= abs_real {
        let ratio = b.real / b.imag;
        let denominator = b.real * ratio + b.imag;
        Complex { real: (a * ratio) / denominator, imag: (-a) / denominator }
    } else {
        Complex { real: f64::NAN, imag: f64::NAN }
    };
    let infinite = abs_real.is_infinite() || abs_imag.is_infinite();
    if result.real.is_nan() && result.imag.is_nan() && a.is_finite() && infinite {
        let (x, y) = (boxed(b.real), boxed(b.imag));
        result.real = 0.0 * (a * x);
        result.imag = 0.0 * (-a * y);
    }
    Some(result)
}

/// `a ** b`; `None` for zero to a negative or complex power and for overflow.
pub(super) fn power(a: Complex, b: Complex) -> Option<Complex> {
    let result = if b.imag == 0.0 && b.real.fract() == 0.0 && b.real.abs() <= INT_EXPONENT_CUTOFF {
        let exponent = b.real as i64;
        let positive = unsigned_power(a, exponent.unsigned_abs());
        if exponent > 0 { positive } else { quotient(ONE, positive)? }
    } else if b.real == 0.0 && b.imag == 0.0 {
        ONE
    } else if a.real == 0.0 && a.imag == 0.0 {
        if b.imag != 0.0 || b.real < 0.0 {
            return None;
        }
        Complex { real: 0.0, imag: 0.0 }
    } else {
        let magnitude = a.real.hypot(a.imag);
        let angle = a.imag.atan2(a.real);
        let mut length = magnitude.powf(b.real);
        let mut phase = angle * b.real;
        if b.imag != 0.0 {
            length *= (-angle * b.imag).exp();
            phase += b.imag * magnitude.ln();
        }
        if phase.is_infinite() {
            // A domain error of the C library.
            return None;
        }
        Complex { real: length * phase.cos(), imag: length * phase.sin() }
    };
    (!result.real.is_infinite() && !result.imag.is_infinite()).then_some(result)
}

fn unsigned_power(base: Complex, exponent: u64) -> Complex {
    let mut result = ONE;
    let mut square = base;
    let mut mask = 1;
    while exponent >= mask {
        if exponent & mask != 0 {
            result = product(result, square);
        }
        mask <<= 1;
        square = product(square, square);
    }
    result
}
