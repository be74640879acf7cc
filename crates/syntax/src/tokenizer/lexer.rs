//! The tokenizer's main loop: layout of lines, names, strings, operators.

use super::operators::{IDENTIFIER, ONE_CHAR, STRING_SPECIAL, keyword, three_chars, two_chars};
use super::token::{NO_COL, Token, TokenKind as K};
use super::{Options, Stop, Tokens, unicode};
use crate::error::{ErrorKind, Span, SyntaxError, Warning, WarningKind, char_offset, characters};

/// How deep blocks nest at most (one less than CPython's MAXINDENT).
pub(super) const MAX_INDENT: usize = 99;
/// How deep brackets nest at most.
const MAX_LEVEL: usize = 200;

/// An open bracket.
#[derive(Clone, Copy)]
pub(super) struct Bracket {
    char: u8,
    lineno: u32,
    col: u32,
}

/// An f-string or t-string being read.
pub(super) struct StringMode {
    pub quote: u8,
    pub size: usize,
    pub raw: bool,
    /// `'f'` or `'t'`, for messages and tokens.
    pub prefix: char,
    pub start: usize,
    pub lineno: u32,
    pub line_start: usize,
    /// Brackets open since the string began.
    pub depth: i32,
    /// `depth` before the innermost replacement field's brace; -1 outside of all.
    pub field_depth: i32,
    pub in_format_spec: bool,
    /// Whether text comes next (otherwise an expression).
    pub in_text: bool,
}

/// The reason to stop before the end.
pub(super) struct Halt {
    pub stop: Stop,
    pub error: SyntaxError,
}

pub(super) type Step<T = ()> = Result<T, Box<Halt>>;

pub(super) struct Lexer<'s> {
    pub text: &'s str,
    pub src: &'s [u8],
    pub pos: usize,
    pub line_start: usize,
    pub lineno: u32,
    pub options: Options,
    pub strings: Vec<StringMode>,
    pub out: Vec<Token>,
    pub warnings: Vec<(u32, Warning)>,
    pub brackets: Vec<Bracket>,
    /// Columns of the open blocks, with tabs as 8 and as 1.
    pub indents: Vec<(u32, u32)>,
    pub at_line_start: bool,
    /// Whether the line so far is only a comment (`tokenize` wants NL after it).
    pub comment_line: bool,
    pub blank_line: bool,
    /// Where the last line begins that a backslash in its indentation put behind another: they don't count as tied.
    pub untied: usize,
}

/// Splits a source into tokens.
pub(super) fn run(source: &str, options: Options) -> Tokens {
    // A line with a null byte is an error when the tokenizer comes to that line.
    let null = memchr::memchr(0, source.as_bytes());
    let text = match null {
        Some(at) => &source[..memchr::memrchr(b'\n', &source.as_bytes()[..at]).map_or(0, |line| line + 1)],
        None => source,
    };
    let mut lexer = Lexer {
        text,
        src: text.as_bytes(),
        pos: 0,
        line_start: 0,
        lineno: 1,
        options,
        strings: Vec::new(),
        out: Vec::with_capacity(text.len() / 4 + 8),
        warnings: Vec::new(),
        brackets: Vec::new(),
        indents: vec![(0, 0)],
        at_line_start: true,
        comment_line: false,
        blank_line: false,
        untied: 0,
    };
    let halt = match lexer.all() {
        Ok(()) => None,
        Err(halt) => Some(*halt),
    };
    let (mut error, mut stop) = match halt {
        Some(halt) => (Some(halt.error), halt.stop),
        None => (None, Stop::End),
    };
    if null.is_some() && matches!(stop, Stop::End | Stop::Eof | Stop::EofInString) {
        while lexer
            .out
            .last()
            .is_some_and(|t| t.kind == K::EndMarker || t.kind == K::Dedent && t.start as usize == text.len())
        {
            lexer.out.pop();
        }
        let line = source[text.len()..].split('\n').next().unwrap_or("");
        lexer.lineno += u32::from(lexer.line_start != text.len());
        error = Some(SyntaxError {
            kind: ErrorKind::SyntaxError,
            message: "source code cannot contain null bytes".into(),
            lineno: lexer.lineno as i32,
            offset: 0,
            end_lineno: lexer.lineno as i32,
            end_offset: 0,
            text: Some(line.split('\0').next().unwrap_or("").to_owned()),
        });
        stop = Stop::Raised;
    }
    let (stop_lineno, stop_col) = (lexer.current_lineno(), lexer.current_col());
    let stop_start = lexer.stop_start(stop) as u32;
    Tokens {
        tokens: lexer.out,
        error,
        warnings: lexer.warnings,
        stop,
        stop_lineno,
        stop_col,
        stop_start,
        stop_strings: lexer.strings.len() as u32,
    }
}

