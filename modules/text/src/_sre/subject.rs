//! What is searched: a str, or anything that lends its bytes.

use runtime::native::buffer::Buffer;
use runtime::objects::str::Units;
use runtime::prelude::*;

/// A text under search.
pub enum Subject {
    Text(Ref<Str>),
    Bytes(Ref<Bytes>),
    Buffer(Buffer),
}

impl Subject {
    pub fn of(object: &Object) -> Result<Subject> {
        if let Some(text) = object.downcast::<Str>() {
            return Ok(Subject::Text(Ref::from_borrowed(text)));
        }
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return Ok(Subject::Bytes(Ref::from_borrowed(bytes)));
        }
        match Buffer::of(object) {
            Ok(buffer) => Ok(Subject::Buffer(buffer)),
            Err(raised) => {
                raised.clear();
                let name = object.ty().full_name();
                Err(raise!(TypeError, "expected string or bytes-like object, got '{}'", name))
            }
        }
    }

    pub fn is_bytes(&self) -> bool {
        !matches!(self, Subject::Text(_))
    }

    pub fn units(&self) -> Units<'_> {
        match self {
            Subject::Text(text) => text.units(),
            Subject::Bytes(bytes) => Units::One(bytes.as_slice()),
            Subject::Buffer(buffer) => Units::One(buffer.as_slice()),
        }
    }

    pub fn len(&self) -> usize {
        self.units().len()
    }

    /// A part as a str or bytes; what lies beyond the end isn't there.
    pub fn slice(&self, start: usize, end: usize) -> Ref {
        let length = self.len();
        let (start, end) = (start.min(length), end.min(length));
        match self {
            Subject::Text(text) => text.substring(start, end).into_object(),
            Subject::Bytes(bytes) if start == 0 && end == length => bytes.clone().into_object(),
            Subject::Bytes(bytes) => Bytes::new(&bytes.as_slice()[start..end.max(start)]).into_object(),
            Subject::Buffer(buffer) => Bytes::new(&buffer.as_slice()[start..end.max(start)]).into_object(),
        }
    }
}
