//! `float.hex` and `float.fromhex`.

use super::libm::ldexp;
use super::{FLOAT_TYPE, Float};
use crate::objects::int::decimal::strip;
use crate::prelude::*;

/// The hexadecimal text of a double.
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::format::repr(value, true);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = value.to_bits();
    let biased = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (first, exponent) = if biased == 0 { (0, -1022) } else { (1, biased - 1023) };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}0x{first}.{fraction:013x}p{exponent_sign}{}", exponent.abs())
}

enum Failure {
    Invalid,
    TooLarge,
}

/// The double of a stripped hexadecimal text, rounded once.
fn from_hex(text: &[u8]) -> std::result::Result<f64, Failure> {
    let (negative, rest) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let signed = |value: f64| if negative { -value } else { value };
    let lower = rest.to_ascii_lowercase();
    match lower.as_slice() {
        b"inf" | b"infinity" => return Ok(signed(f64::INFINITY)),
        b"nan" => return Ok(signed(f64::NAN)),
        _ => {}
    }
    let rest = lower.strip_prefix(b"0x").unwrap_or(&lower);
    let (mantissa, exponent) = match rest.iter().position(|&byte| byte == b'p') {
        Some(at) => {
            let exponent = std::str::from_utf8(&rest[at + 1..]).map_err(|_| Failure::Invalid)?;
            let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Failure::Invalid);
            }
            let size: i64 = bare.parse().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
            (&rest[..at], if exponent.starts_with('-') { -size } else { size })
        }
        None => (rest, 0),
    };
    let (mut value, mut sticky, mut power, mut point, mut any) = (0u64, false, exponent, false, false);
    for &byte in mantissa {
        if byte == b'.' && !point {
            point = true;
            continue;
        }
        let Some(digit) = (byte as char).to_digit(16) else { return Err(Failure::Invalid) };
        any = true;
        if value >> 59 == 0 {
            value = value << 4 | u64::from(digit);
            power -= if point { 4 } else { 0 };
        } else {
            sticky |= digit != 0;
            power += if point { 0 } else { 4 };
        }
    }
    if !any {
        return Err(Failure::Invalid);
    }
    if value == 0 {
        return Ok(signed(0.0));
    }
    let length = i64::from(64 - value.leading_zeros());
    let top = power + length;
    if top > 1024 {
        return Err(Failure::TooLarge);
    }
    if top < -1075 {
        return Ok(signed(0.0));
    }
    // How many bits the result's mantissa has: fewer where it is subnormal.
    let kept = 53.min(top + 1074).max(0);
    let drop = length - kept;
    if drop > 0 {
        let half = 1u128 << (drop - 1);
        let low = u128::from(value) & (2 * half - 1);
        let mut high = u128::from(value) >> drop;
        if low > half || (low == half && (sticky || high & 1 != 0)) {
            high += 1;
        }
        value = high as u64;
        power += drop;
    }
    let result = ldexp(value as f64, power as i32);
    if result.is_infinite() { Err(Failure::TooLarge) } else { Ok(signed(result)) }
}

#[methods(part = hex)]
impl Float {
    /// Return a hexadecimal representation of a floating-point number.
    #[method(signature = "($self, /)")]
    fn hex(&self) -> String {
        to_hex(self.value())
    }

    /// Create a floating-point number from a hexadecimal string.
    #[classmethod(signature = "($type, string, /)")]
    fn fromhex(class: &Type, string: &Object) -> Result {
        let Some(text) = string.downcast::<Str>() else {
            return Err(raise!(TypeError, "bad argument type for built-in operation"));
        };
        let text = text.to_utf8()?;
        let value = match from_hex(strip(text.as_bytes())) {
            Ok(value) => value,
            Err(Failure::Invalid) => {
                return Err(raise!(ValueError, "invalid hexadecimal floating-point string"));
            }
            Err(Failure::TooLarge) => {
                return Err(raise!(OverflowError, "hexadecimal value too large to represent as a float"));
            }
        };
        let value = Float::new(value);
        if std::ptr::eq(class, FLOAT_TYPE.as_type()) {
            return Ok(value.into_object());
        }
        class.call(&[&*value])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for value in [1.0, 0.1, 5e-324, 1e-310, f64::MAX, 1e22, 2.5] {
            assert_eq!(from_hex(to_hex(value).as_bytes()).ok(), Some(value));
        }
    }
}
