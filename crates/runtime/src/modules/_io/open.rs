//! `open` and its kin.

use super::buffered::{BufferedRandom, BufferedReader, BufferedWriter};
use super::file::FileIO;
use super::text::TextIOWrapper;
use crate::prelude::*;

/// Open file and return a stream.  Raise OSError upon failure.
#[function(
    signature = "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"
)]
#[allow(clippy::too_many_arguments, reason = "open has them")]
pub fn open(
    file: &Object,
    mode: &str,
    buffering: isize,
    encoding: OrNone<&str>,
    errors: OrNone<&str>,
    newline: OrNone<&str>,
    closefd: bool,
    opener: Option<&Object>,
) -> Result {
    let (encoding, errors, newline) = (encoding.0, errors.0, newline.0);
    let path = match file.downcast::<Int>() {
        Some(_) => file.to_ref(),
        None if file.ty().nb_index().is_some() => file.to_ref(),
        None => crate::native::system::fspath(file)?,
    };
    let repeated = mode.chars().enumerate().any(|(index, letter)| mode[..index].contains(letter));
    if repeated || mode.chars().any(|letter| !"rwxab+t".contains(letter)) {
        return Err(raise!(ValueError, "invalid mode: '{mode}'"));
    }
    let has = |letter: char| mode.contains(letter);
    let (text, binary) = (has('t'), has('b'));
    if text && binary {
        return Err(raise!(ValueError, "can't have text and binary mode at once"));
    }
    if ["r", "w", "x", "a"].iter().filter(|kind| mode.contains(**kind)).count() != 1 {
        return Err(raise!(ValueError, "must have exactly one of create/read/write/append mode"));
    }
    for (given, what) in
        [(encoding.is_some(), "encoding"), (errors.is_some(), "errors"), (newline.is_some(), "newline")]
    {
        if binary && given {
            let article = if what == "newline" { "a " } else { "an " };
            return Err(raise!(ValueError, "binary mode doesn't take {article}{what} argument"));
        }
    }
    if binary && buffering == 1 {
        let message = "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
        crate::warnings::warn(&crate::objects::exceptions::RuntimeWarning, message, 1)?;
    }
    let raw_mode: String = mode.chars().filter(|letter| "rwxa+".contains(*letter)).collect();
    let nothing = none();
    let raw = FileIO::type_object().call(&[
        &path,
        &*Str::new(&raw_mode),
        &*py_bool(closefd),
        opener.unwrap_or(&nothing),
    ])?;
    let result = wrap(&raw, mode, buffering, binary, encoding, errors, newline);
    if result.is_err() {
        let failure = result.err().map(Raised::take);
        if let Err(raised) = raw.call_method(intern!("close"), &[]) {
            raised.clear();
        }
        return match failure {
            Some(exception) => Err(crate::errors::restore(exception)),
            None => Ok(none()),
        };
    }
    result
}

fn wrap(
    raw: &Object,
    mode: &str,
    buffering: isize,
    binary: bool,
    encoding: Option<&str>,
    errors: Option<&str>,
    newline: Option<&str>,
) -> Result {
    let is_terminal = buffering < 0 && raw.call_method(intern!("isatty"), &[])?.is_true()?;
    let line_buffering = !binary && (buffering == 1 || is_terminal);
    let size = match buffering {
        0 if binary => return Ok(raw.to_ref()),
        0 => return Err(raise!(ValueError, "can't have unbuffered text I/O")),
        ..=-1 => super::DEFAULT_BUFFER_SIZE as isize,
        1 => super::DEFAULT_BUFFER_SIZE as isize,
        size => size,
    };
    let class = if mode.contains('+') {
        BufferedRandom::type_object()
    } else if mode.contains('r') {
        BufferedReader::type_object()
    } else {
        BufferedWriter::type_object()
    };
    let buffer = class.call(&[raw, &*Int::new(size as i64)])?;
    if binary {
        return Ok(buffer);
    }
    let option = |text: Option<&str>| text.map_or_else(none, |text| Str::new(text).into_object());
    let wrapper = TextIOWrapper::type_object().call(&[
        &buffer,
        &option(encoding),
        &option(errors),
        &option(newline),
        &py_bool(line_buffering),
    ])?;
    wrapper.set_attr(intern!("mode"), &Str::new(mode))?;
    Ok(wrapper)
}

/// A helper function to choose the text encoding.
#[function(signature = "(encoding, stacklevel=2, /)")]
pub fn text_encoding(encoding: &Object, stacklevel: isize) -> Result {
    if !encoding.is_none() {
        return Ok(encoding.to_ref());
    }
    let config = crate::startup::config();
    if config.warn_default_encoding {
        let message = "'encoding' argument not specified";
        crate::warnings::warn(&crate::objects::exceptions::EncodingWarning, message, stacklevel)?;
    }
    Ok(Str::new(if config.utf8_mode > 0 { "utf-8" } else { "locale" }).into_object())
}

/// Opens the provided file with the intent to import the contents.
#[function(signature = "(path)")]
pub fn open_code(path: &Str) -> Result {
    open(path, "rb", -1, OrNone(None), OrNone(None), OrNone(None), true, None)
}
