//! Every reference count operation. The counts are CPython 3.14's (a 32-bit count beside 16 bits of overflow and 16 of flags),
//! with immortal objects as in PEP 683; a free-threaded build replaces this file.

use std::cell::Cell;

/// What an immortal object's count starts from; any count from here up is left alone.
pub const IMMORTAL: u32 = 3 << 30;
/// Header flag: the object lives in static memory.
pub const STATIC_FLAG: u16 = 1 << 2;

/// The first word of every object.
#[repr(C)]
pub struct RefCount {
    count: Cell<u32>,
    overflow: Cell<u16>,
    flags: Cell<u16>,
}

impl RefCount {
    /// The count of an object under construction: allocation sets the real one.
    pub const fn zero() -> Self {
        RefCount { count: Cell::new(0), overflow: Cell::new(0), flags: Cell::new(0) }
    }

    /// The count of an immortal object in static memory.
    pub const fn immortal() -> Self {
        RefCount { count: Cell::new(IMMORTAL), overflow: Cell::new(0), flags: Cell::new(STATIC_FLAG) }
    }

    #[inline(always)]
    pub fn get(&self) -> u32 {
        self.count.get()
    }

    #[inline(always)]
    pub fn set(&self, count: u32) {
        self.count.set(count);
    }

    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        (self.count.get() as i32) < 0
    }

    /// Does the object lie in static memory?
    #[inline(always)]
    pub fn is_static(&self) -> bool {
        self.flags.get() & STATIC_FLAG != 0
    }

    pub fn make_immortal(&self) {
        self.count.set(IMMORTAL);
    }

    #[inline(always)]
    pub fn increment(&self) {
        let count = self.count.get();
        if count < IMMORTAL {
            self.count.set(count + 1);
        }
    }

    /// Takes one reference away; true if that was the last.
    #[inline(always)]
    #[must_use]
    pub fn decrement(&self) -> bool {
        if self.is_immortal() {
            return false;
        }
        let count = self.count.get().wrapping_sub(1);
        self.count.set(count);
        count == 0
    }
}
