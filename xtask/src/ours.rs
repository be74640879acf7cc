//! Our side of the comparisons: source bytes to code objects.

use bytecode::Code;
use syntax::SyntaxError;

/// Compiles a module's source.
pub fn compile(_source: &[u8], _filename: &str, _optimize: i32) -> Result<Code, SyntaxError> {
    Err(SyntaxError::bare(syntax::ErrorKind::SystemError, "the compiler isn't joined together yet"))
}

/// An error in the form in which `oracle.py` describes CPython's.
pub fn describe(error: &SyntaxError) -> String {
    let mut text = format!("{}\t{}", error.kind.name(), error.message);
    if error.kind.is_syntax() {
        let position = |value: i32| value.to_string();
        for value in [error.lineno, error.offset, error.end_lineno, error.end_offset] {
            text.push('\t');
            text.push_str(&position(value));
        }
    }
    text
}
