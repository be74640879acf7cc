//! `object`: the base of every type, and the attribute access that most types inherit.
#![allow(
    clippy::missing_safety_doc,
    reason = "slots are called as C calls them: with live objects of their type"
)]

use std::cell::Cell;
use std::ffi::c_int;

use macros::methods;

use crate::errors::{Raised, Result};
use crate::native::class::{Definition, define};
use crate::object::{Layout, NativeType, Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::singletons::{not_implemented, py_bool};
use crate::objects::str::Str;
use crate::objects::r#type::{StaticType, Type, bind, bridge, heap, merge_class_dict, set_class};
use crate::protocol::attribute::attribute_name;
use crate::protocol::compare::CompareOp;
use crate::protocol::result_into_raw;
use crate::reference::{Ref, decref};
use crate::{intern, raise};

pub(crate) mod construct;
mod reduce;

/// An instance of `object` itself.
#[repr(C)]
pub struct BaseObject {
    head: Object,
}

// SAFETY: begins with an object head.
unsafe impl Layout for BaseObject {}
// SAFETY: every object begins so.
unsafe impl NativeType for BaseObject {
    #[inline(always)]
    fn type_object() -> &'static Type {
        &OBJECT_TYPE
    }
}
impl std::ops::Deref for BaseObject {
    type Target = Object;
    #[inline(always)]
    fn deref(&self) -> &Object {
        &self.head
    }
}

/// `object`.
#[unsafe(export_name = "PyBaseObject_Type")]
pub static OBJECT_TYPE: StaticType = StaticType::new(define_object);

fn define_object(ty: &'static Type) {
    define(
        ty,
        &Definition {
            name: c"object",
            type_name: "object",
            doc: "What every class derives from.\n\nobject() makes an instance without attributes.\n",
            basicsize: size_of::<BaseObject>() as isize,
            itemsize: 0,
            flags: abi::Py_TPFLAGS_BASETYPE,
            base: None,
            weaklist_offset: 0,
            dict_offset: 0,
            vectorcall_offset: 0,
            members: &[],
            dealloc: heap::dealloc_object,
            traverse: None,
            clear: None,
            methods: <BaseObject>::__METHODS,
        },
    );
    let raw = &ty.raw;
    raw.tp_doc.set(
        c"object()\n--\n\nWhat every class derives from.\n\nobject() makes an instance without attributes.\n"
            .as_ptr(),
    );
    raw.tp_getattro.set(Some(get_attribute));
    raw.tp_setattro.set(Some(set_attribute));
    raw.tp_richcompare.set(Some(rich_compare));
    raw.tp_init.set(Some(construct::init));
    raw.tp_new.set(Some(construct::new));
    raw.tp_alloc.set(Some(heap::generic_alloc));
    raw.tp_free.set(Some(heap::object_free));
}

/// `tp_getattro` of most types (C: `PyObject_GenericGetAttr`).
pub unsafe extern "C" fn get_attribute(object: *mut RawObject, name: *mut RawObject) -> *mut RawObject {
    // SAFETY: the slot is called with live objects.
    let (object, name) = unsafe { (Object::from_raw(object), Object::from_raw(name)) };
    result_into_raw(attribute_name(name).and_then(|name| generic_get_attr(object, name)))
}

/// `tp_setattro` of most types (C: `PyObject_GenericSetAttr`).
pub unsafe extern "C" fn set_attribute(
    object: *mut RawObject,
    name: *mut RawObject,
    value: *mut RawObject,
) -> c_int {
    // SAFETY: the slot is called with live objects; null deletes.
    let (object, name, value) =
        unsafe { (Object::from_raw(object), Object::from_raw(name), Object::from_raw_opt(value)) };
    match attribute_name(name).and_then(|name| generic_set_attr(object, name, value)) {
        Ok(()) => 0,
        Err(_) => -1,
    }
}

