//! `round(float, digits)`: correctly rounded, halves to even.

use super::Float;
use super::arithmetic::to_int;
use crate::prelude::*;

/// `value` rounded to so many decimal digits; `None` if that overflows.
pub fn round(value: f64, digits: i64) -> Option<f64> {
    if !value.is_finite() || digits > 323 {
        return Some(value);
    }
    if digits < -308 {
        return Some(0f64.copysign(value));
    }
    let text = if digits >= 0 {
        // Rust's formatting is exact, with halves to even.
        format!("{value:.*}", digits as usize)
    } else {
        let exact = format!("{:.0}", value.abs().trunc());
        let drop = digits.unsigned_abs() as usize;
        let sign = if value < 0.0 { "-" } else { "" };
        let kept = exact.len().saturating_sub(drop);
        let (head, tail) = exact.split_at(kept);
        let padded = format!("{tail:0>drop$}");
        let fraction = value.fract() != 0.0;
        let half = format!("{:0<drop$}", "5");
        let odd = head.as_bytes().last().is_some_and(|digit| digit & 1 != 0);
        let up = match padded.as_str().cmp(half.as_str()) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => fraction || odd,
            std::cmp::Ordering::Less => false,
        };
        let mut head: Vec<u8> = head.bytes().collect();
        if up {
            let mut carried = true;
            for digit in head.iter_mut().rev() {
                if *digit == b'9' {
                    *digit = b'0';
                } else {
                    *digit += 1;
                    carried = false;
                    break;
                }
            }
            if carried {
                head.insert(0, b'1');
            }
        }
        if head.is_empty() {
            head.push(b'0');
        }
        format!("{sign}{}e{drop}", String::from_utf8_lossy(&head))
    };
    let rounded: f64 = text.parse().unwrap_or(value);
    rounded.is_finite().then_some(rounded.copysign(value))
}

#[methods(part = round)]
impl Float {
    /// The nearest int, the even one of two; with ndigits a float so rounded.
    #[method(name = "__round__", signature = "($self, ndigits=None, /)")]
    fn round_method(&self, ndigits: OrNone<&Object>) -> Result {
        let value = self.value();
        let Some(ndigits) = ndigits.0 else {
            return Ok(to_int(value.round_ties_even())?.into_object());
        };
        let digits = ndigits.to_isize_index_or_clip(None)? as i64;
        match round(value, digits) {
            Some(rounded) => rounded.into_result(),
            None => Err(raise!(OverflowError, "rounded value too large to represent")),
        }
    }
}
