//! `str`: text as PEP 393 stores it: all characters in units of one, two or four bytes, the narrowest that hold them.
//!
//! Enter here for making and reading text from Rust; [`StrBuilder`] makes it piece by piece. The other files are the type's
//! methods by topic.

mod append;
mod builder;
mod case;
mod code_points;
pub mod construct;
pub mod find;
mod interned;
pub mod iterator;
mod latin1;
mod pad;
mod search;
mod sequence;
mod split;
mod translate;
pub mod unicode;

use std::ffi::c_void;
use std::fmt;
use std::ptr::NonNull;

use bytecode::{Wtf8, Wtf8Buf};

pub use builder::StrBuilder;
pub use code_points::CodePoints;
pub use interned::Interned;

use crate::errors::no_memory;
use crate::memory;
use crate::prelude::*;

/// str(object='') -> str
/// str(bytes_or_buffer[, encoding[, errors]]) -> str
///
/// The text of an object, as its __str__ gives it (or its __repr__). With an
/// encoding or an error handler, the object's bytes are decoded.
#[class(
    name = "str",
    symbol = "PyUnicode_Type",
    flags(BASETYPE, UNICODE_SUBCLASS, MATCH_SELF),
    basicsize = size_of::<abi::PyUnicodeObject>()
)]
#[repr(transparent)]
pub struct Str {
    // The head that every kind of str has: `&Str` must not claim more memory than a compact ASCII str has.
    raw: abi::PyASCIIObject,
}

/// The size of the head of a compact ASCII str: where its text begins.
const ASCII_HEAD: usize = size_of::<abi::PyASCIIObject>();
/// The size of the head of any other compact str.
const COMPACT_HEAD: usize = size_of::<abi::PyCompactUnicodeObject>();

/// The characters of a str, as they are stored.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Runs the same code for each kind of units.
macro_rules! with_units {
    ($text:expr, $units:ident => $body:expr) => {
        match $text {
            $crate::objects::str::Units::One($units) => $body,
            $crate::objects::str::Units::Two($units) => $body,
            $crate::objects::str::Units::Four($units) => $body,
        }
    };
}
pub(crate) use with_units;

/// A unit of text.
pub trait Unit: Copy + Ord + Into<u32> + 'static {
    /// The code point as a unit, if it fits.
    fn from_code(code: u32) -> Option<Self>;
    /// A slice as units.
    fn wrap(units: &[Self]) -> Units<'_>;
    #[inline(always)]
    fn code(self) -> u32 {
        self.into()
    }
}

impl Unit for u8 {
    #[inline(always)]
    fn from_code(code: u32) -> Option<u8> {
        u8::try_from(code).ok()
    }
    #[inline(always)]
    fn wrap(units: &[u8]) -> Units<'_> {
        Units::One(units)
    }
}

impl Unit for u16 {
    #[inline(always)]
    fn from_code(code: u32) -> Option<u16> {
        u16::try_from(code).ok()
    }
    #[inline(always)]
    fn wrap(units: &[u16]) -> Units<'_> {
        Units::Two(units)
    }
}

impl Unit for u32 {
    #[inline(always)]
    fn from_code(code: u32) -> Option<u32> {
        Some(code)
    }
    #[inline(always)]
    fn wrap(units: &[u32]) -> Units<'_> {
        Units::Four(units)
    }
}

impl<'a> Units<'a> {
    /// The units from `start` to `end`, which are in range.
    #[inline]
    pub fn part(self, start: usize, end: usize) -> Units<'a> {
        match self {
            Units::One(units) => Units::One(&units[start..end]),
            Units::Two(units) => Units::Two(&units[start..end]),
            Units::Four(units) => Units::Four(&units[start..end]),
        }
    }

    /// How many.
    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, units => units.len())
    }

    /// None?
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code point at an index that is in range.
    #[inline]
    pub fn at(self, index: usize) -> u32 {
        with_units!(self, units => units[index].code())
    }

    /// The largest code point, or 0.
    pub fn max(self) -> u32 {
        with_units!(self, units => units.iter().copied().max().map_or(0, Unit::code))
    }

    /// The size of a unit in bytes.
    #[inline]
    pub fn kind(self) -> usize {
        match self {
            Units::One(_) => 1,
            Units::Two(_) => 2,
            Units::Four(_) => 4,
        }
    }

    /// The memory.
    pub fn as_bytes(self) -> &'a [u8] {
        with_units!(self, units => {
            // SAFETY: integers without padding, seen as bytes.
            unsafe { std::slice::from_raw_parts(units.as_ptr().cast(), size_of_val(units)) }
        })
    }
}

