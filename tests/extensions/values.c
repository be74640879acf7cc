/* str, bytes, int, float, complex: functions and macros. */

#include "wrap.h"
#include <stddef.h>
#include <stdint.h>

#define LIST(W0, W1, W2, W3, W4)                                                                     \
    W1(PyLong_AsLong, I, O) W1(PyLong_AsSsize_t, I, O) W1(PyLong_AsSize_t, U, O)                     \
    W1(PyLong_AsUnsignedLong, U, O) W1(PyLong_AsUnsignedLongMask, U, O) W1(PyLong_AsLongLong, I, O)  \
    W1(PyLong_AsUnsignedLongLong, U, O) W1(PyLong_AsUnsignedLongLongMask, U, O) W1(PyLong_AsDouble, D, O) \
    W1(PyLong_AsInt, I, O) W1(PyLong_FromDouble, O, D) W1(PyLong_FromLong, O, L) W1(PyLong_FromSsize_t, O, N) \
    W1(PyLong_GetInfo_, O, O) W2(PyLong_FromUnicodeObject, O, O, I) W1(PyLong_IsPositive, I, O)      \
    W1(PyLong_IsNegative, I, O) W1(PyLong_IsZero, I, O)                                              \
    W1(PyFloat_AsDouble, D, O) W1(PyFloat_FromString, O, O) W1(PyComplex_RealAsDouble, D, O)         \
    W1(PyComplex_ImagAsDouble, D, O) W1(PyBool_FromLong, O, L) W0(PyFloat_GetInfo, O)                \
    W1(PyBytes_FromObject, O, O) W1(PyBytes_Size, I, O) W1(PyBytes_AsString, S, O) W2(PyBytes_Repr, O, O, I) \
    W1(PyByteArray_FromObject, O, O) W1(PyByteArray_Size, I, O) W2(PyByteArray_Concat, O, O, O)      \
    W2(PyByteArray_Resize, I, O, N) W1(PyByteArray_AsString, S, O)                                   \
    W1(PyUnicode_FromObject, O, O) W1(PyUnicode_AsUTF8, S, O) W1(PyUnicode_AsUTF8String, O, O)       \
    W1(PyUnicode_AsLatin1String, O, O) W1(PyUnicode_AsASCIIString, O, O) W1(PyUnicode_AsUTF16String, O, O) \
    W1(PyUnicode_AsUTF32String, O, O) W1(PyUnicode_AsUnicodeEscapeString, O, O)                      \
    W1(PyUnicode_AsRawUnicodeEscapeString, O, O) W3(PyUnicode_AsEncodedString, O, O, S, S)           \
    W3(PyUnicode_FromEncodedObject, O, O, S, S) W1(PyUnicode_GetLength, I, O)                        \
    W2(PyUnicode_ReadChar, I, O, N) W3(PyUnicode_Substring, O, O, N, N) W2(PyUnicode_Concat, O, O, O) \
    W3(PyUnicode_Split, O, O, O, N) W2(PyUnicode_Splitlines, O, O, I) W2(PyUnicode_Partition, O, O, O) \
    W2(PyUnicode_RPartition, O, O, O) W3(PyUnicode_RSplit, O, O, O, N) W2(PyUnicode_Join, O, O, O)   \
    W4(PyUnicode_Replace, O, O, O, O, N) W2(PyUnicode_Compare, I, O, O)                              \
    W2(PyUnicode_CompareWithASCIIString, I, O, S) W2(PyUnicode_EqualToUTF8, I, O, S) W2(PyUnicode_Equal, I, O, O) \
    W3(PyUnicode_RichCompare, O, O, O, I) W2(PyUnicode_Format, O, O, O) W2(PyUnicode_Contains, I, O, O) \
    W1(PyUnicode_IsIdentifier, I, O) W1(PyUnicode_FromOrdinal, O, I) W1(PyUnicode_InternFromString, O, S) \
    W1(PyUnicode_FromString, O, S) W1(PyUnicode_DecodeFSDefault, O, S) W1(PyUnicode_EncodeFSDefault, O, O) \
    W3(PyUnicode_Translate, O, O, O, S) W1(PyUnicode_EncodeLocale_, O, O)

#define PyLong_GetInfo_(x) ((void)(x), PyLong_GetInfo())
#define PyUnicode_EncodeLocale_(x) PyUnicode_EncodeLocale(x, NULL)
LIST(W0, W1, W2, W3, W4)

