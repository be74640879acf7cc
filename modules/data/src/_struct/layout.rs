//! A format string, compiled: where each item lies, and how it is packed and unpacked.

use runtime::objects::complex::Complex;
use runtime::objects::complex::construct::to_complex;
use runtime::objects::exceptions::OverflowError;
use runtime::objects::float::libm::{frexp, ldexp};
use runtime::prelude::*;

use super::struct_error;

/// Items of one kind, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    kind: u8,
    offset: usize,
    /// Of one item.
    size: usize,
    repeat: usize,
}

/// A compiled format.
#[derive(Debug)]
pub struct Layout {
    pub format: Vec<u8>,
    pub size: usize,
    /// How many values it takes.
    pub count: usize,
    pub codes: Vec<Code>,
    big_endian: bool,
}

/// Size and alignment of an item; `None` for what is no kind.
fn measure(kind: u8, native: bool) -> Option<(usize, usize)> {
    let size = match kind {
        b'x' | b'b' | b'B' | b'c' | b's' | b'p' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => return Some(if native { (8, 8) } else { (4, 4) }),
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        b'F' => return Some((8, 4)),
        b'D' => return Some((16, 8)),
        _ => return None,
    };
    Some((size, size))
}

impl Layout {
    pub fn parse(format: &[u8]) -> Result<Layout> {
        let (native, big_endian, rest) = match format {
            [b'@', rest @ ..] => (true, cfg!(target_endian = "big"), rest),
            [b'=', rest @ ..] => (false, cfg!(target_endian = "big"), rest),
            [b'<', rest @ ..] => (false, false, rest),
            [b'>' | b'!', rest @ ..] => (false, true, rest),
            rest => (true, cfg!(target_endian = "big"), rest),
        };
        let (mut size, mut count, mut codes) = (0usize, 0usize, Vec::new());
        let too_long = || struct_error("total struct size too long");
        let limit = |size: usize| if size > isize::MAX as usize { None } else { Some(size) };
        let mut at = 0;
        while let Some(&byte) = rest.get(at) {
            at += 1;
            if byte.is_ascii_whitespace() || byte == 0x0b {
                continue;
            }
            let (mut kind, mut repeat) = (byte, 1usize);
            if byte.is_ascii_digit() {
                repeat = (byte - b'0').into();
                loop {
                    let Some(&next) = rest.get(at) else {
                        return Err(struct_error("repeat count given without format specifier"));
                    };
                    at += 1;
                    if !next.is_ascii_digit() {
                        kind = next;
                        break;
                    }
                    let longer = repeat.checked_mul(10).and_then(|n| n.checked_add((next - b'0').into()));
                    repeat = longer.and_then(limit).ok_or_else(too_long)?;
                }
            }
            let Some((item, alignment)) = measure(kind, native) else {
                return Err(struct_error("bad char in struct format"));
            };
            if native {
                size = size.checked_next_multiple_of(alignment).and_then(limit).ok_or_else(too_long)?;
            }
            match kind {
                b'x' => {}
                b's' | b'p' => {
                    codes.push(Code { kind, offset: size, size: repeat, repeat: 1 });
                    count += 1;
                }
                _ if repeat > 0 => {
                    codes.push(Code { kind, offset: size, size: item, repeat });
                    count = count.checked_add(repeat).and_then(limit).ok_or_else(too_long)?;
                }
                _ => {}
            }
            let total = repeat.checked_mul(item).and_then(|bytes| size.checked_add(bytes));
            size = total.and_then(limit).ok_or_else(too_long)?;
        }
        Ok(Layout { format: format.to_vec(), size, count, codes, big_endian })
    }

