//! Text that may hold lone surrogates, as WTF-8 bytes: what Python writes with `utf-8` and `surrogatepass`,
//! and what marshal stores. Almost always plain UTF-8.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

/// Owned WTF-8 text.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Wtf8Buf(Vec<u8>);

/// Borrowed WTF-8 text.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Wtf8([u8]);

impl Wtf8Buf {
    pub const fn new() -> Self {
        Wtf8Buf(Vec::new())
    }

    pub fn push_str(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Appends one code point, a surrogate included. Values above U+10FFFF become U+FFFD.
    pub fn push_code_point(&mut self, code: u32) {
        match char::from_u32(code) {
            Some(c) => self.push_str(c.encode_utf8(&mut [0; 4])),
            None if (0xD800..0xE000).contains(&code) => {
                let unit = |shift: u32| 0x80 | (code >> shift & 0x3F) as u8;
                self.0.extend_from_slice(&[0xE0 | (code >> 12) as u8, unit(6), unit(0)]);
            }
            None => self.push_str("\u{FFFD}"),
        }
    }

    pub fn push_wtf8(&mut self, text: &Wtf8) {
        self.0.extend_from_slice(&text.0);
    }

    /// Takes bytes that are known to be WTF-8; `None` if they are not.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        Wtf8::from_bytes(&bytes)?;
        Some(Wtf8Buf(bytes))
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Wtf8 {
    pub fn new(text: &str) -> &Wtf8 {
        Wtf8::from_bytes_unchecked(text.as_bytes())
    }

    /// The bytes as text if they are UTF-8 but for encoded surrogates.
    pub fn from_bytes(bytes: &[u8]) -> Option<&Wtf8> {
        let mut rest = bytes;
        loop {
            match std::str::from_utf8(rest) {
                Ok(_) => return Some(Wtf8::from_bytes_unchecked(bytes)),
                Err(error) => {
                    rest = &rest[error.valid_up_to()..];
                    match rest {
                        [0xED, 0xA0..=0xBF, 0x80..=0xBF, ..] => rest = &rest[3..],
                        _ => return None,
                    }
                }
            }
        }
    }

    /// Bytes that the caller knows to be WTF-8. Wrong bytes give wrong text, never undefined behaviour.
    pub fn from_bytes_unchecked(bytes: &[u8]) -> &Wtf8 {
        // SAFETY: Wtf8 is a transparent wrapper of [u8] and no code relies on the content for soundness.
        unsafe { &*(bytes as *const [u8] as *const Wtf8) }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text as `str`, if it holds no surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The code points, surrogates included.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut rest = &self.0;
        std::iter::from_fn(move || {
            let (&first, _) = rest.split_first()?;
            let (length, start) = match first {
                0..0x80 => (1, first as u32),
                0x80..0xE0 => (2, (first & 0x1F) as u32),
                0xE0..0xF0 => (3, (first & 0x0F) as u32),
                _ => (4, (first & 0x07) as u32),
            };
            let length = length.min(rest.len());
            let code = rest[1..length].iter().fold(start, |code, &b| code << 6 | (b & 0x3F) as u32);
            rest = &rest[length..];
            Some(code)
        })
    }
}

impl Deref for Wtf8Buf {
    type Target = Wtf8;
    fn deref(&self) -> &Wtf8 {
        Wtf8::from_bytes_unchecked(&self.0)
    }
}

impl Borrow<Wtf8> for Wtf8Buf {
    fn borrow(&self) -> &Wtf8 {
        self
    }
}

impl ToOwned for Wtf8 {
    type Owned = Wtf8Buf;
    fn to_owned(&self) -> Wtf8Buf {
        Wtf8Buf(self.0.to_vec())
    }
}

impl<'a> From<&'a str> for &'a Wtf8 {
    fn from(text: &'a str) -> Self {
        Wtf8::new(text)
    }
}

impl<'a> From<&'a Wtf8Buf> for &'a Wtf8 {
    fn from(text: &'a Wtf8Buf) -> Self {
        text
    }
}

impl From<&str> for Wtf8Buf {
    fn from(text: &str) -> Self {
        Wtf8Buf(text.as_bytes().to_vec())
    }
}

impl From<String> for Wtf8Buf {
    fn from(text: String) -> Self {
        Wtf8Buf(text.into_bytes())
    }
}

impl fmt::Debug for Wtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

impl fmt::Debug for Wtf8Buf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Wtf8 {
    /// Surrogates print as U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Display for Wtf8Buf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}
