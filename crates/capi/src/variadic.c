/* The C API's variadic functions. Rust can't define these, so this file does nothing but open each argument list and hand it
   to Rust, which takes the arguments out one by one with the taipan_next_* functions. */

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef struct PyObject PyObject;
typedef ptrdiff_t Py_ssize_t;

/* An open argument list. */
typedef struct {
    va_list list;
} Arguments;

void *taipan_next_pointer(Arguments *arguments) { return va_arg(arguments->list, void *); }
int taipan_next_int(Arguments *arguments) { return va_arg(arguments->list, int); }
long long taipan_next_long(Arguments *arguments) { return va_arg(arguments->list, long long); }
double taipan_next_double(Arguments *arguments) { return va_arg(arguments->list, double); }

/* Rust's side. */
PyObject *_PyTuple_FromArray(PyObject *const *items, Py_ssize_t count);
void Py_DecRef(PyObject *object);
int taipan_parse(PyObject *argument, const char *format, int single, Arguments *arguments);
int taipan_parse_keywords(PyObject *args, PyObject *kwargs, const char *format, const char *const *keywords, Arguments *arguments);
int taipan_parse_prepared(PyObject *args, PyObject *kwargs, void *parser, Arguments *arguments);
int taipan_unpack_tuple(PyObject *args, const char *name, Py_ssize_t min, Py_ssize_t max, Arguments *arguments);
PyObject *taipan_build_value(const char *format, Arguments *arguments);
PyObject *taipan_format_str(const char *format, Arguments *arguments);
PyObject *taipan_format_bytes(const char *format, Arguments *arguments);
int taipan_format_writer(void *writer, const char *format, Arguments *arguments);
PyObject *taipan_err_format(PyObject *exception, const char *format, Arguments *arguments);
PyObject *taipan_err_format_from_cause(PyObject *exception, const char *format, Arguments *arguments);
void taipan_err_format_unraisable(const char *format, Arguments *arguments);
int taipan_warn_format(PyObject *category, Py_ssize_t stack_level, PyObject *source, const char *format, Arguments *arguments);
int taipan_warn_explicit_format(PyObject *category, const char *filename, int lineno, const char *module, PyObject *registry,
                                const char *format, Arguments *arguments);
PyObject *taipan_call_function(PyObject *callable, const char *format, Arguments *arguments);
PyObject *taipan_call_method(PyObject *object, const char *name, const char *format, Arguments *arguments);
PyObject *taipan_call_function_objects(PyObject *callable, Arguments *arguments);
PyObject *taipan_call_method_objects(PyObject *object, PyObject *name, Arguments *arguments);
PyObject *taipan_tuple_pack(Py_ssize_t size, Arguments *arguments);
int taipan_audit(const char *event, const char *format, Arguments *arguments);
void taipan_sys_write(const char *stream, const char *text);
void taipan_sys_format(const char *stream, const char *format, Arguments *arguments);

/* Opens the list behind `last` and leaves the value of `call`, in which the list is `&arguments`. */
#define FORWARD(type, last, call)         \
    Arguments arguments;                  \
    va_start(arguments.list, last);       \
    type result = call;                   \
    va_end(arguments.list);               \
    return result

/* The same for a list that the caller opened, which stays as it is. */
#define FORWARD_LIST(type, list_, call)   \
    Arguments arguments;                  \
    va_copy(arguments.list, list_);       \
    type result = call;                   \
    va_end(arguments.list);               \
    return result

#define FORWARD_VOID(last, call)          \
    Arguments arguments;                  \
    va_start(arguments.list, last);       \
    call;                                 \
    va_end(arguments.list)

/* Arguments of a call from Python. The _SizeT names are from when PY_SSIZE_T_CLEAN made a difference. */

#define PARSE(name)                                                                         \
    EXPORT int name(PyObject *args, const char *format, ...) {                              \
        FORWARD(int, format, taipan_parse(args, format, 0, &arguments));                    \
    }
PARSE(PyArg_ParseTuple)
PARSE(_PyArg_ParseTuple_SizeT)

#define PARSE_SINGLE(name)                                                                  \
    EXPORT int name(PyObject *argument, const char *format, ...) {                          \
        FORWARD(int, format, taipan_parse(argument, format, 1, &arguments));                \
    }
PARSE_SINGLE(PyArg_Parse)
PARSE_SINGLE(_PyArg_Parse_SizeT)

