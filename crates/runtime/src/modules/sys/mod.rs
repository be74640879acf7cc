//! `sys`: the interpreter's own state and settings. <https://docs.python.org/3.14/library/sys.html>.

mod audit;
mod display;
mod frames;
mod info;
mod jit;
mod monitoring;
mod settings;
mod stdio;
mod stdlib_names;

use crate::objects::namespace::SimpleNamespace;
use crate::prelude::*;

pub use crate::objects::int::text::{max_str_digits, set_max_str_digits};
pub use audit::audit;
pub use display::print_exception;
pub use info::VERSION;
pub use settings::{finalizing, set_finalizing};
pub use stdio::{TextWriter, standard_stream};

module! {
    name: "sys",
    doc: "What the interpreter knows of itself, and its settings.",
    functions: [
        audit::audit_function,
        audit::addaudithook,
        display::breakpointhook,
        display::displayhook,
        display::excepthook,
        display::unraisablehook,
        frames::call_tracing,
        frames::current_exceptions,
        frames::current_frames,
        frames::exc_info,
        frames::exception,
        frames::exit,
        frames::getframe,
        frames::getframemodulename,
        frames::getprofile,
        frames::gettrace,
        frames::setprofile,
        frames::setprofileallthreads,
        frames::settrace,
        frames::settraceallthreads,
        settings::activate_stack_trampoline,
        settings::baserepl,
        settings::clear_internal_caches,
        settings::clear_type_cache,
        settings::clear_type_descriptors,
        settings::deactivate_stack_trampoline,
        settings::debugmallocstats,
        settings::get_asyncgen_hooks,
        settings::get_coroutine_origin_tracking_depth,
        settings::get_cpu_count_config,
        settings::get_int_max_str_digits,
        settings::getallocatedblocks,
        settings::getdefaultencoding,
        settings::getdlopenflags,
        settings::getfilesystemencodeerrors,
        settings::getfilesystemencoding,
        settings::getrecursionlimit,
        settings::getrefcount,
        settings::getsizeof,
        settings::getswitchinterval,
        settings::getunicodeinternedsize,
        settings::intern_string,
        settings::is_finalizing,
        settings::is_gil_enabled,
        settings::is_immortal,
        settings::is_interned,
        settings::is_remote_debug_enabled,
        settings::is_stack_trampoline_active,
        settings::remote_exec,
        settings::set_asyncgen_hooks,
        settings::set_coroutine_origin_tracking_depth,
        settings::set_int_max_str_digits,
        settings::setdlopenflags,
        settings::setrecursionlimit,
        settings::setswitchinterval,
    ],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    for (hook, default) in [
        ("displayhook", "__displayhook__"),
        ("excepthook", "__excepthook__"),
        ("breakpointhook", "__breakpointhook__"),
        ("unraisablehook", "__unraisablehook__"),
    ] {
        if let Some(function) = dict.get_str(&Str::intern(Str::new(hook)))? {
            dict.insert_str(&Str::intern(Str::new(default)), &function)?;
        }
    }
    info::populate(&dict)?;
    dict.insert_str(intern!("monitoring"), &*monitoring::make()?)?;
    dict.insert_str(intern!("_jit"), &*jit::MODULE.create()?)?;
    let names = Tuple::from_vec(
        crate::modules::names().into_iter().map(|name| Str::intern(Str::new(name)).into_object()).collect(),
    );
    dict.insert_str(intern!("builtin_module_names"), &names)?;
    let names: Vec<Ref> = stdlib_names::NAMES
        .split_whitespace()
        .map(|name| Str::intern(Str::new(name)).into_object())
        .collect();
    dict.insert_str(intern!("stdlib_module_names"), &*crate::objects::set::FrozenSet::from_items(names)?)?;
    dict.insert_str(intern!("meta_path"), &List::new())?;
    dict.insert_str(intern!("path_hooks"), &List::new())?;
    dict.insert_str(intern!("path_importer_cache"), &Dict::new())?;
    Ok(())
}

/// A namespace of these names.
fn namespace(entries: &[(&str, Ref)]) -> Result<Ref<SimpleNamespace>> {
    let dict = Dict::new();
    for (name, value) in entries {
        dict.insert_str(&Str::intern(Str::new(name)), value)?;
    }
    Ok(SimpleNamespace::new(dict))
}

/// An attribute of `sys`, if it has it.
pub fn get(name: &Str) -> Result<Option<Ref>> {
    match Interpreter::current().sys.get() {
        Some(sys) => sys.get_str(name),
        None => Ok(None),
    }
}

/// Sets an attribute of `sys`.
pub fn set(name: &Str, value: &Object) -> Result<()> {
    match Interpreter::current().sys.get() {
        Some(sys) => sys.insert_str(name, value),
        None => Err(raise!(RuntimeError, "lost sys")),
    }
}

/// Sets what the command line and the environment decide.
pub fn configure(config: &crate::startup::Config) -> Result<()> {
    let Some(sys) = Interpreter::current().sys.get() else { return Err(raise!(RuntimeError, "lost sys")) };
    set_max_str_digits(config.int_max_str_digits);
    info::configure(&sys, config)
}

pub use info::version_text;
