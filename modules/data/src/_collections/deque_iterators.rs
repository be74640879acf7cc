//! Iterators over a deque, from its left end and from its right; both notice additions and removals.

use std::cell::Cell;

use runtime::prelude::*;

use super::deque::Deque;

macro_rules! iterator {
    ($type:ident, $name:literal, $place:expr) => {
        /// An iterator over a deque.
        #[class(name = $name, flags(GC), doc = "")]
        #[repr(C)]
        pub struct $type {
            head: Object,
            deque: Link<Deque>,
            /// The deque's state when iteration began.
            #[gc(skip)]
            state: Cell<usize>,
            /// How many items have been given.
            #[gc(skip)]
            done: Cell<usize>,
            #[gc(skip)]
            left: Cell<usize>,
        }

        impl $type {
            /// An iterator at the beginning.
            pub fn over(deque: &Deque) -> Ref<$type> {
                Ref::new($type {
                    head: Object::HEAD,
                    deque: Link::new(Ref::from_borrowed(deque)),
                    state: Cell::new(deque.state()),
                    done: Cell::new(0),
                    left: Cell::new(deque.len()),
                })
            }
        }

        #[methods]
        impl $type {
            #[new(signature = "(deque, index=0, /)", hidden_signature)]
            fn tp_new(_class: &Type, deque: &Object, index: isize) -> Result<Ref<Self>> {
                let Some(deque) = deque.downcast::<Deque>() else {
                    let name = runtime::native::args::kind_of(deque);
                    return Err(raise!(TypeError, "argument 1 must be collections.deque, not {name}"));
                };
                let iterator = $type::over(deque);
                for _ in 0..index.max(0) {
                    if iterator.tp_iternext()?.is_none() {
                        break;
                    }
                }
                Ok(iterator)
            }

            #[slot]
            fn tp_iter(&self) -> Ref {
                self.to_ref()
            }

            #[slot]
            fn tp_iternext(&self) -> Result<Option<Ref>> {
                let Some(deque) = self.deque.get() else { return Ok(None) };
                if deque.state() != self.state.get() {
                    self.left.set(0);
                    return Err(raise!(RuntimeError, "deque mutated during iteration"));
                }
                if self.left.get() == 0 {
                    return Ok(None);
                }
                let place: fn(usize, usize) -> usize = $place;
                let item = deque.get(place(self.done.get(), deque.len()));
                self.done.set(self.done.get() + 1);
                self.left.set(self.left.get() - 1);
                Ok(item)
            }

            /// Private method returning an estimate of len(list(it)).
            #[method(name = "__length_hint__", signature = "($self, /)")]
            fn length_hint(&self) -> usize {
                self.left.get()
            }

            /// Return state information for pickling.
            #[method(name = "__reduce__", signature = "($self, /)")]
            fn reduce(&self) -> Result<Ref<Tuple>> {
                let deque = self.deque.get().map_or_else(none, Ref::into_object);
                let length = if deque.is_none() { 0 } else { deque.length()? };
                let position = Int::new(length as i64 - self.left.get() as i64).into_object();
                Ok(Tuple::pack([self.ty().to_ref(), Tuple::pack([deque, position]).into_object()]))
            }
        }
    };
}

iterator!(DequeIterator, "collections._deque_iterator", |done, _| done);
iterator!(DequeReverseIterator, "collections._deque_reverse_iterator", |done, length| length - 1 - done);
