//! The life of instances of heap types: allocation, traversal, clearing and death.

use std::ffi::c_void;
use std::ptr::NonNull;

use super::Type;
use crate::errors::{Result, no_memory};
use crate::object::{Object, RawObject, VarObject};
use crate::reference::Ref;
use crate::{gc, memory};

/// `tp_free` of types without the collector's head.
pub unsafe extern "C" fn object_free(object: *mut c_void) {
    // SAFETY: the slot is called on a dead object of its type.
    unsafe { memory::free_object(object as *mut Object) }
}

/// `tp_free` of types that the collector knows.
pub unsafe extern "C" fn gc_free(object: *mut c_void) {
    // SAFETY: the slot is called on a dead object of its type, which has the collector's head.
    unsafe {
        gc::untrack(NonNull::new_unchecked(object as *mut Object));
        memory::free_object(object as *mut Object);
    }
}

/// An empty instance of `ty` with `items` variable items: all zeros behind its head.
pub fn allocate(ty: &Type, items: usize) -> Result {
    let Some(object) = memory::allocate_object(ty, items) else { return Err(no_memory()) };
    if ty.raw.tp_itemsize.get() != 0 {
        // SAFETY: an object of variable size begins with this head.
        unsafe { object.cast::<VarObject>().as_ref() }.size.set(items as isize);
    }
    // SAFETY: fresh memory of the type's size, zeroed.
    unsafe {
        memory::initialize(object, ty);
        Ok(Ref::from_owned(object.as_ptr() as *mut RawObject))
    }
}

/// `tp_alloc` of nearly every type (C: `PyType_GenericAlloc`).
pub unsafe extern "C" fn generic_alloc(ty: *mut abi::PyTypeObject, items: isize) -> *mut RawObject {
    // SAFETY: the slot is called with a live type.
    crate::protocol::result_into_raw(allocate(unsafe { Type::from_raw(ty) }, items.max(0) as usize))
}
