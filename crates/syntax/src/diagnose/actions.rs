//! The actions of the grammar that are more than a node or a fixed message.

use super::engine::{Engine, Match};
use super::nodes::{Kind, Value};
use crate::error::ErrorKind;
use crate::strings::{self, Literal};
use crate::tokenizer::TokenKind;

/// What a target is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Assign,
    Delete,
    For,
}

impl Engine<'_> {
    /// Runs the action with this name.
    pub(super) fn call(&mut self, name: &str, start: usize, a: Value, b: Value) -> Match {
        match name {
            "tuple" => {
                let elements = self.prepended(a, b);
                Ok(Some(self.node(Kind::Tuple, start, elements, Value::Absent)))
            }
            "elements" => Ok(Some(self.prepended(a, b))),
            "join" => {
                let joined = [self.members(a), self.members(b)].concat();
                Ok(Some(self.list(&joined)))
            }
            "args" => self.args(start, a, b),
            "future" => self.future(a),
            "noteq" => match self.barry && self.first_token(a).text(self.source) != "<>" {
                true => {
                    self.raise_last(ErrorKind::SyntaxError, "with Barry as BDFL, use '<>' instead of '!='")
                }
                false => Ok(Some(Value::Absent)),
            },
            "invalid_noteq" => match self.adjacent(a, b) {
                true => self.raise_range(a, b, "invalid syntax.  Maybe you meant '!=' instead of '<>'?"),
                false => Ok(None),
            },
            "real" => match self.is_imaginary(a) {
                true => self.raise_range(a, a, "real number required in complex literal"),
                false => Ok(Some(a)),
            },
            "imaginary" => match self.is_imaginary(a) {
                true => Ok(Some(a)),
                false => self.raise_range(a, a, "imaginary number required in complex literal"),
            },
            "conversion" => self.conversion(a, b),
            "string" => self.string(start, a),
            "middle" => self.middle(a, false),
            "fstring" => self.interpolated(start, a, b, Kind::FString),
            "tstring" => self.interpolated(start, a, b, Kind::TString),
            "strings" => self.strings(start, a),
            "mixed_strings" => {
                let last = self.members(a).last().copied().unwrap_or(a);
                let first = self.members(b).first().copied().unwrap_or(b);
                let message = "cannot mix t-string literals with string or bytes literals";
                self.raise_range(last, first, message)
            }
            "genexp_argument" => self.genexp_argument(a, b),
            "nonparen_genexp" => {
                let arguments = self.members(self.parts(a).0);
                match arguments.last() {
                    Some(&last) if arguments.len() > 1 => self.genexp_argument(last, b),
                    _ => Ok(None),
                }
            }
            "positional_follows" => {
                let keywords = self.members(self.parts(a).1);
                let unpacking = keywords.iter().any(|&keyword| self.kind(keyword) == Kind::DoubleStarred);
                let message = match unpacking {
                    true => "positional argument follows keyword argument unpacking",
                    false => "positional argument follows keyword argument",
                };
                self.raise_last(ErrorKind::SyntaxError, message)
            }
            "legacy" => {
                let name = self.first_token(a).text(self.source);
                if !matches!(name, "print" | "exec") {
                    return Ok(None);
                }
                let message = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
                self.raise_range(a, b, message)
            }
            "forgot_comma" => {
                let legacy = self.kind(a) == Kind::Name
                    && matches!(self.first_token(a).text(self.source), "print" | "exec");
                if legacy || self.previous().level == 0 {
                    return Ok(None);
                }
                self.raise_range(a, b, "invalid syntax. Perhaps you forgot a comma?")
            }
            "type_param_bound" => self.type_param_bound(start, a, b),
            "colon_expected" => {
                let last = self.last_token(a);
                let first = self.first_token(a);
                let start = (first.lineno, last.end_col.wrapping_sub(1));
                let end = (last.end_lineno, crate::tokenizer::NO_COL);
                self.raise_between(start, end, "':' expected after dictionary key")
            }
            "invalid_star_target" => self.invalid_target(a, Target::Assign),
            "invalid_del_target" => self.invalid_target(a, Target::Delete),
            "invalid_for_target" => self.invalid_target(a, Target::For),
            _ => Ok(None),
        }
    }

    /// A list of one value and the members of another.
    fn prepended(&mut self, first: Value, rest: Value) -> Value {
        let mut values = vec![first];
        values.extend(self.members(rest));
        self.list(&values)
    }

    /// Sorts arguments into positional ones and keywords.
    fn args(&mut self, start: usize, a: Value, b: Value) -> Match {
        let is_keyword = |kind: Kind| matches!(kind, Kind::Keyword | Kind::DoubleStarred);
        let all = [self.members(a), self.members(b)].concat();
        let (keywords, positional): (Vec<Value>, Vec<Value>) =
            all.into_iter().partition(|&argument| is_keyword(self.kind(argument)));
        let positional = self.list(&positional);
        let keywords = self.list(&keywords);
        Ok(Some(self.node(Kind::Args, start, positional, keywords)))
    }

    /// `from __future__ import barry_as_FLUFL` takes effect at once.
    fn future(&mut self, module: Value) -> Match {
        if self.first_token(module).text(self.source) == "__future__" {
            let line = self.first_token(module).start as usize;
            let end = self.previous().end as usize;
            self.barry |= self.source[line..end].contains("barry_as_FLUFL");
        }
        Ok(Some(Value::Absent))
    }

    fn adjacent(&self, a: Value, b: Value) -> bool {
        self.first_token(a).end == self.first_token(b).start
    }

    fn is_imaginary(&self, number: Value) -> bool {
        self.first_token(number).text(self.source).ends_with(['j', 'J'])
    }

    /// `f` or `t`, by the kind of string that a replacement field is in.
    fn string_prefix(&self, from: Value) -> char {
        let Value::Token(token) = from else { return 'f' };
        let mut closed = 0;
        for index in (0..token).rev() {
            match self.token_at(index).kind {
                TokenKind::FStringEnd | TokenKind::TStringEnd => closed += 1,
                TokenKind::FStringStart | TokenKind::TStringStart if closed > 0 => closed -= 1,
                TokenKind::FStringStart => return 'f',
                TokenKind::TStringStart => return 't',
                _ => {}
            }
        }
        'f'
    }

    fn conversion(&mut self, mark: Value, name: Value) -> Match {
        let (exclamation, token) = (self.first_token(mark), self.first_token(name));
        let prefix = self.string_prefix(mark);
        if exclamation.end != token.start {
            let message =
                format!("{prefix}-string: conversion type must come right after the exclamation mark");
            return self.raise_range(mark, name, message);
        }
        let text = token.text(self.source);
        if !matches!(text, "s" | "r" | "a") {
            let message =
                format!("{prefix}-string: invalid conversion character '{text}': expected 's', 'r', or 'a'");
            return self.raise_range(name, name, message);
        }
        Ok(Some(name))
    }

    fn string(&mut self, start: usize, token: Value) -> Match {
        let literal = Literal::new(self.first_token(token).text(self.source));
        let kind = if literal.is_bytes { Kind::Bytes } else { Kind::Literal };
        match literal.decode() {
            Ok(_) => Ok(Some(self.node(kind, start, Value::Absent, Value::Absent))),
            Err(error @ strings::DecodeError::NotAscii) => self.raise_range(token, token, error.message()),
            Err(error) => self.raise_last(ErrorKind::SyntaxError, error.message()),
        }
    }

    fn middle(&mut self, token: Value, raw: bool) -> Match {
        match strings::decode_middle(self.first_token(token).text(self.source), raw) {
            Ok(_) => Ok(Some(token)),
            Err(error) => self.raise_last(ErrorKind::SyntaxError, error.message()),
        }
    }

    fn interpolated(&mut self, start: usize, opening: Value, middles: Value, kind: Kind) -> Match {
        let raw = strings::is_raw_start(self.first_token(opening).text(self.source));
        for piece in self.members(middles) {
            if matches!(piece, Value::Token(_)) {
                self.middle(piece, raw)?;
            }
        }
        Ok(Some(self.node(kind, start, Value::Absent, Value::Absent)))
    }

    fn strings(&mut self, start: usize, parts: Value) -> Match {
        let kinds: Vec<Kind> = self.members(parts).into_iter().map(|part| self.kind(part)).collect();
        let bytes = kinds.iter().filter(|&&kind| kind == Kind::Bytes).count();
        if bytes > 0 && bytes < kinds.len() {
            return self.raise_last(ErrorKind::SyntaxError, "cannot mix bytes and nonbytes literals");
        }
        let kind = if kinds.contains(&Kind::FString) { Kind::FString } else { Kind::Literal };
        Ok(Some(self.node(kind, start, Value::Absent, Value::Absent)))
    }

    /// From an argument to the end of the last `for` clause after it.
    fn genexp_argument(&mut self, argument: Value, clauses: Value) -> Match {
        let Some(&last) = self.members(clauses).last() else { return Ok(None) };
        let (iterable, conditions) = self.parts(last);
        let end = self.members(conditions).last().copied().unwrap_or(iterable);
        self.raise_range(argument, end, "Generator expression must be parenthesized")
    }

    fn type_param_bound(&mut self, start: usize, colon: Value, bound: Value) -> Match {
        let what = if self.kind(bound) == Kind::Tuple { "constraints" } else { "bound" };
        let whose = match self.token_at(start as u32).kind {
            TokenKind::Star => "TypeVarTuple",
            _ => "ParamSpec",
        };
        self.raise_from(colon, format!("cannot use {what} with {whose}"))
    }

    fn invalid_target(&mut self, expression: Value, target: Target) -> Match {
        let Some(wrong) = self.find_invalid_target(expression, target) else { return Ok(None) };
        let verb = if target == Target::Delete { "delete" } else { "assign to" };
        let message = format!("cannot {verb} {}", self.kind(wrong).description());
        self.raise_range(wrong, wrong, message)
    }

    /// The first part of an expression that can't be a target.
    fn find_invalid_target(&self, expression: Value, target: Target) -> Option<Value> {
        let (a, b) = self.parts(expression);
        match self.kind(expression) {
            Kind::List | Kind::Tuple => {
                self.members(a).into_iter().find_map(|element| self.find_invalid_target(element, target))
            }
            Kind::Starred if target == Target::Delete => Some(expression),
            Kind::Starred => self.find_invalid_target(a, target),
            // In `for a in b`, the whole reads as a comparison: its left side is the target.
            Kind::Compare if target == Target::For => match self.members(b).first() {
                Some(&first) if self.kind(first) == Kind::In => self.find_invalid_target(a, target),
                _ => None,
            },
            Kind::Name | Kind::Subscript | Kind::Attribute => None,
            _ => Some(expression),
        }
    }
}
