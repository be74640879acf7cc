//! `dict`: a mapping that keeps insertion order. Layout: `PyDictObject`; the table is in `keys`.

pub mod keys;
mod methods;
pub mod shared;
pub mod views;

use std::cell::Cell;

use crate::prelude::*;
use crate::reference::decref;
use keys::{Entry, Keys};

/// dict() -> empty
/// dict(mapping) -> the entries of a mapping
/// dict(iterable) -> entries from (key, value) pairs
/// dict(**kwargs) -> entries from names, beside the others:
///     dict(one=1, two=2)
#[class(name = "dict", symbol = "PyDict_Type", flags(BASETYPE, GC, DICT_SUBCLASS, MAPPING, MATCH_SELF))]
#[repr(C)]
pub struct Dict {
    head: Object,
    #[gc(skip)]
    used: Cell<isize>,
    #[gc(skip)]
    watchers: Cell<u64>,
    keys: Table,
    #[gc(skip)]
    values: Cell<*mut u8>,
}

const _: () = assert!(size_of::<Dict>() == size_of::<abi::PyDictObject>());

/// The owned table; null is an empty one.
struct Table(Cell<*mut Keys>);

impl Traverse for Table {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        // SAFETY: visiting does not change the table.
        let Some(keys) = (unsafe { self.0.get().as_ref() }) else { return 0 };
        for entry in keys.entries().iter().filter(|entry| !entry.key.is_null()) {
            // SAFETY: the table owns its keys and values.
            let stop = unsafe {
                match visitor.visit(&*entry.key) {
                    0 => visitor.visit(&*entry.value),
                    stop => stop,
                }
            };
            if stop != 0 {
                return stop;
            }
        }
        0
    }

    fn drop_references(&self) {
        drop_table(self.0.replace(std::ptr::null_mut()));
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.drop_references();
    }
}

/// Frees a table that no dict has any more, and what it owns.
fn drop_table(table: *mut Keys) {
    let Some(table) = std::ptr::NonNull::new(table) else { return };
    // SAFETY: nobody else has the table.
    let keys = unsafe { table.as_ref() };
    for entry in keys.entries().iter().filter(|entry| !entry.key.is_null()) {
        // SAFETY: the table owned its keys and values.
        unsafe {
            decref(entry.key.cast());
            decref(entry.value.cast());
        }
    }
    // SAFETY: as above.
    unsafe { Keys::free(table) };
}

/// The hash of a key; of a str without asking its type.
#[inline(always)]
fn hash_of(key: &Object) -> Result<isize> {
    match key.downcast_exact::<Str>() {
        Some(text) => Ok(text.hash_value()),
        None => key.hash().map_err(|raised| unhashable(key, raised, "a dict key")),
    }
}

/// The TypeError of an unhashable key, with what it was to be.
#[cold]
pub(in crate::objects) fn unhashable(key: &Object, raised: Raised, role: &str) -> Raised {
    let exception = raised.take();
    if !std::ptr::eq(exception.ty(), &*crate::objects::exceptions::TypeError) {
        return crate::errors::restore(exception);
    }
    match exception.str_() {
        Ok(message) => {
            raise!(TypeError, "cannot use '{}' as {role} ({message})", key.ty().qualified_name())
        }
        Err(raised) => raised,
    }
}

impl Dict {
    /// The body of an empty dict: for native types that derive from it.
    pub fn empty() -> Dict {
        Dict {
            head: Object::HEAD,
            used: Cell::new(0),
            watchers: Cell::new(0),
            keys: Table(Cell::new(std::ptr::null_mut())),
            values: Cell::new(std::ptr::null_mut()),
        }
    }

    pub fn new() -> Ref<Dict> {
        Ref::new(Dict::empty())
    }

    pub fn with_capacity(capacity: usize) -> Ref<Dict> {
        let dict = Dict::new();
        if capacity > 5 {
            dict.keys.0.set(Keys::allocate(capacity).as_ptr());
        }
        dict
    }

    #[inline(always)]
    fn table(&self) -> Option<&Keys> {
        // SAFETY: the table is this dict's; callers drop the borrow before anything can change it.
        unsafe { self.keys.0.get().as_ref() }
    }

    /// # Safety
    /// No other borrow of the table is alive.
    #[allow(clippy::mut_from_ref, reason = "the table is reached through a cell")]
    unsafe fn table_mut(&self) -> &mut Keys {
        if self.keys.0.get().is_null() {
            self.keys.0.set(Keys::allocate(1).as_ptr());
        }
        // SAFETY: by contract, and just made if it was null.
        unsafe { &mut *self.keys.0.get() }
    }

