//! Built-in functions on numbers and characters.

use num_bigint::Sign;

use crate::objects::bytes::Bytes;
use crate::prelude::*;
use crate::protocol::number;

/// Return the absolute value of the argument.
#[function(signature = "(x, /)")]
pub(super) fn abs(x: &Object) -> Result {
    number::absolute(x)
}

/// The digits of an integer after a prefix, as `hex()` and its like show it.
fn digits(object: &Object, radix: u32, prefix: &str) -> Result<String> {
    let number = object.index()?;
    if let Some(value) = number.to_i64() {
        let (sign, value) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
        return Ok(match radix {
            2 => format!("{sign}{prefix}{value:b}"),
            8 => format!("{sign}{prefix}{value:o}"),
            _ => format!("{sign}{prefix}{value:x}"),
        });
    }
    let number = number.to_bigint();
    let sign = if number.sign() == Sign::Minus { "-" } else { "" };
    Ok(format!("{sign}{prefix}{}", number.magnitude().to_str_radix(radix)))
}

/// Return the binary text form of an integer.
#[function(signature = "(number, /)")]
pub(super) fn bin(number: &Object) -> Result<String> {
    digits(number, 2, "0b")
}

/// Return the hexadecimal text form of an integer.
#[function(signature = "(number, /)")]
pub(super) fn hex(number: &Object) -> Result<String> {
    digits(number, 16, "0x")
}

/// Return the octal text form of an integer.
#[function(signature = "(number, /)")]
pub(super) fn oct(number: &Object) -> Result<String> {
    digits(number, 8, "0o")
}

/// Return the character with that code point, 0 <= i <= 0x10ffff.
#[function(signature = "(i, /)")]
pub(super) fn chr(i: &Object) -> Result<Ref<Str>> {
    match i.index()?.to_i64() {
        Some(code @ 0..=0x10_FFFF) => Ok(Str::from_code_points(std::iter::once(code as u32))),
        _ => Err(raise!(ValueError, "chr() arg not in range(0x110000)")),
    }
}

/// Return the code point of a character.
#[function(signature = "(character, /)")]
pub(super) fn ord(character: &Object) -> Result<u32> {
    let length = if let Some(text) = character.downcast::<Str>() {
        if text.len() == 1 {
            return Ok(text.char_at(0));
        }
        text.len()
    } else if let Some(bytes) = character.downcast::<Bytes>() {
        if let [byte] = bytes.as_slice() {
            return Ok(u32::from(*byte));
        }
        bytes.as_slice().len()
    } else if character.ty().base_chain().any(|base| base.full_name() == "bytearray") {
        let buffer = Buffer::of(character)?;
        if let [byte] = buffer.as_slice() {
            return Ok(u32::from(*byte));
        }
        buffer.as_slice().len()
    } else {
        let given = character.ty().full_name();
        return Err(raise!(TypeError, "ord() expected string of length 1, but {given} found"));
    };
    Err(raise!(TypeError, "ord() expected a character, but string of length {length} found"))
}

/// Return the pair (x//y, x%y).
#[function(signature = "(x, y, /)")]
pub(super) fn divmod(x: &Object, y: &Object) -> Result {
    number::divmod(x, y)
}

/// Return base**exp, or base**exp % mod (efficiently, for integers).
#[function(signature = "(base, exp, mod=None)")]
pub(super) fn pow(base: &Object, exp: &Object, r#mod: Option<&Object>) -> Result {
    match r#mod {
        Some(modulus) => number::power(base, exp, modulus),
        None => number::power(base, exp, &none()),
    }
}

/// Round a number to a given precision in decimal digits; without one, to an integer.
#[function(signature = "(number, ndigits=None)")]
pub(super) fn round(number: &Object, ndigits: Option<&Object>) -> Result {
    let rounded = match ndigits {
        Some(ndigits) if !ndigits.is_none() => number.call_special(intern!("__round__"), &[ndigits])?,
        _ => number.call_special(intern!("__round__"), &[])?,
    };
    rounded
        .ok_or_else(|| raise!(TypeError, "type {} doesn't define __round__ method", number.ty().full_name()))
}
