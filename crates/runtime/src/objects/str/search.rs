//! Methods that look for text, and those that replace what they find.

use super::find::{self, Needle};
use super::{Str, StrBuilder, Unit, Units};
use crate::native::args::Place;
use crate::native::convert::FromArg;
use crate::prelude::*;

/// An optional bound as in a slice: None and absence are alike, what is too large is clipped.
#[derive(Clone, Copy)]
pub struct Bound(Option<isize>);

impl FromArg<'_> for Bound {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        if object.is_none() {
            return Ok(Bound(None));
        }
        if object.ty().nb_index().is_none() {
            return Err(raise!(
                TypeError,
                "slice indices must be integers or None or have an __index__ method"
            ));
        }
        Ok(Bound(Some(object.to_isize_index_or_clip(None)?)))
    }
}

/// The range that the bounds of a search mean; `None` if the start lies beyond the end.
pub fn range(len: usize, start: Option<Bound>, end: Option<Bound>) -> Option<(usize, usize)> {
    let place = |bound: Option<Bound>, default: isize| {
        let bound = bound.and_then(|bound| bound.0).unwrap_or(default);
        if bound < 0 { bound.saturating_add_unsigned(len).max(0) as usize } else { bound as usize }
    };
    let start = place(start, 0);
    let end = place(end, isize::MAX).min(len);
    (start <= end).then_some((start, end))
}

impl Str {
    fn find_between(&self, sub: &Str, start: Option<Bound>, end: Option<Bound>) -> Option<usize> {
        let (start, end) = range(self.len(), start, end)?;
        find::find(self.units().part(start, end), sub.units()).map(|found| start + found)
    }

    fn rfind_between(&self, sub: &Str, start: Option<Bound>, end: Option<Bound>) -> Option<usize> {
        let (start, end) = range(self.len(), start, end)?;
        find::rfind(self.units().part(start, end), sub.units()).map(|found| start + found)
    }

    /// `startswith` and `endswith`.
    fn ends_with(
        &self,
        affix: &Object,
        start: Option<Bound>,
        end: Option<Bound>,
        name: &str,
        at_start: bool,
    ) -> Result<bool> {
        let range = range(self.len(), start, end);
        let test = |affix: &Str| {
            range.is_some_and(|(start, end)| {
                let part = self.units().part(start, end);
                match at_start {
                    true => find::matches_at(part, 0, affix.units()),
                    false => {
                        part.len() >= affix.len()
                            && find::matches_at(part, part.len() - affix.len(), affix.units())
                    }
                }
            })
        };
        if let Some(affix) = affix.downcast::<Str>() {
            return Ok(test(affix));
        }
        let Some(affixes) = affix.downcast::<Tuple>() else {
            return Err(raise!(
                TypeError,
                "{name} first arg must be str or a tuple of str, not {}",
                affix.ty().full_name()
            ));
        };
        for affix in affixes.as_slice() {
            match affix.downcast::<Str>() {
                Some(affix) if test(affix) => return Ok(true),
                Some(_) => {}
                None => {
                    return Err(raise!(
                        TypeError,
                        "tuple for {name} must only contain str, not {}",
                        affix.ty().full_name()
                    ));
                }
            }
        }
        Ok(false)
    }

    /// Does the text begin with `prefix`?
    pub fn starts_with(&self, prefix: &Str) -> bool {
        find::matches_at(self.units(), 0, prefix.units())
    }

    /// `self.replace(old, new, count)`; a negative count is no limit.
    pub fn replaced(&self, old: &Str, new: &Str, count: isize) -> Result<Ref<Str>> {
        let limit = usize::try_from(count).unwrap_or(usize::MAX);
        let text = self.units();
        if limit == 0 || old.len() > text.len() || old.equals(new) {
            return Ok(Str::exact(self));
        }
        if old.is_empty() {
            if new.is_empty() {
                return Ok(Str::exact(self));
            }
            let mut result = StrBuilder::with_capacity(self.len());
            check_size(self.len(), limit.min(self.len() + 1), new.len())?;
            for index in 0..self.len() {
                if index < limit {
                    result.push_str(new);
                }
                result.push(text.at(index));
            }
            if self.len() < limit {
                result.push_str(new);
            }
            return result.try_finish();
        }
        let Some(needle) = Needle::new(old.units(), text) else { return Ok(Str::exact(self)) };
        let finder = needle.finder();
        let places: Vec<usize> = finder.all(text).take(limit).collect();
        if places.is_empty() {
            return Ok(Str::exact(self));
        }
        if new.len() > old.len() {
            check_size(self.len(), places.len(), new.len() - old.len())?;
        }
        let mut result = StrBuilder::with_capacity(self.len());
        let mut from = 0;
        for place in places {
            result.push_part(self, from, place);
            result.push_str(new);
            from = place + old.len();
        }
        result.push_part(self, from, self.len());
        // The wide characters may be gone.
        if text.kind() > 1 || !self.is_ascii() { result.finish_exact() } else { result.try_finish() }
    }
}

/// OverflowError if `len + count * more` characters are too many.
fn check_size(len: usize, count: usize, more: usize) -> Result<()> {
    match count.checked_mul(more).and_then(|more| more.checked_add(len)) {
        Some(total) if total <= isize::MAX as usize => Ok(()),
        _ => Err(raise!(OverflowError, "replace string is too long")),
    }
}

/// Text that is needed as an argument where C checks by hand.
pub fn must_be_str(object: &Object) -> Result<&Str> {
    object.downcast::<Str>().ok_or_else(|| raise!(TypeError, "must be str, not {}", object.ty().full_name()))
}

