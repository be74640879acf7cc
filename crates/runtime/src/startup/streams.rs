//! `sys.stdin`, `sys.stdout`, `sys.stderr`.

use crate::modules::sys;
use crate::prelude::*;

fn set(names: [&'static Str; 2], stream: &Object) -> Result<()> {
    sys::set(names[0], stream)?;
    sys::set(names[1], stream)
}

/// Streams that can little more than write, until `io` is there.
pub fn install_small() -> Result<()> {
    set([intern!("stdin"), intern!("__stdin__")], &sys::standard_stream(0))?;
    set([intern!("stdout"), intern!("__stdout__")], &sys::standard_stream(1))?;
    set([intern!("stderr"), intern!("__stderr__")], &sys::standard_stream(2))
}

/// The real ones.
pub fn install() -> Result<()> {
    crate::import::import_module("encodings")?;
    let io = crate::import::import_module("_io")?;
    let config = super::config();
    let (encoding, errors) =
        match config.io_encoding.as_deref().map(|both| both.split_once(':').unwrap_or((both, ""))) {
            Some((encoding, errors)) => (encoding, errors),
            None => ("", ""),
        };
    let errors = match errors {
        "" if encoding.is_empty() && (config.utf8_mode > 0 || config.lenient_streams) => "surrogateescape",
        "" => "strict",
        errors => errors,
    };
    let locale_encoding = super::locale::encoding();
    let encoding = codec_name(if encoding.is_empty() { &locale_encoding } else { encoding })?;
    let stdin = open(&io, 0, false, "<stdin>", &encoding, errors)?;
    set([intern!("stdin"), intern!("__stdin__")], &stdin)?;
    let stdout = open(&io, 1, true, "<stdout>", &encoding, errors)?;
    set([intern!("stdout"), intern!("__stdout__")], &stdout)?;
    let stderr = open(&io, 2, true, "<stderr>", &encoding, "backslashreplace")?;
    set([intern!("stderr"), intern!("__stderr__")], &stderr)?;
    if let Some(builtins) = Interpreter::current().builtins.get() {
        builtins.insert_str(intern!("open"), &*io.get_attr(intern!("open"))?)?;
    }
    Ok(())
}

/// The name that a codec has for itself.
fn codec_name(name: &str) -> Result<String> {
    if name == "utf-8" {
        return Ok(name.into());
    }
    let codec = crate::codecs::registry::lookup(name)?;
    Ok(codec.get_attr(intern!("name"))?.str_()?.to_string())
}

fn open(io: &Object, descriptor: i32, write: bool, name: &str, encoding: &str, errors: &str) -> Result {
    // SAFETY: fstat fills in memory of ours.
    let valid = unsafe {
        let mut status: libc::stat = std::mem::zeroed();
        libc::fstat(descriptor, &mut status) == 0
    };
    if !valid {
        return Ok(none());
    }
    let unbuffered = super::config().unbuffered && write;
    let mode = Str::new(if write { "wb" } else { "rb" });
    let buffering = Int::new(if unbuffered { 0 } else { -1 });
    let nothing = none();
    let buffer = io.call_method(
        intern!("open"),
        &[&Int::new(i64::from(descriptor)), &mode, &buffering, &nothing, &nothing, &nothing, &py_false()],
    )?;
    let raw = if unbuffered { buffer.clone() } else { buffer.get_attr(intern!("raw"))? };
    raw.set_attr(intern!("name"), &Str::new(name))?;
    let is_terminal = raw.call_method(intern!("isatty"), &[])?.is_true()?;
    let line_buffering = !unbuffered && (is_terminal || descriptor == 2);
    let stream = io.get_attr(intern!("TextIOWrapper"))?.call(&[
        &buffer,
        &Str::new(encoding),
        &Str::new(errors),
        intern!("\n"),
        &py_bool(line_buffering),
        &py_bool(unbuffered),
    ])?;
    stream.set_attr(intern!("mode"), &Str::new(if write { "w" } else { "r" }))?;
    Ok(stream)
}

/// Flushes standard output and error; false if that fails.
pub fn flush() -> bool {
    let mut good = true;
    let mut flush = |name: &'static Str, report: bool| {
        let Ok(Some(stream)) = sys::get(name).map_err(Raised::clear) else { return };
        if stream.is_none() {
            return;
        }
        let closed = match stream.get_attr_opt(intern!("closed")) {
            Ok(Some(closed)) => closed.is_true().unwrap_or_else(|raised| {
                raised.clear();
                false
            }),
            Ok(None) => false,
            Err(raised) => {
                raised.clear();
                false
            }
        };
        if closed {
            return;
        }
        if let Err(raised) = stream.call_method(intern!("flush"), &[]) {
            if report {
                crate::objects::exceptions::write_unraisable(raised.take(), Some(&stream));
            } else {
                raised.clear();
            }
            good = false;
        }
    };
    flush(intern!("stdout"), true);
    flush(intern!("stderr"), false);
    good
}
