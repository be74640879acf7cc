//! Objects of any type: attributes, items, comparison, text, identity.
//! <https://docs.python.org/3.14/c-api/object.html>

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

use runtime::objects::object::{generic_get_attr, generic_set_attr};
use runtime::prelude::*;
use runtime::protocol::attribute::attribute_name;
use runtime::protocol::item::get_item_opt;
use runtime::protocol::{number, type_name};

use crate::support::{Raw, expect, exported, not_null, text, try_name};

/// A sequence repeated, in place if it can be.
fn repeat(object: &Object, count: isize, inplace: bool) -> Result {
    let ty = object.ty();
    let slot = if inplace { ty.sq_inplace_repeat().or_else(|| ty.sq_repeat()) } else { ty.sq_repeat() };
    if let Some(repeat) = slot {
        // SAFETY: the object is alive during the call.
        return unsafe { runtime::protocol::result_from_raw(repeat(object.as_ptr(), count)) };
    }
    if !object.is_sequence() || ty.nb_multiply().is_none() {
        return Err(raise!(TypeError, "'{}' object can't be repeated", type_name(object)));
    }
    let count = Int::new(count as i64);
    if inplace { number::inplace_multiply(object, &count) } else { number::multiply(object, &count) }
}

/// An iterator over what is searched.
fn searched(object: &Object) -> Result {
    object.iter().map_err(|raised| {
        if !raised.matches(&runtime::objects::exceptions::TypeError) {
            return raised;
        }
        raised.clear();
        raise!(TypeError, "argument of type '{}' is not iterable", type_name(object))
    })
}

