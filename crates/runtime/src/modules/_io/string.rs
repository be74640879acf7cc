//! `StringIO`: a text file in memory.

use std::cell::{Cell, RefCell};

use super::base::TextIOBase;
use super::{Size, closed_file, limit};
use crate::objects::str::StrBuilder;
use crate::prelude::*;

/// Text I/O implementation using an in-memory buffer.
#[class(name = "_io.StringIO", flags(BASETYPE, GC))]
#[repr(C)]
pub struct StringIO {
    base: TextIOBase,
    #[gc(skip)]
    data: RefCell<Option<Vec<u32>>>,
    #[gc(skip)]
    position: Cell<usize>,
    #[gc(skip)]
    newline: RefCell<Option<String>>,
}

impl StringIO {
    fn with<R>(&self, body: impl FnOnce(&mut Vec<u32>) -> R) -> Result<R> {
        match &mut *self.data.borrow_mut() {
            Some(data) => Ok(body(data)),
            None => Err(closed_file()),
        }
    }

    fn text(codes: &[u32]) -> Ref<Str> {
        let mut text = StrBuilder::with_capacity(codes.len());
        codes.iter().for_each(|&code| text.push(code));
        text.finish()
    }

    fn line(&self, size: Option<usize>) -> Result<Ref<Str>> {
        let newline = self.newline.borrow().clone();
        self.with(|data| {
            let rest = data.get(self.position.get()..).unwrap_or_default();
            let at = |index: usize| rest.get(index).copied();
            let end = (0..rest.len()).find_map(|i| match (newline.as_deref(), at(i), at(i + 1)) {
                (None | Some("\n"), Some(10), _) => Some(i + 1),
                (Some(""), Some(13), Some(10)) => Some(i + 2),
                (Some(""), Some(10 | 13), _) => Some(i + 1),
                (Some("\r"), Some(13), _) => Some(i + 1),
                (Some("\r\n"), Some(13), Some(10)) => Some(i + 2),
                _ => None,
            });
            let end = end.unwrap_or(rest.len()).min(size.unwrap_or(usize::MAX));
            self.position.set(self.position.get() + end);
            StringIO::text(&rest[..end])
        })
    }

    /// What is stored for text that is written.
    fn stored(&self, text: &Str) -> Vec<u32> {
        let newline = self.newline.borrow().clone();
        let mut codes = Vec::with_capacity(text.len());
        let mut after_cr = false;
        for code in text.code_points() {
            match (newline.as_deref(), code) {
                (None, 13) => codes.push(10),
                (None, 10) if after_cr => {}
                (Some(ending @ ("\r" | "\r\n")), 10) => codes.extend(ending.chars().map(u32::from)),
                _ => codes.push(code),
            }
            after_cr = code == 13;
        }
        codes
    }

    fn put(&self, text: &Str) -> Result<()> {
        let codes = self.stored(text);
        let start = self.position.get();
        self.with(|data| {
            let end = start + codes.len();
            if !codes.is_empty() {
                if data.len() < end {
                    data.resize(end, 0);
                }
                data[start..end].copy_from_slice(&codes);
            }
            self.position.set(end);
        })
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
                data: RefCell::new(Some(Vec::new())),
                position: Cell::new(0),
                newline: RefCell::new(Some("\n".into())),
            },
        )
    }
    #[init(signature = "(initial_value='', newline='\\n')")]
    fn init(&self, initial_value: Option<&Object>, newline: Option<OrNone<&str>>) -> Result<()> {
        let newline = newline.map_or(Some("\n"), |newline| newline.0);
        if let Some(newline) = newline
            && !["", "\n", "\r", "\r\n"].contains(&newline)
        {
            return Err(raise!(ValueError, "illegal newline value: {}", Str::new(newline).repr()?));
        }
        self.newline.replace(newline.map(str::to_string));
        self.data.replace(Some(Vec::new()));
        self.position.set(0);
        if let Some(initial) = initial_value.filter(|initial| !initial.is_none()) {
            let Some(text) = initial.downcast::<Str>() else {
                let kind = initial.ty().full_name();
                return Err(raise!(TypeError, "initial_value must be str or None, not {kind}"));
            };
            self.put(text)?;
            self.position.set(0);
        }
        Ok(())
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read(&self, size: Option<Size>) -> Result<Ref<Str>> {
        let size = limit(size);
        self.with(|data| {
            let rest = data.get(self.position.get()..).unwrap_or_default();
            let end = size.unwrap_or(usize::MAX).min(rest.len());
            self.position.set(self.position.get() + end);
            StringIO::text(&rest[..end])
        })
    }
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn readline(&self, size: Option<Size>) -> Result<Ref<Str>> {
        self.line(limit(size))
    }
    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        let line = if self.is::<StringIO>() {
            self.line(None)?.into_object()
        } else {
            self.call_method(intern!("readline"), &[])?
        };
        Ok((line.length()? != 0).then_some(line))
    }
    #[method(signature = "($self, s, /)", doc = "")]
    fn write(&self, s: &Object) -> Result<usize> {
        let Some(text) = s.downcast::<Str>() else {
            return Err(raise!(TypeError, "string argument expected, got '{}'", s.ty().full_name()));
        };
        self.put(text)?;
        Ok(text.len())
    }
    #[method(signature = "($self, /)", doc = "")]
    fn getvalue(&self) -> Result<Ref<Str>> {
        self.with(|data| StringIO::text(data))
    }
    #[method(signature = "($self, /)", doc = "")]
    fn tell(&self) -> Result<usize> {
        self.with(|_| self.position.get())
    }
    #[method(signature = "($self, pos, whence=0, /)", doc = "")]
    fn seek(&self, pos: isize, whence: Option<i32>) -> Result<usize> {
        let length = self.with(|data| data.len())?;
        let target = match whence.unwrap_or(0) {
            0 => usize::try_from(pos).map_err(|_| raise!(ValueError, "Negative seek position {pos}"))?,
            1 | 2 if pos != 0 => return Err(raise!(OSError, "Can't do nonzero cur-relative seeks")),
            1 => self.position.get(),
            2 => length,
            other => {
                return Err(raise!(ValueError, "Invalid whence ({other}, should be 0, 1 or 2)"));
            }
        };
        self.position.set(target);
        Ok(target)
    }
    #[method(signature = "($self, pos=None, /)", doc = "")]
    fn truncate(&self, pos: Option<OrNone<isize>>) -> Result<usize> {
        let size = match pos.and_then(|pos| pos.0) {
            Some(pos) => usize::try_from(pos).map_err(|_| raise!(ValueError, "Negative size value {pos}"))?,
            None => self.position.get(),
        };
        self.with(|data| data.truncate(size))?;
        Ok(size)
    }
    #[method(signature = "($self, /)", doc = "")]
    fn close(&self) {
        self.data.replace(None);
    }
    #[method(signature = "($self, /)", doc = "")]
    fn readable(&self) -> Result<bool> {
        self.with(|_| true)
    }
    #[method(signature = "($self, /)", doc = "")]
    fn writable(&self) -> Result<bool> {
        self.with(|_| true)
    }
    #[method(signature = "($self, /)", doc = "")]
    fn seekable(&self) -> Result<bool> {
        self.with(|_| true)
    }
    #[getter]
    fn closed(&self) -> bool {
        self.data.borrow().is_none()
    }
    #[getter(name = "line_buffering")]
    fn line_buffering(&self) -> Result<bool> {
        self.with(|_| false)
    }
}
