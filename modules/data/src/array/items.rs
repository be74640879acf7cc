//! The kinds of items: between Python objects and the bytes of an array.

use std::ffi::CStr;

use runtime::native::args::kind_of;
use runtime::objects::exceptions::OverflowError;
use runtime::prelude::*;

/// A type code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind(u8);

/// All of them, as `array.typecodes` has them.
pub const CODES: &str = "bBuwhHiIlLqQfd";

impl Kind {
    pub fn of(code: u32) -> Option<Kind> {
        let code = u8::try_from(code).ok()?;
        CODES.as_bytes().contains(&code).then_some(Kind(code))
    }

    pub fn code(self) -> char {
        self.0 as char
    }

    pub fn size(self) -> usize {
        match self.0 {
            b'b' | b'B' => 1,
            b'h' | b'H' => 2,
            b'u' | b'w' | b'i' | b'I' | b'f' => 4,
            _ => 8,
        }
    }

    pub fn is_text(self) -> bool {
        matches!(self.0, b'u' | b'w')
    }

    pub fn is_float(self) -> bool {
        matches!(self.0, b'f' | b'd')
    }

    pub fn is_signed(self) -> bool {
        matches!(self.0, b'b' | b'h' | b'i' | b'l' | b'q')
    }

    /// The format that buffers show.
    pub fn format(self) -> &'static CStr {
        match self.0 {
            b'b' => c"b",
            b'B' => c"B",
            b'u' | b'w' => c"w",
            b'h' => c"h",
            b'H' => c"H",
            b'i' => c"i",
            b'I' => c"I",
            b'l' => c"l",
            b'L' => c"L",
            b'q' => c"q",
            b'Q' => c"Q",
            b'f' => c"f",
            _ => c"d",
        }
    }

    /// The number by which pickles name the kind's format on this machine.
    pub fn machine_format(self) -> isize {
        match self.0 {
            b'u' | b'w' => 20,
            b'f' => 14,
            b'd' => 16,
            b'B' => 0,
            b'b' => 1,
            _ => {
                let first = match self.size() {
                    2 => 2,
                    4 => 6,
                    _ => 10,
                };
                first + if self.is_signed() { 2 } else { 0 }
            }
        }
    }

    /// The kind of integers of that size; of two the later one.
    pub fn integer(size: usize, signed: bool) -> Option<Kind> {
        let fits = |kind: &Kind| {
            !kind.is_text() && !kind.is_float() && kind.size() == size && kind.is_signed() == signed
        };
        CODES.bytes().map(Kind).rfind(fits)
    }

    /// The object for an item's bytes.
    pub fn unpack(self, bytes: &[u8]) -> Result {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let word = u64::from_le_bytes(word);
        Ok(match self.0 {
            b'b' => Int::new((word as i8).into()).into_object(),
            b'h' => Int::new((word as i16).into()).into_object(),
            b'i' => Int::new((word as i32).into()).into_object(),
            b'l' | b'q' => Int::new(word as i64).into_object(),
            b'f' => Float::new(f32::from_bits(word as u32).into()).into_object(),
            b'd' => Float::new(f64::from_bits(word)).into_object(),
            b'u' | b'w' if word > 0x10_ffff => {
                return Err(raise!(ValueError, "chr() arg not in range(0x110000)"));
            }
            b'u' | b'w' => Str::from_char(word as u32).into_object(),
            _ => Int::from_u64(word).into_object(),
        })
    }

    /// An item's bytes, of which the first ones count.
    pub fn pack(self, value: &Object) -> Result<[u8; 8]> {
        let word = match self.0 {
            b'f' => u64::from((value.to_float()? as f32).to_bits()),
            b'd' => value.to_float()?.to_bits(),
            b'u' | b'w' => character(value)?.into(),
            b'L' | b'I' | b'Q' => self.unsigned(value)?,
            _ => self.signed(value)? as u64,
        };
        Ok(word.to_le_bytes())
    }

    fn unsigned(self, value: &Object) -> Result<u64> {
        let int = value.index()?;
        let (negative, large) = match self.0 {
            b'Q' => ("can't convert negative int to unsigned", "int too big to convert"),
            _ => (
                "can't convert negative value to unsigned int",
                "Python int too large to convert to C unsigned long",
            ),
        };
        let overflow = |message: &str| runtime::errors::raise_message(&OverflowError, message);
        if int.sign() < 0 {
            return Err(overflow(negative));
        }
        let number = int.to_u64().ok_or_else(|| overflow(large))?;
        if self.0 == b'I' && number > u32::MAX.into() {
            return Err(overflow("unsigned int is greater than maximum"));
        }
        Ok(number)
    }

    fn signed(self, value: &Object) -> Result<i64> {
        let int = value.index()?;
        let Some(number) = int.to_i64() else {
            return Err(match self.0 {
                b'q' => raise!(OverflowError, "int too big to convert"),
                _ => raise!(OverflowError, "Python int too large to convert to C long"),
            });
        };
        // As C does: first the type that the argument is parsed as, then the item's.
        let limits: &[(&str, i64, i64)] = match self.0 {
            b'b' => &[
                ("signed short integer", i16::MIN as i64, i16::MAX as i64),
                ("signed char", i8::MIN as i64, i8::MAX as i64),
            ],
            b'B' => &[("unsigned byte integer", 0, u8::MAX as i64)],
            b'h' => &[("signed short integer", i16::MIN as i64, i16::MAX as i64)],
            b'H' => &[
                ("signed integer", i32::MIN as i64, i32::MAX as i64),
                ("unsigned short", 0, u16::MAX as i64),
            ],
            b'i' => &[("signed integer", i32::MIN as i64, i32::MAX as i64)],
            _ => &[],
        };
        for (name, low, high) in limits {
            if number < *low {
                return Err(raise!(OverflowError, "{name} is less than minimum"));
            }
            if number > *high {
                return Err(raise!(OverflowError, "{name} is greater than maximum"));
            }
        }
        Ok(number)
    }
}

fn character(value: &Object) -> Result<u32> {
    let Some(text) = value.downcast::<Str>() else {
        let name = kind_of(value);
        return Err(raise!(TypeError, "array item must be a unicode character, not {name}"));
    };
    if text.len() != 1 {
        let length = text.len();
        return Err(raise!(
            TypeError,
            "array item must be a unicode character, not a string of length {length}"
        ));
    }
    Ok(text.char_at(0))
}
