//! `Py_BuildValue` and the calls that take a format: objects made from C values.
//! The language of formats: <https://docs.python.org/3.14/c-api/arg.html#building-values>.

use std::ffi::{CStr, c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::ptr::null_mut;

use abi::{Py_complex, wchar_t};

use crate::api::*;
use crate::arguments::Arguments;
use crate::support::{Raw, occurred, set_error};

/// A build under way. After the first failure it goes on without making objects, to take the rest of the arguments: an
/// `N` gives its reference away in any case.
struct Builder<'a> {
    format: &'a [u8],
    arguments: &'a mut Arguments,
    failed: Option<Raw>,
}

impl Builder<'_> {
    fn peek(&self) -> u8 {
        self.format.first().copied().unwrap_or(0)
    }

    fn advance(&mut self) -> u8 {
        let byte = self.peek();
        self.format = self.format.get(1..).unwrap_or_default();
        byte
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        if found {
            self.advance();
        }
        found
    }

    /// Passes over separators.
    fn separators(&mut self) {
        while matches!(self.peek(), b',' | b':' | b' ' | b'\t') {
            self.advance();
        }
    }

    /// Puts the current exception aside.
    fn fail(&mut self) {
        // SAFETY: an exception is set; the first one is kept.
        unsafe {
            let exception = PyErr_GetRaisedException();
            match self.failed {
                None => self.failed = Some(exception),
                Some(_) => Py_DecRef(exception),
            }
        }
    }

    /// Items up to `end` (0: the end of the format), each an owned reference.
    unsafe fn items(&mut self, end: u8) -> Vec<Raw> {
        let mut items = Vec::new();
        loop {
            self.separators();
            if self.peek() == end {
                self.advance();
                return items;
            }
            if self.peek() == 0 || matches!(self.peek(), b')' | b']' | b'}') {
                // SAFETY: the exception class exists.
                set_error(unsafe { PyExc_SystemError }, "unmatched paren in format");
                self.fail();
                return items;
            }
            // SAFETY: the argument list has what the format says.
            let item = unsafe { self.value() };
            if item.is_null() {
                if self.failed.is_none() {
                    self.fail();
                }
            } else {
                items.push(item);
            }
        }
    }

    /// One value; null after a failure.
    unsafe fn value(&mut self) -> Raw {
        // SAFETY: the argument list has what the format says.
        unsafe {
            match self.advance() {
                b'(' => {
                    let items = self.items(b')');
                    self.collect(items, tuple)
                }
                b'[' => {
                    let items = self.items(b']');
                    self.collect(items, list)
                }
                b'{' => {
                    let items = self.items(b'}');
                    self.collect(items, dict)
                }
                code => {
                    let made = self.simple(code);
                    if made.is_null() {
                        if occurred() {
                            self.fail();
                        }
                        return null_mut();
                    }
                    if self.failed.is_some() {
                        Py_DecRef(made);
                        return null_mut();
                    }
                    made
                }
            }
        }
    }

    /// A container of the items, or nothing after a failure.
    unsafe fn collect(&mut self, items: Vec<Raw>, make: unsafe fn(&[Raw]) -> Raw) -> Raw {
        // SAFETY: the items are owned references; `make` takes them over.
        unsafe {
            if self.failed.is_some() {
                release(&items);
                return null_mut();
            }
            let made = make(&items);
            if made.is_null() {
                self.fail();
            }
            made
        }
    }

    unsafe fn simple(&mut self, code: u8) -> Raw {
        // SAFETY: the argument list has what the format says.
        unsafe {
            match code {
                b'b' | b'B' | b'h' | b'i' => PyLong_FromLong(self.arguments.next_int() as c_long),
                b'H' => PyLong_FromLong(self.arguments.next_int() as c_uint as c_long),
                b'I' => PyLong_FromUnsignedLong(self.arguments.next_int() as c_uint as c_ulong),
                b'n' | b'l' | b'L' => PyLong_FromLongLong(self.arguments.next_long()),
                b'k' | b'K' => PyLong_FromUnsignedLongLong(self.arguments.next_long() as u64),
                b'p' => PyBool_FromLong(self.arguments.next_int() as c_long),
                b'd' | b'f' => PyFloat_FromDouble(self.arguments.next_double()),
                b'D' => PyComplex_FromCComplex(*self.arguments.next_pointer::<Py_complex>()),
                b'c' => {
                    let byte = self.arguments.next_int() as c_char;
                    PyBytes_FromStringAndSize(&byte, 1)
                }
                b'C' => PyUnicode_FromOrdinal(self.arguments.next_int()),
                b's' | b'z' | b'U' => {
                    let (start, size) = self.text();
                    if start.is_null() {
                        return self.none();
                    }
                    let size = size.unwrap_or_else(|| CStr::from_ptr(start).count_bytes() as isize);
                    PyUnicode_FromStringAndSize(start, size)
                }
                b'y' => {
                    let (start, size) = self.text();
                    if start.is_null() {
                        return self.none();
                    }
                    let size = size.unwrap_or_else(|| CStr::from_ptr(start).count_bytes() as isize);
                    PyBytes_FromStringAndSize(start, size)
                }
                b'u' => {
                    let start = self.arguments.next_pointer::<wchar_t>();
                    let size = if self.accept(b'#') { self.arguments.next_long() as isize } else { -1 };
                    if start.is_null() {
                        return self.none();
                    }
                    PyUnicode_FromWideChar(start, size)
                }
                b'N' | b'S' | b'O' if code == b'O' && self.accept(b'&') => {
                    let make = self.arguments.next_pointer::<c_void>();
                    let argument = self.arguments.next_pointer::<c_void>();
                    let make: unsafe extern "C" fn(*mut c_void) -> Raw = std::mem::transmute(make);
                    if self.failed.is_some() {
                        return null_mut();
                    }
                    let made = make(argument);
                    if made.is_null() && !occurred() {
                        set_error(PyExc_SystemError, "NULL object passed to Py_BuildValue");
                    }
                    made
                }
                b'N' | b'S' | b'O' => {
                    let object = self.arguments.next_object();
                    if object.is_null() {
                        if self.failed.is_none() && !occurred() {
                            set_error(PyExc_SystemError, "NULL object passed to Py_BuildValue");
                        }
                    } else if code != b'N' {
                        Py_IncRef(object);
                    }
                    object
                }
                _ => {
                    set_error(PyExc_SystemError, "bad format char passed to Py_BuildValue");
                    null_mut()
                }
            }
        }
    }

    /// A string's start, and its size if `#` follows.
    unsafe fn text(&mut self) -> (*const c_char, Option<isize>) {
        // SAFETY: the argument list has what the format says.
        unsafe {
            let start = self.arguments.next_text();
            let size = self.accept(b'#').then(|| self.arguments.next_long() as isize);
            (start, size.filter(|&size| size >= 0))
        }
    }

    fn none(&self) -> Raw {
        Py_None()
    }

    /// Raises the failure that was put aside, if any; true if there was none.
    fn finish(&mut self) -> bool {
        match self.failed.take() {
            None => true,
            Some(exception) => {
                // SAFETY: an owned reference to an exception, or null.
                unsafe { PyErr_SetRaisedException(exception) };
                false
            }
        }
    }
}

