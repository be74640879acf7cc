//! Methods that cut text into pieces, and `join`.

use super::find::{self, Needle};
use super::search::is_one_of;
use super::{Str, StrBuilder, Unit, unicode, with_units};
use crate::prelude::*;

/// Which ends to strip.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Left,
    Right,
    Both,
}

fn strip_units<T: Unit>(units: &[T], ends: Ends, strip: impl Fn(u32) -> bool) -> (usize, usize) {
    let (mut start, mut end) = (0, units.len());
    if ends != Ends::Right {
        start = units.iter().position(|unit| !strip(unit.code())).unwrap_or(end);
    }
    if ends != Ends::Left {
        end = units[start..]
            .iter()
            .rposition(|unit| !strip(unit.code()))
            .map_or(start, |last| start + last + 1);
    }
    (start, end)
}

/// Where the words between white space are, at most `limit` cuts from the front; the last one may hold white space.
fn word_ranges<T: Unit>(units: &[T], limit: usize) -> Vec<(usize, usize)> {
    let is_space = |unit: &T| unicode::is_space(unit.code());
    let (mut words, mut at) = (Vec::new(), 0);
    while let Some(skipped) = units[at..].iter().position(|unit| !is_space(unit)) {
        let start = at + skipped;
        if words.len() == limit {
            // What is left stays as it is, white space at its end too.
            words.push((start, units.len()));
            break;
        }
        at = units[start..].iter().position(is_space).map_or(units.len(), |len| start + len);
        words.push((start, at));
    }
    words
}

/// Where the lines are: start, end without the line break, start of the next.
fn line_ranges<T: Unit>(units: &[T]) -> Vec<(usize, usize, usize)> {
    let (mut lines, mut start) = (Vec::new(), 0);
    while start < units.len() {
        let is_break = |unit: &T| unicode::is_line_break(unit.code());
        let end = units[start..].iter().position(is_break).map_or(units.len(), |len| start + len);
        let next = match &units[end..] {
            [] => end,
            [first, second, ..] if first.code() == 0xd && second.code() == 0xa => end + 2,
            _ => end + 1,
        };
        lines.push((start, end, next));
        start = next;
    }
    lines
}

impl Str {
    /// The range that is left between what `strip` says at the ends.
    fn strip_range(&self, ends: Ends, strip: impl Fn(u32) -> bool) -> (usize, usize) {
        with_units!(self.units(), units => strip_units(units, ends, strip))
    }

    fn stripped(&self, chars: Option<&Object>, name: &str, ends: Ends) -> Result<Ref<Str>> {
        let (start, end) = match chars {
            None => self.strip_range(ends, unicode::is_space),
            Some(chars) if chars.is_none() => self.strip_range(ends, unicode::is_space),
            Some(chars) => match chars.downcast::<Str>() {
                Some(set) => self.strip_range(ends, |code| is_one_of(set.units(), code)),
                None => return Err(raise!(TypeError, "{name} arg must be None or str")),
            },
        };
        Ok(self.substring(start, end))
    }

    /// The text without white space at its ends.
    pub fn trimmed(&self) -> Ref<Str> {
        let (start, end) = self.strip_range(Ends::Both, unicode::is_space);
        self.substring(start, end)
    }

    /// The words between white space, at most `limit` cuts from the front.
    fn words(&self, limit: usize) -> Vec<Ref> {
        let ranges = with_units!(self.units(), units => word_ranges(units, limit));
        if let [(0, end)] = ranges[..]
            && end == self.len()
        {
            return vec![Str::exact(self).into_object()];
        }
        ranges.into_iter().map(|(start, end)| self.substring(start, end).into_object()).collect()
    }

    /// The words between white space, at most `limit` cuts from the end.
    fn words_from_end(&self, limit: usize) -> Vec<Ref> {
        let text = self.units();
        let (mut pieces, mut at) = (Vec::new(), text.len());
        loop {
            while at > 0 && unicode::is_space(text.at(at - 1)) {
                at -= 1;
            }
            if at == 0 {
                break;
            }
            if pieces.len() == limit {
                pieces.push(self.substring(0, at).into_object());
                break;
            }
            let end = at;
            while at > 0 && !unicode::is_space(text.at(at - 1)) {
                at -= 1;
            }
            pieces.push(self.substring(at, end).into_object());
        }
        pieces.reverse();
        pieces
    }

    fn pieces(&self, sep: &Str, limit: usize) -> Vec<Ref> {
        let text = self.units();
        let (mut pieces, mut from) = (Vec::new(), 0);
        if let Some(needle) = Needle::new(sep.units(), text) {
            for place in needle.finder().all(text).take(limit) {
                pieces.push(self.substring(from, place).into_object());
                from = place + sep.len();
            }
        }
        let rest = if from == 0 { Str::exact(self) } else { self.substring(from, self.len()) };
        pieces.push(rest.into_object());
        pieces
    }

    fn pieces_from_end(&self, sep: &Str, limit: usize) -> Vec<Ref> {
        let text = self.units();
        let (mut pieces, mut end) = (Vec::new(), text.len());
        while pieces.len() < limit
            && let Some(found) = find::rfind(text.part(0, end), sep.units())
        {
            pieces.push(self.substring(found + sep.len(), end).into_object());
            end = found;
        }
        let rest = if end == self.len() { Str::exact(self) } else { self.substring(0, end) };
        pieces.push(rest.into_object());
        pieces.reverse();
        pieces
    }

