//! The guard against containers that hold themselves, while their repr is made (C: `Py_ReprEnter`).

use std::cell::RefCell;

use crate::errors::Result;
use crate::object::Object;
use crate::objects::str::Str;
use crate::reference::Ref;

thread_local! {
    static ACTIVE: RefCell<Vec<*const Object>> = const { RefCell::new(Vec::new()) };
}

/// The text that `repr` makes; `inner` if the object's repr is being made already.
pub fn guarded(object: &Object, inner: &str, repr: impl FnOnce() -> Result<Ref<Str>>) -> Result<Ref<Str>> {
    let address: *const Object = object;
    if ACTIVE.with_borrow(|active| active.contains(&address)) {
        return Ok(Str::new(inner));
    }
    ACTIVE.with_borrow_mut(|active| active.push(address));
    let result = repr();
    ACTIVE.with_borrow_mut(|active| active.retain(|&other| !std::ptr::eq(other, address)));
    result
}

/// Is the object's repr being made?
pub fn is_active(object: &Object) -> bool {
    let address: *const Object = object;
    ACTIVE.with_borrow(|active| active.contains(&address))
}
