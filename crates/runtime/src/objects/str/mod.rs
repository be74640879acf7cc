//! `str`: text as PEP 393 stores it.

use std::fmt;

use bytecode::{Wtf8, Wtf8Buf};

use crate::errors::Result;
use crate::object::{Layout, NativeType, Object};
use crate::objects::r#type::Type;
use crate::reference::Ref;

/// Text: compact ASCII, compact, or (a subclass's instance) with the characters elsewhere.
#[repr(transparent)]
pub struct Str {
    raw: abi::PyUnicodeObject,
}

// SAFETY: begins with an object head.
unsafe impl Layout for Str {}
// SAFETY: every str begins so.
unsafe impl NativeType for Str {
    fn type_object() -> &'static Type {
        todo!()
    }
}
impl std::ops::Deref for Str {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

/// The interned strings of an interpreter.
#[derive(Default)]
pub struct Interned {}

impl Str {
    /// Same text?
    pub fn equals(&self, _other: &Str) -> bool {
        todo!()
    }
    /// All pieces one after the other.
    pub fn join_all<'a>(_pieces: impl Iterator<Item = &'a Str>) -> Result<Ref<Str>> {
        todo!()
    }
    pub fn is_ascii(&self) -> bool {
        todo!()
    }
    pub fn new(_text: &str) -> Ref<Str> {
        todo!()
    }
    pub fn from_string(text: String) -> Ref<Str> {
        Str::new(&text)
    }
    pub fn from_wtf8(_text: &Wtf8) -> Ref<Str> {
        todo!()
    }
    pub fn from_code_points(_points: impl Iterator<Item = u32>) -> Ref<Str> {
        todo!()
    }
    pub fn as_utf8(&self) -> Option<&str> {
        todo!()
    }
    pub fn to_utf8(&self) -> Result<&str> {
        todo!()
    }
    pub fn to_wtf8(&self) -> Wtf8Buf {
        todo!()
    }
    pub fn len(&self) -> usize {
        todo!()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    pub fn char_at(&self, _index: usize) -> u32 {
        todo!()
    }
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).map(|index| self.char_at(index))
    }
    pub fn substring(&self, _start: usize, _end: usize) -> Ref<Str> {
        todo!()
    }
    pub fn concat(&self, _other: &Str) -> Result<Ref<Str>> {
        todo!()
    }
    pub fn eq_str(&self, _text: &str) -> bool {
        todo!()
    }
    pub fn hash_value(&self) -> isize {
        todo!()
    }
    pub fn intern(_text: Ref<Str>) -> Ref<Str> {
        todo!()
    }
    /// An interned string that is never freed: what `intern!` caches.
    pub fn immortal(_text: &str) -> &'static Str {
        todo!()
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&*self.to_wtf8(), f)
    }
}

/// An interned string that is cached where it is named: `intern!("__init__")`.
#[macro_export]
macro_rules! intern {
    ($text:literal) => {{
        static CACHE: std::sync::atomic::AtomicPtr<$crate::objects::str::Str> =
            std::sync::atomic::AtomicPtr::new(std::ptr::null_mut());
        let cached = CACHE.load(std::sync::atomic::Ordering::Relaxed);
        // SAFETY: what is cached is immortal.
        #[allow(unsafe_code)]
        match unsafe { cached.as_ref() } {
            Some(text) => text,
            None => {
                let text = $crate::objects::str::Str::immortal($text);
                CACHE.store(
                    text as *const $crate::objects::str::Str as *mut _,
                    std::sync::atomic::Ordering::Relaxed,
                );
                text
            }
        }
    }};
}
