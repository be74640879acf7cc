//! `IncrementalNewlineDecoder`: a decoder that makes line ends alike.

use std::cell::Cell;

use super::text::decoded;
use crate::objects::str::find::find_char;
use crate::objects::str::{StrBuilder, Units};
use crate::prelude::*;

/// A decoder that knows all line ends.
///
/// It makes them alike if translate is true, and remembers which there were. Without
/// a decoder under it, text comes in.
const CR: u8 = 1;
const LF: u8 = 2;
const CRLF: u8 = 4;

/// A decoder that knows all line ends.
///
/// It makes them alike if translate is true, and remembers which there were. Without
/// a decoder under it, text comes in.
#[class(name = "_io.IncrementalNewlineDecoder", flags(BASETYPE, GC))]
#[repr(C)]
pub struct IncrementalNewlineDecoder {
    head: Object,
    /// None: text comes in. Null: not initialized.
    decoder: Link,
    errors: Link,
    #[gc(skip)]
    translate: Cell<bool>,
    #[gc(skip)]
    pending: Cell<bool>,
    #[gc(skip)]
    seen: Cell<u8>,
}

impl IncrementalNewlineDecoder {
    /// One that takes text.
    pub fn over_text(translate: bool) -> Ref<IncrementalNewlineDecoder> {
        Ref::new(IncrementalNewlineDecoder {
            head: Object::HEAD,
            decoder: Link::new(none()),
            errors: Link::null(),
            translate: Cell::new(translate),
            pending: Cell::new(false),
            seen: Cell::new(0),
        })
    }

    fn inner(&self) -> Result {
        self.decoder
            .get()
            .ok_or_else(|| raise!(ValueError, "IncrementalNewlineDecoder.__init__() not called"))
    }

    /// Decodes.
    pub fn decode_object(&self, input: &Object, is_final: bool) -> Result<Ref<Str>> {
        let inner = self.inner()?;
        let text = if inner.is_none() {
            input.to_ref()
        } else {
            inner.call_method(intern!("decode"), &[input, &*py_bool(is_final)])?
        };
        self.translate(decoded(text)?, is_final)
    }

    /// Text with its line ends translated.
    pub fn translate(&self, mut text: Ref<Str>, is_final: bool) -> Result<Ref<Str>> {
        if self.pending.get() && (is_final || !text.is_empty()) {
            text = Str::new("\r").concat(&text)?;
            self.pending.set(false);
        }
        // A \r at the end may be one half.
        if !is_final && !text.is_empty() && text.char_at(text.len() - 1) == 13 {
            text = text.substring(0, text.len() - 1);
            self.pending.set(true);
        }
        let mut seen = self.seen.get();
        let units = text.units();
        if find_char(units, 13).is_none() {
            if seen & LF == 0 && find_char(units, 10).is_some() {
                self.seen.set(seen | LF);
            }
            return Ok(text);
        }
        let translate = self.translate.get();
        if !translate && seen == CR | LF | CRLF {
            return Ok(text);
        }
        let mut result = StrBuilder::with_capacity(if translate { text.len() } else { 0 });
        let mut start = 0;
        while let Some(place) = find_char(units.part(start, units.len()), 13) {
            let place = start + place;
            if seen & LF == 0 && find_char(units.part(start, place), 10).is_some() {
                seen |= LF;
            }
            let pair = place + 1 < units.len() && units.at(place + 1) == 10;
            seen |= if pair { CRLF } else { CR };
            if translate {
                result.push_units(units.part(start, place));
                result.push(10);
            }
            start = place + 1 + usize::from(pair);
        }
        let rest: Units<'_> = units.part(start, units.len());
        if seen & LF == 0 && find_char(rest, 10).is_some() {
            seen |= LF;
        }
        self.seen.set(seen);
        if !translate {
            return Ok(text);
        }
        result.push_units(rest);
        result.try_finish()
    }
}

#[methods]
impl IncrementalNewlineDecoder {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<IncrementalNewlineDecoder> {
        Ref::new_in(
            class,
            IncrementalNewlineDecoder {
                head: Object::HEAD,
                decoder: Link::null(),
                errors: Link::null(),
                translate: Cell::new(false),
                pending: Cell::new(false),
                seen: Cell::new(0),
            },
        )
    }
    #[init(signature = "(decoder, translate, errors='strict')")]
    fn init(&self, decoder: &Object, translate: bool, errors: Option<&Object>) {
        self.decoder.set(Some(decoder.to_ref()));
        self.errors.set(errors.map(|errors| errors.to_ref()));
        self.translate.set(translate);
        self.pending.set(false);
        self.seen.set(0);
    }
    #[method(signature = "($self, /, input, final=False)", doc = "")]
    fn decode(&self, input: &Object, is_final: bool) -> Result<Ref<Str>> {
        self.decode_object(input, is_final)
    }
    #[method(signature = "($self, /)", doc = "")]
    fn getstate(&self) -> Result {
        let inner = self.inner()?;
        let pending = u64::from(self.pending.get());
        if inner.is_none() {
            return (Bytes::empty().into_object(), Int::from_u64(pending).into_object()).into_result();
        }
        let state = inner.call_method(intern!("getstate"), &[])?;
        let Some([buffer, flags]) = state.downcast::<Tuple>().map(Tuple::as_slice) else {
            return Err(raise!(TypeError, "illegal decoder state"));
        };
        let flags = unsigned(flags)? << 1 | pending;
        (buffer.clone(), Int::from_u64(flags).into_object()).into_result()
    }
    #[method(signature = "($self, state, /)", doc = "")]
    fn setstate(&self, state: &Object) -> Result<()> {
        let inner = self.inner()?;
        let Some(state) = state.downcast::<Tuple>() else {
            return Err(raise!(TypeError, "state argument must be a tuple"));
        };
        let [buffer, flags] = state.as_slice() else {
            return Err(raise!(TypeError, "setstate(): illegal state argument"));
        };
        let flags = unsigned(flags)?;
        self.pending.set(flags & 1 != 0);
        if !inner.is_none() {
            let state = Tuple::pack([buffer.clone(), Int::from_u64(flags >> 1).into_object()]);
            inner.call_method(intern!("setstate"), &[&state])?;
        }
        Ok(())
    }
    #[method(signature = "($self, /)", doc = "")]
    fn reset(&self) -> Result<()> {
        let inner = self.inner()?;
        self.pending.set(false);
        self.seen.set(0);
        if !inner.is_none() {
            inner.call_method(intern!("reset"), &[])?;
        }
        Ok(())
    }
    #[getter]
    fn newlines(&self) -> Result {
        self.inner()?;
        let all = [(CR, "\r"), (LF, "\n"), (CRLF, "\r\n")];
        let seen: Vec<Ref> = all
            .iter()
            .filter(|(bit, _)| self.seen.get() & bit != 0)
            .map(|(_, text)| Str::new(text).into_object())
            .collect();
        Ok(match &seen[..] {
            [] => none(),
            [only] => only.clone(),
            _ => Tuple::from_vec(seen).into_object(),
        })
    }
}

/// A state's flags, cut to 64 bits.
fn unsigned(flags: &Object) -> Result<u64> {
    let flags = flags.downcast::<Int>().ok_or_else(|| {
        raise!(TypeError, "'{}' object cannot be interpreted as an integer", flags.ty().full_name())
    })?;
    Ok(flags
        .to_i64()
        .map_or_else(|| flags.to_bigint().iter_u64_digits().next().unwrap_or(0), |flags| flags as u64))
}
