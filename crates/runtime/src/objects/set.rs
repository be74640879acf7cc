//! `set` and `frozenset`. Layout: `PySetObject`; the probing order is CPython's, so that iteration order is too.

use std::cell::Cell;

use crate::prelude::*;
use crate::protocol::repr_guard::guarded;
use crate::weakref::WeakList;

/// A slot: empty (no key, hash 0), deleted (no key, hash -1), or a key with its hash.
#[derive(Clone, Copy)]
struct Slot {
    key: *mut Object,
    hash: isize,
}

const EMPTY: Slot = Slot { key: std::ptr::null_mut(), hash: 0 };
const DELETED: Slot = Slot { key: std::ptr::null_mut(), hash: -1 };
const MINIMUM: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

/// The C struct's fields behind the head.
#[repr(C)]
struct Table {
    /// Slots that are not empty.
    fill: Cell<isize>,
    used: Cell<isize>,
    /// Slots less one.
    mask: Cell<isize>,
    slots: Cell<*mut Slot>,
    hash: Cell<isize>,
    finger: Cell<isize>,
    small: [Cell<usize>; 16],
}

impl Table {
    fn empty() -> Table {
        Table {
            fill: Cell::new(0),
            used: Cell::new(0),
            mask: Cell::new(MINIMUM as isize - 1),
            slots: Cell::new(std::ptr::null_mut()),
            hash: Cell::new(-1),
            finger: Cell::new(0),
            small: [const { Cell::new(0) }; 16],
        }
    }

    fn size(&self) -> usize {
        self.mask.get() as usize + 1
    }

    #[inline(always)]
    fn slot(&self, index: usize) -> Slot {
        let slots = self.slots.get();
        // SAFETY: indices are masked.
        if slots.is_null() { EMPTY } else { unsafe { *slots.add(index) } }
    }

    fn set_slot(&self, index: usize, slot: Slot) {
        // SAFETY: indices are masked; the table is there when something is put into it.
        unsafe { *self.slots.get().add(index) = slot }
    }

    fn allocate(size: usize) -> *mut Slot {
        Box::into_raw(vec![EMPTY; size].into_boxed_slice()).cast()
    }

