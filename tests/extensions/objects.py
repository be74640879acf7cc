"""The abstract protocols and the containers."""

import ext_objects as x
from support import call

NULL = x.NULL


class Plain:
    def __repr__(self):
        return "<Plain>"


class Rich:
    """Answers to everything."""

    def __repr__(self): return "<Rich>"
    def __str__(self): return "rich"
    def __bytes__(self): return b"rich"
    def __hash__(self): return -1
    def __bool__(self): return False
    def __len__(self): return 3
    def __length_hint__(self): return 9
    def __getitem__(self, key):
        if isinstance(key, int) and key > 4: raise IndexError("rich")
        return ("item", key)
    def __setitem__(self, key, value): print("set", key, value)
    def __delitem__(self, key): print("del", key)
    def __contains__(self, key): return key == 3
    def __index__(self): return 7
    def __float__(self): return 2.5
    def __neg__(self): return "neg"
    def __pos__(self): return "pos"
    def __abs__(self): return "abs"
    def __invert__(self): return "invert"
    def __add__(self, o): return ("add", o)
    def __radd__(self, o): return ("radd", o)
    def __iadd__(self, o): return ("iadd", o)
    def __matmul__(self, o): return ("matmul", o)
    def __imatmul__(self, o): return ("imatmul", o)
    def __pow__(self, o, m=None): return ("pow", o, m)
    def __ipow__(self, o): return ("ipow", o)
    def __ixor__(self, o): return ("ixor", o)
    def __call__(self, *a, **k): return ("called", a, k)
    def __format__(self, spec): return "format " + spec
    def __dir__(self): return ["b", "a"]
    def keys(self): return ["k"]
    def values(self): return ("v",)
    def items(self): return iter([("k", "v")])
    def fileno(self): return 42


class Bad:
    """Fails in everything."""

    def __repr__(self): return 1
    def __str__(self): raise ValueError("str")
    def __bytes__(self): return "text"
    def __hash__(self): raise KeyError("hash")
    def __bool__(self): return 2
    def __len__(self): return -1
    def __length_hint__(self): return "x"
    def __iter__(self): return 5
    def __index__(self): return "i"
    def __float__(self): return 1
    def __format__(self, spec): return 3
    def fileno(self): return "no"


class Quiet(Bad):
    __repr__ = object.__repr__


values = [None, 0, -1, 3, 2**70, 1.5, 2j, True, "abc", "", b"xyz", [1, 2], (1, 2, 3), {"a": 1}, {5}, frozenset(), range(3), int,
          Plain(), Rich(), len, iter([1]), slice(1, 2), bytearray(b"q"), ...]

one = """PyObject_Repr PyObject_Str PyObject_ASCII PyObject_Bytes PyObject_IsTrue PyObject_Not PyObject_Type PyObject_Size PyCallable_Check
PyObject_HashNotImplemented
PyIter_Check PyAIter_Check PyNumber_Check PyIndex_Check PyNumber_Index PyNumber_Long PyNumber_Float PyNumber_Negative PyNumber_Positive
PyNumber_Absolute PyNumber_Invert PySequence_Check PySequence_Size PySequence_List PySequence_Tuple PyMapping_Check PyMapping_Size
PyMapping_Keys PyMapping_Values PyMapping_Items PyList_Size PyList_AsTuple PyTuple_Size PyDict_Size PyDict_Keys PyDict_Copy PySet_Size
PyObject_GetIter PyObject_GetAIter PyObject_AsFileDescriptor PySeqIter_New PyEval_GetFuncName""".split()
for name in one:
    for value in values:
        if value is len and name in ("PyObject_Repr",): continue
        if isinstance(value, (Plain,)) or not name.startswith("PyEval"):
            call(getattr(x, name), value)
    if "Set_Size" not in name and not name.startswith(("PyIter", "PyAIter", "PyIndex", "PyNumber_Check", "PyEval", "PySeqIter", "PyCallable",
            "PyObject_IsTrue", "PyObject_Not", "PyObject_HashNot", "PyObject_GetAIter", "PyObject_GetIter", "PyObject_AsFile", "PyList", "PyTuple", "PyDict", "PyMapping_K", "PyMapping_V", "PyMapping_I")):
        call(getattr(x, name), NULL if False else Quiet.__new__(type("Q", (Bad,), {"__repr__": lambda s: "<Q>"})))
    bad = type("Q", (Bad,), {"__repr__": lambda s: "<Q>"})()
    call(getattr(x, name), bad)
