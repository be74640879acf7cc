//! `str`. <https://docs.python.org/3.14/c-api/unicode.html>

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use abi::{PyASCIIObject, PyCompactUnicodeObject, PyUnicodeObject, UnicodeState, wchar_t};
use runtime::memory;
use runtime::objects::exceptions::{LookupError, UnicodeTranslateError};
use runtime::prelude::*;

use crate::bytesobject::slice;
use crate::support::{Raw, bad_internal_call, exported, name, text};

/// A str's C struct.
fn head(text: &Str) -> &PyASCIIObject {
    // SAFETY: every str begins so.
    unsafe { &*text.as_ptr().cast() }
}

/// A str's code units: their size and where they are.
fn units(text: &Str) -> (u32, *mut u8) {
    let head = head(text);
    // SAFETY: PEP 393 says where the units are.
    let start = unsafe {
        let object = text.as_ptr();
        if !head.is_compact() {
            (*object.cast::<PyUnicodeObject>()).data.get().cast()
        } else if head.is_ascii() {
            object.cast::<PyASCIIObject>().add(1).cast()
        } else {
            object.cast::<PyCompactUnicodeObject>().add(1).cast()
        }
    };
    (head.kind(), start)
}

/// One code unit.
unsafe fn read(kind: u32, start: *const u8, index: usize) -> u32 {
    // SAFETY: the caller stays in range.
    unsafe {
        match kind {
            1 => *start.add(index) as u32,
            2 => *start.cast::<u16>().add(index) as u32,
            _ => *start.cast::<u32>().add(index),
        }
    }
}

/// Stores one code unit.
unsafe fn write(kind: u32, start: *mut u8, index: usize, unit: u32) {
    // SAFETY: the caller stays in range.
    unsafe {
        match kind {
            1 => *start.add(index) = unit as u8,
            2 => *start.cast::<u16>().add(index) = unit as u16,
            _ => *start.cast::<u32>().add(index) = unit,
        }
    }
}

/// The largest code point that fits where this one needs room.
fn max_char(text: &Str) -> u32 {
    match head(text) {
        head if head.is_ascii() => 0x7f,
        head => match head.kind() {
            1 => 0xff,
            2 => 0xffff,
            _ => 0x10ffff,
        },
    }
}

/// A new str of zeros that nobody shares, with room for code points up to `max`.
fn new_unshared(size: usize, max: u32) -> Result<Ref<Str>> {
    let (kind, ascii) = match max {
        0..0x80 => (1, true),
        0x80..0x100 => (1, false),
        0x100..0x10000 => (2, false),
        0x10000..=0x10ffff => (4, false),
        _ => return Err(raise!(SystemError, "invalid maximum character passed to PyUnicode_New")),
    };
    let head = if ascii { size_of::<PyASCIIObject>() } else { size_of::<PyCompactUnicodeObject>() };
    let bytes =
        size.checked_add(1).and_then(|size| size.checked_mul(kind)).and_then(|size| size.checked_add(head));
    let block = bytes.and_then(memory::allocate_zeroed).ok_or_else(runtime::errors::no_memory)?;
    // SAFETY: the block has room for the head, whose other fields are zero.
    unsafe {
        let raw = block.cast::<PyASCIIObject>();
        (&raw mut (*raw.as_ptr()).length).write(size as isize);
        raw.as_ref().hash.set(-1);
        let state = UnicodeState { kind: kind as u32, compact: true, ascii, ..UnicodeState::default() };
        raw.as_ref().state.set(state.pack());
        memory::initialize_untracked(block.cast(), Str::type_object());
        Ok(Ref::from_owned(block.as_ptr().cast()))
    }
}

fn str_of(object: &Object) -> Result<&Str> {
    object.downcast().ok_or_else(|| raise!(TypeError, "must be str, not {}", object.ty().full_name()))
}

fn str_or_bad(object: Option<&Object>) -> Result<&Str> {
    object.and_then(Object::downcast).ok_or_else(bad_internal_call)
}

fn str_argument(object: Option<&Object>) -> Result<&Str> {
    object
        .and_then(Object::downcast)
        .ok_or_else(|| raise!(TypeError, "bad argument type for built-in operation"))
}

/// The UTF-8 form, which a str caches: its start and size.
pub fn utf8(text: &Str) -> Result<(*const c_char, isize)> {
    let head = head(text);
    if head.is_ascii() && head.is_compact() {
        return Ok((units(text).1.cast(), head.length));
    }
    // SAFETY: a str that is not compact ASCII begins so.
    let raw = unsafe { &*text.as_ptr().cast::<PyCompactUnicodeObject>() };
    if raw.utf8.get().is_null() {
        let encoded = text.call_method(intern!("encode"), &[])?;
        let Some(bytes) = encoded.downcast::<Bytes>() else { return Err(bad_internal_call()) };
        let bytes = bytes.as_slice();
        let block = memory::allocate(bytes.len() + 1).ok_or_else(runtime::errors::no_memory)?;
        // SAFETY: the block has room for the bytes and a zero.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), block.as_ptr(), bytes.len());
            *block.as_ptr().add(bytes.len()) = 0;
        }
        raw.utf8_length.set(bytes.len() as isize);
        raw.utf8.set(block.as_ptr().cast());
    }
    Ok((raw.utf8.get(), raw.utf8_length.get()))
}

/// The name of an error handler or encoding, "strict" or "utf-8" by default.
unsafe fn name_or(text: *const c_char, default: &str) -> Ref<Str> {
    // SAFETY: null or a C string.
    if text.is_null() { Str::new(default) } else { unsafe { name(text) } }
}

