//! The result of a substitution, put together piece by piece.

use runtime::native::buffer::BytesLike;
use runtime::objects::str::StrBuilder;
use runtime::prelude::*;

use super::subject::Subject;

/// Text or bytes that grow; the first piece of a wrong type is remembered, and is an error at the end.
pub struct Pieces {
    buffer: Buffer,
    count: usize,
    wrong: Option<(usize, String)>,
}

enum Buffer {
    Text(StrBuilder),
    Bytes(Vec<u8>),
}

impl Pieces {
    pub fn new(bytes: bool) -> Pieces {
        let buffer = if bytes { Buffer::Bytes(Vec::new()) } else { Buffer::Text(StrBuilder::new()) };
        Pieces { buffer, count: 0, wrong: None }
    }

    /// Adds a part of the subject.
    pub fn push_part(&mut self, subject: &Subject, start: usize, end: usize) {
        self.count += 1;
        let part = subject.units().part(start, end);
        match &mut self.buffer {
            Buffer::Text(text) => text.push_units(part),
            Buffer::Bytes(bytes) => bytes.extend_from_slice(part.as_bytes()),
        }
    }

    /// Adds any object, which must be of the right type.
    pub fn push(&mut self, item: &Object) {
        let fits = match &mut self.buffer {
            Buffer::Text(text) => item.downcast::<Str>().map(|item| text.push_str(item)).is_some(),
            Buffer::Bytes(bytes) => match BytesLike::of(item) {
                Ok(item) => {
                    bytes.extend_from_slice(&item);
                    true
                }
                Err(raised) => {
                    raised.clear();
                    false
                }
            },
        };
        if !fits && self.wrong.is_none() {
            self.wrong = Some((self.count, item.ty().full_name().to_string()));
        }
        self.count += 1;
    }

    pub fn finish(self) -> Result {
        if let Some((index, name)) = self.wrong {
            let wanted = match self.buffer {
                Buffer::Text(_) => "str instance",
                Buffer::Bytes(_) => "a bytes-like object",
            };
            return Err(raise!(TypeError, "sequence item {}: expected {}, {} found", index, wanted, name));
        }
        match self.buffer {
            Buffer::Text(text) => Ok(text.try_finish()?.into_object()),
            Buffer::Bytes(bytes) => Ok(Bytes::try_new(&bytes)?.into_object()),
        }
    }
}
