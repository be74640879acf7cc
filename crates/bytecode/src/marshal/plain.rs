//! Marshal for plain [`Constant`]s and [`Code`].
//!
//! CPython marks a value as one that may be referred to by its reference count, which plain data doesn't have. The
//! writer here acts as if equal constants were one object, as they are when CPython's compiler has just made them, and
//! as if every other part were referred to once; so a freshly compiled module mostly gives the bytes that
//! `marshal.dumps` gives for it on CPython: `cargo xtask same-marshal` finds 98 of 100 files of the library the same.
//! The rest depends on what the process had interned before, or has ints in constant slices, which CPython doesn't
//! merge.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;
use std::sync::Arc;

use num_bigint::{BigInt, BigUint, Sign};

use super::{Builder, CodeParts, Container, MarshalError, Node, Reader, SliceInput, Source, VERSION, Writer};
use crate::code::{Code, Constant, flags};
use crate::wtf8::{Wtf8, Wtf8Buf};

/// The code object that marshal data holds.
pub fn load_code(data: &[u8]) -> Result<Arc<Code>, MarshalError> {
    match Reader::new(SliceInput::new(data), PlainBuilder::default()).read()? {
        Constant::Code(code) => Ok(code),
        _ => Err(MarshalError::Type("not a code object".into())),
    }
}

/// The code object as marshal data, version 5.
pub fn dump_code(code: &Code) -> Result<Vec<u8>, MarshalError> {
    let mut source = PlainSource::new(code);
    let value = PlainValue::TopCode(code);
    Writer::new(&mut source, VERSION).write(&value)
}

/// Reads into [`Constant`]s. Values that are no constants (lists, sets, dicts) are refused.
pub struct PlainBuilder {
    /// How much may still be made. References copy here, so that data can ask for far more than its size.
    budget: usize,
}

impl Default for PlainBuilder {
    fn default() -> Self {
        PlainBuilder { budget: 1 << 28 }
    }
}

impl PlainBuilder {
    /// Accounts for one value of about `size` bytes.
    fn spend(&mut self, size: usize) -> Result<(), MarshalError> {
        self.budget = self
            .budget
            .checked_sub(size + 32)
            .ok_or(MarshalError::value("bad marshal data (too much to hold as constants)"))?;
        Ok(())
    }
}

