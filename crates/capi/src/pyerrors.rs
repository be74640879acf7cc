//! Exceptions and warnings. <https://docs.python.org/3.14/c-api/exceptions.html>

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use runtime::errors;
use runtime::objects::exceptions::{self, BaseException};
use runtime::prelude::*;

use crate::support::{Raw, bad_internal_call, expect, exported, name, text};

/// The class, if the object is a class of exceptions.
pub fn exception_class(object: &Object) -> Option<&Type> {
    object.downcast::<Type>().filter(|class| class.has_flag(abi::Py_TPFLAGS_BASE_EXC_SUBCLASS))
}

/// Raises `class(value)` as C's functions do.
pub fn set(class: &Object, value: Option<&Object>) -> Raised {
    match exception_class(class) {
        None => {
            let shown = class.repr().map(|text| text.to_string()).unwrap_or_default();
            raise!(SystemError, "_PyErr_SetObject: exception {shown} is not a BaseException subclass")
        }
        // An exception that is set already is replaced, and must not be in the way of making this one.
        Some(class) => {
            restore(None);
            match exceptions::instantiate(class, value) {
                Ok(exception) => errors::raise(exception),
                Err(raised) => raised,
            }
        }
    }
}

/// Sets or clears the current exception.
fn restore(exception: Option<Ref<BaseException>>) {
    Thread::current().set_exception(exception);
}

/// The raw fields of an exception.
fn raw(exception: &BaseException) -> &abi::PyBaseExceptionObject {
    // SAFETY: every exception begins so.
    unsafe { &*exception.as_ptr().cast() }
}

/// Replaces a field of an exception with an owned reference.
fn replace(field: &std::cell::Cell<Raw>, value: Option<Ref>) {
    let old = field.replace(value.map_or(null_mut(), Ref::into_raw));
    // SAFETY: the field owned it.
    drop(unsafe { Ref::<Object>::from_owned_opt(old) });
}

/// A new reference to what a field holds.
fn field(field: &std::cell::Cell<Raw>) -> Option<Ref> {
    // SAFETY: the field owns what it points to.
    unsafe { Object::from_raw_opt(field.get()) }.map(Object::to_ref)
}

