//! `deque`: a sequence that grows and shrinks at both ends.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use runtime::errors::no_memory;
use runtime::objects::generic_alias::GenericAlias;
use runtime::objects::tuple::Bound;
use runtime::prelude::*;
use runtime::protocol::repr_guard::guarded;

use super::deque_iterators::{DequeIterator, DequeReverseIterator};

/// CPython keeps items in blocks; `__sizeof__` counts as if.
const BLOCK_ITEMS: usize = 64;
const BLOCK_SIZE: usize = BLOCK_ITEMS * 8 + 16;

/// A list-like sequence optimized for data accesses near its endpoints.
#[class(
    name = "collections.deque",
    flags(BASETYPE, GC, SEQUENCE),
    basicsize = 216,
    doc = "deque([iterable[, maxlen]])\n--\n\nA list-like sequence optimized for data accesses near its endpoints."
)]
#[repr(C)]
pub struct Deque {
    head: Object,
    items: RefCell<VecDeque<Ref>>,
    /// Changes with every addition and removal, for iterators.
    #[gc(skip)]
    state: Cell<usize>,
    /// Negative: unbounded.
    #[gc(skip)]
    maxlen: Cell<isize>,
    #[weaklist]
    weakrefs: WeakList,
}

impl Deque {
    fn with(items: VecDeque<Ref>, maxlen: isize) -> Deque {
        Deque {
            head: Object::HEAD,
            items: RefCell::new(items),
            state: Cell::new(0),
            maxlen: Cell::new(maxlen),
            weakrefs: WeakList::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    pub fn get(&self, index: usize) -> Option<Ref> {
        self.items.borrow().get(index).cloned()
    }

    pub fn state(&self) -> usize {
        self.state.get()
    }

    fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    fn is_over(&self, length: usize) -> bool {
        self.maxlen.get() >= 0 && length as isize > self.maxlen.get()
    }

    fn push_right(&self, item: Ref) {
        let mut items = self.items.borrow_mut();
        items.push_back(item);
        let dropped = if self.is_over(items.len()) { items.pop_front() } else { None };
        drop(items);
        self.changed();
        drop(dropped);
    }

    fn push_left(&self, item: Ref) {
        let mut items = self.items.borrow_mut();
        items.push_front(item);
        let dropped = if self.is_over(items.len()) { items.pop_back() } else { None };
        drop(items);
        self.changed();
        drop(dropped);
    }

    fn to_vec(&self) -> Vec<Ref> {
        self.items.borrow().iter().cloned().collect()
    }

    fn extend_with(&self, iterable: &Object, push: fn(&Deque, Ref)) -> Result<()> {
        if iterable.is_same(self) {
            self.to_vec().into_iter().for_each(|item| push(self, item));
            return Ok(());
        }
        let iterator = iterable.iter()?;
        while let Some(item) = iterator.iter_next()? {
            if self.maxlen.get() != 0 {
                push(self, item);
            }
        }
        Ok(())
    }

    fn take_all(&self) {
        let old = self.items.take();
        self.changed();
        drop(old);
    }

    /// `copy`: of the same class, which a subclass's constructor makes.
    fn copied(&self) -> Result<Ref<Deque>> {
        if self.is::<Deque>() {
            return Ok(Ref::new(Deque::with(self.items.borrow().clone(), self.maxlen.get())));
        }
        let class = self.ty();
        let copy = match self.maxlen.get() {
            ..0 => class.call(&[self])?,
            maxlen => class.call(&[self, &Int::new(maxlen as i64)])?,
        };
        copy.cast::<Deque>().map_err(|other| {
            raise!(TypeError, "{}() must return a deque, not {}", class.full_name(), other.ty().full_name())
        })
    }

    /// The place of the first item equal to `value` among those from `start` to `stop`.
    fn find(&self, value: &Object, start: usize, stop: usize) -> Result<Option<usize>> {
        let state = self.state();
        for index in start..stop {
            let Some(item) = self.get(index) else { break };
            let found = item.rich_compare_bool(value, CompareOp::Eq)?;
            if found {
                return Ok(Some(index));
            }
            if self.state() != state {
                return Err(mutated());
            }
        }
        Ok(None)
    }

    fn repeat_in_place(&self, count: isize) -> Result<()> {
        let (length, maxlen) = (self.len(), self.maxlen.get());
        if length == 0 || count == 1 {
            return Ok(());
        }
        if count <= 0 {
            self.take_all();
            return Ok(());
        }
        let mut count = count as usize;
        if maxlen >= 0 {
            // More would only push each other out.
            count = count.min((maxlen as usize).div_ceil(length).max(1));
        }
        let total = length.checked_mul(count).filter(|&total| total <= isize::MAX as usize / 8);
        let Some(total) = total else { return Err(no_memory()) };
        let mut items = self.items.borrow_mut();
        if items.try_reserve(total - length).is_err() {
            return Err(no_memory());
        }
        let once: Vec<Ref> = items.iter().cloned().collect();
        for _ in 1..count {
            items.extend(once.iter().cloned());
        }
        let surplus = if maxlen >= 0 { items.len().saturating_sub(maxlen as usize) } else { 0 };
        let dropped: Vec<Ref> = items.drain(..surplus).collect();
        drop(items);
        self.changed();
        drop(dropped);
        Ok(())
    }
}

#[cold]
fn mutated() -> Raised {
    raise!(RuntimeError, "deque mutated during iteration")
}

#[methods(parts(sequence))]
impl Deque {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(class, Deque::with(VecDeque::new(), -1)))
    }

