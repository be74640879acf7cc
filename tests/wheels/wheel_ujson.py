# wheel: ujson
"""JSON by C code."""
import ujson

values = [None, True, 0, -5, 2**63 - 1, -2**63, 2**70, 1.5, 1e300, 0.1, "text", "é€\U0001f600", 'quote"\\/\n', [], {}, [1, [2]], {"a": {"b": None}}, (1, 2), {1: 2, None: 3, True: 4}, {1.5: 1}]
for value in values:
    text = ujson.dumps(value)
    print(ascii(text), ujson.loads(text) == value)
print(ujson.dumps({"b": 1, "a": [1, 2]}, indent=2, sort_keys=True), ujson.dumps("<é>/", ensure_ascii=False, encode_html_chars=True, escape_forward_slashes=False), ujson.dumps([1, 2], separators=("; ", " = ")))
for bad in (object, {1, 2}, float("nan"), float("inf"), b"bytes", "\ud800"):
    try:
        print(ujson.dumps(bad))
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
print(ujson.dumps(float("nan"), allow_nan=True) if False else "", ujson.dumps({1, 2}, default=sorted), ujson.dumps(b"b", reject_bytes=False))
for bad in ("", "[1,", "{", "nul", "[1 2]", "1 2", '"\\u12"', "-", "1e", "[" * 2000, b"[1]", 5, "\x00", "99999999999999999999999"):
    try:
        print(repr(ujson.loads(bad)))
    except Exception as e:
        print(type(e).__name__, str(e)[:80])
class J:
    def __json__(self): return '"raw"'
class D:
    def toDict(self): return {"x": 1}
print(ujson.dumps([J(), D()]))
import io
f = io.StringIO(); ujson.dump({"k": [1]}, f); print(f.getvalue(), ujson.load(io.StringIO("[1, 2.5]")))