exported! {
    fn PyObject_Repr(object: Option<&Object>) -> Result<Ref<Str>> {
        object.map_or_else(|| Ok(Str::new("<NULL>")), Object::repr)
    }

    fn PyObject_Str(object: Option<&Object>) -> Result<Ref<Str>> {
        object.map_or_else(|| Ok(Str::new("<NULL>")), Object::str_)
    }

    fn PyObject_ASCII(object: Option<&Object>) -> Result<Ref<Str>> {
        object.map_or_else(|| Ok(Str::new("<NULL>")), Object::ascii)
    }

    fn PyObject_Bytes(object: Option<&Object>) -> Result {
        let Some(object) = object else { return Ok(Bytes::new(b"<NULL>").into_object()) };
        if object.is::<Bytes>() {
            return Ok(object.to_ref());
        }
        if let Some(made) = object.call_special(intern!("__bytes__"), &[])? {
            if made.downcast::<Bytes>().is_none() {
                return Err(raise!(TypeError, "__bytes__ returned non-bytes (type {})", type_name(&made)));
            }
            return Ok(made);
        }
        crate::bytesobject::from_object(object)
    }

    fn PyObject_Format(object: &Object, spec: Option<&Object>) -> Result<Ref<Str>> {
        match spec {
            Some(spec) => object.format(spec),
            None => object.format(&Str::new("")),
        }
    }

    fn PyObject_Hash(object: &Object) -> Result<isize> {
        object.hash()
    }

    fn PyObject_HashNotImplemented(object: &Object) -> Result<isize> {
        Err(raise!(TypeError, "unhashable type: '{}'", type_name(object)))
    }

    fn PyObject_IsTrue(object: &Object) -> Result<bool> {
        object.is_true()
    }

    fn PyObject_Not(object: &Object) -> Result<bool> {
        Ok(!object.is_true()?)
    }

    fn PyObject_RichCompare(left: Option<&Object>, right: Option<&Object>, op: c_int) -> Result {
        let (Some(left), Some(right)) = (left, right) else { return Err(crate::support::bad_internal_call()) };
        left.rich_compare(right, CompareOp::from_raw(op))
    }

    fn PyObject_RichCompareBool(left: &Object, right: &Object, op: c_int) -> Result<bool> {
        left.rich_compare_bool(right, CompareOp::from_raw(op))
    }

    fn PyObject_Type(object: Option<&Object>) -> Result {
        Ok(not_null(object)?.ty().to_ref())
    }

    fn PyObject_IsInstance(object: &Object, class: &Object) -> Result<bool> {
        object.is_instance(class)
    }

    fn PyObject_IsSubclass(object: &Object, class: &Object) -> Result<bool> {
        object.is_subclass(class)
    }

    fn PyObject_GetAttr(object: Option<&Object>, name: Option<&Object>) -> Result {
        not_null(object)?.get_attr_by(not_null(name)?)
    }

    fn PyObject_GetAttrString(object: Option<&Object>, attribute: *const c_char) -> Result {
        not_null(object)?.get_attr(&Str::intern(try_name(attribute)?))
    }

    fn PyObject_GetOptionalAttr(object: &Object, name: &Object, result: *mut Raw) -> Result<bool> {
        optional(attribute_name(name).and_then(|name| object.get_attr_opt(name)), result)
    }

    fn PyObject_GetOptionalAttrString(object: &Object, attribute: *const c_char, result: *mut Raw) -> Result<bool> {
        optional(try_name(attribute).and_then(|name| object.get_attr_opt(&Str::intern(name))), result)
    }

    fn PyObject_HasAttr(object: &Object, name: &Object) -> bool {
        attribute_name(name).and_then(|name| object.has_attr(name)).unwrap_or_else(unraisable)
    }

    fn PyObject_HasAttrString(object: &Object, attribute: *const c_char) -> bool {
        try_name(attribute).and_then(|name| object.has_attr(&name)).unwrap_or_else(unraisable)
    }

    fn PyObject_HasAttrWithError(object: &Object, name: &Object) -> Result<bool> {
        object.has_attr(attribute_name(name)?)
    }

    fn PyObject_HasAttrStringWithError(object: &Object, attribute: *const c_char) -> Result<bool> {
        object.has_attr(&*try_name(attribute)?)
    }

    fn PyObject_SetAttr(object: &Object, name: &Object, value: Option<&Object>) -> Result<()> {
        let name = attribute_name(name)?;
        object.assign_attr(&Str::intern(Ref::from_borrowed(name)), value)
    }

    fn PyObject_SetAttrString(object: &Object, attribute: *const c_char, value: Option<&Object>) -> Result<()> {
        object.assign_attr(&Str::intern(try_name(attribute)?), value)
    }

    fn PyObject_DelAttr(object: &Object, name: &Object) -> Result<()> {
        object.del_attr(attribute_name(name)?)
    }

    fn PyObject_DelAttrString(object: &Object, attribute: *const c_char) -> Result<()> {
        object.del_attr(&*try_name(attribute)?)
    }

    fn PyObject_GenericGetAttr(object: &Object, name: &Object) -> Result {
        generic_get_attr(object, attribute_name(name)?)
    }

    fn PyObject_GenericSetAttr(object: &Object, name: &Object, value: Option<&Object>) -> Result<()> {
        generic_set_attr(object, attribute_name(name)?, value)
    }

    fn PyObject_SelfIter(object: &Object) -> Ref {
        object.to_ref()
    }

    fn PyObject_GetItem(object: Option<&Object>, key: Option<&Object>) -> Result {
        not_null(object)?.get_item(not_null(key)?)
    }

    fn PyObject_SetItem(object: Option<&Object>, key: Option<&Object>, value: Option<&Object>) -> Result<()> {
        not_null(object)?.set_item(not_null(key)?, not_null(value)?)
    }

    fn PyObject_DelItem(object: Option<&Object>, key: Option<&Object>) -> Result<()> {
        not_null(object)?.del_item(not_null(key)?)
    }

    fn PyObject_DelItemString(object: Option<&Object>, key: *const c_char) -> Result<()> {
        not_null(object)?.del_item(&*try_name(key)?)
    }

    fn PyObject_Size(object: Option<&Object>) -> Result<isize> {
        Ok(not_null(object)?.length()? as isize)
    }

    fn PyObject_Length(object: Option<&Object>) -> Result<isize> {
        Ok(not_null(object)?.length()? as isize)
    }

    fn PyObject_LengthHint(object: &Object, default: isize) -> Result<isize> {
        Ok(object.length_hint(default as usize)? as isize)
    }

    fn PyObject_GetIter(object: &Object) -> Result {
        object.iter()
    }

    fn PyIter_Check(object: &Object) -> bool {
        object.is_iterator()
    }

    fn PyAIter_Check(object: &Object) -> bool {
        let methods = object.ty().raw.tp_as_async.get();
        !methods.is_null() && (*methods).am_anext.get().is_some()
    }

    fn PyObject_GetAIter(object: &Object) -> Result {
        let methods = object.ty().raw.tp_as_async.get();
        let get = methods.as_ref().and_then(|methods| methods.am_aiter.get());
        let Some(get) = get else {
            return Err(raise!(TypeError, "'{}' object is not an async iterable", type_name(object)));
        };
        runtime::protocol::result_from_raw(get(object.as_ptr()))
    }

    fn PyIter_Next(iterator: &Object) -> Result<Option<Ref>> {
        iterator.iter_next()
    }

    fn PyIter_NextItem(iterator: &Object, item: *mut Raw) -> Result<bool> {
        if iterator.ty().raw.tp_iternext.get().is_none() {
            *item = null_mut();
            return Err(raise!(TypeError, "expected an iterator, got '{}'", type_name(iterator)));
        }
        optional(iterator.iter_next(), item)
    }

    fn PyObject_Dir(object: Option<&Object>) -> Result {
        let builtins = Interpreter::current().builtins.get();
        let dir = match &builtins {
            Some(builtins) => builtins.get_str(intern!("dir"))?,
            None => None,
        };
        let Some(dir) = dir else { return Err(crate::support::bad_internal_call()) };
        match object {
            Some(object) => dir.call(&[object]),
            None => dir.call(&[]),
        }
    }

    fn PyObject_Print(object: Option<&Object>, file: *mut libc::FILE, flags: c_int) -> Result<()> {
        let text = match object {
            None => "<nil>".to_owned(),
            Some(object) if flags & abi::Py_PRINT_RAW != 0 => object.str_()?.to_string(),
            Some(object) => object.repr()?.to_string(),
        };
        libc::fwrite(text.as_ptr().cast(), 1, text.len(), file);
        Ok(())
    }

    fn PyCallable_Check(object: Option<&Object>) -> bool {
        object.is_some_and(Object::is_callable)
    }

    fn PyObject_AsFileDescriptor(object: &Object) -> Result<c_int> {
        let number = if object.downcast::<Int>().is_some() {
            object.to_ref()
        } else {
            let Some(method) = object.get_attr_opt(intern!("fileno"))? else {
                return Err(raise!(TypeError, "argument must be an int, or have a fileno() method."));
            };
            let number = method.call(&[])?;
            if number.downcast::<Int>().is_none() {
                return Err(raise!(TypeError, "fileno() returned a non-integer"));
            }
            number
        };
        let descriptor = crate::longobject::to_int(&number)?;
        if descriptor < 0 {
            return Err(raise!(ValueError, "file descriptor cannot be a negative integer ({descriptor})"));
        }
        Ok(descriptor)
    }

    fn Py_Is(left: Raw, right: Raw) -> bool {
        left == right
    }

    fn Py_IsNone(object: &Object) -> bool {
        object.is_none()
    }

    fn Py_IsTrue(object: &Object) -> bool {
        object.is_same(&py_true())
    }

    fn Py_IsFalse(object: &Object) -> bool {
        object.is_same(&py_false())
    }

    fn Py_GetConstant(number: u32) -> Result {
        constant(number)
    }

    fn Py_GetConstantBorrowed(number: u32) -> Result<Raw> {
        // Constants are immortal.
        Ok(constant(number)?.as_ptr())
    }

    fn PyObject_GetTypeData(object: &Object, class: &Type) -> *mut c_void {
        let base = class.raw.tp_base.get();
        let offset = if base.is_null() { 0 } else { ((*base).tp_basicsize.get() + 15) & !15 };
        object.as_ptr().byte_offset(offset).cast()
    }

    fn PyObject_GetItemData(object: &Object) -> Result<*mut c_void> {
        let class = object.ty();
        if !class.has_flag(abi::Py_TPFLAGS_ITEMS_AT_END) {
            return Err(raise!(TypeError, "type '{}' does not have Py_TPFLAGS_ITEMS_AT_END", type_name(object)));
        }
        Ok(object.as_ptr().byte_offset(class.raw.tp_basicsize.get()).cast())
    }

    fn PySequence_Check(object: Option<&Object>) -> bool {
        object.is_some_and(Object::is_sequence)
    }

    fn PySequence_Size(object: Option<&Object>) -> Result<isize> {
        let object = not_null(object)?;
        match object.ty().sq_length() {
            Some(length) => {
                let length = length(object.as_ptr());
                if length < 0 { Err(Raised::assume_set()) } else { Ok(length) }
            }
            None if object.ty().mp_length().is_some() => {
                Err(raise!(TypeError, "{} is not a sequence", type_name(object)))
            }
            None => Err(raise!(TypeError, "object of type '{}' has no len()", type_name(object))),
        }
    }

    fn PySequence_Length(object: Option<&Object>) -> Result<isize> {
        Ok(not_null(object)?.length()? as isize)
    }

    fn PySequence_GetItem(object: Option<&Object>, index: isize) -> Result {
        not_null(object)?.get_index(index)
    }

    fn PySequence_SetItem(object: Option<&Object>, index: isize, value: Option<&Object>) -> Result<()> {
        not_null(object)?.assign_index(index, value)
    }

    fn PySequence_DelItem(object: Option<&Object>, index: isize) -> Result<()> {
        not_null(object)?.assign_index(index, None)
    }

    fn PySequence_GetSlice(object: Option<&Object>, start: isize, stop: isize) -> Result {
        let object = not_null(object)?;
        if object.ty().mp_subscript().is_none() {
            return Err(raise!(TypeError, "'{}' object is unsliceable", type_name(object)));
        }
        object.get_item(&*crate::sliceobject::from_indices(start, stop)?)
    }

    fn PySequence_SetSlice(object: Option<&Object>, start: isize, stop: isize, value: Option<&Object>) -> Result<()> {
        not_null(object)?.assign_item(&*crate::sliceobject::from_indices(start, stop)?, value)
    }

    fn PySequence_DelSlice(object: Option<&Object>, start: isize, stop: isize) -> Result<()> {
        not_null(object)?.del_item(&*crate::sliceobject::from_indices(start, stop)?)
    }

    fn PySequence_Contains(object: Option<&Object>, item: Option<&Object>) -> Result<bool> {
        not_null(object)?.contains(not_null(item)?)
    }

    fn PySequence_In(object: Option<&Object>, item: Option<&Object>) -> Result<bool> {
        not_null(object)?.contains(not_null(item)?)
    }

    fn PySequence_Concat(left: Option<&Object>, right: Option<&Object>) -> Result {
        number::concat(not_null(left)?, not_null(right)?)
    }

    fn PySequence_InPlaceConcat(left: Option<&Object>, right: Option<&Object>) -> Result {
        number::inplace_concat(not_null(left)?, not_null(right)?)
    }

    fn PySequence_Repeat(object: Option<&Object>, count: isize) -> Result {
        repeat(not_null(object)?, count, false)
    }

    fn PySequence_InPlaceRepeat(object: Option<&Object>, count: isize) -> Result {
        repeat(not_null(object)?, count, true)
    }

    fn PySequence_List(object: Option<&Object>) -> Result<Ref<List>> {
        Ok(List::from_vec(not_null(object)?.collect()?))
    }

    fn PySequence_Tuple(object: Option<&Object>) -> Result {
        let object = not_null(object)?;
        if object.is::<Tuple>() {
            return Ok(object.to_ref());
        }
        Ok(Tuple::from_vec(object.collect()?).into_object())
    }

    fn PySequence_Fast(object: Option<&Object>, message: *const c_char) -> Result {
        let object = not_null(object)?;
        if object.is::<List>() || object.is::<Tuple>() {
            return Ok(object.to_ref());
        }
        Ok(List::from_vec(object.collect_or(&text(message))?).into_object())
    }

    fn PySequence_Count(object: &Object, item: &Object) -> Result<isize> {
        let mut count = 0;
        searched(object)?.for_each(|candidate| {
            count += candidate.rich_compare_bool(item, CompareOp::Eq)? as isize;
            Ok(())
        })?;
        Ok(count)
    }

    fn PySequence_Index(object: &Object, item: &Object) -> Result<isize> {
        let iterator = searched(object)?;
        let mut index = 0;
        while let Some(candidate) = iterator.iter_next()? {
            if candidate.rich_compare_bool(item, CompareOp::Eq)? {
                return Ok(index);
            }
            index += 1;
        }
        Err(raise!(ValueError, "sequence.index(x): x not in sequence"))
    }

    fn PyMapping_Check(object: Option<&Object>) -> bool {
        object.is_some_and(|object| object.ty().mp_subscript().is_some())
    }

    fn PyMapping_Size(object: Option<&Object>) -> Result<isize> {
        let object = not_null(object)?;
        match object.ty().mp_length() {
            Some(length) => {
                let length = length(object.as_ptr());
                if length < 0 { Err(Raised::assume_set()) } else { Ok(length) }
            }
            None if object.ty().sq_length().is_some() => {
                Err(raise!(TypeError, "{} is not a mapping", type_name(object)))
            }
            None => Err(raise!(TypeError, "object of type '{}' has no len()", type_name(object))),
        }
    }

    fn PyMapping_Length(object: Option<&Object>) -> Result<isize> {
        Ok(not_null(object)?.length()? as isize)
    }

    fn PyMapping_GetItemString(object: Option<&Object>, key: *const c_char) -> Result {
        let object = not_null(object)?;
        if key.is_null() {
            return Err(crate::support::null_error());
        }
        object.get_item(&*try_name(key)?)
    }

    fn PyMapping_SetItemString(object: Option<&Object>, key: *const c_char, value: Option<&Object>) -> Result<()> {
        let (object, value) = (not_null(object)?, not_null(value)?);
        if key.is_null() {
            return Err(crate::support::null_error());
        }
        object.set_item(&*try_name(key)?, value)
    }

    fn PyMapping_GetOptionalItem(object: Option<&Object>, key: Option<&Object>, result: *mut Raw) -> Result<bool> {
        optional(not_null(object).and_then(|object| get_item_opt(object, not_null(key)?)), result)
    }

    fn PyMapping_GetOptionalItemString(object: Option<&Object>, key: *const c_char, result: *mut Raw) -> Result<bool> {
        optional(try_name(key).and_then(|key| get_item_opt(not_null(object)?, &key)), result)
    }

    fn PyMapping_HasKeyWithError(object: Option<&Object>, key: Option<&Object>) -> Result<bool> {
        Ok(get_item_opt(not_null(object)?, not_null(key)?)?.is_some())
    }

    fn PyMapping_HasKeyStringWithError(object: Option<&Object>, key: *const c_char) -> Result<bool> {
        Ok(get_item_opt(not_null(object)?, &*try_name(key)?)?.is_some())
    }

    fn PyMapping_HasKey(object: Option<&Object>, key: Option<&Object>) -> bool {
        not_null(object).and_then(|object| get_item_opt(object, not_null(key)?)).map(|item| item.is_some()).unwrap_or_else(unraisable)
    }

    fn PyMapping_HasKeyString(object: Option<&Object>, key: *const c_char) -> bool {
        try_name(key).and_then(|key| get_item_opt(not_null(object)?, &key)).map(|item| item.is_some()).unwrap_or_else(unraisable)
    }

    fn PyMapping_Keys(object: Option<&Object>) -> Result {
        mapping_list(not_null(object)?, intern!("keys"))
    }

    fn PyMapping_Values(object: Option<&Object>) -> Result {
        mapping_list(not_null(object)?, intern!("values"))
    }

    fn PyMapping_Items(object: Option<&Object>) -> Result {
        mapping_list(not_null(object)?, intern!("items"))
    }
}