/// Decodes bytes.
unsafe fn decode(bytes: &[u8], encoding: &str, errors: *const c_char) -> Result {
    if bytes.is_empty() {
        return Ok(Str::new("").into_object());
    }
    if encoding == "utf-8"
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Ok(Str::new(text).into_object());
    }
    // SAFETY: null or a C string.
    let errors = unsafe { name_or(errors, "strict") };
    Bytes::new(bytes).call_method(intern!("decode"), &[&*Str::new(encoding), &*errors])
}

/// Encodes a str.
unsafe fn encode(object: &Object, encoding: &str, errors: *const c_char) -> Result {
    // SAFETY: null or a C string.
    let errors = unsafe { name_or(errors, "strict") };
    str_argument(Some(object))?.call_method(intern!("encode"), &[&*Str::new(encoding), &*errors])
}

/// A name from the file system: UTF-8, what isn't so as lone surrogates.
///
/// # Safety
/// A C string.
pub unsafe fn from_filesystem(text: *const c_char) -> Result {
    // SAFETY: by contract.
    unsafe { decode(CStr::from_ptr(text).to_bytes(), "utf-8", c"surrogateescape".as_ptr()) }
}

exported! {
    fn PyUnicode_New(size: isize, max: u32) -> Result<Ref<Str>> {
        if size < 0 {
            return Err(raise!(SystemError, "Negative size passed to PyUnicode_New"));
        }
        if size == 0 {
            return Ok(Str::new(""));
        }
        new_unshared(size as usize, max)
    }

    fn PyUnicode_FromKindAndData(kind: c_int, start: *const c_void, size: isize) -> Result<Ref<Str>> {
        if size < 0 {
            return Err(raise!(ValueError, "size must be positive"));
        }
        if !matches!(kind, 1 | 2 | 4) {
            return Err(raise!(SystemError, "invalid kind"));
        }
        Ok(Str::from_code_points((0..size as usize).map(|index| read(kind as u32, start.cast(), index))))
    }

    fn PyUnicode_FromString(text: *const c_char) -> Result {
        decode(CStr::from_ptr(text).to_bytes(), "utf-8", null())
    }

    fn PyUnicode_FromStringAndSize(start: *const c_char, size: isize) -> Result {
        if size < 0 {
            return Err(raise!(SystemError, "Negative size passed to PyUnicode_FromStringAndSize"));
        }
        if start.is_null() && size != 0 {
            return Err(raise!(SystemError, "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize"));
        }
        decode(slice(start, size), "utf-8", null())
    }

    fn PyUnicode_FromOrdinal(ordinal: c_int) -> Result<Ref<Str>> {
        if !(0..=0x10ffff).contains(&ordinal) {
            return Err(raise!(ValueError, "chr() arg not in range(0x110000)"));
        }
        Ok(Str::from_code_points([ordinal as u32].into_iter()))
    }

    fn PyUnicode_FromObject(object: &Object) -> Result {
        if object.is::<Str>() {
            return Ok(object.to_ref());
        }
        let Some(text) = object.downcast::<Str>() else {
            return Err(raise!(TypeError, "Can't convert '{}' object to str implicitly", object.ty().full_name()));
        };
        Ok(Str::from_code_points(text.code_points()).into_object())
    }

    fn PyUnicode_FromEncodedObject(object: Option<&Object>, encoding: *const c_char, errors: *const c_char) -> Result {
        let object = object.ok_or_else(bad_internal_call)?;
        if object.downcast::<Str>().is_some() {
            return Err(raise!(TypeError, "decoding str is not supported"));
        }
        Str::type_object().call(&[object, &*name_or(encoding, "utf-8"), &*name_or(errors, "strict")])
    }

    fn PyUnicode_FromWideChar(start: *const wchar_t, size: isize) -> Result<Ref<Str>> {
        if start.is_null() && size != 0 {
            return Err(bad_internal_call());
        }
        let size = if size < 0 { (0..).take_while(|&index| *start.add(index) != 0).count() } else { size as usize };
        Ok(Str::from_code_points((0..size).map(|index| *start.add(index) as u32)))
    }

    fn PyUnicode_AsWideChar(object: Option<&Object>, target: *mut wchar_t, size: isize) -> Result<isize> {
        let text = str_or_bad(object)?;
        if target.is_null() {
            return Ok(text.len() as isize + 1);
        }
        let count = text.len().min(size.max(0) as usize);
        for (index, point) in text.code_points().take(count).enumerate() {
            *target.add(index) = point as wchar_t;
        }
        if count < size as usize {
            *target.add(count) = 0;
        }
        Ok(count as isize)
    }

    fn PyUnicode_AsWideCharString(object: Option<&Object>, size: *mut isize) -> Result<*mut wchar_t> {
        let text = str_or_bad(object)?;
        if size.is_null() && text.code_points().any(|point| point == 0) {
            return Err(raise!(ValueError, "embedded null character"));
        }
        let block = memory::allocate((text.len() + 1) * 4).ok_or_else(runtime::errors::no_memory)?;
        let block = block.as_ptr().cast::<wchar_t>();
        for (index, point) in text.code_points().enumerate() {
            *block.add(index) = point as wchar_t;
        }
        *block.add(text.len()) = 0;
        if !size.is_null() {
            *size = text.len() as isize;
        }
        Ok(block)
    }

    fn PyUnicode_AsUCS4(object: Option<&Object>, target: *mut u32, size: isize, with_null: c_int) -> Result<*mut u32> {
        let text = str_or_bad(object)?;
        if target.is_null() || size < 0 {
            return Err(bad_internal_call());
        }
        if (size as usize) < text.len() + (with_null != 0) as usize {
            return Err(raise!(SystemError, "string is longer than the buffer"));
        }
        for (index, point) in text.code_points().enumerate() {
            *target.add(index) = point;
        }
        if with_null != 0 {
            *target.add(text.len()) = 0;
        }
        Ok(target)
    }

    fn PyUnicode_AsUCS4Copy(object: Option<&Object>) -> Result<*mut u32> {
        let text = str_or_bad(object)?;
        let block = memory::allocate((text.len() + 1) * 4).ok_or_else(runtime::errors::no_memory)?;
        let block = block.as_ptr().cast::<u32>();
        for (index, point) in text.code_points().enumerate() {
            *block.add(index) = point;
        }
        *block.add(text.len()) = 0;
        Ok(block)
    }

    fn PyUnicode_GetLength(object: &Object) -> Result<isize> {
        Ok(str_argument(Some(object))?.len() as isize)
    }

    fn PyUnicode_GetSize(object: &Object) -> Result<isize> {
        Ok(str_argument(Some(object))?.len() as isize)
    }

    fn PyUnicode_DATA(object: &Object) -> *mut c_void {
        units(object.downcast_unchecked()).1.cast()
    }

    fn PyUnicode_ReadChar(object: &Object, index: isize) -> Result<u32> {
        let text = str_argument(Some(object))?;
        if index < 0 || index as usize >= text.len() {
            return Err(raise!(IndexError, "string index out of range"));
        }
        let (kind, start) = units(text);
        Ok(read(kind, start, index as usize))
    }

    fn PyUnicode_WriteChar(object: &Object, index: isize, point: u32) -> Result<()> {
        let text = str_argument(Some(object))?;
        if index < 0 || index as usize >= text.len() {
            return Err(raise!(IndexError, "string index out of range"));
        }
        if object.reference_count() != 1 {
            return Err(raise!(SystemError, "Cannot modify a string currently used"));
        }
        if point > max_char(text) {
            return Err(raise!(ValueError, "character out of range"));
        }
        let (kind, start) = units(text);
        write(kind, start, index as usize, point);
        Ok(())
    }

    fn PyUnicode_CopyCharacters(target: Option<&Object>, to: isize, source: Option<&Object>, from: isize, count: isize) -> Result<isize> {
        let (target, source) = (str_or_bad(target)?, str_or_bad(source)?);
        if from < 0 || from as usize > source.len() || to < 0 || to as usize > target.len() {
            return Err(raise!(IndexError, "string index out of range"));
        }
        if count < 0 {
            return Err(raise!(SystemError, "how_many cannot be negative"));
        }
        let count = (count as usize).min(source.len() - from as usize);
        if to as usize + count > target.len() {
            return Err(raise!(
                SystemError,
                "Cannot write {count} characters at {to} in a string of {} characters",
                target.len()
            ));
        }
        if count > 0 && target.reference_count() != 1 {
            return Err(raise!(SystemError, "Cannot modify a string currently used"));
        }
        let ((to_kind, to_start), (from_kind, from_start)) = (units(target), units(source));
        let max = max_char(target);
        for index in 0..count {
            let point = read(from_kind, from_start, from as usize + index);
            if point > max {
                return Err(raise!(SystemError, "Cannot copy characters into a string of smaller characters"));
            }
            write(to_kind, to_start, to as usize + index, point);
        }
        Ok(count as isize)
    }

    fn PyUnicode_Fill(object: &Object, start: isize, count: isize, point: u32) -> Result<isize> {
        let text = str_argument(Some(object))?;
        if object.reference_count() != 1 {
            return Err(raise!(SystemError, "Cannot modify a string currently used"));
        }
        if point > max_char(text) {
            return Err(raise!(ValueError, "fill character is bigger than the string maximum character"));
        }
        if start < 0 {
            return Err(raise!(IndexError, "string index out of range"));
        }
        let count = count.min(text.len() as isize - start).max(0);
        let (kind, memory) = units(text);
        for index in start..start + count {
            write(kind, memory, index as usize, point);
        }
        Ok(count)
    }

    fn PyUnicode_Resize(place: *mut Raw, size: isize) -> Result<()> {
        let old = Ref::<Object>::from_owned_opt(*place).ok_or_else(bad_internal_call)?;
        let text = match old.downcast::<Str>() {
            Some(text) if size >= 0 => text,
            _ => {
                *place = old.into_raw();
                return Err(bad_internal_call());
            }
        };
        if text.len() as isize == size {
            *place = old.into_raw();
            return Ok(());
        }
        let new = match new_unshared(size as usize, max_char(text)) {
            Ok(new) => new,
            Err(raised) => {
                *place = old.into_raw();
                return Err(raised);
            }
        };
        let ((kind, from), (_, to)) = (units(text), units(&new));
        std::ptr::copy_nonoverlapping(from, to, text.len().min(size as usize) * kind as usize);
        *place = new.into_raw();
        Ok(())
    }

    fn PyUnicode_InternInPlace(place: *mut Raw) {
        if let Some(object) = Ref::<Object>::from_owned_opt(*place) {
            *place = match object.downcast_exact::<Str>() {
                Some(text) => Str::intern(Ref::from_borrowed(text)).into_raw(),
                None => object.to_ref().into_raw(),
            };
        }
    }

    fn PyUnicode_InternFromString(text: *const c_char) -> Result<Ref<Str>> {
        Ok(Str::intern(name(text)))
    }

    fn PyUnicode_AsUTF8AndSize(object: &Object, size: *mut isize) -> Result<*const c_char> {
        let (start, length) = utf8(str_argument(Some(object))?)?;
        if !size.is_null() {
            *size = length;
        }
        Ok(start)
    }

    fn PyUnicode_AsUTF8(object: &Object) -> Result<*const c_char> {
        Ok(utf8(str_argument(Some(object))?)?.0)
    }

    fn PyUnicode_Decode(start: *const c_char, size: isize, encoding: *const c_char, errors: *const c_char) -> Result {
        let encoding = if encoding.is_null() { "utf-8".to_owned() } else { text(encoding) };
        decode(slice(start, size), &encoding, errors)
    }

    fn PyUnicode_DecodeUTF8Stateful(start: *const c_char, size: isize, errors: *const c_char, consumed: *mut isize) -> Result {
        if consumed.is_null() {
            return decode(slice(start, size), "utf-8", errors);
        }
        let pair = crate::types::named("_codecs", "utf_8_decode")?.call(&[
            &*Bytes::new(slice(start, size)),
            &*name_or(errors, "strict"),
            &*py_false(),
        ])?;
        *consumed = crate::number::index(&*pair.get_index(1)?)?;
        pair.get_index(0)
    }

    fn PyUnicode_DecodeUTF32(start: *const c_char, size: isize, errors: *const c_char, order: *mut c_int) -> Result {
        let order = if order.is_null() { 0 } else { *order };
        let encoding = match order {
            0 => "utf-32",
            1.. => "utf-32-be",
            _ => "utf-32-le",
        };
        decode(slice(start, size), encoding, errors)
    }

    fn PyUnicode_DecodeUTF16(start: *const c_char, size: isize, errors: *const c_char, order: *mut c_int) -> Result {
        let order = if order.is_null() { 0 } else { *order };
        let encoding = match order {
            0 => "utf-16",
            1.. => "utf-16-be",
            _ => "utf-16-le",
        };
        decode(slice(start, size), encoding, errors)
    }

    fn PyUnicode_DecodeUTF32Stateful(
        start: *const c_char, size: isize, errors: *const c_char, order: *mut c_int, consumed: *mut isize
    ) -> Result {
        decode_stateful(slice(start, size), "utf_32_ex_decode", errors, order, consumed)
    }

    fn PyUnicode_DecodeUTF16Stateful(
        start: *const c_char, size: isize, errors: *const c_char, order: *mut c_int, consumed: *mut isize
    ) -> Result {
        decode_stateful(slice(start, size), "utf_16_ex_decode", errors, order, consumed)
    }

    fn PyUnicode_DecodeUTF7Stateful(
        start: *const c_char, size: isize, errors: *const c_char, consumed: *mut isize
    ) -> Result {
        let errors = if errors.is_null() { Str::new("strict") } else { name(errors) };
        let pair = crate::types::named("_codecs", "utf_7_decode")?.call(&[
            &*Bytes::new(slice(start, size)),
            &*errors,
            &*py_bool(consumed.is_null()),
        ])?;
        if !consumed.is_null() {
            *consumed = crate::number::index(&*pair.get_index(1)?)?;
        }
        pair.get_index(0)
    }

    fn PyUnicode_AsCharmapString(text: &Object, mapping: Option<&Object>) -> Result {
        let Some(mapping) = mapping.filter(|_| text.downcast::<Str>().is_some()) else {
            return Err(raise!(TypeError, "bad argument type for built-in operation"));
        };
        crate::types::named("_codecs", "charmap_encode")?.call(&[text, &*Str::new("strict"), mapping])?.get_index(0)
    }

    fn PyUnicode_BuildEncodingMap(table: &Object) -> Result {
        if table.downcast::<Str>().is_none_or(Str::is_empty) {
            return Err(raise!(TypeError, "bad argument type for built-in operation"));
        }
        crate::types::named("_codecs", "charmap_build")?.call(&[table])
    }

    fn PyUnicode_DecodeCharmap(start: *const c_char, size: isize, mapping: &Object, errors: *const c_char) -> Result {
        let bytes = Bytes::new(slice(start, size));
        let decode = crate::types::named("_codecs", "charmap_decode")?;
        decode.call(&[&*bytes, &*name_or(errors, "strict"), mapping])?.get_index(0)
    }

    fn PyUnicode_DecodeFSDefault(text: *const c_char) -> Result {
        from_filesystem(text)
    }

    fn PyUnicode_DecodeFSDefaultAndSize(start: *const c_char, size: isize) -> Result {
        decode(slice(start, size), "utf-8", c"surrogateescape".as_ptr())
    }

    fn PyUnicode_DecodeLocale(text: *const c_char, errors: *const c_char) -> Result {
        decode(CStr::from_ptr(text).to_bytes(), "utf-8", errors)
    }

    fn PyUnicode_DecodeLocaleAndSize(start: *const c_char, size: isize, errors: *const c_char) -> Result {
        decode(slice(start, size), "utf-8", errors)
    }

    fn PyUnicode_EncodeLocale(object: &Object, errors: *const c_char) -> Result {
        encode(object, "utf-8", errors)
    }

    fn PyUnicode_EncodeFSDefault(object: &Object) -> Result {
        encode(object, "utf-8", c"surrogateescape".as_ptr())
    }

    fn PyUnicode_AsEncodedString(object: &Object, encoding: *const c_char, errors: *const c_char) -> Result {
        let encoding = if encoding.is_null() { "utf-8".to_owned() } else { text(encoding) };
        encode(object, &encoding, errors)
    }

    fn PyUnicode_FSConverter(object: Option<&Object>, place: *mut Raw) -> c_int {
        let Some(object) = object else {
            drop(Ref::<Object>::from_owned_opt(std::mem::replace(&mut *place, null_mut())));
            return 1;
        };
        let converted = crate::import::fspath(object).and_then(|path| {
            let bytes = match path.downcast::<Bytes>() {
                Some(_) => path,
                None => encode(&path, "utf-8", c"surrogateescape".as_ptr())?,
            };
            if bytes.downcast::<Bytes>().is_some_and(|bytes| bytes.as_slice().contains(&0)) {
                return Err(raise!(ValueError, "embedded null byte"));
            }
            Ok(bytes)
        });
        store_converted(converted, place)
    }

    fn PyUnicode_FSDecoder(object: Option<&Object>, place: *mut Raw) -> c_int {
        let Some(object) = object else {
            drop(Ref::<Object>::from_owned_opt(std::mem::replace(&mut *place, null_mut())));
            return 1;
        };
        let converted = crate::import::fspath(object).and_then(|path| {
            let text = match path.downcast::<Bytes>() {
                Some(bytes) => decode(bytes.as_slice(), "utf-8", c"surrogateescape".as_ptr())?,
                None => path,
            };
            if text.downcast::<Str>().is_some_and(|text| text.code_points().any(|point| point == 0)) {
                return Err(raise!(ValueError, "embedded null character"));
            }
            Ok(text)
        });
        store_converted(converted, place)
    }

    fn PyUnicode_GetDefaultEncoding() -> *const c_char {
        c"utf-8".as_ptr()
    }

    fn PyUnicode_Concat(left: Option<&Object>, right: Option<&Object>) -> Result<Ref<Str>> {
        let left = left.ok_or_else(bad_internal_call)?;
        let right = right.ok_or_else(bad_internal_call)?;
        let left = str_of(left)?;
        match right.downcast::<Str>() {
            Some(right) => left.concat(right),
            None => Err(raise!(TypeError, "can only concatenate str (not \"{}\") to str", right.ty().full_name())),
        }
    }

    fn PyUnicode_Append(place: *mut Raw, right: Option<&Object>) {
        append(place, right);
    }

    /// Takes the second reference over.
    fn PyUnicode_AppendAndDel(place: *mut Raw, right: Raw) {
        let right = Ref::<Object>::from_owned_opt(right);
        append(place, right.as_deref());
    }

    fn PyUnicode_Substring(object: &Object, start: isize, end: isize) -> Result {
        let text = str_argument(Some(object))?;
        if start < 0 || end < 0 {
            return Err(raise!(IndexError, "string index out of range"));
        }
        let length = text.len();
        let end = (end as usize).min(length);
        if start == 0 && end == length && object.is::<Str>() {
            return Ok(object.to_ref());
        }
        let start = (start as usize).min(end);
        Ok(text.substring(start, end).into_object())
    }

    fn PyUnicode_Compare(left: Option<&Object>, right: Option<&Object>) -> Result<c_int> {
        let (Some(left), Some(right)) = (left, right) else { return Err(bad_internal_call()) };
        let (Some(a), Some(b)) = (left.downcast::<Str>(), right.downcast::<Str>()) else {
            return Err(raise!(
                TypeError,
                "Can't compare {} and {}",
                left.ty().full_name(),
                right.ty().full_name()
            ));
        };
        Ok(a.code_points().cmp(b.code_points()) as c_int)
    }

    fn PyUnicode_CompareWithASCIIString(object: &Object, other: *const c_char) -> c_int {
        let other = CStr::from_ptr(other).to_bytes().iter().map(|&byte| u32::from(byte));
        object.downcast_unchecked::<Str>().code_points().cmp(other) as c_int
    }

    fn PyUnicode_Equal(left: &Object, right: &Object) -> Result<bool> {
        let check = |object: &Object, which: &str| {
            object.downcast::<Str>().map(Ref::from_borrowed).ok_or_else(|| {
                raise!(TypeError, "{which} argument must be str, not {}", object.ty().full_name())
            })
        };
        let (left, right) = (check(left, "first")?, check(right, "second")?);
        Ok(left.len() == right.len() && left.code_points().eq(right.code_points()))
    }

    fn PyUnicode_EqualToUTF8(object: &Object, other: *const c_char) -> bool {
        equal_utf8(object.downcast_unchecked(), CStr::from_ptr(other).to_bytes())
    }

    fn PyUnicode_EqualToUTF8AndSize(object: &Object, start: *const c_char, size: isize) -> bool {
        equal_utf8(object.downcast_unchecked(), slice(start, size))
    }

    fn _PyUnicode_EqualToASCIIString(object: &Object, other: *const c_char) -> bool {
        equal_utf8(object.downcast_unchecked(), CStr::from_ptr(other).to_bytes())
    }

    fn PyUnicode_RichCompare(left: &Object, right: &Object, op: c_int) -> Result {
        if left.downcast::<Str>().is_none() || right.downcast::<Str>().is_none() {
            return Ok(not_implemented());
        }
        left.rich_compare(right, CompareOp::from_raw(op))
    }

    fn PyUnicode_Contains(object: &Object, part: &Object) -> Result<bool> {
        str_of(object)?.contains(part)
    }

    fn PyUnicode_Format(format: Option<&Object>, arguments: Option<&Object>) -> Result {
        let (Some(format), Some(arguments)) = (format, arguments) else { return Err(bad_internal_call()) };
        runtime::protocol::number::remainder(str_of(format)?, arguments)
    }

    fn PyUnicode_Join(separator: Option<&Object>, items: &Object) -> Result {
        let space = Str::new(" ");
        let separator = separator.unwrap_or(&space);
        let Some(separator) = separator.downcast::<Str>() else {
            return Err(raise!(
                TypeError,
                "separator: expected str instance, {} found",
                separator.ty().full_name()
            ));
        };
        separator.call_method(intern!("join"), &[items])
    }

    fn PyUnicode_Split(object: &Object, separator: Option<&Object>, limit: isize) -> Result {
        let separator = separator.map(str_of).transpose()?.map(|separator| -> &Object { separator });
        str_of(object)?.call_method(intern!("split"), &[separator.unwrap_or(&none()), &*Int::new(limit as i64)])
    }

    fn PyUnicode_RSplit(object: &Object, separator: Option<&Object>, limit: isize) -> Result {
        let separator = separator.map(str_of).transpose()?.map(|separator| -> &Object { separator });
        str_of(object)?.call_method(intern!("rsplit"), &[separator.unwrap_or(&none()), &*Int::new(limit as i64)])
    }

    fn PyUnicode_Splitlines(object: &Object, keep_ends: c_int) -> Result {
        str_of(object)?.call_method(intern!("splitlines"), &[&*py_bool(keep_ends != 0)])
    }

    fn PyUnicode_Partition(object: &Object, separator: &Object) -> Result {
        str_of(object)?.call_method(intern!("partition"), &[separator])
    }

    fn PyUnicode_RPartition(object: &Object, separator: &Object) -> Result {
        str_of(object)?.call_method(intern!("rpartition"), &[separator])
    }

    fn PyUnicode_Replace(object: &Object, old: &Object, new: &Object, limit: isize) -> Result {
        str_of(object)?.call_method(intern!("replace"), &[str_of(old)?, str_of(new)?, &*Int::new(limit as i64)])
    }

    fn PyUnicode_Translate(object: &Object, table: &Object, errors: *const c_char) -> Result {
        let source = str_of(object)?;
        if !errors.is_null() && CStr::from_ptr(errors) != c"strict" {
            return source.call_method(intern!("translate"), &[table]);
        }
        // `str.translate` drops what the table maps to None; here that is an error.
        for (index, char) in source.code_points().enumerate() {
            match table.get_item(&Int::new(i64::from(char))) {
                Ok(value) if value.is_none() => {
                    let bounds = (Int::new(index as i64), Int::new(index as i64 + 1));
                    let reason = Str::new("character maps to <undefined>");
                    let error = UnicodeTranslateError.call(&[object, &*bounds.0, &*bounds.1, &*reason])?;
                    return Err(runtime::errors::raise_value(&UnicodeTranslateError, &error));
                }
                Ok(_) => (),
                Err(raised) if raised.matches(&LookupError) => raised.clear(),
                Err(raised) => return Err(raised),
            }
        }
        source.call_method(intern!("translate"), &[table])
    }

    fn PyUnicode_Count(object: &Object, part: &Object, start: isize, end: isize) -> Result<isize> {
        let bounds = (Int::new(start as i64), Int::new(end as i64));
        let count = str_of(object)?.call_method(intern!("count"), &[part, &*bounds.0, &*bounds.1])?;
        crate::number::index(&count)
    }

    fn PyUnicode_Find(object: &Object, part: &Object, start: isize, end: isize, direction: c_int) -> isize {
        let bounds = (Int::new(start as i64), Int::new(end as i64));
        let method = if direction > 0 { intern!("find") } else { intern!("rfind") };
        let found = str_of(object).and_then(|text| text.call_method(method, &[part, &*bounds.0, &*bounds.1]));
        found.and_then(|found| crate::number::index(&found)).unwrap_or(-2)
    }

    fn PyUnicode_FindChar(object: &Object, point: u32, start: isize, end: isize, direction: c_int) -> isize {
        let text = object.downcast_unchecked::<Str>();
        let length = text.len() as isize;
        let adjust = |bound: isize| if bound < 0 { (bound + length).max(0) } else { bound };
        let (start, end) = (adjust(start), adjust(end));
        let end = (end as usize).min(text.len());
        let (kind, memory) = units(text);
        let is_it = |&index: &usize| read(kind, memory, index) == point;
        let mut range = start as usize..end.max(start as usize);
        let found = if direction > 0 { range.find(is_it) } else { range.rev().find(is_it) };
        found.map_or(-1, |index| index as isize)
    }

    fn PyUnicode_Tailmatch(object: &Object, part: &Object, start: isize, end: isize, direction: c_int) -> Result<bool> {
        let bounds = (Int::new(start as i64), Int::new(end as i64));
        let method = if direction < 0 { intern!("startswith") } else { intern!("endswith") };
        str_of(object)?.call_method(method, &[str_of(part)?, &*bounds.0, &*bounds.1])?.is_true()
    }

    fn PyUnicode_IsIdentifier(object: &Object) -> Result<bool> {
        object.call_method(intern!("isidentifier"), &[])?.is_true()
    }
}

