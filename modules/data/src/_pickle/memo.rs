//! Memos: which objects a pickler has written, and what an unpickler has read.

use std::collections::HashMap;

use runtime::prelude::*;

/// From objects, by identity, to indices. The memo keeps them alive, so that no other object gets their address.
pub struct Memo {
    /// As many as a power of two; linear probing.
    slots: Vec<Option<(Ref, usize)>>,
    used: usize,
}

const SMALLEST: usize = 8;

impl Default for Memo {
    fn default() -> Self {
        Memo { slots: vec![None; SMALLEST], used: 0 }
    }
}

impl Memo {
    #[inline]
    fn start(&self, object: &Object) -> usize {
        let hash = (object.as_ptr() as usize as u64 >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> 32) as usize & (self.slots.len() - 1)
    }

    /// The slot of an object, or the free one where it would be.
    #[inline]
    fn slot(&self, object: &Object) -> usize {
        let mut index = self.start(object);
        while let Some((known, _)) = &self.slots[index]
            && !known.is_same(object)
        {
            index = (index + 1) & (self.slots.len() - 1);
        }
        index
    }

    #[inline]
    pub fn get(&self, object: &Object) -> Option<usize> {
        self.slots[self.slot(object)].as_ref().map(|(_, index)| *index)
    }

    pub fn insert(&mut self, object: &Object, value: usize) {
        let index = self.slot(object);
        if let Some((_, old)) = &mut self.slots[index] {
            *old = value;
            return;
        }
        self.slots[index] = Some((object.to_ref(), value));
        self.used += 1;
        if self.used * 3 >= self.slots.len() * 2 {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let factor = if self.used > 50_000 { 2 } else { 4 };
        let size = (self.used * factor + 1).next_power_of_two().max(SMALLEST);
        let old = std::mem::replace(&mut self.slots, vec![None; size]);
        for (object, value) in old.into_iter().flatten() {
            let index = self.slot(&object);
            self.slots[index] = Some((object, value));
        }
    }

    pub fn len(&self) -> usize {
        self.used
    }

    /// What C's table would take.
    pub fn memory(&self) -> usize {
        32 + 16 * self.slots.len()
    }

    pub fn entries(&self) -> Vec<(Ref, usize)> {
        self.slots.iter().flatten().cloned().collect()
    }
}

impl Traverse for Memo {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        let visits = self.slots.iter().flatten().map(|(object, _)| visitor.visit(object));
        visits.into_iter().find(|&stop| stop != 0).unwrap_or(0)
    }
}

/// From indices to objects.
#[derive(Default)]
pub struct Loaded {
    dense: Vec<Option<Ref>>,
    /// Indices far beyond what has come: a hostile stream shall not make a huge table.
    sparse: HashMap<usize, Ref>,
    used: usize,
    /// How many entries C's table would have.
    allocated: usize,
}

const FIRST_SIZE: usize = 32;

impl Loaded {
    pub fn new() -> Loaded {
        Loaded { allocated: FIRST_SIZE, ..Loaded::default() }
    }

    #[inline]
    pub fn get(&self, index: usize) -> Option<Ref> {
        match self.dense.get(index) {
            Some(entry) => entry.clone(),
            None => self.sparse.get(&index).cloned(),
        }
    }

    /// Gives the value that was there.
    pub fn put(&mut self, index: usize, value: Ref) -> Option<Ref> {
        if index >= self.allocated {
            self.allocated = index.saturating_mul(2);
        }
        let limit = 4 * (self.used + FIRST_SIZE);
        if index >= self.dense.len() && index <= limit {
            self.dense.resize(index + 1, None);
            if !self.sparse.is_empty() {
                self.take_in_sparse();
            }
        }
        let old = match self.dense.get_mut(index) {
            Some(entry) => entry.replace(value),
            None => self.sparse.insert(index, value),
        };
        self.used += usize::from(old.is_none());
        old
    }

    /// Entries that the dense table reaches now move there.
    #[cold]
    fn take_in_sparse(&mut self) {
        let reached: Vec<usize> =
            self.sparse.keys().copied().filter(|&index| index < self.dense.len()).collect();
        for index in reached {
            self.dense[index] = self.sparse.remove(&index);
        }
    }

    pub fn len(&self) -> usize {
        self.used
    }

    /// What C's table would take, for indices that are near each other.
    pub fn memory(&self) -> usize {
        8 * if self.sparse.is_empty() { self.allocated } else { self.dense.len() + 2 * self.sparse.len() }
    }

    pub fn entries(&self) -> Vec<(usize, Ref)> {
        let dense = self.dense.iter().enumerate().filter_map(|(index, value)| Some((index, value.clone()?)));
        let mut entries: Vec<(usize, Ref)> = dense.collect();
        let mut rest: Vec<(usize, Ref)> =
            self.sparse.iter().map(|(&index, value)| (index, value.clone())).collect();
        rest.sort_by_key(|(index, _)| *index);
        entries.append(&mut rest);
        entries
    }

    pub fn copied(&self) -> Loaded {
        Loaded {
            dense: self.dense.clone(),
            sparse: self.sparse.clone(),
            used: self.used,
            allocated: self.allocated,
        }
    }
}

impl Traverse for Loaded {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        match self.dense.traverse(visitor) {
            0 => self.sparse.traverse(visitor),
            stop => stop,
        }
    }
}