static PyObject *tail(PyObject *module, PyObject *args) {
    PyObject *text, *part;
    Py_ssize_t start, end;
    int direction;
    if (!PyArg_ParseTuple(args, "OOnni", &text, &part, &start, &end, &direction)) return NULL;
    Py_ssize_t count = PyUnicode_Count(text, part, start, end), found = PyUnicode_Find(text, part, start, end, direction);
    Py_ssize_t match = PyUnicode_Tailmatch(text, part, start, end, direction);
    Py_ssize_t character = PyUnicode_FindChar(text, PyUnicode_READ_CHAR(part, 0), start, end, direction);
    if (PyErr_Occurred()) return NULL;
    return Py_BuildValue("nnnn", count, found, match, character);
}

static PyObject *layout(PyObject *module, PyObject *text) {
    PyObject *points = PyList_New(0), *points2 = PyList_New(0);
    int kind = PyUnicode_KIND(text);
    void *data = PyUnicode_DATA(text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(text); i++) {
        PyObject *point = PyLong_FromLong(PyUnicode_READ(kind, data, i));
        PyList_Append(points, point);
        Py_DECREF(point);
        point = PyLong_FromLong(PyUnicode_READ_CHAR(text, i));
        PyList_Append(points2, point);
        Py_DECREF(point);
    }
    Py_ssize_t size;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &size);
    if (utf8 == NULL) PyErr_Clear();
    return Py_BuildValue("iiiknNNzn", kind, PyUnicode_IS_ASCII(text), PyUnicode_IS_COMPACT(text), (unsigned long)PyUnicode_MAX_CHAR_VALUE(text),
        PyUnicode_GET_LENGTH(text), points, points2, utf8, utf8 ? size : -1);
}

static PyObject *make(PyObject *module, PyObject *args) {
    PyObject *list;
    unsigned long max;
    if (!PyArg_ParseTuple(args, "O!k", &PyList_Type, &list, &max)) return NULL;
    Py_ssize_t n = PyList_GET_SIZE(list);
    PyObject *a = PyUnicode_New(n, max), *b = PyUnicode_New(n, max);
    if (a == NULL || b == NULL) return NULL;
    for (Py_ssize_t i = 0; i < n; i++) {
        Py_UCS4 c = PyLong_AsLong(PyList_GET_ITEM(list, i));
        PyUnicode_WRITE(PyUnicode_KIND(a), PyUnicode_DATA(a), i, c);
        if (PyUnicode_WriteChar(b, i, c) < 0) return NULL;
    }
    Py_UCS4 buffer[64];
    if (PyUnicode_AsUCS4(a, buffer, 64, 1) == NULL) return NULL;
    PyObject *c = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, buffer, n);
    PyObject *d = PyUnicode_New(n + 2, max);
    PyUnicode_Fill(d, 0, n + 2, '-');
    PyUnicode_CopyCharacters(d, 1, a, 0, n);
    wchar_t *wide = PyUnicode_AsWideCharString(a, NULL);
    PyObject *e = PyUnicode_FromWideChar(wide, -1);
    PyMem_Free(wide);
    int equal = PyUnicode_Compare(a, b);
    return Py_BuildValue("NNNNNii", a, b, c, d, e, equal, PyObject_Hash(a) == PyObject_Hash(c));
}

static PyObject *format(PyObject *module, PyObject *o) {
    PyObject *list = PyList_New(0);
#define ADD(...)                                                                \
    do {                                                                        \
        PyObject *item = PyUnicode_FromFormat(__VA_ARGS__);                     \
        if (item == NULL) {                                                     \
            PyObject *raised = PyErr_GetRaisedException();                      \
            item = raised ? PyObject_Repr(raised) : PyUnicode_FromString("?");  \
            Py_XDECREF(raised);                                                 \
        }                                                                       \
        PyList_Append(list, item);                                              \
        Py_DECREF(item);                                                        \
    } while (0)
    ADD("plain %% %c|%c", 'x', 0x20ac);
    ADD("%d|%i|%u|%x|%X|%o", -5, 6, 4000000000u, 255, 255, 8);
    ADD("%ld|%li|%lu|%lld|%llu|%zd|%zu|%zx|%lx|%jd|%ju|%td", -5L, 6L, 7UL, -8LL, 9ULL, (Py_ssize_t)-1, (size_t)2, (size_t)255, 16L, (intmax_t)-3, (uintmax_t)4, (ptrdiff_t)-6);
    ADD("[%5d] [%-5d] [%05d] [%.3d] [%5.3d] [%*d] [%-*d]", 42, 42, 42, 7, 7, 6, 42, 6, 42);
    ADD("%s|%5s|%-5s|%.2s|%*s|%.*s", "text", "ab", "ab", "abcdef", 4, "x", 1, "xyz");
    ADD("%s", "\xc3\xa9\xff");
    ADD("%U|%V|%V|%S|%R|%A", o, o, "no", NULL, "fallback", o, o, o);
    ADD("%10U|%.1R|%-10S|", o, o, o);
    ADD("%T|%#T|%N|%#N", o, o, Py_TYPE(o), Py_TYPE(o));
    ADD("%p", (void *)0x1234);
    ADD("%ls", L"wide");
    ADD("%y", 1);
    ADD("%");
    ADD("%c", 0x110000);
    PyObject *bytes = PyBytes_FromFormat("%s %d %c %.2s %x %lu %zd %%", "bytes", 5, 'c', "abc", 255, 7UL, (Py_ssize_t)-2);
    PyList_Append(list, bytes);
    return list;
}