unsafe extern "C" fn rich_compare(
    object: *mut RawObject,
    other: *mut RawObject,
    op: c_int,
) -> *mut RawObject {
    // SAFETY: the slot is called with live objects.
    let (object, other) = unsafe { (Object::from_raw(object), Object::from_raw(other)) };
    let compare = || -> Result {
        match CompareOp::from_raw(op) {
            CompareOp::Eq if object.is_same(other) => Ok(py_bool(true)),
            // The opposite of what the type says of equality.
            CompareOp::Ne => {
                let Some(compare) = object.ty().raw.tp_richcompare.get() else {
                    return Ok(not_implemented());
                };
                // SAFETY: both are alive during the call.
                let equal: Ref = unsafe {
                    crate::protocol::result_from_raw(compare(
                        object.as_ptr(),
                        other.as_ptr(),
                        CompareOp::Eq as c_int,
                    ))
                }?;
                if equal.is_same(&not_implemented()) {
                    return Ok(equal);
                }
                Ok(py_bool(!equal.is_true()?))
            }
            _ => Ok(not_implemented()),
        }
    };
    result_into_raw(compare())
}

/// Attribute lookup as `object.__getattribute__` does it.
pub fn generic_get_attr(object: &Object, name: &Str) -> Result {
    match find_attribute(object, name)? {
        Some(value) => Ok(value),
        None => Err(no_attribute(object, name)),
    }
}

/// As [`generic_get_attr`], a missing attribute being `None`; raises no AttributeError of its own.
pub fn generic_get_attr_opt(object: &Object, name: &Str) -> Result<Option<Ref>> {
    match find_attribute(object, name) {
        Err(raised) if raised.matches(&crate::objects::exceptions::AttributeError) => {
            raised.clear();
            Ok(None)
        }
        result => result,
    }
}

/// Data descriptors of the type, then the instance's own attributes, then what else the type has.
#[inline]
fn find_attribute(object: &Object, name: &Str) -> Result<Option<Ref>> {
    let ty = object.ty();
    let found = ty.lookup(name);
    if let Some(descriptor) = &found {
        let raw = &descriptor.ty().raw;
        if raw.tp_descr_set.get().is_some()
            && let Some(get) = raw.tp_descr_get.get()
        {
            // SAFETY: all three are alive during the call.
            return unsafe {
                crate::protocol::result_from_raw(get(descriptor.as_ptr(), object.as_ptr(), ty.as_ptr()))
                    .map(Some)
            };
        }
    }
    if let Some(value) = instance_attribute(object, name)? {
        return Ok(Some(value));
    }
    match found {
        Some(found) => bind(found, Some(object), object.ty()).map(Some),
        None => Ok(None),
    }
}

/// The AttributeError of an object without such an attribute.
#[cold]
pub fn no_attribute(object: &Object, name: &Str) -> Raised {
    let kind = object.ty().full_name();
    attribute_error(object, name, &format!("'{kind}' object has no attribute '{name}'"))
}

/// AttributeError that knows object and name.
#[cold]
pub fn attribute_error(object: &Object, name: &Str, message: &str) -> Raised {
    let raised = crate::errors::raise_message(&crate::objects::exceptions::AttributeError, message);
    let exception = raised.take();
    if exception.ty().is_subtype(&crate::objects::exceptions::AttributeError) {
        // SAFETY: every AttributeError has this layout and owns its fields.
        unsafe {
            let raw = &*(exception.as_ptr() as *const abi::PyAttributeErrorObject);
            decref(raw.obj.replace(object.to_ref().into_raw()));
            decref(raw.name.replace(name.to_ref().into_raw()));
        }
    }
    crate::errors::restore(exception)
}

/// Where the field for an instance's dictionary lies, for types that have one (not a managed one).
pub fn dict_field(object: &Object) -> Option<&Cell<*mut RawObject>> {
    let ty = object.ty();
    let mut offset = ty.raw.tp_dictoffset.get();
    if offset == 0 || ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        return None;
    }
    if offset < 0 {
        // From the end of an object of variable size.
        // SAFETY: only types of variable size have a negative offset.
        let items =
            unsafe { object.downcast_unchecked::<crate::object::VarObject>() }.size.get().unsigned_abs();
        let size = ty.raw.tp_basicsize.get() + ty.raw.tp_itemsize.get() * items as isize;
        offset += (size + 7) & !7;
    }
    // SAFETY: the type says that the field lies there.
    Some(unsafe { &*((object.as_ptr() as *const u8).offset(offset) as *const Cell<*mut RawObject>) })
}

