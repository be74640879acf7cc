//! `PyUnicode_FromFormat`, `PyBytes_FromFormat` and the functions that raise, warn or print such a text.
//! The language of formats: <https://docs.python.org/3.14/c-api/unicode.html#c.PyUnicode_FromFormat>.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

use abi::wchar_t;
use runtime::prelude::*;

use crate::api::*;
use crate::arguments::Arguments;
use crate::support::{Raw, code_points, occurred, set_error};

/// The size of an integer argument.
#[derive(Clone, Copy, PartialEq)]
enum Length {
    Int,
    Long,
}

/// What stands between `%` and the letter.
#[derive(Default)]
struct Spec {
    left: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

/// A text under construction: code points, as strs may hold lone surrogates.
struct Output(Vec<u32>);

impl Output {
    fn push_text(&mut self, text: &str) {
        self.0.extend(text.chars().map(u32::from));
    }

    /// Adds a piece, cut to the precision and padded to the width.
    fn push_padded(&mut self, spec: &Spec, mut piece: Vec<u32>) {
        piece.truncate(spec.precision.unwrap_or(usize::MAX));
        let padding = spec.width.saturating_sub(piece.len());
        if !spec.left {
            self.0.extend(std::iter::repeat_n(u32::from(' '), padding));
        }
        self.0.extend(piece);
        if spec.left {
            self.0.extend(std::iter::repeat_n(u32::from(' '), padding));
        }
    }

