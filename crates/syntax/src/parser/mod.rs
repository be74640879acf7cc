//! Tokens to tree: a predictive parser for the grammar of <https://docs.python.org/3/reference/grammar.html>.
//!
//! It accepts what CPython's grammar accepts and makes the same tree; where it can't go on it gives up without
//! saying why, for the messages are `diagnose`'s affair. Only errors that CPython raises from within the grammar
//! (a bad conversion, a version check, …) are made here. It looks ahead by index over the tokens and goes back
//! only for `with (` and a statement that begins with the name `match`.
//!
//! Children are collected on the parser's own stacks (`exprs`, `stmts`, …) and copied to the arena once a list
//! is whole, so no node costs an allocation of its own.

mod atoms;
mod blocks;
mod definitions;
mod expressions;
pub(crate) mod numbers;
mod patterns;
mod statements;
mod strings;
mod targets;

use bumpalo::Bump;

use crate::ast::*;
use crate::diagnose;
use crate::error::{ErrorKind, Lines, Span, SyntaxError, Warning};
use crate::tokenizer::{self, Token, TokenKind, Tokens};

/// What kind of source is parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A file: `Module`.
    #[default]
    Exec,
    /// One interactive statement: `Interactive`.
    Single,
    /// One expression: `Expression`.
    Eval,
    /// A signature comment: `FunctionType`.
    FuncType,
}

/// How to parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The minor version whose grammar is wanted, as `ast.parse`'s `feature_version`.
    pub feature_version: u8,
    pub type_comments: bool,
    /// `<>` instead of `!=`, from the start (`from __future__ import barry_as_FLUFL` switches it on too).
    pub barry_as_bdfl: bool,
    /// In single mode, don't close open blocks at the end of input.
    pub dont_imply_dedent: bool,
    /// Report input that could go on as `IncompleteInput`.
    pub allow_incomplete_input: bool,
    /// The limit of `sys.set_int_max_str_digits`; 0 for none.
    pub max_int_digits: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            feature_version: 14,
            type_comments: false,
            barry_as_bdfl: false,
            dont_imply_dedent: false,
            allow_incomplete_input: false,
            max_int_digits: 4300,
        }
    }
}

/// Parses a source whose newlines are `\n`; see [`crate::source`] for how bytes become one.
/// Warnings are added in the order in which CPython issues them.
pub fn parse<'a>(
    source: &'a str,
    mode: Mode,
    options: Options,
    arena: &'a Bump,
    warnings: &mut Vec<Warning>,
) -> Result<Mod<'a>, SyntaxError> {
    let token_options = tokenizer::Options {
        extra_tokens: false,
        type_comments: options.type_comments,
        fragment: mode != Mode::Exec,
        single: mode == Mode::Single,
        dont_imply_dedent: options.dont_imply_dedent,
    };
    let mut tokens = tokenizer::tokenize(source, token_options);
    take_flufl(source, &mut tokens, options.barry_as_bdfl);
    let mut type_ignores: &'a [TypeIgnore<'a>] = &[];
    if options.type_comments {
        let ignores: Vec<TypeIgnore<'a>> = tokens
            .tokens
            .iter()
            .filter(|token| token.kind == TokenKind::TypeIgnore)
            .map(|token| TypeIgnore {
                lineno: token.lineno as i32,
                tag: type_ignore_tag(token, source, arena),
            })
            .collect();
        tokens.tokens.retain(|token| token.kind != TokenKind::TypeIgnore);
        type_ignores = arena.alloc_slice_copy(&ignores);
    }
    // Whatever the tokens end with, the parser must find a token that fits nowhere behind them.
    let last = tokens.tokens.last().copied().unwrap_or(END);
    tokens.tokens.push(Token { kind: TokenKind::ErrorToken, start: last.end, ..last });

    let mut parser = Parser::new(source, &tokens.tokens, options, arena);
    let result = parser.module(mode, type_ignores);
    let position = parser.furthest.max(parser.position);
    let error = parser.error.take();
    let mut found = parser.warnings;
    let later = found_up_to(&mut tokens, position, &mut found);
    found.sort_by_key(|(index, _)| *index);
    warnings.extend(found.into_iter().map(|(_, warning)| warning));
    if let (Ok(module), None) = (result, &error) {
        return Ok(module);
    }
    tokens.tokens.pop();
    let error = explain(source, &tokens, mode, options, error.map(|error| *error));
    // CPython looks through the rest for errors of the tokenizer then, and so meets its warnings.
    let looks_on = match error.kind {
        ErrorKind::SyntaxError => true,
        ErrorKind::IndentationError => !error.message.starts_with("unexpected "),
        _ => false,
    };
    if looks_on {
        warnings.extend(later);
    }
    Err(error)
}

