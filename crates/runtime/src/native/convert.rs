//! Between Python objects and Rust values: what a native function's parameters ([`FromArg`]) and results ([`IntoResult`]) may be.

use crate::errors::{Raised, Result};
use crate::native::args::Place;
use crate::object::{Layout, NativeType, Object, RawObject};
use crate::objects::bytes::Bytes;
use crate::objects::float::Float;
use crate::objects::int::Int;
use crate::objects::singletons::{none, py_bool};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::raise;
use crate::reference::Ref;

/// A parameter's type: how an argument becomes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the parameter of a native function",
    note = "for an object of any type: `&Object`; for a native type `T`: `&T` or `Ref<T>`"
)]
pub trait FromArg<'a>: Sized {
    fn from_arg(object: &'a Object, place: &'static Place) -> Result<Self>;
}

/// The argument for a parameter without a default.
#[inline(always)]
pub fn required<'a, T: FromArg<'a>>(object: Option<&'a Object>, place: &'static Place) -> Result<T> {
    match object {
        Some(object) => T::from_arg(object, place),
        None => Err(place.missing()),
    }
}

/// The argument for a parameter with a default: `None` where it is absent.
#[inline(always)]
pub fn optional<'a, T: FromArg<'a>>(object: Option<&'a Object>, place: &'static Place) -> Result<Option<T>> {
    object.map(|object| T::from_arg(object, place)).transpose()
}

/// An argument that may be Python's `None`.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrNone<T>(pub Option<T>);

impl<'a, T: FromArg<'a>> FromArg<'a> for OrNone<T> {
    #[inline]
    fn from_arg(object: &'a Object, place: &'static Place) -> Result<Self> {
        if object.is_none() {
            Ok(OrNone(None))
        } else {
            T::from_arg(object, place).map(|value| OrNone(Some(value)))
        }
    }
}

impl<'a> FromArg<'a> for &'a Object {
    #[inline(always)]
    fn from_arg(object: &'a Object, _: &'static Place) -> Result<Self> {
        Ok(object)
    }
}

impl FromArg<'_> for Ref {
    #[inline(always)]
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        Ok(object.to_ref())
    }
}

impl<'a, T: NativeType> FromArg<'a> for &'a T {
    #[inline]
    fn from_arg(object: &'a Object, place: &'static Place) -> Result<Self> {
        object.downcast::<T>().ok_or_else(|| place.must_be(T::type_object().full_name(), object))
    }
}

impl<T: NativeType> FromArg<'_> for Ref<T> {
    #[inline]
    fn from_arg(object: &Object, place: &'static Place) -> Result<Self> {
        <&T>::from_arg(object, place).map(Ref::from_borrowed)
    }
}

impl FromArg<'_> for f64 {
    #[inline]
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        match object.downcast_exact::<Float>() {
            Some(float) => Ok(float.value()),
            None => object.to_float(),
        }
    }
}

impl FromArg<'_> for f32 {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        object.to_float().map(|value| value as f32)
    }
}

/// By truth, as Clinic's `bool` takes any object.
impl FromArg<'_> for bool {
    #[inline]
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        object.is_true()
    }
}

impl<'a> FromArg<'a> for &'a str {
    fn from_arg(object: &'a Object, place: &'static Place) -> Result<Self> {
        match object.downcast::<Str>() {
            Some(text) => text.to_utf8(),
            None => Err(place.must_be("str", object)),
        }
    }
}

impl FromArg<'_> for String {
    fn from_arg(object: &Object, place: &'static Place) -> Result<Self> {
        <&str>::from_arg(object, place).map(str::to_string)
    }
}

/// A string of one character.
impl FromArg<'_> for char {
    fn from_arg(object: &Object, place: &'static Place) -> Result<Self> {
        match object.downcast::<Str>() {
            Some(text) if text.len() == 1 => match char::from_u32(text.char_at(0)) {
                Some(character) => Ok(character),
                None => {
                    Err(text.to_utf8().err().unwrap_or_else(|| place.must_be("a unicode character", object)))
                }
            },
            _ => Err(place.must_be("a unicode character", object)),
        }
    }
}

/// The value of an integer argument, if it fits into 128 bits.
fn integer(object: &Object) -> Result<Option<i128>> {
    fn value(int: &Int) -> Option<i128> {
        match int.to_i64() {
            Some(value) => Some(value.into()),
            None => int.to_u64().map(Into::into),
        }
    }
    match object.downcast::<Int>() {
        Some(int) => Ok(value(int)),
        None => Ok(value(&*object.index()?)),
    }
}

/// Is an integer argument negative? For those that fit nowhere.
fn is_negative(object: &Object) -> Result<bool> {
    match object.downcast::<Int>() {
        Some(int) => Ok(int.sign() < 0),
        None => Ok(object.index()?.sign() < 0),
    }
}

macro_rules! signed {
    ($($ty:ty: $name:literal)*) => {$(
        impl FromArg<'_> for $ty {
            #[inline]
            fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
                match integer(object)?.and_then(|value| value.try_into().ok()) {
                    Some(value) => Ok(value),
                    None => Err(raise!(OverflowError, "{}", concat!("Python int too large to convert to C ", $name))),
                }
            }
        }
    )*};
}

