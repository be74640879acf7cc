//! `_interpreters`: what is known of the interpreters of this process. There is one yet: making another raises
//! NotImplementedError (PEP 734).

use runtime::native::system::{constants, exception_class};
use runtime::objects::exceptions::{BaseException, Exception, TypeError};
use runtime::prelude::*;

module! {
    name: "_interpreters",
    doc: "The native part of concurrent.interpreters.",
    functions: [
        create, destroy, list_all, get_current, get_main, is_running, whence, incref, decref, is_shareable, get_config,
        new_config, capture_exception, exec_code, run_string, run_func, call, set_main_attrs,
    ],
    exec: exec,
}

/// The number of the main interpreter, and how it came to be.
const MAIN: i64 = 0;
const WHENCE_RUNTIME: i64 = 1;

fn exec(module: &Module) -> Result<()> {
    let dict = module.dict();
    dict.insert_str(intern!("InterpreterError"), &*interpreter_error()?)?;
    dict.insert_str(intern!("InterpreterNotFoundError"), &*not_found_error()?)?;
    dict.insert_str(intern!("NotShareableError"), &*not_shareable_error()?)?;
    constants(
        module,
        &[
            ("WHENCE_UNKNOWN", 0),
            ("WHENCE_RUNTIME", WHENCE_RUNTIME),
            ("WHENCE_LEGACY_CAPI", 2),
            ("WHENCE_CAPI", 3),
            ("WHENCE_XI", 4),
            ("WHENCE_STDLIB", 5),
        ],
    )
}

fn interpreter_error() -> Result<Ref<Type>> {
    exception_class("concurrent.interpreters.InterpreterError", &Exception)
}

fn not_found_error() -> Result<Ref<Type>> {
    exception_class("concurrent.interpreters.InterpreterNotFoundError", &*interpreter_error()?)
}

/// `NotShareableError`: an object cannot go from one interpreter to another.
pub fn not_shareable_error() -> Result<Ref<Type>> {
    exception_class("concurrent.interpreters.NotShareableError", &TypeError)
}

fn raise_in(class: Result<Ref<Type>>, message: &str) -> Raised {
    match class {
        Ok(class) => runtime::errors::raise_message(&class, message),
        Err(raised) => raised,
    }
}

/// Checks that `id` is the one interpreter there is.
fn known(id: &Object) -> Result<()> {
    let Some(number) = id.downcast::<Int>() else {
        return Err(raise!(TypeError, "interpreter ID must be an int, got {}", id.ty().name()));
    };
    match number.to_i64() {
        Some(MAIN) => Ok(()),
        Some(number) if number < 0 => {
            Err(raise!(ValueError, "interpreter ID must be a non-negative int, got {number}"))
        }
        _ => Err(raise_in(not_found_error(), &format!("unrecognized interpreter ID {}", id.str_()?))),
    }
}

/// Code cannot be sent to an interpreter that is busy, and the only one runs the caller.
fn refuse(id: &Object) -> Raised {
    match known(id) {
        Ok(()) => raise_in(interpreter_error(), "interpreter already running"),
        Err(raised) => raised,
    }
}

fn main_interpreter() -> (i64, i64) {
    (MAIN, WHENCE_RUNTIME)
}

/// Make a new interpreter and return its ID.
#[function(signature = "(config='isolated', *, reqrefs=False)", hidden_signature)]
fn create(config: Option<&Object>, _reqrefs: Option<bool>) -> Result {
    let config = config.map_or_else(|| Str::new("isolated").into_object(), Object::to_ref);
    if let Some(name) = config.downcast::<Str>() {
        configuration(&name.to_string())?;
    }
    Err(raise!(NotImplementedError, "there is only one interpreter in a process yet"))
}

/// End an interpreter.
#[function(signature = "(id, *, restrict=False)", hidden_signature)]
fn destroy(id: &Object, _restrict: Option<bool>) -> Result<()> {
    known(id)?;
    Err(raise_in(interpreter_error(), "cannot destroy the current interpreter"))
}

