/* The abstract object, number, sequence, mapping and iterator protocols, and the containers, function by function. */

#include "wrap.h"

#define LIST(W1, W2, W3, W4)                                                                         \
    W1(PyObject_Repr, O, O) W1(PyObject_Str, O, O) W1(PyObject_ASCII, O, O) W1(PyObject_Bytes, O, O) \
    W1(PyObject_Hash, I, O) W1(PyObject_HashNotImplemented, I, O) W1(PyObject_IsTrue, I, O)          \
    W1(PyObject_Not, I, O) W1(PyObject_Type, O, O) W1(PyObject_Size, I, O) \
    W2(PyObject_LengthHint, I, O, N) W1(PyObject_Dir, O, O) W1(PyObject_GetIter, O, O)               \
    W1(PyObject_GetAIter, O, O) W1(PyObject_SelfIter, O, O) W1(PyCallable_Check, I, O)               \
    W2(PyObject_GetAttr, O, O, O) W2(PyObject_GetAttrString, O, O, S) W2(PyObject_HasAttr, I, O, O)  \
    W2(PyObject_HasAttrString, I, O, S) W2(PyObject_HasAttrWithError, I, O, O)                       \
    W2(PyObject_HasAttrStringWithError, I, O, S) W3(PyObject_SetAttr, I, O, O, O)                    \
    W3(PyObject_SetAttrString, I, O, S, O) W2(PyObject_DelAttr, I, O, O)                             \
    W2(PyObject_DelAttrString, I, O, S) W2(PyObject_GenericGetAttr, O, O, O)                         \
    W3(PyObject_GenericSetAttr, I, O, O, O) W3(PyObject_RichCompare, O, O, O, I)                     \
    W3(PyObject_RichCompareBool, I, O, O, I) W2(PyObject_Format, O, O, O)                            \
    W2(PyObject_GetItem, O, O, O) W3(PyObject_SetItem, I, O, O, O) W2(PyObject_DelItem, I, O, O)     \
    W2(PyObject_DelItemString, I, O, S) W2(PyObject_IsInstance, I, O, O)                             \
    W2(PyObject_IsSubclass, I, O, O) W3(PyObject_Call, O, O, O, O) W2(PyObject_CallObject, O, O, O)  \
    W1(PyObject_CallNoArgs, O, O) W2(PyObject_CallOneArg, O, O, O)                                   \
    W2(PyObject_CallMethodNoArgs, O, O, O) W3(PyObject_CallMethodOneArg, O, O, O, O)                 \
    W1(PyObject_AsFileDescriptor, I, O) W2(PyObject_GenericGetDict_, O, O, O)                            \
    W1(PyIter_Check, I, O) W1(PyIter_Next, O, O) W1(PyAIter_Check, I, O)                             \
    W1(PySeqIter_New, O, O) W2(PyCallIter_New, O, O, O)                                              \
    W1(PyNumber_Check, I, O) W1(PyIndex_Check, I, O) W1(PyNumber_Index, O, O) W1(PyNumber_Long, O, O) \
    W1(PyNumber_Float, O, O) W1(PyNumber_Negative, O, O) W1(PyNumber_Positive, O, O)                 \
    W1(PyNumber_Absolute, O, O) W1(PyNumber_Invert, O, O) W2(PyNumber_ToBase, O, O, I)               \
    W2(PyNumber_AsSsize_t, I, O, O) W2(PyNumber_Add, O, O, O) W2(PyNumber_Subtract, O, O, O)         \
    W2(PyNumber_Multiply, O, O, O) W2(PyNumber_MatrixMultiply, O, O, O)                              \
    W2(PyNumber_FloorDivide, O, O, O) W2(PyNumber_TrueDivide, O, O, O) W2(PyNumber_Remainder, O, O, O) \
    W2(PyNumber_Divmod, O, O, O) W3(PyNumber_Power, O, O, O, O) W2(PyNumber_Lshift, O, O, O)         \
    W2(PyNumber_Rshift, O, O, O) W2(PyNumber_And, O, O, O) W2(PyNumber_Or, O, O, O)                  \
    W2(PyNumber_Xor, O, O, O) W2(PyNumber_InPlaceAdd, O, O, O) W2(PyNumber_InPlaceSubtract, O, O, O) \
    W2(PyNumber_InPlaceMultiply, O, O, O) W2(PyNumber_InPlaceMatrixMultiply, O, O, O)                \
    W2(PyNumber_InPlaceFloorDivide, O, O, O) W2(PyNumber_InPlaceTrueDivide, O, O, O)                 \
    W2(PyNumber_InPlaceRemainder, O, O, O) W3(PyNumber_InPlacePower, O, O, O, O)                     \
    W2(PyNumber_InPlaceLshift, O, O, O) W2(PyNumber_InPlaceRshift, O, O, O)                          \
    W2(PyNumber_InPlaceAnd, O, O, O) W2(PyNumber_InPlaceOr, O, O, O) W2(PyNumber_InPlaceXor, O, O, O) \
    W1(PySequence_Check, I, O) W1(PySequence_Size, I, O) \
    W2(PySequence_Concat, O, O, O) W2(PySequence_Repeat, O, O, N)                                    \
    W2(PySequence_InPlaceConcat, O, O, O) W2(PySequence_InPlaceRepeat, O, O, N)                      \
    W2(PySequence_GetItem, O, O, N) W3(PySequence_GetSlice, O, O, N, N)                              \
    W3(PySequence_SetItem, I, O, N, O) W2(PySequence_DelItem, I, O, N)                               \
    W4(PySequence_SetSlice, I, O, N, N, O) W3(PySequence_DelSlice, I, O, N, N)                       \
    W2(PySequence_Count, I, O, O) W2(PySequence_Contains, I, O, O) W2(PySequence_Index, I, O, O)     \
    W1(PySequence_List, O, O) W1(PySequence_Tuple, O, O) W2(PySequence_Fast, O, O, S)                \
    W1(PyMapping_Check, I, O) W1(PyMapping_Size, I, O) W1(PyMapping_Keys, O, O)                      \
    W1(PyMapping_Values, O, O) W1(PyMapping_Items, O, O) W2(PyMapping_GetItemString, O, O, S)        \
    W3(PyMapping_SetItemString, I, O, S, O) W2(PyMapping_HasKey, I, O, O)                            \
    W2(PyMapping_HasKeyString, I, O, S) W2(PyMapping_HasKeyWithError, I, O, O)                       \
    W2(PyMapping_HasKeyStringWithError, I, O, S)                                                     \
    W1(PyList_New, O, N) W1(PyList_Size, I, O) W2(PyList_GetItem, B, O, N)                           \
    W2(PyList_GetItemRef, O, O, N) W3(PyList_Insert, I, O, N, O) W2(PyList_Append, I, O, O)          \
    W3(PyList_GetSlice, O, O, N, N) W4(PyList_SetSlice, I, O, N, N, O) W1(PyList_Sort, I, O)         \
    W1(PyList_Reverse, I, O) W1(PyList_AsTuple, O, O) W2(PyList_Extend, I, O, O)                     \
    W1(PyList_Clear, I, O)                                                                           \
    W1(PyTuple_New, O, N) W1(PyTuple_Size, I, O) W2(PyTuple_GetItem, B, O, N)                        \
    W3(PyTuple_GetSlice, O, O, N, N)                                                                 \
    W1(PyDict_Size, I, O) W2(PyDict_GetItem, B, O, O) W2(PyDict_GetItemWithError, B, O, O)           \
    W2(PyDict_GetItemString, B, O, S) W3(PyDict_SetItem, I, O, O, O)                                 \
    W3(PyDict_SetItemString, I, O, S, O) W2(PyDict_DelItem, I, O, O) W2(PyDict_DelItemString, I, O, S) \
    W2(PyDict_Contains, I, O, O) W2(PyDict_ContainsString, I, O, S) W1(PyDict_Keys, O, O)            \
    W1(PyDict_Values, O, O) W1(PyDict_Items, O, O) W1(PyDict_Copy, O, O)                             \
    W3(PyDict_Merge, I, O, O, I) W2(PyDict_Update, I, O, O) W3(PyDict_MergeFromSeq2, I, O, O, I)     \
    W3(PyDict_SetDefault, B, O, O, O) W1(PyDictProxy_New, O, O)                                      \
    W1(PySet_New, O, O) W1(PyFrozenSet_New, O, O) W1(PySet_Size, I, O) W2(PySet_Contains, I, O, O)   \
    W2(PySet_Add, I, O, O) W2(PySet_Discard, I, O, O) W1(PySet_Pop, O, O) W1(PySet_Clear, I, O)      \
    W3(PySlice_New, O, O, O, O) W1(PyEval_GetFuncName, S, O) W2(PyClassMethod_New_, O, O, O)         \
    W2(Py_GenericAlias, O, O, O) W1(PyStaticMethod_New, O, O) W2(PyMethod_New, O, O, O)

