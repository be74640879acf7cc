//! `StringIO`: a text file in memory.

use std::cell::{Cell, RefCell};

use super::base::TextIOBase;
use super::newlines::IncrementalNewlineDecoder;
use super::text::{Newline, line_end};
use super::{Size, limit};
use crate::objects::exceptions;
use crate::objects::str::{StrBuilder, Units};
use crate::prelude::*;

/// A text file that lies in memory.
///
/// It starts with initial_value; newline says what becomes of line ends.
#[class(name = "_io.StringIO", flags(BASETYPE, GC))]
#[repr(C)]
pub struct StringIO {
    base: TextIOBase,
    decoder: Link<IncrementalNewlineDecoder>,
    #[gc(skip)]
    data: RefCell<Data>,
    #[gc(skip)]
    position: Cell<usize>,
    #[gc(skip)]
    newline: Cell<Newline>,
}

/// What the file holds.
enum Data {
    Blank,
    Closed,
    /// It was only added to.
    Growing(StrBuilder),
    /// It is used as a file.
    Fixed(Vec<u32>),
}

fn text_of(codes: &[u32]) -> Result<Ref<Str>> {
    let mut text = StrBuilder::with_capacity(codes.len());
    codes.iter().for_each(|&code| text.push(code));
    text.try_finish()
}

impl Data {
    fn value(&mut self) -> Result<Ref<Str>> {
        match self {
            Data::Growing(builder) => {
                let full = std::mem::replace(builder, StrBuilder::with_capacity(0));
                let text = full.try_finish()?;
                builder.push_str(&text);
                Ok(text)
            }
            Data::Fixed(codes) => text_of(codes),
            _ => Ok(Str::empty()),
        }
    }
}

impl StringIO {
    fn check(&self) -> Result<()> {
        match &*self.data.borrow() {
            Data::Blank => Err(raise!(ValueError, "I/O operation on uninitialized object")),
            Data::Closed => Err(raise!(ValueError, "I/O operation on closed file")),
            _ => Ok(()),
        }
    }

    /// Works on the text as code points.
    fn with<R>(&self, body: impl FnOnce(&mut Vec<u32>) -> R) -> Result<R> {
        self.check()?;
        let mut data = self.data.borrow_mut();
        if let Data::Growing(builder) = &mut *data {
            let full = std::mem::replace(builder, StrBuilder::with_capacity(0));
            *data = Data::Fixed(full.try_finish()?.code_points().collect());
        }
        match &mut *data {
            Data::Fixed(codes) => Ok(body(codes)),
            _ => Err(raise!(ValueError, "I/O operation on closed file")),
        }
    }

    /// The text from the position on, up to where `end` says.
    fn take(&self, end: impl FnOnce(&[u32]) -> usize) -> Result<Ref<Str>> {
        self.with(|codes| {
            let rest = codes.get(self.position.get()..).unwrap_or_default();
            let end = end(rest);
            self.position.set(self.position.get() + end);
            text_of(&rest[..end])
        })?
    }

    fn line(&self, size: Option<usize>) -> Result<Ref<Str>> {
        let newline = self.newline.get();
        self.take(|rest| {
            let rest = &rest[..rest.len().min(size.unwrap_or(usize::MAX))];
            line_end(Units::Four(rest), newline).unwrap_or(rest.len())
        })
    }

    fn put(&self, text: &Str) -> Result<()> {
        let decoded = match self.decoder.get() {
            Some(decoder) => decoder.translate(Ref::from_borrowed(text), true)?,
            None => Ref::from_borrowed(text),
        };
        let stored = match self.newline.get().written() {
            Some(ending) => decoded.replaced(&Str::new("\n"), &Str::new(ending), -1)?,
            None => decoded,
        };
        let start = self.position.get();
        let Some(end) = start.checked_add(stored.len()).filter(|&end| end < isize::MAX as usize / 4) else {
            return Err(raise!(OverflowError, "new position too large"));
        };
        if let Data::Growing(builder) = &mut *self.data.borrow_mut()
            && builder.len() == start
        {
            builder.push_str(&stored);
            self.position.set(end);
            return Ok(());
        }
        if stored.is_empty() {
            return Ok(());
        }
        self.with(|codes| {
            if codes.len() < end {
                if codes.try_reserve(end - codes.len()).is_err() {
                    return Err(crate::errors::no_memory());
                }
                codes.resize(end, 0);
            }
            codes[start..end].iter_mut().zip(stored.code_points()).for_each(|(place, code)| *place = code);
            self.position.set(end);
            Ok(())
        })?
    }

