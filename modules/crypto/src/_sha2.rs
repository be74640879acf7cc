//! `_sha2`: the SHA-2 hashes.

use runtime::prelude::*;

use crate::hash::{Algorithm, Shared, State, begin, enter_gil_minsize, feed, hex, message};

module! {
    name: "_sha2",
    functions: [sha224, sha256, sha384, sha512],
    classes: [Sha224, Sha256, Sha384, Sha512],
    exec: enter_gil_minsize,
}

hash_type!(Sha224, SHA224_TYPE, sha224, "_sha2.SHA224Type", "Return a new SHA-224 hash object.");
hash_type!(Sha256, SHA256_TYPE, sha256, "_sha2.SHA256Type", "Return a new SHA-256 hash object.");
hash_type!(Sha384, SHA384_TYPE, sha384, "_sha2.SHA384Type", "Return a new SHA-384 hash object.");
hash_type!(Sha512, SHA512_TYPE, sha512, "_sha2.SHA512Type", "Return a new SHA-512 hash object.");
