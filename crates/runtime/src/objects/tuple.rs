//! `tuple`: an immutable sequence. Layout: `PyTupleObject`, the items behind it.

use std::cell::Cell;
use std::ptr::NonNull;

use crate::objects::slice::Slice;
use crate::prelude::*;
use crate::protocol::repr_guard::guarded;

/// A sequence that never changes.
///
/// tuple(iterable) holds the items of iterable; tuple() is empty.
/// A tuple is handed back as it is.
#[class(
    name = "tuple",
    symbol = "PyTuple_Type",
    itemsize = 8,
    flags(BASETYPE, GC, TUPLE_SUBCLASS, SEQUENCE, MATCH_SELF)
)]
#[repr(C)]
pub struct Tuple {
    head: VarObject,
    #[gc(skip)]
    hash: Cell<isize>,
}

const _: () = assert!(size_of::<Tuple>() == std::mem::offset_of!(abi::PyTupleObject, ob_item));

impl Tuple {
    /// A tuple (or an instance of a subtype) of these items.
    pub fn new_in(class: &Type, items: Vec<Ref>) -> Result<Ref<Tuple>> {
        crate::native::class::ready_on_first_use(class);
        let Some(memory) = crate::memory::allocate_object(class, items.len()) else {
            return Err(crate::errors::no_memory());
        };
        Ok(Tuple::fill(class, memory, items))
    }

    fn fill(class: &Type, memory: NonNull<Object>, items: Vec<Ref>) -> Ref<Tuple> {
        // SAFETY: the memory has room for the body and the items behind it; the tracker sees a complete tuple.
        unsafe {
            let tuple = memory.cast::<Tuple>();
            tuple.write(Tuple { head: VarObject::HEAD, hash: Cell::new(-1) });
            tuple.as_ref().head.size.set(items.len() as isize);
            let first = tuple.add(1).cast::<Ref>();
            let count = items.len();
            let items = std::mem::ManuallyDrop::new(items);
            std::ptr::copy_nonoverlapping(items.as_ptr(), first.as_ptr(), count);
            let mut items = std::mem::ManuallyDrop::into_inner(items);
            items.set_len(0);
            crate::memory::initialize(memory, class);
            tuple.as_ref().head.size.set(count as isize);
            Ref::from_owned(memory.as_ptr().cast())
        }
    }

    /// A tuple of these items. Memory exhaustion aborts, as for any Rust vector.
    pub fn from_vec(items: Vec<Ref>) -> Ref<Tuple> {
        if items.is_empty() {
            return Tuple::empty();
        }
        let class = Tuple::type_object();
        let memory = crate::memory::allocate_object(class, items.len()).expect("out of memory");
        Tuple::fill(class, memory, items)
    }

    pub fn pack<const N: usize>(items: [Ref; N]) -> Ref<Tuple> {
        let items = std::mem::ManuallyDrop::new(items);
        // SAFETY: each item moves out once.
        Tuple::build(N, |index| unsafe { std::ptr::read(&items[index]) })
    }

    /// A tuple of `count` items; `item` only hands them out, each once.
    #[inline]
    pub fn build(count: usize, mut item: impl FnMut(usize) -> Ref) -> Ref<Tuple> {
        if count == 0 {
            return Tuple::empty();
        }
        let class = Tuple::type_object();
        let memory = crate::memory::allocate_object(class, count).expect("out of memory");
        // SAFETY: the memory has room for the body and the items behind it; the tracker sees a complete tuple.
        unsafe {
            let tuple = memory.cast::<Tuple>();
            tuple.write(Tuple { head: VarObject::HEAD, hash: Cell::new(-1) });
            tuple.as_ref().head.size.set(count as isize);
            let first = tuple.add(1).cast::<Ref>();
            for index in 0..count {
                first.add(index).write(item(index));
            }
            crate::memory::initialize(memory, class);
            Ref::from_owned(memory.as_ptr().cast())
        }
    }

    /// A tuple of these items: the very one that `last` holds, where nobody else refers to it and the length is the same;
    /// else a new one, which `last` holds from then on. For iterators that give one tuple after the other.
    pub fn renewed(last: &Link<Tuple>, items: impl ExactSizeIterator<Item = Ref>) -> Ref<Tuple> {
        match Tuple::reusable(last, items.len()) {
            Some(tuple) => {
                items.enumerate().for_each(|(index, item)| tuple.exchange(index, item));
                tuple
            }
            None => Tuple::keep(last, items.collect()),
        }
    }

