/* Buffers, capsules, weak references, memory, threads and the GIL, contexts, the interpreter's state, evaluation, modules, dates,
   struct sequences, files. */

#include "wrap.h"
#include <datetime.h>
#include <pthread.h>
#include <stddef.h>

/* Buffers taken. */
static PyObject *take(PyObject *module, PyObject *args) {
    PyObject *object;
    int flags;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "Oi", &object, &flags)) return NULL;
    if (PyObject_GetBuffer(object, &view, flags) < 0) return NULL;
    PyObject *shape = Py_NewRef(Py_None), *strides = Py_NewRef(Py_None);
    if (view.shape) {
        shape = PyTuple_New(view.ndim);
        for (int i = 0; i < view.ndim; i++) PyTuple_SET_ITEM(shape, i, PyLong_FromSsize_t(view.shape[i]));
    }
    if (view.strides) {
        strides = PyTuple_New(view.ndim);
        for (int i = 0; i < view.ndim; i++) PyTuple_SET_ITEM(strides, i, PyLong_FromSsize_t(view.strides[i]));
    }
    char flat[64];
    Py_ssize_t size = view.len < 64 ? view.len : 64;
    int copied = PyBuffer_ToContiguous(flat, &view, view.len < 64 ? view.len : 0, 'C');
    if (copied < 0) PyErr_Clear(), size = 0;
    PyObject *result = Py_BuildValue("(ninsiNNy#iiiO)", view.len, view.ndim, view.itemsize, view.format, view.readonly, shape, strides, flat, size,
        PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'), PyBuffer_IsContiguous(&view, 'A'), view.obj);
    PyBuffer_Release(&view);
    return result;
}

/* A buffer given: a matrix of 16-bit numbers. */
typedef struct {
    PyObject_HEAD
    short data[2][3];
    Py_ssize_t shape[2], strides[2];
    int exports;
} Matrix;
static int matrix_get(Matrix *self, Py_buffer *view, int flags) {
    for (int i = 0; i < 6; i++) if (self->exports == 0 && self->data[i / 3][i % 3] == 0) self->data[i / 3][i % 3] = i * 100 - 50;
    self->shape[0] = 2, self->shape[1] = 3, self->strides[0] = 6, self->strides[1] = 2;
    *view = (Py_buffer){.buf = self->data, .obj = Py_NewRef(self), .len = 12, .itemsize = 2, .ndim = 2, .format = flags & PyBUF_FORMAT ? "h" : NULL,
        .shape = self->shape, .strides = self->strides};
    self->exports++;
    return 0;
}
static void matrix_release(Matrix *self, Py_buffer *view) { self->exports--; }
static PyMemberDef matrix_members[] = {{"exports", Py_T_INT, offsetof(Matrix, exports), Py_READONLY, NULL}, {NULL}};
static PyType_Slot matrix_slots[] = {{Py_bf_getbuffer, matrix_get}, {Py_bf_releasebuffer, matrix_release}, {Py_tp_members, matrix_members}, {0, NULL}};
static PyType_Spec matrix_spec = {"ext_lifetimes.Matrix", sizeof(Matrix), 0, Py_TPFLAGS_DEFAULT, matrix_slots};

static PyObject *views(PyObject *module, PyObject *object) {
    static char memory[] = "static memory";
    PyObject *a = PyMemoryView_FromMemory(memory, 6, PyBUF_READ), *b = PyMemoryView_FromObject(object), *c = PyMemoryView_GetContiguous(object, PyBUF_READ, 'C');
    if (!a || !b || !c) return NULL;
    Py_buffer *view = PyMemoryView_GET_BUFFER(b);
    return Py_BuildValue("NNNii", PyObject_Bytes(a), PyObject_CallMethod(b, "tolist", NULL), PyObject_CallMethod(c, "tobytes", NULL), view->ndim, PyObject_CheckBuffer(object));
}

