//! The methods of `Decimal`.

use runtime::objects::complex::Complex;
use runtime::prelude::*;

use super::construct;
use super::context::{Context, integer, rounding_of};
use super::convert;
use super::decimal::Decimal;
use super::engine::*;
use super::format;
use super::operand::Operand;

macro_rules! context_unary {
    ($($name:ident $doc:tt $with:expr;)*) => {
        #[methods(part = context_unary)]
        impl Decimal {$(
            #[method(signature = "($self, /, context=None)", doc = $doc)]
            fn $name(&self, context: OrNone<&Object>) -> Result<Ref<Decimal>> {
                let with: fn(&Number, &Settings, &mut u32) -> Number = $with;
                Context::or_current(context)?.compute(|settings, status| with(self.number(), settings, status))
            }
        )*}
    };
}

context_unary! {
    exp "Return e**x, rounded correctly to the nearest." Number::exp;
    ln "Return the natural logarithm, rounded correctly to the nearest." Number::ln;
    log10 "Return the base ten logarithm, rounded correctly to the nearest." Number::log10;
    logb "Return the adjusted exponent of a number, as a Decimal." Number::logb;
    logical_invert "Return the digit-wise inversion of a logical operand." Number::logical_invert;
    next_minus "Return the largest number that is smaller, of those that the context can represent." |x, settings, status| x.next(false, settings, status);
    next_plus "Return the smallest number that is larger, of those that the context can represent." |x, settings, status| x.next(true, settings, status);
    normalize "Return the number in its simplest form: without zeros at the end." Number::normalize;
    sqrt "Return the square root, rounded to the nearest." Number::square_root;
}

macro_rules! context_binary {
    ($($name:ident $doc:tt $with:expr;)*) => {
        #[methods(part = context_binary)]
        impl Decimal {$(
            #[method(signature = "($self, /, other, context=None)", doc = $doc)]
            fn $name(&self, other: &Object, context: OrNone<&Object>) -> Result<Ref<Decimal>> {
                let with: fn(&Number, &Number, &Settings, &mut u32) -> Number = $with;
                let context = Context::or_current(context)?;
                let other = Operand::required(other, &context)?;
                context.compute(|settings, status| with(self.number(), &other, settings, status))
            }
        )*}
    };
}

context_binary! {
    compare "Compare numerically: Decimal('-1'), Decimal('0'), Decimal('1'), or a NaN if there is one." |x, y, settings, status| x.compare(y, false, settings, status);
    compare_signal "Like compare, but every NaN signals." |x, y, settings, status| x.compare(y, true, settings, status);
    compare_total "Compare by the representation: a total order of all Decimals." |x, y, _, _| Number::of_i64(x.total_order(y) as i64);
    compare_total_mag "Compare by the representation, as compare_total, without the signs." |x, y, _, _| Number::of_i64(x.total_magnitude_order(y) as i64);
    copy_sign "Return the number with the sign of other." |x, y, _, _| x.clone().with_sign(y.negative);
    logical_and "Return the digit-wise 'and' of two logical operands." |x, y, settings, status| x.logical(y, Logical::And, settings, status);
    logical_or "Return the digit-wise 'or' of two logical operands." |x, y, settings, status| x.logical(y, Logical::Or, settings, status);
    logical_xor "Return the digit-wise 'exclusive or' of two logical operands." |x, y, settings, status| x.logical(y, Logical::Xor, settings, status);
    max "Return the larger number; if one is a quiet NaN, the other." |x, y, settings, status| x.choose(y, true, false, settings, status);
    max_mag "Return the number with the larger absolute value." |x, y, settings, status| x.choose(y, true, true, settings, status);
    min "Return the smaller number; if one is a quiet NaN, the other." |x, y, settings, status| x.choose(y, false, false, settings, status);
    min_mag "Return the number with the smaller absolute value." |x, y, settings, status| x.choose(y, false, true, settings, status);
    next_toward "Return the neighbour in the direction of other." Number::next_toward;
    remainder_near "Return the remainder of the division whose quotient is the nearest integer." Number::remainder_near;
    rotate "Return the digits rotated by other places, within the precision." Number::rotate;
    scaleb "Return the number with its exponent adjusted by other." Number::scaleb;
    shift "Return the digits shifted by other places, within the precision." Number::shift;
}

macro_rules! tests {
    ($($name:ident $doc:tt $with:expr;)*) => {
        #[methods(part = tests)]
        impl Decimal {$(
            #[method(signature = "($self, /)", doc = $doc)]
            fn $name(&self) -> bool {
                let with: fn(&Number) -> bool = $with;
                with(self.number())
            }
        )*}
    };
}

tests! {
    is_canonical "Always True: every Decimal is canonical." |_| true;
    is_finite "True for finite numbers." Number::is_finite;
    is_infinite "True for infinities." Number::is_infinite;
    is_nan "True for quiet and signaling NaNs." Number::is_nan;
    is_qnan "True for quiet NaNs." Number::is_quiet;
    is_signed "True if the sign is negative." |x| x.negative;
    is_snan "True for signaling NaNs." Number::is_signaling;
    is_zero "True for zeros." Number::is_zero;
}

