//! Memory, reference counts, and the collector. <https://docs.python.org/3.14/c-api/memory.html>,
//! <https://docs.python.org/3.14/c-api/gcsupport.html>

use std::ffi::{c_int, c_void};
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

use runtime::prelude::*;
use runtime::{gc, memory, reference};

use crate::support::{Raw, exported};

/// `PyMemAllocatorEx`: the functions of a domain and what they get as their first argument.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Allocator {
    context: *mut c_void,
    malloc: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    calloc: unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void,
    realloc: unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void, *mut c_void),
}

/// What `PyMem_SetAllocator` put in a domain's place; null for the runtime's own. The C API makes this the process's.
/// Only C's callers go through it: the runtime's objects do not.
static HOOKS: [AtomicPtr<Allocator>; 3] = [const { AtomicPtr::new(null_mut()) }; 3];

/// The allocator of a domain (`PyMemAllocatorDomain`).
#[inline]
fn allocator(domain: usize) -> Allocator {
    let hook = HOOKS[domain].load(Ordering::Acquire);
    // SAFETY: an allocator that was once set is never freed.
    unsafe { hook.as_ref() }.copied().unwrap_or(Allocator {
        context: null_mut(),
        malloc: own::malloc,
        calloc: own::calloc,
        realloc: own::realloc,
        free: own::free,
    })
}

/// The runtime's allocator behind C's signatures.
mod own {
    use super::{c_void, memory, null_mut};

    pub unsafe extern "C" fn malloc(_context: *mut c_void, size: usize) -> *mut c_void {
        memory::allocate(size).map_or(null_mut(), |block| block.as_ptr().cast())
    }

    pub unsafe extern "C" fn calloc(_context: *mut c_void, count: usize, size: usize) -> *mut c_void {
        let size = count.checked_mul(size);
        size.and_then(memory::allocate_zeroed).map_or(null_mut(), |block| block.as_ptr().cast())
    }

    pub unsafe extern "C" fn realloc(_context: *mut c_void, block: *mut c_void, size: usize) -> *mut c_void {
        // SAFETY: by C's contract the block comes from here.
        unsafe { memory::reallocate(block.cast(), size) }.map_or(null_mut(), |block| block.as_ptr().cast())
    }

    pub unsafe extern "C" fn free(_context: *mut c_void, block: *mut c_void) {
        // SAFETY: by C's contract the block comes from here.
        unsafe { memory::free(block.cast()) };
    }
}

/// The families of allocators, by their domain.
macro_rules! allocators {
    ($($domain:literal $malloc:ident $calloc:ident $realloc:ident $free:ident)*) => {
        exported! {$(
            fn $malloc(size: usize) -> *mut c_void {
                let own = allocator($domain);
                (own.malloc)(own.context, size)
            }

            fn $calloc(count: usize, size: usize) -> *mut c_void {
                let own = allocator($domain);
                (own.calloc)(own.context, count, size)
            }

            fn $realloc(block: *mut c_void, size: usize) -> *mut c_void {
                let own = allocator($domain);
                (own.realloc)(own.context, block, size)
            }

            fn $free(block: *mut c_void) {
                let own = allocator($domain);
                (own.free)(own.context, block)
            }
        )*}
    };
}

allocators! {
    0 PyMem_RawMalloc PyMem_RawCalloc PyMem_RawRealloc PyMem_RawFree
    1 PyMem_Malloc PyMem_Calloc PyMem_Realloc PyMem_Free
    2 PyObject_Malloc PyObject_Calloc PyObject_Realloc PyObject_Free
}

exported! {
    fn PyMem_GetAllocator(domain: c_int, place: *mut Allocator) {
        if let Ok(domain @ 0..3) = usize::try_from(domain) {
            *place = allocator(domain);
        }
    }

    fn PyMem_SetAllocator(domain: c_int, place: *const Allocator) {
        if let Ok(domain @ 0..3) = usize::try_from(domain) {
            HOOKS[domain].store(Box::into_raw(Box::new(*place)), Ordering::Release);
        }
    }

    fn PyUnstable_GC_VisitObjects(
        visit: unsafe extern "C" fn(Raw, *mut c_void) -> c_int, argument: *mut c_void
    ) {
        let objects = crate::types::named("gc", "get_objects").and_then(|objects| objects.call(&[]));
        match objects.map(|objects| objects.cast::<List>()) {
            Ok(Ok(objects)) => {
                for object in objects.to_vec() {
                    if visit(object.as_ptr(), argument) == 0 {
                        break;
                    }
                }
            }
            Ok(Err(_)) => {}
            Err(raised) => raised.clear(),
        }
    }
}