    #[init(signature = "(iterable=(), maxlen=None)", hidden_signature)]
    fn init(&self, iterable: Option<&Object>, maxlen: Option<&Object>) -> Result<()> {
        let maxlen = match maxlen.filter(|maxlen| !maxlen.is_none()) {
            None => -1,
            Some(maxlen) => {
                let Some(int) = maxlen.downcast::<Int>() else {
                    return Err(raise!(TypeError, "an integer is required"));
                };
                match int.to_isize() {
                    Some(maxlen @ 0..) => maxlen,
                    Some(_) => return Err(raise!(ValueError, "maxlen must be non-negative")),
                    None => {
                        return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
                    }
                }
            }
        };
        self.maxlen.set(maxlen);
        if self.len() > 0 {
            self.take_all();
        }
        iterable.map_or(Ok(()), |iterable| self.extend_with(iterable, Deque::push_right))
    }

    /// Add an element to the right side of the deque.
    #[method(signature = "($self, item, /)")]
    fn append(&self, item: Ref) {
        self.push_right(item);
    }

    /// Add an element to the left side of the deque.
    #[method(signature = "($self, item, /)")]
    fn appendleft(&self, item: Ref) {
        self.push_left(item);
    }

    /// Remove all elements from the deque.
    #[method(signature = "($self, /)")]
    fn clear(&self) {
        self.take_all();
    }

    /// Return a shallow copy of a deque.
    #[method(name = "__copy__", signature = "($self, /)")]
    fn shallow_copy(&self) -> Result<Ref<Deque>> {
        self.copied()
    }

