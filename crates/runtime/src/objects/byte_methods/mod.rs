//! What `bytes` and `bytearray` have in common, over slices of bytes: the arguments that their methods take, and the
//! algorithms behind them. [`shared_methods!`] declares the methods for both.

pub mod case;
pub mod hex;
pub mod pieces;
mod shared;

use memchr::memmem;

pub use crate::format::format_bytes as format;
pub(crate) use shared::shared_methods;

use crate::native::args::{Argument, Place, kind_of};
use crate::native::convert::FromArg;
use crate::objects::bytearray::ByteArray;
use crate::prelude::*;

/// `bytes` or `bytearray`.
pub trait ByteString: NativeType {
    /// The type's name.
    const NAME: &'static str;
    /// The bytes now: no code of Python's may run while they are borrowed.
    fn bytes(&self) -> &[u8];
    /// A new instance of exactly this type.
    fn make(bytes: &[u8]) -> Result;
    /// The same bytes, as an instance of exactly this type: itself where it is immutable.
    fn same(&self) -> Result;
}

/// A byte, or bytes to look for.
pub enum Sub<'a> {
    Byte([u8; 1]),
    Bytes(BytesLike<'a>),
}

impl Sub<'_> {
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Sub::Byte(byte) => byte,
            Sub::Bytes(bytes) => bytes,
        }
    }
}

impl<'a> Sub<'a> {
    /// What to search for; asked for after the bounds are known.
    pub fn of(object: &'a Object) -> Result<Sub<'a>> {
        if object.ty().bf_getbuffer().is_some() {
            return BytesLike::of(object).map(Sub::Bytes);
        }
        if object.ty().nb_index().is_none() {
            return Err(raise!(
                TypeError,
                "argument should be integer or bytes-like object, not '{}'",
                object.ty().full_name()
            ));
        }
        byte_value(object).map(|byte| Sub::Byte([byte]))
    }
}

/// An item of a bytearray: an integer from 0 to 255.
pub fn byte_value(object: &Object) -> Result<u8> {
    let value = object.to_isize_index_or_clip(None)?;
    u8::try_from(value).map_err(|_| raise!(ValueError, "byte must be in range(0, 256)"))
}

/// A parameter that is a byte's value.
pub struct ByteValue(pub u8);

impl FromArg<'_> for ByteValue {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        byte_value(object).map(ByteValue)
    }
}

/// The byte to fill with: a bytes or bytearray of one.
pub struct Fill(pub u8);

impl FromArg<'_> for Fill {
    fn from_arg(object: &Object, place: &'static Place) -> Result<Self> {
        let bytes = if let Some(bytes) = object.downcast::<Bytes>() {
            bytes.as_slice()
        } else if let Some(bytes) = object.downcast::<ByteArray>() {
            bytes.bytes()
        } else {
            return Err(place.must_be("a byte string of length 1", object));
        };
        match *bytes {
            [byte] => Ok(Fill(byte)),
            _ => {
                let position = match place.argument {
                    Argument::Position(position) => format!(" {position}"),
                    _ => String::new(),
                };
                Err(raise!(
                    TypeError,
                    "{}(): argument{position} must be a byte string of length 1, not a {} object of length {}",
                    place.function,
                    kind_of(object),
                    bytes.len()
                ))
            }
        }
    }
}

/// An optional bound as in a slice: None and absence are alike, what is too large is clipped.
#[derive(Clone, Copy)]
pub struct Bound(Option<isize>);

impl FromArg<'_> for Bound {
    fn from_arg(object: &Object, _: &'static Place) -> Result<Self> {
        if object.is_none() {
            return Ok(Bound(None));
        }
        if object.ty().nb_index().is_none() {
            return Err(raise!(
                TypeError,
                "slice indices must be integers or None or have an __index__ method"
            ));
        }
        Ok(Bound(Some(object.to_isize_index_or_clip(None)?)))
    }
}

/// The range that the bounds of a search mean; `None` if the start lies beyond the end.
pub fn range(len: usize, start: Option<Bound>, end: Option<Bound>) -> Option<(usize, usize)> {
    let place = |bound: Option<Bound>, default: isize| {
        let bound = bound.and_then(|bound| bound.0).unwrap_or(default);
        if bound < 0 { bound.saturating_add_unsigned(len).max(0) as usize } else { bound as usize }
    };
    let start = place(start, 0);
    let end = place(end, isize::MAX).min(len);
    (start <= end).then_some((start, end))
}

