/* Types made in C: static and heap types, slots, members, getters, inheritance, collection, dictionaries and weak references of
   instances, metaclasses, state of modules. */

#include "wrap.h"
#include <stddef.h>

/* A static type with everything by hand. */
typedef struct {
    PyObject_HEAD
    PyObject *held;
    PyObject *dict;
    PyObject *weak;
    int number;
} Static;

static int deallocated = 0;

static int static_traverse(Static *self, visitproc visit, void *arg) {
    Py_VISIT(self->held);
    Py_VISIT(self->dict);
    return 0;
}
static int static_clear(Static *self) {
    Py_CLEAR(self->held);
    Py_CLEAR(self->dict);
    return 0;
}
static void static_dealloc(Static *self) {
    PyObject_GC_UnTrack(self);
    if (self->weak != NULL) PyObject_ClearWeakRefs((PyObject *)self);
    static_clear(self);
    deallocated++;
    Py_TYPE(self)->tp_free((PyObject *)self);
}
static PyObject *static_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Static *self = (Static *)type->tp_alloc(type, 0);
    if (self == NULL) return NULL;
    self->held = Py_NewRef(Py_None);
    return (PyObject *)self;
}
static int static_init(Static *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"held", "number", NULL};
    PyObject *held = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Oi", names, &held, &self->number)) return -1;
    if (held != NULL) Py_XSETREF(self->held, Py_NewRef(held));
    return 0;
}
static PyObject *static_repr(Static *self) { return PyUnicode_FromFormat("<%s %d>", Py_TYPE(self)->tp_name, self->number); }
static Py_hash_t static_hash(Static *self) { return self->number == -1 ? -2 : self->number; }
static PyObject *static_richcompare(PyObject *a, PyObject *b, int op);
static PyObject *static_call(Static *self, PyObject *args, PyObject *kwargs) {
    return Py_BuildValue("(iOO)", self->number, args, kwargs ? kwargs : Py_None);
}
static PyObject *static_add(PyObject *a, PyObject *b);
static int static_bool(Static *self) { return self->number != 0; }
static PyObject *static_index(Static *self) { return PyLong_FromLong(self->number); }
static Py_ssize_t static_length(Static *self) { return self->number; }
static PyObject *static_item(Static *self, Py_ssize_t i) {
    if (i < 0 || i >= self->number) {
        PyErr_SetString(PyExc_IndexError, "out of range");
        return NULL;
    }
    return PyLong_FromSsize_t(i * i);
}
static int static_ass_item(Static *self, Py_ssize_t i, PyObject *value) {
    if (value == NULL) return self->number--, 0;
    Py_XSETREF(self->held, Py_BuildValue("(nO)", i, value));
    return 0;
}
static int static_contains(Static *self, PyObject *value) { return PyLong_Check(value) && PyLong_AsLong(value) == self->number; }
static PyObject *static_subscript(Static *self, PyObject *key) {
    if (PyIndex_Check(key)) {
        Py_ssize_t i = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred()) return NULL;
        return static_item(self, i < 0 ? i + self->number : i);
    }
    return Py_BuildValue("(sO)", "subscript", key);
}

static PyNumberMethods static_number = {.nb_add = static_add, .nb_bool = (inquiry)static_bool, .nb_index = (unaryfunc)static_index};
static PySequenceMethods static_sequence = {.sq_length = (lenfunc)static_length, .sq_item = (ssizeargfunc)static_item,
    .sq_ass_item = (ssizeobjargproc)static_ass_item, .sq_contains = (objobjproc)static_contains};
static PyMappingMethods static_mapping = {.mp_subscript = (binaryfunc)static_subscript};

