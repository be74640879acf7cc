//! `object.__reduce_ex__` and what it builds on: how any object is pickled and copied.
//! Behaviour: <https://docs.python.org/3.14/library/pickle.html#pickling-class-instances>.

use crate::errors::Result;
use crate::object::{NativeType, Object};
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::list::List;
use crate::objects::object::{BaseObject, instance_dict};
use crate::objects::singletons::none;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::bridge;
use crate::reference::Ref;
use crate::{intern, raise};

/// `object.__reduce_ex__(protocol)`: an overriding `__reduce__` comes first.
pub fn reduce_ex(object: &Object, protocol: i32) -> Result {
    if let Some(reduce) = object.get_attr_opt(intern!("__reduce__"))? {
        let class_reduce = object.get_attr(intern!("__class__"))?.get_attr(intern!("__reduce__"))?;
        let default = BaseObject::type_object().lookup(intern!("__reduce__"));
        if !default.is_some_and(|default| default.is_same(&class_reduce)) {
            return reduce.call(&[]);
        }
    }
    common_reduce(object, protocol)
}

/// What both forms do without an override.
pub fn common_reduce(object: &Object, protocol: i32) -> Result {
    if protocol >= 2 {
        return reduce_by_new(object);
    }
    bridge::import(intern!("copyreg"))?
        .call_method(intern!("_reduce_ex"), &[object, &Int::new(i64::from(protocol))])
}

/// Protocol 2 and up: `copyreg.__newobj__(class, *arguments)`, state, items.
fn reduce_by_new(object: &Object) -> Result {
    let ty = object.ty().to_type_ref();
    if ty.raw.tp_new.get().is_none() {
        return Err(raise!(TypeError, "cannot pickle '{}' object", ty.full_name()));
    }
    let (arguments, keywords) = new_arguments(object)?;
    let copyreg = bridge::import(intern!("copyreg"))?;
    let has_arguments = arguments.is_some();
    let keywords = keywords.filter(|keywords| !keywords.is_empty());
    let (function, values) = match (arguments, keywords) {
        (Some(arguments), Some(keywords)) => {
            let values = Tuple::pack([ty.to_ref(), arguments.into_object(), keywords.into_object()]);
            (copyreg.get_attr(intern!("__newobj_ex__"))?, values)
        }
        (arguments, _) => {
            let mut values = vec![ty.to_ref()];
            values.extend(arguments.iter().flat_map(|arguments| arguments.as_slice().to_vec()));
            (copyreg.get_attr(intern!("__newobj__"))?, Tuple::from_vec(values))
        }
    };
    let is_list = object.downcast::<List>().is_some();
    let is_dict = object.downcast::<Dict>().is_some();
    let state = state(object, !(has_arguments || is_list || is_dict))?;
    let list_items = if is_list { object.iter()? } else { none() };
    let dict_items = if is_dict { object.call_method(intern!("items"), &[])?.iter()? } else { none() };
    Ok(Tuple::pack([function, values.into_object(), state, list_items, dict_items]).into_object())
}

/// Positional and keyword arguments for `__new__`, if the object says any.
type NewArguments = (Option<Ref<Tuple>>, Option<Ref<Dict>>);

