//! What modules that call the operating system share: calls of libc with the GIL given up, paths as arguments, struct sequences.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CString;

use crate::errors::raise_os_error;
use crate::gil;
use crate::objects::structseq::{self, Declaration};
use crate::prelude::*;

/// A call of libc. The arguments are plain values, or memory that lives through the call.
#[doc(hidden)]
#[macro_export]
macro_rules! c {
    ($call:expr) => {{
        // SAFETY: the callee gets plain values, and memory that lives as long as the call.
        #[allow(
            unsafe_code,
            unused_unsafe,
            unused_variables,
            unreachable_code,
            clippy::undocumented_unsafe_blocks
        )]
        let result = unsafe { $call };
        result
    }};
}
pub use crate::c;

/// This thread's `errno`.
pub fn errno() -> i32 {
    c!(*libc::__errno_location())
}

pub fn clear_errno() {
    c!(*libc::__errno_location() = 0)
}

/// Ends the process without any cleaning up.
#[allow(unsafe_code)]
pub fn exit_now(status: i32) -> ! {
    // SAFETY: a plain system call.
    unsafe { libc::_exit(status) }
}

/// A struct of libc, all zero.
pub fn zeroed<T: Copy>() -> T {
    c!(std::mem::zeroed())
}

/// The result of a call that may have failed.
pub trait Status: Copy {
    fn failed(self) -> bool;
}

impl Status for i32 {
    fn failed(self) -> bool {
        self == -1
    }
}

impl Status for i64 {
    fn failed(self) -> bool {
        self == -1
    }
}

impl Status for isize {
    fn failed(self) -> bool {
        self == -1
    }
}

/// Calls without the GIL, again after a signal whose handlers raised nothing. The inner error is the errno.
pub fn call<R: Status + Send>(mut body: impl FnMut() -> R + Send) -> Result<std::result::Result<R, i32>> {
    loop {
        let (result, error) = gil::allow_threads(|| {
            let result = body();
            (result, errno())
        });
        if !result.failed() {
            return Ok(Ok(result));
        }
        if error != libc::EINTR {
            return Ok(Err(error));
        }
        crate::signal::check()?;
    }
}

/// As [`call`]; failure raises OSError.
pub fn run<R: Status + Send>(body: impl FnMut() -> R + Send) -> Result<R> {
    call(body)?.map_err(fail)
}

/// OSError of that number.
pub fn fail(number: i32) -> Raised {
    raise_os_error(number, None, None)
}

/// OSError of errno.
pub fn last_error() -> Raised {
    fail(errno())
}

/// The result, or OSError of errno: for calls that don't block.
pub fn check<R: Status>(result: R) -> Result<R> {
    if result.failed() { Err(last_error()) } else { Ok(result) }
}

/// A string of the system as Python's: UTF-8, other bytes as lone surrogates.
pub fn decode(bytes: &[u8]) -> Ref<Str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Str::new(text);
    }
    let mut points: Vec<u32> = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        points.extend(chunk.valid().chars().map(u32::from));
        points.extend(chunk.invalid().iter().map(|byte| 0xDC00 + u32::from(*byte)));
    }
    Str::from_code_points(points.into_iter())
}

/// A string of C's; null gives the empty string.
///
/// # Safety
/// `text` is null or ends with a NUL.
pub unsafe fn decode_c(text: *const libc::c_char) -> Ref<Str> {
    if text.is_null() {
        return Str::empty();
    }
    // SAFETY: by contract.
    decode(unsafe { std::ffi::CStr::from_ptr(text) }.to_bytes())
}

/// Python's string as the system's.
pub fn encode(text: &Str) -> Result<Vec<u8>> {
    if let Some(text) = text.as_utf8() {
        return Ok(text.as_bytes().to_vec());
    }
    let mut bytes = Vec::with_capacity(text.len());
    for (at, code) in text.code_points().enumerate() {
        match char::from_u32(code) {
            Some(character) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None if (0xDC80..=0xDCFF).contains(&code) => bytes.push((code - 0xDC00) as u8),
            None => {
                return Err(crate::objects::str::encode_error(
                    "utf-8",
                    text,
                    at,
                    at + 1,
                    "surrogates not allowed",
                ));
            }
        }
    }
    Ok(bytes)
}

/// `os.fspath`.
pub fn fspath(object: &Object) -> Result {
    if object.downcast::<Str>().is_some() || object.downcast::<Bytes>().is_some() {
        return Ok(object.to_ref());
    }
    let method = object.ty().lookup(intern!("__fspath__"));
    if method.as_ref().is_none_or(|method| method.is_none()) {
        return Err(raise!(
            TypeError,
            "expected str, bytes or os.PathLike object, not {}",
            object.ty().full_name()
        ));
    }
    let path = object.call_special(intern!("__fspath__"), &[])?.unwrap_or_else(none);
    if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
        return Ok(path);
    }
    Err(raise!(
        TypeError,
        "expected {}.__fspath__() to return str or bytes, not {}",
        object.ty().full_name(),
        path.ty().full_name()
    ))
}

