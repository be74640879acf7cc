//! Text forms of objects: repr, str, ascii, format.

use super::{result_from_raw, type_name};
use crate::errors::Result;
use crate::object::Object;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::reference::Ref;
use crate::thread::Thread;
use crate::{intern, raise};

impl Object {
    /// `repr(self)`.
    pub fn repr(&self) -> Result<Ref<Str>> {
        let Some(repr) = self.ty().raw.tp_repr.get() else {
            return Ok(Str::from_string(format!("<{} object at {:p}>", type_name(self), self.as_ptr())));
        };
        Thread::current().check_recursion(" while getting the repr of an object")?;
        // SAFETY: the object is alive during the call.
        let text: Ref = unsafe { result_from_raw(repr(self.as_ptr())) }?;
        text.cast()
            .map_err(|other| raise!(TypeError, "__repr__ returned non-string (type {})", type_name(&other)))
    }

    /// `str(self)`.
    pub fn str_(&self) -> Result<Ref<Str>> {
        if let Some(text) = self.downcast_exact::<Str>() {
            return Ok(Ref::from_borrowed(text));
        }
        let Some(str_) = self.ty().raw.tp_str.get() else { return self.repr() };
        Thread::current().check_recursion(" while getting the str of an object")?;
        // SAFETY: the object is alive during the call.
        let text: Ref = unsafe { result_from_raw(str_(self.as_ptr())) }?;
        text.cast()
            .map_err(|other| raise!(TypeError, "__str__ returned non-string (type {})", type_name(&other)))
    }

    /// `ascii(self)`.
    pub fn ascii(&self) -> Result<Ref<Str>> {
        let text = self.repr()?;
        if text.is_ascii() {
            return Ok(text);
        }
        let mut escaped = String::with_capacity(text.len() + 16);
        for code in text.code_points() {
            match code {
                0..0x80 => escaped.push(code as u8 as char),
                0x80..0x100 => escaped.push_str(&format!("\\x{code:02x}")),
                0x100..0x1_0000 => escaped.push_str(&format!("\\u{code:04x}")),
                _ => escaped.push_str(&format!("\\U{code:08x}")),
            }
        }
        Ok(Str::from_string(escaped))
    }

    /// `format(self, spec)`.
    pub fn format(&self, spec: &Object) -> Result<Ref<Str>> {
        let Some(spec) = spec.downcast::<Str>() else {
            return Err(raise!(SystemError, "Format specifier must be a string, not {}", type_name(spec)));
        };
        if spec.is_empty() {
            if let Some(text) = self.downcast_exact::<Str>() {
                return Ok(Ref::from_borrowed(text));
            }
            if self.is::<Int>() {
                return self.str_();
            }
        }
        let Some(result) = self.call_special(intern!("__format__"), &[spec])? else {
            return Err(raise!(TypeError, "Type {} doesn't define __format__", type_name(self)));
        };
        result
            .cast()
            .map_err(|other| raise!(TypeError, "__format__ must return a str, not {}", type_name(&other)))
    }
}
