//! Lookup along the MRO, with a cache by type version and name; and what makes versions invalid.

use std::cell::{Cell, OnceCell};
use std::sync::atomic::{AtomicU32, Ordering};

use super::subclasses::Subclasses;
use super::{Type, object_at};
use crate::errors::Result;
use crate::interpreter_state::Interpreter;
use crate::object::{Layout, Object};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::protocol::result_from_raw;
use crate::reference::{Link, Ref};

/// Number of callbacks that can watch types.
pub const WATCHERS: usize = 8;
const SIZE_BITS: u32 = 12;
/// Static types take their versions from below this, process-wide; each interpreter's heap types from here up.
const FIRST_HEAP_VERSION: u32 = 1 << 16;
/// A type that changes more often than this is not cached any more.
const MAX_VERSIONS_USED: u16 = 1000;
/// `tp_versions_used` of a type that must never be cached: its `mro()` is its own.
const UNCACHEABLE: u16 = u16::MAX;

static NEXT_STATIC_VERSION: AtomicU32 = AtomicU32::new(1);

/// What one name is on the type of one version. The value is borrowed from the type: the version vouches for it.
struct Entry {
    version: Cell<u32>,
    name: Link<Str>,
    value: Cell<*const Object>,
}

/// The cache of lookups along the MRO, keyed by type version and name, and what else one interpreter knows of types.
pub struct TypeCache {
    entries: OnceCell<Box<[Entry]>>,
    next_version: Cell<u32>,
    pub(super) subclasses: Subclasses,
    /// The callbacks of `PyType_AddWatcher`.
    pub watchers: [Cell<abi::PyType_WatchCallback>; WATCHERS],
}

impl Default for TypeCache {
    fn default() -> Self {
        TypeCache {
            entries: OnceCell::new(),
            next_version: Cell::new(FIRST_HEAP_VERSION),
            subclasses: Subclasses::default(),
            watchers: Default::default(),
        }
    }
}

impl TypeCache {
    #[inline]
    fn entry(&self, version: u32, name: &Str) -> &Entry {
        let entries = self.entries.get_or_init(|| {
            (0..1 << SIZE_BITS)
                .map(|_| Entry {
                    version: Cell::new(0),
                    name: Link::null(),
                    value: Cell::new(std::ptr::null()),
                })
                .collect()
        });
        let index = version ^ (name as *const Str as usize >> 3) as u32;
        &entries[index as usize & ((1 << SIZE_BITS) - 1)]
    }

    /// Forgets every lookup (`sys._clear_type_cache`).
    pub fn clear(&self) {
        for entry in self.entries.get().into_iter().flatten() {
            entry.version.set(0);
            entry.value.set(std::ptr::null());
            drop(entry.name.take());
        }
    }
}

/// Interned strings alone can be keys: equal ones are the same object.
#[inline(always)]
fn is_interned(name: &Str) -> bool {
    // SAFETY: every str begins with this struct.
    let raw = unsafe { &*(name.as_ptr() as *const abi::PyASCIIObject) };
    raw.interned() != 0
}

impl Type {
    /// Finds a name along the MRO, without binding.
    #[inline]
    pub fn lookup(&self, name: &Str) -> Option<Ref> {
        self.lookup_version(name).0
    }

    /// As [`Type::lookup`], with the version for which the answer holds; 0 if it holds for now only.
    pub fn lookup_version(&self, name: &Str) -> (Option<Ref>, u32) {
        if !is_interned(name) {
            return (self.find_in_mro(name), 0);
        }
        let cache = &Interpreter::current().type_cache;
        let version = self.raw.tp_version_tag.get();
        if version != 0 {
            let entry = cache.entry(version, name);
            if entry.version.get() == version && entry.name.is(name) {
                // SAFETY: the type of this version holds the value.
                return (unsafe { entry.value.get().as_ref() }.map(Object::to_ref), version);
            }
        }
        // The version first: a change during the search then leaves the entry stale.
        let assigned = self.assign_version();
        let version = self.raw.tp_version_tag.get();
        let found = self.find_in_mro(name);
        if !assigned || self.raw.tp_version_tag.get() != version {
            return (found, 0);
        }
        let entry = cache.entry(version, name);
        entry.value.set(found.as_deref().map_or(std::ptr::null(), |value| value));
        entry.version.set(version);
        let old = entry.name.replace(Some(Ref::from_borrowed(name)));
        drop(old);
        (found, version)
    }

