//! `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`.

use std::cell::Cell;

use super::base::{join, no_keywords};
use super::{BaseException, UnicodeError};
use crate::prelude::*;

/// `UnicodeError` as the base of a native struct: laid out as `BaseException`.
#[repr(transparent)]
pub struct UnicodeBase(BaseException);

// SAFETY: begins with an object head.
unsafe impl Layout for UnicodeBase {}
// SAFETY: every `UnicodeError` begins with a `BaseException`.
unsafe impl NativeType for UnicodeBase {
    fn type_object() -> &'static Type {
        &UnicodeError
    }
}

macro_rules! unicode_errors {
    ($($name:ident $text:literal $doc:literal)*) => {$(
        #[doc = $doc]
        #[class(name = $text, variable = $name, base = UnicodeBase, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
        #[repr(C)]
        pub struct $name {
            base: BaseException,
            /// exception encoding
            #[member]
            pub encoding: Link,
            /// exception object
            #[member]
            pub object: Link,
            /// exception start
            #[member]
            pub start: Cell<isize>,
            /// exception end
            #[member]
            pub end: Cell<isize>,
            /// exception reason
            #[member]
            pub reason: Link,
        }

        const _: () = assert!(size_of::<$name>() == size_of::<abi::PyUnicodeErrorObject>());

        impl $name {
            fn fill(&self, encoding: Option<&Object>, object: &Object, range: [isize; 2], reason: &Object) {
                self.encoding.set(encoding.map(Object::to_ref));
                self.object.set(Some(object.to_ref()));
                self.start.set(range[0]);
                self.end.set(range[1]);
                self.reason.set(Some(reason.to_ref()));
            }

            fn shown_reason(&self) -> Result<Ref<Str>> {
                self.reason.get().map_or_else(|| Ok(Str::new("<NULL>")), |reason| reason.str_())
            }
        }
    )*};
}

unicode_errors! {
    UnicodeEncodeError "UnicodeEncodeError" "Unicode encoding error."
    UnicodeDecodeError "UnicodeDecodeError" "Unicode decoding error."
    UnicodeTranslateError "UnicodeTranslateError" "Unicode translation error."
}

fn expect_arguments<const N: usize>(args: &Tuple) -> Result<&[Ref; N]> {
    args.as_slice()
        .try_into()
        .map_err(|_| raise!(TypeError, "function takes exactly {N} arguments ({} given)", args.len()))
}

fn expect_str(object: &Object, place: usize) -> Result<()> {
    if object.downcast::<Str>().is_none() {
        let kind = crate::native::args::kind_of(object);
        return Err(raise!(TypeError, "argument {place} must be str, not {kind}"));
    }
    Ok(())
}

fn expect_index(object: &Object) -> Result<isize> {
    match object.index()?.to_isize() {
        Some(value) => Ok(value),
        None => Err(raise!(OverflowError, "Python int too large to convert to C ssize_t")),
    }
}

/// A character as it is shown in a message, escaped.
fn escaped(point: u32) -> String {
    match point {
        0..0x100 => format!("\\x{point:02x}"),
        0x100..0x1_0000 => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    }
}

/// `character '…' in position n: ` or `characters in position n-m: `.
fn characters(object: &Str, start: isize, end: isize) -> String {
    let inside = (0..object.len() as isize).contains(&start);
    if inside && end == start.wrapping_add(1) {
        format!("character '{}' in position {start}: ", escaped(object.char_at(start as usize)))
    } else {
        format!("characters in position {start}-{}: ", end.wrapping_sub(1))
    }
}

/// `'utf-8' codec can't …`.
/// The encoding's name. Asking for it may change the error.
fn shown_encoding(encoding: &Link) -> Result<Ref<Str>> {
    encoding.get().map_or_else(|| Ok(Str::new("<NULL>")), |name| name.str_())
}

fn about_codec(encoding: &Str, rest: String) -> Result<Ref<Str>> {
    join([intern!("'"), encoding, intern!("' codec can't "), &*Str::from_string(rest)])
}

fn object_must_be(what: &str) -> Raised {
    raise!(TypeError, "UnicodeError 'object' attribute must be a {what}")
}

