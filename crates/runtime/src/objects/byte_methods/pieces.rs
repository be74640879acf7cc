//! Cutting bytes into pieces, and joining them: ranges over slices.

use std::ops::Range;

use memchr::memmem;

use super::ByteString;
use super::case::is_space;
use crate::prelude::*;

/// Which ends to strip.
#[derive(Clone, Copy, PartialEq)]
pub enum Ends {
    Left,
    Right,
    Both,
}

/// What is left between the bytes that `strip` says at the ends.
pub fn strip_range(bytes: &[u8], ends: Ends, strip: impl Fn(u8) -> bool) -> Range<usize> {
    let (mut start, mut end) = (0, bytes.len());
    if ends != Ends::Right {
        while start < end && strip(bytes[start]) {
            start += 1;
        }
    }
    if ends != Ends::Left {
        while start < end && strip(bytes[end - 1]) {
            end -= 1;
        }
    }
    start..end
}

/// `strip` and its kin.
pub fn strip<T: ByteString>(own: &T, set: Option<&Object>, ends: Ends) -> Result {
    let range = match set {
        Some(set) if !set.is_none() => {
            let set = BytesLike::of(set)?;
            strip_range(own.bytes(), ends, |byte| set.contains(&byte))
        }
        _ => strip_range(own.bytes(), ends, is_space),
    };
    if range.len() == own.bytes().len() { own.same() } else { T::make(&own.bytes()[range]) }
}

fn words(bytes: &[u8], limit: usize) -> Vec<Range<usize>> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    loop {
        while at < bytes.len() && is_space(bytes[at]) {
            at += 1;
        }
        if at == bytes.len() {
            return pieces;
        }
        if pieces.len() == limit {
            pieces.push(at..bytes.len());
            return pieces;
        }
        let start = at;
        while at < bytes.len() && !is_space(bytes[at]) {
            at += 1;
        }
        pieces.push(start..at);
    }
}

fn words_from_end(bytes: &[u8], limit: usize) -> Vec<Range<usize>> {
    let (mut pieces, mut at) = (Vec::new(), bytes.len());
    loop {
        while at > 0 && is_space(bytes[at - 1]) {
            at -= 1;
        }
        if at == 0 {
            break;
        }
        if pieces.len() == limit {
            pieces.push(0..at);
            break;
        }
        let end = at;
        while at > 0 && !is_space(bytes[at - 1]) {
            at -= 1;
        }
        pieces.push(at..end);
    }
    pieces.reverse();
    pieces
}

fn cut(bytes: &[u8], separator: &[u8], limit: usize) -> Vec<Range<usize>> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    let mut add = |place: usize| {
        pieces.push(from..place);
        from = place + separator.len();
    };
    match *separator {
        [byte] => memchr::memchr_iter(byte, bytes).take(limit).for_each(&mut add),
        _ => memmem::find_iter(bytes, separator).take(limit).for_each(&mut add),
    }
    pieces.push(from..bytes.len());
    pieces
}

fn cut_from_end(bytes: &[u8], separator: &[u8], limit: usize) -> Vec<Range<usize>> {
    let (mut pieces, mut end) = (Vec::new(), bytes.len());
    let finder = memmem::FinderRev::new(separator);
    while pieces.len() < limit
        && let Some(place) = finder.rfind(&bytes[..end])
    {
        pieces.push(place + separator.len()..end);
        end = place;
    }
    pieces.push(0..end);
    pieces.reverse();
    pieces
}

fn list_of<T: ByteString>(own: &T, ranges: Vec<Range<usize>>) -> Result {
    let len = own.bytes().len();
    let pieces: Result<Vec<Ref>> = ranges
        .into_iter()
        .map(|range| if range.len() == len { own.same() } else { T::make(&own.bytes()[range]) })
        .collect();
    Ok(List::from_vec(pieces?).into_object())
}

