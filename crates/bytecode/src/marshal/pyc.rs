//! The header of `.pyc` files: <https://peps.python.org/pep-0552/>.

use super::MarshalError;

/// The number that marks bytecode of CPython 3.14.
pub const MAGIC_NUMBER: u16 = 3627;

/// The 16 bytes before the code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PycHeader {
    pub magic: u16,
    pub kind: PycKind,
}

/// How the file is known to be up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PycKind {
    /// By the source's modification time and size (both modulo 2**32).
    Timestamp { mtime: u32, size: u32 },
    /// By the source's hash, which is compared only if `check_source`.
    Hash { hash: [u8; 8], check_source: bool },
}

impl PycHeader {
    /// The length in bytes.
    pub const LEN: usize = 16;

    /// A header with our magic number.
    pub const fn new(kind: PycKind) -> Self {
        PycHeader { magic: MAGIC_NUMBER, kind }
    }

    /// The header as bytes.
    pub fn to_bytes(self) -> [u8; PycHeader::LEN] {
        let mut bytes = [0; PycHeader::LEN];
        bytes[..2].copy_from_slice(&self.magic.to_le_bytes());
        bytes[2..4].copy_from_slice(b"\r\n");
        match self.kind {
            PycKind::Timestamp { mtime, size } => {
                bytes[8..12].copy_from_slice(&mtime.to_le_bytes());
                bytes[12..].copy_from_slice(&size.to_le_bytes());
            }
            PycKind::Hash { hash, check_source } => {
                bytes[4] = 1 | (check_source as u8) << 1;
                bytes[8..].copy_from_slice(&hash);
            }
        }
        bytes
    }

    /// The header at the start of a file, and the marshal data after it.
    pub fn parse(file: &[u8]) -> Result<(PycHeader, &[u8]), MarshalError> {
        let Some((header, rest)) = file.split_at_checked(PycHeader::LEN) else {
            return Err(MarshalError::Eof("reached EOF while reading pyc header"));
        };
        let word = |at: usize| [header[at], header[at + 1], header[at + 2], header[at + 3]];
        if header[2..4] != *b"\r\n" {
            return Err(MarshalError::value("bad magic number"));
        }
        let flags = u32::from_le_bytes(word(4));
        let kind = match flags {
            0 => {
                PycKind::Timestamp { mtime: u32::from_le_bytes(word(8)), size: u32::from_le_bytes(word(12)) }
            }
            1 | 3 => {
                let mut hash = [0; 8];
                hash.copy_from_slice(&header[8..]);
                PycKind::Hash { hash, check_source: flags == 3 }
            }
            _ => return Err(MarshalError::Value(format!("invalid flags {flags:#x}").into())),
        };
        Ok((PycHeader { magic: u16::from_le_bytes([header[0], header[1]]), kind }, rest))
    }
}
