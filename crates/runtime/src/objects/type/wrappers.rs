//! Special methods of native types: each function here calls one kind of slot with the arguments of a Python call.
//! A wrapper descriptor pairs one with the slot's function.
#![allow(
    clippy::missing_safety_doc,
    reason = "slots are called as C calls them: with live objects of their type"
)]

use std::ffi::{c_int, c_void};

use super::Type;
use super::convert::{take, take_bool, take_unit};
use crate::errors::{Raised, Result};
use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::int::Int;
use crate::objects::singletons::{none, py_bool};
use crate::objects::tuple::Tuple;
use crate::protocol::attribute::attribute_name;
use crate::protocol::compare::CompareOp;
use crate::protocol::result_into_raw;
use crate::raise;
use crate::reference::Ref;

/// Checks the number of arguments of a special method that takes a fixed number.
fn exactly<const N: usize>(arguments: &Tuple) -> Result<[&Object; N]> {
    let items = arguments.as_slice();
    if items.len() != N {
        let plural = if N == 1 { "" } else { "s" };
        return Err(raise!(TypeError, "expected {N} argument{plural}, got {}", items.len()));
    }
    Ok(std::array::from_fn(|index| &*items[index]))
}

/// As [`exactly`], naming the method.
fn exactly_named<'a, const N: usize>(name: &str, arguments: &'a Tuple) -> Result<[&'a Object; N]> {
    let items = arguments.as_slice();
    if items.len() != N {
        let plural = if N == 1 { "" } else { "s" };
        return Err(raise!(TypeError, "{name} expected {N} argument{plural}, got {}", items.len()));
    }
    Ok(std::array::from_fn(|index| &*items[index]))
}