static PyObject *writer(PyObject *module, PyObject *o) {
    PyUnicodeWriter *w = PyUnicodeWriter_Create(0);
    PyUnicodeWriter_WriteChar(w, 'a');
    PyUnicodeWriter_WriteChar(w, 0x1f600);
    PyUnicodeWriter_WriteUTF8(w, "h\xc3\xa9llo", -1);
    PyUnicodeWriter_WriteASCII(w, "ascii!", 5);
    PyUnicodeWriter_WriteStr(w, o);
    PyUnicodeWriter_WriteRepr(w, o);
    if (PyUnicodeWriter_WriteSubstring(w, o, 0, 1) < 0) PyErr_Clear();
    PyUnicodeWriter_Format(w, "<%d %R>", 5, o);
    PyUnicodeWriter_DecodeUTF8Stateful(w, "x\xff", 2, "replace", NULL);
    PyUnicodeWriter_WriteWideChar(w, L"wide", 2);
    if (PyUnicodeWriter_WriteUTF8(w, "\xff", 1) == 0) return NULL;
    PyErr_Clear();
    PyObject *a = PyUnicodeWriter_Finish(w);
    PyUnicodeWriter_Discard(PyUnicodeWriter_Create(5));
    return Py_BuildValue("(NN)", a, PyUnicodeWriter_Finish(PyUnicodeWriter_Create(10)));
}

static PyObject *interned(PyObject *module, PyObject *unused) {
    PyObject *a = PyUnicode_FromFormat("interned %d", 1), *b = PyUnicode_FromFormat("interned %d", 1);
    int before = a == b;
    PyUnicode_InternInPlace(&a);
    PyUnicode_InternInPlace(&b);
    PyObject *left = PyUnicode_FromString("left");
    PyUnicode_Append(&left, a);
    PyUnicode_AppendAndDel(&left, PyUnicode_FromString("!"));
    return Py_BuildValue("iiON", before, a == b, a, left);
}

static PyObject *decode(PyObject *module, PyObject *args) {
    const char *data, *errors = NULL;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "y#|z", &data, &size, &errors)) return NULL;
    PyObject *list = PyList_New(0);
    Py_ssize_t consumed = -1;
    int order = 0;
#define TRY(call)                                                                       \
    do {                                                                                \
        PyObject *item = call;                                                          \
        if (item == NULL) {                                                             \
            PyObject *raised = PyErr_GetRaisedException();                              \
            item = raised ? PyObject_Str(raised) : PyUnicode_FromString("?");           \
            Py_XDECREF(raised);                                                         \
        }                                                                               \
        PyList_Append(list, item);                                                      \
        Py_DECREF(item);                                                                \
    } while (0)
    TRY(PyUnicode_DecodeUTF8(data, size, errors));
    TRY(PyUnicode_DecodeUTF8Stateful(data, size, errors, &consumed));
    TRY(PyLong_FromSsize_t(consumed));
    TRY(PyUnicode_DecodeLatin1(data, size, errors));
    TRY(PyUnicode_DecodeASCII(data, size, errors));
    TRY(PyUnicode_DecodeUTF16(data, size, errors, &order));
    order = -1;
    TRY(PyUnicode_DecodeUTF32(data, size, errors, &order));
    TRY(PyUnicode_DecodeUnicodeEscape(data, size, errors));
    TRY(PyUnicode_DecodeRawUnicodeEscape(data, size, errors));
    TRY(PyUnicode_Decode(data, size, "cp1252", errors));
    TRY(PyUnicode_Decode(data, size, "unknown-codec", errors));
    TRY(PyUnicode_DecodeFSDefaultAndSize(data, size));
    TRY(PyUnicode_FromStringAndSize(data, size));
    return list;
}

