//! Text of doubles: the shortest that reads back the same, and `__format__` of numbers.

use crate::prelude::*;

/// The digits (without a point) and the decimal exponent of the first digit: of the shortest text that reads back as the
/// same double.
fn shortest(value: f64) -> (String, i32) {
    let mut text = format!("{value:e}");
    // Of two texts equally near, Python takes the even one.
    if text.len() >= 17 {
        let digits = text.bytes().take_while(|&byte| byte != b'e').filter(u8::is_ascii_digit).count();
        let exponent: i32 = text.split_once('e').and_then(|(_, text)| text.parse().ok()).unwrap_or(0);
        if is_halfway(value, digits as i32 - 1 - exponent) {
            text = format!("{value:.*e}", digits - 1);
        }
    }
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.chars().filter(char::is_ascii_digit).collect(), exponent.parse().unwrap_or(0))
}

/// Does a double lie halfway between two numbers with so many digits after the point?
pub fn is_halfway(value: f64, places: i32) -> bool {
    let bits = value.to_bits();
    let (power, fraction) = ((bits >> 52 & 0x7ff) as i32 - 1075, bits & ((1 << 52) - 1));
    fraction.trailing_zeros() as i32 == -(power + places + 1)
}

/// `repr` of a double: with `.0` where it would look like an int if `point`.
pub fn repr(value: f64, point: bool) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.into();
    }
    let (digits, exponent) = shortest(value);
    let mut text = String::with_capacity(24);
    if value.is_sign_negative() {
        text.push('-');
    }
    if (-4..16).contains(&exponent) {
        if exponent < 0 {
            text.push_str("0.");
            text.extend(std::iter::repeat_n('0', (-exponent - 1) as usize));
            text.push_str(&digits);
        } else {
            let whole = exponent as usize + 1;
            if digits.len() > whole {
                text.push_str(&digits[..whole]);
                text.push('.');
                text.push_str(&digits[whole..]);
            } else {
                text.push_str(&digits);
                text.extend(std::iter::repeat_n('0', whole - digits.len()));
                if point {
                    text.push_str(".0");
                }
            }
        }
    } else {
        text.push_str(&digits[..1]);
        if digits.len() > 1 {
            text.push('.');
            text.push_str(&digits[1..]);
        }
        text.push('e');
        text.push(if exponent < 0 { '-' } else { '+' });
        text.push_str(&format!("{:02}", exponent.abs()));
    }
    text
}

/// `format(number, spec)`.
pub fn format_number(number: &Object, spec: &Object) -> Result {
    crate::format::format_number(number, spec).map(Ref::into_object)
}