/// About how much memory a copy of the constant takes.
fn weight(constant: &Constant) -> usize {
    match constant {
        Constant::Int(value) => value.bits() as usize / 8,
        Constant::Str(text) => text.as_bytes().len(),
        Constant::Bytes(bytes) => bytes.len(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => {
            items.iter().map(|item| 32 + weight(item)).sum()
        }
        Constant::Slice(parts) => parts.iter().map(|item| 32 + weight(item)).sum(),
        _ => 0,
    }
}

fn not_a_constant() -> MarshalError {
    MarshalError::Type("marshal data holds a value that is not a constant".into())
}

fn invalid_code() -> MarshalError {
    MarshalError::Type("bad marshal data (code object part of a wrong type)".into())
}

impl Builder for PlainBuilder {
    type Value = Constant;
    type Error = MarshalError;
    type Open = (Container, Vec<Constant>);

    fn none(&mut self) -> Constant {
        Constant::None
    }

    fn ellipsis(&mut self) -> Constant {
        Constant::Ellipsis
    }

    fn stop_iteration(&mut self) -> Result<Constant, MarshalError> {
        Err(not_a_constant())
    }

    fn bool(&mut self, value: bool) -> Constant {
        Constant::Bool(value)
    }

    fn int(&mut self, value: i64) -> Result<Constant, MarshalError> {
        Ok(Constant::Int(value.into()))
    }

    fn long(&mut self, negative: bool, digits: &[u16]) -> Result<Constant, MarshalError> {
        // Digits of 15 bits to bytes.
        let mut bytes = Vec::with_capacity(digits.len() * 2);
        let (mut bits, mut count) = (0u32, 0);
        for &digit in digits {
            bits |= (digit as u32) << count;
            count += 15;
            while count >= 8 {
                bytes.push(bits as u8);
                bits >>= 8;
                count -= 8;
            }
        }
        bytes.push(bits as u8);
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Ok(Constant::Int(BigInt::from_biguint(sign, BigUint::from_bytes_le(&bytes))))
    }

    fn float(&mut self, value: f64) -> Result<Constant, MarshalError> {
        Ok(Constant::Float(value))
    }

    fn complex(&mut self, real: f64, imag: f64) -> Result<Constant, MarshalError> {
        Ok(Constant::Complex { real, imag })
    }

    fn bytes(&mut self, value: &[u8]) -> Result<Constant, MarshalError> {
        Ok(Constant::Bytes(value.to_vec()))
    }

    fn string(&mut self, utf8: &[u8], _interned: bool) -> Result<Constant, MarshalError> {
        let text = Wtf8::from_bytes(utf8).ok_or(MarshalError::value("bad marshal data (invalid UTF-8)"))?;
        Ok(Constant::Str(text.to_owned()))
    }

    fn latin1(&mut self, bytes: &[u8], _interned: bool) -> Result<Constant, MarshalError> {
        Ok(Constant::Str(bytes.iter().map(|&byte| byte as char).collect::<String>().into()))
    }

    fn slice(&mut self, parts: [Constant; 3]) -> Result<Constant, MarshalError> {
        parts.iter().try_for_each(|part| self.spend(weight(part)))?;
        Ok(Constant::Slice(Box::new(parts)))
    }

    fn code(&mut self, parts: CodeParts<Constant>) -> Result<Constant, MarshalError> {
        let number = |value: i32| u32::try_from(value).map_err(|_| invalid_code());
        let bytes = |value: Constant| match value {
            Constant::Bytes(bytes) => Ok(bytes),
            _ => Err(invalid_code()),
        };
        let text = |value: Constant| match value {
            Constant::Str(text) => Ok(text),
            _ => Err(invalid_code()),
        };
        let tuple = |value: Constant| match value {
            Constant::Tuple(items) => Ok(items),
            _ => Err(invalid_code()),
        };
        let names =
            |value: Constant| tuple(value)?.into_iter().map(text).collect::<Result<Vec<Wtf8Buf>, _>>();
        for part in [&parts.consts, &parts.names, &parts.localsplusnames, &parts.code] {
            self.spend(weight(part))?;
        }
        Ok(Constant::Code(Arc::new(Code {
            argcount: number(parts.argcount)?,
            posonlyargcount: number(parts.posonlyargcount)?,
            kwonlyargcount: number(parts.kwonlyargcount)?,
            stacksize: number(parts.stacksize)?,
            flags: parts.flags as u32,
            code: bytes(parts.code)?,
            consts: tuple(parts.consts)?,
            names: names(parts.names)?,
            localsplusnames: names(parts.localsplusnames)?,
            localspluskinds: bytes(parts.localspluskinds)?,
            filename: text(parts.filename)?,
            name: text(parts.name)?,
            qualname: text(parts.qualname)?,
            firstlineno: parts.firstlineno,
            linetable: bytes(parts.linetable)?,
            exceptiontable: bytes(parts.exceptiontable)?,
        })))
    }

    fn open(&mut self, kind: Container, len: usize) -> Result<(Self::Open, Option<Constant>), MarshalError> {
        match kind {
            Container::Tuple | Container::FrozenSet => Ok(((kind, Vec::with_capacity(len)), None)),
            Container::List | Container::Set | Container::Dict => Err(not_a_constant()),
        }
    }

    fn push(&mut self, open: &mut Self::Open, item: Constant) -> Result<(), MarshalError> {
        self.spend(weight(&item))?;
        open.1.push(item);
        Ok(())
    }

    fn insert(&mut self, _: &mut Self::Open, _: Constant, _: Constant) -> Result<(), MarshalError> {
        Err(not_a_constant())
    }

    fn finish(&mut self, (kind, items): Self::Open) -> Result<Constant, MarshalError> {
        Ok(if kind == Container::Tuple { Constant::Tuple(items) } else { Constant::FrozenSet(items) })
    }
}

/// A part of a code object, as the writer sees it.
#[derive(Clone, Copy)]
pub enum PlainValue<'a> {
    Constant(&'a Constant),
    /// An item of a set, which the writer itself holds while it sorts them.
    SetItem(&'a Constant),
    Tuple(&'a [Constant]),
    Names(&'a [Wtf8Buf]),
    /// Names that nobody else holds.
    OwnNames(&'a [Wtf8Buf]),
    /// A str that is interned whatever it looks like.
    Name(&'a Wtf8),
    Bytes(&'a [u8]),
    /// `co_code`: an object that the code object itself keeps, and nobody else.
    CodeBytes(&'a [u8]),
    /// `localspluskinds`: made anew for each code object, so never shared unless empty.
    Kinds(&'a [u8]),
    Code(&'a Code),
    /// The outermost code object, which the caller holds too.
    TopCode(&'a Code),
}

impl<'a> PlainValue<'a> {
    /// The same value, with tuples and bytes in the form that other parts have too.
    fn unified(self) -> Self {
        match self {
            PlainValue::Constant(Constant::Tuple(items)) => PlainValue::Tuple(items),
            PlainValue::Constant(Constant::Bytes(bytes)) => PlainValue::Bytes(bytes),
            PlainValue::Constant(Constant::Code(code)) => PlainValue::Code(code),
            PlainValue::SetItem(constant) => PlainValue::Constant(constant).unified(),
            other => other,
        }
    }
}

/// Shows a code object to the writer; see the module's comment for how it decides what is shared.
#[derive(Default)]
pub struct PlainSource<'a> {
    /// For each value that can be shared: its number and how many others hold it.
    known: HashMap<Key<'a>, (u64, u32)>,
    /// A class's code has its own `co_qualname` among its constants: the same str, and so interned.
    qualnames: HashSet<&'a Wtf8>,
    code_bytes: u64,
}

/// What makes two values the same object.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Interned(&'a [u8]),
    Str(&'a [u8]),
    Bytes(&'a [u8]),
    /// Any other constant, as its own marshal data.
    Other(Vec<u8>),
}

/// Whether CPython's compiler interns the constant: it looks like a name.
fn is_name_like(text: &Wtf8) -> bool {
    text.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Whether the str is one of the interpreter's own: empty or a single Latin-1 character.
fn is_static_str(text: &Wtf8) -> bool {
    let mut code_points = text.code_points();
    code_points.next().is_none_or(|first| first < 256) && code_points.next().is_none()
}

impl<'a> PlainSource<'a> {
    /// Looks through the code object for what occurs more than once.
    pub fn new(code: &'a Code) -> Self {
        let mut source = PlainSource::default();
        source.collect_qualnames(code);
        source.count_code(code);
        source
    }

    fn collect_qualnames(&mut self, code: &'a Code) {
        if code.flags & flags::OPTIMIZED == 0 && code.qualname.as_bytes() != b"<module>" {
            self.qualnames.insert(&code.qualname);
        }
        for constant in &code.consts {
            if let Constant::Code(code) = constant {
                self.collect_qualnames(code);
            }
        }
    }

    fn is_interned(&self, text: &Wtf8) -> bool {
        is_name_like(text) || is_static_str(text) || self.qualnames.contains(text)
    }

    fn count_code(&mut self, code: &'a Code) {
        for part in Self::parts(code) {
            self.count(part);
        }
    }

    fn count(&mut self, value: PlainValue<'a>) {
        if let PlainValue::Code(code) = value.unified() {
            return self.count_code(code);
        }
        if let Some(key) = self.key(value) {
            let number = self.known.len() as u64;
            let entry = self.known.entry(key).or_insert((number, 0));
            entry.1 += 1;
            if entry.1 > 1 {
                return;
            }
        }
        for item in Self::items(value) {
            self.count(item);
        }
    }

    /// The values that a tuple, frozenset or slice holds.
    fn items(value: PlainValue<'a>) -> Vec<PlainValue<'a>> {
        match value.unified() {
            PlainValue::Tuple(items) => items.iter().map(PlainValue::Constant).collect(),
            PlainValue::Constant(Constant::FrozenSet(items)) => {
                items.iter().map(PlainValue::SetItem).collect()
            }
            PlainValue::Constant(Constant::Slice(parts)) => parts.iter().map(PlainValue::Constant).collect(),
            PlainValue::Names(names) | PlainValue::OwnNames(names) => {
                names.iter().map(|name| PlainValue::Name(name)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What identifies the value; `None` if it can't be shared.
    fn key(&self, value: PlainValue<'a>) -> Option<Key<'a>> {
        match value.unified() {
            PlainValue::Name(text) => Some(Key::Interned(text.as_bytes())),
            PlainValue::Constant(Constant::Str(text)) if self.is_interned(text) => {
                Some(Key::Interned(text.as_bytes()))
            }
            PlainValue::Constant(Constant::Str(text)) => Some(Key::Str(text.as_bytes())),
            PlainValue::Bytes(bytes) => Some(Key::Bytes(bytes)),
            PlainValue::Kinds(bytes) if bytes.is_empty() => Some(Key::Bytes(bytes)),
            PlainValue::Kinds(_)
            | PlainValue::CodeBytes(_)
            | PlainValue::OwnNames(_)
            | PlainValue::Code(_)
            | PlainValue::TopCode(_) => None,
            PlainValue::Tuple(items) if contains_code(items) => None,
            other => {
                let bytes = Writer::new(&mut Unshared(PhantomData), VERSION).write(&other);
                bytes.ok().map(Key::Other)
            }
        }
    }

    fn parts(code: &'a Code) -> [PlainValue<'a>; 9] {
        [
            PlainValue::Tuple(&code.consts),
            PlainValue::Names(&code.names),
            local_names(code),
            PlainValue::Kinds(&code.localspluskinds),
            PlainValue::Name(&code.filename),
            PlainValue::Name(&code.name),
            PlainValue::Name(&code.qualname),
            PlainValue::Bytes(&code.linetable),
            PlainValue::Bytes(&code.exceptiontable),
        ]
    }
}

/// An `__annotate__` function gets its tuple last, with `.format` renamed, so that it shares it with none.
fn local_names(code: &Code) -> PlainValue<'_> {
    let is = |text: &Wtf8, name: &str| text.as_bytes() == name.as_bytes();
    let names = &code.localsplusnames;
    if is(&code.name, "__annotate__") && names.first().is_some_and(|name| is(name, "format")) {
        PlainValue::OwnNames(names)
    } else {
        PlainValue::Names(names)
    }
}

fn contains_code(constants: &[Constant]) -> bool {
    constants.iter().any(|constant| matches!(constant, Constant::Code(_)))
}

impl<'a> Source for PlainSource<'a> {
    type Value = PlainValue<'a>;
    type Error = MarshalError;

    fn node<'v>(&mut self, value: &'v PlainValue<'a>) -> Result<Node<'v, PlainValue<'a>>, MarshalError> {
        Ok(node(*value, |text| self.is_interned(text)))
    }

    fn identity(&mut self, value: &PlainValue<'a>) -> Option<u64> {
        let always = match value.unified() {
            _ if matches!(value, PlainValue::SetItem(_)) => true,
            // Numbers from the other end than those of `known`.
            PlainValue::TopCode(_) => return Some(u64::MAX),
            PlainValue::CodeBytes(_) => {
                self.code_bytes += 1;
                return Some(u64::MAX - self.code_bytes);
            }
            PlainValue::Name(_) => true,
            PlainValue::Constant(Constant::Str(text)) => self.is_interned(text),
            PlainValue::Constant(Constant::Int(value)) => {
                i32::try_from(value).is_ok_and(|value| (-5..=256).contains(&value))
            }
            PlainValue::Bytes(bytes) | PlainValue::Kinds(bytes) => bytes.len() <= 1,
            PlainValue::Tuple(items) => items.is_empty(),
            PlainValue::Names(names) => names.is_empty(),
            _ => false,
        };
        let &(number, count) = self.known.get(&self.key(*value)?)?;
        (always || count > 1).then_some(number)
    }
}

/// Shows values without saying which are the same.
struct Unshared<'a>(PhantomData<&'a ()>);

impl<'a> Source for Unshared<'a> {
    type Value = PlainValue<'a>;
    type Error = MarshalError;

    fn node<'v>(&mut self, value: &'v PlainValue<'a>) -> Result<Node<'v, PlainValue<'a>>, MarshalError> {
        Ok(match node(*value, |_| false) {
            Node::Str { utf8, .. } => Node::Str { utf8, interned: false },
            other => other,
        })
    }

    fn identity(&mut self, _: &PlainValue<'a>) -> Option<u64> {
        None
    }
}

fn node<'v, 'a>(value: PlainValue<'a>, is_interned: impl Fn(&Wtf8) -> bool) -> Node<'v, PlainValue<'a>>
where
    'a: 'v,
{
    let text = |text: &'a Wtf8, interned| Node::Str { utf8: Cow::Borrowed(text.as_bytes()), interned };
    match value {
        PlainValue::Constant(constant) | PlainValue::SetItem(constant) => match constant {
            Constant::None => Node::None,
            Constant::Ellipsis => Node::Ellipsis,
            Constant::Bool(value) => Node::Bool(*value),
            Constant::Int(value) => Node::Long(Cow::Borrowed(value)),
            Constant::Float(value) => Node::Float(*value),
            Constant::Complex { real, imag } => Node::Complex { real: *real, imag: *imag },
            Constant::Str(value) => text(value, is_interned(value)),
            Constant::Bytes(bytes) => Node::Bytes(Cow::Borrowed(bytes)),
            Constant::Tuple(_) => Node::Tuple(PlainSource::items(value)),
            Constant::FrozenSet(_) => Node::FrozenSet(PlainSource::items(value)),
            Constant::Slice(parts) => {
                Node::Slice(Box::new(std::array::from_fn(|i| PlainValue::Constant(&parts[i]))))
            }
            Constant::Code(code) => node(PlainValue::Code(code), is_interned),
        },
        PlainValue::Tuple(_) | PlainValue::Names(_) | PlainValue::OwnNames(_) => {
            Node::Tuple(PlainSource::items(value))
        }
        PlainValue::Name(name) => text(name, true),
        PlainValue::Bytes(bytes) | PlainValue::CodeBytes(bytes) | PlainValue::Kinds(bytes) => {
            Node::Bytes(Cow::Borrowed(bytes))
        }
        PlainValue::Code(code) | PlainValue::TopCode(code) => Node::Code(Box::new(CodeParts {
            argcount: code.argcount as i32,
            posonlyargcount: code.posonlyargcount as i32,
            kwonlyargcount: code.kwonlyargcount as i32,
            stacksize: code.stacksize as i32,
            flags: code.flags as i32,
            code: PlainValue::CodeBytes(&code.code),
            consts: PlainValue::Tuple(&code.consts),
            names: PlainValue::Names(&code.names),
            localsplusnames: local_names(code),
            localspluskinds: PlainValue::Kinds(&code.localspluskinds),
            filename: PlainValue::Name(&code.filename),
            name: PlainValue::Name(&code.name),
            qualname: PlainValue::Name(&code.qualname),
            firstlineno: code.firstlineno,
            linetable: PlainValue::Bytes(&code.linetable),
            exceptiontable: PlainValue::Bytes(&code.exceptiontable),
        })),
    }
}

/// A constant as marshal data without references.
#[cfg(test)]
pub(super) fn dump_unshared(constant: &Constant) -> Result<Vec<u8>, MarshalError> {
    Writer::new(&mut Unshared(PhantomData), VERSION).write(&PlainValue::Constant(constant))
}