/// The first occurrence.
pub fn find(bytes: &[u8], sub: &[u8]) -> Option<usize> {
    match *sub {
        [byte] => memchr::memchr(byte, bytes),
        _ => memmem::find(bytes, sub),
    }
}

/// The last occurrence.
pub fn rfind(bytes: &[u8], sub: &[u8]) -> Option<usize> {
    match *sub {
        [byte] => memchr::memrchr(byte, bytes),
        _ => memmem::rfind(bytes, sub),
    }
}

/// The first occurrence between bounds.
pub fn find_between(bytes: &[u8], sub: &[u8], start: Option<Bound>, end: Option<Bound>) -> Option<usize> {
    let (start, end) = range(bytes.len(), start, end)?;
    find(&bytes[start..end], sub).map(|found| start + found)
}

/// The last occurrence between bounds.
pub fn rfind_between(bytes: &[u8], sub: &[u8], start: Option<Bound>, end: Option<Bound>) -> Option<usize> {
    let (start, end) = range(bytes.len(), start, end)?;
    rfind(&bytes[start..end], sub).map(|found| start + found)
}

/// How often `sub` occurs without overlap.
pub fn count(bytes: &[u8], sub: &[u8]) -> usize {
    match *sub {
        [] => bytes.len() + 1,
        [byte] => memchr::memchr_iter(byte, bytes).count(),
        _ => memmem::find_iter(bytes, sub).count(),
    }
}

/// A place that was found, as Python counts: -1 for none.
pub fn index_or_minus_one(found: Option<usize>) -> isize {
    found.map_or(-1, |index| index as isize)
}

/// A place that was found, or ValueError.
pub fn index_or_error(found: Option<usize>) -> Result<usize> {
    found.ok_or_else(|| raise!(ValueError, "subsection not found"))
}

