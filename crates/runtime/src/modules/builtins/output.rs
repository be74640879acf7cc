//! `print`, `input`, `breakpoint`.

use crate::objects::bytes::Bytes;
use crate::prelude::*;

/// An attribute of `sys`, if it has it.
fn sys_attribute(name: &Str) -> Result<Option<Ref>> {
    match Interpreter::current().sys.get() {
        Some(sys) => sys.get_str(name),
        None => Ok(None),
    }
}

/// Writes text to a file object: `file.write(text)`.
pub fn write_text(file: &Object, text: &Str) -> Result<()> {
    file.call_method(intern!("write"), &[text]).map(drop)
}

/// Writes the values to a stream, or to sys.stdout.
///
/// sep goes between the values, end after the last; flush forces the stream to pass it on.
#[function(signature = "(*args, sep=' ', end='\\n', file=None, flush=False)")]
pub(super) fn print(
    args: &[&Object],
    sep: Option<&Object>,
    end: Option<&Object>,
    file: Option<&Object>,
    flush: Option<bool>,
) -> Result<()> {
    let file = match file.filter(|file| !file.is_none()) {
        Some(file) => file.to_ref(),
        None => match sys_attribute(intern!("stdout"))? {
            Some(stdout) if stdout.is_none() => return Ok(()),
            Some(stdout) => stdout,
            None => return Err(raise!(RuntimeError, "lost sys.stdout")),
        },
    };
    let text = |value: Option<&Object>, name: &str, default: &'static Str| -> Result<Ref<Str>> {
        match value {
            Some(value) if !value.is_none() => match value.downcast::<Str>() {
                Some(text) => Ok(Ref::from_borrowed(text)),
                None => {
                    Err(raise!(TypeError, "{name} must be None or a string, not {}", value.ty().full_name()))
                }
            },
            _ => Ok(Ref::from_borrowed(default)),
        }
    };
    let sep = text(sep, "sep", intern!(" "))?;
    let end = text(end, "end", intern!("\n"))?;
    for (index, value) in args.iter().enumerate() {
        if index > 0 {
            write_text(&file, &sep)?;
        }
        write_text(&file, &*value.str_()?)?;
    }
    write_text(&file, &end)?;
    if flush == Some(true) {
        file.call_method(intern!("flush"), &[])?;
    }
    Ok(())
}

/// Read a line from standard input; its newline is taken off.
///
/// A prompt, if given, is written to standard output first. EOFError is raised at the end of input.
#[function(signature = "(prompt='', /)")]
pub(super) fn input(prompt: Option<&Object>) -> Result {
    let stream = |name: &'static Str| -> Result<Ref> {
        match sys_attribute(name)? {
            Some(stream) if !stream.is_none() => Ok(stream),
            _ => Err(raise!(RuntimeError, "input(): lost sys.{name}")),
        }
    };
    let stdin = stream(intern!("stdin"))?;
    let stdout = stream(intern!("stdout"))?;
    let stderr = stream(intern!("stderr"))?;
    match prompt {
        Some(prompt) => crate::modules::sys::audit("builtins.input", &[prompt])?,
        None => crate::modules::sys::audit("builtins.input", &[&none()])?,
    }
    if let Err(raised) = stderr.call_method(intern!("flush"), &[]) {
        raised.clear();
    }
    if let Some(prompt) = prompt {
        write_text(&stdout, &*prompt.str_()?)?;
    }
    if let Err(raised) = stdout.call_method(intern!("flush"), &[]) {
        raised.clear();
    }
    let line = stdin.call_method(intern!("readline"), &[])?;
    let end_of_file = || raise!(EOFError, "EOF when reading a line");
    if let Some(text) = line.downcast::<Str>() {
        let length = text.len();
        if length == 0 {
            return Err(end_of_file());
        }
        if text.char_at(length - 1) == u32::from(b'\n') {
            return Ok(text.substring(0, length - 1).into_object());
        }
        return Ok(line);
    }
    if let Some(bytes) = line.downcast::<Bytes>() {
        let bytes = bytes.as_slice();
        if bytes.is_empty() {
            return Err(end_of_file());
        }
        return Ok(Bytes::new(bytes.strip_suffix(b"\n").unwrap_or(bytes)).into_object());
    }
    Err(raise!(TypeError, "object.readline() returned non-string"))
}

/// Call sys.breakpointhook with the arguments: by default, enter the debugger.
#[function(signature = "(*args, **kws)")]
pub(super) fn breakpoint(args: &[&Object], kws: KwArgs<'_>) -> Result {
    let Some(hook) = sys_attribute(intern!("breakpointhook"))? else {
        return Err(raise!(RuntimeError, "lost sys.breakpointhook"));
    };
    let arguments = Tuple::from_vec(args.iter().map(|argument| argument.to_ref()).collect());
    crate::modules::sys::audit("builtins.breakpoint", &[&hook])?;
    hook.call_dict(&arguments, Some(&*kws.to_dict()?))
}
