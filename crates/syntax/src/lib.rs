//! Source text to tokens to AST, as CPython 3.14 does it: plain data in, plain data out. It must never know
//! objects or bytecode. Enter at [`source`] (bytes to text), [`tokenizer::tokenize`], the parser and [`ast`].
#![deny(unsafe_code)]

pub mod ast;
pub mod diagnose;
pub mod error;
pub mod parser;
pub mod source;
pub mod strings;
pub mod tokenizer;

pub use error::{ErrorKind, Lines, Span, SyntaxError, Warning, WarningKind};
pub use parser::{Mode, Options, parse};
pub use tokenizer::{Token, TokenKind, Tokens, tokenize};
