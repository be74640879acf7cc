//! `PyArg_Parse*`: converts the arguments of a call to C values as a format says.
//! The language of formats: <https://docs.python.org/3.14/c-api/arg.html#parsing-arguments>.

use std::ffi::{
    CStr, c_char, c_double, c_float, c_int, c_long, c_longlong, c_short, c_uchar, c_uint, c_ulong,
    c_ulonglong, c_ushort, c_void,
};
use std::ptr::{null, null_mut};

use abi::{Py_buffer, Py_complex, PyObject, PyTypeObject};

use crate::api::*;
use crate::arguments::Arguments;
use crate::support::{Raw, occurred, set_error, text, type_name};

/// An `O&` converter that returns this wants a second call with a null object if parsing fails later.
const CLEANUP_SUPPORTED: c_int = 0x20000;

type Converter = unsafe extern "C" fn(Raw, *mut c_void) -> c_int;

/// What to undo if a later argument fails.
enum Cleanup {
    Memory(*mut *mut c_char),
    Buffer(*mut Py_buffer),
    Converter(Converter, *mut c_void),
}

/// Why a conversion failed, when no exception is set: the message follows "argument n". A message that begins with a
/// parenthesis is about the format.
struct Failure {
    message: String,
    /// The positions inside nested sequences, outermost first.
    path: Vec<usize>,
}

impl Failure {
    fn new(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), path: Vec::new() }
    }

    /// "must be int, not str". An expectation in parentheses is a fault of the format.
    unsafe fn expected(expected: &str, object: Raw) -> Failure {
        if expected.starts_with('(') {
            return Failure::new(expected);
        }
        // SAFETY: the object is alive.
        Failure::new(format!("must be {:.50}, not {:.50}", expected, unsafe { kind_name(object) }))
    }

    /// An exception is set; there is nothing to add.
    fn raised() -> Failure {
        Failure::new("(unspecified)")
    }
}

type Conversion<T = ()> = Result<T, Failure>;

/// The object's type, `None` by its own name.
unsafe fn kind_name(object: Raw) -> String {
    // SAFETY: the object is alive.
    unsafe { if object == Py_None() { "None".into() } else { type_name(object) } }
}

/// A parse under way: the rest of the format, the open argument list, and what to undo.
struct Parser<'a> {
    format: &'a [u8],
    arguments: &'a mut Arguments,
    cleanups: Vec<Cleanup>,
}

impl<'a> Parser<'a> {
    fn new(format: &'a [u8], arguments: &'a mut Arguments) -> Self {
        Parser { format, arguments, cleanups: Vec::new() }
    }

    fn peek(&self) -> u8 {
        self.format.first().copied().unwrap_or(0)
    }

    fn advance(&mut self) -> u8 {
        let byte = self.peek();
        self.format = self.format.get(1..).unwrap_or_default();
        byte
    }

