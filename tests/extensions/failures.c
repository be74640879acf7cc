/* Exceptions: setting, fetching, matching, chaining, warnings, tracebacks, unraisable ones. */

#include "wrap.h"
#include <frameobject.h>
#include <errno.h>

static PyObject *set(PyObject *module, PyObject *args) {
    const char *which;
    PyObject *type, *value = NULL;
    if (!PyArg_ParseTuple(args, "sO|O", &which, &type, &value)) return NULL;
    if (!strcmp(which, "object")) PyErr_SetObject(type, value);
    else if (!strcmp(which, "none")) PyErr_SetNone(type);
    else if (!strcmp(which, "string")) PyErr_SetString(type, "text h\xc3\xa9");
    else if (!strcmp(which, "format")) PyErr_Format(type, "%s %d %R", "formatted", 5, value);
    else if (!strcmp(which, "errno")) errno = ENOENT, PyErr_SetFromErrno(type);
    else if (!strcmp(which, "filename")) errno = EACCES, PyErr_SetFromErrnoWithFilename(type, "file.txt");
    else if (!strcmp(which, "filenames")) errno = EEXIST, PyErr_SetFromErrnoWithFilenameObjects(type, value, value);
    else if (!strcmp(which, "memory")) PyErr_NoMemory();
    else if (!strcmp(which, "argument")) PyErr_BadArgument();
    else if (!strcmp(which, "import")) PyErr_SetImportError(value, PyUnicode_FromString("name"), PyUnicode_FromString("path"));
    else if (!strcmp(which, "subclass")) PyErr_SetImportErrorSubclass(type, value, PyUnicode_FromString("n"), NULL);
    else if (!strcmp(which, "raised")) PyErr_SetRaisedException(Py_NewRef(value));
    else if (!strcmp(which, "restore")) PyErr_Restore(Py_NewRef(type), Py_XNewRef(value), NULL);
    else if (!strcmp(which, "interrupt")) PyErr_SetInterrupt(), PyErr_CheckSignals();
    else if (!strcmp(which, "cause")) {
        PyErr_SetString(PyExc_KeyError, "cause");
        PyObject *cause = PyErr_GetRaisedException();
        PyErr_SetString(type, "effect");
        PyObject *effect = PyErr_GetRaisedException();
        PyException_SetCause(effect, Py_NewRef(cause));
        PyException_SetContext(effect, cause);
        PyErr_SetRaisedException(effect);
    }
    if (!PyErr_Occurred()) Py_RETURN_NONE;
    return NULL;
}

static PyObject *fetch(PyObject *module, PyObject *callable) {
    PyObject *result = PyObject_CallNoArgs(callable), *type, *value, *traceback;
    if (result != NULL) return result;
    PyObject *occurred = PyErr_Occurred();
    PyErr_Fetch(&type, &value, &traceback);
    int same = occurred == type, cleared = PyErr_Occurred() == NULL;
    PyErr_NormalizeException(&type, &value, &traceback);
    PyException_SetTraceback(value, traceback ? traceback : Py_None);
    PyObject *tb = PyException_GetTraceback(value), *cause = PyException_GetCause(value), *context = PyException_GetContext(value), *args = PyException_GetArgs(value);
    PyObject *list = Py_BuildValue("[OOiiiNNN]", type, value, same, cleared, tb == traceback, cause ? cause : Py_NewRef(Py_None), context ? context : Py_NewRef(Py_None), args);
    Py_XDECREF(tb);
    PyErr_Restore(type, value, traceback);
    PyErr_Fetch(&type, &value, &traceback);
    Py_XDECREF(type); Py_XDECREF(value); Py_XDECREF(traceback);
    return list;
}

static PyObject *matches(PyObject *module, PyObject *args) {
    PyObject *raised, *kind;
    if (!PyArg_ParseTuple(args, "OO", &raised, &kind)) return NULL;
    int given = PyErr_GivenExceptionMatches(raised, kind);
    int is_instance = PyExceptionInstance_Check(raised), is_class = PyExceptionClass_Check(raised);
    int now = -1;
    if (is_instance) {
        PyErr_SetObject((PyObject *)Py_TYPE(raised), raised);
        now = PyErr_ExceptionMatches(kind);
        PyErr_Clear();
    }
    return Py_BuildValue("iiiis", given, is_instance, is_class, now, is_class ? PyExceptionClass_Name(raised) : NULL);
}

static PyObject *handled(PyObject *module, PyObject *unused) {
    PyObject *type, *value, *traceback, *now = PyErr_GetHandledException();
    PyErr_GetExcInfo(&type, &value, &traceback);
    return Py_BuildValue("NNNN", now ? now : Py_NewRef(Py_None), type ? type : Py_NewRef(Py_None), value ? value : Py_NewRef(Py_None), PyBool_FromLong(traceback != NULL));
}