/* Capsules. */
static int destroyed = 0;
static void destroy(PyObject *capsule) { destroyed += PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule)) != NULL; }
static PyObject *capsules(PyObject *module, PyObject *unused) {
    static int data = 5, more = 6;
    PyObject *capsule = PyCapsule_New(&data, "ext.name", destroy);
    int valid = PyCapsule_IsValid(capsule, "ext.name"), invalid = PyCapsule_IsValid(capsule, "other");
    void *wrong = PyCapsule_GetPointer(capsule, "other");
    PyObject *error = PyErr_GetRaisedException();
    PyCapsule_SetContext(capsule, &more);
    int context = PyCapsule_GetContext(capsule) == &more, pointer = *(int *)PyCapsule_GetPointer(capsule, "ext.name");
    PyCapsule_SetPointer(capsule, &more);
    int changed = *(int *)PyCapsule_GetPointer(capsule, "ext.name"), exact = PyCapsule_CheckExact(capsule);
    Py_DECREF(capsule);
    PyObject *null = PyCapsule_New(NULL, NULL, NULL);
    PyObject *error2 = PyErr_GetRaisedException();
    return Py_BuildValue("iiiNiiiiiN", valid, invalid, wrong == NULL, error, context, pointer, changed, exact, destroyed + (null != NULL), error2);
}
static PyObject *import_capsule(PyObject *module, PyObject *name) {
    const char *text = PyUnicode_AsUTF8(name);
    void *pointer = PyCapsule_Import(text, 0);
    return pointer ? PyLong_FromLong(*(int *)pointer) : NULL;
}

/* Weak references. */
static PyObject *weak(PyObject *module, PyObject *args) {
    PyObject *object, *callback;
    if (!PyArg_ParseTuple(args, "OO", &object, &callback)) return NULL;
    PyObject *reference = PyWeakref_NewRef(object, callback == Py_None ? NULL : callback);
    if (reference == NULL) return NULL;
    PyObject *found, *proxy = PyWeakref_NewProxy(object, NULL);
    int status = PyWeakref_GetRef(reference, &found);
    int same = found == object;
    Py_XDECREF(found);
    return Py_BuildValue("(NNiiiii)", reference, proxy, status, same, PyWeakref_Check(reference), PyWeakref_CheckProxy(proxy), PyWeakref_IsDead(reference));
}

/* Memory. */
static PyObject *memory(PyObject *module, PyObject *unused) {
    char *a = PyMem_Malloc(10), *b = PyMem_Calloc(4, 4), *c = PyMem_RawMalloc(0), *d = PyObject_Malloc(100), *e = PyMem_New(char, 20);
    memset(a, 'a', 10);
    a = PyMem_Realloc(a, 1000);
    int kept = a[9] == 'a', zero = b[15] == 0, given = c != NULL;
    d = PyObject_Realloc(d, 200);
    PyMem_Resize(e, char, 40);
    PyMem_Free(a), PyMem_Free(b), PyMem_RawFree(c), PyObject_Free(d), PyMem_Free(e), PyMem_Free(NULL);
    return Py_BuildValue("iii", kept, zero, given);
}