/// `startswith` and `endswith`.
pub fn has_affix<T: ByteString>(
    own: &T,
    affix: &Object,
    start: Option<Bound>,
    end: Option<Bound>,
    name: &str,
    at_start: bool,
) -> Result<bool> {
    let test = |affix: &[u8]| {
        let bytes = own.bytes();
        range(bytes.len(), start, end).is_some_and(|(start, end)| {
            let part = &bytes[start..end];
            if at_start { part.starts_with(affix) } else { part.ends_with(affix) }
        })
    };
    if let Some(affixes) = affix.downcast::<Tuple>() {
        for affix in affixes.as_slice() {
            if test(&BytesLike::of(affix)?) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    match BytesLike::of(affix) {
        Ok(affix) => Ok(test(&affix)),
        Err(raised) if raised.matches(&crate::objects::exceptions::TypeError) => {
            raised.clear();
            Err(raise!(
                TypeError,
                "{name} first arg must be bytes or a tuple of bytes, not {}",
                affix.ty().full_name()
            ))
        }
        Err(raised) => Err(raised),
    }
}

/// `in`: a byte's value or bytes.
pub fn contains<T: ByteString>(own: &T, item: &Object) -> Result<bool> {
    if item.ty().nb_index().is_some() {
        match item.to_isize_index(&crate::objects::exceptions::ValueError) {
            Ok(value) => {
                let byte =
                    u8::try_from(value).map_err(|_| raise!(ValueError, "byte must be in range(0, 256)"))?;
                return Ok(memchr::memchr(byte, own.bytes()).is_some());
            }
            Err(raised) if raised.matches(&crate::objects::exceptions::ValueError) => {
                raised.clear();
                return Err(raise!(ValueError, "byte must be in range(0, 256)"));
            }
            Err(raised) => raised.clear(),
        }
    }
    let sub = BytesLike::of(item)?;
    Ok(find(own.bytes(), &sub).is_some())
}

/// The bytes with every occurrence replaced, at most `count` times; `None` where nothing changes.
pub fn replace(bytes: &[u8], old: &[u8], new: &[u8], count: isize) -> Result<Option<Vec<u8>>> {
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    if limit == 0 || old.len() > bytes.len() || old == new {
        return Ok(None);
    }
    if old.is_empty() {
        let times = limit.min(bytes.len() + 1);
        let size = checked_size(bytes.len(), times, new.len())?;
        let mut result = Vec::with_capacity(size);
        for (index, &byte) in bytes.iter().enumerate() {
            if index < times {
                result.extend_from_slice(new);
            }
            result.push(byte);
        }
        if bytes.len() < times {
            result.extend_from_slice(new);
        }
        return Ok(Some(result));
    }
    let places: Vec<usize> = match *old {
        [byte] => memchr::memchr_iter(byte, bytes).take(limit).collect(),
        _ => memmem::find_iter(bytes, old).take(limit).collect(),
    };
    if places.is_empty() {
        return Ok(None);
    }
    let size = checked_size(bytes.len() - places.len() * old.len(), places.len(), new.len())?;
    let mut result = Vec::with_capacity(size);
    let mut from = 0;
    for place in places {
        result.extend_from_slice(&bytes[from..place]);
        result.extend_from_slice(new);
        from = place + old.len();
    }
    result.extend_from_slice(&bytes[from..]);
    Ok(Some(result))
}

fn checked_size(len: usize, times: usize, each: usize) -> Result<usize> {
    times
        .checked_mul(each)
        .and_then(|size| size.checked_add(len))
        .filter(|&size| size <= isize::MAX as usize)
        .ok_or_else(|| raise!(OverflowError, "replace bytes is too long"))
}

/// The bytes mapped by a table of 256 and without those in `delete`.
pub fn translate(bytes: &[u8], table: Option<&[u8]>, delete: &[u8]) -> Vec<u8> {
    let mut deleted = [false; 256];
    for &byte in delete {
        deleted[byte as usize] = true;
    }
    bytes
        .iter()
        .filter(|&&byte| !deleted[byte as usize])
        .map(|&byte| table.map_or(byte, |table| table[byte as usize]))
        .collect()
}

/// `width` bytes with so many fill bytes left and right.
pub fn pad(bytes: &[u8], left: usize, right: usize, fill: u8) -> Result<Vec<u8>> {
    let size = left.checked_add(bytes.len()).and_then(|size| size.checked_add(right));
    let Some(size) = size.filter(|&size| size < isize::MAX as usize) else {
        return Err(crate::errors::no_memory());
    };
    let mut result = Vec::new();
    result.try_reserve_exact(size).map_err(|_| crate::errors::no_memory())?;
    result.resize(left, fill);
    result.extend_from_slice(bytes);
    result.resize(size, fill);
    Ok(result)
}

/// The bytes, `count` times.
pub fn repeat(bytes: &[u8], count: isize) -> Result<Vec<u8>> {
    let count = count.max(0) as usize;
    let size = bytes.len().checked_mul(count).filter(|&size| size <= isize::MAX as usize);
    let Some(size) = size else { return Err(raise!(OverflowError, "repeated bytes are too long")) };
    let mut result = Vec::new();
    result.try_reserve_exact(size).map_err(|_| crate::errors::no_memory())?;
    if let [byte] = *bytes {
        result.resize(size, byte);
    } else {
        for _ in 0..count {
            result.extend_from_slice(bytes);
        }
    }
    Ok(result)
}

/// `bytes.maketrans`.
pub fn maketrans(from: &[u8], to: &[u8]) -> Result<[u8; 256]> {
    if from.len() != to.len() {
        return Err(raise!(ValueError, "maketrans arguments must have same length"));
    }
    let mut table: [u8; 256] = std::array::from_fn(|index| index as u8);
    for (&from, &to) in from.iter().zip(to) {
        table[from as usize] = to;
    }
    Ok(table)
}

/// Bytes as a bytes literal shows them, in the quotes that need least escaping.
pub fn repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut text = String::with_capacity(bytes.len() + 3);
    text.push('b');
    text.push(quote as char);
    for &byte in bytes {
        match byte {
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\\' => text.push_str("\\\\"),
            _ if byte == quote => {
                text.push('\\');
                text.push(byte as char);
            }
            b' '..=b'~' => text.push(byte as char),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                text.push_str("\\x");
                text.push(DIGITS[(byte >> 4) as usize] as char);
                text.push(DIGITS[(byte & 15) as usize] as char);
            }
        }
    }
    text.push(quote as char);
    text
}

/// The subscript of bytes: an index, or a slice's bytes.
pub enum Subscript {
    Index(isize),
    Slice(Ref<crate::objects::slice::Slice>),
}

