//! Native modules that need the runtime's internals, and the table of all native modules.

pub mod _imp;
pub mod _io;
pub mod _string;
pub mod _thread;
pub mod _typing;
pub mod _warnings;
pub mod _weakref;
pub mod builtins;
pub mod gc;
pub mod marshal;
pub mod sys;

use std::sync::RwLock;

use crate::native::module::NativeModule;

/// The runtime's own modules.
pub static MODULES: &[&NativeModule] = &[
    &crate::codecs::module::MODULE,
    &_imp::MODULE,
    &_io::MODULE,
    &_string::MODULE,
    &_thread::MODULE,
    &_typing::MODULE,
    &_warnings::MODULE,
    &_weakref::MODULE,
    &builtins::MODULE,
    &gc::MODULE,
    &marshal::MODULE,
    &sys::MODULE,
];

static REGISTERED: RwLock<Vec<&'static NativeModule>> = RwLock::new(Vec::new());

/// Adds native modules, which `import` then finds: before the first interpreter starts.
pub fn register(modules: &[&'static NativeModule]) {
    if let Ok(mut registered) = REGISTERED.write() {
        registered.extend_from_slice(modules);
    }
}

/// The native module of that name.
pub fn find(name: &str) -> Option<&'static NativeModule> {
    let registered = REGISTERED.read().ok();
    let registered = registered.as_ref().map_or(&[][..], |registered| registered);
    registered.iter().chain(MODULES).find(|module| module.name == name).copied()
}

pub fn is_builtin(name: &str) -> bool {
    find(name).is_some()
}

/// The names of all native modules, sorted.
pub fn names() -> Vec<&'static str> {
    let registered = REGISTERED.read().ok();
    let registered = registered.as_ref().map_or(&[][..], |registered| registered);
    let mut names: Vec<&str> = registered.iter().chain(MODULES).map(|module| module.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}
