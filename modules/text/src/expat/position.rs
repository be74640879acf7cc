//! Where a place of the decoded text is in the input: line, column, byte.

use super::encoding::Encoding;

/// A place, as lines and columns count it.
#[derive(Clone, Copy)]
pub struct Position {
    pub line: usize,
    pub column: usize,
    pub byte: usize,
}

impl Default for Position {
    fn default() -> Position {
        Position { line: 1, column: 0, byte: 0 }
    }
}

impl Position {
    /// The place after `text`, of which the one before is `self`; `previous` is the byte before the text.
    pub fn after(self, text: &[u8], previous: Option<u8>, encoding: &Encoding) -> Position {
        let mut place = self;
        let mut previous = previous;
        for &byte in text {
            match byte {
                b'\n' if previous == Some(b'\r') => {}
                b'\n' | b'\r' => {
                    place.line += 1;
                    place.column = 0;
                }
                // The inside of a character.
                0x80..0xC0 => {}
                _ => place.column += 1,
            }
            previous = Some(byte);
        }
        place.byte += encoding.bytes_of(text);
        place
    }
}
