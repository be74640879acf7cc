//! `float`. <https://docs.python.org/3.14/c-api/float.html>

use std::ffi::{c_char, c_int};

use runtime::prelude::*;

use crate::support::{bad_internal_call, exported};

exported! {
    fn PyFloat_FromDouble(value: f64) -> Ref<Float> {
        Float::new(value)
    }

    fn PyFloat_FromString(object: &Object) -> Result {
        from_string(object)
    }

    fn PyFloat_AsDouble(object: Option<&Object>) -> Result<f64> {
        match object {
            Some(object) => object.to_float(),
            None => Err(raise!(TypeError, "bad argument type for built-in operation")),
        }
    }

    fn PyFloat_GetMax() -> f64 {
        f64::MAX
    }

    fn PyFloat_GetMin() -> f64 {
        f64::MIN_POSITIVE
    }

    fn PyFloat_GetInfo() -> Result {
        crate::sys::get(intern!("float_info"))
    }

    fn PyFloat_Pack2(value: f64, target: *mut u8, little: c_int) -> Result<()> {
        write(target, half_bits(value)?.to_le_bytes(), little)
    }

    fn PyFloat_Pack4(value: f64, target: *mut u8, little: c_int) -> Result<()> {
        let single = value as f32;
        if single.is_infinite() && !value.is_infinite() {
            return Err(raise!(OverflowError, "float too large to pack with f format"));
        }
        write(target, single.to_le_bytes(), little)
    }

    fn PyFloat_Pack8(value: f64, target: *mut u8, little: c_int) -> Result<()> {
        write(target, value.to_le_bytes(), little)
    }

    fn PyFloat_Unpack2(source: *const u8, little: c_int) -> f64 {
        half_value(u16::from_le_bytes(read(source, little)))
    }

    fn PyFloat_Unpack4(source: *const u8, little: c_int) -> f64 {
        f32::from_le_bytes(read(source, little)) as f64
    }

    fn PyFloat_Unpack8(source: *const u8, little: c_int) -> f64 {
        f64::from_le_bytes(read(source, little))
    }
}

/// `float(text)`.
pub fn from_string(object: &Object) -> Result {
    let textual = object.downcast::<Str>().is_some() || Buffer::of(object).map_err(Raised::clear).is_ok();
    if !textual {
        return Err(raise!(
            TypeError,
            "float() argument must be a string or a real number, not '{}'",
            object.ty().full_name()
        ));
    }
    Float::type_object().call(&[object])
}

unsafe fn write<const SIZE: usize>(target: *mut u8, mut bytes: [u8; SIZE], little: c_int) -> Result<()> {
    if little == 0 {
        bytes.reverse();
    }
    // SAFETY: the target has room.
    unsafe { target.cast::<[u8; SIZE]>().write_unaligned(bytes) };
    Ok(())
}

unsafe fn read<const SIZE: usize>(source: *const u8, little: c_int) -> [u8; SIZE] {
    // SAFETY: the source has that many bytes.
    let mut bytes = unsafe { source.cast::<[u8; SIZE]>().read_unaligned() };
    if little == 0 {
        bytes.reverse();
    }
    bytes
}

/// The bits of the nearest half-precision number, ties to even.
fn half_bits(value: f64) -> Result<u16> {
    let sign = ((value.to_bits() >> 48) & 0x8000) as u16;
    let magnitude = value.abs();
    if value.is_nan() {
        return Ok(sign | 0x7e00);
    }
    if magnitude.is_infinite() {
        return Ok(sign | 0x7c00);
    }
    // 65520 is halfway between the largest number and the next power of two.
    if magnitude >= 65520.0 {
        return Err(raise!(OverflowError, "float too large to pack with e format"));
    }
    let exponent =
        if magnitude < 6.103515625e-05 { -14 } else { ((magnitude.to_bits() >> 52) as i32) - 1023 };
    // In units of the last place; scaling by a power of two is exact.
    let units = magnitude * 2f64.powi(10 - exponent);
    let rounded = units.round_ties_even() as u16;
    // A rounding up to the next power of two carries into the exponent by itself.
    Ok(sign | ((((exponent + 14) as u16) << 10) + rounded))
}

