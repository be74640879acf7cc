//! Reading text: chunk by chunk through the decoder.

use super::*;

/// A decoder's answer, which must be text.
pub fn decoded(answer: Ref) -> Result<Ref<Str>> {
    answer.cast::<Str>().map_err(|other| {
        let kind = other.ty().full_name();
        raise!(TypeError, "decoder should return a string result, not '{kind}'")
    })
}

/// Decodes; a decoder of line ends of ours without a look-up.
pub fn decode(decoder: &Object, input: &Object, is_final: bool) -> Result<Ref<Str>> {
    match decoder.downcast_exact::<IncrementalNewlineDecoder>() {
        Some(decoder) => decoder.decode_object(input, is_final),
        None => decoded(decoder.call_method(intern!("decode"), &[input, &*py_bool(is_final)])?),
    }
}

impl TextIOWrapper {
    fn decoder(&self) -> Result {
        self.decoder.get().ok_or_else(|| unsupported("not readable"))
    }

    /// Text that is decoded already, at most `count` characters.
    pub(super) fn take(&self, count: usize) -> Option<Ref<Str>> {
        let text = self.decoded.get()?;
        let start = self.used.get();
        let rest = text.len().saturating_sub(start);
        if rest == 0 {
            return None;
        }
        let count = count.min(rest);
        self.used.set(start + count);
        Some(if count == text.len() { text } else { text.substring(start, start + count) })
    }

    /// Decodes one more chunk; false at the end.
    fn read_chunk(&self, buffer: &Object, wanted: usize) -> Result<bool> {
        let decoder = self.decoder()?;
        let before = if self.telling.get() { Some(position::decoder_state(&decoder)?) } else { None };
        let wanted = (self.ratio.get().max(1.0) * wanted as f64) as usize;
        let size = Int::from_usize(wanted.max(self.chunk_size.get()));
        let method = if self.has_read1.get() { intern!("read1") } else { intern!("read") };
        let chunk = buffer.call_method(method, &[&*size])?;
        let count = match BytesLike::of(&chunk) {
            Ok(bytes) => bytes.len(),
            Err(raised) => {
                raised.clear();
                let kind = chunk.ty().full_name();
                return Err(raise!(
                    TypeError,
                    "underlying {method}() should have returned a bytes-like object, not '{kind}'"
                ));
            }
        };
        let mut more = count > 0;
        let text = decode(&decoder, &chunk, !more)?;
        let length = text.len();
        self.set_decoded(Some(text));
        if length > 0 {
            self.ratio.set(count as f64 / length as f64);
            more = true;
        } else {
            self.ratio.set(0.0);
        }
        if let Some((carried, flags)) = before {
            let input = match chunk.downcast_exact::<Bytes>() {
                Some(bytes) if carried.is_empty() => Ref::from_borrowed(bytes),
                _ => Bytes::try_new(&[carried.as_slice(), &*BytesLike::of(&chunk)?].concat())?,
            };
            self.snapshot.set(Some(Tuple::pack([Int::new(flags).into_object(), input.into_object()])));
        }
        Ok(more)
    }

    fn read_all(&self, buffer: &Object) -> Result<Ref<Str>> {
        let data = buffer.call_method(intern!("read"), &[])?;
        if data.is_none() {
            return Err(raise!(BlockingIOError, "Read returned None."));
        }
        let text = decode(&*self.decoder()?, &data, true)?;
        let text = match self.take(usize::MAX) {
            Some(start) => start.concat(&text)?,
            None => text,
        };
        if self.snapshot.get().is_some() {
            self.forget();
        }
        Ok(text)
    }

    /// One line, at most `size` characters of it.
    pub(super) fn line(&self, size: Option<usize>) -> Result<Ref<Str>> {
        let buffer = self.check()?;
        self.write_pending(&buffer)?;
        let mut pieces: Vec<Ref<Str>> = Vec::new();
        // So much is in the pieces; `tail` may be the start of a line's end.
        let mut chunked = 0;
        let mut tail: Option<Ref<Str>> = None;
        loop {
            let text = loop {
                match self.decoded.get() {
                    Some(text) if !text.is_empty() => break Some(text),
                    _ if self.read_chunk(&buffer, 0)? => {}
                    _ => break None,
                }
            };
            let Some(text) = text else {
                self.forget();
                break;
            };
            let before = tail.as_ref().map_or(0, |tail| tail.len());
            let (text, start) = match tail.take() {
                Some(tail) => (tail.concat(&text)?, 0),
                None => {
                    let start = self.used.get().min(text.len());
                    (text, start)
                }
            };
            let found = lines::line_end(text.units().part(start, text.len()), self.newline.get());
            let mut end = start + found.unwrap_or_else(|safe| safe);
            let full = size.is_some_and(|size| end - start + chunked >= size);
            if full {
                end = start + size.unwrap_or(0) - chunked;
            }
            if full || found.is_ok() {
                self.used.set(end.saturating_sub(before));
                let line = if start == 0 && end == text.len() { text } else { text.substring(start, end) };
                if pieces.is_empty() {
                    return Ok(line);
                }
                pieces.push(line);
                break;
            }
            if end > start {
                chunked += end - start;
                pieces.push(text.substring(start, end));
            }
            if end < text.len() {
                tail = Some(text.substring(end, text.len()));
            }
            self.set_decoded(None);
        }
        pieces.extend(tail);
        Str::join_all(pieces.iter().map(|piece| &**piece))
    }
}

#[methods(part = reading)]
impl TextIOWrapper {
    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn read(&self, size: Option<Size>) -> Result<Ref<Str>> {
        let buffer = self.check()?;
        self.decoder()?;
        self.write_pending(&buffer)?;
        let Ok(size) = usize::try_from(size_or_all(size)) else { return self.read_all(&buffer) };
        let first = self.take(size).unwrap_or_else(Str::empty);
        let mut remaining = size - first.len();
        if remaining == 0 {
            return Ok(first);
        }
        let mut pieces = vec![first];
        while remaining > 0 && self.read_chunk(&buffer, remaining)? {
            if let Some(piece) = self.take(remaining) {
                remaining -= piece.len();
                pieces.push(piece);
            }
        }
        Str::join_all(pieces.iter().map(|piece| &**piece))
    }

    #[method(signature = "($self, size=-1, /)", doc = "")]
    fn readline(&self, size: isize) -> Result<Ref<Str>> {
        self.buffer()?;
        self.line(usize::try_from(size).ok())
    }

    #[slot]
    fn tp_iternext(&self) -> Result<Option<Ref>> {
        self.buffer()?;
        self.telling.set(false);
        let line = if self.is::<TextIOWrapper>() {
            self.line(None)?
        } else {
            self.call_method(intern!("readline"), &[])?.cast::<Str>().map_err(|other| {
                let kind = other.ty().full_name();
                raise!(OSError, "readline() should have returned a str object, not '{kind}'")
            })?
        };
        if !line.is_empty() {
            return Ok(Some(line.into_object()));
        }
        self.snapshot.set(None);
        self.telling.set(self.seekable.get());
        Ok(None)
    }
}
