//! Native modules that need the runtime's internals.

pub mod _weakref;