for value in [1, "a", 1.5, (1,), [], Rich(), Plain]:
    print(x.PyObject_Hash(value) == hash(value) if value != [] else call(x.PyObject_Hash, value))
for f in (x.PyObject_Str, x.PyObject_Repr, x.PyObject_Bytes, x.PySequence_Size, x.PyNumber_Long, x.PyMapping_Keys, x.PyObject_Size):
    call(f, NULL)
two = [n for n in """Add Subtract Multiply MatrixMultiply FloorDivide TrueDivide Remainder Divmod Lshift Rshift And Or Xor InPlaceAdd
InPlaceSubtract InPlaceMultiply InPlaceMatrixMultiply InPlaceFloorDivide InPlaceTrueDivide InPlaceRemainder InPlaceLshift
InPlaceRshift InPlaceAnd InPlaceOr InPlaceXor""".split()]
pairs = [(7, 2), (7, 0), (7.5, 2), ("ab", "c"), ("ab", 3), ([1], [2]), ((1,), 2), ({1, 2}, {2, 3}), (Rich(), 1), (1, Rich()), (None, 1),
         (1 << 80, 3), (True, 1j), ({"a": 1}, {"b": 2}), ("%s", 1)]
for name in two:
    for a, b in pairs:
        call(getattr(x, "PyNumber_" + name), a, b)
for a, b, c in [(2, 5, None), (2, 5, 7), (2.0, 3, None), (Rich(), 1, None), (Rich(), 1, 5), (2, -1, 5), ("a", 1, None), (2, 3, "x")]:
    call(x.PyNumber_Power, a, b, c)
    call(x.PyNumber_InPlacePower, a, b, c)
for base in (2, 8, 10, 16, 3):
    call(x.PyNumber_ToBase, -255, base)
call(x.PyNumber_ToBase, "x", 10)
for value, error in [(5, OverflowError), (1 << 70, OverflowError), (-(1 << 70), IndexError), (1 << 70, NULL), (-1 << 70, NULL), ("a", NULL)]:
    call(x.PyNumber_AsSsize_t, value, error)

# Attributes.
p = Plain()
call(x.PyObject_SetAttr, p, "a", 1)
call(x.PyObject_SetAttrString, p, "b", 2)
call(x.PyObject_SetAttr, p, 5, 2)
call(x.PyObject_SetAttr, 5, "a", 2)
call(x.PyObject_SetAttr, len, "a", NULL)
call(x.PyObject_SetAttr, int, "a", 1)
call(x.PyObject_GetAttr, p, "a")
call(x.PyObject_GetAttr, p, "none")
call(x.PyObject_GetAttr, p, 3)
call(x.PyObject_GetAttrString, p, "b")
call(x.PyObject_GetAttrString, p, "zz")
call(x.PyObject_HasAttr, p, "a")
call(x.PyObject_HasAttrString, p, "zz")
call(x.PyObject_HasAttrWithError, p, "zz")
call(x.PyObject_HasAttrStringWithError, p, "a")
call(x.PyObject_GenericGetAttr, p, "a")
call(x.PyObject_GenericGetAttr, p, "q")
call(x.PyObject_GenericSetAttr, p, "q", 5)
call(x.PyObject_GenericSetAttr, p, "q", NULL)
call(x.PyObject_GenericSetAttr, p, "q", NULL)
call(x.PyObject_GenericGetDict_, p, 0)
call(x.PyObject_GenericGetDict_, 5, 0)
call(x.PyObject_DelAttr, p, "a")
call(x.PyObject_DelAttr, p, "a")
call(x.PyObject_DelAttrString, p, "b")
call(x.PyObject_Dir, Rich())
call(x.PyObject_Dir, 5.5)
for kind in ("attr", "attr_string"):
    for name in ("real", "nothing"):
        call(x.optional, kind, 5, name)