/// Adds the tokenizer's warnings up to a token to those of the parser; returns those further on.
fn found_up_to(tokens: &mut Tokens, position: usize, found: &mut Vec<(u32, Warning)>) -> Vec<Warning> {
    let (near, far): (Vec<_>, Vec<_>) =
        std::mem::take(&mut tokens.warnings).into_iter().partition(|(index, _)| *index as usize <= position);
    found.extend(near);
    far.into_iter().map(|(_, warning)| warning).collect()
}

/// The feature that brings `<>` back.
const FLUFL: &str = "barry_as_FLUFL";

/// Joins the tokens of `<>` where that feature is in force: from the start or from its import on.
pub(crate) fn take_flufl(source: &str, tokens: &mut Tokens, from_start: bool) {
    if from_start {
        join_unequal(tokens, 0);
    } else if memchr::memmem::find(source.as_bytes(), FLUFL.as_bytes()).is_some()
        && let Some(import) = flufl_import(source, &tokens.tokens)
    {
        join_unequal(tokens, import);
    }
}

/// The place of that name in the first `from __future__ import` that has it.
fn flufl_import(source: &str, tokens: &[Token]) -> Option<usize> {
    use TokenKind::{As, From, Import, Newline, Semi};
    let mut from = 0;
    loop {
        from += tokens[from..].iter().position(|token| token.kind == From)? + 1;
        let [module, import, names @ ..] = &tokens[from..] else { return None };
        if import.kind != Import || module.text(source) != "__future__" {
            continue;
        }
        let end = names.iter().position(|token| matches!(token.kind, Newline | Semi)).unwrap_or(names.len());
        let is_it = |at: usize| names[at].text(source) == FLUFL && (at == 0 || names[at - 1].kind != As);
        if let Some(at) = (0..end).find(|&at| is_it(at)) {
            return Some(from + 2 + at);
        }
    }
}

/// Makes one token of every `<>` from this one on, as CPython's tokenizer does once the feature is in force.
fn join_unequal(tokens: &mut Tokens, start: usize) {
    let mut kept = tokens.tokens.split_off(start.min(tokens.tokens.len()));
    let mut joined = 0;
    let mut warnings = tokens.warnings.iter_mut().peekable();
    for token in kept.drain(..) {
        let at = (tokens.tokens.len() + joined) as u32;
        while let Some((index, _)) = warnings.next_if(|(index, _)| *index <= at) {
            *index -= joined as u32;
        }
        // What is left of a token whose `>` a `<` before it takes.
        let rest = match token.kind {
            TokenKind::Greater => None,
            TokenKind::GreaterEqual => Some(TokenKind::Equal),
            TokenKind::RightShift => Some(TokenKind::Greater),
            TokenKind::RightShiftEqual => Some(TokenKind::GreaterEqual),
            _ => Some(token.kind),
        };
        match tokens.tokens.last_mut() {
            Some(last)
                if last.kind == TokenKind::Less && rest != Some(token.kind) && last.end == token.start =>
            {
                last.kind = TokenKind::NotEqual;
                (last.end, last.end_col) = (last.end + 1, last.end_col + 1);
                match rest {
                    Some(kind) => {
                        let (start, col) = (token.start + 1, token.col + 1);
                        tokens.tokens.push(Token { kind, start, col, ..token });
                    }
                    None => joined += 1,
                }
            }
            _ => tokens.tokens.push(token),
        }
    }
    warnings.for_each(|(index, _)| *index -= joined as u32);
}

