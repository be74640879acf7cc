//! The marshal format: values and code objects as bytes, in `.pyc` files and by the `marshal` module.
//! The format is known here; what a value is, a [`Builder`] (reading) or a [`Source`] (writing) knows: the plain data
//! of [`plain`] or the runtime's objects.

mod plain;
mod pyc;
mod reader;
mod writer;

use std::borrow::Cow;
use std::fmt;

use num_bigint::BigInt;

pub use plain::{PlainBuilder, PlainSource, PlainValue, dump_code, load_code};
pub use pyc::{MAGIC_NUMBER, PycHeader, PycKind};
pub use reader::{Input, Reader, SliceInput};
pub use writer::Writer;

/// The version that is written unless asked otherwise.
pub const VERSION: i32 = 5;

/// How deep values may nest, in both directions.
pub const MAX_DEPTH: usize = 2000;

/// The type codes: the first byte of a value.
pub(crate) mod code {
    pub const NULL: u8 = b'0';
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const STOP_ITERATION: u8 = b'S';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    /// Read only: versions 0 and 1 wrote it on 64-bit machines.
    pub const INT64: u8 = b'I';
    pub const LONG: u8 = b'l';
    pub const FLOAT: u8 = b'f';
    pub const BINARY_FLOAT: u8 = b'g';
    pub const COMPLEX: u8 = b'x';
    pub const BINARY_COMPLEX: u8 = b'y';
    pub const BYTES: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const UNICODE: u8 = b'u';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const LIST: u8 = b'[';
    pub const DICT: u8 = b'{';
    pub const SET: u8 = b'<';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const CODE: u8 = b'c';
    pub const REF: u8 = b'r';
    pub const UNKNOWN: u8 = b'?';
    /// The bit that makes a value one that later [`REF`]s may name.
    pub const FLAG_REF: u8 = 0x80;
}

/// What is wrong with the data, or with the value to write. The text is the Python exception's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarshalError {
    /// An `EOFError`.
    Eof(&'static str),
    /// A `ValueError`.
    Value(Cow<'static, str>),
    /// A `TypeError`.
    Type(Cow<'static, str>),
}

impl MarshalError {
    /// A `ValueError` with that message.
    pub const fn value(message: &'static str) -> Self {
        MarshalError::Value(Cow::Borrowed(message))
    }
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MarshalError::Eof(message) => write!(f, "EOFError: {message}"),
            MarshalError::Value(message) => write!(f, "ValueError: {message}"),
            MarshalError::Type(message) => write!(f, "TypeError: {message}"),
        }
    }
}

impl std::error::Error for MarshalError {}

/// The containers that are filled item by item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Tuple,
    List,
    Set,
    FrozenSet,
    Dict,
}

/// The parts of a code object in marshal's order; `V` is a value of any kind (`code` is a bytes object, `names` a
/// tuple of str, …).
#[derive(Clone, Debug)]
pub struct CodeParts<V> {
    pub argcount: i32,
    pub posonlyargcount: i32,
    pub kwonlyargcount: i32,
    pub stacksize: i32,
    pub flags: i32,
    pub code: V,
    pub consts: V,
    pub names: V,
    pub localsplusnames: V,
    pub localspluskinds: V,
    pub filename: V,
    pub name: V,
    pub qualname: V,
    pub firstlineno: i32,
    pub linetable: V,
    pub exceptiontable: V,
}

/// A container that a builder has begun, and the value that stands for it in references from within.
pub type Opened<B> = (<B as Builder>::Open, Option<<B as Builder>::Value>);

/// Makes the values that are read.
pub trait Builder: Sized {
    /// A value; cloning adds a reference to the same one.
    type Value: Clone;
    type Error: From<MarshalError>;
    /// A container being filled.
    type Open;

    fn none(&mut self) -> Self::Value;
    fn ellipsis(&mut self) -> Self::Value;
    fn stop_iteration(&mut self) -> Result<Self::Value, Self::Error>;
    fn bool(&mut self, value: bool) -> Self::Value;
    fn int(&mut self, value: i64) -> Result<Self::Value, Self::Error>;
    /// An int of any size, by its digits of 15 bits, lowest first (the last isn't 0).
    fn long(&mut self, negative: bool, digits: &[u16]) -> Result<Self::Value, Self::Error>;
    fn float(&mut self, value: f64) -> Result<Self::Value, Self::Error>;
    fn complex(&mut self, real: f64, imag: f64) -> Result<Self::Value, Self::Error>;
    fn bytes(&mut self, value: &[u8]) -> Result<Self::Value, Self::Error>;
    /// A str, from what should be UTF-8 but may encode surrogates.
    fn string(&mut self, utf8: &[u8], interned: bool) -> Result<Self::Value, Self::Error>;
    /// A str whose bytes are its code points.
    fn latin1(&mut self, bytes: &[u8], interned: bool) -> Result<Self::Value, Self::Error>;
    fn slice(&mut self, parts: [Self::Value; 3]) -> Result<Self::Value, Self::Error>;
    fn code(&mut self, parts: CodeParts<Self::Value>) -> Result<Self::Value, Self::Error>;

    /// Begins a container that announces `len` items (a dict: none). The value, if given, stands for it in
    /// references from within; [`finish`](Builder::finish) then gives the same one.
    fn open(&mut self, kind: Container, len: usize) -> Result<Opened<Self>, Self::Error>;
    /// Adds the next item.
    fn push(&mut self, open: &mut Self::Open, item: Self::Value) -> Result<(), Self::Error>;
    /// Adds an item to a dict.
    fn insert(
        &mut self,
        open: &mut Self::Open,
        key: Self::Value,
        value: Self::Value,
    ) -> Result<(), Self::Error>;
    fn finish(&mut self, open: Self::Open) -> Result<Self::Value, Self::Error>;
}

/// What a value to be written is.
pub enum Node<'a, V> {
    None,
    Ellipsis,
    StopIteration,
    Bool(bool),
    Int(i64),
    Long(Cow<'a, BigInt>),
    Float(f64),
    Complex {
        real: f64,
        imag: f64,
    },
    Bytes(Cow<'a, [u8]>),
    Str {
        utf8: Cow<'a, [u8]>,
        interned: bool,
    },
    Tuple(Vec<V>),
    List(Vec<V>),
    Set(Vec<V>),
    FrozenSet(Vec<V>),
    Dict(Vec<(V, V)>),
    Slice(Box<[V; 3]>),
    Code(Box<CodeParts<V>>),
    /// Marshal can't write it.
    Other,
}

/// Shows the values that are written.
pub trait Source {
    type Value: Clone;
    type Error: From<MarshalError>;

    /// What the value is. Items are handed out as values of their own, so that they stay valid whatever happens
    /// to the container.
    fn node<'v>(&mut self, value: &'v Self::Value) -> Result<Node<'v, Self::Value>, Self::Error>;

    /// A number that this value has and no other, if it may occur more than once. CPython's rule: if it has more
    /// than one reference or is an interned str.
    fn identity(&mut self, value: &Self::Value) -> Option<u64>;
}

#[cfg(test)]
mod tests;
