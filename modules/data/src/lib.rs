//! Native modules: data structures and functions over them (itertools, _collections, _functools, math, _struct, array, …). One file a module, named as the module.
#![deny(unsafe_code)]

use runtime::native::module::NativeModule;

pub mod _abc;
pub mod _bisect;
pub mod _heapq;
pub mod _operator;
pub mod _random;
pub mod _stat;
pub mod _statistics;
pub mod itertools;
pub mod math;

/// The modules of this crate, for the table of built-in modules.
#[rustfmt::skip]
pub static MODULES: &[&NativeModule] = &[
    &_abc::MODULE,
    &_bisect::MODULE,
    &_heapq::MODULE,
    &_operator::MODULE,
    &_random::MODULE,
    &_stat::MODULE,
    &_statistics::MODULE,
    &itertools::MODULE,
    &math::MODULE,
];