static PyObject *static_method(Static *self, PyObject *unused) { return PyLong_FromLong(self->number * 2); }
static PyObject *static_getter(Static *self, void *closure) { return PyUnicode_FromFormat("%s:%d", (char *)closure, self->number); }
static int static_setter(Static *self, PyObject *value, void *closure) {
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "can't delete");
        return -1;
    }
    self->number = PyLong_AsLong(value);
    return PyErr_Occurred() ? -1 : 0;
}
static PyMethodDef static_methods[] = {{"double", (PyCFunction)static_method, METH_NOARGS, "double($self, /)\n--\n\nTwice."}, {NULL}};
static PyMemberDef static_members[] = {
    {"held", Py_T_OBJECT_EX, offsetof(Static, held), 0, "What it holds."},
    {"held_or_none", _Py_T_OBJECT, offsetof(Static, held), Py_READONLY, NULL},
    {"number", Py_T_INT, offsetof(Static, number), 0, NULL},
    {NULL},
};
static PyGetSetDef static_getset[] = {
    {"label", (getter)static_getter, (setter)static_setter, "A label.", "closure"},
    {"fixed", (getter)static_getter, NULL, NULL, "fixed"},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL},
};
static PyTypeObject StaticType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_classes.Static",
    .tp_basicsize = sizeof(Static),
    .tp_dealloc = (destructor)static_dealloc,
    .tp_repr = (reprfunc)static_repr,
    .tp_as_number = &static_number,
    .tp_as_sequence = &static_sequence,
    .tp_as_mapping = &static_mapping,
    .tp_hash = (hashfunc)static_hash,
    .tp_call = (ternaryfunc)static_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = PyDoc_STR("Static(held=None, number=0)\n--\n\nA static type."),
    .tp_traverse = (traverseproc)static_traverse,
    .tp_clear = (inquiry)static_clear,
    .tp_richcompare = static_richcompare,
    .tp_weaklistoffset = offsetof(Static, weak),
    .tp_methods = static_methods,
    .tp_members = static_members,
    .tp_getset = static_getset,
    .tp_dictoffset = offsetof(Static, dict),
    .tp_init = (initproc)static_init,
    .tp_new = static_new,
};
static PyObject *static_richcompare(PyObject *a, PyObject *b, int op) {
    if (!PyObject_TypeCheck(a, &StaticType) || !PyObject_TypeCheck(b, &StaticType)) Py_RETURN_NOTIMPLEMENTED;
    Py_RETURN_RICHCOMPARE(((Static *)a)->number, ((Static *)b)->number, op);
}
static PyObject *static_add(PyObject *a, PyObject *b) { return Py_BuildValue("(sOO)", "add", a, b); }

/* A static subtype with little of its own. */
typedef struct {
    Static base;
    int extra;
} Derived;
static PyMemberDef derived_members[] = {{"extra", Py_T_INT, offsetof(Derived, extra), 0, NULL}, {NULL}};
static PyTypeObject DerivedType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_classes.Derived",
    .tp_basicsize = sizeof(Derived),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_members = derived_members,
    .tp_base = &StaticType,
};

/* Below built-in types. */
typedef struct {
    PyListObject list;
    int state;
} SubList;
static PyObject *sublist_increment(SubList *self, PyObject *unused) { return PyLong_FromLong(++self->state); }
static PyMethodDef sublist_methods[] = {{"increment", (PyCFunction)sublist_increment, METH_NOARGS, NULL}, {NULL}};
static int sublist_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    if (PyList_Type.tp_init(self, args, kwargs) < 0) return -1;
    ((SubList *)self)->state = 10;
    return 0;
}
static PyTypeObject SubListType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_classes.SubList",
    .tp_basicsize = sizeof(SubList),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_init = sublist_init,
    .tp_methods = sublist_methods,
};
typedef struct {
    PyUnicodeObject text;
    int more;
} SubStr;
static PyTypeObject SubStrType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ext_classes.SubStr",
    .tp_basicsize = sizeof(PyUnicodeObject) + 8,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
static PyTypeObject SubIntType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_classes.SubInt", .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
static PyTypeObject SubDictType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_classes.SubDict", .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
static PyTypeObject SubErrorType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_classes.SubError",
    .tp_basicsize = sizeof(PyBaseExceptionObject), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
static PyTypeObject AbstractType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "ext_classes.Abstract",
    .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION};
static PyTypeObject PlainType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "Plain",
    .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT, .tp_doc = "Plain"};