unsafe fn release(items: &[Raw]) {
    for &item in items {
        // SAFETY: the caller gives the references up.
        unsafe { Py_DecRef(item) };
    }
}

unsafe fn tuple(items: &[Raw]) -> Raw {
    // SAFETY: the caller gives the references up.
    unsafe {
        let made = PyTuple_New(items.len() as isize);
        if made.is_null() {
            release(items);
            return made;
        }
        for (index, &item) in items.iter().enumerate() {
            PyTuple_SetItem(made, index as isize, item);
        }
        made
    }
}

unsafe fn list(items: &[Raw]) -> Raw {
    // SAFETY: the caller gives the references up.
    unsafe {
        let made = PyList_New(items.len() as isize);
        if made.is_null() {
            release(items);
            return made;
        }
        for (index, &item) in items.iter().enumerate() {
            PyList_SetItem(made, index as isize, item);
        }
        made
    }
}

unsafe fn dict(items: &[Raw]) -> Raw {
    // SAFETY: the caller gives the references up.
    unsafe {
        if !items.len().is_multiple_of(2) {
            set_error(PyExc_SystemError, "Bad dict format");
            release(items);
            return null_mut();
        }
        let mut made = PyDict_New();
        if !made.is_null() && items.chunks_exact(2).any(|pair| PyDict_SetItem(made, pair[0], pair[1]) < 0) {
            Py_DecRef(made);
            made = null_mut();
        }
        release(items);
        made
    }
}

/// The top-level values of a format.
unsafe fn build_all(format: *const c_char, arguments: &mut Arguments) -> Option<Vec<Raw>> {
    // SAFETY: the argument list has what the format says.
    unsafe {
        let mut builder = Builder { format: CStr::from_ptr(format).to_bytes(), arguments, failed: None };
        let items = builder.items(0);
        if builder.finish() {
            return Some(items);
        }
        release(&items);
        None
    }
}

/// `Py_BuildValue`: None for no value, one value as it is, several as a tuple.
///
/// # Safety
/// The argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_build_value(format: *const c_char, arguments: &mut Arguments) -> Raw {
    // SAFETY: by contract.
    unsafe {
        match build_all(format, arguments) {
            None => null_mut(),
            Some(items) => match items[..] {
                [] => Py_None(),
                [only] => only,
                _ => tuple(&items),
            },
        }
    }
}

