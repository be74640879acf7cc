//! Slot functions that call special methods.

use crate::object::{Object, RawObject};
use crate::raise;

/// `tp_hash` of what can't be hashed.
pub unsafe extern "C" fn hash_not_implemented(object: *mut RawObject) -> isize {
    // SAFETY: the slot is called with an object of its type.
    let object = unsafe { Object::from_raw(object) };
    let _ = raise!(TypeError, "unhashable type: '{}'", object.ty().full_name());
    -1
}