exported! {
    fn PyErr_SetString(class: &Object, message: *const c_char) {
        let _ = set(class, Some(&*name(message)));
    }

    fn PyErr_SetObject(class: &Object, value: Option<&Object>) {
        let _ = set(class, value);
    }

    fn PyErr_SetNone(class: &Object) {
        let _ = set(class, None);
    }

    fn _PyErr_SetKeyError(key: &Object) {
        let _ = set(&exceptions::KeyError, Some(&*Tuple::pack([key.to_ref()])));
    }

    fn PyErr_Occurred() -> Raw {
        Thread::current().exception_type().map_or(null_mut(), |class| class.as_ptr())
    }

    fn PyErr_Clear() {
        restore(None);
    }

    fn PyErr_BadArgument() -> Result<()> {
        Err(raise!(TypeError, "bad argument type for built-in operation"))
    }

    fn PyErr_NoMemory() -> Result {
        Err(errors::no_memory())
    }

    fn PyErr_BadInternalCall() {
        let _ = bad_internal_call();
    }

    fn _PyErr_BadInternalCall(file: *const c_char, line: c_int) {
        let _ = raise!(SystemError, "{}:{line}: bad argument to internal function", text(file));
    }

    fn PyErr_GetRaisedException() -> Option<Ref<BaseException>> {
        Thread::current().take_exception()
    }

    /// Takes the reference over.
    fn PyErr_SetRaisedException(exception: Raw) {
        restore(Ref::from_owned_opt(exception));
    }

    fn PyErr_Fetch(class: *mut Raw, value: *mut Raw, traceback: *mut Raw) {
        (*class, *value, *traceback) = (null_mut(), null_mut(), null_mut());
        if let Some(exception) = Thread::current().take_exception() {
            *class = exception.ty().to_ref().into_raw();
            *traceback = field(&raw(&exception).traceback).map_or(null_mut(), Ref::into_raw);
            *value = exception.into_raw();
        }
    }

    /// Takes the references over.
    fn PyErr_Restore(class: Raw, value: Raw, traceback: Raw) {
        let class = Ref::<Object>::from_owned_opt(class);
        let value = Ref::<Object>::from_owned_opt(value);
        let traceback = Ref::<Object>::from_owned_opt(traceback);
        let Some(class) = class else { return restore(None) };
        match instance(&class, value.as_deref()) {
            Ok(exception) => {
                if let Some(traceback) = traceback.filter(|traceback| !traceback.is_none()) {
                    replace(&raw(&exception).traceback, Some(traceback));
                }
                restore(Some(exception));
            }
            Err(raised) => drop(raised),
        }
    }

    fn PyErr_NormalizeException(class: *mut Raw, value: *mut Raw, traceback: *mut Raw) {
        let Some(old) = Ref::<Object>::from_owned_opt(*class) else { return };
        let old_value = Ref::<Object>::from_owned_opt(*value);
        let exception = instance(&old, old_value.as_deref()).unwrap_or_else(Raised::take);
        *class = exception.ty().to_ref().into_raw();
        if (*traceback).is_null() {
            *traceback = field(&raw(&exception).traceback).map_or(null_mut(), Ref::into_raw);
        }
        *value = exception.into_raw();
    }

    fn PyErr_GivenExceptionMatches(given: Option<&Object>, wanted: Option<&Object>) -> bool {
        match (given, wanted) {
            (Some(given), Some(wanted)) => matches(given, wanted),
            _ => false,
        }
    }

    fn PyErr_ExceptionMatches(wanted: Option<&Object>) -> bool {
        match (Thread::current().exception_type(), wanted) {
            (Some(class), Some(wanted)) => matches(class, wanted),
            _ => false,
        }
    }

    fn PyErr_GetHandledException() -> Option<Ref> {
        crate::eval::handled_exception()
    }

    fn PyErr_SetHandledException(exception: Option<&Object>) {
        crate::eval::set_handled_exception(exception);
    }

    fn PyErr_GetExcInfo(class: *mut Raw, value: *mut Raw, traceback: *mut Raw) {
        let nothing = || none().into_raw();
        (*class, *value, *traceback) = (nothing(), nothing(), nothing());
        if let Some(exception) = crate::eval::handled_exception() {
            *class = exception.ty().to_ref().into_raw();
            let exception = exception.downcast_unchecked::<BaseException>().to_ref();
            *traceback = field(&raw(exception.downcast_unchecked()).traceback).map_or_else(nothing, Ref::into_raw);
            *value = exception.into_raw();
        }
    }

    /// Takes the references over.
    fn PyErr_SetExcInfo(class: Raw, value: Raw, traceback: Raw) {
        drop(Ref::<Object>::from_owned_opt(class));
        drop(Ref::<Object>::from_owned_opt(traceback));
        let value = Ref::<Object>::from_owned_opt(value);
        crate::eval::set_handled_exception(value.as_deref());
    }

    fn PyErr_SetFromErrno(class: &Object) -> Result {
        Err(from_errno(class, None, None))
    }

    fn PyErr_SetFromErrnoWithFilename(class: &Object, filename: *const c_char) -> Result {
        let number = *libc::__errno_location();
        let filename = if filename.is_null() { None } else { Some(crate::unicodeobject::from_filesystem(filename)?) };
        *libc::__errno_location() = number;
        Err(from_errno(class, filename.as_deref(), None))
    }

    fn PyErr_SetFromErrnoWithFilenameObject(class: &Object, filename: Option<&Object>) -> Result {
        Err(from_errno(class, filename, None))
    }

    fn PyErr_SetFromErrnoWithFilenameObjects(class: &Object, filename: Option<&Object>, other: Option<&Object>) -> Result {
        Err(from_errno(class, filename, other))
    }

    fn PyErr_SetImportError(message: Option<&Object>, name: Option<&Object>, path: Option<&Object>) -> Result {
        Err(import_error(&exceptions::ImportError, message, name, path))
    }

    fn PyErr_SetImportErrorSubclass(class: &Object, message: Option<&Object>, name: Option<&Object>, path: Option<&Object>) -> Result {
        let is_one = exception_class(class).is_some_and(|class| class.is_subtype(&exceptions::ImportError));
        if !is_one {
            return Err(raise!(TypeError, "expected a subclass of ImportError"));
        }
        Err(import_error(class, message, name, path))
    }

    fn PyErr_NewException(full_name: *const c_char, base: Option<&Object>, dict: Option<&Object>) -> Result {
        new_class(&text(full_name), base, dict, None)
    }

    fn PyErr_NewExceptionWithDoc(full_name: *const c_char, doc: *const c_char, base: Option<&Object>, dict: Option<&Object>) -> Result {
        let doc = (!doc.is_null()).then(|| name(doc));
        new_class(&text(full_name), base, dict, doc.as_deref())
    }

    fn PyErr_WriteUnraisable(object: Raw) {
        report_unraisable(null_mut(), object);
    }

    fn PyErr_WarnEx(category: Raw, message: *const c_char, stack_level: isize) -> c_int {
        let message = name(message);
        warn(category, message.as_ptr(), stack_level, null_mut())
    }

    fn PyErr_WarnExplicitObject(
        category: Option<&Object>, message: &Object, filename: &Object, line: c_int, module: Option<&Object>, registry: Option<&Object>
    ) -> Result<()> {
        let none = none();
        let category = category.unwrap_or(&exceptions::RuntimeWarning);
        crate::import::module("_warnings")?.get_attr(intern!("warn_explicit"))?.call(&[
            message,
            category,
            filename,
            &*Int::new(line as i64),
            module.unwrap_or(&none),
            registry.unwrap_or(&none),
        ])?;
        Ok(())
    }

    fn PyErr_WarnExplicit(
        category: Option<&Object>, message: *const c_char, filename: *const c_char, line: c_int, module: *const c_char, registry: Option<&Object>
    ) -> c_int {
        let (message, filename) = (name(message), name(filename));
        let module = (!module.is_null()).then(|| name(module));
        PyErr_WarnExplicitObject(category, &message, &filename, line, module.as_ref().map(|module| &***module), registry)
    }

    fn PyErr_Print() {
        print(true);
    }

    fn PyErr_PrintEx(set_last: c_int) {
        print(set_last != 0);
    }

    fn PyErr_DisplayException(exception: &Object) {
        display(exception);
    }

    fn PyErr_Display(_class: Raw, value: Option<&Object>, _traceback: Raw) {
        if let Some(value) = value {
            display(value);
        }
    }

    fn PyErr_CheckSignals() -> Result<()> {
        crate::eval::check_signals()
    }

    fn PyErr_SetInterrupt() {
        crate::eval::trip_signal(libc::SIGINT);
    }

    fn PyErr_SetInterruptEx(signal: c_int) -> c_int {
        crate::eval::trip_signal(signal);
        0
    }

    fn PyErr_ProgramText(_filename: *const c_char, _line: c_int) -> Raw {
        null_mut()
    }

    /// Raises `exception` with the one that is set as its context, or puts the latter back if there is none to raise.
    fn _PyErr_ChainExceptions1(exception: Raw) {
        let Some(exception) = Ref::<BaseException>::from_owned_opt(exception) else { return };
        match Thread::current().take_exception() {
            Some(newer) => {
                replace(&raw(&newer).context, Some(exception.into_object()));
                restore(Some(newer));
            }
            None => restore(Some(exception)),
        }
    }

    fn PyException_GetTraceback(exception: &Object) -> Option<Ref> {
        field(&raw(exception.downcast_unchecked()).traceback)
    }

    fn PyException_SetTraceback(exception: &Object, traceback: Option<&Object>) -> Result<()> {
        exception.set_attr(intern!("__traceback__"), traceback.unwrap_or(&none()))
    }

    fn PyException_GetCause(exception: &Object) -> Option<Ref> {
        field(&raw(exception.downcast_unchecked()).cause)
    }

    /// Takes the cause over.
    fn PyException_SetCause(exception: &Object, cause: Raw) {
        let exception = raw(exception.downcast_unchecked());
        replace(&exception.cause, Ref::from_owned_opt(cause));
        exception.suppress_context.set(1);
    }

    fn PyException_GetContext(exception: &Object) -> Option<Ref> {
        field(&raw(exception.downcast_unchecked()).context)
    }

    /// Takes the context over.
    fn PyException_SetContext(exception: &Object, context: Raw) {
        replace(&raw(exception.downcast_unchecked()).context, Ref::from_owned_opt(context));
    }

    fn PyException_GetArgs(exception: &Object) -> Option<Ref> {
        field(&raw(exception.downcast_unchecked()).args)
    }

    fn PyException_SetArgs(exception: &Object, args: &Object) {
        replace(&raw(exception.downcast_unchecked()).args, Some(args.to_ref()));
    }

    fn PyExceptionClass_Name(class: &Type) -> *const c_char {
        class.raw.tp_name.get()
    }

    fn PyUnicodeDecodeError_Create(
        encoding: *const c_char, object: *const c_char, size: isize, start: isize, end: isize, reason: *const c_char
    ) -> Result {
        let bytes = Bytes::new(crate::bytesobject::slice(object, size));
        exceptions::UnicodeDecodeError.call(&[
            &*name(encoding),
            &*bytes,
            &*Int::new(start as i64),
            &*Int::new(end as i64),
            &*name(reason),
        ])
    }
}

