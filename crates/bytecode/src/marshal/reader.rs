//! Reading marshal data, versions 0 to 5.

use super::code as c;
use super::{Builder, CodeParts, Container, MAX_DEPTH, MarshalError};

/// Where the bytes come from: a buffer, or a file object with `readinto`.
pub trait Input<E> {
    /// The next byte, or `None` at the end.
    fn byte(&mut self) -> Result<Option<u8>, E>;
    /// The next `length` bytes; an error if there are fewer.
    fn take(&mut self, length: usize) -> Result<&[u8], E>;
    /// At most how many bytes are left, if known: no use in making room for more items than that.
    fn remaining(&self) -> Option<usize>;
}

/// Bytes in memory.
pub struct SliceInput<'a> {
    data: &'a [u8],
    position: usize,
}

impl<'a> SliceInput<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        SliceInput { data, position: 0 }
    }

    /// How many bytes have been read.
    pub fn position(&self) -> usize {
        self.position
    }
}

impl<E: From<MarshalError>> Input<E> for SliceInput<'_> {
    fn byte(&mut self) -> Result<Option<u8>, E> {
        let byte = self.data.get(self.position).copied();
        self.position += byte.is_some() as usize;
        Ok(byte)
    }

    fn take(&mut self, length: usize) -> Result<&[u8], E> {
        let end = self.position.checked_add(length).filter(|&end| end <= self.data.len());
        let end = end.ok_or(MarshalError::Eof("marshal data too short"))?;
        let bytes = &self.data[self.position..end];
        self.position = end;
        Ok(bytes)
    }

    fn remaining(&self) -> Option<usize> {
        Some(self.data.len() - self.position)
    }
}

/// Reads values one after another; what earlier ones flagged is not known to later ones.
pub struct Reader<I, B: Builder> {
    input: I,
    builder: B,
    /// What REF can name; `None` while it is not finished and can't be named yet.
    references: Vec<Option<B::Value>>,
    depth: usize,
    allow_code: bool,
}

type Read<B> = Result<Option<<B as Builder>::Value>, <B as Builder>::Error>;

const TOO_SHORT: &str = "EOF read where not expected";

impl<B: Builder, I: Input<B::Error>> Reader<I, B> {
    pub fn new(input: I, builder: B) -> Self {
        Reader { input, builder, references: Vec::new(), depth: 0, allow_code: true }
    }

    /// Whether code objects are let through.
    pub fn allow_code(mut self, allow: bool) -> Self {
        self.allow_code = allow;
        self
    }

    /// Reads one value.
    pub fn read(&mut self) -> Result<B::Value, B::Error> {
        self.references.clear();
        self.depth = 0;
        match self.object()? {
            Some(value) => Ok(value),
            None => Err(null("object")),
        }
    }

    /// The input and the builder, with what they have learned.
    pub fn into_parts(self) -> (I, B) {
        (self.input, self.builder)
    }

    /// Reads a value; `None` for the NULL that ends dicts.
    fn object(&mut self) -> Read<B> {
        let Some(first) = self.input.byte()? else {
            return Err(MarshalError::Eof("EOF read where object expected").into());
        };
        if self.depth >= MAX_DEPTH {
            return Err(MarshalError::value("recursion limit exceeded").into());
        }
        self.depth += 1;
        let flagged = first & c::FLAG_REF != 0;
        let value = match first & !c::FLAG_REF {
            c::NULL => Ok(None),
            c::TUPLE => self.long_sized(Container::Tuple, "tuple", flagged),
            c::SMALL_TUPLE => {
                self.byte().and_then(|len| self.container(Container::Tuple, len as usize, "tuple", flagged))
            }
            c::LIST => self.long_sized(Container::List, "list", flagged),
            c::SET => self.long_sized(Container::Set, "set", flagged),
            c::FROZENSET => self.long_sized(Container::FrozenSet, "set", flagged),
            c::DICT => self.dict(flagged),
            c::CODE => self.code(flagged),
            c::SLICE => self.slice(flagged),
            c::REF => self.reference().map(Some),
            kind => self.scalar(kind, flagged).map(Some),
        };
        self.depth -= 1;
        value
    }

