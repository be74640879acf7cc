# wheel: msgpack
"""Packing by Cython's code."""
import datetime
import msgpack
from msgpack import _cmsgpack

print(msgpack.Packer is _cmsgpack.Packer, msgpack.version)
values = [None, True, 0, -1, 127, 128, 255, 65536, 2**32, 2**63, -2**31, -2**63, 1.5, "text", "é€", b"bin", b"x" * 300, [1, [2, [3]]], {"a": 1, "b": [None]}, (1, 2), list(range(20)), {i: i for i in range(20)},
          msgpack.ExtType(5, b"ext"), msgpack.Timestamp(1, 2), datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)]
for value in values:
    data = msgpack.packb(value, datetime=True)
    print(data.hex()[:120], msgpack.unpackb(data, strict_map_key=False, timestamp=3) == value)
for bad in (object(), 2**64, {1, 2}, "\ud800"):
    try:
        msgpack.packb(bad)
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
for bad in (b"", b"\xc1", b"\x92\x01", b"\x01\x02", b"\x81\x01\x02", b"\xa2a"):
    try:
        print(msgpack.unpackb(bad))
    except Exception as e:
        print(type(e).__name__, e)
u = msgpack.Unpacker(raw=True, use_list=False)
u.feed(msgpack.packb([1, "a"]) + msgpack.packb({"k": 2}) + b"\x93")
print(list(u), u.tell())
print(msgpack.unpackb(msgpack.packb({"d": {1, 2}}, default=lambda o: sorted(o)), object_hook=lambda d: ("hook", d), object_pairs_hook=None))
print(msgpack.unpackb(msgpack.packb(msgpack.ExtType(1, b"z")), ext_hook=lambda code, data: (code, data)))
p = msgpack.Packer(autoreset=False); p.pack(1); p.pack_array_header(2); print(p.bytes(), len(p.getbuffer())); p.reset(); print(p.bytes())
