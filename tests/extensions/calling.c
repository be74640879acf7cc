/* Modules of the old kind, methods of every calling convention, parsing of arguments and building of values. */

#include "wrap.h"

static PyObject *describe(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    PyObject *positional = PyTuple_New(count), *keywords = PyDict_New();
    for (Py_ssize_t i = 0; i < count; i++) PyTuple_SET_ITEM(positional, i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; names != NULL && i < PyTuple_GET_SIZE(names); i++)
        PyDict_SetItem(keywords, PyTuple_GET_ITEM(names, i), args[count + i]);
    return Py_BuildValue("(NN)", positional, keywords);
}

static PyObject *noargs(PyObject *self, PyObject *args) { return Py_BuildValue("(Oi)", self, args == NULL); }
static PyObject *single(PyObject *self, PyObject *arg) { return Py_BuildValue("(OO)", self, arg); }
static PyObject *varargs(PyObject *self, PyObject *args) { return Py_BuildValue("(OO)", self, args); }
static PyObject *keywords(PyObject *self, PyObject *args, PyObject *kwargs) {
    return Py_BuildValue("(OOO)", self, args, kwargs == NULL || PyDict_GET_SIZE(kwargs) == 0 ? Py_None : kwargs);
}
static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t count) { return describe(self, args, count, NULL); }
static PyObject *fast_keywords(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    return describe(self, args, count, names);
}
static PyObject *with_class(PyObject *self, PyTypeObject *class, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    PyObject *rest = describe(self, args, count, names);
    PyObject *module = PyType_GetModule(class);
    return Py_BuildValue("(sNO)", class->tp_name, rest, module == NULL ? (PyErr_Clear(), Py_None) : module);
}
static PyObject *null_without_error(PyObject *self, PyObject *args) { return NULL; }
static PyObject *result_with_error(PyObject *self, PyObject *args) {
    PyErr_SetString(PyExc_ValueError, "left behind");
    Py_RETURN_NONE;
}

#define CONVENTIONS(flags)                                                                                         \
    {"noargs", noargs, METH_NOARGS | flags, "noargs($self, /)\n--\n\nTakes nothing."},                             \
    {"single", single, METH_O | flags, "single(x)\n\nNo signature here."},                                         \
    {"varargs", varargs, METH_VARARGS | flags, NULL},                                                              \
    {"keywords", (PyCFunction)(void (*)(void))keywords, METH_VARARGS | METH_KEYWORDS | flags, ""},                 \
    {"fast", (PyCFunction)(void (*)(void))fast, METH_FASTCALL | flags, "fast($self, /, *args)\n--\n\n"},           \
    {"fast_keywords", (PyCFunction)(void (*)(void))fast_keywords, METH_FASTCALL | METH_KEYWORDS | flags, "Doc."}

