//! `marshal`: values and code objects as bytes. The format is known to `bytecode::marshal`; here are its values.

use std::borrow::Cow;

use bytecode::marshal::{
    CodeParts, Container, Input, MarshalError, Node, Reader, SliceInput, Source, VERSION, Writer,
};
use num_bigint::{BigInt, BigUint, Sign};

use crate::objects::code::{Code, Parts};
use crate::objects::complex::Complex;
use crate::objects::set::FrozenSet;
use crate::objects::slice::Slice;
use crate::prelude::*;

module! {
    name: "marshal",
    doc: "Reading and writing of Python values in a binary format that is specific to Python's version.",
    functions: [dump, dumps, load_file, loads],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    module.dict().insert_str(intern!("version"), &Int::new(i64::from(VERSION)))
}

impl From<MarshalError> for Raised {
    fn from(error: MarshalError) -> Raised {
        match error {
            MarshalError::Eof(message) => raise!(EOFError, "{message}"),
            MarshalError::Value(message) => raise!(ValueError, "{message}"),
            MarshalError::Type(message) => raise!(TypeError, "{message}"),
        }
    }
}

/// Makes live objects of what is read.
struct Builder;

/// A container being filled.
enum Open {
    Tuple(Vec<Ref>),
    FrozenSet(Vec<Ref>),
    List(Ref<List>),
    Set(Ref<Set>),
    Dict(Ref<Dict>),
}

fn invalid_code() -> Raised {
    raise!(ValueError, "bad marshal data (invalid code object)")
}

impl bytecode::marshal::Builder for Builder {
    type Value = Ref;
    type Error = Raised;
    type Open = Open;

    fn none(&mut self) -> Ref {
        none()
    }

    fn ellipsis(&mut self) -> Ref {
        ellipsis()
    }

    fn stop_iteration(&mut self) -> Result {
        Ok(crate::objects::exceptions::StopIteration.to_ref())
    }

    fn bool(&mut self, value: bool) -> Ref {
        py_bool(value)
    }

    fn int(&mut self, value: i64) -> Result {
        Ok(Int::new(value).into_object())
    }

    fn long(&mut self, negative: bool, digits: &[u16]) -> Result {
        let mut bytes = Vec::with_capacity(digits.len() * 2 + 4);
        let (mut bits, mut count) = (0u32, 0);
        for &digit in digits {
            bits |= u32::from(digit) << count;
            count += 15;
            while count >= 8 {
                bytes.push(bits as u8);
                bits >>= 8;
                count -= 8;
            }
        }
        bytes.push(bits as u8);
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        let value = BigInt::from_biguint(sign, BigUint::from_bytes_le(&bytes));
        Ok(Int::from_bigint(&value).into_object())
    }

    fn float(&mut self, value: f64) -> Result {
        Ok(Float::new(value).into_object())
    }

    fn complex(&mut self, real: f64, imag: f64) -> Result {
        Ok(Complex::new(real, imag).into_object())
    }

    fn bytes(&mut self, value: &[u8]) -> Result {
        Ok(Bytes::new(value).into_object())
    }

    fn string(&mut self, utf8: &[u8], interned: bool) -> Result {
        let Some(text) = bytecode::Wtf8::from_bytes(utf8) else {
            return Err(raise!(ValueError, "bad marshal data (invalid UTF-8)"));
        };
        let text = Str::from_wtf8(text);
        Ok(if interned { Str::intern(text) } else { text }.into_object())
    }

