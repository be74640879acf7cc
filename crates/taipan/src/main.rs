//! The `taipan` command.

// The C API is exported, not called.
use capi as _;

fn main() {}
