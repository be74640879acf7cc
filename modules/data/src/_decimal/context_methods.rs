//! The methods of `Context`: the operations, under its settings.

use runtime::prelude::*;

use super::construct;
use super::context::Context;
use super::decimal::{self, Decimal};
use super::engine::*;
use super::methods::{class_of, same_quantum};
use super::operand::Operand;

macro_rules! unary {
    ($($name:ident $doc:tt $with:expr;)*) => {
        #[methods(part = unary)]
        impl Context {$(
            #[method(signature = "($self, x, /)", doc = $doc)]
            fn $name(&self, x: &Object) -> Result<Ref<Decimal>> {
                let with: fn(&Number, &Settings, &mut u32) -> Number = $with;
                let x = Operand::required(x, self)?;
                self.compute(|settings, status| with(&x, settings, status))
            }
        )*}
    };
}

unary! {
    abs "Return the absolute value of x." decimal::absolute;
    copy_abs "Return a copy of x with the sign set to 0." |x, _, _| x.absolute();
    copy_decimal "Return a copy of Decimal x." |x, _, _| x.clone();
    copy_negate "Return a copy of x with the sign inverted." |x, _, _| x.negated();
    exp "Return e ** x." Number::exp;
    ln "Return the natural (base e) logarithm of x." Number::ln;
    log10 "Return the base 10 logarithm of x." Number::log10;
    logb "Return the exponent of the magnitude of the operand's most significant digit." Number::logb;
    logical_invert "Invert all digits of x." Number::logical_invert;
    minus "Minus corresponds to the unary prefix minus operator in Python, but applies the context." decimal::minus;
    next_minus "Return the largest representable number smaller than x." |x, settings, status| x.next(false, settings, status);
    next_plus "Return the smallest representable number larger than x." |x, settings, status| x.next(true, settings, status);
    normalize "Reduce x to its simplest form." Number::normalize;
    plus "Plus corresponds to the unary prefix plus operator in Python, but applies the context." decimal::plus;
    sqrt "Square root of a non-negative number to context precision." Number::square_root;
    to_integral "Round to an integer; no Inexact or Rounded." |x, settings, status| x.to_integral(false, settings, status);
    to_integral_value "Round to an integer; no Inexact or Rounded." |x, settings, status| x.to_integral(false, settings, status);
    to_integral_exact "Round to an integer; signals Inexact and Rounded." |x, settings, status| x.to_integral(true, settings, status);
    _apply "Round x by the context." |x, settings, status| x.clone().finalize(settings, status);
}

macro_rules! binary {
    ($($name:ident $doc:tt $with:expr;)*) => {
        #[methods(part = binary)]
        impl Context {$(
            #[method(signature = "($self, x, y, /)", doc = $doc)]
            fn $name(&self, x: &Object, y: &Object) -> Result<Ref<Decimal>> {
                let with: fn(&Number, &Number, &Settings, &mut u32) -> Number = $with;
                let (x, y) = (Operand::required(x, self)?, Operand::required(y, self)?);
                self.compute(|settings, status| with(&x, &y, settings, status))
            }
        )*}
    };
}

binary! {
    add "Return the sum of x and y." Number::add;
    compare "Compare x and y numerically." |x, y, settings, status| x.compare(y, false, settings, status);
    compare_signal "Compare x and y numerically. All NaNs signal." |x, y, settings, status| x.compare(y, true, settings, status);
    compare_total "Compare x and y using their abstract representation." |x, y, _, _| Number::of_i64(x.total_order(y) as i64);
    compare_total_mag "Compare x and y using their abstract representation, ignoring sign." |x, y, _, _| Number::of_i64(x.total_magnitude_order(y) as i64);
    copy_sign "Copy the sign from y to x." |x, y, _, _| x.clone().with_sign(y.negative);
    divide "Return x divided by y." Number::divide;
    divide_int "Return x divided by y, truncated to an integer." Number::divide_integer;
    logical_and "Digit-wise and of x and y." |x, y, settings, status| x.logical(y, Logical::And, settings, status);
    logical_or "Digit-wise or of x and y." |x, y, settings, status| x.logical(y, Logical::Or, settings, status);
    logical_xor "Digit-wise xor of x and y." |x, y, settings, status| x.logical(y, Logical::Xor, settings, status);
    max "Compare the values numerically and return the maximum." |x, y, settings, status| x.choose(y, true, false, settings, status);
    max_mag "Compare the values numerically with their sign ignored." |x, y, settings, status| x.choose(y, true, true, settings, status);
    min "Compare the values numerically and return the minimum." |x, y, settings, status| x.choose(y, false, false, settings, status);
    min_mag "Compare the values numerically with their sign ignored." |x, y, settings, status| x.choose(y, false, true, settings, status);
    multiply "Return the product of x and y." Number::multiply;
    next_toward "Return the number closest to x, in the direction towards y." Number::next_toward;
    quantize "Return a value equal to x (rounded), having the exponent of y." |x, y, settings, status| x.quantize(y, settings, status);
    remainder "Return the remainder from integer division." Number::remainder;
    remainder_near "Return x - y * n, where n is the integer nearest the exact value of x / y." Number::remainder_near;
    rotate "Return a copy of x, rotated by y places." Number::rotate;
    scaleb "Return the first operand after adding the second value to its exp." Number::scaleb;
    shift "Return a copy of x, shifted by y places." Number::shift;
    subtract "Return the difference between x and y." Number::subtract;
}

