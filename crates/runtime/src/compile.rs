//! Source text to code objects: the `compiler` crate with Python's errors, warnings and codecs around it.

use std::borrow::Cow;
use std::sync::Arc;

use compiler::{Options, Outcome, WarningSink};
use syntax::{ErrorKind, Mode, SyntaxError, Warning, WarningKind};

use crate::objects::bytes::Bytes;
use crate::objects::code::Code;
use crate::objects::exceptions;
use crate::prelude::*;

/// The exception class of a front-end error.
fn error_class(kind: ErrorKind) -> Result {
    Ok(match kind {
        ErrorKind::SyntaxError => exceptions::SyntaxError.to_ref(),
        ErrorKind::IndentationError => exceptions::IndentationError.to_ref(),
        ErrorKind::TabError => exceptions::TabError.to_ref(),
        ErrorKind::IncompleteInput => match Interpreter::current().builtins.get() {
            Some(builtins) => builtins
                .get_str(intern!("_IncompleteInputError"))?
                .unwrap_or_else(|| exceptions::SyntaxError.to_ref()),
            None => exceptions::SyntaxError.to_ref(),
        },
        ErrorKind::OverflowError => exceptions::OverflowError.to_ref(),
        ErrorKind::MemoryError => exceptions::MemoryError.to_ref(),
        ErrorKind::RecursionError => exceptions::RecursionError.to_ref(),
        ErrorKind::ValueError => exceptions::ValueError.to_ref(),
        ErrorKind::UnicodeEncodeError => exceptions::UnicodeEncodeError.to_ref(),
        ErrorKind::TypeError => exceptions::TypeError.to_ref(),
        ErrorKind::SystemError => exceptions::SystemError.to_ref(),
    })
}

/// Raises a front-end error as the exception that it is.
pub fn raise_syntax_error(error: &SyntaxError, filename: &Str) -> Raised {
    if let (ErrorKind::UnicodeEncodeError, Some(text)) = (error.kind, &error.text)
        && let Err(raised) = unescaped(text).to_utf8()
    {
        return raised;
    }
    let message = Str::new(&error.message);
    let make = || -> Result {
        let class = error_class(error.kind)?;
        if !error.kind.is_syntax() || error.is_bare() {
            return class.call(&[&message]);
        }
        let text = match &error.text {
            Some(text) => Str::new(text).into_object(),
            None => match line_of_file(filename, error.lineno) {
                Some(line) => Str::from_string(line).into_object(),
                None => none(),
            },
        };
        let int = |value: i32| match value {
            SyntaxError::ABSENT => none(),
            _ => Int::new(i64::from(value)).into_object(),
        };
        let ends = [int(error.end_lineno), int(error.end_offset)];
        let mut details = vec![filename.to_ref(), int(error.lineno), int(error.offset), text];
        // Only what a decoder says, which belongs to no line, has no ends.
        if error.end_lineno != SyntaxError::ABSENT || error.lineno > 0 {
            details.extend(ends);
        }
        class.call(&[&message, &Tuple::from_vec(details)])
    };
    match make().map(Ref::cast::<exceptions::BaseException>) {
        Ok(Ok(exception)) => crate::errors::raise(exception),
        Ok(Err(_)) => raise!(SystemError, "{}", error.message),
        Err(raised) => raised,
    }
}

/// The text of a [`ErrorKind::UnicodeEncodeError`].
fn unescaped(text: &str) -> Ref<Str> {
    let mut rest = text.chars();
    let mut codes = Vec::with_capacity(text.len());
    while let Some(c) = rest.next() {
        codes.push(match c {
            '\\' if rest.as_str().starts_with('\\') => rest.next().unwrap_or(c) as u32,
            '\\' => rest.by_ref().take(4).fold(0, |code, c| code * 16 + c.to_digit(16).unwrap_or(0)),
            _ => c as u32,
        });
    }
    Str::from_code_points(codes.into_iter())
}

/// A line of the file, if there is such a file.
fn line_of_file(filename: &Str, lineno: i32) -> Option<String> {
    let lineno = usize::try_from(lineno).ok()?.checked_sub(1)?;
    let bytes = std::fs::read(filename.as_utf8()?).ok()?;
    let line = bytes.split_inclusive(|&byte| byte == b'\n').nth(lineno)?;
    Some(String::from_utf8_lossy(line).into_owned())
}

