//! `int.__format__`, and ints in bases that are powers of two.

use super::layout::Number;
use super::locale::Separators;
use super::spec::Spec;
use crate::objects::str::StrBuilder;
use crate::prelude::*;

/// The digits of an int's magnitude in base 2, 8, 10 or 16 (lower case), and whether it is negative. Decimal digits are
/// those of `repr`, with its limit.
pub fn digits(number: &Int, base: u32) -> Result<(bool, String)> {
    if let Some(value) = number.to_i64() {
        let magnitude = value.unsigned_abs();
        let digits = match base {
            2 => format!("{magnitude:b}"),
            8 => format!("{magnitude:o}"),
            16 => format!("{magnitude:x}"),
            _ => magnitude.to_string(),
        };
        return Ok((value < 0, digits));
    }
    let negative = number.sign() < 0;
    let text = match base {
        10 => Int::exact(number).repr()?.to_string(),
        base => number.to_bigint().to_str_radix(base),
    };
    Ok((negative, text.trim_start_matches('-').to_string()))
}

/// `int.__format__`.
pub fn format_int(number: &Int, spec: &Str) -> Result<Ref<Str>> {
    if spec.is_empty() {
        return number.str_();
    }
    let spec = Spec::parse(spec, 'd', b'>', number)?;
    let kind = match u8::try_from(spec.kind) {
        Ok(kind @ (b'b' | b'c' | b'd' | b'o' | b'x' | b'X' | b'n')) => kind,
        Ok(b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'%') => {
            return super::format_float_by(number.to_f64()?, &spec, number);
        }
        _ => return Err(spec.unknown_kind(number)),
    };
    if spec.precision.is_some() {
        return Err(raise!(ValueError, "Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(raise!(ValueError, "Negative zero coercion (z) not allowed in integer format specifier"));
    }
    if kind == b'c' {
        return format_char(number, &spec);
    }
    let base = match kind {
        b'b' => 2,
        b'o' => 8,
        b'x' | b'X' => 16,
        _ => 10,
    };
    let (negative, mut digits) = digits(number, base)?;
    let mut prefix = match (spec.alternate, base) {
        (true, 2) => "0b",
        (true, 8) => "0o",
        (true, 16) => "0x",
        _ => "",
    };
    if kind == b'X' {
        digits.make_ascii_uppercase();
        if spec.alternate {
            prefix = "0X";
        }
    }
    if spec.width.is_none()
        && spec.grouping.is_none()
        && kind != b'n'
        && spec.sign.is_none_or(|sign| sign == b'-')
    {
        let sign = if negative { "-" } else { "" };
        return Str::try_new(&format!("{sign}{prefix}{digits}"));
    }
    let mut result = StrBuilder::with_capacity(digits.len() + 8);
    let number = Number::integer(negative, prefix, digits.as_bytes());
    number.write(&spec, spec.sign, &Separators::for_spec(&spec), &mut result)?;
    result.try_finish()
}

fn format_char(number: &Int, spec: &Spec) -> Result<Ref<Str>> {
    if spec.sign.is_some() {
        return Err(raise!(ValueError, "Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(raise!(ValueError, "Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let Some(code) = number.to_i64() else {
        return Err(raise!(OverflowError, "Python int too large to convert to C long"));
    };
    if !(0..0x11_0000).contains(&code) {
        return Err(raise!(OverflowError, "%c arg not in range(0x110000)"));
    }
    let (left, right) = match spec.align {
        b'=' => (spec.width.unwrap_or(0).saturating_sub(1), 0),
        _ => spec.padding(1),
    };
    Str::from_char(code as u32).padded(left, right, spec.fill)
}