static PyMethodDef class_methods[] = {
    CONVENTIONS(0),
    {"with_class", (PyCFunction)(void (*)(void))with_class, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMethodDef static_methods[] = {CONVENTIONS(METH_STATIC), {NULL, NULL, 0, NULL}};
static PyMethodDef classmethods[] = {CONVENTIONS(METH_CLASS), {NULL, NULL, 0, NULL}};
static PyMethodDef bad_methods[] = {{"bad", noargs, METH_NOARGS | METH_O, NULL}, {NULL, NULL, 0, NULL}};

#define SPEC(name, table)                                                                 \
    static PyType_Slot name##_slots[] = {{Py_tp_methods, table}, {Py_tp_doc, "A type."}, {0, NULL}}; \
    static PyType_Spec name##_spec = {"ext_calling." #name, 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, name##_slots};
SPEC(Methods, class_methods)
SPEC(Static, static_methods)
SPEC(Class, classmethods)
SPEC(Wrong, bad_methods)

static PyObject *make_wrong(PyObject *self, PyObject *args) { return PyType_FromSpec(&Wrong_spec); }

/* parse(format, args, kwargs, names): every unit of the format is one kind; the results come back in a tuple. */
static int convert(PyObject *object, void *result) {
    if (object == NULL) return 1;
    if (PyLong_Check(object)) { *(long *)result = PyLong_AsLong(object) * 2; return 1; }
    PyErr_SetString(PyExc_ValueError, "converter says no");
    return 0;
}

#define PARSE(code, type, init, build, ...)                                                             \
    if (strcmp(unit, code) == 0) {                                                                      \
        type value = init;                                                                              \
        char format[32];                                                                                \
        snprintf(format, sizeof format, "%s%s:f", optional ? "|" : "", code);                           \
        if (!PyArg_ParseTuple(args, format, ##__VA_ARGS__, &value)) return NULL;                        \
        return Py_BuildValue(build, value);                                                             \
    }

static PyObject *parse(PyObject *self, PyObject *all) {
    const char *unit;
    PyObject *args;
    int optional = 0;
    if (!PyArg_ParseTuple(all, "sO!|p", &unit, &PyTuple_Type, &args, &optional)) return NULL;
    PARSE("b", unsigned char, 77, "B")
    PARSE("B", unsigned char, 77, "B")
    PARSE("h", short, 77, "h")
    PARSE("H", unsigned short, 77, "H")
    PARSE("i", int, 77, "i")
    PARSE("I", unsigned int, 77, "I")
    PARSE("l", long, 77, "l")
    PARSE("k", unsigned long, 77, "k")
    PARSE("L", long long, 77, "L")
    PARSE("K", unsigned long long, 77, "K")
    PARSE("n", Py_ssize_t, 77, "n")
    PARSE("c", char, 77, "c")
    PARSE("C", int, 77, "C")
    PARSE("f", float, 77, "f")
    PARSE("d", double, 77, "d")
    PARSE("p", int, 77, "i")
    PARSE("s", const char *, "default", "s")
    PARSE("z", const char *, "default", "z")
    PARSE("y", const char *, "default", "y")
    PARSE("S", PyObject *, Py_None, "O")
    PARSE("Y", PyObject *, Py_None, "O")
    PARSE("U", PyObject *, Py_None, "O")
    PARSE("O", PyObject *, Py_None, "O")
    PARSE("O!", PyObject *, Py_None, "O", &PyList_Type)
    PARSE("O&", long, 77, "l", convert)
    if (strcmp(unit, "D") == 0) {
        Py_complex value;
        if (!PyArg_ParseTuple(args, "D:f", &value)) return NULL;
        return Py_BuildValue("D", &value);
    }
#define SIZED(code, build)                                                   \
    if (strcmp(unit, code) == 0) {                                           \
        const char *value = NULL;                                            \
        Py_ssize_t size = -5;                                                \
        if (!PyArg_ParseTuple(args, code, &value, &size)) return NULL;       \
        return Py_BuildValue("(" build "n)", value, size, size);             \
    }
    SIZED("s#", "s#")
    SIZED("z#", "z#")
    SIZED("y#", "y#")
#define BUFFER(code)                                                                             \
    if (strcmp(unit, code) == 0) {                                                               \
        Py_buffer value;                                                                         \
        if (!PyArg_ParseTuple(args, code ":f", &value)) return NULL;                             \
        PyObject *result = value.buf == NULL ? Py_NewRef(Py_None)                                \
            : Py_BuildValue("(y#nisi)", value.buf, value.len, value.itemsize, value.readonly, value.format, value.ndim); \
        if (strcmp(code, "w*") == 0) ((char *)value.buf)[0] = '!';                               \
        PyBuffer_Release(&value);                                                                \
        return result;                                                                           \
    }
    BUFFER("s*")
    BUFFER("z*")
    BUFFER("y*")
    BUFFER("w*")
#define ENCODED(code, build, ...)                                                                \
    if (strcmp(unit, code) == 0) {                                                               \
        char *value = NULL;                                                                      \
        Py_ssize_t size = 0;                                                                     \
        if (!PyArg_ParseTuple(args, code ":f", "latin-1", &value, &size)) return NULL;           \
        PyObject *result = Py_BuildValue("y", value);                                            \
        PyMem_Free(value);                                                                       \
        return result;                                                                           \
    }
    ENCODED("es", "y")
    ENCODED("et", "y")
    ENCODED("es#", "y#")
    ENCODED("et#", "y#")
    if (strcmp(unit, "(ii)s") == 0) {
        int a = 0, b = 0;
        const char *s = NULL;
        if (!PyArg_ParseTuple(args, "(ii)s:nested", &a, &b, &s)) return NULL;
        return Py_BuildValue("iis", a, b, s);
    }
    if (strcmp(unit, "i|is") == 0) {
        int a = 0, b = -1;
        const char *s = "none";
        if (!PyArg_ParseTuple(args, "i|is;my own message", &a, &b, &s)) return NULL;
        return Py_BuildValue("iis", a, b, s);
    }
    if (strcmp(unit, "unpack") == 0) {
        PyObject *a = Py_None, *b = Py_None, *c = Py_None;
        if (!PyArg_UnpackTuple(args, "unpack", 1, 3, &a, &b, &c)) return NULL;
        return Py_BuildValue("OOO", a, b, c);
    }
    if (strcmp(unit, "bad") == 0) {
        int a;
        return PyArg_ParseTuple(args, "Z", &a) ? Py_NewRef(Py_None) : NULL;
    }
    return PyErr_Format(PyExc_LookupError, "no unit %s", unit);
}

static PyObject *named(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"", "first", "second", "third", "only", NULL};
    int position = 0, first = -1, second = -1;
    const char *third = "t";
    PyObject *only = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "ii|is$O:named", names, &position, &first, &second, &third, &only)) return NULL;
    return Py_BuildValue("iiisO", position, first, second, third, only);
}
static PyObject *named_simple(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"a", "b", NULL};
    PyObject *a, *b = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O", names, &a, &b)) return NULL;
    return Py_BuildValue("OO", a, b ? b : Py_None);
}
static PyObject *named_required(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"a", "b", NULL};
    int a, b;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i$i:required", names, &a, &b)) return NULL;
    return Py_BuildValue("ii", a, b);
}
static PyObject *no_keywords(PyObject *self, PyObject *args, PyObject *kwargs) {
    if (!PyArg_ValidateKeywordArguments(kwargs ? kwargs : args)) return NULL;
    Py_RETURN_TRUE;
}