for kind in ("item", "item_string", "dict", "dict_string", "pop", "pop_string", "setdefault"):
    for mapping in ({"a": 1}, [1], Rich(), type("D", (dict,), {"__missing__": lambda s, k: k})()):
        if kind.startswith(("item", "dict")) or isinstance(mapping, dict):
            for name in ("a", "b"):
                call(x.optional, kind, mapping, name)
call(x.optional, "dict", {}, [])
call(x.optional, "pop", {1: 2}, [])
call(x.optional, "pop", {}, [])
i = iter([1, 2])
for _ in range(3):
    call(x.optional, "next", i, 0)
call(x.optional, "next", 5, 0)

def failing():
    yield 1
    raise ValueError("in the middle")
i = failing()
for _ in range(3):
    call(x.PyIter_Next, i)
call(x.PySequence_List, failing())

# Comparison, format, items.
for a, b in [(1, 2), ("a", "b"), (1, "a"), ([1], [1]), (float("nan"),) * 2, (None, None)]:
    for op in range(6):
        call(x.PyObject_RichCompare, a, b, op)
        call(x.PyObject_RichCompareBool, a, b, op)
for value, spec in [(5, "x"), (5, NULL), ("a", ">3"), (Rich(), "q"), (Plain(), "x"), (5, 6), (Rich(), NULL)]:
    call(x.PyObject_Format, value, spec)
for container, key in [([1, 2], 0), ([1, 2], "a"), ([1, 2], 9), ({"a": 1}, "a"), ({"a": 1}, "b"), (5, 0), ("abc", slice(1, None)), (list, int),
                       (Plain, 1), (Rich(), 4), ((1, 2), -1), ([1], 1 << 70)]:
    call(x.PyObject_GetItem, container, key)
for container, key, value in [([1, 2], 0, 5), ([1, 2], "a", 5), ({}, "a", 5), ((1,), 0, 5), (5, 0, 5), (Rich(), 1, 2), ({}, [], 1)]:
    call(x.PyObject_SetItem, container, key, value)
    call(x.PyObject_DelItem, container, key)
call(x.PyObject_DelItemString, {"a": 1}, "a")
call(x.PyObject_DelItemString, [1], "a")
for o, c in [(1, int), (1, (str, int)), (1, int | str), (1, 5), (True, bool), (int, type)]:
    call(x.PyObject_IsInstance, o, c)
for o, c in [(bool, int), (int, (str, bool)), (5, int), (int, 5)]:
    call(x.PyObject_IsSubclass, o, c)

# Calls.
def function(*args, **kwargs):
    return args, kwargs
call(x.PyObject_Call, function, (1, 2), {"a": 3})
call(x.PyObject_Call, function, (1, 2), NULL)
call(x.PyObject_Call, int, ("12",), {"base": 5})
call(x.PyObject_Call, 5, (), NULL)
call(x.PyObject_Call, Rich(), (1,), {"z": 2})
call(x.PyObject_CallObject, function, NULL)
call(x.PyObject_CallObject, function, (1,))
call(x.PyObject_CallObject, function, [1])
call(x.PyObject_CallNoArgs, dict)
call(x.PyObject_CallOneArg, list, "ab")
call(x.PyObject_CallMethodNoArgs, "ab", "upper")
call(x.PyObject_CallMethodOneArg, "ab", "join", "xy")
call(x.PyObject_CallMethodOneArg, "ab", "none", "xy")
for callable in (function, Rich(), lambda a, b, key=None: (a, b, key), type("C", (), {"__init__": lambda s, *a: None, "__repr__": lambda s: "C"}), dict, print):
    call(x.vectorcalls, callable)

