//! Reading numbers, text and bytes.

use runtime::codecs::errors::Errors;
use runtime::codecs::{self, Native, escape};
use runtime::objects::memoryview::MemoryView;
use runtime::prelude::*;

use super::input::truncated;
use super::load::Loader;
use super::state::unpickling_error;

/// The text before a NUL: what C sees of a line.
fn c_text(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// What C's `strtol` takes for whitespace.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// A decimal number in the whole of a line, as C's `strtol` reads it.
fn plain_int(line: &[u8]) -> Option<i64> {
    let text = c_text(line);
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let text = &text[text.iter().take_while(|&&byte| is_space(byte)).count()..];
    let text = std::str::from_utf8(text).ok()?;
    text.strip_prefix(['+', '-']).unwrap_or(text).bytes().next().filter(u8::is_ascii_digit)?;
    text.parse().ok()
}

/// A decimal int of any size, with the message of `int()` if it is none.
fn long_of(line: &[u8]) -> Result<Ref<Int>> {
    let text = c_text(line);
    let shown = Native::Utf8.decode(text, "replace")?;
    Int::parse_bytes(text, 10, &shown)
}

/// The longest beginning that is a float as C's `strtod` of Python takes it: no whitespace, no underscores.
fn float_prefix(text: &[u8]) -> usize {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let rest = &text[sign..];
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    for word in ["infinity", "inf", "nan"] {
        if rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word.as_bytes()) {
            return sign + word.len();
        }
    }
    let whole = digits(rest);
    let mut end = whole;
    let mut fraction = 0;
    if rest.get(end) == Some(&b'.') {
        fraction = digits(&rest[end + 1..]);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return 0;
    }
    if matches!(rest.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(&rest[end + 1 + sign..]);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    sign + end
}

impl Loader<'_> {
    /// A line with something before its newline.
    fn line(&mut self) -> Result<Vec<u8>> {
        self.line_of(2)
    }

    fn line_of(&mut self, least: usize) -> Result<Vec<u8>> {
        let line = self.input.read_line()?.to_vec();
        self.unpickler.note_line(line.len());
        if line.len() < least { Err(truncated()) } else { Ok(line) }
    }

    pub fn load_binint(&mut self) -> Result<()> {
        let value = i32::from_le_bytes(self.input.read_array()?);
        self.push(Int::new(i64::from(value)).into_object())
    }

    pub fn load_binint1(&mut self) -> Result<()> {
        let value = self.input.read_byte()?;
        self.push(Int::small(isize::from(value)).into_object())
    }

    pub fn load_binint2(&mut self) -> Result<()> {
        let value = u16::from_le_bytes(self.input.read_array()?);
        self.push(Int::new(i64::from(value)).into_object())
    }

    pub fn load_int(&mut self) -> Result<()> {
        let line = self.line()?;
        let value = match plain_int(&line) {
            // Two characters: how protocols 0 and 1 write bools.
            Some(value @ (0 | 1)) if line.len() == 3 => py_bool(value == 1),
            Some(value) => Int::new(value).into_object(),
            None => match long_of(&line) {
                Ok(value) => value.into_object(),
                Err(raised) => {
                    raised.clear();
                    return Err(raise!(ValueError, "could not convert string to int"));
                }
            },
        };
        self.push(value)
    }

    pub fn load_long(&mut self) -> Result<()> {
        let mut line = self.line()?;
        if let [before @ .., b'L', _] = &line[..] {
            let length = before.len();
            line.truncate(length);
        }
        let value = long_of(&line)?;
        self.push(value.into_object())
    }

    pub fn load_counted_long(&mut self, size: usize) -> Result<()> {
        let bytes = self.input.read(size)?;
        let value = Int::from_le_bytes(bytes, true);
        self.push(value.into_object())
    }

    pub fn load_float(&mut self) -> Result<()> {
        let line = self.line()?;
        let text = c_text(&line);
        let end = float_prefix(text);
        let shown = || String::from_utf8_lossy(&text[..text.len().min(200)]).into_owned();
        let value = runtime::objects::float::parse::literal(&text[..end]);
        let Some(value) = value.filter(|_| end > 0) else {
            return Err(raise!(ValueError, "could not convert string to float: '{}'", shown()));
        };
        let is_number = text[..end].iter().any(u8::is_ascii_digit);
        if value.is_infinite() && is_number {
            return Err(raise!(OverflowError, "value too large to convert to float: '{}'", shown()));
        }
        if !matches!(text.get(end), None | Some(b'\n')) {
            return Err(raise!(ValueError, "could not convert string to float"));
        }
        self.push(Float::new(value).into_object())
    }

    /// A length in so many bytes.
    fn read_size(&mut self, width: usize, what: &str) -> Result<usize> {
        let mut bytes = [0; 8];
        bytes[..width].copy_from_slice(self.input.read(width)?);
        match isize::try_from(u64::from_le_bytes(bytes)) {
            Ok(size) => Ok(size as usize),
            Err(_) => {
                Err(raise!(OverflowError, "{what} exceeds system's maximum size of {} bytes", isize::MAX))
            }
        }
    }

    pub fn load_binbytes(&mut self, width: usize) -> Result<()> {
        let size = self.read_size(width, "BINBYTES")?;
        let bytes = self.input.read_bytes(size)?;
        self.push(bytes.into_object())
    }

    pub fn load_bytearray(&mut self) -> Result<()> {
        let size = self.read_size(8, "BYTEARRAY8")?;
        let array = self.input.read_bytearray(size)?;
        self.push(array.into_object())
    }

    pub fn load_binunicode(&mut self, width: usize) -> Result<()> {
        let size = self.read_size(width, "BINUNICODE")?;
        let bytes = self.input.read(size)?;
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Str::try_new(text)?,
            Err(_) => Native::Utf8.decode(bytes, "surrogatepass")?,
        };
        self.push(text.into_object())
    }

    pub fn load_unicode(&mut self) -> Result<()> {
        let line = self.line_of(1)?;
        let text = escape::decode_raw_unicode(&line[..line.len() - 1], &Errors::new("strict"), true)?.0;
        self.push(text.into_object())
    }

    /// Python 2's 8-bit string, decoded as asked for.
    fn push_string(&mut self, bytes: &[u8]) -> Result<()> {
        let (encoding, errors) = self.unpickler.encoding();
        let value = match encoding.as_str() {
            "bytes" => Bytes::try_new(bytes)?.into_object(),
            encoding => codecs::decode(bytes, Some(encoding), Some(&errors))?.into_object(),
        };
        self.push(value)
    }

    pub fn load_counted_string(&mut self, size: usize) -> Result<()> {
        let bytes = self.input.read(size)?.to_vec();
        self.push_string(&bytes)
    }

    pub fn load_string(&mut self) -> Result<()> {
        let line = self.line_of(1)?;
        let quoted = &line[..line.len() - 1];
        let ([quote @ (b'"' | b'\''), content @ .., end], true) = (quoted, quoted.len() >= 2) else {
            return Err(unpickling_error("the STRING opcode argument must be quoted"));
        };
        if quote != end {
            return Err(unpickling_error("the STRING opcode argument must be quoted"));
        }
        let bytes = escape::decode_bytes(content, "strict")?;
        self.push_string(&bytes)
    }

    /// The index in the line of GET and PUT.
    pub fn read_index(&mut self) -> Result<isize> {
        let line = self.line()?;
        let index = long_of(&line)?;
        index.to_isize().ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C ssize_t"))
    }

    pub fn load_put(&mut self) -> Result<()> {
        let line = self.line()?;
        let value = self.top()?;
        let index = long_of(&line)?;
        match index.to_isize() {
            Some(index @ 0..) => {
                self.put(index as usize, value);
                Ok(())
            }
            Some(_) => Err(raise!(ValueError, "negative PUT argument")),
            None => Err(raise!(OverflowError, "Python int too large to convert to C ssize_t")),
        }
    }

    /// An ASCII name in a line.
    pub fn read_name(&mut self, encoding: Native) -> Result<Ref<Str>> {
        let line = self.line()?;
        encoding.decode(&line[..line.len() - 1], "strict")
    }

    pub fn load_persid(&mut self) -> Result<()> {
        let line = self.line_of(1)?;
        let identifier = match Native::Ascii.decode(&line[..line.len() - 1], "strict") {
            Ok(identifier) => identifier,
            Err(raised) if raised.matches(&runtime::objects::exceptions::UnicodeDecodeError) => {
                raised.clear();
                return Err(unpickling_error("persistent IDs in protocol 0 must be ASCII strings"));
            }
            Err(raised) => return Err(raised),
        };
        self.push_persistent(&identifier)
    }

    pub fn load_next_buffer(&mut self) -> Result<()> {
        let Some(buffers) = self.unpickler.buffers() else {
            return Err(unpickling_error(
                "pickle stream refers to out-of-band data but no *buffers* argument was given",
            ));
        };
        match buffers.iter_next()? {
            Some(buffer) => self.push(buffer),
            None => Err(unpickling_error("not enough out-of-band buffers")),
        }
    }

    /// The buffer on top, if it can be written to, gives way to a read-only view of it.
    pub fn load_readonly_buffer(&mut self) -> Result<()> {
        let buffer = self.top()?;
        let view = MemoryView::of(&buffer)?;
        if view.raw().readonly != 0 {
            return Ok(());
        }
        let readonly = view.call_method(intern!("toreadonly"), &[])?;
        drop(self.pop()?);
        self.push(readonly)
    }
}
