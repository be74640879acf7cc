//! Formatting: the format-spec mini-language of `format()`, `str.format`, `%`, and floats as text.
//!
//! Types call [`format_str`], [`format_int`], [`format_float`] and [`format_complex`] from their `__format__`.
//! <https://docs.python.org/3.14/library/string.html#format-specification-mini-language>

pub mod float;
mod integer;
mod layout;
mod locale;
pub mod percent;
mod percent_bytes;
mod spec;
pub mod template;

pub use float::{FloatFlags, float_repr, float_to_text};
pub use integer::format_int;
pub use percent_bytes::format_bytes;

use crate::objects::complex::Complex;
use crate::objects::str::StrBuilder;
use crate::prelude::*;
use layout::Number;
use spec::Spec;

/// `str.__format__`.
pub fn format_str(text: &Str, spec: &Str) -> Result<Ref<Str>> {
    if spec.is_empty() {
        return Ok(Str::exact(text));
    }
    let spec = Spec::parse(spec, 's', b'<', text)?;
    if spec.kind != 's' as u32 {
        return Err(spec.unknown_kind(text));
    }
    let not_allowed = |what: &str| raise!(ValueError, "{what} not allowed in string format specifier");
    match spec.sign {
        Some(b' ') => return Err(not_allowed("Space")),
        Some(_) => return Err(not_allowed("Sign")),
        None => {}
    }
    if spec.no_negative_zero {
        return Err(not_allowed("Negative zero coercion (z)"));
    }
    if spec.alternate {
        return Err(not_allowed("Alternate form (#)"));
    }
    if spec.align == b'=' {
        return Err(not_allowed("'=' alignment"));
    }
    let text = match spec.precision {
        Some(precision) => text.substring(0, precision),
        None => Str::exact(text),
    };
    let (left, right) = spec.padding(text.len());
    text.padded(left, right, spec.fill)
}

/// `__format__` of an int, float or complex, its argument checked.
pub fn format_number(number: &Object, spec: &Object) -> Result<Ref<Str>> {
    let Some(spec) = spec.downcast::<Str>() else {
        return Err(raise!(
            TypeError,
            "__format__() argument must be str, not {}",
            crate::native::args::kind_of(spec)
        ));
    };
    if spec.is_empty() {
        return number.str_();
    }
    if let Some(number) = number.downcast::<Int>() {
        return format_int(number, spec);
    }
    if let Some(number) = number.downcast::<Float>() {
        return format_float(number.value(), spec, number);
    }
    match number.downcast::<Complex>() {
        Some(number) => format_complex(number.real(), number.imag(), spec, number),
        None => Err(raise!(TypeError, "{} is no number", number.ty().full_name())),
    }
}

/// How the text of one float of a format is made.
struct FloatStyle {
    code: u8,
    precision: usize,
    flags: FloatFlags,
    percent: bool,
}

/// The style that a spec asks for; `dot_zero`: an omitted type shows `.0`.
fn float_style(spec: &Spec, dot_zero: bool) -> Result<FloatStyle> {
    if spec.precision.is_some_and(|precision| precision > i32::MAX as usize) {
        return Err(raise!(ValueError, "precision too big"));
    }
    let mut flags = FloatFlags {
        alternate: spec.alternate,
        no_negative_zero: spec.no_negative_zero,
        ..FloatFlags::default()
    };
    let mut default_precision = 6;
    let mut percent = false;
    let mut code = match u8::try_from(spec.kind).unwrap_or(0) {
        0 => {
            flags.dot_zero = dot_zero;
            default_precision = 0;
            b'r'
        }
        b'n' => b'g',
        b'%' => {
            percent = true;
            b'f'
        }
        code => code,
    };
    let precision = match spec.precision {
        None => default_precision,
        Some(precision) => {
            if code == b'r' {
                code = b'g';
            }
            precision
        }
    };
    Ok(FloatStyle { code, precision, flags, percent })
}

impl FloatStyle {
    fn text(&self, value: f64) -> String {
        let value = if self.percent { value * 100.0 } else { value };
        let mut text = float_to_text(value, self.code, self.precision, self.flags);
        if self.percent {
            text.push('%');
        }
        text
    }
}

/// `float.__format__`. `object` is named in errors.
pub fn format_float(value: f64, spec: &Str, object: &Object) -> Result<Ref<Str>> {
    if spec.is_empty() {
        return Ok(Str::from_string(float_repr(value)));
    }
    let spec = Spec::parse(spec, '\0', b'>', object)?;
    format_float_by(value, &spec, object)
}

fn format_float_by(value: f64, spec: &Spec, object: &Object) -> Result<Ref<Str>> {
    if !matches!(u8::try_from(spec.kind), Ok(0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%')) {
        return Err(spec.unknown_kind(object));
    }
    let text = float_style(spec, true)?.text(value);
    let separators = locale::Separators::for_spec(spec);
    let number = Number::parse(&text, "");
    let mut result = StrBuilder::with_capacity(text.len());
    number.write(spec, spec.sign, &separators, &mut result)?;
    result.try_finish()
}

/// `complex.__format__`. `object` is named in errors.
pub fn format_complex(real: f64, imaginary: f64, spec: &Str, object: &Object) -> Result<Ref<Str>> {
    if spec.is_empty() {
        return object.str_();
    }
    let spec = Spec::parse(spec, '\0', b'>', object)?;
    if !matches!(u8::try_from(spec.kind), Ok(0 | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n')) {
        return Err(spec.unknown_kind(object));
    }
    if spec.precision.is_some_and(|precision| precision > i32::MAX as usize) {
        return Err(raise!(ValueError, "precision too big"));
    }
    if spec.fill == '0' as u32 {
        return Err(raise!(ValueError, "Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == b'=' {
        return Err(raise!(ValueError, "'=' alignment flag is not allowed in complex format specifier"));
    }
    let style = float_style(&spec, false)?;
    let plain = spec.kind == 0;
    let skip_real = plain && real == 0.0 && real.is_sign_positive();
    let parentheses = plain && !skip_real;
    let separators = locale::Separators::for_spec(&spec);
    let unpadded = Spec { fill: 0x20, align: b'<', width: None, ..spec.clone() };
    let mut text = StrBuilder::new();
    if parentheses {
        text.push_text("(");
    }
    if !skip_real {
        Number::parse(&style.text(real), "").write(&unpadded, spec.sign, &separators, &mut text)?;
    }
    let sign = if skip_real { spec.sign } else { Some(b'+') };
    Number::parse(&style.text(imaginary), "").write(&unpadded, sign, &separators, &mut text)?;
    text.push_text("j");
    if parentheses {
        text.push_text(")");
    }
    let text = text.try_finish()?;
    let (left, right) = spec.padding(text.len());
    text.padded(left, right, spec.fill)
}

#[cfg(test)]
mod tests;