/* Threads and the GIL. */
typedef struct {
    PyObject *list;
    int states[3];
} Work;
static void *work(void *argument) {
    Work *work = argument;
    work->states[0] = PyGILState_Check();
    PyGILState_STATE state = PyGILState_Ensure(), again = PyGILState_Ensure();
    work->states[1] = PyGILState_Check() * 10 + (again == PyGILState_LOCKED);
    PyObject *item = PyUnicode_FromString("from a thread");
    PyList_Append(work->list, item);
    Py_DECREF(item);
    PyErr_SetString(PyExc_ValueError, "only here");
    PyErr_Clear();
    PyGILState_Release(again);
    PyGILState_Release(state);
    work->states[2] = PyGILState_Check();
    return NULL;
}
static PyObject *threads(PyObject *module, PyObject *list) {
    Work data = {list, {9, 9, 9}};
    pthread_t thread;
    pthread_create(&thread, NULL, work, &data);
    Py_BEGIN_ALLOW_THREADS
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    PyThread_type_lock lock = PyThread_allocate_lock();
    int locked = PyThread_acquire_lock(lock, WAIT_LOCK), second = PyThread_acquire_lock(lock, NOWAIT_LOCK);
    PyThread_release_lock(lock);
    PyThread_free_lock(lock);
    Py_tss_t key = Py_tss_NEEDS_INIT;
    PyThread_tss_create(&key);
    PyThread_tss_set(&key, &data);
    int found = PyThread_tss_get(&key) == &data;
    PyThread_tss_delete(&key);
    PyMutex mutex = {0};
    PyMutex_Lock(&mutex);
    PyMutex_Unlock(&mutex);
    PyObject *dict = PyThreadState_GetDict();
    return Py_BuildValue("iiiiiiiii", data.states[0], data.states[1], data.states[2], PyGILState_Check(), locked, second, found, PyDict_Check(dict),
        PyThreadState_Get() == PyGILState_GetThisThreadState());
}

/* The public fields of the thread's state, as generated code uses them. */
static PyObject *fields(PyObject *module, PyObject *unused) {
    PyThreadState *state = PyThreadState_Get();
    int before = state->current_exception == NULL;
    PyErr_SetString(PyExc_KeyError, "in the field");
    PyObject *raised = state->current_exception;
    state->current_exception = NULL;
    int clear = PyErr_Occurred() == NULL;
    state->current_exception = raised;
    int set = PyErr_ExceptionMatches(PyExc_KeyError);
    PyErr_Clear();
    PyObject *handled = NULL;
    for (_PyErr_StackItem *item = state->exc_info; item != NULL; item = item->previous_item)
        if (item->exc_value != NULL && item->exc_value != Py_None) { handled = item->exc_value; break; }
    return Py_BuildValue("iiiOi", before, clear, set, handled ? handled : Py_None, state->interp == PyInterpreterState_Get());
}

/* Contexts. */
static PyObject *contexts(PyObject *module, PyObject *unused) {
    PyObject *variable = PyContextVar_New("variable", Py_Ellipsis), *bare = PyContextVar_New("bare", NULL), *value;
    PyObject *list = PyList_New(0);
#define GET(variable, default_)                                     \
    do {                                                            \
        if (PyContextVar_Get(variable, default_, &value) < 0) return NULL; \
        PyList_Append(list, value ? value : Py_None);               \
        Py_XDECREF(value);                                          \
    } while (0)
    GET(variable, NULL);
    GET(variable, Py_True);
    GET(bare, NULL);
    GET(bare, Py_False);
    PyObject *context = PyContext_CopyCurrent();
    if (PyContext_Enter(context) < 0) return NULL;
    PyObject *token = PyContextVar_Set(variable, Py_NotImplemented);
    GET(variable, NULL);
    PyContextVar_Reset(variable, token);
    GET(variable, NULL);
    Py_DECREF(PyContextVar_Set(bare, Py_None));
    if (PyContext_Exit(context) < 0) return NULL;
    GET(bare, Py_False);
    return Py_BuildValue("Niii", list, PyContext_CheckExact(context), PyContextVar_CheckExact(variable), PyContextToken_CheckExact(token));
}

