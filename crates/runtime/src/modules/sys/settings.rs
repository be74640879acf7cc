//! Settings of the interpreter and the thread, and questions about objects.

use std::cell::Cell;

use crate::objects::int::text::{max_str_digits, set_max_str_digits};
use crate::objects::structseq;
use crate::prelude::*;

/// The settings that an interpreter keeps here.
struct Settings {
    dlopen_flags: Cell<i32>,
    finalizing: Cell<bool>,
    asyncgen_hooks: Link<Type>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            dlopen_flags: Cell::new(libc::RTLD_NOW),
            finalizing: Cell::new(false),
            asyncgen_hooks: Link::null(),
        }
    }
}

fn settings() -> &'static Settings {
    Interpreter::current().state()
}

/// The interpreter is on its way to its end.
pub fn set_finalizing() {
    settings().finalizing.set(true);
}

/// Is it?
pub fn finalizing() -> bool {
    settings().finalizing.get()
}

/// Tell whether the interpreter is shutting down.
#[function(signature = "()")]
pub(super) fn is_finalizing() -> bool {
    settings().finalizing.get()
}

/// Return the maximum number of digits for int<->str conversions.
#[function(signature = "()")]
pub(super) fn get_int_max_str_digits() -> usize {
    max_str_digits()
}

/// Set the maximum number of digits for int<->str conversions; 0 is no limit.
#[function(signature = "(maxdigits)")]
pub(super) fn set_int_max_str_digits(maxdigits: i32) -> Result<()> {
    if maxdigits != 0 && maxdigits < 640 {
        return Err(raise!(ValueError, "maxdigits must be >= 640 or 0 for unlimited"));
    }
    set_max_str_digits(maxdigits as usize);
    Ok(())
}

/// Return how deep Python calls may nest.
#[function(signature = "()")]
pub(super) fn getrecursionlimit() -> isize {
    Thread::current().frames().recursion_limit().get() as isize
}

/// Set how deep Python calls may nest.
#[function(signature = "(limit, /)")]
pub(super) fn setrecursionlimit(limit: i32) -> Result<()> {
    if limit < 1 {
        return Err(raise!(ValueError, "recursion limit must be greater or equal than 1"));
    }
    let frames = Thread::current().frames();
    let depth = frames.recursion_limit().get() - frames.recursion_remaining().get();
    if depth >= limit {
        return Err(raise!(
            RecursionError,
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        ));
    }
    frames.set_recursion_limit(limit);
    Ok(())
}

/// Return how long a thread runs, in seconds, before another may take its turn.
#[function(signature = "()")]
pub(super) fn getswitchinterval() -> f64 {
    crate::gil::switch_interval().as_secs_f64()
}

/// Set how long a thread runs, in seconds, before another may take its turn.
#[function(signature = "(interval, /)")]
pub(super) fn setswitchinterval(interval: f64) -> Result<()> {
    if interval.is_nan() || interval <= 0.0 {
        return Err(raise!(ValueError, "switch interval must be strictly positive"));
    }
    crate::gil::set_switch_interval(
        std::time::Duration::try_from_secs_f64(interval).unwrap_or(std::time::Duration::MAX),
    );
    Ok(())
}

/// Return how many frames a coroutine remembers of where it was made.
#[function(signature = "()")]
pub(super) fn get_coroutine_origin_tracking_depth() -> i32 {
    Thread::current().head.coroutine_origin_tracking_depth.get()
}

/// Set how many frames a coroutine remembers of where it was made.
#[function(signature = "(depth)")]
pub(super) fn set_coroutine_origin_tracking_depth(depth: i32) -> Result<()> {
    if depth < 0 {
        return Err(raise!(ValueError, "depth must be >= 0"));
    }
    Thread::current().head.coroutine_origin_tracking_depth.set(depth);
    Ok(())
}

fn asyncgen_hooks_type() -> Result<Ref<Type>> {
    let field = &settings().asyncgen_hooks;
    if let Some(class) = field.get() {
        return Ok(class);
    }
    let class = structseq::Declaration::new(
        "asyncgen_hooks",
        "The hooks of asynchronous generators in this thread.",
        &[
            ("firstiter", "Called before the first iteration."),
            ("finalizer", "Called when one is collected."),
        ],
        2,
        false,
    )
    .make_type()?;
    field.set(Some(class.clone()));
    Ok(class)
}