/// The error of a program that the parser gave up on; `raised` is what the parser itself had to say.
fn explain(
    source: &str,
    tokens: &Tokens,
    mode: Mode,
    options: Options,
    raised: Option<SyntaxError>,
) -> SyntaxError {
    if let Some(error) = raised.as_ref().filter(|error| !error.kind.is_syntax()) {
        return error.clone();
    }
    let start = match mode {
        Mode::Exec => diagnose::Start::File,
        Mode::Single => diagnose::Start::Interactive,
        Mode::Eval => diagnose::Start::Eval,
        Mode::FuncType => diagnose::Start::FuncType,
    };
    let options = diagnose::Options {
        start,
        incomplete_input: options.allow_incomplete_input,
        barry_as_flufl: options.barry_as_bdfl,
        feature_version: options.feature_version,
        max_int_digits: options.max_int_digits,
    };
    let found = diagnose::diagnose(source, tokens, options).or(raised).or(tokens.error.clone());
    found.unwrap_or_else(|| {
        let last = tokens.tokens.last().copied().unwrap_or(END);
        Lines::new(source).error(ErrorKind::SyntaxError, "invalid syntax", span(&last))
    })
}

/// What follows `# type: ignore`; if the comment has its line for itself, the newline too.
fn type_ignore_tag<'a>(token: &Token, source: &'a str, arena: &'a Bump) -> Text<'a> {
    let (tag, before) = (token.text(source), &source[..token.start as usize]);
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    if !line.trim_start().starts_with('#') {
        return Text::new(tag);
    }
    Text::new(match source.get(token.start as usize..token.end as usize + 1) {
        Some(with_newline) => with_newline,
        None => arena.alloc_str(&format!("{tag}\n")),
    })
}

/// The position of a source without tokens.
const END: Token = Token {
    kind: TokenKind::ErrorToken,
    level: 0,
    start: 0,
    end: 0,
    lineno: 1,
    col: 0,
    end_lineno: 1,
    end_col: 0,
};

fn span(token: &Token) -> Span {
    Span { lineno: token.lineno, col: token.col, end_lineno: token.end_lineno, end_col: token.end_col }
}

/// The input doesn't fit the grammar here, or `Parser::error` says what is wrong.
#[derive(Clone, Copy, Debug)]
struct Fail;

type Parse<T> = Result<T, Fail>;

/// Where a node starts.
#[derive(Clone, Copy)]
struct Start {
    lineno: i32,
    col: i32,
}

/// CPython's limit on nested grammar rules.
const MAX_DEPTH: u32 = 6000;
/// About what the rules around the outermost expression count.
const BASE_DEPTH: u32 = 32;
/// What the constructs that nest count, as measured.
mod cost {
    pub const GROUP: u32 = 28;
    pub const DISPLAY: u32 = 29;
    pub const CALL: u32 = 24;
    pub const KEYWORD: u32 = 3;
    pub const FIELD: u32 = 33;
    pub const BLOCK: u32 = 6;
    pub const LAMBDA: u32 = 2;
    pub const DEFAULT: u32 = 8;
    pub const PATTERN: u32 = 8;
}

struct Parser<'a, 't> {
    source: &'a str,
    tokens: &'t [Token],
    position: usize,
    /// The furthest failure of an alternative that was given up.
    furthest: usize,
    arena: &'a Bump,
    options: Options,
    /// `from __future__ import barry_as_FLUFL` is in force.
    flufl: bool,
    /// About how deep CPython's parser would be in its rules.
    depth: u32,
    error: Option<Box<SyntaxError>>,
    /// Each with the index of the token that was next.
    warnings: Vec<(u32, Warning)>,
    exprs: Vec<Expr<'a>>,
    optional_exprs: Vec<Option<&'a Expr<'a>>>,
    stmts: Vec<Stmt<'a>>,
    keywords: Vec<Keyword<'a>>,
    comprehensions: Vec<Comprehension<'a>>,
    operators: Vec<CmpOp>,
    names: Vec<&'a str>,
    aliases: Vec<Alias<'a>>,
    args: Vec<Arg<'a>>,
    patterns: Vec<Pattern<'a>>,
    middles: Vec<strings::Middle>,
    /// Starts of nested nodes that are folded from the inside.
    starts: Vec<(Start, TokenKind)>,
}

