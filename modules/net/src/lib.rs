//! Native modules: the network (_socket, _ssl). One file a module, named as the module.
#![deny(unsafe_code)]
