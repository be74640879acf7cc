//! Syntax trees to code objects, as plain data: symbol table, code generation, flow graph, assembly, each exactly as
//! in CPython 3.14. It must never know objects; what needs them (issuing a warning, reading a file) is asked of
//! the caller. Enter at [`compile_source`] or, with a tree, at [`compile`]; [`symbol_table`] serves `_symtable`.
#![deny(unsafe_code)]

mod assemble;
mod codegen;
pub mod constants;
mod error;
mod flowgraph;
mod fold;
pub mod instruction_sequence;
mod names;
pub mod preprocess;
pub mod symtable;
pub mod unit;
pub mod validate;

use std::sync::Arc;

use bumpalo::Bump;
use bytecode::code::flags;
use bytecode::{Code, Wtf8};
use syntax::ast::Mod;
use syntax::{ErrorKind, Mode, Span, SyntaxError, Warning};

use names::Names;
pub use validate::validate;

/// The flags of `compile()` that are not `CO_FUTURE_*` bits, as `ast` and `_ast` number them.
pub mod compile_flags {
    /// In single mode, leave blocks open at the end of input.
    pub const DONT_IMPLY_DEDENT: u32 = 0x200;
    /// Return the tree.
    pub const ONLY_AST: u32 = 0x400;
    /// The source comes from a `str`: ignore its coding cookie.
    pub const IGNORE_COOKIE: u32 = 0x800;
    /// Keep type comments in the tree.
    pub const TYPE_COMMENTS: u32 = 0x1000;
    /// Let a module await.
    pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
    /// Report input that could go on as such.
    pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
    /// Return the tree after optimization.
    pub const OPTIMIZED_AST: u32 = 0x8000 | ONLY_AST;
}

/// The `CO_FUTURE_*` bits, which code inherits from the code that compiles it.
pub const FUTURE_MASK: u32 = flags::FUTURE_DIVISION
    | flags::FUTURE_ABSOLUTE_IMPORT
    | flags::FUTURE_WITH_STATEMENT
    | flags::FUTURE_PRINT_FUNCTION
    | flags::FUTURE_UNICODE_LITERALS
    | flags::FUTURE_BARRY_AS_BDFL
    | flags::FUTURE_GENERATOR_STOP
    | flags::FUTURE_ANNOTATIONS;

/// How to compile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// 0, 1 (no `assert`, `__debug__` is false) or 2 (no docstrings either).
    pub optimize: u8,
    /// [`compile_flags`] and `CO_FUTURE_*` bits.
    pub flags: u32,
    /// The minor version whose grammar is wanted.
    pub feature_version: u8,
    /// The limit of `sys.set_int_max_str_digits`; 0 for none.
    pub max_int_digits: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { optimize: 0, flags: 0, feature_version: 14, max_int_digits: 4300 }
    }
}

impl Options {
    /// The part of the options that concerns the parser.
    pub fn parser(&self) -> syntax::Options {
        let has = |flag| self.flags & flag != 0;
        syntax::Options {
            feature_version: self.feature_version,
            type_comments: has(compile_flags::TYPE_COMMENTS),
            barry_as_bdfl: has(flags::FUTURE_BARRY_AS_BDFL),
            dont_imply_dedent: has(compile_flags::DONT_IMPLY_DEDENT),
            allow_incomplete_input: has(compile_flags::ALLOW_INCOMPLETE_INPUT),
            max_int_digits: self.max_int_digits,
        }
    }
}

/// What came of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Go on.
    Continue,
    /// The filters make it an error: the compilation fails with a SyntaxError of the same message.
    Error,
    /// Issuing it failed otherwise; the compilation ends with the message [`ABORTED`].
    Abort,
}

/// What issues warnings.
pub type WarningSink<'w> = dyn FnMut(&Warning) -> Outcome + 'w;

/// The message of the error that ends a compilation whose [`WarningSink`] said [`Outcome::Abort`]: the exception to
/// raise is the sink's.
pub const ABORTED: &str = "a warning could not be issued";

/// Compiles a source text: tokens, tree, code. Newlines must be `\n`; see [`syntax::source`].
///
/// The error of a wrong program lacks the source line where the tree was right: the caller adds it.
pub fn compile_source(
    source: &str,
    filename: &Wtf8,
    mode: Mode,
    options: Options,
    warn: &mut WarningSink<'_>,
) -> Result<Arc<Code>, SyntaxError> {
    let arena = Bump::new();
    let module = parse(source, mode, options, &arena, warn)?;
    compile(module, filename, options, warn)
}

