//! Object memory: allocation with the pre-headers that a type asks for, and deallocation that no nesting overflows.
//!
//! Before an object lie, from its address downwards: the collector's two links (types with `HAVE_GC`), then its managed
//! dictionary and its weak references (types with `MANAGED_DICT` or `MANAGED_WEAKREF`), one word each.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::NonNull;

use crate::gc;
use crate::object::Object;
use crate::objects::dict::shared;
use crate::objects::r#type::Type;
use crate::thread::Thread;
use crate::tracemalloc;

/// Size of the collector's links.
pub const GC_HEAD_SIZE: usize = 16;
/// Size of the words for managed dictionary and weak references.
pub const MANAGED_SIZE: usize = 16;
/// Where the managed dictionary's pointer lies, from the object's address.
pub const MANAGED_DICT_OFFSET: isize = -24;
/// Where the managed list of weak references lies.
pub const MANAGED_WEAKREF_OFFSET: isize = -32;

/// `size` bytes, uninitialized; `None` if there is no memory. Zero bytes are one.
pub fn allocate(size: usize) -> Option<NonNull<u8>> {
    if size > isize::MAX as usize {
        return None;
    }
    // SAFETY: any size may be asked for.
    traced(NonNull::new(unsafe { libmimalloc_sys::mi_malloc(size.max(1)) } as *mut u8), size)
}

/// Tells of a new block, if blocks are traced.
#[inline(always)]
fn traced(block: Option<NonNull<u8>>, size: usize) -> Option<NonNull<u8>> {
    if tracemalloc::is_on()
        && let Some(block) = block
    {
        tracemalloc::allocated(block.as_ptr() as usize, size);
    }
    block
}

/// `size` bytes of zeros; `None` if there is no memory.
#[inline]
pub fn allocate_zeroed(size: usize) -> Option<NonNull<u8>> {
    traced(zeroed(size), size)
}

fn zeroed(size: usize) -> Option<NonNull<u8>> {
    if size > isize::MAX as usize {
        return None;
    }
    // SAFETY: any size may be asked for.
    NonNull::new(unsafe { libmimalloc_sys::mi_zalloc(size.max(1)) } as *mut u8)
}

/// Blocks up to this size are kept for the next allocation.
const LARGEST_KEPT: usize = 256;
/// So many of each size.
const MOST_KEPT: u8 = 100;

/// A thread's free small blocks, by size in words: last in, first out.
pub struct Blocks {
    lists: [Cell<*mut Block>; LARGEST_KEPT / 8 + 1],
    counts: [Cell<u8>; LARGEST_KEPT / 8 + 1],
}

/// A free block.
struct Block {
    next: *mut Block,
}

impl Default for Blocks {
    fn default() -> Blocks {
        Blocks {
            lists: [const { Cell::new(std::ptr::null_mut()) }; LARGEST_KEPT / 8 + 1],
            counts: [const { Cell::new(0) }; LARGEST_KEPT / 8 + 1],
        }
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for list in &self.lists {
            let mut block = list.replace(std::ptr::null_mut());
            while !block.is_null() {
                // SAFETY: a free block holds a link, and nobody else has it.
                unsafe {
                    let next = (*block).next;
                    free(block.cast());
                    block = next;
                }
            }
        }
    }
}

/// As [`allocate`], from the thread's free blocks if the size is small. Such a block may be given back by [`free_small`].
#[inline(always)]
pub fn allocate_small(size: usize) -> Option<NonNull<u8>> {
    if size > LARGEST_KEPT {
        return allocate(size);
    }
    traced(small(size), size)
}

