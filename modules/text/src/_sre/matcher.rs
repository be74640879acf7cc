//! The matcher: backtracking with stacks of its own, so that no pattern and no text exhausts the native one.
//!
//! What can be tried otherwise is a [`Choice`]. Groups are written in place, what they were before is noted on a trail;
//! the states of repeats are never written but followed by new ones. Going back to a choice shortens all three.

use runtime::errors::no_memory;
use runtime::objects::str::{Unit, Units};
use runtime::prelude::*;
use runtime::signal;

use super::chars::*;
use super::codes::{MAX_REPEAT, at, info, op};
use super::program::Program;

const NONE: usize = usize::MAX;

/// How far a repeat has come.
#[derive(Clone, Copy)]
struct Repeat {
    /// Its operands.
    pc: usize,
    count: usize,
    /// Where the last optional turn began: an empty one isn't followed by another.
    last: usize,
    /// The repeat around it.
    outer: usize,
}

/// What a group's border was, and the last group.
struct Undo {
    mark: u32,
    position: usize,
    last_group: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The next alternative is at `pc`.
    Branch,
    /// The greedy repeat goes no further: what follows.
    Tail,
    /// One more turn of a lazy repeat.
    Again,
    /// A repeated character, with one less: down to `limit`.
    Fewer,
    /// A repeated character, with one more: `limit` of them matched.
    More,
    // What follows is a part that is matched once and for all: its success removes all choices above.
    Assert,
    AssertNot,
    Atomic,
    /// A turn of a possessive repeat, `limit` turns before it.
    Possessive,
}

#[derive(Clone, Copy)]
struct Choice {
    kind: Kind,
    pc: usize,
    position: usize,
    limit: usize,
    repeat: usize,
    /// For parts: the part around it.
    outer: usize,
    trail: usize,
    repeats: usize,
}

/// The state of a search, and what the last match was.
#[derive(Default)]
pub struct State {
    /// Two for each group: where it begins, where it ends.
    marks: Vec<usize>,
    /// The group that was closed last; 0 for none.
    pub last_group: usize,
    trail: Vec<Undo>,
    choices: Vec<Choice>,
    repeats: Vec<Repeat>,
    /// Where the match begins, or where the next search does.
    pub start: usize,
    /// Where the match ends.
    pub end: usize,
    /// The whole text must match.
    pub whole: bool,
    /// The match must not be empty at the beginning.
    pub must_advance: bool,
}

fn push<T>(stack: &mut Vec<T>, item: T) -> Result<()> {
    if stack.len() == stack.capacity() && stack.try_reserve(stack.len().max(16)).is_err() {
        return Err(no_memory());
    }
    stack.push(item);
    Ok(())
}

impl State {
    pub fn new(groups: usize, start: usize) -> Result<State> {
        let mut state = State { start, ..State::default() };
        if state.marks.try_reserve_exact(groups * 2).is_err() {
            return Err(no_memory());
        }
        state.marks.resize(groups * 2, NONE);
        Ok(state)
    }

    /// Where a group (from 1) begins and ends, if it matched.
    pub fn group(&self, number: usize) -> Option<(usize, usize)> {
        let (start, end) = (self.marks[number * 2 - 2], self.marks[number * 2 - 1]);
        (start != NONE && end != NONE).then_some((start, end))
    }

    /// Forgets the groups.
    fn undo(&mut self, length: usize) {
        while self.trail.len() > length {
            if let Some(undo) = self.trail.pop() {
                self.marks[undo.mark as usize] = undo.position;
                self.last_group = undo.last_group;
            }
        }
    }

    /// Makes the next search begin where the match ended.
    pub fn advance(&mut self) {
        self.must_advance = self.end == self.start;
        self.start = self.end;
    }

    /// A match that begins at `start`.
    pub fn match_here(&mut self, program: &Program, text: Units<'_>) -> Result<bool> {
        if self.start > text.len() {
            return Ok(false);
        }
        match text {
            Units::One(text) => self.run(program, text, true),
            Units::Two(text) => self.run(program, text, true),
            Units::Four(text) => self.run(program, text, true),
        }
    }

    /// The first match from `start` on.
    pub fn search(&mut self, program: &Program, text: Units<'_>) -> Result<bool> {
        match text {
            Units::One(text) => self.search_in(program, text),
            Units::Two(text) => self.search_in(program, text),
            Units::Four(text) => self.search_in(program, text),
        }
    }

