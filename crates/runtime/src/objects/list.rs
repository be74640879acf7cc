//! `list`: a mutable sequence. Layout: `PyListObject`.

use std::cell::Cell;

use crate::objects::slice::Slice;
use crate::objects::tuple::{Bound, clamp_bounds, compare_items, normalize_index, repeated};
use crate::prelude::*;
use crate::protocol::repr_guard::guarded;

/// A sequence that can be changed.
///
/// list(iterable) holds the items of iterable; list() is empty.
#[class(name = "list", symbol = "PyList_Type", flags(BASETYPE, GC, LIST_SUBCLASS, SEQUENCE, MATCH_SELF))]
#[repr(C)]
pub struct List {
    head: VarObject,
    items: Items,
}

const _: () = assert!(size_of::<List>() == size_of::<abi::PyListObject>());

/// The owned array: `ob_item` and `allocated`. The count is the head's size.
#[repr(C)]
struct Items {
    first: Cell<*mut Ref>,
    allocated: Cell<isize>,
}

impl List {
    /// Gives the array's content back as a vector, leaving the list empty: what is done then to the list doesn't concern it.
    fn take(&self) -> Vec<Ref> {
        let count = self.head.size.replace(0) as usize;
        let first = self.items.first.replace(std::ptr::null_mut());
        self.items.allocated.set(0);
        let mut items = Vec::with_capacity(count);
        if !first.is_null() {
            // SAFETY: the array holds `count` references, which move.
            unsafe {
                std::ptr::copy_nonoverlapping(first, items.as_mut_ptr(), count);
                items.set_len(count);
                crate::memory::free(first.cast());
            }
        }
        items
    }

    /// Puts a vector's content into the list; gives what was there.
    fn put(&self, items: Vec<Ref>) -> Vec<Ref> {
        let old = self.take();
        let count = items.len();
        if count > 0 {
            let block = crate::memory::allocate(count * size_of::<Ref>()).expect("out of memory");
            let first: *mut Ref = block.as_ptr().cast();
            let mut items = items;
            // SAFETY: the block has room for the references, which move.
            unsafe {
                std::ptr::copy_nonoverlapping(items.as_ptr(), first, count);
                items.set_len(0);
            }
            self.items.first.set(first);
            self.items.allocated.set(count as isize);
            self.head.size.set(count as isize);
        }
        old
    }

    /// Room for one more item at least. Grows as CPython does.
    #[cold]
    fn grow(&self, wanted: usize) -> Result<()> {
        let allocated = (wanted + (wanted >> 3) + 6) & !3;
        let size = allocated.checked_mul(size_of::<Ref>()).filter(|&size| size <= isize::MAX as usize);
        // SAFETY: the array is this list's.
        let block =
            size.and_then(|size| unsafe { crate::memory::reallocate(self.items.first.get().cast(), size) });
        let Some(block) = block else { return Err(crate::errors::no_memory()) };
        self.items.first.set(block.as_ptr().cast());
        self.items.allocated.set(allocated as isize);
        Ok(())
    }
}

impl List {
    fn empty() -> List {
        List {
            head: VarObject::HEAD,
            items: Items { first: Cell::new(std::ptr::null_mut()), allocated: Cell::new(0) },
        }
    }

    pub fn new() -> Ref<List> {
        Ref::new(List::empty())
    }

