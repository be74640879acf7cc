//! `_sha1`: the SHA-1 hash.

use runtime::prelude::*;

use crate::hash::{Algorithm, Shared, State, begin, enter_gil_minsize, feed, hex, message};

module! {
    name: "_sha1",
    functions: [sha1],
    classes: [Sha1 as SHA1Type],
    exec: enter_gil_minsize,
}

hash_type!(Sha1, SHA1_TYPE, sha1, "_sha1.sha1", "Return a new SHA-1 hash object.");
