//! What `sys` says of the version, the machine and the command line.

use crate::objects::structseq::{Declaration, instance};
use crate::prelude::*;
use crate::startup::Config;

/// The release of the language and library that this is.
pub const VERSION: (u8, u8, u8) = (3, 14, 8);
const HEXVERSION: u32 = (VERSION.0 as u32) << 24 | (VERSION.1 as u32) << 16 | (VERSION.2 as u32) << 8 | 0xF0;

/// Taipan's own version.
pub const TAIPAN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// `sys.version`.
pub fn version_text() -> String {
    let (major, minor, micro) = VERSION;
    format!("{major}.{minor}.{micro} (Taipan {TAIPAN_VERSION}, Nov 20 2026, 12:00:00) [Rust]")
}

fn int(value: impl Into<i64>) -> Ref {
    Int::new(value.into()).into_object()
}

fn text(value: &str) -> Ref {
    Str::new(value).into_object()
}

/// A struct sequence with its only instance.
fn single(name: &str, doc: &str, fields: &[(&str, Ref)]) -> Result {
    let declared: Vec<(&str, &str)> = fields.iter().map(|(name, _)| (*name, "")).collect();
    let class = Declaration::new(name, doc, &declared, declared.len(), false).make_type()?;
    instance(&class, fields.iter().map(|(_, value)| value.clone()).collect())
}

fn version_info() -> Result {
    let (major, minor, micro) = VERSION;
    single(
        "sys.version_info",
        "sys.version_info\n\nVersion information as a named tuple.",
        &[
            ("major", int(major)),
            ("minor", int(minor)),
            ("micro", int(micro)),
            ("releaselevel", text("final")),
            ("serial", int(0)),
        ],
    )
}

/// `sys.flags`.
pub fn flags(config: &Config) -> Result {
    let fields: Vec<(&str, Ref)> = vec![
        ("debug", int(config.debug)),
        ("inspect", int(config.inspect)),
        ("interactive", int(config.interactive)),
        ("optimize", int(config.optimize)),
        ("dont_write_bytecode", int(config.dont_write_bytecode)),
        ("no_user_site", int(config.no_user_site)),
        ("no_site", int(config.no_site)),
        ("ignore_environment", int(config.ignore_environment)),
        ("verbose", int(config.verbose)),
        ("bytes_warning", int(config.bytes_warning)),
        ("quiet", int(config.quiet)),
        ("hash_randomization", int(config.hash_randomization)),
        ("isolated", int(config.isolated)),
        ("dev_mode", py_bool(config.dev_mode)),
        ("utf8_mode", int(config.utf8_mode)),
        ("warn_default_encoding", int(config.warn_default_encoding)),
        ("safe_path", py_bool(config.safe_path)),
        ("int_max_str_digits", int(config.int_max_str_digits as i64)),
        ("gil", int(1)),
        ("thread_inherit_context", int(0)),
        ("context_aware_warnings", int(0)),
    ];
    let declared: Vec<(&str, &str)> = fields.iter().map(|(name, _)| (*name, "")).collect();
    let doc = "sys.flags\n\nFlags provided through command line arguments or environment vars.";
    let class = Declaration::new("sys.flags", doc, &declared, 18, false).make_type()?;
    instance(&class, fields.into_iter().map(|(_, value)| value).collect())
}

