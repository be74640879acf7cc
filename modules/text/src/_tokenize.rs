//! `_tokenize`: the tokenizer as an iterator, for `tokenize`.

use std::cell::{Cell, RefCell};

use runtime::compile::raise_syntax_error;
use runtime::objects::exceptions::{self, BaseException};
use runtime::prelude::*;
use syntax::error::WarningKind;
use syntax::tokenizer::{NO_COL, Options, Stop, Token, TokenKind, Tokens, tokenize};

/// The tokens of a source that a function gives line by line.
#[class(name = "_tokenize.TokenizerIter", flags(GC), doc = "")]
#[repr(C)]
pub struct TokenizerIter {
    head: Object,
    readline: Link,
    #[gc(skip)]
    encoding: Option<String>,
    #[gc(skip)]
    extra_tokens: bool,
    /// The tokens, once all lines have been read.
    #[gc(skip)]
    read: RefCell<Option<Read>>,
    #[gc(skip)]
    done: Cell<bool>,
}

/// What has been read.
struct Read {
    text: String,
    tokens: Tokens,
    /// Where each line begins.
    starts: Vec<usize>,
    /// The next token.
    next: usize,
    next_warning: usize,
    /// Where the line of the last string began.
    string_line: usize,
    /// What `readline` raised after the last line.
    failure: Option<Ref<BaseException>>,
}

/// A token as it is shown.
struct Shown {
    kind: u8,
    text: String,
    start: (u32, i64),
    end: (u32, i64),
    line: String,
}

/// What comes next.
enum Next {
    Token(Shown),
    Warning(syntax::Warning),
    Failure(Ref<BaseException>),
    Error { error: syntax::SyntaxError, is_eof: bool },
    End,
}

fn is_start(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(kind, String | FStringStart | FStringMiddle | TStringStart | TStringMiddle)
}

impl Read {
    fn new(text: String, extra_tokens: bool, failure: Option<Ref<BaseException>>) -> Read {
        let text = if extra_tokens { text } else { syntax::source::translate_newlines(&text).into_owned() };
        let mut tokens = tokenize(&text, Options { extra_tokens, ..Options::default() });
        if failure.is_some() && matches!(tokens.stop, Stop::End | Stop::Eof | Stop::EofInString) {
            // The input did not end there: what the end implies is not to be seen.
            tokens.error = None;
            while tokens.tokens.last().is_some_and(|token| is_trailing(token, &text)) {
                tokens.tokens.pop();
            }
        }
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Read { text, tokens, starts, next: 0, next_warning: 0, string_line: 0, failure }
    }

    fn line_start(&self, line: u32) -> usize {
        let index = (line as usize).saturating_sub(1);
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }

    /// The column in characters.
    fn column(&self, line: u32, column: u32) -> i64 {
        if column == NO_COL {
            return -1;
        }
        let start = self.line_start(line);
        let end = start + column as usize;
        // Beyond the text lies the newline that a last line lacks.
        let inside = self.text.get(start..end.min(self.text.len())).map_or(0, |line| line.chars().count());
        (inside + end.saturating_sub(self.text.len().max(start))) as i64
    }

    fn next(&mut self, extra_tokens: bool) -> Next {
        if let Some((index, warning)) = self.tokens.warnings.get(self.next_warning)
            && *index as usize <= self.next
        {
            self.next_warning += 1;
            return Next::Warning(warning.clone());
        }
        let Some(token) = self.tokens.tokens.get(self.next).copied() else {
            if let Some(failure) = self.failure.take() {
                return Next::Failure(failure);
            }
            return match self.tokens.iterator_error(&self.text) {
                Some(error) => Next::Error { error, is_eof: self.tokens.stop == Stop::Eof },
                None => Next::End,
            };
        };
        self.next += 1;
        if token.kind == TokenKind::EndMarker && self.text.is_empty() && !extra_tokens {
            return Next::End;
        }
        Next::Token(self.show(&token, extra_tokens))
    }

    fn show(&mut self, token: &Token, extra_tokens: bool) -> Shown {
        let number = token.kind.number();
        let kind = if extra_tokens && (7..55).contains(&number) { 55 } else { number };
        if is_start(token.kind) {
            self.string_line = self.line_start(token.lineno);
        }
        let is_string =
            is_start(token.kind) || matches!(token.kind, TokenKind::FStringEnd | TokenKind::TStringEnd);
        let line = if extra_tokens && is_trailing(token, &self.text) {
            ""
        } else {
            let start = if is_string { self.string_line } else { self.line_start(token.end_lineno) };
            let last = self.line_start(token.end_lineno);
            let end = self.text[last..].find('\n').map_or(self.text.len(), |at| last + at + 1);
            self.text.get(start..end).unwrap_or("")
        };
        Shown {
            kind,
            text: token.text(&self.text).to_owned(),
            start: (token.lineno, self.column(token.lineno, token.col)),
            end: (token.end_lineno, self.column(token.end_lineno, token.end_col)),
            line: line.to_owned(),
        }
    }
}