impl<'s> Lexer<'s> {
    fn all(&mut self) -> Step {
        loop {
            if self.strings.last().is_some_and(|mode| mode.in_text) {
                self.string_text()?;
            } else if !self.code()? {
                return Ok(());
            }
        }
    }

    // Positions and errors.

    /// The byte at a position; 0 at the end (the source holds none).
    #[inline]
    pub fn at(&self, pos: usize) -> u8 {
        self.src.get(pos).copied().unwrap_or(0)
    }

    /// The number of the last line that was read: at the end of input, no line follows the last newline.
    pub fn current_lineno(&self) -> u32 {
        match self.pos == self.src.len() && self.pos == self.line_start {
            true if self.lineno > 1 => self.lineno - 1,
            true if self.options.fragment || self.options.extra_tokens => 0,
            _ => self.lineno,
        }
    }

    /// The byte column in that line.
    pub fn current_col(&self) -> u32 {
        (self.pos - self.current_line_start()) as u32 + u32::from(self.implied_newline())
    }

    pub fn current_line_start(&self) -> usize {
        if self.pos == self.src.len() && self.pos == self.line_start && self.pos > 0 {
            memchr::memrchr(b'\n', &self.src[..self.pos - 1]).map_or(0, |at| at + 1)
        } else {
            self.line_start
        }
    }

    /// Whether the end of input was reached in a line that gets a newline of its own.
    pub fn implied_newline(&self) -> bool {
        self.pos == self.src.len()
            && !self.options.fragment
            && self.src.last().is_some_and(|&last| last != b'\n')
    }

