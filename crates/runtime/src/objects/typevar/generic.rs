//! `typing.Generic`: the base of generic classes. Its methods are `typing.py`'s.

use super::call_typing;
use crate::prelude::*;

/// Abstract base class for generic types.
///
/// A class with a type parameter list derives from it by itself:
///
///     class Stack[T]: ...
#[class(name = "typing.Generic", flags(BASETYPE))]
#[repr(C)]
pub struct Generic {
    head: Object,
}

/// Calls `typing`'s function with the class before the given arguments.
fn forward(function: &Str, class: &Type, args: &[&Object], kwargs: &KwArgs<'_>) -> Result {
    if kwargs.is_empty() {
        let arguments: Vec<&Object> = std::iter::once::<&Object>(class).chain(args.iter().copied()).collect();
        return call_typing(function, &arguments);
    }
    let arguments = std::iter::once(class.to_ref()).chain(args.iter().map(|item| item.to_ref())).collect();
    let function = crate::import::import_module("typing")?.get_attr(function)?;
    function.call_dict(&Tuple::from_vec(arguments), Some(&*kwargs.to_dict()?))
}

#[methods]
impl Generic {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __module__: &'static str = "typing";

    /// Parameterize a generic class.
    #[classmethod(name = "__class_getitem__", signature = "($type, *args, **kwargs)", hidden_signature)]
    fn class_getitem(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        forward(intern!("_generic_class_getitem"), class, args, &kwargs)
    }

    /// Initialize a subclass.
    #[classmethod(name = "__init_subclass__", signature = "($type, *args, **kwargs)", hidden_signature)]
    fn init_subclass(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        forward(intern!("_generic_init_subclass"), class, args, &kwargs)
    }
}