/// The attributes of Unicode errors.
macro_rules! unicode_errors {
    ($($get:ident $set:ident $attribute:literal)*) => {
        exported! {$(
            fn $get(exception: &Object) -> Result {
                exception.get_attr(intern!($attribute))
            }
            fn $set(exception: &Object, value: *const c_char) -> Result<()> {
                exception.set_attr(intern!($attribute), &*name(value))
            }
        )*}
    };
    ($($get:ident $set:ident = $attribute:literal)*) => {
        exported! {$(
            fn $get(exception: &Object, value: *mut isize) -> Result<()> {
                *value = crate::number::index(&*exception.get_attr(intern!($attribute))?)?;
                Ok(())
            }
            fn $set(exception: &Object, value: isize) -> Result<()> {
                exception.set_attr(intern!($attribute), &*Int::new(value as i64))
            }
        )*}
    };
}
unicode_errors! {
    PyUnicodeDecodeError_GetReason PyUnicodeDecodeError_SetReason "reason"
    PyUnicodeEncodeError_GetReason PyUnicodeEncodeError_SetReason "reason"
    PyUnicodeTranslateError_GetReason PyUnicodeTranslateError_SetReason "reason"
}
unicode_errors! {
    PyUnicodeDecodeError_GetStart PyUnicodeDecodeError_SetStart = "start"
    PyUnicodeDecodeError_GetEnd PyUnicodeDecodeError_SetEnd = "end"
    PyUnicodeEncodeError_GetStart PyUnicodeEncodeError_SetStart = "start"
    PyUnicodeEncodeError_GetEnd PyUnicodeEncodeError_SetEnd = "end"
    PyUnicodeTranslateError_GetStart PyUnicodeTranslateError_SetStart = "start"
    PyUnicodeTranslateError_GetEnd PyUnicodeTranslateError_SetEnd = "end"
}
exported! {
    fn PyUnicodeDecodeError_GetEncoding(exception: &Object) -> Result {
        exception.get_attr(intern!("encoding"))
    }
    fn PyUnicodeEncodeError_GetEncoding(exception: &Object) -> Result {
        exception.get_attr(intern!("encoding"))
    }
    fn PyUnicodeDecodeError_GetObject(exception: &Object) -> Result {
        exception.get_attr(intern!("object"))
    }
    fn PyUnicodeEncodeError_GetObject(exception: &Object) -> Result {
        exception.get_attr(intern!("object"))
    }
    fn PyUnicodeTranslateError_GetObject(exception: &Object) -> Result {
        exception.get_attr(intern!("object"))
    }
}

