//! The interpreter of the grammar: CPython's two passes, and how it places errors.

use super::grammar::{Action, Alternative, GRAMMAR, Item, Piece, Place};
use super::nodes::{Kind, Node, Value};
use super::{Options, Start};
use crate::error::{ErrorKind, Lines, SyntaxError, characters};
use crate::parser::numbers;
use crate::tokenizer::{NO_COL, Stop, Token, TokenKind, Tokens};

/// How deep rules nest at most, as in CPython.
pub(super) const MAX_LEVEL: usize = 6000;

/// An error was raised: nothing more to parse.
pub(super) struct Raised;

/// A match, no match, or an error.
pub(super) type Match = Result<Option<Value>, Raised>;

/// A remembered result: the rule, what it gave, where it ended.
type Memo = (u16, Option<Value>, u32);

/// Columns that an error may have in place of a number: where the tokenizer is.
const CURRENT: i64 = -5;

pub(super) struct Engine<'s> {
    pub source: &'s str,
    tokens: &'s Tokens,
    options: Options,
    lines: Lines<'s>,
    mark: usize,
    /// How many tokens were read; one more than there are if the tokenizer's error was.
    fill: usize,
    level: usize,
    /// Whether the rules that explain errors are on.
    explain: bool,
    pub barry: bool,
    memos: Vec<Vec<Memo>>,
    nodes: Vec<Node>,
    lists: Vec<Value>,
    error: Option<SyntaxError>,
    /// Whether `error` is the tokenizer's own.
    from_tokenizer: bool,
}

impl<'s> Engine<'s> {
    pub fn new(source: &'s str, tokens: &'s Tokens, options: Options) -> Self {
        Engine {
            source,
            tokens,
            options,
            lines: Lines::new(source),
            mark: 0,
            fill: 0,
            level: 0,
            explain: false,
            barry: options.barry_as_flufl,
            memos: vec![Vec::new(); tokens.tokens.len() + 1],
            nodes: Vec::new(),
            lists: Vec::new(),
            error: None,
            from_tokenizer: false,
        }
    }

    // The two passes.

    pub fn run(mut self) -> Option<SyntaxError> {
        let start = match self.options.start {
            Start::File => GRAMMAR.file,
            Start::Interactive => GRAMMAR.interactive,
            Start::Eval => GRAMMAR.eval,
            Start::FuncType => GRAMMAR.func_type,
        };
        if matches!(self.rule(start), Ok(Some(_))) {
            return None;
        }
        if self.options.incomplete_input && self.at_end_of_source() {
            self.error = None;
            let _: Result<(), Raised> = self.raise_last(ErrorKind::IncompleteInput, "incomplete input");
            return self.error;
        }
        if self.error.as_ref().is_some_and(|error| !error.kind.is_syntax()) {
            return self.error;
        }
        let last = self.fill.saturating_sub(1);
        if self.error.is_none() {
            self.mark = 0;
            self.level = 0;
            self.explain = true;
            self.memos.iter_mut().for_each(Vec::clear);
            self.nodes.clear();
            self.lists.clear();
            let _ = self.rule(start);
        }
        if self.error.is_some() {
            let still_reading = !self.from_tokenizer && !self.at_end_of_source();
            if still_reading && self.error.as_ref().is_some_and(|error| error.kind.is_syntax()) {
                self.check_rest();
            }
            return self.error;
        }
        match self.tokens.tokens.get(last).map(|token| token.kind) {
            Some(TokenKind::Indent) => {
                let _: Result<(), Raised> = self.raise_last(ErrorKind::IndentationError, "unexpected indent");
            }
            Some(TokenKind::Dedent) => {
                let _: Result<(), Raised> =
                    self.raise_last(ErrorKind::IndentationError, "unexpected unindent");
            }
            _ => {
                let _: Result<(), Raised> =
                    self.raise_range(Value::Token(last as u32), Value::Token(last as u32), "invalid syntax");
                self.check_rest();
            }
        }
        self.error
    }