#define PyClassMethod_New_(a, b) PyClassMethod_New(a)
#define PyObject_GenericGetDict_(a, b) PyObject_GenericGetDict(a, NULL)
LIST(W1, W2, W3, W4)

/* Those with results through pointers. */
static PyObject *optional(PyObject *module, PyObject *args) {
    PyObject *object, *key, *result;
    const char *which;
    if (!PyArg_ParseTuple(args, "sOO", &which, &object, &key)) return NULL;
    int status = -2;
    if (strcmp(which, "attr") == 0) status = PyObject_GetOptionalAttr(object, key, &result);
    else if (strcmp(which, "attr_string") == 0) status = PyObject_GetOptionalAttrString(object, PyUnicode_AsUTF8(key), &result);
    else if (strcmp(which, "item") == 0) status = PyMapping_GetOptionalItem(object, key, &result);
    else if (strcmp(which, "item_string") == 0) status = PyMapping_GetOptionalItemString(object, PyUnicode_AsUTF8(key), &result);
    else if (strcmp(which, "dict") == 0) status = PyDict_GetItemRef(object, key, &result);
    else if (strcmp(which, "dict_string") == 0) status = PyDict_GetItemStringRef(object, PyUnicode_AsUTF8(key), &result);
    else if (strcmp(which, "pop") == 0) status = PyDict_Pop(object, key, &result);
    else if (strcmp(which, "pop_string") == 0) status = PyDict_PopString(object, PyUnicode_AsUTF8(key), &result);
    else if (strcmp(which, "setdefault") == 0) status = PyDict_SetDefaultRef(object, key, Py_None, &result);
    else if (strcmp(which, "next") == 0) status = PyIter_NextItem(object, &result);
    if (status < 0 && result != NULL) return PyErr_Format(PyExc_AssertionError, "result is not null");
    if (status < 0) return NULL;
    if (result == NULL) return Py_BuildValue("(is)", status, "<NULL>");
    return Py_BuildValue("(iN)", status, result);
}

