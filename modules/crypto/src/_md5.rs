//! `_md5`: the MD5 hash.

use runtime::prelude::*;

use crate::hash::{Algorithm, Shared, State, begin, enter_gil_minsize, feed, hex, message};

module! {
    name: "_md5",
    functions: [md5],
    classes: [],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    enter_gil_minsize(module)?;
    module.dict().insert_str(intern!("MD5Type"), Md5::type_object())
}

hash_type!(Md5, MD5_TYPE, md5, "_md5.md5", "Return a new MD5 hash object.");
