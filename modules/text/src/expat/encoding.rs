//! The encodings of a document, and its bytes as UTF-8.

/// What one byte means, for encodings of single bytes.
pub type Table = [Option<char>; 256];

#[derive(Clone)]
pub enum Encoding {
    Utf8,
    Utf16 { little: bool },
    Single(Box<Table>),
}

impl Encoding {
    pub fn latin1() -> Encoding {
        Encoding::Single(Box::new(std::array::from_fn(|byte| Some(byte as u8 as char))))
    }

    pub fn ascii() -> Encoding {
        Encoding::Single(Box::new(std::array::from_fn(|byte| (byte < 0x80).then_some(byte as u8 as char))))
    }

    /// The built-in encoding of a name. UTF-16 without a mark is big-endian.
    pub fn by_name(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Encoding::Utf8,
            "UTF-16" | "UTF-16BE" => Encoding::Utf16 { little: false },
            "UTF-16LE" => Encoding::Utf16 { little: true },
            "ISO-8859-1" => Encoding::latin1(),
            "US-ASCII" => Encoding::ascii(),
            _ => return None,
        })
    }

    pub fn is_utf16(&self) -> bool {
        matches!(self, Encoding::Utf16 { .. })
    }

    /// How many bytes of the input gave this text?
    pub fn bytes_of(&self, text: &[u8]) -> usize {
        let chars = || text.iter().filter(|&&byte| !(0x80..0xC0).contains(&byte)).count();
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Single(_) => chars(),
            Encoding::Utf16 { .. } => 2 * (chars() + text.iter().filter(|&&byte| byte >= 0xF0).count()),
        }
    }

    /// Moves what can be decoded from `raw` to the end of `text`. What is no character becomes a byte that no text has.
    pub fn decode(&self, raw: &mut Vec<u8>, text: &mut Vec<u8>) {
        const BAD: u8 = 0xC0;
        let mut push = |found: Option<char>| match found {
            Some(found) => text.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes()),
            None => text.push(BAD),
        };
        match self {
            Encoding::Utf8 => text.append(raw),
            Encoding::Single(table) => raw.drain(..).for_each(|byte| push(table[usize::from(byte)])),
            Encoding::Utf16 { little } => {
                let unit = |i: usize| {
                    let pair = [*raw.get(i)?, *raw.get(i + 1)?];
                    Some(if *little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
                };
                let mut i = 0;
                while let Some(first) = unit(i) {
                    let pair = (0xD800..0xDC00).contains(&first);
                    let second = if pair { unit(i + 2) } else { Some(0) };
                    let Some(second) = second else { break };
                    let units = if pair { &[first, second][..] } else { &[first][..] };
                    let found = char::decode_utf16(units.iter().copied()).next().and_then(|found| found.ok());
                    push(found);
                    i += if pair && found.is_some() { 4 } else { 2 };
                }
                raw.drain(..i);
            }
        }
    }
}
