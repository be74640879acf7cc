//! Attributes of types: lookup with the metatype's descriptors, assignment that keeps slots and caches right; and the
//! attributes that classes give their instances, `__dict__` and `__weakref__`.

use std::ffi::{c_int, c_void};

use super::convert::{give, give_unit, take, take_unit};
use super::{Type, bind, bridge, slots};
use crate::errors::{Raised, Result};
use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::object::{attribute_error, instance_dict, set_instance_dict};
use crate::objects::singletons::none;
use crate::objects::str::Str;
use crate::protocol::attribute::attribute_name;
use crate::raise;
use crate::reference::Ref;

/// `tp_getattro` of `type`.
pub(super) unsafe extern "C" fn get(class: *mut RawObject, name: *mut RawObject) -> *mut RawObject {
    // SAFETY: the slot is called with a live type and a live name.
    let (class, name) =
        unsafe { (Type::from_raw(class as *const abi::PyTypeObject), Object::from_raw(name)) };
    give(attribute_name(name).and_then(|name| match get_opt(class, name)? {
        Some(value) => Ok(value),
        None => Err(no_attribute(class, name)),
    }))
}

/// The attribute of a type; `None` where neither the type nor its metatype has it.
pub fn get_opt(class: &Type, name: &Str) -> Result<Option<Ref>> {
    let metatype = class.ty();
    let on_metatype = metatype.lookup(name);
    if let Some(found) = &on_metatype
        && found.ty().raw.tp_descr_set.get().is_some()
        && let Some(descr_get) = found.ty().raw.tp_descr_get.get()
    {
        // SAFETY: all three are alive during the call.
        return unsafe { take(descr_get(found.as_ptr(), class.as_ptr(), metatype.as_ptr())).map(Some) };
    }
    if let Some(found) = class.lookup(name) {
        return bind(found, None, class).map(Some);
    }
    match on_metatype {
        Some(found) => bind(found, Some(class), metatype).map(Some),
        None => Ok(None),
    }
}

#[cold]
fn no_attribute(class: &Type, name: &Str) -> Raised {
    attribute_error(class, name, &format!("type object '{}' has no attribute '{name}'", class.full_name()))
}

/// `tp_setattro` of `type`.
pub(super) unsafe extern "C" fn set(
    class: *mut RawObject,
    name: *mut RawObject,
    value: *mut RawObject,
) -> c_int {
    // SAFETY: the slot is called with a live type, a live name, and a live value or null.
    let (class, name, value) = unsafe {
        (
            Type::from_raw(class as *const abi::PyTypeObject),
            Object::from_raw(name),
            Object::from_raw_opt(value),
        )
    };
    give_unit(assign(class, name, value))
}

/// Sets an attribute of a type, or deletes it.
pub fn assign(class: &Type, name: &Object, value: Option<&Object>) -> Result<()> {
    if class.is_immutable() {
        let name = name.repr()?;
        return Err(raise!(
            TypeError,
            "cannot set {name} attribute of immutable type '{}'",
            class.full_name()
        ));
    }
    let name = Str::intern(Ref::from_borrowed(attribute_name(name)?));
    if let Some(found) = class.ty().lookup(&name)
        && let Some(descr_set) = found.ty().raw.tp_descr_set.get()
    {
        let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
        // SAFETY: all are alive during the call.
        return take_unit(unsafe { descr_set(found.as_ptr(), class.as_ptr(), value) });
    }
    let Some(dict) = class.dict() else { return Err(no_attribute(class, &name)) };
    // What is cached goes first: freeing the old value can run code that looks things up.
    class.modified();
    match value {
        Some(value) => dict.insert_str(&name, value)?,
        None => {
            if dict.remove(&name)?.is_none() {
                return Err(no_attribute(class, &name));
            }
        }
    }
    if slots::is_slot_name(&name) {
        slots::update_name(class, &name);
    }
    Ok(())
}

