//! Iterators that need not end: `count`, `cycle`, `repeat`.

use std::cell::{Cell, RefCell};

use runtime::objects::complex::Complex;
use runtime::prelude::*;
use runtime::protocol::number;

/// Numbers from start on, each a step above the one before: start, start+step, start+2*step, ...
///
/// Equivalent to:
///     def count(start=0, step=1):
///         number = start
///         while True:
///             yield number
///             number += step
#[class(name = "itertools.count", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Count {
    head: Object,
    /// The next number, while it is a machine word and the step is one.
    #[gc(skip)]
    word: Cell<isize>,
    /// The next number otherwise: where it is null, [`Count::word`] holds.
    number: Link,
    step: Link,
}

fn is_number(object: &Object) -> bool {
    let ty = object.ty();
    ty.nb_index().is_some()
        || ty.nb_int().is_some()
        || ty.nb_float().is_some()
        || object.downcast::<Complex>().is_some()
}

fn is_one(object: &Object) -> bool {
    object.downcast::<Int>().is_some_and(|int| int.to_i64() == Some(1))
}

#[methods]
impl Count {
    #[new(signature = "(start=0, step=1)")]
    fn new(class: &Type, start: Option<&Object>, step: Option<&Object>) -> Result<Ref<Self>> {
        if start.is_some_and(|start| !is_number(start)) || step.is_some_and(|step| !is_number(step)) {
            return Err(raise!(TypeError, "a number is required"));
        }
        let word = match (start, step.is_none_or(is_one)) {
            (None, true) => Some(0),
            (Some(start), true) => start.downcast::<Int>().and_then(Int::to_isize),
            _ => None,
        };
        let number = match (word, start) {
            (Some(_), _) => None,
            (None, Some(start)) => Some(start.to_ref()),
            (None, None) => Some(Int::small(0).into_object()),
        };
        let step = step.map_or_else(|| Int::small(1).into_object(), Object::to_ref);
        Ok(Ref::new_in(
            class,
            Count {
                head: Object::HEAD,
                word: Cell::new(word.unwrap_or(isize::MAX)),
                number: Link::from_option(number),
                step: Link::new(step),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let word = self.word.get();
        if word != isize::MAX {
            self.word.set(word + 1);
            return Ok(Some(Int::new(word as i64).into_object()));
        }
        let number = self.number.get().unwrap_or_else(|| Int::new(isize::MAX as i64).into_object());
        let Some(step) = self.step.get() else { return Ok(None) };
        let next = number::add(&number, &step)?;
        self.number.set(Some(next));
        Ok(Some(number))
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let name = self.ty().name();
        let Some(number) = self.number.get() else { return Ok(format!("{name}({})", self.word.get())) };
        let step = self.step.get().unwrap_or_else(none);
        if is_one(&step) {
            return Ok(format!("{name}({})", number.repr()?));
        }
        Ok(format!("{name}({}, {})", number.repr()?, step.repr()?))
    }
}

/// The items of the iterable until it ends, then the same again, for ever.
#[class(name = "itertools.cycle", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Cycle {
    head: Object,
    /// Null once it has ended.
    iterator: Link,
    saved: RefCell<Vec<Ref>>,
    #[gc(skip)]
    index: Cell<usize>,
}

#[methods]
impl Cycle {
    #[new(signature = "(iterable, /)")]
    fn new(class: &Type, iterable: &Object) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Cycle {
                head: Object::HEAD,
                iterator: Link::new(iterable.iter()?),
                saved: RefCell::default(),
                index: Cell::new(0),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        if let Some(iterator) = self.iterator.get() {
            if let Some(item) = iterator.iter_next()? {
                self.saved.borrow_mut().push(item.clone());
                return Ok(Some(item));
            }
            self.iterator.set(None);
        }
        let saved = self.saved.borrow();
        let index = self.index.get();
        let Some(item) = saved.get(index) else { return Ok(None) };
        self.index.set(if index + 1 >= saved.len() { 0 } else { index + 1 });
        Ok(Some(item.clone()))
    }
}

/// repeat(object [,times]) -> an iterator that gives the object
/// that many times; without times, it never ends.
#[class(name = "itertools.repeat", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Repeat {
    head: Object,
    element: Link,
    /// How often it comes yet; negative: for ever.
    #[gc(skip)]
    left: Cell<isize>,
}

#[methods]
impl Repeat {
    #[new(signature = "(object, times=None)", hidden_signature)]
    fn new(class: &Type, object: &Object, times: Option<isize>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Repeat {
                head: Object::HEAD,
                element: Link::new(object.to_ref()),
                left: Cell::new(times.map_or(-1, |times| times.max(0))),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref> {
        match self.left.get() {
            0 => return None,
            left if left > 0 => self.left.set(left - 1),
            _ => {}
        }
        self.element.get()
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let (name, element) = (self.ty().name(), self.element.get().unwrap_or_else(none));
        match self.left.get() {
            left if left < 0 => Ok(format!("{name}({})", element.repr()?)),
            left => Ok(format!("{name}({}, {left})", element.repr()?)),
        }
    }

    /// How often the object comes yet.
    #[method(name = "__length_hint__", signature = "($self, /)")]
    fn length_hint(&self) -> Result<isize> {
        match self.left.get() {
            left if left < 0 => Err(raise!(TypeError, "len() of unsized object")),
            left => Ok(left),
        }
    }
}