    /// As [`Tuple::renewed`]; the items come one after the other from a function that may run any code. `None` ends it.
    pub fn try_renewed(
        last: &Link<Tuple>,
        count: usize,
        mut item: impl FnMut(usize) -> Result<Option<Ref>>,
    ) -> Result<Option<Ref<Tuple>>> {
        let mut fresh = Vec::new();
        match Tuple::reusable(last, count) {
            Some(tuple) => {
                for index in 0..count {
                    let Some(next) = item(index)? else { return Ok(None) };
                    if fresh.is_empty() && tuple.reference_count() == 2 {
                        tuple.exchange(index, next);
                        continue;
                    }
                    // The code has found the tuple.
                    if fresh.is_empty() {
                        fresh.extend_from_slice(&tuple.as_slice()[..index]);
                    }
                    fresh.push(next);
                }
                if fresh.is_empty() {
                    return Ok(Some(tuple));
                }
            }
            None => {
                fresh.reserve_exact(count);
                for index in 0..count {
                    let Some(next) = item(index)? else { return Ok(None) };
                    fresh.push(next);
                }
            }
        }
        Ok(Some(Tuple::keep(last, fresh)))
    }

    fn keep(last: &Link<Tuple>, items: Vec<Ref>) -> Ref<Tuple> {
        let tuple = Tuple::from_vec(items);
        last.set(Some(tuple.clone()));
        tuple
    }

    /// The tuple of that length that `last` alone refers to: nobody will see that it changes.
    fn reusable(last: &Link<Tuple>, count: usize) -> Option<Ref<Tuple>> {
        let tuple = last.get()?;
        // Two: `last` and the reference just taken.
        if tuple.reference_count() != 2 || tuple.len() != count || !tuple.is::<Tuple>() {
            return None;
        }
        tuple.hash.set(-1);
        let object = NonNull::from(tuple.as_object());
        // SAFETY: tuples have a collector's head.
        unsafe {
            if !crate::gc::is_tracked(object) {
                crate::gc::track(object);
            }
        }
        Some(tuple)
    }

    /// Puts an item in another's place, in a tuple that nobody looks at.
    #[inline(always)]
    fn exchange(&self, index: usize, item: Ref) {
        if index < self.len() {
            // SAFETY: the items follow the struct. Every slot holds an item all the time: code that the old one's end
            // may run sees a whole tuple, and has a reference more to it.
            let old = unsafe {
                std::ptr::replace((&raw const *self).cast_mut().add(1).cast::<Ref>().add(index), item)
            };
            drop(old);
        }
    }

    /// The empty tuple, one for all.
    pub fn empty() -> Ref<Tuple> {
        let state = Interpreter::current().state::<Empty>();
        if let Some(tuple) = state.0.get() {
            return tuple;
        }
        let class = Tuple::type_object();
        let memory = crate::memory::allocate_object(class, 0).expect("out of memory");
        let tuple = Tuple::fill(class, memory, Vec::new());
        // SAFETY: tuples have a collector's head.
        unsafe { crate::gc::untrack(memory) };
        tuple.make_immortal();
        state.0.set(Some(tuple.clone()));
        tuple
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.head.size.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn as_slice(&self) -> &[Ref] {
        // SAFETY: the items follow the struct and never change.
        unsafe { std::slice::from_raw_parts((self as *const Tuple).add(1).cast(), self.len()) }
    }

    pub fn get(&self, index: usize) -> Option<Ref> {
        self.as_slice().get(index).cloned()
    }
}

/// The empty tuple of an interpreter.
#[derive(Default)]
struct Empty(Link<Tuple>);

/// Compares two sequences item by item, then by length. `None` where an item's own comparison decides.
pub fn compare_items(
    left: &dyn Fn(usize) -> Option<Ref>,
    right: &dyn Fn(usize) -> Option<Ref>,
    lengths: impl Fn() -> (usize, usize),
    op: CompareOp,
) -> Result {
    let mut index = 0;
    loop {
        match (left(index), right(index)) {
            (Some(a), Some(b)) => {
                if !a.rich_compare_bool(&b, CompareOp::Eq)? {
                    // The comparison may have taken the items away.
                    let (ours, theirs) = lengths();
                    if index >= ours || index >= theirs {
                        return Ok(py_bool(op.accepts(ours.cmp(&theirs))));
                    }
                    return match op {
                        CompareOp::Eq => Ok(py_false()),
                        CompareOp::Ne => Ok(py_true()),
                        _ => a.rich_compare(&b, op),
                    };
                }
            }
            _ => {
                let (ours, theirs) = lengths();
                return Ok(py_bool(op.accepts(ours.cmp(&theirs))));
            }
        }
        index += 1;
    }
}

/// An index into a sequence of that length, from the end if negative; `None` if it is out of range.
#[inline]
pub fn normalize_index(index: isize, length: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(length as isize)? } else { index };
    usize::try_from(index).ok().filter(|&index| index < length)
}

/// The bounds that `index(value, start, stop)` methods take.
pub fn clamp_bounds(start: Option<isize>, stop: Option<isize>, length: usize) -> (usize, usize) {
    let clamp = |bound: isize| {
        let bound = if bound < 0 { (bound.saturating_add(length as isize)).max(0) } else { bound };
        bound as usize
    };
    (start.map_or(0, clamp), stop.map_or(usize::MAX, clamp))
}