    fn latin1(&mut self, bytes: &[u8], interned: bool) -> Result {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) if text.is_ascii() => Str::new(text),
            _ => Str::from_code_points(bytes.iter().map(|&byte| u32::from(byte))),
        };
        Ok(if interned { Str::intern(text) } else { text }.into_object())
    }

    fn slice(&mut self, parts: [Ref; 3]) -> Result {
        Ok(Slice::new(&parts[0], &parts[1], &parts[2]).into_object())
    }

    fn code(&mut self, parts: CodeParts<Ref>) -> Result {
        let text = |value: Ref| value.cast::<Str>().map_err(|_| invalid_code());
        let tuple = |value: Ref| value.cast::<Tuple>().map_err(|_| invalid_code());
        let names = |value: Ref| -> Result<Ref<Tuple>> {
            let names = tuple(value)?;
            let mut interned = Vec::with_capacity(names.len());
            for name in names.as_slice() {
                interned.push(Str::intern(text(name.clone())?).into_object());
            }
            Ok(Tuple::from_vec(interned))
        };
        let bytes = |value: Ref| value.cast::<Bytes>().map_err(|_| invalid_code());
        if parts.argcount < parts.posonlyargcount
            || parts.posonlyargcount < 0
            || parts.kwonlyargcount < 0
            || parts.stacksize < 0
        {
            return Err(invalid_code());
        }
        let code = Code::from_parts(Parts {
            argcount: parts.argcount,
            posonlyargcount: parts.posonlyargcount,
            kwonlyargcount: parts.kwonlyargcount,
            stacksize: parts.stacksize,
            flags: parts.flags,
            code: bytes(parts.code)?.as_slice().to_vec(),
            consts: tuple(parts.consts)?,
            names: names(parts.names)?,
            localsplusnames: names(parts.localsplusnames)?,
            localspluskinds: bytes(parts.localspluskinds)?.as_slice().to_vec(),
            filename: Str::intern(text(parts.filename)?),
            name: Str::intern(text(parts.name)?),
            qualname: Str::intern(text(parts.qualname)?),
            firstlineno: parts.firstlineno,
            linetable: bytes(parts.linetable)?,
            exceptiontable: bytes(parts.exceptiontable)?,
        })?;
        Ok(code.into_object())
    }

    fn open(&mut self, kind: Container, len: usize) -> Result<(Open, Option<Ref>)> {
        let capacity = len.min(1 << 12);
        Ok(match kind {
            Container::Tuple => (Open::Tuple(Vec::with_capacity(capacity)), None),
            Container::FrozenSet => (Open::FrozenSet(Vec::with_capacity(capacity)), None),
            Container::List => {
                let list = List::new();
                (Open::List(list.clone()), Some(list.into_object()))
            }
            Container::Set => {
                let set = Set::new();
                (Open::Set(set.clone()), Some(set.into_object()))
            }
            Container::Dict => {
                let dict = Dict::new();
                (Open::Dict(dict.clone()), Some(dict.into_object()))
            }
        })
    }

    fn push(&mut self, open: &mut Open, item: Ref) -> Result<()> {
        match open {
            Open::Tuple(items) | Open::FrozenSet(items) => {
                items.push(item);
                Ok(())
            }
            Open::List(list) => list.push(item),
            Open::Set(set) => set.add(&item).map(drop),
            Open::Dict(_) => Err(invalid_code()),
        }
    }

    fn insert(&mut self, open: &mut Open, key: Ref, value: Ref) -> Result<()> {
        match open {
            Open::Dict(dict) => dict.insert(&key, &value),
            _ => Err(invalid_code()),
        }
    }

    fn finish(&mut self, open: Open) -> Result {
        Ok(match open {
            Open::Tuple(items) => Tuple::from_vec(items).into_object(),
            Open::FrozenSet(items) => FrozenSet::from_items(items)?.into_object(),
            Open::List(list) => list.into_object(),
            Open::Set(set) => set.into_object(),
            Open::Dict(dict) => dict.into_object(),
        })
    }
}

/// Shows live objects to the writer.
struct Objects;

impl Source for Objects {
    type Value = Ref;
    type Error = Raised;

    fn node<'v>(&mut self, value: &'v Ref) -> Result<Node<'v, Ref>> {
        let object: &'v Object = value;
        if object.is_none() {
            return Ok(Node::None);
        }
        if object.is_same(&ellipsis()) {
            return Ok(Node::Ellipsis);
        }
        if object.is_same(&py_true()) || object.is_same(&py_false()) {
            return Ok(Node::Bool(object.is_same(&py_true())));
        }
        if object.is_same(&crate::objects::exceptions::StopIteration) {
            return Ok(Node::StopIteration);
        }
        if let Some(int) = object.downcast_exact::<Int>() {
            return Ok(match int.to_i64() {
                Some(value) => Node::Int(value),
                None => Node::Long(Cow::Owned(int.to_bigint())),
            });
        }
        if let Some(float) = object.downcast_exact::<Float>() {
            return Ok(Node::Float(float.value()));
        }
        if let Some(complex) = object.downcast_exact::<Complex>() {
            let part = |name: &'static Str| complex.get_attr(name)?.to_float();
            return Ok(Node::Complex { real: part(intern!("real"))?, imag: part(intern!("imag"))? });
        }
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return Ok(Node::Bytes(Cow::Borrowed(bytes.as_slice())));
        }
        if let Some(text) = object.downcast_exact::<Str>() {
            let utf8 = match text.as_utf8() {
                Some(utf8) => Cow::Borrowed(utf8.as_bytes()),
                None => Cow::Owned(text.to_wtf8().into_bytes()),
            };
            return Ok(Node::Str { utf8, interned: text.is_interned() });
        }
        if let Some(tuple) = object.downcast_exact::<Tuple>() {
            return Ok(Node::Tuple(tuple.as_slice().to_vec()));
        }
        if let Some(list) = object.downcast_exact::<List>() {
            return Ok(Node::List(list.to_vec()));
        }
        if object.is::<Set>() {
            return Ok(Node::Set(object.collect()?));
        }
        if object.is::<FrozenSet>() {
            return Ok(Node::FrozenSet(object.collect()?));
        }
        if let Some(dict) = object.downcast_exact::<Dict>() {
            let mut items = Vec::with_capacity(dict.len());
            let mut position = 0;
            while let Some(item) = dict.next_entry(&mut position) {
                items.push(item);
            }
            return Ok(Node::Dict(items));
        }
        if object.is::<Slice>() {
            let part = |name: &'static Str| object.get_attr(name);
            return Ok(Node::Slice(Box::new([
                part(intern!("start"))?,
                part(intern!("stop"))?,
                part(intern!("step"))?,
            ])));
        }
        if let Some(code) = object.downcast_exact::<Code>() {
            let parts = code.parts();
            return Ok(Node::Code(Box::new(CodeParts {
                argcount: parts.argcount,
                posonlyargcount: parts.posonlyargcount,
                kwonlyargcount: parts.kwonlyargcount,
                stacksize: parts.stacksize,
                flags: parts.flags,
                code: Bytes::new(&parts.code).into_object(),
                consts: parts.consts.into_object(),
                names: parts.names.into_object(),
                localsplusnames: parts.localsplusnames.into_object(),
                localspluskinds: Bytes::new(&parts.localspluskinds).into_object(),
                filename: parts.filename.into_object(),
                name: parts.name.into_object(),
                qualname: parts.qualname.into_object(),
                firstlineno: parts.firstlineno,
                linetable: parts.linetable.into_object(),
                exceptiontable: parts.exceptiontable.into_object(),
            })));
        }
        if object.ty().bf_getbuffer().is_some() {
            return Ok(Node::Bytes(Cow::Owned(Buffer::of(object)?.as_slice().to_vec())));
        }
        Ok(Node::Other)
    }

    fn identity(&mut self, value: &Ref) -> Option<u64> {
        let object: &Object = value;
        let interned = object.downcast_exact::<Str>().is_some_and(Str::is_interned);
        // The writer holds one reference more than CPython's would.
        (interned || object.reference_count() > 2).then_some(object.as_ptr() as u64)
    }
}

