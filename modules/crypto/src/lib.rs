//! Native modules: hashes and randomness (_hashlib, _sha2, _md5, …). One file a module, named as the module.
#![deny(unsafe_code)]