/* A heap type with every kind of member. */
typedef struct {
    PyObject_HEAD
    char t_char; signed char t_byte; unsigned char t_ubyte; char t_bool; short t_short; unsigned short t_ushort; int t_int;
    unsigned int t_uint; long t_long; unsigned long t_ulong; long long t_longlong; unsigned long long t_ulonglong;
    Py_ssize_t t_size; float t_float; double t_double; const char *t_string; char t_inplace[8]; PyObject *t_object; PyObject *t_object_ex;
} Members;
static int members_init(Members *self, PyObject *args, PyObject *kwargs) {
    self->t_char = 'c';
    self->t_string = PyTuple_GET_SIZE(args) ? NULL : "string";
    strcpy(self->t_inplace, "place");
    return 0;
}
static void members_dealloc(Members *self) {
    PyTypeObject *type = Py_TYPE(self);
    Py_CLEAR(self->t_object);
    Py_CLEAR(self->t_object_ex);
    type->tp_free(self);
    Py_DECREF(type);
}
#define MEMBER(name, kind) {#name, kind, offsetof(Members, name), 0, NULL}
static PyMemberDef members_members[] = {
    MEMBER(t_char, Py_T_CHAR), MEMBER(t_byte, Py_T_BYTE), MEMBER(t_ubyte, Py_T_UBYTE), MEMBER(t_bool, Py_T_BOOL), MEMBER(t_short, Py_T_SHORT),
    MEMBER(t_ushort, Py_T_USHORT), MEMBER(t_int, Py_T_INT), MEMBER(t_uint, Py_T_UINT), MEMBER(t_long, Py_T_LONG), MEMBER(t_ulong, Py_T_ULONG),
    MEMBER(t_longlong, Py_T_LONGLONG), MEMBER(t_ulonglong, Py_T_ULONGLONG), MEMBER(t_size, Py_T_PYSSIZET), MEMBER(t_float, Py_T_FLOAT),
    MEMBER(t_double, Py_T_DOUBLE), MEMBER(t_string, Py_T_STRING), MEMBER(t_inplace, Py_T_STRING_INPLACE), MEMBER(t_object, _Py_T_OBJECT),
    MEMBER(t_object_ex, Py_T_OBJECT_EX), {"read_only", Py_T_INT, offsetof(Members, t_int), Py_READONLY, "Doc."}, {NULL},
};
static PyType_Slot members_slots[] = {
    {Py_tp_init, members_init}, {Py_tp_dealloc, members_dealloc}, {Py_tp_members, members_members}, {Py_tp_doc, "Members()\n--\n\nAll kinds."}, {0, NULL}};
static PyType_Spec members_spec = {"ext_classes.Members", sizeof(Members), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, members_slots};

/* A collected heap type with a managed dictionary and weak references. */
typedef struct {
    PyObject_HEAD
    PyObject *other;
} Managed;
static int managed_traverse(Managed *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->other);
    return PyObject_VisitManagedDict((PyObject *)self, visit, arg);
}
static int managed_clear(Managed *self) {
    Py_CLEAR(self->other);
    PyObject_ClearManagedDict((PyObject *)self);
    return 0;
}
static void managed_dealloc(Managed *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    PyObject_ClearWeakRefs((PyObject *)self);
    managed_clear(self);
    deallocated++;
    type->tp_free(self);
    Py_DECREF(type);
}
static void managed_finalize(PyObject *self) {
    PyObject *raised = PyErr_GetRaisedException();
    PySys_WriteStdout("finalize\n");
    PyErr_SetRaisedException(raised);
}
static PyObject *managed_other(Managed *self, PyObject *value) {
    Py_XSETREF(self->other, Py_NewRef(value));
    Py_RETURN_NONE;
}
static PyObject *managed_iter(PyObject *self) { return Py_NewRef(self); }
static PyObject *managed_next(Managed *self) {
    if (self->other == NULL) return NULL;
    PyObject *result = self->other;
    self->other = NULL;
    return result;
}
static PyMethodDef managed_methods[] = {{"set_other", (PyCFunction)managed_other, METH_O, NULL}, {NULL}};
static PyGetSetDef managed_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL}};
static PyType_Slot managed_slots[] = {
    {Py_tp_getset, managed_getset},
    {Py_tp_traverse, managed_traverse}, {Py_tp_clear, managed_clear}, {Py_tp_dealloc, managed_dealloc}, {Py_tp_finalize, managed_finalize},
    {Py_tp_methods, managed_methods}, {Py_tp_iter, managed_iter}, {Py_tp_iternext, managed_next}, {0, NULL}};
