//! `tuple`, `list`, `dict` and `set`. <https://docs.python.org/3.14/c-api/concrete.html#sequence-objects>

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use runtime::prelude::*;

use crate::support::{Raw, bad_internal_call, expect, expect_opt, exported, try_name};

/// The pointer of a reference that somebody else holds too.
pub fn borrowed(object: Ref) -> Raw {
    object.as_ptr()
}

/// A method of a type, called on an object: as C does, overrides in subclasses don't matter.
pub fn method_of<T: NativeType>(method: &Str, arguments: &[&Object]) -> Result {
    T::type_object().get_attr(method)?.call(arguments)
}

/// As many Nones. C fills them in without giving the old items back, which immortal None allows.
fn blanks(size: isize) -> Result<Vec<Ref>> {
    let size = usize::try_from(size).map_err(|_| bad_internal_call())?;
    let mut items = Vec::new();
    items.try_reserve_exact(size).map_err(|_| runtime::errors::no_memory())?;
    items.resize(size, none());
    Ok(items)
}

/// A tuple's raw items.
fn tuple_items(tuple: &Tuple) -> (*mut Raw, isize) {
    // SAFETY: every tuple begins so.
    unsafe {
        let raw = tuple.as_ptr().cast::<abi::PyTupleObject>();
        ((&raw mut (*raw).ob_item).cast(), (*raw).ob_base.ob_size.get())
    }
}

/// A list's raw items.
fn list_items(list: &List) -> (*mut Raw, isize) {
    // SAFETY: every list begins so.
    unsafe {
        let raw = &*list.as_ptr().cast::<abi::PyListObject>();
        (raw.ob_item.get(), raw.ob_base.ob_size.get())
    }
}

/// Puts an owned item (or null) in its place and gives the old one back.
unsafe fn replace(items: *mut Raw, index: isize, item: Raw) {
    // SAFETY: the index is in range.
    unsafe {
        let old = std::mem::replace(&mut *items.offset(index), item);
        drop(Ref::<Object>::from_owned_opt(old));
    }
}

/// A range of items, clipped.
fn slice(items: *mut Raw, size: isize, low: isize, high: isize) -> Vec<Ref> {
    let low = low.clamp(0, size);
    let high = high.clamp(low, size);
    // SAFETY: the range is inside the items; nothing runs while they are copied.
    (low..high).map(|index| unsafe { Object::from_raw(*items.offset(index)) }.to_ref()).collect()
}