    /// A value without items.
    #[inline(never)]
    fn scalar(&mut self, kind: u8, flagged: bool) -> Result<B::Value, B::Error> {
        let value = match kind {
            c::NONE => return Ok(self.builder.none()),
            c::FALSE => return Ok(self.builder.bool(false)),
            c::TRUE => return Ok(self.builder.bool(true)),
            c::ELLIPSIS => return Ok(self.builder.ellipsis()),
            c::STOP_ITERATION => return self.builder.stop_iteration(),
            c::INT => {
                let value = self.int()?;
                self.builder.int(value as i64)?
            }
            c::INT64 => {
                let value = i64::from_le_bytes(self.array()?);
                self.builder.int(value)?
            }
            c::LONG => self.long()?,
            c::FLOAT => {
                let value = self.float_text()?;
                self.builder.float(value)?
            }
            c::BINARY_FLOAT => {
                let value = f64::from_le_bytes(self.array()?);
                self.builder.float(value)?
            }
            c::COMPLEX => {
                let real = self.float_text()?;
                let imag = self.float_text()?;
                self.builder.complex(real, imag)?
            }
            c::BINARY_COMPLEX => {
                let real = f64::from_le_bytes(self.array()?);
                let imag = f64::from_le_bytes(self.array()?);
                self.builder.complex(real, imag)?
            }
            c::BYTES => {
                let len = self.size("bytes object")?;
                self.builder.bytes(self.input.take(len)?)?
            }
            c::INTERNED | c::UNICODE => {
                let len = self.size("string")?;
                self.builder.string(self.input.take(len)?, kind == c::INTERNED)?
            }
            c::ASCII | c::ASCII_INTERNED => {
                let len = self.size("string")?;
                self.builder.latin1(self.input.take(len)?, kind == c::ASCII_INTERNED)?
            }
            c::SHORT_ASCII | c::SHORT_ASCII_INTERNED => {
                let len = self.byte()? as usize;
                self.builder.latin1(self.input.take(len)?, kind == c::SHORT_ASCII_INTERNED)?
            }
            _ => return Err(MarshalError::value("bad marshal data (unknown type code)").into()),
        };
        if flagged {
            self.references.push(Some(value.clone()));
        }
        Ok(value)
    }

    fn long_sized(&mut self, kind: Container, name: &'static str, flagged: bool) -> Read<B> {
        let len = self.size(name)?;
        self.container(kind, len, name, flagged)
    }

    fn container(&mut self, kind: Container, len: usize, name: &'static str, flagged: bool) -> Read<B> {
        if self.input.remaining().is_some_and(|remaining| len > remaining) {
            // It must end too early, whatever it holds; don't let it ask for memory first.
            return self.exhaust(len, name);
        }
        let (mut open, handle) = self.builder.open(kind, len)?;
        let slot = self.reserve(flagged, handle);
        for _ in 0..len {
            let item = self.object()?.ok_or_else(|| null(name))?;
            self.builder.push(&mut open, item)?;
        }
        let value = self.builder.finish(open)?;
        Ok(Some(self.settle(slot, value)))
    }

    /// Reads the items of a container that can't be complete, for the error that they end in.
    #[inline(never)]
    fn exhaust(&mut self, len: usize, name: &'static str) -> Read<B> {
        for _ in 0..len {
            self.object()?.ok_or_else(|| null::<B::Error>(name))?;
        }
        Err(MarshalError::Eof("EOF read where object expected").into())
    }

    fn dict(&mut self, flagged: bool) -> Read<B> {
        let (mut open, handle) = self.builder.open(Container::Dict, 0)?;
        let slot = self.reserve(flagged, handle);
        while let Some(key) = self.object()? {
            let Some(value) = self.object()? else { break };
            self.builder.insert(&mut open, key, value)?;
        }
        let value = self.builder.finish(open)?;
        Ok(Some(self.settle(slot, value)))
    }