fn half_value(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = ((bits >> 10) & 31, (bits & 0x3ff) as f64);
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2f64.powi(exponent as i32 - 25),
    }
}

exported! {
    fn PyOS_string_to_double(text: *const c_char, end: *mut *mut c_char, overflow: Option<&Object>) -> Result<f64> {
        // The C library's parser, minus what Python doesn't take: whitespace, hexadecimal.
        let whole = std::ffi::CStr::from_ptr(text).to_bytes();
        let digits = whole.strip_prefix(b"-").or_else(|| whole.strip_prefix(b"+")).unwrap_or(whole);
        let hexadecimal = digits.len() > 1 && digits[0] == b'0' && digits[1] | 0x20 == b'x';
        let length = if hexadecimal { whole.len() - digits.len() + 1 } else { literal_length(whole) };
        let parsed = std::str::from_utf8(&whole[..length]).ok().and_then(|text| text.parse::<f64>().ok());
        let Some(value) = parsed.filter(|_| length > 0) else {
            return Err(raise!(ValueError, "could not convert string to float: '{}'", String::from_utf8_lossy(whole)));
        };
        if end.is_null() {
            if length != whole.len() {
                return Err(raise!(
                    ValueError,
                    "could not convert string to float: '{}'",
                    String::from_utf8_lossy(whole)
                ));
            }
        } else {
            *end = text.add(length).cast_mut();
        }
        let names_infinity = digits.first().is_some_and(|byte| byte | 0x20 == b'i');
        if value.is_infinite() && !names_infinity && let Some(overflow) = overflow {
            let message = format!("value too large to convert to float: '{}'", String::from_utf8_lossy(whole));
            return Err(crate::pyerrors::set(overflow, Some(&*Str::new(&message))));
        }
        Ok(value)
    }

    fn PyOS_double_to_string(value: f64, code: c_char, precision: c_int, flags: c_int, kind: *mut c_int) -> Result<*mut c_char> {
        if !kind.is_null() {
            *kind = if value.is_finite() { 0 } else if value.is_infinite() { 1 } else { 2 };
        }
        let (sign, add_dot, alternate) = (flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
        let mut text = match code as u8 {
            b'r' => Float::new(value).repr()?.to_string(),
            code @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G') => {
                let alternate = if alternate { "#" } else { "" };
                Float::new(value).format(&Str::new(&format!("{alternate}.{precision}{}", code as char)))?.to_string()
            }
            _ => return Err(bad_internal_call()),
        };
        if value.is_finite() {
            if add_dot && !text.contains(['.', 'e', 'E']) {
                text += ".0";
            } else if !add_dot && code as u8 == b'r' && text.ends_with(".0") {
                text.truncate(text.len() - 2);
            }
        }
        if sign && !text.starts_with('-') {
            text.insert(0, '+');
        }
        let memory = crate::memory::PyMem_Malloc(text.len() + 1).cast::<c_char>();
        if memory.is_null() {
            return Err(runtime::errors::no_memory());
        }
        std::ptr::copy_nonoverlapping(text.as_ptr().cast(), memory, text.len());
        *memory.add(text.len()) = 0;
        Ok(memory)
    }
}

/// How much of the text is a decimal literal, `inf`, `infinity` or `nan`.
fn literal_length(text: &[u8]) -> usize {
    let sign = matches!(text.first(), Some(b'+' | b'-')) as usize;
    let rest = &text[sign..];
    for word in ["infinity", "inf", "nan"] {
        if rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word.as_bytes()) {
            return sign + word.len();
        }
    }
    let digits =
        |from: usize| rest[from.min(rest.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut length = whole;
    let mut any = whole > 0;
    if rest.get(length) == Some(&b'.') {
        let fraction = digits(length + 1);
        any |= fraction > 0;
        if any {
            length += 1 + fraction;
        }
    }
    if !any {
        return 0;
    }
    if matches!(rest.get(length), Some(b'e' | b'E')) {
        let signed = matches!(rest.get(length + 1), Some(b'+' | b'-')) as usize;
        let exponent = digits(length + 1 + signed);
        if exponent > 0 {
            length += 1 + signed + exponent;
        }
    }
    sign + length
}
