//! Native modules: compression (zlib, _bz2, _lzma, _zstd). One file a module, named as the module.
#![deny(unsafe_code)]