    pub fn from_vec(items: Vec<Ref>) -> Ref<List> {
        let list = List::new();
        list.put(items);
        list
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.head.size.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items, lent.
    ///
    /// # Safety
    /// Nothing may change the list, or run code that could, while the borrow lives.
    #[inline(always)]
    pub unsafe fn as_slice(&self) -> &[Ref] {
        let first = self.items.first.get();
        if first.is_null() {
            return &[];
        }
        // SAFETY: the array holds that many; by contract it stays.
        unsafe { std::slice::from_raw_parts(first, self.len()) }
    }

    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Ref> {
        // SAFETY: cloning runs no code.
        unsafe { self.as_slice() }.get(index).cloned()
    }

    pub fn to_vec(&self) -> Vec<Ref> {
        // SAFETY: cloning runs no code.
        unsafe { self.as_slice() }.to_vec()
    }

    /// `append`.
    #[inline(always)]
    pub fn push(&self, item: Ref) -> Result<()> {
        let count = self.len();
        if count as isize >= self.items.allocated.get() {
            self.grow(count + 1)?;
        }
        // SAFETY: there is room for it.
        unsafe { std::ptr::write(self.items.first.get().add(count), item) };
        self.head.size.set(count as isize + 1);
        Ok(())
    }

    /// Puts a value in place of the one at an index that exists; gives the old one.
    #[inline(always)]
    pub fn replace(&self, index: usize, value: Ref) -> Ref {
        debug_assert!(index < self.len());
        // SAFETY: the index exists.
        unsafe { std::ptr::replace(self.items.first.get().add(index), value) }
    }

    /// Exchanges the items at two indices that exist.
    #[inline(always)]
    pub fn swap(&self, a: usize, b: usize) {
        debug_assert!(a < self.len() && b < self.len());
        let first = self.items.first.get();
        // SAFETY: the indices exist.
        unsafe { std::ptr::swap(first.add(a), first.add(b)) };
    }

    /// `insert`, at an index from 0 to the length.
    pub fn insert_at(&self, index: usize, item: Ref) -> Result<()> {
        let count = self.len();
        if count as isize >= self.items.allocated.get() {
            self.grow(count + 1)?;
        }
        // SAFETY: there is room; the tail moves one up.
        unsafe {
            let place = self.items.first.get().add(index);
            std::ptr::copy(place, place.add(1), count - index);
            std::ptr::write(place, item);
        }
        self.head.size.set(count as isize + 1);
        Ok(())
    }

    /// Takes the item at an index that exists.
    pub fn remove_at(&self, index: usize) -> Ref {
        let count = self.len();
        debug_assert!(index < count);
        // SAFETY: the index exists; the tail moves one down.
        let item = unsafe {
            let place = self.items.first.get().add(index);
            let item = std::ptr::read(place);
            std::ptr::copy(place.add(1), place, count - index - 1);
            item
        };
        self.head.size.set(count as isize - 1);
        item
    }

    /// `extend`.
    pub fn extend_from(&self, iterable: &Object) -> Result<()> {
        if iterable.is::<Tuple>() || iterable.is::<List>() {
            for item in iterable.collect()? {
                self.push(item)?;
            }
            return Ok(());
        }
        let iterator = iterable.iter()?;
        // Wrong hints are errors, as in CPython.
        iterable.length_hint(8)?;
        while let Some(item) = iterator.iter_next()? {
            self.push(item)?;
        }
        Ok(())
    }

    /// Replaces the items from `start` to `stop` by others.
    pub fn splice(&self, start: usize, stop: usize, new: Vec<Ref>) -> Result<()> {
        let count = self.len();
        let start = start.min(count);
        let stop = stop.clamp(start, count);
        let (removed, added) = (stop - start, new.len());
        if added > removed && count - removed + added > self.items.allocated.get() as usize {
            self.grow(count - removed + added)?;
        }
        let mut old: Vec<Ref> = Vec::with_capacity(removed);
        let mut new = new;
        // SAFETY: the old items move out, the tail moves, the new ones move in.
        unsafe {
            let first = self.items.first.get();
            if !first.is_null() {
                std::ptr::copy_nonoverlapping(first.add(start), old.as_mut_ptr(), removed);
                old.set_len(removed);
                std::ptr::copy(first.add(stop), first.add(start + added), count - stop);
                std::ptr::copy_nonoverlapping(new.as_ptr(), first.add(start), added);
                new.set_len(0);
            }
        }
        self.head.size.set((count - removed + added) as isize);
        drop(old);
        Ok(())
    }

    pub fn clear_items(&self) {
        drop(self.take());
    }

    fn assign_slice(&self, slice: &Slice, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else { return self.delete_slice(slice) };
        let (start, stop, step) = slice.unpack()?;
        if step == 1 {
            let items = value.collect_or("can only assign an iterable")?;
            let range = crate::objects::slice::adjust(start, stop, step, self.len());
            let stop = range.stop.max(range.start);
            return self.splice(range.start as usize, stop as usize, items);
        }
        let items = value.collect_or("must assign iterable to extended slice")?;
        let range = crate::objects::slice::adjust(start, stop, step, self.len());
        if items.len() != range.length {
            return Err(raise!(
                ValueError,
                "attempt to assign sequence of size {} to extended slice of size {}",
                items.len(),
                range.length
            ));
        }
        let old: Vec<Ref> =
            range.indices().zip(items).map(|(index, item)| self.replace(index, item)).collect();
        drop(old);
        Ok(())
    }

    fn delete_slice(&self, slice: &Slice) -> Result<()> {
        let range = slice.resolve(self.len())?;
        if range.step == 1 {
            let stop = range.stop.max(range.start);
            return self.splice(range.start as usize, stop as usize, Vec::new());
        }
        let mut indices: Vec<usize> = range.indices().collect();
        indices.sort_unstable();
        let mut next = indices.into_iter().peekable();
        let (mut kept, mut removed) = (Vec::new(), Vec::new());
        for (index, item) in self.take().into_iter().enumerate() {
            if next.peek() == Some(&index) {
                next.next();
                removed.push(item);
            } else {
                kept.push(item);
            }
        }
        self.put(kept);
        drop(removed);
        Ok(())
    }

    /// Sorts in place; the list is empty for whoever looks while keys are computed or compared.
    pub fn sort_by(&self, key: Option<&Object>, reverse: bool) -> Result<()> {
        let items = self.take();
        let result = crate::objects::sort::sort(items, key, reverse);
        let (items, outcome) = match result {
            Ok(items) => (items, Ok(())),
            Err((items, raised)) => (items, Err(raised)),
        };
        let changed = self.items.allocated.get() != 0 || !self.is_empty();
        let meanwhile = self.put(items);
        drop(meanwhile);
        if changed && outcome.is_ok() {
            return Err(raise!(ValueError, "list modified during sort"));
        }
        outcome
    }
}

impl Traverse for Items {
    fn traverse(&self, _visitor: &Visitor) -> i32 {
        0
    }
}

#[methods]
impl List {
    #[new(hidden_signature, signature = "(*args, **kwargs)")]
    fn tp_new(
        class: &Type,
        _args: &[&Object],
        _kwargs: crate::native::args::KwArgs<'_>,
    ) -> Result<Ref<Self>> {
        Ok(Ref::new_in(class, List::empty()))
    }

