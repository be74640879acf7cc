//! The table behind a dict: entries in insertion order, and an open-addressed index into them.

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

/// Index slots are as narrow as the table's size allows.
enum Indices {
    Byte(Box<[i8]>),
    Short(Box<[i16]>),
    Int(Box<[i32]>),
    Long(Box<[i64]>),
}

/// The table. It owns a reference to each key and value, which its dict gives back.
pub struct Keys {
    log2: u8,
    /// Are all keys exactly str? Then no comparison runs Python code.
    pub all_str: bool,
    /// Changes whenever a key is added or taken away, once somebody asked for it; 0: nobody did.
    pub version: u32,
    pub used: usize,
    indices: Indices,
    pub entries: Vec<Entry>,
}

impl Keys {
    /// A table with room for that many entries.
    pub fn with_capacity(capacity: usize) -> Keys {
        let mut log2 = MINIMUM_LOG2;
        while usable(log2) < capacity {
            log2 += 1;
        }
        let size = 1usize << log2;
        let indices = match log2 {
            0..=7 => Indices::Byte(vec![EMPTY as i8; size].into()),
            8..=15 => Indices::Short(vec![EMPTY as i16; size].into()),
            16..=31 => Indices::Int(vec![EMPTY as i32; size].into()),
            _ => Indices::Long(vec![EMPTY as i64; size].into()),
        };
        Keys { log2, all_str: true, version: 0, used: 0, indices, entries: Vec::with_capacity(usable(log2)) }
    }

    /// Can another entry be added?
    #[inline(always)]
    pub fn has_room(&self) -> bool {
        self.entries.len() < usable(self.log2)
    }

    #[inline(always)]
    fn index(&self, slot: usize) -> isize {
        match &self.indices {
            Indices::Byte(indices) => indices[slot] as isize,
            Indices::Short(indices) => indices[slot] as isize,
            Indices::Int(indices) => indices[slot] as isize,
            Indices::Long(indices) => indices[slot] as isize,
        }
    }

    #[inline(always)]
    fn set_index(&mut self, slot: usize, index: isize) {
        match &mut self.indices {
            Indices::Byte(indices) => indices[slot] = index as i8,
            Indices::Short(indices) => indices[slot] = index as i16,
            Indices::Int(indices) => indices[slot] = index as i32,
            Indices::Long(indices) => indices[slot] = index as i64,
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
        let mut probe = self.probe(entry.hash);
        while self.index(probe.slot) >= 0 {
            probe.advance();
        }
        self.set_index(probe.slot, self.entries.len() as isize);
        self.entries.push(entry);
        self.used += 1;
        self.version = 0;
    }

    /// Takes an entry out.
    pub fn remove(&mut self, index: usize) -> Entry {
        let entry = self.entries[index];
        let mut probe = self.probe(entry.hash);
        while self.index(probe.slot) != index as isize {
            probe.advance();
        }
        self.set_index(probe.slot, DELETED);
        self.entries[index] = Entry { hash: 0, key: std::ptr::null_mut(), value: std::ptr::null_mut() };
        self.used -= 1;
        self.version = 0;
        entry
    }

    /// The same content in a table with room for `capacity` entries, without gaps.
    pub fn rebuilt(&mut self, capacity: usize) -> Keys {
        let mut keys = Keys::with_capacity(capacity);
        keys.all_str = self.all_str;
        for entry in self.entries.drain(..).filter(|entry| !entry.key.is_null()) {
            keys.push(entry);
        }
        self.used = 0;
        keys
    }

    pub fn slot_count(&self) -> usize {
        1 << self.log2
    }

    pub fn memory(&self) -> usize {
        let width = match self.log2 {
            0..=7 => 1,
            8..=15 => 2,
            16..=31 => 4,
            _ => 8,
        };
        (width << self.log2) + usable(self.log2) * if self.all_str { 16 } else { 24 } + 32
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
            if keys.entries[index].hash == hash {
                return Some(index);
            }
        }
        None
    }

    #[test]
    fn keeps_order_through_growth_and_removal() {
        let mut keys = Keys::with_capacity(1);
        for hash in 0..1000 {
            if !keys.has_room() {
                let capacity = keys.used * 3;
                keys = keys.rebuilt(capacity);
            }
            keys.push(entry(hash * 8));
        }
        for hash in (0..1000).step_by(2) {
            let index = find(&keys, hash * 8).unwrap();
            keys.remove(index);
        }
        let left: Vec<isize> = keys.entries.iter().filter(|e| !e.key.is_null()).map(|e| e.hash).collect();
        assert_eq!(left, (0..1000).filter(|h| h % 2 == 1).map(|h| h * 8).collect::<Vec<_>>());
        assert!((0..1000).all(|hash| find(&keys, hash * 8).is_some() == (hash % 2 == 1)));
    }
}