/// Does it stand for the end of the input?
fn is_trailing(token: &Token, text: &str) -> bool {
    token.kind == TokenKind::EndMarker
        || token.kind == TokenKind::Dedent && token.start as usize == text.len()
}

impl TokenizerIter {
    /// The next line; `None` at the end.
    fn line(&self, readline: &Object) -> Result<Option<String>> {
        let line = match readline.call(&[]) {
            Ok(line) => line,
            Err(raised) if raised.matches(&exceptions::StopIteration) => {
                raised.clear();
                return Ok(None);
            }
            Err(raised) => return Err(raised),
        };
        let text = match &self.encoding {
            None => match line.downcast::<Str>() {
                Some(text) => text.to_utf8()?.to_owned(),
                None => return Err(raise!(TypeError, "readline() returned a non-string object")),
            },
            Some(encoding) => {
                if line.downcast::<Bytes>().is_none() {
                    return Err(raise!(TypeError, "readline() returned a non-bytes object"));
                }
                let text = line.call_method(intern!("decode"), &[&Str::new(encoding), intern!("replace")])?;
                let Some(text) = text.downcast::<Str>() else {
                    return Err(raise!(TypeError, "decoder gave no string"));
                };
                text.to_utf8()?.to_owned()
            }
        };
        Ok(if text.is_empty() { None } else { Some(text) })
    }

    fn read_all(&self) -> Read {
        let mut text = String::new();
        let readline = self.readline.get().unwrap_or_else(none);
        let failure = loop {
            match self.line(&readline) {
                Ok(Some(line)) => {
                    if !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                    text.push_str(&line);
                }
                Ok(None) => break None,
                Err(raised) => break Some(raised.take()),
            }
        };
        Read::new(text, self.extra_tokens, failure)
    }
}

/// Issues the tokenizer's warning.
fn warn(warning: &syntax::Warning) -> Result<()> {
    let category = match warning.kind {
        WarningKind::SyntaxWarning => &exceptions::SyntaxWarning,
        WarningKind::DeprecationWarning => &exceptions::DeprecationWarning,
    };
    let message = Str::new(&warning.message);
    runtime::warnings::warn_explicit(
        category,
        &message,
        intern!("<string>"),
        warning.lineno as i32,
        None,
        None,
    )
}

/// The error of an input that ends too early has its place as attributes only.
fn raise_eof(error: &syntax::SyntaxError) -> Result<Raised> {
    let exception = exceptions::SyntaxError.call(&[&Str::new(&error.message)])?;
    let lineno = Int::new(i64::from(error.lineno));
    exception.set_attr(intern!("filename"), intern!("<string>"))?;
    exception.set_attr(intern!("lineno"), &lineno)?;
    exception.set_attr(intern!("offset"), &Int::new(i64::from(error.offset)))?;
    exception.set_attr(intern!("end_lineno"), &lineno)?;
    exception.set_attr(intern!("end_offset"), &none())?;
    exception.set_attr(intern!("text"), &none())?;
    match exception.cast::<BaseException>() {
        Ok(exception) => Ok(runtime::errors::raise(exception)),
        Err(_) => Ok(raise!(SystemError, "SyntaxError is no exception")),
    }
}

#[methods]
impl TokenizerIter {
    #[new(
        name = "tokenizeriter",
        signature = "(readline, /, *, encoding='utf-8', extra_tokens)",
        hidden_signature
    )]
    fn tp_new(
        class: &Type,
        readline: &Object,
        encoding: Option<String>,
        extra_tokens: bool,
    ) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            TokenizerIter {
                head: Object::HEAD,
                readline: Link::new(readline.to_ref()),
                encoding,
                extra_tokens,
                read: RefCell::new(None),
                done: Cell::new(false),
            },
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref<Tuple>>> {
        if self.done.get() {
            return Ok(None);
        }
        if self.read.borrow().is_none() {
            let read = self.read_all();
            self.read.borrow_mut().get_or_insert(read);
        }
        loop {
            let next = match &mut *self.read.borrow_mut() {
                Some(read) => read.next(self.extra_tokens),
                None => Next::End,
            };
            let token = match next {
                Next::Token(token) => token,
                Next::Warning(warning) => {
                    warn(&warning)?;
                    continue;
                }
                Next::End => {
                    self.done.set(true);
                    return Ok(None);
                }
                Next::Failure(failure) => {
                    self.done.set(true);
                    return Err(runtime::errors::raise(failure));
                }
                Next::Error { error, is_eof } => {
                    self.done.set(true);
                    return Err(match is_eof {
                        true => raise_eof(&error)?,
                        false => raise_syntax_error(&error, intern!("<string>")),
                    });
                }
            };
            let int = |value: i64| Int::new(value).into_object();
            let place =
                |(line, column): (u32, i64)| Tuple::pack([int(i64::from(line)), int(column)]).into_object();
            return Ok(Some(Tuple::pack([
                int(i64::from(token.kind)),
                Str::from_string(token.text).into_object(),
                place(token.start),
                place(token.end),
                Str::from_string(token.line).into_object(),
            ])));
        }
    }
}

module! { name: "_tokenize", functions: [], classes: [TokenizerIter] }