    #[init(signature = "(iterable=(), /)")]
    fn init(&self, iterable: Option<&Object>) -> Result<()> {
        self.clear_items();
        match iterable {
            Some(iterable) => self.extend_from(iterable),
            None => Ok(()),
        }
    }

    #[slot]
    unsafe fn tp_dealloc(object: *mut Object) {
        // SAFETY: the collector forgets it first; then the items die, the memory last.
        unsafe {
            crate::gc::untrack(std::ptr::NonNull::new_unchecked(object));
            (*(object as *const List)).clear_items();
            crate::native::class::free(object.cast());
        }
    }

    #[slot]
    fn tp_traverse(&self, visitor: &Visitor) -> i32 {
        // SAFETY: visiting changes nothing.
        unsafe { self.as_slice() }.iter().map(|item| visitor.visit(item)).find(|&stop| stop != 0).unwrap_or(0)
    }

    #[slot]
    fn tp_clear(&self) {
        self.clear_items();
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        if self.is_empty() {
            return Ok(Str::new("[]"));
        }
        guarded(self, "[...]", || {
            let mut pieces = vec![Str::new("[")];
            let mut index = 0;
            while let Some(item) = self.get(index) {
                if index > 0 {
                    pieces.push(Str::new(", "));
                }
                pieces.push(item.repr()?);
                index += 1;
            }
            pieces.push(Str::new("]"));
            Str::join_all(pieces.iter().map(|piece| &**piece))
        })
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<List>() else { return Ok(not_implemented()) };
        if self.len() != other.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(py_bool(op == CompareOp::Ne));
        }
        compare_items(&|i| self.get(i), &|i| other.get(i), || (self.len(), other.len()), op)
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        ListIterator::new(self).into_object()
    }

    #[slot]
    fn sq_length(&self) -> usize {
        self.len()
    }

