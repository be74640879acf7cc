//! Attributes without a dictionary: the names that a class's instances have are kept once, beside the class; an instance
//! keeps values only, behind its body. Whoever asks for `__dict__` gets an ordinary dict that the values move to.

use std::cell::Cell;
use std::ptr;

use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::r#type::Type;
use crate::reference::{Ref, decref};

/// Names that the instances of one class can share; more go to a dict.
const MOST_NAMES: usize = 30;
/// Slots of the index: a power of two, twice as many as names.
const SLOTS: usize = 64;

/// The names of a class's instances' attributes (C: `ht_cached_keys`). It owns a reference to each.
pub struct SharedKeys {
    /// Changes whenever a name is added, once somebody asked for it; 0: nobody did.
    version: Cell<u32>,
    /// Room for values in the next instance.
    capacity: Cell<usize>,
    count: Cell<usize>,
    names: [Cell<*const Str>; MOST_NAMES],
    slots: [Cell<u8>; SLOTS],
}

impl SharedKeys {
    fn new() -> SharedKeys {
        SharedKeys {
            version: Cell::new(0),
            capacity: Cell::new(MOST_NAMES),
            count: Cell::new(0),
            names: [const { Cell::new(ptr::null()) }; MOST_NAMES],
            slots: [const { Cell::new(0) }; SLOTS],
        }
    }

    /// The slot where a name is, or would be.
    #[inline(always)]
    fn slot(&self, name: &Str) -> &Cell<u8> {
        let hash = name.hash_value();
        let mut at = hash as usize;
        loop {
            let slot = &self.slots[at % SLOTS];
            let index = slot.get();
            if index == 0 {
                return slot;
            }
            let candidate = self.names[index as usize - 1].get();
            // SAFETY: the names up to `count` are alive.
            let equals = || unsafe { (*candidate).hash_value() == hash && (*candidate).equals(name) };
            if ptr::eq(candidate, name) || equals() {
                return slot;
            }
            at += 1;
        }
    }

    /// The index of a name's value.
    #[inline(always)]
    pub fn find(&self, name: &Str) -> Option<usize> {
        (self.slot(name).get() as usize).checked_sub(1)
    }

    /// As `find`, adding the name if there is room below `limit`.
    fn find_or_add(&self, name: &Str, limit: usize) -> Option<usize> {
        let slot = self.slot(name);
        if slot.get() != 0 {
            return Some(slot.get() as usize - 1);
        }
        let count = self.count.get();
        if count >= limit.min(MOST_NAMES) {
            return None;
        }
        let name = Str::intern(Ref::from_borrowed(name));
        self.names[count].set(name.into_raw() as *const Str);
        self.count.set(count + 1);
        slot.set(count as u8 + 1);
        self.version.set(0);
        Some(count)
    }

    /// A number that stays while no name is added; 0 if there is none left.
    pub fn version(&self) -> u32 {
        if self.version.get() == 0 {
            self.version.set(super::next_version());
        }
        self.version.get()
    }

    /// Is that the version still?
    #[inline(always)]
    pub fn has_version(&self, version: u32) -> bool {
        self.version.get() == version
    }
}

impl Drop for SharedKeys {
    fn drop(&mut self) {
        for name in &self.names[..self.count.get()] {
            // SAFETY: the keys own their names.
            unsafe { decref(name.get() as *mut RawObject) };
        }
    }
}

/// The keys that a class's instances share.
#[inline(always)]
pub fn keys_of(ty: &Type) -> Option<&SharedKeys> {
    if ty.flags() & abi::Py_TPFLAGS_HEAPTYPE == 0 {
        return None;
    }
    // SAFETY: a heap type has these fields; the keys live as long as the type.
    unsafe {
        (*(ty.as_type_ptr() as *const abi::PyHeapTypeObject))
            .ht_cached_keys
            .get()
            .cast::<SharedKeys>()
            .as_ref()
    }
}

/// Makes the keys of a class; those that its methods are seen to assign come first.
pub fn prepare(ty: &Type) -> bool {
    let Some(heap) = ty.heap() else { return false };
    if !heap.ht_cached_keys.get().is_null() {
        return true;
    }
    let keys = SharedKeys::new();
    let assigned =
        ty.dict().and_then(|dict| dict.get_str(crate::intern!("__static_attributes__")).ok().flatten());
    if let Some(names) =
        assigned.as_deref().and_then(|names| names.downcast_exact::<crate::objects::tuple::Tuple>())
    {
        for name in names.as_slice().iter().filter_map(|name| name.downcast_exact::<Str>()) {
            keys.find_or_add(name, MOST_NAMES - 1);
        }
    }
    heap.ht_cached_keys.set(Box::into_raw(Box::new(keys)).cast());
    true
}