/// Parses, and issues the parser's warnings.
fn parse<'a>(
    source: &'a str,
    mode: Mode,
    options: Options,
    arena: &'a Bump,
    warn: &mut WarningSink<'_>,
) -> Result<&'a Mod<'a>, SyntaxError> {
    let mut warnings = Vec::new();
    let module = syntax::parse(source, mode, options.parser(), arena, &mut warnings);
    for warning in &warnings {
        match warn(warning) {
            Outcome::Continue => {}
            Outcome::Error => return Err(warning.into_error(source, mode == Mode::Exec)),
            Outcome::Abort => return Err(SyntaxError::bare(ErrorKind::SystemError, ABORTED)),
        }
    }
    Ok(arena.alloc(module?))
}

/// The tree of a source text, as `compile()` returns it with [`compile_flags::ONLY_AST`]: optimized if the flags
/// say [`compile_flags::OPTIMIZED_AST`].
pub fn parse_source<'a>(
    source: &'a str,
    mode: Mode,
    options: Options,
    arena: &'a Bump,
    warn: &mut WarningSink<'_>,
) -> Result<&'a Mod<'a>, SyntaxError> {
    let module = parse(source, mode, options, arena, warn)?;
    // Like CPython, which warns of the tree only where it makes code of it, or where it is given a tree.
    optimize_tree(module, options, arena, &mut |_| Outcome::Continue)
}

/// A tree as `compile()` returns it if the flags ask for one: optimized, or only checked (and, at `optimize` 2, without
/// docstrings).
pub fn optimize_tree<'a>(
    module: &'a Mod<'a>,
    options: Options,
    arena: &'a Bump,
    warn: &mut WarningSink<'_>,
) -> Result<&'a Mod<'a>, SyntaxError> {
    let optimize = || {
        let future = symtable::future_features(module)?.features | options.flags & FUTURE_MASK;
        preprocessed(module, future, options, arena, warn)
    };
    error::with_enough_stack(optimize).map_err(|error: Box<error::Error>| error.into_syntax_error())
}

/// The tree that code is made of; issues the warnings met on the way.
fn preprocessed<'a>(
    module: &'a Mod<'a>,
    future_features: u32,
    options: Options,
    arena: &'a Bump,
    warn: &mut WarningSink<'_>,
) -> error::Result<&'a Mod<'a>> {
    let mut warnings = Vec::new();
    let settings = preprocess::Settings {
        optimize: options.optimize,
        future_annotations: future_features & flags::FUTURE_ANNOTATIONS != 0,
        check_only: options.flags & compile_flags::OPTIMIZED_AST == compile_flags::ONLY_AST,
    };
    let module = preprocess::preprocess(module, settings, arena, Some(&mut warnings));
    for warning in warnings {
        let Span { lineno, col, end_lineno, end_col } = warning.span;
        let location = syntax::ast::Location {
            lineno: lineno as i32,
            col_offset: col as i32,
            end_lineno: end_lineno as i32,
            end_col_offset: end_col as i32,
        };
        error::issue(&warning, location, warn)?;
    }
    module
}

/// Compiles a tree.
pub fn compile<'a>(
    module: &'a Mod<'a>,
    filename: &Wtf8,
    options: Options,
    warn: &mut WarningSink<'_>,
) -> Result<Arc<Code>, SyntaxError> {
    let arena = Bump::new();
    let work = || compile_in(module, filename, options, warn, &arena);
    error::with_enough_stack(work).map_err(|error| error.into_syntax_error())
}

fn compile_in<'a>(
    module: &'a Mod<'a>,
    filename: &Wtf8,
    options: Options,
    warn: &mut WarningSink<'_>,
    arena: &'a Bump,
) -> error::Result<Arc<Code>> {
    let mut future = symtable::future_features(module)?;
    future.features |= options.flags & FUTURE_MASK;
    let module = preprocessed(module, future.features, options, arena, warn)?;
    let mut names = Names::new(arena);
    let top_level_await = options.flags & compile_flags::ALLOW_TOP_LEVEL_AWAIT != 0;
    let table = symtable::build(module, future, top_level_await, &mut names)?;
    let settings = codegen::Settings {
        optimize: options.optimize,
        inherited_flags: future.features,
        top_level_await,
        filename: filename.to_owned(),
    };
    codegen::generate(module, table, &mut names, settings, warn)
}

/// The symbol table of a source text, as `_symtable.symtable` makes it.
pub fn symbol_table(
    source: &str,
    mode: Mode,
    options: Options,
    warn: &mut WarningSink<'_>,
) -> Result<symtable::Table, SyntaxError> {
    let arena = Bump::new();
    let module = parse(source, mode, options, &arena, warn)?;
    let build = || -> error::Result<symtable::Table> {
        let mut future = symtable::future_features(module)?;
        future.features |= options.flags & FUTURE_MASK;
        let mut names = Names::new(&arena);
        let table = symtable::build(module, future, false, &mut names)?;
        Ok(table.publish(&names))
    };
    error::with_enough_stack(build).map_err(|error| error.into_syntax_error())
}