    /// The entry of a str key, where all keys are str.
    #[inline(always)]
    fn find_text(table: &Keys, key: &Str, hash: isize) -> Option<usize> {
        let mut probe = table.probe(hash);
        while let Some(index) = table.step(&mut probe) {
            let entry = table.entry(index);
            if std::ptr::eq(entry.key, &**key) {
                return Some(index);
            }
            // SAFETY: all keys of such a table are exactly str.
            if entry.hash == hash && unsafe { (*entry.key).downcast_unchecked::<Str>() }.equals(key) {
                return Some(index);
            }
        }
        None
    }

    /// The index of a key's entry. Comparing may run any code: if that changes the table, the search starts anew.
    fn find(&self, key: &Object, hash: isize) -> Result<Option<usize>> {
        'restart: loop {
            let Some(table) = self.table() else { return Ok(None) };
            if table.all_str
                && let Some(text) = key.downcast_exact::<Str>()
            {
                return Ok(Dict::find_text(table, text, hash));
            }
            let address: *const Keys = table;
            let mut probe = table.probe(hash);
            while let Some(index) = self.table().and_then(|table| table.step(&mut probe)) {
                let entry = *table.entry(index);
                if std::ptr::eq(entry.key, key) {
                    return Ok(Some(index));
                }
                if entry.hash != hash {
                    continue;
                }
                // SAFETY: the table owns its keys.
                let candidate = unsafe { &*entry.key }.to_ref();
                let equal = candidate.rich_compare_bool(key, CompareOp::Eq)?;
                let now: *const Keys = self.keys.0.get();
                let unchanged = std::ptr::eq(now, address)
                    && self
                        .table()
                        .and_then(|table| table.entries().get(index))
                        .is_some_and(|entry| std::ptr::eq(entry.key, &*candidate));
                if !unchanged {
                    continue 'restart;
                }
                if equal {
                    return Ok(Some(index));
                }
            }
            return Ok(None);
        }
    }

    #[inline(always)]
    fn value_at_index(&self, index: usize) -> Option<Ref> {
        let entry = self.table()?.entries().get(index)?;
        // SAFETY: the table owns its values.
        unsafe { entry.value.as_ref() }.map(Object::to_ref)
    }

    /// The value of a key; the errors are those of hashing and comparing it.
    pub fn get(&self, key: &Object) -> Result<Option<Ref>> {
        if self.used.get() == 0 && key.is::<Str>() {
            return Ok(None);
        }
        self.get_with_hash(key, hash_of(key)?)
    }

    /// As `get`, for a hash that is known.
    pub fn get_with_hash(&self, key: &Object, hash: isize) -> Result<Option<Ref>> {
        Ok(self.find(key, hash)?.and_then(|index| self.value_at_index(index)))
    }

    /// The value of a str key.
    #[inline]
    pub fn get_str(&self, key: &Str) -> Result<Option<Ref>> {
        if let Some(table) = self.table()
            && table.all_str
            && key.is::<Str>()
        {
            return Ok(
                Dict::find_text(table, key, key.hash_value()).and_then(|index| self.value_at_index(index))
            );
        }
        self.get(key)
    }

    pub fn contains_key(&self, key: &Object) -> Result<bool> {
        Ok(self.find(key, hash_of(key)?)?.is_some())
    }

    /// `self[key] = value`.
    pub fn insert(&self, key: &Object, value: &Object) -> Result<()> {
        self.insert_with_hash(key, value, hash_of(key)?)
    }

    pub fn insert_str(&self, key: &Str, value: &Object) -> Result<()> {
        self.insert(key, value)
    }

    /// As `insert`, for a hash that is known.
    pub fn insert_with_hash(&self, key: &Object, value: &Object, hash: isize) -> Result<()> {
        match self.find(key, hash)? {
            Some(index) => drop(self.replace_value(index, value)),
            None => self.append(key, value, hash),
        }
        Ok(())
    }

    /// Puts another value into an entry; gives the old one.
    fn replace_value(&self, index: usize, value: &Object) -> Option<Ref> {
        let new = value.to_ref().into_raw() as *mut Object;
        // SAFETY: nothing runs while the table is borrowed; the old value's reference was the table's.
        unsafe {
            let entry = &mut self.table_mut().entries_mut()[index];
            Ref::from_owned_opt(std::mem::replace(&mut entry.value, new).cast())
        }
    }

    /// Adds an entry for a key that is not there.
    fn append(&self, key: &Object, value: &Object, hash: isize) {
        // SAFETY: nothing runs while the table is borrowed.
        let table = unsafe { self.table_mut() };
        if !table.has_room() {
            // A table of three slots a key, of which two are used.
            let capacity = (table.used * 2).max(5);
            self.replace_table(capacity);
        }
        // SAFETY: as above.
        let table = unsafe { self.table_mut() };
        table.all_str &= key.is::<Str>();
        table.push(Entry {
            hash,
            key: key.to_ref().into_raw().cast(),
            value: value.to_ref().into_raw().cast(),
        });
        self.used.set(self.used.get() + 1);
    }

    /// The same entries in another table with room for `capacity`.
    fn replace_table(&self, capacity: usize) {
        // SAFETY: nothing runs while the table is borrowed; the entries have moved when the old one is freed.
        unsafe {
            let new = self.table_mut().rebuilt(capacity);
            let old = self.keys.0.replace(new.as_ptr());
            Keys::free(std::ptr::NonNull::new_unchecked(old));
        }
    }

    /// Takes a key out; gives its value.
    pub fn remove(&self, key: &Object) -> Result<Option<Ref>> {
        self.remove_with_hash(key, hash_of(key)?)
    }

    /// As `remove`, for a hash that is known.
    pub fn remove_with_hash(&self, key: &Object, hash: isize) -> Result<Option<Ref>> {
        let Some(index) = self.find(key, hash)? else { return Ok(None) };
        let (key, value) = self.take_entry(index);
        drop(key);
        Ok(Some(value))
    }

    fn take_entry(&self, index: usize) -> (Ref, Ref) {
        // SAFETY: nothing runs while the table is borrowed; its references pass to the caller.
        unsafe {
            let entry = self.table_mut().remove(index);
            self.used.set(self.used.get() - 1);
            (Ref::from_owned(entry.key.cast()), Ref::from_owned(entry.value.cast()))
        }
    }

    /// The value of a key, which becomes `default` if the key is not there.
    pub fn get_or_insert(&self, key: &Object, default: &Object) -> Result<Ref> {
        let hash = hash_of(key)?;
        match self.find(key, hash)?.and_then(|index| self.value_at_index(index)) {
            Some(value) => Ok(value),
            None => {
                self.append(key, default, hash);
                Ok(default.to_ref())
            }
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next entry from a position on (0 to begin with), which moves on.
    pub fn next_entry(&self, position: &mut usize) -> Option<(Ref, Ref)> {
        let entries = self.table()?.entries();
        while let Some(entry) = entries.get(*position) {
            *position += 1;
            if !entry.key.is_null() {
                // SAFETY: the table owns its keys and values.
                return Some(unsafe { ((*entry.key).to_ref(), (*entry.value).to_ref()) });
            }
        }
        None
    }

    /// As `next_entry`, lent: for C's `PyDict_Next`. Gives key, value and hash.
    pub fn next_borrowed(&self, position: &mut usize) -> Option<(&Object, &Object, isize)> {
        let entries = self.table()?.entries();
        while let Some(entry) = entries.get(*position) {
            *position += 1;
            if !entry.key.is_null() {
                // SAFETY: the table owns its keys and values; the caller changes nothing meanwhile.
                return Some(unsafe { (&*entry.key, &*entry.value, entry.hash) });
            }
        }
        None
    }

    /// The last entry before a position: for reversed iteration.
    fn previous_entry(&self, position: &mut usize) -> Option<(Ref, Ref)> {
        let entries = self.table()?.entries();
        while *position > 0 {
            *position -= 1;
            let entry = entries.get(*position)?;
            if !entry.key.is_null() {
                // SAFETY: the table owns its keys and values.
                return Some(unsafe { ((*entry.key).to_ref(), (*entry.value).to_ref()) });
            }
        }
        None
    }

    /// Forgets deleted entries at the end, so that `popitem` does not walk them again.
    fn trim(&self) {
        // SAFETY: nothing runs while the table is borrowed.
        let table = unsafe { self.table_mut() };
        if table.used == 0 && !table.entries().is_empty() {
            self.replace_table(1);
        }
    }

    /// Where the entries end.
    fn end(&self) -> usize {
        self.table().map_or(0, |table| table.entries().len())
    }

    pub fn clear(&self) {
        self.used.set(0);
        self.keys.drop_references();
    }

    pub fn copy(&self) -> Result<Ref<Dict>> {
        let copy = Dict::with_capacity(self.len());
        let mut position = 0;
        while let Some((key, value, hash)) = self.next_borrowed(&mut position) {
            copy.append(key, value, hash);
        }
        Ok(copy)
    }

    /// `update(mapping)`, mappings only: AttributeError if it has no `keys`.
    pub fn update_from(&self, mapping: &Object) -> Result<()> {
        self.merge(mapping, true)
    }

    /// Adds a mapping's items; without `overwrite`, present keys keep their values.
    pub fn merge(&self, mapping: &Object, overwrite: bool) -> Result<()> {
        if let Some(dict) = mapping.downcast::<Dict>()
            && (mapping.is::<Dict>()
                || mapping.ty().raw.tp_iter.get().map(|f| f as usize)
                    == Dict::type_object().raw.tp_iter.get().map(|f| f as usize))
        {
            if dict.is_same(self) {
                return Ok(());
            }
            let size = dict.len();
            let mut position = 0;
            while let Some((key, value)) = dict.next_entry(&mut position) {
                let hash = hash_of(&key)?;
                if overwrite || self.find(&key, hash)?.is_none() {
                    self.insert_with_hash(&key, &value, hash)?;
                }
                if dict.len() != size {
                    return Err(raise!(RuntimeError, "dict mutated during update"));
                }
            }
            return Ok(());
        }
        let keys = mapping.call_method(intern!("keys"), &[])?;
        keys.for_each(|key| {
            if overwrite || !self.contains_key(&key)? {
                let value = mapping.get_item(&key)?;
                self.insert(&key, &value)?;
            }
            Ok(())
        })
    }

    /// A number that stays while no key is added or taken away; for the interpreter's caches.
    pub fn keys_version(&self) -> u32 {
        // SAFETY: nothing runs while the table is borrowed.
        let table = unsafe { self.table_mut() };
        if table.version == 0 {
            table.version = next_version();
        }
        table.version
    }

    /// Are all keys exactly str?
    pub fn has_str_keys(&self) -> bool {
        self.table().is_none_or(|table| table.all_str)
    }

    /// Is that the table's version still?
    #[inline(always)]
    pub fn has_version(&self, version: u32) -> bool {
        self.table().is_some_and(|table| table.version == version)
    }

    /// The value of the entry at an index, lent, if the table's version is that one (which is not 0).
    #[inline(always)]
    pub fn value_of_version(&self, version: u32, index: usize) -> Option<&Object> {
        let table = self.table()?;
        if table.version != version {
            return None;
        }
        // SAFETY: the table owns its values.
        unsafe { table.entries().get(index)?.value.as_ref() }
    }

    /// The value of the entry at an index, lent, if its key is this very object.
    #[inline(always)]
    pub fn value_at_hint(&self, key: &Object, index: usize) -> Option<&Object> {
        let entry = self.table()?.entries().get(index)?;
        // SAFETY: the table owns its values.
        if std::ptr::eq(entry.key, key) { unsafe { entry.value.as_ref() } } else { None }
    }

    /// Puts another value into the entry at an index, if its key is this very object; gives the old one.
    #[inline(always)]
    pub fn replace_at_hint(&self, key: &Object, index: usize, value: &Object) -> Option<Ref> {
        self.value_at_hint(key, index)?;
        self.replace_value(index, value)
    }

    /// The index of a str key's entry, which stays while the version does.
    pub fn index_of(&self, key: &Str) -> Option<usize> {
        self.table()
            .filter(|table| table.all_str)
            .and_then(|table| Dict::find_text(table, key, key.hash_value()))
    }

    /// The value of the entry at an index.
    #[inline(always)]
    pub fn value_at(&self, index: usize) -> Option<Ref> {
        self.value_at_index(index)
    }

    /// The index of a key's entry, for tables that are kept beside this one; it changes when the table is rebuilt.
    pub fn entry_index(&self, key: &Object, hash: isize) -> Result<Option<usize>> {
        self.find(key, hash)
    }

    /// The index of the entry whose key is this very object: no code runs.
    pub fn identical_index(&self, key: &Object, hash: isize) -> Option<usize> {
        let table = self.table()?;
        let mut probe = table.probe(hash);
        while let Some(index) = table.step(&mut probe) {
            if std::ptr::eq(table.entry(index).key, key) {
                return Some(index);
            }
        }
        None
    }

    /// The key of the entry at an index.
    pub fn key_at(&self, index: usize) -> Option<Ref> {
        // SAFETY: the table owns its keys.
        unsafe { self.table()?.entries().get(index)?.key.as_ref() }.map(Object::to_ref)
    }

    /// How many slots the table's index has.
    pub fn slot_count(&self) -> usize {
        self.table().map_or(0, Keys::slot_count)
    }

    /// Bytes of memory, as `sys.getsizeof` counts them.
    pub fn memory(&self) -> usize {
        self.ty().raw.tp_basicsize.get() as usize + self.table().map_or(0, Keys::memory)
    }
}

/// Raises `KeyError(key)`, also where the key is a tuple.
#[cold]
pub fn key_error(key: &Object) -> Raised {
    let arguments = Tuple::pack([key.to_ref()]);
    crate::errors::raise_value(&crate::objects::exceptions::KeyError, &arguments)
}

/// A number for the keys of a table or of a class, never given before; 0 when there are none left (the interpreter's caches
/// have 16 bits for it).
fn next_version() -> u32 {
    let next = &Interpreter::current().next_keys_version;
    let version = next.get().max(1);
    if version > u16::MAX.into() {
        return 0;
    }
    next.set(version + 1);
    version
}