/// The value in the instance's own dictionary (or inline values), without descriptors.
#[inline]
pub fn instance_attribute(object: &Object, name: &Str) -> Result<Option<Ref>> {
    let ty = object.ty();
    if ty.raw.tp_dictoffset.get() == 0 {
        return Ok(None);
    }
    if ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        return bridge::managed_get(object, name);
    }
    match dict_in_field(object) {
        Some(dict) => dict.get_str(name),
        None => Ok(None),
    }
}

fn dict_in_field(object: &Object) -> Option<Ref<Dict>> {
    let field = dict_field(object)?;
    // SAFETY: the field owns a dict, or is null.
    unsafe { (field.get() as *const Dict).as_ref() }.map(Ref::from_borrowed)
}

/// The instance's dictionary, made if need be; `None` for objects that can't have one.
pub fn instance_dict(object: &Object) -> Result<Option<Ref<Dict>>> {
    let ty = object.ty();
    if ty.raw.tp_dictoffset.get() == 0 {
        return Ok(None);
    }
    if ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        return bridge::managed_dict_of(object).map(Some);
    }
    let Some(field) = dict_field(object) else { return Ok(None) };
    if field.get().is_null() {
        field.set(Dict::new().into_raw());
    }
    Ok(dict_in_field(object))
}

/// Replaces the instance's dictionary; without one, it starts anew.
pub fn set_instance_dict(object: &Object, dict: Option<&Dict>) -> Result<()> {
    if object.ty().has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        return bridge::set_managed_dict(object, dict);
    }
    let Some(field) = dict_field(object) else {
        return Err(raise!(AttributeError, "This object has no __dict__"));
    };
    let new = dict.map_or(std::ptr::null_mut(), |dict| Ref::from_borrowed(dict).into_raw());
    // SAFETY: the field owned its target.
    unsafe { decref(field.replace(new)) };
    Ok(())
}

/// Attribute assignment (deletion without a value) as `object.__setattr__` does it.
pub fn generic_set_attr(object: &Object, name: &Str, value: Option<&Object>) -> Result<()> {
    let ty = object.ty();
    let found = ty.lookup(name);
    if let Some(descriptor) = &found
        && let Some(set) = descriptor.ty().raw.tp_descr_set.get()
    {
        let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
        // SAFETY: all are alive during the call.
        let status = unsafe { set(descriptor.as_ptr(), object.as_ptr(), value) };
        return crate::protocol::status_from_raw(status).map(drop);
    }
    let is_set = if ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        bridge::managed_set(object, name, value)?
    } else {
        let dict = match value {
            Some(_) => instance_dict(object)?,
            None => dict_in_field(object),
        };
        match (dict, value) {
            (Some(dict), Some(value)) => {
                dict.insert_str(name, value)?;
                true
            }
            (Some(dict), None) => dict.remove(name)?.is_some(),
            (None, _) if ty.raw.tp_dictoffset.get() != 0 => false,
            (None, _) => return Err(cannot_set(object, name, found.is_some())),
        }
    };
    if is_set { Ok(()) } else { Err(no_attribute(object, name)) }
}

#[cold]
fn cannot_set(object: &Object, name: &Str, exists: bool) -> Raised {
    let kind = object.ty().full_name();
    let is_generic = object
        .ty()
        .raw
        .tp_setattro
        .get()
        .is_some_and(|slot| slot as usize == set_attribute as *const () as usize);
    let message = match (exists, is_generic) {
        (true, _) => format!("'{kind}' object attribute '{name}' is read-only"),
        (false, true) => {
            format!("'{kind}' object has no attribute '{name}' and no __dict__ for setting new attributes")
        }
        (false, false) => format!("'{kind}' object has no attribute '{name}'"),
    };
    attribute_error(object, name, &message)
}