#[inline(always)]
fn small(size: usize) -> Option<NonNull<u8>> {
    let class = size.div_ceil(8);
    let blocks = &Thread::current().blocks;
    let block = blocks.lists[class].get();
    if block.is_null() {
        // SAFETY: any size may be asked for.
        return NonNull::new(unsafe { libmimalloc_sys::mi_malloc((class * 8).max(8)) } as *mut u8);
    }
    // SAFETY: a free block holds a link.
    blocks.lists[class].set(unsafe { (*block).next });
    blocks.counts[class].set(blocks.counts[class].get() - 1);
    NonNull::new(block.cast())
}

/// Gives a block of at least `size` bytes back.
///
/// # Safety
/// `block` came from this module, and nobody uses it any more.
#[inline(always)]
pub unsafe fn free_small(block: *mut u8, size: usize) {
    let class = size.div_ceil(8);
    if (8..=LARGEST_KEPT).contains(&size) && !tracemalloc::is_on() {
        let blocks = &Thread::current().blocks;
        let count = blocks.counts[class].get();
        if count < MOST_KEPT {
            let block = block.cast::<Block>();
            // SAFETY: by contract the block is free and has room for a link.
            unsafe { (*block).next = blocks.lists[class].get() };
            blocks.lists[class].set(block);
            blocks.counts[class].set(count + 1);
            return;
        }
    }
    // SAFETY: by contract.
    unsafe { free(block) };
}

/// Changes the size of a block, which may move; `None` leaves the old one as it is.
///
/// # Safety
/// `block` is null or came from this module and is not freed.
pub unsafe fn reallocate(block: *mut u8, size: usize) -> Option<NonNull<u8>> {
    if size > isize::MAX as usize {
        return None;
    }
    // SAFETY: by contract.
    let new =
        NonNull::new(unsafe { libmimalloc_sys::mi_realloc(block as *mut c_void, size.max(1)) } as *mut u8);
    if tracemalloc::is_on() && new.is_some() {
        tracemalloc::freed(block as usize);
    }
    traced(new, size)
}

/// # Safety
/// `block` is null or came from this module, and nobody uses it any more.
#[inline(always)]
pub unsafe fn free(block: *mut u8) {
    if tracemalloc::is_on() {
        tracemalloc::freed(block as usize);
    }
    // SAFETY: by contract.
    unsafe { libmimalloc_sys::mi_free(block as *mut c_void) }
}

/// Bytes before an object of this type.
#[inline]
pub fn preheader_size(ty: &Type) -> usize {
    let flags = ty.flags();
    let gc = if flags & abi::Py_TPFLAGS_HAVE_GC != 0 { GC_HEAD_SIZE } else { 0 };
    let managed = abi::Py_TPFLAGS_MANAGED_DICT | abi::Py_TPFLAGS_MANAGED_WEAKREF;
    gc + if flags & managed != 0 { MANAGED_SIZE } else { 0 }
}

/// As [`allocate_small`], zeroed; tracing is told of `exact` bytes.
#[inline(always)]
fn allocate_small_zeroed(size: usize, exact: usize) -> Option<NonNull<u8>> {
    if size > LARGEST_KEPT {
        return traced(zeroed(size), exact);
    }
    let block = traced(small(size), exact)?;
    // SAFETY: the block has that size.
    unsafe { std::ptr::write_bytes(block.as_ptr(), 0, size) };
    Some(block)
}

/// Zeroed memory for an instance of `ty` with `items` variable items; no head yet. `None` if there is no memory.
#[inline]
pub fn allocate_object(ty: &Type, items: usize) -> Option<NonNull<Object>> {
    if ty.flags() & abi::Py_TPFLAGS_READY == 0 {
        crate::native::class::ready_on_first_use(ty);
    }
    let itemsize = ty.raw.tp_itemsize.get() as usize;
    let exact = (ty.raw.tp_basicsize.get() as usize).checked_add(items.checked_mul(itemsize)?)?;
    let size = exact.checked_add(7)? & !7;
    let before = preheader_size(ty);
    if ty.flags() & abi::Py_TPFLAGS_INLINE_VALUES != 0 {
        let capacity = shared::next_capacity(ty);
        let size_with_values = size.checked_add(before + shared::inline_size(capacity))?;
        let block = allocate_small_zeroed(size_with_values, size_with_values)?;
        // SAFETY: the object begins inside the block; its values follow it.
        unsafe {
            shared::initialize(block.add(before + size).as_ptr(), capacity);
            return Some(block.add(before).cast());
        }
    }
    let block = allocate_small_zeroed(size.checked_add(before)?, exact + before)?;
    // SAFETY: the object begins inside the block.
    Some(unsafe { block.add(before).cast() })
}

