//! Writing values without parts: numbers, text, bytes, buffers.

use runtime::native::buffer::{is_c_contiguous, is_fortran_contiguous};
use runtime::objects::bytearray::ByteArray;
use runtime::objects::pickle_buffer::PickleBuffer;
use runtime::prelude::*;

use super::opcodes::*;
use super::save::Saver;
use super::state::pickling_error;

impl Saver<'_> {
    pub fn save_bool(&mut self, value: bool) {
        if self.protocol >= 2 {
            self.output.put_byte(if value { NEWTRUE } else { NEWFALSE });
        } else {
            self.output.put(if value { b"I01\n" } else { b"I00\n" });
        }
    }

    pub fn save_int(&mut self, number: &Int) -> Result<()> {
        let small = number.to_i64().and_then(|value| i32::try_from(value).ok());
        match small {
            Some(value) if self.is_binary() => {
                let [a, b, c, d] = value.to_le_bytes();
                match value {
                    0..=0xff => self.output.put(&[BININT1, a]),
                    0x100..=0xffff => self.output.put(&[BININT2, a, b]),
                    _ => self.output.put(&[BININT, a, b, c, d]),
                }
            }
            Some(value) if self.protocol < 2 => self.output.put(format!("I{value}\n").as_bytes()),
            _ if self.protocol < 2 => {
                let text = number.repr()?;
                self.output.put_byte(LONG);
                self.output.put(text.to_utf8()?.as_bytes());
                self.output.put(b"L\n");
            }
            _ => self.save_long(number)?,
        }
        Ok(())
    }

    /// Two's complement, in as few bytes as do.
    fn save_long(&mut self, number: &Int) -> Result<()> {
        let length = number.bit_length() / 8 + 1;
        if length > i32::MAX as usize {
            return Err(raise!(OverflowError, "int too large to pickle"));
        }
        let mut bytes = number.to_le_bytes(length, true).unwrap_or_default();
        if number.is_negative()
            && let [.., before, 0xff] = bytes[..]
            && before & 0x80 != 0
        {
            bytes.pop();
        }
        match u8::try_from(bytes.len()) {
            Ok(length) => self.output.put(&[LONG1, length]),
            Err(_) => {
                let [a, b, c, d] = (bytes.len() as u32).to_le_bytes();
                self.output.put(&[LONG4, a, b, c, d]);
            }
        }
        self.output.put(&bytes);
        Ok(())
    }

    pub fn save_float(&mut self, value: f64) {
        if self.is_binary() {
            let mut instruction = [BINFLOAT; 9];
            instruction[1..].copy_from_slice(&value.to_be_bytes());
            self.output.put(&instruction);
        } else {
            let text = runtime::format::float::float_repr(value);
            self.output.put(format!("F{text}\n").as_bytes());
        }
    }

    pub fn save_str(&mut self, text: &Str) -> Result<()> {
        if !self.is_binary() {
            self.output.put_byte(UNICODE);
            let escaped = escape(text);
            self.output.put(&escaped);
            self.output.put_byte(b'\n');
        } else if let Some(utf8) = text.as_utf8() {
            self.put_utf8(utf8.as_bytes())?;
        } else {
            let utf8 = runtime::codecs::Native::Utf8.encode(text, "surrogatepass")?;
            self.put_utf8(&utf8)?;
        }
        self.memoize(text)
    }

    fn put_utf8(&mut self, utf8: &[u8]) -> Result<()> {
        let length = utf8.len();
        if length <= 0xff && self.protocol >= 4 {
            self.output.put(&[SHORT_BINUNICODE, length as u8]);
            self.output.put(utf8);
            return Ok(());
        }
        if let Ok(short) = u32::try_from(length) {
            let [a, b, c, d] = short.to_le_bytes();
            return self.output.put_data(&[BINUNICODE, a, b, c, d], utf8, None);
        }
        if self.protocol >= 4 {
            return self.output.put_data(&long_header(BINUNICODE8, length), utf8, None);
        }
        Err(raise!(
            OverflowError,
            "serializing a string larger than 4 GiB requires pickle protocol 4 or higher"
        ))
    }

    pub fn save_bytes(&mut self, bytes: &Bytes) -> Result<()> {
        if self.protocol < 3 {
            // Older protocols have no bytes: they are made from text at loading.
            let parts = if bytes.is_empty() {
                Tuple::pack([Bytes::type_object().to_ref(), Tuple::empty().into_object()])
            } else {
                let text = runtime::codecs::Native::Latin1.decode(bytes.as_slice(), "strict")?;
                let arguments = Tuple::pack([text.into_object(), intern!("latin1").to_ref()]);
                Tuple::pack([self.state.codecs_encode()?, arguments.into_object()])
            };
            return self.save_reduce(&parts, bytes);
        }
        self.put_bytes(bytes.as_slice(), Some(bytes))?;
        self.memoize(bytes)
    }

    fn put_bytes(&mut self, bytes: &[u8], payload: Option<&Object>) -> Result<()> {
        let length = bytes.len();
        if length <= 0xff {
            self.output.put(&[SHORT_BINBYTES, length as u8]);
            self.output.put(bytes);
            return Ok(());
        }
        if let Ok(short) = u32::try_from(length) {
            let [a, b, c, d] = short.to_le_bytes();
            return self.output.put_data(&[BINBYTES, a, b, c, d], bytes, payload);
        }
        if self.protocol >= 4 {
            return self.output.put_data(&long_header(BINBYTES8, length), bytes, payload);
        }
        Err(raise!(
            OverflowError,
            "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher"
        ))
    }

    pub fn save_bytearray(&mut self, array: &ByteArray) -> Result<()> {
        if self.protocol < 5 {
            let arguments = if array.is_empty() {
                Tuple::empty()
            } else {
                Tuple::pack([Bytes::try_new(&array.to_vec())?.into_object()])
            };
            let parts = Tuple::pack([ByteArray::type_object().to_ref(), arguments.into_object()]);
            return self.save_reduce(&parts, array);
        }
        let bytes = array.to_vec();
        self.output.put_data(&long_header(BYTEARRAY8, bytes.len()), &bytes, Some(array))?;
        self.memoize(array)
    }

    pub fn save_pickle_buffer(&mut self, buffer: &PickleBuffer) -> Result<()> {
        if self.protocol < 5 {
            return Err(pickling_error("PickleBuffer can only be pickled with protocol >= 5"));
        }
        // The memory stays, whatever the callback does to the object.
        let held = Buffer::acquire(buffer, runtime::native::abi::PyBUF_FULL_RO)?;
        let view = held.view();
        if !is_c_contiguous(view) && !is_fortran_contiguous(view) {
            return Err(pickling_error(
                "PickleBuffer can not be pickled when pointing to a non-contiguous buffer",
            ));
        }
        let readonly = view.readonly != 0;
        let in_band = match self.pickler.buffer_callback() {
            Some(callback) => callback.call(&[buffer])?.is_true()?,
            None => true,
        };
        if !in_band {
            self.output.put_byte(NEXT_BUFFER);
            if readonly {
                self.output.put_byte(READONLY_BUFFER);
            }
            return Ok(());
        }
        let bytes = held.as_slice();
        if readonly {
            self.put_bytes(bytes, None)?;
        } else {
            self.output.put_data(&long_header(BYTEARRAY8, bytes.len()), bytes, None)?;
        }
        self.memoize(buffer)
    }
}

/// An instruction with 8 bytes of length.
fn long_header(opcode: u8, length: usize) -> [u8; 9] {
    let mut header = [opcode; 9];
    header[1..].copy_from_slice(&(length as u64).to_le_bytes());
    header
}

/// Text in one line of Latin-1: what doesn't fit as `\u` escapes.
fn escape(text: &Str) -> Vec<u8> {
    let mut line = Vec::with_capacity(text.len());
    for code in text.code_points() {
        match code {
            0 | 0x0a | 0x0d | 0x1a | 0x5c | 0x100..=0xffff => {
                line.extend_from_slice(format!("\\u{code:04x}").as_bytes());
            }
            0x10000.. => line.extend_from_slice(format!("\\U{code:08x}").as_bytes()),
            _ => line.push(code as u8),
        }
    }
    line
}