    fn free(slots: *mut Slot, size: usize) {
        if !slots.is_null() {
            // SAFETY: the slots were boxed with that size.
            drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(slots, size)) });
        }
    }

    /// Calls `visit` with the slots along a hash's path until it gives something.
    #[inline(always)]
    fn probe<T>(&self, hash: isize, mut visit: impl FnMut(usize, Slot) -> Option<T>) -> T {
        let mask = self.mask.get() as usize;
        let mut index = hash as usize & mask;
        let mut perturb = hash as usize;
        loop {
            let probes = if index + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
            for i in index..=index + probes {
                if let Some(found) = visit(i, self.slot(i)) {
                    return found;
                }
            }
            perturb >>= PERTURB_SHIFT;
            index = index.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb) & mask;
        }
    }

    /// Puts a key that is not there into the first empty slot of its path.
    fn insert_clean(&self, slot: Slot) {
        let index =
            self.probe(slot.hash, |index, found| (found.key.is_null() && found.hash == 0).then_some(index));
        self.set_slot(index, slot);
    }

    fn resize(&self, minimum: usize) {
        let mut size = MINIMUM;
        while size <= minimum {
            size <<= 1;
        }
        let old_size = self.size();
        let old = self.slots.replace(Table::allocate(size));
        self.mask.set(size as isize - 1);
        self.fill.set(self.used.get());
        if !old.is_null() {
            for i in 0..old_size {
                // SAFETY: inside the old table.
                let slot = unsafe { *old.add(i) };
                if !slot.key.is_null() {
                    self.insert_clean(slot);
                }
            }
        }
        Table::free(old, old_size);
    }

    /// The index of a key's slot, or of the empty one where it would go.
    fn find(&self, key: &Object, hash: isize) -> Result<std::result::Result<usize, usize>> {
        'restart: loop {
            // A comparison may have cleared the set.
            if self.slots.get().is_null() {
                self.slots.set(Table::allocate(self.size()));
            }
            let table = self.slots.get();
            let text = key.downcast_exact::<Str>();
            let outcome = self.probe(hash, |index, slot| {
                if slot.key.is_null() {
                    return (slot.hash == 0).then_some(Ok(Some(Err(index))));
                }
                if slot.hash != hash {
                    return None;
                }
                if std::ptr::eq(slot.key, key) {
                    return Some(Ok(Some(Ok(index))));
                }
                // SAFETY: the set owns its keys.
                let candidate = unsafe { &*slot.key };
                if let (Some(text), Some(candidate)) = (text, candidate.downcast_exact::<Str>()) {
                    return text.equals(candidate).then_some(Ok(Some(Ok(index))));
                }
                let candidate = candidate.to_ref();
                let equal = match candidate.rich_compare_bool(key, CompareOp::Eq) {
                    Ok(equal) => equal,
                    Err(raised) => return Some(Err(raised)),
                };
                if !std::ptr::eq(self.slots.get(), table) || !std::ptr::eq(self.slot(index).key, &*candidate)
                {
                    return Some(Ok(None));
                }
                equal.then_some(Ok(Some(Ok(index))))
            })?;
            match outcome {
                Some(found) => return Ok(found),
                None => continue 'restart,
            }
        }
    }

    fn add_hashed(&self, key: &Object, hash: isize) -> Result<bool> {
        let Err(empty) = self.find(key, hash)? else { return Ok(false) };
        // A deleted slot on the way is used again.
        let index = if self.fill.get() > self.used.get() {
            self.probe(hash, |index, slot| {
                (slot.key.is_null() && (index == empty || slot.hash == -1)).then_some(index)
            })
        } else {
            empty
        };
        self.set_slot(index, Slot { key: key.to_ref().into_raw().cast(), hash });
        self.used.set(self.used.get() + 1);
        if index != empty {
            return Ok(true);
        }
        self.fill.set(self.fill.get() + 1);
        if self.fill.get() * 5 >= self.mask.get() * 3 {
            let used = self.used.get() as usize;
            self.resize(if used > 50000 { used * 2 } else { used * 4 });
        }
        Ok(true)
    }

    fn contains(&self, key: &Object, hash: isize) -> Result<bool> {
        if self.used.get() == 0 {
            return Ok(false);
        }
        Ok(self.find(key, hash)?.is_ok())
    }

    fn remove(&self, key: &Object, hash: isize) -> Result<bool> {
        if self.used.get() == 0 {
            return Ok(false);
        }
        let Ok(index) = self.find(key, hash)? else { return Ok(false) };
        drop(self.take(index));
        Ok(true)
    }

    fn take(&self, index: usize) -> Ref {
        let slot = self.slot(index);
        self.set_slot(index, DELETED);
        self.used.set(self.used.get() - 1);
        // SAFETY: the set owned the key.
        unsafe { Ref::from_owned(slot.key.cast()) }
    }

    /// The next key from a slot on, which moves on.
    #[inline(always)]
    fn next(&self, position: &mut usize) -> Option<(Ref, isize)> {
        if self.slots.get().is_null() {
            return None;
        }
        while *position < self.size() {
            let slot = self.slot(*position);
            *position += 1;
            if !slot.key.is_null() {
                // SAFETY: the set owns its keys.
                return Some((unsafe { &*slot.key }.to_ref(), slot.hash));
            }
        }
        None
    }

    fn copy_from(&self, other: &Table) -> Result<()> {
        let mut position = 0;
        if self.fill.get() == 0 && self.used.get() == 0 {
            let minimum = (other.used.get() as usize * 5 / 3).max(self.used.get() as usize);
            if other.fill.get() == other.used.get() && other.mask.get() >= self.mask.get() {
                self.resize(other.mask.get() as usize);
            } else if (other.used.get()) * 5 >= self.mask.get() * 3 {
                self.resize(minimum.max(other.used.get() as usize * 2));
            }
        }
        while let Some((key, hash)) = other.next(&mut position) {
            self.add_hashed(&key, hash)?;
        }
        Ok(())
    }
}

