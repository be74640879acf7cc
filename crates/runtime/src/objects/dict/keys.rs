//! The table behind a dict: entries in insertion order, and an open-addressed index into them.

use std::ptr::NonNull;

use crate::memory;
use crate::object::Object;

/// An entry; a deleted one has null key and value.
#[derive(Clone, Copy)]
pub struct Entry {
    pub hash: isize,
    pub key: *mut Object,
    pub value: *mut Object,
}

const EMPTY: isize = -1;
const DELETED: isize = -2;
const MINIMUM_LOG2: u8 = 3;

/// The table: this head, then the index slots (as narrow as the table's size allows), then the entries, in one block of
/// memory. It owns a reference to each key and value, which its dict gives back.
pub struct Keys {
    log2: u8,
    /// Are all keys exactly str? Then no comparison runs Python code.
    pub all_str: bool,
    /// Changes whenever a key is added or taken away, once somebody asked for it; 0: nobody did.
    pub version: u32,
    pub used: usize,
    /// Entries in use, deleted ones included.
    len: usize,
    entries: *mut Entry,
}

/// Bytes of an index slot.
#[inline(always)]
fn width(log2: u8) -> usize {
    match log2 {
        0..=7 => 1,
        8..=15 => 2,
        16..=31 => 4,
        _ => 8,
    }
}

impl Keys {
    /// A table with room for that many entries.
    pub fn allocate(capacity: usize) -> NonNull<Keys> {
        let mut log2 = MINIMUM_LOG2;
        while usable(log2) < capacity {
            log2 += 1;
        }
        let indices = width(log2) << log2;
        let before = size_of::<Keys>() + indices;
        let block = memory::allocate(before + usable(log2) * size_of::<Entry>()).expect("out of memory");
        // SAFETY: the parts lie in the block one after the other; a table has at least eight slots, so all are aligned.
        // An empty slot's bytes are all ones.
        unsafe {
            std::ptr::write_bytes(block.add(size_of::<Keys>()).as_ptr(), 0xFF, indices);
            let keys = block.cast::<Keys>();
            let entries = block.add(before).as_ptr().cast();
            keys.write(Keys { log2, all_str: true, version: 0, used: 0, len: 0, entries });
            keys
        }
    }

    /// Gives the memory back; the references are the caller's.
    ///
    /// # Safety
    /// Nobody uses the table any more.
    pub unsafe fn free(keys: NonNull<Keys>) {
        // SAFETY: by contract; the block begins with the head.
        unsafe { memory::free(keys.as_ptr().cast()) }
    }

    /// All entries, deleted ones included.
    #[inline(always)]
    pub fn entries(&self) -> &[Entry] {
        // SAFETY: so many are filled.
        unsafe { std::slice::from_raw_parts(self.entries, self.len) }
    }