impl Subscript {
    /// What a subscript means; `what` are "byte" or "bytearray" indices.
    pub fn of(key: &Object, what: &str) -> Result<Subscript> {
        if let Some(slice) = key.downcast::<crate::objects::slice::Slice>() {
            return Ok(Subscript::Slice(Ref::from_borrowed(slice)));
        }
        if key.ty().nb_index().is_some() {
            return Ok(Subscript::Index(key.to_isize_index(&crate::objects::exceptions::IndexError)?));
        }
        Err(raise!(TypeError, "{what} indices must be integers or slices, not {}", key.ty().full_name()))
    }
}

/// An index from the front, if it is in range.
pub fn place(index: isize, len: usize) -> Option<usize> {
    let index = if index < 0 { index + len as isize } else { index };
    usize::try_from(index).ok().filter(|&index| index < len)
}

/// The bytes that a slice selects.
pub fn select(bytes: &[u8], range: crate::objects::slice::SliceRange) -> Vec<u8> {
    range.indices().map(|index| bytes[index]).collect()
}

/// The items of an iterable as bytes; `range_error` is the message for a value that is none.
pub fn collect_items(iterator: &Object, range_error: &str, hint: usize) -> Result<Vec<u8>> {
    let mut result = Vec::with_capacity(hint.min(1 << 20));
    while let Some(item) = iterator.iter_next()? {
        let value = item.to_isize_index_or_clip(None)?;
        match u8::try_from(value) {
            Ok(byte) => result.push(byte),
            Err(_) => return Err(raise!(ValueError, "{range_error}")),
        }
    }
    Ok(result)
}

/// The text, encoded for a constructor.
pub fn encode_argument(text: &Str, encoding: &str, errors: Option<&str>) -> Result<Ref<Bytes>> {
    crate::codecs::encode_to_bytes(text, Some(encoding), errors)
}

/// What an iterator over bytes pickles as: `iter(bytes)` and its place.
pub fn reduce_iterator(bytes: Option<Ref>, empty: Ref, index: usize) -> Result {
    let builtins = Interpreter::current().builtins.get();
    let iter = match builtins.map(|builtins| builtins.get_str(intern!("iter"))).transpose()?.flatten() {
        Some(iter) => iter,
        None => return Err(raise!(AttributeError, "iter")),
    };
    match bytes {
        Some(bytes) => (iter, (bytes,), index).into_result(),
        None => (iter, (empty,)).into_result(),
    }
}

/// TypeError unless `other` is a buffer, for `own + other`.
pub fn check_concat(own: &Object, other: &Object) -> Result<()> {
    if other.ty().bf_getbuffer().is_some() {
        return Ok(());
    }
    Err(raise!(TypeError, "can't concat {} to {}", other.ty().full_name(), own.ty().full_name()))
}

/// `sys.flags.bytes_warning`.
fn bytes_warning() -> Result<bool> {
    let Some(sys) = Interpreter::current().sys.get() else { return Ok(false) };
    let Some(flags) = sys.get_str(intern!("flags"))? else { return Ok(false) };
    match flags.get_attr_opt(intern!("bytes_warning"))? {
        Some(value) => value.is_true(),
        None => Ok(false),
    }
}

/// With `-b`: BytesWarning where bytes are made text without an encoding.
pub fn warn_str(kind: &str) -> Result<()> {
    if bytes_warning()? {
        let message = format!("str() on a {kind} instance");
        crate::warnings::warn(&crate::objects::exceptions::BytesWarning, &message, 1)?;
    }
    Ok(())
}

/// With `-b`: BytesWarning where bytes are compared with text or an int.
pub fn warn_comparison(kind: &str, _own: &Object, other: &Object, op: CompareOp) -> Result<()> {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(());
    }
    let what = if other.downcast::<Str>().is_some() {
        "string"
    } else if other.downcast::<Int>().is_some() && kind == "bytes" {
        "int"
    } else {
        return Ok(());
    };
    if bytes_warning()? {
        let kind = if kind == "bytes" { "bytes" } else { "bytearray" };
        let message = format!("Comparison between {kind} and {what}");
        crate::warnings::warn(&crate::objects::exceptions::BytesWarning, &message, 1)?;
    }
    Ok(())
}
