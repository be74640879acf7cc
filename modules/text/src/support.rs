//! What several modules of text need.

/// A call of the C library.
macro_rules! c {
    ($call:expr) => {{
        // SAFETY: the callee gets plain values, and memory that lives as long as the call.
        #[allow(unsafe_code, unused_unsafe, clippy::undocumented_unsafe_blocks)]
        let result = unsafe { $call };
        result
    }};
}
pub(crate) use c;
