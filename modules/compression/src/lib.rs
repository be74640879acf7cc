//! Native modules: compression (zlib, _bz2, _lzma, _zstd). One file a module, named as the module.
#![deny(unsafe_code)]

use runtime::native::module::NativeModule;

mod _bz2;
mod _lzma;
mod _zstd;
mod incremental;
mod zlib;

/// The modules of this crate, for the table of built-in modules.
pub static MODULES: &[&NativeModule] = &[&_bz2::MODULE, &_lzma::MODULE, &_zstd::MODULE, &zlib::MODULE];
