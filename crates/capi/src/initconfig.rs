//! Options of the running interpreter. <https://docs.python.org/3.14/c-api/init_config.html#runtime-python-configuration-api>

use std::ffi::{c_char, c_int};

use runtime::prelude::*;

use crate::support::{exported, text};

/// Where an option's value is: an attribute of `sys`, one of `sys.flags` (or its negation), or a fixed fact.
#[derive(Clone, Copy)]
enum Place {
    Sys(&'static str),
    Flag(&'static str),
    /// The same, as a truth value.
    Truth(&'static str),
    NoFlag(&'static str),
    Encoding(&'static str),
    Stream(&'static str),
    False,
    True,
    Number(i64),
    Text(&'static str),
    Absent,
}

/// Every option, and whether it can be set while programs run.
#[rustfmt::skip]
const OPTIONS: &[(&str, Place, bool)] = &[
    ("allocator", Place::Number(0), false),
    ("argv", Place::Sys("argv"), true),
    ("base_exec_prefix", Place::Sys("base_exec_prefix"), true),
    ("base_executable", Place::Sys("_base_executable"), true),
    ("base_prefix", Place::Sys("base_prefix"), true),
    ("buffered_stdio", Place::True, false),
    ("bytes_warning", Place::Flag("bytes_warning"), true),
    ("check_hash_pycs_mode", Place::Text("default"), false),
    ("code_debug_ranges", Place::True, false),
    ("coerce_c_locale", Place::False, false),
    ("coerce_c_locale_warn", Place::False, false),
    ("configure_c_stdio", Place::True, false),
    ("configure_locale", Place::True, false),
    ("context_aware_warnings", Place::Flag("context_aware_warnings"), false),
    ("cpu_count", Place::Number(-1), false),
    ("dev_mode", Place::Truth("dev_mode"), false),
    ("dump_refs", Place::False, false),
    ("dump_refs_file", Place::Absent, false),
    ("exec_prefix", Place::Sys("exec_prefix"), true),
    ("executable", Place::Sys("executable"), true),
    ("faulthandler", Place::False, false),
    ("filesystem_encoding", Place::Encoding("getfilesystemencoding"), false),
    ("filesystem_errors", Place::Encoding("getfilesystemencodeerrors"), false),
    ("hash_seed", Place::Number(0), false),
    ("home", Place::Absent, false),
    ("import_time", Place::Number(0), false),
    ("inspect", Place::Truth("inspect"), true),
    ("install_signal_handlers", Place::True, false),
    ("int_max_str_digits", Place::Encoding("get_int_max_str_digits"), true),
    ("interactive", Place::Truth("interactive"), true),
    ("isolated", Place::Truth("isolated"), false),
    ("malloc_stats", Place::False, false),
    ("module_search_paths", Place::Sys("path"), true),
    ("optimization_level", Place::Flag("optimize"), true),
    ("orig_argv", Place::Sys("orig_argv"), false),
    ("parse_argv", Place::True, false),
    ("parser_debug", Place::Truth("debug"), true),
    ("pathconfig_warnings", Place::True, false),
    ("perf_profiling", Place::Number(0), false),
    ("platlibdir", Place::Sys("platlibdir"), true),
    ("prefix", Place::Sys("prefix"), true),
    ("program_name", Place::Sys("executable"), false),
    ("pycache_prefix", Place::Sys("pycache_prefix"), true),
    ("quiet", Place::Truth("quiet"), true),
    ("remote_debug", Place::Number(1), false),
    ("run_command", Place::Absent, false),
    ("run_filename", Place::Absent, false),
    ("run_module", Place::Absent, false),
    ("safe_path", Place::Truth("safe_path"), false),
    ("show_ref_count", Place::False, false),
    ("site_import", Place::NoFlag("no_site"), false),
    ("skip_source_first_line", Place::False, false),
    ("stdio_encoding", Place::Stream("encoding"), false),
    ("stdio_errors", Place::Stream("errors"), false),
    ("stdlib_dir", Place::Sys("_stdlib_dir"), true),
    ("thread_inherit_context", Place::Flag("thread_inherit_context"), false),
    ("tracemalloc", Place::Number(0), false),
    ("use_environment", Place::NoFlag("ignore_environment"), true),
    ("use_frozen_modules", Place::True, false),
    ("use_hash_seed", Place::False, false),
    ("user_site_directory", Place::NoFlag("no_user_site"), false),
    ("utf8_mode", Place::Truth("utf8_mode"), false),
    ("verbose", Place::Flag("verbose"), true),
    ("warn_default_encoding", Place::Truth("warn_default_encoding"), false),
    ("warnoptions", Place::Sys("warnoptions"), true),
    ("write_bytecode", Place::NoFlag("dont_write_bytecode"), true),
    ("xoptions", Place::Sys("_xoptions"), true),
];

fn option(name: &str) -> Result<&'static (&'static str, Place, bool)> {
    let found = OPTIONS.iter().find(|(option, ..)| *option == name);
    found.ok_or_else(|| raise!(ValueError, "unknown config option name: {name}"))
}

fn sys(name: &str) -> Result {
    crate::sys::get(&Str::intern(Str::new(name)))
}

fn flag(name: &str) -> Result {
    sys("flags")?.get_attr(&Str::intern(Str::new(name)))
}

fn get(place: Place) -> Result {
    let truth = |value: Ref, wanted: bool| Ok(py_bool(value.is_true()? == wanted).into_object());
    match place {
        Place::Sys(name) => {
            let value = sys(name)?;
            // Lists are read only copies, as whoever asks is not to change them.
            match value.downcast::<List>() {
                Some(list) => Ok(List::from_vec(list.to_vec()).into_object()),
                None => Ok(value),
            }
        }
        Place::Flag(name) => flag(name),
        Place::Truth(name) => truth(flag(name)?, true),
        Place::NoFlag(name) => truth(flag(name)?, false),
        Place::Encoding(function) => sys(function)?.call(&[]),
        Place::Stream(attribute) => sys("__stdout__")?.get_attr(&Str::intern(Str::new(attribute))),
        Place::False => Ok(py_false().into_object()),
        Place::True => Ok(py_true().into_object()),
        Place::Number(number) => Ok(Int::new(number).into_object()),
        Place::Text(text) => Ok(Str::new(text).into_object()),
        Place::Absent => Ok(none()),
    }
}

exported! {
    fn PyConfig_Get(option_name: *const c_char) -> Result {
        get(option(&text(option_name))?.1)
    }

    fn PyConfig_GetInt(option_name: *const c_char, result: *mut c_int) -> Result<()> {
        let option_name = text(option_name);
        let value = get(option(&option_name)?.1)?;
        let Some(value) = value.downcast::<Int>() else {
            return Err(raise!(TypeError, "config option {option_name} is not an int"));
        };
        let number = value.to_i64().and_then(|value| c_int::try_from(value).ok());
        *result = number.ok_or_else(|| {
            raise!(OverflowError, "config option {option_name} value does not fit into a C int")
        })?;
        Ok(())
    }

    fn PyConfig_Names() -> Result {
        let names = OPTIONS.iter().map(|(name, ..)| Str::new(name).into_object()).collect();
        crate::types::builtin("frozenset")?.call(&[&*List::from_vec(names)])
    }

    fn PyConfig_Set(option_name: *const c_char, value: &Object) -> Result<()> {
        let option_name = text(option_name);
        let (_, place, settable) = *option(&option_name)?;
        match place {
            Place::Sys(attribute) if settable => {
                let dict = Interpreter::current().sys.get();
                let dict = dict.ok_or_else(|| raise!(RuntimeError, "lost sys module"))?;
                dict.insert_str(&Str::intern(Str::new(attribute)), value)
            }
            _ if settable => {
                Err(raise!(NotImplementedError, "config option {option_name} cannot be set yet"))
            }
            _ => Err(raise!(ValueError, "cannot set read-only option {option_name}")),
        }
    }
}