/// Sets what does not change while the program runs.
pub fn populate(dict: &Dict) -> Result<()> {
    let set = |name: &str, value: Ref| dict.insert_str(&Str::intern(Str::new(name)), &value);
    let version = version_info()?;
    set("version", text(&version_text()))?;
    set("version_info", version.clone())?;
    set("hexversion", int(HEXVERSION))?;
    set("api_version", int(1013))?;
    set("_git", Tuple::pack([text("Taipan"), text(""), text("")]).into_object())?;
    set("_framework", text(""))?;
    set("abiflags", text(""))?;
    set("platform", text("linux"))?;
    set("platlibdir", text("lib"))?;
    set("byteorder", text(if cfg!(target_endian = "little") { "little" } else { "big" }))?;
    set("maxsize", int(isize::MAX as i64))?;
    set("maxunicode", int(0x10_FFFF))?;
    set("float_repr_style", text("short"))?;
    set(
        "copyright",
        text("Copyright (c) the Taipan developers. The library: copyright (c) Python Software Foundation."),
    )?;
    let implementation = super::namespace(&[
        ("name", text("cpython")),
        ("cache_tag", text("cpython-314")),
        ("version", version),
        ("hexversion", int(HEXVERSION)),
        ("_multiarch", text("x86_64-linux-gnu")),
        ("supports_isolated_interpreters", py_true()),
        ("taipan", text(TAIPAN_VERSION)),
    ])?;
    set("implementation", implementation.into_object())?;
    let numbers = [
        ("max", Float::new(f64::MAX).into_object()),
        ("max_exp", int(f64::MAX_EXP)),
        ("max_10_exp", int(f64::MAX_10_EXP)),
        ("min", Float::new(f64::MIN_POSITIVE).into_object()),
        ("min_exp", int(f64::MIN_EXP)),
        ("min_10_exp", int(f64::MIN_10_EXP)),
        ("dig", int(f64::DIGITS)),
        ("mant_dig", int(f64::MANTISSA_DIGITS)),
        ("epsilon", Float::new(f64::EPSILON).into_object()),
        ("radix", int(f64::RADIX)),
        ("rounds", int(1)),
    ];
    set("float_info", single("sys.float_info", "What C's float.h says of doubles.", &numbers)?)?;
    let hashing = [
        ("width", int(64)),
        ("modulus", int((1i64 << 61) - 1)),
        ("inf", int(314_159)),
        ("nan", int(0)),
        ("imag", int(1_000_003)),
        ("algorithm", text("siphash13")),
        ("hash_bits", int(64)),
        ("seed_bits", int(128)),
        ("cutoff", int(0)),
    ];
    set("hash_info", single("sys.hash_info", "How numbers and strings are hashed.", &hashing)?)?;
    let integers = [
        ("bits_per_digit", int(30)),
        ("sizeof_digit", int(4)),
        ("default_max_str_digits", int(4300)),
        ("str_digits_check_threshold", int(640)),
    ];
    set("int_info", single("sys.int_info", "How integers are represented.", &integers)?)?;
    let threads = [("name", text("pthread")), ("lock", text("semaphore")), ("version", libc_version())];
    set("thread_info", single("sys.thread_info", "How threads are implemented.", &threads)?)?;
    Ok(())
}

fn libc_version() -> Ref {
    // SAFETY: it gives a static C string.
    let version = unsafe { std::ffi::CStr::from_ptr(libc::gnu_get_libc_version()) };
    text(&format!("NPTL {}", version.to_string_lossy()))
}

/// Sets what the command line and the environment decide.
pub fn configure(dict: &Dict, config: &Config) -> Result<()> {
    let set = |name: &str, value: Ref| dict.insert_str(&Str::intern(Str::new(name)), &value);
    let list =
        |items: &[String]| List::from_vec(items.iter().map(|item| path_text(item)).collect()).into_object();
    let optional = |value: &Option<String>| value.as_deref().map_or_else(none, path_text);
    set("flags", flags(config)?)?;
    set("argv", list(&config.argv))?;
    set("orig_argv", list(&config.orig_argv))?;
    set("warnoptions", list(&config.warnoptions))?;
    let options = Dict::new();
    for option in &config.xoptions {
        match option.split_once('=') {
            Some((name, value)) => options.insert_str(&Str::new(name), &Str::new(value))?,
            None => options.insert_str(&Str::new(option), &py_true())?,
        }
    }
    set("_xoptions", options.into_object())?;
    set("path", list(&config.path))?;
    set("executable", path_text(&config.executable))?;
    set("_base_executable", path_text(&config.base_executable))?;
    set("prefix", path_text(&config.prefix))?;
    set("exec_prefix", path_text(&config.prefix))?;
    set("base_prefix", path_text(&config.base_prefix))?;
    set("base_exec_prefix", path_text(&config.base_prefix))?;
    set("_home", optional(&config.home))?;
    set("_stdlib_dir", optional(&config.stdlib_dir))?;
    set("pycache_prefix", optional(&config.pycache_prefix))?;
    set("dont_write_bytecode", py_bool(config.dont_write_bytecode != 0))?;
    Ok(())
}

/// A path or argument as text, undecodable bytes included (they are escaped in `Config` as in Python).
fn path_text(path: &str) -> Ref {
    crate::import::path::from_config(path).into_object()
}