    fn start(&self, initial: Option<&Object>, newline: Option<&Object>) -> Result<()> {
        let given = |value: Option<&Object>, what: &str| match value.filter(|value| !value.is_none()) {
            None => Ok(None),
            Some(value) => match value.downcast::<Str>() {
                Some(text) => Ok(Some(Ref::from_borrowed(text))),
                None => Err(raise!(TypeError, "{what} must be str or None, not {}", value.ty().full_name())),
            },
        };
        let newline = match newline {
            None => Newline::Lf,
            Some(newline) => {
                let text = given(Some(newline), "newline")?;
                Newline::parse(text.as_deref().map(Str::to_utf8).transpose()?)
                    .ok_or_else(|| raise!(ValueError, "illegal newline value: {}", newline_repr(newline)))?
            }
        };
        let initial = given(initial, "initial_value")?;
        self.newline.set(newline);
        self.decoder.set(
            newline
                .is_universal()
                .then(|| IncrementalNewlineDecoder::over_text(newline == Newline::Translated)),
        );
        self.position.set(0);
        self.data.replace(Data::Growing(StrBuilder::with_capacity(0)));
        if let Some(text) = initial {
            self.put(&text)?;
            // What is there at the start is written over, not added to.
            self.with(|_| ())?;
            self.position.set(0);
        }
        Ok(())
    }
}

fn newline_repr(newline: &Object) -> String {
    match newline.repr() {
        Ok(text) => text.to_string(),
        Err(raised) => {
            raised.clear();
            String::new()
        }
    }
}

#[methods]
impl StringIO {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<StringIO> {
        Ref::new_in(
            class,
            StringIO {
                base: TextIOBase::blank(),
                decoder: Link::null(),
                data: RefCell::new(Data::Blank),
                position: Cell::new(0),
                newline: Cell::new(Newline::Lf),
            },
        )
    }

    #[init(signature = "(initial_value='', newline='\\n')")]
    fn init(&self, initial_value: Option<&Object>, newline: Option<&Object>) -> Result<()> {
        self.start(initial_value, newline)
    }

    /// Characters from the position on, as many as asked for or all.
    #[method(signature = "($self, size=-1, /)")]
    fn read(&self, size: Option<Size>) -> Result<Ref<Str>> {
        self.check()?;
        let size = limit(size);
        if size.is_none() && self.position.get() == 0 {
            let mut data = self.data.borrow_mut();
            let text = data.value()?;
            self.position.set(text.len());
            return Ok(text);
        }
        self.take(|rest| rest.len().min(size.unwrap_or(usize::MAX)))
    }

    /// Text up to the end of the line, or less if a size says so.
    #[method(signature = "($self, size=-1, /)")]
    fn readline(&self, size: Option<Size>) -> Result<Ref<Str>> {
        self.line(limit(size))
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        self.check()?;
        let line = if self.is::<StringIO>() {
            self.line(None)?
        } else {
            self.call_method(intern!("readline"), &[])?.cast::<Str>().map_err(|other| {
                let kind = other.ty().full_name();
                raise!(OSError, "readline() should have returned a str object, not '{kind}'")
            })?
        };
        Ok((!line.is_empty()).then(|| line.into_object()))
    }

    /// Put text at the position; its length.
    #[method(signature = "($self, s, /)")]
    fn write(&self, s: &Object) -> Result<usize> {
        self.check()?;
        let Some(text) = s.downcast::<Str>() else {
            return Err(raise!(TypeError, "string argument expected, got '{}'", s.ty().full_name()));
        };
        self.put(text)?;
        Ok(text.len())
    }

    /// The whole text.
    #[method(signature = "($self, /)")]
    fn getvalue(&self) -> Result<Ref<Str>> {
        self.check()?;
        self.data.borrow_mut().value()
    }

    /// The position, in characters.
    #[method(signature = "($self, /)")]
    fn tell(&self) -> Result<usize> {
        self.check().map(|()| self.position.get())
    }

