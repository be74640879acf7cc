//! Places in text: a cookie that says where in the bytes to start, and what to do from there.

use super::read::decode;
use super::*;

/// Where to start, in which state of the decoder, and how much to feed and to skip then.
#[derive(Default)]
struct Cookie {
    start: i64,
    flags: i32,
    feed: i32,
    skip: i32,
    at_end: bool,
}

impl Cookie {
    /// As one number: 8 bytes, three times 4, and one.
    fn pack(&self) -> Ref<Int> {
        let mut bytes = self.start.to_le_bytes().to_vec();
        for part in [self.flags, self.feed, self.skip] {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        bytes.push(u8::from(self.at_end));
        Int::from_bigint(&num_bigint::BigInt::from_bytes_le(num_bigint::Sign::Plus, &bytes))
    }

    fn parse(number: &Object) -> Result<Cookie> {
        let number = number.index()?;
        let (sign, mut bytes) = number.to_bigint().to_bytes_le();
        if sign == num_bigint::Sign::Minus {
            return Err(raise!(OverflowError, "can't convert negative int to unsigned"));
        }
        if bytes.len() > 21 {
            return Err(raise!(OverflowError, "int too big to convert"));
        }
        bytes.resize(21, 0);
        let part = |at: usize| i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let mut start = [0; 8];
        start.copy_from_slice(&bytes[..8]);
        Ok(Cookie {
            start: i64::from_le_bytes(start),
            flags: part(8),
            feed: part(12),
            skip: part(16),
            at_end: bytes[20] != 0,
        })
    }

    /// Puts a decoder into the state.
    fn restore(&self, decoder: &Object) -> Result<()> {
        if self.start == 0 && self.flags == 0 {
            decoder.call_method(intern!("reset"), &[])?;
        } else {
            let state =
                Tuple::pack([Bytes::empty().into_object(), Int::new(self.flags.into()).into_object()]);
            decoder.call_method(intern!("setstate"), &[&state])?;
        }
        Ok(())
    }
}

/// A decoder's state: the bytes it keeps, and its flags.
pub fn decoder_state(decoder: &Object) -> Result<(Ref<Bytes>, i64)> {
    let state = decoder.call_method(intern!("getstate"), &[])?;
    let Some([kept, flags]) = state.downcast::<Tuple>().map(Tuple::as_slice) else {
        return Err(raise!(TypeError, "illegal decoder state"));
    };
    let Some(kept) = kept.downcast::<Bytes>() else {
        let kind = kept.ty().full_name();
        return Err(raise!(
            TypeError,
            "illegal decoder state: the first item should be a bytes object, not '{kind}'"
        ));
    };
    let flags = flags.index()?.to_i64().ok_or_else(|| raise!(TypeError, "illegal decoder state"))?;
    Ok((Ref::from_borrowed(kept), flags))
}

impl TextIOWrapper {
    fn seekable_buffer(&self) -> Result {
        let buffer = self.check()?;
        match self.seekable.get() {
            true => Ok(buffer),
            false => Err(unsupported("underlying stream is not seekable")),
        }
    }

    /// Finds the place where the decoder was when it had given what was read, from what the snapshot says.
    fn locate(&self, decoder: &Object, cookie: &mut Cookie, input: &[u8]) -> Result<()> {
        let mut skip = self.used.get();
        // Somewhere near, where the decoder keeps nothing.
        let mut start = ((self.ratio.get() * skip as f64) as usize).min(input.len());
        let mut back = 1;
        while start > 0 {
            cookie.restore(decoder)?;
            let count = decode(decoder, &*Bytes::try_new(&input[..start])?, false)?.len();
            if count <= skip {
                let (kept, flags) = decoder_state(decoder)?;
                if kept.is_empty() {
                    cookie.flags = flags as i32;
                    skip -= count;
                    break;
                }
                start = start.saturating_sub(kept.len());
                back = 1;
            } else {
                start = start.saturating_sub(back);
                back *= 2;
            }
        }
        if start == 0 {
            cookie.restore(decoder)?;
        }
        cookie.start += start as i64;
        cookie.skip = skip as i32;
        if skip == 0 {
            return Ok(());
        }
        // From there byte by byte.
        let mut given = 0;
        let mut enough = false;
        for &byte in &input[start..] {
            given += decode(decoder, &Bytes::from_byte(byte), false)?.len();
            cookie.feed += 1;
            let (kept, flags) = decoder_state(decoder)?;
            if kept.is_empty() && given <= skip {
                cookie.start += i64::from(cookie.feed);
                skip -= given;
                cookie.flags = flags as i32;
                cookie.feed = 0;
                given = 0;
            }
            if given >= skip {
                enough = true;
                break;
            }
        }
        if !enough {
            given += decode(decoder, &Bytes::empty(), true)?.len();
            cookie.at_end = true;
            if given < skip {
                return Err(raise!(OSError, "can't reconstruct logical file position"));
            }
        }
        cookie.skip = skip as i32;
        Ok(())
    }