#define PARSE_LIST(name)                                                                    \
    EXPORT int name(PyObject *args, const char *format, va_list list) {                     \
        FORWARD_LIST(int, list, taipan_parse(args, format, 0, &arguments));                 \
    }
PARSE_LIST(PyArg_VaParse)
PARSE_LIST(_PyArg_VaParse_SizeT)

#define PARSE_KEYWORDS(name)                                                                            \
    EXPORT int name(PyObject *args, PyObject *kwargs, const char *format, const char *const *keywords, ...) { \
        FORWARD(int, keywords, taipan_parse_keywords(args, kwargs, format, keywords, &arguments));      \
    }
PARSE_KEYWORDS(PyArg_ParseTupleAndKeywords)
PARSE_KEYWORDS(_PyArg_ParseTupleAndKeywords_SizeT)

#define PARSE_KEYWORDS_LIST(name)                                                                       \
    EXPORT int name(PyObject *args, PyObject *kwargs, const char *format, const char *const *keywords,  \
                    va_list list) {                                                                     \
        FORWARD_LIST(int, list, taipan_parse_keywords(args, kwargs, format, keywords, &arguments));     \
    }
PARSE_KEYWORDS_LIST(PyArg_VaParseTupleAndKeywords)
PARSE_KEYWORDS_LIST(_PyArg_VaParseTupleAndKeywords_SizeT)

EXPORT int _PyArg_ParseTupleAndKeywordsFast(PyObject *args, PyObject *kwargs, void *parser, ...) {
    FORWARD(int, parser, taipan_parse_prepared(args, kwargs, parser, &arguments));
}

EXPORT int _PyArg_ParseStack(PyObject *const *args, Py_ssize_t count, const char *format, ...) {
    PyObject *tuple = _PyTuple_FromArray(args, count);
    if (tuple == NULL) {
        return 0;
    }
    Arguments arguments;
    va_start(arguments.list, format);
    int result = taipan_parse(tuple, format, 0, &arguments);
    va_end(arguments.list);
    Py_DecRef(tuple);
    return result;
}

EXPORT int PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t min, Py_ssize_t max, ...) {
    FORWARD(int, max, taipan_unpack_tuple(args, name, min, max, &arguments));
}

/* Building values. */

#define BUILD(name)                                                                         \
    EXPORT PyObject *name(const char *format, ...) {                                        \
        FORWARD(PyObject *, format, taipan_build_value(format, &arguments));                \
    }
BUILD(Py_BuildValue)
BUILD(_Py_BuildValue_SizeT)

#define BUILD_LIST(name)                                                                    \
    EXPORT PyObject *name(const char *format, va_list list) {                               \
        FORWARD_LIST(PyObject *, list, taipan_build_value(format, &arguments));             \
    }
BUILD_LIST(Py_VaBuildValue)
BUILD_LIST(_Py_VaBuildValue_SizeT)

EXPORT PyObject *PyTuple_Pack(Py_ssize_t size, ...) {
    FORWARD(PyObject *, size, taipan_tuple_pack(size, &arguments));
}

/* Formatting. */

EXPORT PyObject *PyUnicode_FromFormat(const char *format, ...) {
    FORWARD(PyObject *, format, taipan_format_str(format, &arguments));
}

EXPORT PyObject *PyUnicode_FromFormatV(const char *format, va_list list) {
    FORWARD_LIST(PyObject *, list, taipan_format_str(format, &arguments));
}

EXPORT int PyUnicodeWriter_Format(void *writer, const char *format, ...) {
    FORWARD(int, format, taipan_format_writer(writer, format, &arguments));
}

EXPORT PyObject *PyBytes_FromFormat(const char *format, ...) {
    FORWARD(PyObject *, format, taipan_format_bytes(format, &arguments));
}

EXPORT PyObject *PyBytes_FromFormatV(const char *format, va_list list) {
    FORWARD_LIST(PyObject *, list, taipan_format_bytes(format, &arguments));
}

EXPORT int PyOS_vsnprintf(char *text, size_t size, const char *format, va_list list) {
    if (size > 0x7fffffff - 1) {
        if (size > 0) {
            text[0] = '\0';
        }
        return -666;
    }
    int written = vsnprintf(text, size, format, list);
    if (size > 0) {
        text[size - 1] = '\0';
    }
    return written;
}