    fn split_by(&self, sep: &Object, maxsplit: isize, from_end: bool) -> Result<Ref<List>> {
        let limit = usize::try_from(maxsplit).unwrap_or(usize::MAX);
        let pieces = if sep.is_none() {
            if from_end { self.words_from_end(limit) } else { self.words(limit) }
        } else {
            let Some(sep) = sep.downcast::<Str>() else {
                return Err(raise!(TypeError, "must be str or None, not {}", sep.ty().full_name()));
            };
            if sep.is_empty() {
                return Err(raise!(ValueError, "empty separator"));
            }
            if from_end { self.pieces_from_end(sep, limit) } else { self.pieces(sep, limit) }
        };
        Ok(List::from_vec(pieces))
    }

    /// The lines, with their ends if asked for.
    pub fn lines(&self, keep_ends: bool) -> Vec<Ref<Str>> {
        let ranges = with_units!(self.units(), units => line_ranges(units));
        let whole = |start, end| {
            if end - start == self.len() { Str::exact(self) } else { self.substring(start, end) }
        };
        ranges
            .into_iter()
            .map(|(start, end, next)| whole(start, if keep_ends { next } else { end }))
            .collect()
    }

    /// `self.join(iterable)`.
    pub fn join_iterable(&self, iterable: &Object) -> Result<Ref<Str>> {
        let items: Vec<Ref> = match (iterable.downcast_exact::<List>(), iterable.downcast_exact::<Tuple>()) {
            (Some(list), _) => list.to_vec(),
            (_, Some(tuple)) => tuple.as_slice().to_vec(),
            _ => iterable.collect_or("can only join an iterable")?,
        };
        if let [only] = &items[..]
            && only.is::<Str>()
        {
            return Ok(only.clone().cast::<Str>().unwrap_or_else(|_| Str::empty()));
        }
        let mut pieces: Vec<&Str> = Vec::with_capacity(items.len() * 2);
        for (index, item) in items.iter().enumerate() {
            let Some(piece) = item.downcast::<Str>() else {
                return Err(raise!(
                    TypeError,
                    "sequence item {index}: expected str instance, {} found",
                    item.ty().full_name()
                ));
            };
            if index > 0 && !self.is_empty() {
                pieces.push(self);
            }
            pieces.push(piece);
        }
        match Str::join_all(pieces.into_iter()) {
            Err(raised) if raised.matches(&crate::objects::exceptions::OverflowError) => {
                raised.clear();
                Err(raise!(OverflowError, "join() result is too long for a Python string"))
            }
            joined => joined,
        }
    }
}

#[methods(part = split)]
impl Str {
    /// The parts of the string between separators, as a list.
    ///
    ///   sep
    ///     What separates; None is any run of white space, and then there are no
    ///     empty parts.
    ///   maxsplit
    ///     How often to split, from the left; -1 is no limit.
    #[method(signature = "($self, /, sep=None, maxsplit=-1)")]
    fn split(&self, sep: Option<&Object>, maxsplit: isize) -> Result<Ref<List>> {
        self.split_by(sep.unwrap_or(&none()), maxsplit, false)
    }

    /// The parts of the string between separators, as a list.
    ///
    ///   sep
    ///     What separates; None is any run of white space, and then there are no
    ///     empty parts.
    ///   maxsplit
    ///     How often to split, from the right; -1 is no limit.
    #[method(signature = "($self, /, sep=None, maxsplit=-1)")]
    fn rsplit(&self, sep: Option<&Object>, maxsplit: isize) -> Result<Ref<List>> {
        self.split_by(sep.unwrap_or(&none()), maxsplit, true)
    }

    /// The lines of the string, as a list; with keepends they keep their line ends.
    #[method(signature = "($self, /, keepends=False)")]
    fn splitlines(&self, keepends: bool) -> Ref<List> {
        List::from_vec(self.lines(keepends).into_iter().map(Ref::into_object).collect())
    }

    /// The string without white space (or the characters of chars) at both ends.
    #[method(signature = "($self, chars=None, /)")]
    fn strip(&self, chars: Option<&Object>) -> Result<Ref<Str>> {
        self.stripped(chars, "strip", Ends::Both)
    }

    /// The string without white space (or the characters of chars) at its start.
    #[method(signature = "($self, chars=None, /)")]
    fn lstrip(&self, chars: Option<&Object>) -> Result<Ref<Str>> {
        self.stripped(chars, "lstrip", Ends::Left)
    }

    /// The string without white space (or the characters of chars) at its end.
    #[method(signature = "($self, chars=None, /)")]
    fn rstrip(&self, chars: Option<&Object>) -> Result<Ref<Str>> {
        self.stripped(chars, "rstrip", Ends::Right)
    }

    /// The strings of an iterable in one, with this one between them.
    ///
    /// Example: '-'.join(['1', '2']) -> '1-2'
    #[method(signature = "($self, iterable, /)")]
    fn join(&self, iterable: &Object) -> Result<Ref<Str>> {
        self.join_iterable(iterable)
    }

    /// The string with spaces in place of tabs, up to the next multiple of tabsize columns.
    #[method(signature = "($self, /, tabsize=8)")]
    fn expandtabs(&self, tabsize: i32) -> Result<Ref<Str>> {
        let text = self.units();
        if find::find_char(text, 9).is_none() {
            return Ok(Str::exact(self));
        }
        let size = usize::try_from(tabsize).unwrap_or(0);
        let mut total = 0usize;
        let mut result = StrBuilder::with_capacity(self.len());
        let mut column = 0;
        for index in 0..text.len() {
            match text.at(index) {
                9 => {
                    if size > 0 {
                        let spaces = size - column % size;
                        column += spaces;
                        total = total.saturating_add(spaces);
                        if total > isize::MAX as usize - text.len() {
                            return Err(raise!(OverflowError, "new string is too long"));
                        }
                        result.push_repeated(0x20, spaces);
                    }
                }
                code => {
                    column = if code == 0xa || code == 0xd { 0 } else { column + 1 };
                    result.push(code);
                }
            }
        }
        result.try_finish()
    }
}
