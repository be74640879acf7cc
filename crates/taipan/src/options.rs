//! The command line and the environment. <https://docs.python.org/3.14/using/cmdline.html>.

use std::ffi::OsString;

use runtime::startup::{Config, Program};

use crate::help::HELP;

/// The value of an environment variable that is to be looked at: set, and not empty.
pub fn variable(config: &Config, name: &str) -> Option<String> {
    if config.ignore_environment {
        return None;
    }
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

fn usage_error(program: &str, message: &str) -> i32 {
    eprintln!("{message}");
    eprintln!("usage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...");
    eprintln!("Try `{program} -h' for more information.");
    2
}

/// The configuration that the arguments ask for; an exit status where there is nothing to run.
pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Config, i32> {
    let arguments: Vec<String> = arguments.map(|argument| argument.to_string_lossy().into_owned()).collect();
    let mut config = Config { orig_argv: arguments.clone(), ..Config::default() };
    let program = arguments.first().cloned().unwrap_or_else(|| "taipan".into());
    let mut version = 0;
    let mut warnings = Vec::new();
    let mut at = 1;
    let mut chosen: Option<Program> = None;
    'options: while chosen.is_none() && at < arguments.len() {
        let argument = &arguments[at];
        if argument == "-" || !argument.starts_with('-') {
            break;
        }
        at += 1;
        if let Some(long) = argument.strip_prefix("--") {
            match long {
                "" => break,
                "help" => {
                    print!("{HELP}");
                    return Err(0);
                }
                "help-env" | "help-xoptions" | "help-all" => {
                    print!("{HELP}");
                    return Err(0);
                }
                "version" => version += 1,
                "check-hash-based-pycs" => match arguments.get(at).map(String::as_str) {
                    Some(mode @ ("always" | "default" | "never")) => {
                        config.check_hash_pycs = mode.into();
                        at += 1;
                    }
                    _ => {
                        return Err(usage_error(
                            &program,
                            "--check-hash-based-pycs must be one of 'default', 'always', or 'never'",
                        ));
                    }
                },
                _ => return Err(usage_error(&program, &format!("unknown option {argument}"))),
            }
            continue;
        }
        let letters: Vec<(usize, char)> = argument.char_indices().skip(1).collect();
        for &(position, letter) in &letters {
            // The rest of this argument, or the next one.
            let mut value = || -> Result<String, i32> {
                let rest = &argument[position + letter.len_utf8()..];
                if !rest.is_empty() {
                    return Ok(rest.to_owned());
                }
                match arguments.get(at) {
                    Some(value) => {
                        at += 1;
                        Ok(value.clone())
                    }
                    None => {
                        Err(usage_error(&program, &format!("Argument expected for the -{letter} option")))
                    }
                }
            };
            match letter {
                'b' => config.bytes_warning += 1,
                'B' => config.dont_write_bytecode = 1,
                'c' => {
                    chosen = Some(Program::Command(format!("{}\n", value()?)));
                    continue 'options;
                }
                'd' => config.debug += 1,
                'E' => config.ignore_environment = true,
                'h' | '?' => {
                    print!("{HELP}");
                    return Err(0);
                }
                'i' => {
                    config.inspect += 1;
                    config.interactive += 1;
                }
                'I' => {
                    config.isolated = true;
                    config.ignore_environment = true;
                    config.no_user_site = 1;
                    config.safe_path = true;
                }
                'J' => return Err(usage_error(&program, "-J is reserved for Jython")),
                'm' => {
                    chosen = Some(Program::Module(value()?));
                    continue 'options;
                }
                'O' => config.optimize = (config.optimize + 1).min(2),
                'P' => config.safe_path = true,
                'q' => config.quiet += 1,
                'R' => {}
                's' => config.no_user_site = 1,
                'S' => config.no_site = true,
                't' => {}
                'u' => config.unbuffered = true,
                'v' => config.verbose += 1,
                'V' => version += 1,
                'W' => {
                    warnings.push(value()?);
                    continue 'options;
                }
                'x' => config.skip_first_line = true,
                'X' => {
                    config.xoptions.push(value()?);
                    continue 'options;
                }
                _ => return Err(usage_error(&program, &format!("Unknown option: -{letter}"))),
            }
        }
    }
    if version > 0 {
        if version > 1 {
            println!("Python {}", runtime::modules::sys::version_text());
        } else {
            let (major, minor, micro) = runtime::modules::sys::VERSION;
            println!("Python {major}.{minor}.{micro}");
        }
        return Err(0);
    }
    let rest = arguments.get(at..).unwrap_or_default();
    match chosen {
        Some(program) => {
            let first = if matches!(program, Program::Command(_)) { "-c" } else { "-m" };
            config.argv = std::iter::once(first.to_owned()).chain(rest.iter().cloned()).collect();
            config.program = program;
        }
        None if rest.is_empty() => config.argv = vec![String::new()],
        None => {
            if rest[0] != "-" {
                config.program = Program::File(rest[0].clone());
            }
            config.argv = rest.to_vec();
        }
    }
    environment(&mut config);
    options_of_implementation(&mut config)?;
    // The environment's filters come first: the later ones win.
    let mut all = Vec::new();
    if config.dev_mode {
        all.push("default".to_owned());
    }
    if let Some(filters) = variable(&config, "PYTHONWARNINGS") {
        all.extend(filters.split(',').map(str::to_owned));
    }
    all.extend(warnings);
    if config.bytes_warning > 0 {
        all.push(
            if config.bytes_warning > 1 { "error::BytesWarning" } else { "default::BytesWarning" }.into(),
        );
    }
    config.warnoptions = all;
    Ok(config)
}

