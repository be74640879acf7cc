//! Writing text: encoded at once, handed on in chunks.

use super::*;
use crate::objects::str::find::find_char;

impl TextIOWrapper {
    /// Hands what is encoded to the buffer.
    pub(super) fn write_pending(&self, buffer: &Object) -> Result<()> {
        if self.pending.borrow().is_empty() {
            return Ok(());
        }
        let data = Bytes::try_new(&self.pending.take())?;
        buffer.call_method(intern!("write"), &[&*data]).map(drop)
    }

    /// Text in the encoding, added to what is to be written.
    fn encode(&self, buffer: &Object, encoder: &Object, text: &Str) -> Result<()> {
        let plain = self.native.get().is_some().then(|| text.as_ascii()).flatten();
        if let Some(plain) = plain {
            return self.add(buffer, plain.as_bytes());
        }
        if let Some(native) = self.native.get() {
            let errors = self.errors.get();
            let errors = errors.as_deref().and_then(Str::as_utf8).unwrap_or("strict");
            return self.add(buffer, &native.encode(text, errors)?);
        }
        let bytes = encoder.call_method(intern!("encode"), &[text])?;
        match bytes.downcast::<Bytes>() {
            Some(bytes) => self.add(buffer, bytes.as_slice()),
            None => {
                let kind = bytes.ty().full_name();
                Err(raise!(TypeError, "encoder should return a bytes object, not '{kind}'"))
            }
        }
    }

    fn add(&self, buffer: &Object, data: &[u8]) -> Result<()> {
        // Large data isn't added to what is there.
        while !self.pending.borrow().is_empty()
            && self.pending.borrow().len() + data.len() > self.chunk_size.get()
        {
            self.write_pending(buffer)?;
        }
        self.pending.borrow_mut().extend_from_slice(data);
        Ok(())
    }
}

#[methods(part = writing)]
impl TextIOWrapper {
    #[method(signature = "($self, text, /)", doc = "")]
    fn write(&self, text: &Str) -> Result<usize> {
        let buffer = self.check()?;
        let Some(encoder) = self.encoder.get() else { return Err(unsupported("not writable")) };
        let written = self.newline.get().written();
        let line_buffering = self.line_buffering.get();
        let has = |code: u32| find_char(text.units(), code).is_some();
        let has_lf = (line_buffering || written.is_some()) && has(10);
        match written.filter(|_| has_lf) {
            Some(ending) => {
                let text = text.replaced(&Str::new("\n"), &Str::new(ending), -1)?;
                self.encode(&buffer, &encoder, &text)?;
            }
            None => self.encode(&buffer, &encoder, text)?,
        }
        let flush = line_buffering && (has_lf || has(13));
        if flush || self.write_through.get() || self.pending.borrow().len() >= self.chunk_size.get() {
            self.write_pending(&buffer)?;
        }
        if flush {
            buffer.call_method(intern!("flush"), &[])?;
        }
        if self.snapshot.get().is_some() {
            self.forget();
        }
        if let Some(decoder) = self.decoder.get() {
            decoder.call_method(intern!("reset"), &[])?;
        }
        Ok(text.len())
    }
}