/// Copies units into memory of `kind`.
///
/// # Safety
/// There is room for them at `target`, whose units hold every one of them.
unsafe fn copy_units(units: Units<'_>, kind: usize, target: *mut u8) {
    // SAFETY: by contract; the data of a str is aligned for its units.
    unsafe {
        if units.kind() == kind {
            let bytes = units.as_bytes();
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), target, bytes.len());
            return;
        }
        with_units!(units, units => match kind {
            1 => units.iter().enumerate().for_each(|(i, unit)| target.add(i).write(unit.code() as u8)),
            2 => {
                let target = target.cast::<u16>();
                units.iter().enumerate().for_each(|(i, unit)| target.add(i).write(unit.code() as u16));
            }
            _ => {
                let target = target.cast::<u32>();
                units.iter().enumerate().for_each(|(i, unit)| target.add(i).write(unit.code()));
            }
        })
    }
}

/// The size of a unit that holds code points up to `max`.
#[inline]
fn kind_for(max: u32) -> usize {
    match max {
        0..0x100 => 1,
        0x100..0x1_0000 => 2,
        _ => 4,
    }
}

impl Str {
    #[inline(always)]
    pub(crate) fn raw(&self) -> &abi::PyASCIIObject {
        &self.raw
    }

    /// A new compact str of `len` characters up to `max`, its characters to be written; the memory for them.
    pub(crate) fn allocate(len: usize, max: u32) -> Result<(Ref<Str>, *mut u8)> {
        let kind = kind_for(max);
        let ascii = max < 0x80;
        let head = if ascii { ASCII_HEAD } else { COMPACT_HEAD };
        let size =
            len.checked_add(1).and_then(|len| len.checked_mul(kind)).and_then(|size| size.checked_add(head));
        let Some(block) = size.and_then(memory::allocate) else { return Err(no_memory()) };
        let state = abi::UnicodeState { kind: kind as u32, compact: true, ascii, ..Default::default() };
        // SAFETY: the block has room for head, text and the zero at its end.
        unsafe {
            std::ptr::write_bytes(block.as_ptr(), 0, head);
            let raw = block.cast::<abi::PyASCIIObject>().as_ptr();
            (&raw mut (*raw).length).write(len as isize);
            (*raw).hash.set(-1);
            (*raw).state.set(state.pack());
            let data = block.as_ptr().add(head);
            std::ptr::write_bytes(data.add(len * kind), 0, kind);
            memory::initialize_untracked(block.cast(), Str::type_object());
            Ok((Ref::from_owned(block.as_ptr().cast()), data))
        }
    }