impl Traverse for Table {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        if self.slots.get().is_null() {
            return 0;
        }
        for index in 0..self.size() {
            let slot = self.slot(index);
            if !slot.key.is_null() {
                // SAFETY: the set owns its keys.
                let stop = visitor.visit(unsafe { &*slot.key });
                if stop != 0 {
                    return stop;
                }
            }
        }
        0
    }

    fn drop_references(&self) {
        let size = self.size();
        let slots = self.slots.replace(std::ptr::null_mut());
        self.fill.set(0);
        self.used.set(0);
        self.mask.set(MINIMUM as isize - 1);
        self.finger.set(0);
        if slots.is_null() {
            return;
        }
        for i in 0..size {
            // SAFETY: inside the table, which nobody else has any more; the set owned its keys.
            unsafe { crate::reference::decref((*slots.add(i)).key.cast()) };
        }
        Table::free(slots, size);
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.drop_references();
    }
}

/// Build an unordered collection of unique elements.
#[class(name = "set", symbol = "PySet_Type", flags(BASETYPE, GC, MATCH_SELF))]
#[repr(C)]
pub struct Set {
    head: Object,
    table: Table,
    #[weaklist]
    weakrefs: WeakList,
}

/// Build an immutable unordered collection of unique elements.
#[class(name = "frozenset", symbol = "PyFrozenSet_Type", flags(BASETYPE, GC, MATCH_SELF))]
#[repr(C)]
pub struct FrozenSet {
    head: Object,
    table: Table,
    #[weaklist]
    weakrefs: WeakList,
}

const _: () = assert!(size_of::<Set>() == size_of::<abi::PySetObject>());

/// The table of a set or frozenset.
fn table_of(object: &Object) -> Option<&Table> {
    object
        .downcast::<Set>()
        .map(|set| &set.table)
        .or_else(|| object.downcast::<FrozenSet>().map(|set| &set.table))
}

fn hash_of(key: &Object) -> Result<isize> {
    match key.downcast_exact::<Str>() {
        Some(text) => Ok(text.hash_value()),
        None => key.hash().map_err(|raised| crate::objects::dict::unhashable(key, raised, "a set element")),
    }
}

/// The hash to look a key up with: an unhashable set stands for its frozen twin.
fn lookup_hash(key: &Object) -> Result<isize> {
    match hash_of(key) {
        Err(raised) => match key.downcast::<Set>() {
            Some(set) if raised.matches(&crate::objects::exceptions::TypeError) => {
                raised.clear();
                frozen_hash(&set.table)
            }
            _ => Err(raised),
        },
        hash => hash,
    }
}

/// The hash of a frozenset: of its elements in any order.
fn frozen_hash(table: &Table) -> Result<isize> {
    let shuffle = |bits: u64| ((bits ^ 89869747) ^ (bits << 16)).wrapping_mul(3644798167);
    let mut exact = 0u64;
    let mut position = 0;
    while let Some((_, element)) = table.next(&mut position) {
        exact ^= shuffle(element as u64);
    }
    let mut hash = exact ^ (table.used.get() as u64 + 1).wrapping_mul(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69069).wrapping_add(907133923);
    Ok(if hash == u64::MAX { 590923713 } else { hash as isize })
}

/// Adds all items of an iterable.
fn update(table: &Table, iterable: &Object) -> Result<()> {
    if let Some(other) = table_of(iterable) {
        return if std::ptr::eq(table, other) { Ok(()) } else { table.copy_from(other) };
    }
    if let Some(dict) = iterable.downcast_exact::<Dict>() {
        let mut position = 0;
        while let Some((key, hash)) =
            dict.next_borrowed(&mut position).map(|(key, _, hash)| (key.to_ref(), hash))
        {
            table.add_hashed(&key, hash)?;
        }
        return Ok(());
    }
    iterable.for_each(|item| table.add_hashed(&item, hash_of(&item)?).map(drop))
}