EXPORT int PyOS_snprintf(char *text, size_t size, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int written = PyOS_vsnprintf(text, size, format, list);
    va_end(list);
    return written;
}

/* Errors and warnings. */

#define ERR_FORMAT(name)                                                                    \
    EXPORT PyObject *name(PyObject *exception, const char *format, ...) {                   \
        FORWARD(PyObject *, format, taipan_err_format(exception, format, &arguments));      \
    }
ERR_FORMAT(PyErr_Format)

EXPORT PyObject *_PyErr_FormatFromCause(PyObject *exception, const char *format, ...) {
    FORWARD(PyObject *, format, taipan_err_format_from_cause(exception, format, &arguments));
}

EXPORT PyObject *PyErr_FormatV(PyObject *exception, const char *format, va_list list) {
    FORWARD_LIST(PyObject *, list, taipan_err_format(exception, format, &arguments));
}

EXPORT void PyErr_FormatUnraisable(const char *format, ...) {
    FORWARD_VOID(format, taipan_err_format_unraisable(format, &arguments));
}

EXPORT int PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...) {
    FORWARD(int, format, taipan_warn_format(category, stack_level, NULL, format, &arguments));
}

EXPORT int PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...) {
    extern PyObject *PyExc_ResourceWarning;
    FORWARD(int, format, taipan_warn_format(PyExc_ResourceWarning, stack_level, source, format, &arguments));
}

EXPORT int PyErr_WarnExplicitFormat(PyObject *category, const char *filename, int lineno, const char *module,
                                    PyObject *registry, const char *format, ...) {
    FORWARD(int, format,
            taipan_warn_explicit_format(category, filename, lineno, module, registry, format, &arguments));
}

/* Calls. */

#define CALL_FUNCTION(name)                                                                 \
    EXPORT PyObject *name(PyObject *callable, const char *format, ...) {                    \
        FORWARD(PyObject *, format, taipan_call_function(callable, format, &arguments));    \
    }
CALL_FUNCTION(PyObject_CallFunction)
CALL_FUNCTION(PyEval_CallFunction)
CALL_FUNCTION(_PyObject_CallFunction_SizeT)

#define CALL_METHOD(function)                                                                       \
    EXPORT PyObject *function(PyObject *object, const char *name, const char *format, ...) {        \
        FORWARD(PyObject *, format, taipan_call_method(object, name, format, &arguments));          \
    }
CALL_METHOD(PyObject_CallMethod)
CALL_METHOD(PyEval_CallMethod)
CALL_METHOD(_PyObject_CallMethod_SizeT)

EXPORT PyObject *_PyObject_CallMethodId(PyObject *object, const char *const *identifier, const char *format, ...) {
    FORWARD(PyObject *, format, taipan_call_method(object, *identifier, format, &arguments));
}

EXPORT PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...) {
    FORWARD(PyObject *, callable, taipan_call_function_objects(callable, &arguments));
}

EXPORT PyObject *PyObject_CallMethodObjArgs(PyObject *object, PyObject *name, ...) {
    FORWARD(PyObject *, name, taipan_call_method_objects(object, name, &arguments));
}

/* sys. */

EXPORT int PySys_Audit(const char *event, const char *format, ...) {
    FORWARD(int, format, taipan_audit(event, format, &arguments));
}

/* printf to one of Python's streams, at most 1000 bytes of it. */
static void sys_write(const char *stream, const char *format, va_list list) {
    char text[1001];
    int written = PyOS_vsnprintf(text, sizeof text, format, list);
    taipan_sys_write(stream, text);
    if (written < 0 || (size_t)written >= sizeof text) {
        taipan_sys_write(stream, "... truncated");
    }
}

#define SYS_WRITE(name, stream)                          \
    EXPORT void name(const char *format, ...) {          \
        va_list list;                                    \
        va_start(list, format);                          \
        sys_write(stream, format, list);                 \
        va_end(list);                                    \
    }
SYS_WRITE(PySys_WriteStdout, "stdout")
SYS_WRITE(PySys_WriteStderr, "stderr")

EXPORT void PySys_FormatStdout(const char *format, ...) {
    FORWARD_VOID(format, taipan_sys_format("stdout", format, &arguments));
}

EXPORT void PySys_FormatStderr(const char *format, ...) {
    FORWARD_VOID(format, taipan_sys_format("stderr", format, &arguments));
}
