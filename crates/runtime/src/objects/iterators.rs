//! The iterators that are built-in types: `enumerate`, `reversed`, `zip`, `map`, `filter`.

use std::cell::Cell;

use num_bigint::BigInt;

use crate::native::args::KwArgs;
use crate::prelude::*;

/// An iterator over pairs of a number and an item of iterable.
///
/// The numbers begin with start:
///     (0, a), (1, b), (2, c)
#[class(name = "enumerate", symbol = "PyEnum_Type", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Enumerate {
    head: Object,
    #[gc(skip)]
    index: Cell<i64>,
    iterator: Link,
    /// Where counting began or went beyond a word: the next number.
    large: Link<Int>,
    last: Link<Tuple>,
}

#[methods]
impl Enumerate {
    #[new(signature = "(iterable, start=0)")]
    fn tp_new(class: &Type, iterable: &Object, start: Option<&Object>) -> Result<Ref<Self>> {
        let start = start.map(Object::index).transpose()?;
        let index = match &start {
            None => Some(0),
            Some(start) => start.to_i64(),
        };
        let large = if index.is_none() { start } else { None };
        Ok(Ref::new_in(
            class,
            Enumerate {
                head: Object::HEAD,
                index: Cell::new(index.unwrap_or(0)),
                iterator: Link::new(iterable.iter()?),
                large: Link::from_option(large),
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
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        let Some(item) = iterator.iter_next()? else { return Ok(None) };
        let number = match self.large.get() {
            Some(number) => {
                self.large.set(Some(Int::from_bigint(&(number.to_bigint() + 1))));
                number
            }
            None => {
                let index = self.index.get();
                match index.checked_add(1) {
                    Some(next) => self.index.set(next),
                    None => self.large.set(Some(Int::from_bigint(&(BigInt::from(index) + 1)))),
                }
                Int::new(index)
            }
        };
        Ok(Some(Tuple::renewed(&self.last, [number.into_object(), item].into_iter())))
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Tuple> {
        let number = self.large.get().unwrap_or_else(|| Int::new(self.index.get()));
        let iterator = self.iterator.get().unwrap_or_else(none);
        Tuple::pack([self.ty().to_ref(), Tuple::pack([iterator, number.into_object()]).into_object()])
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, item: &Object) -> Result {
        Ok(crate::objects::generic_alias::GenericAlias::new(class, item)?.into_object())
    }
}

/// Return a reverse iterator over the values of the given sequence.
#[class(name = "reversed", symbol = "PyReversed_Type", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Reversed {
    head: Object,
    #[gc(skip)]
    index: Cell<isize>,
    sequence: Link,
}

#[methods]
impl Reversed {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(sequence) = self.sequence.get() else { return Ok(None) };
        let index = self.index.get();
        if index >= 0 {
            match sequence.get_index(index) {
                Ok(item) => {
                    self.index.set(index - 1);
                    return Ok(Some(item));
                }
                Err(raised)
                    if raised.matches(&crate::objects::exceptions::IndexError)
                        || raised.matches(&crate::objects::exceptions::StopIteration) =>
                {
                    raised.clear();
                }
                Err(raised) => return Err(raised),
            }
        }
        self.index.set(-1);
        self.sequence.set(None);
        Ok(None)
    }

    #[method(name = "__length_hint__", signature = "($self, /)")]
    fn length_hint(&self) -> Result<isize> {
        let Some(sequence) = self.sequence.get() else { return Ok(0) };
        let length = sequence.length()? as isize;
        Ok(if length < self.index.get() + 1 { 0 } else { self.index.get() + 1 })
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Tuple> {
        match self.sequence.get() {
            Some(sequence) => Tuple::pack([
                self.ty().to_ref(),
                Tuple::pack([sequence]).into_object(),
                Int::new(self.index.get() as i64).into_object(),
            ]),
            None => {
                let empty = Tuple::pack([Tuple::empty().into_object()]);
                Tuple::pack([self.ty().to_ref(), empty.into_object()])
            }
        }
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: isize) -> Result<()> {
        if let Some(sequence) = self.sequence.get() {
            let length = sequence.length()? as isize;
            self.index.set(state.clamp(-1, length - 1));
        }
        Ok(())
    }

    /// An object's own `__reversed__` may give anything.
    #[slot]
    fn tp_new(class: &Type, args: &Tuple, kwargs: Option<&Dict>) -> Result {
        new_reversed(class, args, kwargs)
    }
}

fn new_reversed(class: &Type, args: &Tuple, kwargs: Option<&Dict>) -> Result {
    if kwargs.is_some_and(|kwargs| !kwargs.is_empty()) && std::ptr::eq(class, Reversed::type_object()) {
        return Err(raise!(TypeError, "reversed() takes no keyword arguments"));
    }
    let [sequence] = args.as_slice() else {
        return Err(raise!(TypeError, "reversed expected 1 argument, got {}", args.len()));
    };
    if let Some(found) = sequence.ty().lookup(intern!("__reversed__")) {
        if !found.is_none()
            && let Some(result) = sequence.call_special(intern!("__reversed__"), &[])?
        {
            return Ok(result);
        }
        return Err(raise!(TypeError, "'{}' object is not reversible", sequence.ty().full_name()));
    }
    if !sequence.is_sequence() {
        return Err(raise!(TypeError, "'{}' object is not reversible", sequence.ty().full_name()));
    }
    let length = sequence.length()? as isize;
    let reversed =
        Reversed { head: Object::HEAD, index: Cell::new(length - 1), sequence: Link::new(sequence.clone()) };
    Ok(Ref::new_in(class, reversed).into_object())
}

/// The zip object yields n-length tuples, where n is the number of iterables
/// passed as positional arguments to zip().  The i-th element in every tuple
/// comes from the i-th iterable argument to zip().  This continues until the
/// shortest argument is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the others,
/// raise a ValueError.
///
///    >>> list(zip('abcdefg', range(3), range(4)))
///    [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]
#[class(name = "zip", symbol = "PyZip_Type", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Zip {
    head: Object,
    iterators: Link<Tuple>,
    last: Link<Tuple>,
    #[gc(skip)]
    strict: Cell<bool>,
}

/// The one keyword that `zip` and `map` take.
fn strict_keyword(kwargs: &KwArgs<'_>, name: &str) -> Result<bool> {
    let mut strict = false;
    for (keyword, value) in kwargs.iter() {
        if !keyword.eq_str("strict") {
            return Err(raise!(TypeError, "{name}() got an unexpected keyword argument '{keyword}'"));
        }
        strict = value.is_true()?;
    }
    Ok(strict)
}

/// "argument 2 is shorter than argument 1": after the iterator at `index` ended first, or longer than the others.
fn uneven(function: &str, index: usize, shorter: bool, offset: usize) -> Raised {
    let than = if index == 1 { format!("{}", offset) } else { format!("s {offset}-{}", index - 1 + offset) };
    let space = if index == 1 { " " } else { "" };
    let relation = if shorter { "shorter" } else { "longer" };
    raise!(ValueError, "{function}() argument {} is {relation} than argument{space}{than}", index + offset)
}

/// The next item of one of the iterators; `None` when the shortest ends.
fn next_of(iterators: &[Ref], index: usize, strict: bool, function: &str) -> Result<Option<Ref>> {
    let item = iterators[index].iter_next()?;
    if item.is_some() || !strict {
        return Ok(item);
    }
    if index > 0 {
        return Err(uneven(function, index, true, 1));
    }
    for (index, iterator) in iterators.iter().enumerate().skip(1) {
        if iterator.iter_next()?.is_some() {
            return Err(uneven(function, index, false, 1));
        }
    }
    Ok(None)
}

#[methods]
impl Zip {
    #[new(hidden_signature, signature = "(*iterables, **kwargs)")]
    fn tp_new(class: &Type, iterables: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let strict = if std::ptr::eq(class, Zip::type_object()) || !kwargs.is_empty() {
            strict_keyword(&kwargs, "zip")?
        } else {
            false
        };
        let mut iterators = Vec::with_capacity(iterables.len());
        for iterable in iterables {
            iterators.push(iterable.iter()?);
        }
        Ok(Ref::new_in(
            class,
            Zip {
                head: Object::HEAD,
                iterators: Link::new(Tuple::from_vec(iterators)),
                last: Link::null(),
                strict: Cell::new(strict),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref<Tuple>>> {
        let Some(iterators) = self.iterators.get() else { return Ok(None) };
        if iterators.is_empty() {
            return Ok(None);
        }
        let (iterators, strict) = (iterators.as_slice(), self.strict.get());
        Tuple::try_renewed(&self.last, iterators.len(), |index| next_of(iterators, index, strict, "zip"))
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Tuple> {
        let iterators = self.iterators.get().unwrap_or_else(Tuple::empty).into_object();
        if self.strict.get() {
            return Tuple::pack([self.ty().to_ref(), iterators, py_true()]);
        }
        Tuple::pack([self.ty().to_ref(), iterators])
    }

    /// Set state information for unpickling.
    #[method(name = "__setstate__", signature = "($self, object, /)")]
    fn setstate(&self, state: &Object) -> Result<()> {
        self.strict.set(state.is_true()?);
        Ok(())
    }
}

/// Make an iterator that computes the function using arguments from
/// each of the iterables.  Stops when the shortest iterable is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the others,
/// raise a ValueError.
#[class(name = "map", symbol = "PyMap_Type", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Map {
    head: Object,
    iterators: Link<Tuple>,
    function: Link,
    #[gc(skip)]
    strict: Cell<bool>,
}

#[methods]
impl Map {
    #[new(hidden_signature, signature = "(*args, **kwargs)")]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let strict = strict_keyword(&kwargs, "map")?;
        let [function, iterables @ ..] = args else {
            return Err(raise!(TypeError, "map() must have at least two arguments."));
        };
        if iterables.is_empty() {
            return Err(raise!(TypeError, "map() must have at least two arguments."));
        }
        let iterators = iterables.iter().map(|iterable| iterable.iter()).collect::<Result<Vec<Ref>>>()?;
        Ok(Ref::new_in(
            class,
            Map {
                head: Object::HEAD,
                iterators: Link::new(Tuple::from_vec(iterators)),
                function: Link::new(function.to_ref()),
                strict: Cell::new(strict),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(function) = self.function.get() else { return Ok(None) };
        let Some(iterators) = self.iterators.get() else { return Ok(None) };
        let iterators = iterators.as_slice();
        match iterators {
            [only] => return only.iter_next()?.map(|item| function.call(&[&item])).transpose(),
            [first, second] if !self.strict.get() => {
                let Some(first) = first.iter_next()? else { return Ok(None) };
                let Some(second) = second.iter_next()? else { return Ok(None) };
                return function.call(&[&first, &second]).map(Some);
            }
            _ => {}
        }
        let mut items = Vec::with_capacity(iterators.len());
        for index in 0..iterators.len() {
            match next_of(iterators, index, self.strict.get(), "map")? {
                Some(item) => items.push(item),
                None => return Ok(None),
            }
        }
        let borrowed: Vec<&Object> = items.iter().map(|item| &**item).collect();
        function.call(&borrowed).map(Some)
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Tuple> {
        let mut parts = vec![self.function.get().unwrap_or_else(none)];
        parts.extend(self.iterators.get().iter().flat_map(|iterators| iterators.as_slice()).cloned());
        let parts = Tuple::from_vec(parts).into_object();
        if self.strict.get() {
            return Tuple::pack([self.ty().to_ref(), parts, py_true()]);
        }
        Tuple::pack([self.ty().to_ref(), parts])
    }

    /// Set state information for unpickling.
    #[method(name = "__setstate__", signature = "($self, object, /)")]
    fn setstate(&self, state: &Object) -> Result<()> {
        self.strict.set(state.is_true()?);
        Ok(())
    }
}

/// Return an iterator yielding those items of iterable for which function(item)
/// is true. If function is None, return the items that are true.
#[class(name = "filter", symbol = "PyFilter_Type", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Filter {
    head: Object,
    function: Link,
    iterator: Link,
}

#[methods]
impl Filter {
    #[new(signature = "(function, iterable, /)")]
    fn tp_new(class: &Type, function: &Object, iterable: &Object) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Filter {
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
        let plain = function.is_none() || function.is_same(crate::objects::bool_::Bool::type_object());
        while let Some(item) = iterator.iter_next()? {
            let good = if plain { item.is_true()? } else { function.call(&[&item])?.is_true()? };
            if good {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Tuple> {
        let parts = [self.function.get().unwrap_or_else(none), self.iterator.get().unwrap_or_else(none)];
        Tuple::pack([self.ty().to_ref(), Tuple::pack(parts).into_object()])
    }
}