impl Set {
    fn empty() -> Set {
        Set { head: Object::HEAD, table: Table::empty(), weakrefs: WeakList::new() }
    }

    pub fn new() -> Ref<Set> {
        Ref::new(Set::empty())
    }

    pub fn add(&self, item: &Object) -> Result<()> {
        self.table.add_hashed(item, hash_of(item)?).map(drop)
    }

    pub fn contains_item(&self, item: &Object) -> Result<bool> {
        self.table.contains(item, lookup_hash(item)?)
    }

    /// Takes an item out; false if it is not there.
    pub fn discard(&self, item: &Object) -> Result<bool> {
        self.table.remove(item, lookup_hash(item)?)
    }

    pub fn update_from(&self, iterable: &Object) -> Result<()> {
        update(&self.table, iterable)
    }

    pub fn len(&self) -> usize {
        self.table.used.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Replace the set with the result; what the operation runs sees the old one.
    fn become_(&self, other: &Set) {
        let (ours, theirs) = (&self.table, &other.table);
        ours.slots.swap(&theirs.slots);
        ours.mask.swap(&theirs.mask);
        ours.fill.swap(&theirs.fill);
        ours.used.swap(&theirs.used);
    }

    pub fn clear_items(&self) {
        self.table.drop_references();
    }

    /// The next item from a position on (0 to begin with), which moves on.
    pub fn next_item(&self, position: &mut usize) -> Option<Ref> {
        self.table.next(position).map(|(key, _)| key)
    }

    /// Any item, taken out; `None` if there is none.
    pub fn pop_item(&self) -> Option<Ref> {
        if self.is_empty() {
            return None;
        }
        let mask = self.table.mask.get();
        let mut index = self.table.finger.get() & mask;
        while self.table.slot(index as usize).key.is_null() {
            index = (index + 1) & mask;
        }
        self.table.finger.set(index + 1);
        Some(self.table.take(index as usize))
    }
}

impl FrozenSet {
    fn empty() -> FrozenSet {
        FrozenSet { head: Object::HEAD, table: Table::empty(), weakrefs: WeakList::new() }
    }

    pub fn from_items(items: Vec<Ref>) -> Result<Ref<FrozenSet>> {
        let set = Ref::new(FrozenSet::empty());
        for item in items {
            set.table.add_hashed(&item, hash_of(&item)?)?;
        }
        Ok(set)
    }