/// The arguments of a call that a format describes: a single tuple stands for its items.
unsafe fn call_arguments(format: *const c_char, arguments: &mut Arguments) -> Option<Vec<Raw>> {
    // SAFETY: the argument list has what the format says.
    unsafe {
        if format.is_null() || *format == 0 {
            return Some(Vec::new());
        }
        let items = build_all(format, arguments)?;
        if let [only] = items[..]
            && PyTuple_Check(only)
        {
            let unpacked =
                (0..PyTuple_Size(only)).map(|index| Py_NewRef(PyTuple_GetItem(only, index))).collect();
            Py_DecRef(only);
            return Some(unpacked);
        }
        Some(items)
    }
}

/// Calls with owned arguments, which it releases.
unsafe fn call_with(callable: Raw, items: Vec<Raw>) -> Raw {
    // SAFETY: the callable is alive, the items are owned.
    unsafe {
        let result = PyObject_Vectorcall(callable, items.as_ptr(), items.len(), null_mut());
        release(&items);
        result
    }
}

/// `PyObject_CallFunction`.
///
/// # Safety
/// The callable is null or alive; the argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_call_function(
    callable: Raw,
    format: *const c_char,
    arguments: &mut Arguments,
) -> Raw {
    // SAFETY: by contract.
    unsafe {
        if callable.is_null() {
            return null_error();
        }
        match call_arguments(format, arguments) {
            None => null_mut(),
            Some(items) => call_with(callable, items),
        }
    }
}

/// `PyObject_CallMethod`.
///
/// # Safety
/// The object is null or alive; the argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_call_method(
    object: Raw,
    name: *const c_char,
    format: *const c_char,
    arguments: &mut Arguments,
) -> Raw {
    // SAFETY: by contract.
    unsafe {
        if object.is_null() || name.is_null() {
            return null_error();
        }
        let method = PyObject_GetAttrString(object, name);
        if method.is_null() {
            return null_mut();
        }
        let result = match call_arguments(format, arguments) {
            None => null_mut(),
            Some(items) => call_with(method, items),
        };
        Py_DecRef(method);
        result
    }
}

/// The objects up to a null, borrowed.
unsafe fn objects_to_null(arguments: &mut Arguments) -> Vec<Raw> {
    // SAFETY: the list ends with null.
    std::iter::from_fn(|| Some(unsafe { arguments.next_object() }).filter(|object| !object.is_null()))
        .collect()
}

/// `PyObject_CallFunctionObjArgs`.
///
/// # Safety
/// The callable is null or alive; the argument list is of objects and ends with null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_call_function_objects(callable: Raw, arguments: &mut Arguments) -> Raw {
    // SAFETY: by contract.
    unsafe {
        if callable.is_null() {
            return null_error();
        }
        let items = objects_to_null(arguments);
        PyObject_Vectorcall(callable, items.as_ptr(), items.len(), null_mut())
    }
}

/// `PyObject_CallMethodObjArgs`.
///
/// # Safety
/// The objects are null or alive; the argument list is of objects and ends with null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_call_method_objects(
    object: Raw,
    name: Raw,
    arguments: &mut Arguments,
) -> Raw {
    // SAFETY: by contract.
    unsafe {
        if object.is_null() || name.is_null() {
            return null_error();
        }
        let mut items = vec![object];
        items.extend(objects_to_null(arguments));
        PyObject_VectorcallMethod(name, items.as_ptr(), items.len(), null_mut())
    }
}

/// `PyTuple_Pack`.
///
/// # Safety
/// The argument list has `size` objects.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_tuple_pack(size: isize, arguments: &mut Arguments) -> Raw {
    // SAFETY: by contract.
    unsafe {
        let made = PyTuple_New(size);
        if !made.is_null() {
            for index in 0..size {
                PyTuple_SetItem(made, index, Py_NewRef(arguments.next_object()));
            }
        }
        made
    }
}

/// What a null argument raises.
unsafe fn null_error() -> Raw {
    if !occurred() {
        // SAFETY: the exception class exists.
        set_error(unsafe { PyExc_SystemError }, "null argument to internal routine");
    }
    null_mut()
}

/// `PySys_Audit`.
///
/// # Safety
/// The argument list has what the format says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taipan_audit(
    event: *const c_char,
    format: *const c_char,
    arguments: &mut Arguments,
) -> c_int {
    // SAFETY: by contract.
    unsafe {
        if !crate::sys::has_audit_hooks() {
            return 0;
        }
        let items =
            if format.is_null() || *format == 0 { Some(Vec::new()) } else { build_all(format, arguments) };
        let Some(items) = items else { return -1 };
        let args = match items[..] {
            [only] if PyTuple_Check(only) => only,
            _ => tuple(&items),
        };
        if args.is_null() {
            return -1;
        }
        let status = PySys_AuditTuple(event, args);
        Py_DecRef(args);
        status
    }
}