/* Evaluation and modules. */
static PyObject *evaluate(PyObject *module, PyObject *unused) {
    PyObject *globals = PyDict_New();
    PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins());
    PyObject *one = PyRun_String("6 * 7", Py_eval_input, globals, globals);
    PyObject *two = PyRun_String("def f(x):\n    return x + 1\ny = f(10)\n", Py_file_input, globals, globals);
    PyObject *code = Py_CompileString("y * 2", "<string>", Py_eval_input);
    PyObject *three = PyEval_EvalCode(code, globals, NULL);
    PyObject *bad = Py_CompileString("1 +", "<string>", Py_eval_input);
    PyObject *raised = PyErr_GetRaisedException();
    PyObject *frame = (PyObject *)PyEval_GetFrame();
    PyObject *frame_code = frame ? (PyObject *)PyFrame_GetCode((PyFrameObject *)frame) : NULL;
    PyObject *name = frame_code ? PyObject_GetAttrString(frame_code, "co_name") : Py_NewRef(Py_None);
    return Py_BuildValue("NNNNiNNiN", one, two, three, PyMapping_GetItemString(globals, "y"), bad == NULL, PyObject_Type(raised), name,
        frame ? PyFrame_GetLineNumber((PyFrameObject *)frame) > 0 : -1, PyBool_FromLong(PyEval_GetGlobals() != NULL));
}
static PyObject *imports(PyObject *module, PyObject *unused) {
    PyObject *math = PyImport_ImportModule("math"), *none = PyImport_ImportModule("no.such.module");
    PyObject *raised = PyErr_GetRaisedException(), *added = PyImport_AddModuleRef("ext_added"), *again = PyImport_AddModuleRef("ext_added");
    PyObject *modules = PyImport_GetModuleDict(), *found = PyImport_GetModule(PyUnicode_FromString("ext_added"));
    PyObject *from = PyImport_ImportModuleLevel("os.path", NULL, NULL, NULL, 0), *attribute = PyImport_ImportModuleAttrString("math", "pi");
    return Py_BuildValue("NiNiiiNN", math, none == NULL, raised, added == again, found == added, PyDict_Contains(modules, PyUnicode_FromString("ext_added")), from, attribute);
}
static PyObject *system_(PyObject *module, PyObject *unused) {
    PyObject *object = PySys_GetObject("byteorder"), *missing = PySys_GetObject("no_such_thing");
    PySys_SetObject("ext_value", Py_Ellipsis);
    PyObject *back = PySys_GetObject("ext_value");
    PySys_SetObject("ext_value", NULL);
    PySys_WriteStdout("written %d %s\n", 5, "text");
    PyObject *out = PySys_GetObject("stdout");
    PyFile_WriteString("to a file\n", out);
    PyFile_WriteObject(object, out, Py_PRINT_RAW);
    PyFile_WriteObject(object, out, 0);
    PyFile_WriteString("\n", out);
    PyOS_snprintf((char[20]){0}, 20, "%d", 1);
    return Py_BuildValue("OiiiN", back, missing == NULL, Py_IsInitialized(), Py_Version >> 16 == 0x30e, PyBool_FromLong(strstr(Py_GetVersion(), "3.14") != NULL));
}

/* Dates. */
static PyObject *dates(PyObject *module, PyObject *unused) {
    PyDateTime_IMPORT;
    if (PyDateTimeAPI == NULL) return NULL;
    PyObject *date = PyDate_FromDate(2024, 2, 29), *moment = PyDateTime_FromDateAndTime(2024, 12, 31, 23, 59, 58, 123456), *time = PyTime_FromTime(1, 2, 3, 4),
             *delta = PyDelta_FromDSU(-1, 86399, 5), *folded = PyDateTime_FromDateAndTimeAndFold(2000, 1, 1, 0, 0, 0, 0, 1);
    if (!date || !moment || !time || !delta || !folded) return NULL;
    PyObject *zone = PyTimeZone_FromOffset(delta), *utc = PyDateTime_TimeZone_UTC;
    PyObject *aware = PyDateTimeAPI->DateTime_FromDateAndTime(1, 2, 3, 4, 5, 6, 7, utc, PyDateTimeAPI->DateTimeType);
    PyObject *bad = PyDate_FromDate(2023, 2, 29), *raised = PyErr_GetRaisedException();
    PyObject *arguments = Py_BuildValue("(iO)", 86400, utc), *stamp = PyDateTime_FromTimestamp(arguments);
    return Py_BuildValue("NNNN(iii)(iiiiiiii)(iiii)(iii)(iiiii)NNNiNNi", date, moment, time, delta, PyDateTime_GET_YEAR(date), PyDateTime_GET_MONTH(date), PyDateTime_GET_DAY(date),
        PyDateTime_GET_YEAR(moment), PyDateTime_DATE_GET_HOUR(moment), PyDateTime_DATE_GET_MINUTE(moment), PyDateTime_DATE_GET_SECOND(moment),
        PyDateTime_DATE_GET_MICROSECOND(moment), PyDateTime_DATE_GET_TZINFO(moment) == Py_None, PyDateTime_DATE_GET_FOLD(folded), PyDateTime_GET_DAY(moment),
        PyDateTime_TIME_GET_HOUR(time), PyDateTime_TIME_GET_MINUTE(time), PyDateTime_TIME_GET_SECOND(time), PyDateTime_TIME_GET_MICROSECOND(time),
        PyDateTime_DELTA_GET_DAYS(delta), PyDateTime_DELTA_GET_SECONDS(delta), PyDateTime_DELTA_GET_MICROSECONDS(delta),
        PyDate_Check(moment), PyDate_CheckExact(moment), PyDateTime_Check(moment), PyTime_Check(time), PyDelta_Check(delta),
        zone, aware, raised, bad == NULL, stamp, PyObject_Str(utc), PyDateTime_DATE_GET_TZINFO(aware) == utc);
}