/// List the interpreters as pairs of ID and origin.
#[function(signature = "(*, require_ready=False)", hidden_signature)]
fn list_all(_require_ready: Option<bool>) -> Result<Ref<List>> {
    let (id, whence) = main_interpreter();
    let pair = Tuple::pack([Int::new(id).into_object(), Int::new(whence).into_object()]);
    Ok(List::from_vec(vec![pair.into_object()]))
}

/// Return ID and origin of the interpreter that runs this.
#[function(signature = "()")]
fn get_current() -> (i64, i64) {
    main_interpreter()
}

/// Return ID and origin of the main interpreter.
#[function(signature = "()")]
fn get_main() -> (i64, i64) {
    main_interpreter()
}

/// Tell whether the interpreter runs code.
#[function(signature = "(id, *, restrict=False)", hidden_signature)]
fn is_running(id: &Object, _restrict: Option<bool>) -> Result<bool> {
    known(id)?;
    Ok(true)
}

/// Tell how the interpreter came to be.
#[function(signature = "(id)", hidden_signature)]
fn whence(id: &Object) -> Result<i64> {
    known(id)?;
    Ok(WHENCE_RUNTIME)
}

/// Count one more owner of the interpreter.
#[function(signature = "(id, *, implieslink=False, restrict=False)", hidden_signature)]
fn incref(id: &Object, _implieslink: Option<bool>, _restrict: Option<bool>) -> Result<()> {
    known(id)
}

/// Count one owner of the interpreter less.
#[function(signature = "(id, *, restrict=False)", hidden_signature)]
fn decref(id: &Object, _restrict: Option<bool>) -> Result<()> {
    known(id)
}

/// Can an object go to another interpreter as it is? (What a tuple holds is looked at when it goes.)
#[function(signature = "(obj)", hidden_signature)]
pub fn is_shareable(obj: &Object) -> bool {
    obj.is_none()
        || obj.is::<runtime::objects::bool_::Bool>()
        || obj.is::<Int>()
        || obj.is::<Float>()
        || obj.is::<Str>()
        || obj.is::<Bytes>()
        || obj.is::<Tuple>()
        || obj.ty().full_name() == "memoryview"
}

/// Return the interpreter's configuration.
#[function(signature = "(id, *, restrict=False)", hidden_signature)]
fn get_config(id: &Object, _restrict: Option<bool>) -> Result {
    known(id)?;
    namespace(&[true, true, true, true, true, false], "own")
}

/// Return a configuration: the named one, changed as asked.
#[function(signature = "(name='isolated', /, **overrides)", hidden_signature)]
fn new_config(name: Option<&str>, overrides: KwArgs<'_>) -> Result {
    let made = configuration(name.unwrap_or("isolated"))?;
    let dict = overrides.to_dict()?;
    let mut position = 0;
    while let Some((key, value)) = dict.next_entry(&mut position) {
        if made.get_attr_opt(key.downcast().unwrap_or(intern!("?")))?.is_none() {
            return Err(raise!(ValueError, "got 1 extra/unexpected override: {}", key.repr()?));
        }
        made.set_attr(key.downcast().unwrap_or(intern!("?")), &value)?;
    }
    Ok(made)
}

fn configuration(name: &str) -> Result {
    match name {
        "isolated" | "default" | "" => namespace(&[false, false, false, true, false, true], "own"),
        "legacy" => namespace(&[true, true, true, true, true, false], "shared"),
        "empty" => namespace(&[false; 6], "default"),
        _ => Err(raise!(ValueError, "unsupported config name '{name}'")),
    }
}

