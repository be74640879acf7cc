//! The interpreter: frames, the instruction loop, generators, tracing.

/// A thread's part of the interpreter's state: its frames and the exceptions being handled.
#[derive(Default)]
pub struct ThreadFrames {}