/* Struct sequences. */
static PyStructSequence_Field sequence_fields[] = {{"first", "The first."}, {"second", NULL}, {"hidden", "Not shown."}, {NULL}};
static PyStructSequence_Desc sequence_description = {"ext_lifetimes.Sequence", "Three fields.", sequence_fields, 2};
static PyTypeObject StaticSequence;
static PyObject *sequences(PyObject *module, PyObject *unused) {
    PyTypeObject *type = PyStructSequence_NewType(&sequence_description);
    if (type == NULL || PyStructSequence_InitType2(&StaticSequence, &sequence_description) < 0) return NULL;
    PyObject *a = PyStructSequence_New(type), *b = PyStructSequence_New(&StaticSequence);
    for (int i = 0; i < 3; i++) {
        PyStructSequence_SetItem(a, i, PyLong_FromLong(i));
        PyStructSequence_SET_ITEM(b, i, PyLong_FromLong(i * 10));
    }
    return Py_BuildValue("NNNNNOO", a, b, PyObject_GetAttrString(a, "hidden"), PyObject_GetAttrString(b, "second"), PyObject_GetAttrString((PyObject *)&StaticSequence, "n_fields"),
        PyStructSequence_GetItem(a, 2), PyStructSequence_GET_ITEM(b, 0));
}

static PyMethodDef methods[] = {
    {"take", take, METH_VARARGS, NULL}, {"views", views, METH_O, NULL}, {"capsules", capsules, METH_NOARGS, NULL}, {"import_capsule", import_capsule, METH_O, NULL},
    {"weak", weak, METH_VARARGS, NULL}, {"memory", memory, METH_NOARGS, NULL}, {"threads", threads, METH_O, NULL}, {"fields", fields, METH_NOARGS, NULL},
    {"contexts", contexts, METH_NOARGS, NULL}, {"evaluate", evaluate, METH_NOARGS, NULL}, {"imports", imports, METH_NOARGS, NULL}, {"system", system_, METH_NOARGS, NULL},
    {"dates", dates, METH_NOARGS, NULL}, {"sequences", sequences, METH_NOARGS, NULL}, {NULL}};
static int execute(PyObject *module) {
    static int exported = 77;
    if (wrap_null(module) < 0) return -1;
    if (PyModule_Add(module, "_API", PyCapsule_New(&exported, "ext_lifetimes._API", NULL)) < 0) return -1;
    return PyModule_Add(module, "Matrix", PyType_FromModuleAndSpec(module, &matrix_spec, NULL));
}
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext_lifetimes", NULL, 0, methods, slots};
PyMODINIT_FUNC PyInit_ext_lifetimes(void) { return PyModuleDef_Init(&definition); }