/// `split` and `rsplit`.
pub fn split<T: ByteString>(own: &T, separator: &Object, limit: isize, from_end: bool) -> Result {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if separator.is_none() {
        let bytes = own.bytes();
        let ranges = if from_end { words_from_end(bytes, limit) } else { words(bytes, limit) };
        return list_of(own, ranges);
    }
    let separator = BytesLike::of(separator)?;
    if separator.is_empty() {
        return Err(raise!(ValueError, "empty separator"));
    }
    let bytes = own.bytes();
    let ranges =
        if from_end { cut_from_end(bytes, &separator, limit) } else { cut(bytes, &separator, limit) };
    list_of(own, ranges)
}

/// `splitlines`.
pub fn splitlines<T: ByteString>(own: &T, keep_ends: bool) -> Result {
    let bytes = own.bytes();
    let (mut pieces, mut from) = (Vec::new(), 0);
    while from < bytes.len() {
        let end = memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |found| from + found);
        let next = match &bytes[end..] {
            [b'\r', b'\n', ..] => end + 2,
            [] => end,
            _ => end + 1,
        };
        pieces.push(from..if keep_ends { next } else { end });
        from = next;
    }
    list_of(own, pieces)
}

/// `partition` and `rpartition`.
pub fn partition<T: ByteString>(own: &T, separator: &Object, from_end: bool) -> Result<(Ref, Ref, Ref)> {
    let sep = BytesLike::of(separator)?;
    if sep.is_empty() {
        return Err(raise!(ValueError, "empty separator"));
    }
    let bytes = own.bytes();
    let found = if from_end { super::rfind(bytes, &sep) } else { super::find(bytes, &sep) };
    match found {
        Some(place) => {
            let before = T::make(&bytes[..place])?;
            // bytes gives the very separator back, of whatever type.
            let middle = if T::NAME == "bytes" { separator.to_ref() } else { T::make(&sep)? };
            Ok((before, middle, T::make(&bytes[place + sep.len()..])?))
        }
        None if from_end => Ok((T::make(b"")?, T::make(b"")?, own.same()?)),
        None => Ok((own.same()?, T::make(b"")?, T::make(b"")?)),
    }
}

/// The pieces of an iterable, joined by `separator`.
pub fn join(separator: &[u8], items: &[Ref]) -> Result<Vec<u8>> {
    let mut pieces = Vec::with_capacity(items.len());
    let mut size = 0usize;
    for (index, item) in items.iter().enumerate() {
        if item.ty().bf_getbuffer().is_none() {
            return Err(raise!(
                TypeError,
                "sequence item {index}: expected a bytes-like object, {} found",
                item.ty().full_name()
            ));
        }
        let piece = match BytesLike::of(item) {
            Ok(piece) => piece,
            Err(raised) => {
                raised.clear();
                return Err(raise!(
                    TypeError,
                    "sequence item {index}: expected a bytes-like object, {} found",
                    item.ty().full_name()
                ));
            }
        };
        let more = piece.len().checked_add(if index == 0 { 0 } else { separator.len() });
        match more.and_then(|more| size.checked_add(more)).filter(|&size| size <= isize::MAX as usize) {
            Some(sum) => size = sum,
            None => return Err(raise!(OverflowError, "join() result is too long")),
        }
        pieces.push(piece);
    }
    let mut result = Vec::new();
    result.try_reserve_exact(size).map_err(|_| crate::errors::no_memory())?;
    for (index, piece) in pieces.iter().enumerate() {
        if index != 0 {
            result.extend_from_slice(separator);
        }
        result.extend_from_slice(piece);
    }
    Ok(result)
}

/// Tabs as spaces up to the next column that is a multiple of `size`.
pub fn expand_tabs(bytes: &[u8], size: i32) -> Result<Vec<u8>> {
    let size = usize::try_from(size).unwrap_or(0);
    let mut result = Vec::with_capacity(bytes.len());
    let mut column = 0;
    for &byte in bytes {
        match byte {
            b'\t' => {
                if size > 0 {
                    let spaces = size - column % size;
                    if result.len() + spaces > isize::MAX as usize {
                        return Err(raise!(OverflowError, "result too long"));
                    }
                    column += spaces;
                    result.resize(result.len() + spaces, b' ');
                }
            }
            b'\n' | b'\r' => {
                column = 0;
                result.push(byte);
            }
            _ => {
                column += 1;
                result.push(byte);
            }
        }
    }
    Ok(result)
}
