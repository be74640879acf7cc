//! Iterators that put items together anew: `chain`, `starmap`, `accumulate`, `pairwise`, `batched`, `zip_longest`.

use std::cell::{Cell, RefCell};

use runtime::objects::generic_alias::GenericAlias;
use runtime::prelude::*;
use runtime::protocol::number;

/// The items of the first iterable, then those of the next,
/// and so on till all have ended.
#[class(name = "itertools.chain", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Chain {
    head: Object,
    /// Gives the iterables; null at the end.
    source: Link,
    /// Of the iterable whose turn it is.
    active: Link,
}

impl Chain {
    fn of(class: &Type, source: Ref) -> Ref<Chain> {
        Ref::new_in(class, Chain { head: Object::HEAD, source: Link::new(source), active: Link::null() })
    }
}

#[methods]
impl Chain {
    #[new(signature = "(*iterables)")]
    fn new(class: &Type, iterables: &[&Object]) -> Result<Ref<Self>> {
        let iterables = Tuple::from_vec(iterables.iter().map(|iterable| iterable.to_ref()).collect());
        Ok(Chain::of(class, iterables.iter()?))
    }

    /// Chain the iterables that one iterable gives, asking for each when its turn comes.
    #[classmethod(signature = "($type, iterable, /)")]
    fn from_iterable(class: &Type, iterable: &Object) -> Result<Ref<Self>> {
        Ok(Chain::of(class, iterable.iter()?))
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        while let Some(source) = self.source.get() {
            let active = match self.active.get() {
                Some(active) => active,
                None => match source.iter_next().and_then(|next| next.map(|next| next.iter()).transpose()) {
                    Ok(Some(active)) => {
                        self.active.set(Some(active.clone()));
                        active
                    }
                    ended => {
                        self.source.set(None);
                        return ended;
                    }
                },
            };
            if let Some(item) = active.iter_next()? {
                return Ok(Some(item));
            }
            self.active.set(None);
        }
        Ok(None)
    }
}

/// function(*item) for each item, which is a tuple of arguments.
#[class(name = "itertools.starmap", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Starmap {
    head: Object,
    function: Link,
    iterator: Link,
}

#[methods]
impl Starmap {
    #[new(signature = "(function, iterable, /)")]
    fn new(class: &Type, function: &Object, iterable: &Object) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Starmap {
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
        let Some(arguments) = iterator.iter_next()? else { return Ok(None) };
        let arguments = match arguments.cast_exact::<Tuple>() {
            Ok(tuple) => tuple,
            Err(other) => Tuple::from_vec(other.collect()?),
        };
        match arguments.as_slice() {
            [a] => function.call(&[a]),
            [a, b] => function.call(&[a, b]),
            [a, b, c] => function.call(&[a, b, c]),
            several => function.call(&several.iter().map(|argument| &**argument).collect::<Vec<&Object>>()),
        }
        .map(Some)
    }
}

/// The sums (or what else func makes of two) of the items so far.
#[class(name = "itertools.accumulate", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Accumulate {
    head: Object,
    total: Link,
    iterator: Link,
    /// Null for addition.
    function: Link,
    initial: Link,
}

#[methods]
impl Accumulate {
    #[new(signature = "(iterable, func=None, *, initial=None)")]
    fn new(
        class: &Type,
        iterable: &Object,
        func: OrNone<&Object>,
        initial: OrNone<&Object>,
    ) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Accumulate {
                head: Object::HEAD,
                total: Link::null(),
                iterator: Link::new(iterable.iter()?),
                function: Link::from_option(func.0.map(Object::to_ref)),
                initial: Link::from_option(initial.0.map(Object::to_ref)),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        if let Some(initial) = self.initial.take() {
            self.total.set(Some(initial.clone()));
            return Ok(Some(initial));
        }
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        let Some(item) = iterator.iter_next()? else { return Ok(None) };
        let total = match (self.total.get(), self.function.get()) {
            (None, _) => item,
            (Some(total), None) => number::add(&total, &item)?,
            (Some(total), Some(function)) => function.call(&[&total, &item])?,
        };
        self.total.set(Some(total.clone()));
        Ok(Some(total))
    }
}

/// The pairs of neighbours among the items.
///
///     s -> (s0,s1), (s1,s2), (s2, s3), ...
#[class(name = "itertools.pairwise", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Pairwise {
    head: Object,
    /// Null at the end.
    iterator: Link,
    old: Link,
    last: Link<Tuple>,
}

impl Pairwise {
    /// The iterator's next item; at its end nothing is left.
    fn advance(&self, iterator: &Object) -> Result<Option<Ref>> {
        let item = iterator.iter_next();
        if !matches!(item, Ok(Some(_))) {
            self.iterator.set(None);
            self.old.set(None);
        }
        item
    }
}