/// The class of a number, as number_class names it.
pub fn class_of(number: &Number, settings: &Settings) -> &'static str {
    match (number.kind, number.negative) {
        (Kind::Signaling, _) => "sNaN",
        (Kind::Quiet, _) => "NaN",
        (Kind::Infinite, true) => "-Infinity",
        (Kind::Infinite, false) => "+Infinity",
        (Kind::Finite, negative) if number.is_zero() => {
            if negative {
                "-Zero"
            } else {
                "+Zero"
            }
        }
        (Kind::Finite, negative) if number.is_subnormal(settings) => {
            if negative {
                "-Subnormal"
            } else {
                "+Subnormal"
            }
        }
        (Kind::Finite, true) => "-Normal",
        (Kind::Finite, false) => "+Normal",
    }
}

/// Have both the same exponent, or are both infinite, or NaN?
pub fn same_quantum(left: &Number, right: &Number) -> bool {
    if left.is_special() || right.is_special() {
        return left.is_nan() && right.is_nan() || left.is_infinite() && right.is_infinite();
    }
    left.exponent == right.exponent
}

/// The settings with another rounding, if one is given.
fn with_rounding(settings: &Settings, rounding: OrNone<&Object>) -> Result<Settings> {
    match rounding.0 {
        Some(rounding) => Ok(Settings { rounding: rounding_of(rounding)?, ..*settings }),
        None => Ok(*settings),
    }
}

#[methods(part = others)]
impl Decimal {
    /// Convert a float or an int, exactly; the result may be long.
    #[classmethod(signature = "($type, f, /)")]
    fn from_float(class: &Type, f: &Object) -> Result<Ref<Decimal>> {
        construct::from_number(class, f, false)
    }

    /// Convert a real number: an int, a float or a Decimal.
    #[classmethod(signature = "($type, number, /)")]
    fn from_number(class: &Type, number: &Object) -> Result<Ref<Decimal>> {
        construct::from_number(class, number, true)
    }

    /// Return the exponent of the first digit; 0 for infinities and NaNs.
    #[method(signature = "($self, /)")]
    fn adjusted(&self) -> i64 {
        if self.number().is_special() { 0 } else { self.number().adjusted() }
    }

    /// Return a pair of integers whose ratio is the number, the denominator positive.
    #[method(signature = "($self, /)")]
    fn as_integer_ratio(&self) -> Result<Ref<Tuple>> {
        convert::to_ratio(self.number())
    }

    /// Return a tuple representation of the number.
    #[method(signature = "($self, /)")]
    fn as_tuple(&self) -> Result {
        convert::to_tuple(self.number())
    }

    /// Return the number itself: every Decimal is canonical.
    #[method(signature = "($self, /)")]
    fn canonical(&self) -> Ref {
        self.to_ref()
    }

    /// Return the number itself.
    #[method(signature = "($self, /)")]
    fn conjugate(&self) -> Ref {
        self.to_ref()
    }

    /// Return the absolute value; no context affects it.
    #[method(signature = "($self, /)")]
    fn copy_abs(&self) -> Ref<Decimal> {
        Decimal::of(self.number().absolute())
    }

    /// Return the number with the other sign; no context affects it.
    #[method(signature = "($self, /)")]
    fn copy_negate(&self) -> Ref<Decimal> {
        Decimal::of(self.number().negated())
    }

    /// Return self*other+third, rounded once.
    #[method(signature = "($self, /, other, third, context=None)")]
    fn fma(&self, other: &Object, third: &Object, context: OrNone<&Object>) -> Result<Ref<Decimal>> {
        let context = Context::or_current(context)?;
        let other = Operand::required(other, &context)?;
        let third = Operand::required(third, &context)?;
        context.compute(|settings, status| Number::fma(self.number(), &other, &third, settings, status))
    }

    /// True for finite numbers other than zero with an adjusted exponent of Emin or more.
    #[method(signature = "($self, /, context=None)")]
    fn is_normal(&self, context: OrNone<&Object>) -> Result<bool> {
        Ok(self.number().is_normal(&Context::or_current(context)?.settings()))
    }

    /// True for finite numbers other than zero with an adjusted exponent below Emin.
    #[method(signature = "($self, /, context=None)")]
    fn is_subnormal(&self, context: OrNone<&Object>) -> Result<bool> {
        Ok(self.number().is_subnormal(&Context::or_current(context)?.settings()))
    }