/// Return the thread's hooks for asynchronous generators.
#[function(signature = "()")]
pub(super) fn get_asyncgen_hooks() -> Result {
    let hooks = &Thread::current().async_generator_hooks;
    let items =
        vec![hooks.first_iteration.get().unwrap_or_else(none), hooks.finalizer.get().unwrap_or_else(none)];
    structseq::instance(&*asyncgen_hooks_type()?, items)
}

/// set_asyncgen_hooks([firstiter] [, finalizer])
///
/// Set the thread's hooks for asynchronous generators.
#[function(signature = "(firstiter=None, finalizer=None)", hidden_signature)]
pub(super) fn set_asyncgen_hooks(firstiter: Option<&Object>, finalizer: Option<&Object>) -> Result<()> {
    let check = |hook: Option<&Object>, name: &str| -> Result<()> {
        match hook {
            Some(hook) if !hook.is_none() && !hook.is_callable() => {
                Err(raise!(TypeError, "callable {name} expected, got {}", hook.ty().full_name()))
            }
            _ => Ok(()),
        }
    };
    check(finalizer, "finalizer")?;
    check(firstiter, "firstiter")?;
    let hooks = &Thread::current().async_generator_hooks;
    let set = |field: &Link, hook: Option<&Object>| {
        if let Some(hook) = hook {
            field.set((!hook.is_none()).then(|| hook.to_ref()));
        }
    };
    if finalizer.is_some() {
        super::audit("sys.set_asyncgen_hooks_finalizer", &[])?;
    }
    if firstiter.is_some() {
        super::audit("sys.set_asyncgen_hooks_firstiter", &[])?;
    }
    set(&hooks.finalizer, finalizer);
    set(&hooks.first_iteration, firstiter);
    Ok(())
}

/// Return the number of references to an object, this call's own included.
#[function(signature = "(object, /)")]
pub(super) fn getrefcount(object: &Object) -> u32 {
    object.reference_count()
}

/// getsizeof(object [, default]) -> int
///
/// Return the size of object in bytes.
#[function(signature = "(object, default=None)", hidden_signature)]
pub(super) fn getsizeof(object: &Object, default: Option<&Object>) -> Result {
    let size = size_of_object(object);
    match (size, default) {
        (Err(raised), Some(default)) if raised.matches(&crate::objects::exceptions::TypeError) => {
            raised.clear();
            Ok(default.to_ref())
        }
        (Ok(size), _) => Ok(Int::from_usize(size).into_object()),
        (Err(raised), _) => Err(raised),
    }
}

fn size_of_object(object: &Object) -> Result<usize> {
    let Some(size) = object.call_special(intern!("__sizeof__"), &[])? else {
        return Err(raise!(TypeError, "Type {} doesn't define __sizeof__", object.ty().full_name()));
    };
    let size = size.to_isize_index(&crate::objects::exceptions::OverflowError)?;
    if size < 0 {
        return Err(raise!(ValueError, "__sizeof__() should return >= 0"));
    }
    Ok(size as usize + crate::memory::preheader_size(object.ty()))
}

/// Enter a string into the table of interned strings, and return the one that is there.
#[function(name = "intern", signature = "(string, /)")]
pub(super) fn intern_string(string: &Str) -> Result<Ref<Str>> {
    if !string.is::<Str>() {
        return Err(raise!(TypeError, "can't intern {}", string.ty().full_name()));
    }
    Ok(Str::intern(Ref::from_borrowed(string)))
}

/// Tell whether the string is interned.
#[function(name = "_is_interned", signature = "(string, /)")]
pub(super) fn is_interned(string: &Str) -> bool {
    // The interned string of the same content is this one, if it is in the table already; asking must not enter it.
    let copy = Str::from_code_points(string.code_points());
    std::ptr::eq(&*Str::intern(copy), string)
}

/// Tell whether the object never dies.
#[function(name = "_is_immortal", signature = "(op, /)")]
pub(super) fn is_immortal(op: &Object) -> bool {
    op.is_immortal()
}

/// Return the name of the default encoding of strings.
#[function(signature = "()")]
pub(super) fn getdefaultencoding() -> &'static str {
    "utf-8"
}