/// Issues a compiler's warning through the `warnings` machinery.
fn issue(warning: &Warning, filename: &Str) -> Outcome {
    let category = match warning.kind {
        WarningKind::SyntaxWarning => &exceptions::SyntaxWarning,
        WarningKind::DeprecationWarning => &exceptions::DeprecationWarning,
    };
    match crate::warnings::warn_explicit(
        category,
        &Str::new(&warning.message),
        filename,
        warning.lineno as i32,
        None,
        None,
    ) {
        Ok(()) => Outcome::Continue,
        Err(raised) if raised.matches(category) => {
            raised.clear();
            Outcome::Error
        }
        // The exception stays set until the compiler has given up.
        Err(_) => Outcome::Abort,
    }
}

/// Runs the front end: what it needs of the runtime is given to it, what it says is wrong is raised.
pub fn with_front_end<T>(
    filename: &Str,
    run: impl FnOnce(&mut WarningSink<'_>) -> std::result::Result<T, SyntaxError>,
) -> Result<T> {
    let mut sink = |warning: &Warning| issue(warning, filename);
    run(&mut sink).map_err(|error| {
        if error.kind == ErrorKind::SystemError && error.message == compiler::ABORTED {
            return Raised::assume_set();
        }
        raise_syntax_error(&error, filename)
    })
}

/// Decodes a source by its mark or cookie, codecs of the program's included. Errors name the file only if `is_file`:
/// the source is read as a program from there, not given as bytes.
pub fn decode_source<'b>(bytes: &'b [u8], mode: Mode, filename: &Str, is_file: bool) -> Result<Cow<'b, str>> {
    let mut decoder = |encoding: &str, bytes: &[u8]| -> std::result::Result<String, String> {
        let builtin = syntax::source::builtin_decoder(encoding, bytes);
        if builtin.is_ok() {
            return builtin;
        }
        let decoded = Bytes::new(bytes).call_method(intern!("decode"), &[&Str::new(encoding)]);
        match decoded.map(Ref::cast::<Str>) {
            Ok(Ok(text)) => Ok(text.to_string()),
            Ok(Err(_)) => builtin,
            Err(raised) => {
                let exception = raised.take();
                let is_lookup = exception.ty().is_subtype(&exceptions::LookupError);
                match exception.str_() {
                    Ok(message) if !is_lookup => Err(message.to_string()),
                    Ok(_) => Err(format!("unknown encoding: {encoding}")),
                    Err(raised) => {
                        raised.clear();
                        builtin
                    }
                }
            }
        }
    };
    let name = filename.as_utf8().filter(|_| is_file);
    syntax::source::decode(bytes, mode, name, &mut decoder)
        .map_err(|error| raise_syntax_error(&error, filename))
}

/// Compiles text whose newlines are `\n`.
pub fn compile_text(source: &str, filename: &Str, mode: Mode, options: Options) -> Result<Ref<Code>> {
    let name = filename.to_wtf8();
    let data: Arc<bytecode::Code> =
        with_front_end(filename, |sink| compiler::compile_source(source, &name, mode, options, sink))?;
    Code::from_data(&data)
}

/// Compiles a file's content. (Null bytes are the tokenizer's affair then.)
pub fn compile_bytes(bytes: &[u8], filename: &Str, mode: Mode, options: Options) -> Result<Ref<Code>> {
    let source = decode_source(bytes, mode, filename, true)?;
    compile_text(&source, filename, mode, options)
}

/// The tree of a text, shown to `use_tree` (trees live in an arena).
pub fn parse_text(
    source: &str,
    filename: &Str,
    mode: Mode,
    options: Options,
    use_tree: impl FnOnce(&syntax::ast::Mod<'_>) -> Result,
) -> Result {
    let arena = bumpalo::Bump::new();
    let tree = with_front_end(filename, |sink| compiler::parse_source(source, mode, options, &arena, sink))?;
    use_tree(tree)
}

/// Compiles a tree.
pub fn compile_tree(tree: &syntax::ast::Mod<'_>, filename: &Str, options: Options) -> Result<Ref<Code>> {
    let name = filename.to_wtf8();
    let data = with_front_end(filename, |sink| compiler::compile(tree, &name, options, sink))?;
    Code::from_data(&data)
}

/// A tree as `compile()` with a flag for trees returns it.
pub fn optimize_tree<'a>(
    tree: &'a syntax::ast::Mod<'a>,
    filename: &Str,
    options: Options,
    arena: &'a bumpalo::Bump,
) -> Result<&'a syntax::ast::Mod<'a>> {
    with_front_end(filename, |sink| compiler::optimize_tree(tree, options, arena, sink))
}
