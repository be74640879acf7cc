//! The values that a `Constant` node may hold.

use std::fmt;

use bumpalo::Bump;
use num_bigint::{BigInt, Sign};

/// Text that may hold lone surrogates, as WTF-8 bytes. Almost always plain UTF-8.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    pub const fn new(text: &'a str) -> Self {
        Text(text.as_bytes())
    }

    /// Bytes that the caller knows to be WTF-8.
    pub const fn from_wtf8(bytes: &'a [u8]) -> Self {
        Text(bytes)
    }

    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The text as `str`, if it holds no surrogate.
    pub fn as_str(self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok()
    }

    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text::new(text)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(self.0), f)
    }
}

/// An integer of any size. `Big` is used only for what `Small` can't hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Int<'a> {
    Small(i64),
    /// The magnitude in base 2**32, least significant digit first.
    Big {
        negative: bool,
        digits: &'a [u32],
    },
}

impl<'a> Int<'a> {
    pub fn from_bigint(value: &BigInt, arena: &'a Bump) -> Self {
        if let Ok(small) = i64::try_from(value) {
            return Int::Small(small);
        }
        let (sign, digits) = value.to_u32_digits();
        Int::Big { negative: sign == Sign::Minus, digits: arena.alloc_slice_copy(&digits) }
    }

    pub fn to_bigint(self) -> BigInt {
        match self {
            Int::Small(value) => BigInt::from(value),
            Int::Big { negative, digits } => {
                BigInt::from_slice(if negative { Sign::Minus } else { Sign::Plus }, digits)
            }
        }
    }
}

/// The value of a `Constant` node. Equality is Rust's, not that of Python's objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant<'a> {
    None,
    Ellipsis,
    Bool(bool),
    Int(Int<'a>),
    Float(f64),
    Complex { real: f64, imag: f64 },
    Str(Text<'a>),
    Bytes(&'a [u8]),
    Tuple(&'a [Constant<'a>]),
    FrozenSet(&'a [Constant<'a>]),
}
