//! Small topics: weak references, context variables, files, sequence iterators.

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

use abi::PyCompilerFlags;
use runtime::prelude::*;

use crate::containers::borrowed;
use crate::support::{Raw, bad_internal_call, exported, name};
use crate::types::{builtin, named};

exported! {
    fn PyWeakref_NewRef(object: &Object, callback: Option<&Object>) -> Result {
        Ok(runtime::weakref::new_reference(object, callback)?.into_object())
    }

    fn PyWeakref_NewProxy(object: &Object, callback: Option<&Object>) -> Result {
        runtime::weakref::new_proxy(object, callback)
    }

    fn PyObject_ClearWeakRefs(object: &Object) {
        runtime::weakref::clear_all(object);
    }

    fn PyUnstable_Object_ClearWeakRefsNoCallbacks(object: &Object) {
        runtime::weakref::clear_all_silently(object);
    }

    fn PyWeakref_GetRef(reference: Option<&Object>, result: *mut Raw) -> Result<bool> {
        *result = null_mut();
        let reference = reference.ok_or_else(bad_internal_call)?;
        let target = target(reference)?;
        let alive = target.is_some();
        *result = target.map_or(null_mut(), Ref::into_raw);
        Ok(alive)
    }

    fn PyWeakref_GetObject(reference: Option<&Object>) -> Result<Raw> {
        let target = target(reference.ok_or_else(bad_internal_call)?)?;
        Ok(borrowed(target.unwrap_or_else(none)))
    }

    fn PyWeakref_IsDead(reference: Option<&Object>) -> Result<bool> {
        Ok(target(reference.ok_or_else(crate::support::bad_internal_call)?)?.is_none())
    }

    fn PyContext_New() -> Result {
        named("_contextvars", "Context")?.call(&[])
    }

    fn PyContext_Copy(context: &Object) -> Result {
        context.call_method(intern!("copy"), &[])
    }

    fn PyContext_CopyCurrent() -> Result {
        named("_contextvars", "copy_context")?.call(&[])
    }

    fn PyContextVar_New(variable: *const c_char, default: Option<&Object>) -> Result {
        let class = named("_contextvars", "ContextVar")?;
        let variable = name(variable);
        match default {
            None => class.call(&[&*variable]),
            Some(default) => {
                let names = Tuple::pack([Str::new("default").into_object()]);
                class.call_kw(&[&*variable, default], Some(&names))
            }
        }
    }

    fn PyContextVar_Get(variable: &Object, default: Option<&Object>, result: *mut Raw) -> Result<()> {
        *result = null_mut();
        let value = match default {
            Some(default) => Some(variable.call_method(intern!("get"), &[default])?),
            None => match variable.call_method(intern!("get"), &[]) {
                Ok(value) => Some(value),
                Err(raised) if raised.matches(&runtime::objects::exceptions::LookupError) => {
                    raised.clear();
                    None
                }
                Err(raised) => return Err(raised),
            },
        };
        *result = value.map_or(null_mut(), Ref::into_raw);
        Ok(())
    }

    fn PyContextVar_Set(variable: &Object, value: &Object) -> Result {
        variable.call_method(intern!("set"), &[value])
    }

    fn PyContextVar_Reset(variable: &Object, token: &Object) -> Result<()> {
        variable.call_method(intern!("reset"), &[token])?;
        Ok(())
    }

    fn PyFile_WriteObject(object: Option<&Object>, file: Option<&Object>, flags: c_int) -> Result<()> {
        let Some(file) = file else { return Err(raise!(TypeError, "writeobject with NULL file")) };
        let text = match object {
            None => Str::new("<NULL>"),
            Some(object) if flags & abi::Py_PRINT_RAW != 0 => object.str_()?,
            Some(object) => object.repr()?,
        };
        file.call_method(intern!("write"), &[&*text])?;
        Ok(())
    }

    fn PyFile_WriteString(text: *const c_char, file: Option<&Object>) -> Result<()> {
        let Some(file) = file else { return Err(raise!(SystemError, "null file for PyFile_WriteString")) };
        if crate::support::occurred() {
            return Err(Raised::assume_set());
        }
        file.call_method(intern!("write"), &[&*name(text)])?;
        Ok(())
    }

    fn PyFile_GetLine(file: &Object, size: c_int) -> Result {
        match size {
            0 => file.call_method(intern!("readline"), &[]),
            size => file.call_method(intern!("readline"), &[&*Int::new(size as i64)]),
        }
    }

    fn PyFile_FromFd(
        descriptor: c_int, _name: *const c_char, mode: *const c_char, buffering: c_int, encoding: *const c_char,
        errors: *const c_char, newline: *const c_char, close: c_int
    ) -> Result {
        let or_none = |text: *const c_char| if text.is_null() { none() } else { name(text).into_object() };
        named("_io", "open")?.call(&[
            &*Int::new(descriptor as i64),
            &*name(mode),
            &*Int::new(buffering as i64),
            &*or_none(encoding),
            &*or_none(errors),
            &*or_none(newline),
            &*py_bool(close != 0),
        ])
    }

    fn PySeqIter_New(sequence: &Object) -> Result<Ref<runtime::objects::sequence_iterator::SequenceIterator>> {
        if !sequence.is_sequence() {
            return Err(crate::support::bad_internal_call());
        }
        Ok(runtime::objects::sequence_iterator::SequenceIterator::new(sequence))
    }

    fn PyCallIter_New(callable: &Object, sentinel: &Object) -> Result {
        builtin("iter")?.call(&[callable, sentinel])
    }

    fn PyEval_GetBuiltins() -> Raw {
        Interpreter::current().builtins.get().map_or(null_mut(), |builtins| borrowed(builtins.into_object()))
    }

    fn PyEval_MergeCompilerFlags(flags: *mut PyCompilerFlags) -> bool {
        !flags.is_null() && (*flags).cf_flags != 0
    }

    fn PyEval_GetFuncName(callable: &Object) -> *const c_char {
        let found = callable.get_attr(intern!("__name__")).map(|name| {
            let text = name.downcast::<Str>().map_or(Ok((callable.ty().raw.tp_name.get(), 0)), crate::unicodeobject::utf8);
            text.map_or(c"".as_ptr(), |(start, _)| start)
        });
        found.unwrap_or_else(|raised| {
            raised.clear();
            callable.ty().raw.tp_name.get()
        })
    }

    fn PyEval_GetFuncDesc(callable: &Object) -> *const c_char {
        match callable.ty().name() {
            "function" | "method" | "builtin_function_or_method" => c"()".as_ptr(),
            _ => c" object".as_ptr(),
        }
    }

    fn Py_ReprEnter(object: &Object) -> Result<bool> {
        let entered = repr_stack()?;
        for other in entered.to_vec() {
            if other.is_same(object) {
                return Ok(true);
            }
        }
        entered.push(object.to_ref())?;
        Ok(false)
    }

    fn Py_ReprLeave(object: &Object) {
        let before = Thread::current().take_exception();
        if let Ok(entered) = repr_stack() {
            let position = entered.to_vec().iter().rposition(|other| other.is_same(object));
            if let Some(position) = position
                && let Err(raised) = entered.del_item(&Int::from_usize(position))
            {
                raised.clear();
            }
        }
        Thread::current().set_exception(before);
    }

    fn PyObject_GetArenaAllocator(allocator: *mut abi::PyObjectArenaAllocator) {
        *allocator = abi::PyObjectArenaAllocator { ctx: null_mut(), alloc: Some(runtime::eval::frame::allocate_chunk), free: Some(runtime::eval::frame::free_chunk) };
    }

    fn PyUnstable_Eval_RequestCodeExtraIndex(_free: *mut c_void) -> isize {
        -1
    }

    fn PyUnstable_Code_GetExtra(_code: &Object, _index: isize, extra: *mut *mut c_void) -> c_int {
        *extra = null_mut();
        0
    }

    fn PyUnstable_Code_SetExtra(_code: &Object, _index: isize, _extra: *mut c_void) -> Result<()> {
        Err(bad_internal_call())
    }
}

/// What a weak reference or proxy refers to.
fn target(reference: &Object) -> Result<Option<Ref>> {
    match runtime::weakref::as_reference(reference) {
        Some(reference) => Ok(reference.target()),
        None => Err(raise!(TypeError, "expected a weakref")),
    }
}

/// The objects whose repr is being made in this thread.
fn repr_stack() -> Result<Ref<List>> {
    // SAFETY: no arguments; the thread keeps the dict.
    let dict = unsafe { Object::from_raw_opt(crate::pystate::PyThreadState_GetDict()) };
    let dict = dict.and_then(Object::downcast::<Dict>).ok_or_else(bad_internal_call)?;
    if let Some(list) = dict.get_str(intern!("Py_Repr"))?.and_then(|list| list.cast::<List>().ok()) {
        return Ok(list);
    }
    let list = List::new();
    dict.insert_str(intern!("Py_Repr"), &list)?;
    Ok(list)
}
