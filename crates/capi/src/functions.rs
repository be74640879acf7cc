//! Functions written in C.

use runtime::prelude::*;

/// A C function as an object: bound to `receiver`, known as part of `module`, defined by `class`.
///
/// # Safety
/// The definition outlives the function.
pub unsafe fn builtin(
    _definition: *mut abi::PyMethodDef,
    _receiver: Option<&Object>,
    _module: Option<&Object>,
    _class: Option<&Type>,
) -> Result {
    Err(raise!(NotImplementedError, "functions written in C"))
}
