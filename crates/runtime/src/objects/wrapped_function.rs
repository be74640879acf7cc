//! What `staticmethod` and `classmethod` share: they take over the attributes of the function that they wrap.

use crate::errors::Result;
use crate::prelude::*;

/// Takes over the names and documentation of a function.
pub fn copy_attributes(wrapper: &Object, function: &Object) -> Result<()> {
    for name in [intern!("__module__"), intern!("__name__"), intern!("__qualname__"), intern!("__doc__")] {
        if let Some(value) = function.get_attr_opt(name)? {
            wrapper.set_attr(name, &value)?;
        }
    }
    Ok(())
}

/// The instance's dictionary, made on first use.
pub fn instance_dict(field: &Link<Dict>) -> Ref<Dict> {
    field.get().unwrap_or_else(|| {
        let dict = Dict::new();
        field.set(Some(dict.clone()));
        dict
    })
}

/// Sets `__dict__`.
pub fn set_instance_dict(field: &Link<Dict>, value: Option<&Object>) -> Result<()> {
    let Some(value) = value else { return Err(raise!(TypeError, "cannot delete __dict__")) };
    let Some(dict) = value.downcast::<Dict>() else {
        let given = value.ty().full_name();
        return Err(raise!(TypeError, "__dict__ must be set to a dictionary, not a '{given}'"));
    };
    field.set(Some(Ref::from_borrowed(dict)));
    Ok(())
}

/// An attribute of the function, remembered in the wrapper's own dictionary.
pub fn get_wrapped(field: &Link<Dict>, function: &Link, name: &Str) -> Result {
    let dict = instance_dict(field);
    if let Some(value) = dict.get_str(name)? {
        return Ok(value);
    }
    let function = function.get().unwrap_or_else(none);
    let value = function.get_attr(name)?;
    dict.insert_str(name, &value)?;
    Ok(value)
}

/// Sets such an attribute on the wrapper alone, or deletes it there.
pub fn set_wrapped(wrapper: &str, field: &Link<Dict>, name: &Str, value: Option<&Object>) -> Result<()> {
    let dict = instance_dict(field);
    match value {
        Some(value) => dict.insert_str(name, value),
        None => match dict.remove(name)? {
            Some(_) => Ok(()),
            None => Err(raise!(AttributeError, "'{wrapper}' object has no attribute '{name}'")),
        },
    }
}

/// `__isabstractmethod__` of a function or whatever stands for one.
pub fn is_abstract(function: Option<Ref>) -> Result<bool> {
    let Some(function) = function else { return Ok(false) };
    match function.get_attr_opt(intern!("__isabstractmethod__"))? {
        Some(answer) => answer.is_true(),
        None => Ok(false),
    }
}

/// Declares what the two types have in common.
macro_rules! common_part {
    ($name:ident, $text:literal) => {
        #[methods(part = common)]
        impl $name {
            #[classmethod(name = "__class_getitem__", signature = "(object, /)", doc = "")]
            fn class_getitem(class: &Type, object: &Object) -> Result {
                Ok(crate::objects::generic_alias::GenericAlias::new(class, object)?.into_object())
            }

            #[getter(name = "__isabstractmethod__")]
            fn is_abstract(&self) -> Result<bool> {
                crate::objects::wrapped_function::is_abstract(self.function.get())
            }

            #[getter(name = "__dict__")]
            fn get_dict(&self) -> Ref<Dict> {
                crate::objects::wrapped_function::instance_dict(&self.dict)
            }
            #[setter(name = "__dict__")]
            fn set_dict(&self, value: Option<&Object>) -> Result<()> {
                crate::objects::wrapped_function::set_instance_dict(&self.dict, value)
            }

            #[getter(name = "__annotations__")]
            fn annotations(&self) -> Result {
                let name = intern!("__annotations__");
                crate::objects::wrapped_function::get_wrapped(&self.dict, &self.function, name)
            }
            #[setter(name = "__annotations__")]
            fn set_annotations(&self, value: Option<&Object>) -> Result<()> {
                let name = intern!("__annotations__");
                crate::objects::wrapped_function::set_wrapped($text, &self.dict, name, value)
            }

            #[getter(name = "__annotate__")]
            fn annotate(&self) -> Result {
                let name = intern!("__annotate__");
                crate::objects::wrapped_function::get_wrapped(&self.dict, &self.function, name)
            }
            #[setter(name = "__annotate__")]
            fn set_annotate(&self, value: Option<&Object>) -> Result<()> {
                let name = intern!("__annotate__");
                crate::objects::wrapped_function::set_wrapped($text, &self.dict, name, value)
            }

            #[slot]
            fn tp_repr(&self) -> Result<String> {
                let function = self.function.get().unwrap_or_else(none);
                Ok(format!("<{}({})>", $text, function.repr()?))
            }
        }
    };
}
pub(crate) use common_part;