    /// Return a shallow copy of a deque.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Deque>> {
        self.copied()
    }

    /// Return number of occurrences of value.
    #[method(signature = "($self, value, /)")]
    fn count(&self, value: &Object) -> Result<usize> {
        let (state, mut count, mut index) = (self.state(), 0, 0);
        while let Some(item) = self.get(index) {
            count += usize::from(item.rich_compare_bool(value, CompareOp::Eq)?);
            if self.state() != state {
                return Err(mutated());
            }
            index += 1;
        }
        Ok(count)
    }

    /// Extend the right side of the deque with elements from the iterable.
    #[method(signature = "($self, iterable, /)")]
    fn extend(&self, iterable: &Object) -> Result<()> {
        self.extend_with(iterable, Deque::push_right)
    }

    /// Extend the left side of the deque with elements from the iterable.
    #[method(signature = "($self, iterable, /)")]
    fn extendleft(&self, iterable: &Object) -> Result<()> {
        self.extend_with(iterable, Deque::push_left)
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method(
        signature = "($self, value, start=0, stop=sys.maxsize, /)",
        hidden_signature,
        doc = "index($self, value, [start, [stop]])\n--\n\nReturn first index of value.\n\nRaises ValueError if the value is not present."
    )]
    fn index(&self, value: &Object, start: Option<Bound>, stop: Option<Bound>) -> Result<usize> {
        let length = self.len() as isize;
        let clip = |bound: isize| if bound < 0 { bound.saturating_add(length).max(0) } else { bound };
        let start = start.map_or(0, |bound| clip(bound.0));
        let stop = stop.map_or(length, |bound| clip(bound.0)).min(length);
        match self.find(value, start.min(stop) as usize, stop as usize)? {
            Some(index) => Ok(index),
            None => Err(raise!(ValueError, "deque.index(x): x not in deque")),
        }
    }

    /// Insert value before index.
    #[method(signature = "($self, index, value, /)")]
    fn insert(&self, index: isize, value: Ref) -> Result<()> {
        let length = self.len() as isize;
        if length == self.maxlen.get() {
            return Err(raise!(IndexError, "deque already at its maximum size"));
        }
        let index = if index < 0 { (index + length).max(0) } else { index.min(length) };
        self.items.borrow_mut().insert(index as usize, value);
        self.changed();
        Ok(())
    }

    /// Remove and return the rightmost element.
    #[method(signature = "($self, /)")]
    fn pop(&self) -> Result {
        let item = self.items.borrow_mut().pop_back();
        self.popped(item)
    }

    /// Remove and return the leftmost element.
    #[method(signature = "($self, /)")]
    fn popleft(&self) -> Result {
        let item = self.items.borrow_mut().pop_front();
        self.popped(item)
    }

    /// Remove first occurrence of value.
    #[method(signature = "($self, value, /)")]
    fn remove(&self, value: &Object) -> Result<()> {
        let state = self.state();
        for index in 0..self.len() {
            let Some(item) = self.get(index) else { break };
            let found = item.rich_compare_bool(value, CompareOp::Eq)?;
            if self.state() != state {
                return Err(raise!(IndexError, "deque mutated during iteration"));
            }
            if found {
                let removed = self.items.borrow_mut().remove(index);
                self.changed();
                drop(removed);
                return Ok(());
            }
        }
        Err(raise!(ValueError, "deque.remove(x): x not in deque"))
    }

    /// Reverse *IN PLACE*.
    #[method(signature = "($self, /)")]
    fn reverse(&self) {
        self.items.borrow_mut().make_contiguous().reverse();
    }

    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[method(signature = "($self, n=1, /)")]
    fn rotate(&self, n: isize) {
        let mut items = self.items.borrow_mut();
        if items.len() > 1 {
            let steps = n.rem_euclid(items.len() as isize);
            items.rotate_right(steps as usize);
            self.changed();
        }
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let state = self.call_method(intern!("__getstate__"), &[])?;
        let iterator = self.iter()?;
        let arguments = match self.maxlen.get() {
            ..0 => Tuple::empty(),
            maxlen => Tuple::pack([Tuple::empty().into_object(), Int::new(maxlen as i64).into_object()]),
        };
        Ok(Tuple::pack([self.ty().to_ref(), arguments.into_object(), state, iterator]))
    }

    /// Return a reverse iterator over the deque.
    #[method(name = "__reversed__", signature = "($self, /)")]
    fn reversed(&self) -> Ref<DequeReverseIterator> {
        DequeReverseIterator::over(self)
    }

    /// Return the size of the deque in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        self.ty().raw.tp_basicsize.get() as usize + (self.len() / BLOCK_ITEMS + 1) * BLOCK_SIZE
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }

    /// maximum size of a deque or None if unbounded
    #[getter]
    fn maxlen(&self) -> Option<isize> {
        Some(self.maxlen.get()).filter(|&maxlen| maxlen >= 0)
    }
}

