//! Views of an OrderedDict, and the iterator over all of them: as dict's, in the order's order.

use std::cell::Cell;

use runtime::errors::raise_value;
use runtime::objects::dict::views::{DictItems, DictKeys, DictValues};
use runtime::objects::exceptions::KeyError;
use runtime::prelude::*;

use super::ordered::{NIL, OrderedDict, current_hash, mutated};

/// What an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    Keys,
    Values,
    Items,
}

/// An iterator over an OrderedDict.
#[class(name = "odict_iterator", symbol = "PyODictIter_Type", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct OrderedIterator {
    head: Object,
    dict: Link<OrderedDict>,
    /// The next key; null at the end.
    current: Link,
    #[gc(skip)]
    hash: Cell<isize>,
    #[gc(skip)]
    node: Cell<u32>,
    #[gc(skip)]
    pick: Cell<Pick>,
    #[gc(skip)]
    reversed: Cell<bool>,
    #[gc(skip)]
    state: Cell<usize>,
    #[gc(skip)]
    size: Cell<usize>,
}

impl OrderedIterator {
    pub fn over(dict: &OrderedDict, pick: Pick, reversed: bool) -> Ref<OrderedIterator> {
        let iterator = Ref::new(OrderedIterator {
            head: Object::HEAD,
            dict: Link::new(Ref::from_borrowed(dict)),
            current: Link::null(),
            hash: Cell::new(0),
            node: Cell::new(NIL),
            pick: Cell::new(pick),
            reversed: Cell::new(reversed),
            state: Cell::new(dict.state()),
            size: Cell::new(dict.len()),
        });
        iterator.stand_at(dict.end(reversed));
        iterator
    }

    fn stand_at(&self, place: Option<(u32, Ref, isize)>) {
        let (node, key, hash) = place.map_or((NIL, None, 0), |(node, key, hash)| (node, Some(key), hash));
        self.node.set(node);
        self.hash.set(hash);
        self.current.set(key);
    }

    fn next_key(&self, dict: &OrderedDict) -> Result<Option<(Ref, isize)>> {
        let Some(key) = self.current.get() else {
            self.dict.set(None);
            return Ok(None);
        };
        if dict.state() != self.state.get() {
            self.dict.set(None);
            return Err(mutated());
        }
        if dict.len() != self.size.get() {
            self.size.set(usize::MAX);
            self.dict.set(None);
            return Err(raise!(RuntimeError, "OrderedDict changed size during iteration"));
        }
        let hash = current_hash(&key, self.hash.get())?;
        if !dict.has_own_key(&key, hash) {
            self.current.set(None);
            return Err(raise_value(&KeyError, &key));
        }
        if dict.state() != self.state.get() {
            return Err(mutated());
        }
        self.stand_at(dict.neighbour(self.node.get(), self.reversed.get()));
        Ok(Some((key, hash)))
    }
}

#[methods]
impl OrderedIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(dict) = self.dict.get() else { return Ok(None) };
        let Some((key, hash)) = self.next_key(&dict)? else { return Ok(None) };
        if self.pick.get() == Pick::Keys {
            return Ok(Some(key));
        }
        let Some(value) = dict.get_with_hash(&key, hash)? else { return Err(raise_value(&KeyError, &key)) };
        Ok(Some(match self.pick.get() {
            Pick::Values => value,
            _ => Tuple::pack([key, value]).into_object(),
        }))
    }

    /// Return state information for pickling
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let copy = Ref::new(OrderedIterator {
            head: Object::HEAD,
            dict: Link::from_option(self.dict.get()),
            current: Link::from_option(self.current.get()),
            hash: Cell::new(self.hash.get()),
            node: Cell::new(self.node.get()),
            pick: Cell::new(self.pick.get()),
            reversed: Cell::new(self.reversed.get()),
            state: Cell::new(self.state.get()),
            size: Cell::new(self.size.get()),
        });
        let rest = List::from_vec(copy.collect()?).into_object();
        let iter = runtime::eval::names::builtin(Interpreter::current(), intern!("iter"))?;
        Ok(Tuple::pack([iter, Tuple::pack([rest]).into_object()]))
    }
}

macro_rules! view {
    ($type:ident, $base:ident, $name:literal, $pick:expr) => {
        /// A view of an OrderedDict.
        #[class(name = $name, flags(GC, DISALLOW_INSTANTIATION), doc = "")]
        #[repr(C)]
        pub struct $type {
            base: $base,
        }

        impl $type {
            pub fn of(dict: &OrderedDict) -> Ref<$type> {
                Ref::new($type { base: $base::body(dict) })
            }

            fn iterator(&self, reversed: bool) -> Result<Ref<OrderedIterator>> {
                match self.target().downcast::<OrderedDict>() {
                    Some(dict) => Ok(OrderedIterator::over(dict, $pick, reversed)),
                    None => Err(raise!(TypeError, "the view's dictionary is gone")),
                }
            }
        }

        #[methods]
        impl $type {
            #[slot]
            fn tp_iter(&self) -> Result<Ref<OrderedIterator>> {
                self.iterator(false)
            }

            #[method(name = "__reversed__", signature = "($self, /)", hidden_signature, doc = "")]
            fn reversed(&self) -> Result<Ref<OrderedIterator>> {
                self.iterator(true)
            }
        }
    };
}

view!(OrderedKeys, DictKeys, "odict_keys", Pick::Keys);
view!(OrderedValues, DictValues, "odict_values", Pick::Values);
view!(OrderedItems, DictItems, "odict_items", Pick::Items);
