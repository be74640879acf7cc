//! The iterators over anything with `__getitem__`, and of `iter(callable, sentinel)`.

use std::cell::Cell;

use crate::prelude::*;

/// An iterator that asks for one index after the other.
#[class(name = "iterator", symbol = "PySeqIter_Type", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct SequenceIterator {
    head: Object,
    #[gc(skip)]
    index: Cell<isize>,
    sequence: Link,
}

impl SequenceIterator {
    pub fn new(sequence: &Object) -> Ref<SequenceIterator> {
        Ref::new(SequenceIterator {
            head: Object::HEAD,
            index: Cell::new(0),
            sequence: Link::new(sequence.to_ref()),
        })
    }
}

#[methods]
impl SequenceIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(sequence) = self.sequence.get() else { return Ok(None) };
        let index = self.index.get();
        if index == isize::MAX {
            return Err(raise!(OverflowError, "iter index too large"));
        }
        match sequence.get_index(index) {
            Ok(item) => {
                self.index.set(index + 1);
                Ok(Some(item))
            }
            Err(raised)
                if raised.matches(&crate::objects::exceptions::IndexError)
                    || raised.matches(&crate::objects::exceptions::StopIteration) =>
            {
                raised.clear();
                self.sequence.set(None);
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    #[method(name = "__length_hint__", signature = "($self, /)")]
    fn length_hint(&self) -> Result {
        let Some(sequence) = self.sequence.get() else { return Ok(Int::new(0).into_object()) };
        if sequence.ty().sq_length().is_none() && sequence.ty().mp_length().is_none() {
            return Ok(not_implemented());
        }
        let left = sequence.length()? as isize - self.index.get();
        Ok(Int::new(left.max(0) as i64).into_object())
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let iter = crate::eval::names::builtin(Interpreter::current(), intern!("iter"))?;
        Ok(match self.sequence.get() {
            Some(sequence) => Tuple::pack([
                iter,
                Tuple::pack([sequence]).into_object(),
                Int::new(self.index.get() as i64).into_object(),
            ]),
            None => Tuple::pack([iter, Tuple::pack([Tuple::empty().into_object()]).into_object()]),
        })
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: isize) {
        if !self.sequence.is_null() {
            self.index.set(state.max(0));
        }
    }
}

/// `iter(callable, sentinel)`.
#[class(name = "callable_iterator", symbol = "PyCallIter_Type", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct CallableIterator {
    head: Object,
    callable: Link,
    sentinel: Link,
}

impl CallableIterator {
    pub fn new(callable: &Object, sentinel: &Object) -> Ref<CallableIterator> {
        Ref::new(CallableIterator {
            head: Object::HEAD,
            callable: Link::new(callable.to_ref()),
            sentinel: Link::new(sentinel.to_ref()),
        })
    }
}

#[methods]
impl CallableIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(callable) = self.callable.get() else { return Ok(None) };
        let result = match callable.call(&[]) {
            Ok(result) => result,
            Err(raised) if raised.matches(&crate::objects::exceptions::StopIteration) => {
                raised.clear();
                self.callable.set(None);
                self.sentinel.set(None);
                return Ok(None);
            }
            Err(raised) => return Err(raised),
        };
        let Some(sentinel) = self.sentinel.get() else { return Ok(None) };
        if sentinel.rich_compare_bool(&result, CompareOp::Eq)? {
            self.callable.set(None);
            self.sentinel.set(None);
            return Ok(None);
        }
        Ok(Some(result))
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let iter = crate::eval::names::builtin(Interpreter::current(), intern!("iter"))?;
        Ok(match (self.callable.get(), self.sentinel.get()) {
            (Some(callable), Some(sentinel)) => {
                Tuple::pack([iter, Tuple::pack([callable, sentinel]).into_object()])
            }
            _ => Tuple::pack([iter, Tuple::pack([Tuple::empty().into_object()]).into_object()]),
        })
    }
}

/// The iterator over a memoryview: its length is the one at the start.
#[class(name = "memory_iterator", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct MemoryIterator {
    head: Object,
    #[gc(skip)]
    index: Cell<usize>,
    #[gc(skip)]
    length: usize,
    view: Link,
}

impl MemoryIterator {
    pub fn new(view: &Object, length: usize) -> Ref<MemoryIterator> {
        Ref::new(MemoryIterator {
            head: Object::HEAD,
            index: Cell::new(0),
            length,
            view: Link::new(view.to_ref()),
        })
    }
}

#[methods]
impl MemoryIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(view) = self.view.get() else { return Ok(None) };
        let index = self.index.get();
        if index >= self.length {
            self.view.set(None);
            return Ok(None);
        }
        self.index.set(index + 1);
        view.get_index(index as isize).map(Some)
    }
}