/// Frees the keys of a dying class.
pub fn drop_keys(ty: &Type) {
    let Some(heap) = ty.heap() else { return };
    let keys = heap.ht_cached_keys.replace(ptr::null_mut()).cast::<SharedKeys>();
    if !keys.is_null() {
        // SAFETY: the type owned them, and no instance lives.
        drop(unsafe { Box::from_raw(keys) });
    }
}

/// Bytes of a class's keys, as `sys.getsizeof` counts them.
pub fn keys_size(ty: &Type) -> usize {
    keys_of(ty).map_or(0, |_| 32 + SLOTS + MOST_NAMES * 16)
}

/// An instance's own values: they lie behind its body, followed by the order in which they came, a byte each.
#[repr(C)]
pub struct InlineValues {
    capacity: u8,
    count: Cell<u8>,
    /// Cleared for good when the values move to a dict.
    valid: Cell<bool>,
    unused: [u8; 5],
}

/// Bytes of the values for that many names.
#[inline(always)]
fn size_for(capacity: usize) -> usize {
    size_of::<InlineValues>() + ((capacity * 9 + 7) & !7)
}

/// How many values the next instance of a class gets room for. It becomes less with each instance, down to one more than
/// there are names: the first instances show what names there are.
#[inline]
pub fn next_capacity(ty: &Type) -> usize {
    let Some(keys) = keys_of(ty) else { return 0 };
    let capacity = keys.capacity.get();
    if capacity > keys.count.get() + 1 {
        keys.capacity.set(capacity - 1);
    }
    capacity
}

/// Bytes for that many values.
#[inline(always)]
pub fn inline_size(capacity: usize) -> usize {
    size_for(capacity)
}

/// Declares the zeroed memory behind an instance's body to be empty values.
///
/// # Safety
/// There are [`inline_size`] bytes there.
#[inline(always)]
pub unsafe fn initialize(memory: *mut u8, capacity: usize) {
    // SAFETY: by contract.
    unsafe {
        memory.cast::<InlineValues>().write(InlineValues {
            capacity: capacity as u8,
            count: Cell::new(0),
            valid: Cell::new(true),
            unused: [0; 5],
        });
    }
}

/// The values of an instance.
///
/// # Safety
/// The object's type has inline values.
#[inline(always)]
pub unsafe fn values_of(object: &Object) -> &InlineValues {
    let offset = (object.ty().raw.tp_basicsize.get() + 7) & !7;
    // SAFETY: by contract they lie behind the body.
    unsafe { &*(object.as_ptr().cast::<u8>().offset(offset).cast()) }
}

/// As [`values_of`], where the type has them and they hold the attributes.
#[inline(always)]
pub fn valid_values(object: &Object) -> Option<&InlineValues> {
    if object.ty().flags() & abi::Py_TPFLAGS_INLINE_VALUES == 0 {
        return None;
    }
    // SAFETY: just checked.
    let values = unsafe { values_of(object) };
    values.is_valid().then_some(values)
}

impl InlineValues {
    /// Their size in memory.
    #[inline(always)]
    pub fn size(&self) -> usize {
        size_for(self.capacity as usize)
    }

    /// Do they hold the instance's attributes? Otherwise its dictionary does.
    #[inline(always)]
    pub fn is_valid(&self) -> bool {
        self.valid.get()
    }

    #[inline(always)]
    fn field(&self, index: usize) -> &Cell<*mut RawObject> {
        // SAFETY: callers stay below the capacity.
        unsafe { &*(self as *const InlineValues).add(1).cast::<Cell<*mut RawObject>>().add(index) }
    }

    #[inline(always)]
    fn order(&self, position: usize) -> &Cell<u8> {
        // SAFETY: the order follows the values.
        unsafe {
            &*(self as *const InlineValues)
                .add(1)
                .cast::<Cell<*mut RawObject>>()
                .add(self.capacity as usize)
                .cast::<Cell<u8>>()
                .add(position)
        }
    }