signed! { i32: "int" i64: "long" isize: "ssize_t" }

macro_rules! unsigned {
    ($($ty:ty: $name:literal)*) => {$(
        impl FromArg<'_> for $ty {
            #[inline]
            fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
                match integer(object)? {
                    Some(value) if value >= 0 => {
                        value.try_into().map_err(|_| raise!(OverflowError, "{}", concat!("Python int too large for C ", $name)))
                    }
                    None if !is_negative(object)? => {
                        Err(raise!(OverflowError, "{}", concat!("Python int too large for C ", $name)))
                    }
                    _ => Err(raise!(ValueError, "Cannot convert negative int")),
                }
            }
        }
    )*};
}

unsigned! { u16: "unsigned short" u32: "unsigned int" u64: "unsigned long" usize: "size_t" }

macro_rules! small {
    ($($ty:ty: $name:literal)*) => {$(
        impl FromArg<'_> for $ty {
            fn from_arg(object: &Object, place: &'static Place) -> Result<Self> {
                let value = i64::from_arg(object, place)?;
                if value < <$ty>::MIN.into() {
                    return Err(raise!(OverflowError, "{}", concat!($name, " is less than minimum")));
                }
                value.try_into().map_err(|_| raise!(OverflowError, "{}", concat!($name, " is greater than maximum")))
            }
        }
    )*};
}

small! { u8: "unsigned byte integer" i8: "signed byte integer" i16: "signed short integer" }

impl FromArg<'_> for num_bigint::BigInt {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        Ok(object.index()?.to_bigint())
    }
}

/// A result's type: how it becomes a Python object.
#[diagnostic::on_unimplemented(message = "`{Self}` can't be the result of a native function")]
pub trait IntoResult {
    fn into_result(self) -> Result;
}

/// What C gets: null for an error.
#[inline(always)]
pub fn to_c(result: Result) -> *mut RawObject {
    match result {
        Ok(object) => object.into_raw(),
        Err(_) => std::ptr::null_mut(),
    }
}

impl<T: IntoResult> IntoResult for Result<T> {
    #[inline(always)]
    fn into_result(self) -> Result {
        self?.into_result()
    }
}

impl IntoResult for Raised {
    fn into_result(self) -> Result {
        Err(self)
    }
}

impl<T: Layout> IntoResult for Ref<T> {
    #[inline(always)]
    fn into_result(self) -> Result {
        Ok(self.into_object())
    }
}

/// `None` becomes Python's.
impl<T: IntoResult> IntoResult for Option<T> {
    #[inline]
    fn into_result(self) -> Result {
        match self {
            Some(value) => value.into_result(),
            None => Ok(none()),
        }
    }
}

impl<T: Layout> IntoResult for &T {
    #[inline]
    fn into_result(self) -> Result {
        Ok(self.as_object().to_ref())
    }
}

impl IntoResult for () {
    #[inline(always)]
    fn into_result(self) -> Result {
        Ok(none())
    }
}

impl IntoResult for bool {
    #[inline(always)]
    fn into_result(self) -> Result {
        Ok(py_bool(self))
    }
}

impl IntoResult for f64 {
    fn into_result(self) -> Result {
        Ok(Float::new(self).into_object())
    }
}

impl IntoResult for f32 {
    fn into_result(self) -> Result {
        f64::from(self).into_result()
    }
}

impl IntoResult for &str {
    fn into_result(self) -> Result {
        Ok(Str::new(self).into_object())
    }
}

impl IntoResult for String {
    fn into_result(self) -> Result {
        Ok(Str::from_string(self).into_object())
    }
}

impl IntoResult for char {
    fn into_result(self) -> Result {
        self.encode_utf8(&mut [0; 4]).into_result()
    }
}

impl IntoResult for &mut str {
    fn into_result(self) -> Result {
        Ok(Str::new(self).into_object())
    }
}

/// `bytes`.
impl IntoResult for Vec<u8> {
    fn into_result(self) -> Result {
        Ok(Bytes::new(&self).into_object())
    }
}

/// `bytes`.
impl IntoResult for &[u8] {
    fn into_result(self) -> Result {
        Ok(Bytes::new(self).into_object())
    }
}

/// `bytes`.
impl<const N: usize> IntoResult for [u8; N] {
    fn into_result(self) -> Result {
        Ok(Bytes::new(&self).into_object())
    }
}

impl IntoResult for num_bigint::BigInt {
    fn into_result(self) -> Result {
        Ok(Int::from_bigint(&self).into_object())
    }
}

macro_rules! integers {
    ($($ty:ty)*: $make:expr) => {$(
        impl IntoResult for $ty {
            #[inline]
            fn into_result(self) -> Result {
                let make = $make;
                Ok(make(self.into()).into_object())
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 u8 u16 u32: Int::new);
integers!(u64: Int::from_u64);
integers!(usize: Int::from_usize);

impl IntoResult for isize {
    #[inline]
    fn into_result(self) -> Result {
        Ok(Int::new(self as i64).into_object())
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: IntoResult),*> IntoResult for ($($name,)*) {
            fn into_result(self) -> Result {
                #[allow(non_snake_case)]
                let ($($name,)*) = self;
                Ok(Tuple::pack([$($name.into_result()?),*]).into_object())
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
