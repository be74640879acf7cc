//! Native modules: the operating system (posix, _io, time, _thread, _signal, select, fcntl, …). One file a module, named as the module.
#![deny(unsafe_code)]

mod _posixsubprocess;
mod _signal;
mod _thread;
mod atexit;
mod errno;
mod posix;
mod resource;
mod select;
mod support;
mod time;

use runtime::prelude::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    &_posixsubprocess::MODULE,
    &_signal::MODULE,
    &_thread::MODULE,
    &atexit::MODULE,
    &errno::MODULE,
    &posix::MODULE,
    &resource::MODULE,
    &select::MODULE,
    &time::MODULE,
];