    pub fn len(&self) -> usize {
        self.table.used.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn contains_item(&self, item: &Object) -> Result<bool> {
        self.table.contains(item, lookup_hash(item)?)
    }

    /// The next item from a position on (0 to begin with), which moves on.
    pub fn next_item(&self, position: &mut usize) -> Option<Ref> {
        self.table.next(position).map(|(key, _)| key)
    }
}

/// What is in `object` as a table: itself if it is a set, else a new set of its items.
fn as_set(object: &Object) -> Result<Ref> {
    if table_of(object).is_some() {
        return Ok(object.to_ref());
    }
    let set = Set::new();
    set.update_from(object)?;
    Ok(set.into_object())
}

/// All elements of `inner` are in `outer`.
fn is_subset(inner: &Table, outer: &Table) -> Result<bool> {
    if inner.used.get() > outer.used.get() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((key, hash)) = inner.next(&mut position) {
        if !outer.contains(&key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The two types share everything that does not change a set.
macro_rules! set_methods {
    ($type:ident, $name:literal) => {
        impl $type {
            fn of(items: &Object) -> Result<Ref<$type>> {
                let set = Ref::new($type::empty());
                update(&set.table, items)?;
                Ok(set)
            }

            /// Those elements for which `keep` says yes of their key and hash.
            fn filtered(&self, mut keep: impl FnMut(&Object, isize) -> Result<bool>) -> Result<Ref<$type>> {
                let result = Ref::new($type::empty());
                let mut position = 0;
                while let Some((key, hash)) = self.table.next(&mut position) {
                    if keep(&key, hash)? {
                        result.table.add_hashed(&key, hash)?;
                    }
                }
                Ok(result)
            }

            fn union_with(&self, others: &[&Object]) -> Result<Ref<$type>> {
                let result = $type::of(self)?;
                for other in others {
                    update(&result.table, other)?;
                }
                Ok(result)
            }

            fn intersection_with(&self, others: &[&Object]) -> Result<Ref<$type>> {
                let mut result = $type::of(self)?;
                for other in others {
                    if let Some(theirs) = table_of(other) {
                        // The smaller one is walked.
                        let (walked, asked) = if theirs.used.get() > result.table.used.get() {
                            (&result.table, theirs)
                        } else {
                            (theirs, &result.table)
                        };
                        let next = Ref::new($type::empty());
                        let mut position = 0;
                        while let Some((key, hash)) = walked.next(&mut position) {
                            if asked.contains(&key, hash)? {
                                next.table.add_hashed(&key, hash)?;
                            }
                        }
                        result = next;
                        continue;
                    }
                    let next = Ref::new($type::empty());
                    other.for_each(|item| {
                        let hash = hash_of(&item)?;
                        if result.table.contains(&item, hash)? {
                            next.table.add_hashed(&item, hash)?;
                        }
                        Ok(())
                    })?;
                    result = next;
                }
                Ok(result)
            }

            fn difference_with(&self, others: &[&Object]) -> Result<Ref<$type>> {
                let mut result = $type::of(self)?;
                for other in others {
                    let other = as_set(other)?;
                    let Some(table) = table_of(&other) else { continue };
                    result = result.filtered(|key, hash| Ok(!table.contains(key, hash)?))?;
                }
                Ok(result)
            }

            fn symmetric_difference_with(&self, other: &Object) -> Result<Ref<$type>> {
                let other = as_set(other)?;
                let Some(theirs) = table_of(&other) else { return $type::of(self) };
                let result = self.filtered(|key, hash| Ok(!theirs.contains(key, hash)?))?;
                let mut position = 0;
                while let Some((key, hash)) = theirs.next(&mut position) {
                    if !self.table.contains(&key, hash)? {
                        result.table.add_hashed(&key, hash)?;
                    }
                }
                Ok(result)
            }
        }

        #[methods(parts(own))]
        impl $type {
            #[slot]
            fn tp_repr(&self) -> Result<Ref<Str>> {
                let name = self.ty().name();
                if self.is_empty() {
                    return Ok(Str::from_string(format!("{name}()")));
                }
                guarded(self, &format!("{name}(...)"), || {
                    let plain = self.is::<Set>();
                    let mut pieces =
                        vec![if plain { Str::new("{") } else { Str::from_string(format!("{name}({{")) }];
                    let items = self.collect()?;
                    for (index, item) in items.iter().enumerate() {
                        if index > 0 {
                            pieces.push(Str::new(", "));
                        }
                        pieces.push(item.repr()?);
                    }
                    pieces.push(Str::new(if plain { "}" } else { "})" }));
                    Str::join_all(pieces.iter().map(|piece| &**piece))
                })
            }

            #[slot]
            fn tp_iter(&self) -> Ref {
                SetIterator::new(self, self.len()).into_object()
            }

            #[slot]
            fn sq_length(&self) -> usize {
                self.len()
            }

            #[slot]
            fn sq_contains(&self, item: &Object) -> Result<bool> {
                self.contains_item(item)
            }

            #[slot]
            fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
                let Some(theirs) = table_of(other) else { return Ok(not_implemented()) };
                let (ours, sizes) = (&self.table, (self.table.used.get(), theirs.used.get()));
                let answer = match op {
                    CompareOp::Eq => sizes.0 == sizes.1 && is_subset(ours, theirs)?,
                    CompareOp::Ne => !(sizes.0 == sizes.1 && is_subset(ours, theirs)?),
                    CompareOp::Le => is_subset(ours, theirs)?,
                    CompareOp::Lt => sizes.0 < sizes.1 && is_subset(ours, theirs)?,
                    CompareOp::Ge => is_subset(theirs, ours)?,
                    CompareOp::Gt => sizes.1 < sizes.0 && is_subset(theirs, ours)?,
                };
                Ok(py_bool(answer))
            }

            #[slot]
            fn nb_and(left: &Object, right: &Object) -> Result {
                binary(left, right, Operator::And)
            }

            #[slot]
            fn nb_or(left: &Object, right: &Object) -> Result {
                binary(left, right, Operator::Or)
            }

            #[slot]
            fn nb_subtract(left: &Object, right: &Object) -> Result {
                binary(left, right, Operator::Subtract)
            }

            #[slot]
            fn nb_xor(left: &Object, right: &Object) -> Result {
                binary(left, right, Operator::Xor)
            }

            /// x.__contains__(y) <==> y in x.
            #[method(name = "__contains__", signature = "($self, object, /)", coexist)]
            fn contains_method(&self, object: &Object) -> Result<bool> {
                self.contains_item(object)
            }

            /// Return a new set with elements from the set and all others.
            #[method(signature = "($self, /, *others)")]
            fn union(&self, others: &[&Object]) -> Result {
                Ok(self.union_with(others)?.into_object())
            }

            /// Return a new set with elements common to the set and all others.
            #[method(signature = "($self, /, *others)")]
            fn intersection(&self, others: &[&Object]) -> Result {
                Ok(self.intersection_with(others)?.into_object())
            }

            /// Return a new set with elements in the set that are not in the others.
            #[method(signature = "($self, /, *others)")]
            fn difference(&self, others: &[&Object]) -> Result {
                Ok(self.difference_with(others)?.into_object())
            }

            /// Return a new set with elements in either the set or other but not both.
            #[method(signature = "($self, other, /)")]
            fn symmetric_difference(&self, other: &Object) -> Result {
                Ok(self.symmetric_difference_with(other)?.into_object())
            }

            /// Return True if two sets have a null intersection.
            #[method(signature = "($self, other, /)")]
            fn isdisjoint(&self, other: &Object) -> Result<bool> {
                let mut disjoint = true;
                let iterator = other.iter()?;
                while disjoint && let Some(item) = iterator.iter_next()? {
                    disjoint = !self.table.contains(&item, hash_of(&item)?)?;
                }
                Ok(disjoint)
            }

            /// Report whether another set contains this set.
            #[method(signature = "($self, other, /)")]
            fn issubset(&self, other: &Object) -> Result<bool> {
                let other = as_set(other)?;
                table_of(&other).map_or(Ok(false), |theirs| is_subset(&self.table, theirs))
            }

            /// Report whether this set contains another set.
            #[method(signature = "($self, other, /)")]
            fn issuperset(&self, other: &Object) -> Result<bool> {
                if let Some(theirs) = table_of(other) {
                    return is_subset(theirs, &self.table);
                }
                let iterator = other.iter()?;
                while let Some(item) = iterator.iter_next()? {
                    if !self.table.contains(&item, hash_of(&item)?)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }

            /// Return state information for pickling.
            #[method(name = "__reduce__", signature = "($self, /)")]
            fn reduce(&self) -> Result<Ref<Tuple>> {
                let items = List::from_vec(self.collect()?).into_object();
                let state = self.call_method(intern!("__getstate__"), &[])?;
                Ok(Tuple::pack([self.ty().to_ref(), Tuple::pack([items]).into_object(), state]))
            }

            /// S.__sizeof__() -> size of S in memory, in bytes.
            #[method(name = "__sizeof__", signature = "($self, /)")]
            fn size_of(&self) -> usize {
                let table =
                    if self.table.mask.get() as usize + 1 > MINIMUM { self.table.size() * 16 } else { 0 };
                self.ty().raw.tp_basicsize.get() as usize + table
            }

            /// See PEP 585
            #[classmethod(name = "__class_getitem__", signature = "($type, item, /)")]
            fn class_getitem(class: &Type, item: &Object) -> Result {
                Ok(crate::objects::generic_alias::GenericAlias::new(class, item)?.into_object())
            }
        }
    };
}

set_methods!(Set, "set");
set_methods!(FrozenSet, "frozenset");

enum Operator {
    And,
    Or,
    Subtract,
    Xor,
}

/// An operator of two sets; the result is of the left one's kind.
fn binary(left: &Object, right: &Object, operator: Operator) -> Result {
    if table_of(left).is_none() || table_of(right).is_none() {
        return Ok(not_implemented());
    }
    macro_rules! apply {
        ($set:expr) => {
            match operator {
                Operator::And => $set.intersection_with(&[right])?.into_object(),
                Operator::Or => $set.union_with(&[right])?.into_object(),
                Operator::Subtract => $set.difference_with(&[right])?.into_object(),
                Operator::Xor => $set.symmetric_difference_with(right)?.into_object(),
            }
        };
    }
    Ok(match (left.downcast::<Set>(), left.downcast::<FrozenSet>()) {
        (Some(set), _) => apply!(set),
        (_, Some(set)) => apply!(set),
        _ => not_implemented(),
    })
}

#[methods(part = own)]
impl Set {
    #[new(hidden_signature, signature = "(*args, **kwargs)")]
    fn tp_new(
        class: &Type,
        _args: &[&Object],
        _kwargs: crate::native::args::KwArgs<'_>,
    ) -> Result<Ref<Self>> {
        Ok(Ref::new_in(class, Set::empty()))
    }

    #[init(signature = "(iterable=(), /)")]
    fn init(&self, iterable: Option<&Object>) -> Result<()> {
        self.table.drop_references();
        self.table.hash.set(-1);
        iterable.map_or(Ok(()), |iterable| self.update_from(iterable))
    }

    #[slot]
    fn nb_inplace_or(&self, other: &Object) -> Result {
        if table_of(other).is_none() {
            return Ok(not_implemented());
        }
        self.update_from(other)?;
        Ok(self.to_ref())
    }

    #[slot]
    fn nb_inplace_and(&self, other: &Object) -> Result {
        if table_of(other).is_none() {
            return Ok(not_implemented());
        }
        self.intersection_update(&[other])?;
        Ok(self.to_ref())
    }

    #[slot]
    fn nb_inplace_subtract(&self, other: &Object) -> Result {
        if table_of(other).is_none() {
            return Ok(not_implemented());
        }
        self.difference_update(&[other])?;
        Ok(self.to_ref())
    }

    #[slot]
    fn nb_inplace_xor(&self, other: &Object) -> Result {
        if table_of(other).is_none() {
            return Ok(not_implemented());
        }
        self.symmetric_difference_update(other)?;
        Ok(self.to_ref())
    }

    /// Add an element to a set.
    ///
    /// This has no effect if the element is already present.
    #[method(name = "add", signature = "($self, object, /)")]
    fn add_method(&self, object: &Object) -> Result<()> {
        self.add(object)
    }

    /// Take an element out if it is there.
    #[method(name = "discard", signature = "($self, object, /)")]
    fn discard_method(&self, object: &Object) -> Result<()> {
        self.discard(object).map(drop)
    }

    /// Take an element out; KeyError if it is not there.
    #[method(signature = "($self, object, /)")]
    fn remove(&self, object: &Object) -> Result<()> {
        if self.discard(object)? { Ok(()) } else { Err(crate::objects::dict::key_error(object)) }
    }

    /// Take any element out and return it; an empty set raises KeyError.
    #[method(signature = "($self, /)")]
    fn pop(&self) -> Result {
        self.pop_item().ok_or_else(|| raise!(KeyError, "pop from an empty set"))
    }

    /// Remove all elements from this set.
    #[method(signature = "($self, /)")]
    fn clear(&self) {
        self.table.drop_references();
    }

    /// Return a shallow copy of a set.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Set>> {
        Set::of(self)
    }

    /// Update the set, adding elements from all others.
    #[method(signature = "($self, /, *others)")]
    fn update(&self, others: &[&Object]) -> Result<()> {
        others.iter().try_for_each(|other| self.update_from(other))
    }

    /// Update the set, keeping only elements found in it and all others.
    #[method(signature = "($self, /, *others)")]
    fn intersection_update(&self, others: &[&Object]) -> Result<()> {
        let result = self.intersection_with(others)?;
        self.become_(&result);
        Ok(())
    }

    /// Update the set, removing elements found in others.
    #[method(signature = "($self, /, *others)")]
    fn difference_update(&self, others: &[&Object]) -> Result<()> {
        for other in others {
            if other.is_same(self) {
                self.table.drop_references();
                continue;
            }
            other.for_each(|item| self.table.remove(&item, hash_of(&item)?).map(drop))?;
        }
        Ok(())
    }

    /// Update the set, keeping only elements found in either set, but not in both.
    #[method(signature = "($self, other, /)")]
    fn symmetric_difference_update(&self, other: &Object) -> Result<()> {
        let result = self.symmetric_difference_with(other)?;
        self.become_(&result);
        Ok(())
    }
}

#[methods(part = own)]
impl FrozenSet {
    #[new(signature = "(iterable=(), /)")]
    fn tp_new(class: &Type, iterable: Option<&Object>) -> Result<Ref<Self>> {
        let exact = std::ptr::eq(class, FrozenSet::type_object());
        if exact && let Some(set) = iterable.and_then(|iterable| iterable.downcast_exact::<FrozenSet>()) {
            return Ok(Ref::from_borrowed(set));
        }
        let set = Ref::new_in(class, FrozenSet::empty());
        if let Some(iterable) = iterable {
            update(&set.table, iterable)?;
        }
        Ok(set)
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        if self.table.hash.get() == -1 {
            self.table.hash.set(frozen_hash(&self.table)?);
        }
        Ok(self.table.hash.get())
    }

    /// Return a shallow copy of a set.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result {
        if self.is::<FrozenSet>() {
            return Ok(self.to_ref());
        }
        Ok(FrozenSet::of(self)?.into_object())
    }
}

/// An iterator over a set.
#[class(name = "set_iterator", symbol = "PySetIter_Type", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct SetIterator {
    head: Object,
    set: Link,
    #[gc(skip)]
    size: Cell<usize>,
    #[gc(skip)]
    position: Cell<usize>,
    #[gc(skip)]
    left: Cell<usize>,
}

impl SetIterator {
    fn new(set: &Object, size: usize) -> Ref<SetIterator> {
        Ref::new(SetIterator {
            head: Object::HEAD,
            set: Link::new(set.to_ref()),
            size: Cell::new(size),
            position: Cell::new(0),
            left: Cell::new(size),
        })
    }
}

#[methods]
impl SetIterator {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let Some(set) = self.set.get() else { return Ok(None) };
        let Some(table) = table_of(&set) else { return Ok(None) };
        if table.used.get() as usize != self.size.get() {
            self.size.set(usize::MAX);
            return Err(raise!(RuntimeError, "Set changed size during iteration"));
        }
        let mut position = self.position.get();
        let next = table.next(&mut position);
        self.position.set(position);
        match next {
            Some((key, _)) => {
                self.left.set(self.left.get().saturating_sub(1));
                Ok(Some(key))
            }
            None => {
                self.set.set(None);
                Ok(None)
            }
        }
    }

    #[method(name = "__length_hint__", signature = "($self, /)")]
    fn length_hint(&self) -> usize {
        let set = self.set.get();
        let used = set.as_deref().and_then(table_of).map(|table| table.used.get() as usize);
        if used == Some(self.size.get()) { self.left.get() } else { 0 }
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let iter = crate::eval::names::builtin(Interpreter::current(), intern!("iter"))?;
        let mut rest = Vec::new();
        if let Some(table) = self.set.get().as_deref().and_then(table_of) {
            let mut position = self.position.get();
            while let Some((key, _)) = table.next(&mut position) {
                rest.push(key);
            }
        }
        Ok(Tuple::pack([iter, Tuple::pack([List::from_vec(rest).into_object()]).into_object()]))
    }
}
