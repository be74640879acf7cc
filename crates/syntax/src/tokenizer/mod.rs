//! Source text to tokens, with CPython's errors.

mod fstring;
mod layout;
mod lexer;
mod numbers;
mod operators;
mod token;
pub mod unicode;

pub use token::{NO_COL, Token, TokenKind};

use crate::error::{SyntaxError, Warning};

/// How to tokenize.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// For the `tokenize` module: emit NL and COMMENT tokens too, give every token the position shown there,
    /// leave mismatched brackets alone. Newlines may be `\r\n` then.
    pub extra_tokens: bool,
    /// Emit TYPE_COMMENT and TYPE_IGNORE tokens.
    pub type_comments: bool,
    /// The source is no whole file (modes `eval`, `single` and `func_type`): a last line without a newline
    /// stays so.
    pub fragment: bool,
    /// `single` mode: the end of input also ends the statement (a NEWLINE instead of the first ENDMARKER).
    pub single: bool,
    /// In `single` mode, don't close open blocks at the end of input (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
}

/// Why the tokens end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// At the end of input: the last token is ENDMARKER.
    #[default]
    End,
    /// The input ended too early: inside brackets or after a backslash.
    Eof,
    /// The input ended inside a string.
    EofInString,
    /// An error that the tokenizer raises itself.
    Raised,
    /// An error in the layout of lines, which only the parser raises on reaching it.
    Layout,
}

/// The tokens of a source up to its end or its first tokenizer error. Without an error the last is ENDMARKER.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub tokens: Vec<Token>,
    /// The error that came instead of the next token: to be reported by whoever needs that token.
    pub error: Option<SyntaxError>,
    /// Warnings about tokens (numbers running into keywords), each with the index of its token.
    pub warnings: Vec<(u32, Warning)>,
    pub stop: Stop,
    /// Where the tokenizer stood when it stopped: the line, and the byte column there.
    pub stop_lineno: u32,
    pub stop_col: u32,
    /// Where the lines that belong together there begin.
    pub stop_start: u32,
    /// How many f-strings and t-strings were open there.
    pub stop_strings: u32,
}

impl Tokens {
    /// The error as `_tokenize.TokenizerIter` raises it: what is the parser's affair else reads differently there.
    pub fn iterator_error(&self, source: &str) -> Option<SyntaxError> {
        let error = self.error.clone()?;
        let absent = SyntaxError::ABSENT;
        let lineno = self.stop_lineno as i32;
        match self.stop {
            Stop::Eof => Some(SyntaxError {
                message: "unexpected EOF in multi-line statement".into(),
                lineno,
                offset: match source.len() - self.stop_start as usize {
                    0 => 0,
                    length => (length + usize::from(!source.ends_with('\n'))) as i32,
                },
                end_lineno: lineno,
                end_offset: absent,
                text: None,
                ..error
            }),
            Stop::Layout => {
                // The whole line counts, and those tied to it.
                let start = self.stop_start as usize;
                let last = (start + self.stop_col as usize).min(source.len());
                let end =
                    memchr::memchr(b'\n', &source.as_bytes()[last..]).map_or(source.len(), |at| last + at);
                let text = &source[start..end];
                let offset = text.chars().count() as i32 + 1;
                let text = Some(text.to_owned());
                Some(SyntaxError { lineno, offset, end_lineno: absent, end_offset: absent, text, ..error })
            }
            _ => Some(error),
        }
    }
}

/// Splits a source into tokens. Its newlines must be `\n` alone (but see [`Options::extra_tokens`]); see
/// [`crate::source`].
pub fn tokenize(source: &str, options: Options) -> Tokens {
    lexer::run(source, options)
}

#[cfg(test)]
mod tests;
