//! `KeyError`: its text is the key's repr.

use super::BaseException;
use crate::native::class::Methods;
use crate::prelude::*;

pub(super) const METHODS: &Methods =
    &Methods { slots: |ty| ty.raw.tp_str.set(Some(str_slot)), ..Methods::EMPTY };

unsafe extern "C" fn str_slot(slf: *mut RawObject) -> *mut RawObject {
    // SAFETY: the slot is called with a live instance.
    let exception = unsafe { Object::from_raw(slf).downcast_unchecked::<BaseException>() };
    let args = exception.args();
    let text = match args.as_slice() {
        // A key that is an empty or blank string would show as nothing.
        [key] => key.repr(),
        [] => Ok(Str::new("")),
        _ => args.str_(),
    };
    crate::protocol::result_into_raw(text)
}