static PyObject *dict_next(PyObject *module, PyObject *dict) {
    Py_ssize_t position = 0;
    PyObject *key, *value, *list = PyList_New(0);
    while (PyDict_Next(dict, &position, &key, &value)) {
        PyObject *pair = PyTuple_Pack(2, key, value);
        PyList_Append(list, pair);
        Py_DECREF(pair);
    }
    return list;
}

static PyObject *macros(PyObject *module, PyObject *args) {
    PyObject *list = PyList_New(3), *tuple = PyTuple_New(2);
    for (int i = 0; i < 3; i++) PyList_SET_ITEM(list, i, PyLong_FromLong(i * 10));
    PyTuple_SET_ITEM(tuple, 0, PyUnicode_FromString("a"));
    PyTuple_SetItem(tuple, 1, PyFloat_FromDouble(1.5));
    if (PyList_SetItem(list, 5, Py_NewRef(Py_None)) != -1) return NULL;
    PyErr_Clear();
    PyList_SetItem(list, 1, Py_NewRef(Py_Ellipsis));
    PyObject *empty = PyTuple_New(0), *empty2 = PyTuple_New(0);
    int same = empty == empty2;
    _PyTuple_Resize(&tuple, 3);
    PyTuple_SET_ITEM(tuple, 2, Py_NewRef(Py_NotImplemented));
    PyObject *fast = PySequence_Fast(list, "no");
    PyObject *result = Py_BuildValue(
        "(NNinniiiiiiiiOO)", list, tuple, same, PyList_GET_SIZE(list), PySequence_Fast_GET_SIZE(fast),
        PyList_Check(list), PyList_CheckExact(tuple), PyTuple_Check(tuple), PyDict_Check(list), PyAnySet_Check(list),
        Py_IsNone(Py_None), Py_IsTrue(Py_True), Py_IsFalse(Py_True), PySequence_Fast_GET_ITEM(fast, 0),
        PySequence_Fast_ITEMS(fast)[2]);
    Py_DECREF(fast);
    Py_DECREF(empty);
    Py_DECREF(empty2);
    return result;
}

