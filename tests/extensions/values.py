"""str, bytes, int, float, complex."""

import ext_values as x
from support import call, plain

NULL = x.NULL


class Index:
    def __index__(self): return 12
    def __repr__(self): return "<Index>"


class Float:
    def __float__(self): return 2.75
    def __repr__(self): return "<Float>"


class Complex:
    def __complex__(self): return 3 + 1j
    def __repr__(self): return "<Complex>"


numbers = [0, 1, -1, 255, (1 << 30) - 1, 1 << 30, -(1 << 31), (1 << 31), (1 << 32), -(1 << 60), (1 << 63) - 1, 1 << 63, -(1 << 63), (1 << 64) - 1, 1 << 64, -(1 << 64),
           1 << 100, -(1 << 95) + 12345, True, 1.5, -1.0, float("inf"), "12", None, Index(), Float(), Complex(), 2j, 10**400]
for name in """AsLong AsSsize_t AsSize_t AsUnsignedLong AsUnsignedLongMask AsLongLong AsUnsignedLongLong AsUnsignedLongLongMask AsDouble AsInt
IsPositive IsNegative IsZero""".split():
    for value in numbers:
        call(getattr(x, "PyLong_" + name), value)
    if not name.startswith("Is"):
        call(getattr(x, "PyLong_" + name), NULL)
for value in (0.0, 1.9, -1.9, 1e30, float("inf"), float("nan")):
    call(x.PyLong_FromDouble, value)
for value in numbers:
    if type(value) is int and abs(value) < 1 << 2000:
        call(x.digits, value)
    call(x.PyFloat_AsDouble, value)
    call(x.PyComplex_RealAsDouble, value)
    call(x.PyComplex_ImagAsDouble, value)
    call(x.complexes, value)
for text, base in [("12", 10), (" 12 ", 10), ("12abc", 10), ("0xff", 16), ("0xff", 0), ("ff", 16), ("1_000", 10), ("1__0", 10), ("", 10), ("z", 36), ("1", 1), ("-5", 10), ("é", 10), ("0b101", 2), ("010", 0)]:
    call(x.from_string, text, base)
    call(x.PyLong_FromUnicodeObject, text, base)
print(x.PyLong_GetInfo_(0), x.PyFloat_GetInfo())
for value in (1.5, -2.25, 0.1, 1e300, float("inf"), float("nan"), 5, "x", -0.0, 65504, 1e-8):
    call(x.floats, value)
for text in (b"1.5", b"1e5x", b" 1", b"inf", b"1e999", b"", b"-0.0", b"nanx", b"1_0"):
    for mode in (0, 1, 2):
        call(x.to_double, text, mode)
for value in ("1.5", b"2.5", " 3 ", "x", 5, bytearray(b"1")):
    call(x.PyFloat_FromString, value)

# bytes
print(x.bytes())
for value in (b"abc", "text", [1, 2], 5, bytearray(b"q"), memoryview(b"mem"), [300], (1, 2), NULL):
    call(x.PyBytes_FromObject, value)
    if value is not NULL:
        call(x.PyBytes_Size, value)
        call(x.PyBytes_AsString, value)
        call(x.PyByteArray_FromObject, value)
call(x.PyBytes_Repr, b"a'\"\n", 1)
call(x.PyBytes_Repr, b"a'", 0)
b = bytearray(b"abc")
call(x.PyByteArray_Resize, b, 2)
call(x.PyByteArray_Concat, b, b"xx")
call(x.PyByteArray_Concat, b, "xx")
call(x.PyByteArray_AsString, b)

# str
texts = ["", "a", "abc", "é", "aé", "€uro", "\U0001f600x", "a\0b", "\ud800", "x" * 20]
for text in texts:
    call(x.layout, text)
    call(x.layout, (text + "tail")[: len(text)])
    for name in "AsUTF8 AsUTF8String AsLatin1String AsASCIIString AsUTF16String AsUTF32String AsUnicodeEscapeString AsRawUnicodeEscapeString GetLength FromObject IsIdentifier EncodeFSDefault".split():
        call(getattr(x, "PyUnicode_" + name), text)
    for encoding, errors in [("utf-8", NULL), ("ascii", "replace"), ("latin-1", "backslashreplace"), ("utf-16-le", NULL), (NULL, NULL), ("nope", NULL), ("cp1252", "ignore"), ("utf-8", "surrogatepass"), ("rot13", NULL)]:
        call(x.PyUnicode_AsEncodedString, text, encoding, errors)
    call(x.format, text)
    call(x.writer, text)