    /// Takes the byte if it is next.
    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        if found {
            self.advance();
        }
        found
    }

    /// Is the list of formats over: at the end, a name or a message?
    fn at_end(&self) -> bool {
        matches!(self.peek(), 0 | b':' | b';')
    }

    /// Ends the parse: 1 for success, else undoes everything.
    fn finish(&mut self, success: bool) -> c_int {
        if !success {
            for cleanup in self.cleanups.drain(..) {
                // SAFETY: each was recorded with what makes it right.
                unsafe {
                    match cleanup {
                        Cleanup::Memory(place) => {
                            PyMem_Free((*place).cast());
                            *place = null_mut();
                        }
                        Cleanup::Buffer(view) => PyBuffer_Release(view),
                        Cleanup::Converter(convert, place) => {
                            convert(null_mut(), place);
                        }
                    }
                }
            }
        }
        success as c_int
    }

    /// Converts one object as the next format says, nested sequences included.
    unsafe fn item(&mut self, object: Raw) -> Conversion {
        // SAFETY: the object is alive; the argument list has what the format says.
        unsafe {
            if self.accept(b'(') {
                self.sequence(object)?;
                self.advance();
                Ok(())
            } else {
                self.simple(object)
            }
        }
    }

    /// Converts the items of a sequence, up to the closing parenthesis.
    unsafe fn sequence(&mut self, object: Raw) -> Conversion {
        let wanted = count_items(self.format);
        // SAFETY: the object is alive; the argument list has what the format says.
        unsafe {
            let is_tuple = PyTuple_Check(object);
            if !is_tuple
                && (PySequence_Check(object) == 0
                    || PyUnicode_Check(object)
                    || PyBytes_Check(object)
                    || PyByteArray_Check(object))
            {
                return Err(Failure::new(format!(
                    "must be {wanted}-item tuple, not {:.50}",
                    kind_name(object)
                )));
            }
            let size = PySequence_Size(object);
            if size < 0 {
                return Err(Failure::raised());
            }
            if size as usize != wanted {
                let kind = if is_tuple { "tuple" } else { "sequence" };
                return Err(Failure::new(format!("must be {kind} of length {wanted}, not {size}")));
            }
            for index in 0..wanted {
                let item = PySequence_GetItem(object, index as isize);
                if item.is_null() {
                    return Err(Failure::raised());
                }
                let converted = self.item(item);
                // The sequence keeps the item alive, as callers of borrowing formats rely on.
                Py_DecRef(item);
                converted.map_err(|mut failure| {
                    failure.path.insert(0, index);
                    failure
                })?;
            }
            Ok(())
        }
    }

    /// Converts one object to one or two C values.
    unsafe fn simple(&mut self, object: Raw) -> Conversion {
        // SAFETY: the object is alive; the argument list has what the format says.
        unsafe {
            let code = self.advance();
            match code {
                b'b' => {
                    let value = self.long(object)?;
                    let place = self.arguments.next_pointer::<c_uchar>();
                    *place = in_range(value, 0, c_uchar::MAX as c_long, "unsigned byte integer")? as c_uchar;
                }
                b'B' => {
                    let place = self.arguments.next_pointer::<c_uchar>();
                    let value = PyLong_AsUnsignedLongMask(object);
                    *place = checked(value, value == c_ulong::MAX)? as c_uchar;
                }
                b'h' => {
                    let value = self.long(object)?;
                    let place = self.arguments.next_pointer::<c_short>();
                    *place = in_range(
                        value,
                        c_short::MIN as c_long,
                        c_short::MAX as c_long,
                        "signed short integer",
                    )? as c_short;
                }
                b'H' => {
                    let place = self.arguments.next_pointer::<c_ushort>();
                    let value = PyLong_AsUnsignedLongMask(object);
                    *place = checked(value, value == c_ulong::MAX)? as c_ushort;
                }
                b'i' => {
                    let value = self.long(object)?;
                    let place = self.arguments.next_pointer::<c_int>();
                    *place = in_range(value, c_int::MIN as c_long, c_int::MAX as c_long, "signed integer")?
                        as c_int;
                }
                b'I' => {
                    let place = self.arguments.next_pointer::<c_uint>();
                    let value = PyLong_AsUnsignedLongMask(object);
                    *place = checked(value, value == c_ulong::MAX)? as c_uint;
                }
                b'n' => {
                    let place = self.arguments.next_pointer::<isize>();
                    let index = PyNumber_Index(object);
                    if index.is_null() {
                        return Err(Failure::raised());
                    }
                    let value = PyLong_AsSsize_t(index);
                    Py_DecRef(index);
                    *place = checked(value, value == -1)?;
                }
                b'l' => {
                    let place = self.arguments.next_pointer::<c_long>();
                    *place = self.long(object)?;
                }
                b'k' => {
                    let place = self.arguments.next_pointer::<c_ulong>();
                    if PyIndex_Check(object) == 0 {
                        return Err(Failure::expected("int", object));
                    }
                    let value = PyLong_AsUnsignedLongMask(object);
                    *place = checked(value, value == c_ulong::MAX)?;
                }
                b'L' => {
                    let place = self.arguments.next_pointer::<c_longlong>();
                    let value = PyLong_AsLongLong(object);
                    *place = checked(value, value == -1)?;
                }
                b'K' => {
                    let place = self.arguments.next_pointer::<c_ulonglong>();
                    if PyIndex_Check(object) == 0 {
                        return Err(Failure::expected("int", object));
                    }
                    let value = PyLong_AsUnsignedLongLongMask(object);
                    *place = checked(value, value == c_ulonglong::MAX)?;
                }
                b'f' => {
                    let place = self.arguments.next_pointer::<c_float>();
                    let value = PyFloat_AsDouble(object);
                    *place = checked(value, value == -1.0)? as c_float;
                }
                b'd' => {
                    let place = self.arguments.next_pointer::<c_double>();
                    let value = PyFloat_AsDouble(object);
                    *place = checked(value, value == -1.0)?;
                }
                b'D' => {
                    let place = self.arguments.next_pointer::<Py_complex>();
                    let value = PyComplex_AsCComplex(object);
                    *place = checked(value, occurred())?;
                }
                b'c' => self.byte(object)?,
                b'C' => {
                    let place = self.arguments.next_pointer::<c_int>();
                    if !PyUnicode_Check(object) {
                        return Err(Failure::expected("a unicode character", object));
                    }
                    let length = PyUnicode_GetLength(object);
                    if length != 1 {
                        return Err(Failure::new(format!(
                            "must be a unicode character, not a string of length {length}"
                        )));
                    }
                    *place = PyUnicode_ReadChar(object, 0) as c_int;
                }
                b'p' => {
                    let place = self.arguments.next_pointer::<c_int>();
                    let truth = PyObject_IsTrue(object);
                    if truth < 0 {
                        return Err(Failure::raised());
                    }
                    *place = truth;
                }
                b'y' => self.bytes(object)?,
                b's' | b'z' => self.string(object, code == b'z')?,
                b'e' => self.encoded(object)?,
                b'S' => self.exactly(object, PyBytes_Check(object), "bytes")?,
                b'Y' => self.exactly(object, PyByteArray_Check(object), "bytearray")?,
                b'U' => self.exactly(object, PyUnicode_Check(object), "str")?,
                b'O' => self.object(object)?,
                b'w' => self.writable(object)?,
                _ => return Err(Failure::new("(impossible<bad format char>)")),
            }
        }
        Ok(())
    }

    unsafe fn long(&mut self, object: Raw) -> Conversion<c_long> {
        // SAFETY: the object is alive.
        unsafe {
            let value = PyLong_AsLong(object);
            checked(value, value == -1)
        }
    }

    unsafe fn byte(&mut self, object: Raw) -> Conversion {
        // SAFETY: the object is alive; `c` goes with a `char *`.
        unsafe {
            let place = self.arguments.next_pointer::<c_char>();
            let (start, size, name) = if PyBytes_Check(object) {
                (PyBytes_AsString(object), PyBytes_Size(object), "bytes")
            } else if PyByteArray_Check(object) {
                (PyByteArray_AsString(object), PyByteArray_Size(object), "bytearray")
            } else {
                return Err(Failure::expected("a byte string of length 1", object));
            };
            if size != 1 {
                return Err(Failure::new(format!(
                    "must be a byte string of length 1, not a {name} object of length {size}"
                )));
            }
            *place = *start;
            Ok(())
        }
    }

    /// `y`, `y#`, `y*`.
    unsafe fn bytes(&mut self, object: Raw) -> Conversion {
        // SAFETY: the object is alive; the argument list has what the format says.
        unsafe {
            if self.accept(b'*') {
                let view = self.arguments.next_pointer::<Py_buffer>();
                self.view(object, view)?;
                self.cleanups.push(Cleanup::Buffer(view));
                return Ok(());
            }
            let place = self.arguments.next_pointer::<*const c_char>();
            let (start, size) = read_only(object)?;
            *place = start;
            if self.accept(b'#') {
                *self.arguments.next_pointer::<isize>() = size;
            } else if CStr::from_ptr(start).count_bytes() as isize != size {
                set_error(PyExc_ValueError, "embedded null byte");
                return Err(Failure::raised());
            }
            Ok(())
        }
    }

    /// `s`, `s#`, `s*` and the same with `z`, for which None is null.
    unsafe fn string(&mut self, object: Raw, or_none: bool) -> Conversion {
        // SAFETY: the object is alive; the argument list has what the format says.
        unsafe {
            let none = or_none && object == Py_None();
            if self.accept(b'*') {
                let view = self.arguments.next_pointer::<Py_buffer>();
                if none {
                    PyBuffer_FillInfo(view, null_mut(), null_mut(), 0, 1, 0);
                } else if PyUnicode_Check(object) {
                    let mut size = 0;
                    let start = PyUnicode_AsUTF8AndSize(object, &mut size);
                    if start.is_null() {
                        return Err(Failure::raised());
                    }
                    PyBuffer_FillInfo(view, object, start.cast_mut().cast(), size, 1, 0);
                } else {
                    self.view(object, view)?;
                }
                self.cleanups.push(Cleanup::Buffer(view));
            } else if self.peek() == b'#' {
                let place = self.arguments.next_pointer::<*const c_char>();
                let size_place = self.arguments.next_pointer::<isize>();
                self.advance();
                let (start, size) = if none {
                    (null(), 0)
                } else if PyUnicode_Check(object) {
                    let mut size = 0;
                    let start = PyUnicode_AsUTF8AndSize(object, &mut size);
                    if start.is_null() {
                        return Err(Failure::raised());
                    }
                    (start, size)
                } else {
                    read_only(object)?
                };
                *place = start;
                *size_place = size;
            } else {
                let place = self.arguments.next_pointer::<*const c_char>();
                if none {
                    *place = null();
                } else if PyUnicode_Check(object) {
                    let mut size = 0;
                    let start = PyUnicode_AsUTF8AndSize(object, &mut size);
                    if start.is_null() {
                        return Err(Failure::raised());
                    }
                    if CStr::from_ptr(start).count_bytes() as isize != size {
                        set_error(PyExc_ValueError, "embedded null character");
                        return Err(Failure::raised());
                    }
                    *place = start;
                } else {
                    return Err(Failure::expected(if or_none { "str or None" } else { "str" }, object));
                }
            }
            Ok(())
        }
    }

    /// `es`, `et`, `es#`, `et#`: a str in an encoding, in memory that the caller frees.
    unsafe fn encoded(&mut self, object: Raw) -> Conversion {
        // SAFETY: the object is alive; the argument list has what the format says.
        unsafe {
            let encoding: *const c_char = self.arguments.next_pointer();
            let encoding = if encoding.is_null() { c"utf-8".as_ptr() } else { encoding };
            let recode_strings = match self.advance() {
                b's' => true,
                b't' => false,
                _ => return Err(Failure::new("(unknown parser marker combination)")),
            };
            let place = self.arguments.next_pointer::<*mut c_char>();
            if place.is_null() {
                return Err(Failure::new("(buffer is NULL)"));
            }
            let encoded = if !recode_strings && (PyBytes_Check(object) || PyByteArray_Check(object)) {
                Py_IncRef(object);
                object
            } else if PyUnicode_Check(object) {
                let encoded = PyUnicode_AsEncodedString(object, encoding, null());
                if encoded.is_null() {
                    return Err(Failure::new("(encoding failed)"));
                }
                encoded
            } else {
                let expected = if recode_strings { "str" } else { "str, bytes or bytearray" };
                return Err(Failure::expected(expected, object));
            };
            let (start, size) = if PyBytes_Check(encoded) {
                (PyBytes_AsString(encoded), PyBytes_Size(encoded))
            } else {
                (PyByteArray_AsString(encoded), PyByteArray_Size(encoded))
            };
            let outcome = self.store_encoded(object, start, size, place);
            Py_DecRef(encoded);
            outcome
        }
    }

    unsafe fn store_encoded(
        &mut self,
        object: Raw,
        start: *const c_char,
        size: isize,
        place: *mut *mut c_char,
    ) -> Conversion {
        // SAFETY: `size` bytes and a zero are at `start`; the argument list has what the format says.
        unsafe {
            if self.accept(b'#') {
                let size_place = self.arguments.next_pointer::<isize>();
                if size_place.is_null() {
                    return Err(Failure::new("(buffer_len is NULL)"));
                }
                if (*place).is_null() {
                    *place = PyMem_Malloc(size as usize + 1).cast();
                    if (*place).is_null() {
                        PyErr_NoMemory();
                        return Err(Failure::raised());
                    }
                    self.cleanups.push(Cleanup::Memory(place));
                } else if size + 1 > *size_place {
                    set_error(
                        PyExc_ValueError,
                        &format!("encoded string too long ({size}, maximum length {})", *size_place - 1),
                    );
                    return Err(Failure::raised());
                }
                std::ptr::copy_nonoverlapping(start, *place, size as usize + 1);
                *size_place = size;
            } else {
                if CStr::from_ptr(start).count_bytes() as isize != size {
                    return Err(Failure::expected("encoded string without null bytes", object));
                }
                *place = PyMem_Malloc(size as usize + 1).cast();
                if (*place).is_null() {
                    PyErr_NoMemory();
                    return Err(Failure::raised());
                }
                self.cleanups.push(Cleanup::Memory(place));
                std::ptr::copy_nonoverlapping(start, *place, size as usize + 1);
            }
            Ok(())
        }
    }

    unsafe fn exactly(&mut self, object: Raw, right: bool, expected: &str) -> Conversion {
        // SAFETY: the object is alive; these formats go with a `PyObject **`.
        unsafe {
            let place = self.arguments.next_pointer::<Raw>();
            if !right {
                return Err(Failure::expected(expected, object));
            }
            *place = object;
            Ok(())
        }
    }

    /// `O`, `O!`, `O&`.
    unsafe fn object(&mut self, object: Raw) -> Conversion {
        // SAFETY: the object is alive; the argument list has what the format says.
        unsafe {
            if self.accept(b'!') {
                let class = self.arguments.next_pointer::<PyTypeObject>();
                let place = self.arguments.next_pointer::<Raw>();
                if PyType_IsSubtype((*object).ob_type.get(), class) == 0 {
                    return Err(Failure::expected(&text((*class).tp_name.get()), object));
                }
                *place = object;
            } else if self.accept(b'&') {
                let convert = self.arguments.next_pointer::<c_void>();
                let place = self.arguments.next_pointer::<c_void>();
                let convert: Converter = std::mem::transmute(convert);
                match convert(object, place) {
                    0 => return Err(Failure::expected("(unspecified)", object)),
                    CLEANUP_SUPPORTED => self.cleanups.push(Cleanup::Converter(convert, place)),
                    _ => (),
                }
            } else {
                *self.arguments.next_pointer::<Raw>() = object;
            }
            Ok(())
        }
    }

    /// `w*`.
    unsafe fn writable(&mut self, object: Raw) -> Conversion {
        // SAFETY: the object is alive; the argument list has what the format says.
        unsafe {
            let view = self.arguments.next_pointer::<Py_buffer>();
            if !self.accept(b'*') {
                return Err(Failure::new("(invalid use of 'w' format character)"));
            }
            if PyObject_GetBuffer(object, view, abi::PyBUF_WRITABLE) < 0 {
                PyErr_Clear();
                return Err(Failure::expected("read-write bytes-like object", object));
            }
            if PyBuffer_IsContiguous(view, b'C' as c_char) == 0 {
                PyBuffer_Release(view);
                return Err(Failure::expected("contiguous buffer", object));
            }
            self.cleanups.push(Cleanup::Buffer(view));
            Ok(())
        }
    }

    /// A simple view of a bytes-like object.
    unsafe fn view(&mut self, object: Raw, view: *mut Py_buffer) -> Conversion {
        // SAFETY: the object is alive and `view` points to a buffer.
        unsafe {
            if PyObject_GetBuffer(object, view, abi::PyBUF_SIMPLE) != 0 {
                return Err(Failure::expected("bytes-like object", object));
            }
            if PyBuffer_IsContiguous(view, b'C' as c_char) == 0 {
                PyBuffer_Release(view);
                return Err(Failure::expected("contiguous buffer", object));
            }
            Ok(())
        }
    }

    /// Passes over the next format and its places in the argument list; false if the format is bad.
    unsafe fn skip(&mut self) -> bool {
        // SAFETY: the argument list has what the format says.
        unsafe {
            match self.advance() {
                b'b' | b'B' | b'h' | b'H' | b'i' | b'I' | b'l' | b'k' | b'L' | b'K' | b'n' | b'f' | b'd'
                | b'D' | b'c' | b'p' | b'S' | b'Y' | b'U' | b'C' => {
                    self.arguments.next_pointer::<c_void>();
                }
                code @ (b'e' | b's' | b'z' | b'y' | b'w') => {
                    if code == b'e' {
                        self.arguments.next_pointer::<c_void>();
                        if !matches!(self.advance(), b's' | b't') {
                            return false;
                        }
                    }
                    self.arguments.next_pointer::<c_void>();
                    if self.accept(b'#') {
                        self.arguments.next_pointer::<c_void>();
                    } else {
                        self.accept(b'*');
                    }
                }
                b'O' => {
                    self.arguments.next_pointer::<c_void>();
                    if self.accept(b'!') || self.accept(b'&') {
                        self.arguments.next_pointer::<c_void>();
                    }
                }
                b'(' => {
                    while !matches!(self.peek(), b')' | 0) {
                        if !self.skip() {
                            return false;
                        }
                    }
                    return self.accept(b')');
                }
                _ => return false,
            }
            true
        }
    }
}