/// The value that marshalled data holds.
pub fn load(data: &[u8]) -> Result {
    Reader::new(SliceInput::new(data), Builder).read()
}

/// A value as marshalled data.
pub fn dump_object(value: &Object, version: i32, allow_code: bool) -> Result<Vec<u8>> {
    Writer::new(&mut Objects, version).allow_code(allow_code).write(&value.to_ref())
}

/// Return the bytes that dump() would write.
#[function(signature = "(value, version=5, /, *, allow_code=True)")]
fn dumps(value: &Object, version: Option<i32>, allow_code: Option<bool>) -> Result<Vec<u8>> {
    dump_object(value, version.unwrap_or(VERSION), allow_code.unwrap_or(true))
}

/// Write a value to a binary file.
#[function(signature = "(value, file, version=5, /, *, allow_code=True)")]
fn dump(value: &Object, file: &Object, version: Option<i32>, allow_code: Option<bool>) -> Result {
    let data = dump_object(value, version.unwrap_or(VERSION), allow_code.unwrap_or(true))?;
    file.call_method(intern!("write"), &[&Bytes::new(&data)])
}

/// Convert a bytes-like object to the value that it holds; what follows it is ignored.
#[function(signature = "(bytes, /, *, allow_code=True)")]
fn loads(bytes: BytesLike<'_>, allow_code: Option<bool>) -> Result {
    Reader::new(SliceInput::new(&bytes), Builder).allow_code(allow_code.unwrap_or(true)).read()
}

/// A binary file as input.
struct FileInput<'a> {
    file: &'a Object,
    buffer: Vec<u8>,
}

impl FileInput<'_> {
    fn fill(&mut self, count: usize) -> Result<()> {
        let data = self.file.call_method(intern!("read"), &[&Int::from_usize(count)])?;
        let Some(data) = data.downcast::<Bytes>() else {
            let given = data.ty().full_name();
            return Err(raise!(TypeError, "file.read() returned not bytes but {given}"));
        };
        let data = data.as_slice();
        let got = data.len();
        if got > count {
            return Err(raise!(
                ValueError,
                "read() returned too much data: {count} bytes requested, {got} returned"
            ));
        }
        self.buffer.clear();
        self.buffer.extend_from_slice(data);
        Ok(())
    }
}

impl Input<Raised> for FileInput<'_> {
    fn byte(&mut self) -> Result<Option<u8>> {
        self.fill(1)?;
        Ok(self.buffer.first().copied())
    }

    fn take(&mut self, length: usize) -> Result<&[u8]> {
        self.fill(length)?;
        if self.buffer.len() < length {
            return Err(raise!(EOFError, "EOF read where not expected"));
        }
        Ok(&self.buffer)
    }

    fn remaining(&self) -> Option<usize> {
        None
    }
}

/// Read one value from a binary file.
#[function(name = "load", signature = "(file, /, *, allow_code=True)")]
fn load_file(file: &Object, allow_code: Option<bool>) -> Result {
    Reader::new(FileInput { file, buffer: Vec::new() }, Builder).allow_code(allow_code.unwrap_or(true)).read()
}