/// Stores what was found, or null: 1 or 0.
///
/// # Safety
/// `place` may be written.
pub unsafe fn optional(found: Result<Option<Ref>>, place: *mut Raw) -> Result<bool> {
    // SAFETY: by contract.
    unsafe {
        *place = null_mut();
        let found = found?;
        let is_some = found.is_some();
        *place = found.map_or(null_mut(), Ref::into_raw);
        Ok(is_some)
    }
}

/// For functions that can't fail: reports the exception and says no.
fn unraisable(raised: Raised) -> bool {
    let _ = raised;
    // SAFETY: no arguments.
    unsafe { crate::pyerrors::report_unraisable(null_mut(), null_mut()) };
    false
}

fn constant(number: u32) -> Result {
    Ok(match number {
        abi::Py_CONSTANT_NONE => none(),
        abi::Py_CONSTANT_FALSE => py_false(),
        abi::Py_CONSTANT_TRUE => py_true(),
        abi::Py_CONSTANT_ELLIPSIS => ellipsis(),
        abi::Py_CONSTANT_NOT_IMPLEMENTED => not_implemented(),
        abi::Py_CONSTANT_ZERO => Int::new(0).into_object(),
        abi::Py_CONSTANT_ONE => Int::new(1).into_object(),
        abi::Py_CONSTANT_EMPTY_STR => Str::new("").into_object(),
        abi::Py_CONSTANT_EMPTY_BYTES => Bytes::new(b"").into_object(),
        abi::Py_CONSTANT_EMPTY_TUPLE => Tuple::empty().into_object(),
        _ => return Err(crate::support::bad_internal_call()),
    })
}