/// The value, unless it is the one that means an error and an exception is set.
fn checked<T>(value: T, suspicious: bool) -> Conversion<T> {
    if suspicious && occurred() { Err(Failure::raised()) } else { Ok(value) }
}

/// The value, or OverflowError.
fn in_range(value: c_long, min: c_long, max: c_long, kind: &str) -> Conversion<c_long> {
    if (min..=max).contains(&value) {
        return Ok(value);
    }
    let bound = if value < min { "less than minimum" } else { "greater than maximum" };
    // SAFETY: the exception class exists.
    set_error(unsafe { PyExc_OverflowError }, &format!("{kind} is {bound}"));
    Err(Failure::raised())
}

/// The memory of an object that needs no release.
unsafe fn read_only(object: Raw) -> Conversion<(*const c_char, isize)> {
    // SAFETY: the object is alive.
    unsafe {
        let procs = (*(*object).ob_type.get()).tp_as_buffer.get();
        if !procs.is_null() && (*procs).bf_releasebuffer.get().is_some() {
            return Err(Failure::expected("read-only bytes-like object", object));
        }
        let mut view: Py_buffer = std::mem::zeroed();
        if PyObject_GetBuffer(object, &mut view, abi::PyBUF_SIMPLE) != 0 {
            return Err(Failure::expected("bytes-like object", object));
        }
        let memory = (view.buf as *const c_char, view.len);
        PyBuffer_Release(&mut view);
        Ok(memory)
    }
}