    /// Adds a number: the precision is its least number of digits.
    fn push_number(&mut self, spec: &Spec, negative: bool, digits: &str) {
        let digits_wanted = spec.precision.unwrap_or(0).max(digits.len());
        let mut text = "0".repeat(digits_wanted - digits.len()) + digits;
        let size = text.len() + negative as usize;
        if spec.zero && !spec.left && spec.width > size {
            text = "0".repeat(spec.width - size) + &text;
        }
        if negative {
            text.insert(0, '-');
        }
        let padding = spec.width.saturating_sub(text.len());
        let spaces = " ".repeat(padding);
        self.push_text(&if spec.left { text + &spaces } else { spaces + &text });
    }
}

/// The text of a format; `None` if an exception is set.
unsafe fn format_str(format: *const c_char, arguments: &mut Arguments) -> Option<Vec<u32>> {
    // SAFETY: the argument list has what the format says.
    unsafe {
        let mut rest = CStr::from_ptr(format).to_bytes();
        let mut output = Output(Vec::with_capacity(rest.len() + 100));
        while let Some(&byte) = rest.first() {
            if byte != b'%' {
                let end = rest.iter().position(|&byte| byte == b'%').unwrap_or(rest.len());
                if !rest[..end].is_ascii() {
                    let message = format!(
                        "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte: 0x{:02x}",
                        rest.iter().find(|byte| !byte.is_ascii()).copied().unwrap_or(0)
                    );
                    set_error(PyExc_ValueError, &message);
                    return None;
                }
                output.0.extend(rest[..end].iter().map(|&byte| u32::from(byte)));
                rest = &rest[end..];
                continue;
            }
            match conversion(&rest[1..], &mut output, arguments)? {
                Some(after) => rest = after,
                None => {
                    let rest = String::from_utf8_lossy(rest);
                    set_error(PyExc_SystemError, &format!("invalid format string: {rest}"));
                    return None;
                }
            }
        }
        Some(output.0)
    }
}

/// Does one conversion and gives the format behind it. `Some(None)`: the conversion is unknown; `None`: an exception is set.
unsafe fn conversion<'a>(
    mut rest: &'a [u8],
    output: &mut Output,
    arguments: &mut Arguments,
) -> Option<Option<&'a [u8]>> {
    fn number(rest: &mut &[u8]) -> Option<usize> {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let value = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok();
        *rest = &rest[digits..];
        value
    }
    // SAFETY: the argument list has what the format says.
    unsafe {
        let mut spec = Spec::default();
        loop {
            match rest.first() {
                Some(b'-') => spec.left = true,
                Some(b'0') => spec.zero = true,
                Some(b'#') => spec.alternate = true,
                _ => break,
            }
            rest = &rest[1..];
        }
        if rest.first() == Some(&b'*') {
            let width = arguments.next_int();
            spec.left |= width < 0;
            spec.width = width.unsigned_abs() as usize;
            rest = &rest[1..];
        } else {
            spec.width = number(&mut rest).unwrap_or(0);
        }
        if rest.first() == Some(&b'.') {
            rest = &rest[1..];
            if rest.first() == Some(&b'*') {
                spec.precision = usize::try_from(arguments.next_int()).ok();
                rest = &rest[1..];
            } else {
                spec.precision = Some(number(&mut rest).unwrap_or(0));
            }
        }
        let mut length = Length::Int;
        while let Some(b'l' | b'z' | b'j' | b't') = rest.first() {
            length = Length::Long;
            rest = &rest[1..];
        }
        let Some((&letter, rest)) = rest.split_first() else { return Some(None) };
        match letter {
            b'%' => output.0.push(u32::from('%')),
            b'c' => {
                let ordinal = arguments.next_int();
                if !(0..=0x10ffff).contains(&ordinal) {
                    set_error(PyExc_OverflowError, "character argument not in range(0x110000)");
                    return None;
                }
                output.push_padded(&spec, vec![ordinal as u32]);
            }
            b'd' | b'i' => {
                let value = match length {
                    Length::Int => arguments.next_int() as i64,
                    Length::Long => arguments.next_long(),
                };
                output.push_number(&spec, value < 0, &value.unsigned_abs().to_string());
            }
            b'u' | b'x' | b'X' | b'o' => {
                let value = match length {
                    Length::Int => arguments.next_int() as u32 as u64,
                    Length::Long => arguments.next_long() as u64,
                };
                let digits = match letter {
                    b'u' => value.to_string(),
                    b'x' => format!("{value:x}"),
                    b'X' => format!("{value:X}"),
                    _ => format!("{value:o}"),
                };
                output.push_number(&spec, false, &digits);
            }
            b'p' => {
                let pointer = arguments.next_pointer::<c_void>();
                output.push_padded(&spec, format!("{pointer:p}").chars().map(u32::from).collect());
            }
            b's' if length == Length::Long => {
                let text = arguments.next_pointer::<wchar_t>();
                output.push_padded(&spec, wide(text, spec.precision));
            }
            b's' => {
                let text = arguments.next_text();
                let piece = decode(text, spec.precision)?;
                output.push_padded(&spec, piece);
            }
            b'U' => {
                let object = arguments.next_object();
                output.push_padded(&spec, code_points(object));
            }
            b'V' => {
                let object = arguments.next_object();
                let piece = if length == Length::Long {
                    let text = arguments.next_pointer::<wchar_t>();
                    if object.is_null() { wide(text, spec.precision) } else { code_points(object) }
                } else {
                    let text = arguments.next_text();
                    if object.is_null() { decode(text, spec.precision)? } else { code_points(object) }
                };
                output.push_padded(&spec, piece);
            }
            b'S' | b'R' | b'A' => {
                let object = arguments.next_object();
                let text = match letter {
                    b'S' => PyObject_Str(object),
                    b'R' => PyObject_Repr(object),
                    _ => PyObject_ASCII(object),
                };
                if text.is_null() {
                    return None;
                }
                output.push_padded(&spec, code_points(text));
                Py_DecRef(text);
            }
            b'T' | b'N' => {
                let object = arguments.next_object();
                let class = if letter == b'T' { (*object).ob_type.get() } else { object.cast() };
                let text = PyType_GetFullyQualifiedName(class);
                if text.is_null() {
                    return None;
                }
                let mut piece = code_points(text);
                Py_DecRef(text);
                if spec.alternate {
                    let qualname = PyType_GetQualName(class);
                    if qualname.is_null() {
                        return None;
                    }
                    let size = code_points(qualname).len();
                    Py_DecRef(qualname);
                    if let Some(dot) = piece.len().checked_sub(size + 1) {
                        piece[dot] = u32::from(':');
                    }
                }
                output.push_padded(&spec, piece);
            }
            _ => return Some(None),
        }
        Some(Some(rest))
    }
}

/// UTF-8 text up to its zero or `precision` bytes, faults replaced.
unsafe fn decode(text: *const c_char, precision: Option<usize>) -> Option<Vec<u32>> {
    // SAFETY: `text` is a C string, or `precision` bytes.
    unsafe {
        let size = bounded_length(text, precision);
        let decoded = PyUnicode_DecodeUTF8(text, size as isize, c"replace".as_ptr());
        if decoded.is_null() {
            return None;
        }
        let piece = code_points(decoded);
        Py_DecRef(decoded);
        Some(piece)
    }
}

unsafe fn bounded_length(text: *const c_char, limit: Option<usize>) -> usize {
    // SAFETY: no byte behind a zero or the limit is read.
    (0..limit.unwrap_or(usize::MAX)).take_while(|&index| unsafe { *text.add(index) } != 0).count()
}

unsafe fn wide(text: *const wchar_t, limit: Option<usize>) -> Vec<u32> {
    // SAFETY: no character behind a zero or the limit is read.
    (0..limit.unwrap_or(usize::MAX))
        .map(|index| unsafe { *text.add(index) } as u32)
        .take_while(|&c| c != 0)
        .collect()
}