/* int */
static PyObject *digits(PyObject *module, PyObject *o) {
    PyLongObject *number = (PyLongObject *)o;
    PyObject *list = PyList_New(0);
    if (PyUnstable_Long_IsCompact(number)) TRY(PyLong_FromSsize_t(PyUnstable_Long_CompactValue(number)));
    PyLongExport exported;
    if (PyLong_Export(o, &exported) < 0) return NULL;
    const PyLongLayout *layout = PyLong_GetNativeLayout();
    if (exported.digits == NULL) TRY(PyLong_FromLongLong(exported.value));
    else {
        TRY(PyLong_FromLong(exported.negative));
        for (Py_ssize_t i = 0; i < exported.ndigits; i++) TRY(PyLong_FromUnsignedLong(((digit *)exported.digits)[i]));
        void *out;
        PyLongWriter *writer = PyLongWriter_Create(exported.negative, exported.ndigits, &out);
        memcpy(out, exported.digits, exported.ndigits * layout->digit_size);
        PyObject *copy = PyLongWriter_Finish(writer);
        TRY(PyObject_RichCompare(copy, o, Py_EQ));
        Py_DECREF(copy);
        PyLong_FreeExport(&exported);
    }
    int overflow = 5, sign = 7;
    long long value = PyLong_AsLongLongAndOverflow(o, &overflow);
    PyLong_GetSign(o, &sign);
    TRY(Py_BuildValue("Liiii", value, overflow, sign, layout->bits_per_digit, layout->digit_size));
    value = PyLong_AsLongAndOverflow(o, &overflow);
    unsigned char bytes[24];
    memset(bytes, 0xaa, sizeof bytes);
    Py_ssize_t needed = PyLong_AsNativeBytes(o, bytes, sizeof bytes, -1);
    TRY(Py_BuildValue("Liny#", value, overflow, needed, bytes, (Py_ssize_t)sizeof bytes));
    PyObject *back = PyLong_FromNativeBytes(bytes, sizeof bytes, -1), *unsigned_ = PyLong_FromUnsignedNativeBytes(bytes, 8, 1);
    TRY(Py_BuildValue("NN", back, unsigned_));
    needed = PyLong_AsNativeBytes(o, bytes, 4, Py_ASNATIVEBYTES_BIG_ENDIAN | Py_ASNATIVEBYTES_REJECT_NEGATIVE | Py_ASNATIVEBYTES_UNSIGNED_BUFFER);
    if (needed < 0) PyErr_Clear();
    TRY(Py_BuildValue("ny#", needed, bytes, (Py_ssize_t)4));
    TRY(PyLong_FromSize_t(_PyLong_NumBits(o) < 0 ? 0 : _PyLong_NumBits(o)));
    int status = _PyLong_AsByteArray(number, bytes, 12, 1, 1, 1);
    if (status < 0) TRY((PyObject *)NULL);
    else {
        TRY(PyBytes_FromStringAndSize((char *)bytes, 12));
        TRY(_PyLong_FromByteArray(bytes, 12, 1, 1));
    }
    int32_t i32; uint64_t u64;
    if (PyLong_AsInt32(o, &i32) < 0) TRY((PyObject *)NULL); else TRY(PyLong_FromInt32(i32));
    if (PyLong_AsUInt64(o, &u64) < 0) TRY((PyObject *)NULL); else TRY(PyLong_FromUInt64(u64));
    void *pointer = PyLong_AsVoidPtr(o);
    if (PyErr_Occurred()) TRY((PyObject *)NULL); else TRY(PyLong_FromVoidPtr(pointer));
    return list;
}
static PyObject *from_string(PyObject *module, PyObject *args) {
    const char *text;
    int base;
    if (!PyArg_ParseTuple(args, "si", &text, &base)) return NULL;
    char *end = NULL;
    PyObject *value = PyLong_FromString(text, &end, base);
    if (value == NULL) return NULL;
    return Py_BuildValue("(Ns)", value, end);
}
static PyObject *floats(PyObject *module, PyObject *o) {
    double value = PyFloat_AsDouble(o);
    if (value == -1 && PyErr_Occurred()) return NULL;
    char two[2], four[4], eight[8];
    if (PyFloat_Pack2(value, two, 1) < 0 || PyFloat_Pack4(value, four, 0) < 0 || PyFloat_Pack8(value, eight, 1) < 0) return NULL;
    char *repr = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, NULL), *fixed = PyOS_double_to_string(value, 'f', 3, 0, NULL),
         *general = PyOS_double_to_string(value, 'g', 5, Py_DTSF_SIGN, NULL);
    PyObject *result = Py_BuildValue("(y#y#y#dddsssi)", two, (Py_ssize_t)2, four, (Py_ssize_t)4, eight, (Py_ssize_t)8, PyFloat_Unpack2(two, 1), PyFloat_Unpack4(four, 0),
        PyFloat_Unpack8(eight, 1), repr, fixed, general, PyFloat_Check(o));
    PyMem_Free(repr); PyMem_Free(fixed); PyMem_Free(general);
    return result;
}
static PyObject *to_double(PyObject *module, PyObject *args) {
    const char *text;
    int with_end;
    if (!PyArg_ParseTuple(args, "yi", &text, &with_end)) return NULL;
    char *end = NULL;
    double value = PyOS_string_to_double(text, with_end ? &end : NULL, with_end == 2 ? PyExc_OverflowError : NULL);
    if (value == -1 && PyErr_Occurred()) return NULL;
    return Py_BuildValue("(ds)", value, end);
}
static PyObject *complexes(PyObject *module, PyObject *o) {
    Py_complex value = PyComplex_AsCComplex(o);
    if (value.real == -1 && PyErr_Occurred()) return NULL;
    PyObject *a = PyComplex_FromDoubles(value.imag, value.real);
    return Py_BuildValue("NNi", a, PyComplex_FromCComplex(_Py_c_prod(value, value)), PyComplex_Check(o));
}