/// How many items a nested format wants, up to its closing parenthesis.
fn count_items(format: &[u8]) -> usize {
    let (mut level, mut count) = (0, 0);
    for &byte in format {
        match byte {
            b'(' => {
                if level == 0 {
                    count += 1;
                }
                level += 1;
            }
            b')' if level == 0 => break,
            b')' => level -= 1,
            b':' | b';' => break,
            // `e` is the first of two letters that are one format.
            _ if level == 0 && byte.is_ascii_alphabetic() && byte != b'e' => count += 1,
            _ => (),
        }
    }
    count
}

/// The function's name after a colon, or the whole error message after a semicolon.
fn name_and_message(format: &[u8]) -> (Option<String>, Option<String>) {
    let rest = |at: usize| String::from_utf8_lossy(&format[at + 1..]).into_owned();
    match format.iter().position(|&byte| byte == b':' || byte == b';') {
        Some(at) if format[at] == b':' => (Some(rest(at)), None),
        Some(at) => (None, Some(rest(at))),
        None => (None, None),
    }
}

/// `name()` or "function".
fn callee(name: Option<&str>) -> String {
    name.map_or_else(|| "function".into(), |name| format!("{name:.200}()"))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Raises what a failed conversion of argument `position` (0: the only one) says.
fn raise(failure: Failure, position: usize, name: Option<&str>, message: Option<&str>) {
    if occurred() {
        return;
    }
    // SAFETY: the exception classes exist.
    let exception =
        unsafe { if failure.message.starts_with('(') { PyExc_SystemError } else { PyExc_TypeError } };
    let text = match message {
        Some(message) => message.to_owned(),
        None => {
            let mut text = String::new();
            if let Some(name) = name {
                text += &format!("{name:.200}() ");
            }
            text += "argument";
            if position != 0 {
                text += &format!(" {position}");
                for item in &failure.path {
                    text += &format!(", item {item}");
                }
            }
            text += &format!(" {:.256}", failure.message);
            text
        }
    };
    set_error(exception, &text);
}

/// `PyArg_ParseTuple` and, if `single`, `PyArg_Parse`.
///
/// # Safety
/// `object` is null or alive; the argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_parse(
    object: Raw,
    format: *const c_char,
    single: c_int,
    arguments: &mut Arguments,
) -> c_int {
    // SAFETY: by contract.
    unsafe {
        let whole = CStr::from_ptr(format).to_bytes();
        let Some((min, max)) = count_arguments(whole) else {
            set_error(PyExc_SystemError, "missing ')' in getargs format");
            return 0;
        };
        let (name, message) = name_and_message(whole);
        let (name, message) = (name.as_deref(), message.as_deref());
        let mut parser = Parser::new(whole, arguments);
        if single != 0 {
            if max == 0 {
                if object.is_null() {
                    return 1;
                }
                set_error(PyExc_TypeError, &format!("{} takes no arguments", callee(name)));
                return 0;
            }
            if min != 1 || max != 1 {
                set_error(PyExc_SystemError, "old style getargs format uses new features");
                return 0;
            }
            if object.is_null() {
                set_error(PyExc_TypeError, &format!("{} takes at least one argument", callee(name)));
                return 0;
            }
            return match parser.item(object) {
                Ok(()) => parser.finish(true),
                Err(failure) => {
                    raise(failure, 0, name, message);
                    parser.finish(false)
                }
            };
        }
        if object.is_null() || !PyTuple_Check(object) {
            set_error(PyExc_SystemError, "new style getargs format but argument is not a tuple");
            return 0;
        }
        let size = PyTuple_Size(object) as usize;
        if size < min || size > max {
            let text = message.map_or_else(
                || {
                    let how = if min == max {
                        "exactly"
                    } else if size < min {
                        "at least"
                    } else {
                        "at most"
                    };
                    let bound = if size < min { min } else { max };
                    format!("{} takes {how} {bound} argument{} ({size} given)", callee(name), plural(bound))
                },
                str::to_owned,
            );
            set_error(PyExc_TypeError, &text);
            return 0;
        }
        for index in 0..size {
            parser.accept(b'|');
            if let Err(failure) = parser.item(PyTuple_GetItem(object, index as isize)) {
                raise(failure, index + 1, name, message);
                return parser.finish(false);
            }
        }
        if !parser.at_end() && !parser.peek().is_ascii_alphabetic() && !matches!(parser.peek(), b'(' | b'|') {
            let rest = String::from_utf8_lossy(parser.format).into_owned();
            set_error(PyExc_SystemError, &format!("bad format string: {rest:.200}"));
            return parser.finish(false);
        }
        parser.finish(true)
    }
}

