//! `compile`, `eval`, `exec`.

use std::borrow::Cow;
use std::sync::OnceLock;

use bumpalo::Bump;
use compiler::compile_flags::{IGNORE_COOKIE, ONLY_AST, OPTIMIZED_AST};
use compiler::{FUTURE_MASK, Options};
use syntax::Mode;
use syntax::ast::Mod;

use crate::compile as front_end;
use crate::objects::cell::Cell;
use crate::objects::code::Code;
use crate::prelude::*;

/// How trees become objects and back: the `_ast` module says.
pub struct Ast {
    /// Is it a node of `ast`?
    pub is_node: fn(&Object) -> Result<bool>,
    /// A tree as objects.
    pub to_object: fn(&Mod<'_>) -> Result,
    /// Objects as a tree in the arena, with the errors of wrong ones.
    pub from_object: for<'a> fn(&Object, Mode, &'a Bump) -> Result<&'a Mod<'a>>,
}

static AST: OnceLock<Ast> = OnceLock::new();

/// Says how trees become objects; the first to say so counts.
pub fn install_ast(ast: Ast) {
    let _ = AST.set(ast);
}

/// All bits that `compile()` takes.
const KNOWN_FLAGS: u32 = FUTURE_MASK | 0x200 | 0x400 | 0x800 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10;

/// The flags of the code that runs, which code that it compiles inherits.
pub fn merge_flags(flags: u32) -> u32 {
    match Thread::current().frames().current() {
        Some(frame) => flags | frame.code().flags() & FUTURE_MASK,
        None => flags,
    }
}

/// The optimization level that the command line asks for.
pub fn optimization() -> u8 {
    crate::startup::config().optimize
}

fn options(flags: u32, optimize: u8, feature_version: u8) -> Options {
    Options { optimize, flags, feature_version, max_int_digits: crate::modules::sys::max_str_digits() }
}

/// What is compiled: text, or bytes to be decoded.
enum Source<'a> {
    Text(&'a str),
    Bytes(Cow<'a, [u8]>),
}

fn source_of<'a>(object: &'a Object, function: &str, what: &str) -> Result<Source<'a>> {
    if let Some(text) = object.downcast::<Str>() {
        return Ok(Source::Text(text.to_utf8()?));
    }
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Ok(Source::Bytes(Cow::Borrowed(bytes.as_slice())));
    }
    if object.ty().bf_getbuffer().is_some() {
        return Ok(Source::Bytes(Cow::Owned(Buffer::of(object)?.as_slice().to_vec())));
    }
    Err(raise!(TypeError, "{function}() arg 1 must be a {what} object"))
}