    fn search_in<U: Unit>(&mut self, program: &Program, text: &[U]) -> Result<bool> {
        self.undo(0);
        if self.start > text.len() {
            return Ok(false);
        }
        let (flags, shortest) = program.info().unwrap_or((0, 0));
        if text.len() - self.start < shortest {
            return Ok(false);
        }
        let last = text.len() - shortest;
        if let Some(prefix) = &program.prefix {
            let mut from = self.start;
            while let Some(found) = find(text, from, prefix) {
                self.start = found;
                if prefix.whole {
                    self.end = found + prefix.text.len();
                    return Ok(true);
                }
                if self.run(program, text, false)? {
                    return Ok(true);
                }
                from = found + 1;
            }
            return Ok(false);
        }
        if flags & info::CHARSET != 0 {
            let bitmap = program.bitmap(0);
            let set = program.set(5);
            for position in self.start..text.len().min(last + 1) {
                let code = text[position].code();
                let found = match bitmap {
                    Some(bitmap) if code < 256 => bitmap[code as usize >> 5] >> (code & 31) & 1 != 0,
                    _ => in_set(set, code),
                };
                if found {
                    self.start = position;
                    if self.run(program, text, false)? {
                        return Ok(true);
                    }
                }
            }
            return Ok(false);
        }
        if self.run(program, text, true)? {
            return Ok(true);
        }
        if program.is_anchored() {
            return Ok(false);
        }
        self.must_advance = false;
        for position in self.start + 1..=last {
            self.start = position;
            if self.run(program, text, false)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tries to match at `start`. `outermost`: the conditions on the whole match hold.
    #[allow(clippy::too_many_lines)]
    fn run<U: Unit>(&mut self, program: &Program, text: &[U], outermost: bool) -> Result<bool> {
        self.undo(0);
        self.choices.clear();
        self.repeats.clear();
        let end = text.len();
        let mut position = self.start;
        if program.info().is_some_and(|(_, shortest)| end - position < shortest) {
            return Ok(false);
        }
        let mut pc = program.start();
        // The repeat and the part that we are in.
        let (mut repeat, mut part) = (NONE, NONE);
        let mut ticks = 0u32;

        macro_rules! choose {
            ($kind:ident, $pc:expr, $limit:expr) => {{
                let choice = Choice {
                    kind: Kind::$kind,
                    pc: $pc,
                    position,
                    limit: $limit,
                    repeat,
                    outer: part,
                    trail: self.trail.len(),
                    repeats: self.repeats.len(),
                };
                push(&mut self.choices, choice)?;
            }};
        }
        // One more turn of the repeat `$now`.
        macro_rules! turn {
            ($now:expr, $count:expr, $last:expr) => {{
                let now: Repeat = $now;
                repeat = self.repeats.len();
                push(&mut self.repeats, Repeat { count: $count, last: $last, ..now })?;
                pc = now.pc + 3;
            }};
        }

        'run: loop {
            ticks = ticks.wrapping_add(1);
            if ticks & 0xfff == 0 {
                signal::check()?;
            }
            match program.at(pc) {
                op::LITERAL => {
                    if position < end && text[position].code() == program.at(pc + 1) {
                        (position, pc) = (position + 1, pc + 2);
                        continue 'run;
                    }
                }
                op::IN => {
                    if position < end && in_instruction(program, pc, text[position].code()) {
                        (position, pc) = (position + 1, program.target(pc + 1));
                        continue 'run;
                    }
                }
                op::MARK => {
                    let mark = program.at(pc + 1);
                    let Some(slot) = self.marks.get_mut(mark as usize) else { return Ok(false) };
                    let undo = Undo { mark, position: *slot, last_group: self.last_group };
                    push(&mut self.trail, undo)?;
                    *slot = position;
                    if mark & 1 != 0 {
                        self.last_group = mark as usize / 2 + 1;
                    }
                    pc += 2;
                    continue 'run;
                }
                op::REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => {
                    let (least, most) = (program.at(pc + 2) as usize, program.at(pc + 3));
                    let far = position + count(program, pc + 4, text, position, most);
                    if far - position >= least {
                        let limit = position + least;
                        let possessive = program.at(pc) == op::POSSESSIVE_REPEAT_ONE;
                        let tail = program.target(pc + 1);
                        position = far;
                        if possessive || far == limit {
                            pc = tail;
                            continue 'run;
                        }
                        if let Some(best) = rightmost(program, tail, text, limit, far) {
                            position = best;
                            if best > limit {
                                choose!(Fewer, pc + 1, limit);
                            }
                            pc = tail;
                            continue 'run;
                        }
                    }
                }
                op::MIN_REPEAT_ONE => {
                    let (least, most) = (program.at(pc + 2) as usize, program.at(pc + 3));
                    let reached =
                        if least == 0 { 0 } else { count(program, pc + 4, text, position, least as u32) };
                    if reached >= least {
                        position += least;
                        if most == MAX_REPEAT || least < most as usize {
                            choose!(More, pc + 1, least);
                        }
                        pc = program.target(pc + 1);
                        continue 'run;
                    }
                }
                op::BRANCH => {
                    let (alternative, next) = next_alternative(program, pc + 1, text, position);
                    if alternative != 0 {
                        if next != 0 {
                            choose!(Branch, next, 0);
                        }
                        pc = alternative;
                        continue 'run;
                    }
                }
                op::REPEAT => {
                    let operands = pc + 1;
                    let first = Repeat { pc: operands, count: 0, last: NONE, outer: repeat };
                    // The instruction at the end decides; it counts a turn.
                    repeat = self.repeats.len();
                    push(&mut self.repeats, Repeat { count: NONE, ..first })?;
                    pc = program.target(operands);
                    continue 'run;
                }
                op::MAX_UNTIL => {
                    let Some(&now) = self.repeats.get(repeat) else { return Ok(false) };
                    let turns = now.count.wrapping_add(1);
                    let (least, most) = (program.at(now.pc + 1) as usize, program.at(now.pc + 2));
                    if turns < least {
                        turn!(now, turns, now.last);
                    } else if (most == MAX_REPEAT || turns < most as usize) && position != now.last {
                        repeat = now.outer;
                        choose!(Tail, pc + 1, 0);
                        turn!(now, turns, position);
                    } else {
                        repeat = now.outer;
                        pc += 1;
                    }
                    continue 'run;
                }
                op::MIN_UNTIL => {
                    let Some(&now) = self.repeats.get(repeat) else { return Ok(false) };
                    let turns = now.count.wrapping_add(1);
                    if turns < program.at(now.pc + 1) as usize {
                        turn!(now, turns, now.last);
                    } else {
                        choose!(Again, pc, 0);
                        repeat = now.outer;
                        pc += 1;
                    }
                    continue 'run;
                }
                op::JUMP => {
                    pc = program.target(pc + 1);
                    continue 'run;
                }
                op::SUCCESS => {
                    if part == NONE {
                        let refused = outermost
                            && (self.whole && position != end || self.must_advance && position == self.start);
                        if !refused {
                            self.end = position;
                            return Ok(true);
                        }
                    } else {
                        let Some(&begun) = self.choices.get(part) else { return Ok(false) };
                        self.choices.truncate(part);
                        part = begun.outer;
                        repeat = begun.repeat;
                        match begun.kind {
                            Kind::Assert => {
                                position = begun.position;
                                pc = program.target(begun.pc);
                                continue 'run;
                            }
                            Kind::Atomic => {
                                pc = program.target(begun.pc);
                                continue 'run;
                            }
                            Kind::Possessive => {
                                let turns = begun.limit + 1;
                                let (least, most) =
                                    (program.at(begun.pc + 1) as usize, program.at(begun.pc + 2));
                                let again = (most == MAX_REPEAT || turns < most as usize)
                                    && (turns < least || position != begun.position);
                                if again {
                                    choose!(Possessive, begun.pc, turns);
                                    part = self.choices.len() - 1;
                                    pc = begun.pc + 3;
                                } else {
                                    pc = program.target(begun.pc) + 1;
                                }
                                continue 'run;
                            }
                            // It was not to match.
                            _ => {
                                self.undo(begun.trail);
                                self.repeats.truncate(begun.repeats);
                            }
                        }
                    }
                }
                op::ANY => {
                    if position < end && !is_line_break(text[position].code()) {
                        (position, pc) = (position + 1, pc + 1);
                        continue 'run;
                    }
                }
                op::ANY_ALL => {
                    if position < end {
                        (position, pc) = (position + 1, pc + 1);
                        continue 'run;
                    }
                }
                op::AT => {
                    if is_at(program.at(pc + 1), text, position) {
                        pc += 2;
                        continue 'run;
                    }
                }
                op::ASSERT => {
                    let back = program.at(pc + 2) as usize;
                    if position >= back {
                        choose!(Assert, pc + 1, 0);
                        part = self.choices.len() - 1;
                        position -= back;
                        pc += 3;
                        continue 'run;
                    }
                }
                op::ASSERT_NOT => {
                    let back = program.at(pc + 2) as usize;
                    if position >= back {
                        choose!(AssertNot, pc + 1, 0);
                        part = self.choices.len() - 1;
                        position -= back;
                        pc += 3;
                    } else {
                        pc = program.target(pc + 1);
                    }
                    continue 'run;
                }
                op::ATOMIC_GROUP => {
                    choose!(Atomic, pc + 1, 0);
                    part = self.choices.len() - 1;
                    pc += 2;
                    continue 'run;
                }
                op::POSSESSIVE_REPEAT => {
                    if program.at(pc + 3) == 0 {
                        pc = program.target(pc + 1) + 1;
                    } else {
                        choose!(Possessive, pc + 1, 0);
                        part = self.choices.len() - 1;
                        pc += 4;
                    }
                    continue 'run;
                }
                op::GROUPREF_EXISTS => {
                    let group = program.at(pc + 1) as usize + 1;
                    pc = if self.group(group).is_some() {
                        pc + 3
                    } else {
                        pc + 1 + program.at(pc + 2) as usize
                    };
                    continue 'run;
                }
                code @ (op::GROUPREF
                | op::GROUPREF_IGNORE
                | op::GROUPREF_LOC_IGNORE
                | op::GROUPREF_UNI_IGNORE) => {
                    let fold: fn(u32) -> u32 = match code {
                        op::GROUPREF => |code| code,
                        op::GROUPREF_IGNORE => lower_ascii,
                        op::GROUPREF_LOC_IGNORE => lower_locale,
                        _ => lower_unicode,
                    };
                    if let Some((from, to)) = self.group(program.at(pc + 1) as usize + 1)
                        && from <= to
                        && to - from <= end - position
                        && (text[from..to].iter().zip(&text[position..]))
                            .all(|(one, other)| fold(one.code()) == fold(other.code()))
                    {
                        (position, pc) = (position + (to - from), pc + 2);
                        continue 'run;
                    }
                }
                op::INFO => {
                    pc = program.target(pc + 1);
                    continue 'run;
                }
                op::FAILURE => {}
                _ => {
                    if position < end && one_character(program, pc, text[position].code()) {
                        (position, pc) = (position + 1, after_one(program, pc));
                        continue 'run;
                    }
                }
            }

            // It did not match: back to the last choice.
            loop {
                ticks = ticks.wrapping_add(1);
                if ticks & 0xfff == 0 {
                    signal::check()?;
                }
                let Some(choice) = self.choices.last_mut() else { return Ok(false) };
                let now = *choice;
                match now.kind {
                    Kind::Branch => {
                        let (alternative, next) = next_alternative(program, now.pc, text, now.position);
                        if next != 0 {
                            choice.pc = next;
                        } else {
                            self.choices.pop();
                        }
                        self.undo(now.trail);
                        self.repeats.truncate(now.repeats);
                        if alternative == 0 {
                            continue;
                        }
                        (position, repeat, pc) = (now.position, now.repeat, alternative);
                    }
                    Kind::Fewer => {
                        let tail = program.target(now.pc);
                        let best = rightmost(program, tail, text, now.limit, now.position - 1);
                        match best {
                            Some(best) if best > now.limit => choice.position = best,
                            _ => drop(self.choices.pop()),
                        }
                        self.undo(now.trail);
                        self.repeats.truncate(now.repeats);
                        let Some(best) = best else { continue };
                        (position, repeat, pc) = (best, now.repeat, tail);
                    }
                    Kind::More => {
                        let most = program.at(now.pc + 2);
                        let matched = now.position < end
                            && one_character(program, now.pc + 3, text[now.position].code());
                        if matched && (most == MAX_REPEAT || now.limit + 1 < most as usize) {
                            (choice.position, choice.limit) = (now.position + 1, now.limit + 1);
                        } else {
                            self.choices.pop();
                        }
                        self.undo(now.trail);
                        self.repeats.truncate(now.repeats);
                        if !matched {
                            continue;
                        }
                        (position, repeat, pc) = (now.position + 1, now.repeat, program.target(now.pc));
                    }
                    Kind::Tail => {
                        self.choices.pop();
                        self.undo(now.trail);
                        self.repeats.truncate(now.repeats);
                        (position, repeat, pc) = (now.position, now.repeat, now.pc);
                    }
                    Kind::Again => {
                        self.choices.pop();
                        self.undo(now.trail);
                        self.repeats.truncate(now.repeats);
                        let Some(&state) = self.repeats.get(now.repeat) else { return Ok(false) };
                        let turns = state.count.wrapping_add(1);
                        let most = program.at(state.pc + 2);
                        if most != MAX_REPEAT && turns >= most as usize || now.position == state.last {
                            continue;
                        }
                        position = now.position;
                        turn!(state, turns, position);
                    }
                    Kind::Assert | Kind::Atomic => {
                        self.choices.pop();
                        part = now.outer;
                        continue;
                    }
                    Kind::AssertNot => {
                        self.choices.pop();
                        self.undo(now.trail);
                        self.repeats.truncate(now.repeats);
                        (position, repeat, part) = (now.position, now.repeat, now.outer);
                        pc = program.target(now.pc);
                    }
                    Kind::Possessive => {
                        self.choices.pop();
                        part = now.outer;
                        if now.limit < program.at(now.pc + 1) as usize {
                            continue;
                        }
                        self.undo(now.trail);
                        self.repeats.truncate(now.repeats);
                        (position, repeat) = (now.position, now.repeat);
                        pc = program.target(now.pc) + 1;
                    }
                }
                continue 'run;
            }
        }
    }
}

/// Where the literal prefix is found.
fn find<U: Unit>(text: &[U], from: usize, prefix: &super::program::Prefix) -> Option<usize> {
    let rest = &text[from..];
    match U::wrap(rest) {
        Units::One(bytes) => prefix.finder.as_ref()?.find(bytes).map(|found| from + found),
        _ => {
            let units: Vec<U> = prefix.text.iter().map(|&code| U::from_code(code)).collect::<Option<_>>()?;
            let first = *units.first()?;
            let last = rest.len().checked_sub(units.len())?;
            (0..=last)
                .find(|&at| rest[at] == first && rest[at..at + units.len()] == units[..])
                .map(|at| from + at)
        }
    }
}

/// Is the character in the set of the instruction at `pc`?
#[inline(always)]
fn in_instruction(program: &Program, pc: usize, code: u32) -> bool {
    if code < 256
        && let Some(bitmap) = program.bitmap(pc)
    {
        return bitmap[code as usize >> 5] >> (code & 31) & 1 != 0;
    }
    in_set_by(program, pc, code)
}

#[cold]
fn in_set_by(program: &Program, pc: usize, code: u32) -> bool {
    let set = program.set(pc + 2);
    match program.at(pc) {
        op::IN => in_set(set, code),
        op::IN_IGNORE => in_set(set, lower_ascii(code)),
        op::IN_UNI_IGNORE => in_set(set, lower_unicode(code)),
        _ => in_set_locale(set, code),
    }
}

/// Does an instruction for one character match it?
fn one_character(program: &Program, pc: usize, code: u32) -> bool {
    let operand = program.at(pc + 1);
    match program.at(pc) {
        op::ANY => !is_line_break(code),
        op::ANY_ALL => true,
        op::IN | op::IN_IGNORE | op::IN_LOC_IGNORE | op::IN_UNI_IGNORE => in_instruction(program, pc, code),
        op::LITERAL => code == operand,
        op::NOT_LITERAL => code != operand,
        op::LITERAL_IGNORE => lower_ascii(code) == operand,
        op::NOT_LITERAL_IGNORE => lower_ascii(code) != operand,
        op::LITERAL_UNI_IGNORE => lower_unicode(code) == operand,
        op::NOT_LITERAL_UNI_IGNORE => lower_unicode(code) != operand,
        op::LITERAL_LOC_IGNORE => same_locale(operand, code),
        op::NOT_LITERAL_LOC_IGNORE => !same_locale(operand, code),
        op::CATEGORY => in_category(operand, code),
        _ => false,
    }
}

/// What comes after an instruction for one character.
fn after_one(program: &Program, pc: usize) -> usize {
    match program.at(pc) {
        op::ANY | op::ANY_ALL => pc + 1,
        op::IN | op::IN_IGNORE | op::IN_LOC_IGNORE | op::IN_UNI_IGNORE => program.target(pc + 1),
        _ => pc + 2,
    }
}

/// How many characters from `position` on, up to `most`, match the instruction at `pc`.
fn count<U: Unit>(program: &Program, pc: usize, text: &[U], position: usize, most: u32) -> usize {
    let rest = &text[position..];
    let rest = if most == MAX_REPEAT { rest } else { &rest[..rest.len().min(most as usize)] };
    let until = |stop: &dyn Fn(u32) -> bool| rest.iter().position(|unit| stop(unit.code()));
    let operand = program.at(pc + 1);
    let stop = match program.at(pc) {
        op::ANY_ALL => None,
        op::ANY => match U::wrap(rest) {
            Units::One(bytes) => memchr::memchr(b'\n', bytes),
            _ => rest.iter().position(|unit| is_line_break(unit.code())),
        },
        op::LITERAL => rest.iter().position(|unit| unit.code() != operand),
        op::NOT_LITERAL => match (U::wrap(rest), u8::try_from(operand)) {
            (Units::One(bytes), Ok(byte)) => memchr::memchr(byte, bytes),
            _ => rest.iter().position(|unit| unit.code() == operand),
        },
        op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE => match program.bitmap(pc) {
            Some(bitmap) => rest.iter().position(|unit| {
                let code = unit.code();
                if code < 256 {
                    bitmap[code as usize >> 5] >> (code & 31) & 1 == 0
                } else {
                    !in_set_by(program, pc, code)
                }
            }),
            None => until(&|code| !in_set_by(program, pc, code)),
        },
        _ => until(&|code| !one_character(program, pc, code)),
    };
    stop.unwrap_or(rest.len())
}

/// The rightmost position from `from` to `to` at which the tail can match, as far as its first instruction tells.
fn rightmost<U: Unit>(program: &Program, tail: usize, text: &[U], from: usize, to: usize) -> Option<usize> {
    if program.at(tail) != op::LITERAL {
        return Some(to);
    }
    let wanted = program.at(tail + 1);
    let part = &text[from..text.len().min(to + 1)];
    match (U::wrap(part), u8::try_from(wanted)) {
        (Units::One(_), Err(_)) => None,
        (Units::One(bytes), Ok(byte)) => memchr::memrchr(byte, bytes),
        _ => part.iter().rposition(|unit| unit.code() == wanted),
    }
    .map(|at| from + at)
}

/// From the distance at `pc` on: the first alternative that may match here, as far as its first instruction tells, and
/// the distance after it; 0 where there is none.
fn next_alternative<U: Unit>(
    program: &Program,
    mut pc: usize,
    text: &[U],
    position: usize,
) -> (usize, usize) {
    let here = text.get(position).map(|unit| unit.code());
    loop {
        let distance = program.at(pc) as usize;
        if distance == 0 {
            return (0, 0);
        }
        let may_match = match program.at(pc + 1) {
            op::LITERAL => here == Some(program.at(pc + 2)),
            op::IN => here.is_some_and(|code| in_instruction(program, pc + 1, code)),
            _ => true,
        };
        let next = pc + distance;
        if may_match {
            return (pc + 1, if program.at(next) == 0 { 0 } else { next });
        }
        pc = next;
    }
}

/// Does the condition on a position hold?
fn is_at<U: Unit>(condition: u32, text: &[U], position: usize) -> bool {
    let before = || position.checked_sub(1).map(|before| text[before].code());
    let here = || text.get(position).map(|unit| unit.code());
    let borders = |is_word: fn(u32) -> bool| before().is_some_and(is_word) != here().is_some_and(is_word);
    match condition {
        at::BEGINNING | at::BEGINNING_STRING => position == 0,
        at::BEGINNING_LINE => before().is_none_or(is_line_break),
        at::END => position == text.len() || position + 1 == text.len() && here().is_some_and(is_line_break),
        at::END_LINE => here().is_none_or(is_line_break),
        at::END_STRING => position == text.len(),
        at::BOUNDARY => borders(is_word),
        at::NON_BOUNDARY => !borders(is_word),
        at::LOC_BOUNDARY => borders(is_word_locale),
        at::LOC_NON_BOUNDARY => !borders(is_word_locale),
        at::UNI_BOUNDARY => borders(is_word_unicode),
        at::UNI_NON_BOUNDARY => !borders(is_word_unicode),
        _ => false,
    }
}
