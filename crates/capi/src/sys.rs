//! `sys`, versions, and what concerns the whole process. <https://docs.python.org/3.14/c-api/sys.html>

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

use runtime::prelude::*;

use crate::containers::borrowed;
use crate::support::{Raw, exported, name, text};

/// An attribute of `sys`.
pub fn get(name: &Str) -> Result {
    let sys = Interpreter::current().sys.get();
    let found = match sys {
        Some(sys) => sys.get_str(name)?,
        None => None,
    };
    found.ok_or_else(|| raise!(RuntimeError, "lost sys.{name}"))
}

/// Has anybody asked for audit events?
pub fn has_audit_hooks() -> bool {
    false
}

exported! {
    fn PySys_GetObject(name: *const c_char) -> Raw {
        let before = Thread::current().take_exception();
        let found = get(&crate::support::name(name)).map_or_else(
            |raised| {
                raised.clear();
                null_mut()
            },
            borrowed,
        );
        Thread::current().set_exception(before);
        found
    }

    fn PySys_SetObject(attribute: *const c_char, value: Option<&Object>) -> Result<()> {
        let Some(sys) = Interpreter::current().sys.get() else { return Err(raise!(RuntimeError, "lost sys")) };
        let attribute = Str::intern(name(attribute));
        match value {
            Some(value) => sys.insert_str(&attribute, value),
            None => sys.remove(&attribute).map(drop),
        }
    }

    fn PySys_GetAttr(name: &Object) -> Result {
        get(crate::support::expect(name)?)
    }

    fn PySys_AuditTuple(_event: *const c_char, _arguments: Raw) -> Result<()> {
        Ok(())
    }

    fn PySys_AddAuditHook(_hook: *mut c_void, _data: *mut c_void) -> Result<()> {
        Err(raise!(RuntimeError, "audit hooks of the C API are not supported"))
    }

    fn PySys_GetXOptions() -> Raw {
        get(intern!("_xoptions")).map_or(null_mut(), borrowed)
    }

    fn Py_GetVersion() -> *const c_char {
        cached(intern!("version"))
    }

    fn Py_GetPlatform() -> *const c_char {
        c"linux".as_ptr()
    }

    fn Py_GetCopyright() -> *const c_char {
        cached(intern!("copyright"))
    }

    fn Py_GetCompiler() -> *const c_char {
        c"[Rust]".as_ptr()
    }

    fn Py_GetBuildInfo() -> *const c_char {
        c"main".as_ptr()
    }

    fn Py_FatalError(message: *const c_char) {
        fatal("", message);
    }

    fn _Py_FatalErrorFunc(function: *const c_char, message: *const c_char) {
        fatal(&text(function), message);
    }

    fn Py_EnterRecursiveCall(doing: *const c_char) -> Result<()> {
        let thread = Thread::current();
        if thread.stack.is_low() {
            return thread.check_recursion(&text(doing));
        }
        Ok(())
    }

    fn Py_LeaveRecursiveCall() {}

    /// Called when the process ends.
    fn Py_AtExit(function: Option<extern "C" fn()>) -> c_int {
        match function {
            Some(function) if libc::atexit(function) == 0 => 0,
            _ => -1,
        }
    }

    /// The command line, made once and kept.
    fn Py_GetArgcArgv(count: *mut c_int, arguments: *mut *mut *mut abi::wchar_t) {
        static MADE: std::sync::OnceLock<(c_int, usize)> = std::sync::OnceLock::new();
        let (number, address) = *MADE.get_or_init(|| {
            let mut pointers: Vec<*mut abi::wchar_t> = std::env::args_os()
                .map(|argument| {
                    let text = argument.to_string_lossy().chars().map(|c| c as abi::wchar_t).chain([0]).collect::<Vec<_>>();
                    Box::leak(text.into_boxed_slice()).as_mut_ptr()
                })
                .collect();
            let number = pointers.len() as c_int;
            pointers.push(std::ptr::null_mut());
            (number, Box::leak(pointers.into_boxed_slice()).as_mut_ptr() as usize)
        });
        (*count, *arguments) = (number, address as *mut *mut abi::wchar_t);
    }

    fn Py_GetRecursionLimit() -> c_int {
        let limit = get(intern!("getrecursionlimit")).and_then(|get| get.call(&[]));
        limit.and_then(|limit| crate::longobject::to_int(&limit)).unwrap_or(1000)
    }

    fn Py_SetRecursionLimit(limit: c_int) {
        if let Ok(set) = get(intern!("setrecursionlimit")) {
            drop(set.call(&[&*Int::new(limit as i64)]));
        }
    }

    fn PyHash_GetFuncDef() -> *const HashFunction {
        &raw const HASH_FUNCTION
    }

    fn _Py_IsValidFD(descriptor: c_int) -> bool {
        descriptor >= 0 && libc::fcntl(descriptor, libc::F_GETFD) >= 0
    }

    fn _PyOnceFlag_CallOnceSlow(
        flag: *mut u8, function: unsafe extern "C" fn(*mut c_void) -> c_int, argument: *mut c_void
    ) -> c_int {
        // `_Py_ONCE_INITIALIZED`; the GIL keeps other threads out.
        const INITIALIZED: u8 = 4;
        if *flag == INITIALIZED {
            return 0;
        }
        let status = function(argument);
        if status >= 0 {
            *flag = INITIALIZED;
        }
        status
    }

    fn Py_PACK_FULL_VERSION(major: c_int, minor: c_int, micro: c_int, level: c_int, serial: c_int) -> u32 {
        pack_version(major, minor, micro, level, serial)
    }

    fn Py_PACK_VERSION(major: c_int, minor: c_int) -> u32 {
        pack_version(major, minor, 0, 0, 0)
    }

    fn Py_HashPointer(pointer: *const c_void) -> isize {
        hash_pointer(pointer)
    }

    fn _Py_HashPointer(pointer: *const c_void) -> isize {
        hash_pointer(pointer)
    }

    fn Py_HashBuffer(start: *const c_void, size: isize) -> isize {
        Bytes::new(crate::bytesobject::slice(start.cast(), size)).hash().unwrap_or(0)
    }

    fn _Py_HashBytes(start: *const c_void, size: isize) -> isize {
        Bytes::new(crate::bytesobject::slice(start.cast(), size)).hash().unwrap_or(0)
    }

    fn _Py_HashDouble(object: *const c_void, value: f64) -> isize {
        if value.is_nan() {
            return hash_pointer(object);
        }
        Float::new(value).hash().unwrap_or(0)
    }

    fn PyOS_FSPath(object: &Object) -> Result {
        crate::import::fspath(object)
    }

    fn PyOS_strtol(start: *const c_char, end: *mut *mut c_char, base: c_int) -> i64 {
        libc::strtol(start, end, base)
    }

    fn PyOS_strtoul(start: *const c_char, end: *mut *mut c_char, base: c_int) -> u64 {
        libc::strtoul(start, end, base)
    }

    fn PyOS_mystricmp(left: *const c_char, right: *const c_char) -> c_int {
        libc::strcasecmp(left, right)
    }

    fn PyOS_mystrnicmp(left: *const c_char, right: *const c_char, size: isize) -> c_int {
        libc::strncasecmp(left, right, size as usize)
    }

    fn PyOS_BeforeFork() {}

    fn PyOS_AfterFork_Parent() {}

    fn PyOS_AfterFork_Child() {}

    fn PyOS_AfterFork() {}

    fn PyOS_InterruptOccurred() -> bool {
        crate::eval::check_signals().is_err_and(|raised| {
            raised.clear();
            true
        })
    }

    fn PyOS_setsig(signal: c_int, handler: usize) -> usize {
        let mut new: libc::sigaction = std::mem::zeroed();
        let mut old: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = handler;
        new.sa_flags = libc::SA_ONSTACK;
        if libc::sigaction(signal, &new, &mut old) == -1 { libc::SIG_ERR } else { old.sa_sigaction }
    }

    fn PyOS_getsig(signal: c_int) -> usize {
        let mut old: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(signal, std::ptr::null(), &mut old) == -1 { libc::SIG_ERR } else { old.sa_sigaction }
    }
}