    /// Go to a position: from the start (0), or to here (1) or the end (2).
    #[method(signature = "($self, pos, whence=0, /)")]
    fn seek(&self, pos: isize, whence: Option<i32>) -> Result<usize> {
        self.check()?;
        let target = match whence.unwrap_or(0) {
            0 => usize::try_from(pos).map_err(|_| raise!(ValueError, "Negative seek position {pos}"))?,
            1 | 2 if pos != 0 => return Err(raise!(OSError, "Can't do nonzero cur-relative seeks")),
            1 => self.position.get(),
            2 => self.with(|codes| codes.len())?,
            other => {
                return Err(raise!(ValueError, "Invalid whence ({other}, should be 0, 1 or 2)"));
            }
        };
        self.position.set(target);
        Ok(target)
    }

    /// Cut the text off at a size, or at the position.
    #[method(signature = "($self, pos=None, /)")]
    fn truncate(&self, pos: Option<&Object>) -> Result<usize> {
        self.check()?;
        let size = match pos.filter(|pos| !pos.is_none()) {
            Some(pos) if pos.ty().nb_index().is_none() => {
                let kind = pos.ty().full_name();
                return Err(raise!(TypeError, "argument should be integer or None, not '{kind}'"));
            }
            Some(pos) => {
                let pos = pos.to_isize_index(&exceptions::OverflowError)?;
                usize::try_from(pos).map_err(|_| raise!(ValueError, "Negative size value {pos}"))?
            }
            None => self.position.get(),
        };
        self.with(|codes| codes.truncate(size))?;
        Ok(size)
    }

    /// Give the text up; the file can't be used any more.
    #[method(signature = "($self, /)")]
    fn close(&self) {
        self.data.replace(Data::Closed);
    }

    /// Always, while it is open.
    #[method(signature = "($self, /)")]
    fn readable(&self) -> Result<bool> {
        self.check().map(|()| true)
    }

    /// Always, while it is open.
    #[method(signature = "($self, /)")]
    fn writable(&self) -> Result<bool> {
        self.check().map(|()| true)
    }

    /// Always, while it is open.
    #[method(signature = "($self, /)")]
    fn seekable(&self) -> Result<bool> {
        self.check().map(|()| true)
    }

    #[method(name = "__getstate__", hidden_signature, signature = "()")]
    fn getstate(&self) -> Result {
        self.check()?;
        let value = self.data.borrow_mut().value()?;
        let newline = match self.newline.get() {
            Newline::Translated => none(),
            Newline::Universal => Str::empty().into_object(),
            Newline::Lf => Str::new("\n").into_object(),
            Newline::Cr => Str::new("\r").into_object(),
            Newline::CrLf => Str::new("\r\n").into_object(),
        };
        let dict = match self.instance_dict() {
            Some(dict) => dict.copy()?.into_object(),
            None => none(),
        };
        (value.into_object(), newline, self.position.get(), dict).into_result()
    }

    #[method(name = "__setstate__", hidden_signature, signature = "(state, /)")]
    fn setstate(&self, state: &Object) -> Result<()> {
        let Some([value, newline, position, dict, ..]) = state.downcast::<Tuple>().map(Tuple::as_slice)
        else {
            let (class, kind) = (self.ty().full_name(), state.ty().full_name());
            return Err(raise!(TypeError, "{class}.__setstate__ argument should be 4-tuple, got {kind}"));
        };
        self.start(Some(value), Some(newline))?;
        // The line ends were translated then.
        if let Some(text) = value.downcast::<Str>() {
            self.data.replace(Data::Fixed(text.code_points().collect()));
        }
        let Some(position) = position.downcast::<Int>() else {
            let kind = position.ty().full_name();
            return Err(raise!(TypeError, "third item of state must be an integer, got {kind}"));
        };
        let position = position.to_isize_index(&exceptions::OverflowError)?;
        let position =
            usize::try_from(position).map_err(|_| raise!(ValueError, "position value cannot be negative"))?;
        self.position.set(position);
        super::base::update_dict(self, dict, "fourth")
    }

    #[getter]
    fn closed(&self) -> Result<bool> {
        match &*self.data.borrow() {
            Data::Blank => Err(raise!(ValueError, "I/O operation on uninitialized object")),
            data => Ok(matches!(data, Data::Closed)),
        }
    }
    #[getter(name = "line_buffering")]
    fn line_buffering(&self) -> Result<bool> {
        self.check().map(|()| false)
    }
    #[getter]
    fn newlines(&self) -> Result {
        self.check()?;
        match self.decoder.get() {
            Some(decoder) => decoder.get_attr(intern!("newlines")),
            None => Ok(none()),
        }
    }
}
