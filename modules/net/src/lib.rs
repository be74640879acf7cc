//! Native modules: the network (_socket). One file or folder a module, named as the module.
#![deny(unsafe_code)]

mod _socket;

use runtime::native::module::NativeModule;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[&_socket::MODULE];