impl<'a> Source<'a> {
    /// The text with `\n` newlines; null bytes are an error.
    fn text(&'a self, filename: &Str, mode: Mode) -> Result<Cow<'a, str>> {
        let bytes = match self {
            Source::Text(text) => text.as_bytes(),
            Source::Bytes(bytes) => bytes,
        };
        syntax::source::check_nulls(bytes)
            .map_err(|error| front_end::raise_syntax_error(&error, filename))?;
        match self {
            Source::Text(text) => Ok(syntax::source::translate_newlines(text)),
            Source::Bytes(bytes) => front_end::decode_source(bytes, mode, filename, false),
        }
    }
}

/// The program text that a function was given as str, bytes or buffer, with `\n` newlines. `what` names what it takes.
pub fn source_text(
    object: &Object,
    mode: Mode,
    function: &str,
    what: &str,
    filename: &Str,
) -> Result<String> {
    let source = source_of(object, function, what)?;
    Ok(source.text(filename, mode)?.into_owned())
}

/// A file name as `compile()` takes it: str, bytes or a path.
fn filename_of(object: &Object) -> Result<Ref<Str>> {
    crate::import::path::fs_decode(object)
}

/// Compile source into a code object that exec() or eval() can run, or into a tree.
///
/// The source is a string, bytes or an AST; the mode is 'exec' for a module, 'single' for an interactive statement
/// or 'eval' for an expression. The flags switch features on; unless dont_inherit, those of the calling code are
/// inherited.
#[function(
    signature = "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)"
)]
pub(super) fn compile(
    source: &Object,
    filename: &Object,
    mode: &str,
    flags: Option<i32>,
    dont_inherit: Option<bool>,
    optimize: Option<i32>,
    _feature_version: Option<i32>,
) -> Result {
    let filename = filename_of(filename)?;
    crate::modules::sys::audit("compile", &[source, &filename])?;
    let mut flags = flags.unwrap_or(0) as u32;
    if flags & !KNOWN_FLAGS != 0 {
        return Err(raise!(ValueError, "compile(): unrecognised flags"));
    }
    let optimize = match optimize.unwrap_or(-1) {
        -1 => optimization(),
        level @ 0..=2 => level as u8,
        _ => return Err(raise!(ValueError, "compile(): invalid optimize value")),
    };
    if dont_inherit != Some(true) {
        flags = merge_flags(flags);
    }
    let wants_tree = flags & ONLY_AST != 0;
    let mode = match mode {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" if wants_tree => Mode::FuncType,
        "func_type" => {
            return Err(raise!(ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
        }
        _ if wants_tree => {
            return Err(raise!(ValueError, "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"));
        }
        _ => return Err(raise!(ValueError, "compile() mode must be 'exec', 'eval' or 'single'")),
    };
    let feature_version = match _feature_version.unwrap_or(-1) {
        version @ 0..=14 if wants_tree => version as u8,
        _ => 14,
    };
    if AST.get().is_none() && crate::modules::is_builtin("_ast") {
        // Importing it installs it.
        crate::import::import_module("_ast")?;
    }
    if let Some(ast) = AST.get()
        && (ast.is_node)(source)?
    {
        if flags & OPTIMIZED_AST == ONLY_AST {
            return Ok(source.to_ref());
        }
        let arena = Bump::new();
        let tree = (ast.from_object)(source, mode, &arena)?;
        let options = options(flags, optimize, feature_version);
        compiler::validate(tree).map_err(|error| front_end::raise_syntax_error(&error, &filename))?;
        if wants_tree {
            return (ast.to_object)(front_end::optimize_tree(tree, &filename, options, &arena)?);
        }
        return Ok(front_end::compile_tree(tree, &filename, options)?.into_object());
    }
    let text = source_of(source, "compile", "string, bytes or AST")?;
    if matches!(text, Source::Text(_)) {
        flags |= IGNORE_COOKIE;
    }
    let text = text.text(&filename, mode)?;
    let options = options(flags, optimize, feature_version);
    if wants_tree {
        let Some(ast) = AST.get() else {
            return Err(raise!(NotImplementedError, "compile() to a tree is not supported yet"));
        };
        return front_end::parse_text(&text, &filename, mode, options, ast.to_object);
    }
    Ok(front_end::compile_text(&text, &filename, mode, options)?.into_object())
}

/// The namespaces in which `eval` and `exec` run code.
struct Namespaces {
    globals: Ref<Dict>,
    locals: Ref,
}

fn namespaces(function: &str, globals: Option<&Object>, locals: Option<&Object>) -> Result<Namespaces> {
    let globals = globals.filter(|globals| !globals.is_none());
    let locals = locals.filter(|locals| !locals.is_none());
    let is_eval = function == "eval";
    if let Some(locals) = locals
        && !locals.is_mapping()
    {
        if is_eval {
            return Err(raise!(TypeError, "locals must be a mapping"));
        }
        return Err(raise!(TypeError, "locals must be a mapping or None, not {}", locals.ty().full_name()));
    }
    let Some(globals) = globals else {
        let Some(current) = super::current_globals() else {
            if is_eval {
                return Err(raise!(
                    TypeError,
                    "eval must be given globals and locals when called without a frame"
                ));
            }
            return Err(raise!(SystemError, "globals and locals cannot be NULL"));
        };
        let locals = match locals {
            Some(locals) => locals.to_ref(),
            None => super::current_locals()?,
        };
        return Ok(Namespaces { globals: current, locals });
    };
    let Some(dict) = globals.downcast::<Dict>() else {
        if !is_eval {
            return Err(raise!(TypeError, "exec() globals must be a dict, not {}", globals.ty().full_name()));
        }
        if globals.is_mapping() {
            return Err(raise!(TypeError, "globals must be a real dict; try eval(code, {{}}, mapping)"));
        }
        return Err(raise!(TypeError, "globals must be a dict"));
    };
    let locals = locals.unwrap_or(globals).to_ref();
    Ok(Namespaces { globals: Ref::from_borrowed(dict), locals })
}

/// Evaluate an expression, given as text or compiled code, in the given (or the current) namespaces.
#[function(signature = "(source, /, globals=None, locals=None)")]
pub(super) fn eval(source: &Object, globals: Option<&Object>, locals: Option<&Object>) -> Result {
    let Namespaces { globals, locals } = namespaces("eval", globals, locals)?;
    crate::eval::names::ensure_builtins(&globals)?;
    if let Some(code) = source.downcast_exact::<Code>() {
        crate::modules::sys::audit("exec", &[source])?;
        if code.free_count() > 0 {
            return Err(raise!(TypeError, "code object passed to eval() may not contain free variables"));
        }
        return crate::eval::evaluate(code, &globals, Some(&locals));
    }
    let filename = intern!("<string>");
    let text = source_of(source, "eval", "string, bytes or code")?;
    let text = text.text(filename, Mode::Eval)?;
    let text = text.trim_start_matches([' ', '\t']);
    let options = options(merge_flags(IGNORE_COOKIE), optimization(), 14);
    let code = front_end::compile_text(text, filename, Mode::Eval, options)?;
    crate::eval::evaluate(&code, &globals, Some(&locals))
}

/// Execute statements, given as text or compiled code, in the given (or the current) namespaces.
///
/// The closure is for code with free variables: a tuple with a cell for each.
#[function(name = "exec", signature = "(source, /, globals=None, locals=None, *, closure=None)")]
pub(super) fn exec(
    source: &Object,
    globals: Option<&Object>,
    locals: Option<&Object>,
    closure: Option<&Object>,
) -> Result<()> {
    let Namespaces { globals, locals } = namespaces("exec", globals, locals)?;
    crate::eval::names::ensure_builtins(&globals)?;
    let closure = closure.filter(|closure| !closure.is_none());
    if let Some(code) = source.downcast_exact::<Code>() {
        let free = code.free_count();
        let closure = match closure {
            Some(_) if free == 0 => {
                return Err(raise!(TypeError, "cannot use a closure with this code object"));
            }
            None if free == 0 => None,
            closure => {
                let cells = closure.and_then(|closure| closure.downcast_exact::<Tuple>()).filter(|cells| {
                    cells.len() == free && cells.as_slice().iter().all(|cell| cell.is::<Cell>())
                });
                if cells.is_none() {
                    return Err(raise!(TypeError, "code object requires a closure of exactly length {free}"));
                }
                cells
            }
        };
        crate::modules::sys::audit("exec", &[source])?;
        return crate::eval::evaluate_with_closure(code, &globals, Some(&locals), closure).map(drop);
    }
    if closure.is_some() {
        return Err(raise!(TypeError, "closure can only be used when source is a code object"));
    }
    let filename = intern!("<string>");
    let text = source_of(source, "exec", "string, bytes or code")?;
    let text = text.text(filename, Mode::Exec)?;
    let options = options(merge_flags(IGNORE_COOKIE), optimization(), 14);
    let code = front_end::compile_text(&text, filename, Mode::Exec, options)?;
    crate::eval::evaluate(&code, &globals, Some(&locals)).map(drop)
}
