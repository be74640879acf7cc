//! Errors inside the compiler, and what guards the native stack.

use syntax::ast::Location;
use syntax::{ErrorKind, SyntaxError, Warning};

use crate::{ABORTED, Outcome, WarningSink};

/// An error on its way out; boxed, so that a `Result` stays a word or two.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) location: Location,
    /// What [`SyntaxError::text`] is to hold.
    pub(crate) text: Option<String>,
}

pub(crate) type Result<T = ()> = std::result::Result<T, Box<Error>>;

impl Error {
    /// A SyntaxError at a place.
    #[cold]
    pub(crate) fn syntax<T>(message: impl Into<String>, location: Location) -> Result<T> {
        Err(Box::new(Error { kind: ErrorKind::SyntaxError, message: message.into(), location, text: None }))
    }

    /// An error of another kind, which has no place.
    #[cold]
    pub(crate) fn other<T>(kind: ErrorKind, message: impl Into<String>) -> Result<T> {
        Err(Box::new(Error { kind, message: message.into(), location: Location::default(), text: None }))
    }

    /// As Python shows it: columns count from 1, but in bytes. The caller adds the source line.
    pub(crate) fn into_syntax_error(self) -> SyntaxError {
        let Location { lineno, col_offset, end_lineno, end_col_offset } = self.location;
        SyntaxError {
            lineno,
            offset: col_offset + 1,
            end_lineno,
            end_offset: end_col_offset + 1,
            text: self.text,
            ..SyntaxError::bare(self.kind, self.message)
        }
    }
}

/// Issues a warning, which may turn out to be an error.
pub(crate) fn issue(warning: &Warning, location: Location, warn: &mut WarningSink<'_>) -> Result {
    match warn(warning) {
        Outcome::Continue => Ok(()),
        Outcome::Error => Error::syntax(warning.message.clone(), location),
        Outcome::Abort => Error::other(ErrorKind::SystemError, ABORTED),
    }
}

/// The native stack that must be left for the compiler to go one level deeper.
const STACK_MARGIN: usize = 256 * 1024;

/// How deep a program may nest: as deep as CPython's passes follow it on a stack of 8 MB.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    Tree = 52_140,
    Symbols = 74_490,
    Code = 37_240,
}

/// How deep the compiler may recurse where the native stack's size is not known.
const FALLBACK_DEPTH: u32 = 2_000;

/// The stack of the second try: enough for every [`Limit`]. It costs address space, and memory only as it is used.
const DEEP_STACK: usize = 512 * 1024 * 1024;

/// Fails with RecursionError where the native stack is nearly used up. `depth` counts the levels so far.
#[inline]
pub(crate) fn check_stack(depth: u32, limit: Limit) -> Result {
    // Looking costs something, and so few levels always fit.
    if depth & 7 != 0 {
        return Ok(());
    }
    look_at_stack(depth, limit)
}

#[inline(never)]
fn look_at_stack(depth: u32, limit: Limit) -> Result {
    let fits = match stacker::remaining_stack() {
        Some(left) => left > STACK_MARGIN && depth < limit as u32,
        None => depth < FALLBACK_DEPTH,
    };
    if fits { Ok(()) } else { Error::other(ErrorKind::RecursionError, TOO_DEEP) }
}

/// CPython says how much of the stack it has used: on one of 8 MB always the same.
const TOO_DEEP: &str = "Stack overflow (used 8152 kB) during compilation";

/// Does something that recurses as deep as a program nests: again on a bigger stack, if this one is too small.
pub(crate) fn with_enough_stack<T>(mut work: impl FnMut() -> Result<T>) -> Result<T> {
    match work() {
        Err(error) if error.kind == ErrorKind::RecursionError => stacker::grow(DEEP_STACK, work),
        result => result,
    }
}
