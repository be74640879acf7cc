//! How C functions are declared here, and the conversions between C's conventions and the runtime's.

use std::ffi::{CStr, c_char, c_int};
use std::ptr::{null, null_mut};

use runtime::prelude::*;

/// An object as C sees it.
pub type Raw = *mut abi::PyObject;

/// Declares exported C functions. The Rust return type decides on C's: see [`ToC`].
macro_rules! exported {
    ($($(#[$meta:meta])* fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block)*) => {
        $(exported!(@one [$($meta)*] $name ($($arg: $type),*) [$($result)?] $body);)*
    };
    (@one [$($meta:meta)*] $name:ident ($($arg:ident: $type:ty),*) [] $body:block) => {
        $(#[$meta])*
        ///
        /// # Safety
        /// The arguments are what C's documentation says.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $type),*) {
            // SAFETY: by contract.
            #[allow(unused_unsafe)]
            unsafe { $body }
        }
    };
    (@one [$($meta:meta)*] $name:ident ($($arg:ident: $type:ty),*) [$result:ty] $body:block) => {
        $(#[$meta])*
        ///
        /// # Safety
        /// The arguments are what C's documentation says.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $type),*) -> <$result as $crate::support::ToC>::C {
            // SAFETY: by contract.
            #[allow(unused_unsafe, clippy::redundant_closure_call)]
            let result: $result = (|| unsafe { $body })();
            $crate::support::ToC::to_c(result)
        }
    };
}
pub(crate) use exported;

/// A Rust result as the value that C expects: null or -1 for an exception.
pub trait ToC {
    /// C's type.
    type C;
    /// The conversion.
    fn to_c(self) -> Self::C;
}

/// What a C function gives when an exception is set.
pub trait ErrorValue {
    /// That value.
    const ERROR: Self;
}

impl<T> ErrorValue for *mut T {
    const ERROR: Self = null_mut();
}

impl<T> ErrorValue for *const T {
    const ERROR: Self = std::ptr::null();
}

/// Numbers are themselves in C; all bits set (or -1.0) means an error.
macro_rules! numbers {
    ($($type:ty: $error:expr),*) => {$(
        impl ErrorValue for $type {
            const ERROR: Self = $error;
        }
        impl ToC for $type {
            type C = $type;
            fn to_c(self) -> $type {
                self
            }
        }
    )*};
}
numbers!(i8: -1, u8: u8::MAX, i16: -1, u16: u16::MAX, i32: -1, u32: u32::MAX, i64: -1, u64: u64::MAX, isize: -1, usize: usize::MAX,
    f64: -1.0, f32: -1.0);

impl<T: Layout> ToC for Ref<T> {
    type C = Raw;
    fn to_c(self) -> Raw {
        self.into_raw()
    }
}

impl<T: Layout> ToC for Option<Ref<T>> {
    type C = Raw;
    fn to_c(self) -> Raw {
        self.map_or(null_mut(), Ref::into_raw)
    }
}

/// A borrowed reference.
impl ToC for &Object {
    type C = Raw;
    fn to_c(self) -> Raw {
        self.as_ptr()
    }
}

/// A borrowed reference, or null.
impl ToC for Option<&Object> {
    type C = Raw;
    fn to_c(self) -> Raw {
        self.map_or(null_mut(), Object::as_ptr)
    }
}

impl<T> ToC for *mut T {
    type C = *mut T;
    fn to_c(self) -> *mut T {
        self
    }
}

impl<T> ToC for *const T {
    type C = *const T;
    fn to_c(self) -> *const T {
        self
    }
}

/// A status: 0.
impl ToC for () {
    type C = c_int;
    fn to_c(self) -> c_int {
        0
    }
}

impl ToC for bool {
    type C = c_int;
    fn to_c(self) -> c_int {
        self as c_int
    }
}

impl ToC for abi::Py_complex {
    type C = abi::Py_complex;
    fn to_c(self) -> abi::Py_complex {
        self
    }
}

impl ErrorValue for abi::Py_complex {
    const ERROR: Self = abi::Py_complex { real: -1.0, imag: 0.0 };
}

impl<T: ToC> ToC for Result<T>
where
    T::C: ErrorValue,
{
    type C = T::C;
    fn to_c(self) -> T::C {
        self.map_or(T::C::ERROR, ToC::to_c)
    }
}

/// The object, whose type must be `T`'s or a subtype; else SystemError, as for any misuse of the C API.
pub fn expect<T: NativeType>(object: &Object) -> Result<&T> {
    object.downcast().ok_or_else(bad_internal_call)
}

/// As [`expect`], for what may be null.
pub fn expect_opt<T: NativeType>(object: Option<&Object>) -> Result<&T> {
    object.and_then(Object::downcast).ok_or_else(bad_internal_call)
}

/// The object, which may not be null.
pub fn not_null(object: Option<&Object>) -> Result<&Object> {
    object.ok_or_else(null_error)
}

/// What a null argument raises, unless something is raised already.
#[cold]
pub fn null_error() -> Raised {
    if occurred() {
        return Raised::assume_set();
    }
    raise!(SystemError, "null argument to internal routine")
}

/// What misuse of the C API raises.
#[cold]
pub fn bad_internal_call() -> Raised {
    raise!(SystemError, "bad argument to internal function")
}

/// Is an exception set?
pub fn occurred() -> bool {
    Thread::current().has_exception()
}

/// Raises an exception class with a message, for code that works with raw objects.
pub fn set_error(exception: Raw, message: &str) {
    // SAFETY: exception classes are types and live for ever.
    let class: &Type = unsafe { &*exception.cast() };
    let _ = runtime::errors::raise_message(class, message);
}

/// A C string as text.
///
/// # Safety
/// `text` is a C string.
pub unsafe fn text(text: *const c_char) -> String {
    // SAFETY: by contract.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// A C string as a str.
///
/// # Safety
/// `text` is a C string.
pub unsafe fn name(name: *const c_char) -> Ref<Str> {
    // SAFETY: by contract.
    Str::new(&unsafe { text(name) })
}

/// A C string as a str, as strictly as C's functions decode it.
///
/// # Safety
/// `name` is a C string or null, which raises.
pub unsafe fn try_name(name: *const c_char) -> Result<Ref<Str>> {
    if name.is_null() {
        return Err(null_error());
    }
    // SAFETY: checked; else by contract.
    match unsafe { CStr::from_ptr(name) }.to_str() {
        Ok(text) => Ok(Str::new(text)),
        Err(_) => {
            // SAFETY: as above.
            let decoded = unsafe {
                crate::api::PyUnicode_DecodeUTF8(name, CStr::from_ptr(name).count_bytes() as isize, null())
            };
            // SAFETY: the function gives a strong reference or null.
            unsafe { runtime::protocol::result_from_raw(decoded) }
        }
    }
}

/// The name of the object's type.
///
/// # Safety
/// The object is alive.
pub unsafe fn type_name(object: Raw) -> String {
    // SAFETY: by contract.
    unsafe { Object::from_raw(object) }.ty().full_name().to_owned()
}

/// The text of a str, lone surrogates replaced.
///
/// # Safety
/// The object is a str.
pub unsafe fn str_lossy(object: Raw) -> String {
    // SAFETY: by contract.
    let text = unsafe { Object::from_raw(object).downcast_unchecked::<Str>() };
    text.code_points().map(|point| char::from_u32(point).unwrap_or('\u{fffd}')).collect()
}

/// The code points of a str.
///
/// # Safety
/// The object is a str.
pub unsafe fn code_points(object: Raw) -> Vec<u32> {
    // SAFETY: by contract.
    unsafe { Object::from_raw(object).downcast_unchecked::<Str>() }.code_points().collect()
}

/// Borrowed arguments from C's array.
///
/// # Safety
/// `arguments` points to `count` live objects.
pub unsafe fn objects<'a>(arguments: *const Raw, count: usize) -> &'a [&'a Object] {
    if count == 0 {
        return &[];
    }
    // SAFETY: a reference to an object is a pointer to it.
    unsafe { std::slice::from_raw_parts(arguments.cast(), count) }
}
