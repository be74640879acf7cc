//! Types. <https://docs.python.org/3.14/c-api/type.html>

use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use std::mem::offset_of;
use std::ptr::null_mut;

use abi::*;
use runtime::objects::object::generic_set_attr;
use runtime::objects::r#type::heap;
use runtime::prelude::{
    Dict, Interpreter, Module, NativeType, Object, Raised, Ref, Result, Str, Tuple, Type, intern, raise,
};

use crate::containers::borrowed;
use crate::support::{Raw, bad_internal_call, expect, exported};

/// Where each slot number's function lies in a heap type: slots, then the suites.
fn slot_offset(slot: c_int) -> Option<usize> {
    macro_rules! places {
        ($($slot:ident $suite:ident $class:ident $field:ident;)*) => {
            match slot {
                $($slot => offset_of!(PyHeapTypeObject, $suite) + offset_of!($class, $field),)*
                _ => return None,
            }
        };
    }
    Some(places! {
        Py_bf_getbuffer as_buffer PyBufferProcs bf_getbuffer;
        Py_bf_releasebuffer as_buffer PyBufferProcs bf_releasebuffer;
        Py_mp_ass_subscript as_mapping PyMappingMethods mp_ass_subscript;
        Py_mp_length as_mapping PyMappingMethods mp_length;
        Py_mp_subscript as_mapping PyMappingMethods mp_subscript;
        Py_nb_absolute as_number PyNumberMethods nb_absolute;
        Py_nb_add as_number PyNumberMethods nb_add;
        Py_nb_and as_number PyNumberMethods nb_and;
        Py_nb_bool as_number PyNumberMethods nb_bool;
        Py_nb_divmod as_number PyNumberMethods nb_divmod;
        Py_nb_float as_number PyNumberMethods nb_float;
        Py_nb_floor_divide as_number PyNumberMethods nb_floor_divide;
        Py_nb_index as_number PyNumberMethods nb_index;
        Py_nb_inplace_add as_number PyNumberMethods nb_inplace_add;
        Py_nb_inplace_and as_number PyNumberMethods nb_inplace_and;
        Py_nb_inplace_floor_divide as_number PyNumberMethods nb_inplace_floor_divide;
        Py_nb_inplace_lshift as_number PyNumberMethods nb_inplace_lshift;
        Py_nb_inplace_matrix_multiply as_number PyNumberMethods nb_inplace_matrix_multiply;
        Py_nb_inplace_multiply as_number PyNumberMethods nb_inplace_multiply;
        Py_nb_inplace_or as_number PyNumberMethods nb_inplace_or;
        Py_nb_inplace_power as_number PyNumberMethods nb_inplace_power;
        Py_nb_inplace_remainder as_number PyNumberMethods nb_inplace_remainder;
        Py_nb_inplace_rshift as_number PyNumberMethods nb_inplace_rshift;
        Py_nb_inplace_subtract as_number PyNumberMethods nb_inplace_subtract;
        Py_nb_inplace_true_divide as_number PyNumberMethods nb_inplace_true_divide;
        Py_nb_inplace_xor as_number PyNumberMethods nb_inplace_xor;
        Py_nb_int as_number PyNumberMethods nb_int;
        Py_nb_invert as_number PyNumberMethods nb_invert;
        Py_nb_lshift as_number PyNumberMethods nb_lshift;
        Py_nb_matrix_multiply as_number PyNumberMethods nb_matrix_multiply;
        Py_nb_multiply as_number PyNumberMethods nb_multiply;
        Py_nb_negative as_number PyNumberMethods nb_negative;
        Py_nb_or as_number PyNumberMethods nb_or;
        Py_nb_positive as_number PyNumberMethods nb_positive;
        Py_nb_power as_number PyNumberMethods nb_power;
        Py_nb_remainder as_number PyNumberMethods nb_remainder;
        Py_nb_rshift as_number PyNumberMethods nb_rshift;
        Py_nb_subtract as_number PyNumberMethods nb_subtract;
        Py_nb_true_divide as_number PyNumberMethods nb_true_divide;
        Py_nb_xor as_number PyNumberMethods nb_xor;
        Py_sq_ass_item as_sequence PySequenceMethods sq_ass_item;
        Py_sq_concat as_sequence PySequenceMethods sq_concat;
        Py_sq_contains as_sequence PySequenceMethods sq_contains;
        Py_sq_inplace_concat as_sequence PySequenceMethods sq_inplace_concat;
        Py_sq_inplace_repeat as_sequence PySequenceMethods sq_inplace_repeat;
        Py_sq_item as_sequence PySequenceMethods sq_item;
        Py_sq_length as_sequence PySequenceMethods sq_length;
        Py_sq_repeat as_sequence PySequenceMethods sq_repeat;
        Py_am_aiter as_async PyAsyncMethods am_aiter;
        Py_am_anext as_async PyAsyncMethods am_anext;
        Py_am_await as_async PyAsyncMethods am_await;
        Py_am_send as_async PyAsyncMethods am_send;
        Py_tp_alloc ht_type PyTypeObject tp_alloc;
        Py_tp_base ht_type PyTypeObject tp_base;
        Py_tp_bases ht_type PyTypeObject tp_bases;
        Py_tp_call ht_type PyTypeObject tp_call;
        Py_tp_clear ht_type PyTypeObject tp_clear;
        Py_tp_dealloc ht_type PyTypeObject tp_dealloc;
        Py_tp_del ht_type PyTypeObject tp_del;
        Py_tp_descr_get ht_type PyTypeObject tp_descr_get;
        Py_tp_descr_set ht_type PyTypeObject tp_descr_set;
        Py_tp_doc ht_type PyTypeObject tp_doc;
        Py_tp_finalize ht_type PyTypeObject tp_finalize;
        Py_tp_free ht_type PyTypeObject tp_free;
        Py_tp_getattr ht_type PyTypeObject tp_getattr;
        Py_tp_getattro ht_type PyTypeObject tp_getattro;
        Py_tp_getset ht_type PyTypeObject tp_getset;
        Py_tp_hash ht_type PyTypeObject tp_hash;
        Py_tp_init ht_type PyTypeObject tp_init;
        Py_tp_is_gc ht_type PyTypeObject tp_is_gc;
        Py_tp_iter ht_type PyTypeObject tp_iter;
        Py_tp_iternext ht_type PyTypeObject tp_iternext;
        Py_tp_members ht_type PyTypeObject tp_members;
        Py_tp_methods ht_type PyTypeObject tp_methods;
        Py_tp_new ht_type PyTypeObject tp_new;
        Py_tp_repr ht_type PyTypeObject tp_repr;
        Py_tp_richcompare ht_type PyTypeObject tp_richcompare;
        Py_tp_setattr ht_type PyTypeObject tp_setattr;
        Py_tp_setattro ht_type PyTypeObject tp_setattro;
        Py_tp_str ht_type PyTypeObject tp_str;
        Py_tp_traverse ht_type PyTypeObject tp_traverse;
        Py_tp_vectorcall ht_type PyTypeObject tp_vectorcall;
    })
}

