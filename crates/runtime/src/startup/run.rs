//! Running what the command line names: a command, a module, a file, standard input.

use std::io::Read;
use std::path::Path;

use compiler::Options;
use syntax::Mode;

use super::{Config, Program, config};
use crate::objects::code::Code;
use crate::objects::exceptions;
use crate::objects::exceptions::BaseException;
use crate::objects::module::ProgramDirectory;
use crate::prelude::*;

/// The status of a program that Ctrl-C ended.
pub const INTERRUPTED: i32 = -1000;

/// Makes the module `__main__`.
pub fn add_main() -> Result<()> {
    let module = Module::new("__main__");
    let dict = module.dict();
    dict.insert_str(intern!("__annotations__"), &Dict::new()).ok();
    dict.remove(intern!("__annotations__"))?;
    if let Some(builtins) = crate::import::modules()?.get_str(intern!("builtins"))? {
        dict.insert_str(intern!("__builtins__"), &builtins)?;
    }
    if let Some(importlib) = crate::import::state().importlib.get()
        && let Some(loader) = importlib.get_attr_opt(intern!("BuiltinImporter"))?
    {
        dict.insert_str(intern!("__loader__"), &loader)?;
    }
    crate::import::modules()?.insert_str(intern!("__main__"), &module)
}

fn main_dict() -> Result<Ref<Dict>> {
    match crate::import::modules()?.get_str(intern!("__main__"))?.map(Ref::cast::<Module>) {
        Some(Ok(module)) => Ok(module.dict()),
        _ => Err(raise!(RuntimeError, "lost __main__")),
    }
}

/// Runs the program and gives its exit status; what it does not catch is reported.
pub fn run_program() -> i32 {
    let config = config();
    let mut status = match run(config) {
        Ok(status) => status,
        Err(raised) => report(raised),
    };
    let wants_session = config.inspect > 0 || inspect_was_asked_for();
    if wants_session && !matches!(config.program, Program::Stdin) {
        status = match super::repl::run() {
            Ok(()) => 0,
            Err(raised) => report(raised),
        };
    }
    status
}

fn inspect_was_asked_for() -> bool {
    std::env::var_os("PYTHONINSPECT").is_some_and(|value| !value.is_empty()) && !config().ignore_environment
}

/// Reports an exception that nobody caught: its exit status.
pub fn report(raised: Raised) -> i32 {
    let exception = raised.take();
    if exception.ty().is_subtype(&exceptions::SystemExit) {
        return super::exit_code_of(&exception);
    }
    let interrupted = exception.ty().is_subtype(&exceptions::KeyboardInterrupt);
    print_uncaught(&exception);
    if interrupted { INTERRUPTED } else { 1 }
}

/// Shows an exception through `sys.excepthook`, and remembers it as the last one.
pub fn print_uncaught(exception: &Ref<BaseException>) {
    let traceback = exception.traceback().unwrap_or_else(none);
    let class = exception.ty().to_ref();
    let remember = || -> Result<()> {
        crate::modules::sys::set(intern!("last_exc"), exception)?;
        crate::modules::sys::set(intern!("last_type"), &class)?;
        crate::modules::sys::set(intern!("last_value"), exception)?;
        crate::modules::sys::set(intern!("last_traceback"), &traceback)
    };
    if let Err(raised) = remember() {
        raised.clear();
    }
    let hook = crate::modules::sys::get(intern!("excepthook")).unwrap_or_else(|raised| {
        raised.clear();
        None
    });
    let Some(hook) = hook else {
        eprintln!("sys.excepthook is missing");
        crate::modules::sys::print_exception(exception);
        return;
    };
    if let Err(raised) = crate::modules::sys::audit("sys.excepthook", &[&hook, &class, exception, &traceback])
        .and_then(|()| hook.call(&[&class, exception, &traceback]).map(drop))
    {
        let failure = raised.take();
        if failure.ty().is_subtype(&exceptions::SystemExit) {
            let code = super::exit_code_of(&failure);
            super::finalize();
            std::process::exit(code);
        }
        eprintln!("Error in sys.excepthook:");
        crate::modules::sys::print_exception(&failure);
        eprintln!("\nOriginal exception was:");
        crate::modules::sys::print_exception(exception);
    }
    super::streams::flush();
}

/// Puts a directory in front of `sys.path`.
fn prepend_path(directory: &str) -> Result<()> {
    let interpreter = Interpreter::current();
    *interpreter.state::<ProgramDirectory>().path.borrow_mut() = Some(directory.to_owned());
    if let Some(path) = crate::modules::sys::get(intern!("path"))? {
        path.call_method(intern!("insert"), &[&Int::new(0), &Str::new(directory)])?;
    }
    Ok(())
}

fn options(optimize: u8) -> Options {
    Options { optimize, max_int_digits: crate::modules::sys::max_str_digits(), ..Options::default() }
}