/// Decoders and encoders of one encoding.
macro_rules! codecs {
    ($($decode:ident $encode:ident $encoding:literal)*) => {
        exported! {$(
            fn $decode(start: *const c_char, size: isize, errors: *const c_char) -> Result {
                decode(slice(start, size), $encoding, errors)
            }

            fn $encode(object: &Object) -> Result {
                encode(object, $encoding, null())
            }
        )*}
    };
}
codecs! {
    PyUnicode_DecodeUTF8 PyUnicode_AsUTF8String "utf-8"
    PyUnicode_DecodeASCII PyUnicode_AsASCIIString "ascii"
    PyUnicode_DecodeLatin1 PyUnicode_AsLatin1String "latin-1"
    PyUnicode_DecodeUTF7 _PyUnicode_AsUTF7String "utf-7"
    PyUnicode_DecodeUnicodeEscape PyUnicode_AsUnicodeEscapeString "unicode-escape"
    PyUnicode_DecodeRawUnicodeEscape PyUnicode_AsRawUnicodeEscapeString "raw-unicode-escape"
}
exported! {
    fn PyUnicode_AsUTF16String(object: &Object) -> Result {
        encode(object, "utf-16", null())
    }

    fn PyUnicode_AsUTF32String(object: &Object) -> Result {
        encode(object, "utf-32", null())
    }
}

