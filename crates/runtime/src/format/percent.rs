//! `%`: the formatting operator of str, and what bytes shares with it.

use super::float::{FloatFlags, float_to_text};
use super::integer::digits;
use crate::errors::Raised;
use crate::objects::exceptions;
use crate::objects::str::{StrBuilder, find};
use crate::prelude::*;

/// The values that a format takes one after the other.
pub(super) struct Values<'a> {
    /// A tuple's items; a lone value otherwise.
    tuple: Option<&'a Tuple>,
    lone: Option<Ref>,
    next: usize,
    /// What `%(key)` looks up in.
    mapping: Option<&'a Object>,
}

impl<'a> Values<'a> {
    /// `is_text`: such a lone value is no mapping though it has subscripts.
    pub(super) fn new(values: &'a Object, is_text: bool) -> Values<'a> {
        let tuple = values.downcast::<Tuple>();
        let is_mapping = tuple.is_none() && !is_text && values.is_mapping();
        Values {
            tuple,
            lone: tuple.is_none().then(|| values.to_ref()),
            next: 0,
            mapping: is_mapping.then_some(values),
        }
    }

    pub(super) fn next(&mut self) -> Result {
        let value = match self.tuple {
            Some(tuple) => tuple.as_slice().get(self.next).cloned(),
            None => self.lone.take(),
        };
        self.next += 1;
        value.ok_or_else(|| raise!(TypeError, "not enough arguments for format string"))
    }

    /// `%(key)`: the key's value is the next one.
    fn look_up(&mut self, key: &dyn Fn(usize, usize) -> Ref, start: usize, end: usize) -> Result<()> {
        let mapping = self.mapping()?;
        let value = mapping.get_item(&key(start, end))?;
        self.tuple = None;
        self.lone = Some(value);
        Ok(())
    }

    fn mapping(&self) -> Result<&'a Object> {
        self.mapping.ok_or_else(|| raise!(TypeError, "format requires a mapping"))
    }

    /// TypeError if values are left over.
    pub(super) fn finish(&self, what: &str) -> Result<()> {
        let left = match self.tuple {
            Some(tuple) => self.next < tuple.len(),
            None => self.lone.is_some(),
        };
        if left && self.mapping.is_none() {
            return Err(raise!(TypeError, "not all arguments converted during {what} formatting"));
        }
        Ok(())
    }
}

/// A conversion specifier.
#[derive(Default)]
pub(super) struct Conversion {
    left: bool,
    sign: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// The conversion's character.
    pub(super) kind: u32,
    /// Where it stands.
    pub(super) place: usize,
}

/// A format as code units, with what differs between str and bytes.
pub(super) struct Source<'a> {
    pub(super) at: &'a dyn Fn(usize) -> u32,
    pub(super) len: usize,
    /// A part as an object: the key for a mapping.
    pub(super) key: &'a dyn Fn(usize, usize) -> Ref,
    pub(super) precision_too_big: &'a str,
}

#[cold]
fn incomplete() -> Raised {
    raise!(ValueError, "incomplete format")
}

/// The number that `*` takes.
fn star(values: &mut Values<'_>) -> Result<Ref<Int>> {
    values.next()?.cast::<Int>().map_err(|_| raise!(TypeError, "* wants int"))
}

impl Conversion {
    /// Parses what follows `%` at `start`; gives the conversion and where it ends.
    pub(super) fn parse(
        source: &Source<'_>,
        start: usize,
        values: &mut Values<'_>,
    ) -> Result<(Conversion, usize)> {
        let mut conversion = Conversion::default();
        let mut at = start;
        let peek = |at: usize| if at < source.len { (source.at)(at) } else { u32::MAX };
        let is = |at: usize, wanted: char| peek(at) == wanted as u32;
        if is(at, '(') {
            values.mapping()?;
            at += 1;
            let (key, mut depth) = (at, 1);
            while depth > 0 {
                if at >= source.len {
                    return Err(raise!(ValueError, "incomplete format key"));
                }
                if is(at, ')') {
                    depth -= 1;
                } else if is(at, '(') {
                    depth += 1;
                }
                at += 1;
            }
            values.look_up(source.key, key, at - 1)?;
        }
        loop {
            match char::from_u32(peek(at)) {
                Some('-') => conversion.left = true,
                Some('+') => conversion.sign = true,
                Some(' ') => conversion.blank = true,
                Some('#') => conversion.alternate = true,
                Some('0') => conversion.zero = true,
                _ => break,
            }
            at += 1;
        }
        let digit = |at: usize| match peek(at) {
            code @ 0x30..=0x39 => Some(code as usize - 0x30),
            _ => None,
        };
        if is(at, '*') {
            let width = star(values)?;
            let Some(width) = width.to_isize() else {
                return Err(raise!(OverflowError, "Python int too large to convert to C ssize_t"));
            };
            conversion.left |= width < 0;
            conversion.width = Some(width.unsigned_abs());
            at += 1;
        } else {
            while let Some(digit) = digit(at) {
                let width = conversion.width.unwrap_or(0);
                conversion.width = match width.checked_mul(10).and_then(|width| width.checked_add(digit)) {
                    Some(width) if width <= isize::MAX as usize => Some(width),
                    _ => return Err(raise!(ValueError, "width too big")),
                };
                at += 1;
            }
        }
        if is(at, '.') {
            at += 1;
            conversion.precision = Some(0);
            if is(at, '*') {
                let precision = star(values)?;
                let precision = precision.to_i64().and_then(|precision| i32::try_from(precision).ok());
                let Some(precision) = precision else {
                    return Err(raise!(OverflowError, "Python int too large to convert to C int"));
                };
                conversion.precision = Some(usize::try_from(precision).unwrap_or(0));
                at += 1;
            } else {
                while let Some(digit) = digit(at) {
                    let precision = conversion.precision.unwrap_or(0) * 10 + digit;
                    if precision > i32::MAX as usize {
                        return Err(raise!(ValueError, "{}", source.precision_too_big));
                    }
                    conversion.precision = Some(precision);
                    at += 1;
                }
            }
        }
        if is(at, 'h') || is(at, 'l') || is(at, 'L') {
            at += 1;
        }
        if at >= source.len {
            return Err(incomplete());
        }
        conversion.kind = peek(at);
        conversion.place = at;
        Ok((conversion, at + 1))
    }