static PyObject *slices(PyObject *module, PyObject *args) {
    PyObject *slice;
    Py_ssize_t length, start, stop, step, count;
    if (!PyArg_ParseTuple(args, "On", &slice, &length)) return NULL;
    if (PySlice_Unpack(slice, &start, &stop, &step) < 0) return NULL;
    PyObject *unpacked = Py_BuildValue("(nnn)", start, stop, step);
    count = PySlice_AdjustIndices(length, &start, &stop, step);
    PyObject *adjusted = Py_BuildValue("(nnnn)", start, stop, step, count);
    if (PySlice_GetIndicesEx(slice, length, &start, &stop, &step, &count) < 0) return NULL;
    return Py_BuildValue("(NN(nnnn))", unpacked, adjusted, start, stop, step, count);
}

static PyObject *vectorcalls(PyObject *module, PyObject *callable) {
    PyObject *one = PyLong_FromLong(1), *two = PyLong_FromLong(2), *names = Py_BuildValue("(s)", "key");
    PyObject *stack[] = {NULL, one, two, Py_None};
    PyObject *results = PyList_New(0);
#define ADD(call)                                                         \
    do {                                                                  \
        PyObject *item = call;                                            \
        if (item == NULL) {                                               \
            PyObject *raised = PyErr_GetRaisedException();                \
            item = PyObject_Repr(raised);                                 \
            Py_DECREF(raised);                                            \
        }                                                                 \
        PyList_Append(results, item);                                     \
        Py_DECREF(item);                                                  \
    } while (0)
    ADD(PyObject_Vectorcall(callable, stack + 1, 2, NULL));
    ADD(PyObject_Vectorcall(callable, stack + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
    ADD(PyObject_Vectorcall(callable, stack + 1, 2, names));
    ADD(PyObject_Vectorcall(callable, NULL, 0, NULL));
    PyObject *dict = Py_BuildValue("{sO}", "key", two);
    ADD(PyObject_VectorcallDict(callable, stack + 1, 1, dict));
    ADD(PyObject_VectorcallDict(callable, stack + 1, 1, NULL));
    ADD(PyObject_CallFunction(callable, NULL));
    ADD(PyObject_CallFunction(callable, "i", 5));
    ADD(PyObject_CallFunction(callable, "is", 5, "text"));
    ADD(PyObject_CallFunction(callable, "(is)", 5, "text"));
    ADD(PyObject_CallFunction(callable, "O", names));
    ADD(PyObject_CallFunctionObjArgs(callable, one, two, NULL));
    ADD(PyObject_CallFunctionObjArgs(callable, NULL));
    PyObject *method = PyUnicode_FromString("__call__");
    PyObject *stack2[] = {callable, one, two};
    ADD(PyObject_VectorcallMethod(method, stack2, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
    ADD(PyObject_VectorcallMethod(method, stack2, 2, names));
    ADD(PyObject_CallMethodObjArgs(callable, method, one, NULL));
    ADD(PyObject_CallMethod(callable, "__call__", "ii", 8, 9));
    ADD(PyObject_CallMethod(callable, "__call__", NULL));
    ADD(PyObject_CallMethod(callable, "missing", NULL));
    ADD(PyLong_FromLong(PyType_Check(callable) || PyVectorcall_Function(callable) != NULL));
    return results;
}

static PyMethodDef methods[] = {
    LIST(E1, E2, E3, E4)
    {"optional", optional, METH_VARARGS, NULL},
    {"dict_next", dict_next, METH_O, NULL},
    {"macros", macros, METH_NOARGS, NULL},
    {"slices", slices, METH_VARARGS, NULL},
    {"vectorcalls", vectorcalls, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{Py_mod_exec, wrap_null}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "ext_objects", "doc", 0, methods, slots, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_ext_objects(void) { return PyModuleDef_Init(&definition); }