/// The least and most number of arguments of a format; `None` if its parentheses don't match.
fn count_arguments(format: &[u8]) -> Option<(usize, usize)> {
    let (mut min, mut max, mut level) = (None, 0, 0usize);
    for &byte in format {
        match byte {
            b'(' => {
                if level == 0 {
                    max += 1;
                }
                level += 1;
            }
            b')' => level = level.checked_sub(1)?,
            b':' | b';' => break,
            _ if level > 0 => (),
            b'|' => min = Some(max),
            b'e' => (),
            _ if byte.is_ascii_alphabetic() => max += 1,
            _ => (),
        }
    }
    (level == 0).then_some((min.unwrap_or(max), max))
}

/// `PyArg_ParseTupleAndKeywords`.
///
/// # Safety
/// `args` and `kwargs` are null or alive; `keywords` ends with null; the argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_parse_keywords(
    args: Raw,
    kwargs: Raw,
    format: *const c_char,
    keywords: *const *const c_char,
    arguments: &mut Arguments,
) -> c_int {
    // SAFETY: by contract.
    unsafe {
        if args.is_null()
            || !PyTuple_Check(args)
            || !kwargs.is_null() && !PyDict_Check(kwargs)
            || format.is_null()
            || keywords.is_null()
        {
            let _ = crate::support::bad_internal_call();
            return 0;
        }
        let mut names = Vec::new();
        for index in 0.. {
            let name = *keywords.add(index);
            if name.is_null() {
                break;
            }
            names.push(CStr::from_ptr(name));
        }
        let whole = CStr::from_ptr(format).to_bytes();
        let (name, message) = name_and_message(whole);
        let mut parser = Parser::new(whole, arguments);
        let success =
            keyword_arguments(&mut parser, args, kwargs, &names, name.as_deref(), message.as_deref());
        parser.finish(success)
    }
}