unsafe fn make_str(points: &[u32]) -> Raw {
    // SAFETY: the code points are valid: they come from strs, chars and checked arguments.
    unsafe {
        PyUnicode_FromKindAndData(abi::PyUnicode_4BYTE_KIND, points.as_ptr().cast(), points.len() as isize)
    }
}

/// `PyUnicode_FromFormat`.
///
/// # Safety
/// The argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_format_str(format: *const c_char, arguments: &mut Arguments) -> Raw {
    // SAFETY: by contract.
    unsafe { format_str(format, arguments).map_or(null_mut(), |points| make_str(&points)) }
}

/// `PyUnicodeWriter_Format`.
///
/// # Safety
/// The writer is alive; the argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_format_writer(
    writer: *mut abi::PyUnicodeWriter,
    format: *const c_char,
    arguments: &mut Arguments,
) -> c_int {
    // SAFETY: by contract.
    unsafe {
        match format_str(format, arguments) {
            None => -1,
            Some(points) => PyUnicodeWriter_WriteUCS4(writer, points.as_ptr(), points.len() as isize),
        }
    }
}

/// `PyBytes_FromFormat`: as printf, but for the few conversions that it knows; what it doesn't know is copied.
///
/// # Safety
/// The argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_format_bytes(format: *const c_char, arguments: &mut Arguments) -> Raw {
    // SAFETY: by contract.
    unsafe {
        let mut rest = CStr::from_ptr(format).to_bytes();
        let mut output: Vec<u8> = Vec::new();
        while let Some((&byte, mut after)) = rest.split_first() {
            if byte != b'%' {
                output.push(byte);
                rest = after;
                continue;
            }
            let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            after = &after[digits(after)..];
            let mut precision = None;
            if after.first() == Some(&b'.') {
                let count = digits(&after[1..]);
                precision = std::str::from_utf8(&after[1..1 + count]).ok().and_then(|text| text.parse().ok());
                after = &after[1 + count..];
            }
            let long = matches!(after, [b'l', b'd' | b'u', ..] | [b'z', b'd' | b'u', ..]);
            if long {
                after = &after[1..];
            }
            match after.first() {
                Some(b'%') => output.push(b'%'),
                Some(b'c') => {
                    let value = arguments.next_int();
                    let Ok(value) = u8::try_from(value) else {
                        set_error(
                            PyExc_OverflowError,
                            "PyBytes_FromFormatV(): %c format expects an integer in range [0; 255]",
                        );
                        return null_mut();
                    };
                    output.push(value);
                }
                Some(b'd' | b'i') if long => output.extend(arguments.next_long().to_string().bytes()),
                Some(b'd' | b'i') => output.extend(arguments.next_int().to_string().bytes()),
                Some(b'u') if long => output.extend((arguments.next_long() as u64).to_string().bytes()),
                Some(b'u') => output.extend((arguments.next_int() as u32).to_string().bytes()),
                Some(b'x') => output.extend(format!("{:x}", arguments.next_int() as u32).bytes()),
                Some(b'p') => output.extend(format!("{:p}", arguments.next_pointer::<c_void>()).bytes()),
                Some(b's') => {
                    let text = arguments.next_text();
                    let size = bounded_length(text, precision);
                    output.extend(std::slice::from_raw_parts(text.cast::<u8>(), size));
                }
                _ => {
                    output.extend(rest);
                    break;
                }
            }
            rest = &after[1..];
        }
        PyBytes_FromStringAndSize(output.as_ptr().cast(), output.len() as isize)
    }
}

/// `PyErr_Format`: raises; gives null.
///
/// # Safety
/// The exception is alive; the argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_err_format(
    exception: Raw,
    format: *const c_char,
    arguments: &mut Arguments,
) -> Raw {
    // SAFETY: by contract.
    unsafe {
        // The conversions may run Python code, which an exception must not disturb.
        PyErr_Clear();
        let message = taipan_format_str(format, arguments);
        if !message.is_null() {
            PyErr_SetObject(exception, message);
            Py_DecRef(message);
        }
        null_mut()
    }
}

