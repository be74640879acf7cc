//! The error pass: what CPython says of a program that is wrong.
//!
//! The parser proper only accepts or gives up. When it gives up, this runs CPython's two passes over the same
//! tokens, with its grammar as a table that is interpreted with memoization: the first pass finds how far the
//! tokens were read, the second tries the rules that explain errors too. Clarity comes before speed here, but
//! time stays linear but for what the grammar itself reparses.

mod actions;
mod engine;
mod grammar;
mod nodes;

use crate::error::{ErrorKind, SyntaxError};
use crate::tokenizer::{TokenKind, Tokens};
use engine::Engine;

/// What the source is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    #[default]
    File,
    Interactive,
    Eval,
    FuncType,
}

/// How to diagnose.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub start: Start,
    /// Report input that ends too early as such (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub incomplete_input: bool,
    /// `from __future__ import barry_as_FLUFL` is in force.
    pub barry_as_flufl: bool,
    /// The minor version whose grammar is wanted.
    pub feature_version: u8,
    /// The limit of `sys.set_int_max_str_digits`; 0 for none.
    pub max_int_digits: usize,
}

impl Default for Options {
    fn default() -> Self {
        let parser = crate::parser::Options::default();
        Options {
            start: Start::File,
            incomplete_input: false,
            barry_as_flufl: false,
            feature_version: parser.feature_version,
            max_int_digits: parser.max_int_digits,
        }
    }
}

/// The error of a program that CPython's parser rejects; nothing for one that it takes.
///
/// `tokens` must come from this `source`, tokenized for the same start.
pub fn diagnose(source: &str, tokens: &Tokens, options: Options) -> Option<SyntaxError> {
    // The grammar nests as deep as CPython's parser does, which takes more stack than a thread may have.
    let run = || std::thread::Builder::new().stack_size(STACK_SIZE);
    std::thread::scope(|scope| {
        let thread = run().spawn_scoped(scope, || on_this_stack(source, tokens, options));
        match thread.map(|thread| thread.join()) {
            Ok(Ok(error)) => error,
            _ => Some(SyntaxError::bare(ErrorKind::MemoryError, "")),
        }
    })
}

/// Room for the deepest nesting that [`engine::MAX_LEVEL`] allows.
const STACK_SIZE: usize = 64 << 20;

fn on_this_stack(source: &str, tokens: &Tokens, options: Options) -> Option<SyntaxError> {
    let filtered;
    let tokens = if tokens.tokens.iter().any(|token| token.kind == TokenKind::TypeIgnore) {
        let mut kept = tokens.clone();
        kept.tokens.retain(|token| token.kind != TokenKind::TypeIgnore);
        filtered = kept;
        &filtered
    } else {
        tokens
    };
    Engine::new(source, tokens, options).run()
}

#[cfg(test)]
mod tests;
