//! The life of instances of classes: allocation, traversal, clearing and death. And that of type objects themselves.
#![allow(
    clippy::missing_safety_doc,
    reason = "slots are called as C calls them: with live objects of their type"
)]

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr::NonNull;

use super::{Type, bridge};
use crate::errors::{Result, no_memory};
use crate::object::{Layout, Object, RawObject, VarObject};
use crate::objects::object::dict_field;
use crate::reference::{Ref, decref};
use crate::{gc, memory};

/// `tp_free` of types without the collector's head.
pub unsafe extern "C" fn object_free(object: *mut c_void) {
    // SAFETY: the slot is called on a dead object of its type.
    unsafe { memory::free_object(object as *mut Object) }
}

/// `tp_free` of types that the collector knows.
#[unsafe(export_name = "PyObject_GC_Del")]
pub unsafe extern "C" fn gc_free(object: *mut c_void) {
    // SAFETY: called on a dead object of its type, which nearly always has the collector's head.
    unsafe {
        let object = object as *mut Object;
        if (*object).ty().is_gc() {
            gc::untrack(NonNull::new_unchecked(object));
        }
        memory::free_object(object);
    }
}

/// An empty instance of `ty` with `items` variable items: all zeros behind its head.
pub fn allocate(ty: &Type, items: usize) -> Result {
    // One more item than asked for: some types end with a mark.
    let with_end = if ty.raw.tp_itemsize.get() != 0 { items.saturating_add(1) } else { items };
    let Some(object) = memory::allocate_object(ty, with_end) else { return Err(no_memory()) };
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

/// `tp_alloc` of nearly every type.
#[unsafe(export_name = "PyType_GenericAlloc")]
pub unsafe extern "C" fn generic_alloc(ty: *mut abi::PyTypeObject, items: isize) -> *mut RawObject {
    // SAFETY: the slot is called with a live type.
    crate::protocol::result_into_raw(allocate(unsafe { Type::from_raw(ty) }, items.max(0) as usize))
}

/// The members that a heap type declares: they lie behind the type object.
pub(super) fn members(ty: &Type) -> &[abi::PyMemberDef] {
    let count = ty.raw.ob_base.ob_size.get();
    if !ty.is_heap_type() || count <= 0 {
        return &[];
    }
    let start = ty.ty().raw.tp_basicsize.get();
    // SAFETY: the type was allocated with room for that many behind its basic size.
    unsafe {
        let members = (ty.as_type_ptr() as *const u8).offset(start) as *const abi::PyMemberDef;
        std::slice::from_raw_parts(members, count as usize)
    }
}

/// The fields of `__slots__` that `ty` itself adds to an instance.
fn slot_fields<'a>(ty: &'a Type, object: &'a Object) -> impl Iterator<Item = &'a Cell<*mut RawObject>> {
    members(ty)
        .iter()
        .filter(|member| member.r#type == abi::Py_T_OBJECT_EX && member.flags & abi::Py_READONLY == 0)
        .map(|member| {
            // SAFETY: such a member is an object pointer at that offset of every instance.
            unsafe { &*((object.as_ptr() as *const u8).offset(member.offset) as *const Cell<*mut RawObject>) }
        })
}

/// `tp_traverse` of classes.
pub unsafe extern "C" fn traverse(
    raw: *mut RawObject,
    visit: abi::visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the slot is called with a live object of its type.
    let object = unsafe { Object::from_raw(raw) };
    let visitor = gc::Visitor { visit, argument };
    let ty = object.ty();
    let mut base = ty;
    while base.raw.tp_traverse.get().is_some_and(|slot| slot as usize == traverse as *const () as usize) {
        for field in slot_fields(base, object) {
            // SAFETY: the field owns its target.
            if let Some(target) = unsafe { Object::from_raw_opt(field.get()) } {
                match visitor.visit(target) {
                    0 => {}
                    stop => return stop,
                }
            }
        }
        let Some(next) = base.base() else { return 0 };
        base = next;
    }
    if ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        match bridge::visit_managed_dict(object, &visitor) {
            0 => {}
            stop => return stop,
        }
    } else if ty.raw.tp_dictoffset.get() != base.raw.tp_dictoffset.get()
        && let Some(field) = dict_field(object)
    {
        // SAFETY: the field owns its target.
        if let Some(target) = unsafe { Object::from_raw_opt(field.get()) } {
            match visitor.visit(target) {
                0 => {}
                stop => return stop,
            }
        }
    }
    let base_traverse = base.raw.tp_traverse.get();
    // A native heap type visits its instances' type itself.
    if ty.is_heap_type() && (base_traverse.is_none() || !base.is_heap_type()) {
        match visitor.visit(ty) {
            0 => {}
            stop => return stop,
        }
    }
    // SAFETY: the object is an instance of the base too.
    base_traverse.map_or(0, |base_traverse| unsafe { base_traverse(raw, visit, argument) })
}

/// `tp_clear` of classes.
pub unsafe extern "C" fn clear(raw: *mut RawObject) -> c_int {
    // SAFETY: the slot is called with a live object of its type.
    let object = unsafe { Object::from_raw(raw) };
    let ty = object.ty().to_type_ref();
    let mut base: &Type = &ty;
    while base.raw.tp_clear.get().is_some_and(|slot| slot as usize == clear as *const () as usize) {
        clear_slots(base, object);
        let Some(next) = base.base() else { return 0 };
        base = next;
    }
    if ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        // With inline values the dictionary itself is emptied: it may have other owners.
        bridge::clear_managed_dict(object);
    } else if ty.raw.tp_dictoffset.get() != base.raw.tp_dictoffset.get()
        && let Some(field) = dict_field(object)
    {
        // SAFETY: the field owned its target.
        unsafe { decref(field.replace(std::ptr::null_mut())) };
    }
    // SAFETY: the object is an instance of the base too.
    base.raw.tp_clear.get().map_or(0, |base_clear| unsafe { base_clear(raw) })
}