    /// The bytes of as many values as the layout takes.
    pub fn pack(&self, values: &[&Object]) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(self.size).is_err() {
            return Err(runtime::errors::no_memory());
        }
        bytes.resize(self.size, 0);
        let mut values = values.iter();
        for code in &self.codes {
            for index in 0..code.repeat {
                let Some(value) = values.next() else { break };
                let start = code.offset + index * code.size;
                let place = &mut bytes[start..start + code.size];
                if let Err(raised) = pack_item(code.kind, value, place, self.big_endian) {
                    if value.downcast::<Int>().is_some() && raised.matches(&OverflowError) {
                        raised.clear();
                        return Err(struct_error("int too large to convert"));
                    }
                    return Err(raised);
                }
            }
        }
        Ok(bytes)
    }

    /// The values in `bytes`, of which there are as many as the layout's size.
    pub fn unpack(&self, bytes: &[u8]) -> Ref<Tuple> {
        let mut values = Vec::with_capacity(self.count);
        for code in &self.codes {
            for index in 0..code.repeat {
                let start = code.offset + index * code.size;
                values.push(unpack_item(code.kind, &bytes[start..start + code.size], self.big_endian));
            }
        }
        Tuple::from_vec(values)
    }
}

fn is_signed(kind: u8) -> bool {
    matches!(kind, b'b' | b'h' | b'i' | b'l' | b'q' | b'n')
}

/// Puts the low bytes of a word into its place.
fn put(word: u64, place: &mut [u8], big_endian: bool) {
    let count = place.len();
    place.copy_from_slice(&word.to_le_bytes()[..count]);
    if big_endian {
        place.reverse();
    }
}

/// The bytes of a place as a word, without sign.
fn get(place: &[u8], big_endian: bool) -> u64 {
    let mut word = [0; 8];
    word[..place.len()].copy_from_slice(place);
    if big_endian {
        word[..place.len()].reverse();
    }
    u64::from_le_bytes(word)
}

fn integer(value: &Object) -> Result<Ref<Int>> {
    if let Some(int) = value.downcast::<Int>() {
        return Ok(Ref::from_borrowed(int));
    }
    if value.ty().nb_index().is_none() {
        return Err(struct_error("required argument is not an integer"));
    }
    value.index()
}

fn pack_integer(kind: u8, value: &Object, place: &mut [u8], big_endian: bool) -> Result<()> {
    let bits = place.len() as u32 * 8;
    let (low, high): (i128, i128) = match is_signed(kind) {
        true => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        false => (0, (1 << bits) - 1),
    };
    let out_of_range =
        || struct_error(&format!("'{}' format requires {low} <= number <= {high}", kind as char));
    let int = match integer(value) {
        Ok(int) => int,
        Err(raised) if raised.matches(&OverflowError) => {
            raised.clear();
            return Err(out_of_range());
        }
        Err(raised) => return Err(raised),
    };
    let number = int.to_i64().map(i128::from).or_else(|| int.to_u64().map(i128::from));
    let number = number.filter(|number| (low..=high).contains(number)).ok_or_else(out_of_range)?;
    put(number as u64, place, big_endian);
    Ok(())
}

fn pack_single(value: f64) -> Result<u32> {
    let single = value as f32;
    if single.is_infinite() && value.is_finite() {
        return Err(raise!(OverflowError, "float too large to pack with f format"));
    }
    Ok(single.to_bits())
}

/// The bits of a number in half precision, rounded half to even.
fn pack_half(value: f64) -> Result<u16> {
    let overflow = || raise!(OverflowError, "float too large to pack with e format");
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    if value.is_nan() {
        return Ok(sign | 0x7c00 | ((value.to_bits() & 0xf_fc00_0000_0000) >> 42) as u16);
    }
    let size = value.abs();
    if size == 0.0 {
        return Ok(sign);
    }
    if size.is_infinite() {
        return Ok(sign | 0x7c00);
    }
    let (fraction, exponent) = frexp(size);
    let (fraction, exponent) = (fraction * 2.0, exponent - 1);
    let (fraction, mut exponent) = match exponent {
        16.. => return Err(overflow()),
        ..-25 => return Ok(sign),
        -25..-14 => (ldexp(fraction, 14 + exponent), 0),
        _ => (fraction - 1.0, exponent + 15),
    };
    let scaled = fraction * 1024.0;
    let mut bits = scaled as u16;
    let rest = scaled - f64::from(bits);
    if rest > 0.5 || (rest == 0.5 && bits & 1 != 0) {
        bits += 1;
        if bits == 1024 {
            bits = 0;
            exponent += 1;
            if exponent == 31 {
                return Err(overflow());
            }
        }
    }
    Ok(sign | (exponent as u16) << 10 | bits)
}