    #[inline(always)]
    pub fn entries_mut(&mut self) -> &mut [Entry] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.entries, self.len) }
    }

    /// The entry that [`Keys::step`] gave.
    #[inline(always)]
    pub fn entry(&self, index: usize) -> &Entry {
        debug_assert!(index < self.len);
        // SAFETY: slots hold indices of entries.
        unsafe { &*self.entries.add(index) }
    }

    /// Can another entry be added?
    #[inline(always)]
    pub fn has_room(&self) -> bool {
        self.len < usable(self.log2)
    }

    #[inline(always)]
    fn slots(&self) -> *mut u8 {
        // SAFETY: they follow the head.
        unsafe { (self as *const Keys).add(1).cast::<u8>().cast_mut() }
    }

    #[inline(always)]
    fn index(&self, slot: usize) -> isize {
        let slots = self.slots();
        // SAFETY: there are two to the power `log2` slots of that width, and probes stay below.
        unsafe {
            match self.log2 {
                0..=7 => *slots.cast::<i8>().add(slot) as isize,
                8..=15 => *slots.cast::<i16>().add(slot) as isize,
                16..=31 => *slots.cast::<i32>().add(slot) as isize,
                _ => *slots.cast::<i64>().add(slot) as isize,
            }
        }
    }

    #[inline(always)]
    fn set_index(&mut self, slot: usize, index: isize) {
        let slots = self.slots();
        // SAFETY: as above.
        unsafe {
            match self.log2 {
                0..=7 => *slots.cast::<i8>().add(slot) = index as i8,
                8..=15 => *slots.cast::<i16>().add(slot) = index as i16,
                16..=31 => *slots.cast::<i32>().add(slot) = index as i32,
                _ => *slots.cast::<i64>().add(slot) = index as i64,
            }
        }
    }

    #[inline(always)]
    pub fn probe(&self, hash: isize) -> Probe {
        let mask = (1usize << self.log2) - 1;
        Probe { mask, slot: hash as usize & mask, perturb: hash as usize }
    }

    /// The next entry that a probe comes by; `None` where it ends.
    #[inline(always)]
    pub fn step(&self, probe: &mut Probe) -> Option<usize> {
        loop {
            let index = self.index(probe.slot);
            if index == EMPTY {
                return None;
            }
            probe.advance();
            if index >= 0 {
                return Some(index as usize);
            }
        }
    }

    /// Adds an entry whose key is not there yet, and for which there is room.
    pub fn push(&mut self, entry: Entry) {
        assert!(self.has_room(), "a table is enlarged before it is full");
        let mut probe = self.probe(entry.hash);
        while self.index(probe.slot) >= 0 {
            probe.advance();
        }
        self.set_index(probe.slot, self.len as isize);
        // SAFETY: there is room for one more.
        unsafe { self.entries.add(self.len).write(entry) };
        self.len += 1;
        self.used += 1;
        self.version = 0;
    }

    /// Takes an entry out.
    pub fn remove(&mut self, index: usize) -> Entry {
        let entry = self.entries()[index];
        let mut probe = self.probe(entry.hash);
        while self.index(probe.slot) != index as isize {
            probe.advance();
        }
        self.set_index(probe.slot, DELETED);
        self.entries_mut()[index] = Entry { hash: 0, key: std::ptr::null_mut(), value: std::ptr::null_mut() };
        self.used -= 1;
        self.version = 0;
        entry
    }

    /// The same content in a table with room for `capacity` entries, without gaps; this one is to be freed.
    pub fn rebuilt(&mut self, capacity: usize) -> NonNull<Keys> {
        let mut new = Keys::allocate(capacity);
        // SAFETY: just made, and known to nobody else.
        let keys = unsafe { new.as_mut() };
        keys.all_str = self.all_str;
        for entry in self.entries().iter().filter(|entry| !entry.key.is_null()) {
            keys.push(*entry);
        }
        self.used = 0;
        self.len = 0;
        new
    }

    pub fn slot_count(&self) -> usize {
        1 << self.log2
    }

    pub fn memory(&self) -> usize {
        (width(self.log2) << self.log2) + usable(self.log2) * if self.all_str { 16 } else { 24 } + 32
    }
}

/// Entries that fit into a table before it must grow: two thirds of its slots.
#[inline(always)]
fn usable(log2: u8) -> usize {
    (2usize << log2) / 3
}

/// A walk along the slots that a hash leads to.
pub struct Probe {
    mask: usize,
    slot: usize,
    perturb: usize,
}

impl Probe {
    #[inline(always)]
    fn advance(&mut self) {
        self.perturb >>= 5;
        self.slot = self.slot.wrapping_mul(5).wrapping_add(self.perturb).wrapping_add(1) & self.mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(hash: isize) -> Entry {
        Entry { hash, key: (hash as usize * 16 + 16) as *mut Object, value: std::ptr::null_mut() }
    }

    fn find(keys: &Keys, hash: isize) -> Option<usize> {
        let mut probe = keys.probe(hash);
        while let Some(index) = keys.step(&mut probe) {
            if keys.entry(index).hash == hash {
                return Some(index);
            }
        }
        None
    }

    #[test]
    fn keeps_order_through_growth_and_removal() {
        let mut owned = Keys::allocate(1);
        for hash in 0..1000 {
            // SAFETY: this test's own tables, each freed once.
            unsafe {
                if !owned.as_ref().has_room() {
                    let capacity = owned.as_ref().used * 3;
                    let new = owned.as_mut().rebuilt(capacity);
                    Keys::free(owned);
                    owned = new;
                }
                owned.as_mut().push(entry(hash * 8));
            }
        }
        // SAFETY: as above.
        let keys = unsafe { owned.as_mut() };
        for hash in (0..1000).step_by(2) {
            let index = find(keys, hash * 8).unwrap();
            keys.remove(index);
        }
        let left: Vec<isize> = keys.entries().iter().filter(|e| !e.key.is_null()).map(|e| e.hash).collect();
        assert_eq!(left, (0..1000).filter(|h| h % 2 == 1).map(|h| h * 8).collect::<Vec<_>>());
        assert!((0..1000).all(|hash| find(keys, hash * 8).is_some() == (hash % 2 == 1)));
        // SAFETY: as above.
        unsafe { Keys::free(owned) };
    }
}
