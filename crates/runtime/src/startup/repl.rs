//! Interactive sessions.

use std::io::{BufRead, Write};

use compiler::{Options, compile_flags};
use syntax::Mode;

use super::{config, run};
use crate::objects::exceptions;
use crate::prelude::*;

/// The interactive session that suits the terminal: the library's, else the plain loop.
pub fn run() -> Result<()> {
    // SAFETY: no precondition.
    let terminal = unsafe { libc::isatty(0) == 1 && libc::isatty(1) == 1 };
    crate::modules::sys::audit("cpython.run_stdin", &[])?;
    if config().quiet == 0 {
        eprintln!(
            "Python {} on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.",
            crate::modules::sys::version_text()
        );
    }
    run_startup_file();
    if let Some(hook) = crate::modules::sys::get(intern!("__interactivehook__"))?
        && let Err(raised) = hook.call(&[])
    {
        eprintln!("Failed calling sys.__interactivehook__");
        crate::modules::sys::print_exception(&raised.take());
    }
    if terminal && std::env::var_os("PYTHON_BASIC_REPL").is_none() && super::can_import_files() {
        match crate::import::import_module("_pyrepl.main") {
            Ok(main) => {
                return main.call_method(intern!("interactive_console"), &[]).map(drop);
            }
            Err(raised) if raised.matches(&exceptions::SystemExit) => return Err(raised),
            Err(raised) => raised.clear(),
        }
    }
    run_basic()
}

/// Runs the file that PYTHONSTARTUP names.
fn run_startup_file() {
    if config().ignore_environment {
        return;
    }
    let Some(file) = std::env::var_os("PYTHONSTARTUP").filter(|file| !file.is_empty()) else { return };
    let name = file.to_string_lossy().into_owned();
    match std::fs::read(&file) {
        Ok(source) => {
            let execute = || -> Result<()> {
                let name = Str::new(&name);
                let code = crate::compile::compile_bytes(&source, &name, Mode::Exec, Options::default())?;
                run_in_main(&code)
            };
            if let Err(raised) = execute() {
                crate::modules::sys::print_exception(&raised.take());
            }
        }
        Err(error) => eprintln!("Could not open PYTHONSTARTUP\n{name}: {error}"),
    }
}

fn run_in_main(code: &crate::objects::code::Code) -> Result<()> {
    match crate::import::modules()?.get_str(intern!("__main__"))?.map(Ref::cast::<Module>) {
        Some(Ok(main)) => crate::eval::evaluate(code, &main.dict(), None).map(drop),
        _ => Err(raise!(RuntimeError, "lost __main__")),
    }
}

/// `sys.ps1` or `sys.ps2` as text.
fn prompt(name: &'static Str, default: &str) -> String {
    match crate::modules::sys::get(name) {
        Ok(Some(prompt)) => match prompt.str_() {
            Ok(text) => text.to_string(),
            Err(raised) => {
                raised.clear();
                String::new()
            }
        },
        Ok(None) => {
            let _ = crate::modules::sys::set(name, &Str::new(default)).map_err(Raised::clear);
            default.into()
        }
        Err(raised) => {
            raised.clear();
            default.into()
        }
    }
}

/// The plain loop: reads statements from standard input and runs them.
pub fn run_basic() -> Result<()> {
    let name = intern!("<stdin>");
    let mut source = String::new();
    loop {
        let first = prompt(intern!("ps1"), ">>> ");
        let next = prompt(intern!("ps2"), "... ");
        eprint!("{}", if source.is_empty() { first } else { next });
        let _ = std::io::stderr().flush();
        let mut line = String::new();
        let count = match std::io::stdin().lock().read_line(&mut line) {
            Ok(count) => count,
            Err(error) => return Err(raise!(OSError, "{error}")),
        };
        let ended = count == 0;
        if ended && source.is_empty() {
            eprintln!();
            return Ok(());
        }
        source.push_str(&line);
        let in_block = source.trim_end_matches('\n').contains('\n') || source.trim_end().ends_with(':');
        let options = Options {
            flags: compile_flags::ALLOW_INCOMPLETE_INPUT | compile_flags::DONT_IMPLY_DEDENT,
            ..Options::default()
        };
        let finished = ended || line.trim().is_empty();
        match crate::compile::compile_text(&source, name, Mode::Single, options) {
            Ok(_) if in_block && !finished => continue,
            Ok(code) => {
                source.clear();
                if let Err(raised) = run_in_main(&code) {
                    report(raised)?;
                }
            }
            Err(raised) if is_incomplete(&raised) && !ended => raised.clear(),
            Err(raised) => {
                source.clear();
                report(raised)?;
            }
        }
        super::streams::flush();
    }
}

fn is_incomplete(raised: &Raised) -> bool {
    let _ = raised;
    Thread::current().exception_type().is_some_and(|class| class.name() == "_IncompleteInputError")
}

fn report(raised: Raised) -> Result<()> {
    if raised.matches(&exceptions::SystemExit) {
        return Err(raised);
    }
    run::print_uncaught(&raised.take());
    Ok(())
}
