//! The iterator over a bytearray.

use std::cell::Cell;

use super::ByteArray;
use crate::objects::byte_methods::ByteString;
use crate::prelude::*;

/// An iterator over the values of a bytearray.
#[class(
    name = "bytearray_iterator",
    symbol = "PyByteArrayIter_Type",
    flags(GC, DISALLOW_INSTANTIATION),
    doc = ""
)]
#[repr(C)]
pub struct ByteArrayIterator {
    head: Object,
    #[gc(skip)]
    index: Cell<usize>,
    array: Link<ByteArray>,
}

impl ByteArrayIterator {
    pub fn new(array: &ByteArray) -> Ref<ByteArrayIterator> {
        Ref::new(ByteArrayIterator {
            head: Object::HEAD,
            index: Cell::new(0),
            array: Link::new(Ref::from_borrowed(array)),
        })
    }
}

#[methods]
impl ByteArrayIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<i64> {
        let array = self.array.get()?;
        let index = self.index.get();
        match array.bytes().get(index) {
            Some(&byte) => {
                self.index.set(index + 1);
                Some(byte.into())
            }
            None => {
                self.array.set(None);
                None
            }
        }
    }

    /// Private method returning an estimate of len(list(it)).
    #[method(name = "__length_hint__", signature = "($self, /)", hidden_signature)]
    fn length_hint(&self) -> usize {
        self.array.get().map_or(0, |array| array.len().saturating_sub(self.index.get()))
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result {
        let empty = Tuple::empty().into_object();
        crate::objects::byte_methods::reduce_iterator(
            self.array.get().map(Ref::into_object),
            empty,
            self.index.get(),
        )
    }

    /// Set state information for unpickling.
    #[method(name = "__setstate__", signature = "($self, state, /)", hidden_signature)]
    fn setstate(&self, state: isize) {
        if let Some(array) = self.array.get() {
            self.index.set((state.max(0) as usize).min(array.len()));
        }
    }
}