    #[slot]
    fn mp_length(&self) -> usize {
        self.len()
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result {
        let item = usize::try_from(index).ok().and_then(|index| self.get(index));
        item.ok_or_else(|| raise!(IndexError, "list index out of range"))
    }

    #[slot]
    fn sq_ass_item(&self, index: isize, value: Option<&Object>) -> Result<()> {
        let Some(index) = usize::try_from(index).ok().filter(|&index| index < self.len()) else {
            return Err(raise!(IndexError, "list assignment index out of range"));
        };
        match value {
            Some(value) => drop(self.replace(index, value.to_ref())),
            None => drop(self.remove_at(index)),
        }
        Ok(())
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        if let Some(slice) = key.downcast::<Slice>() {
            let (start, stop, step) = slice.unpack()?;
            let range = crate::objects::slice::adjust(start, stop, step, self.len());
            // SAFETY: cloning runs no code.
            let items = range.indices().map(|i| unsafe { self.as_slice() }[i].clone()).collect();
            return Ok(List::from_vec(items).into_object());
        }
        let index = list_index(key)?;
        let item = normalize_index(index, self.len()).and_then(|index| self.get(index));
        item.ok_or_else(|| raise!(IndexError, "list index out of range"))
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        if let Some(slice) = key.downcast::<Slice>() {
            return self.assign_slice(slice, value);
        }
        let index = list_index(key)?;
        let index = normalize_index(index, self.len()).map_or(-1, |index| index as isize);
        self.sq_ass_item(index, value)
    }

    #[slot]
    fn sq_contains(&self, value: &Object) -> Result<bool> {
        let mut index = 0;
        while let Some(item) = self.get(index) {
            if item.rich_compare_bool(value, CompareOp::Eq)? {
                return Ok(true);
            }
            index += 1;
        }
        Ok(false)
    }

    #[slot]
    fn sq_concat(&self, other: &Object) -> Result {
        let Some(other) = other.downcast::<List>() else {
            let name = other.ty().full_name();
            return Err(raise!(TypeError, "can only concatenate list (not \"{name}\") to list"));
        };
        let mut items = self.to_vec();
        items.extend(other.to_vec());
        Ok(List::from_vec(items).into_object())
    }

    #[slot]
    fn sq_inplace_concat(&self, other: &Object) -> Result {
        self.extend_from(other)?;
        Ok(self.to_ref())
    }

    #[slot]
    fn sq_repeat(&self, count: isize) -> Result {
        Ok(List::from_vec(repeated(&self.to_vec(), count)?).into_object())
    }

    #[slot]
    fn sq_inplace_repeat(&self, count: isize) -> Result {
        let items = repeated(&self.to_vec(), count)?;
        drop(self.put(items));
        Ok(self.to_ref())
    }

    /// Append object to the end of the list.
    #[method(signature = "($self, object, /)")]
    fn append(&self, object: Ref) -> Result<()> {
        self.push(object)
    }

    /// Insert object before index.
    #[method(signature = "($self, index, object, /)")]
    fn insert(&self, index: isize, object: Ref) -> Result<()> {
        let count = self.len() as isize;
        let index = if index < 0 { (index + count).max(0) } else { index.min(count) };
        self.insert_at(index as usize, object)
    }

    /// Extend list by appending elements from the iterable.
    #[method(signature = "($self, iterable, /)")]
    fn extend(&self, iterable: &Object) -> Result<()> {
        self.extend_from(iterable)
    }

    /// Take the item at index out (by default the last one) and return it.
    ///
    /// IndexError if there is none.
    #[method(signature = "($self, index=-1, /)")]
    fn pop(&self, index: isize) -> Result {
        if self.is_empty() {
            return Err(raise!(IndexError, "pop from empty list"));
        }
        match normalize_index(index, self.len()) {
            Some(index) => Ok(self.remove_at(index)),
            None => Err(raise!(IndexError, "pop index out of range")),
        }
    }

    /// Remove all items from list.
    #[method(signature = "($self, /)")]
    fn clear(&self) {
        self.clear_items();
    }

    /// Return a shallow copy of the list.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Ref<List> {
        List::from_vec(self.to_vec())
    }

    /// Take the first item equal to value out; ValueError if there is none.
    #[method(signature = "($self, value, /)")]
    fn remove(&self, value: &Object) -> Result<()> {
        let mut index = 0;
        while let Some(item) = self.get(index) {
            if item.rich_compare_bool(value, CompareOp::Eq)? {
                if index < self.len() {
                    drop(self.remove_at(index));
                }
                return Ok(());
            }
            index += 1;
        }
        Err(raise!(ValueError, "list.remove(x): x not in list"))
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method(signature = "($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &Object, start: Option<Bound>, stop: Option<Bound>) -> Result<usize> {
        let (start, stop) = clamp_bounds(start.map(|bound| bound.0), stop.map(|bound| bound.0), self.len());
        let mut index = start;
        while index < stop
            && let Some(item) = self.get(index)
        {
            if item.rich_compare_bool(value, CompareOp::Eq)? {
                return Ok(index);
            }
            index += 1;
        }
        Err(raise!(ValueError, "list.index(x): x not in list"))
    }

    /// Return number of occurrences of value.
    #[method(signature = "($self, value, /)")]
    fn count(&self, value: &Object) -> Result<usize> {
        let (mut index, mut count) = (0, 0);
        while let Some(item) = self.get(index) {
            count += usize::from(item.rich_compare_bool(value, CompareOp::Eq)?);
            index += 1;
        }
        Ok(count)
    }

    /// Reverse *IN PLACE*.
    #[method(signature = "($self, /)")]
    fn reverse(&self) {
        let mut items = self.take();
        items.reverse();
        self.put(items);
    }

    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable (i.e. the
    /// order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort them,
    /// ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[method(signature = "($self, /, *, key=None, reverse=False)")]
    fn sort(&self, key: Option<&Object>, reverse: bool) -> Result<()> {
        self.sort_by(key.filter(|key| !key.is_none()), reverse)
    }

    /// Return a reverse iterator over the list.
    #[method(name = "__reversed__", signature = "($self, /)")]
    fn reversed(&self) -> Ref<ListReverseIterator> {
        Ref::new(ListReverseIterator {
            head: Object::HEAD,
            index: Cell::new(self.len() as isize - 1),
            list: Link::new(Ref::from_borrowed(self)),
        })
    }

    /// Return self[index].
    #[method(name = "__getitem__", signature = "($self, index, /)", coexist)]
    fn getitem(&self, index: &Object) -> Result {
        self.mp_subscript(index)
    }

    /// Return the size of the list in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn size_of(&self) -> usize {
        size_of::<List>() + self.items.allocated.get() as usize * size_of::<Ref>()
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, item: &Object) -> Result {
        Ok(crate::objects::generic_alias::GenericAlias::new(class, item)?.into_object())
    }
}

fn list_index(key: &Object) -> Result<isize> {
    if key.ty().nb_index().is_none() {
        let name = key.ty().full_name();
        return Err(raise!(TypeError, "list indices must be integers or slices, not {name}"));
    }
    key.to_isize_index(&crate::objects::exceptions::IndexError)
}

/// An iterator over a list.
#[class(name = "list_iterator", symbol = "PyListIter_Type", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct ListIterator {
    head: Object,
    #[gc(skip)]
    index: Cell<usize>,
    list: Link<List>,
}