    pub fn line_text(&self, line_start: usize) -> &'s str {
        let rest = &self.text[line_start..];
        &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
    }

    /// An error that the tokenizer itself raises, at the last character read.
    #[cold]
    pub fn fail<T>(&self, message: impl Into<String>) -> Step<T> {
        let pos = self.pos.min(self.src.len());
        let offset = self.text.get(self.line_start..pos).unwrap_or("").chars().count();
        self.fail_at(message, offset as i32, offset as i32)
    }

    /// The same for a range of 1-based columns in bytes.
    #[cold]
    pub fn fail_range<T>(&self, message: impl Into<String>, offset: usize, end_offset: usize) -> Step<T> {
        let line = self.line_text(self.line_start);
        let characters = |offset: usize| characters(line, offset as i64) as i32;
        self.fail_at(message, characters(offset), characters(end_offset))
    }

    /// The same for a range of 1-based columns in characters.
    #[cold]
    pub fn fail_at<T>(&self, message: impl Into<String>, offset: i32, end_offset: i32) -> Step<T> {
        let error = SyntaxError {
            kind: ErrorKind::SyntaxError,
            message: message.into(),
            lineno: self.lineno as i32,
            offset,
            end_lineno: self.lineno as i32,
            end_offset,
            text: Some(self.line_text(self.line_start).to_owned()),
        };
        Err(Box::new(Halt { stop: Stop::Raised, error }))
    }

    /// An error for the parser to raise, of the current line.
    #[cold]
    pub fn stop<T>(
        &self,
        stop: Stop,
        kind: ErrorKind,
        message: &str,
        offset: i32,
        end_offset: i32,
    ) -> Step<T> {
        let lineno = self.current_lineno() as i32;
        let start = self.current_line_start();
        let error = SyntaxError {
            kind,
            message: message.into(),
            lineno,
            offset: characters(&self.with_newline(start), i64::from(offset)) as i32,
            end_lineno: lineno,
            end_offset,
            text: Some(self.with_newline(start)),
        };
        Err(Box::new(Halt { stop, error }))
    }

    pub fn with_newline(&self, line_start: usize) -> String {
        let line = self.line_text(line_start);
        let newline = line_start + line.len() < self.src.len() || !self.options.fragment;
        if newline { format!("{line}\n") } else { line.to_owned() }
    }

    #[cold]
    pub fn tab_error<T>(&mut self) -> Step<T> {
        self.skip_line();
        let message = "inconsistent use of tabs and spaces in indentation";
        self.stop(Stop::Layout, ErrorKind::TabError, message, 1, 0)
    }

    pub fn skip_line(&mut self) {
        self.pos = memchr::memchr(b'\n', &self.src[self.pos..]).map_or(self.src.len(), |at| self.pos + at);
    }

    /// The input ended inside brackets or after a backslash.
    #[cold]
    pub fn unexpected_eof<T>(&mut self) -> Step<T> {
        let Some(&bracket) = self.brackets.last() else {
            let col = self.current_col() as i32;
            return self.stop(Stop::Eof, ErrorKind::SyntaxError, "unexpected EOF while parsing", col, -1);
        };
        let error = self.never_closed(bracket);
        Err(Box::new(Halt { stop: Stop::Eof, error }))
    }

    pub fn never_closed(&self, bracket: Bracket) -> SyntaxError {
        let start = self
            .text
            .as_bytes()
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .map(|(at, _)| at + 1)
            .nth((bracket.lineno as usize).wrapping_sub(2))
            .unwrap_or(0);
        let last = bracket.lineno == self.current_lineno();
        let text = if last { self.with_newline(start) } else { self.line_text(start).to_owned() };
        SyntaxError {
            kind: ErrorKind::SyntaxError,
            message: format!("'{}' was never closed", bracket.char as char),
            lineno: bracket.lineno as i32,
            offset: char_offset(&text, bracket.col),
            end_lineno: bracket.lineno as i32,
            end_offset: 0,
            text: Some(text),
        }
    }

    /// A warning about what ends at a place. The error that it may become is one at its last character.
    pub fn warn(&mut self, end: usize, message: String) {
        let lineno = self.lineno;
        let col = (end - self.line_start).saturating_sub(1) as u32;
        let span = Span { lineno, col, end_lineno: lineno, end_col: col };
        let kind = WarningKind::SyntaxWarning;
        let warning = Warning { kind, message, lineno, span, with_newline: false };
        self.warnings.push((self.out.len() as u32, warning));
    }

    // Emitting.

    /// Emits a token that begins and ends in the current line, up to the current position.
    #[inline]
    pub fn push(&mut self, kind: K, start: usize) {
        self.push_from(kind, start, self.lineno, (start - self.line_start) as u32);
    }

    /// Emits a token that may have begun in an earlier line.
    #[inline]
    pub fn push_from(&mut self, kind: K, start: usize, lineno: u32, col: u32) {
        self.push_range(kind, start, self.pos, lineno, col);
    }

    /// Emits a token that ends in the current line.
    #[inline]
    pub fn push_range(&mut self, kind: K, start: usize, end: usize, lineno: u32, col: u32) {
        self.out.push(Token {
            kind,
            level: self.brackets.len() as u16,
            start: start as u32,
            end: end as u32,
            lineno,
            col,
            end_lineno: self.lineno,
            end_col: (end - self.line_start) as u32,
        });
    }

    /// Emits a token without text: INDENT, DEDENT, ENDMARKER.
    pub fn push_mark(&mut self, kind: K) {
        let lineno = self.current_lineno();
        let (start, end) = (self.pos as u32, self.pos as u32);
        let mut token = Token {
            kind,
            level: self.brackets.len() as u16,
            start,
            end,
            lineno,
            col: NO_COL,
            end_lineno: lineno,
            end_col: NO_COL,
        };
        if self.options.extra_tokens {
            let ended = self.pos == self.src.len();
            (token.lineno, token.col) = match ended {
                true => (lineno + 1, 0),
                false => (lineno, (self.pos - self.line_start) as u32),
            };
            (token.end_lineno, token.end_col) = (token.lineno, token.col);
            if kind == K::Indent {
                (token.start, token.col) = (self.line_start as u32, 0);
            }
        }
        self.out.push(token);
    }

    /// Ends the line with a NEWLINE or NL token, whose newline (if there is one) has not been read yet.
    pub fn push_newline(&mut self, kind: K, start: usize) {
        let extra = self.options.extra_tokens;
        let end = if extra { (self.pos + 1).min(self.src.len()) } else { self.pos };
        self.push_range(kind, start, end, self.lineno, (start - self.line_start) as u32);
        if extra
            && end == self.pos
            && let Some(token) = self.out.last_mut()
        {
            // The newline that was not there still takes a column.
            token.end_col += 1;
        }
    }

    // Tokens.

    /// Reads the next token of code (or several). False at the end.
    fn code(&mut self) -> Step<bool> {
        self.blank_line = false;
        if self.at_line_start {
            self.indentation()?;
        }
        loop {
            let mut c = self.at(self.pos);
            while matches!(c, b' ' | b'\t' | 0x0C) {
                self.pos += 1;
                c = self.at(self.pos);
            }
            let start = self.pos;
            if c == b'#' {
                if self.comment() {
                    return Ok(true);
                }
                c = self.at(self.pos);
            }
            if c.is_ascii_alphabetic() || c == b'_' || c >= 0x80 {
                self.name(start)?;
                return Ok(true);
            }
            if c == b'\r' {
                self.pos += 1;
                c = self.at(self.pos);
            }
            match c {
                b'\n' => {
                    self.newline(start);
                    return Ok(true);
                }
                0 if self.pos >= self.src.len() => return self.end(start),
                b'0'..=b'9' => {
                    self.number(start)?;
                    return Ok(true);
                }
                b'"' | b'\'' => {
                    self.string(start)?;
                    return Ok(true);
                }
                b'.' => {
                    if self.at(self.pos + 1).is_ascii_digit() {
                        self.number(start)?;
                    } else if self.at(self.pos + 1) == b'.' && self.at(self.pos + 2) == b'.' {
                        self.pos += 3;
                        self.push(K::Ellipsis, start);
                    } else {
                        self.pos += 1;
                        self.push(K::Dot, start);
                    }
                    return Ok(true);
                }
                b'\\' => {
                    self.pos += 1;
                    self.continue_line()?;
                }
                _ => {
                    self.operator(c, start)?;
                    return Ok(true);
                }
            }
        }
    }

    fn newline(&mut self, start: usize) {
        self.at_line_start = true;
        if self.blank_line || !self.brackets.is_empty() {
            self.comment_line = false;
            if self.options.extra_tokens {
                self.push_newline(K::Nl, start);
            }
        } else if std::mem::take(&mut self.comment_line) && self.options.extra_tokens {
            self.push_newline(K::Nl, start);
        } else {
            self.push_newline(K::Newline, start);
        }
        self.next_line();
    }

    /// Reads a comment up to its newline. Whether it made a token.
    fn comment(&mut self) -> bool {
        let start = self.pos;
        let rest = &self.src[start..];
        let end = if self.options.extra_tokens {
            memchr::memchr2(b'\n', b'\r', rest)
        } else {
            memchr::memchr(b'\n', rest)
        };
        self.pos = end.map_or(self.src.len(), |at| start + at);
        if self.options.type_comments && self.type_comment(start) {
            return true;
        }
        if self.options.extra_tokens {
            self.push(K::Comment, start);
            self.comment_line = self.blank_line;
        }
        self.options.extra_tokens
    }

    fn type_comment(&mut self, start: usize) -> bool {
        let end = self.pos;
        let blanks = |mut at: usize| {
            while at < end && matches!(self.src[at], b' ' | b'\t') {
                at += 1;
            }
            at
        };
        let at = blanks(start + 1);
        if !self.src[at..end].starts_with(b"type:") {
            return false;
        }
        let text = blanks(at + 5);
        let ignored = self.src[text..end].strip_prefix(b"ignore");
        match ignored {
            Some(rest) if !rest.first().is_some_and(|&b| b >= 0x80 || b.is_ascii_alphanumeric()) => {
                self.push(K::TypeIgnore, text + 6);
                // Alone on its line, it takes the newline too.
                if self.blank_line {
                    if self.pos < self.src.len() {
                        self.next_line();
                    }
                    self.at_line_start = true;
                }
            }
            _ => self.push(K::TypeComment, text),
        }
        true
    }

    /// Reads a name, a keyword, or the prefix of a string.
    #[inline]
    fn name(&mut self, start: usize) -> Step {
        let mut pos = self.pos;
        let mut ascii = true;
        loop {
            let c = self.at(pos);
            if IDENTIFIER[c as usize] {
                pos += 1;
            } else if c >= 0x80 {
                ascii = false;
                pos += 1;
            } else {
                if (c == b'"' || c == b'\'') && pos - start <= 5 && self.prefixed_string(start, pos)? {
                    return Ok(());
                }
                break;
            }
        }
        self.pos = pos;
        if !ascii && !self.options.extra_tokens {
            self.check_identifier(start)?;
        }
        self.push(keyword(&self.src[start..pos]), start);
        Ok(())
    }

    fn check_identifier(&mut self, start: usize) -> Step {
        let name = &self.text[start..self.pos];
        let bad = name.char_indices().find(|&(at, c)| match at {
            0 => !unicode::is_identifier_start(c),
            _ => !unicode::is_identifier_continue(c),
        });
        let Some((at, c)) = bad else { return Ok(()) };
        self.pos = start + at + c.len_utf8();
        let code = c as u32;
        match unicode::is_printable(c) {
            true => self.fail(format!("invalid character '{c}' (U+{code:04X})")),
            false => self.fail(format!("invalid non-printable character U+{code:04X}")),
        }
    }

    /// A string whose prefix is `start..quote`; false if that is no prefix.
    fn prefixed_string(&mut self, start: usize, quote: usize) -> Step<bool> {
        let (mut b, mut r, mut u, mut f, mut t) = (false, false, false, false, false);
        for &c in &self.src[start..quote] {
            let seen = match c | 0x20 {
                b'b' => &mut b,
                b'r' => &mut r,
                b'u' => &mut u,
                b'f' => &mut f,
                b't' => &mut t,
                _ => return Ok(false),
            };
            if std::mem::replace(seen, true) {
                return Ok(false);
            }
        }
        let clash = match () {
            () if u && b => Some("'u' and 'b'"),
            () if u && r => Some("'u' and 'r'"),
            () if u && f => Some("'u' and 'f'"),
            () if u && t => Some("'u' and 't'"),
            () if b && f => Some("'b' and 'f'"),
            () if b && t => Some("'b' and 't'"),
            () if f && t => Some("'f' and 't'"),
            () => None,
        };
        self.pos = quote;
        if let Some(clash) = clash {
            let (from, to) = (start + 1 - self.line_start, quote + 1 - self.line_start);
            return self.fail_range(format!("{clash} prefixes are incompatible"), from, to);
        }
        if f || t {
            self.string_start(start, r, if f { 'f' } else { 't' })?;
        } else {
            self.string(start)?;
        }
        Ok(true)
    }

    /// Reads a plain string from its quote on.
    fn string(&mut self, start: usize) -> Step {
        let quote = self.at(self.pos);
        let (lineno, line_start) = (self.lineno, self.line_start);
        if self.at(self.pos + 1) == quote {
            if self.at(self.pos + 2) != quote {
                self.pos += 2;
                self.push(K::String, start);
                return Ok(());
            }
            self.pos += 3;
            loop {
                let Some(at) = memchr::memchr2(quote, b'\\', &self.src[self.pos..]) else {
                    self.count_lines(self.pos, self.src.len());
                    self.pos = self.src.len();
                    return self.unterminated(start, (lineno, line_start), 3, false, true, false);
                };
                let at = self.pos + at;
                self.count_lines(self.pos, at);
                if self.src[at] == b'\\' {
                    self.pos = (at + 2).min(self.src.len());
                    if self.at(at + 1) == b'\n' {
                        self.lineno += 1;
                        self.line_start = at + 2;
                    }
                } else if self.at(at + 1) == quote && self.at(at + 2) == quote {
                    self.pos = at + 3;
                    self.push_from(K::String, start, lineno, (start - line_start) as u32);
                    return Ok(());
                } else {
                    self.pos = at + 1;
                }
            }
        }
        let mut pos = self.pos + 1;
        let mut escaped_quote = false;
        loop {
            let c = self.at(pos);
            if !STRING_SPECIAL[c as usize] {
                pos += 1;
                continue;
            }
            match c {
                b'\\' => {
                    let mut next = self.at(pos + 1);
                    escaped_quote |= next == quote;
                    if next == b'\r' {
                        pos += 1;
                        next = self.at(pos + 1);
                    }
                    if next == b'\n' {
                        self.lineno += 1;
                        self.line_start = pos + 2;
                    }
                    pos += 2;
                }
                _ if c == quote => {
                    self.pos = pos + 1;
                    self.push_from(K::String, start, lineno, (start - line_start) as u32);
                    return Ok(());
                }
                b'\n' | 0 => {
                    let escaped_end = pos > self.src.len() || self.src.last() == Some(&b'\n');
                    self.pos = pos.min(self.src.len());
                    return self.unterminated(
                        start,
                        (lineno, line_start),
                        1,
                        escaped_quote,
                        c == 0,
                        escaped_end,
                    );
                }
                _ => pos += 1,
            }
        }
    }

    /// Accounts for the newlines in a range.
    pub fn count_lines(&mut self, from: usize, to: usize) {
        for at in memchr::memchr_iter(b'\n', &self.src[from..to]) {
            self.lineno += 1;
            self.line_start = from + at + 1;
        }
    }

    /// A plain string that doesn't end: reported where it begins.
    #[cold]
    fn unterminated(
        &mut self,
        start: usize,
        (lineno, line_start): (u32, usize),
        size: usize,
        escaped_quote: bool,
        eof: bool,
        escaped_end: bool,
    ) -> Step {
        let quote = self.at(start + self.src[start..].iter().take_while(|c| c.is_ascii_alphabetic()).count());
        let detected = self.current_lineno();
        // An implied newline ends a short string as a newline does, unless a backslash escapes it.
        let eof = eof && (size == 3 || self.options.fragment || escaped_end);
        self.pos = start + 1;
        (self.lineno, self.line_start) = (lineno, line_start);
        if let Some(mode) = self.strings.last()
            && (mode.quote, mode.size) == (quote, size)
        {
            return self.fail(format!("{}-string: expecting '}}'", mode.prefix));
        }
        let message = match size {
            3 => format!("unterminated triple-quoted string literal (detected at line {detected})"),
            _ => {
                let hint = if escaped_quote { "; perhaps you escaped the end quote?" } else { "" };
                format!("unterminated string literal (detected at line {detected}){hint}")
            }
        };
        self.fail(message).map_err(|mut halt: Box<Halt>| {
            if eof {
                halt.stop = Stop::EofInString;
            }
            halt
        })
    }

    /// Reads an operator or a bracket.
    #[inline]
    fn operator(&mut self, c: u8, start: usize) -> Step {
        if !self.strings.is_empty() && matches!(c, b':' | b'=') && self.string_punctuation(c, start) {
            return Ok(());
        }
        let next = self.at(self.pos + 1);
        let two = two_chars(c, next);
        if two != K::Op {
            let three = three_chars(two, self.at(self.pos + 2));
            if three != K::Op {
                self.pos += 3;
                self.push(three, start);
            } else {
                self.pos += 2;
                self.push(two, start);
            }
            return Ok(());
        }
        let kind = ONE_CHAR[c as usize];
        // Only after a stray `\r` can a character beyond ASCII come here.
        self.pos += if c < 0x80 { 1 } else { self.char_len() };
        match c {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_LEVEL {
                    return self.fail("too many nested parentheses");
                }
                let col = (start - self.line_start) as u32;
                self.brackets.push(Bracket { char: c, lineno: self.lineno, col });
                if let Some(mode) = self.strings.last_mut() {
                    mode.depth += 1;
                }
            }
            b')' | b']' | b'}' => self.close_bracket(c)?,
            0..0x20 | 0x7F => return self.fail(format!("invalid non-printable character U+{c:04X}")),
            _ => {}
        }
        self.push(kind, start);
        Ok(())
    }

    fn close_bracket(&mut self, c: u8) -> Step {
        let strict = !self.options.extra_tokens;
        let mode = self.strings.last().map(|mode| (mode.prefix, mode.depth, mode.field_depth));
        if let Some((prefix, 0, _)) = mode
            && c == b'}'
        {
            return self.fail(format!("{prefix}-string: single '}}' is not allowed"));
        }
        let close = c as char;
        match self.brackets.pop() {
            None if strict => return self.fail(format!("unmatched '{close}'")),
            Some(open) if strict && !matches!((open.char, c), (b'(', b')') | (b'[', b']') | (b'{', b'}')) => {
                if let Some((prefix, depth, field_depth)) = mode
                    && open.char == b'{'
                    && depth - 1 == field_depth
                {
                    return self.fail(format!("{prefix}-string: unmatched '{close}'"));
                }
                let opening = open.char as char;
                let line = match open.lineno == self.lineno {
                    true => String::new(),
                    false => format!(" on line {}", open.lineno),
                };
                return self.fail(format!(
                    "closing parenthesis '{close}' does not match opening parenthesis '{opening}'{line}"
                ));
            }
            _ => {}
        }
        if let Some(mode) = self.strings.last_mut() {
            mode.depth -= 1;
            if mode.depth < 0 {
                let prefix = mode.prefix;
                return self.fail(format!("{prefix}-string: unmatched '{close}'"));
            }
            if c == b'}' && mode.depth == mode.field_depth {
                mode.field_depth -= 1;
                mode.in_text = true;
                mode.in_format_spec = false;
            }
        }
        Ok(())
    }
}