/// The head of an object as C sees it.
unsafe fn head<'a>(object: Raw) -> &'a abi::PyObject {
    // SAFETY: the caller has a live object, or memory for one.
    unsafe { &*object }
}

fn has_gc(object: &Object) -> bool {
    object.ty().has_flag(abi::Py_TPFLAGS_HAVE_GC)
}

/// Sets the type (which gains a reference) and one reference.
unsafe fn initialize(object: Raw, class: &Type) -> Raw {
    // SAFETY: the caller has memory for an instance.
    unsafe {
        let head = head(object);
        head.ob_refcnt_full().set(1);
        head.ob_type.set((&raw const *class).cast_mut().cast());
        if class.has_flag(abi::Py_TPFLAGS_HEAPTYPE) {
            reference::incref(class.as_ptr());
        }
        object
    }
}

exported! {
    fn Py_IncRef(object: Raw) {
        reference::incref(object);
    }

    fn Py_DecRef(object: Raw) {
        reference::decref(object);
    }

    fn _Py_IncRef(object: Raw) {
        reference::incref(object);
    }

    fn _Py_DecRef(object: Raw) {
        reference::decref(object);
    }

    fn Py_NewRef(object: Raw) -> Raw {
        reference::incref(object);
        object
    }

    fn Py_XNewRef(object: Raw) -> Raw {
        reference::incref(object);
        object
    }

    fn Py_REFCNT(object: Raw) -> isize {
        head(object).ob_refcnt.get() as isize
    }

    fn _Py_SetRefcnt(object: Raw, count: isize) {
        if (head(object).ob_refcnt.get() as i32) >= 0 {
            head(object).ob_refcnt.set(count as u32);
        }
    }

    fn Py_TYPE(object: Raw) -> *mut abi::PyTypeObject {
        head(object).ob_type.get()
    }

    fn _Py_NewReference(object: Raw) {
        head(object).ob_refcnt_full().set(1);
    }

    fn _Py_ResurrectReference(object: Raw) {
        head(object).ob_refcnt_full().set(1);
    }

    fn _Py_SetImmortal(object: &Object) {
        object.make_immortal();
    }

    fn _Py_Dealloc(object: Raw) {
        if let Some(object) = NonNull::new(object) {
            memory::deallocate(object.cast());
        }
    }

    fn PyUnstable_Object_IsUniquelyReferenced(object: Raw) -> bool {
        head(object).ob_refcnt.get() == 1
    }

    fn PyUnstable_Object_IsUniqueReferencedTemporary(_object: Raw) -> bool {
        // Whether the only reference is the interpreter's stack is not known: claim nothing.
        false
    }

    fn PyUnstable_Object_EnableDeferredRefcount(_object: Raw) -> bool {
        false
    }

    fn PyUnstable_IsImmortal(object: &Object) -> bool {
        object.is_immortal()
    }

    fn PyUnstable_TryIncRef(object: Raw) -> bool {
        if head(object).ob_refcnt.get() == 0 {
            return false;
        }
        reference::incref(object);
        true
    }

    fn PyUnstable_EnableTryIncRef(_object: Raw) {}

    fn PyObject_Init(object: Raw, class: &Type) -> Raw {
        if object.is_null() {
            drop(runtime::errors::no_memory());
            return object;
        }
        initialize(object, class)
    }

    fn PyObject_InitVar(object: Raw, class: &Type, size: isize) -> Raw {
        if object.is_null() {
            drop(runtime::errors::no_memory());
            return object;
        }
        (*object.cast::<abi::PyVarObject>()).ob_size.set(size);
        initialize(object, class)
    }

    fn _PyObject_New(class: &Type) -> Result<Raw> {
        let block = memory::allocate(class.raw.tp_basicsize.get() as usize).ok_or_else(runtime::errors::no_memory)?;
        Ok(initialize(block.as_ptr().cast(), class))
    }

    fn _PyObject_NewVar(class: &Type, size: isize) -> Result<Raw> {
        let bytes = class.raw.tp_basicsize.get() + class.raw.tp_itemsize.get() * size;
        let block = memory::allocate(bytes as usize).ok_or_else(runtime::errors::no_memory)?;
        let object = block.as_ptr().cast::<abi::PyVarObject>();
        (*object).ob_size.set(size);
        Ok(initialize(object.cast(), class))
    }

    fn _PyObject_GC_New(class: &Type) -> Result<Raw> {
        let object = memory::allocate_object(class, 0).ok_or_else(runtime::errors::no_memory)?;
        memory::initialize_untracked(object, class);
        Ok(object.as_ptr().cast())
    }

    fn _PyObject_GC_NewVar(class: &Type, size: isize) -> Result<Raw> {
        let object = memory::allocate_object(class, size as usize).ok_or_else(runtime::errors::no_memory)?;
        (*object.as_ptr().cast::<abi::PyVarObject>()).ob_size.set(size);
        memory::initialize_untracked(object, class);
        Ok(object.as_ptr().cast())
    }

    fn PyUnstable_Object_GC_NewWithExtraData(class: &Type, extra: usize) -> Result<Raw> {
        let items = match class.raw.tp_itemsize.get() {
            0 => return Err(raise!(SystemError, "type without items can't have extra data")),
            size => extra.div_ceil(size as usize),
        };
        let object = memory::allocate_object(class, items).ok_or_else(runtime::errors::no_memory)?;
        memory::initialize_untracked(object, class);
        Ok(object.as_ptr().cast())
    }

    fn _PyObject_GC_Resize(object: &Object, size: isize) -> Result<Raw> {
        let class = object.ty();
        let before = memory::preheader_size(class);
        let bytes = (class.raw.tp_basicsize.get() + class.raw.tp_itemsize.get() * size) as usize + before;
        let block = object.as_ptr().byte_sub(before).cast();
        let block = memory::reallocate(block, bytes).ok_or_else(runtime::errors::no_memory)?;
        let object = block.as_ptr().add(before).cast::<abi::PyVarObject>();
        (*object).ob_size.set(size);
        Ok(object.cast())
    }

    fn PyObject_GC_Track(object: Raw) {
        let object = NonNull::new_unchecked(object).cast::<Object>();
        if has_gc(object.as_ref()) && !gc::is_tracked(object) {
            gc::track(object);
        }
    }

    fn PyObject_GC_UnTrack(object: Raw) {
        let object = NonNull::new_unchecked(object).cast::<Object>();
        if has_gc(object.as_ref()) {
            gc::untrack(object);
        }
    }

    fn PyObject_GC_IsTracked(object: Raw) -> bool {
        let object = NonNull::new_unchecked(object).cast::<Object>();
        has_gc(object.as_ref()) && gc::is_tracked(object)
    }

    fn PyObject_GC_IsFinalized(object: Raw) -> bool {
        let object = NonNull::new_unchecked(object).cast::<Object>();
        has_gc(object.as_ref()) && gc::head_of(object).prev.get() & gc::FINALIZED != 0
    }

    fn PyObject_IS_GC(object: &Object) -> bool {
        has_gc(object) && object.ty().raw.tp_is_gc.get().is_none_or(|is_gc| is_gc(object.as_ptr()) != 0)
    }

    fn PyObject_CallFinalizer(object: Raw) {
        finalize(object);
    }

    /// 0 if the object may die, -1 if its finalizer brought it back to life.
    fn PyObject_CallFinalizerFromDealloc(object: Raw) -> c_int {
        let count = &head(object).ob_refcnt;
        count.set(1);
        finalize(object);
        let left = count.get() - 1;
        count.set(left);
        if left == 0 { 0 } else { -1 }
    }
}

/// Runs the finalizer, once in an object's life if the collector can remember that.
unsafe fn finalize(object: Raw) {
    // SAFETY: the object is alive.
    unsafe {
        let typed = NonNull::new_unchecked(object).cast::<Object>();
        let Some(finalizer) = typed.as_ref().ty().raw.tp_finalize.get() else { return };
        if has_gc(typed.as_ref()) {
            let flags = &gc::head_of(typed).prev;
            if flags.get() & gc::FINALIZED != 0 {
                return;
            }
            flags.set(flags.get() | gc::FINALIZED);
        }
        finalizer(object);
    }
}