/* bytes */
static PyObject *bytes(PyObject *module, PyObject *unused) {
    PyObject *a = PyBytes_FromStringAndSize(NULL, 3), *b = PyBytes_FromString("xyz");
    memcpy(PyBytes_AS_STRING(a), "abc", 3);
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(b, &data, &size) < 0) return NULL;
    PyBytes_Concat(&a, b);
    PyBytes_ConcatAndDel(&a, PyBytes_FromString("!"));
    PyObject *resized = PyBytes_FromStringAndSize("0123456789", 10);
    _PyBytes_Resize(&resized, 4);
    PyObject *zero = PyBytes_FromStringAndSize("a\0b", 3);
    int status = PyBytes_AsStringAndSize(zero, &data, NULL);
    PyObject *raised = PyErr_GetRaisedException();
    PyObject *array = PyByteArray_FromStringAndSize("array", 5);
    PyByteArray_Resize(array, 7);
    memcpy(PyByteArray_AS_STRING(array) + 5, "!!", 2);
    int single = PyBytes_FromStringAndSize("q", 1) == PyBytes_FromStringAndSize("q", 1), empty = PyBytes_FromString("") == PyBytes_FromStringAndSize(NULL, 0);
    return Py_BuildValue("NNNiNNniiN", a, b, resized, status, raised, array, PyByteArray_GET_SIZE(array), single, empty,
        PyBytes_Join(PyBytes_FromString(","), Py_BuildValue("[yy]", "1", "2")));
}

static PyMethodDef methods[] = {
    LIST(E0, E1, E2, E3, E4)
    {"tail", tail, METH_VARARGS, NULL}, {"layout", layout, METH_O, NULL}, {"make", make, METH_VARARGS, NULL}, {"format", format, METH_O, NULL},
    {"writer", writer, METH_O, NULL}, {"interned", interned, METH_NOARGS, NULL}, {"decode", decode, METH_VARARGS, NULL},
    {"digits", digits, METH_O, NULL}, {"from_string", from_string, METH_VARARGS, NULL}, {"floats", floats, METH_O, NULL},
    {"to_double", to_double, METH_VARARGS, NULL}, {"complexes", complexes, METH_O, NULL}, {"bytes", bytes, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyModuleDef_Slot slots[] = {{Py_mod_exec, wrap_null}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext_values", "Values.", 0, methods, slots};
PyMODINIT_FUNC PyInit_ext_values(void) { return PyModuleDef_Init(&definition); }
