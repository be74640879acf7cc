//! Native modules: text (_sre, _json, _csv, unicodedata, pyexpat, …). One file a module, named as the module.
#![deny(unsafe_code)]