unsafe fn store_converted(converted: Result, place: *mut Raw) -> c_int {
    match converted {
        Ok(object) => {
            // SAFETY: the place may be written.
            unsafe { *place = object.into_raw() };
            abi_cleanup_supported()
        }
        Err(_) => 0,
    }
}

/// What a converter returns that wants to be called again if parsing fails.
fn abi_cleanup_supported() -> c_int {
    0x20000
}

unsafe fn append(place: *mut Raw, right: Option<&Object>) {
    // SAFETY: the place owns what it holds.
    unsafe {
        let Some(left) = Ref::<Object>::from_owned_opt(std::mem::replace(&mut *place, null_mut())) else {
            return;
        };
        let Some(right) = right else { return };
        if let (Some(a), Some(b)) = (left.downcast::<Str>(), right.downcast::<Str>()) {
            if let Ok(sum) = a.concat(b) {
                *place = sum.into_raw();
            }
        } else {
            drop(bad_internal_call());
        }
    }
}

fn equal_utf8(text: &Str, bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(other) => text.eq_str(other),
        Err(_) => false,
    }
}

/// What a `PyUnicodeWriter` gathers.
struct Writer(Vec<u32>);

/// The writer behind C's pointer.
unsafe fn writer<'a>(writer: *mut c_void) -> &'a mut Writer {
    // SAFETY: the caller has one from `PyUnicodeWriter_Create`.
    unsafe { &mut *writer.cast() }
}