/// A bound as `list.index` takes it: an index that is clipped.
pub struct Bound(pub isize);

impl<'a> crate::native::convert::FromArg<'a> for Bound {
    fn from_arg(object: &'a Object, _place: &'static crate::native::args::Place) -> Result<Self> {
        if object.ty().nb_index().is_none() {
            return Err(raise!(TypeError, "slice indices must be integers or have an __index__ method"));
        }
        object.to_isize_index_or_clip(None).map(Bound)
    }
}

#[methods]
impl Tuple {
    #[new(signature = "(iterable=(), /)")]
    fn tp_new(class: &Type, iterable: Option<&Object>) -> Result<Ref<Self>> {
        let exact = std::ptr::eq(class, Tuple::type_object());
        if exact && let Some(tuple) = iterable.and_then(|iterable| iterable.downcast_exact::<Tuple>()) {
            return Ok(Ref::from_borrowed(tuple));
        }
        let items = iterable.map_or(Ok(Vec::new()), Object::collect)?;
        if exact {
            return Ok(Tuple::from_vec(items));
        }
        Tuple::new_in(class, items)
    }

    #[slot]
    unsafe fn tp_dealloc(object: *mut Object) {
        // SAFETY: the collector forgets it first; then the items die, the memory last.
        unsafe {
            crate::gc::untrack(NonNull::new_unchecked(object));
            let tuple = &*(object as *const Tuple);
            let first = (object as *mut Tuple).add(1).cast::<Ref>();
            for i in 0..tuple.len() {
                // C code may take items out before it gives the tuple up.
                if !(*first.add(i).cast::<*mut Object>()).is_null() {
                    std::ptr::drop_in_place(first.add(i));
                }
            }
            if (*object).is::<Tuple>() {
                let size = crate::memory::GC_HEAD_SIZE + size_of::<Tuple>() + 8 * tuple.len();
                return crate::memory::free_small(object.cast::<u8>().sub(crate::memory::GC_HEAD_SIZE), size);
            }
            crate::native::class::free(object.cast());
        }
    }

    #[slot]
    fn tp_traverse(&self, visitor: &Visitor) -> i32 {
        self.as_slice().iter().map(|item| visitor.visit(item)).find(|&stop| stop != 0).unwrap_or(0)
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        if self.is_empty() {
            return Ok(Str::new("()"));
        }
        guarded(self, "(...)", || {
            let mut pieces = vec![Str::new("(")];
            for (index, item) in self.as_slice().iter().enumerate() {
                if index > 0 {
                    pieces.push(Str::new(", "));
                }
                pieces.push(item.repr()?);
            }
            pieces.push(Str::new(if self.len() == 1 { ",)" } else { ")" }));
            Str::join_all(pieces.iter().map(|piece| &**piece))
        })
    }

    /// The xxHash-like mix that CPython uses.
    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        if self.hash.get() != -1 {
            return Ok(self.hash.get());
        }
        const PRIME_1: u64 = 11400714785074694791;
        const PRIME_2: u64 = 14029467366897019727;
        const PRIME_5: u64 = 2870177450012600261;
        let mut mixed = PRIME_5;
        for item in self.as_slice() {
            mixed = mixed.wrapping_add((item.hash()? as u64).wrapping_mul(PRIME_2));
            mixed = mixed.rotate_left(31).wrapping_mul(PRIME_1);
        }
        mixed = mixed.wrapping_add(self.len() as u64 ^ (PRIME_5 ^ 3527539));
        let hash = if mixed == u64::MAX { 1546275796 } else { mixed as isize };
        self.hash.set(hash);
        Ok(hash)
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Tuple>() else { return Ok(not_implemented()) };
        compare_items(&|i| self.get(i), &|i| other.get(i), || (self.len(), other.len()), op)
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        TupleIterator::new(self).into_object()
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
        item.ok_or_else(|| raise!(IndexError, "tuple index out of range"))
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result {
        if let Some(slice) = key.downcast::<Slice>() {
            let range = slice.resolve(self.len())?;
            if self.is::<Tuple>() && range.is_whole(self.len()) {
                return Ok(self.to_ref());
            }
            return Ok(
                Tuple::from_vec(range.indices().map(|i| self.as_slice()[i].clone()).collect()).into_object()
            );
        }
        if key.ty().nb_index().is_none() {
            let name = key.ty().full_name();
            return Err(raise!(TypeError, "tuple indices must be integers or slices, not {name}"));
        }
        let index = key.to_isize_index(&crate::objects::exceptions::IndexError)?;
        let item = normalize_index(index, self.len()).map(|index| self.as_slice()[index].clone());
        item.ok_or_else(|| raise!(IndexError, "tuple index out of range"))
    }

