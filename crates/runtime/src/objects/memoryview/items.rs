//! The items of a view: between memory and Python objects, as the format says.

use crate::prelude::*;

/// The type code of a native format of one item, if it is one.
pub fn code(format: &[u8]) -> Option<u8> {
    let code = match *format {
        [code] | [b'@', code] => code,
        _ => return None,
    };
    b"cbB?hHiIlLqQnNfdeP".contains(&code).then_some(code)
}

/// The size of an item.
pub fn size(code: u8) -> isize {
    match code {
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => 1,
    }
}

fn half_to_float(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

fn float_to_half(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let value = value.abs();
    if value.is_nan() {
        return Some(sign | 0x7e00);
    }
    if value.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if value < 2f64.powi(-14) {
        return Some(sign | (value * 2f64.powi(24)).round_ties_even() as u16);
    }
    let exponent = value.log2().floor() as i32;
    let mantissa = (value / 2f64.powi(exponent) * 1024.0).round_ties_even() as u32;
    let bits = ((exponent + 15) as u32) * 1024 + mantissa - 1024;
    (bits < 0x7c00).then_some(sign | bits as u16)
}

/// The item at an address.
///
/// # Safety
/// An item of that code lies there.
pub unsafe fn unpack(code: u8, at: *const u8) -> Ref {
    // SAFETY: by contract.
    unsafe {
        let signed = |value: i64| Int::new(value).into_object();
        let unsigned = |value: u64| Int::from_u64(value).into_object();
        match code {
            b'c' => Bytes::from_byte(*at).into_object(),
            b'?' => py_bool(*at != 0),
            b'b' => signed((*at as i8).into()),
            b'B' => signed((*at).into()),
            b'h' => signed(at.cast::<i16>().read_unaligned().into()),
            b'H' => signed(at.cast::<u16>().read_unaligned().into()),
            b'i' => signed(at.cast::<i32>().read_unaligned().into()),
            b'I' => signed(at.cast::<u32>().read_unaligned().into()),
            b'l' | b'q' | b'n' => signed(at.cast::<i64>().read_unaligned()),
            b'L' | b'Q' | b'N' | b'P' => unsigned(at.cast::<u64>().read_unaligned()),
            b'f' => Float::new(at.cast::<f32>().read_unaligned().into()).into_object(),
            b'd' => Float::new(at.cast::<f64>().read_unaligned()).into_object(),
            _ => Float::new(half_to_float(at.cast::<u16>().read_unaligned())).into_object(),
        }
    }
}

/// The bytes of a value.
pub fn pack(code: u8, value: &Object) -> Result<Vec<u8>> {
    let wrong_value = || raise!(ValueError, "memoryview: invalid value for format '{}'", code as char);
    let wrong_type = || raise!(TypeError, "memoryview: invalid type for format '{}'", code as char);
    let shown = |raised: Raised| {
        if raised.matches(&crate::objects::exceptions::TypeError) {
            raised.clear();
            wrong_type()
        } else if raised.matches(&crate::objects::exceptions::OverflowError)
            || raised.matches(&crate::objects::exceptions::ValueError)
        {
            raised.clear();
            wrong_value()
        } else {
            raised
        }
    };
    match code {
        b'c' => match value.downcast::<Bytes>() {
            Some(bytes) if bytes.len() == 1 => Ok(bytes.as_slice().to_vec()),
            Some(_) => Err(wrong_value()),
            None => Err(wrong_type()),
        },
        b'?' => Ok(vec![value.is_true().map_err(shown)? as u8]),
        b'f' | b'd' | b'e' => {
            let number = value.to_float().map_err(shown)?;
            Ok(match code {
                b'f' => (number as f32).to_ne_bytes().to_vec(),
                b'd' => number.to_ne_bytes().to_vec(),
                _ => float_to_half(number).ok_or_else(wrong_value)?.to_ne_bytes().to_vec(),
            })
        }
        _ => {
            let number = value.index().map_err(shown)?;
            let signed = number.to_i64();
            let fits = |low: i64, high: i64| signed.filter(|value| (low..=high).contains(value));
            let limits = match code {
                b'b' => Some((i8::MIN.into(), i8::MAX.into())),
                b'B' => Some((0, u8::MAX.into())),
                b'h' => Some((i16::MIN.into(), i16::MAX.into())),
                b'H' => Some((0, u16::MAX.into())),
                b'i' => Some((i32::MIN.into(), i32::MAX.into())),
                b'I' => Some((0, u32::MAX.into())),
                _ => None,
            };
            if let Some((low, high)) = limits {
                let value = fits(low, high).ok_or_else(wrong_value)?;
                return Ok(value.to_ne_bytes()[..size(code) as usize].to_vec());
            }
            match code {
                // Addresses may be negative.
                b'P' if number.is_negative() => Ok(signed.ok_or_else(wrong_value)?.to_ne_bytes().to_vec()),
                b'l' | b'q' | b'n' => Ok(signed.ok_or_else(wrong_value)?.to_ne_bytes().to_vec()),
                _ => Ok(number.to_u64().ok_or_else(wrong_value)?.to_ne_bytes().to_vec()),
            }
        }
    }
}

/// The shape that `cast` is given, once it is known to be a list or tuple: sizes whose product with the item's fits.
pub fn shape_of(items: &[Ref], itemsize: isize) -> Result<(Vec<isize>, isize)> {
    let mut shape = Vec::with_capacity(items.len());
    let mut length = itemsize;
    for item in items {
        let Some(int) = item.downcast::<Int>() else {
            return Err(raise!(TypeError, "memoryview.cast(): elements of shape must be integers"));
        };
        let Some(size) = int.to_isize() else {
            return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
        };
        if size <= 0 {
            return Err(raise!(ValueError, "memoryview.cast(): elements of shape must be integers > 0"));
        }
        let Some(product) = length.checked_mul(size) else {
            return Err(raise!(ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX"));
        };
        shape.push(size);
        length = product;
    }
    Ok((shape, length))
}