    fn reset_encoder(&self, at_start: bool) -> Result<()> {
        if let Some(encoder) = self.encoder.get() {
            match at_start {
                true => encoder.call_method(intern!("reset"), &[])?,
                false => encoder.call_method(intern!("setstate"), &[&*Int::new(0)])?,
            };
        }
        Ok(())
    }
}

#[methods(part = positions)]
impl TextIOWrapper {
    /// Where the stream is, as a number for seek().
    #[method(signature = "($self, /)")]
    fn tell(&self) -> Result {
        let buffer = self.seekable_buffer()?;
        if !self.telling.get() {
            return Err(raise!(OSError, "telling position disabled by next() call"));
        }
        self.write_pending(&buffer)?;
        self.call_method(intern!("flush"), &[])?;
        let position = buffer.call_method(intern!("tell"), &[])?;
        let (Some(decoder), Some(snapshot)) = (self.decoder.get(), self.snapshot.get()) else {
            return Ok(position);
        };
        let start = position.to_isize_index(&exceptions::OverflowError)? as i64;
        let [flags, input] = snapshot.as_slice() else { return Ok(position) };
        let Some(input) = input.downcast::<Bytes>() else { return Ok(position) };
        let mut cookie = Cookie {
            start: start - input.len() as i64,
            flags: flags.index()?.to_i64().unwrap_or(0) as i32,
            ..Cookie::default()
        };
        if self.used.get() == 0 {
            return Ok(cookie.pack().into_object());
        }
        let saved = decoder.call_method(intern!("getstate"), &[])?;
        let located = self.locate(&decoder, &mut cookie, input.as_slice());
        let failed = located.err().map(Raised::take);
        let restored = decoder.call_method(intern!("setstate"), &[&saved]);
        match failed {
            Some(exception) => {
                if let Err(raised) = restored {
                    raised.clear();
                }
                Err(crate::errors::restore(exception))
            }
            None => restored.map(|_| cookie.pack().into_object()),
        }
    }

    /// Go to a place that tell() gave, to the start (0), or to the end (0 with whence 2).
    #[method(signature = "($self, cookie, whence=os.SEEK_SET, /)")]
    fn seek(&self, cookie: &Object, whence: Option<i32>) -> Result {
        let buffer = self.seekable_buffer()?;
        let is_zero = |cookie: &Object| cookie.rich_compare_bool(&Int::new(0), CompareOp::Eq);
        let mut target = cookie.to_ref();
        match whence.unwrap_or(0) {
            0 => {}
            1 if !is_zero(cookie)? => return Err(unsupported("can't do nonzero cur-relative seeks")),
            1 => target = self.call_method(intern!("tell"), &[])?,
            2 if !is_zero(cookie)? => return Err(unsupported("can't do nonzero end-relative seeks")),
            2 => {
                self.call_method(intern!("flush"), &[])?;
                self.forget();
                if let Some(decoder) = self.decoder.get() {
                    decoder.call_method(intern!("reset"), &[])?;
                }
                let position = buffer.call_method(intern!("seek"), &[&*Int::new(0), &*Int::new(2)])?;
                self.reset_encoder(is_zero(&position)?)?;
                return Ok(position);
            }
            other => return Err(raise!(ValueError, "invalid whence ({other}, should be 0, 1 or 2)")),
        }
        if target.rich_compare_bool(&Int::new(0), CompareOp::Lt)? {
            return Err(raise!(ValueError, "negative seek position {}", target.repr()?));
        }
        self.call_method(intern!("flush"), &[])?;
        let place = Cookie::parse(&target)?;
        buffer.call_method(intern!("seek"), &[&*Int::new(place.start)])?;
        self.forget();
        let decoder = self.decoder.get();
        if let Some(decoder) = &decoder {
            place.restore(decoder)?;
        }
        let snapshot = |input: Ref| Tuple::pack([Int::new(place.flags.into()).into_object(), input]);
        match decoder.filter(|_| place.skip != 0) {
            Some(decoder) => {
                let input = buffer.call_method(intern!("read"), &[&*Int::new(place.feed.into())])?;
                if input.downcast::<Bytes>().is_none() {
                    let kind = input.ty().full_name();
                    return Err(raise!(
                        TypeError,
                        "underlying read() should have returned a bytes object, not '{kind}'"
                    ));
                }
                self.snapshot.set(Some(snapshot(input.clone())));
                let text = decode(&decoder, &input, place.at_end)?;
                let length = text.len();
                self.set_decoded(Some(text));
                match usize::try_from(place.skip) {
                    Ok(skip) if skip <= length => self.used.set(skip),
                    _ => return Err(raise!(OSError, "can't restore logical file position")),
                }
            }
            None => self.snapshot.set(Some(snapshot(Bytes::empty().into_object()))),
        }
        self.reset_encoder(place.start == 0 && place.flags == 0)?;
        Ok(target)
    }

    #[method(signature = "($self, pos=None, /)", doc = "")]
    fn truncate(&self, pos: Option<&Object>) -> Result {
        let buffer = self.buffer()?;
        self.call_method(intern!("flush"), &[])?;
        buffer.call_method(intern!("truncate"), &[pos.unwrap_or(&none())])
    }
}
