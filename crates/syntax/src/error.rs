//! Errors and warnings of the front end as plain data, and the index of lines that turns byte positions into
//! what Python shows: 1-based characters.

/// Which exception a front-end error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    SyntaxError,
    IndentationError,
    TabError,
    /// The private `_IncompleteInputError`: more input could make the program whole.
    IncompleteInput,
    OverflowError,
    MemoryError,
    RecursionError,
    ValueError,
    /// Of `text`, whose surrogates stand there as a backslash and four hexadecimal digits, a backslash as two.
    UnicodeEncodeError,
    TypeError,
    /// The interpreter's own failure (`SystemError`).
    SystemError,
}

impl ErrorKind {
    /// The name of the exception class.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::SyntaxError => "SyntaxError",
            ErrorKind::IndentationError => "IndentationError",
            ErrorKind::TabError => "TabError",
            ErrorKind::IncompleteInput => "_IncompleteInputError",
            ErrorKind::OverflowError => "OverflowError",
            ErrorKind::MemoryError => "MemoryError",
            ErrorKind::RecursionError => "RecursionError",
            ErrorKind::ValueError => "ValueError",
            ErrorKind::UnicodeEncodeError => "UnicodeEncodeError",
            ErrorKind::TypeError => "TypeError",
            ErrorKind::SystemError => "SystemError",
        }
    }

    /// Whether the exception carries a position (`SyntaxError` and its subclasses).
    pub fn is_syntax(self) -> bool {
        matches!(
            self,
            ErrorKind::SyntaxError
                | ErrorKind::IndentationError
                | ErrorKind::TabError
                | ErrorKind::IncompleteInput
        )
    }
}

/// An error of the front end. Positions are as Python's attributes show them: lines and columns count from 1,
/// columns in characters; -1 and 0 occur where CPython leaves them so, [`SyntaxError::ABSENT`] stands for None.
/// They mean nothing unless `kind.is_syntax()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub message: String,
    pub lineno: i32,
    pub offset: i32,
    pub end_lineno: i32,
    pub end_offset: i32,
    /// The source line, where there is one.
    pub text: Option<String>,
}

impl SyntaxError {
    /// In place of a line or column: Python's attribute is None.
    pub const ABSENT: i32 = i32::MIN;

    /// An error without a position.
    pub fn bare(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        SyntaxError { kind, message, lineno: 0, offset: 0, end_lineno: 0, end_offset: 0, text: None }
    }

    /// Whether the error has no position: Python's attributes are all None.
    pub fn is_bare(&self) -> bool {
        self.lineno == 0 && self.offset == 0 && self.text.is_none()
    }
}

/// A range of the source: lines from 1, columns in bytes from 0, as tokens and AST nodes count them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub lineno: u32,
    pub col: u32,
    pub end_lineno: u32,
    pub end_col: u32,
}

/// The category of a [`Warning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WarningKind {
    SyntaxWarning,
    DeprecationWarning,
}

/// A warning met on the way. The caller issues it; if that raises, the program is in error: CPython then
/// reports a `SyntaxError` with the same message at `span`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub kind: WarningKind,
    pub message: String,
    /// The line to show it for.
    pub lineno: u32,
    pub span: Span,
    /// Whether the error's text has the line's newline.
    pub with_newline: bool,
}

impl Warning {
    /// The error of a program that may not have what the warning is about.
    pub fn into_error(&self, source: &str, is_file: bool) -> SyntaxError {
        let lines = Lines::new(source);
        let last = lines.line_of(source.trim_end_matches('\n').len() as u32);
        let mut text = lines.text(self.span.lineno.min(last)).to_owned();
        if self.with_newline && (is_file || lines.text_with_newline(self.span.lineno).ends_with('\n')) {
            text.push('\n');
        }
        SyntaxError {
            kind: ErrorKind::SyntaxError,
            message: self.message.replace(FUTURE_WORDS, ""),
            lineno: self.span.lineno as i32,
            offset: char_offset(&text, self.span.col),
            end_lineno: self.span.end_lineno as i32,
            end_offset: char_offset(&text, self.span.end_col),
            text: Some(text),
        }
    }
}

/// What warnings say beyond the errors that they may become.
const FUTURE_WORDS: &str = "Such sequences will not work in the future. ";

/// Where the lines of a source begin.
#[derive(Clone, Debug)]
pub struct Lines<'s> {
    source: &'s str,
    starts: Vec<u32>,
}

impl<'s> Lines<'s> {
    /// Indexes a source whose newlines are `\n`.
    pub fn new(source: &'s str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', source.as_bytes()).map(|at| at as u32 + 1));
        Lines { source, starts }
    }

    /// The byte offset at which a line (from 1) begins; the end of the source for lines past it.
    pub fn start(&self, lineno: u32) -> u32 {
        let index = lineno.max(1) as usize - 1;
        self.starts.get(index).copied().unwrap_or(self.source.len() as u32)
    }

    /// The line (from 1) that holds a byte offset.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// A line's text without its newline.
    pub fn text(&self, lineno: u32) -> &'s str {
        let line = self.text_with_newline(lineno);
        line.strip_suffix('\n').unwrap_or(line)
    }

    /// A line's text with its newline, if it has one.
    pub fn text_with_newline(&self, lineno: u32) -> &'s str {
        let (start, end) = (self.start(lineno) as usize, self.start(lineno.saturating_add(1)) as usize);
        self.source.get(start..end).unwrap_or("")
    }

    /// The 1-based character column of a 0-based byte column.
    pub fn offset(&self, lineno: u32, col: u32) -> i32 {
        char_offset(self.text_with_newline(lineno), col)
    }

    /// An error at a range, with the text of its first line.
    pub fn error(&self, kind: ErrorKind, message: impl Into<String>, span: Span) -> SyntaxError {
        SyntaxError {
            kind,
            message: message.into(),
            lineno: span.lineno as i32,
            offset: self.offset(span.lineno, span.col),
            end_lineno: span.end_lineno as i32,
            end_offset: self.offset(span.end_lineno, span.end_col),
            text: Some(self.text_with_newline(span.lineno).to_owned()),
        }
    }
}

/// The 1-based character column of a byte column of this line. Columns beyond the end are cut to one past it.
pub fn char_offset(line: &str, col: u32) -> i32 {
    characters(line, i64::from(col) + 1) as i32
}

/// A 1-based column in bytes as one in characters: a column inside a character counts as on it, what lies far
/// beyond the end is cut. Negative columns stay as -1.
pub fn characters(line: &str, col: i64) -> i64 {
    if col < 0 {
        return -1;
    }
    let col = (col as usize).min(line.len() + 1);
    let inside = &line.as_bytes()[..col.min(line.len())];
    // Continuation bytes begin no character.
    let chars = inside.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
    (chars + usize::from(col > line.len())) as i64
}