/// How far each stack was filled, to go back to.
struct Checkpoint {
    position: usize,
    depth: u32,
    exprs: usize,
    optional_exprs: usize,
    stmts: usize,
    keywords: usize,
    comprehensions: usize,
    operators: usize,
    names: usize,
    args: usize,
    middles: usize,
    starts: usize,
    warnings: usize,
}

/// Defines, for one of the parser's stacks, how what was pushed since `mark` becomes a list in the arena.
macro_rules! take_list {
    ($($name:ident $stack:ident $type:ty;)*) => { $(
        #[inline]
        fn $name(&mut self, mark: usize) -> &'a [$type] {
            if self.$stack.len() == mark {
                return &[];
            }
            let list = self.arena.alloc_slice_copy(&self.$stack[mark..]);
            self.$stack.truncate(mark);
            list
        }
    )* };
}

impl<'a, 't> Parser<'a, 't> {
    fn new(source: &'a str, tokens: &'t [Token], options: Options, arena: &'a Bump) -> Self {
        Parser {
            source,
            tokens,
            position: 0,
            furthest: 0,
            arena,
            options,
            flufl: options.barry_as_bdfl,
            depth: BASE_DEPTH,
            error: None,
            warnings: Vec::new(),
            exprs: Vec::new(),
            optional_exprs: Vec::new(),
            stmts: Vec::new(),
            keywords: Vec::new(),
            comprehensions: Vec::new(),
            operators: Vec::new(),
            names: Vec::new(),
            aliases: Vec::new(),
            args: Vec::new(),
            patterns: Vec::new(),
            middles: Vec::new(),
            starts: Vec::new(),
        }
    }