# Sequences.
for s in ([1, 2, 3], (1, 2, 3), "abc", b"abc", {"a": 1}, 5, Rich(), range(4)):
    call(x.PySequence_GetItem, s, 1)
    call(x.PySequence_GetItem, s, -1)
    call(x.PySequence_GetItem, s, 7)
    call(x.PySequence_GetSlice, s, 1, 2)
    call(x.PySequence_GetSlice, s, -2, 100)
    call(x.PySequence_Concat, s, s)
    call(x.PySequence_Repeat, s, 2)
    call(x.PySequence_Contains, s, 3)
    call(x.PySequence_Fast, s, "not a sequence!")
    if not isinstance(s, Rich):
        call(x.PySequence_Count, s, 2)
        call(x.PySequence_Index, s, 2)
        call(x.PySequence_Index, s, 99)
    call(x.PyObject_LengthHint, s, 5)
call(x.PyObject_LengthHint, iter([1, 2]), 5)
call(x.PyObject_LengthHint, Quiet, 5)
a = [1, 2, 3, 4]
call(x.PySequence_SetItem, a, 0, "x")
call(x.PySequence_SetItem, a, -1, "y")
call(x.PySequence_SetItem, a, 9, "y")
call(x.PySequence_SetItem, (1,), 0, "y")
call(x.PySequence_DelItem, a, 1)
call(x.PySequence_DelItem, (1,), 0)
call(x.PySequence_SetSlice, a, 0, 1, "pqr")
call(x.PySequence_DelSlice, a, 0, 2)
call(x.PySequence_InPlaceConcat, a, (8, 9))
call(x.PySequence_InPlaceRepeat, a, 2)
call(x.PySequence_InPlaceRepeat, (1,), 2)
call(x.PySequence_InPlaceConcat, (1,), [2])
print(a)
d = {"a": 1}
for m in (d, [1], Rich(), 5):
    call(x.PyMapping_GetItemString, m, "a")
    call(x.PyMapping_GetItemString, m, "b")
    call(x.PyMapping_HasKeyWithError, m, "a")
    call(x.PyMapping_HasKeyStringWithError, m, "b")
    call(x.PyMapping_SetItemString, m, "new", 3)

# list
call(x.PyList_New, 0)
call(x.PyList_New, -1)
a = [3, 1, 2]
for value in (a, (1,), 5):
    call(x.PyList_GetItem, value, 1)
    call(x.PyList_GetItem, value, 5)
    call(x.PyList_GetItemRef, value, -1)
    call(x.PyList_GetItemRef, value, 0)
    call(x.PyList_Insert, value, 1, "i")
    call(x.PyList_Insert, value, -1, "m")
    call(x.PyList_Append, value, "z")
    call(x.PyList_GetSlice, value, 1, 3)
    call(x.PyList_GetSlice, value, -5, 30)
    call(x.PyList_SetSlice, value, 0, 1, [9, 9])
    call(x.PyList_SetSlice, value, 0, 1, NULL)
    call(x.PyList_Reverse, value)
    call(x.PyList_Sort, value)
    call(x.PyList_Extend, value, (1, 2))
    call(x.PyList_Clear, value)
b = [3, 1, 2]
call(x.PyList_Sort, b)
print(a, b)
# tuple
for value in ((1, 2, 3), [1]):
    call(x.PyTuple_GetItem, value, 1)
    call(x.PyTuple_GetItem, value, -1)
    call(x.PyTuple_GetSlice, value, 1, 9)
    call(x.PyTuple_GetSlice, value, 0, 3)
