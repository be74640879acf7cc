//! `_md5`: the MD5 hash.

use runtime::prelude::*;

use crate::hash::{Algorithm, Shared, State, begin, enter_gil_minsize, feed, hex, message};

module! {
    name: "_md5",
    functions: [md5],
    classes: [Md5 as MD5Type],
    exec: enter_gil_minsize,
}

hash_type!(Md5, MD5_TYPE, md5, "_md5.md5", "Return a new MD5 hash object.");