/// The loop of [`taipan_parse_keywords`]; false if an exception is set.
unsafe fn keyword_arguments(
    parser: &mut Parser<'_>,
    args: Raw,
    kwargs: Raw,
    names: &[&CStr],
    name: Option<&str>,
    message: Option<&str>,
) -> bool {
    // SAFETY: the objects are alive; the argument list has what the format says.
    unsafe {
        let fail = |exception: Raw, text: String| {
            set_error(exception, &text);
            false
        };
        // Empty names come first: arguments by position only.
        let positional = names.iter().take_while(|name| name.is_empty()).count();
        if names[positional..].iter().any(|name| name.is_empty()) {
            return fail(PyExc_SystemError, "Empty keyword parameter name".into());
        }
        let given = PyTuple_Size(args) as usize;
        let mut named = if kwargs.is_null() { 0 } else { PyDict_Size(kwargs) as usize };
        let all_named = named;
        if given + named > names.len() {
            return fail(
                PyExc_TypeError,
                format!(
                    "{} takes at most {} {}argument{} ({} given)",
                    callee(name),
                    names.len(),
                    if given == 0 { "keyword " } else { "" },
                    plural(names.len()),
                    given + named
                ),
            );
        }
        let (mut min, mut max) = (usize::MAX, usize::MAX);
        let mut missing_positional = false;
        let mut index = 0;
        while index < names.len() {
            if parser.accept(b'|') {
                if min != usize::MAX {
                    return fail(PyExc_SystemError, "Invalid format string (| specified twice)".into());
                }
                min = index;
                if max != usize::MAX {
                    return fail(PyExc_SystemError, "Invalid format string ($ before |)".into());
                }
            }
            if parser.accept(b'$') {
                if max != usize::MAX {
                    return fail(PyExc_SystemError, "Invalid format string ($ specified twice)".into());
                }
                max = index;
                if max < positional {
                    return fail(PyExc_SystemError, "Empty parameter name after $".into());
                }
                if missing_positional {
                    break;
                }
                if max < given {
                    let text = if max == 0 {
                        format!("{} takes no positional arguments", callee(name))
                    } else {
                        format!(
                            "{} takes {} {max} positional argument{} ({given} given)",
                            callee(name),
                            if min < max { "at most" } else { "exactly" },
                            plural(max)
                        )
                    };
                    return fail(PyExc_TypeError, text);
                }
            }
            if parser.at_end() {
                return fail(
                    PyExc_SystemError,
                    format!("More keyword list entries ({}) than format specifiers ({index})", names.len()),
                );
            }
            if !missing_positional {
                let mut object = null_mut();
                if index < given {
                    object = PyTuple_GetItem(args, index as isize);
                } else if named > 0 && index >= positional {
                    object = PyDict_GetItemString(kwargs, names[index].as_ptr());
                    if !object.is_null() {
                        named -= 1;
                    } else if occurred() {
                        return false;
                    }
                }
                if !object.is_null() {
                    if let Err(failure) = parser.item(object) {
                        raise(failure, index + 1, name, message);
                        return false;
                    }
                    index += 1;
                    continue;
                }
                if index < min {
                    if index < positional {
                        missing_positional = true;
                    } else {
                        let text = format!(
                            "{} missing required argument '{}' (pos {})",
                            callee(name),
                            names[index].to_string_lossy(),
                            index + 1
                        );
                        return fail(PyExc_TypeError, text);
                    }
                }
                // Every required argument is there and no name is left: the rest keeps its defaults.
                if named == 0 && !missing_positional {
                    return true;
                }
            }
            if !parser.skip() {
                let rest = String::from_utf8_lossy(parser.format).into_owned();
                return fail(PyExc_SystemError, format!("impossible<bad format char>: '{rest}'"));
            }
            index += 1;
        }
        if missing_positional {
            let bound = positional.min(min);
            let text = format!(
                "{} takes {} {bound} positional argument{} ({given} given)",
                callee(name),
                if bound < index { "at least" } else { "exactly" },
                plural(bound)
            );
            return fail(PyExc_TypeError, text);
        }
        if !parser.at_end() && !matches!(parser.peek(), b'|' | b'$') {
            let rest = String::from_utf8_lossy(parser.format).into_owned();
            return fail(
                PyExc_SystemError,
                format!("more argument specifiers than keyword list entries (remaining format:'{rest}')"),
            );
        }
        if named == 0 {
            return true;
        }
        if all_named > 0 {
            for (index, keyword) in names.iter().enumerate().take(given).skip(positional) {
                let object = PyDict_GetItemString(kwargs, keyword.as_ptr());
                if !object.is_null() {
                    let text = format!(
                        "argument for {} given by name ('{}') and position ({})",
                        callee(name),
                        keyword.to_string_lossy(),
                        index + 1
                    );
                    return fail(PyExc_TypeError, text);
                }
            }
        }
        let (mut position, mut key) = (0, null_mut());
        while PyDict_Next(kwargs, &mut position, &mut key, null_mut()) != 0 {
            if !PyUnicode_Check(key) {
                return fail(PyExc_TypeError, "keywords must be strings".into());
            }
            let known =
                names[positional..].iter().any(|keyword| PyUnicode_EqualToUTF8(key, keyword.as_ptr()) != 0);
            if !known {
                let key = crate::support::str_lossy(key);
                let candidates: Vec<String> = names[positional..]
                    .iter()
                    .map(|keyword| keyword.to_string_lossy().into_owned())
                    .collect();
                let near = runtime::native::suggestions::nearest(&key, candidates.iter().map(String::as_str))
                    .map_or(String::new(), |near| format!(". Did you mean '{near}'?"));
                return fail(
                    PyExc_TypeError,
                    format!(
                        "{} got an unexpected keyword argument '{key}'{near}",
                        name.map_or_else(|| "this function".into(), |name| callee(Some(name)))
                    ),
                );
            }
        }
        true
    }
}

