//! `match` statements (PEP 634).

use bytecode::operands::{BinaryOperator, Comparison};
use bytecode::{Constant, Opcode};
use rustc_hash::FxHashSet;
use syntax::ast::dump::repr_constant;
use syntax::ast::{self, Expr, ExprKind, MatchCase, Pattern, PatternKind};

use super::{Compiler, loc};
use crate::error::{Error, Limit, Result, check_stack};
use crate::instruction_sequence::{Label, Location, NEXT_LOCATION};
use crate::names::Name;

/// The state of matching one case.
#[derive(Default)]
struct Context {
    /// The captured names; their values are on the stack until the whole pattern has matched.
    stores: Vec<Name>,
    /// Whether a pattern that always matches may stand here.
    allow_irrefutable: bool,
    /// Where a failure goes: entry `n` pops `n` items.
    fail_pop: Vec<Label>,
    /// How many items are on the stack above the captures.
    on_top: usize,
}

/// `_`
fn is_wildcard(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { name: None, .. })
}

/// `*_`
fn is_star_wildcard(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { name: None })
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn match_statement(&mut self, subject: &'a Expr<'a>, cases: &'a [MatchCase<'a>]) -> Result {
        self.expression(subject)?;
        let end = self.label();
        let Some((last, first)) = cases.split_last() else { return Ok(()) };
        let has_default = is_wildcard(last.pattern) && !first.is_empty();
        let tested = if has_default { first } else { cases };
        for (index, case) in tested.iter().enumerate() {
            let at = loc(case.pattern.location);
            let is_last_test = index + 1 == tested.len();
            if !is_last_test {
                self.op_arg(at, Opcode::COPY, 1);
            }
            let mut context = Context {
                allow_irrefutable: case.guard.is_some() || index + 1 == cases.len(),
                ..Context::default()
            };
            self.pattern(case.pattern, &mut context)?;
            for &name in &context.stores {
                self.store_name(at, name)?;
            }
            if let Some(guard) = case.guard {
                let fail = self.fail_label(&mut context, 0);
                self.jump_if(at, guard, fail, false)?;
            }
            if !is_last_test {
                self.op(NEXT_LOCATION, Opcode::POP_TOP);
            }
            self.statements(case.body)?;
            self.jump(Location::NONE, Opcode::JUMP, end);
            self.place_fail_pops(at, &mut context);
        }
        if has_default {
            let at = loc(last.pattern.location);
            self.op(at, Opcode::NOP);
            if let Some(guard) = last.guard {
                self.jump_if(at, guard, end, false)?;
            }
            self.statements(last.body)?;
        }
        self.place(end);
        Ok(())
    }

    // Failing.

    fn fail_label(&mut self, context: &mut Context, pops: usize) -> Label {
        while context.fail_pop.len() <= pops {
            let label = self.label();
            context.fail_pop.push(label);
        }
        context.fail_pop[pops]
    }

    /// Jumps to where all that this pattern has pushed is popped.
    fn jump_to_fail_pop(&mut self, at: Location, context: &mut Context, op: Opcode) {
        let pops = context.on_top + context.stores.len();
        let label = self.fail_label(context, pops);
        self.jump(at, op, label);
    }

    fn place_fail_pops(&mut self, at: Location, context: &mut Context) {
        let labels = std::mem::take(&mut context.fail_pop);
        for (pops, &label) in labels.iter().enumerate().rev() {
            self.place(label);
            if pops > 0 {
                self.op(at, Opcode::POP_TOP);
            }
        }
    }

    // Captures.

    fn rotate(&mut self, at: Location, count: usize) {
        for depth in (2..=count).rev() {
            self.op_arg(at, Opcode::SWAP, depth as u32);
        }
    }

    fn duplicate_store<T>(&self, at: ast::Location, name: Name) -> Result<T> {
        let text = self.names.text(name);
        let mut quoted = String::new();
        repr_constant(ast::Constant::Str(text.into()), &mut quoted);
        Error::syntax(format!("multiple assignments to name {quoted} in pattern"), at)
    }

    /// Moves the top of the stack to the captures, or drops it.
    fn capture(&mut self, location: ast::Location, name: Option<&'a str>, context: &mut Context) -> Result {
        let at = loc(location);
        let Some(name) = name else {
            self.op(at, Opcode::POP_TOP);
            return Ok(());
        };
        let name = self.intern(name);
        if context.stores.contains(&name) {
            return self.duplicate_store(location, name);
        }
        self.rotate(at, context.on_top + context.stores.len() + 1);
        context.stores.push(name);
        Ok(())
    }

    // Patterns.

    fn pattern(&mut self, pattern: &'a Pattern<'a>, context: &mut Context) -> Result {
        self.depth += 1;
        check_stack(self.depth, Limit::Code)?;
        let at = loc(pattern.location);
        match pattern.kind {
            PatternKind::MatchValue { value } => {
                if !matches!(value.kind, ExprKind::Constant { .. } | ExprKind::Attribute { .. }) {
                    let message = "patterns may only match literals and attribute lookups";
                    return Error::syntax(message, pattern.location);
                }
                self.expression(value)?;
                self.compare_op(at, Comparison::Equal);
                self.op(at, Opcode::TO_BOOL);
                self.jump_to_fail_pop(at, context, Opcode::POP_JUMP_IF_FALSE);
            }
            PatternKind::MatchSingleton { value } => {
                self.load_const(at, super::constant(value));
                self.op_arg(at, Opcode::IS_OP, 0);
                self.jump_to_fail_pop(at, context, Opcode::POP_JUMP_IF_FALSE);
            }
            PatternKind::MatchSequence { patterns } => self.sequence_pattern(pattern, patterns, context)?,
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.mapping_pattern(pattern, keys, patterns, rest, context)?;
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(pattern, cls, (patterns, kwd_attrs, kwd_patterns), context)?;
            }
            PatternKind::MatchStar { name } => self.capture(pattern.location, name, context)?,
            PatternKind::MatchAs { pattern: None, name } => {
                if !context.allow_irrefutable {
                    let what = match name {
                        Some(name) => {
                            let mut quoted = String::new();
                            repr_constant(ast::Constant::Str(name.into()), &mut quoted);
                            format!("name capture {quoted}")
                        }
                        None => "wildcard".to_owned(),
                    };
                    let message = format!("{what} makes remaining patterns unreachable");
                    return Error::syntax(message, pattern.location);
                }
                self.capture(pattern.location, name, context)?;
            }
            PatternKind::MatchAs { pattern: Some(inner), name } => {
                context.on_top += 1;
                self.op_arg(at, Opcode::COPY, 1);
                self.pattern(inner, context)?;
                context.on_top -= 1;
                self.capture(pattern.location, name, context)?;
            }
            PatternKind::MatchOr { patterns } => self.or_pattern(pattern, patterns, context)?,
        }
        self.depth -= 1;
        Ok(())
    }

    /// A pattern inside another: it may always match.
    fn subpattern(&mut self, pattern: &'a Pattern<'a>, context: &mut Context) -> Result {
        let outer = std::mem::replace(&mut context.allow_irrefutable, true);
        self.pattern(pattern, context)?;
        context.allow_irrefutable = outer;
        Ok(())
    }

    fn check_length(&mut self, at: Location, length: usize, comparison: Comparison, context: &mut Context) {
        self.op(at, Opcode::GET_LEN);
        self.load_int(at, length as i64);
        self.compare_op(at, comparison);
        self.jump_to_fail_pop(at, context, Opcode::POP_JUMP_IF_FALSE);
    }

    fn sequence_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        patterns: &'a [Pattern<'a>],
        context: &mut Context,
    ) -> Result {
        let at = loc(pattern.location);
        let is_star = |pattern: &Pattern<'a>| matches!(pattern.kind, PatternKind::MatchStar { .. });
        let star = patterns.iter().position(is_star);
        if patterns.iter().filter(|pattern| is_star(pattern)).count() > 1 {
            return Error::syntax("multiple starred names in sequence pattern", pattern.location);
        }
        let only_wildcards = patterns.iter().all(|pattern| is_wildcard(pattern) || is_star_wildcard(pattern));
        context.on_top += 1;
        self.op(at, Opcode::MATCH_SEQUENCE);
        self.jump_to_fail_pop(at, context, Opcode::POP_JUMP_IF_FALSE);
        match star {
            None => self.check_length(at, patterns.len(), Comparison::Equal, context),
            Some(_) if patterns.len() > 1 => {
                self.check_length(at, patterns.len() - 1, Comparison::GreaterEqual, context);
            }
            Some(_) => {}
        }
        context.on_top -= 1;
        match star {
            _ if only_wildcards => self.op(at, Opcode::POP_TOP),
            Some(star) if is_star_wildcard(&patterns[star]) => {
                self.subscript_pattern(at, patterns, star, context)?;
            }
            _ => self.unpack_pattern(pattern.location, patterns, star, context)?,
        }
        Ok(())
    }

    fn unpack_pattern(
        &mut self,
        location: ast::Location,
        patterns: &'a [Pattern<'a>],
        star: Option<usize>,
        context: &mut Context,
    ) -> Result {
        let at = loc(location);
        match star {
            Some(before) => {
                let after = patterns.len() - before - 1;
                if before >= 1 << 8 || after >= i32::MAX as usize >> 8 {
                    let message = "too many expressions in star-unpacking sequence pattern";
                    return Error::syntax(message, location);
                }
                self.op_arg(at, Opcode::UNPACK_EX, (before + (after << 8)) as u32);
            }
            None => self.op_arg(at, Opcode::UNPACK_SEQUENCE, patterns.len() as u32),
        }
        context.on_top += patterns.len();
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        Ok(())
    }

    /// `[first, *_, last]`: takes only the items that are wanted.
    fn subscript_pattern(
        &mut self,
        at: Location,
        patterns: &'a [Pattern<'a>],
        star: usize,
        context: &mut Context,
    ) -> Result {
        context.on_top += 1;
        for (index, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) || index == star {
                continue;
            }
            self.op_arg(at, Opcode::COPY, 1);
            if index < star {
                self.load_int(at, index as i64);
            } else {
                // The subject may not know negative indexes.
                self.op(at, Opcode::GET_LEN);
                self.load_int(at, (patterns.len() - index) as i64);
                self.op_arg(at, Opcode::BINARY_OP, BinaryOperator::Subtract as u32);
            }
            self.subscript_op(at);
            self.subpattern(pattern, context)?;
        }
        context.on_top -= 1;
        self.op(at, Opcode::POP_TOP);
        Ok(())
    }

    fn class_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        class: &'a Expr<'a>,
        (patterns, attributes, keyword_patterns): (&'a [Pattern<'a>], &'a [&'a str], &'a [Pattern<'a>]),
        context: &mut Context,
    ) -> Result {
        let at = loc(pattern.location);
        if attributes.len() != keyword_patterns.len() {
            let message = format!(
                "kwd_attrs ({}) / kwd_patterns ({}) length mismatch in class pattern",
                attributes.len(),
                keyword_patterns.len()
            );
            return Error::syntax(message, pattern.location);
        }
        for (index, attribute) in attributes.iter().enumerate() {
            if let Some(other) = attributes[index + 1..].iter().position(|other| other == attribute) {
                let message = format!("attribute name repeated in class pattern: {attribute}");
                return Error::syntax(message, keyword_patterns[index + 1 + other].location);
            }
        }
        self.expression(class)?;
        let names = attributes.iter().map(|&name| Constant::Str(name.into())).collect();
        self.load_const(at, Constant::Tuple(names));
        self.op_arg(at, Opcode::MATCH_CLASS, patterns.len() as u32);
        self.op_arg(at, Opcode::COPY, 1);
        self.load_none(at);
        self.op_arg(at, Opcode::IS_OP, 1);
        context.on_top += 1;
        self.jump_to_fail_pop(at, context, Opcode::POP_JUMP_IF_FALSE);
        let count = patterns.len() + keyword_patterns.len();
        self.op_arg(at, Opcode::UNPACK_SEQUENCE, count as u32);
        context.on_top += count;
        context.on_top -= 1;
        for pattern in patterns.iter().chain(keyword_patterns) {
            context.on_top -= 1;
            if is_wildcard(pattern) {
                self.op(at, Opcode::POP_TOP);
            } else {
                self.subpattern(pattern, context)?;
            }
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        keys: &'a [Expr<'a>],
        patterns: &'a [Pattern<'a>],
        rest: Option<&'a str>,
        context: &mut Context,
    ) -> Result {
        let at = loc(pattern.location);
        if keys.len() != patterns.len() {
            let message = format!(
                "keys ({}) / patterns ({}) length mismatch in mapping pattern",
                keys.len(),
                patterns.len()
            );
            return Error::syntax(message, pattern.location);
        }
        context.on_top += 1;
        self.op(at, Opcode::MATCH_MAPPING);
        self.jump_to_fail_pop(at, context, Opcode::POP_JUMP_IF_FALSE);
        if keys.is_empty() && rest.is_none() {
            context.on_top -= 1;
            self.op(at, Opcode::POP_TOP);
            return Ok(());
        }
        if !keys.is_empty() {
            self.check_length(at, keys.len(), Comparison::GreaterEqual, context);
        }
        let mut seen = FxHashSet::default();
        for key in keys {
            match key.kind {
                ExprKind::Constant { value, .. } => {
                    if !seen.insert(key_text(value)) {
                        let mut text = String::from("mapping pattern checks duplicate key (");
                        repr_constant(value, &mut text);
                        text.push(')');
                        return Error::syntax(text, pattern.location);
                    }
                }
                ExprKind::Attribute { .. } => {}
                _ => {
                    let message = "mapping pattern keys may only match literals and attribute lookups";
                    return Error::syntax(message, pattern.location);
                }
            }
            self.expression(key)?;
        }
        self.op_arg(at, Opcode::BUILD_TUPLE, keys.len() as u32);
        self.op(at, Opcode::MATCH_KEYS);
        // The tuple of keys and the tuple of values.
        context.on_top += 2;
        self.op_arg(at, Opcode::COPY, 1);
        self.load_none(at);
        self.op_arg(at, Opcode::IS_OP, 1);
        self.jump_to_fail_pop(at, context, Opcode::POP_JUMP_IF_FALSE);
        self.op_arg(at, Opcode::UNPACK_SEQUENCE, keys.len() as u32);
        context.on_top += keys.len();
        context.on_top -= 1;
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        // What follows consumes the keys and the subject.
        context.on_top -= 2;
        if rest.is_none() {
            self.op(at, Opcode::POP_TOP);
            self.op(at, Opcode::POP_TOP);
            return Ok(());
        }
        // A copy of the mapping without the keys.
        self.op_arg(at, Opcode::BUILD_MAP, 0);
        self.op_arg(at, Opcode::SWAP, 3);
        self.op_arg(at, Opcode::DICT_UPDATE, 2);
        self.op_arg(at, Opcode::UNPACK_SEQUENCE, keys.len() as u32);
        for left in (1..=keys.len()).rev() {
            self.op_arg(at, Opcode::COPY, left as u32 + 1);
            self.op_arg(at, Opcode::SWAP, 2);
            self.op(at, Opcode::DELETE_SUBSCR);
        }
        self.capture(pattern.location, rest, context)
    }

    fn or_pattern(
        &mut self,
        pattern: &'a Pattern<'a>,
        alternatives: &'a [Pattern<'a>],
        context: &mut Context,
    ) -> Result {
        let at = loc(pattern.location);
        let end = self.label();
        // What the first alternative captures: the others must capture the same, and get its order.
        let mut control: Option<Vec<Name>> = None;
        for (index, alternative) in alternatives.iter().enumerate() {
            let alternative_at = loc(alternative.location);
            let mut inner = Context {
                allow_irrefutable: index + 1 == alternatives.len() && context.allow_irrefutable,
                ..Context::default()
            };
            self.op_arg(alternative_at, Opcode::COPY, 1);
            self.pattern(alternative, &mut inner)?;
            match &control {
                None => control = Some(std::mem::take(&mut inner.stores)),
                Some(control) => {
                    if !self.reorder_captures(alternative_at, control, &mut inner.stores) {
                        return Error::syntax("alternative patterns bind different names", pattern.location);
                    }
                }
            }
            self.jump(alternative_at, Opcode::JUMP, end);
            self.place_fail_pops(alternative_at, &mut inner);
        }
        // No match: drop the copy of the subject and fail.
        self.op(at, Opcode::POP_TOP);
        self.jump_to_fail_pop(at, context, Opcode::JUMP);
        self.place(end);
        let control = control.unwrap_or_default();
        let rotations = control.len() + 1 + context.on_top + context.stores.len();
        for name in control {
            self.rotate(at, rotations);
            if context.stores.contains(&name) {
                return self.duplicate_store(pattern.location, name);
            }
            context.stores.push(name);
        }
        self.op(at, Opcode::POP_TOP);
        Ok(())
    }

    /// Brings an alternative's captures into the order of the first one's; false if they are others.
    fn reorder_captures(&mut self, at: Location, control: &[Name], stores: &mut Vec<Name>) -> bool {
        if stores.len() != control.len() {
            return false;
        }
        for (wanted, name) in control.iter().enumerate().rev() {
            let Some(place) = stores.iter().position(|store| store == name) else { return false };
            if place == wanted {
                continue;
            }
            let rotated: Vec<Name> = stores.drain(..=place).collect();
            let to = wanted - place;
            stores.splice(to..to, rotated);
            for _ in 0..=place {
                self.rotate(at, wanted + 1);
            }
        }
        true
    }
}

/// A text that is the same for constants that are equal to Python, as keys of a dict are.
fn key_text(value: ast::Constant<'_>) -> String {
    use ast::{Constant, Int};
    // Numbers by value; those that are no double are integers.
    let (real, imag) = match value {
        Constant::Bool(value) => (f64::from(u8::from(value)), 0.0),
        Constant::Int(Int::Small(small)) if (small as f64) as i128 == i128::from(small) => {
            (small as f64, 0.0)
        }
        Constant::Float(value) => (value, 0.0),
        Constant::Complex { real, imag } => (real, imag),
        _ => {
            let mut text = String::new();
            repr_constant(value, &mut text);
            return text;
        }
    };
    // Zeros of either sign are equal.
    format!("{:?} {:?}", real + 0.0, imag + 0.0)
}
