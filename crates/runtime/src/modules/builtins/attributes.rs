//! Built-in functions that ask any object something: attributes, class, identity, text forms.

use crate::prelude::*;
use crate::protocol::attribute::attribute_name;

/// Return the ASCII-only text form of an object: other characters are escaped.
#[function(signature = "(obj, /)")]
pub(super) fn ascii(obj: &Object) -> Result<Ref<Str>> {
    obj.ascii()
}

/// Tell whether the object can be called (classes can, too).
#[function(signature = "(obj, /)")]
pub(super) fn callable(obj: &Object) -> bool {
    obj.is_callable()
}

/// Delete the named attribute: delattr(x, 'y') is del x.y.
#[function(signature = "(obj, name, /)")]
pub(super) fn delattr(obj: &Object, name: &Object) -> Result<()> {
    obj.del_attr(attribute_name(name)?)
}

/// dir([object]) -> list of strings
///
/// Without argument, the names in the current scope; else the object's attributes, sorted.
#[function(signature = "(object=None, /)", hidden_signature)]
pub(super) fn dir(object: Option<&Object>) -> Result {
    let names = match object {
        Some(object) => match object.call_special(intern!("__dir__"), &[])? {
            Some(names) => names,
            None => return Err(raise!(TypeError, "object does not provide __dir__")),
        },
        None => {
            let locals = super::current_locals()?;
            let keys = locals.call_method(intern!("keys"), &[])?;
            List::from_vec(keys.collect()?).into_object()
        }
    };
    let list = List::from_vec(names.collect()?);
    list.call_method(intern!("sort"), &[])?;
    Ok(list.into_object())
}

/// Return the value as text by a format specification, through its __format__.
#[function(signature = "(value, format_spec='', /)")]
pub(super) fn format(value: &Object, format_spec: Option<&Str>) -> Result<Ref<Str>> {
    value.format(format_spec.unwrap_or(intern!("")))
}

/// getattr(object, name[, default]) -> value
///
/// Get a named attribute: getattr(x, 'y') is x.y. With a default, that is given where the attribute is missing.
#[function(signature = "(object, name, default=None, /)", hidden_signature)]
pub(super) fn getattr(object: &Object, name: &Object, default: Option<&Object>) -> Result {
    let name = attribute_name(name)?;
    match default {
        Some(default) => Ok(object.get_attr_opt(name)?.unwrap_or_else(|| default.to_ref())),
        None => object.get_attr(name),
    }
}

/// Tell whether the object has an attribute of that name.
#[function(signature = "(obj, name, /)")]
pub(super) fn hasattr(obj: &Object, name: &Object) -> Result<bool> {
    obj.has_attr(attribute_name(name)?)
}

/// Return the object's hash; objects that compare equal have the same.
#[function(signature = "(obj, /)")]
pub(super) fn hash(obj: &Object) -> Result<isize> {
    obj.hash()
}

/// Return the object's identity: unique among the objects that exist at the same time.
#[function(signature = "(obj, /)")]
pub(super) fn id(obj: &Object) -> usize {
    obj.as_ptr() as usize
}

/// Tell whether the object is an instance of the class, of one in a tuple, or of a union's member.
#[function(signature = "(obj, class_or_tuple, /)")]
pub(super) fn isinstance(obj: &Object, class_or_tuple: &Object) -> Result<bool> {
    obj.is_instance(class_or_tuple)
}

/// Tell whether the class derives from the class, from one in a tuple, or from a union's member.
#[function(signature = "(cls, class_or_tuple, /)")]
pub(super) fn issubclass(cls: &Object, class_or_tuple: &Object) -> Result<bool> {
    cls.is_subclass(class_or_tuple)
}

/// Return the number of items in a container.
#[function(signature = "(obj, /)")]
pub(super) fn len(obj: &Object) -> Result<usize> {
    obj.length()
}

/// Return the object's canonical text form.
#[function(signature = "(obj, /)")]
pub(super) fn repr(obj: &Object) -> Result<Ref<Str>> {
    obj.repr()
}

/// Set the named attribute: setattr(x, 'y', v) is x.y = v.
#[function(signature = "(obj, name, value, /)")]
pub(super) fn setattr(obj: &Object, name: &Object, value: &Object) -> Result<()> {
    obj.set_attr(attribute_name(name)?, value)
}

/// vars([object]) -> dictionary
///
/// Without argument, locals(); else object.__dict__.
#[function(signature = "(object=None, /)", hidden_signature)]
pub(super) fn vars(object: Option<&Object>) -> Result {
    let Some(object) = object else { return super::current_locals() };
    match object.get_attr_opt(intern!("__dict__"))? {
        Some(dict) => Ok(dict),
        None => Err(raise!(TypeError, "vars() argument must have __dict__ attribute")),
    }
}