static PyType_Spec managed_spec = {"ext_classes.Managed", sizeof(Managed), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF, managed_slots};

/* Offsets as members, a getattro and a descriptor. */
typedef struct {
    PyObject_HEAD
    PyObject *dict, *weak;
    vectorcallfunc vector;
} Offsets;
static PyObject *offsets_vector(PyObject *self, PyObject *const *args, size_t count, PyObject *names) {
    return Py_BuildValue("(nO)", PyVectorcall_NARGS(count), names ? names : Py_None);
}
static PyObject *offsets_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *self = type->tp_alloc(type, 0);
    ((Offsets *)self)->vector = offsets_vector;
    return self;
}
static void offsets_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_ClearWeakRefs(self);
    Py_CLEAR(((Offsets *)self)->dict);
    type->tp_free(self);
    Py_DECREF(type);
}
static PyObject *offsets_getattro(PyObject *self, PyObject *name) {
    if (PyUnicode_EqualToUTF8(name, "magic")) return PyUnicode_FromString("magic!");
    return PyObject_GenericGetAttr(self, name);
}
static PyObject *offsets_get(PyObject *self, PyObject *object, PyObject *type) {
    return Py_BuildValue("(OO)", object ? object : Py_None, type ? type : Py_None);
}
static PyMemberDef offsets_members[] = {
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(Offsets, dict), Py_READONLY}, {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Offsets, weak), Py_READONLY},
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Offsets, vector), Py_READONLY}, {NULL}};
static PyGetSetDef offsets_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL}};
static PyType_Slot offsets_slots[] = {{Py_tp_getset, offsets_getset}, {Py_tp_members, offsets_members}, {Py_tp_new, offsets_new}, {Py_tp_dealloc, offsets_dealloc},
    {Py_tp_call, PyVectorcall_Call}, {Py_tp_getattro, offsets_getattro}, {Py_tp_descr_get, offsets_get}, {0, NULL}};
static PyType_Spec offsets_spec = {"ext_classes.Offsets", sizeof(Offsets), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, offsets_slots};

/* A variable-size type. */
typedef struct {
    PyObject_VAR_HEAD
    long items[1];
} Variable;
static PyObject *variable_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Py_ssize_t n;
    if (!PyArg_ParseTuple(args, "n", &n)) return NULL;
    Variable *self = (Variable *)type->tp_alloc(type, n);
    for (Py_ssize_t i = 0; i < n; i++) self->items[i] = i + 1;
    return (PyObject *)self;
}
static PyObject *variable_sum(PyObject *self, PyObject *unused) {
    long sum = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) sum += ((Variable *)self)->items[i];
    return PyLong_FromLong(sum);
}
static PyMethodDef variable_methods[] = {{"sum", variable_sum, METH_NOARGS, NULL}, {NULL}};
static PyType_Slot variable_slots[] = {{Py_tp_new, variable_new}, {Py_tp_methods, variable_methods}, {0, NULL}};
static PyType_Spec variable_spec = {"ext_classes.Variable", offsetof(Variable, items), sizeof(long), Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, variable_slots};

/* A metaclass with data behind the type (PEP 697), and a class by it. */
static PyObject *meta_data(PyObject *type, PyObject *value) {
    PyObject *meta = (PyObject *)Py_TYPE(type);
    while (strcmp(((PyTypeObject *)meta)->tp_name, "Meta") && strcmp(((PyTypeObject *)meta)->tp_name, "ext_classes.Meta")) meta = (PyObject *)((PyTypeObject *)meta)->tp_base;
    int *data = PyObject_GetTypeData(type, (PyTypeObject *)meta);
    return PyLong_FromLong(*data += PyLong_AsLong(value));
}
static PyMethodDef meta_methods[] = {{"data", meta_data, METH_O, NULL}, {NULL}};
static PyType_Slot meta_slots[] = {{Py_tp_methods, meta_methods}, {Py_tp_base, &PyType_Type}, {0, NULL}};
static PyType_Spec meta_spec = {"ext_classes.Meta", -(int)sizeof(int), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, meta_slots};
static PyType_Slot by_meta_slots[] = {{0, NULL}};
static PyType_Spec by_meta_spec = {"ext_classes.ByMeta", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, by_meta_slots};

