/* Wraps C API functions as Python functions of the same name, by the kinds of their result and arguments, so that a program
   can call them with anything. `NULL` in Python stands for a null pointer; a null result without an exception is shown. */

#ifndef WRAP_H
#define WRAP_H

#include <Python.h>

static PyObject *null_marker;

static inline PyObject *object_of(PyObject *argument) { return argument == null_marker ? NULL : argument; }

static inline int failed(void) { return PyErr_Occurred() != NULL; }

static inline PyObject *from_object(PyObject *result) {
    if (result == NULL && !failed()) return PyUnicode_FromString("<NULL>");
    return result;
}
static inline PyObject *from_borrowed(PyObject *result) { return from_object(Py_XNewRef(result)); }
static inline PyObject *from_long(long long result) {
    if (failed()) {
        if (result != -1) PyErr_Format(PyExc_AssertionError, "error is set but the result is %lld", result);
        return NULL;
    }
    return PyLong_FromLongLong(result);
}
static inline PyObject *from_unsigned(unsigned long long result) {
    if (failed()) {
        if (result != (unsigned long long)-1 && result != (unsigned long)-1)
            PyErr_Format(PyExc_AssertionError, "error is set but the result is %llu", result);
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(result);
}
static inline PyObject *from_double(double result) {
    if (failed()) {
        if (result != -1.0) PyErr_SetString(PyExc_AssertionError, "error is set but the result isn't -1.0");
        return NULL;
    }
    return PyFloat_FromDouble(result);
}
static inline PyObject *from_text(const char *result) {
    if (result == NULL) return failed() ? NULL : PyUnicode_FromString("<NULL>");
    return PyBytes_FromString(result);
}

static inline Py_ssize_t as_size(PyObject *o) { return PyLong_AsSsize_t(o); }
static inline long as_int(PyObject *o) { return PyLong_AsLong(o); }
static inline const char *as_text(PyObject *o) {
    return o == null_marker ? NULL : PyBytes_Check(o) ? PyBytes_AsString(o) : PyUnicode_AsUTF8(o);
}

#define A_O(n) object_of(args[n])
#define A_N(n) as_size(args[n])
#define A_I(n) (int)as_int(args[n])
#define A_L(n) as_int(args[n])
#define A_D(n) PyFloat_AsDouble(args[n])
#define A_S(n) as_text(args[n])

#define R_O(x) from_object(x)
#define R_B(x) from_borrowed(x)
#define R_I(x) from_long(x)
#define R_U(x) from_unsigned(x)
#define R_D(x) from_double(x)
#define R_S(x) from_text(x)
#define R_V(x) ((x), failed() ? NULL : Py_NewRef(Py_None))

#define FUNCTION(name, count, expression)                                                            \
    static PyObject *wrap_##name(PyObject *module, PyObject *const *args, Py_ssize_t given) {        \
        if (given != count) return PyErr_Format(PyExc_TypeError, #name " takes %d arguments", count); \
        return expression;                                                                           \
    }
#define W0(name, r) FUNCTION(name, 0, R_##r(name()))
#define W1(name, r, a) FUNCTION(name, 1, R_##r(name(A_##a(0))))
#define W2(name, r, a, b) FUNCTION(name, 2, R_##r(name(A_##a(0), A_##b(1))))
#define W3(name, r, a, b, c) FUNCTION(name, 3, R_##r(name(A_##a(0), A_##b(1), A_##c(2))))
#define W4(name, r, a, b, c, d) FUNCTION(name, 4, R_##r(name(A_##a(0), A_##b(1), A_##c(2), A_##d(3))))

#define ENTRY(name) {#name, (PyCFunction)(void (*)(void))wrap_##name, METH_FASTCALL, NULL},
#define E0(name, r) ENTRY(name)
#define E1(name, r, a) ENTRY(name)
#define E2(name, r, a, b) ENTRY(name)
#define E3(name, r, a, b, c) ENTRY(name)
#define E4(name, r, a, b, c, d) ENTRY(name)

/* Every module of these tests has `NULL`; `wrap_null` puts it there. */
static inline int wrap_null(PyObject *module) {
    null_marker = PyUnicode_InternFromString("<NULL argument>");
    return null_marker == NULL ? -1 : PyModule_AddObjectRef(module, "NULL", null_marker);
}

#endif