/// The bytes of a str, bytes or PathLike (C: `PyUnicode_FSConverter`).
pub fn fs_bytes(object: &Object) -> Result<Vec<u8>> {
    let path = fspath(object)?;
    let bytes = match path.downcast::<Str>() {
        Some(text) => encode(text)?,
        None => path.downcast::<Bytes>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default(),
    };
    if bytes.contains(&0) {
        return Err(raise!(ValueError, "embedded null byte"));
    }
    Ok(bytes)
}

/// As [`fs_bytes`], for C.
pub fn fs_string(object: &Object) -> Result<CString> {
    CString::new(fs_bytes(object)?).map_err(|_| raise!(ValueError, "embedded null byte"))
}

/// A path, or what stands for one.
pub struct Path {
    /// What was given, for error messages.
    pub object: Ref,
    pub text: CString,
    pub fd: Option<i32>,
    /// Was it bytes? Then so are results.
    pub is_bytes: bool,
    pub is_none: bool,
}

impl Path {
    /// `function` and `argument` are for the messages.
    pub fn new(function: &str, argument: &str, object: &Object) -> Result<Path> {
        Path::parse(function, argument, object, false, false)
    }

    /// A path or a file descriptor.
    pub fn or_fd(function: &str, argument: &str, object: &Object) -> Result<Path> {
        Path::parse(function, argument, object, false, true)
    }

    /// A path, a file descriptor or None (absent), which is ".".
    pub fn or_fd_or_none(function: &str, argument: &str, object: Option<&Object>) -> Result<Path> {
        match object {
            Some(object) => Path::parse(function, argument, object, true, true),
            None => Path::parse(function, argument, &none(), true, true),
        }
    }

    fn parse(
        function: &str,
        argument: &str,
        object: &Object,
        nullable: bool,
        allow_fd: bool,
    ) -> Result<Path> {
        let mut path =
            Path { object: object.to_ref(), text: c".".into(), fd: None, is_bytes: false, is_none: false };
        if nullable && object.is_none() {
            path.is_none = true;
            return Ok(path);
        }
        let is_text = object.downcast::<Str>().is_some() || object.downcast::<Bytes>().is_some();
        if !is_text && allow_fd && object.ty().nb_index().is_some() {
            path.fd = Some(descriptor(object)?);
            path.text = CString::default();
            return Ok(path);
        }
        let found = if is_text {
            object.to_ref()
        } else {
            let method = object.ty().lookup(intern!("__fspath__"));
            if method.as_ref().is_none_or(|method| method.is_none()) {
                let kinds = match (allow_fd, nullable) {
                    (true, true) => "string, bytes, os.PathLike, integer or None",
                    (true, false) => "string, bytes, os.PathLike or integer",
                    (false, true) => "string, bytes, os.PathLike or None",
                    (false, false) => "string, bytes or os.PathLike",
                };
                return Err(raise!(
                    TypeError,
                    "{function}: {argument} should be {kinds}, not {}",
                    object.ty().full_name()
                ));
            }
            fspath(object)?
        };
        let (bytes, is_bytes) = match found.downcast::<Str>() {
            Some(text) => (encode(text)?, false),
            None => {
                (found.downcast::<Bytes>().map(|bytes| bytes.as_slice().to_vec()).unwrap_or_default(), true)
            }
        };
        path.is_bytes = is_bytes;
        path.text = CString::new(bytes).map_err(|_| {
            let what = if is_bytes { "byte" } else { "character" };
            raise!(ValueError, "{function}: embedded null {what} in {argument}")
        })?;
        Ok(path)
    }

    /// OSError about this path.
    pub fn error(&self, number: i32) -> Raised {
        raise_os_error(number, Some(&self.object), None)
    }

    /// As [`run`], naming the path.
    pub fn run<R: Status + Send>(&self, body: impl FnMut() -> R + Send) -> Result<R> {
        call(body)?.map_err(|number| self.error(number))
    }

    /// As [`Path::run`], where there is a second path.
    pub fn run_with<R: Status + Send>(&self, second: &Path, body: impl FnMut() -> R + Send) -> Result<R> {
        call(body)?.map_err(|number| raise_os_error(number, Some(&self.object), Some(&second.object)))
    }

    /// ValueError if both a descriptor and a directory are given.
    pub fn no_dir_fd(&self, function: &str, dir_fd: i32) -> Result<()> {
        if self.fd.is_some() && dir_fd != libc::AT_FDCWD {
            return Err(raise!(ValueError, "{function}: can't specify dir_fd without matching path"));
        }
        Ok(())
    }