exported! {
    fn PyTuple_New(size: isize) -> Result<Ref<Tuple>> {
        Ok(Tuple::from_vec(blanks(size)?))
    }

    fn PyTuple_FromArray(items: *const Raw, size: isize) -> Ref<Tuple> {
        let items = crate::support::objects(items, size as usize);
        Tuple::from_vec(items.iter().map(|item| item.to_ref()).collect())
    }

    fn PyTuple_Size(tuple: &Object) -> Result<isize> {
        Ok(tuple_items(expect(tuple)?).1)
    }

    fn PyTuple_GetItem(tuple: &Object, index: isize) -> Result<Raw> {
        let (items, size) = tuple_items(expect(tuple)?);
        if !(0..size).contains(&index) {
            return Err(raise!(IndexError, "tuple index out of range"));
        }
        Ok(*items.offset(index))
    }

    /// Takes the item over.
    fn PyTuple_SetItem(tuple: &Object, index: isize, item: Raw) -> Result<()> {
        let item = Ref::<Object>::from_owned_opt(item);
        let (items, size) = tuple_items(expect(tuple)?);
        if tuple.reference_count() != 1 {
            return Err(bad_internal_call());
        }
        if !(0..size).contains(&index) {
            return Err(raise!(IndexError, "tuple assignment index out of range"));
        }
        replace(items, index, item.map_or(null_mut(), Ref::into_raw));
        Ok(())
    }

    fn PyTuple_GetSlice(tuple: &Object, low: isize, high: isize) -> Result<Ref<Tuple>> {
        let (items, size) = tuple_items(expect(tuple)?);
        Ok(Tuple::from_vec(slice(items, size, low, high)))
    }

    fn _PyTuple_Resize(place: *mut Raw, size: isize) -> Result<()> {
        let old = Ref::<Object>::from_owned_opt(std::mem::replace(&mut *place, null_mut()));
        let old = old.ok_or_else(bad_internal_call)?;
        let (items, old_size) = tuple_items(expect(&old)?);
        if old_size == size {
            *place = old.into_raw();
            return Ok(());
        }
        let mut kept: Vec<Ref> = slice(items, old_size, 0, size);
        kept.resize(size as usize, none());
        *place = Tuple::from_vec(kept).into_raw();
        Ok(())
    }

    fn PyList_New(size: isize) -> Result<Ref<List>> {
        Ok(List::from_vec(blanks(size)?))
    }

    fn PyList_Size(list: &Object) -> Result<isize> {
        Ok(list_items(expect(list)?).1)
    }

    fn PyList_GetItem(list: &Object, index: isize) -> Result<Raw> {
        let (items, size) = list_items(expect(list)?);
        if !(0..size).contains(&index) {
            return Err(raise!(IndexError, "list index out of range"));
        }
        Ok(*items.offset(index))
    }

    fn PyList_GetItemRef(list: &Object, index: isize) -> Result {
        let Some(list) = list.downcast::<List>() else { return Err(raise!(TypeError, "expected a list")) };
        let (items, size) = list_items(list);
        if !(0..size).contains(&index) {
            return Err(raise!(IndexError, "list index out of range"));
        }
        Ok(Object::from_raw(*items.offset(index)).to_ref())
    }

    /// Takes the item over.
    fn PyList_SetItem(list: &Object, index: isize, item: Raw) -> Result<()> {
        let item = Ref::<Object>::from_owned_opt(item);
        let (items, size) = list_items(expect(list)?);
        if !(0..size).contains(&index) {
            return Err(raise!(IndexError, "list assignment index out of range"));
        }
        replace(items, index, item.map_or(null_mut(), Ref::into_raw));
        Ok(())
    }

    fn PyList_Append(list: &Object, item: Option<&Object>) -> Result<()> {
        let item = item.ok_or_else(bad_internal_call)?;
        expect::<List>(list)?.push(item.to_ref())
    }

    fn PyList_Insert(list: &Object, index: isize, item: Option<&Object>) -> Result<()> {
        let item = item.ok_or_else(bad_internal_call)?;
        expect::<List>(list)?;
        method_of::<List>(intern!("insert"), &[list, &*Int::new(index as i64), item])?;
        Ok(())
    }

    fn PyList_Extend(list: &Object, items: &Object) -> Result<()> {
        expect::<List>(list)?;
        method_of::<List>(intern!("extend"), &[list, items])?;
        Ok(())
    }

    fn PyList_Clear(list: &Object) -> Result<()> {
        expect::<List>(list)?;
        method_of::<List>(intern!("clear"), &[list])?;
        Ok(())
    }

    fn PyList_Reverse(list: Option<&Object>) -> Result<()> {
        let list = expect_opt::<List>(list)?;
        method_of::<List>(intern!("reverse"), &[list])?;
        Ok(())
    }

    fn PyList_Sort(list: Option<&Object>) -> Result<()> {
        let list = expect_opt::<List>(list)?;
        method_of::<List>(intern!("sort"), &[list])?;
        Ok(())
    }

    fn PyList_AsTuple(list: Option<&Object>) -> Result<Ref<Tuple>> {
        let (items, size) = list_items(expect_opt(list)?);
        Ok(Tuple::from_vec(slice(items, size, 0, size)))
    }

    fn PyList_GetSlice(list: &Object, low: isize, high: isize) -> Result<Ref<List>> {
        let (items, size) = list_items(expect(list)?);
        Ok(List::from_vec(slice(items, size, low, high)))
    }

    fn PyList_SetSlice(list: &Object, low: isize, high: isize, items: Option<&Object>) -> Result<()> {
        let size = list_items(expect(list)?).1;
        let low = low.clamp(0, size);
        let range = crate::sliceobject::from_indices(low, high.clamp(low, size))?;
        list.assign_item(&range, items)
    }

    fn PyDict_New() -> Ref<Dict> {
        Dict::new()
    }

    fn _PyDict_NewPresized(_size: isize) -> Ref<Dict> {
        Dict::new()
    }

    fn PyDict_Size(dict: Option<&Object>) -> Result<isize> {
        Ok(expect_opt::<Dict>(dict)?.len() as isize)
    }

    fn PyDict_Clear(dict: &Object) {
        if let Some(dict) = dict.downcast::<Dict>() {
            dict.clear();
        }
    }

    fn PyDict_Copy(dict: Option<&Object>) -> Result<Ref<Dict>> {
        expect_opt::<Dict>(dict)?.copy()
    }

    fn PyDict_Contains(dict: &Object, key: &Object) -> Result<bool> {
        Ok(expect::<Dict>(dict)?.get(key)?.is_some())
    }

    fn PyDict_ContainsString(dict: &Object, key: *const c_char) -> Result<bool> {
        Ok(expect::<Dict>(dict)?.get_str(&*try_name(key)?)?.is_some())
    }

    fn PyDict_GetItem(dict: &Object, key: &Object) -> Raw {
        get_quietly(dict, key)
    }

    fn PyDict_GetItemString(dict: &Object, key: *const c_char) -> Raw {
        match try_name(key) {
            Ok(key) => get_quietly(dict, &key),
            Err(raised) => {
                raised.clear();
                null_mut()
            }
        }
    }

    fn PyDict_GetItemWithError(dict: &Object, key: &Object) -> Result<Raw> {
        Ok(expect::<Dict>(dict)?.get(key)?.map_or(null_mut(), borrowed))
    }

    fn _PyDict_GetItemStringWithError(dict: &Object, key: *const c_char) -> Result<Raw> {
        Ok(expect::<Dict>(dict)?.get_str(&*try_name(key)?)?.map_or(null_mut(), borrowed))
    }

    fn _PyDict_GetItem_KnownHash(dict: &Object, key: &Object, _hash: isize) -> Result<Raw> {
        Ok(expect::<Dict>(dict)?.get(key)?.map_or(null_mut(), borrowed))
    }

    fn PyDict_GetItemRef(dict: &Object, key: &Object, result: *mut Raw) -> Result<bool> {
        crate::object::optional(expect::<Dict>(dict).and_then(|dict| dict.get(key)), result)
    }

    fn PyDict_GetItemStringRef(dict: &Object, key: *const c_char, result: *mut Raw) -> Result<bool> {
        crate::object::optional(expect::<Dict>(dict).and_then(|dict| dict.get_str(&*try_name(key)?)), result)
    }

    fn PyDict_SetItem(dict: &Object, key: &Object, value: &Object) -> Result<()> {
        expect::<Dict>(dict)?.insert(key, value)
    }

    fn _PyDict_SetItem_KnownHash(dict: &Object, key: &Object, value: &Object, _hash: isize) -> Result<()> {
        expect::<Dict>(dict)?.insert(key, value)
    }

    fn _PyDict_SetItem_KnownHash_LockHeld(dict: &Object, key: &Object, value: &Object, _hash: isize) -> Result<()> {
        expect::<Dict>(dict)?.insert(key, value)
    }

    fn PyDict_SetItemString(dict: &Object, key: *const c_char, value: &Object) -> Result<()> {
        expect::<Dict>(dict)?.insert_str(&Str::intern(try_name(key)?), value)
    }

    fn PyDict_DelItem(dict: &Object, key: &Object) -> Result<()> {
        match expect::<Dict>(dict)?.remove(key)? {
            Some(_) => Ok(()),
            None => Err(key_error(key)),
        }
    }

    fn PyDict_DelItemString(dict: &Object, key: *const c_char) -> Result<()> {
        let key = try_name(key)?;
        match expect::<Dict>(dict)?.remove(&key)? {
            Some(_) => Ok(()),
            None => Err(key_error(&key)),
        }
    }

    fn PyDict_SetDefault(dict: &Object, key: &Object, default: &Object) -> Result<Raw> {
        let dict = expect::<Dict>(dict)?;
        if let Some(value) = dict.get(key)? {
            return Ok(borrowed(value));
        }
        dict.insert(key, default)?;
        Ok(default.as_ptr())
    }

    fn PyDict_SetDefaultRef(dict: &Object, key: &Object, default: &Object, result: *mut Raw) -> Result<bool> {
        if !result.is_null() {
            *result = null_mut();
        }
        let dict = expect::<Dict>(dict)?;
        let found = dict.get(key)?;
        let was_there = found.is_some();
        let value = match found {
            Some(value) => value,
            None => {
                dict.insert(key, default)?;
                default.to_ref()
            }
        };
        if !result.is_null() {
            *result = value.into_raw();
        }
        Ok(was_there)
    }

    fn PyDict_Pop(dict: &Object, key: &Object, result: *mut Raw) -> Result<bool> {
        pop(dict, key, result)
    }

    fn PyDict_PopString(dict: &Object, key: *const c_char, result: *mut Raw) -> Result<bool> {
        pop(dict, &*try_name(key)?, result)
    }

    fn _PyDict_Pop(dict: &Object, key: &Object, default: Option<&Object>) -> Result {
        match (expect::<Dict>(dict)?.remove(key)?, default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default.to_ref()),
            (None, None) => Err(key_error(key)),
        }
    }

    fn PyDict_Next(dict: &Object, position: *mut isize, key: *mut Raw, value: *mut Raw) -> bool {
        let Some(dict) = dict.downcast::<Dict>() else { return false };
        let mut index = *position as usize;
        let Some((found_key, found_value)) = dict.next_entry(&mut index) else { return false };
        *position = index as isize;
        if !key.is_null() {
            *key = borrowed(found_key);
        }
        if !value.is_null() {
            *value = borrowed(found_value);
        }
        true
    }

    fn _PyDict_Next(dict: &Object, position: *mut isize, key: *mut Raw, value: *mut Raw, hash: *mut isize) -> bool {
        let mut found = null_mut();
        if PyDict_Next(dict, position, &mut found, value) == 0 {
            return false;
        }
        if !key.is_null() {
            *key = found;
        }
        if !hash.is_null() {
            *hash = Object::from_raw(found).hash().unwrap_or(-1);
        }
        true
    }

    fn PyDict_Keys(dict: Option<&Object>) -> Result<Ref<List>> {
        Ok(List::from_vec(entries(expect_opt(dict)?).into_iter().map(|(key, _)| key).collect()))
    }

    fn PyDict_Values(dict: Option<&Object>) -> Result<Ref<List>> {
        Ok(List::from_vec(entries(expect_opt(dict)?).into_iter().map(|(_, value)| value).collect()))
    }

    fn PyDict_Items(dict: Option<&Object>) -> Result<Ref<List>> {
        let pairs = entries(expect_opt(dict)?);
        Ok(List::from_vec(pairs.into_iter().map(|(key, value)| Tuple::pack([key, value]).into_object()).collect()))
    }

    fn PyDict_Update(dict: Option<&Object>, other: Option<&Object>) -> Result<()> {
        let (Some(dict), Some(other)) = (dict, other) else { return Err(bad_internal_call()) };
        merge(expect(dict)?, other, true)
    }

    fn PyDict_Merge(dict: Option<&Object>, other: Option<&Object>, override_existing: c_int) -> Result<()> {
        let (Some(dict), Some(other)) = (dict, other) else { return Err(bad_internal_call()) };
        merge(expect(dict)?, other, override_existing != 0)
    }

    fn PyDict_MergeFromSeq2(dict: &Object, pairs: &Object, override_existing: c_int) -> Result<()> {
        let dict = expect::<Dict>(dict)?;
        let mut index = 0;
        pairs.for_each(|pair| {
            let pair = pair.collect().map_err(|raised| {
                if !raised.matches(&runtime::objects::exceptions::TypeError) {
                    return raised;
                }
                raised.clear();
                raise!(TypeError, "object is not iterable")
            })?;
            let [key, value] = &pair[..] else {
                return Err(raise!(
                    ValueError,
                    "dictionary update sequence element #{index} has length {}; 2 is required",
                    pair.len()
                ));
            };
            if override_existing != 0 || dict.get(key)?.is_none() {
                dict.insert(key, value)?;
            }
            index += 1;
            Ok(())
        })
    }

    fn PyDictProxy_New(mapping: &Object) -> Result {
        runtime::objects::mappingproxy::MappingProxy::type_object().call(&[mapping])
    }

    fn PyDict_AddWatcher(_callback: abi::PyDict_WatchCallback) -> Result<()> {
        Err(raise!(RuntimeError, "no more dict watcher IDs available"))
    }

    fn PyDict_ClearWatcher(watcher: c_int) -> Result<()> {
        Err(raise!(ValueError, "No dict watcher set for ID {watcher}"))
    }

    fn PyDict_Watch(watcher: c_int, _dict: &Object) -> Result<()> {
        Err(raise!(ValueError, "No dict watcher set for ID {watcher}"))
    }

    fn PyDict_Unwatch(watcher: c_int, _dict: &Object) -> Result<()> {
        Err(raise!(ValueError, "No dict watcher set for ID {watcher}"))
    }

    fn PySet_New(items: Option<&Object>) -> Result {
        match items {
            Some(items) => Set::type_object().call(&[items]),
            None => Set::type_object().call(&[]),
        }
    }

    fn PyFrozenSet_New(items: Option<&Object>) -> Result {
        let class = crate::types::builtin("frozenset")?;
        match items {
            Some(items) => class.call(&[items]),
            None => class.call(&[]),
        }
    }

    fn PySet_Size(set: &Object) -> Result<isize> {
        Ok(any_set(set)?.length()? as isize)
    }

    fn PySet_Contains(set: &Object, item: &Object) -> Result<bool> {
        any_set(set)?.contains(item)
    }

    fn PySet_Add(set: &Object, item: &Object) -> Result<()> {
        if let Some(set) = set.downcast::<Set>() {
            return set.add(item);
        }
        // A frozenset may be filled before anybody else sees it: its table is a set's.
        any_set(set)?;
        if set.reference_count() != 1 {
            return Err(bad_internal_call());
        }
        set.downcast_unchecked::<Set>().add(item)
    }

    fn PySet_Discard(set: &Object, item: &Object) -> Result<bool> {
        expect::<Set>(set)?.discard(item)
    }

    fn PySet_Pop(set: &Object) -> Result {
        method_of::<Set>(intern!("pop"), &[expect::<Set>(set)?])
    }

    fn PySet_Clear(set: &Object) -> Result<()> {
        method_of::<Set>(intern!("clear"), &[expect::<Set>(set)?])?;
        Ok(())
    }

    fn _PySet_Update(set: &Object, items: &Object) -> Result<()> {
        method_of::<Set>(intern!("update"), &[expect::<Set>(set)?, items])?;
        Ok(())
    }

    fn _PySet_NextEntry(set: &Object, position: *mut isize, key: *mut Raw, hash: *mut isize) -> bool {
        let raw = &*set.as_ptr().cast::<abi::PySetObject>();
        let mut index = *position;
        while index <= raw.mask.get() {
            let entry = &*raw.table.get().offset(index);
            index += 1;
            // An entry that was removed has the hash -1.
            if !entry.key.get().is_null() && entry.hash.get() != -1 {
                *position = index;
                *key = entry.key.get();
                *hash = entry.hash.get();
                return true;
            }
        }
        *position = index;
        false
    }
}

