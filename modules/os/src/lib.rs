//! Native modules: the operating system (posix, _io, time, _thread, _signal, select, fcntl, …). One file a module, named as the module.
#![deny(unsafe_code)]

mod errno;
mod posix;
mod resource;
mod support;

use runtime::prelude::NativeModule;

/// The modules of this crate.
pub static MODULES: &[&NativeModule] = &[&errno::MODULE, &posix::MODULE, &resource::MODULE];
