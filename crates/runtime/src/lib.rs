//! The runtime: objects, types, memory, threads, the interpreter, import, errors, `builtins` and `sys`.
//!
//! Knows nothing of native modules of the library, of the C API's functions, of the Python-level library.
//! Enter at [`object`] (what an object is), [`reference`] (who owns it), [`errors`] (how things fail),
//! [`objects`] (one file or folder a built-in type), [`protocol`] (what one can do with any object), [`eval`] (running code).

// `macros` names this crate by its outside name.
extern crate self as runtime;

pub mod clock;
pub mod codecs;
pub mod compile;
pub mod context;
pub mod errors;
pub mod eval;
pub mod format;
pub mod gc;
pub mod gil;
pub mod hash;
pub mod import;
pub mod interpreter_state;
pub mod lock;
pub mod memory;
pub mod modules;
pub mod native;
pub mod object;
pub mod objects;
pub mod prelude;
pub mod protocol;
pub mod refcount;
pub mod reference;
pub mod signal;
pub mod startup;
pub mod thread;
pub mod tracemalloc;
pub mod warnings;
pub mod weakref;
