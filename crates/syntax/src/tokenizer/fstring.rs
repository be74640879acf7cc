//! The text parts of f-strings and t-strings (PEP 701, PEP 750).

use super::lexer::{Halt, Lexer, Step, StringMode};
use super::token::TokenKind as K;
use crate::tokenizer::Stop;

/// How many f-strings nest at most (with the code around them).
const MAX_STRINGS: usize = 150;
/// How deep replacement fields of one string nest at most.
const MAX_FIELDS: i32 = 3;

impl Lexer<'_> {
    /// Begins an f-string or t-string; the position is at its quote.
    pub(super) fn string_start(&mut self, start: usize, raw: bool, prefix: char) -> Step {
        let quote = self.at(self.pos);
        let triple = self.at(self.pos + 1) == quote && self.at(self.pos + 2) == quote;
        let size = if triple { 3 } else { 1 };
        self.pos += size;
        if self.strings.len() + 2 > MAX_STRINGS {
            return self.fail("too many nested f-strings or t-strings");
        }
        self.strings.push(StringMode {
            quote,
            size,
            raw,
            prefix,
            start,
            lineno: self.lineno,
            line_start: self.line_start,
            depth: 0,
            field_depth: -1,
            in_format_spec: false,
            in_text: true,
        });
        self.push(if prefix == 'f' { K::FStringStart } else { K::TStringStart }, start);
        Ok(())
    }

    /// A `:` in a replacement field may begin its format specification. Whether it did.
    pub(super) fn string_punctuation(&mut self, c: u8, start: usize) -> bool {
        let Some(mode) = self.strings.last_mut() else { return false };
        if c == b':' && mode.field_depth >= 0 && mode.depth - 1 == mode.field_depth {
            mode.in_text = true;
            mode.in_format_spec = true;
            self.pos += 1;
            self.push(K::Colon, start);
            return true;
        }
        false
    }

    /// Goes on to the expression whose brace is next.
    fn enter_field(&mut self) -> Step {
        let Some(mode) = self.strings.last_mut() else { return Ok(()) };
        mode.field_depth += 1;
        mode.in_text = false;
        if mode.field_depth >= MAX_FIELDS {
            let prefix = mode.prefix;
            return self.fail(format!("{prefix}-string: expressions nested too deeply"));
        }
        Ok(())
    }

    /// Reads the next piece of text, or the end of the string, or goes on to an expression.
    pub(super) fn string_text(&mut self) -> Step {
        let Some(mode) = self.strings.last() else { return Ok(()) };
        let (quote, size, raw, prefix) = (mode.quote, mode.size, mode.raw, mode.prefix);
        let in_spec = mode.in_format_spec && mode.field_depth >= 0;
        let (middle, end) = match prefix {
            'f' => (K::FStringMiddle, K::FStringEnd),
            _ => (K::TStringMiddle, K::TStringEnd),
        };
        let (start, lineno) = (self.pos, self.lineno);
        let col = (start - self.line_start) as u32;
        if self.at(start) == b'{' && self.at(start + 1) != b'{' {
            return self.enter_field();
        }
        if (0..size).all(|at| self.at(start + at) == quote) {
            self.pos += size;
            self.strings.pop();
            self.push(end, start);
            return Ok(());
        }
        let mut named_escape = false;
        loop {
            let c = self.at(self.pos);
            match c {
                0 | b'\n' if c == b'\n' || self.pos >= self.src.len() => {
                    let eof = c == 0;
                    if !eof && size == 3 {
                        self.pos += 1;
                        self.lineno += 1;
                        self.line_start = self.pos;
                        continue;
                    }
                    if in_spec && size == 1 && (!eof || self.implies_newline()) {
                        self.pos = (self.pos + 1).min(self.src.len());
                        return self.newline_in_spec(prefix, eof);
                    }
                    return self.unterminated_string(eof);
                }
                _ if c == quote
                    && (size == 1 || (self.at(self.pos + 1), self.at(self.pos + 2)) == (quote, quote)) =>
                {
                    self.push_from(middle, start, lineno, col);
                    return Ok(());
                }
                b'{' => {
                    if self.at(self.pos + 1) == b'{' && !in_spec {
                        self.pos += 1;
                        self.push_from(middle, start, lineno, col);
                        self.pos += 1;
                        return Ok(());
                    }
                    if self.string_depth_exceeded() {
                        return self.enter_field();
                    }
                    self.push_from(middle, start, lineno, col);
                    return self.enter_field();
                }
                b'}' => {
                    if named_escape {
                        self.pos += 1;
                        self.push_from(middle, start, lineno, col);
                        return Ok(());
                    }
                    let depth = self.strings.last().map_or(0, |mode| mode.depth);
                    if self.at(self.pos + 1) == b'}' && !in_spec && depth == 0 {
                        self.pos += 1;
                        self.push_from(middle, start, lineno, col);
                        self.pos += 1;
                        return Ok(());
                    }
                    if let Some(mode) = self.strings.last_mut() {
                        mode.in_text = false;
                    }
                    self.push_from(middle, start, lineno, col);
                    return Ok(());
                }
                b'\\' => {
                    self.pos += 1;
                    if self.at(self.pos) == b'\r' {
                        self.pos += 1;
                    }
                    match self.at(self.pos) {
                        brace @ (b'{' | b'}') => {
                            // The brace keeps its meaning.
                            if !raw {
                                self.warn_escape(brace as char);
                            }
                        }
                        b'N' if !raw && self.at(self.pos + 1) == b'{' => {
                            self.pos += 2;
                            named_escape = true;
                        }
                        b'\n' => {
                            self.pos += 1;
                            self.lineno += 1;
                            self.line_start = self.pos;
                        }
                        0 if self.pos >= self.src.len() => {}
                        _ => self.pos += 1,
                    }
                }
                _ => self.pos += 1,
            }
        }
    }

    fn implies_newline(&self) -> bool {
        !self.options.fragment && self.src.last() != Some(&b'\n')
    }

    fn string_depth_exceeded(&self) -> bool {
        self.strings.last().is_some_and(|mode| mode.field_depth + 1 >= MAX_FIELDS)
    }

    #[cold]
    fn newline_in_spec(&mut self, prefix: char, eof: bool) -> Step {
        let message = format!(
            "{prefix}-string: newlines are not allowed in format specifiers for single quoted {prefix}-strings"
        );
        // An implied newline counts as a character read.
        let offset = self.text[self.line_start..self.pos].chars().count() + usize::from(eof);
        self.fail_at(message, offset as i32, offset as i32)
    }

    #[cold]
    fn unterminated_string(&mut self, eof: bool) -> Step {
        let detected = self.current_lineno();
        let Some(mode) = self.strings.last() else { return Ok(()) };
        (self.pos, self.lineno, self.line_start) = (mode.start + 1, mode.lineno, mode.line_start);
        let (prefix, size) = (mode.prefix, mode.size);
        let triple = if size == 3 { "triple-quoted " } else { "" };
        let message = format!("unterminated {triple}{prefix}-string literal (detected at line {detected})");
        self.fail(message).map_err(|mut halt: Box<Halt>| {
            // CPython doesn't tell short ones from other errors.
            if eof && size == 3 {
                halt.stop = Stop::EofInString;
            }
            halt
        })
    }

    fn warn_escape(&mut self, c: char) {
        let message = crate::strings::invalid_escape_message(c.encode_utf8(&mut [0; 4]));
        self.warn(self.pos + 1, message);
    }
}
