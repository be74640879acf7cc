//! Native modules that need the runtime's internals.

pub mod _string;
pub mod _warnings;
pub mod _weakref;
pub mod gc;