/// The suite of a slot in a static type: its pointer's offset in the type, the suite's offset in a heap type.
fn suite_of(slot: c_int) -> Option<(usize, usize)> {
    let (pointer, suite) = match slot {
        Py_bf_getbuffer | Py_bf_releasebuffer => {
            (offset_of!(PyTypeObject, tp_as_buffer), offset_of!(PyHeapTypeObject, as_buffer))
        }
        Py_mp_ass_subscript..=Py_mp_subscript => {
            (offset_of!(PyTypeObject, tp_as_mapping), offset_of!(PyHeapTypeObject, as_mapping))
        }
        Py_nb_absolute..=Py_nb_xor | Py_nb_matrix_multiply | Py_nb_inplace_matrix_multiply => {
            (offset_of!(PyTypeObject, tp_as_number), offset_of!(PyHeapTypeObject, as_number))
        }
        Py_sq_ass_item..=Py_sq_repeat => {
            (offset_of!(PyTypeObject, tp_as_sequence), offset_of!(PyHeapTypeObject, as_sequence))
        }
        Py_am_await..=Py_am_anext | Py_am_send => {
            (offset_of!(PyTypeObject, tp_as_async), offset_of!(PyHeapTypeObject, as_async))
        }
        _ => return None,
    };
    Some((pointer, suite))
}

/// What a spec's slots say, in the order in which they stand.
unsafe fn slots_of<'a>(spec: &PyType_Spec) -> &'a [PyType_Slot] {
    // SAFETY: the array ends with slot 0.
    unsafe {
        if spec.slots.is_null() {
            return &[];
        }
        let count = (0..).take_while(|&index| (*spec.slots.add(index)).slot != 0).count();
        std::slice::from_raw_parts(spec.slots, count)
    }
}