    #[slot]
    fn sq_contains(&self, value: &Object) -> Result<bool> {
        for item in self.as_slice() {
            if item.rich_compare_bool(value, CompareOp::Eq)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[slot]
    fn sq_concat(&self, other: &Object) -> Result {
        let Some(other) = other.downcast::<Tuple>() else {
            let name = other.ty().full_name();
            return Err(raise!(TypeError, "can only concatenate tuple (not \"{name}\") to tuple"));
        };
        if self.is_empty() && other.is::<Tuple>() {
            return Ok(other.to_ref());
        }
        if other.is_empty() && self.is::<Tuple>() {
            return Ok(self.to_ref());
        }
        let items = self.as_slice().iter().chain(other.as_slice()).cloned().collect();
        Ok(Tuple::from_vec(items).into_object())
    }

    #[slot]
    fn sq_repeat(&self, count: isize) -> Result {
        if (self.is_empty() || count == 1) && self.is::<Tuple>() {
            return Ok(self.to_ref());
        }
        Ok(Tuple::from_vec(repeated(self.as_slice(), count)?).into_object())
    }

    #[method(name = "__getnewargs__", signature = "($self, /)")]
    fn getnewargs(&self) -> Ref<Tuple> {
        Tuple::pack([Tuple::from_vec(self.as_slice().to_vec()).into_object()])
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method(signature = "($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &Object, start: Option<Bound>, stop: Option<Bound>) -> Result<usize> {
        let (start, stop) = clamp_bounds(start.map(|bound| bound.0), stop.map(|bound| bound.0), self.len());
        for index in start..stop.min(self.len()) {
            if self.as_slice()[index].rich_compare_bool(value, CompareOp::Eq)? {
                return Ok(index);
            }
        }
        Err(raise!(ValueError, "tuple.index(x): x not in tuple"))
    }

    /// Return number of occurrences of value.
    #[method(signature = "($self, value, /)")]
    fn count(&self, value: &Object) -> Result<usize> {
        let mut count = 0;
        for item in self.as_slice() {
            count += usize::from(item.rich_compare_bool(value, CompareOp::Eq)?);
        }
        Ok(count)
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, item: &Object) -> Result {
        Ok(crate::objects::generic_alias::GenericAlias::new(class, item)?.into_object())
    }
}

/// `items * count`.
pub fn repeated(items: &[Ref], count: isize) -> Result<Vec<Ref>> {
    let count = count.max(0) as usize;
    let total = items.len().checked_mul(count).filter(|&total| total <= isize::MAX as usize / 8);
    let Some(total) = total else { return Err(crate::errors::no_memory()) };
    let mut result = Vec::new();
    if result.try_reserve_exact(total).is_err() {
        return Err(crate::errors::no_memory());
    }
    for _ in 0..if items.is_empty() { 0 } else { count } {
        result.extend_from_slice(items);
    }
    Ok(result)
}

/// An iterator over a tuple.
#[class(name = "tuple_iterator", symbol = "PyTupleIter_Type", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct TupleIterator {
    head: Object,
    #[gc(skip)]
    index: Cell<usize>,
    tuple: Link<Tuple>,
}

impl TupleIterator {
    pub fn new(tuple: &Tuple) -> Ref<TupleIterator> {
        Ref::new(TupleIterator {
            head: Object::HEAD,
            index: Cell::new(0),
            tuple: Link::new(Ref::from_borrowed(tuple)),
        })
    }

    /// The next item, if there is one.
    #[inline(always)]
    pub fn next_item(&self) -> Option<Ref> {
        // SAFETY: nothing sets the field while the tuple is read.
        let tuple = unsafe { self.tuple.borrow() }?;
        let index = self.index.get();
        match tuple.as_slice().get(index) {
            Some(item) => {
                self.index.set(index + 1);
                Some(item.clone())
            }
            None => {
                self.tuple.set(None);
                None
            }
        }
    }
}

#[methods]
impl TupleIterator {
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
        self.tuple.get().map_or(0, |tuple| tuple.len().saturating_sub(self.index.get()))
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let iter = crate::eval::names::builtin(Interpreter::current(), intern!("iter"))?;
        Ok(match self.tuple.get() {
            Some(tuple) => Tuple::pack([
                iter,
                Tuple::pack([tuple.into_object()]).into_object(),
                Int::from_usize(self.index.get()).into_object(),
            ]),
            None => Tuple::pack([iter, Tuple::pack([Tuple::empty().into_object()]).into_object()]),
        })
    }

    #[method(name = "__setstate__", signature = "($self, state, /)")]
    fn setstate(&self, state: isize) {
        if let Some(tuple) = self.tuple.get() {
            self.index.set((state.max(0) as usize).min(tuple.len()));
        }
    }
}