    /// The search itself. An error in a namespace's key comparison counts as not found.
    pub(super) fn find_in_mro(&self, name: &Str) -> Option<Ref> {
        let Some(mro) = self.mro() else { return self.find_in_bases(name) };
        for class in mro.as_slice() {
            // SAFETY: an MRO holds types only.
            let class = unsafe { class.downcast_unchecked::<Type>() };
            if let Some(found) = find_here(class, name) {
                return Some(found);
            }
        }
        None
    }

    /// Before a type has an MRO.
    fn find_in_bases(&self, name: &Str) -> Option<Ref> {
        self.base_chain().find_map(|class| find_here(class, name))
    }

    /// Makes sure that the type has a version. Every base needs one too, so that a change there reaches this type.
    pub fn assign_version(&self) -> bool {
        if self.raw.tp_version_tag.get() != 0 {
            return true;
        }
        if !self.is_ready() || self.raw.tp_versions_used.get() >= MAX_VERSIONS_USED {
            return false;
        }
        if let Some(bases) = object_at::<Tuple>(self.raw.tp_bases.get()) {
            for base in bases.as_slice() {
                // SAFETY: `tp_bases` holds types only.
                if !unsafe { base.downcast_unchecked::<Type>() }.assign_version() {
                    return false;
                }
            }
        }
        let version = if self.is_immutable() && !self.is_heap_type() {
            let version = NEXT_STATIC_VERSION.fetch_add(1, Ordering::Relaxed);
            if version >= FIRST_HEAP_VERSION {
                return false;
            }
            version
        } else {
            let next = &Interpreter::current().type_cache.next_version;
            let version = next.get();
            if version == 0 {
                return false;
            }
            next.set(version.wrapping_add(1));
            version
        };
        self.raw.tp_versions_used.set(self.raw.tp_versions_used.get() + 1);
        self.raw.tp_version_tag.set(version);
        true
    }

    /// The version, assigned if need be; 0 if the type can't have one.
    pub fn version(&self) -> u32 {
        self.assign_version();
        self.raw.tp_version_tag.get()
    }

    /// The type or something it inherits changed: what was remembered of it and of its subclasses is void (C: `PyType_Modified`).
    pub fn modified(&self) {
        if self.raw.tp_version_tag.get() == 0 {
            return;
        }
        for class in self.subclasses() {
            class.modified();
        }
        let watched = self.raw.tp_watched.get();
        if watched != 0 {
            self.notify_watchers(watched);
        }
        self.raw.tp_version_tag.set(0);
        if let Some(heap) = self.heap() {
            heap._spec_cache.getitem.set(std::ptr::null_mut());
            heap._spec_cache.init.set(std::ptr::null_mut());
        }
    }

    /// Never remember anything of this type again.
    pub(super) fn make_uncacheable(&self) {
        self.modified();
        self.raw.tp_version_tag.set(0);
        self.raw.tp_versions_used.set(UNCACHEABLE);
    }

    fn notify_watchers(&self, watched: u8) {
        let watchers = &Interpreter::current().type_cache.watchers;
        for (index, watcher) in watchers.iter().enumerate() {
            if watched & 1 << index == 0 {
                continue;
            }
            // SAFETY: the callback takes a live type.
            let status = watcher.get().map_or(0, |callback| unsafe { callback(self.as_type_ptr()) });
            if status < 0 {
                super::bridge::write_unraisable(crate::errors::Raised::assume_set(), Some(self));
            }
        }
    }
}

/// Binds what was found on `owner` to `object`, if it is a descriptor.
pub fn bind(found: Ref, object: Option<&Object>, owner: &Type) -> Result {
    let Some(get) = found.ty().raw.tp_descr_get.get() else { return Ok(found) };
    let object = object.map_or(std::ptr::null_mut(), |object| object.as_ptr());
    // SAFETY: the three are alive; null stands for "no instance".
    unsafe { result_from_raw(get(found.as_ptr(), object, owner.as_object().as_ptr())) }
}

fn find_here(class: &Type, name: &Str) -> Option<Ref> {
    match class.dict()?.get_str(name) {
        Ok(found) => found,
        Err(raised) => {
            raised.clear();
            None
        }
    }
}
