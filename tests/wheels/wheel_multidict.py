# wheel: multidict
"""Dictionaries with repeated keys, in C."""
from multidict import MultiDict, CIMultiDict, MultiDictProxy, CIMultiDictProxy, istr, _multidict

print(MultiDict is _multidict.MultiDict)
for kind in (MultiDict, CIMultiDict):
    d = kind([("a", 1), ("b", 2), ("A", 3)], c=4)
    d.add("a", 5)
    print(d, len(d), d.getall("a"), d.getone("a"), d.get("zz", 7), "A" in d, list(d.keys()), list(d.values()), list(d.items()), d == kind(d), d.copy())
    d.extend({"x": 1}); d.update(b=9); d.setdefault("new", 0); d["a"] = 100
    print(d, d.popone("x"), d.popall("a"), d.pop("none", None), d.popitem())
    for action in (lambda: d["missing"], lambda: d.getall("q"), lambda: d.popone("q"), lambda: d.add(5, 1), lambda: kind(5), lambda: d.__delitem__("q"), lambda: kind([1])):
        try:
            print(action())
        except Exception as e:
            print(type(e).__name__, e)
    p = (MultiDictProxy if kind is MultiDict else CIMultiDictProxy)(d)
    print(p, len(p), p.copy(), hasattr(p, "add"))
    print(d.keys() & {"b"}, d.keys() | {"z"} >= {"z"}, ("b", 9) in d.items(), 9 in d.values())
    it = iter(d)
    d.add("later", 1)
    try:
        list(it)
    except RuntimeError as e:
        print(e)
    d.clear(); print(d, bool(d))
print(istr("Title"), istr("x") == "x", type(istr("a").upper()).__name__)
import pickle
print(pickle.loads(pickle.dumps(CIMultiDict(a=1))))
