//! The iterator over an array.

use std::cell::Cell;

use runtime::prelude::*;

use super::Array;

/// An iterator over an array.
#[class(name = "array.arrayiterator", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct ArrayIterator {
    head: Object,
    array: Link<Array>,
    #[gc(skip)]
    index: Cell<usize>,
}

impl ArrayIterator {
    pub fn over(array: &Array) -> Ref<ArrayIterator> {
        Ref::new(ArrayIterator {
            head: Object::HEAD,
            array: Link::new(Ref::from_borrowed(array)),
            index: Cell::new(0),
        })
    }
}

#[methods]
impl ArrayIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(array) = self.array.get() else { return Ok(None) };
        let index = self.index.get();
        if index >= array.len() {
            self.array.set(None);
            return Ok(None);
        }
        self.index.set(index + 1);
        array.item(index)
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let iter = runtime::eval::names::builtin(Interpreter::current(), intern!("iter"))?;
        Ok(match self.array.get() {
            Some(array) => {
                let index = Int::from_usize(self.index.get()).into_object();
                Tuple::pack([iter, Tuple::pack([array.into_object()]).into_object(), index])
            }
            None => Tuple::pack([iter, Tuple::pack([Tuple::empty().into_object()]).into_object()]),
        })
    }

    /// Set state information for unpickling.
    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: &Object) -> Result<()> {
        let Some(state) = state.downcast::<Int>() else {
            return Err(raise!(TypeError, "an integer is required"));
        };
        let Some(index) = state.to_isize() else {
            return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
        };
        if let Some(array) = self.array.get() {
            self.index.set((index.max(0) as usize).min(array.len()));
        }
        Ok(())
    }
}
