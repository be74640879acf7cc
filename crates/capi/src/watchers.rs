//! Watchers of code objects, contexts, functions and allocations. The runtime has no place yet that would tell them.
//! <https://docs.python.org/3.14/c-api/code.html#c.PyCode_AddWatcher>

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use runtime::prelude::*;

use crate::support::exported;

exported! {
    fn PyCode_AddWatcher(_callback: *mut c_void) -> Result<c_int> {
        Err(unwatched("code objects"))
    }

    fn PyCode_ClearWatcher(id: c_int) -> Result<()> {
        Err(unknown("code", id))
    }

    fn PyContext_AddWatcher(_callback: *mut c_void) -> Result<c_int> {
        Err(unwatched("contexts"))
    }

    fn PyContext_ClearWatcher(id: c_int) -> Result<()> {
        Err(unknown("context", id))
    }

    fn PyFunction_AddWatcher(_callback: *mut c_void) -> Result<c_int> {
        Err(unwatched("functions"))
    }

    fn PyFunction_ClearWatcher(id: c_int) -> Result<()> {
        Err(unknown("function", id))
    }

    fn PyRefTracer_SetTracer(tracer: *mut c_void, _data: *mut c_void) -> Result<()> {
        if tracer.is_null() { Ok(()) } else { Err(unwatched("allocations")) }
    }

    fn PyRefTracer_GetTracer(data: *mut *mut c_void) -> *mut c_void {
        if !data.is_null() {
            *data = null_mut();
        }
        null_mut()
    }
}

#[cold]
fn unwatched(what: &str) -> Raised {
    raise!(NotImplementedError, "{what} cannot be watched yet")
}

/// No watcher has that number.
#[cold]
fn unknown(what: &str, id: c_int) -> Raised {
    if !(0..8).contains(&id) {
        return raise!(ValueError, "Invalid {what} watcher ID {id}");
    }
    raise!(ValueError, "No {what} watcher set for ID {id}")
}