#[methods]
impl BaseObject {
    #[slot]
    fn tp_repr(object: &Object) -> Result<Ref<Str>> {
        let ty = object.ty();
        let module = ty.module().unwrap_or_else(|raised| {
            raised.clear();
            None
        });
        Ok(match module.as_ref().and_then(|module| module.downcast::<Str>()) {
            Some(module) if !module.eq_str("builtins") => {
                Str::from_string(format!("<{module}.{} object at {:p}>", ty.qualname(), object.as_ptr()))
            }
            _ => Str::from_string(format!("<{} object at {:p}>", ty.full_name(), object.as_ptr())),
        })
    }

    #[slot]
    fn tp_hash(object: &Object) -> isize {
        hash_address(object)
    }

    #[slot]
    fn tp_str(object: &Object) -> Result<Ref<Str>> {
        object.repr()
    }

    /// Helper for pickle.
    #[method(name = "__reduce_ex__", signature = "($self, protocol, /)")]
    fn reduce_ex(object: &Object, protocol: i32) -> Result {
        reduce::reduce_ex(object, protocol)
    }

    /// Helper for pickle.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(object: &Object) -> Result {
        reduce::common_reduce(object, 0)
    }

    /// Helper for pickle.
    #[method(name = "__getstate__", signature = "($self, /)")]
    fn get_state(object: &Object) -> Result {
        reduce::default_state(object, false)
    }

    /// Abstract classes can override this to customize issubclass().
    ///
    /// This is invoked early on by abc.ABCMeta.__subclasscheck__().
    /// It should return True, False or NotImplemented.  If it returns
    /// NotImplemented, the normal algorithm is used.  Otherwise, it
    /// overrides the normal algorithm (and the outcome is cached).
    ///
    #[classmethod(name = "__subclasshook__", signature = "($type, object, /)")]
    fn subclass_hook(_class: &Type, _object: &Object) -> Ref {
        not_implemented()
    }

    /// This method is called when a class is subclassed.
    ///
    /// The default implementation does nothing. It may be
    /// overridden to extend subclasses.
    ///
    #[classmethod(name = "__init_subclass__", signature = "($type, /)")]
    fn init_subclass(_class: &Type) {}

    /// str(self), for an empty format_spec; others raise TypeError.
    #[method(name = "__format__", signature = "($self, format_spec, /)")]
    fn format(object: &Object, spec: &Str) -> Result<Ref<Str>> {
        if !spec.is_empty() {
            let kind = object.ty().full_name();
            return Err(raise!(TypeError, "unsupported format string passed to {kind}.__format__"));
        }
        object.str_()
    }

    /// Size of object in memory, in bytes.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn sizeof(object: &Object) -> usize {
        let raw = &object.ty().raw;
        let items = match raw.tp_itemsize.get() {
            0 => 0,
            // SAFETY: an object of variable size begins so.
            _ => unsafe { object.downcast_unchecked::<crate::object::VarObject>() }.size.get().unsigned_abs(),
        };
        raw.tp_basicsize.get() as usize + raw.tp_itemsize.get() as usize * items
    }

    /// Default dir() implementation.
    #[method(name = "__dir__", signature = "($self, /)")]
    fn dir(object: &Object) -> Result<Ref<List>> {
        let names = match object.get_attr_opt(intern!("__dict__"))? {
            Some(dict) => match dict.downcast::<Dict>() {
                Some(dict) => dict.copy()?,
                None => Dict::new(),
            },
            None => Dict::new(),
        };
        if let Some(class) = object.get_attr_opt(intern!("__class__"))? {
            merge_class_dict(&names, &class)?;
        }
        Ok(crate::objects::r#type::keys(&names))
    }

    /// the object's class
    #[getter(name = "__class__")]
    fn get_class(object: &Object) -> Ref {
        object.ty().to_ref()
    }

    #[setter(name = "__class__")]
    fn set_class(object: &Object, value: Option<&Object>) -> Result<()> {
        set_class(object, value)
    }
}

/// The hash of an object's identity.
#[inline]
pub fn hash_address(object: &Object) -> isize {
    let hash = (object.as_ptr() as usize).rotate_right(4) as isize;
    if hash == -1 { -2 } else { hash }
}
