# wheel: orjson
"""JSON by Rust code, on CPython's layouts."""
import dataclasses, datetime, enum, uuid
import orjson

@dataclasses.dataclass
class D:
    a: int
    b: str = "x"
class E(enum.Enum):
    ONE = 1
values = [None, True, 0, -5, 2**63, 1.5, 1e300, "text", "é€\U0001f600", 'q"\\\n', [], {}, [1, [2]], {"a": {"b": None}}, (1, 2), D(1), E.ONE, uuid.UUID(int=5), datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4, 5, 6),
          datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc), datetime.time(1, 2, 3), "x" * 1000, [{"k": i, "v": str(i)} for i in range(30)]]
for value in values:
    data = orjson.dumps(value)
    print(data[:150], len(data), orjson.loads(data) == value)
print(orjson.dumps({"b": 1, "a": [1]}, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS), orjson.dumps({1: 2, None: 3, True: 1}, option=orjson.OPT_NON_STR_KEYS), orjson.dumps({1, 2}, default=sorted), orjson.dumps(float("nan")))
for bad in (object(), {1, 2}, {1: 2}, 2**64, b"x", "\ud800"):
    try:
        print(orjson.dumps(bad))
    except Exception as e:
        print(type(e).__name__, e)
for bad in ("", "[1,", "{", "nul", "[1 2]", '"\\u12"', b"\xff", 5, "[" * 2000, "1e999", "[1]", b"[1]", bytearray(b"{}"), memoryview(b"1.5")):
    try:
        print(orjson.loads(bad))
    except Exception as e:
        print(type(e).__name__, str(e)[:80])
try:
    orjson.loads('{"a": }')
except orjson.JSONDecodeError as e:
    print(e.msg, e.pos, e.lineno, e.colno)
print(orjson.dumps([orjson.Fragment(b"[1]")]), orjson.__version__)