/// The members up to the one without a name.
unsafe fn members_of<'a>(members: *const PyMemberDef) -> &'a [PyMemberDef] {
    // SAFETY: the array ends so.
    unsafe {
        if members.is_null() {
            return &[];
        }
        let count = (0..).take_while(|&index| !(*members.add(index)).name.is_null()).count();
        std::slice::from_raw_parts(members, count)
    }
}

/// A copy of a C string in memory that the type keeps.
unsafe fn keep(text: *const c_char) -> *mut c_char {
    // SAFETY: a C string.
    unsafe { CStr::from_ptr(text) }.to_owned().into_raw()
}

fn align(size: isize) -> isize {
    (size + 15) & !15
}

/// `PyType_FromMetaclass`: a heap type from a C declaration.
unsafe fn from_spec(
    metaclass: Option<&Type>,
    module: Option<&Object>,
    spec: &PyType_Spec,
    bases: Option<&Object>,
) -> Result {
    // SAFETY: the spec is what C's documentation says.
    unsafe {
        let slots = slots_of(spec);
        let find = |number| slots.iter().find(|slot| slot.slot == number).map(|slot| slot.pfunc);
        let full_name = CStr::from_ptr(spec.name).to_string_lossy().into_owned();

        let bases = match (bases, find(Py_tp_bases), find(Py_tp_base)) {
            (Some(bases), _, _) => bases.to_ref(),
            (None, Some(bases), _) => Object::from_raw(bases.cast()).to_ref(),
            (None, None, Some(base)) => Object::from_raw(base.cast()).to_ref(),
            _ => crate::types::builtin("object")?,
        };
        let bases = match bases.downcast::<Tuple>() {
            Some(bases) => Ref::from_borrowed(bases),
            None => Tuple::pack([bases]),
        };
        let (base, metaclass) = best_base(&bases, metaclass, &full_name)?;
        if metaclass.raw.tp_new.get().map(|new| new as usize)
            != Type::type_object().raw.tp_new.get().map(|new| new as usize)
        {
            return Err(raise!(TypeError, "Metaclasses with custom tp_new are not supported."));
        }

        let base_size = base.raw.tp_basicsize.get();
        let (basicsize, data_offset) = match spec.basicsize as isize {
            0 => (base_size, base_size),
            size @ ..0 => (align(base_size) + align(-size), align(base_size)),
            size => (size, 0),
        };
        let itemsize = match spec.itemsize as isize {
            0 => base.raw.tp_itemsize.get(),
            size => size,
        };

        let members = members_of(find(Py_tp_members).unwrap_or(null_mut()).cast_const().cast());
        let in_type = metaclass.raw.tp_itemsize.get() == size_of::<PyMemberDef>() as isize;
        let made = heap::allocate(&metaclass, if in_type { members.len() } else { 0 })?;
        let class = &*made.as_ptr().cast::<PyHeapTypeObject>();
        let raw = &class.ht_type;
        let ty = &*made.as_ptr().cast::<Type>();

        let flags = spec.flags as c_ulong | Py_TPFLAGS_HEAPTYPE;
        raw.tp_as_async.set((&raw const class.as_async).cast_mut());
        raw.tp_as_buffer.set((&raw const class.as_buffer).cast_mut());
        raw.tp_as_mapping.set((&raw const class.as_mapping).cast_mut());
        raw.tp_as_number.set((&raw const class.as_number).cast_mut());
        raw.tp_as_sequence.set((&raw const class.as_sequence).cast_mut());
        let short_name = full_name.rsplit('.').next().unwrap_or(&full_name);
        class.ht_name.set(Str::intern(Str::new(short_name)).into_raw());
        class.ht_qualname.set(Str::intern(Str::new(short_name)).into_raw());
        class._ht_tpname.set(keep(spec.name));
        raw.tp_name.set(class._ht_tpname.get());
        if let Some(module) = module {
            class.ht_module.set(module.to_ref().into_raw());
        }
        raw.tp_base.set(base.to_ref().into_raw().cast());
        raw.tp_bases.set(bases.clone().into_raw());
        raw.tp_basicsize.set(basicsize);
        raw.tp_itemsize.set(itemsize);

        for slot in slots {
            match slot.slot {
                Py_tp_base | Py_tp_bases => (),
                Py_tp_doc if slot.pfunc.is_null() => (),
                Py_tp_doc => raw.tp_doc.set(keep(slot.pfunc.cast())),
                Py_tp_members => raw.tp_members.set(place_members(&made, members, in_type, data_offset)),
                Py_tp_token => class.ht_token.set(match slot.pfunc {
                    // Py_TP_USE_SPEC
                    pointer if pointer.is_null() => (&raw const *spec).cast_mut().cast(),
                    pointer => pointer,
                }),
                number => {
                    let Some(offset) = slot_offset(number) else {
                        return Err(raise!(RuntimeError, "invalid slot offset"));
                    };
                    made.as_ptr().byte_add(offset).cast::<*mut c_void>().write(slot.pfunc);
                }
            }
        }
        for member in members {
            let offset = member.offset + if member.flags & Py_RELATIVE_OFFSET != 0 { data_offset } else { 0 };
            match CStr::from_ptr(member.name).to_bytes() {
                b"__weaklistoffset__" => raw.tp_weaklistoffset.set(offset),
                b"__dictoffset__" => raw.tp_dictoffset.set(offset),
                b"__vectorcalloffset__" => raw.tp_vectorcall_offset.set(offset),
                _ => (),
            }
        }
        if raw.tp_dealloc.get().is_none() {
            raw.tp_dealloc.set(Some(heap::dealloc));
        }
        raw.tp_flags.set(raw.tp_flags.get() | flags);

        let dict = Dict::new();
        let qualified = full_name.rsplit_once('.').map(|(module, _)| module);
        if let Some(module) = qualified {
            dict.insert_str(intern!("__module__"), &Str::intern(Str::new(module)))?;
        }
        raw.tp_dict.set(dict.clone().into_raw());
        ty.ready()?;
        Ok(made)
    }
}