exported! {
    fn PyUnicodeWriter_Create(size: isize) -> Result<*mut c_void> {
        if size < 0 {
            return Err(raise!(ValueError, "length must be positive"));
        }
        Ok(Box::into_raw(Box::new(Writer(Vec::with_capacity(size.min(1 << 20) as usize)))).cast())
    }

    fn PyUnicodeWriter_Discard(memory: *mut c_void) {
        if !memory.is_null() {
            drop(Box::from_raw(memory.cast::<Writer>()));
        }
    }

    fn PyUnicodeWriter_Finish(memory: *mut c_void) -> Ref<Str> {
        let writer = Box::from_raw(memory.cast::<Writer>());
        Str::from_code_points(writer.0.iter().copied())
    }

    fn PyUnicodeWriter_WriteChar(memory: *mut c_void, point: u32) -> Result<()> {
        if point > 0x10ffff {
            return Err(raise!(ValueError, "character must be in range(0x110000)"));
        }
        writer(memory).0.push(point);
        Ok(())
    }

    fn PyUnicodeWriter_WriteUTF8(memory: *mut c_void, start: *const c_char, size: isize) -> Result<()> {
        let size = if size < 0 { CStr::from_ptr(start).count_bytes() as isize } else { size };
        let text = decode(slice(start, size), "utf-8", null())?;
        writer(memory).0.extend(text.downcast_unchecked::<Str>().code_points());
        Ok(())
    }

    fn PyUnicodeWriter_DecodeUTF8Stateful(
        memory: *mut c_void, start: *const c_char, size: isize, errors: *const c_char, consumed: *mut isize
    ) -> Result<()> {
        let size = if size < 0 { CStr::from_ptr(start).count_bytes() as isize } else { size };
        let text = PyUnicode_DecodeUTF8Stateful(start, size, errors, consumed);
        let text: Ref<Str> = runtime::protocol::result_from_raw(text)?;
        writer(memory).0.extend(text.code_points());
        Ok(())
    }

    fn PyUnicodeWriter_WriteASCII(memory: *mut c_void, start: *const c_char, size: isize) -> Result<()> {
        let size = if size < 0 { CStr::from_ptr(start).count_bytes() as isize } else { size };
        writer(memory).0.extend(slice(start, size).iter().map(|&byte| u32::from(byte)));
        Ok(())
    }

    fn PyUnicodeWriter_WriteWideChar(memory: *mut c_void, start: *const wchar_t, size: isize) -> Result<()> {
        let size = if size < 0 { (0..).take_while(|&index| *start.add(index) != 0).count() } else { size as usize };
        writer(memory).0.extend((0..size).map(|index| *start.add(index) as u32));
        Ok(())
    }

    fn PyUnicodeWriter_WriteUCS4(memory: *mut c_void, start: *const u32, size: isize) -> Result<()> {
        if size < 0 {
            return Err(raise!(ValueError, "size must be positive"));
        }
        writer(memory).0.extend((0..size as usize).map(|index| *start.add(index)));
        Ok(())
    }

    fn PyUnicodeWriter_WriteStr(memory: *mut c_void, object: &Object) -> Result<()> {
        let text = object.str_()?;
        writer(memory).0.extend(text.code_points());
        Ok(())
    }

    fn PyUnicodeWriter_WriteRepr(memory: *mut c_void, object: Option<&Object>) -> Result<()> {
        let text = object.map_or_else(|| Ok(Str::new("<NULL>")), Object::repr)?;
        writer(memory).0.extend(text.code_points());
        Ok(())
    }

    fn PyUnicodeWriter_WriteSubstring(memory: *mut c_void, object: &Object, start: isize, end: isize) -> Result<()> {
        let Some(text) = object.downcast::<Str>() else {
            return Err(raise!(TypeError, "expect str, not {}", object.ty().full_name()));
        };
        if start < 0 || start > end {
            return Err(raise!(ValueError, "start must be in [0; end]"));
        }
        if end as usize > text.len() {
            return Err(raise!(ValueError, "end must be in [start; length]"));
        }
        writer(memory).0.extend(text.code_points().take(end as usize).skip(start as usize));
        Ok(())
    }
}