fn only_decimal(object: &Object) -> Result<&Decimal> {
    object.downcast::<Decimal>().ok_or_else(|| raise!(TypeError, "argument must be a Decimal"))
}

macro_rules! tests {
    ($($name:ident $doc:tt $with:expr;)*) => {
        #[methods(part = tests)]
        impl Context {$(
            #[method(signature = "($self, x, /)", doc = $doc)]
            fn $name(&self, x: &Object) -> Result<bool> {
                let with: fn(&Number, &Settings) -> bool = $with;
                Ok(with(&*Operand::required(x, self)?, &self.settings()))
            }
        )*}
    };
}

tests! {
    is_finite "Return True if x is finite, False otherwise." |x, _| x.is_finite();
    is_infinite "Return True if x is infinite, False otherwise." |x, _| x.is_infinite();
    is_nan "Return True if x is a qNaN or sNaN, False otherwise." |x, _| x.is_nan();
    is_normal "Return True if x is a normal number, False otherwise." |x, settings| x.is_normal(settings);
    is_qnan "Return True if x is a quiet NaN, False otherwise." |x, _| x.is_quiet();
    is_signed "Return True if x is negative, False otherwise." |x, _| x.negative;
    is_snan "Return True if x is a signaling NaN, False otherwise." |x, _| x.is_signaling();
    is_subnormal "Return True if x is subnormal, False otherwise." |x, settings| x.is_subnormal(settings);
    is_zero "Return True if x is a zero, False otherwise." |x, _| x.is_zero();
}

#[methods(part = others)]
impl Context {
    /// Return a new instance of x.
    #[method(signature = "($self, x, /)")]
    fn canonical(&self, x: &Object) -> Result {
        only_decimal(x).map(|x| x.to_ref())
    }

    /// Return True if x is canonical, False otherwise.
    #[method(signature = "($self, x, /)")]
    fn is_canonical(&self, x: &Object) -> Result<bool> {
        only_decimal(x).map(|_| true)
    }

    /// Create a new Decimal instance from num, rounded by the context.
    #[method(signature = "($self, num=\"0\", /)")]
    fn create_decimal(&self, num: Option<&Object>) -> Result<Ref<Decimal>> {
        construct::rounded(num, self)
    }

    /// Create a new Decimal instance from float f, rounded by the context.
    #[method(signature = "($self, f, /)")]
    fn create_decimal_from_float(&self, f: &Object) -> Result<Ref<Decimal>> {
        if let Some(float) = f.downcast::<Float>() {
            return construct::rounded_float(float.value(), self);
        }
        if f.downcast::<Int>().is_some() {
            return construct::rounded(Some(f), self);
        }
        Err(raise!(TypeError, "argument must be int or float"))
    }

    /// Return quotient and remainder of the division x / y.
    #[method(signature = "($self, x, y, /)")]
    fn divmod(&self, x: &Object, y: &Object) -> Result<Ref<Tuple>> {
        let (x, y) = (Operand::required(x, self)?, Operand::required(y, self)?);
        decimal::divmod(&x, &y, self)
    }

    /// Return x multiplied by y, plus z.
    #[method(signature = "($self, x, y, z, /)")]
    fn fma(&self, x: &Object, y: &Object, z: &Object) -> Result<Ref<Decimal>> {
        let (x, y) = (Operand::required(x, self)?, Operand::required(y, self)?);
        let z = Operand::required(z, self)?;
        self.compute(|settings, status| Number::fma(&x, &y, &z, settings, status))
    }

    /// Return an indication of the class of x.
    #[method(signature = "($self, x, /)")]
    fn number_class(&self, x: &Object) -> Result<&'static str> {
        Ok(class_of(&*Operand::required(x, self)?, &self.settings()))
    }

    /// Compute a**b. If modulo is given, compute (a**b) % modulo: all three must be integers then.
    #[method(signature = "($self, /, a, b, modulo=None)")]
    fn power(&self, a: &Object, b: &Object, modulo: OrNone<&Object>) -> Result<Ref<Decimal>> {
        let (a, b) = (Operand::required(a, self)?, Operand::required(b, self)?);
        let Some(modulo) = modulo.0 else {
            return self.compute(|settings, status| Number::power(&a, &b, settings, status));
        };
        let modulo = Operand::required(modulo, self)?;
        self.compute(|settings, status| Number::power_modulo(&a, &b, &modulo, settings, status))
    }

    /// Return 10.
    #[method(signature = "($self, /)")]
    fn radix(&self) -> Ref<Decimal> {
        Decimal::of(Number::of_i64(10))
    }

    /// Return True if the two operands have the same exponent.
    #[method(signature = "($self, x, y, /)")]
    fn same_quantum(&self, x: &Object, y: &Object) -> Result<bool> {
        Ok(same_quantum(&*Operand::required(x, self)?, &*Operand::required(y, self)?))
    }

    /// Convert a number to a string, using engineering notation.
    #[method(signature = "($self, x, /)")]
    fn to_eng_string(&self, x: &Object) -> Result<String> {
        Ok(Operand::required(x, self)?.text(true, self.capitals()))
    }

    /// Convert a number to a string using scientific notation.
    #[method(signature = "($self, x, /)")]
    fn to_sci_string(&self, x: &Object) -> Result<String> {
        Ok(Operand::required(x, self)?.text(false, self.capitals()))
    }
}