static PyObject *single_parse(PyObject *self, PyObject *arg) {
    int a, b;
    if (PyArg_Parse(arg, "(ii)", &a, &b)) return Py_BuildValue("ii", a, b);
    return NULL;
}

static PyObject *increment(void *object) { return PyLong_FromLong(*(int *)object + 1); }
static PyObject *build(PyObject *self, PyObject *unused) {
    PyObject *list = PyList_New(0);
    Py_complex number = {1.5, -2};
    int five = 5;
#define ADD(...)                                                                \
    do {                                                                        \
        PyObject *item = Py_BuildValue(__VA_ARGS__);                            \
        if (item == NULL) {                                                     \
            PyObject *raised = PyErr_GetRaisedException();                      \
            item = raised ? PyObject_Repr(raised) : PyUnicode_FromString("?");  \
            Py_XDECREF(raised);                                                 \
        }                                                                       \
        PyList_Append(list, item);                                              \
        Py_DECREF(item);                                                        \
    } while (0)
    ADD("");
    ADD("i", 1);
    ADD("(i)", 1);
    ADD("()");
    ADD("[]");
    ADD("{}");
    ADD("ii", 1, 2);
    ADD("[i,i: s]", 1, 2, "x");
    ADD("{s:i,s:(id)}", "a", 1, "b", 2, 2.5);
    ADD("{s:[O{s:s}]}", "k", Py_None, "x", "y");
    ADD("bBhHiIlkLKn", -5, 250, -300, 65535, -70000, 4000000000u, -5L, ~0UL, -6LL, ~0ULL, (Py_ssize_t)-7);
    ADD("cCfdDp", 'x', 0x20ac, 1.25f, 1e300, &number, 3);
    ADD("szUyz", "text", (char *)NULL, "unicode", "bytes", "\xc3\xa9");
    ADD("s#y#z#u#U#", "abcdef", (Py_ssize_t)3, "\0\xff", (Py_ssize_t)2, (char *)NULL, (Py_ssize_t)4, L"wide", (Py_ssize_t)2, "uni", (Py_ssize_t)2);
    ADD("u", L"h\u00e9llo");
    ADD("OSN", Py_True, Py_Ellipsis, PyLong_FromLong(9));
    ADD("O&", increment, &five);
    ADD("O", NULL);
    ADD("s", "\xff\xfe");
    ADD("(i", 1);
    ADD("Z", 1);
    ADD("(NN)", PyList_New(0), (PyErr_SetString(PyExc_KeyError, "first"), (PyObject *)NULL));
    return list;
}

static PyObject *new_function(PyObject *self, PyObject *args) {
    static PyMethodDef definition = {"made", noargs, METH_NOARGS, "made()\n--\n\nMade by hand."};
    PyObject *name = PyUnicode_FromString("somewhere");
    PyObject *function = PyCFunction_NewEx(&definition, PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL, name);
    Py_DECREF(name);
    if (PyCFunction_GetFlags(function) != METH_NOARGS || PyCFunction_GetFunction(function) != noargs) return NULL;
    return function;
}

static PyMethodDef methods[] = {
    CONVENTIONS(0),
    {"null_without_error", null_without_error, METH_NOARGS, NULL},
    {"result_with_error", result_with_error, METH_NOARGS, NULL},
    {"make_wrong", make_wrong, METH_NOARGS, NULL},
    {"parse", parse, METH_VARARGS, NULL},
    {"named", (PyCFunction)(void (*)(void))named, METH_VARARGS | METH_KEYWORDS, NULL},
    {"named_simple", (PyCFunction)(void (*)(void))named_simple, METH_VARARGS | METH_KEYWORDS, NULL},
    {"named_required", (PyCFunction)(void (*)(void))named_required, METH_VARARGS | METH_KEYWORDS, NULL},
    {"no_keywords", (PyCFunction)(void (*)(void))no_keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"single_parse", single_parse, METH_O, NULL},
    {"build", build, METH_NOARGS, NULL},
    {"new_function", new_function, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext_calling", "Calls.", -1, methods};

PyMODINIT_FUNC PyInit_ext_calling(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL || wrap_null(module) < 0) return NULL;
    if (PyModule_AddIntConstant(module, "ANSWER", 42) < 0 || PyModule_AddStringConstant(module, "WORD", "w\xc3\xb6rd") < 0) return NULL;
    if (PyModule_AddIntMacro(module, METH_O) < 0) return NULL;
    PyObject *type = PyType_FromModuleAndSpec(module, &Methods_spec, NULL);
    if (type == NULL || PyModule_AddType(module, (PyTypeObject *)type) < 0) return NULL;
    if (PyModule_AddObject(module, "Static", PyType_FromSpec(&Static_spec)) < 0) return NULL;
    if (PyModule_Add(module, "Class", PyType_FromSpec(&Class_spec)) < 0) return NULL;
    return module;
}
