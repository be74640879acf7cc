//! Interned strings: an interpreter's own, which die with their last reference, and the immortal ones of the process.

use std::cell::RefCell;
use std::sync::Mutex;

use hashbrown::HashTable;

use super::{Str, latin1};
use crate::object::Layout;
use crate::reference::Ref;
use crate::thread::Thread;

/// The interned strings of an interpreter. The table holds no references: a string leaves it when it dies.
#[derive(Default)]
pub struct Interned {
    table: RefCell<HashTable<*const Str>>,
}

struct Immortal(*const Str);

// SAFETY: what it points to is immortal and never changes.
unsafe impl Send for Immortal {}

static IMMORTAL: Mutex<HashTable<Immortal>> = Mutex::new(HashTable::new());

impl Interned {
    fn find(&self, text: &Str) -> Option<Ref<Str>> {
        let table = self.table.borrow();
        // SAFETY: the table's strings are alive: they leave it before they die.
        let found = table.find(text.hash_value() as u64, |&other| unsafe { (*other).equals(text) })?;
        // SAFETY: as above.
        Some(Ref::from_borrowed(unsafe { &**found }))
    }

    fn insert(&self, text: &Str) {
        // SAFETY: as above.
        let hash = |&other: &*const Str| unsafe { (*other).hash_value() as u64 };
        self.table.borrow_mut().insert_unique(text.hash_value() as u64, text, hash);
    }

    /// Takes a string out that dies or becomes immortal.
    pub(super) fn remove(&self, text: &Str) {
        let mut table = self.table.borrow_mut();
        if let Ok(entry) = table.find_entry(text.hash_value() as u64, |&other| std::ptr::eq(other, text)) {
            entry.remove();
        }
    }
}

fn find_immortal(text: &Str) -> Option<&'static Str> {
    let table = IMMORTAL.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // SAFETY: the table's strings are immortal.
    table
        .find(text.hash_value() as u64, |other| unsafe { (*other.0).equals(text) })
        .map(|found| unsafe { &*found.0 })
}

/// Makes `text`, which nobody else has interned, immortal.
fn add_immortal(text: &Str) -> &'static Str {
    text.raw().set_interned(abi::SSTATE_INTERNED_IMMORTAL);
    text.make_immortal();
    let mut table = IMMORTAL.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // SAFETY: the table's strings are immortal, and `text` is so now.
    unsafe {
        let hash = |other: &Immortal| (*other.0).hash_value() as u64;
        table.insert_unique(text.hash_value() as u64, Immortal(text), hash);
        &*(text as *const Str)
    }
}

impl Str {
    /// The one str with this text that all who intern it get. An instance of a subclass is given back as it is.
    pub fn intern(text: Ref<Str>) -> Ref<Str> {
        if text.raw().interned() != abi::SSTATE_NOT_INTERNED || !text.as_object().is::<Str>() {
            return text;
        }
        if let Some(known) = latin1::cached(&text) {
            return known;
        }
        let Some(thread) = Thread::current_opt() else { return text };
        let interned = &thread.interpreter.interned;
        if let Some(known) = interned.find(&text) {
            return known;
        }
        if let Some(known) = find_immortal(&text) {
            return Ref::from_borrowed(known);
        }
        interned.insert(&text);
        text.raw().set_interned(abi::SSTATE_INTERNED_MORTAL);
        text
    }

    /// Interned, and never freed: for names in code that lives as long as the process.
    pub fn intern_immortal(text: Ref<Str>) -> Ref<Str> {
        let text = Str::intern(text);
        if text.raw().interned() == abi::SSTATE_INTERNED_MORTAL {
            if let Some(thread) = Thread::current_opt() {
                thread.interpreter.interned.remove(&text);
            }
            add_immortal(&text);
        }
        text
    }

    /// Has it been interned?
    pub fn is_interned(&self) -> bool {
        self.raw().interned() != abi::SSTATE_NOT_INTERNED
    }

    /// An interned string that is never freed: what `intern!` caches.
    pub fn immortal(text: &str) -> &'static Str {
        let text = Str::new(text);
        if let Some(known) = latin1::cached(&text) {
            // SAFETY: static.
            return unsafe { &*std::ptr::from_ref::<Str>(&*known) };
        }
        if let Some(known) = find_immortal(&text) {
            return known;
        }
        if let Some(thread) = Thread::current_opt() {
            let interned = &thread.interpreter.interned;
            if let Some(known) = interned.find(&text) {
                interned.remove(&known);
                return add_immortal(&known);
            }
        }
        add_immortal(&text)
    }
}
