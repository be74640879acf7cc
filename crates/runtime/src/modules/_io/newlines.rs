//! `IncrementalNewlineDecoder`: a decoder that makes line ends alike.

use std::cell::Cell;

use crate::objects::str::StrBuilder;
use crate::prelude::*;

/// Codec used when reading a file in universal newlines mode.
#[class(name = "_io.IncrementalNewlineDecoder", flags(BASETYPE, GC))]
#[repr(C)]
pub struct IncrementalNewlineDecoder {
    head: Object,
    decoder: Link,
    #[gc(skip)]
    translate: Cell<bool>,
    #[gc(skip)]
    pending: Cell<bool>,
    #[gc(skip)]
    seen: Cell<u8>,
}

impl IncrementalNewlineDecoder {
    /// Text with its line ends translated.
    pub fn translate(&self, input: &Str, is_final: bool) -> Ref<Str> {
        let mut out = StrBuilder::with_capacity(input.len() + 1);
        let mut pending = self.pending.replace(false);
        let mut seen = self.seen.get();
        for code in input.code_points() {
            if std::mem::take(&mut pending) {
                if code == 10 {
                    seen |= 4;
                    if !self.translate.get() {
                        out.push(13);
                    }
                    out.push(10);
                    continue;
                }
                seen |= 1;
                out.push(if self.translate.get() { 10 } else { 13 });
            }
            match code {
                13 => pending = true,
                10 => {
                    seen |= 2;
                    out.push(10);
                }
                _ => out.push(code),
            }
        }
        if pending {
            if is_final {
                seen |= 1;
                out.push(if self.translate.get() { 10 } else { 13 });
            } else {
                self.pending.set(true);
            }
        }
        self.seen.set(seen);
        out.finish()
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
                translate: Cell::new(false),
                pending: Cell::new(false),
                seen: Cell::new(0),
            },
        )
    }
    #[init(signature = "(decoder, translate, errors='strict')")]
    fn init(&self, decoder: &Object, translate: bool, errors: Option<&Object>) {
        let _ = errors;
        self.decoder.set((!decoder.is_none()).then(|| decoder.to_ref()));
        self.translate.set(translate);
        self.pending.set(false);
        self.seen.set(0);
    }
    #[method(signature = "($self, /, input, final=False)", doc = "")]
    fn decode(&self, input: &Object, is_final: bool) -> Result<Ref<Str>> {
        let text = match self.decoder.get() {
            Some(decoder) => decoder.call_method(intern!("decode"), &[input, &*py_bool(is_final)])?,
            None => input.to_ref(),
        };
        match text.downcast::<Str>() {
            Some(text) => Ok(self.translate(text, is_final)),
            None => {
                let kind = text.ty().full_name();
                Err(raise!(TypeError, "decoder should return a string result, not '{kind}'"))
            }
        }
    }
    #[method(signature = "($self, /)", doc = "")]
    fn getstate(&self) -> Result {
        let pending = i64::from(self.pending.get());
        let (buffer, flags) = match self.decoder.get() {
            Some(decoder) => {
                let state = decoder.call_method(intern!("getstate"), &[])?;
                match state.downcast::<Tuple>().map(Tuple::as_slice) {
                    Some([buffer, flags]) => (buffer.clone(), flags.index()?.to_i64().unwrap_or(0)),
                    _ => return Err(raise!(TypeError, "illegal decoder state")),
                }
            }
            None => (Bytes::empty().into_object(), 0),
        };
        (buffer, flags << 1 | pending).into_result()
    }
    #[method(signature = "($self, state, /)", doc = "")]
    fn setstate(&self, state: &Object) -> Result<()> {
        let Some([buffer, flags]) = state.downcast::<Tuple>().map(Tuple::as_slice) else {
            return Err(raise!(TypeError, "state argument must be a tuple"));
        };
        let flags = flags.index()?.to_i64().unwrap_or(0);
        self.pending.set(flags & 1 != 0);
        if let Some(decoder) = self.decoder.get() {
            let state = Tuple::pack([buffer.clone(), Int::new(flags >> 1).into_object()]);
            decoder.call_method(intern!("setstate"), &[&state])?;
        }
        Ok(())
    }
    #[method(signature = "($self, /)", doc = "")]
    fn reset(&self) -> Result<()> {
        self.pending.set(false);
        self.seen.set(0);
        if let Some(decoder) = self.decoder.get() {
            decoder.call_method(intern!("reset"), &[])?;
        }
        Ok(())
    }
    #[getter]
    fn newlines(&self) -> Result {
        let all = [(1u8, "\r"), (2, "\n"), (4, "\r\n")];
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
