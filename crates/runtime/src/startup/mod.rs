//! From nothing to a running interpreter, and back: what embedders and the command call.
//! Enter at [`main`] (the whole life of a command), or at [`initialize`] and [`finalize`].

mod config;
mod finish;
pub mod locale;
pub mod repl;
mod run;
mod streams;

use std::cell::{Cell, OnceCell};

pub use config::{Config, Program};
pub use finish::{exit_code_of, finalize};
pub use run::run_program;

use crate::prelude::*;

/// What an interpreter was started with.
#[derive(Default)]
struct Started {
    config: OnceCell<Config>,
    files: Cell<bool>,
}

/// The configuration of the current interpreter.
pub fn config() -> &'static Config {
    Interpreter::current().state::<Started>().config.get_or_init(Config::default)
}

/// Ends the process at once: a state that nothing can go on from.
pub fn fatal_error(function: &str, message: &str) -> ! {
    eprintln!("Fatal Python error: {function}: {message}");
    std::process::abort()
}

/// Can importlib import files yet?
pub fn can_import_files() -> bool {
    Interpreter::current().state::<Started>().files.get()
}

/// A new interpreter with this thread as its main thread; its built-in types are ready, nothing is imported.
fn create(mut config: Config) -> Result<()> {
    locale::start(&mut config);
    crate::hash::init(config.hash_seed);
    let interpreter: &'static Interpreter = Box::leak(Box::default());
    let thread: &'static Thread = Box::leak(Box::new(Thread::new(interpreter)));
    crate::gil::attach(thread);
    crate::signal::initialize();
    let _ = interpreter.state::<Started>().config.set(config);
    crate::objects::init()
}

/// Starts an interpreter on this thread: modules, import system, standard streams, `site`.
pub fn initialize(config: Config) -> Result<()> {
    create(config)?;
    let interpreter = Interpreter::current();
    let modules = Dict::new();
    interpreter.modules.set(Some(modules.clone()));
    let builtins = crate::modules::builtins::MODULE.create()?;
    interpreter.builtins.set(Some(builtins.dict()));
    modules.insert_str(intern!("builtins"), &builtins)?;
    builtins.dict().insert_str(intern!("__debug__"), &py_bool(self::config().optimize == 0))?;
    let sys = crate::modules::sys::MODULE.create()?;
    interpreter.sys.set(Some(sys.dict()));
    modules.insert_str(intern!("sys"), &sys)?;
    sys.dict().insert_str(intern!("modules"), &modules)?;
    crate::modules::sys::configure(self::config())?;
    streams::install_small()?;
    crate::import::init()?;
    if ["_io", "posix", "_warnings"].into_iter().all(crate::modules::is_builtin) {
        interpreter.state::<Started>().files.set(true);
        crate::import::init_external()?;
    }
    if crate::modules::is_builtin("_signal") {
        // Its import installs the handler that raises KeyboardInterrupt.
        crate::import::import_module("_signal")?;
    }
    if self::config().tracemalloc > 0 {
        crate::tracemalloc::start(self::config().tracemalloc);
    }
    run::add_main()?;
    if can_import_files() {
        streams::install()?;
        if !self::config().warnoptions.is_empty() {
            crate::import::import_module("warnings")?;
        }
        let wants_faults = self::config().faulthandler || self::config().dev_mode;
        if wants_faults && crate::modules::is_builtin("faulthandler") {
            crate::import::import_attribute("faulthandler", intern!("enable"))?.call(&[])?;
        }
    }
    if !self::config().no_site && can_import_files() {
        crate::import::import_module("site")?;
    }
    Ok(())
}

/// The whole life of a command: starts the interpreter, runs the program, ends it. Gives the exit status.
pub fn main(config: Config) -> i32 {
    if let Err(raised) = initialize(config) {
        let exception = raised.take();
        if exception.ty().is_subtype(&crate::objects::exceptions::SystemExit) {
            return exit_code_of(&exception);
        }
        let message = exception.str_().map(|text| text.to_string()).unwrap_or_else(|raised| {
            raised.clear();
            String::new()
        });
        eprintln!("Fatal Python error: the interpreter can't start\n{}: {message}", exception.ty().name());
        crate::modules::sys::print_exception(&exception);
        return 1;
    }
    let status = run_program();
    let flushed = finalize();
    if status == run::INTERRUPTED {
        // The shell sees that the signal ended the program.
        // SAFETY: plain system calls.
        unsafe {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::SIGINT);
        }
        return 130;
    }
    if flushed { status } else { 120 }
}
