//! Types. <https://docs.python.org/3.14/c-api/type.html>

use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use std::ptr::null_mut;

use abi::*;
use runtime::objects::object::{instance_dict, set_instance_dict};
use runtime::objects::r#type::heap;
use runtime::prelude::{Dict, Interpreter, Module, Object, Ref, Result, Str, Type, intern, raise};

use crate::containers::borrowed;
use crate::support::{Raw, bad_internal_call, expect, exported};

fn align(size: isize) -> isize {
    (size + 15) & !15
}

/// `PyType_FromMetaclass`: a heap type from a C declaration.
unsafe fn from_spec(
    metaclass: Option<&Type>,
    module: Option<&Object>,
    spec: *const PyType_Spec,
    bases: Option<&Object>,
) -> Result<Ref<Type>> {
    // SAFETY: the spec is what C's documentation says.
    unsafe { Type::from_spec(&*spec, metaclass, module, bases) }
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

    fn PyType_FromMetaclass(metaclass: Option<&Type>, module: Option<&Object>, spec: *mut PyType_Spec, bases: Option<&Object>) -> Result<Ref<Type>> {
        from_spec(metaclass, module, spec, bases)
    }

    fn PyType_FromModuleAndSpec(module: Option<&Object>, spec: *mut PyType_Spec, bases: Option<&Object>) -> Result<Ref<Type>> {
        from_spec(None, module, spec, bases)
    }

    fn PyType_FromSpecWithBases(spec: *mut PyType_Spec, bases: Option<&Object>) -> Result<Ref<Type>> {
        from_spec(None, None, spec, bases)
    }

    fn PyType_FromSpec(spec: *mut PyType_Spec) -> Result<Ref<Type>> {
        from_spec(None, None, spec, None)
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

    fn PyType_GenericNew(class: &Type, _args: Raw, _kwargs: Raw) -> Result {
        let Some(alloc) = class.raw.tp_alloc.get() else { return heap::allocate(class, 0) };
        runtime::protocol::result_from_raw(alloc(class.as_type_ptr(), 0))
    }

    fn PyType_GetSlot(class: &Type, slot: c_int) -> Result<*mut c_void> {
        class.slot_function(slot).ok_or_else(bad_internal_call)
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
        Ok(Str::new(&class.qualified_name()))
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

    fn PyUnstable_Type_AssignVersionTag(class: &Type) -> bool {
        class.assign_version()
    }

    fn PyType_AddWatcher(callback: PyType_WatchCallback) -> Result<c_int> {
        // The first is kept for the interpreter itself.
        let free = watchers().iter().skip(1).position(|watcher| watcher.get().is_none());
        let Some(id) = free.map(|index| index + 1) else {
            return Err(raise!(RuntimeError, "no more type watcher IDs available"));
        };
        watchers()[id].set(callback);
        Ok(id as c_int)
    }

    fn PyType_ClearWatcher(id: c_int) -> Result<()> {
        watcher(id)?.set(None);
        Ok(())
    }

    fn PyType_Watch(id: c_int, class: &Object) -> Result<()> {
        let class = watched_class(class)?;
        watcher(id)?;
        class.assign_version();
        class.raw.tp_watched.set(class.raw.tp_watched.get() | 1 << id);
        Ok(())
    }

    fn PyType_Unwatch(id: c_int, class: &Object) -> Result<()> {
        let class = watched_class(class)?;
        watcher(id)?;
        class.raw.tp_watched.set(class.raw.tp_watched.get() & !(1 << id));
        Ok(())
    }

    fn PyObject_GenericGetDict(object: &Object, _context: *mut c_void) -> Result {
        match instance_dict(object)? {
            Some(dict) => Ok(dict.into_object()),
            None => Err(raise!(AttributeError, "This object has no __dict__")),
        }
    }

    fn PyObject_GenericSetDict(object: &Object, value: Option<&Object>, _context: *mut c_void) -> Result<()> {
        let Some(value) = value else { return Err(raise!(TypeError, "cannot delete __dict__")) };
        let Some(dict) = value.downcast::<Dict>() else {
            return Err(raise!(
                TypeError,
                "__dict__ must be set to a dictionary, not a '{}'",
                value.ty().full_name()
            ));
        };
        set_instance_dict(object, Some(dict))
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
    runtime::objects::object::dict_field(object).map_or(null_mut(), std::cell::Cell::as_ptr)
}

fn watchers() -> &'static [std::cell::Cell<PyType_WatchCallback>] {
    &Interpreter::current().type_cache.watchers
}

fn watcher(id: c_int) -> Result<&'static std::cell::Cell<PyType_WatchCallback>> {
    let Some(watcher) = usize::try_from(id).ok().and_then(|id| watchers().get(id)) else {
        return Err(raise!(ValueError, "Invalid type watcher ID {id}"));
    };
    if watcher.get().is_none() {
        return Err(raise!(ValueError, "No type watcher set for ID {id}"));
    }
    Ok(watcher)
}

fn watched_class(class: &Object) -> Result<&Type> {
    class.downcast::<Type>().ok_or_else(|| raise!(ValueError, "Cannot watch non-type"))
}
