//! The `taipan` command.

/// What is no Python object is allocated as these are.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // The C API is exported, not called: this also keeps it in the executable.
    capi::install();
}