/// An object's address as a hash: the low bits, which are zero, go to the top.
pub fn hash_pointer(pointer: *const c_void) -> isize {
    match (pointer as usize).rotate_right(4) as isize {
        -1 => -2,
        hash => hash,
    }
}

/// A text of `sys` as a C string that lives for ever.
fn cached(name: &Str) -> *const c_char {
    let Ok(object) = get(name) else { return c"".as_ptr() };
    let Some(text) = object.downcast::<Str>() else { return c"".as_ptr() };
    crate::unicodeobject::utf8(text).map_or(c"".as_ptr(), |(start, _)| start)
}

/// Ends the process after a message.
fn fatal(function: &str, message: *const c_char) {
    // SAFETY: a C string.
    let message = unsafe { CStr::from_ptr(message) }.to_string_lossy();
    match function {
        "" => eprintln!("Fatal Python error: {message}"),
        function => eprintln!("Fatal Python error: {function}: {message}"),
    }
    std::process::abort();
}

/// `PY_VERSION_HEX` of the version that this is.
#[unsafe(no_mangle)]
pub static Py_Version: std::ffi::c_ulong = abi::PY_VERSION_HEX;

/// A C string variable.
#[repr(transparent)]
pub struct Text(*const c_char);

// SAFETY: never changed from here.
unsafe impl Sync for Text {}

