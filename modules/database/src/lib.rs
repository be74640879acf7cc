//! Native modules: databases (_sqlite3). One file a module, named as the module.
#![deny(unsafe_code)]