    take_list! {
        take_exprs exprs Expr<'a>;
        take_optional_exprs optional_exprs Option<&'a Expr<'a>>;
        take_stmts stmts Stmt<'a>;
        take_keywords keywords Keyword<'a>;
        take_comprehensions comprehensions Comprehension<'a>;
        take_operators operators CmpOp;
        take_names names &'a str;
        take_aliases aliases Alias<'a>;
        take_args args Arg<'a>;
        take_patterns patterns Pattern<'a>;
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            position: self.position,
            depth: self.depth,
            exprs: self.exprs.len(),
            optional_exprs: self.optional_exprs.len(),
            stmts: self.stmts.len(),
            keywords: self.keywords.len(),
            comprehensions: self.comprehensions.len(),
            operators: self.operators.len(),
            names: self.names.len(),
            args: self.args.len(),
            middles: self.middles.len(),
            starts: self.starts.len(),
            warnings: self.warnings.len(),
        }
    }

    /// Goes back for another alternative, unless there is a definite error.
    fn go_back(&mut self, to: &Checkpoint) -> Parse<()> {
        if self.error.is_some() {
            return Err(Fail);
        }
        self.furthest = self.furthest.max(self.position);
        self.position = to.position;
        self.depth = to.depth;
        self.exprs.truncate(to.exprs);
        self.optional_exprs.truncate(to.optional_exprs);
        self.stmts.truncate(to.stmts);
        self.keywords.truncate(to.keywords);
        self.comprehensions.truncate(to.comprehensions);
        self.operators.truncate(to.operators);
        self.names.truncate(to.names);
        self.args.truncate(to.args);
        self.middles.truncate(to.middles);
        self.starts.truncate(to.starts);
        self.warnings.truncate(to.warnings);
        Ok(())
    }

    // Tokens.

    #[inline(always)]
    fn token(&self) -> &'t Token {
        &self.tokens[self.position]
    }

    #[inline(always)]
    fn kind(&self) -> TokenKind {
        self.tokens[self.position].kind
    }

    /// The kind of the token `ahead` places further.
    #[inline(always)]
    fn peek(&self, ahead: usize) -> TokenKind {
        self.tokens.get(self.position + ahead).map_or(TokenKind::ErrorToken, |token| token.kind)
    }

    #[inline(always)]
    fn text(&self) -> &'a str {
        self.token().text(self.source)
    }

    /// Steps over a token whose kind was looked at (so it isn't the last).
    #[inline(always)]
    fn advance(&mut self) {
        self.position += 1;
    }

    #[inline(always)]
    fn accept(&mut self, kind: TokenKind) -> bool {
        // A branch, not `position += usize::from(found)`: rustc 1.95 with `opt-level` 2 loses that addition.
        if self.kind() == kind {
            self.position += 1;
            return true;
        }
        false
    }

    #[inline(always)]
    fn expect(&mut self, kind: TokenKind) -> Parse<()> {
        if self.accept(kind) { Ok(()) } else { Err(Fail) }
    }

    /// Whether the current token is this soft keyword.
    #[inline]
    fn at_word(&self, word: &str) -> bool {
        self.kind() == TokenKind::Name && self.text() == word
    }

    /// A name, which ends up as CPython's identifiers do: in normal form KC.
    #[inline]
    fn name(&mut self) -> Parse<&'a str> {
        if self.kind() != TokenKind::Name {
            return Err(Fail);
        }
        let name = self.identifier(self.text());
        self.advance();
        Ok(name)
    }

    #[inline]
    fn identifier(&self, text: &'a str) -> &'a str {
        if text.is_ascii() { text } else { self.normalized(text) }
    }

    #[cold]
    fn normalized(&self, text: &'a str) -> &'a str {
        use unicode_normalization::{UnicodeNormalization, is_nfkc};
        if is_nfkc(text) { text } else { self.arena.alloc_str(&text.nfkc().collect::<String>()) }
    }

    // Locations.

    #[inline(always)]
    fn start(&self) -> Start {
        let token = self.token();
        Start { lineno: token.lineno as i32, col: token.col as i32 }
    }

    /// From `start` to the end of the last token.
    #[inline(always)]
    fn location(&self, start: Start) -> Location {
        let last = &self.tokens[self.position - 1];
        Location {
            lineno: start.lineno,
            col_offset: start.col,
            end_lineno: last.end_lineno as i32,
            end_col_offset: last.end_col as i32,
        }
    }

    /// From `start` to the end of the last token that is more than layout.
    fn block_location(&self, start: Start) -> Location {
        let mut index = self.position - 1;
        while index > 0
            && matches!(
                self.tokens[index].kind,
                TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndMarker
            )
        {
            index -= 1;
        }
        let last = &self.tokens[index];
        Location {
            lineno: start.lineno,
            col_offset: start.col,
            end_lineno: last.end_lineno as i32,
            end_col_offset: last.end_col as i32,
        }
    }

    #[inline(always)]
    fn node(&self, start: Start, kind: ExprKind<'a>) -> Expr<'a> {
        Expr { kind, location: self.location(start) }
    }

    #[inline(always)]
    fn alloc(&self, expr: Expr<'a>) -> &'a Expr<'a> {
        self.arena.alloc(expr)
    }

    // Errors.

    /// A definite error at a range.
    #[cold]
    fn raise_at<T>(&mut self, message: impl Into<String>, span: Span) -> Parse<T> {
        if self.error.is_none() {
            let error = Lines::new(self.source).error(ErrorKind::SyntaxError, message, span);
            self.error = Some(Box::new(error));
        }
        Err(Fail)
    }

    /// A definite error at a node.
    #[cold]
    fn raise_at_node<T>(&mut self, message: impl Into<String>, location: Location) -> Parse<T> {
        let span = Span {
            lineno: location.lineno as u32,
            col: location.col_offset as u32,
            end_lineno: location.end_lineno as u32,
            end_col: location.end_col_offset as u32,
        };
        self.raise_at(message, span)
    }

    /// A definite error where the parser stands: the last token it looked at.
    #[cold]
    fn raise<T>(&mut self, message: impl Into<String>) -> Parse<T> {
        // Behind a block nothing more was looked at.
        let layout = |token: &Token| matches!(token.kind, TokenKind::Newline | TokenKind::Dedent);
        let behind_block = self.position > 0 && layout(&self.tokens[self.position - 1]);
        let token = self.tokens[self.position - usize::from(behind_block)];
        let mut span = span(&token);
        // The parser's NEWLINE holds its newline.
        span.end_col += u32::from(token.kind == TokenKind::Newline && token.col != tokenizer::NO_COL);
        self.raise_at(message, span)
    }

    /// Goes `cost` rules deeper, as CPython's parser counts them; the caller takes the cost back.
    #[inline]
    fn deepen(&mut self, cost: u32) -> Parse<()> {
        self.depth += cost;
        if self.depth > MAX_DEPTH { self.too_deep() } else { Ok(()) }
    }

    #[cold]
    fn too_deep(&mut self) -> Parse<()> {
        let message = "Parser stack overflowed - Python source too complex to parse";
        self.error = Some(Box::new(SyntaxError::bare(ErrorKind::MemoryError, message)));
        Err(Fail)
    }

    /// Refuses what the wanted version of Python doesn't have yet.
    #[inline]
    fn check_version(&mut self, minor: u8, what: &str) -> Parse<()> {
        if self.options.feature_version >= minor {
            return Ok(());
        }
        self.raise(format!("{what} only supported in Python 3.{minor} and greater"))
    }

    // Modules.

    fn module(&mut self, mode: Mode, type_ignores: &'a [TypeIgnore<'a>]) -> Parse<Mod<'a>> {
        match mode {
            Mode::Exec => {
                while self.kind() != TokenKind::EndMarker {
                    self.statement()?;
                }
                Ok(Mod::Module { body: self.take_stmts(0), type_ignores })
            }
            Mode::Single => {
                self.interactive()?;
                Ok(Mod::Interactive { body: self.take_stmts(0) })
            }
            Mode::Eval => {
                let body = self.expressions()?;
                self.end_of_input()?;
                Ok(Mod::Expression { body: self.alloc(body) })
            }
            Mode::FuncType => {
                let argtypes = self.type_expressions()?;
                self.expect(TokenKind::RArrow)?;
                let returns = self.expression()?;
                self.end_of_input()?;
                Ok(Mod::FunctionType { argtypes, returns: self.alloc(returns) })
            }
        }
    }

    fn end_of_input(&mut self) -> Parse<()> {
        while self.accept(TokenKind::Newline) {}
        if self.kind() == TokenKind::EndMarker { Ok(()) } else { Err(Fail) }
    }

    /// One interactive statement, and nothing behind it.
    fn interactive(&mut self) -> Parse<()> {
        match self.kind() {
            TokenKind::Newline => {
                let start = self.start();
                self.advance();
                let location = self.location(start);
                self.stmts.push(Stmt { kind: StmtKind::Pass, location });
            }
            TokenKind::EndMarker => return Err(Fail),
            _ => {
                if self.compound_statement()? {
                    self.expect(TokenKind::Newline)?;
                } else {
                    self.simple_statements()?;
                }
            }
        }
        let mut rest = &self.source[self.tokens[self.position - 1].end as usize..];
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\n', '\x0C']);
            if !rest.starts_with('#') {
                break;
            }
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        }
        if rest.is_empty() {
            return Ok(());
        }
        self.raise("multiple statements found while compiling a single statement")
    }

    /// The parenthesized parameter types of a signature comment.
    fn type_expressions(&mut self) -> Parse<&'a [Expr<'a>]> {
        self.expect(TokenKind::LPar)?;
        let mark = self.exprs.len();
        // 1 after `*expression`, 2 after `**expression`.
        let mut stars = 0;
        if self.kind() != TokenKind::RPar {
            loop {
                let now = match self.kind() {
                    TokenKind::Star => 1,
                    TokenKind::DoubleStar => 2,
                    _ => 0,
                };
                if now > 0 {
                    if now <= stars {
                        return Err(Fail);
                    }
                    self.advance();
                } else if stars > 0 {
                    return Err(Fail);
                }
                stars = now;
                let expr = self.expression()?;
                self.exprs.push(expr);
                if !self.accept(TokenKind::Comma) {
                    break;
                }
            }
        }
        self.expect(TokenKind::RPar)?;
        Ok(self.take_exprs(mark))
    }
}