    /// The text of ASCII bytes.
    pub(crate) fn from_ascii(text: &[u8]) -> Result<Ref<Str>> {
        debug_assert!(text.is_ascii());
        match text {
            [] => Ok(latin1::empty()),
            [character] => Ok(latin1::character(*character)),
            _ => {
                let (result, data) = Str::allocate(text.len(), 0x7f)?;
                // SAFETY: there is room for them.
                unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), data, text.len()) };
                Ok(result)
            }
        }
    }

    /// The text of units; MemoryError if there is no room.
    pub fn from_units(units: Units<'_>) -> Result<Ref<Str>> {
        let max = match units {
            Units::One(units) if units.is_ascii() => 0x7f,
            Units::One(_) => 0xff,
            units => units.max(),
        };
        Str::from_units_with_max(units, max)
    }

    /// The text of units, whose largest needs the same head and unit size as `max`.
    pub(crate) fn from_units_with_max(units: Units<'_>, max: u32) -> Result<Ref<Str>> {
        match units.len() {
            0 => return Ok(latin1::empty()),
            1 => return Ok(Str::from_char(units.at(0))),
            _ => {}
        }
        let (result, data) = Str::allocate(units.len(), max)?;
        // SAFETY: there is room for them, in units wide enough.
        unsafe { copy_units(units, kind_for(max), data) };
        Ok(result)
    }

    /// The text of one code point.
    #[inline]
    pub fn from_char(code: u32) -> Ref<Str> {
        if let Ok(code) = u8::try_from(code) {
            return latin1::character(code);
        }
        let (result, data) = Str::allocate(1, code).expect("out of memory");
        // SAFETY: there is room for one unit, and it is aligned.
        unsafe {
            match code {
                0..0x1_0000 => data.cast::<u16>().write(code as u16),
                _ => data.cast::<u32>().write(code),
            }
        }
        result
    }

    /// `''`.
    #[inline]
    pub fn empty() -> Ref<Str> {
        latin1::empty()
    }

    /// Rust text as a str.
    pub fn new(text: &str) -> Ref<Str> {
        Str::try_new(text).expect("out of memory")
    }

    /// Rust text as a str; MemoryError if there is no room.
    pub fn try_new(text: &str) -> Result<Ref<Str>> {
        if text.is_ascii() {
            return Str::from_ascii(text.as_bytes());
        }
        let (mut len, mut max) = (0, 0);
        for character in text.chars() {
            len += 1;
            max = max.max(character as u32);
        }
        if len == 1 {
            return Ok(Str::from_char(max));
        }
        let (result, data) = Str::allocate(len, max)?;
        let characters = text.chars().map(|character| character as u32).enumerate();
        // SAFETY: there is room for them, in units wide enough.
        unsafe {
            match kind_for(max) {
                1 => characters.for_each(|(i, code)| data.add(i).write(code as u8)),
                2 => characters.for_each(|(i, code)| data.cast::<u16>().add(i).write(code as u16)),
                _ => characters.for_each(|(i, code)| data.cast::<u32>().add(i).write(code)),
            }
        }
        Ok(result)
    }

    /// Owned Rust text as a str.
    pub fn from_string(text: String) -> Ref<Str> {
        Str::new(&text)
    }

    /// WTF-8 text as a str.
    pub fn from_wtf8(text: &Wtf8) -> Ref<Str> {
        match text.as_str() {
            Some(text) => Str::new(text),
            None => Str::from_code_points(text.code_points()),
        }
    }

    /// The text of code points.
    pub fn from_code_points(points: impl Iterator<Item = u32>) -> Ref<Str> {
        let mut builder = StrBuilder::with_capacity(points.size_hint().0);
        points.for_each(|code| builder.push(code));
        builder.finish()
    }

    /// Where the characters are.
    #[inline(always)]
    pub(crate) fn data(&self) -> *const u8 {
        let start = self as *const Str as *const u8;
        // SAFETY: the state says where the characters are.
        unsafe {
            if !self.raw.is_compact() {
                (*start.cast::<abi::PyUnicodeObject>()).data.get() as *const u8
            } else if self.raw.is_ascii() {
                start.add(ASCII_HEAD)
            } else {
                start.add(COMPACT_HEAD)
            }
        }
    }

    /// The characters as they are stored.
    #[inline]
    pub fn units(&self) -> Units<'_> {
        let (data, len) = (self.data(), self.len());
        // SAFETY: so many units lie there, unchanged as long as the str lives.
        unsafe {
            match self.raw.kind() {
                1 => Units::One(std::slice::from_raw_parts(data, len)),
                2 => Units::Two(std::slice::from_raw_parts(data.cast(), len)),
                _ => Units::Four(std::slice::from_raw_parts(data.cast(), len)),
            }
        }
    }

    /// The characters, if all are ASCII.
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: so many ASCII characters lie there.
        self.raw.is_ascii().then(|| unsafe {
            std::str::from_utf8_unchecked(std::slice::from_raw_parts(self.data(), self.len()))
        })
    }

    /// Every character is below U+0080?
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.raw.is_ascii()
    }

    /// How many characters.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.raw.length as usize
    }

    /// No character?
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code point at an index that is in range.
    #[inline]
    pub fn char_at(&self, index: usize) -> u32 {
        self.units().at(index)
    }

    /// The code points, surrogates included.
    #[inline]
    pub fn code_points(&self) -> CodePoints<'_> {
        self.units().code_points()
    }

    /// The text as UTF-8, made on first use and kept; `None` if there are surrogates.
    pub fn as_utf8(&self) -> Option<&str> {
        if let Some(text) = self.as_ascii() {
            return Some(text);
        }
        // SAFETY: what is not ASCII has a compact head at least; the cached text lives as long as the str.
        unsafe {
            let head = &*(self as *const Str as *const abi::PyCompactUnicodeObject);
            if head.utf8.get().is_null() {
                let text = self.encode_utf8()?;
                let block = memory::allocate(text.len() + 1)?.as_ptr();
                std::ptr::copy_nonoverlapping(text.as_ptr(), block, text.len());
                block.add(text.len()).write(0);
                head.utf8_length.set(text.len() as isize);
                head.utf8.set(block.cast());
            }
            let bytes =
                std::slice::from_raw_parts(head.utf8.get() as *const u8, head.utf8_length.get() as usize);
            Some(std::str::from_utf8_unchecked(bytes))
        }
    }

    fn encode_utf8(&self) -> Option<String> {
        let mut text = String::with_capacity(self.len() * 2);
        with_units!(self.units(), units => {
            for unit in units {
                text.push(char::from_u32(unit.code())?);
            }
        });
        Some(text)
    }

    /// The text as UTF-8; UnicodeEncodeError if there are surrogates.
    pub fn to_utf8(&self) -> Result<&str> {
        match self.as_utf8() {
            Some(text) => Ok(text),
            None => Err(self.surrogates_not_allowed()),
        }
    }

    #[cold]
    fn surrogates_not_allowed(&self) -> Raised {
        let is_surrogate = |code: &u32| (0xd800..0xe000).contains(code);
        let start = self.code_points().position(|code| is_surrogate(&code)).unwrap_or(0);
        let end = start + self.code_points().skip(start).take_while(is_surrogate).count();
        encode_error("utf-8", self, start, end, "surrogates not allowed")
    }

    /// The text as WTF-8.
    pub fn to_wtf8(&self) -> Wtf8Buf {
        if let Some(text) = self.as_ascii() {
            return text.into();
        }
        let mut result = Wtf8Buf::new();
        self.code_points().for_each(|code| result.push_code_point(code));
        result
    }

    /// The characters from `start` to `end`; beyond the end there are none.
    pub fn substring(&self, start: usize, end: usize) -> Ref<Str> {
        let end = end.min(self.len());
        if start >= end {
            return latin1::empty();
        }
        if start == 0 && end == self.len() && self.as_object().is::<Str>() {
            return Ref::from_borrowed(self);
        }
        let part = self.units().part(start, end);
        let result =
            if self.is_ascii() { Str::from_units_with_max(part, 0x7f) } else { Str::from_units(part) };
        result.expect("out of memory")
    }

    /// The largest code point that needs the same storage.
    #[inline]
    pub(crate) fn max_class(&self) -> u32 {
        match self.raw.kind() {
            1 if self.is_ascii() => 0x7f,
            1 => 0xff,
            2 => 0xffff,
            _ => 0x10_ffff,
        }
    }

    /// `self + other`.
    pub fn concat(&self, other: &Str) -> Result<Ref<Str>> {
        if other.is_empty() && self.as_object().is::<Str>() {
            return Ok(Ref::from_borrowed(self));
        }
        if self.is_empty() && other.as_object().is::<Str>() {
            return Ok(Ref::from_borrowed(other));
        }
        let max = self.max_class().max(other.max_class());
        let Some(len) = self.len().checked_add(other.len()).filter(|&len| len <= isize::MAX as usize) else {
            return Err(raise!(OverflowError, "strings are too large to concat"));
        };
        let (result, data) = Str::allocate(len, max)?;
        let kind = kind_for(max);
        // SAFETY: the room is the sum of the lengths, in units wide enough for both.
        unsafe {
            copy_units(self.units(), kind, data);
            copy_units(other.units(), kind, data.add(self.len() * kind));
        }
        Ok(result)
    }

    /// All pieces one after the other.
    pub fn join_all<'a>(pieces: impl Iterator<Item = &'a Str>) -> Result<Ref<Str>> {
        let pieces: Vec<&Str> = pieces.filter(|piece| !piece.is_empty()).collect();
        match pieces[..] {
            [] => return Ok(latin1::empty()),
            [only] => return Ok(Str::exact(only)),
            _ => {}
        }
        let max = pieces.iter().map(|piece| piece.max_class()).max().unwrap_or(0);
        let len = pieces.iter().try_fold(0usize, |sum, piece| sum.checked_add(piece.len()));
        let Some(len) = len.filter(|&len| len <= isize::MAX as usize) else {
            return Err(raise!(OverflowError, "strings are too large to concat"));
        };
        let (result, mut data) = Str::allocate(len, max)?;
        let kind = kind_for(max);
        for piece in pieces {
            // SAFETY: the room is the sum of the lengths, in units wide enough for all.
            unsafe {
                copy_units(piece.units(), kind, data);
                data = data.add(piece.len() * kind);
            }
        }
        Ok(result)
    }

    /// The same text as an instance of exactly `str`.
    pub fn exact(text: &Str) -> Ref<Str> {
        if text.as_object().is::<Str>() {
            return Ref::from_borrowed(text);
        }
        Str::from_units_with_max(text.units(), text.max_class()).expect("out of memory")
    }

    /// Is the text `text`?
    #[inline]
    pub fn eq_str(&self, text: &str) -> bool {
        match self.as_ascii() {
            Some(own) => own == text,
            None => self.code_points().eq(text.chars().map(u32::from)),
        }
    }

    /// Same text?
    #[inline]
    pub fn equals(&self, other: &Str) -> bool {
        std::ptr::eq(self, other)
            || self.len() == other.len()
                && self.raw.kind() == other.raw.kind()
                && self.units().as_bytes() == other.units().as_bytes()
    }

    /// `hash(self)`, computed once.
    #[inline]
    pub fn hash_value(&self) -> isize {
        let hash = self.raw.hash.get();
        if hash != -1 {
            return hash;
        }
        let hash = crate::hash::bytes_hash(self.units().as_bytes());
        self.raw.hash.set(hash);
        hash
    }

    /// The bytes that cached UTF-8 takes beside the str.
    fn cached_utf8_size(&self) -> usize {
        if self.is_ascii() {
            return 0;
        }
        // SAFETY: what is not ASCII has a compact head at least.
        let head = unsafe { &*(self as *const Str as *const abi::PyCompactUnicodeObject) };
        if head.utf8.get().is_null() { 0 } else { head.utf8_length.get() as usize + 1 }
    }

    /// An instance of `class`, a subclass, with the same text.
    pub(crate) fn new_in(class: &Type, text: &Str) -> Result<Ref<Str>> {
        let kind = text.raw.kind() as usize;
        let bytes = text.units().as_bytes();
        let Some(data) = memory::allocate(bytes.len() + kind) else { return Err(no_memory()) };
        let Some(object) = class.allocate_instance() else {
            // SAFETY: just allocated.
            unsafe { memory::free(data.as_ptr()) };
            return Err(no_memory());
        };
        // SAFETY: the object has at least the size of `PyUnicodeObject`; the data has room for text and end.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), data.as_ptr(), bytes.len());
            std::ptr::write_bytes(data.as_ptr().add(bytes.len()), 0, kind);
            let raw = object.as_ptr().cast::<abi::PyASCIIObject>();
            (&raw mut (*raw).length).write(text.raw.length);
            (*raw).hash.set(text.raw.hash.get());
            let state = abi::UnicodeState {
                kind: kind as u32,
                compact: false,
                ascii: text.is_ascii(),
                ..Default::default()
            };
            (*raw).state.set(state.pack());
            let full = object.as_ptr().cast::<abi::PyUnicodeObject>();
            (*full).data.set(data.as_ptr() as *mut c_void);
            if text.is_ascii() {
                (*full)._base.utf8.set(data.as_ptr().cast());
                (*full)._base.utf8_length.set(text.raw.length);
            }
            memory::initialize(object, class);
            Ok(Ref::from_owned(object.as_ptr().cast()))
        }
    }
}