    /// Return what the number is: '+Normal', '-Zero', 'NaN' and so on.
    #[method(signature = "($self, /, context=None)")]
    fn number_class(&self, context: OrNone<&Object>) -> Result<&'static str> {
        Ok(class_of(self.number(), &Context::or_current(context)?.settings()))
    }

    /// Return the number, rounded, with the exponent of exp.
    #[method(signature = "($self, /, exp, rounding=None, context=None)")]
    fn quantize(
        &self,
        exp: &Object,
        rounding: OrNone<&Object>,
        context: OrNone<&Object>,
    ) -> Result<Ref<Decimal>> {
        let context = Context::or_current(context)?;
        let settings = with_rounding(&context.settings(), rounding)?;
        let exp = Operand::required(exp, &context)?;
        context.compute(|_, status| self.number().quantize(&exp, &settings, status))
    }

    /// Return Decimal(10), the base of all arithmetic here.
    #[method(signature = "($self, /)")]
    fn radix(&self) -> Ref<Decimal> {
        Decimal::of(Number::of_i64(10))
    }

    /// True if both have the same exponent, or both are infinite, or both NaN.
    #[method(signature = "($self, /, other, context=None)")]
    fn same_quantum(&self, other: &Object, context: OrNone<&Object>) -> Result<bool> {
        let context = Context::or_current(context)?;
        Ok(same_quantum(self.number(), &*Operand::required(other, &context)?))
    }

    /// Return the number in engineering notation: with an exponent that is a multiple of 3.
    #[method(signature = "($self, /, context=None)")]
    fn to_eng_string(&self, context: OrNone<&Object>) -> Result<String> {
        Ok(self.number().text(true, Context::or_current(context)?.capitals()))
    }

    /// Round to the nearest integer, without signaling Inexact or Rounded.
    #[method(signature = "($self, /, rounding=None, context=None)")]
    fn to_integral(&self, rounding: OrNone<&Object>, context: OrNone<&Object>) -> Result<Ref<Decimal>> {
        self.integral(false, rounding, context)
    }

    /// Round to the nearest integer, without signaling Inexact or Rounded.
    #[method(signature = "($self, /, rounding=None, context=None)")]
    fn to_integral_value(&self, rounding: OrNone<&Object>, context: OrNone<&Object>) -> Result<Ref<Decimal>> {
        self.integral(false, rounding, context)
    }

    /// Round to the nearest integer, signaling Inexact and Rounded.
    #[method(signature = "($self, /, rounding=None, context=None)")]
    fn to_integral_exact(&self, rounding: OrNone<&Object>, context: OrNone<&Object>) -> Result<Ref<Decimal>> {
        self.integral(true, rounding, context)
    }

    #[method(name = "__copy__", signature = "($self, /)")]
    fn copy(&self) -> Ref {
        self.to_ref()
    }

    #[method(name = "__deepcopy__", signature = "($self, memo, /)")]
    fn deepcopy(&self, _memo: &Object) -> Ref {
        self.to_ref()
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let text = Str::from_string(self.number().text(false, Context::current()?.capitals()));
        Ok(Tuple::pack([self.ty().to_ref(), Tuple::pack([text.into_object()]).into_object()]))
    }

    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        // As CPython counts: four words are part of the object.
        let words = self.number().coefficient.len();
        if words > 4 { 104 + 8 * words } else { 104 }
    }

    #[method(name = "__ceil__", signature = "($self, /)")]
    fn ceil(&self) -> Result {
        convert::to_int(self.number(), Rounding::Ceiling)
    }

    #[method(name = "__floor__", signature = "($self, /)")]
    fn floor(&self) -> Result {
        convert::to_int(self.number(), Rounding::Floor)
    }

    #[method(name = "__trunc__", signature = "($self, /)")]
    fn trunc(&self) -> Result {
        convert::to_int(self.number(), Rounding::Down)
    }

    #[method(name = "__round__", signature = "($self, ndigits=None, /)", hidden_signature)]
    fn round(&self, ndigits: OrNone<&Object>) -> Result {
        let Some(ndigits) = ndigits.0 else { return convert::to_int(self.number(), Rounding::HalfEven) };
        if ndigits.downcast::<Int>().is_none() {
            return Err(raise!(TypeError, "optional arg must be an integer"));
        }
        let exponent = integer(ndigits)?.checked_neg().unwrap_or(i64::MAX);
        let unit = Number::small(false, 1, exponent);
        let rounded = Context::current()?
            .compute(|settings, status| self.number().quantize(&unit, settings, status))?;
        Ok(rounded.into_object())
    }

    #[method(name = "__complex__", signature = "($self, /)")]
    fn complex(&self) -> Result<Ref<Complex>> {
        Ok(Complex::new(convert::to_float(self.number())?, 0.0))
    }

    #[method(name = "__format__", signature = "($self, spec, override=None, /)", hidden_signature)]
    fn format(&self, spec: &Object, overrides: Option<&Object>) -> Result {
        format::format(self, spec, overrides)
    }
}

impl Decimal {
    fn integral(
        &self,
        exact: bool,
        rounding: OrNone<&Object>,
        context: OrNone<&Object>,
    ) -> Result<Ref<Decimal>> {
        let context = Context::or_current(context)?;
        let settings = with_rounding(&context.settings(), rounding)?;
        context.compute(|_, status| self.number().to_integral(exact, &settings, status))
    }
}