/// Does the exception or class match a class, or one in a tuple?
fn matches(given: &Object, wanted: &Object) -> bool {
    if let Some(wanted) = wanted.downcast::<Tuple>() {
        return wanted.as_slice().iter().any(|wanted| matches(given, wanted));
    }
    let class = match given.downcast::<BaseException>() {
        Some(exception) => exception.ty(),
        None => match exception_class(given) {
            Some(class) => class,
            None => return given.is_same(wanted),
        },
    };
    match exception_class(wanted) {
        Some(wanted) => class.is_subtype(wanted),
        None => class.is_same(wanted),
    }
}

/// The exception that a class and a value stand for.
fn instance(class: &Object, value: Option<&Object>) -> Result<Ref<BaseException>> {
    let value = value.filter(|value| !value.is_none());
    if let (Some(value), Some(class)) =
        (value.and_then(Object::downcast::<BaseException>), exception_class(class))
        && value.ty().is_subtype(class)
    {
        return Ok(Ref::from_borrowed(value));
    }
    match exception_class(class) {
        Some(class) => exceptions::instantiate(class, value),
        None => Err(raise!(TypeError, "exceptions must derive from BaseException")),
    }
}

/// `class(errno, text, filename, None, other)` of the C library's last error.
pub fn from_errno(class: &Object, filename: Option<&Object>, other: Option<&Object>) -> Raised {
    let error = std::io::Error::last_os_error();
    let number = error.raw_os_error().unwrap_or(0);
    if number == libc::EINTR
        && let Err(raised) = crate::eval::check_signals()
    {
        return raised;
    }
    // SAFETY: strerror gives a C string.
    let message = unsafe { name(libc::strerror(number)) };
    let (number, none) = (Int::new(number as i64), none());
    let made = match (filename, other) {
        (None, _) => class.call(&[&*number, &*message]),
        (Some(filename), None) => class.call(&[&*number, &*message, filename]),
        (Some(filename), Some(other)) => class.call(&[&*number, &*message, filename, &none, other]),
    };
    match made {
        Ok(exception) => {
            let class = exception.ty().to_ref();
            set(&class, Some(&exception))
        }
        Err(raised) => raised,
    }
}