/// The base that decides on the layout, and the metaclass that fits every base.
fn best_base(bases: &Tuple, metaclass: Option<&Type>, full_name: &str) -> Result<(Ref<Type>, Ref<Type>)> {
    let mut winner = metaclass.unwrap_or(Type::type_object());
    let mut best: Option<&Type> = None;
    for base in bases.as_slice() {
        let Some(base) = base.downcast::<Type>() else {
            return Err(raise!(TypeError, "bases must be types"));
        };
        base.ready()?;
        if !base.has_flag(Py_TPFLAGS_BASETYPE) {
            return Err(raise!(TypeError, "type '{}' is not an acceptable base type", base.full_name()));
        }
        if base.ty().is_subtype(winner) {
            winner = base.ty();
        } else if !winner.is_subtype(base.ty()) {
            return Err(raise!(
                TypeError,
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases"
            ));
        }
        // The one with the largest instances, which the others must be bases of or equal in layout.
        best = match best {
            Some(best) if best.raw.tp_basicsize.get() >= base.raw.tp_basicsize.get() => Some(best),
            _ => Some(base),
        };
    }
    match best {
        Some(best) => Ok((best.to_type_ref(), winner.to_type_ref())),
        None => Err(raise!(SystemError, "type '{full_name}' has no bases")),
    }
}

/// Copies members to where the type keeps them, with offsets from the object's start.
unsafe fn place_members(
    made: &Object,
    members: &[PyMemberDef],
    in_type: bool,
    data_offset: isize,
) -> *mut PyMemberDef {
    let adjusted = members.iter().map(|member| {
        let mut member = *member;
        if member.flags & Py_RELATIVE_OFFSET != 0 {
            member.flags &= !Py_RELATIVE_OFFSET;
            member.offset += data_offset;
        }
        member
    });
    if !in_type {
        let mut copies: Vec<PyMemberDef> = adjusted.collect();
        copies.push(PyMemberDef::zeroed());
        return copies.leak().as_mut_ptr();
    }
    // SAFETY: the type was allocated with that many items; the zeroed memory behind them ends the array.
    unsafe {
        let start = made.as_ptr().byte_offset(made.ty().raw.tp_basicsize.get()).cast::<PyMemberDef>();
        for (index, member) in adjusted.enumerate() {
            start.add(index).write(member);
        }
        start
    }
}

/// The attributes that a type's `__module__` and `__qualname__` spell.
fn fully_qualified(class: &Type) -> Result<String> {
    let qualname = class.get_attr(intern!("__qualname__"))?.str_()?.to_string();
    let module = class.get_attr_opt(intern!("__module__"))?;
    Ok(match module.as_ref().and_then(|module| module.downcast::<Str>()) {
        Some(module) if !module.eq_str("builtins") && !module.eq_str("__main__") => {
            format!("{module}.{qualname}")
        }
        _ => qualname,
    })
}