/// A configuration as a namespace: the switches in their order, and whose lock there is.
fn namespace(switches: &[bool; 6], gil: &str) -> Result {
    const NAMES: [&str; 6] = [
        "use_main_obmalloc",
        "allow_fork",
        "allow_exec",
        "allow_threads",
        "allow_daemon_threads",
        "check_multi_interp_extensions",
    ];
    let entries = Dict::new();
    for (name, &switch) in NAMES.iter().zip(switches) {
        entries.insert_str(&Str::intern(Str::new(name)), &py_bool(switch))?;
    }
    entries.insert_str(intern!("gil"), &Str::new(gil))?;
    simple_namespace(&entries)
}

fn simple_namespace(entries: &Dict) -> Result {
    let class = runtime::import::import_module("types")?.get_attr(intern!("SimpleNamespace"))?;
    class.call_dict(&Tuple::empty(), Some(entries))
}

/// Return what another interpreter could be told of an exception (the handled one).
#[function(signature = "(exc=None)", hidden_signature)]
fn capture_exception(exc: Option<&Object>) -> Result {
    let handled = Thread::current().handled_exception();
    let exception = exc.map(Object::to_ref).filter(|exc| !exc.is_none()).or(handled);
    let Some(exception) = exception else { return Ok(none()) };
    if exception.downcast::<BaseException>().is_none() {
        return Err(raise!(TypeError, "expected exception, got '{}'", exception.repr()?));
    }
    let class = Dict::new();
    for name in [intern!("__name__"), intern!("__qualname__"), intern!("__module__")] {
        class.insert_str(name, &*exception.ty().get_attr(name)?)?;
    }
    let message = exception.str_()?;
    let formatted = Str::new(&format!("{}: {message}", exception.ty().name()));
    let snapshot = Dict::new();
    snapshot.insert_str(intern!("type"), &*simple_namespace(&class)?)?;
    snapshot.insert_str(intern!("msg"), &message)?;
    snapshot.insert_str(intern!("formatted"), &formatted)?;
    snapshot.insert_str(intern!("errdisplay"), &formatted)?;
    simple_namespace(&snapshot)
}

/// Run code in an interpreter.
#[function(name = "exec", signature = "(id, code, shared=None, *, restrict=False)", hidden_signature)]
fn exec_code(id: &Object, _code: &Object, _shared: Option<&Object>, _restrict: Option<bool>) -> Result<()> {
    Err(refuse(id))
}

/// Run a text in an interpreter.
#[function(signature = "(id, script, shared=None, *, restrict=False)", hidden_signature)]
fn run_string(
    id: &Object,
    _script: &Object,
    _shared: Option<&Object>,
    _restrict: Option<bool>,
) -> Result<()> {
    Err(refuse(id))
}

/// Run a function without arguments in an interpreter.
#[function(signature = "(id, func, shared=None, *, restrict=False)", hidden_signature)]
fn run_func(id: &Object, _func: &Object, _shared: Option<&Object>, _restrict: Option<bool>) -> Result<()> {
    Err(refuse(id))
}

/// Call a function in an interpreter.
#[function(signature = "(id, callable, args=None, kwargs=None, *, restrict=False)", hidden_signature)]
fn call(
    id: &Object,
    _callable: &Object,
    _args: Option<&Object>,
    _kwargs: Option<&Object>,
    _restrict: Option<bool>,
) -> Result<()> {
    Err(refuse(id))
}

/// Set names of an interpreter's __main__.
#[function(name = "set___main___attrs", signature = "(id, updates, *, restrict=False)", hidden_signature)]
fn set_main_attrs(id: &Object, updates: &Object, _restrict: Option<bool>) -> Result<()> {
    known(id)?;
    let Some(updates) = updates.downcast::<Dict>().filter(|updates| !updates.is_empty()) else {
        return Err(raise!(ValueError, "arg 2 must be a non-empty dict"));
    };
    let main = runtime::import::import_module("__main__")?;
    let mut position = 0;
    while let Some((name, value)) = updates.next_entry(&mut position) {
        main.set_attr(name.downcast().ok_or_else(|| raise!(TypeError, "names must be str"))?, &value)?;
    }
    Ok(())
}