/// `__getnewargs_ex__()`, or `__getnewargs__()`.
fn new_arguments(object: &Object) -> Result<NewArguments> {
    if let Some(method) = object.lookup_special(intern!("__getnewargs_ex__"))? {
        let both = method.call(&[])?;
        let Some(both) = both.downcast::<Tuple>() else {
            let given = both.ty().full_name();
            return Err(raise!(TypeError, "__getnewargs_ex__ should return a tuple, not '{given}'"));
        };
        let [arguments, keywords] = both.as_slice() else {
            let given = both.len();
            return Err(raise!(
                ValueError,
                "__getnewargs_ex__ should return a tuple of length 2, not {given}"
            ));
        };
        let Some(arguments) = arguments.downcast::<Tuple>() else {
            let given = arguments.ty().full_name();
            return Err(raise!(
                TypeError,
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{given}'"
            ));
        };
        let Some(keywords) = keywords.downcast::<Dict>() else {
            let given = keywords.ty().full_name();
            return Err(raise!(
                TypeError,
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{given}'"
            ));
        };
        return Ok((Some(Ref::from_borrowed(arguments)), Some(Ref::from_borrowed(keywords))));
    }
    if let Some(method) = object.lookup_special(intern!("__getnewargs__"))? {
        let arguments = method.call(&[])?;
        return match arguments.downcast::<Tuple>() {
            Some(arguments) => Ok((Some(Ref::from_borrowed(arguments)), None)),
            None => {
                let given = arguments.ty().full_name();
                Err(raise!(TypeError, "__getnewargs__ should return a tuple, not '{given}'"))
            }
        };
    }
    Ok((None, None))
}

/// `object.__getstate__()`; with the default method, `required` forbids objects with hidden content.
fn state(object: &Object, required: bool) -> Result {
    let method = object.get_attr(intern!("__getstate__"))?;
    let own = object.ty().lookup(intern!("__getstate__"));
    let default = BaseObject::type_object().lookup(intern!("__getstate__"));
    let is_default = matches!((own, default), (Some(own), Some(default)) if own.is_same(&default))
        && bridge::is_builtin_bound_to(&method, object);
    if is_default { default_state(object, required) } else { method.call(&[]) }
}

/// `object.__getstate__()` itself: the dictionary, and the slots if any are set.
pub fn default_state(object: &Object, required: bool) -> Result {
    let ty = object.ty().to_type_ref();
    let raw = &ty.raw;
    if required && raw.tp_itemsize.get() != 0 {
        return Err(raise!(TypeError, "cannot pickle {} objects", ty.full_name()));
    }
    let state = match instance_dict(object)? {
        Some(dict) if !dict.is_empty() => dict.into_object(),
        _ => none(),
    };
    let slot_names = slot_names(object)?;
    let slot_names = slot_names.downcast::<List>();
    if required {
        let word = size_of::<usize>() as isize;
        let mut size = size_of::<Object>() as isize;
        if raw.tp_dictoffset.get() != 0 && !ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
            size += word;
        }
        if raw.tp_weaklistoffset.get() > 0 {
            size += word;
        }
        size += word * slot_names.map_or(0, |names| names.len() as isize);
        if raw.tp_basicsize.get() > size {
            return Err(raise!(TypeError, "cannot pickle '{}' object", ty.full_name()));
        }
    }
    let Some(names) = slot_names.filter(|names| !names.is_empty()) else { return Ok(state) };
    let slots = Dict::new();
    for name in names.to_vec() {
        let Some(name) = name.downcast::<Str>() else { continue };
        if let Some(value) = object.get_attr_opt(name)? {
            slots.insert(name, &value)?;
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    Ok(Tuple::pack([state, slots.into_object()]).into_object())
}

/// The names of all `__slots__` of the object's class, as `copyreg` collects them.
fn slot_names(object: &Object) -> Result {
    let ty = object.ty();
    if let Some(dict) = ty.dict()
        && let Some(names) = dict.get_str(intern!("__slotnames__"))?
    {
        if !names.is_none() && names.downcast::<List>().is_none() {
            let (class, given) = (ty.full_name(), names.ty().full_name());
            return Err(raise!(TypeError, "{class}.__slotnames__ should be a list or None, not {given}"));
        }
        return Ok(names);
    }
    let names = bridge::import(intern!("copyreg"))?.call_method(intern!("_slotnames"), &[ty])?;
    if !names.is_none() && names.downcast::<List>().is_none() {
        return Err(raise!(TypeError, "copyreg._slotnames didn't return a list or None"));
    }
    Ok(names)
}