/// Classes of characters, by the methods of str.
macro_rules! character_classes {
    ($($name:ident $method:literal)*) => {
        exported! {$(
            fn $name(point: u32) -> bool {
                let text = Str::from_code_points([point].into_iter());
                text.call_method(intern!($method), &[]).and_then(|answer| answer.is_true()).unwrap_or(false)
            }
        )*}
    };
}
exported! {
    /// Only what is neither upper nor lower case, but both in one character; `istitle` also takes capitals.
    fn _PyUnicode_IsTitlecase(point: u32) -> bool {
        let text = Str::from_code_points([point].into_iter());
        let is = |method: &Str| text.call_method(method, &[]).and_then(|answer| answer.is_true()).unwrap_or(false);
        is(intern!("istitle")) && !is(intern!("isupper"))
    }
}

character_classes! {
    _PyUnicode_IsAlpha "isalpha"
    _PyUnicode_IsLowercase "islower"
    _PyUnicode_IsUppercase "isupper"
    _PyUnicode_IsNumeric "isnumeric"
    _PyUnicode_IsDigit "isdigit"
    _PyUnicode_IsDecimalDigit "isdecimal"
    _PyUnicode_IsWhitespace "isspace"
    _PyUnicode_IsPrintable "isprintable"
    _PyUnicode_IsXidStart "isidentifier"
}