/// What the environment's variables say.
fn environment(config: &mut Config) {
    let level = |config: &Config, name: &str| -> u8 {
        variable(config, name).map_or(0, |value| value.trim().parse::<u8>().unwrap_or(1).max(1))
    };
    config.debug = config.debug.max(level(config, "PYTHONDEBUG"));
    config.verbose = config.verbose.max(level(config, "PYTHONVERBOSE"));
    config.optimize = config.optimize.max(level(config, "PYTHONOPTIMIZE")).min(2);
    config.inspect = config.inspect.max(level(config, "PYTHONINSPECT"));
    config.dont_write_bytecode = config.dont_write_bytecode.max(level(config, "PYTHONDONTWRITEBYTECODE"));
    config.no_user_site = config.no_user_site.max(level(config, "PYTHONNOUSERSITE"));
    config.unbuffered |= variable(config, "PYTHONUNBUFFERED").is_some();
    config.safe_path |= variable(config, "PYTHONSAFEPATH").is_some();
    config.dev_mode |= variable(config, "PYTHONDEVMODE").is_some_and(|value| value == "1");
    config.faulthandler |= variable(config, "PYTHONFAULTHANDLER").is_some();
    if let Some(frames) = variable(config, "PYTHONTRACEMALLOC") {
        config.tracemalloc =
            frames_to_trace(&frames, "PYTHONTRACEMALLOC").unwrap_or_else(|status| std::process::exit(status));
    }
    config.import_time |= variable(config, "PYTHONPROFILEIMPORTTIME").is_some();
    config.warn_default_encoding |= variable(config, "PYTHONWARNDEFAULTENCODING").is_some();
    match variable(config, "PYTHONUTF8").as_deref() {
        Some("1") => config.utf8_mode = 1,
        Some("0") => config.utf8_mode = 0,
        Some(_) => invalid_utf8_mode("PYTHONUTF8 environment variable value"),
        None => {}
    }
    if let Some(seed) = variable(config, "PYTHONHASHSEED").filter(|seed| seed != "random") {
        let Ok(seed) = seed.trim_start().parse::<u32>() else {
            eprintln!(
                "Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]"
            );
            eprintln!("Python runtime state: preinitialized\n");
            std::process::exit(1);
        };
        config.hash_seed = Some(seed);
        config.hash_randomization = seed != 0;
    }
    config.io_encoding = variable(config, "PYTHONIOENCODING");
    config.pycache_prefix = variable(config, "PYTHONPYCACHEPREFIX");
    config.debug_ranges = variable(config, "PYTHONNODEBUGRANGES").is_none();
    if let Some(digits) = variable(config, "PYTHONINTMAXSTRDIGITS").and_then(|value| value.parse().ok()) {
        config.int_max_str_digits = digits;
    }
    if let Some(frozen) = variable(config, "PYTHON_FROZEN_MODULES") {
        config.use_frozen = frozen != "off";
    }
    config.cpu_count = variable(config, "PYTHON_CPU_COUNT").and_then(|value| value.parse().ok());
}

/// How many frames a traced block of memory keeps; 0 if none is traced.
fn frames_to_trace(frames: &str, option: &str) -> Result<usize, i32> {
    frames.trim_start().parse::<u16>().map(usize::from).map_err(|_| {
        eprintln!("Fatal Python error: config_init_tracemalloc: {option}: invalid number of frames");
        eprintln!("Python runtime state: preinitialized\n");
        1
    })
}

/// Ends the process: UTF-8 mode is neither switched on nor off.
fn invalid_utf8_mode(what: &str) -> ! {
    eprintln!("Fatal Python error: preconfig_init_utf8_mode: invalid {what}");
    eprintln!("Python runtime state: preinitializing\n");
    std::process::exit(1)
}

/// What `-X` says.
fn options_of_implementation(config: &mut Config) -> Result<(), i32> {
    for option in config.xoptions.clone() {
        let (name, value) = option.split_once('=').unwrap_or((&option, ""));
        match name {
            "dev" => config.dev_mode = true,
            "faulthandler" => config.faulthandler = true,
            "tracemalloc" => {
                let frames = if option.contains('=') { value } else { "1" };
                config.tracemalloc = frames_to_trace(frames, "-X tracemalloc=NFRAME")?;
            }
            "utf8" => match value {
                "" | "1" => config.utf8_mode = 1,
                "0" => config.utf8_mode = 0,
                _ => invalid_utf8_mode("-X utf8 option value"),
            },
            "importtime" => config.import_time = true,
            "no_debug_ranges" => config.debug_ranges = false,
            "warn_default_encoding" => config.warn_default_encoding = true,
            "frozen_modules" => config.use_frozen = value != "off",
            "pycache_prefix" => config.pycache_prefix = (!value.is_empty()).then(|| value.to_owned()),
            "cpu_count" => {
                config.cpu_count = match value {
                    "default" => None,
                    value => value.parse().ok(),
                }
            }
            "int_max_str_digits" => match value.parse::<usize>() {
                Ok(digits) if digits == 0 || digits >= 640 => config.int_max_str_digits = digits,
                _ => {
                    eprintln!(
                        "Fatal Python error: config_init_int_max_str_digits: -X int_max_str_digits: invalid limit; must \
                         be >= 640 or 0 for unlimited."
                    );
                    return Err(1);
                }
            },
            _ => {}
        }
    }
    Ok(())
}