    fn slice(&mut self, flagged: bool) -> Read<B> {
        let slot = self.reserve(flagged, None);
        let Some(start) = self.object()? else { return Ok(None) };
        let Some(stop) = self.object()? else { return Ok(None) };
        let Some(step) = self.object()? else { return Ok(None) };
        let value = self.builder.slice([start, stop, step])?;
        Ok(Some(self.settle(slot, value)))
    }

    fn code(&mut self, flagged: bool) -> Read<B> {
        if !self.allow_code {
            return Err(MarshalError::value("unmarshalling code objects is disallowed").into());
        }
        let slot = self.reserve(flagged, None);
        let parts = self.code_parts()?;
        let value = self.builder.code(*parts)?;
        Ok(Some(self.settle(slot, value)))
    }

    /// Boxed to keep the recursion's native frames small.
    fn code_parts(&mut self) -> Result<Box<CodeParts<B::Value>>, B::Error> {
        Ok(Box::new(CodeParts {
            argcount: self.int()?,
            posonlyargcount: self.int()?,
            kwonlyargcount: self.int()?,
            stacksize: self.int()?,
            flags: self.int()?,
            code: self.part()?,
            consts: self.part()?,
            names: self.part()?,
            localsplusnames: self.part()?,
            localspluskinds: self.part()?,
            filename: self.part()?,
            name: self.part()?,
            qualname: self.part()?,
            firstlineno: self.int()?,
            linetable: self.part()?,
            exceptiontable: self.part()?,
        }))
    }

    fn part(&mut self) -> Result<B::Value, B::Error> {
        self.object()?.ok_or_else(|| null("code object"))
    }

    fn reference(&mut self) -> Result<B::Value, B::Error> {
        let index = self.int()?;
        let value = usize::try_from(index).ok().and_then(|index| self.references.get(index)?.clone());
        value.ok_or_else(|| MarshalError::value("bad marshal data (invalid reference)").into())
    }

    /// Takes the next reference number for a value that is not finished.
    fn reserve(&mut self, flagged: bool, handle: Option<B::Value>) -> Option<usize> {
        flagged.then(|| {
            self.references.push(handle);
            self.references.len() - 1
        })
    }

    fn settle(&mut self, slot: Option<usize>, value: B::Value) -> B::Value {
        if let Some(slot) = slot {
            self.references[slot] = Some(value.clone());
        }
        value
    }

    fn byte(&mut self) -> Result<u8, B::Error> {
        self.input.byte()?.ok_or_else(|| MarshalError::Eof(TOO_SHORT).into())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], B::Error> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.input.take(N)?);
        Ok(bytes)
    }

    fn int(&mut self) -> Result<i32, B::Error> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn size(&mut self, what: &'static str) -> Result<usize, B::Error> {
        let size = self.int()?;
        usize::try_from(size).map_err(|_| {
            MarshalError::Value(format!("bad marshal data ({what} size out of range)").into()).into()
        })
    }

    fn long(&mut self) -> Result<B::Value, B::Error> {
        let size = self.int()?;
        if size == i32::MIN {
            return Err(MarshalError::value("bad marshal data (long size out of range)").into());
        }
        let count = size.unsigned_abs() as usize;
        let mut digits = Vec::with_capacity(count.min(1 << 16));
        for _ in 0..count {
            let digit = u16::from_le_bytes(self.array()?);
            if digit > 0x7FFF {
                return Err(MarshalError::value("bad marshal data (digit out of range in long)").into());
            }
            digits.push(digit);
        }
        if digits.last() == Some(&0) {
            return Err(MarshalError::value("bad marshal data (unnormalized long data)").into());
        }
        self.builder.long(size < 0, &digits)
    }

    /// A float as versions 0 and 1 write it.
    fn float_text(&mut self) -> Result<f64, B::Error> {
        let len = self.byte()? as usize;
        let text = self.input.take(len)?;
        let parsed = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| {
            let text = String::from_utf8_lossy(text);
            MarshalError::Value(format!("could not convert string to float: '{text}'").into()).into()
        })
    }
}

/// The error of a NULL where a value belongs.
fn null<E: From<MarshalError>>(place: &str) -> E {
    MarshalError::Type(format!("NULL object in marshal data for {place}").into()).into()
}
