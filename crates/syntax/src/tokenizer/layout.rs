//! Lines: continuation, indentation, blocks, the end of input.

use super::Stop;
use super::lexer::{Lexer, MAX_INDENT, Step};
use super::token::TokenKind as K;
use crate::error::ErrorKind;

impl Lexer<'_> {
    /// Goes past a newline.
    #[inline]
    pub(super) fn next_line(&mut self) {
        self.pos += 1;
        self.lineno += 1;
        self.line_start = self.pos;
    }

    /// Takes a backslash's newline; the backslash is read already.
    pub(super) fn continue_line(&mut self) -> Step {
        if self.at(self.pos) == b'\r' {
            self.pos += 1;
        }
        if self.at(self.pos) != b'\n' {
            if self.pos == self.src.len() && !self.options.fragment {
                // The implied newline follows, then the end.
                return self.unexpected_eof();
            }
            if self.pos < self.src.len() {
                self.pos += self.char_len();
            }
            let buffer = self.buffer_start(false);
            let offset = (self.pos - buffer) as i32;
            let message = "unexpected character after line continuation character";
            return self.stop(Stop::Layout, ErrorKind::SyntaxError, message, offset, 0);
        }
        self.next_line();
        if self.pos == self.src.len() {
            return self.unexpected_eof();
        }
        Ok(())
    }

    /// Where CPython's buffer begins, from which it counts this error's column: the first of the lines that a
    /// token or a backslash ties together; the `tokenize` module's buffer holds open f-strings too.
    #[cold]
    pub(super) fn buffer_start(&self, with_strings: bool) -> usize {
        let (mut start, mut lineno) = match self.strings.first().filter(|_| with_strings) {
            Some(string) => (string.line_start, string.lineno),
            None => (self.line_start, self.lineno),
        };
        loop {
            let tokens = self.out.iter().rev();
            let spanning = tokens
                .skip_while(|token| {
                    token.lineno > lineno || token.lineno == lineno && token.end_lineno > lineno
                })
                .take_while(|token| token.end_lineno == lineno)
                .find(|token| token.lineno < lineno);
            if let Some(token) = spanning {
                (start, lineno) = ((token.start - token.col) as usize, token.lineno);
            } else if start >= 2 && start != self.untied && self.src[start - 2] == b'\\' {
                start = memchr::memrchr(b'\n', &self.src[..start - 1]).map_or(0, |at| at + 1);
                lineno -= 1;
            } else {
                return start;
            }
        }
    }

    /// What [`Tokens::stop_start`] holds.
    pub(super) fn stop_start(&self, stop: Stop) -> usize {
        let text = self.text.strip_suffix('\n').unwrap_or(self.text);
        match stop {
            Stop::Layout => self.buffer_start(true),
            Stop::Eof if !self.strings.is_empty() || text.ends_with('\\') => self.buffer_start(true),
            _ => self.src.len(),
        }
    }

    pub(super) fn char_len(&self) -> usize {
        match self.at(self.pos) {
            0..0x80 => 1,
            0x80..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 4,
        }
    }

    /// Reads the white space at the start of a line, opens and closes blocks.
    pub(super) fn indentation(&mut self) -> Step {
        self.at_line_start = false;
        let (mut col, mut alt, mut continued) = (0u32, 0u32, 0u32);
        loop {
            match self.at(self.pos) {
                b' ' => (col, alt) = (col + 1, alt + 1),
                b'\t' => (col, alt) = ((col / 8 + 1) * 8, alt + 1),
                0x0C => (col, alt) = (0, 0),
                b'\\' => {
                    // Of indentation split by backslashes, the first part counts.
                    if continued == 0 {
                        continued = col;
                    }
                    self.pos += 1;
                    self.untied = self.line_start;
                    self.continue_line()?;
                    self.untied = self.line_start;
                    continue;
                }
                b'#' | b'\n' | b'\r' => {
                    self.blank_line = true;
                    return Ok(());
                }
                _ => break,
            }
            self.pos += 1;
        }
        if self.pos == self.src.len() && self.implied_newline() && self.pos > self.line_start {
            self.blank_line = true;
            return Ok(());
        }
        if !self.brackets.is_empty() {
            return Ok(());
        }
        if continued != 0 {
            (col, alt) = (continued, continued);
        }
        let &(top, alt_top) = self.indents.last().unwrap_or(&(0, 0));
        if col == top {
            if alt != alt_top {
                return self.tab_error();
            }
        } else if col > top {
            if self.indents.len() > MAX_INDENT {
                self.skip_line();
                let message = "too many levels of indentation";
                return self.stop(Stop::Layout, ErrorKind::IndentationError, message, 1, 0);
            }
            if alt <= alt_top {
                return self.tab_error();
            }
            self.indents.push((col, alt));
            self.push_mark(K::Indent);
        } else {
            let mut closed = 0;
            while let Some(&(open, _)) = self.indents.last()
                && col < open
            {
                self.indents.pop();
                closed += 1;
            }
            let &(top, alt_top) = self.indents.last().unwrap_or(&(0, 0));
            if col != top {
                self.skip_line();
                let offset = (self.pos - self.line_start) as i32
                    + i32::from(self.pos < self.src.len() || self.implied_newline());
                let message = "unindent does not match any outer indentation level";
                return self.stop(Stop::Layout, ErrorKind::IndentationError, message, offset, -1);
            }
            if alt != alt_top {
                return self.tab_error();
            }
            for _ in 0..closed {
                self.push_mark(K::Dedent);
            }
        }
        Ok(())
    }

    /// The end of input in code. Whether to go on.
    pub(super) fn end(&mut self, start: usize) -> Step<bool> {
        if self.implied_newline() && !self.at_line_start {
            // As if the last line had its newline.
            let blank = self.blank_line || !self.brackets.is_empty();
            let comment = std::mem::take(&mut self.comment_line);
            if self.options.extra_tokens {
                let kind = if blank || comment { K::Nl } else { K::Newline };
                self.push_newline(kind, start);
            } else if !blank {
                self.push_newline(K::Newline, start);
            }
            if self.brackets.is_empty() {
                self.close_blocks();
            }
        }
        if !self.brackets.is_empty() {
            return self.unexpected_eof();
        }
        if self.options.single && self.out.iter().any(|token| token.kind != K::TypeIgnore) {
            let at = self.out.len();
            self.push_mark(K::Newline);
            self.out[at].level = 0;
            if !self.options.dont_imply_dedent && self.indents.len() > 1 {
                self.close_blocks();
                // The statement with the blocks ends too.
                let at = self.out.len();
                self.push_mark(K::Newline);
                self.out[at].level = 0;
            }
        }
        self.push_mark(K::EndMarker);
        Ok(false)
    }

    pub(super) fn close_blocks(&mut self) {
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push_mark(K::Dedent);
        }
    }
}