fn unpack_half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 0x3ff));
    match exponent {
        0 => sign * ldexp(fraction, -24),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => {
            let start: u64 = if bits & 0x8000 != 0 { 0xfff0 << 48 } else { 0x7ff0 << 48 };
            f64::from_bits(start | u64::from(bits & 0x3ff) << 42)
        }
        _ => sign * ldexp(1.0 + fraction / 1024.0, exponent - 15),
    }
}

fn pack_item(kind: u8, value: &Object, place: &mut [u8], big_endian: bool) -> Result<()> {
    match kind {
        b'?' => place[0] = value.is_true()?.into(),
        b'c' => match value.downcast::<Bytes>().map(Bytes::as_slice) {
            Some([byte]) => place[0] = *byte,
            _ => return Err(struct_error("char format requires a bytes object of length 1")),
        },
        b's' | b'p' => {
            let bytes = match value.downcast::<Bytes>() {
                Some(bytes) => bytes.as_slice().to_vec(),
                None => match value.downcast::<runtime::objects::bytearray::ByteArray>() {
                    Some(bytes) => bytes.to_vec(),
                    None => {
                        let kind = kind as char;
                        return Err(struct_error(&format!("argument for '{kind}' must be a bytes object")));
                    }
                },
            };
            let place = match (kind, place) {
                (b'p', []) => return Ok(()),
                (b'p', [length, rest @ ..]) => {
                    *length = bytes.len().min(rest.len()).min(255) as u8;
                    rest
                }
                (_, place) => place,
            };
            let count = bytes.len().min(place.len());
            place[..count].copy_from_slice(&bytes[..count]);
        }
        b'e' | b'f' | b'd' => {
            let number = match value.downcast_exact::<Float>() {
                Some(float) => float.value(),
                None => value.to_float().map_err(|raised| {
                    raised.clear();
                    struct_error("required argument is not a float")
                })?,
            };
            let word = match kind {
                b'e' => pack_half(number)?.into(),
                b'f' => pack_single(number)?.into(),
                _ => number.to_bits(),
            };
            put(word, place, big_endian);
        }
        b'F' | b'D' => {
            let number = to_complex(value).map_err(|raised| {
                raised.clear();
                struct_error("required argument is not a complex")
            })?;
            let (real, imaginary) = (number.real, number.imag);
            let half = place.len() / 2;
            let word = |part: f64| match half {
                4 => (part as f32).to_bits().into(),
                _ => part.to_bits(),
            };
            let (first, second) = place.split_at_mut(half);
            put(word(real), first, big_endian);
            put(word(imaginary), second, big_endian);
        }
        b'P' => {
            let int = integer(value)?;
            let word = int.to_u64().or_else(|| int.to_i64().map(|value| value as u64));
            let word = word.ok_or_else(|| raise!(OverflowError, "int too large to convert"))?;
            put(word, place, big_endian);
        }
        _ => pack_integer(kind, value, place, big_endian)?,
    }
    Ok(())
}

fn unpack_item(kind: u8, place: &[u8], big_endian: bool) -> Ref {
    match kind {
        b'?' => py_bool(place[0] != 0),
        b'c' => Bytes::from_byte(place[0]).into_object(),
        b's' => Bytes::new(place).into_object(),
        b'p' => match place {
            [] => Bytes::empty().into_object(),
            [length, rest @ ..] => Bytes::new(&rest[..rest.len().min((*length).into())]).into_object(),
        },
        b'e' => Float::new(unpack_half(get(place, big_endian) as u16)).into_object(),
        b'f' => Float::new(f32::from_bits(get(place, big_endian) as u32).into()).into_object(),
        b'd' => Float::new(f64::from_bits(get(place, big_endian))).into_object(),
        b'F' | b'D' => {
            let part = |bytes: &[u8]| match bytes.len() {
                4 => f32::from_bits(get(bytes, big_endian) as u32).into(),
                _ => f64::from_bits(get(bytes, big_endian)),
            };
            let (real, imaginary) = place.split_at(place.len() / 2);
            Complex::new(part(real), part(imaginary)).into_object()
        }
        _ => {
            let word = get(place, big_endian);
            if is_signed(kind) {
                let unused = 64 - place.len() as u32 * 8;
                return Int::new((word << unused) as i64 >> unused).into_object();
            }
            Int::from_u64(word).into_object()
        }
    }
}
