//! Our side of the comparisons: source bytes to text, tokens and code objects.

use std::borrow::Cow;
use std::sync::Arc;

use bytecode::{Code, Wtf8};
use compiler::Outcome;
use compiler::symtable::Table;
use syntax::ast::{Node, dump::dump};
use syntax::tokenizer::{NO_COL, Options as TokenOptions, tokenize};
use syntax::{Mode, SyntaxError, Warning, source};

use crate::options::Options;
use crate::oracle;

/// The source as text. Encodings that the front end leaves to the runtime's codecs are decoded by CPython here.
pub fn decode<'b>(options: &Options, bytes: &'b [u8]) -> Result<Cow<'b, str>, SyntaxError> {
    let mut decoder = |encoding: &str, bytes: &[u8]| oracle::decode(options, encoding, bytes);
    source::decode(bytes, Mode::Exec, None, &mut decoder)
}

/// Compiles a module's source.
pub fn compile(options: &Options, source: &[u8], filename: &str) -> Result<Arc<Code>, SyntaxError> {
    let text = decode(options, source)?;
    let settings = compiler::Options { optimize: options.optimize as u8, ..compiler::Options::default() };
    let mut ignore = |_: &Warning| Outcome::Continue;
    compiler::compile_source(&text, Wtf8::new(filename), Mode::Exec, settings, &mut ignore)
}

/// Whether text compiles.
pub fn check(_options: &Options, source: &str) -> Result<(), SyntaxError> {
    source::check_nulls(source.as_bytes())?;
    let text = source.replace("\r\n", "\n").replace('\r', "\n");
    let mut ignore = |_: &Warning| Outcome::Continue;
    compiler::compile_source(
        &text,
        Wtf8::new("<string>"),
        Mode::Exec,
        compiler::Options::default(),
        &mut ignore,
    )?;
    Ok(())
}

/// The tree as `ast.dump` shows it.
pub fn tree(text: &str) -> Result<String, SyntaxError> {
    let arena = bumpalo::Bump::new();
    let module =
        syntax::parse(text, syntax::Mode::Exec, syntax::Options::default(), &arena, &mut Vec::new())?;
    let mut shown = String::new();
    dump(Node::Mod(&module), true, &mut shown);
    Ok(shown)
}

/// The symbol table as `_symtable` has it.
pub fn symbols(text: &str) -> Result<String, SyntaxError> {
    let mut ignore = |_: &Warning| Outcome::Continue;
    let table = compiler::symbol_table(text, Mode::Exec, compiler::Options::default(), &mut ignore)?;
    let mut shown = String::new();
    show_scope(&table, 0, 0, &mut shown);
    Ok(shown)
}

/// The warnings of a compilation, one a line.
pub fn warnings(options: &Options, text: &str) -> Result<String, SyntaxError> {
    let mut shown = String::new();
    let mut note = |warning: &Warning| {
        shown.push_str(&format!("{:?} {} {}\n", warning.kind, warning.lineno, warning.message));
        Outcome::Continue
    };
    let settings = compiler::Options { optimize: options.optimize as u8, ..compiler::Options::default() };
    compiler::compile_source(text, Wtf8::new("<string>"), Mode::Exec, settings, &mut note)?;
    Ok(shown)
}

fn show_scope(table: &Table, index: usize, depth: usize, shown: &mut String) {
    let scope = &table.scopes[index];
    let indent = " ".repeat(depth);
    let parameters: Vec<String> = scope.varnames.iter().map(|name| format!("'{name}'")).collect();
    let (kind, nested) = (scope.kind as u8, u8::from(scope.nested));
    let parameters = parameters.join(", ");
    shown.push_str(&format!("{indent}{} {kind} {} {nested} [{parameters}]\n", scope.name, scope.lineno));
    let mut symbols: Vec<_> = scope.symbols.iter().collect();
    symbols.sort();
    for (name, flags) in symbols {
        shown.push_str(&format!("{indent}  {name}: {flags}\n"));
    }
    for &child in &scope.children {
        show_scope(table, child, depth + 1, shown);
    }
}

/// The tokens as `tokenize` shows them, one a line.
pub fn tokens(text: &str) -> Result<String, SyntaxError> {
    let tokens = tokenize(text, TokenOptions { extra_tokens: true, ..TokenOptions::default() });
    if let Some(error) = tokens.error {
        return Err(error);
    }
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let column = |line: u32, column: u32| {
        if column == NO_COL {
            return -1;
        }
        let start = starts.get(line as usize - 1).copied().unwrap_or(text.len());
        let end = start + column as usize;
        // Beyond the text lies the newline that a last line lacks.
        let inside = text.get(start..end.min(text.len())).map_or(0, |line| line.chars().count());
        (inside + end.saturating_sub(text.len())) as i64
    };
    let mut shown = String::new();
    for token in &tokens.tokens {
        let (start, end) = (column(token.lineno, token.col), column(token.end_lineno, token.end_col));
        let number = token.kind.number();
        let (line, end_line) = (token.lineno, token.end_lineno);
        shown.push_str(&format!("{number} {line}:{start}-{end_line}:{end} {}\n", token.text(text)));
    }
    Ok(shown)
}

/// An error in the form in which `oracle.py` describes CPython's.
pub fn describe(error: &SyntaxError) -> String {
    let mut text = format!("{}\t{}", error.kind.name(), error.message);
    if error.kind.is_syntax() {
        let placed = !error.is_bare();
        for value in [error.lineno, error.offset, error.end_lineno, error.end_offset] {
            match placed && value != SyntaxError::ABSENT {
                true => text.push_str(&format!("\t{value}")),
                false => text.push_str("\tNone"),
            }
        }
    }
    text
}