/// UnicodeEncodeError for the characters from `start` to `end`.
#[cold]
pub fn encode_error(encoding: &str, text: &Str, start: usize, end: usize, reason: &str) -> Raised {
    let arguments = Tuple::pack([
        Str::new(encoding).into_object(),
        text.to_ref(),
        Int::from_usize(start).into_object(),
        Int::from_usize(end).into_object(),
        Str::new(reason).into_object(),
    ]);
    crate::errors::raise_value(&crate::objects::exceptions::UnicodeEncodeError, &arguments)
}

impl Type {
    /// Zeroed memory for an instance of this class, without a head.
    fn allocate_instance(&self) -> Option<NonNull<Object>> {
        memory::allocate_object(self, 0)
    }
}

#[methods(parts(search, split, case, pad, translate, sequence, construct))]
impl Str {
    /// Frees the cached UTF-8, and a subclass instance's characters.
    #[slot]
    unsafe fn tp_dealloc(object: *mut Object) {
        // SAFETY: the object is a str whose count has come to zero.
        unsafe {
            let text = &*(object as *const Str);
            if text.raw.interned() == abi::SSTATE_INTERNED_MORTAL
                && let Some(thread) = Thread::current_opt()
            {
                thread.interpreter.interned.remove(text);
            }
            let data = text.data();
            if !text.raw.is_compact() || !text.raw.is_ascii() {
                let utf8 = (*(object as *const abi::PyCompactUnicodeObject)).utf8.get() as *mut u8;
                if utf8.cast_const() != data {
                    memory::free(utf8);
                }
            }
            if !text.raw.is_compact() {
                memory::free(data.cast_mut());
            }
            crate::native::class::free(object.cast());
        }
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_ascii() {
            Some(text) => f.pad(text),
            None => f.pad(
                &self
                    .code_points()
                    .map(|code| char::from_u32(code).unwrap_or('\u{fffd}'))
                    .collect::<String>(),
            ),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Attaches a new interpreter to this native thread, and fills the type in.
    pub fn attach() {
        static DEFINED: std::sync::Once = std::sync::Once::new();
        let thread = Box::leak(Box::new(Thread::new(Box::leak(Box::default()))));
        Thread::make_current(Some(thread));
        DEFINED.call_once(|| STR_TYPE.define());
    }

    #[test]
    fn interning() {
        attach();
        let text = Str::intern(Str::new("some name"));
        assert!(std::ptr::eq(&*text, &*Str::intern(Str::new("some name"))));
        drop(text);
        let fixed = intern!("some name");
        assert!(std::ptr::eq(fixed, &*Str::intern(Str::new("some name"))));
        assert!(std::ptr::eq(&*Str::intern(Str::new("x")), &*Str::new("x")));
    }

    #[test]
    fn kinds() {
        attach();
        for text in ["", "a", "é", "abc", "aé", "a€", "a😀c", "\u{10ffff}"] {
            let made = Str::new(text);
            assert_eq!(made.as_utf8(), Some(text));
            assert_eq!(made.len(), text.chars().count());
            assert!(made.eq_str(text));
            assert!(made.equals(&Str::from_code_points(text.chars().map(u32::from))));
            let kind = text.chars().map(u32::from).max().map_or(1, kind_for);
            assert_eq!(made.units().kind(), kind);
            assert_eq!(made.is_ascii(), text.is_ascii());
        }
    }

    #[test]
    fn parts() {
        attach();
        let text = Str::new("ab😀é");
        assert!(text.substring(0, 2).is_ascii());
        assert!(text.substring(3, 9).eq_str("é"));
        assert!(text.substring(2, 3).eq_str("😀"));
        assert!(text.substring(3, 2).is_empty());
        let joined = Str::join_all([&*text, &*Str::new("x"), &*text].into_iter());
        assert!(joined.is_ok_and(|joined| joined.eq_str("ab😀éxab😀é")));
    }

    #[test]
    fn surrogates() {
        attach();
        let text = Str::from_code_points([0x61, 0xdc80].into_iter());
        assert_eq!(text.as_utf8(), None);
        assert_eq!(text.to_wtf8().as_bytes(), b"a\xed\xb2\x80");
        assert_eq!(text.to_string(), "a\u{fffd}");
    }
}