/// A heap type's module.
fn module_of(class: &Type) -> Option<&Object> {
    // SAFETY: heap types have that field.
    class.heap().and_then(|heap| unsafe { Object::from_raw_opt(heap.ht_module.get()) })
}

exported! {
    fn PyType_Ready(class: &Type) -> Result<()> {
        class.ready()
    }

    fn PyType_FromMetaclass(metaclass: Option<&Type>, module: Option<&Object>, spec: *mut PyType_Spec, bases: Option<&Object>) -> Result {
        from_spec(metaclass, module, &*spec, bases)
    }

    fn PyType_FromModuleAndSpec(module: Option<&Object>, spec: *mut PyType_Spec, bases: Option<&Object>) -> Result {
        from_spec(None, module, &*spec, bases)
    }

    fn PyType_FromSpecWithBases(spec: *mut PyType_Spec, bases: Option<&Object>) -> Result {
        from_spec(None, None, &*spec, bases)
    }

    fn PyType_FromSpec(spec: *mut PyType_Spec) -> Result {
        from_spec(None, None, &*spec, None)
    }

    fn PyType_IsSubtype(class: &Type, base: &Type) -> bool {
        class.is_subtype(base)
    }

    fn PyType_GetFlags(class: &Type) -> c_ulong {
        class.flags()
    }

    fn PyType_Modified(class: &Type) {
        class.modified();
    }

    fn PyType_Freeze(class: &Type) -> Result<()> {
        class.set_flag(Py_TPFLAGS_IMMUTABLETYPE);
        class.modified();
        Ok(())
    }

    fn PyType_ClearCache() -> u32 {
        Interpreter::current().type_cache.clear();
        0
    }

    fn PyType_GenericAlloc(class: &Type, items: isize) -> Result {
        heap::allocate(class, items.max(0) as usize)
    }

    fn PyType_GenericNew(class: &Type, _args: Raw, _kwargs: Raw) -> Result {
        let Some(alloc) = class.raw.tp_alloc.get() else { return heap::allocate(class, 0) };
        runtime::protocol::result_from_raw(alloc(class.as_type_ptr(), 0))
    }

    fn PyType_GetSlot(class: &Type, slot: c_int) -> Result<*mut c_void> {
        let Some(offset) = slot_offset(slot) else { return Err(bad_internal_call()) };
        let raw = class.as_type_ptr();
        let place = match suite_of(slot) {
            None => raw.byte_add(offset).cast::<*mut c_void>(),
            Some((pointer, suite)) => {
                let methods = raw.byte_add(pointer).cast::<*mut c_void>().read();
                if methods.is_null() {
                    return Ok(null_mut());
                }
                methods.byte_add(offset - suite).cast()
            }
        };
        Ok(place.read())
    }

    fn PyType_GetName(class: &Type) -> Result {
        class.get_attr(intern!("__name__"))
    }

    fn PyType_GetQualName(class: &Type) -> Result {
        class.get_attr(intern!("__qualname__"))
    }

    fn PyType_GetModuleName(class: &Type) -> Result {
        class.get_attr(intern!("__module__"))
    }

    fn PyType_GetFullyQualifiedName(class: &Type) -> Result<Ref<Str>> {
        Ok(Str::new(&fully_qualified(class)?))
    }

    fn PyType_GetDict(class: &Type) -> Option<Ref<Dict>> {
        class.dict()
    }

    fn PyType_GetModule(class: &Type) -> Result<Raw> {
        if !class.is_heap_type() {
            return Err(raise!(TypeError, "PyType_GetModule: Type '{}' is not a heap type", class.full_name()));
        }
        match module_of(class) {
            Some(module) => Ok(module.as_ptr()),
            None => Err(raise!(
                TypeError,
                "PyType_GetModule: Type '{}' has no associated module",
                class.full_name()
            )),
        }
    }

    fn PyType_GetModuleState(class: &Type) -> Result<*mut c_void> {
        match module_of(class) {
            Some(module) => Ok((*module.as_ptr().cast::<PyModuleObject>()).md_state.get()),
            None => Err(raise!(
                TypeError,
                "PyType_GetModule: Type '{}' has no associated module",
                class.full_name()
            )),
        }
    }

    fn PyType_GetModuleByDef(class: &Type, definition: *mut PyModuleDef) -> Result<Raw> {
        let mro = class.mro().ok_or_else(bad_internal_call)?;
        for base in mro.as_slice() {
            if let Some(module) = base.downcast::<Type>().and_then(module_of)
                && module.downcast::<Module>().is_some()
                && (*module.as_ptr().cast::<PyModuleObject>()).md_def.get() == definition
            {
                return Ok(module.as_ptr());
            }
        }
        Err(raise!(
            TypeError,
            "PyType_GetModuleByDef: No superclass of '{}' has the given module",
            class.full_name()
        ))
    }

    fn PyType_GetBaseByToken(class: &Type, token: *mut c_void, result: *mut *mut PyTypeObject) -> Result<bool> {
        if !result.is_null() {
            *result = null_mut();
        }
        if token.is_null() {
            return Err(raise!(SystemError, "PyType_GetBaseByToken called with token=NULL"));
        }
        let mro = class.mro().ok_or_else(bad_internal_call)?;
        for base in mro.as_slice() {
            if let Some(base) = base.downcast::<Type>()
                && base.heap().is_some_and(|heap| heap.ht_token.get() == token)
            {
                if !result.is_null() {
                    *result = base.to_ref().into_raw().cast();
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn PyType_GetTypeDataSize(class: &Type) -> isize {
        let base = class.base().map_or(0, |base| base.raw.tp_basicsize.get());
        (class.raw.tp_basicsize.get() - align(base)).max(0)
    }

    fn PyType_SUPPORTS_WEAKREFS(class: &Type) -> bool {
        class.raw.tp_weaklistoffset.get() != 0
    }

    fn _PyType_Name(class: &Type) -> *const c_char {
        let name = class.raw.tp_name.get();
        let whole = CStr::from_ptr(name).to_bytes();
        name.add(whole.iter().rposition(|&byte| byte == b'.').map_or(0, |dot| dot + 1))
    }

    fn _PyType_Lookup(class: &Type, name: &Object) -> Raw {
        let Ok(name) = expect::<Str>(name) else { return null_mut() };
        class.lookup(name).map_or(null_mut(), borrowed)
    }

    fn _PyType_LookupRef(class: &Type, name: &Object) -> Option<Ref> {
        class.lookup(name.downcast_unchecked())
    }

    fn _PyObject_LookupSpecial(object: &Object, name: &Object) -> Result<Option<Ref>> {
        object.lookup_special(expect(name)?)
    }

    fn PyType_AddWatcher(_callback: PyType_WatchCallback) -> Result<()> {
        Err(raise!(RuntimeError, "no more type watcher IDs available"))
    }

    fn PyObject_GenericGetDict(object: &Object, _context: *mut c_void) -> Result {
        object.get_attr(intern!("__dict__"))
    }

    fn PyObject_GenericSetDict(object: &Object, value: Option<&Object>, _context: *mut c_void) -> Result<()> {
        let Some(value) = value else { return Err(raise!(TypeError, "cannot delete __dict__")) };
        let place = dict_place(object);
        if place.is_null() {
            return generic_set_attr(object, intern!("__dict__"), Some(value));
        }
        if value.downcast::<Dict>().is_none() {
            return Err(raise!(
                TypeError,
                "__dict__ must be set to a dictionary, not a '{}'",
                value.ty().full_name()
            ));
        }
        drop(Ref::<Object>::from_owned_opt(std::mem::replace(&mut *place, value.to_ref().into_raw())));
        Ok(())
    }

    fn _PyObject_GetDictPtr(object: &Object) -> *mut Raw {
        dict_place(object)
    }

    fn Py_GenericAlias(origin: &Object, arguments: &Object) -> Result {
        Ok(runtime::objects::generic_alias::GenericAlias::new(origin, arguments)?.into_object())
    }
}

/// Where the object's dict pointer is; null if it has none or the dict is managed.
fn dict_place(object: &Object) -> *mut Raw {
    let class = object.ty();
    let offset = class.raw.tp_dictoffset.get();
    match offset {
        0 => null_mut(),
        _ if class.has_flag(Py_TPFLAGS_MANAGED_DICT) => null_mut(),
        // SAFETY: the offset is inside the object.
        1.. => unsafe { object.as_ptr().byte_offset(offset).cast() },
        // From the end of the variable part.
        // SAFETY: such objects have a size.
        _ => unsafe {
            let items = (*object.as_ptr().cast::<PyVarObject>()).ob_size.get().abs();
            let size = class.raw.tp_basicsize.get() + items * class.raw.tp_itemsize.get();
            object.as_ptr().byte_offset(((size + 7) & !7) + offset).cast()
        },
    }
}
