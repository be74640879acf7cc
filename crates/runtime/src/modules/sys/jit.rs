//! `sys._jit`: whether code is compiled while it runs. It is not.

use crate::prelude::*;

module! {
    name: "sys._jit",
    doc: "Whether code is compiled while it runs.",
    functions: [is_available, is_enabled, is_active],
}

/// Return True if the executable can compile code while it runs.
#[function(signature = "()")]
fn is_available() -> bool {
    false
}

/// Return True if code is compiled while it runs.
#[function(signature = "()")]
fn is_enabled() -> bool {
    false
}

/// Return True if the topmost frame runs such code.
#[function(signature = "()")]
fn is_active() -> bool {
    false
}