static PyType_Slot immutable_slots[] = {{Py_tp_doc, "Can't change."}, {0, NULL}};
static PyType_Spec immutable_spec = {"ext_classes.Immutable", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, immutable_slots};
static int token_here;
static PyType_Slot token_slots[] = {{Py_tp_token, &token_here}, {0, NULL}};
static PyType_Spec token_spec = {"ext_classes.Token", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, token_slots};

/* The module's state. */
typedef struct {
    PyObject *types;
    int counter;
} State;

static PyObject *count(PyObject *module, PyObject *unused) {
    State *state = PyModule_GetState(module);
    return PyLong_FromLong(++state->counter);
}
static PyObject *dealloc_count(PyObject *module, PyObject *unused) {
    int count = deallocated;
    deallocated = 0;
    return PyLong_FromLong(count);
}
static PyObject *type_info(PyObject *module, PyObject *arg) {
    PyTypeObject *type = (PyTypeObject *)arg;
    PyObject *name = PyType_GetName(type), *qualname = PyType_GetQualName(type), *full = PyType_GetFullyQualifiedName(type), *from = PyType_GetModuleName(type);
    unsigned long flags = PyType_GetFlags(type);
    return Py_BuildValue("{sssNsNsNsNsnsnsisisisisisi}", "tp_name", type->tp_name, "name", name, "qualname", qualname, "full", full, "module", from,
        "basicsize", type->tp_basicsize, "itemsize", type->tp_itemsize, "heap", !!(flags & Py_TPFLAGS_HEAPTYPE), "gc", PyType_IS_GC(type),
        "basetype", !!(flags & Py_TPFLAGS_BASETYPE), "ready", !!(flags & Py_TPFLAGS_READY), "immutable", !!(flags & Py_TPFLAGS_IMMUTABLETYPE),
        "inline", !!(flags & Py_TPFLAGS_MANAGED_DICT));
}
static PyObject *slots_of(PyObject *module, PyObject *type) {
    return Py_BuildValue("iiiii", PyType_GetSlot((PyTypeObject *)type, Py_tp_dealloc) != NULL, PyType_GetSlot((PyTypeObject *)type, Py_tp_new) != NULL,
        PyType_GetSlot((PyTypeObject *)type, Py_nb_add) != NULL, PyType_GetSlot((PyTypeObject *)type, Py_tp_iternext) != NULL,
        PyType_GetSlot((PyTypeObject *)type, Py_mp_subscript) != NULL);
}
static PyObject *same_slots(PyObject *module, PyObject *unused) {
    return Py_BuildValue("iiiiii", DerivedType.tp_repr == StaticType.tp_repr, DerivedType.tp_dealloc == StaticType.tp_dealloc,
        DerivedType.tp_as_number == StaticType.tp_as_number, DerivedType.tp_free == PyObject_GC_Del, PlainType.tp_free != NULL,
        PlainType.tp_alloc == PyType_GenericAlloc);
}
static PyObject *by_token(PyObject *module, PyObject *type) {
    PyTypeObject *found = NULL;
    int status = PyType_GetBaseByToken((PyTypeObject *)type, &token_here, &found);
    if (status < 0) return NULL;
    return Py_BuildValue("(iN)", status, found ? (PyObject *)found : Py_NewRef(Py_None));
}
static PyObject *from_method(PyObject *module, PyObject *args) {
    /* from_spec(bases, kind) */
    PyObject *bases;
    const char *which;
    if (!PyArg_ParseTuple(args, "Os", &bases, &which)) return NULL;
    PyObject *base = bases == Py_None ? NULL : bases;
    if (!strcmp(which, "meta")) return PyType_FromMetaclass(NULL, module, &by_meta_spec, base);
    if (!strcmp(which, "members")) return PyType_FromSpecWithBases(&members_spec, base);
    return PyType_FromModuleAndSpec(module, &token_spec, base);
}
static PyObject *cache(PyObject *module, PyObject *args) {
    PyTypeObject *type;
    PyObject *name, *value;
    if (!PyArg_ParseTuple(args, "O!UO", &PyType_Type, &type, &name, &value)) return NULL;
    PyObject *before = _PyType_Lookup(type, name);
    before = Py_NewRef(before ? before : Py_None);
    if (PyDict_SetItem(type->tp_dict, name, value) < 0) return NULL;
    PyType_Modified(type);
    PyObject *after = _PyType_Lookup(type, name);
    PyObject *dict = PyType_GetDict(type);
    PyObject *result = Py_BuildValue("(NOi)", before, after, dict == type->tp_dict);
    Py_DECREF(dict);
    return result;
}
static PyObject *collect(PyObject *module, PyObject *unused) { return PyLong_FromLong(PyGC_Collect() >= 0); }
static PyObject *gc_state(PyObject *module, PyObject *object) {
    return Py_BuildValue("iii", PyObject_IS_GC(object), PyObject_GC_IsTracked(object), PyObject_GC_IsFinalized(object));
}

