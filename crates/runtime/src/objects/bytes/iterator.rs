//! The iterator over bytes.

use std::cell::Cell;

use super::Bytes;
use crate::prelude::*;

/// An iterator over the values of bytes.
#[class(name = "bytes_iterator", symbol = "PyBytesIter_Type", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct BytesIterator {
    head: Object,
    #[gc(skip)]
    index: Cell<usize>,
    bytes: Link<Bytes>,
}

impl BytesIterator {
    pub fn new(bytes: &Bytes) -> Ref<BytesIterator> {
        Ref::new(BytesIterator {
            head: Object::HEAD,
            index: Cell::new(0),
            bytes: Link::new(Ref::from_borrowed(bytes)),
        })
    }
}

#[methods]
impl BytesIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<i64> {
        let bytes = self.bytes.get()?;
        let index = self.index.get();
        match bytes.as_slice().get(index) {
            Some(&byte) => {
                self.index.set(index + 1);
                Some(byte.into())
            }
            None => {
                self.bytes.set(None);
                None
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[method(name = "__length_hint__", signature = "($self, /)", hidden_signature)]
    fn length_hint(&self) -> usize {
        self.bytes.get().map_or(0, |bytes| bytes.len().saturating_sub(self.index.get()))
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result {
        crate::objects::byte_methods::reduce_iterator(
            self.bytes.get().map(Ref::into_object),
            Bytes::empty().into_object(),
            self.index.get(),
        )
    }

    /// Set state information for unpickling.
    #[method(name = "__setstate__", signature = "($self, state, /)", hidden_signature)]
    fn setstate(&self, state: isize) {
        if let Some(bytes) = self.bytes.get() {
            self.index.set((state.max(0) as usize).min(bytes.len()));
        }
    }
}