    pub fn follows(&self, function: &str, follow_symlinks: bool) -> Result<()> {
        if self.fd.is_some() && !follow_symlinks {
            return Err(raise!(ValueError, "{function}: cannot use fd and follow_symlinks together"));
        }
        Ok(())
    }
}

/// An integer as a descriptor.
fn descriptor(object: &Object) -> Result<i32> {
    if object.is::<crate::objects::bool_::Bool>() {
        crate::warnings::warn(
            &crate::objects::exceptions::RuntimeWarning,
            "bool is used as a file descriptor",
            1,
        )?;
    }
    let index = object.index()?;
    match index.to_i64() {
        Some(value) => i32::try_from(value).map_err(|_| {
            if value > 0 {
                raise!(OverflowError, "fd is greater than maximum")
            } else {
                raise!(OverflowError, "fd is less than minimum")
            }
        }),
        None if index.sign() > 0 => Err(raise!(OverflowError, "fd is greater than maximum")),
        None => Err(raise!(OverflowError, "fd is less than minimum")),
    }
}

/// The `dir_fd` argument.
pub fn dir_fd(object: Option<&Object>) -> Result<i32> {
    match object {
        None => Ok(libc::AT_FDCWD),
        Some(object) if object.is_none() => Ok(libc::AT_FDCWD),
        Some(object) if object.ty().nb_index().is_some() => descriptor(object),
        Some(object) => {
            Err(raise!(TypeError, "argument should be integer or None, not {}", object.ty().full_name()))
        }
    }
}

/// An integer, or an object with a `fileno()` method (C: `PyObject_AsFileDescriptor`).
pub fn fileno(object: &Object) -> Result<i32> {
    fn value(int: &Int) -> Result<i32> {
        match int.to_i64().and_then(|value| i32::try_from(value).ok()) {
            Some(value) => Ok(value),
            None => Err(raise!(OverflowError, "Python int too large to convert to C int")),
        }
    }
    let fd = if let Some(int) = object.downcast::<Int>() {
        if object.is::<crate::objects::bool_::Bool>() {
            crate::warnings::warn(
                &crate::objects::exceptions::RuntimeWarning,
                "bool is used as a file descriptor",
                1,
            )?;
        }
        value(int)?
    } else if let Some(method) = object.get_attr_opt(intern!("fileno"))? {
        let result = method.call(&[])?;
        match result.downcast::<Int>() {
            Some(int) => value(int)?,
            None => return Err(raise!(TypeError, "fileno() returned a non-integer")),
        }
    } else {
        return Err(raise!(TypeError, "argument must be an int, or have a fileno() method."));
    };
    if fd < 0 {
        return Err(raise!(ValueError, "file descriptor cannot be a negative integer ({fd})"));
    }
    Ok(fd)
}

/// A user or group id: -1 is allowed.
pub fn id(object: &Object, name: &str) -> Result<u32> {
    if object.ty().nb_index().is_none() {
        return Err(raise!(TypeError, "{name} should be integer, not {}", object.ty().full_name()));
    }
    let index = object.index()?;
    match index.to_i64() {
        Some(-1) => Ok(u32::MAX),
        Some(value) if value < 0 => Err(raise!(OverflowError, "{name} is less than minimum")),
        // CPython's message for what a long holds and an id does not.
        Some(value) => u32::try_from(value).map_err(|_| raise!(OverflowError, "{name} is less than minimum")),
        None if index.sign() < 0 => Err(raise!(OverflowError, "{name} is less than minimum")),
        None => Err(raise!(OverflowError, "{name} is greater than maximum")),
    }
}

/// A user or group id as a result.
pub fn id_result(id: u32) -> i64 {
    if id == u32::MAX { -1 } else { id.into() }
}

/// This interpreter's struct sequence types by name.
#[derive(Default)]
struct Sequences(RefCell<HashMap<String, Ref<Type>>>);

/// Makes the struct sequence type `qualified` ("os.stat_result") once, and enters it into the module.
pub fn declare_sequence(
    module: &Module,
    qualified: &str,
    doc: &str,
    fields: &[(&str, &str)],
    visible: usize,
) -> Result<()> {
    let state = Interpreter::current().state::<Sequences>();
    let known = state.0.borrow().get(qualified).cloned();
    let class = match known {
        Some(class) => class,
        None => {
            let class = Declaration::new(qualified, doc, fields, visible, true).make_type()?;
            state.0.borrow_mut().insert(qualified.to_string(), class.clone());
            class
        }
    };
    let name = qualified.rsplit('.').next().unwrap_or(qualified);
    module.dict().insert_str(&Str::intern(Str::new(name)), &class)
}

