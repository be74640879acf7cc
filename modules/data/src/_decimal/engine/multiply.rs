//! Products.

use super::coefficient::Coefficient;
use super::number::Number;
use super::settings::Settings;

impl Number {
    /// The product, unrounded.
    pub fn multiply_exactly(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
        let negative = left.negative != right.negative;
        if left.is_special() || right.is_special() {
            if let Some(nan) = Number::check_nans(left, right, settings, status) {
                return nan;
            }
            return if left.is_zero() || right.is_zero() {
                Number::invalid(status)
            } else {
                Number::infinity(negative)
            };
        }
        let product = Coefficient::product(&left.coefficient, &right.coefficient);
        let exponent = left.exponent + right.exponent;
        Number::or_no_memory(product.map(|digits| Number::finite(negative, digits, exponent)), status)
    }

    #[inline]
    pub fn multiply(left: &Number, right: &Number, settings: &Settings, status: &mut u32) -> Number {
        Number::multiply_exactly(left, right, settings, status).finalize(settings, status)
    }
}
