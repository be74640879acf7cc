//! The other methods of `int`.

use super::{Int, digits};
use crate::prelude::*;

#[methods(part = methods)]
impl Int {
    /// Returns self, the complex conjugate of any int.
    #[method(signature = "($self, /)")]
    fn conjugate(&self) -> Ref<Int> {
        Int::exact(self)
    }

    /// Number of bits necessary to represent self in binary.
    #[method(name = "bit_length", signature = "($self, /)")]
    fn bit_length_method(&self) -> usize {
        self.bit_length()
    }

    /// Number of ones in the binary representation of the absolute value of self.
    #[method(signature = "($self, /)")]
    fn bit_count(&self) -> usize {
        self.digits().iter().map(|digit| digit.count_ones() as usize).sum()
    }

    /// Return a pair of integers, whose ratio is equal to the original int.
    #[method(signature = "($self, /)")]
    fn as_integer_ratio(&self) -> (Ref<Int>, i32) {
        (Int::exact(self), 1)
    }

    /// Truncating an Integral returns itself.
    #[method(name = "__trunc__", signature = "($self, /)")]
    fn trunc(&self) -> Ref<Int> {
        Int::exact(self)
    }

    /// Flooring an Integral returns itself.
    #[method(name = "__floor__", signature = "($self, /)")]
    fn floor(&self) -> Ref<Int> {
        Int::exact(self)
    }

    /// Ceiling of an Integral returns itself.
    #[method(name = "__ceil__", signature = "($self, /)")]
    fn ceil(&self) -> Ref<Int> {
        Int::exact(self)
    }

    /// The int itself; with negative ndigits, rounded to tens, hundreds and so on.
    #[method(name = "__round__", signature = "($self, ndigits=None, /)")]
    fn round(&self, ndigits: OrNone<&Object>) -> Result<Ref<Int>> {
        let Some(ndigits) = ndigits.0 else { return Ok(Int::exact(self)) };
        let ndigits = ndigits.index()?;
        if !ndigits.is_negative() {
            return Ok(Int::exact(self));
        }
        let power = Int::power(&Int::small(10), &ndigits.negated())?;
        let rest = self.nearest_remainder(&power)?;
        Ok(Int::subtract(self, &rest))
    }

    #[method(name = "__getnewargs__", signature = "($self, /)")]
    fn get_new_args(&self) -> (Ref<Int>,) {
        (Int::from_digits(self.is_negative(), self.digits()),)
    }

    /// Convert to a string according to format_spec.
    #[method(name = "__format__", signature = "($self, format_spec, /)")]
    fn format_method(&self, format_spec: &Object) -> Result {
        crate::objects::float::format::format_number(self, format_spec)
    }

    /// Returns size in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of_object(&self) -> usize {
        self.ty().raw.tp_basicsize.get() as usize + 4 * self.digit_count().max(1)
    }

    /// Returns True. Exists for duck type compatibility with float.is_integer.
    #[method(signature = "($self, /)")]
    fn is_integer(&self) -> bool {
        true
    }

    /// the real part of a complex number
    #[getter]
    fn real(&self) -> Ref<Int> {
        Int::exact(self)
    }

    /// the imaginary part of a complex number
    #[getter]
    fn imag(&self) -> i32 {
        0
    }

    /// the numerator of a rational number in lowest terms
    #[getter]
    fn numerator(&self) -> Ref<Int> {
        Int::exact(self)
    }

    /// the denominator of a rational number in lowest terms
    #[getter]
    fn denominator(&self) -> i32 {
        1
    }
}

impl Int {
    /// The remainder of the division whose quotient is rounded to the nearest, halves to even.
    fn nearest_remainder(&self, divisor: &Int) -> Result<Ref<Int>> {
        let (quotient, rest) = Int::divmod(self, divisor)?;
        let twice = rest.shifted_left(1)?;
        let odd = quotient.digits().first().is_some_and(|digit| digit & 1 != 0);
        let up = match digits::compare(twice.digits(), divisor.digits()) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => odd,
            std::cmp::Ordering::Less => false,
        };
        Ok(if up { Int::subtract(&rest, divisor) } else { rest })
    }
}