    /// Whether the tokenizer has come to the end of the source, looking beyond the last token if it does that.
    fn at_end_of_source(&self) -> bool {
        use TokenKind::*;
        let tokens = &self.tokens.tokens;
        if self.fill > tokens.len() {
            return matches!(self.tokens.stop, Stop::Eof | Stop::EofInString);
        }
        let Some(last) = tokens.get(self.fill.saturating_sub(1)) else { return false };
        if last.end as usize != self.source.len() {
            // After a point, and after the quote that begins an f-string, the tokenizer looks two characters ahead.
            let rest = &self.source[last.end as usize..];
            let ahead = match last.kind {
                Dot => rest == ".",
                FStringStart | TStringStart => {
                    let text = last.text(self.source);
                    rest.len() == 1 && text.ends_with(rest) && !text.ends_with(&rest.repeat(3))
                }
                _ => false,
            };
            return ahead && self.options.start != Start::File;
        }
        match last.kind {
            Indent | EndMarker | Dedent => true,
            _ if self.options.start == Start::File => false,
            Newline => last.col == NO_COL,
            // What ends with its last character for certain.
            Ellipsis | LeftShiftEqual | RightShiftEqual | DoubleStarEqual | DoubleSlashEqual => false,
            FStringMiddle | FStringEnd | TStringMiddle | TStringEnd => false,
            FStringStart | TStringStart => {
                !matches!(last.text(self.source), text if text.ends_with("'''") || text.ends_with("\"\"\""))
            }
            String => matches!(
                self.text(self.fill as u32 - 1).trim_start_matches(char::is_alphabetic),
                "''" | "\"\""
            ),
            _ => true,
        }
    }

    /// Errors of the tokenizer further on win over what the parser found.
    fn check_rest(&mut self) {
        if self.tokens.stop_strings > 0 {
            return;
        }
        let current_line =
            self.tokens.tokens.get(self.fill.saturating_sub(1)).map_or(0, |token| token.lineno);
        match self.tokens.stop {
            Stop::End => {}
            Stop::Raised | Stop::EofInString => self.error = self.tokens.error.clone(),
            Stop::Eof | Stop::Layout => {
                // Not an error yet for the tokenizer: only an open bracket before the error counts.
                let Some(open) = self.open_bracket() else { return };
                if current_line > open.lineno {
                    let message = format!("'{}' was never closed", open.kind.text());
                    self.error = None;
                    let lineno = i64::from(open.lineno);
                    let tok_lineno = self.tokens.stop_lineno;
                    let _: Result<(), Raised> = self.raise_known(
                        ErrorKind::SyntaxError,
                        message,
                        (lineno, i64::from(open.col) + 1),
                        (lineno, 0),
                        tok_lineno,
                    );
                }
            }
        }
    }

