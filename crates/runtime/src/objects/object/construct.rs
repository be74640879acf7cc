//! `object.__new__` and `object.__init__`: no arguments, unless the other of the two is overridden and takes them.
#![allow(
    clippy::missing_safety_doc,
    reason = "slots are called as C calls them: with live objects of their type"
)]

use std::ffi::c_int;

use crate::errors::{Raised, Result};
use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::{Type, bridge};
use crate::protocol::{result_from_raw, result_into_raw};
use crate::reference::Ref;
use crate::{intern, raise};

/// Are there any arguments?
///
/// # Safety
/// `arguments` is a tuple, `keywords` null or a dict.
unsafe fn has_arguments(arguments: *mut RawObject, keywords: *mut RawObject) -> bool {
    // SAFETY: by contract.
    unsafe {
        !Object::from_raw(arguments).downcast_unchecked::<Tuple>().as_slice().is_empty()
            || Object::from_raw_opt(keywords)
                .is_some_and(|keywords| !keywords.downcast_unchecked::<Dict>().is_empty())
    }
}

fn overrides_new(ty: &Type) -> bool {
    ty.raw.tp_new.get().is_none_or(|slot| slot as usize != new as *const () as usize)
}

fn overrides_init(ty: &Type) -> bool {
    ty.raw.tp_init.get().is_none_or(|slot| slot as usize != init as *const () as usize)
}

/// `tp_new` of `object`.
pub unsafe extern "C" fn new(
    class: *mut abi::PyTypeObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: the slot is called with a live type, a tuple, and a dict or null.
    let (class, excess) = unsafe { (Type::from_raw(class), has_arguments(arguments, keywords)) };
    result_into_raw(make(class, excess))
}

fn make(class: &Type, excess: bool) -> Result {
    if excess {
        if overrides_new(class) {
            return Err(raise!(
                TypeError,
                "object.__new__() takes exactly one argument (the type to instantiate)"
            ));
        }
        if !overrides_init(class) {
            return Err(raise!(TypeError, "{}() takes no arguments", class.full_name()));
        }
    }
    if class.has_flag(abi::Py_TPFLAGS_IS_ABSTRACT) {
        return Err(is_abstract(class));
    }
    match class.raw.tp_alloc.get() {
        // SAFETY: the slot is called with its type.
        Some(alloc) => unsafe { result_from_raw(alloc(class.as_type_ptr(), 0)) },
        None => Err(raise!(TypeError, "cannot create '{}' instances", class.full_name())),
    }
}

/// The TypeError that names what an abstract class leaves open.
#[cold]
fn is_abstract(class: &Type) -> Raised {
    let describe = || -> Result<Raised> {
        let names = class.get_attr(intern!("__abstractmethods__"))?;
        let mut names: Vec<Ref> = bridge::tuple_from(&names)?.as_slice().to_vec();
        bridge::sort(&mut names)?;
        let mut texts = Vec::with_capacity(names.len());
        for name in &names {
            let Some(name) = name.downcast::<Str>() else {
                let kind = name.ty().full_name();
                return Err(raise!(TypeError, "sequence item 0: expected str instance, {kind} found"));
            };
            texts.push(name.to_string());
        }
        let plural = if texts.len() > 1 { "s" } else { "" };
        Ok(raise!(
            TypeError,
            "Can't instantiate abstract class {} without an implementation for abstract method{plural} '{}'",
            class.full_name(),
            texts.join("', '")
        ))
    };
    describe().unwrap_or_else(|raised| raised)
}

/// `tp_init` of `object`.
pub unsafe extern "C" fn init(
    object: *mut RawObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> c_int {
    // SAFETY: the slot is called with a live object, a tuple, and a dict or null.
    let (object, excess) = unsafe { (Object::from_raw(object), has_arguments(arguments, keywords)) };
    let ty = object.ty();
    if excess && overrides_init(ty) {
        let _ =
            raise!(TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
        return -1;
    }
    if excess && !overrides_new(ty) {
        let name = ty.full_name();
        let _ =
            raise!(TypeError, "{name}.__init__() takes exactly one argument (the instance to initialize)");
        return -1;
    }
    0
}