#[methods]
impl UnicodeEncodeError {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        no_keywords(self.ty(), keywords)?;
        self.args.set(Some(Ref::from_borrowed(args)));
        let [encoding, object, start, end, reason] = expect_arguments::<5>(args)?;
        expect_str(encoding, 1)?;
        expect_str(object, 2)?;
        let range = [expect_index(start)?, expect_index(end)?];
        expect_str(reason, 5)?;
        self.fill(Some(encoding), object, range, reason);
        Ok(())
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        if self.object.is_null() {
            return Ok(Str::new(""));
        }
        let (encoding, reason) = (shown_encoding(&self.encoding)?, self.shown_reason()?);
        let object = self.object.get();
        let Some(object) = object.as_ref().and_then(|object| object.downcast::<Str>()) else {
            return Err(object_must_be("string"));
        };
        let place = characters(object, self.start.get(), self.end.get());
        join([&*about_codec(&encoding, format!("encode {place}"))?, &reason])
    }
}

#[methods]
impl UnicodeDecodeError {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        no_keywords(self.ty(), keywords)?;
        self.args.set(Some(Ref::from_borrowed(args)));
        let [encoding, object, start, end, reason] = expect_arguments::<5>(args)?;
        expect_str(encoding, 1)?;
        let range = [expect_index(start)?, expect_index(end)?];
        expect_str(reason, 5)?;
        let bytes = match object.downcast::<Bytes>() {
            Some(_) => object.clone(),
            None => Bytes::new(&BytesLike::of(object)?).into_object(),
        };
        self.fill(Some(encoding), &bytes, range, reason);
        Ok(())
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        if self.object.is_null() {
            return Ok(Str::new(""));
        }
        let (encoding, reason) = (shown_encoding(&self.encoding)?, self.shown_reason()?);
        let object = self.object.get();
        let Some(object) = object.as_ref().and_then(|object| object.downcast::<Bytes>()) else {
            return Err(object_must_be("bytes"));
        };
        let (start, end) = (self.start.get(), self.end.get());
        let byte = usize::try_from(start).ok().and_then(|start| object.as_slice().get(start).copied());
        let place = match byte {
            Some(byte) if end == start.wrapping_add(1) => {
                format!("decode byte 0x{byte:02x} in position {start}: ")
            }
            _ => format!("decode bytes in position {start}-{}: ", end.wrapping_sub(1)),
        };
        join([&*about_codec(&encoding, place)?, &reason])
    }
}

#[methods]
impl UnicodeTranslateError {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        no_keywords(self.ty(), keywords)?;
        self.args.set(Some(Ref::from_borrowed(args)));
        let [object, start, end, reason] = expect_arguments::<4>(args)?;
        expect_str(object, 1)?;
        let range = [expect_index(start)?, expect_index(end)?];
        expect_str(reason, 4)?;
        self.fill(None, object, range, reason);
        Ok(())
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        let Some(object) = self.object.get() else { return Ok(Str::new("")) };
        let reason = self.shown_reason()?;
        let Some(object) = object.downcast::<Str>() else { return Err(object_must_be("string")) };
        let place = characters(object, self.start.get(), self.end.get());
        join([&*Str::from_string(format!("can't translate {place}")), &reason])
    }
}

impl UnicodeEncodeError {
    /// The error of a codec that can't encode `object[start..end]`.
    pub fn make(
        encoding: &str,
        object: &Str,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Result<Ref<BaseException>> {
        let (start, end) = (Int::from_usize(start), Int::from_usize(end));
        let made = super::UnicodeEncodeError.call(&[
            &*Str::new(encoding),
            object,
            &start,
            &end,
            &*Str::new(reason),
        ])?;
        // SAFETY: the class gives instances of itself.
        Ok(unsafe { made.cast_unchecked() })
    }
}

impl UnicodeDecodeError {
    /// The error of a codec that can't decode `bytes[start..end]`.
    pub fn make(
        encoding: &str,
        bytes: &Object,
        start: usize,
        end: usize,
        reason: &str,
    ) -> Result<Ref<BaseException>> {
        let (start, end) = (Int::from_usize(start), Int::from_usize(end));
        let made = super::UnicodeDecodeError.call(&[
            &*Str::new(encoding),
            bytes,
            &start,
            &end,
            &*Str::new(reason),
        ])?;
        // SAFETY: the class gives instances of itself.
        Ok(unsafe { made.cast_unchecked() })
    }
}