/// Declares wrappers: `name(object, arguments, slot: kind) -> Result`.
macro_rules! wrappers {
    ($($(#[$doc:meta])* $name:ident($object:ident, $arguments:ident, $slot:ident: $kind:ident) $body:block)*) => {$(
        $(#[$doc])*
        pub unsafe extern "C" fn $name(
            object: *mut RawObject,
            arguments: *mut RawObject,
            wrapped: *mut c_void,
        ) -> *mut RawObject {
            // SAFETY: a wrapper descriptor calls with an instance of its type, a tuple, and a slot function of this kind.
            let ($object, $arguments, slot) = unsafe {
                (
                    Object::from_raw(object),
                    Object::from_raw(arguments).downcast_unchecked::<Tuple>(),
                    std::mem::transmute::<*mut c_void, abi::$kind>(wrapped),
                )
            };
            let Some($slot) = slot else { return missing_slot() };
            let body = || -> Result { $body };
            result_into_raw(body())
        }
    )*};
}

#[cold]
fn missing_slot() -> *mut RawObject {
    let _ = raise!(SystemError, "wrapper of an empty slot");
    std::ptr::null_mut()
}

// SAFETY (all blocks below): the slot is called with an instance of its type and live arguments.
wrappers! {
    unary(object, arguments, slot: unaryfunc) {
        let [] = exactly(arguments)?;
        // SAFETY: see above.
        unsafe { take(slot(object.as_ptr())) }
    }
    /// A binary slot that is asked about its left operand only, or that is no operator.
    binary(object, arguments, slot: binaryfunc) {
        let [other] = exactly(arguments)?;
        // SAFETY: see above.
        unsafe { take(slot(object.as_ptr(), other.as_ptr())) }
    }
    /// An operator's reflected method.
    binary_reflected(object, arguments, slot: binaryfunc) {
        let [other] = exactly(arguments)?;
        // SAFETY: see above.
        unsafe { take(slot(other.as_ptr(), object.as_ptr())) }
    }
    ternary(object, arguments, slot: ternaryfunc) {
        let (other, modulus) = power_arguments(arguments)?;
        // SAFETY: see above.
        unsafe { take(slot(object.as_ptr(), other.as_ptr(), modulus.as_ptr())) }
    }
    ternary_reflected(object, arguments, slot: ternaryfunc) {
        let (other, modulus) = power_arguments(arguments)?;
        // SAFETY: see above.
        unsafe { take(slot(other.as_ptr(), object.as_ptr(), modulus.as_ptr())) }
    }
    /// `__bool__`.
    truth(object, arguments, slot: inquiry) {
        let [] = exactly(arguments)?;
        // SAFETY: see above.
        Ok(py_bool(take_bool(unsafe { slot(object.as_ptr()) })?))
    }
    /// `__len__`.
    length(object, arguments, slot: lenfunc) {
        let [] = exactly(arguments)?;
        // SAFETY: see above.
        number(unsafe { slot(object.as_ptr()) })
    }
    /// `__hash__`.
    hash(object, arguments, slot: hashfunc) {
        let [] = exactly(arguments)?;
        // SAFETY: see above.
        number(unsafe { slot(object.as_ptr()) })
    }
    /// `__mul__` and `__imul__` of sequences.
    repeat(object, arguments, slot: ssizeargfunc) {
        let [count] = exactly(arguments)?;
        let count = count.to_isize_index(&crate::objects::exceptions::OverflowError)?;
        // SAFETY: see above.
        unsafe { take(slot(object.as_ptr(), count)) }
    }
    /// `__getitem__` of sequences.
    sequence_item(object, arguments, slot: ssizeargfunc) {
        let [index] = exactly(arguments)?;
        let index = sequence_index(object, index)?;
        // SAFETY: see above.
        unsafe { take(slot(object.as_ptr(), index)) }
    }
    /// `__setitem__` of sequences.
    sequence_set_item(object, arguments, slot: ssizeobjargproc) {
        let [index, value] = exactly_named("__setitem__", arguments)?;
        let index = sequence_index(object, index)?;
        // SAFETY: see above.
        done(unsafe { slot(object.as_ptr(), index, value.as_ptr()) })
    }
    /// `__delitem__` of sequences.
    sequence_delete_item(object, arguments, slot: ssizeobjargproc) {
        let [index] = exactly(arguments)?;
        let index = sequence_index(object, index)?;
        // SAFETY: see above.
        done(unsafe { slot(object.as_ptr(), index, std::ptr::null_mut()) })
    }
    /// `__contains__`.
    contains(object, arguments, slot: objobjproc) {
        let [item] = exactly(arguments)?;
        // SAFETY: see above.
        Ok(py_bool(take_bool(unsafe { slot(object.as_ptr(), item.as_ptr()) })?))
    }
    /// `__setitem__` of mappings.
    set_item(object, arguments, slot: objobjargproc) {
        let [key, value] = exactly_named("__setitem__", arguments)?;
        // SAFETY: see above.
        done(unsafe { slot(object.as_ptr(), key.as_ptr(), value.as_ptr()) })
    }
    /// `__delitem__` of mappings.
    delete_item(object, arguments, slot: objobjargproc) {
        let [key] = exactly(arguments)?;
        // SAFETY: see above.
        done(unsafe { slot(object.as_ptr(), key.as_ptr(), std::ptr::null_mut()) })
    }
    /// `__setattr__`.
    set_attribute(object, arguments, slot: setattrofunc) {
        let [name, value] = exactly_named("__setattr__", arguments)?;
        attribute_name(name)?;
        check_override(object, slot, "__setattr__")?;
        // SAFETY: see above.
        done(unsafe { slot(object.as_ptr(), name.as_ptr(), value.as_ptr()) })
    }
    /// `__delattr__`.
    delete_attribute(object, arguments, slot: setattrofunc) {
        let [name] = exactly(arguments)?;
        attribute_name(name)?;
        check_override(object, slot, "__delattr__")?;
        // SAFETY: see above.
        done(unsafe { slot(object.as_ptr(), name.as_ptr(), std::ptr::null_mut()) })
    }
    /// `__next__`.
    next(object, arguments, slot: iternextfunc) {
        let [] = exactly(arguments)?;
        // SAFETY: see above.
        match unsafe { Ref::from_owned_opt(slot(object.as_ptr())) } {
            Some(item) => Ok(item),
            None if crate::thread::Thread::current().has_exception() => Err(Raised::assume_set()),
            None => Err(raise!(StopIteration)),
        }
    }
    /// `__get__`.
    descriptor_get(object, arguments, slot: descrgetfunc) {
        let (instance, owner) = match arguments.as_slice() {
            [] => return Err(raise!(TypeError, "__get__ expected at least 1 argument, got 0")),
            [instance] => (instance, None),
            [instance, owner] => (instance, Some(owner)),
            more => return Err(raise!(TypeError, "__get__ expected at most 2 arguments, got {}", more.len())),
        };
        let given = |object: &Ref| if object.is_none() { std::ptr::null_mut() } else { object.as_ptr() };
        let (instance, owner) = (given(instance), owner.map_or(std::ptr::null_mut(), given));
        if instance.is_null() && owner.is_null() {
            return Err(raise!(TypeError, "__get__(None, None) is invalid"));
        }
        // SAFETY: see above.
        unsafe { take(slot(object.as_ptr(), instance, owner)) }
    }
    /// `__set__`.
    descriptor_set(object, arguments, slot: descrsetfunc) {
        let [instance, value] = exactly_named("__set__", arguments)?;
        // SAFETY: see above.
        done(unsafe { slot(object.as_ptr(), instance.as_ptr(), value.as_ptr()) })
    }
    /// `__delete__`.
    descriptor_delete(object, arguments, slot: descrsetfunc) {
        let [instance] = exactly(arguments)?;
        // SAFETY: see above.
        done(unsafe { slot(object.as_ptr(), instance.as_ptr(), std::ptr::null_mut()) })
    }
    /// `__del__`.
    finalize(object, arguments, slot: destructor) {
        let [] = exactly(arguments)?;
        // SAFETY: see above.
        unsafe { slot(object.as_ptr()) };
        Ok(none())
    }
    /// `__buffer__`.
    buffer(object, arguments, slot: getbufferproc) {
        let [flags] = exactly_named("__buffer__", arguments)?;
        let flags = flags.to_isize_index(&crate::objects::exceptions::OverflowError)?;
        let Ok(flags) = c_int::try_from(flags) else {
            return Err(raise!(OverflowError, "buffer flags out of range"));
        };
        super::bridge::memoryview_by(object, Some(slot), flags)
    }
    /// `__release_buffer__`.
    release_buffer(object, arguments, _slot: releasebufferproc) {
        let [view] = exactly(arguments)?;
        super::bridge::release_memoryview_of(object, view)?;
        Ok(none())
    }
}

/// A comparison's method for each operation.
macro_rules! comparisons {
    ($($name:ident $op:ident)*) => {
        wrappers! {$(
            $name(object, arguments, slot: richcmpfunc) {
                let [other] = exactly(arguments)?;
                // SAFETY: see above.
                unsafe { take(slot(object.as_ptr(), other.as_ptr(), CompareOp::$op as c_int)) }
            }
        )*}
    };
}
comparisons!(less Lt less_equal Le equal Eq not_equal Ne greater Gt greater_equal Ge);

/// `__call__`, which takes keywords too.
pub unsafe extern "C" fn call(
    object: *mut RawObject,
    arguments: *mut RawObject,
    wrapped: *mut c_void,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: a wrapper descriptor calls with an instance of its type, a tuple, a `tp_call`, and a dict or null.
    match unsafe { std::mem::transmute::<*mut c_void, abi::ternaryfunc>(wrapped) } {
        // SAFETY: as above.
        Some(slot) => unsafe { slot(object, arguments, keywords) },
        None => missing_slot(),
    }
}

/// `__init__`.
pub unsafe extern "C" fn init(
    object: *mut RawObject,
    arguments: *mut RawObject,
    wrapped: *mut c_void,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: a wrapper descriptor calls with an instance of its type, a tuple, a `tp_init`, and a dict or null.
    let status = match unsafe { std::mem::transmute::<*mut c_void, abi::initproc>(wrapped) } {
        // SAFETY: as above.
        Some(slot) => unsafe { slot(object, arguments, keywords) },
        None => return missing_slot(),
    };
    result_into_raw(done(status))
}

fn done(status: c_int) -> Result {
    take_unit(status)?;
    Ok(none())
}

/// A length or hash, -1 being an error if an exception is set.
fn number(value: isize) -> Result {
    if value == -1 && crate::thread::Thread::current().has_exception() {
        return Err(Raised::assume_set());
    }
    Ok(Int::new(value as i64).into_object())
}

fn power_arguments(arguments: &Tuple) -> Result<(Ref, Ref)> {
    match arguments.as_slice() {
        [other] => Ok((other.clone(), none())),
        [other, modulus] => Ok((other.clone(), modulus.clone())),
        items => Err(raise!(TypeError, "expected 1 or 2 arguments, got {}", items.len())),
    }
}

/// An index for the sequence protocol: from the end if negative.
fn sequence_index(object: &Object, index: &Object) -> Result<isize> {
    let index = index.to_isize_index(&crate::objects::exceptions::OverflowError)?;
    match object.ty().sq_length() {
        Some(length) if index < 0 => {
            // SAFETY: the slot is called with an instance of its type.
            let length = unsafe { length(object.as_ptr()) };
            if length < 0 { Err(Raised::assume_set()) } else { Ok(index + length) }
        }
        _ => Ok(index),
    }
}

/// Keeps `object.__setattr__(int, …)` and the like from getting around a native type's own `tp_setattro`.
fn check_override(
    object: &Object,
    function: unsafe extern "C" fn(*mut RawObject, *mut RawObject, *mut RawObject) -> c_int,
    what: &str,
) -> Result<()> {
    let ty = object.ty();
    let Some(mro) = ty.mro() else { return Ok(()) };
    let slot = |class: &Type| class.raw.tp_setattro.get().map_or(0, |slot| slot as usize);
    let python_level = super::slot_functions::set_attribute as *const () as usize;
    let mut defining = ty;
    for class in mro.as_slice().iter().rev() {
        let class = class.downcast::<Type>().expect("an MRO holds types");
        if slot(class) != python_level && slot(class) == slot(ty) {
            defining = class;
            break;
        }
    }
    for class in defining.base_chain() {
        if slot(class) == function as usize {
            break;
        }
        if slot(class) != python_level {
            return Err(raise!(TypeError, "can't apply this {what} to {} object", ty.full_name()));
        }
    }
    Ok(())
}

/// `__new__` of a native type: a built-in function whose `self` is the type.
pub unsafe extern "C" fn new_wrapper(
    owner: *mut RawObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: called as C's functions with keywords are: live objects, a tuple, a dict or null.
    let (owner, arguments, keywords) = unsafe {
        (
            Object::from_raw(owner),
            Object::from_raw(arguments).downcast_unchecked::<Tuple>(),
            Object::from_raw_opt(keywords).map(|keywords| keywords.downcast_unchecked::<Dict>()),
        )
    };
    result_into_raw(call_new(owner, arguments, keywords))
}

fn call_new(owner: &Object, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
    let Some(owner) = owner.downcast::<Type>() else {
        return Err(raise!(SystemError, "__new__() called with non-type 'self'"));
    };
    let name = owner.full_name();
    let Some((class, rest)) = arguments.as_slice().split_first() else {
        return Err(raise!(TypeError, "{name}.__new__(): not enough arguments"));
    };
    let Some(class) = class.downcast::<Type>() else {
        let given = class.ty().full_name();
        return Err(raise!(TypeError, "{name}.__new__(X): X is not a type object ({given})"));
    };
    let given = class.full_name();
    if !class.is_subtype(owner) {
        return Err(raise!(TypeError, "{name}.__new__({given}): {given} is not a subtype of {name}"));
    }
    if class.has_flag(abi::Py_TPFLAGS_DISALLOW_INSTANTIATION) {
        return Err(raise!(TypeError, "cannot create '{given}' instances"));
    }
    // A native base between the two may need a constructor of its own.
    let python_level = super::slot_functions::new as *const () as usize;
    let slot = |class: &Type| class.raw.tp_new.get().map_or(0, |slot| slot as usize);
    if let Some(native) = class.base_chain().find(|class| slot(class) != python_level)
        && slot(native) != slot(owner)
    {
        let native = native.full_name();
        if slot(class) == 0 {
            return Err(raise!(TypeError, "cannot create '{given}' instances"));
        }
        return Err(raise!(TypeError, "{name}.__new__({given}) is not safe, use {native}.__new__()"));
    }
    let Some(new) = owner.raw.tp_new.get() else {
        return Err(raise!(TypeError, "cannot create '{name}' instances"));
    };
    let rest = Tuple::from_vec(rest.to_vec());
    let keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
    // SAFETY: the slot is called with a subtype, a tuple, and a dict or null.
    unsafe { take(new(class.as_type_ptr(), rest.as_ptr(), keywords)) }
}