/// The list of what a mapping's method gives.
fn mapping_list(object: &Object, method: &Str) -> Result {
    let made = object.call_method(method, &[])?;
    if made.is::<List>() {
        return Ok(made);
    }
    let message =
        format!("{}.{method}() returned a non-iterable (type {})", type_name(object), type_name(&made));
    Ok(List::from_vec(made.collect_or(&message)?).into_object())
}

exported! {
    /// A call with arguments as a tuple and a dict.
    fn PyCFunction_Call(callable: &Object, args: &Object, kwargs: Option<&Object>) -> Result {
        runtime::protocol::result_from_raw(PyObject_Call(callable, args, kwargs))
    }

    fn PyObject_GenericHash(object: &Object) -> isize {
        crate::sys::hash_pointer(object.as_ptr().cast())
    }

    fn PyObject_Call(callable: &Object, args: &Object, kwargs: Option<&Object>) -> Result {
        let kwargs = match kwargs {
            Some(kwargs) => Some(expect::<Dict>(kwargs)?),
            None => None,
        };
        callable.call_dict(expect::<Tuple>(args)?, kwargs)
    }

    fn PyObject_CallObject(callable: &Object, args: Option<&Object>) -> Result {
        let Some(args) = args else { return callable.call(&[]) };
        let Some(args) = args.downcast::<Tuple>() else {
            return Err(raise!(TypeError, "argument list must be a tuple"));
        };
        callable.call_dict(args, None)
    }

    fn PyObject_CallNoArgs(callable: &Object) -> Result {
        callable.call(&[])
    }

    fn PyObject_CallOneArg(callable: &Object, argument: &Object) -> Result {
        callable.call(&[argument])
    }

    fn PyObject_CallMethodNoArgs(object: &Object, name: &Object) -> Result {
        object.call_method(attribute_name(name)?, &[])
    }

    fn PyObject_CallMethodOneArg(object: &Object, name: &Object, argument: &Object) -> Result {
        object.call_method(attribute_name(name)?, &[argument])
    }

    fn PyObject_Vectorcall(callable: &Object, arguments: *const Raw, count: usize, names: Raw) -> Result {
        runtime::protocol::call::vectorcall_raw(callable, arguments, count, names)
    }

    fn PyObject_VectorcallDict(callable: &Object, arguments: *const Raw, count: usize, kwargs: Option<&Object>) -> Result {
        let count = runtime::protocol::call::positional_count(count);
        let kwargs = match kwargs {
            Some(kwargs) => Some(expect::<Dict>(kwargs)?),
            None => None,
        };
        let positional = crate::support::objects(arguments, count);
        match kwargs.filter(|kwargs| !kwargs.is_empty()) {
            None => callable.call(positional),
            Some(kwargs) => {
                let args = Tuple::from_vec(positional.iter().map(|argument| argument.to_ref()).collect());
                callable.call_dict(&args, Some(kwargs))
            }
        }
    }

    fn PyObject_VectorcallMethod(name: &Object, arguments: *const Raw, count: usize, names: Option<&Object>) -> Result {
        let positional = runtime::protocol::call::positional_count(count);
        let receiver = Object::from_raw(*arguments);
        let names_count = names.and_then(Object::downcast::<Tuple>).map_or(0, Tuple::len);
        let method = receiver.get_method(attribute_name(name)?)?;
        let rest = crate::support::objects(arguments.add(1), positional - 1 + names_count);
        let names = names.and_then(Object::downcast::<Tuple>);
        match method {
            runtime::protocol::attribute::Method::Unbound(function) => {
                let mut all = Vec::with_capacity(rest.len() + 1);
                all.push(receiver);
                all.extend_from_slice(rest);
                function.call_kw(&all, names)
            }
            runtime::protocol::attribute::Method::Bound(function) => function.call_kw(rest, names),
        }
    }

    fn PyVectorcall_Call(callable: &Object, args: &Object, kwargs: Option<&Object>) -> Result {
        let kwargs = match kwargs {
            Some(kwargs) => Some(expect::<Dict>(kwargs)?),
            None => None,
        };
        callable.call_dict(expect::<Tuple>(args)?, kwargs)
    }

    fn PyVectorcall_NARGS(count: usize) -> usize {
        runtime::protocol::call::positional_count(count)
    }

    fn PyEval_CallObjectWithKeywords(callable: &Object, args: Option<&Object>, kwargs: Option<&Object>) -> Result {
        let empty = Tuple::empty();
        let args = match args {
            Some(args) => expect::<Tuple>(args)?,
            None => &*empty,
        };
        let kwargs = match kwargs {
            Some(kwargs) => Some(expect::<Dict>(kwargs)?),
            None => None,
        };
        callable.call_dict(args, kwargs)
    }
}

/// `PyVectorcall_Function`: what the object is called through, if it has it.
///
/// # Safety
/// The object is alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyVectorcall_Function(callable: &Object) -> abi::vectorcallfunc {
    runtime::protocol::call::vectorcall_function(callable)
}
