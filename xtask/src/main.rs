//! The project's own commands: `cargo xtask --help` lists them.

mod bench;
mod code;
mod compare;
mod conformance;
mod digest;
mod dispatch;
mod encodings;
mod errors;
mod extensions;
mod flags;
mod listing;
mod marshal;
mod options;
mod oracle;
mod ours;
mod programs;
mod text;

use std::process::ExitCode;

use options::Options;

/// The allocator of the `taipan` command, so that the benchmarks measure with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Command {
    name: &'static str,
    help: &'static str,
    run: fn(&Options) -> Result<bool, String>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "same-code",
        help: "compile with CPython and with ours; compare the code objects in everything",
        run: code::same_code,
    },
    Command {
        name: "same-ast",
        help: "compare our trees with ast.dump(ast.parse(...), include_attributes=True)",
        run: text::same_ast,
    },
    Command {
        name: "same-tokens",
        help: "compare our tokens with those of tokenize.generate_tokens",
        run: text::same_tokens,
    },
    Command {
        name: "same-symbols",
        help: "compare our symbol tables with those of _symtable.symtable",
        run: text::same_symbols,
    },
    Command {
        name: "same-warnings",
        help: "compare the warnings that compilation issues",
        run: text::same_warnings,
    },
    Command {
        name: "same-errors",
        help: "compile a generated corpus of wrong programs (or the files); compare type, message and positions",
        run: errors::same_errors,
    },
    Command {
        name: "same-flags",
        help: "compile programs in every mode and with every flag; compare code, trees, or errors with their text",
        run: flags::same_flags,
    },
    Command {
        name: "same-encodings",
        help: "compile bytes in every encoding; compare the code objects, or the errors with their text",
        run: encodings::same_encodings,
    },
    Command {
        name: "same-marshal",
        help: "read CPython's code objects and their tables and write them; compare the bytes",
        run: marshal::same_marshal,
    },
    Command {
        name: "dis",
        help: "list the code objects of the files as ours compiles them (--oracle: as CPython does)",
        run: code::dis,
    },
    Command {
        name: "conformance",
        help: "run CPython's own tests: those that passed before have to pass (or the modules named)",
        run: conformance::check,
    },
    Command {
        name: "record-conformance",
        help: "run CPython's own tests and enter those that pass into the ratchet file",
        run: conformance::record,
    },
    Command {
        name: "record-programs",
        help: "record what CPython prints for the programs of tests/programs (or the files)",
        run: programs::record_programs,
    },
    Command {
        name: "record-extensions",
        help: "record what CPython prints for the programs of tests/extensions, whose modules are compiled first",
        run: extensions::record_extensions,
    },
    Command {
        name: "dispatch",
        help: "check in an optimized binary (--taipan) that the interpreter's handlers end in jumps",
        run: dispatch::dispatch,
    },
    Command {
        name: "bench-frontend",
        help: "time tokenizing, parsing and compiling in one thread, beside CPython (build with --release)",
        run: bench::bench_frontend,
    },
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "--help".to_owned());
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        help();
        return if name == "--help" { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    };
    let modules = name.ends_with("conformance");
    let library = !modules && !matches!(name.as_str(), "record-programs" | "record-extensions" | "dispatch");
    let checked = Options::parse(arguments, library).and_then(|options| match options.names.first() {
        Some(name) if !modules => Err(format!("{name}: no such file")),
        _ => (command.run)(&options),
    });
    match checked {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{name}: {message}");
            ExitCode::FAILURE
        }
    }
}

fn help() {
    println!("cargo xtask COMMAND [OPTIONS] [FILES or DIRECTORIES]\n");
    for command in COMMANDS {
        println!("  {:18} {}", command.name, command.help);
    }
    println!("\n{}", options::HELP);
}