/// Writes the head of a new object: one reference, its type (which gains a reference if it is a heap type), and tells the
/// collector about it.
///
/// # Safety
/// `object` came from [`allocate_object`] for `ty` and its body is in place.
#[inline]
pub unsafe fn initialize(object: NonNull<Object>, ty: &Type) {
    // SAFETY: by contract.
    unsafe {
        initialize_untracked(object, ty);
        if ty.flags() & abi::Py_TPFLAGS_HAVE_GC != 0 {
            gc::track(object);
        }
    }
}

/// As [`initialize`], the collector not knowing of it yet.
///
/// # Safety
/// As there.
#[inline]
pub unsafe fn initialize_untracked(object: NonNull<Object>, ty: &Type) {
    // SAFETY: by contract.
    let head = unsafe { object.as_ref() };
    head.refcount.set(1);
    // SAFETY: the memory was allocated for this type.
    unsafe { head.set_type(ty) };
    if ty.flags() & abi::Py_TPFLAGS_HEAPTYPE != 0 {
        ty.refcount.increment();
    }
}

/// Gives an object's memory back; its body is dropped already and the collector knows of it no more.
///
/// # Safety
/// `object` is dead, and its type still set.
pub unsafe fn free_object(object: *mut Object) {
    // SAFETY: by contract.
    unsafe {
        let ty = (*object).ty();
        let before = preheader_size(ty);
        let block = (object as *mut u8).sub(before);
        if !ty.is_gc() || ty.raw.tp_itemsize.get() != 0 {
            return free(block);
        }
        // Instances of such types come from `allocate_object` alone.
        let mut size = before + ((ty.raw.tp_basicsize.get() as usize + 7) & !7);
        if ty.flags() & abi::Py_TPFLAGS_INLINE_VALUES != 0 {
            size += shared::values_of(&*object).size();
        }
        free_small(block, size);
    }
}

/// The last reference is gone: runs the type's `tp_dealloc`. Where the native stack runs low, the object is put aside
/// until it has room again, so that a chain of any length can die.
///
/// # Safety
/// The object's count is zero and nobody holds it.
#[inline(never)]
pub unsafe fn deallocate(object: NonNull<Object>) {
    let thread = Thread::current();
    if thread.stack.is_low() {
        // A collection in between must not see it.
        // SAFETY: by contract; what dies and has the flag has a collector's head.
        unsafe {
            if object.as_ref().ty().is_gc() {
                gc::untrack(object);
            }
        }
        thread.trash.borrow_mut().push(object);
        return;
    }
    // SAFETY: by contract.
    unsafe { run_dealloc(object) };
    if !thread.trash.borrow().is_empty() && !thread.stack.is_nearly_low() {
        loop {
            let next = thread.trash.borrow_mut().pop();
            let Some(next) = next else { break };
            // SAFETY: it was put aside by this function with a count of zero.
            unsafe { run_dealloc(next) };
        }
    }
}

#[inline(always)]
unsafe fn run_dealloc(object: NonNull<Object>) {
    // SAFETY: by contract.
    let head = unsafe { object.as_ref() };
    match head.ty().raw.tp_dealloc.get() {
        // SAFETY: the object is of that type.
        Some(dealloc) => unsafe { dealloc(head.as_ptr()) },
        None => unreachable!("type {} has no tp_dealloc", head.ty().name()),
    }
}
