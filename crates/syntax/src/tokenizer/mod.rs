//! Source text to tokens, with CPython's errors.

mod token;

pub use token::{Token, TokenKind};

use crate::error::{SyntaxError, Warning};

/// How to tokenize.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Emit NL and COMMENT tokens, with the exact positions that the `tokenize` module shows.
    pub extra_tokens: bool,
    /// Emit TYPE_COMMENT and TYPE_IGNORE tokens.
    pub type_comments: bool,
    /// `single` mode: the end of input also ends the statement (a NEWLINE instead of the first ENDMARKER).
    pub single: bool,
    /// In `single` mode, don't close open blocks at the end of input (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
}

/// The tokens of a source up to its end or its first tokenizer error. Without an error the last is ENDMARKER.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub tokens: Vec<Token>,
    /// The error that came instead of the next token: to be reported by whoever needs that token.
    pub error: Option<SyntaxError>,
    /// Warnings about tokens (numbers running into keywords), each with the index of its token.
    pub warnings: Vec<(u32, Warning)>,
}

/// Splits a source into tokens. Its newlines must be `\n` alone; see [`crate::source`].
pub fn tokenize(source: &str, options: Options) -> Tokens {
    let _ = (source, options);
    Tokens::default()
}
