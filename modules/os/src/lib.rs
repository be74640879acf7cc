//! Native modules: the operating system (posix, _io, time, _thread, _signal, select, fcntl, …). One file a module, named as the module.
#![deny(unsafe_code)]

mod _interpqueues;
mod _interpreters;
mod _lsprof;
mod _multiprocessing;
mod _posixshmem;
mod _posixsubprocess;
mod _signal;
mod _thread;
mod _tracemalloc;
mod atexit;
mod errno;
mod faulthandler;
mod fcntl;
mod grp;
mod look_up;
mod mmap;
mod posix;
mod pwd;
mod resource;
mod select;
mod syslog;
mod termios;
mod time;

use runtime::prelude::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[
    &_lsprof::MODULE,
    &_interpqueues::MODULE,
    &_interpreters::MODULE,
    &_multiprocessing::MODULE,
    &_posixshmem::MODULE,
    &_posixsubprocess::MODULE,
    &_signal::MODULE,
    &_thread::MODULE,
    &_tracemalloc::MODULE,
    &atexit::MODULE,
    &errno::MODULE,
    &faulthandler::MODULE,
    &fcntl::MODULE,
    &grp::MODULE,
    &mmap::MODULE,
    &posix::MODULE,
    &pwd::MODULE,
    &resource::MODULE,
    &select::MODULE,
    &syslog::MODULE,
    &termios::MODULE,
    &time::MODULE,
];