    /// The value at an index, lent.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<&Object> {
        if index >= self.capacity as usize {
            return None;
        }
        // SAFETY: the field owns its target, or is null.
        unsafe { Object::from_raw_opt(self.field(index).get()) }
    }

    #[inline(always)]
    pub fn has_room_for(&self, index: usize) -> bool {
        index < self.capacity as usize
    }

    /// Puts a value in; gives the old one, which the caller drops when it is done with the instance.
    #[inline(always)]
    pub fn set(&self, index: usize, value: Ref) -> Option<Ref> {
        debug_assert!(self.has_room_for(index));
        let old = self.field(index).replace(value.into_raw());
        if old.is_null() {
            let count = self.count.get();
            self.order(count as usize).set(index as u8);
            self.count.set(count + 1);
        }
        // SAFETY: the field owned its target.
        unsafe { Ref::from_owned_opt(old) }
    }

    /// Takes a value out.
    fn remove(&self, index: usize) -> Option<Ref> {
        if index >= self.capacity as usize {
            return None;
        }
        let old = self.field(index).replace(ptr::null_mut());
        if !old.is_null() {
            let count = self.count.get() as usize;
            let position =
                (0..count).find(|&position| self.order(position).get() as usize == index).unwrap_or(count);
            for position in position + 1..count {
                self.order(position - 1).set(self.order(position).get());
            }
            self.count.set(count.saturating_sub(1) as u8);
        }
        // SAFETY: the field owned its target.
        unsafe { Ref::from_owned_opt(old) }
    }

    /// Takes the value out that came first.
    fn take_first(&self) -> Option<(usize, Ref)> {
        if self.count.get() == 0 {
            return None;
        }
        let index = self.order(0).get() as usize;
        self.remove(index).map(|value| (index, value))
    }

    /// Calls `visit` with each value.
    pub fn visit(&self, mut visit: impl FnMut(&Object) -> i32) -> i32 {
        for position in 0..self.count.get() as usize {
            if let Some(value) = self.get(self.order(position).get() as usize) {
                let stop = visit(value);
                if stop != 0 {
                    return stop;
                }
            }
        }
        0
    }

    /// Drops all values. What dies can run any code, so each is out before it does.
    pub fn clear(&self) {
        let mut old = [ptr::null_mut(); MOST_NAMES];
        let count = self.count.replace(0) as usize;
        for (position, old) in old[..count].iter_mut().enumerate() {
            *old = self.field(self.order(position).get() as usize).replace(ptr::null_mut());
        }
        for old in &old[..count] {
            // SAFETY: the field owned its target.
            unsafe { decref(*old) };
        }
    }

    /// The values hold no attributes any more; gives what they held.
    pub fn invalidate(&self) -> Vec<Ref> {
        self.valid.set(false);
        let mut all = Vec::new();
        while let Some((_, value)) = self.take_first() {
            all.push(value);
        }
        all
    }
}

/// The value of an instance's attribute; the outer `None` where a dictionary has to be asked.
#[inline(always)]
pub fn get(object: &Object, name: &Str) -> Option<Option<Ref>> {
    let values = valid_values(object)?;
    let keys = keys_of(object.ty())?;
    Some(keys.find(name).and_then(|index| values.get(index)).map(Object::to_ref))
}

/// Sets an instance's attribute. False where a dictionary has to keep it.
pub fn set(object: &Object, name: &Str, value: &Object) -> bool {
    let (Some(values), Some(keys)) = (valid_values(object), keys_of(object.ty())) else { return false };
    if !name.is::<Str>() {
        return false;
    }
    match keys.find_or_add(name, values.capacity as usize).filter(|&index| values.has_room_for(index)) {
        Some(index) => {
            drop(values.set(index, value.to_ref()));
            true
        }
        None => false,
    }
}

/// Deletes an instance's attribute: whether it was there; `None` where a dictionary has to be asked.
pub fn delete(object: &Object, name: &Str) -> Option<bool> {
    let values = valid_values(object)?;
    let keys = keys_of(object.ty())?;
    let old = keys.find(name).and_then(|index| values.remove(index));
    Some(old.is_some())
}

/// The values as a dict, which has them from now on.
pub fn move_to_dict(object: &Object) -> Option<Ref<Dict>> {
    let values = valid_values(object)?;
    let keys = keys_of(object.ty())?;
    let dict = Dict::with_capacity(values.count.get() as usize);
    values.valid.set(false);
    while let Some((index, value)) = values.take_first() {
        // SAFETY: an index of a value is one of a name.
        let name = unsafe { &*keys.names[index].get() };
        dict.append(name, &value, name.hash_value());
    }
    Some(dict)
}
