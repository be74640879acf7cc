//! Decimals from other things: strings, ints, floats, tuples.

use runtime::objects::int::decimal::{digit_value, is_whitespace};
use runtime::prelude::*;

use super::context::{Context, integer};
use super::decimal::Decimal;
use super::engine::*;
use super::operand::{not_convertible, of_int};

/// A text in ASCII: digits of all scripts as 0 to 9. What can't be part of a number gives an empty text.
fn numeric_text(text: &Str, lenient: bool) -> Vec<u8> {
    let mut ascii: Vec<u8> = match text.as_ascii() {
        Some(text) => text.bytes().collect(),
        None => text
            .code_points()
            .map(|code| match code {
                0..128 => code as u8,
                _ if is_whitespace(code) => b' ',
                _ => digit_value(code).map_or(b'?', |digit| b'0' + digit),
            })
            .collect(),
    };
    if lenient {
        let space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r' | 0x1c..=0x1f);
        let start = ascii.iter().position(|byte| !space(byte)).unwrap_or(ascii.len());
        ascii.drain(..start);
        while ascii.last().is_some_and(space) {
            ascii.pop();
        }
        ascii.retain(|&byte| byte != b'_');
    }
    ascii
}

/// A float as a number, exactly.
pub fn of_float(value: f64, context: &Context) -> Result<Number> {
    let negative = value.is_sign_negative();
    if value.is_nan() {
        return Ok(Number::special(negative, Kind::Quiet));
    }
    if value.is_infinite() {
        return Ok(Number::infinity(negative));
    }
    if value == 0.0 {
        return Ok(Number::small(negative, 0, 0));
    }
    let bits = value.to_bits();
    let (biased, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    let (mut mantissa, mut exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    let zeros = mantissa.trailing_zeros();
    mantissa >>= zeros;
    exponent += i64::from(zeros);
    let mut status = 0;
    // m·2^e; or m·5^-e·10^e
    let base = Number::of_i64(if exponent < 0 { 5 } else { 2 });
    let scale = Number::power(&base, &Number::of_i64(exponent.abs()), &Settings::MAX, &mut status);
    let mut number =
        Number::multiply_exactly(&Number::of_i64(mantissa as i64), &scale, &Settings::MAX, &mut status);
    number.exponent = exponent.min(0);
    number.negative = negative;
    context.report(status & NO_MEMORY)?;
    Ok(number)
}

/// A triple as the text of a number.
fn text_of_triple(triple: &Object) -> Result<Vec<u8>> {
    let items = match (triple.downcast::<Tuple>(), triple.downcast::<List>()) {
        (Some(tuple), _) => tuple.as_slice().to_vec(),
        (_, Some(list)) => list.to_vec(),
        _ => Vec::new(),
    };
    let [sign, digits, exponent] = &items[..] else {
        return Err(raise!(ValueError, "argument must be a sequence of length 3"));
    };
    let sign = sign.downcast::<Int>().and_then(Int::to_i64);
    let mut text = match sign {
        Some(0) => vec![b'+'],
        Some(1) => vec![b'-'],
        _ => return Err(raise!(ValueError, "sign must be an integer with the value 0 or 1")),
    };
    let mut special = true;
    let exponent = if let Some(name) = exponent.downcast::<Str>() {
        match name.as_utf8() {
            Some("F") => {
                text.extend_from_slice(b"Inf");
                return Ok(text);
            }
            Some("n") => text.extend_from_slice(b"NaN"),
            Some("N") => text.extend_from_slice(b"sNaN"),
            _ => {
                return Err(raise!(
                    ValueError,
                    "string argument in the third position must be 'F', 'n' or 'N'"
                ));
            }
        }
        0
    } else {
        special = false;
        if exponent.downcast::<Int>().is_none() {
            return Err(raise!(ValueError, "exponent must be an integer"));
        }
        integer(exponent)?
    };
    let no_digits = || raise!(ValueError, "coefficient must be a tuple of digits");
    let digits = match (digits.downcast::<Tuple>(), digits.downcast::<List>()) {
        (Some(tuple), _) => tuple.as_slice().to_vec(),
        (_, Some(list)) => list.to_vec(),
        _ => match collected(digits) {
            Ok(items) => items,
            Err(raised) if raised.matches(&runtime::objects::exceptions::TypeError) => {
                raised.clear();
                return Err(no_digits());
            }
            Err(raised) => return Err(raised),
        },
    };
    if digits.is_empty() && !special {
        text.push(b'0');
    }
    for digit in &digits {
        match digit.downcast::<Int>().and_then(Int::to_i64) {
            Some(digit @ 0..=9) => text.push(b'0' + digit as u8),
            _ => return Err(no_digits()),
        }
    }
    if !special {
        text.extend_from_slice(format!("E{exponent}").as_bytes());
    }
    Ok(text)
}

fn collected(iterable: &Object) -> Result<Vec<Ref>> {
    let mut items = Vec::new();
    iterable.for_each(|item| {
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

/// What `Decimal(value)` is: nothing is rounded.
pub fn exactly(class: &Type, value: &Object, context: &Context) -> Result<Ref<Decimal>> {
    if let Some(decimal) = value.downcast::<Decimal>() {
        if std::ptr::eq(class, Decimal::type_object()) && value.is::<Decimal>() {
            return Ok(Ref::from_borrowed(decimal));
        }
        return Ok(Decimal::in_class(class, decimal.number().clone()));
    }
    let mut status = 0;
    let number = if let Some(text) = value.downcast::<Str>() {
        Number::parse_exactly(&numeric_text(text, true), &mut status)
    } else if let Some(int) = value.downcast::<Int>() {
        of_int(int, &mut status)
    } else if value.downcast::<Tuple>().is_some() || value.downcast::<List>().is_some() {
        Number::parse_exactly(&text_of_triple(value)?, &mut status)
    } else if let Some(float) = value.downcast::<Float>() {
        context.report(FLOAT_OPERATION)?;
        of_float(float.value(), context)?
    } else {
        return Err(not_convertible(value));
    };
    context.report(status)?;
    Ok(Decimal::in_class(class, number))
}

/// What `from_float` and `from_number` accept: ints, floats; and decimals.
pub fn from_number(class: &Type, value: &Object, decimals: bool) -> Result<Ref<Decimal>> {
    let context = Context::current()?;
    let number = if let Some(int) = value.downcast::<Int>() {
        super::operand::of_int_exactly(int, &context)?
    } else if let Some(float) = value.downcast::<Float>() {
        of_float(float.value(), &context)?
    } else if decimals {
        match value.downcast::<Decimal>() {
            Some(decimal) if std::ptr::eq(class, Decimal::type_object()) && value.is::<Decimal>() => {
                return Ok(Ref::from_borrowed(decimal));
            }
            Some(decimal) => decimal.number().clone(),
            None => return Err(not_convertible(value)),
        }
    } else {
        return Err(raise!(TypeError, "argument must be int or float"));
    };
    if std::ptr::eq(class, Decimal::type_object()) {
        return Ok(Decimal::of(number));
    }
    // A subclass makes its own.
    let made = class.call(&[&Decimal::of(number)])?;
    made.cast::<Decimal>().map_err(|_| raise!(TypeError, "{} did not make a Decimal", class.name()))
}

/// What `Context.create_decimal(value)` is: rounded by the context.
pub fn rounded(value: Option<&Object>, context: &Context) -> Result<Ref<Decimal>> {
    let Some(value) = value else { return Ok(Decimal::of(Number::ZERO)) };
    if let Some(decimal) = value.downcast::<Decimal>() {
        let (number, settings) = (decimal.number(), context.settings());
        if number.is_nan() && number.digits() > settings.precision - i64::from(settings.clamp) {
            return context.compute(|_, status| Number::error(CONVERSION_SYNTAX, status));
        }
        return context.compute(|settings, status| number.clone().finalize(settings, status));
    }
    if let Some(text) = value.downcast::<Str>() {
        let text = numeric_text(text, false);
        return context.compute(|settings, status| Number::parse(&text, settings, status));
    }
    if let Some(int) = value.downcast::<Int>() {
        return context.compute(|settings, status| of_int(int, status).finalize(settings, status));
    }
    if value.downcast::<Tuple>().is_some() || value.downcast::<List>().is_some() {
        let text = text_of_triple(value)?;
        return context.compute(|settings, status| Number::parse(&text, settings, status));
    }
    if let Some(float) = value.downcast::<Float>() {
        context.report(FLOAT_OPERATION)?;
        return rounded_float(float.value(), context);
    }
    Err(not_convertible(value))
}

/// A float, rounded by the context.
pub fn rounded_float(value: f64, context: &Context) -> Result<Ref<Decimal>> {
    let number = of_float(value, context)?;
    context.compute(|settings, status| number.finalize(settings, status))
}
