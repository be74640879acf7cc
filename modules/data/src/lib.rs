//! Native modules: data structures and functions over them (itertools, _collections, _functools, math, _struct, array, …). One file a module, named as the module.
#![deny(unsafe_code)]