impl Deque {
    fn popped(&self, item: Option<Ref>) -> Result {
        let item = item.ok_or_else(|| raise!(IndexError, "pop from an empty deque"))?;
        self.changed();
        // A deque that was long gives memory back.
        let mut items = self.items.borrow_mut();
        if items.capacity() > 1024 && items.len() < items.capacity() / 8 {
            let keep = items.len() * 2;
            items.shrink_to(keep);
        }
        Ok(item)
    }

    fn checked_index(&self, index: isize) -> Result<usize> {
        let index = usize::try_from(index).ok().filter(|&index| index < self.len());
        index.ok_or_else(|| raise!(IndexError, "deque index out of range"))
    }
}

#[methods(part = sequence)]
impl Deque {
    #[slot]
    fn tp_iter(&self) -> Ref {
        DequeIterator::over(self).into_object()
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        guarded(self, "[...]", || {
            let items = List::from_vec(self.collect()?).repr()?;
            let maxlen = match self.maxlen.get() {
                ..0 => Str::new(")"),
                maxlen => Str::from_string(format!(", maxlen={maxlen})")),
            };
            let name = Str::from_string(format!("{}(", self.ty().name()));
            Str::join_all([&*name, &*items, &*maxlen].into_iter())
        })
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Deque>() else { return Ok(not_implemented()) };
        match op {
            CompareOp::Eq if self.is_same(other) => return Ok(py_true()),
            CompareOp::Ne if self.is_same(other) => return Ok(py_false()),
            CompareOp::Eq if self.len() != other.len() => return Ok(py_false()),
            CompareOp::Ne if self.len() != other.len() => return Ok(py_true()),
            _ => {}
        }
        let (ours, theirs) = (self.iter()?, other.iter()?);
        let ordering = loop {
            match (ours.iter_next()?, theirs.iter_next()?) {
                (Some(left), Some(right)) => {
                    if !left.rich_compare_bool(&right, CompareOp::Eq)? {
                        return left.rich_compare_bool(&right, op).map(py_bool);
                    }
                }
                (left, right) => break left.is_some().cmp(&right.is_some()),
            }
        };
        Ok(py_bool(op.accepts(ordering)))
    }

    #[slot]
    fn sq_length(&self) -> usize {
        self.len()
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result {
        let index = self.checked_index(index)?;
        self.get(index).ok_or_else(|| raise!(IndexError, "deque index out of range"))
    }

    #[slot]
    fn sq_ass_item(&self, index: isize, value: Option<&Object>) -> Result<()> {
        let index = self.checked_index(index)?;
        let mut items = self.items.borrow_mut();
        let old = match value {
            Some(value) => Some(std::mem::replace(&mut items[index], value.to_ref())),
            None => {
                self.changed();
                items.remove(index)
            }
        };
        drop(items);
        drop(old);
        Ok(())
    }

    #[slot]
    fn sq_contains(&self, value: &Object) -> Result<bool> {
        let state = self.state();
        let mut index = 0;
        while let Some(item) = self.get(index) {
            if item.rich_compare_bool(value, CompareOp::Eq)? {
                return Ok(true);
            }
            if self.state() != state {
                return Err(mutated());
            }
            index += 1;
        }
        Ok(false)
    }

    #[slot]
    fn sq_concat(&self, other: &Object) -> Result {
        if other.downcast::<Deque>().is_none() {
            let name = other.ty().full_name();
            return Err(raise!(TypeError, "can only concatenate deque (not \"{name}\") to deque"));
        }
        let copy = self.copied()?;
        copy.extend_with(other, Deque::push_right)?;
        Ok(copy.into_object())
    }

    #[slot]
    fn sq_inplace_concat(&self, other: &Object) -> Result {
        self.extend_with(other, Deque::push_right)?;
        Ok(self.to_ref())
    }

    #[slot]
    fn sq_repeat(&self, count: isize) -> Result {
        let copy = self.copied()?;
        copy.repeat_in_place(count)?;
        Ok(copy.into_object())
    }

    #[slot]
    fn sq_inplace_repeat(&self, count: isize) -> Result {
        self.repeat_in_place(count)?;
        Ok(self.to_ref())
    }
}
