//! `bytearray`: bytes that change. Layout: `PyByteArrayObject`; the used bytes may begin behind the start of the block,
//! so that deleting at the front is cheap.

mod iterator;
mod methods;

use std::cell::Cell;

use crate::errors::no_memory;
use crate::memory;
use crate::prelude::*;

pub use iterator::{BYTE_ARRAY_ITERATOR_TYPE, ByteArrayIterator};

/// bytearray() -> empty
/// bytearray(int) -> so many zeros
/// bytearray(iterable_of_ints) -> the bytes of these values
/// bytearray(string, encoding[, errors]) -> the encoded string
/// bytearray(bytes_or_buffer) -> a copy of these bytes
///
/// A sequence of bytes that can be changed.
#[class(name = "bytearray", symbol = "PyByteArray_Type", flags(BASETYPE, MATCH_SELF))]
#[repr(C)]
pub struct ByteArray {
    head: VarObject,
    /// The size of the block.
    alloc: Cell<usize>,
    block: Cell<*mut u8>,
    start: Cell<*mut u8>,
    exports: Cell<isize>,
}

const _: () = assert!(size_of::<ByteArray>() == size_of::<abi::PyByteArrayObject>());

/// What an empty bytearray lends.
static NOTHING: [u8; 1] = [0];

impl ByteArray {
    /// An empty one, of `class`.
    fn empty_in(class: &Type) -> Ref<ByteArray> {
        Ref::new_in(
            class,
            ByteArray {
                head: VarObject::HEAD,
                alloc: Cell::new(0),
                block: Cell::new(std::ptr::null_mut()),
                start: Cell::new(std::ptr::null_mut()),
                exports: Cell::new(0),
            },
        )
    }

    /// A copy of `bytes`; MemoryError if there is no room.
    pub fn try_new(bytes: &[u8]) -> Result<Ref<ByteArray>> {
        let array = ByteArray::empty_in(ByteArray::type_object());
        if !bytes.is_empty() {
            array.resize(bytes.len())?;
            array.write(0, bytes);
        }
        Ok(array)
    }

    /// A copy of `bytes`.
    pub fn new(bytes: &[u8]) -> Ref<ByteArray> {
        ByteArray::try_new(bytes).expect("out of memory")
    }

    /// How many bytes.
    #[inline]
    pub fn len(&self) -> usize {
        self.head.size.get() as usize
    }

    /// None?
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the bytes are.
    #[inline]
    pub fn data(&self) -> *mut u8 {
        if self.start.get().is_null() { NOTHING.as_ptr().cast_mut() } else { self.start.get() }
    }

    /// The bytes now.
    pub fn to_vec(&self) -> Vec<u8> {
        use crate::objects::byte_methods::ByteString;
        self.bytes().to_vec()
    }

    /// Writes bytes at a place that has room for them.
    pub fn write(&self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.len());
        // SAFETY: there is room; the source may be this array's own memory.
        unsafe { std::ptr::copy(bytes.as_ptr(), self.data().add(at), bytes.len()) };
    }

    fn check_resizable(&self) -> Result<()> {
        if self.exports.get() > 0 {
            return Err(raise!(BufferError, "Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// Makes it longer (the new bytes are uninitialized but for what was there) or shorter.
    pub fn resize(&self, size: usize) -> Result<()> {
        if size == self.len() {
            return Ok(());
        }
        self.check_resizable()?;
        if size >= isize::MAX as usize {
            return Err(no_memory());
        }
        let alloc = self.alloc.get();
        let offset = self.start.get() as usize - self.block.get() as usize;
        let new_alloc = if size + offset < alloc {
            if size >= alloc / 2 {
                self.set_size(size);
                return Ok(());
            }
            size + 1
        } else if size <= alloc + alloc / 8 {
            size + (size >> 3) + if size < 9 { 3 } else { 6 }
        } else {
            size + 1
        };
        let len = self.len();
        // SAFETY: the block is this array's; the used bytes are within it, and as many of them as fit are kept.
        unsafe {
            let block = if offset > 0 || self.block.get().is_null() {
                let Some(block) = memory::allocate(new_alloc) else { return Err(no_memory()) };
                std::ptr::copy_nonoverlapping(self.data(), block.as_ptr(), len.min(size));
                memory::free(self.block.get());
                block
            } else {
                match memory::reallocate(self.block.get(), new_alloc) {
                    Some(block) => block,
                    None => return Err(no_memory()),
                }
            };
            if size > len {
                block.as_ptr().add(len).write_bytes(0, size - len);
            }
            self.block.set(block.as_ptr());
            self.start.set(block.as_ptr());
        }
        self.alloc.set(new_alloc);
        self.set_size(size);
        Ok(())
    }

    /// Sets the size within the block, and the zero behind the bytes.
    fn set_size(&self, size: usize) {
        self.head.size.set(size as isize);
        if !self.start.get().is_null() {
            // SAFETY: the block has room for one more byte than are used.
            unsafe { self.start.get().add(size).write(0) };
        }
    }

    /// Puts `new` in the place of `old_len` bytes at `at`. `new` is not this array's own memory.
    pub fn splice(&self, at: usize, old_len: usize, new: &[u8]) -> Result<()> {
        let len = self.len();
        debug_assert!(at + old_len <= len);
        if new.len() < old_len {
            self.check_resizable()?;
            let removed = old_len - new.len();
            if at == 0 {
                // SAFETY: so many bytes are used.
                self.start.set(unsafe { self.start.get().add(removed) });
            } else {
                // SAFETY: both ranges are within the used bytes.
                unsafe {
                    let place = self.data().add(at + new.len());
                    std::ptr::copy(self.data().add(at + old_len), place, len - at - old_len);
                }
            }
            if at == 0 {
                // The bytes lie where they should: only the size is to change.
                self.head.size.set((len - removed) as isize);
                let (block, alloc) = (self.block.get() as usize, self.alloc.get());
                let used = self.start.get() as usize - block + self.len() + 1;
                debug_assert!(used <= alloc);
                if self.len() < alloc / 2 {
                    self.compact();
                }
            } else {
                self.resize(len - removed)?;
            }
        } else if new.len() > old_len {
            let added = new.len() - old_len;
            let Some(size) = len.checked_add(added) else { return Err(no_memory()) };
            self.resize(size)?;
            // SAFETY: the room has grown by that much.
            unsafe {
                let from = self.data().add(at + old_len);
                std::ptr::copy(from, from.add(added), len - at - old_len);
            }
        }
        self.write(at, new);
        Ok(())
    }

    /// Gives back the memory in front of and behind the used bytes.
    fn compact(&self) {
        let len = self.len();
        let Some(block) = memory::allocate(len + 1) else { return };
        // SAFETY: the used bytes and the zero.
        unsafe {
            std::ptr::copy_nonoverlapping(self.data(), block.as_ptr(), len);
            block.as_ptr().add(len).write(0);
            memory::free(self.block.get());
        }
        self.block.set(block.as_ptr());
        self.start.set(block.as_ptr());
        self.alloc.set(len + 1);
    }

    /// Appends bytes, which are not this array's own memory.
    pub fn append_slice(&self, bytes: &[u8]) -> Result<()> {
        self.splice(self.len(), 0, bytes)
    }
}
