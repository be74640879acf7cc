//! The exported C API: what compiled extension modules link to. Thin re-wraps of the runtime, one file a topic of the
//! C API manual, and `variadic.c` for what Rust can't declare.
//!
//! Knows nothing of native modules and the JIT. Functions are declared with `support::exported`. The files that do what C code
//! would (`parse`, `build_value`, `format`) use the C API itself, as declared in `api`.

#![allow(non_snake_case, non_upper_case_globals, non_camel_case_types)]
#![allow(clippy::missing_safety_doc, reason = "the C manual is the contract of exported functions")]

mod api;
mod arguments;
mod atexit;
mod buffer;
mod build_value;
mod bytearrayobject;
mod bytesobject;
mod capsule;
mod clinic;
mod codecs;
mod complexobject;
mod containers;
mod datetime;
mod eval;
mod exceptions;
mod extension;
mod files;
mod floatobject;
mod format;
mod frames;
mod functions;
mod gil;
mod import;
mod initconfig;
mod longobject;
mod marshal;
mod memory;
mod misc;
mod moduleobject;
mod monitoring;
mod number;
mod object;
mod parse;
mod pyerrors;
mod pystate;
mod pythonrun;
mod sliceobject;
mod structseq;
mod support;
mod sys;
mod typeobject;
mod types;
mod unicodeobject;
mod watchers;

/// Makes extension modules importable, and `datetime`'s C API. The executable calls this once, before anything is imported.
pub fn install() {
    runtime::native::datetime::install(datetime::capsule);
    runtime::native::extension::install(runtime::native::extension::Loader {
        create: extension::create_dynamic,
        execute: extension::exec_dynamic,
        set_flags: extension::set_load_flags,
    });
}