/// `_PyErr_FormatFromCause`: raises; the exception that was current is its cause.
///
/// # Safety
/// As for [`taipan_err_format`], and an exception is current.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_err_format_from_cause(
    exception: Raw,
    format: *const c_char,
    arguments: &mut Arguments,
) -> Raw {
    let cause = Thread::current().take_exception();
    // SAFETY: by contract.
    unsafe { taipan_err_format(exception, format, arguments) };
    if let Some(cause) = cause
        && let Some(raised) = Thread::current().take_exception()
    {
        let set = raised
            .set_attr(intern!("__cause__"), &cause)
            .and_then(|()| raised.set_attr(intern!("__context__"), &cause));
        if let Err(failed) = set {
            failed.clear();
        }
        Thread::current().set_exception(Some(raised));
    }
    null_mut()
}

/// `PyErr_FormatUnraisable`: reports the current exception with a message.
///
/// # Safety
/// The argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_err_format_unraisable(format: *const c_char, arguments: &mut Arguments) {
    // SAFETY: by contract.
    unsafe {
        let exception = PyErr_GetRaisedException();
        let mut message = null_mut();
        if !format.is_null() {
            message = taipan_format_str(format, arguments);
            if message.is_null() {
                PyErr_Clear();
            }
        }
        PyErr_SetRaisedException(exception);
        crate::pyerrors::report_unraisable(message, null_mut());
        Py_DecRef(message);
    }
}

/// `PyErr_WarnFormat` and, with a source, `PyErr_ResourceWarning`.
///
/// # Safety
/// The objects are null or alive; the argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_warn_format(
    category: Raw,
    stack_level: isize,
    source: Raw,
    format: *const c_char,
    arguments: &mut Arguments,
) -> c_int {
    // SAFETY: by contract.
    unsafe {
        let message = taipan_format_str(format, arguments);
        if message.is_null() {
            return -1;
        }
        let status = crate::pyerrors::warn(category, message, stack_level, source);
        Py_DecRef(message);
        status
    }
}

/// `PyErr_WarnExplicitFormat`.
///
/// # Safety
/// The objects are null or alive; the argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_warn_explicit_format(
    category: Raw,
    filename: *const c_char,
    line: c_int,
    module: *const c_char,
    registry: Raw,
    format: *const c_char,
    arguments: &mut Arguments,
) -> c_int {
    // SAFETY: by contract.
    unsafe {
        let message = taipan_format_str(format, arguments);
        if message.is_null() {
            return -1;
        }
        let filename = PyUnicode_DecodeFSDefault(filename);
        let module = if module.is_null() { null_mut() } else { PyUnicode_FromString(module) };
        let status = if filename.is_null() || module.is_null() && occurred() {
            -1
        } else {
            PyErr_WarnExplicitObject(category, message, filename, line, module, registry)
        };
        Py_DecRef(message);
        Py_DecRef(filename);
        Py_DecRef(module);
        status
    }
}

/// Writes to `sys.stdout` or `sys.stderr`, or to the file itself if that fails, and keeps the current exception.
unsafe fn write(stream: &CStr, text: Raw, raw: Option<&[u8]>) {
    // SAFETY: the text is alive or null.
    unsafe {
        let exception = PyErr_GetRaisedException();
        let file = PySys_GetObject(stream.as_ptr());
        if file.is_null() || file == Py_None() || PyFile_WriteObject(text, file, abi::Py_PRINT_RAW) != 0 {
            PyErr_Clear();
            let descriptor = if stream == c"stdout" { 1 } else { 2 };
            let encoded;
            let bytes = match raw {
                Some(bytes) => bytes,
                None => {
                    encoded = crate::support::str_lossy(text);
                    encoded.as_bytes()
                }
            };
            libc::write(descriptor, bytes.as_ptr().cast(), bytes.len());
        }
        PyErr_SetRaisedException(exception);
    }
}

/// `PySys_WriteStdout` and `PySys_WriteStderr`.
///
/// # Safety
/// Both are C strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_sys_write(stream: *const c_char, text: *const c_char) {
    // SAFETY: by contract.
    unsafe {
        let bytes = CStr::from_ptr(text).to_bytes();
        let object = PyUnicode_DecodeUTF8(text, bytes.len() as isize, c"replace".as_ptr());
        write(CStr::from_ptr(stream), object, Some(bytes));
        Py_DecRef(object);
    }
}

/// `PySys_FormatStdout` and `PySys_FormatStderr`.
///
/// # Safety
/// The argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_sys_format(
    stream: *const c_char,
    format: *const c_char,
    arguments: &mut Arguments,
) {
    // SAFETY: by contract.
    unsafe {
        let exception = PyErr_GetRaisedException();
        let text = taipan_format_str(format, arguments);
        if text.is_null() {
            PyErr_Clear();
            libc::write(2, format.cast(), libc::strlen(format));
        } else {
            write(CStr::from_ptr(stream), text, None);
            Py_DecRef(text);
        }
        PyErr_SetRaisedException(exception);
    }
}