/// A value, borrowed; what goes wrong is forgotten, as this old function does.
fn get_quietly(dict: &Object, key: &Object) -> Raw {
    let Some(dict) = dict.downcast::<Dict>() else { return null_mut() };
    let before = Thread::current().take_exception();
    let found = match dict.get(key) {
        Ok(value) => value.map_or(null_mut(), borrowed),
        Err(raised) => {
            raised.clear();
            null_mut()
        }
    };
    Thread::current().set_exception(before);
    found
}

unsafe fn pop(dict: &Object, key: &Object, result: *mut Raw) -> Result<bool> {
    // SAFETY: the place may be written, unless it is null.
    unsafe {
        if !result.is_null() {
            *result = null_mut();
        }
        let dict = expect::<Dict>(dict)?;
        let found = if dict.is_empty() { None } else { dict.remove(key)? };
        let was_there = found.is_some();
        if !result.is_null() {
            *result = found.map_or(null_mut(), Ref::into_raw);
        }
        Ok(was_there)
    }
}

/// KeyError with the key itself, even if that is a tuple.
fn key_error(key: &Object) -> Raised {
    crate::pyerrors::set(&runtime::objects::exceptions::KeyError, Some(&*Tuple::pack([key.to_ref()])))
}

/// Every entry of a dict.
fn entries(dict: &Dict) -> Vec<(Ref, Ref)> {
    let mut position = 0;
    std::iter::from_fn(|| dict.next_entry(&mut position)).collect()
}

fn merge(dict: &Dict, other: &Object, override_existing: bool) -> Result<()> {
    if let Some(other) = other.downcast::<Dict>() {
        for (key, value) in entries(other) {
            if override_existing || dict.get(&key)?.is_none() {
                dict.insert(&key, &value)?;
            }
        }
        return Ok(());
    }
    let keys = other.call_method(intern!("keys"), &[])?;
    keys.for_each(|key| {
        if override_existing || dict.get(&key)?.is_none() {
            dict.insert(&key, &*other.get_item(&key)?)?;
        }
        Ok(())
    })
}

/// The object, if it is a set or frozenset.
fn any_set(object: &Object) -> Result<&Object> {
    if object.downcast::<Set>().is_some() {
        return Ok(object);
    }
    let frozen = crate::types::builtin("frozenset")?;
    let is_frozen = frozen.downcast::<Type>().is_some_and(|class| object.ty().is_subtype(class));
    if is_frozen { Ok(object) } else { Err(bad_internal_call()) }
}
