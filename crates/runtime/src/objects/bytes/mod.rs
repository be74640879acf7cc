//! `bytes`: immutable bytes behind their head, ended by a zero.
//!
//! Enter here for making and reading bytes from Rust.

mod iterator;
mod methods;
mod singletons;

use std::cell::Cell;
use std::fmt;

use crate::errors::no_memory;
use crate::memory;
use crate::prelude::*;

pub use iterator::{BYTES_ITERATOR_TYPE, BytesIterator};

/// bytes() -> empty
/// bytes(int) -> so many zeros
/// bytes(iterable_of_ints) -> the bytes of these values
/// bytes(string, encoding[, errors]) -> the encoded string
/// bytes(bytes_or_buffer) -> the same bytes
///
/// A sequence of bytes that never changes.
#[class(
    name = "bytes",
    symbol = "PyBytes_Type",
    flags(BASETYPE, BYTES_SUBCLASS, MATCH_SELF),
    basicsize = DATA + 1,
    itemsize = 1
)]
#[repr(C)]
pub struct Bytes {
    head: VarObject,
    // The bytes begin behind it.
    hash: Cell<isize>,
}

/// Where the bytes begin.
const DATA: usize = std::mem::offset_of!(abi::PyBytesObject, ob_sval);
const _: () = assert!(size_of::<Bytes>() == DATA);

impl Bytes {
    /// New bytes of exactly this length, to be written; the memory for them, uninitialized. The final zero is there.
    pub fn allocate(len: usize) -> Result<(Ref<Bytes>, *mut u8)> {
        if len > isize::MAX as usize - DATA - 1 {
            return Err(raise!(OverflowError, "byte string is too large"));
        }
        let Some(block) = memory::allocate(DATA + 1 + len) else { return Err(no_memory()) };
        // SAFETY: the block has room for head, bytes and the zero at their end.
        unsafe {
            block.cast::<Bytes>().write(Bytes { head: VarObject::HEAD, hash: Cell::new(-1) });
            let data = block.as_ptr().add(DATA);
            data.add(len).write(0);
            memory::initialize_untracked(block.cast(), Bytes::type_object());
            let bytes: Ref<Bytes> = Ref::from_owned(block.as_ptr().cast());
            bytes.head.size.set(len as isize);
            Ok((bytes, data))
        }
    }

    /// The bytes to be changed: only while nobody else has a reference, and nobody has asked for the hash.
    pub(crate) fn data(&self) -> *mut u8 {
        // SAFETY: the bytes follow the head.
        unsafe { (self as *const Bytes as *mut u8).add(DATA) }
    }

    /// An instance of `class`, `bytes` or a subclass, with a copy of `bytes`.
    pub fn new_in(class: &Type, bytes: &[u8]) -> Result<Ref<Bytes>> {
        if std::ptr::eq(class, Bytes::type_object()) {
            return Bytes::try_new(bytes);
        }
        let Some(object) = memory::allocate_object(class, bytes.len()) else { return Err(no_memory()) };
        // SAFETY: the memory is zero, and has room for the bytes.
        unsafe {
            let body = object.cast::<Bytes>().as_ref();
            body.hash.set(-1);
            body.head.size.set(bytes.len() as isize);
            let data = object.as_ptr().cast::<u8>().add(DATA);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
            memory::initialize(object, class);
            Ok(Ref::from_owned(object.as_ptr().cast()))
        }
    }

    /// A copy of `bytes`.
    pub fn new(bytes: &[u8]) -> Ref<Bytes> {
        Bytes::try_new(bytes).expect("out of memory")
    }

    /// A copy of `bytes`; MemoryError if there is no room.
    #[inline]
    pub fn try_new(bytes: &[u8]) -> Result<Ref<Bytes>> {
        match bytes {
            [] => Ok(singletons::empty()),
            [byte] => Ok(singletons::byte(*byte)),
            _ => {
                let (result, data) = Bytes::allocate(bytes.len())?;
                // SAFETY: there is room for them.
                unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
                Ok(result)
            }
        }
    }

    /// `b''`.
    #[inline]
    pub fn empty() -> Ref<Bytes> {
        singletons::empty()
    }

    /// The immortal bytes object of one byte.
    #[inline]
    pub fn from_byte(byte: u8) -> Ref<Bytes> {
        singletons::byte(byte)
    }

    /// The bytes.
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        // SAFETY: so many bytes follow the head, unchanged as long as the object lives.
        unsafe { std::slice::from_raw_parts((self as *const Bytes as *const u8).add(DATA), self.len()) }
    }

    /// How many bytes.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.head.size.get() as usize
    }

    /// None?
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `hash(self)`, computed once.
    #[inline]
    pub fn hash_value(&self) -> isize {
        let hash = self.hash.get();
        if hash != -1 {
            return hash;
        }
        let hash = crate::hash::bytes_hash(self.as_slice());
        self.hash.set(hash);
        hash
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.as_slice().escape_ascii())
    }
}
