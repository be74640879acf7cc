//! `tee`: several iterators over one. They share a list of blocks of the items that some of them have yet to give.

use std::cell::{Cell, RefCell};

use runtime::prelude::*;

/// How many items a block holds.
const BLOCK: usize = 57;

/// A block of items that tee iterators share.
#[class(name = "itertools._tee_dataobject", flags(GC))]
#[repr(C)]
pub struct TeeData {
    head: Object,
    iterator: Link,
    values: RefCell<Vec<Ref>>,
    next: Link<TeeData>,
    /// Is the iterator being asked right now?
    #[gc(skip)]
    running: Cell<bool>,
}

impl TeeData {
    fn of(iterator: Option<Ref>, values: Vec<Ref>, next: Option<Ref<TeeData>>) -> Ref<TeeData> {
        Ref::new(TeeData {
            head: Object::HEAD,
            iterator: Link::from_option(iterator),
            values: RefCell::new(values),
            next: Link::from_option(next),
            running: Cell::new(false),
        })
    }

    fn next_block(&self) -> Ref<TeeData> {
        if let Some(next) = self.next.get() {
            return next;
        }
        let next = TeeData::of(self.iterator.get(), Vec::new(), None);
        self.next.set(Some(next.clone()));
        next
    }

    /// The item at that place: from memory, or for the first who comes, from the iterator.
    fn item(&self, index: usize) -> Result<Option<Ref>> {
        if let Some(value) = self.values.borrow().get(index) {
            return Ok(Some(value.clone()));
        }
        if self.running.get() {
            return Err(raise!(RuntimeError, "cannot re-enter the tee iterator"));
        }
        let Some(iterator) = self.iterator.get() else { return Ok(None) };
        self.running.set(true);
        let item = iterator.iter_next();
        self.running.set(false);
        let item = item?;
        self.values.borrow_mut().extend(item.clone());
        Ok(item)
    }
}

/// Long chains of blocks die one after the other, not each within the one before.
impl Drop for TeeData {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(block) = next {
            next = if block.reference_count() == 1 { block.next.take() } else { None };
        }
    }
}

#[methods]
impl TeeData {
    #[new(signature = "(*args)", hidden_signature)]
    fn new(class: &Type, args: &[&Object]) -> Result<Ref<Self>> {
        let _ = class;
        let [iterable, values, next] = args else {
            return Err(raise!(TypeError, "teedataobject expected 3 arguments, got {}", args.len()));
        };
        let Some(values) = values.downcast::<List>() else {
            let given = values.ty().full_name();
            return Err(raise!(TypeError, "teedataobject() argument 2 must be list, not {given}"));
        };
        let values = values.to_vec();
        let next = if next.is_none() { None } else { Some(next.to_ref().cast_exact::<TeeData>()) };
        let next = match (values.len().cmp(&BLOCK), next) {
            (std::cmp::Ordering::Less, None) => None,
            (std::cmp::Ordering::Equal, None) => None,
            (std::cmp::Ordering::Equal, Some(Ok(next))) => Some(next),
            _ => return Err(raise!(ValueError, "Invalid arguments")),
        };
        Ok(TeeData::of(Some(iterable.to_ref()), values, next))
    }
}

/// An iterator that reads what others of its kind read, too.
#[class(name = "itertools._tee", flags(GC))]
#[repr(C)]
pub struct Tee {
    head: Object,
    data: Link<TeeData>,
    #[gc(skip)]
    index: Cell<usize>,
    #[weaklist]
    weakrefs: WeakList,
}

impl Tee {
    fn at(data: Option<Ref<TeeData>>, index: usize) -> Ref<Tee> {
        Ref::new(Tee {
            head: Object::HEAD,
            data: Link::from_option(data),
            index: Cell::new(index),
            weakrefs: WeakList::new(),
        })
    }

    /// Over any iterable; over one of this kind, it is a copy.
    fn over(iterable: &Object) -> Result<Ref<Tee>> {
        let iterator = iterable.iter()?;
        match iterator.cast::<Tee>() {
            Ok(tee) => Ok(tee.copy()),
            Err(iterator) => Ok(Tee::at(Some(TeeData::of(Some(iterator), Vec::new(), None)), 0)),
        }
    }
}

#[methods]
impl Tee {
    #[new(signature = "(iterable, /)")]
    fn new(class: &Type, iterable: &Object) -> Result<Ref<Self>> {
        let _ = class;
        Tee::over(iterable)
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(mut data) = self.data.get() else { return Ok(None) };
        if self.index.get() >= BLOCK {
            data = data.next_block();
            self.index.set(0);
            self.data.set(Some(data.clone()));
        }
        let index = self.index.get();
        let item = data.item(index)?;
        if item.is_some() {
            self.index.set(index + 1);
        }
        Ok(item)
    }

    /// An independent iterator that stands at the same item.
    #[method(name = "__copy__", signature = "($self, /)")]
    fn copy(&self) -> Ref<Tee> {
        Tee::at(self.data.get(), self.index.get())
    }
}

/// A tuple of n independent iterators over the iterable.
#[function(signature = "(iterable, n=2, /)")]
pub fn tee(iterable: &Object, n: isize) -> Result<Ref<Tuple>> {
    let Ok(n) = usize::try_from(n) else { return Err(raise!(ValueError, "n must be >= 0")) };
    if n == 0 {
        return Ok(Tuple::empty());
    }
    let mut tees: Vec<Ref> = Vec::new();
    if tees.try_reserve_exact(n).is_err() {
        return Err(runtime::errors::no_memory());
    }
    let first = Tee::over(iterable)?;
    for _ in 1..n {
        tees.push(first.copy().into_object());
    }
    tees.insert(0, first.into_object());
    Ok(Tuple::from_vec(tees))
}