/// Return the name of the encoding of file names.
#[function(signature = "()")]
pub(super) fn getfilesystemencoding() -> &'static str {
    crate::startup::config().file_encoding
}

/// Return how errors in file names are handled.
#[function(signature = "()")]
pub(super) fn getfilesystemencodeerrors() -> &'static str {
    "surrogateescape"
}

/// Return the flags with which extension modules are loaded.
#[function(signature = "()")]
pub(super) fn getdlopenflags() -> i32 {
    settings().dlopen_flags.get()
}

/// Set the flags with which extension modules are loaded.
#[function(signature = "(flags, /)")]
pub(super) fn setdlopenflags(flags: i32) -> Result<()> {
    settings().dlopen_flags.set(flags);
    if let Ok(loader) = crate::native::extension::loader().map_err(Raised::clear) {
        (loader.set_flags)(flags);
    }
    Ok(())
}

/// Tell whether there is a global interpreter lock.
#[function(name = "_is_gil_enabled", signature = "()")]
pub(super) fn is_gil_enabled() -> bool {
    true
}

/// Return how many memory blocks are allocated (not counted here).
#[function(signature = "()")]
pub(super) fn getallocatedblocks() -> usize {
    0
}

/// Return how many strings are interned (not counted here).
#[function(signature = "(*, _only_immortal=False)")]
pub(super) fn getunicodeinternedsize(_only_immortal: Option<bool>) -> usize {
    0
}

/// Forget what the interpreter has cached about types.
#[function(name = "_clear_type_cache", signature = "()")]
pub(super) fn clear_type_cache() -> Result<()> {
    let message = "sys._clear_type_cache() is deprecated and scheduled for removal in a future version. Use \
                   sys._clear_internal_caches() instead.";
    crate::warnings::warn(&crate::objects::exceptions::DeprecationWarning, message, 1)?;
    Interpreter::current().type_cache.clear();
    Ok(())
}

/// Forget all internal caches.
#[function(name = "_clear_internal_caches", signature = "()")]
pub(super) fn clear_internal_caches() {
    Interpreter::current().type_cache.clear();
}

/// Remove the descriptors __dict__ and __weakref__ from a class.
#[function(name = "_clear_type_descriptors", signature = "(type, /)")]
pub(super) fn clear_type_descriptors(r#type: &Type) -> Result<()> {
    if r#type.is_immutable() {
        return Err(raise!(TypeError, "argument is immutable"));
    }
    if let Some(dict) = r#type.dict() {
        drop(dict.remove(intern!("__dict__"))?);
        drop(dict.remove(intern!("__weakref__"))?);
        r#type.modified();
    }
    Ok(())
}

/// Print statistics of the allocator (this one keeps none).
#[function(name = "_debugmallocstats", signature = "()")]
pub(super) fn debugmallocstats() {}

/// Return the number of processors that was configured, or -1.
#[function(name = "_get_cpu_count_config", signature = "()")]
pub(super) fn get_cpu_count_config() -> i32 {
    crate::startup::config().cpu_count.map_or(-1, |count| count as i32)
}

/// Run the basic interactive loop.
#[function(name = "_baserepl", signature = "()")]
pub(super) fn baserepl() -> Result<()> {
    crate::startup::repl::run_basic()
}

/// Tell whether a stack profiler's trampoline is active.
#[function(signature = "()")]
pub(super) fn is_stack_trampoline_active() -> bool {
    false
}

/// Activate a stack profiler's trampoline.
#[function(signature = "(backend, /)")]
pub(super) fn activate_stack_trampoline(backend: &str) -> Result<()> {
    let _ = backend;
    Err(raise!(ValueError, "perf trampoline not available"))
}

/// Deactivate the stack profiler's trampoline.
#[function(signature = "()")]
pub(super) fn deactivate_stack_trampoline() {}

/// Tell whether remote debugging is possible.
#[function(signature = "()")]
pub(super) fn is_remote_debug_enabled() -> bool {
    false
}

/// Run a script in another Python process.
#[function(signature = "(pid, script)")]
pub(super) fn remote_exec(pid: &Object, script: &Object) -> Result<()> {
    let _ = (pid, script);
    Err(raise!(RuntimeError, "Remote debugging is not enabled"))
}