#[methods(part = search)]
impl Str {
    #[method(
        hidden_signature,
        signature = "($self, sub, start=None, end=None, /)",
        doc = "find($self, sub[, start[, end]], /)\n--\n\nThe first place where sub is in S[start:end], or -1."
    )]
    fn find(&self, sub: &Str, start: Option<Bound>, end: Option<Bound>) -> isize {
        self.find_between(sub, start, end).map_or(-1, |found| found as isize)
    }

    #[method(
        hidden_signature,
        signature = "($self, sub, start=None, end=None, /)",
        doc = "rfind($self, sub[, start[, end]], /)\n--\n\nThe last place where sub is in S[start:end], or -1."
    )]
    fn rfind(&self, sub: &Str, start: Option<Bound>, end: Option<Bound>) -> isize {
        self.rfind_between(sub, start, end).map_or(-1, |found| found as isize)
    }

    #[method(
        hidden_signature,
        signature = "($self, sub, start=None, end=None, /)",
        doc = "index($self, sub[, start[, end]], /)\n--\n\nThe first place where sub is in S[start:end]; ValueError if there is none."
    )]
    fn index(&self, sub: &Str, start: Option<Bound>, end: Option<Bound>) -> Result<usize> {
        self.find_between(sub, start, end).ok_or_else(|| raise!(ValueError, "substring not found"))
    }

    #[method(
        hidden_signature,
        signature = "($self, sub, start=None, end=None, /)",
        doc = "rindex($self, sub[, start[, end]], /)\n--\n\nThe last place where sub is in S[start:end]; ValueError if there is none."
    )]
    fn rindex(&self, sub: &Str, start: Option<Bound>, end: Option<Bound>) -> Result<usize> {
        self.rfind_between(sub, start, end).ok_or_else(|| raise!(ValueError, "substring not found"))
    }

    #[method(
        hidden_signature,
        signature = "($self, sub, start=None, end=None, /)",
        doc = "count($self, sub[, start[, end]], /)\n--\n\nHow often sub is in S[start:end], without overlaps."
    )]
    fn count(&self, sub: &Str, start: Option<Bound>, end: Option<Bound>) -> usize {
        range(self.len(), start, end)
            .map_or(0, |(start, end)| find::count(self.units().part(start, end), sub.units()))
    }

    #[method(
        hidden_signature,
        signature = "($self, prefix, start=None, end=None, /)",
        doc = "startswith($self, prefix[, start[, end]], /)\n--\n\nDoes the part from start to end begin with prefix (or with one of a tuple)?"
    )]
    fn startswith(&self, prefix: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<bool> {
        self.ends_with(prefix, start, end, "startswith", true)
    }

    #[method(
        hidden_signature,
        signature = "($self, suffix, start=None, end=None, /)",
        doc = "endswith($self, suffix[, start[, end]], /)\n--\n\nDoes the part from start to end end with suffix (or with one of a tuple)?"
    )]
    fn endswith(&self, suffix: &Object, start: Option<Bound>, end: Option<Bound>) -> Result<bool> {
        self.ends_with(suffix, start, end, "endswith", false)
    }

    /// The string with new in place of each old; at most count times, unless that is -1.
    #[method(signature = "($self, old, new, /, count=-1)")]
    fn replace(&self, old: &Str, new: &Str, count: isize) -> Result<Ref<Str>> {
        self.replaced(old, new, count)
    }

    /// The string without that prefix, if it begins with it.
    #[method(signature = "($self, prefix, /)")]
    fn removeprefix(&self, prefix: &Str) -> Ref<Str> {
        if self.starts_with(prefix) {
            return self.substring(prefix.len(), self.len());
        }
        Str::exact(self)
    }

    /// The string without that suffix, if it ends with it.
    #[method(signature = "($self, suffix, /)")]
    fn removesuffix(&self, suffix: &Str) -> Ref<Str> {
        if self.len() >= suffix.len()
            && find::matches_at(self.units(), self.len() - suffix.len(), suffix.units())
        {
            return self.substring(0, self.len() - suffix.len());
        }
        Str::exact(self)
    }

    /// The parts before, at and behind the first sep; without one: (string, '', '').
    #[method(signature = "($self, sep, /)")]
    fn partition(&self, sep: &Object) -> Result<(Ref<Str>, Ref<Str>, Ref<Str>)> {
        let sep = separator(sep)?;
        Ok(match find::find(self.units(), sep.units()) {
            Some(found) => (
                self.substring(0, found),
                Ref::from_borrowed(sep),
                self.substring(found + sep.len(), self.len()),
            ),
            None => (Str::exact(self), Str::empty(), Str::empty()),
        })
    }

    /// The parts before, at and behind the last sep; without one: ('', '', string).
    #[method(signature = "($self, sep, /)")]
    fn rpartition(&self, sep: &Object) -> Result<(Ref<Str>, Ref<Str>, Ref<Str>)> {
        let sep = separator(sep)?;
        Ok(match find::rfind(self.units(), sep.units()) {
            Some(found) => (
                self.substring(0, found),
                Ref::from_borrowed(sep),
                self.substring(found + sep.len(), self.len()),
            ),
            None => (Str::empty(), Str::empty(), Str::exact(self)),
        })
    }
}

fn separator(object: &Object) -> Result<&Str> {
    let sep = must_be_str(object)?;
    if sep.is_empty() {
        return Err(raise!(ValueError, "empty separator"));
    }
    Ok(sep)
}

/// Is a character one of `set`?
pub fn is_one_of(set: Units<'_>, code: u32) -> bool {
    match set {
        Units::One(units) if units.len() > 4 => {
            u8::from_code(code).is_some_and(|unit| memchr::memchr(unit, units).is_some())
        }
        set => (0..set.len()).any(|index| set.at(index) == code),
    }
}