/// `__dict__` and `__weakref__` for the instances of a class that adds them.
pub(super) fn instance_getsets(dict: bool, weakref: bool) -> *mut abi::PyGetSetDef {
    const DICT: abi::PyGetSetDef = abi::PyGetSetDef {
        name: c"__dict__".as_ptr(),
        get: Some(get_dict),
        set: Some(set_dict),
        doc: c"dictionary for instance variables".as_ptr(),
        closure: std::ptr::null_mut(),
    };
    const WEAKREF: abi::PyGetSetDef = abi::PyGetSetDef {
        name: c"__weakref__".as_ptr(),
        get: Some(get_weakref),
        set: None,
        doc: c"list of weak references to the object".as_ptr(),
        closure: std::ptr::null_mut(),
    };
    const END: abi::PyGetSetDef = abi::PyGetSetDef::zeroed();
    static BOTH: [abi::PyGetSetDef; 3] = [DICT, WEAKREF, END];
    static DICT_ONLY: [abi::PyGetSetDef; 2] = [DICT, END];
    static WEAKREF_ONLY: [abi::PyGetSetDef; 2] = [WEAKREF, END];
    let table: &'static [abi::PyGetSetDef] = match (dict, weakref) {
        (true, true) => &BOTH,
        (true, false) => &DICT_ONLY,
        (false, true) => &WEAKREF_ONLY,
        (false, false) => return std::ptr::null_mut(),
    };
    // Nobody writes to a table of declarations.
    table.as_ptr() as *mut abi::PyGetSetDef
}

/// The descriptor for `__dict__` of the native base that keeps a dictionary in its own way, if there is one.
fn native_dict_descriptor(object: &Object) -> Result<Option<Ref>> {
    let base =
        object.ty().base_chain().find(|class| !class.is_heap_type() && class.raw.tp_dictoffset.get() != 0);
    let Some(base) = base else { return Ok(None) };
    match base.lookup(crate::intern!("__dict__")) {
        Some(found) if found.ty().raw.tp_descr_set.get().is_some() => Ok(Some(found)),
        _ => Err(raise!(
            TypeError,
            "this __dict__ descriptor does not support '{}' objects",
            object.ty().full_name()
        )),
    }
}

unsafe extern "C" fn get_dict(object: *mut RawObject, _closure: *mut c_void) -> *mut RawObject {
    // SAFETY: a getter is called with a live instance of its type.
    let object = unsafe { Object::from_raw(object) };
    let get = || -> Result {
        match native_dict_descriptor(object)? {
            Some(descriptor) => bind(descriptor, Some(object), object.ty()),
            None => match instance_dict(object)? {
                Some(dict) => Ok(dict.into_object()),
                None => Err(raise!(AttributeError, "This object has no __dict__")),
            },
        }
    };
    give(get())
}

unsafe extern "C" fn set_dict(object: *mut RawObject, value: *mut RawObject, _closure: *mut c_void) -> c_int {
    // SAFETY: a setter is called with a live instance of its type, and a live value or null.
    let (object, value) = unsafe { (Object::from_raw(object), Object::from_raw_opt(value)) };
    let set = || -> Result<()> {
        if let Some(descriptor) = native_dict_descriptor(object)? {
            let descr_set = descriptor.ty().raw.tp_descr_set.get().expect("checked");
            let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
            // SAFETY: all are alive during the call.
            return take_unit(unsafe { descr_set(descriptor.as_ptr(), object.as_ptr(), value) });
        }
        let dict = match value {
            None => None,
            Some(value) => match value.downcast::<Dict>() {
                Some(dict) => Some(dict),
                None => {
                    let given = value.ty().full_name();
                    return Err(raise!(TypeError, "__dict__ must be set to a dictionary, not a '{given}'"));
                }
            },
        };
        set_instance_dict(object, dict)
    };
    give_unit(set())
}

unsafe extern "C" fn get_weakref(object: *mut RawObject, _closure: *mut c_void) -> *mut RawObject {
    // SAFETY: a getter is called with a live instance of its type.
    let object = unsafe { Object::from_raw(object) };
    bridge::first_weakref(object).unwrap_or_else(none).into_raw()
}