/// Parsing for Argument Clinic: a `_PyArg_Parser` in static memory holds format and names.
///
/// # Safety
/// As [`taipan_parse_keywords`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_parse_prepared(
    args: Raw,
    kwargs: Raw,
    parser: *const abi::_PyArg_Parser,
    arguments: &mut Arguments,
) -> c_int {
    // SAFETY: by contract.
    unsafe {
        taipan_parse_keywords(args, kwargs, (*parser).format.get(), (*parser).keywords.get(), arguments)
    }
}

/// `PyArg_UnpackTuple`.
///
/// # Safety
/// `args` is alive; the argument list has `max` places for objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_unpack_tuple(
    args: Raw,
    name: *const c_char,
    min: isize,
    max: isize,
    arguments: &mut Arguments,
) -> c_int {
    // SAFETY: by contract.
    unsafe {
        if !PyTuple_Check(args) {
            set_error(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
            return 0;
        }
        let size = PyTuple_Size(args);
        let name = (!name.is_null()).then(|| text(name));
        if !check_positional(name.as_deref(), size, min, max) {
            return 0;
        }
        for index in 0..size {
            *arguments.next_pointer::<Raw>() = PyTuple_GetItem(args, index);
        }
        1
    }
}

/// Raises TypeError unless `min <= size <= max`.
pub fn check_positional(name: Option<&str>, size: isize, min: isize, max: isize) -> bool {
    if (min..=max).contains(&size) {
        return true;
    }
    let (how, bound) = if size < min { ("at least ", min) } else { ("at most ", max) };
    let how = if min == max { "" } else { how };
    let text = match name {
        Some(name) => {
            format!("{name:.200} expected {how}{bound} argument{}, got {size}", plural(bound as usize))
        }
        None => format!(
            "unpacked tuple should have {how}{bound} element{}, but has {size}",
            plural(bound as usize)
        ),
    };
    // SAFETY: the exception class exists.
    set_error(unsafe { PyExc_TypeError }, &text);
    false
}

/// `PyArg_ValidateKeywordArguments`: 1 if the dict's keys are strings.
///
/// # Safety
/// `kwargs` is alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyArg_ValidateKeywordArguments(kwargs: *mut PyObject) -> c_int {
    // SAFETY: by contract.
    unsafe {
        if !PyDict_Check(kwargs) {
            let _ = crate::support::bad_internal_call();
            return 0;
        }
        let (mut position, mut key) = (0, null_mut());
        while PyDict_Next(kwargs, &mut position, &mut key, null_mut()) != 0 {
            if !PyUnicode_Check(key) {
                set_error(PyExc_TypeError, "keywords must be strings");
                return 0;
            }
        }
        1
    }
}
