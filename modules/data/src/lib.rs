//! Native modules: data structures and functions over them (itertools, _collections, _functools, math, _struct, array, …). One file a module, named as the module.
#![deny(unsafe_code)]

use runtime::native::module::NativeModule;

pub mod _abc;
pub mod _bisect;
pub mod _collections;
pub mod _contextvars;
pub mod _datetime;
pub mod _decimal;
pub mod _functools;
pub mod _heapq;
pub mod _operator;
pub mod _pickle;
pub mod _queue;
pub mod _random;
pub mod _stat;
pub mod _statistics;
pub mod _struct;
pub mod _zoneinfo;
pub mod array;
pub mod cmath;
pub mod itertools;
pub mod math;
mod support;

/// The modules of this crate, for the table of built-in modules.
#[rustfmt::skip]
pub static MODULES: &[&NativeModule] = &[
    &_abc::MODULE,
    &_bisect::MODULE,
    &_collections::MODULE,
    &_contextvars::MODULE,
    &_datetime::MODULE,
    &_decimal::MODULE,
    &_functools::MODULE,
    &_heapq::MODULE,
    &_operator::MODULE,
    &_pickle::MODULE,
    &_queue::MODULE,
    &_random::MODULE,
    &_stat::MODULE,
    &_statistics::MODULE,
    &_struct::MODULE,
    &_zoneinfo::MODULE,
    &array::MODULE,
    &cmath::MODULE,
    &itertools::MODULE,
    &math::MODULE,
];