#[methods]
impl Pairwise {
    #[new(signature = "(iterable, /)")]
    fn new(class: &Type, iterable: &Object) -> Result<Ref<Self>> {
        let iterator = Link::new(iterable.iter()?);
        Ok(Ref::new_in(
            class,
            Pairwise { head: Object::HEAD, iterator, old: Link::null(), last: Link::null() },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref<Tuple>>> {
        let Some(mut iterator) = self.iterator.get() else { return Ok(None) };
        let old = match self.old.get() {
            Some(old) => old,
            None => {
                let Some(first) = self.advance(&iterator)? else { return Ok(None) };
                self.old.set(Some(first.clone()));
                // The iterator may have come back here and ended.
                let Some(still) = self.iterator.get() else {
                    self.old.set(None);
                    return Ok(None);
                };
                iterator = still;
                first
            }
        };
        let Some(new) = self.advance(&iterator)? else { return Ok(None) };
        self.old.set(Some(new.clone()));
        Ok(Some(Tuple::renewed(&self.last, [old, new].into_iter())))
    }
}

/// The items in tuples of n; the last may be shorter.
///
///     >>> list(batched('ABCDE', 2))
///     [('A', 'B'), ('C', 'D'), ('E',)]
///
/// With strict, a shorter one is a ValueError.
#[class(name = "itertools.batched", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Batched {
    head: Object,
    /// Null at the end.
    iterator: Link,
    #[gc(skip)]
    size: usize,
    #[gc(skip)]
    strict: bool,
}

#[methods]
impl Batched {
    #[new(signature = "(iterable, n, *, strict=False)")]
    fn new(class: &Type, iterable: &Object, n: isize, strict: bool) -> Result<Ref<Self>> {
        if n < 1 {
            return Err(raise!(ValueError, "n must be at least one"));
        }
        let iterator = Link::new(iterable.iter()?);
        Ok(Ref::new_in(class, Batched { head: Object::HEAD, iterator, size: n as usize, strict }))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref<Tuple>>> {
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        let mut items: Vec<Ref> = Vec::new();
        if items.try_reserve_exact(self.size).is_err() {
            return Err(runtime::errors::no_memory());
        }
        while items.len() < self.size {
            match iterator.iter_next() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(raised) => {
                    self.iterator.set(None);
                    return Err(raised);
                }
            }
        }
        if items.is_empty() {
            self.iterator.set(None);
            return Ok(None);
        }
        if items.len() < self.size && self.strict {
            self.iterator.set(None);
            return Err(raise!(ValueError, "batched(): incomplete batch"));
        }
        Ok(Some(Tuple::from_vec(items)))
    }
}

/// Tuples of an item of each iterable, as zip() gives, till the longest ends.
///
/// In place of what the shorter ones lack comes fillvalue.
#[class(
    name = "itertools.zip_longest",
    flags(BASETYPE, GC),
    doc = "zip_longest(*iterables, fillvalue=None)
--

Tuples of an item of each iterable, as zip() gives, till the longest ends.

In place of what the shorter ones lack comes fillvalue."
)]
#[repr(C)]
pub struct ZipLongest {
    head: Object,
    /// `None` in place of those that have ended.
    iterators: RefCell<Vec<Option<Ref>>>,
    #[gc(skip)]
    active: Cell<usize>,
    fill: Link,
    last: Link<Tuple>,
}

#[methods]
impl ZipLongest {
    #[new(signature = "(*iterables, **kwargs)", hidden_signature)]
    fn new(class: &Type, iterables: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let fill = match kwargs.get("fillvalue") {
            Some(fill) if kwargs.len() == 1 => fill.to_ref(),
            _ if kwargs.is_empty() => none(),
            _ => return Err(raise!(TypeError, "zip_longest() got an unexpected keyword argument")),
        };
        let iterators =
            iterables.iter().map(|iterable| iterable.iter().map(Some)).collect::<Result<Vec<_>>>()?;
        Ok(Ref::new_in(
            class,
            ZipLongest {
                head: Object::HEAD,
                active: Cell::new(iterators.len()),
                iterators: RefCell::new(iterators),
                fill: Link::new(fill),
                last: Link::null(),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref<Tuple>>> {
        if self.active.get() == 0 {
            return Ok(None);
        }
        let count = self.iterators.borrow().len();
        let fill = || self.fill.get().unwrap_or_else(none);
        Tuple::try_renewed(&self.last, count, |index| {
            let iterator = self.iterators.borrow().get(index).cloned().flatten();
            let Some(iterator) = iterator else { return Ok(Some(fill())) };
            match iterator.iter_next() {
                Ok(Some(item)) => Ok(Some(item)),
                Ok(None) => {
                    self.active.set(self.active.get().saturating_sub(1));
                    if self.active.get() == 0 {
                        return Ok(None);
                    }
                    let ended = self.iterators.borrow_mut().get_mut(index).and_then(Option::take);
                    drop(ended);
                    Ok(Some(fill()))
                }
                Err(raised) => {
                    self.active.set(0);
                    Err(raised)
                }
            }
        })
    }
}
