//! The `taipan` command.

fn main() {
    // The C API is exported, not called: this also keeps it in the executable.
    capi::install();
}