impl ListIterator {
    pub fn new(list: &List) -> Ref<ListIterator> {
        Ref::new(ListIterator {
            head: Object::HEAD,
            index: Cell::new(0),
            list: Link::new(Ref::from_borrowed(list)),
        })
    }

    /// The next item, if there is one.
    #[inline(always)]
    pub fn next_item(&self) -> Option<Ref> {
        // SAFETY: nothing sets the field while the list is read.
        let list = unsafe { self.list.borrow() }?;
        match list.get(self.index.get()) {
            Some(item) => {
                self.index.set(self.index.get() + 1);
                Some(item)
            }
            None => {
                self.list.set(None);
                None
            }
        }
    }
}

/// `(function, (list,), index)` or `(function, ([],))`: how list iterators are pickled.
fn reduce_iterator(list: &Link<List>, index: impl FnOnce() -> isize, function: &Str) -> Result<Ref<Tuple>> {
    // Looking it up may run code that exhausts the iterator.
    let function = crate::eval::names::builtin(Interpreter::current(), function)?;
    Ok(match list.get() {
        Some(list) => {
            let index = Int::new(index() as i64).into_object();
            Tuple::pack([function, Tuple::pack([list.into_object()]).into_object(), index])
        }
        None => Tuple::pack([function, Tuple::pack([List::new().into_object()]).into_object()]),
    })
}

#[methods]
impl ListIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref> {
        self.next_item()
    }

    #[method(name = "__length_hint__", signature = "($self, /)")]
    fn length_hint(&self) -> usize {
        self.list.get().map_or(0, |list| list.len().saturating_sub(self.index.get()))
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        reduce_iterator(&self.list, || self.index.get() as isize, intern!("iter"))
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: isize) {
        if let Some(list) = self.list.get() {
            self.index.set((state.max(0) as usize).min(list.len()));
        }
    }
}

/// An iterator over a list, from its end.
#[class(
    name = "list_reverseiterator",
    symbol = "PyListRevIter_Type",
    flags(GC, DISALLOW_INSTANTIATION),
    doc = ""
)]
#[repr(C)]
pub struct ListReverseIterator {
    head: Object,
    #[gc(skip)]
    index: Cell<isize>,
    list: Link<List>,
}

#[methods]
impl ListReverseIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref> {
        let list = self.list.get()?;
        let index = self.index.get();
        match usize::try_from(index).ok().and_then(|index| list.get(index)) {
            Some(item) => {
                self.index.set(index - 1);
                Some(item)
            }
            None => {
                self.index.set(-1);
                self.list.set(None);
                None
            }
        }
    }

    #[method(name = "__length_hint__", signature = "($self, /)")]
    fn length_hint(&self) -> usize {
        let left = (self.index.get() + 1).max(0) as usize;
        self.list.get().map_or(0, |list| if list.len() < left { 0 } else { left })
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        reduce_iterator(&self.list, || self.index.get(), intern!("reversed"))
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: isize) {
        if let Some(list) = self.list.get() {
            self.index.set(state.clamp(-1, list.len() as isize - 1));
        }
    }
}