fn import_error(
    class: &Object,
    message: Option<&Object>,
    name: Option<&Object>,
    path: Option<&Object>,
) -> Raised {
    let none = none();
    let Some(message) = message else { return raise!(TypeError, "expected a message argument") };
    let names = Tuple::pack([Str::new("name").into_object(), Str::new("path").into_object()]);
    match class.call_kw(&[message, name.unwrap_or(&none), path.unwrap_or(&none)], Some(&names)) {
        Ok(exception) => {
            let class = exception.ty().to_ref();
            set(&class, Some(&exception))
        }
        Err(raised) => raised,
    }
}

/// A new exception class `module.name`.
fn new_class(full_name: &str, base: Option<&Object>, dict: Option<&Object>, doc: Option<&Str>) -> Result {
    let Some((module, name)) = full_name.rsplit_once('.') else {
        return Err(raise!(SystemError, "PyErr_NewException: name must be module.class"));
    };
    let base = base.unwrap_or(&exceptions::Exception);
    let dict = match dict {
        Some(dict) => Ref::from_borrowed(expect::<Dict>(dict)?),
        None => Dict::new(),
    };
    if dict.get_str(intern!("__module__"))?.is_none() {
        dict.insert_str(intern!("__module__"), &Str::new(module))?;
    }
    if let Some(doc) = doc {
        dict.insert_str(intern!("__doc__"), doc)?;
    }
    let bases = match base.downcast::<Tuple>() {
        Some(bases) => Ref::from_borrowed(bases),
        None => Tuple::pack([base.to_ref()]),
    };
    Type::type_object().call(&[&*Str::new(name), &*bases, &*dict])
}

/// Issues a warning; 0, or -1 if that raised.
///
/// # Safety
/// The objects are null or alive.
pub unsafe fn warn(category: Raw, message: Raw, stack_level: isize, source: Raw) -> c_int {
    // SAFETY: by contract.
    let (category, message, source) =
        unsafe { (Object::from_raw_opt(category), Object::from_raw(message), Object::from_raw_opt(source)) };
    let none = none();
    let issue = || {
        let warn = crate::import::module("_warnings")?.get_attr(intern!("warn"))?;
        let category = category.unwrap_or(&exceptions::RuntimeWarning);
        if !exception_class(category).is_some_and(|class| class.is_subtype(&exceptions::Warning)) {
            // C's functions don't look at the category: it is called with the message, which may fail by itself.
            category.call(&[message])?;
        }
        let level = Int::new(stack_level as i64);
        warn.call(&[message, category, &*level, source.unwrap_or(&none)])
    };
    if issue().is_ok() { 0 } else { -1 }
}

/// Hands the current exception to `sys.unraisablehook`.
///
/// # Safety
/// The objects are null or alive.
pub unsafe fn report_unraisable(message: Raw, object: Raw) {
    let Some(exception) = Thread::current().take_exception() else { return };
    // SAFETY: by contract.
    let (message, object) = unsafe { (Object::from_raw_opt(message), Object::from_raw_opt(object)) };
    crate::eval::unraisable(exception, message, object);
}

/// Prints the current exception through `sys.excepthook`; SystemExit ends the process.
fn print(set_last: bool) {
    if let Some(exception) = Thread::current().take_exception() {
        crate::eval::print_exception(exception, set_last);
    }
}

/// Prints an exception to `sys.stderr`.
fn display(exception: &Object) {
    crate::eval::display_exception(exception);
}
