//! `Traverse` for field types that own no references, and for more containers.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic;

use crate::gc::{Traverse, Visitor};

macro_rules! owns_nothing {
    ($($ty:ty),* $(,)?) => {$(
        impl Traverse for $ty {
            #[inline(always)]
            fn traverse(&self, _: &Visitor) -> i32 {
                0
            }
        }
        impl Traverse for Cell<$ty> {
            #[inline(always)]
            fn traverse(&self, _: &Visitor) -> i32 {
                0
            }
        }
    )*};
}

owns_nothing!((), bool, char, u8, i8, u16, i16, u32, i32, u64, i64, usize, isize, u128, i128, f32, f64);
owns_nothing!(&'static str, String, std::path::PathBuf, std::time::Duration, std::ffi::OsString);

macro_rules! owns_nothing_without_cell {
    ($($ty:ty),* $(,)?) => {$(
        impl Traverse for $ty {
            #[inline(always)]
            fn traverse(&self, _: &Visitor) -> i32 {
                0
            }
        }
    )*};
}

owns_nothing_without_cell!(
    atomic::AtomicBool,
    atomic::AtomicUsize,
    atomic::AtomicIsize,
    atomic::AtomicU64,
    atomic::AtomicI64,
    atomic::AtomicU32,
    atomic::AtomicI32,
    Cell<Option<bool>>,
    Cell<Option<char>>,
    Cell<Option<u32>>,
    Cell<Option<i32>>,
    Cell<Option<u64>>,
    Cell<Option<i64>>,
    Cell<Option<usize>>,
    Cell<Option<isize>>,
    Cell<Option<f64>>,
);

impl<T: Traverse> Traverse for OnceCell<T> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.get().map_or(0, |value| value.traverse(visitor))
    }
}

impl<T: Traverse, const N: usize> Traverse for [T; N] {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.iter().map(|value| value.traverse(visitor)).find(|&stop| stop != 0).unwrap_or(0)
    }
    fn drop_references(&self) {
        self.iter().for_each(Traverse::drop_references);
    }
}

impl<K, V: Traverse, S> Traverse for HashMap<K, V, S> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.values().map(|value| value.traverse(visitor)).find(|&stop| stop != 0).unwrap_or(0)
    }
}

impl<K, V: Traverse> Traverse for BTreeMap<K, V> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.values().map(|value| value.traverse(visitor)).find(|&stop| stop != 0).unwrap_or(0)
    }
}

impl<T: Traverse, S> Traverse for HashSet<T, S> {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        self.iter().map(|value| value.traverse(visitor)).find(|&stop| stop != 0).unwrap_or(0)
    }
}

impl<A: Traverse, B: Traverse, C: Traverse> Traverse for (A, B, C) {
    fn traverse(&self, visitor: &Visitor) -> i32 {
        match (self.0.traverse(visitor), self.1.traverse(visitor)) {
            (0, 0) => self.2.traverse(visitor),
            (0, stop) | (stop, _) => stop,
        }
    }
}
