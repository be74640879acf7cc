//! A code object as plain data: what the compiler makes, marshal carries and the runtime wraps.
//! The fields are those of <https://docs.python.org/3/reference/datamodel.html#code-objects>.

use std::sync::Arc;

use num_bigint::BigInt;

use crate::wtf8::Wtf8Buf;

/// A constant in `co_consts`.
///
/// Equality here is Rust's; whether two constants may share a slot (`0.0` and `-0.0` may not) is
/// the compiler's question.
#[derive(Clone, Debug)]
pub enum Constant {
    None,
    Ellipsis,
    Bool(bool),
    Int(BigInt),
    Float(f64),
    Complex {
        real: f64,
        imag: f64,
    },
    Str(Wtf8Buf),
    Bytes(Vec<u8>),
    Tuple(Vec<Constant>),
    FrozenSet(Vec<Constant>),
    /// A constant slice: start, stop, step (since 3.14).
    Slice(Box<[Constant; 3]>),
    Code(Arc<Code>),
}

/// A code object. `localsplusnames` holds the locals, then the cells that are not arguments, then the free variables;
/// `localspluskinds` has one byte of [`LocalKind`] bits for each.
#[derive(Clone, Debug, Default)]
pub struct Code {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    /// `CO_*` bits, see [`flags`].
    pub flags: u32,
    /// Code units of two bytes (opcode, argument); inline caches are zero.
    pub code: Vec<u8>,
    pub consts: Vec<Constant>,
    pub names: Vec<Wtf8Buf>,
    pub localsplusnames: Vec<Wtf8Buf>,
    pub localspluskinds: Vec<u8>,
    pub filename: Wtf8Buf,
    pub name: Wtf8Buf,
    pub qualname: Wtf8Buf,
    pub firstlineno: i32,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
}

/// The bits of one byte of `localspluskinds`.
#[allow(non_snake_case)]
pub mod LocalKind {
    pub const ARG_POS: u8 = 0x02;
    pub const ARG_KW: u8 = 0x04;
    pub const ARG_VAR: u8 = 0x08;
    /// Hidden outside the comprehension that is inlined (PEP 709).
    pub const HIDDEN: u8 = 0x10;
    pub const LOCAL: u8 = 0x20;
    pub const CELL: u8 = 0x40;
    pub const FREE: u8 = 0x80;
}

/// The bits of `co_flags`: <https://docs.python.org/3/library/inspect.html#code-objects-bit-flags>.
pub mod flags {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const FUTURE_DIVISION: u32 = 0x20000;
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    pub const METHOD: u32 = 0x8000000;
}
