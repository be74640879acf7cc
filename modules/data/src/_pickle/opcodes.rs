//! The pickle machine's instructions: one byte each. "line" is an argument that ends with a newline.
//! What they do to the stack: `pickletools.opcodes`.

macro_rules! opcodes {
    ($($(#[$doc:meta])* $name:ident = $byte:literal;)*) => {
        $($(#[$doc])* pub const $name: u8 = $byte;)*
    };
}

opcodes! {
    // Protocol 0 and 1.
    /// Remember the height of the stack.
    MARK = b'(';
    /// The end: the value on top is the result.
    STOP = b'.';
    POP = b'0';
    /// Drop all down to the last mark.
    POP_MARK = b'1';
    DUP = b'2';
    /// Line: decimal float.
    FLOAT = b'F';
    /// Line: decimal int, or `00`, `01` for a bool.
    INT = b'I';
    /// 4 bytes, signed.
    BININT = b'J';
    BININT1 = b'K';
    /// Line: decimal int with `L` at its end.
    LONG = b'L';
    /// 2 bytes, unsigned.
    BININT2 = b'M';
    NONE = b'N';
    /// Line: a persistent id.
    PERSID = b'P';
    /// The persistent id is on the stack.
    BINPERSID = b'Q';
    /// callable args -- callable(*args)
    REDUCE = b'R';
    /// Line: quoted Python 2 string with escapes.
    STRING = b'S';
    /// 4 bytes of length, then a Python 2 string.
    BINSTRING = b'T';
    SHORT_BINSTRING = b'U';
    /// Line: text, escaped as raw-unicode-escape does.
    UNICODE = b'V';
    /// 4 bytes of length, then UTF-8.
    BINUNICODE = b'X';
    APPEND = b'a';
    /// object state -- object
    BUILD = b'b';
    /// Two lines: module and name.
    GLOBAL = b'c';
    DICT = b'd';
    EMPTY_DICT = b'}';
    APPENDS = b'e';
    /// Line: index in the memo.
    GET = b'g';
    BINGET = b'h';
    /// Two lines: class; its arguments are above the mark.
    INST = b'i';
    LONG_BINGET = b'j';
    LIST = b'l';
    EMPTY_LIST = b']';
    /// mark class arguments… -- instance
    OBJ = b'o';
    PUT = b'p';
    BINPUT = b'q';
    LONG_BINPUT = b'r';
    SETITEM = b's';
    TUPLE = b't';
    EMPTY_TUPLE = b')';
    SETITEMS = b'u';
    /// 8 bytes, the highest first.
    BINFLOAT = b'G';

    // Protocol 2.
    PROTO = 0x80;
    /// class args -- class.__new__(class, *args)
    NEWOBJ = 0x81;
    EXT1 = 0x82;
    EXT2 = 0x83;
    EXT4 = 0x84;
    TUPLE1 = 0x85;
    TUPLE2 = 0x86;
    TUPLE3 = 0x87;
    NEWTRUE = 0x88;
    NEWFALSE = 0x89;
    /// 1 byte of length, then a little-endian int.
    LONG1 = 0x8a;
    LONG4 = 0x8b;

    // Protocol 3.
    BINBYTES = b'B';
    SHORT_BINBYTES = b'C';

    // Protocol 4.
    SHORT_BINUNICODE = 0x8c;
    BINUNICODE8 = 0x8d;
    BINBYTES8 = 0x8e;
    EMPTY_SET = 0x8f;
    ADDITEMS = 0x90;
    FROZENSET = 0x91;
    /// class args kwargs -- instance
    NEWOBJ_EX = 0x92;
    /// module name -- object
    STACK_GLOBAL = 0x93;
    /// Put the top into the memo at its next index.
    MEMOIZE = 0x94;
    /// 8 bytes: length of what follows, in one piece.
    FRAME = 0x95;

    // Protocol 5.
    BYTEARRAY8 = 0x96;
    /// Push the next out-of-band buffer.
    NEXT_BUFFER = 0x97;
    READONLY_BUFFER = 0x98;
}

/// The newest protocol, which is also the one that is used without saying so.
pub const HIGHEST_PROTOCOL: i32 = 5;
