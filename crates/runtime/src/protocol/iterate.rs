//! Iteration: <https://docs.python.org/3.14/c-api/iter.html>.

use super::type_name;
use crate::errors::{Raised, Result};
use crate::object::Object;
use crate::objects::list::List;
use crate::objects::tuple::Tuple;
use crate::raise;
use crate::reference::Ref;
use crate::thread::Thread;

impl Object {
    /// `iter(self)`.
    #[inline]
    pub fn iter(&self) -> Result {
        let Some(iter) = self.ty().raw.tp_iter.get() else {
            if self.is_sequence() {
                return Ok(crate::objects::sequence_iterator::SequenceIterator::new(self).into_object());
            }
            return Err(raise!(TypeError, "'{}' object is not iterable", type_name(self)));
        };
        Thread::current().check_recursion(" in iter()")?;
        // SAFETY: the object is alive during the call.
        let iterator: Ref = unsafe { super::result_from_raw(iter(self.as_ptr())) }?;
        if !iterator.is_iterator() {
            return Err(raise!(TypeError, "iter() returned non-iterator of type '{}'", type_name(&iterator)));
        }
        Ok(iterator)
    }

    #[inline]
    pub fn is_iterator(&self) -> bool {
        let missing = crate::objects::r#type::slot_functions::next_not_implemented as *const () as usize;
        self.ty().raw.tp_iternext.get().is_some_and(|next| next as usize != missing)
    }

    /// The iterator's next item; `None` at its end (StopIteration is taken away).
    #[inline]
    pub fn iter_next(&self) -> Result<Option<Ref>> {
        let Some(next) = self.ty().raw.tp_iternext.get() else {
            return Err(raise!(TypeError, "'{}' object is not an iterator", type_name(self)));
        };
        // Iterators over iterators over iterators: each asks the next here.
        Thread::current().check_recursion(" in an iterator")?;
        // SAFETY: the object is alive during the call; it gives a strong reference or null.
        match unsafe { Ref::from_owned_opt(next(self.as_ptr())) } {
            Some(item) => Ok(Some(item)),
            None => iteration_ended().map(|()| None),
        }
    }

    /// Calls `body` with each item.
    pub fn for_each(&self, mut body: impl FnMut(Ref) -> Result<()>) -> Result<()> {
        let iterator = self.iter()?;
        while let Some(item) = iterator.iter_next()? {
            body(item)?;
        }
        Ok(())
    }

    /// All items, in order.
    pub fn collect(&self) -> Result<Vec<Ref>> {
        if let Some(tuple) = self.downcast_exact::<Tuple>() {
            return Ok(tuple.as_slice().to_vec());
        }
        if let Some(list) = self.downcast_exact::<List>() {
            return Ok(list.to_vec());
        }
        let iterator = self.iter()?;
        let mut items = Vec::with_capacity(self.length_hint(8)?.min(1 << 16));
        while let Some(item) = iterator.iter_next()? {
            items.push(item);
        }
        Ok(items)
    }

    /// All items of what must be iterable; `message` is the TypeError's text otherwise (C's `PySequence_Fast`).
    pub fn collect_or(&self, message: &str) -> Result<Vec<Ref>> {
        if self.ty().raw.tp_iter.get().is_none() && !self.is_sequence() {
            return Err(crate::errors::raise_message(&crate::objects::exceptions::TypeError, message));
        }
        self.collect()
    }
}

/// After an iterator gave null: a StopIteration or no exception is its end, anything else an error.
#[inline]
pub fn iteration_ended() -> Result<()> {
    let thread = Thread::current();
    if !thread.has_exception() {
        return Ok(());
    }
    let raised = Raised::assume_set();
    if raised.matches(&crate::objects::exceptions::StopIteration) {
        raised.clear();
        return Ok(());
    }
    Err(raised)
}