    /// The innermost bracket that is open where the tokens end.
    fn open_bracket(&self) -> Option<Token> {
        let mut open = Vec::new();
        for token in &self.tokens.tokens {
            match token.kind {
                TokenKind::LPar | TokenKind::LSqb | TokenKind::LBrace => open.push(*token),
                TokenKind::RPar | TokenKind::RSqb | TokenKind::RBrace => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.pop()
    }

    // Matching.

    /// The kind of the next token, which counts as read.
    fn peek(&mut self) -> Result<TokenKind, Raised> {
        self.fill = self.fill.max(self.mark + 1);
        if let Some(token) = self.tokens.tokens.get(self.mark) {
            return Ok(token.kind);
        }
        match &self.tokens.error {
            Some(error) => {
                self.error = Some(error.clone());
                self.from_tokenizer = true;
                Err(Raised)
            }
            None => {
                self.fill = self.tokens.tokens.len();
                Ok(TokenKind::EndMarker)
            }
        }
    }

    fn token(&mut self, kind: TokenKind) -> Match {
        if self.peek()? != kind || self.mark >= self.tokens.tokens.len() {
            return Ok(None);
        }
        self.mark += 1;
        if kind == TokenKind::Number {
            self.check_number(self.mark - 1)?;
        }
        Ok(Some(Value::Token(self.mark as u32 - 1)))
    }

    fn rule(&mut self, id: usize) -> Match {
        let rule = &GRAMMAR.rules[id];
        if rule.left_recursive {
            return self.left_recursive(id);
        }
        if rule.memo
            && let Some(&mut (_, value, end)) = self.remembered(id)
        {
            self.mark = end as usize;
            return Ok(value);
        }
        let start = self.mark;
        let explain = self.explain;
        self.explain &= !rule.plain;
        let value = self.alternatives(&rule.alternatives);
        self.explain = explain;
        let value = value?;
        if rule.memo {
            self.memos[start].push((id as u16, value, self.mark as u32));
        }
        Ok(value)
    }

    fn remembered(&mut self, id: usize) -> Option<&mut Memo> {
        // The tokens read so far stay read, whatever is remembered.
        let memos = self.memos.get_mut(self.mark)?;
        memos.iter_mut().find(|memo| memo.0 == id as u16)
    }

    /// Grows a match from the left as long as it gets longer.
    fn left_recursive(&mut self, id: usize) -> Match {
        if let Some(&mut (_, value, end)) = self.remembered(id) {
            self.mark = end as usize;
            return Ok(value);
        }
        let start = self.mark;
        let (mut value, mut end) = (None, start);
        let at = self.memos[start].len();
        self.memos[start].push((id as u16, None, start as u32));
        self.deepen()?;
        loop {
            self.mark = start;
            let longer = self.alternatives(&GRAMMAR.rules[id].alternatives)?;
            if longer.is_none() || self.mark <= end {
                break;
            }
            (value, end) = (longer, self.mark);
            self.memos[start][at] = (id as u16, value, end as u32);
        }
        self.level -= 1;
        self.mark = end;
        Ok(value)
    }

    fn alternatives(&mut self, alternatives: &'static [Alternative]) -> Match {
        self.deepen()?;
        let start = self.mark;
        let mut result = Ok(None);
        for alternative in alternatives {
            if alternative.invalid && !self.explain {
                continue;
            }
            let mut cut = false;
            let mut values = [Value::Absent; 16];
            match self.sequence(alternative, &mut values, &mut cut) {
                Err(raised) => {
                    result = Err(raised);
                    break;
                }
                Ok(true) => {
                    result = self.act(alternative, start, &values);
                    break;
                }
                Ok(false) => self.mark = start,
            }
            if cut {
                break;
            }
        }
        if matches!(result, Ok(None)) {
            self.mark = start;
        }
        self.level -= 1;
        result
    }

    /// Counts a level; CPython counts a left-recursive rule twice, repetitions once.
    fn deepen(&mut self) -> Result<(), Raised> {
        if self.level >= MAX_LEVEL {
            let message = "Parser stack overflowed - Python source too complex to parse";
            self.error = Some(SyntaxError::bare(ErrorKind::MemoryError, message));
            return Err(Raised);
        }
        self.level += 1;
        Ok(())
    }

    fn sequence(
        &mut self,
        alternative: &'static Alternative,
        values: &mut [Value; 16],
        cut: &mut bool,
    ) -> Result<bool, Raised> {
        for (item, slot) in alternative.items.iter().zip(values.iter_mut()) {
            if matches!(item, Item::Cut) {
                *cut = true;
                continue;
            }
            match self.item(item)? {
                Some(value) => *slot = value,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    fn item(&mut self, item: &'static Item) -> Match {
        match item {
            Item::Token(kind) => self.token(*kind),
            Item::Rule(id) => self.rule(*id),
            Item::Soft(text) => self.soft(|name| name == text),
            Item::AnySoft => self.soft(|name| matches!(name, "_" | "case" | "match" | "type")),
            Item::Group(alternatives) => self.alternatives(alternatives),
            Item::Optional(item) => Ok(Some(self.item(item)?.unwrap_or(Value::Absent))),
            Item::Repeat(item, some) => {
                let mut values = Vec::new();
                self.deepen()?;
                loop {
                    let start = self.mark;
                    match self.item(item)? {
                        // What matches nothing would match for ever.
                        Some(_) if self.mark == start => break,
                        Some(value) => values.push(value),
                        None => {
                            self.mark = start;
                            break;
                        }
                    }
                }
                self.level -= 1;
                if *some && values.is_empty() { Ok(None) } else { Ok(Some(self.list(&values))) }
            }
            Item::Gather(separator, element) => {
                self.deepen()?;
                let Some(first) = self.item(element)? else {
                    self.level -= 1;
                    return Ok(None);
                };
                let mut values = vec![first];
                self.deepen()?;
                loop {
                    let before = self.mark;
                    let next = match self.item(separator)? {
                        Some(_) => self.item(element)?,
                        None => None,
                    };
                    match next {
                        Some(value) => values.push(value),
                        None => {
                            self.mark = before;
                            break;
                        }
                    }
                }
                self.level -= 2;
                Ok(Some(self.list(&values)))
            }
            Item::Ahead(item) => Ok(self.looks(item)?.then_some(Value::Absent)),
            Item::NotAhead(item) => Ok((!self.looks(item)?).then_some(Value::Absent)),
            Item::Cut => Ok(Some(Value::Absent)),
            Item::Forced(kind) => {
                let value = self.token(*kind)?;
                if value.is_none() {
                    let at = Value::Token(self.mark as u32);
                    return self.raise_range(at, at, format!("expected '{}'", kind.text()));
                }
                Ok(value)
            }
        }
    }

    /// Whether an item would match.
    fn looks(&mut self, item: &'static Item) -> Result<bool, Raised> {
        let start = self.mark;
        let matched = self.item(item)?.is_some();
        self.mark = start;
        Ok(matched)
    }

    fn soft(&mut self, is_it: impl Fn(&str) -> bool) -> Match {
        if self.peek()? != TokenKind::Name {
            return Ok(None);
        }
        if !is_it(self.text(self.mark as u32)) {
            return Ok(None);
        }
        self.mark += 1;
        Ok(Some(Value::Token(self.mark as u32 - 1)))
    }

    // Values.

    fn act(&mut self, alternative: &'static Alternative, start: usize, values: &[Value; 16]) -> Match {
        if let Some((minor, what)) = &alternative.since {
            self.check_version(*minor, what)?;
        }
        match &alternative.action {
            Action::Value(item) => Ok(Some(values[*item])),
            Action::Node(kind, parts) => {
                let part = |at: usize| parts.get(at).map_or(Value::Absent, |&item| values[item]);
                Ok(Some(self.node(*kind, start, part(0), part(1))))
            }
            Action::Null => Ok(None),
            Action::Call(name, parts) => {
                let part = |at: usize| parts.get(at).map_or(Value::Absent, |&item| values[item]);
                self.call(name, start, part(0), part(1))
            }
            Action::Raise(place, pieces) => {
                let message = self.message(pieces, values);
                match *place {
                    Place::At(a) => self.raise_range(values[a], values[a], message),
                    Place::Range(a, b) => self.raise_range(values[a], values[b], message),
                    Place::From(a) => self.raise_from(values[a], message),
                    Place::Last => self.raise_last(ErrorKind::SyntaxError, message),
                    Place::Next => self.raise_next(message),
                    Place::Indent => self.raise_last(ErrorKind::IndentationError, message),
                }
            }
        }
    }

    fn check_version(&mut self, minor: u8, what: &str) -> Result<(), Raised> {
        if self.options.feature_version >= minor {
            return Ok(());
        }
        let message = format!("{what} only supported in Python 3.{minor} and greater");
        self.raise_last(ErrorKind::SyntaxError, message)
    }

    /// What CPython finds wrong with a number as soon as it takes one.
    fn check_number(&mut self, index: usize) -> Result<(), Raised> {
        let token = self.tokens.tokens[index];
        let text = token.text(self.source);
        if text.contains('_') {
            self.check_version(6, "Underscores in numeric literals are")?;
        }
        match numbers::too_many_digits(text, self.options.max_int_digits) {
            Some(message) => {
                let tok_lineno = self.tok_lineno();
                let line = i64::from(token.lineno);
                self.raise_known(ErrorKind::SyntaxError, message, (line, 0), (line, 0), tok_lineno)
            }
            None => Ok(()),
        }
    }

    fn message(&self, pieces: &[Piece], values: &[Value; 16]) -> String {
        let mut message = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => message.push_str(text),
                Piece::Name(item) => message.push_str(self.kind(values[*item]).description()),
                Piece::Line(item) => message.push_str(&self.first_token(values[*item]).lineno.to_string()),
                Piece::Source(item) => {
                    message.push_str(self.first_token(values[*item]).text(self.source));
                }
            }
        }
        message
    }

    /// A node from `start` to the last token taken that is more than layout.
    pub fn node(&mut self, kind: Kind, start: usize, a: Value, b: Value) -> Value {
        let mut last = self.mark.saturating_sub(1);
        while last > start && self.is_layout(last) {
            last -= 1;
        }
        self.nodes.push(Node { kind, first: start as u32, last: last as u32, a, b });
        Value::Node(self.nodes.len() as u32 - 1)
    }

    fn is_layout(&self, token: usize) -> bool {
        use TokenKind::{Dedent, EndMarker, Indent, Newline};
        matches!(self.tokens.tokens[token].kind, Newline | Indent | Dedent | EndMarker)
    }

    pub fn list(&mut self, values: &[Value]) -> Value {
        let start = self.lists.len();
        self.lists.extend_from_slice(values);
        Value::List(start as u32, values.len() as u32)
    }

    /// The members of a list; none of anything else.
    pub fn members(&self, value: Value) -> Vec<Value> {
        match value {
            Value::List(start, length) => self.lists[start as usize..(start + length) as usize].to_vec(),
            _ => Vec::new(),
        }
    }

    pub fn parts(&self, value: Value) -> (Value, Value) {
        match value {
            Value::Node(node) => (self.nodes[node as usize].a, self.nodes[node as usize].b),
            _ => (Value::Absent, Value::Absent),
        }
    }

    pub fn kind(&self, value: Value) -> Kind {
        match value {
            Value::Node(node) => self.nodes[node as usize].kind,
            Value::Token(token) => match self.tokens.tokens.get(token as usize).map(|token| token.kind) {
                Some(TokenKind::Name) => Kind::Name,
                Some(TokenKind::None) => Kind::None,
                Some(TokenKind::True) => Kind::True,
                Some(TokenKind::False) => Kind::False,
                _ => Kind::Other,
            },
            _ => Kind::Other,
        }
    }

    /// The indices of the first and last token of a value.
    fn range(&self, value: Value) -> (u32, u32) {
        match value {
            Value::Token(token) => (token, token),
            Value::Node(node) => (self.nodes[node as usize].first, self.nodes[node as usize].last),
            Value::List(start, length) if length > 0 => {
                let (first, last) = (self.lists[start as usize], self.lists[(start + length) as usize - 1]);
                (self.range(first).0, self.range(last).1)
            }
            _ => (self.mark as u32, self.mark as u32),
        }
    }

    pub fn first_token(&self, value: Value) -> Token {
        self.token_at(self.range(value).0)
    }

    pub fn last_token(&self, value: Value) -> Token {
        self.token_at(self.range(value).1)
    }

    pub fn token_at(&self, index: u32) -> Token {
        let tokens = &self.tokens.tokens;
        tokens.get(index as usize).or(tokens.last()).copied().unwrap_or(Token {
            kind: TokenKind::EndMarker,
            level: 0,
            start: 0,
            end: 0,
            lineno: 1,
            col: 0,
            end_lineno: 1,
            end_col: 0,
        })
    }

    pub fn text(&self, token: u32) -> &'s str {
        self.token_at(token).text(self.source)
    }

    /// The last token taken.
    pub fn previous(&self) -> Token {
        self.token_at(self.mark.saturating_sub(1) as u32)
    }

    // Errors. Columns count from 1 here, in bytes; 0 and -1 stand for none.

    /// An error at the last token read.
    pub fn raise_last<T>(&mut self, kind: ErrorKind, message: impl Into<String>) -> Result<T, Raised> {
        self.raise_token(kind, self.fill.saturating_sub(1), message.into())
    }

    fn raise_next<T>(&mut self, message: String) -> Result<T, Raised> {
        self.peek()?;
        self.raise_token(ErrorKind::SyntaxError, self.mark, message)
    }

    fn raise_token<T>(&mut self, kind: ErrorKind, index: usize, message: String) -> Result<T, Raised> {
        if self.fill == 0 {
            return self.raise_known(kind, message, (0, 0), (0, -1), 0);
        }
        let tok_lineno = self.tok_lineno();
        let Some(&token) = self.tokens.tokens.get(index) else {
            let (lineno, col) = (i64::from(self.tokens.stop_lineno), i64::from(self.tokens.stop_col));
            return self.raise_known(kind, message, (lineno, col), (lineno, -1), tok_lineno);
        };
        let lineno = i64::from(token.lineno);
        let (mut col, mut end_col) = (self.cur_col(token), -1);
        if token.col != NO_COL {
            (col, end_col) = (i64::from(token.col) + 1, i64::from(end_column(token)) + 1);
        }
        self.raise_known(kind, message, (lineno, col), (i64::from(token.end_lineno), end_col), tok_lineno)
    }

    /// An error from one value's start to another's end.
    pub fn raise_range<T>(&mut self, a: Value, b: Value, message: impl Into<String>) -> Result<T, Raised> {
        let (first, last) = (self.first_token(a), self.last_token(b));
        self.raise_between((first.lineno, first.col), (last.end_lineno, end_column(last)), message)
    }

    pub fn raise_between<T>(
        &mut self,
        (lineno, col): (u32, u32),
        (end_lineno, end_col): (u32, u32),
        message: impl Into<String>,
    ) -> Result<T, Raised> {
        let tok_lineno = self.tok_lineno();
        let start = (i64::from(lineno), column(col));
        let end = (i64::from(end_lineno), column(end_col));
        self.raise_known(ErrorKind::SyntaxError, message.into(), start, end, tok_lineno)
    }

    /// An error from a value's start to the end of what was read.
    pub fn raise_from<T>(&mut self, a: Value, message: String) -> Result<T, Raised> {
        let first = self.first_token(a);
        let tok_lineno = self.tok_lineno();
        let start = (i64::from(first.lineno), column(first.col));
        self.raise_known(ErrorKind::SyntaxError, message, start, (CURRENT, CURRENT), tok_lineno)
    }

    /// The line that the tokenizer is in after what was read.
    fn tok_lineno(&self) -> u32 {
        match self.tokens.tokens.get(self.fill.saturating_sub(1)) {
            Some(token) => token.end_lineno,
            None => self.tokens.stop_lineno,
        }
    }

    /// The byte column in that line after a token.
    fn cur_col(&self, token: Token) -> i64 {
        let start = self.lines.start(token.end_lineno);
        let at_end = token.end as usize == self.source.len();
        let implied = at_end && self.options.start == Start::File && !self.source.ends_with('\n');
        let newline = token.kind == TokenKind::Newline && token.col != NO_COL;
        let col = i64::from(token.end) - i64::from(start);
        col + i64::from(newline && !at_end || implied && (newline || token.col == NO_COL))
    }

    fn raise_known<T>(
        &mut self,
        kind: ErrorKind,
        message: String,
        (lineno, col): (i64, i64),
        (mut end_lineno, mut end_col): (i64, i64),
        tok_lineno: u32,
    ) -> Result<T, Raised> {
        if end_lineno == CURRENT {
            end_lineno = i64::from(tok_lineno);
            let last = self.token_at(self.fill.saturating_sub(1) as u32);
            end_col = self.cur_col(last);
        }
        // Of the line being read there is all, of others no newline: what lies beyond is cut off.
        let lineno32 = lineno.max(0) as u32;
        let mut text = if i64::from(tok_lineno) <= lineno {
            self.lines.text_with_newline(tok_lineno).to_owned()
        } else {
            self.lines.text(lineno32).to_owned()
        };
        let whole = self.options.start == Start::File;
        if kind == ErrorKind::IncompleteInput && self.tokens.stop == Stop::EofInString {
            // An unfinished string's lines belong together.
            text = self.source[self.lines.start(tok_lineno) as usize..].to_owned();
        }
        if i64::from(tok_lineno) <= lineno && whole && !text.ends_with('\n') {
            text.push('\n');
        }
        let offset = characters(&text, col);
        let end_offset = if end_col > 0 { characters(&text, end_col) } else { end_col };
        self.error = Some(SyntaxError {
            kind,
            message,
            lineno: lineno as i32,
            offset: offset as i32,
            end_lineno: end_lineno as i32,
            end_offset: end_offset as i32,
            text: Some(text),
        });
        Err(Raised)
    }
}

/// A column in bytes from 0 as one from 1; 0 for none.
fn column(col: u32) -> i64 {
    if col == NO_COL { 0 } else { i64::from(col) + 1 }
}

/// The column where a token ends; for the parser, a NEWLINE holds its newline.
fn end_column(token: Token) -> u32 {
    match token.kind {
        TokenKind::Newline if token.col != NO_COL => token.end_col + 1,
        _ => token.end_col,
    }
}
