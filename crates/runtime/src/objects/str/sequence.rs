//! `str` as a sequence and a value: subscripts, operators, comparison, repr.

use std::cmp::Ordering;

use super::iterator::{AsciiIterator, StrIterator};
use super::{Str, StrBuilder, Unit, Units, find, unicode, with_units};
use crate::objects::slice::Slice;
use crate::prelude::*;

fn compare_units<A: Unit, B: Unit>(left: &[A], right: &[B]) -> Ordering {
    left.iter().map(|unit| unit.code()).cmp(right.iter().map(|unit| unit.code()))
}

impl Str {
    /// The order of code points.
    pub fn compare(&self, other: &Str) -> Ordering {
        match (self.units(), other.units()) {
            (Units::One(left), Units::One(right)) => left.cmp(right),
            (left, right) => {
                with_units!(left, left => with_units!(right, right => compare_units(left, right)))
            }
        }
    }

    /// `self * count`.
    pub fn repeat(&self, count: isize) -> Result<Ref<Str>> {
        let Ok(count @ 1..) = usize::try_from(count) else { return Ok(Str::empty()) };
        if count == 1 || self.is_empty() {
            return Ok(Str::exact(self));
        }
        let bytes = self.units().as_bytes();
        let len = self.len().checked_mul(count).filter(|&len| len <= isize::MAX as usize);
        let Some(len) = len else {
            return Err(raise!(OverflowError, "repeated string is too long"));
        };
        let (result, data) = Str::allocate(len, self.max_class())?;
        let total = bytes.len() * count;
        // SAFETY: there is room for `total` bytes; what is written doubles until it fills it.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
            let mut done = bytes.len();
            while done < total {
                let more = done.min(total - done);
                std::ptr::copy_nonoverlapping(data, data.add(done), more);
                done += more;
            }
        }
        Ok(result)
    }

    /// The character at an index that may count from the end.
    pub fn item(&self, index: isize) -> Result<Ref<Str>> {
        let place = if index < 0 { index + self.len() as isize } else { index };
        match usize::try_from(place) {
            Ok(place) if place < self.len() => Ok(Str::from_char(self.char_at(place))),
            _ => Err(raise!(IndexError, "string index out of range")),
        }
    }

    /// `self[slice]`.
    pub fn slice(&self, slice: &Slice) -> Result<Ref<Str>> {
        let range = slice.resolve(self.len())?;
        if range.length == 0 {
            return Ok(Str::empty());
        }
        if range.step == 1 {
            let start = range.start as usize;
            return Ok(self.substring(start, start + range.length));
        }
        let text = self.units();
        let mut result = StrBuilder::with_capacity(range.length);
        range.indices().for_each(|index| result.push(text.at(index)));
        result.try_finish()
    }

    /// `repr(self)`.
    pub fn quoted(&self) -> Result<Ref<Str>> {
        let text = self.units();
        let quote = match (find::find_char(text, 0x27), find::find_char(text, 0x22)) {
            (Some(_), None) => 0x22,
            _ => 0x27,
        };
        let mut result = StrBuilder::with_capacity(self.len() + 2);
        result.push(quote);
        for code in self.code_points() {
            match code {
                0x5c => result.push_text("\\\\"),
                0x09 => result.push_text("\\t"),
                0x0a => result.push_text("\\n"),
                0x0d => result.push_text("\\r"),
                _ if code == quote => {
                    result.push(0x5c);
                    result.push(code);
                }
                0x20..0x7f => result.push(code),
                _ if unicode::is_printable(code) => result.push(code),
                0..0x100 => result.push_text(&format!("\\x{code:02x}")),
                0x100..0x1_0000 => result.push_text(&format!("\\u{code:04x}")),
                _ => result.push_text(&format!("\\U{code:08x}")),
            }
        }
        result.push(quote);
        result.try_finish()
    }
}

#[methods(part = sequence)]
impl Str {
    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        self.quoted()
    }

    #[slot]
    fn tp_str(&self) -> Ref<Str> {
        Str::exact(self)
    }

    #[slot]
    fn tp_hash(&self) -> isize {
        self.hash_value()
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast::<Str>() else { return Ok(not_implemented()) };
        Ok(py_bool(match op {
            CompareOp::Eq => self.equals(other),
            CompareOp::Ne => !self.equals(other),
            _ => op.accepts(self.compare(other)),
        }))
    }

    #[slot]
    fn tp_iter(&self) -> Ref {
        if self.is_ascii() {
            return AsciiIterator::over(self).into_object();
        }
        StrIterator::over(self).into_object()
    }

    #[slot]
    fn sq_length(&self) -> usize {
        self.len()
    }

    #[slot]
    fn mp_length(&self) -> usize {
        self.len()
    }

    #[slot]
    fn sq_concat(&self, other: &Object) -> Result<Ref<Str>> {
        match other.downcast::<Str>() {
            Some(other) => self.concat(other),
            None => {
                Err(raise!(TypeError, "can only concatenate str (not \"{}\") to str", other.ty().full_name()))
            }
        }
    }

    #[slot]
    fn sq_repeat(&self, count: isize) -> Result<Ref<Str>> {
        self.repeat(count)
    }

    #[slot]
    fn sq_item(&self, index: isize) -> Result<Ref<Str>> {
        // The protocol has added the length to a negative index already.
        if index < 0 {
            return Err(raise!(IndexError, "string index out of range"));
        }
        self.item(index)
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result<Ref<Str>> {
        if key.ty().nb_index().is_some() {
            return self.item(key.to_isize_index(&crate::objects::exceptions::IndexError)?);
        }
        match key.downcast::<Slice>() {
            Some(slice) => self.slice(slice),
            None => Err(raise!(TypeError, "string indices must be integers, not '{}'", key.ty().full_name())),
        }
    }

    #[slot]
    fn sq_contains(&self, item: &Object) -> Result<bool> {
        match item.downcast::<Str>() {
            Some(text) => Ok(self.contains_str(text)),
            None => Err(raise!(
                TypeError,
                "'in <string>' requires string as left operand, not {}",
                item.ty().full_name()
            )),
        }
    }

    #[slot]
    fn nb_remainder(left: &Object, right: &Object) -> Result {
        match left.downcast::<Str>() {
            Some(format) => Ok(crate::format::percent::format_str(format, right)?.into_object()),
            None => Ok(not_implemented()),
        }
    }
}