/// A character by a method of str that changes case.
fn changed_case(point: u32, method: &Str) -> u32 {
    let text = Str::from_code_points([point].into_iter());
    match text.call_method(method, &[]).ok().and_then(|made| made.cast::<Str>().ok()) {
        Some(made) if made.len() == 1 => made.char_at(0),
        _ => point,
    }
}

exported! {
    fn _PyUnicode_ToLowercase(point: u32) -> u32 {
        changed_case(point, intern!("lower"))
    }

    fn _PyUnicode_ToUppercase(point: u32) -> u32 {
        changed_case(point, intern!("upper"))
    }

    fn _PyUnicode_ToTitlecase(point: u32) -> u32 {
        changed_case(point, intern!("title"))
    }

    fn _PyUnicode_IsLinebreak(point: u32) -> bool {
        matches!(point, 0xa..=0xd | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029)
    }

    fn _PyUnicode_ToDecimalDigit(point: u32) -> c_int {
        digit_value(point, "decimal")
    }

    fn _PyUnicode_ToDigit(point: u32) -> c_int {
        digit_value(point, "digit")
    }

    fn _PyUnicode_ToNumeric(point: u32) -> f64 {
        let text = Str::from_code_points([point].into_iter());
        let value = crate::types::named("unicodedata", "numeric").and_then(|numeric| numeric.call(&[&*text]));
        match value.and_then(|value| value.to_float()) {
            Ok(value) => value,
            Err(raised) => {
                raised.clear();
                -1.0
            }
        }
    }
}

