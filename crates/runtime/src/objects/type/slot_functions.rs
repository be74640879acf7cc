//! Slot functions of classes: each calls the special method of its name, found on the type.
#![allow(
    clippy::missing_safety_doc,
    reason = "slots are called as C calls them: with live objects of their type"
)]

use std::ffi::c_int;

use super::Type;
use super::convert::{give, give_size, give_unit};
use crate::errors::{Raised, Result, raise_value};
use crate::object::{NativeType, Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::exceptions::write_unraisable_doing;
use crate::objects::int::Int;
use crate::objects::object::generic_get_attr_opt;
use crate::objects::singletons::{none, not_implemented, py_false, py_true};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::protocol::attribute::Method;
use crate::protocol::compare::CompareOp;
use crate::reference::Ref;
use crate::thread::Thread;
use crate::{intern, raise};

/// Calls a special method that must exist.
fn call_method(object: &Object, name: &Str, arguments: &[&Object]) -> Result {
    match object.call_special(name, arguments)? {
        Some(result) => Ok(result),
        None => Err(raise_value(&crate::objects::exceptions::AttributeError, name)),
    }
}

/// Calls a special method that may be missing: NotImplemented then.
fn call_maybe(object: &Object, name: &Str, arguments: &[&Object]) -> Result {
    Ok(object.call_special(name, arguments)?.unwrap_or_else(not_implemented))
}

/// A special method for a call; missing and `None` are the same to the caller.
fn find_method(object: &Object, name: &Str) -> Result<Option<Method>> {
    Ok(object.lookup_special_method(name)?.filter(|method| match method {
        Method::Bound(callable) | Method::Unbound(callable) => !callable.is_none(),
    }))
}

/// What a C slot is called with.
///
/// # Safety
/// `raw` points to a live object.
unsafe fn at<'a>(raw: *mut RawObject) -> &'a Object {
    // SAFETY: by contract.
    unsafe { Object::from_raw(raw) }
}

/// Slots that only call their method: with no, one or two objects.
macro_rules! plain {
    ($($name:ident $dunder:literal ($($argument:ident),*);)*) => {$(
        pub unsafe extern "C" fn $name(object: *mut RawObject, $($argument: *mut RawObject),*) -> *mut RawObject {
            let name = intern!($dunder);
            // SAFETY: a slot is called with live objects.
            unsafe { give(call_method(at(object), name, &[$(at($argument)),*])) }
        }
    )*};
}

plain! {
    get_item "__getitem__" (key);
    negative "__neg__" ();
    positive "__pos__" ();
    absolute "__abs__" ();
    invert "__invert__" ();
    to_int "__int__" ();
    to_float "__float__" ();
    index "__index__" ();
    str "__str__" ();
    get_attribute "__getattribute__" (name);
    next "__next__" ();
    inplace_add "__iadd__" (other);
    inplace_subtract "__isub__" (other);
    inplace_multiply "__imul__" (other);
    inplace_remainder "__imod__" (other);
    inplace_lshift "__ilshift__" (other);
    inplace_rshift "__irshift__" (other);
    inplace_and "__iand__" (other);
    inplace_xor "__ixor__" (other);
    inplace_or "__ior__" (other);
    inplace_floor_divide "__ifloordiv__" (other);
    inplace_true_divide "__itruediv__" (other);
    inplace_matrix_multiply "__imatmul__" (other);
}

/// Does the right operand's type have its own version of a method that the left's has too?
fn is_overloaded(left: &Object, right: &Object, name: &Str) -> Result<bool> {
    let Some(rights) = right.ty().get_attr_opt(name)? else { return Ok(false) };
    let Some(lefts) = left.ty().get_attr_opt(name)? else { return Ok(true) };
    rights.rich_compare_bool(&lefts, CompareOp::Ne)
}

/// A binary operator by its method and the reflected one, as Python orders them. `left_is` and `right_is` say whether the
/// operand's slot is the calling slot function.
fn operator(
    (left, left_is): (&Object, bool),
    (right, right_is): (&Object, bool),
    (name, reflected): (&Str, &Str),
    rest: Option<&Object>,
) -> Result {
    let same_type = std::ptr::eq(left.ty(), right.ty());
    let ask = |object: &Object, name: &Str, other: &Object| match rest {
        Some(rest) => call_maybe(object, name, &[other, rest]),
        None => call_maybe(object, name, &[other]),
    };
    let mut ask_right = !same_type && right_is;
    if left_is {
        if ask_right && right.ty().is_subtype(left.ty()) && is_overloaded(left, right, reflected)? {
            let answer = ask(right, reflected, left)?;
            if !answer.is_same(&not_implemented()) {
                return Ok(answer);
            }
            ask_right = false;
        }
        let answer = ask(left, name, right)?;
        if !answer.is_same(&not_implemented()) || std::ptr::eq(right.ty(), left.ty()) {
            return Ok(answer);
        }
    }
    if ask_right { ask(right, reflected, left) } else { Ok(not_implemented()) }
}

macro_rules! operators {
    ($($name:ident $slot:ident $dunder:literal $reflected:literal;)*) => {$(
        pub unsafe extern "C" fn $name(left: *mut RawObject, right: *mut RawObject) -> *mut RawObject {
            // SAFETY: a slot is called with live objects.
            let (left, right) = unsafe { (at(left), at(right)) };
            let is_this = |object: &Object| object.ty().$slot().is_some_and(|slot| slot as usize == $name as *const () as usize);
            give(operator(
                (left, is_this(left)),
                (right, is_this(right)),
                (intern!($dunder), intern!($reflected)),
                None,
            ))
        }
    )*};
}

operators! {
    add nb_add "__add__" "__radd__";
    subtract nb_subtract "__sub__" "__rsub__";
    multiply nb_multiply "__mul__" "__rmul__";
    remainder nb_remainder "__mod__" "__rmod__";
    divmod nb_divmod "__divmod__" "__rdivmod__";
    lshift nb_lshift "__lshift__" "__rlshift__";
    rshift nb_rshift "__rshift__" "__rrshift__";
    and nb_and "__and__" "__rand__";
    xor nb_xor "__xor__" "__rxor__";
    or nb_or "__or__" "__ror__";
    floor_divide nb_floor_divide "__floordiv__" "__rfloordiv__";
    true_divide nb_true_divide "__truediv__" "__rtruediv__";
    matrix_multiply nb_matrix_multiply "__matmul__" "__rmatmul__";
}

pub unsafe extern "C" fn power(
    left: *mut RawObject,
    right: *mut RawObject,
    modulus: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: a slot is called with live objects.
    let (left, right, modulus) = unsafe { (at(left), at(right), at(modulus)) };
    let is_this = |object: &Object| {
        object.ty().nb_power().is_some_and(|slot| slot as usize == power as *const () as usize)
    };
    give(operator(
        (left, is_this(left)),
        (right, is_this(right)),
        (intern!("__pow__"), intern!("__rpow__")),
        (!modulus.is_none()).then_some(modulus),
    ))
}

/// The third operand has no place in `**=`.
pub unsafe extern "C" fn inplace_power(
    object: *mut RawObject,
    other: *mut RawObject,
    _modulus: *mut RawObject,
) -> *mut RawObject {
    let name = intern!("__ipow__");
    // SAFETY: a slot is called with live objects.
    unsafe { give(call_method(at(object), name, &[at(other)])) }
}

pub unsafe extern "C" fn length(object: *mut RawObject) -> isize {
    // SAFETY: a slot is called with a live object.
    let object = unsafe { at(object) };
    let length = || -> Result<isize> {
        let length = call_method(object, intern!("__len__"), &[])?.index()?;
        if length.sign() < 0 {
            return Err(raise!(ValueError, "__len__() should return >= 0"));
        }
        length.to_isize_index(&crate::objects::exceptions::OverflowError)
    };
    give_size(length())
}

pub unsafe extern "C" fn sequence_item(object: *mut RawObject, index: isize) -> *mut RawObject {
    // SAFETY: a slot is called with a live object.
    let object = unsafe { at(object) };
    give(call_method(object, intern!("__getitem__"), &[&Int::new(index as i64)]))
}

/// Sets with a value, deletes without.
fn assign(object: &Object, key: &Object, value: Option<&Object>, set: &Str, delete: &Str) -> Result<()> {
    match value {
        Some(value) => call_method(object, set, &[key, value]),
        None => call_method(object, delete, &[key]),
    }
    .map(drop)
}

pub unsafe extern "C" fn assign_sequence_item(
    object: *mut RawObject,
    index: isize,
    value: *mut RawObject,
) -> c_int {
    // SAFETY: a slot is called with live objects; null deletes.
    let (object, value) = unsafe { (at(object), Object::from_raw_opt(value)) };
    let index = Int::new(index as i64);
    give_unit(assign(object, &index, value, intern!("__setitem__"), intern!("__delitem__")))
}

pub unsafe extern "C" fn assign_item(
    object: *mut RawObject,
    key: *mut RawObject,
    value: *mut RawObject,
) -> c_int {
    // SAFETY: a slot is called with live objects; null deletes.
    let (object, key, value) = unsafe { (at(object), at(key), Object::from_raw_opt(value)) };
    give_unit(assign(object, key, value, intern!("__setitem__"), intern!("__delitem__")))
}

pub unsafe extern "C" fn set_attribute(
    object: *mut RawObject,
    name: *mut RawObject,
    value: *mut RawObject,
) -> c_int {
    // SAFETY: a slot is called with live objects; null deletes.
    let (object, name, value) = unsafe { (at(object), at(name), Object::from_raw_opt(value)) };
    give_unit(assign(object, name, value, intern!("__setattr__"), intern!("__delattr__")))
}

pub unsafe extern "C" fn descriptor_set(
    object: *mut RawObject,
    instance: *mut RawObject,
    value: *mut RawObject,
) -> c_int {
    // SAFETY: a slot is called with live objects; null deletes.
    let (object, instance, value) = unsafe { (at(object), at(instance), Object::from_raw_opt(value)) };
    give_unit(assign(object, instance, value, intern!("__set__"), intern!("__delete__")))
}

pub unsafe extern "C" fn contains(object: *mut RawObject, item: *mut RawObject) -> c_int {
    // SAFETY: a slot is called with live objects.
    let (object, item) = unsafe { (at(object), at(item)) };
    let contains = || -> Result<bool> {
        match object.lookup_special_method(intern!("__contains__"))? {
            None => object.contains_by_iteration(item),
            Some(Method::Bound(found)) if found.is_none() => {
                Err(raise!(TypeError, "'{}' object is not a container", object.ty().full_name()))
            }
            Some(method) => object.call_found(&method, &[item])?.is_true(),
        }
    };
    contains().map_or(-1, c_int::from)
}

pub unsafe extern "C" fn truth(object: *mut RawObject) -> c_int {
    // SAFETY: a slot is called with a live object.
    let object = unsafe { at(object) };
    let truth = || -> Result<bool> {
        if let Some(method) = object.lookup_special_method(intern!("__bool__"))? {
            let answer = object.call_found(&method, &[])?;
            if answer.is_same(&py_true()) || answer.is_same(&py_false()) {
                return Ok(answer.is_same(&py_true()));
            }
            let name = answer.ty().full_name();
            return Err(raise!(TypeError, "__bool__ should return bool, returned {name}"));
        }
        match object.lookup_special_method(intern!("__len__"))? {
            // The length itself is checked by the slot for it.
            Some(_) => {
                // SAFETY: the object is live.
                let length = unsafe { length(object.as_ptr()) };
                if length < 0 { Err(Raised::assume_set()) } else { Ok(length > 0) }
            }
            None => Ok(true),
        }
    };
    truth().map_or(-1, c_int::from)
}

pub unsafe extern "C" fn repr(object: *mut RawObject) -> *mut RawObject {
    // SAFETY: a slot is called with a live object.
    let object = unsafe { at(object) };
    give(match object.call_special(intern!("__repr__"), &[]) {
        Ok(None) => {
            let text = format!("<{} object at {:p}>", object.ty().full_name(), object.as_ptr());
            Ok(Str::from_string(text).into_object())
        }
        Ok(Some(text)) => Ok(text),
        Err(raised) => Err(raised),
    })
}

/// `tp_hash` of what can't be hashed.
pub unsafe extern "C" fn hash_not_implemented(object: *mut RawObject) -> isize {
    // SAFETY: the slot is called with an object of its type.
    let object = unsafe { at(object) };
    let _ = raise!(TypeError, "unhashable type: '{}'", object.ty().full_name());
    -1
}

pub unsafe extern "C" fn hash(object: *mut RawObject) -> isize {
    // SAFETY: a slot is called with a live object.
    let object = unsafe { at(object) };
    let hash = || -> Result<isize> {
        let Some(method) = find_method(object, intern!("__hash__"))? else {
            return Err(raise!(TypeError, "unhashable type: '{}'", object.ty().full_name()));
        };
        let answer = object.call_found(&method, &[])?;
        let Some(number) = answer.downcast::<Int>() else {
            return Err(raise!(TypeError, "__hash__ method should return an integer"));
        };
        let value = match number.to_isize() {
            Some(value) => value,
            None => {
                let hash = Int::type_object().raw.tp_hash.get().expect("int is hashable");
                // SAFETY: an int, or an instance of a subclass.
                unsafe { hash(number.as_ptr()) }
            }
        };
        Ok(if value == -1 { -2 } else { value })
    };
    give_size(hash())
}

/// Calls a method that was found on `object` with C's arguments.
pub(super) fn call_found_with(
    object: &Object,
    method: &Method,
    arguments: &Tuple,
    keywords: Option<&Dict>,
) -> Result {
    match method {
        Method::Bound(callable) => callable.call_dict(arguments, keywords),
        Method::Unbound(function) => {
            let mut all = Vec::with_capacity(arguments.len() + 1);
            all.push(object.to_ref());
            all.extend_from_slice(arguments.as_slice());
            function.call_dict(&Tuple::from_vec(all), keywords)
        }
    }
}

/// C's arguments of a call.
///
/// # Safety
/// `arguments` is a live tuple, `keywords` null or a live dict.
unsafe fn call_arguments<'a>(
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> (&'a Tuple, Option<&'a Dict>) {
    // SAFETY: by contract.
    unsafe {
        (
            at(arguments).downcast_unchecked::<Tuple>(),
            Object::from_raw_opt(keywords).map(|keywords| keywords.downcast_unchecked::<Dict>()),
        )
    }
}

fn required_method(object: &Object, name: &Str) -> Result<Method> {
    match object.lookup_special_method(name)? {
        Some(method) => Ok(method),
        None => Err(raise_value(&crate::objects::exceptions::AttributeError, name)),
    }
}

pub unsafe extern "C" fn call(
    object: *mut RawObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: a slot is called with live objects, a tuple, and a dict or null.
    let (object, (arguments, keywords)) = unsafe { (at(object), call_arguments(arguments, keywords)) };
    give(
        required_method(object, intern!("__call__"))
            .and_then(|method| call_found_with(object, &method, arguments, keywords)),
    )
}

pub unsafe extern "C" fn init(
    object: *mut RawObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> c_int {
    // SAFETY: as above.
    let (object, (arguments, keywords)) = unsafe { (at(object), call_arguments(arguments, keywords)) };
    let init = || -> Result<()> {
        let method = required_method(object, intern!("__init__"))?;
        check_init_result(&*call_found_with(object, &method, arguments, keywords)?)
    };
    give_unit(init())
}

/// `__init__` gives None.
pub(super) fn check_init_result(result: &Object) -> Result<()> {
    if result.is_none() {
        return Ok(());
    }
    Err(raise!(TypeError, "__init__() should return None, not '{}'", result.ty().full_name()))
}

pub unsafe extern "C" fn new(
    class: *mut abi::PyTypeObject,
    arguments: *mut RawObject,
    keywords: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: a slot is called with a live type, a tuple, and a dict or null.
    let (class, (arguments, keywords)) =
        unsafe { (Type::from_raw(class), call_arguments(arguments, keywords)) };
    let new = || -> Result {
        let function = class.get_attr(intern!("__new__"))?;
        let mut all = Vec::with_capacity(arguments.len() + 1);
        all.push(class.to_ref());
        all.extend_from_slice(arguments.as_slice());
        function.call_dict(&Tuple::from_vec(all), keywords)
    };
    give(new())
}

/// Has the type a `__getattr__`, but `object`'s own `__getattribute__`?
pub fn has_generic_lookup(ty: &Type) -> bool {
    ty.raw.tp_getattro.get().is_some_and(|slot| slot as usize == get_attribute_hook as *const () as usize)
        && ty
            .lookup(intern!("__getattribute__"))
            .is_some_and(|function| super::bridge::wraps_generic_get_attr(&function))
}

/// Has the type a `__getattribute__` of its own, and no `__getattr__`?
pub fn has_own_lookup(ty: &Type) -> bool {
    let slot = ty.raw.tp_getattro.get().map_or(0, |slot| slot as usize);
    (slot == get_attribute as *const () as usize || slot == get_attribute_hook as *const () as usize)
        && ty.lookup(intern!("__getattr__")).is_none()
}

/// Attribute access in a class with `__getattr__`: that is asked where `__getattribute__` raises AttributeError.
pub unsafe extern "C" fn get_attribute_hook(object: *mut RawObject, name: *mut RawObject) -> *mut RawObject {
    // SAFETY: a slot is called with live objects.
    let (object, name) = unsafe { (at(object), at(name)) };
    let ty = object.ty();
    let Some(getattr) = ty.lookup(intern!("__getattr__")) else {
        // No such method (any more): the shorter way from now on.
        ty.raw.tp_getattro.set(Some(get_attribute));
        // SAFETY: as above.
        return unsafe { get_attribute(object.as_ptr(), name.as_ptr()) };
    };
    let attribute = || -> Result {
        let getattribute = ty.lookup(intern!("__getattribute__"));
        let found = match getattribute {
            Some(function) if !super::bridge::wraps_generic_get_attr(&function) => {
                match call_attribute(object, &function, name) {
                    Ok(value) => Some(value),
                    Err(raised) if raised.matches(&crate::objects::exceptions::AttributeError) => {
                        raised.clear();
                        None
                    }
                    Err(raised) => return Err(raised),
                }
            }
            _ => generic_get_attr_opt(object, crate::protocol::attribute::attribute_name(name)?)?,
        };
        match found {
            Some(value) => Ok(value),
            None => call_attribute(object, &getattr, name),
        }
    };
    give(attribute())
}

/// Calls `function`, found on the type, bound to `object`.
fn call_attribute(object: &Object, function: &Ref, name: &Object) -> Result {
    if function.ty().has_flag(abi::Py_TPFLAGS_METHOD_DESCRIPTOR) {
        return function.call(&[object, name]);
    }
    super::bind(function.clone(), Some(object), object.ty())?.call(&[name])
}

pub unsafe extern "C" fn rich_compare(
    object: *mut RawObject,
    other: *mut RawObject,
    op: c_int,
) -> *mut RawObject {
    // SAFETY: a slot is called with live objects.
    let (object, other) = unsafe { (at(object), at(other)) };
    let name = match CompareOp::from_raw(op) {
        CompareOp::Lt => intern!("__lt__"),
        CompareOp::Le => intern!("__le__"),
        CompareOp::Eq => intern!("__eq__"),
        CompareOp::Ne => intern!("__ne__"),
        CompareOp::Gt => intern!("__gt__"),
        CompareOp::Ge => intern!("__ge__"),
    };
    give(call_maybe(object, name, &[other]))
}

pub unsafe extern "C" fn iter(object: *mut RawObject) -> *mut RawObject {
    // SAFETY: a slot is called with a live object.
    let object = unsafe { at(object) };
    let iter = || -> Result {
        let not_iterable = || raise!(TypeError, "'{}' object is not iterable", object.ty().full_name());
        match object.lookup_special_method(intern!("__iter__"))? {
            Some(Method::Bound(found)) if found.is_none() => Err(not_iterable()),
            Some(method) => object.call_found(&method, &[]),
            None if object.lookup_special_method(intern!("__getitem__"))?.is_some() => {
                Ok(crate::objects::sequence_iterator::SequenceIterator::new(object).into_object())
            }
            None => Err(not_iterable()),
        }
    };
    give(iter())
}

/// `tp_iternext` of classes without `__next__` below one with.
pub unsafe extern "C" fn next_not_implemented(object: *mut RawObject) -> *mut RawObject {
    // SAFETY: a slot is called with a live object.
    let object = unsafe { at(object) };
    let _ = raise!(TypeError, "'{}' object is not iterable", object.ty().full_name());
    std::ptr::null_mut()
}

pub unsafe extern "C" fn descriptor_get(
    object: *mut RawObject,
    instance: *mut RawObject,
    owner: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: a slot is called with live objects; null stands for None.
    let (object, instance, owner) =
        unsafe { (at(object), Object::from_raw_opt(instance), Object::from_raw_opt(owner)) };
    let ty = object.ty();
    let Some(get) = ty.lookup(intern!("__get__")) else {
        // Avoid further lookups in the same type.
        if ty.raw.tp_descr_get.get().is_some_and(|slot| slot as usize == descriptor_get as *const () as usize)
        {
            ty.raw.tp_descr_get.set(None);
        }
        return object.to_ref().into_raw();
    };
    let none = none();
    give(get.call(&[object, instance.unwrap_or(&none), owner.unwrap_or(&none)]))
}

/// `__del__`: what it raises is reported and goes no further.
pub unsafe extern "C" fn finalize(object: *mut RawObject) {
    // SAFETY: a slot is called with a live object.
    let object = unsafe { at(object) };
    let thread = Thread::current();
    let pending = thread.take_exception();
    let result = (|| {
        if let Some(method) = object.lookup_special_method(intern!("__del__"))? {
            let context = match &method {
                Method::Bound(callable) | Method::Unbound(callable) => callable.clone(),
            };
            if let Err(raised) = object.call_found(&method, &[]) {
                write_unraisable_doing(raised.take(), "calling deallocator", &context);
            }
        }
        Ok(())
    })();
    if let Err::<(), Raised>(raised) = result {
        write_unraisable_doing(raised.take(), "calling deallocator", object);
    }
    thread.set_exception(pending);
}

/// The slots of awaitables and asynchronous iterators: their absence has its own message.
macro_rules! asynchronous {
    ($($name:ident $dunder:literal;)*) => {$(
        pub unsafe extern "C" fn $name(object: *mut RawObject) -> *mut RawObject {
            // SAFETY: a slot is called with a live object.
            let object = unsafe { at(object) };
            give(object.call_special(intern!($dunder), &[]).and_then(|result| {
                result.ok_or_else(|| {
                    let name = object.ty().full_name();
                    raise!(AttributeError, "object {name} does not have {} method", $dunder)
                })
            }))
        }
    )*};
}

asynchronous! {
    r#await "__await__";
    aiter "__aiter__";
    anext "__anext__";
}

/// `__buffer__`: the exporter gives a memoryview, whose buffer this is; a wrapper keeps both until it is released.
pub unsafe extern "C" fn get_buffer(
    object: *mut RawObject,
    view: *mut abi::Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: a slot is called with a live object and room for a view.
    give_unit(unsafe { super::buffer::buffer_by_method(at(object), view, flags) })
}

/// `__release_buffer__`.
pub unsafe extern "C" fn release_buffer(object: *mut RawObject, view: *mut abi::Py_buffer) {
    // SAFETY: a slot is called with a live object and the view that it gave.
    unsafe { super::buffer::release_by_method(at(object), view) }
}
