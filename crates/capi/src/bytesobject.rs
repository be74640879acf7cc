//! `bytes`. <https://docs.python.org/3.14/c-api/bytes.html>

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use runtime::memory;
use runtime::prelude::*;

use crate::support::{Raw, bad_internal_call, exported, text};

/// Bytes at a C pointer.
///
/// # Safety
/// `size` bytes are there, if it is positive.
pub unsafe fn slice<'a>(start: *const c_char, size: isize) -> &'a [u8] {
    if size <= 0 {
        return &[];
    }
    // SAFETY: by contract.
    unsafe { std::slice::from_raw_parts(start.cast(), size as usize) }
}

/// A new bytes of zeros that nobody shares, to be filled in.
pub fn new_unshared(size: usize) -> Result<Ref<Bytes>> {
    let head = std::mem::offset_of!(abi::PyBytesObject, ob_sval);
    let block = size.checked_add(head + 1).and_then(memory::allocate_zeroed);
    let block = block.ok_or_else(runtime::errors::no_memory)?.cast::<abi::PyBytesObject>();
    // SAFETY: the block has room for the head, which is all zeros but for these.
    unsafe {
        let raw = block.as_ref();
        raw.ob_base.ob_size.set(size as isize);
        raw.ob_shash.set(-1);
        memory::initialize_untracked(block.cast(), Bytes::type_object());
        Ok(Ref::from_owned(block.as_ptr().cast()))
    }
}

/// Where the bytes are.
fn start(bytes: &Bytes) -> *mut c_char {
    // SAFETY: every bytes begins so.
    unsafe { (&raw mut (*bytes.as_ptr().cast::<abi::PyBytesObject>()).ob_sval).cast() }
}

fn bytes(object: &Object) -> Result<&Bytes> {
    object.downcast().ok_or_else(|| raise!(TypeError, "expected bytes, {} found", object.ty().full_name()))
}

/// `bytes(object)` for anything but str.
pub fn from_object(object: &Object) -> Result {
    if object.is::<Bytes>() {
        return Ok(object.to_ref());
    }
    if object.downcast::<Str>().is_some()
        || object.ty().nb_index().is_some() && object.downcast::<Int>().is_some()
    {
        return Err(raise!(TypeError, "cannot convert '{}' object to bytes", object.ty().full_name()));
    }
    Bytes::type_object().call(&[object])
}

exported! {
    fn PyBytes_FromStringAndSize(text: *const c_char, size: isize) -> Result<Ref<Bytes>> {
        if size < 0 {
            return Err(raise!(SystemError, "Negative size passed to PyBytes_FromStringAndSize"));
        }
        if text.is_null() && size > 0 {
            return new_unshared(size as usize);
        }
        Ok(Bytes::new(slice(text, size)))
    }

    fn PyBytes_FromString(text: *const c_char) -> Ref<Bytes> {
        Bytes::new(std::ffi::CStr::from_ptr(text).to_bytes())
    }

    fn PyBytes_FromObject(object: Option<&Object>) -> Result {
        from_object(object.ok_or_else(bad_internal_call)?)
    }

    fn PyBytes_Size(object: &Object) -> Result<isize> {
        Ok(bytes(object)?.as_slice().len() as isize)
    }

    fn PyBytes_AsString(object: &Object) -> Result<*mut c_char> {
        Ok(start(bytes(object)?))
    }

    fn PyBytes_AsStringAndSize(object: Option<&Object>, place: *mut *mut c_char, size: *mut isize) -> Result<()> {
        if place.is_null() {
            return Err(bad_internal_call());
        }
        let bytes = bytes(object.ok_or_else(bad_internal_call)?)?;
        *place = start(bytes);
        if !size.is_null() {
            *size = bytes.as_slice().len() as isize;
        } else if bytes.as_slice().contains(&0) {
            return Err(raise!(ValueError, "embedded null byte"));
        }
        Ok(())
    }

    fn PyBytes_Repr(object: &Object, smart_quotes: c_int) -> Result<Ref<Str>> {
        let text = object.repr()?;
        match text.to_utf8()?.strip_prefix("b\"").and_then(|rest| rest.strip_suffix('"')) {
            Some(inside) if smart_quotes == 0 => Ok(Str::new(&format!("b'{}'", inside.replace('\'', "\\'")))),
            _ => Ok(text),
        }
    }

    fn PyBytes_Join(separator: &Object, items: &Object) -> Result {
        separator.call_method(intern!("join"), &[items])
    }

    fn PyBytes_DecodeEscape(start: *const c_char, size: isize, errors: *const c_char, _unicode: isize, _encoding: *const c_char) -> Result {
        if start.is_null() {
            return Ok(Bytes::new(&[]).into_object());
        }
        if size == isize::MAX {
            return Err(raise!(OverflowError, "byte string is too large"));
        }
        let errors = if errors.is_null() { "strict".into() } else { text(errors) };
        let decode = crate::import::module("_codecs")?.get_attr(intern!("escape_decode"))?;
        let pair = decode.call(&[&*Bytes::new(slice(start, size)), &*Str::new(&errors)])?;
        pair.get_index(0)
    }

    fn PyBytes_Concat(place: *mut Raw, other: Option<&Object>) {
        concat(place, other);
    }

    /// Takes the second reference over.
    fn PyBytes_ConcatAndDel(place: *mut Raw, other: Raw) {
        let other = Ref::<Object>::from_owned_opt(other);
        concat(place, other.as_deref());
    }

    fn _PyBytes_Resize(place: *mut Raw, size: isize) -> Result<()> {
        let old = Ref::<Object>::from_owned_opt(std::mem::replace(&mut *place, null_mut()));
        let old = old.ok_or_else(bad_internal_call)?;
        let old = old.downcast::<Bytes>().filter(|_| size >= 0).ok_or_else(bad_internal_call)?;
        if old.as_slice().len() as isize == size {
            *place = old.to_ref().into_raw();
            return Ok(());
        }
        let new = new_unshared(size as usize)?;
        let count = old.as_slice().len().min(size as usize);
        std::ptr::copy_nonoverlapping(old.as_slice().as_ptr(), start(&new).cast(), count);
        *place = new.into_raw();
        Ok(())
    }
}

unsafe fn concat(place: *mut Raw, other: Option<&Object>) {
    // SAFETY: the place owns what it holds.
    unsafe {
        let Some(old) = Ref::<Object>::from_owned_opt(std::mem::replace(&mut *place, null_mut())) else {
            return;
        };
        let Some(other) = other else { return };
        if let Ok(sum) = runtime::protocol::number::add(&old, other) {
            *place = sum.into_raw();
        }
    }
}
