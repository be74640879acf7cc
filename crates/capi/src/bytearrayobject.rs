//! `bytearray`. <https://docs.python.org/3.14/c-api/bytearray.html>

use std::ffi::c_char;

use runtime::prelude::*;

use crate::support::exported;

/// What an empty bytearray points to.
#[unsafe(no_mangle)]
pub static _PyByteArray_empty_string: [c_char; 1] = [0];

fn raw(object: &Object) -> &abi::PyByteArrayObject {
    // SAFETY: every bytearray begins so.
    unsafe { &*object.as_ptr().cast() }
}

exported! {
    fn PyByteArray_FromObject(object: &Object) -> Result {
        crate::types::builtin("bytearray")?.call(&[object])
    }

    fn PyByteArray_FromStringAndSize(start: *const c_char, size: isize) -> Result {
        if size < 0 {
            return Err(raise!(SystemError, "Negative size passed to PyByteArray_FromStringAndSize"));
        }
        let class = crate::types::builtin("bytearray")?;
        if start.is_null() {
            return class.call(&[&*Int::new(size as i64)]);
        }
        class.call(&[&*Bytes::new(crate::bytesobject::slice(start, size))])
    }

    fn PyByteArray_Concat(left: &Object, right: &Object) -> Result {
        crate::types::builtin("bytearray")?.call(&[left])?.call_method(intern!("__add__"), &[right])
    }

    fn PyByteArray_Size(object: &Object) -> isize {
        raw(object).ob_base.ob_size.get()
    }

    fn PyByteArray_AsString(object: &Object) -> *mut c_char {
        let raw = raw(object);
        if raw.ob_base.ob_size.get() == 0 {
            return (&raw const _PyByteArray_empty_string).cast_mut().cast();
        }
        raw.ob_start.get()
    }

    fn PyByteArray_Resize(object: &Object, size: isize) -> Result<()> {
        object.call_method(intern!("resize"), &[&*Int::new(size as i64)])?;
        Ok(())
    }
}
