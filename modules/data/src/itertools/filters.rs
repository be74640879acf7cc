//! Iterators that leave items out: `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`.

use std::cell::Cell;

use runtime::objects::bool_::Bool;
use runtime::objects::exceptions::OverflowError;
use runtime::prelude::*;

use super::holds;

/// The items of data whose selector is true.
///
/// Ends with the shorter of the two.
#[class(name = "itertools.compress", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Compress {
    head: Object,
    data: Link,
    selectors: Link,
}

#[methods]
impl Compress {
    #[new(signature = "(data, selectors)")]
    fn new(class: &Type, data: &Object, selectors: &Object) -> Result<Ref<Self>> {
        let (data, selectors) = (data.iter()?, selectors.iter()?);
        let compress =
            Compress { head: Object::HEAD, data: Link::new(data), selectors: Link::new(selectors) };
        Ok(Ref::new_in(class, compress))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let (Some(data), Some(selectors)) = (self.data.get(), self.selectors.get()) else { return Ok(None) };
        while let Some(item) = data.iter_next()? {
            let Some(selector) = selectors.iter_next()? else { return Ok(None) };
            if selector.is_true()? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// Leave items out as long as the predicate is true, then give all that follow.
#[class(name = "itertools.dropwhile", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Dropwhile {
    head: Object,
    predicate: Link,
    iterator: Link,
    #[gc(skip)]
    started: Cell<bool>,
}

#[methods]
impl Dropwhile {
    #[new(signature = "(predicate, iterable, /)")]
    fn new(class: &Type, predicate: &Object, iterable: &Object) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Dropwhile {
                head: Object::HEAD,
                predicate: Link::new(predicate.to_ref()),
                iterator: Link::new(iterable.iter()?),
                started: Cell::new(false),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        if self.started.get() {
            return iterator.iter_next();
        }
        let Some(predicate) = self.predicate.get() else { return Ok(None) };
        while let Some(item) = iterator.iter_next()? {
            if !holds(&predicate, &item)? {
                self.started.set(true);
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// Give items as long as the predicate is true.
#[class(name = "itertools.takewhile", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Takewhile {
    head: Object,
    predicate: Link,
    iterator: Link,
    #[gc(skip)]
    stopped: Cell<bool>,
}

#[methods]
impl Takewhile {
    #[new(signature = "(predicate, iterable, /)")]
    fn new(class: &Type, predicate: &Object, iterable: &Object) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Takewhile {
                head: Object::HEAD,
                predicate: Link::new(predicate.to_ref()),
                iterator: Link::new(iterable.iter()?),
                stopped: Cell::new(false),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        if self.stopped.get() {
            return Ok(None);
        }
        let (Some(predicate), Some(iterator)) = (self.predicate.get(), self.iterator.get()) else {
            return Ok(None);
        };
        let Some(item) = iterator.iter_next()? else { return Ok(None) };
        if holds(&predicate, &item)? {
            return Ok(Some(item));
        }
        self.stopped.set(true);
        Ok(None)
    }
}

/// The items for which function(item) is false.
///
/// Where function is None, the items that are false themselves.
#[class(name = "itertools.filterfalse", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Filterfalse {
    head: Object,
    function: Link,
    iterator: Link,
}

#[methods]
impl Filterfalse {
    #[new(signature = "(function, iterable, /)")]
    fn new(class: &Type, function: &Object, iterable: &Object) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Filterfalse {
                head: Object::HEAD,
                function: Link::new(function.to_ref()),
                iterator: Link::new(iterable.iter()?),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let (Some(function), Some(iterator)) = (self.function.get(), self.iterator.get()) else {
            return Ok(None);
        };
        let plain = function.is_none() || function.is_same(Bool::type_object());
        while let Some(item) = iterator.iter_next()? {
            let good = if plain { item.is_true()? } else { holds(&function, &item)? };
            if !good {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// An iterator over the items that the slice of the same numbers would
/// have, without negative ones. Items before start are skipped, then come
/// those of the indices start, start + step, ... below stop; where stop is
/// None, till the iterable ends.
#[class(name = "itertools.islice", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Islice {
    head: Object,
    /// Null at the end.
    iterator: Link,
    /// The index of the item to give next.
    #[gc(skip)]
    next: Cell<usize>,
    /// `usize::MAX`: none.
    #[gc(skip)]
    stop: usize,
    #[gc(skip)]
    step: usize,
    /// How many items have been taken.
    #[gc(skip)]
    count: Cell<usize>,
}

/// One of the slice's numbers; `default` for None, -1 for what is no index.
fn slice_index(object: &Object, default: isize) -> isize {
    if object.is_none() {
        return default;
    }
    object.to_isize_index(&OverflowError).unwrap_or_else(|raised| {
        raised.clear();
        -1
    })
}

/// The slice's stop; `usize::MAX` for None.
fn slice_stop(object: &Object) -> Result<isize> {
    if object.is_none() {
        return Ok(-1);
    }
    match slice_index(object, -1) {
        -1 => Err(raise!(
            ValueError,
            "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."
        )),
        stop => Ok(stop),
    }
}

impl Islice {
    fn end<T>(&self, result: Result<Option<T>>) -> Result<Option<T>> {
        self.iterator.set(None);
        result
    }
}

#[methods]
impl Islice {
    #[new(signature = "(iterable, start, stop=None, step=None, /)", hidden_signature)]
    fn new(
        class: &Type,
        iterable: &Object,
        start: &Object,
        stop: Option<&Object>,
        step: Option<&Object>,
    ) -> Result<Ref<Self>> {
        let (start, stop) = match stop {
            None => (0, slice_stop(start)?),
            Some(stop) => (slice_index(start, 0), slice_stop(stop)?),
        };
        if start < 0 || stop < -1 {
            return Err(raise!(
                ValueError,
                "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize."
            ));
        }
        let step = step.map_or(1, |step| slice_index(step, 1));
        if step < 1 {
            return Err(raise!(ValueError, "Step for islice() must be a positive integer or None."));
        }
        Ok(Ref::new_in(
            class,
            Islice {
                head: Object::HEAD,
                iterator: Link::new(iterable.iter()?),
                next: Cell::new(start as usize),
                stop: stop as usize,
                step: step as usize,
                count: Cell::new(0),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        while self.count.get() < self.next.get() {
            match iterator.iter_next() {
                Ok(Some(_)) => self.count.set(self.count.get() + 1),
                ended => return self.end(ended),
            }
        }
        if self.count.get() >= self.stop {
            return self.end(Ok(None));
        }
        match iterator.iter_next() {
            Ok(Some(item)) => {
                self.count.set(self.count.get() + 1);
                self.next.set(self.next.get().saturating_add(self.step).min(self.stop));
                Ok(Some(item))
            }
            ended => self.end(ended),
        }
    }
}