fn clear_slots(ty: &Type, object: &Object) {
    for field in slot_fields(ty, object) {
        // SAFETY: the field owned its target.
        unsafe { decref(field.replace(std::ptr::null_mut())) };
    }
}

/// Runs `tp_finalize` of an object whose count is zero, at most once in its life. False: it lives on.
///
/// # Safety
/// The object is dead but for its content; its type has `tp_finalize`.
pub unsafe fn finalize_dead(object: &Object) -> bool {
    object.refcount.set(1);
    finalize_once(object);
    object.refcount.decrement()
}

/// Runs `tp_finalize` unless it has run (C: `PyObject_CallFinalizer`).
pub fn finalize_once(object: &Object) {
    let ty = object.ty();
    let Some(finalize) = ty.raw.tp_finalize.get() else { return };
    if has_gc_head(object) {
        // SAFETY: the object has the collector's head.
        let head = unsafe { gc::head_of(NonNull::from(object)) };
        if head.prev.get() & gc::FINALIZED != 0 {
            return;
        }
        head.prev.set(head.prev.get() | gc::FINALIZED);
    }
    // SAFETY: the slot is called with a live object of its type.
    unsafe { finalize(object.as_ptr()) };
}

/// Does the collector's head lie before this object?
fn has_gc_head(object: &Object) -> bool {
    let ty = object.ty();
    // SAFETY: the slot is called with a live object of its type.
    ty.is_gc() && ty.raw.tp_is_gc.get().is_none_or(|is_gc| unsafe { is_gc(object.as_ptr()) } != 0)
}

/// `tp_dealloc` of classes: the finalizer, weak references, what the class added to the instance; then the native base goes on.
pub unsafe extern "C" fn dealloc(raw: *mut RawObject) {
    // SAFETY: the slot is called with an object whose count is zero.
    let object = unsafe { Object::from_raw(raw) };
    let tracked = object.ty().is_gc();
    let pointer = NonNull::from(object);
    if object.ty().raw.tp_finalize.get().is_some() {
        // SAFETY: nobody holds the object.
        if !unsafe { finalize_dead(object) } {
            return;
        }
    }
    if let Some(del) = object.ty().raw.tp_del.get() {
        object.refcount.set(1);
        // SAFETY: the slot is called with a live object of its type.
        unsafe { del(raw) };
        if !object.refcount.decrement() {
            return;
        }
    }
    if tracked {
        // SAFETY: the type has the collector's head.
        unsafe { gc::untrack(pointer) };
    }
    // The finalizer may have given the object another class. The type must outlive the steps below.
    let ty = object.ty().to_type_ref();
    let mut base: &Type = &ty;
    while base.raw.tp_dealloc.get().is_some_and(|slot| slot as usize == dealloc as *const () as usize) {
        match base.base() {
            Some(next) => base = next,
            None => break,
        }
    }
    if ty.raw.tp_weaklistoffset.get() != 0 && base.raw.tp_weaklistoffset.get() == 0 {
        bridge::clear_weakrefs(object);
    }
    for class in ty.base_chain().take_while(|class| !std::ptr::eq(*class, base)) {
        clear_slots(class, object);
    }
    if ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        bridge::drop_managed_dict(object);
    } else if ty.raw.tp_dictoffset.get() != 0
        && base.raw.tp_dictoffset.get() == 0
        && let Some(field) = dict_field(object)
    {
        // SAFETY: the field owned its target.
        unsafe { decref(field.replace(std::ptr::null_mut())) };
    }
    // A native heap type's own function gives the type's reference back.
    let gives_type_back = base.is_heap_type();
    let base_dealloc =
        base.raw.tp_dealloc.get().filter(|slot| *slot as usize != dealloc as *const () as usize);
    // SAFETY: the base's function gets the object as it would one of its own: untracked objects are tracked again, since
    // a native `tp_dealloc` begins with untracking.
    unsafe {
        if tracked && base.is_gc() && !gc::is_tracked(pointer) {
            gc::track(pointer);
        }
        match base_dealloc {
            Some(base_dealloc) => base_dealloc(raw),
            None => match ty.raw.tp_free.get() {
                Some(free) => free(raw as *mut c_void),
                None => memory::free_object(raw as *mut Object),
            },
        }
        if ty.is_heap_type() && !gives_type_back {
            decref(ty.as_ptr());
        }
    }
}

