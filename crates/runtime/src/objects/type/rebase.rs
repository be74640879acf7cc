//! Changing what a class or an object is: assignment to `__bases__` and `__class__`.

use super::{Type, bridge, heap, mro, slots};
use crate::errors::Result;
use crate::object::Object;
use crate::objects::module::Module;
use crate::objects::tuple::Tuple;
use crate::protocol::compare::CompareOp;
use crate::raise;
use crate::reference::{Ref, decref};

/// `type.__bases__ = value`.
pub(super) fn set_bases(class: &Type, value: &Object) -> Result<()> {
    let name = class.full_name();
    let Some(bases) = value.downcast::<Tuple>() else {
        return Err(raise!(
            TypeError,
            "can only assign tuple to {name}.__bases__, not {}",
            value.ty().full_name()
        ));
    };
    if bases.as_slice().is_empty() {
        return Err(raise!(TypeError, "can only assign non-empty tuple to {name}.__bases__, not ()"));
    }
    for base in bases.as_slice() {
        let Some(base) = base.downcast::<Type>() else {
            let given = base.ty().full_name();
            return Err(raise!(TypeError, "{name}.__bases__ must be tuple of classes, not '{given}'"));
        };
        if base.is_subtype(class) || base.base_chain().any(|base| std::ptr::eq(base, class)) {
            return Err(raise!(TypeError, "a __bases__ item causes an inheritance cycle"));
        }
    }
    let best = mro::best_base(bases)?;
    let old_base = class.base().map(Type::to_type_ref);
    if let Some(old_base) = &old_base {
        check_compatible(old_base, &best, "__bases__")?;
    }
    let old_bases = class.bases();
    class.remove_from_bases();
    exchange(class, Ref::from_borrowed(bases), best.clone());
    let mut undo = Vec::new();
    let result = update_mros(class, &mut undo);
    if let Err(raised) = result {
        for (class, mro) in undo.into_iter().rev() {
            Type::set_field(&class.raw.tp_mro, mro.map(Ref::into_object));
            class.modified();
        }
        // Code that ran in `mro()` may have set other bases meanwhile: those stand.
        if let (Some(old_bases), Some(old_base)) = (old_bases, old_base)
            && class.bases().is_some_and(|current| current.is_same(value))
        {
            exchange(class, old_bases, old_base);
        }
        class.add_to_bases();
        return Err(raised);
    }
    class.add_to_bases();
    class.modified();
    update_slots(class);
    Ok(())
}

fn exchange(class: &Type, bases: Ref<Tuple>, base: Ref<Type>) {
    Type::set_field(&class.raw.tp_bases, Some(bases.into_object()));
    let old = class.raw.tp_base.replace(base.into_raw() as *mut abi::PyTypeObject);
    // SAFETY: the field owned its target.
    unsafe { decref(old as *mut crate::object::RawObject) };
}

/// The MROs of a class and all below it.
fn update_mros(class: &Type, undo: &mut Vec<(Ref<Type>, Option<Ref<Tuple>>)>) -> Result<()> {
    let old = class.mro();
    if !class.update_mro()? {
        return Ok(());
    }
    undo.push((class.to_type_ref(), old));
    for class in class.subclasses() {
        update_mros(&class, undo)?;
    }
    Ok(())
}

fn update_slots(class: &Type) {
    slots::update_all(class);
    for class in class.subclasses() {
        update_slots(&class);
    }
}

/// `object.__class__ = value`.
pub fn set_class(object: &Object, value: Option<&Object>) -> Result<()> {
    let Some(value) = value else { return Err(raise!(TypeError, "can't delete __class__ attribute")) };
    let Some(new) = value.downcast::<Type>() else {
        let given = value.ty().full_name();
        return Err(raise!(TypeError, "__class__ must be set to a class, not '{given}' object"));
    };
    let old = object.ty().to_type_ref();
    let module = <Module as crate::object::NativeType>::type_object();
    let both_modules = new.is_subtype(module) && old.is_subtype(module);
    if !both_modules && (new.is_immutable() || old.is_immutable()) {
        return Err(raise!(
            TypeError,
            "__class__ assignment only supported for mutable types or ModuleType subclasses"
        ));
    }
    check_compatible(&old, new, "__class__")?;
    if old.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        // The class decides which names the instance's values belong to.
        bridge::detach_managed_dict(object)?;
    }
    // SAFETY: the layouts agree; the references to the types move along.
    unsafe {
        if new.is_heap_type() {
            std::mem::forget(new.to_type_ref());
        }
        object.set_type(new);
        if old.is_heap_type() {
            decref(old.as_ptr());
        }
    }
    Ok(())
}

/// Can an instance of `old` become one of `new`?
fn check_compatible(old: &Type, new: &Type, what: &str) -> Result<()> {
    let free = |ty: &Type| ty.raw.tp_free.get().map_or(0, |free| free as usize);
    if free(old) != free(new) {
        return Err(raise!(
            TypeError,
            "{what} assignment: '{}' deallocator differs from '{}'",
            new.full_name(),
            old.full_name()
        ));
    }
    let (new_root, old_root) = (layout_root(new), layout_root(old));
    let same_base = || match (new_root.base(), old_root.base()) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        (None, None) => true,
        _ => false,
    };
    let same = std::ptr::eq(new_root, old_root) || (same_base() && same_slots(new_root, old_root)?);
    let before = abi::Py_TPFLAGS_PREHEADER | abi::Py_TPFLAGS_INLINE_VALUES;
    if !same || old.flags() & before != new.flags() & before {
        return Err(raise!(
            TypeError,
            "{what} assignment: '{}' object layout differs from '{}'",
            new.full_name(),
            old.full_name()
        ));
    }
    Ok(())
}

/// The nearest type in the chain of bases that adds something to the layout.
fn layout_root(ty: &Type) -> &Type {
    let mut ty = ty;
    while let Some(base) = ty.base() {
        let (own, inherited) = (&ty.raw, &base.raw);
        let clear = |ty: &Type| ty.raw.tp_clear.get().map_or(0, |clear| clear as usize);
        let adds_nothing = own.tp_basicsize.get() == inherited.tp_basicsize.get()
            && own.tp_itemsize.get() == inherited.tp_itemsize.get()
            && own.tp_dictoffset.get() == inherited.tp_dictoffset.get()
            && own.tp_weaklistoffset.get() == inherited.tp_weaklistoffset.get()
            && ty.is_gc() == base.is_gc()
            && (clear(ty) == heap::clear as *const () as usize || clear(ty) == clear(base));
        if !adds_nothing {
            break;
        }
        ty = base;
    }
    ty
}

/// Do two classes with the same base add the same fields?
fn same_slots(a: &Type, b: &Type) -> Result<bool> {
    let Some(base) = a.base() else { return Ok(false) };
    let word = size_of::<usize>() as isize;
    let mut size = base.raw.tp_basicsize.get();
    if a.raw.tp_dictoffset.get() == size && b.raw.tp_dictoffset.get() == size {
        size += word;
    }
    if a.raw.tp_weaklistoffset.get() == size && b.raw.tp_weaklistoffset.get() == size {
        size += word;
    }
    let names = |ty: &Type| {
        ty.heap().and_then(|heap| super::object_at::<Tuple>(heap.ht_slots.get())).map(Ref::from_borrowed)
    };
    if let (Some(a), Some(b)) = (names(a), names(b)) {
        if !a.rich_compare_bool(&b, CompareOp::Eq)? {
            return Ok(false);
        }
        size += word * a.len() as isize;
    }
    Ok(size == a.raw.tp_basicsize.get() && size == b.raw.tp_basicsize.get())
}