/// The encoding of file names.
#[unsafe(no_mangle)]
pub static Py_FileSystemDefaultEncoding: Text = Text(c"utf-8".as_ptr());

/// How its errors are handled.
#[unsafe(no_mangle)]
pub static Py_FileSystemDefaultEncodeErrors: Text = Text(c"surrogateescape".as_ptr());

/// Lower-case forms of bytes, for C's locale-free functions.
#[unsafe(no_mangle)]
pub static _Py_ctype_tolower: [u8; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        table[index] = (index as u8).to_ascii_lowercase();
        index += 1;
    }
    table
};

/// Upper-case forms of bytes.
#[unsafe(no_mangle)]
pub static _Py_ctype_toupper: [u8; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        table[index] = (index as u8).to_ascii_uppercase();
        index += 1;
    }
    table
};

/// Classes of bytes: lower 1, upper 2, digit 4, hexadecimal 8, space 16.
#[unsafe(no_mangle)]
pub static _Py_ctype_table: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let byte = index as u8;
        table[index] = byte.is_ascii_lowercase() as u32
            | (byte.is_ascii_uppercase() as u32) << 1
            | (byte.is_ascii_digit() as u32) << 2
            | (byte.is_ascii_hexdigit() as u32) << 3
            | (matches!(byte, 9..=13 | 32) as u32) << 4;
        index += 1;
    }
    table
};

/// `PyHash_FuncDef`.
#[repr(C)]
pub struct HashFunction {
    hash: unsafe extern "C" fn(*const c_void, isize) -> isize,
    name: *const c_char,
    hash_bits: c_int,
    seed_bits: c_int,
}

// SAFETY: nothing changes it.
unsafe impl Sync for HashFunction {}

static HASH_FUNCTION: HashFunction =
    HashFunction { hash: Py_HashBuffer, name: c"siphash13".as_ptr(), hash_bits: 64, seed_bits: 128 };

/// A version as `PY_VERSION_HEX` has it.
fn pack_version(major: c_int, minor: c_int, micro: c_int, level: c_int, serial: c_int) -> u32 {
    let byte = |value: c_int| value as u32 & 0xff;
    byte(major) << 24 | byte(minor) << 16 | byte(micro) << 8 | (level as u32 & 0xf) << 4 | serial as u32 & 0xf
}
