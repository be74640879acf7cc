//! The constant table of a unit: insertion-ordered, one slot for constants that are the same in type and value.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use bytecode::{Code, Constant, Wtf8, Wtf8Buf};
use hashbrown::HashTable;
use num_traits::ToPrimitive;
use rustc_hash::FxHasher;

use crate::unit::FEW;

/// Constants in the order they were added, without duplicates in the sense of [`same`].
#[derive(Clone, Debug, Default)]
pub struct ConstTable {
    constants: Vec<Constant>,
    /// Empty while a search through all constants does as well.
    slots: HashTable<u32>,
}

impl ConstTable {
    pub fn new() -> Self {
        Self::default()
    }

    /// The index of `constant`, which is added if it isn't there.
    pub fn add(&mut self, constant: Constant) -> u32 {
        if let Some(index) = self.find(&constant) {
            return index;
        }
        let ConstTable { constants, slots } = self;
        let index = constants.len();
        constants.push(constant);
        if index >= FEW {
            let rehash = |&slot: &u32| hash(&constants[slot as usize]);
            let start = if index == FEW { 0 } else { index };
            for (slot, constant) in constants.iter().enumerate().skip(start) {
                slots.insert_unique(hash(constant), slot as u32, rehash);
            }
        }
        index as u32
    }

    /// The index of a string, which is added if it isn't there.
    pub fn add_str(&mut self, text: &Wtf8) -> u32 {
        let is_same = |constant: &Constant| matches!(constant, Constant::Str(other) if **other == *text);
        let found = if self.constants.len() <= FEW {
            self.constants.iter().position(is_same).map(|index| index as u32)
        } else {
            let mut hasher = FxHasher::default();
            std::mem::discriminant(&Constant::Str(Wtf8Buf::new())).hash(&mut hasher);
            text.as_bytes().hash(&mut hasher);
            self.slots.find(hasher.finish(), |&slot| is_same(&self.constants[slot as usize])).copied()
        };
        found.unwrap_or_else(|| self.add(Constant::Str(text.to_owned())))
    }

    /// The index of a small integer, which is added if it isn't there.
    pub fn add_int(&mut self, value: i64) -> u32 {
        let is_same =
            |constant: &Constant| matches!(constant, Constant::Int(other) if other.to_i64() == Some(value));
        if self.constants.len() <= FEW
            && let Some(index) = self.constants.iter().position(is_same)
        {
            return index as u32;
        }
        self.add(Constant::Int(value.into()))
    }

    /// The index of `constant` if it is there.
    pub fn find(&self, constant: &Constant) -> Option<u32> {
        if self.constants.len() <= FEW {
            return self.constants.iter().position(|other| same(other, constant)).map(|index| index as u32);
        }
        self.slots.find(hash(constant), |&slot| same(&self.constants[slot as usize], constant)).copied()
    }

    pub fn get(&self, index: usize) -> Option<&Constant> {
        self.constants.get(index)
    }

    pub fn len(&self) -> usize {
        self.constants.len()
    }

    pub fn is_empty(&self) -> bool {
        self.constants.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Constant> {
        self.constants.iter()
    }

    pub fn into_vec(self) -> Vec<Constant> {
        self.constants
    }
}

impl std::ops::Index<usize> for ConstTable {
    type Output = Constant;
    fn index(&self, index: usize) -> &Constant {
        &self.constants[index]
    }
}

/// Whether two constants may share a slot: equal in type and value, down to the sign of zeros. NaN is never the same.
pub fn same(a: &Constant, b: &Constant) -> bool {
    use Constant::*;
    match (a, b) {
        (None, None) | (Ellipsis, Ellipsis) => true,
        (Bool(a), Bool(b)) => a == b,
        (Int(a), Int(b)) => a == b,
        (Float(a), Float(b)) => same_float(*a, *b),
        (Complex { real: a, imag: b }, Complex { real: c, imag: d }) => {
            same_float(*a, *c) && same_float(*b, *d)
        }
        (Str(a), Str(b)) => a == b,
        (Bytes(a), Bytes(b)) => a == b,
        (Tuple(a), Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (FrozenSet(a), FrozenSet(b)) => a.len() == b.len() && contains_all(b, a),
        (Slice(a), Slice(b)) => a.iter().zip(b.iter()).all(|(a, b)| same(a, b)),
        (Code(a), Code(b)) => same_code(a, b),
        _ => false,
    }
}

/// Whether all of `items`, which are different, are in `set`.
fn contains_all(set: &[Constant], items: &[Constant]) -> bool {
    if set.len() <= FEW {
        return items.iter().all(|item| set.iter().any(|other| same(item, other)));
    }
    let mut table = HashTable::with_capacity(set.len());
    for item in set {
        table.insert_unique(hash(item), item, |item| hash(item));
    }
    items.iter().all(|item| table.find(hash(item), |other| same(item, other)).is_some())
}

fn same_float(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() && !a.is_nan()
}

/// Code objects are equal by content, but for the file and the qualified name.
fn same_code(a: &Arc<Code>, b: &Arc<Code>) -> bool {
    Arc::ptr_eq(a, b)
        || a.code == b.code
            && a.name == b.name
            && a.argcount == b.argcount
            && a.posonlyargcount == b.posonlyargcount
            && a.kwonlyargcount == b.kwonlyargcount
            && a.flags == b.flags
            && a.firstlineno == b.firstlineno
            && a.linetable == b.linetable
            && a.exceptiontable == b.exceptiontable
            && a.names == b.names
            && a.localsplusnames == b.localsplusnames
            && a.consts.len() == b.consts.len()
            && a.consts.iter().zip(&b.consts).all(|(a, b)| same(a, b))
}

pub(crate) fn hash(constant: &Constant) -> u64 {
    let mut hasher = FxHasher::default();
    feed(constant, &mut hasher);
    hasher.finish()
}

fn feed(constant: &Constant, hasher: &mut FxHasher) {
    std::mem::discriminant(constant).hash(hasher);
    match constant {
        Constant::None | Constant::Ellipsis => {}
        Constant::Bool(value) => value.hash(hasher),
        Constant::Int(value) => value.hash(hasher),
        Constant::Float(value) => value.to_bits().hash(hasher),
        Constant::Complex { real, imag } => (real.to_bits(), imag.to_bits()).hash(hasher),
        Constant::Str(value) => value.as_bytes().hash(hasher),
        Constant::Bytes(value) => value.hash(hasher),
        Constant::Tuple(items) => items.iter().for_each(|item| feed(item, hasher)),
        // The order of a set doesn't count.
        Constant::FrozenSet(items) => {
            items.iter().fold(0u64, |sum, item| sum.wrapping_add(hash(item))).hash(hasher)
        }
        Constant::Slice(parts) => parts.iter().for_each(|part| feed(part, hasher)),
        Constant::Code(code) => {
            (code.name.as_bytes(), code.firstlineno, &code.code, &code.linetable).hash(hasher)
        }
    }
}