/// `tp_dealloc` of `object`: nothing but memory.
pub unsafe extern "C" fn dealloc_object(raw: *mut RawObject) {
    // SAFETY: the slot is called with a dead object.
    unsafe {
        match Object::from_raw(raw).ty().raw.tp_free.get() {
            Some(free) => free(raw as *mut c_void),
            None => memory::free_object(raw as *mut Object),
        }
    }
}

/// `tp_is_gc` of `type`: static types have no collector's head.
pub unsafe extern "C" fn type_is_gc(raw: *mut RawObject) -> c_int {
    // SAFETY: the slot is called with a live type.
    c_int::from(unsafe { Type::from_raw(raw as *const abi::PyTypeObject) }.is_heap_type())
}

/// `tp_traverse` of `type`.
pub unsafe extern "C" fn type_traverse(
    raw: *mut RawObject,
    visit: abi::visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the slot is called with a live type.
    let ty = unsafe { Type::from_raw(raw as *const abi::PyTypeObject) };
    let Some(heap) = ty.heap() else { return 0 };
    let visitor = gc::Visitor { visit, argument };
    let fields = [
        ty.raw.tp_dict.get(),
        ty.raw.tp_cache.get(),
        ty.raw.tp_mro.get(),
        ty.raw.tp_bases.get(),
        ty.raw.tp_base.get() as *mut RawObject,
        heap.ht_module.get(),
    ];
    for field in fields {
        // SAFETY: the fields own their targets.
        if let Some(target) = unsafe { Object::from_raw_opt(field) } {
            match visitor.visit(target) {
                0 => {}
                stop => return stop,
            }
        }
    }
    0
}

/// `tp_clear` of `type`. Bases stay: the way from a base back leads through the dictionary or the MRO.
pub unsafe extern "C" fn type_clear(raw: *mut RawObject) -> c_int {
    // SAFETY: the slot is called with a live type.
    let ty = unsafe { Type::from_raw(raw as *const abi::PyTypeObject) };
    ty.modified();
    if let Some(dict) = ty.dict() {
        dict.clear();
    }
    if let Some(heap) = ty.heap() {
        Type::set_field(&heap.ht_module, None);
    }
    Type::set_field(&ty.raw.tp_mro, None);
    0
}

/// `tp_dealloc` of `type`.
pub unsafe extern "C" fn type_dealloc(raw: *mut RawObject) {
    // SAFETY: the slot is called with a heap type whose count is zero.
    let ty = unsafe { Type::from_raw(raw as *const abi::PyTypeObject) };
    let Some(heap) = ty.heap() else { return };
    // SAFETY: heap types have the collector's head.
    unsafe { gc::untrack(NonNull::from(ty.as_object())) };
    let pending = crate::thread::Thread::current().take_exception();
    ty.modified();
    ty.remove_from_bases();
    bridge::clear_weakrefs(ty);
    for member in members(ty) {
        // SAFETY: the names of members are copies that the type owns.
        unsafe { memory::free(member.name as *mut u8) };
    }
    let raw_type = &ty.raw;
    // SAFETY: the type owned the base.
    unsafe { decref(raw_type.tp_base.replace(std::ptr::null_mut()) as *mut RawObject) };
    for field in [
        &raw_type.tp_dict,
        &raw_type.tp_bases,
        &raw_type.tp_mro,
        &raw_type.tp_cache,
        &heap.ht_name,
        &heap.ht_qualname,
        &heap.ht_slots,
        &heap.ht_module,
    ] {
        Type::set_field(field, None);
    }
    bridge::drop_keys(ty);
    // SAFETY: the type owns these copies.
    unsafe {
        memory::free(raw_type.tp_doc.replace(std::ptr::null()) as *mut u8);
        memory::free(heap._ht_tpname.replace(std::ptr::null_mut()) as *mut u8);
    }
    crate::thread::Thread::current().set_exception(pending);
    // SAFETY: nothing refers to the type any more.
    unsafe {
        match ty.ty().raw.tp_free.get() {
            Some(free) => free(raw as *mut c_void),
            None => memory::free_object(raw as *mut Object),
        }
    }
}