static PyMethodDef methods[] = {
    {"count", count, METH_NOARGS, NULL}, {"dealloc_count", dealloc_count, METH_NOARGS, NULL}, {"type_info", type_info, METH_O, NULL},
    {"slots_of", slots_of, METH_O, NULL}, {"same_slots", same_slots, METH_NOARGS, NULL}, {"by_token", by_token, METH_O, NULL},
    {"from_spec", from_method, METH_VARARGS, NULL}, {"cache", cache, METH_VARARGS, NULL}, {"collect", collect, METH_NOARGS, NULL},
    {"gc_state", gc_state, METH_O, NULL}, {NULL}};

static int add_static(PyObject *module, PyTypeObject *type, PyTypeObject *base) {
    if (base != NULL) type->tp_base = base;
    return PyModule_AddType(module, type);
}
static int execute(PyObject *module) {
    State *state = PyModule_GetState(module);
    state->counter = 100;
    state->types = PyList_New(0);
    SubStrType.tp_base = &PyUnicode_Type;
    if (wrap_null(module) < 0) return -1;
    if (add_static(module, &StaticType, NULL) || add_static(module, &DerivedType, NULL) || add_static(module, &SubListType, &PyList_Type) ||
        add_static(module, &SubStrType, &PyUnicode_Type) || add_static(module, &SubIntType, &PyLong_Type) || add_static(module, &SubDictType, &PyDict_Type) ||
        add_static(module, &SubErrorType, (PyTypeObject *)PyExc_ValueError) || add_static(module, &AbstractType, NULL) || add_static(module, &PlainType, NULL))
        return -1;
    PyType_Spec *specs[] = {&members_spec, &managed_spec, &offsets_spec, &variable_spec, &meta_spec, &immutable_spec, &token_spec};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        PyObject *type = PyType_FromModuleAndSpec(module, specs[i], NULL);
        if (type == NULL || PyModule_AddType(module, (PyTypeObject *)type) < 0 || PyList_Append(state->types, type) < 0) return -1;
        Py_DECREF(type);
    }
    PyObject *meta = PyObject_GetAttrString(module, "Meta");
    if (meta == NULL) return -1;
    PyObject *by_meta = PyType_FromMetaclass((PyTypeObject *)meta, module, &by_meta_spec, NULL);
    Py_DECREF(meta);
    return PyModule_Add(module, "ByMeta", by_meta);
}
static int module_traverse(PyObject *module, visitproc visit, void *arg) {
    Py_VISIT(((State *)PyModule_GetState(module))->types);
    return 0;
}
static int module_clear(PyObject *module) {
    Py_CLEAR(((State *)PyModule_GetState(module))->types);
    return 0;
}
static void module_free(void *module) { module_clear(module); }
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_USED}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext_classes", "Types.", sizeof(State), methods, slots, module_traverse, module_clear, module_free};
PyMODINIT_FUNC PyInit_ext_classes(void) { return PyModuleDef_Init(&definition); }