    /// The conversion's character, if it is ASCII.
    pub(super) fn code(&self) -> u8 {
        u8::try_from(self.kind).unwrap_or(0)
    }

    #[cold]
    pub(super) fn unsupported(&self) -> Raised {
        let shown = match self.kind {
            32..127 => self.kind as u8 as char,
            _ => '?',
        };
        raise!(
            ValueError,
            "unsupported format character '{shown}' (0x{:x}) at index {}",
            self.kind,
            self.place
        )
    }

    /// Spaces before and after a text of that length.
    pub(super) fn padding(&self, len: usize) -> (usize, usize) {
        let missing = self.width.unwrap_or(0).saturating_sub(len);
        if self.left { (0, missing) } else { (missing, 0) }
    }

    /// The laid-out text of `value` for a conversion to a number; `None` if it is none of these.
    pub(super) fn number(&self, value: &Object, float_error: &str) -> Result<Option<String>> {
        let text = match self.code() {
            b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => self.integer(value)?,
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                let value = match value.downcast_exact::<Float>() {
                    Some(float) => float.value(),
                    None => value.to_float().map_err(|raised| {
                        if float_error.is_empty() || !raised.matches(&exceptions::TypeError) {
                            return raised;
                        }
                        raised.clear();
                        raise!(TypeError, "{float_error}, not {}", value.ty().full_name())
                    })?,
                };
                let flags = FloatFlags { alternate: self.alternate, ..FloatFlags::default() };
                float_to_text(value, self.code(), self.precision.unwrap_or(6), flags)
            }
            _ => return Ok(None),
        };
        self.lay_out(&text).map(Some)
    }

    fn wrong_type(&self, value: &Object) -> Raised {
        let kind = self.code() as char;
        let wanted = match kind {
            'o' | 'x' | 'X' => "an integer",
            _ => "a real number",
        };
        raise!(TypeError, "%{kind} format: {wanted} is required, not {}", value.ty().full_name())
    }

    /// Sign, prefix and digits of an integer, to the precision.
    fn integer(&self, value: &Object) -> Result<String> {
        let code = self.code();
        let number = match value.downcast::<Int>() {
            Some(number) => Ref::from_borrowed(number),
            None => {
                let ty = value.ty();
                let is_number = ty.nb_index().is_some()
                    || ty.nb_int().is_some()
                    || ty.nb_float().is_some()
                    || value.downcast::<crate::objects::complex::Complex>().is_some();
                if !is_number {
                    return Err(self.wrong_type(value));
                }
                let number = if matches!(code, b'o' | b'x' | b'X') { value.index() } else { value.to_int() };
                number.map_err(|raised| {
                    if !raised.matches(&exceptions::TypeError) {
                        return raised;
                    }
                    raised.clear();
                    self.wrong_type(value)
                })?
            }
        };
        let (base, prefix) = match code {
            b'o' => (8, "0o"),
            b'x' | b'X' => (16, "0x"),
            _ => (10, ""),
        };
        let (negative, digits) = digits(&number, base)?;
        let mut text = String::with_capacity(digits.len() + 4);
        if negative {
            text.push('-');
        }
        if self.alternate {
            text.push_str(prefix);
        }
        let precision = self.precision.unwrap_or(0);
        if precision > i32::MAX as usize - 3 {
            return Err(raise!(OverflowError, "precision too large"));
        }
        text.extend(std::iter::repeat_n('0', precision.saturating_sub(digits.len())));
        text.push_str(&digits);
        if code == b'X' {
            text.make_ascii_uppercase();
        }
        Ok(text)
    }

    /// A number's text with sign and padding as the flags say.
    fn lay_out(&self, text: &str) -> Result<String> {
        let (sign, mut rest) = match text.as_bytes().first() {
            Some(b'-') => ("-", &text[1..]),
            Some(b'+') => ("+", &text[1..]),
            _ if self.sign => ("+", text),
            _ if self.blank => (" ", text),
            _ => ("", text),
        };
        let mut prefix = "";
        if self.alternate && matches!(self.code(), b'x' | b'X' | b'o') {
            (prefix, rest) = rest.split_at(rest.len().min(2));
        }
        let len = sign.len() + prefix.len() + rest.len();
        let width = self.width.unwrap_or(0);
        if width > isize::MAX as usize / 2 {
            return Err(crate::errors::no_memory());
        }
        let missing = width.saturating_sub(len);
        let mut result = String::new();
        if result.try_reserve_exact(len + missing).is_err() {
            return Err(crate::errors::no_memory());
        }
        let before = if self.left { 0 } else { missing };
        if self.zero {
            result.push_str(sign);
            result.push_str(prefix);
            result.extend(std::iter::repeat_n('0', before));
        } else {
            result.extend(std::iter::repeat_n(' ', before));
            result.push_str(sign);
            result.push_str(prefix);
        }
        result.push_str(rest);
        result.extend(std::iter::repeat_n(' ', missing - before));
        Ok(result)
    }
}

