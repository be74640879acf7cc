//! Writing marshal data, versions 0 to 5.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_traits::Signed;

use super::code as c;
use super::{CodeParts, MAX_DEPTH, MarshalError, Node, Source};

/// Writes values into a buffer.
pub struct Writer<'s, S: Source> {
    source: &'s mut S,
    version: i32,
    allow_code: bool,
    out: Vec<u8>,
    /// Identity to reference number.
    references: HashMap<u64, u32>,
    depth: usize,
}

type Written<S> = Result<(), <S as Source>::Error>;

impl<'s, S: Source> Writer<'s, S> {
    pub fn new(source: &'s mut S, version: i32) -> Self {
        Writer { source, version, allow_code: true, out: Vec::new(), references: HashMap::new(), depth: 0 }
    }

    /// Whether code objects are let through.
    pub fn allow_code(mut self, allow: bool) -> Self {
        self.allow_code = allow;
        self
    }

    /// The value as bytes.
    pub fn write(mut self, value: &S::Value) -> Result<Vec<u8>, S::Error> {
        self.object(value)?;
        Ok(self.out)
    }

    fn object(&mut self, value: &S::Value) -> Written<S> {
        if self.depth >= MAX_DEPTH {
            return Err(MarshalError::value("object too deeply nested to marshal").into());
        }
        self.depth += 1;
        match self.source.node(value)? {
            Node::None => self.out.push(c::NONE),
            Node::Bool(false) => self.out.push(c::FALSE),
            Node::Bool(true) => self.out.push(c::TRUE),
            Node::Ellipsis => self.out.push(c::ELLIPSIS),
            Node::StopIteration => self.out.push(c::STOP_ITERATION),
            node => {
                if let Some(flag) = self.reference(value) {
                    self.complex_object(node, flag)?;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Writes a reference if the value has been written before (`None`); else gives the flag for its type code.
    fn reference(&mut self, value: &S::Value) -> Option<u8> {
        if self.version < 3 {
            return Some(0);
        }
        let Some(identity) = self.source.identity(value) else { return Some(0) };
        let next = self.references.len() as u32;
        let number = *self.references.entry(identity).or_insert(next);
        if number == next {
            return Some(c::FLAG_REF);
        }
        self.out.push(c::REF);
        self.int(number as i32);
        None
    }

    fn complex_object(&mut self, node: Node<'_, S::Value>, flag: u8) -> Written<S> {
        match node {
            Node::Tuple(items) => {
                match u8::try_from(items.len()) {
                    Ok(len) if self.version >= 4 => self.out.extend([c::SMALL_TUPLE | flag, len]),
                    _ => self.sized(c::TUPLE | flag, items.len())?,
                }
                self.items(&items)
            }
            Node::List(items) => {
                self.sized(c::LIST | flag, items.len())?;
                self.items(&items)
            }
            Node::Set(items) => self.set(c::SET | flag, items),
            Node::FrozenSet(items) => self.set(c::FROZENSET | flag, items),
            Node::Dict(items) => {
                self.out.push(c::DICT | flag);
                for (key, value) in &items {
                    self.object(key)?;
                    self.object(value)?;
                }
                self.out.push(c::NULL);
                Ok(())
            }
            Node::Slice(parts) if self.version >= 5 => {
                self.out.push(c::SLICE | flag);
                self.items(&*parts)
            }
            Node::Code(parts) if self.allow_code => {
                self.out.push(c::CODE | flag);
                self.code(&parts)
            }
            Node::Code(_) => Err(MarshalError::value("marshalling code objects is disallowed").into()),
            Node::Slice(_) | Node::Other => {
                self.out.push(c::UNKNOWN);
                Err(MarshalError::value("unmarshallable object").into())
            }
            scalar => self.scalar(scalar, flag),
        }
    }

    fn items(&mut self, items: &[S::Value]) -> Written<S> {
        items.iter().try_for_each(|item| self.object(item))
    }

    /// The items in the order of their own bytes, so that equal sets are written alike.
    fn set(&mut self, code: u8, items: Vec<S::Value>) -> Written<S> {
        self.sized(code, items.len())?;
        let mut dumped = Vec::with_capacity(items.len());
        for item in items {
            let writer = Writer { depth: self.depth, ..Writer::new(self.source, self.version) };
            dumped.push((writer.allow_code(self.allow_code).write(&item)?, item));
        }
        dumped.sort_by(|(left, _), (right, _)| left.cmp(right));
        dumped.iter().try_for_each(|(_, item)| self.object(item))
    }

    fn code(&mut self, parts: &CodeParts<S::Value>) -> Written<S> {
        for number in
            [parts.argcount, parts.posonlyargcount, parts.kwonlyargcount, parts.stacksize, parts.flags]
        {
            self.int(number);
        }
        for value in [
            &parts.code,
            &parts.consts,
            &parts.names,
            &parts.localsplusnames,
            &parts.localspluskinds,
            &parts.filename,
            &parts.name,
            &parts.qualname,
        ] {
            self.object(value)?;
        }
        self.int(parts.firstlineno);
        self.object(&parts.linetable)?;
        self.object(&parts.exceptiontable)
    }

    #[inline(never)]
    fn scalar(&mut self, node: Node<'_, S::Value>, flag: u8) -> Written<S> {
        match node {
            Node::Int(value) => match i32::try_from(value) {
                Ok(value) => {
                    self.out.push(c::INT | flag);
                    self.int(value);
                }
                Err(_) => self.long(&BigInt::from(value), flag)?,
            },
            Node::Long(value) => match i32::try_from(&*value) {
                Ok(value) => {
                    self.out.push(c::INT | flag);
                    self.int(value);
                }
                Err(_) => self.long(&value, flag)?,
            },
            Node::Float(value) if self.version > 1 => {
                self.out.push(c::BINARY_FLOAT | flag);
                self.out.extend(value.to_le_bytes());
            }
            Node::Float(value) => {
                self.out.push(c::FLOAT | flag);
                self.float_text(value);
            }
            Node::Complex { real, imag } if self.version > 1 => {
                self.out.push(c::BINARY_COMPLEX | flag);
                self.out.extend(real.to_le_bytes());
                self.out.extend(imag.to_le_bytes());
            }
            Node::Complex { real, imag } => {
                self.out.push(c::COMPLEX | flag);
                self.float_text(real);
                self.float_text(imag);
            }
            Node::Bytes(bytes) => {
                self.sized(c::BYTES | flag, bytes.len())?;
                self.out.extend_from_slice(&bytes);
            }
            Node::Str { utf8, interned } => self.string(&utf8, interned, flag)?,
            _ => unreachable!("not a scalar"),
        }
        Ok(())
    }

    fn string(&mut self, utf8: &[u8], interned: bool, flag: u8) -> Written<S> {
        if self.version >= 4 && utf8.is_ascii() {
            match u8::try_from(utf8.len()) {
                Ok(len) => {
                    let code = if interned { c::SHORT_ASCII_INTERNED } else { c::SHORT_ASCII };
                    self.out.extend([code | flag, len]);
                }
                Err(_) => {
                    let code = if interned { c::ASCII_INTERNED } else { c::ASCII };
                    self.sized(code | flag, utf8.len())?;
                }
            }
        } else {
            let code = if interned && self.version >= 3 { c::INTERNED } else { c::UNICODE };
            self.sized(code | flag, utf8.len())?;
        }
        self.out.extend_from_slice(utf8);
        Ok(())
    }

    fn long(&mut self, value: &BigInt, flag: u8) -> Written<S> {
        let digits = value.magnitude().to_radix_le(1 << 8);
        // Bytes to digits of 15 bits.
        let mut shorts: Vec<u16> = Vec::with_capacity(digits.len() * 8 / 15 + 1);
        let (mut bits, mut count) = (0u32, 0);
        for byte in digits {
            bits |= (byte as u32) << count;
            count += 8;
            if count >= 15 {
                shorts.push((bits & 0x7FFF) as u16);
                bits >>= 15;
                count -= 15;
            }
        }
        if bits != 0 {
            shorts.push(bits as u16);
        }
        let size = i32::try_from(shorts.len()).map_err(|_| unmarshallable())?;
        self.out.push(c::LONG | flag);
        self.int(if value.is_negative() { -size } else { size });
        shorts.iter().for_each(|short| self.out.extend(short.to_le_bytes()));
        Ok(())
    }

    fn int(&mut self, value: i32) {
        self.out.extend(value.to_le_bytes());
    }

    fn sized(&mut self, code: u8, len: usize) -> Written<S> {
        let len = i32::try_from(len).map_err(|_| unmarshallable())?;
        self.out.push(code);
        self.int(len);
        Ok(())
    }

    /// A float with 17 significant digits, as C's `%.17g` writes it.
    fn float_text(&mut self, value: f64) {
        let text = format_17g(value);
        self.out.push(text.len() as u8);
        self.out.extend_from_slice(text.as_bytes());
    }
}

fn unmarshallable() -> MarshalError {
    MarshalError::value("unmarshallable object")
}

pub(super) fn format_17g(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:.16e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..17).contains(&exponent) {
        let mantissa = strip_zeros(mantissa);
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    strip_zeros(&format!("{value:.*}", (16 - exponent) as usize)).to_owned()
}

/// Without the zeros that end a fraction, and without its point if nothing is left of it.
fn strip_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