call(x.PyTuple_New, 0)
call(x.PyTuple_New, -1)
# dict
d = {"a": 1, 5: 6}
for value in (d, [1]):
    call(x.PyDict_GetItem, value, "a")
    call(x.PyDict_GetItem, value, "zz")
    call(x.PyDict_GetItem, value, [])
    call(x.PyDict_GetItemWithError, value, "a")
    call(x.PyDict_GetItemWithError, value, "q")
    call(x.PyDict_GetItemWithError, value, [])
    call(x.PyDict_GetItemString, value, "a")
    call(x.PyDict_GetItemString, value, "q")
    call(x.PyDict_SetItem, value, "k", "v")
    call(x.PyDict_SetItem, value, [], "v")
    call(x.PyDict_SetItemString, value, "k2", "v")
    call(x.PyDict_DelItem, value, "k")
    call(x.PyDict_DelItem, value, "k")
    call(x.PyDict_DelItemString, value, "k2")
    call(x.PyDict_Keys, value)
    call(x.PyDict_Values, value)
    call(x.PyDict_Items, value)
    call(x.PyDict_Copy, value)
    call(x.PyDict_Merge, value, {"a": 100, "m": 1}, 0)
    call(x.PyDict_Merge, value, {"a": 100}, 1)
    call(x.PyDict_Merge, value, [1], 1)
    call(x.PyDict_Update, value, Rich())
    if value is d: call(x.PyDict_MergeFromSeq2, value, [("x", 1), "yz"], 1)
    if value is d: call(x.PyDict_MergeFromSeq2, value, [("x", 1, 2)], 1)
    if value is d: call(x.PyDict_MergeFromSeq2, value, [1], 1)
    call(x.PyDict_SetDefault, value, "a", 3)
    call(x.PyDict_SetDefault, value, "new", 3)
call(x.PyDict_Contains, d, "a")
call(x.PyDict_Contains, d, [])
call(x.PyDict_ContainsString, d, "q")
call(x.dict_next, d)
call(x.dict_next, {})
call(x.dict_next, [])
call(x.dict_next, Plain.__dict__ and {"x": 1, "y": 2})
call(x.PyDictProxy_New, d)
call(x.PyDictProxy_New, 5)
# set
for make in (x.PySet_New, x.PyFrozenSet_New):
    call(make, NULL)
    call(make, "a")
    call(make, 5)
    call(make, [[]])
for s in ({1, 2}, frozenset([1]), [1]):
    call(x.PySet_Contains, s, 1)
    call(x.PySet_Contains, s, [])
    call(x.PySet_Discard, s, 1)
    call(x.PySet_Discard, s, 1)
    if not isinstance(s, frozenset):
        call(x.PySet_Add, s, 9)
    call(x.PySet_Add, s, [])
    call(x.PySet_Clear, s)
    call(x.PySet_Pop, s)
call(x.PySet_Pop, {1})
call(x.PySlice_New, 1, NULL, NULL)
call(x.PySlice_New, 1, 2, 3)
for s in (slice(None), slice(-3, None), slice(None, None, -1), slice(1, 100, 2), slice(None, None, 0), slice("a"), slice(1 << 80)):
    call(x.slices, s, 10)
call(x.macros)
call(x.Py_GenericAlias, list, (int, str))
call(x.Py_GenericAlias, dict, int)
call(x.PyStaticMethod_New, len)
call(x.PyClassMethod_New_, len, None)
call(x.PyMethod_New, len, "abc")
call(x.PyMethod_New(len, "abc"))
call(x.PyMethod_New, len, NULL)
call(list, x.PySeqIter_New(Rich.__new__(type("S", (), {"__getitem__": lambda s, i: [1, 2][i], "__repr__": lambda s: "S"}))) if False else x.PySeqIter_New("abc"))
call(list, x.PyCallIter_New(iter([1, 2, 3]).__next__, 3))
