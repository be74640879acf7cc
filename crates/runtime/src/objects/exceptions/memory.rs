//! The MemoryError that is there when there is no memory for one.

use std::cell::Cell;

use super::base::allocate;
use super::{BaseException, MemoryError};
use crate::prelude::*;

/// This interpreter's spare exception, made while there was memory.
#[derive(Default)]
struct Spare {
    exception: Link<BaseException>,
    /// An allocation for a MemoryError is on its way: if that fails too, the spare one serves.
    busy: Cell<bool>,
}

/// Makes the spare exception: part of start-up.
pub fn prepare() -> Result<()> {
    let spare = Interpreter::current().state::<Spare>();
    if spare.exception.is_null() {
        spare.exception.set(Some(allocate(&MemoryError, Tuple::empty())?));
    }
    Ok(())
}

/// `MemoryError()`, a new one if memory allows it.
pub fn memory_error() -> Ref<BaseException> {
    let spare = Interpreter::current().state::<Spare>();
    let kept = spare.exception.get();
    if !spare.busy.replace(true) {
        let made = allocate(&MemoryError, Tuple::empty());
        spare.busy.set(false);
        match made {
            Ok(exception) => return exception,
            Err(raised) => drop(raised.take()),
        }
    }
    let exception = kept.expect("start-up made it");
    // It may have been raised before.
    exception.traceback.set(None);
    exception.context.set(None);
    exception.cause.set(None);
    exception.suppress_context.set(false);
    exception
}