static PyObject *with_handled(PyObject *module, PyObject *args) {
    PyObject *exception, *callable;
    if (!PyArg_ParseTuple(args, "OO", &exception, &callable)) return NULL;
    PyObject *before = PyErr_GetHandledException();
    PyErr_SetHandledException(exception);
    PyObject *result = PyObject_CallNoArgs(callable);
    PyErr_SetHandledException(before);
    Py_XDECREF(before);
    return result;
}

static PyObject *make(PyObject *module, PyObject *args) {
    const char *name, *doc = NULL;
    PyObject *base = NULL, *dict = NULL;
    if (!PyArg_ParseTuple(args, "s|zOO", &name, &doc, &base, &dict)) return NULL;
    return PyErr_NewExceptionWithDoc(name, doc, base, dict);
}

static PyObject *warn(PyObject *module, PyObject *args) {
    PyObject *category;
    const char *which;
    if (!PyArg_ParseTuple(args, "sO", &which, &category)) return NULL;
    int status = !strcmp(which, "ex") ? PyErr_WarnEx(category == Py_None ? NULL : category, "warn ex", 1)
        : !strcmp(which, "format") ? PyErr_WarnFormat(category, 1, "warn %d", 7)
        : !strcmp(which, "resource") ? PyErr_ResourceWarning(module, 1, "resource %s", "x")
        : PyErr_WarnExplicit(category, "explicit", "file.py", 12, "modname", NULL);
    return status < 0 ? NULL : PyLong_FromLong(status);
}

static PyObject *unraisable(PyObject *module, PyObject *object) {
    PyErr_SetString(PyExc_ValueError, "can't be raised");
    PyErr_WriteUnraisable(object == Py_None ? NULL : object);
    PyErr_SetString(PyExc_KeyError, "formatted");
    PyErr_FormatUnraisable("Ignored here %R", object);
    return PyBool_FromLong(PyErr_Occurred() == NULL);
}

static PyObject *unicode_errors(PyObject *module, PyObject *unused) {
    PyObject *e = PyUnicodeDecodeError_Create("utf-8", "a\xff" "b", 3, 1, 2, "my reason");
    Py_ssize_t start, end;
    PyUnicodeDecodeError_GetStart(e, &start);
    PyUnicodeDecodeError_GetEnd(e, &end);
    PyUnicodeDecodeError_SetReason(e, "changed");
    return Py_BuildValue("NNNNnnN", PyObject_Repr(e), PyUnicodeDecodeError_GetEncoding(e), PyUnicodeDecodeError_GetObject(e), PyUnicodeDecodeError_GetReason(e), start, end, PyObject_Str(e));
}

static PyObject *chained(PyObject *module, PyObject *unused) {
    /* An error while another is handled in C. */
    PyErr_SetString(PyExc_ValueError, "first");
    PyObject *first = PyErr_GetRaisedException();
    PyErr_SetHandledException(first);
    PyErr_SetString(PyExc_TypeError, "second");
    PyErr_SetHandledException(NULL);
    Py_DECREF(first);
    return NULL;
}

static PyObject *deep(PyObject *module, PyObject *callable) {
    if (Py_EnterRecursiveCall(" in deep")) return NULL;
    PyObject *result = PyObject_CallOneArg(callable, callable);
    Py_LeaveRecursiveCall();
    return result;
}

static PyObject *print(PyObject *module, PyObject *value) {
    PyErr_SetObject((PyObject *)Py_TYPE(value), value);
    PyErr_Print();
    PyErr_Display(NULL, value, NULL);
    return Py_NewRef(PySys_GetObject("last_exc"));
}

static PyObject *add_traceback(PyObject *module, PyObject *unused) {
    PyObject *globals = PyDict_New();
    PyCodeObject *code = PyCode_NewEmpty("made.c", "made_function", 77);
    PyFrameObject *frame = PyFrame_New(PyThreadState_Get(), code, globals, NULL);
    PyErr_SetString(PyExc_RuntimeError, "with a frame");
    PyTraceBack_Here(frame);
    Py_DECREF(globals); Py_DECREF(code); Py_DECREF(frame);
    return NULL;
}

static PyMethodDef methods[] = {
    {"set", set, METH_VARARGS, NULL}, {"fetch", fetch, METH_O, NULL}, {"matches", matches, METH_VARARGS, NULL}, {"handled", handled, METH_NOARGS, NULL},
    {"with_handled", with_handled, METH_VARARGS, NULL}, {"make", make, METH_VARARGS, NULL}, {"warn", warn, METH_VARARGS, NULL},
    {"unraisable", unraisable, METH_O, NULL}, {"unicode_errors", unicode_errors, METH_NOARGS, NULL}, {"chained", chained, METH_NOARGS, NULL},
    {"deep", deep, METH_O, NULL}, {"print", print, METH_O, NULL}, {"add_traceback", add_traceback, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef_Slot slots[] = {{Py_mod_exec, wrap_null}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext_failures", NULL, 0, methods, slots};
PyMODINIT_FUNC PyInit_ext_failures(void) { return PyModuleDef_Init(&definition); }