for name in "AsUTF8 AsUTF8String AsLatin1String GetLength FromObject".split():
    call(getattr(x, "PyUnicode_" + name), 5)
for points, maximum in [([], 0), ([97, 98], 127), ([0xe9], 255), ([97], 255), ([0x20ac, 97], 0xffff), ([0x1f600], 0x10ffff), ([0xe9], 127), ([300], 255)]:
    if maximum >= max(points, default=0):
        call(x.make, points, maximum)
call(x.make, [97], 0x110000)
for value in (b"abc", b"\xc3\xa9", b"\xff\xfea\0", b"ab\xe2\x82", b"\xff", b"\\u20ac\\n", b"\\x", b"", b"\x80\x81", b"a\0\0\0b\0\0\0"):
    for errors in (None, "strict", "replace", "ignore", "surrogateescape", "wrong"):
        call(x.decode, value, errors)
for value, encoding, errors in [(b"abc", NULL, NULL), (b"\xff", "utf-8", "replace"), ("str", "utf-8", NULL), (5, NULL, NULL), (bytearray(b"q"), "ascii", NULL), (memoryview(b"mem"), "latin-1", NULL)]:
    call(x.PyUnicode_FromEncodedObject, value, encoding, errors)
for args in [("a,b,c", ",", -1), ("a b  c", NULL, 1), ("a", "", 1), ("a,b,c", ",", 1), (b"a", "x", 1), ("a", 5, 1)]:
    call(x.PyUnicode_Split, *args)
    call(x.PyUnicode_RSplit, *args)
call(x.PyUnicode_Splitlines, "a\nb\r\nc", 0)
call(x.PyUnicode_Splitlines, "a\nb\r\nc", 1)
call(x.PyUnicode_Partition, "a-b-c", "-")
call(x.PyUnicode_RPartition, "a-b-c", "-")
call(x.PyUnicode_Partition, "a", "")
call(x.PyUnicode_Join, ", ", ["a", "b"])
call(x.PyUnicode_Join, "", ("a", 5))
call(x.PyUnicode_Join, NULL, ("a", "b"))
call(x.PyUnicode_Join, "x", 5)
call(x.PyUnicode_Replace, "aaaa", "a", "b", 2)
call(x.PyUnicode_Replace, "aaaa", "a", "€", -1)
call(x.PyUnicode_Replace, "aaaa", 1, "b", 2)
for args in [("abcabc", "bc", 0, 6, 1), ("abcabc", "bc", 0, 6, -1), ("abcabc", "zz", 0, 6, 1), ("abcabc", "abc", 3, 100, 1), ("€bc", "b", -5, 9, 1), ("abc", 5, 0, 1, 1)]:
    if args[1] != 5:
        call(x.tail, *args)
for a, b in [("a", "b"), ("a", "a"), ("b", "a"), ("é", "e"), ("a", 5), ("abc", "ab")]:
    call(x.PyUnicode_Compare, a, b)
    call(x.PyUnicode_Equal, a, b)
    for op in range(6):
        call(x.PyUnicode_RichCompare, a, b, op)
    call(x.PyUnicode_Contains, a, b)
    call(x.PyUnicode_Concat, a, b)
    call(x.PyUnicode_Format, "%s-" + a, b)
for a, b in [("abc", b"abc"), ("abc", b"abd"), ("é", b"\xc3\xa9"), ("abc", b"ab"), ("", b"")]:
    call(x.PyUnicode_CompareWithASCIIString, a, b)
    call(x.PyUnicode_EqualToUTF8, a, b)
for value in (0, 97, 0xe9, 0x10ffff, 0x110000, -1):
    call(x.PyUnicode_FromOrdinal, value)
for i in (0, 1, 2, -1, 3):
    call(x.PyUnicode_ReadChar, "a€\U0001f600", i)
    call(x.PyUnicode_Substring, "a€\U0001f600", i, 9)
call(x.PyUnicode_Translate, "abc", {97: "X", 98: None}, NULL)
call(x.PyUnicode_FromString, b"\xc3\xa9")
call(x.PyUnicode_FromString, b"\xff")
call(x.PyUnicode_InternFromString, b"name")
call(x.PyUnicode_DecodeFSDefault, b"file\xff")
call(x.PyUnicode_EncodeFSDefault, "file\udcff")
print(x.interned())