/// A digit's value by a function of `unicodedata`, or -1.
fn digit_value(point: u32, function: &str) -> c_int {
    if let Some(digit) = char::from_u32(point).and_then(|point| point.to_digit(10)) {
        return digit as c_int;
    }
    let text = Str::from_code_points([point].into_iter());
    let value = crate::types::named("unicodedata", function).and_then(|function| function.call(&[&*text]));
    match value.and_then(|value| crate::longobject::to_int(&value)) {
        Ok(value) => value,
        Err(raised) => {
            raised.clear();
            -1
        }
    }
}

/// The table of ASCII whitespace that C's macros index.
#[unsafe(no_mangle)]
pub static _Py_ascii_whitespace: [u8; 128] = {
    let mut table = [0; 128];
    let mut index = 0;
    while index < 128 {
        table[index] = matches!(index, 0x9..=0xd | 0x1c..=0x20) as u8;
        index += 1;
    }
    table
};

/// Decoding with a byte order that may be open, of a text that may go on.
unsafe fn decode_stateful(
    bytes: &[u8],
    function: &str,
    errors: *const c_char,
    order: *mut c_int,
    consumed: *mut isize,
) -> Result {
    // SAFETY: C's pointers, each of which may be null.
    unsafe {
        let errors = if errors.is_null() { Str::new("strict") } else { name(errors) };
        let given = if order.is_null() { 0 } else { *order };
        let parts = crate::types::named("_codecs", function)?.call(&[
            &*Bytes::new(bytes),
            &*errors,
            &*Int::new(given.into()),
            &*py_bool(consumed.is_null()),
        ])?;
        if !order.is_null() {
            *order = crate::number::index(&*parts.get_index(2)?)? as c_int;
        }
        if !consumed.is_null() {
            *consumed = crate::number::index(&*parts.get_index(1)?)?;
        }
        parts.get_index(0)
    }
}