/// The value of `%c` as a number: `None` if it is none.
pub(super) fn character_number(value: &Object) -> Result<Option<Option<i64>>> {
    if let Some(number) = value.downcast::<Int>() {
        return Ok(Some(number.to_i64()));
    }
    if value.ty().nb_index().is_none() {
        return Ok(None);
    }
    match value.index() {
        Ok(number) => Ok(Some(number.to_i64())),
        Err(raised) if raised.matches(&exceptions::TypeError) => {
            raised.clear();
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// The character that `%c` shows.
fn character(value: &Object) -> Result<u32> {
    if let Some(text) = value.downcast::<Str>() {
        if text.len() == 1 {
            return Ok(text.char_at(0));
        }
        return Err(raise!(
            TypeError,
            "%c requires an int or a unicode character, not a string of length {}",
            text.len()
        ));
    }
    match character_number(value)? {
        Some(Some(code @ 0..=0x10_ffff)) => Ok(code as u32),
        Some(_) => Err(raise!(OverflowError, "%c arg not in range(0x110000)")),
        None => Err(raise!(
            TypeError,
            "%c requires an int or a unicode character, not {}",
            value.ty().qualified_name()
        )),
    }
}

/// `format % values`.
pub fn format_str(format: &Str, values: &Object) -> Result<Ref<Str>> {
    let text = format.units();
    let source = Source {
        at: &|index| text.at(index),
        len: text.len(),
        key: &|start, end| format.substring(start, end).into_object(),
        precision_too_big: "precision too big",
    };
    let mut values = Values::new(values, values.downcast::<Str>().is_some());
    let mut result = StrBuilder::with_capacity(text.len() + 16);
    let mut at = 0;
    while at < text.len() {
        let Some(found) = find::find_char(text.part(at, text.len()), '%' as u32) else {
            result.push_part(format, at, text.len());
            break;
        };
        result.push_part(format, at, at + found);
        at += found + 1;
        if at < text.len() && text.at(at) == '%' as u32 {
            result.push('%' as u32);
            at += 1;
            continue;
        }
        let (conversion, end) = Conversion::parse(&source, at, &mut values)?;
        at = end;
        let value = values.next()?;
        let shown = match conversion.code() {
            b's' => value.str_()?,
            b'r' => value.repr()?,
            b'a' => value.ascii()?,
            b'c' => {
                let code = character(&value)?;
                let (left, right) = conversion.padding(1);
                check_memory(left + right)?;
                result.push_repeated(' ' as u32, left);
                result.push(code);
                result.push_repeated(' ' as u32, right);
                continue;
            }
            _ => match conversion.number(&value, "")? {
                Some(number) => {
                    result.push_text(&number);
                    continue;
                }
                None => return Err(conversion.unsupported()),
            },
        };
        let len = shown.len().min(conversion.precision.unwrap_or(usize::MAX));
        let (left, right) = conversion.padding(len);
        if result.is_empty() && at == text.len() && left + right == 0 && len == shown.len() {
            // Nothing but this text: it is itself the result.
            values.finish("string")?;
            return Ok(Str::exact(&shown));
        }
        check_memory(left + right)?;
        result.push_repeated(' ' as u32, left);
        result.push_part(&shown, 0, len);
        result.push_repeated(' ' as u32, right);
    }
    values.finish("string")?;
    result.try_finish()
}

/// MemoryError where so many characters can't be had.
pub(super) fn check_memory(count: usize) -> Result<()> {
    if count > 1 << 24 && Vec::<u8>::new().try_reserve_exact(count).is_err() {
        return Err(crate::errors::no_memory());
    }
    Ok(())
}