/// An instance of a struct sequence type that was declared.
pub fn sequence(qualified: &str, items: Vec<Ref>) -> Result {
    let class = Interpreter::current().state::<Sequences>().0.borrow().get(qualified).cloned();
    match class {
        Some(class) => structseq::instance(&class, items),
        None => Err(raise!(SystemError, "'{qualified}' was not declared")),
    }
}

/// The struct sequence type of that name.
pub fn sequence_type(qualified: &str) -> Option<Ref<Type>> {
    Interpreter::current().state::<Sequences>().0.borrow().get(qualified).cloned()
}

/// Enters integers into a module.
pub fn constants(module: &Module, table: &[(&str, i64)]) -> Result<()> {
    let dict = module.dict();
    for (name, value) in table {
        dict.insert_str(&Str::intern(Str::new(name)), &Int::new(*value))?;
    }
    Ok(())
}

/// An integer object.
pub fn int(value: impl Into<i64>) -> Ref {
    Int::new(value.into()).into_object()
}

/// A float object.
pub fn float(value: f64) -> Ref {
    Float::new(value).into_object()
}

/// Seconds (an integer or a float) in nanoseconds, as timeouts are rounded: away from zero.
pub fn nanoseconds(object: &Object) -> Result<i64> {
    let too_large = || raise!(OverflowError, "timestamp out of range for C PyTime_t");
    if let Some(value) = object.downcast::<Float>().map(Float::value) {
        if value.is_nan() {
            return Err(raise!(ValueError, "Invalid value NaN (not a number)"));
        }
        let scaled = value * 1e9;
        let rounded = if scaled >= 0.0 { scaled.ceil() } else { scaled.floor() };
        if !(-9.223_372_036_854_775e18..=9.223_372_036_854_775e18).contains(&rounded) {
            return Err(too_large());
        }
        return Ok(rounded as i64);
    }
    if object.ty().nb_index().is_none() {
        return Err(raise!(
            TypeError,
            "'{}' object cannot be interpreted as an integer or float",
            object.ty().full_name()
        ));
    }
    object.index()?.to_i64().and_then(|seconds| seconds.checked_mul(1_000_000_000)).ok_or_else(too_large)
}

/// As [`nanoseconds`], with another message for what is no number.
pub fn nanoseconds_or(object: &Object, message: &str) -> Result<i64> {
    scaled_nanoseconds(object, 1_000_000_000, message)
}

/// A number of units of `unit` nanoseconds in nanoseconds, rounded away from zero.
pub fn scaled_nanoseconds(object: &Object, unit: i64, message: &str) -> Result<i64> {
    let too_large = || raise!(OverflowError, "timestamp out of range for C PyTime_t");
    if let Some(value) = object.downcast::<Float>().map(Float::value) {
        if value.is_nan() {
            return Err(raise!(ValueError, "Invalid value NaN (not a number)"));
        }
        let scaled = value * unit as f64;
        let rounded = if scaled >= 0.0 { scaled.ceil() } else { scaled.floor() };
        if !(-9.223_372_036_854_775e18..=9.223_372_036_854_775e18).contains(&rounded) {
            return Err(too_large());
        }
        return Ok(rounded as i64);
    }
    if object.ty().nb_index().is_none() {
        return Err(crate::errors::raise_message(&crate::objects::exceptions::TypeError, message));
    }
    object.index()?.to_i64().and_then(|count| count.checked_mul(unit)).ok_or_else(too_large)
}

/// This interpreter's exception classes of modules, by name.
#[derive(Default)]
struct Exceptions(RefCell<HashMap<String, Ref<Type>>>);

/// The exception class `qualified` ("socket.gaierror"), made on first use.
pub fn exception_class(qualified: &str, base: &Type) -> Result<Ref<Type>> {
    let state = Interpreter::current().state::<Exceptions>();
    if let Some(known) = state.0.borrow().get(qualified).cloned() {
        return Ok(known);
    }
    let (module, name) = qualified.rsplit_once('.').unwrap_or(("builtins", qualified));
    let bases = Tuple::pack([base.to_ref()]);
    let namespace = Dict::new();
    namespace.insert_str(intern!("__module__"), &Str::new(module))?;
    let class = Type::type_object().call(&[&Str::new(name), &bases, &namespace])?;
    let class = class.cast::<Type>().map_err(|_| raise!(SystemError, "type() made no class"))?;
    state.0.borrow_mut().insert(qualified.to_string(), class.clone());
    Ok(class)
}

/// Raises an instance of that class with a number and its text as arguments.
pub fn fail_as(class: &Type, number: i32, text: &Str) -> Raised {
    match class.call(&[&Int::new(number.into()), text]) {
        Ok(exception) => match exception.cast::<crate::objects::exceptions::BaseException>() {
            Ok(exception) => crate::errors::raise(exception),
            Err(_) => fail(number),
        },
        Err(raised) => raised,
    }
}