fn run(config: &'static Config) -> Result<i32> {
    match &config.program {
        Program::Command(command) => {
            if !config.safe_path {
                prepend_path("")?;
            }
            crate::modules::sys::audit("cpython.run_command", &[&Str::new(command)])?;
            let name = intern!("<string>");
            syntax::source::check_nulls(command.as_bytes())
                .map_err(|error| crate::compile::raise_syntax_error(&error, name))?;
            let text = syntax::source::translate_newlines(command);
            remember_source(name, &text);
            let code = crate::compile::compile_text(&text, name, Mode::Exec, options(config.optimize))?;
            run_code(&code)?;
            Ok(0)
        }
        Program::Module(module) => {
            if !config.safe_path {
                let current = std::env::current_dir().unwrap_or_default();
                prepend_path(&current.to_string_lossy())?;
            }
            crate::modules::sys::audit("cpython.run_module", &[&Str::new(module)])?;
            run_module(module, true)?;
            Ok(0)
        }
        Program::File(file) => run_file(config, file),
        Program::Stdin => {
            if !config.safe_path {
                prepend_path("")?;
            }
            // SAFETY: no precondition.
            let terminal = unsafe { libc::isatty(0) } == 1;
            if terminal || config.interactive > 0 {
                super::repl::run()?;
                return Ok(0);
            }
            crate::modules::sys::audit("cpython.run_stdin", &[])?;
            let mut source = Vec::new();
            if let Err(error) = std::io::stdin().read_to_end(&mut source) {
                return Err(raise!(OSError, "{error}"));
            }
            let name = intern!("<stdin>");
            let code = crate::compile::compile_bytes(&source, name, Mode::Exec, options(config.optimize))?;
            main_dict()?.insert_str(intern!("__file__"), name)?;
            let result = run_code(&code);
            main_dict()?.remove(intern!("__file__"))?;
            result?;
            Ok(0)
        }
    }
}

/// Lets tracebacks show the lines of a command.
fn remember_source(name: &Str, text: &str) {
    if !super::can_import_files() {
        return;
    }
    let remember = || -> Result<()> {
        let linecache = crate::import::import_module("linecache")?;
        match linecache.get_attr_opt(intern!("_register_code"))? {
            Some(_) => {
                let cache = linecache.get_attr(intern!("cache"))?;
                let lines: Vec<Ref> = text
                    .split_inclusive('\n')
                    .map(|line| {
                        let line = if line.ends_with('\n') { line.to_owned() } else { format!("{line}\n") };
                        Str::from_string(line).into_object()
                    })
                    .collect();
                let entry = Tuple::pack([
                    Int::from_usize(text.len()).into_object(),
                    none(),
                    List::from_vec(lines).into_object(),
                    name.to_ref(),
                ]);
                cache.set_item(name, &entry)
            }
            None => Ok(()),
        }
    };
    if let Err(raised) = remember() {
        raised.clear();
    }
}

fn run_code(code: &Code) -> Result<()> {
    crate::eval::evaluate(code, &*main_dict()?, None).map(drop)
}

fn run_module(name: &str, set_argv0: bool) -> Result<()> {
    let runpy = crate::import::import_module("runpy")?;
    runpy.call_method(intern!("_run_module_as_main"), &[&Str::new(name), &py_bool(set_argv0)]).map(drop)
}

fn run_file(config: &'static Config, file: &str) -> Result<i32> {
    let path = Path::new(file);
    if crate::import::importer_of(&Str::new(file))?.is_some() {
        prepend_path(file)?;
        run_module("__main__", false)?;
        return Ok(0);
    }
    let source = match std::fs::read(path) {
        Ok(source) => source,
        Err(error) => {
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            let number = error.raw_os_error().unwrap_or(0);
            let reason = error.to_string();
            let reason = reason.split(" (os error").next().unwrap_or_default();
            eprintln!(
                "{}: can't open file {}: [Errno {number}] {reason}",
                config.orig_argv.first().map_or("python", |name| name),
                Str::new(&absolute.to_string_lossy()).repr()?
            );
            return Ok(2);
        }
    };
    if !config.safe_path {
        let real = match std::fs::read_link(path) {
            Ok(target) => path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => path.to_owned(),
        };
        let directory = real.parent().map_or_else(Default::default, Path::to_owned);
        let directory = std::path::absolute(&directory).unwrap_or_else(|_| {
            if directory.as_os_str().is_empty() {
                std::env::current_dir().unwrap_or_default()
            } else {
                directory
            }
        });
        prepend_path(&directory.to_string_lossy())?;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = Str::new(&absolute.to_string_lossy());
    crate::modules::sys::audit("cpython.run_file", &[&name])?;
    let dict = main_dict()?;
    dict.insert_str(intern!("__file__"), &name)?;
    let is_compiled = file.ends_with(".pyc");
    let loader = if is_compiled { intern!("SourcelessFileLoader") } else { intern!("SourceFileLoader") };
    if super::can_import_files() {
        let external = crate::import::import_module("_frozen_importlib_external")?;
        let loader = external.call_method(loader, &[intern!("__main__"), &name])?;
        dict.insert_str(intern!("__loader__"), &loader)?;
    }
    let code = if is_compiled {
        let (_, data) = bytecode::marshal::PycHeader::parse(&source).map_err(Raised::from)?;
        crate::modules::marshal::load(data)?
            .cast_exact::<Code>()
            .map_err(|_| raise!(RuntimeError, "Bad code object in .pyc file"))?
    } else {
        let source = if config.skip_first_line {
            let end = source.iter().position(|&byte| byte == b'\n').unwrap_or(source.len());
            &source[end..]
        } else {
            &source
        };
        crate::compile::compile_bytes(source, &name, Mode::Exec, options(config.optimize))?
    };
    run_code(&code)?;
    Ok(0)
}
