# wheel: websockets
"""Frames, masked by the compiled function."""
from websockets import speedups
from websockets.frames import Frame, Opcode, Close
from websockets.utils import apply_mask

print(apply_mask is speedups.apply_mask)
for size in (0, 1, 3, 4, 7, 8, 15, 16, 17, 64, 100):
    data = bytes(range(size))
    masked = speedups.apply_mask(data, b"\x01\x82\x73\xf4")
    print(size, masked.hex(), speedups.apply_mask(bytearray(masked), mask=b"\x01\x82\x73\xf4") == data, speedups.apply_mask(memoryview(masked), bytearray(b"\x01\x82\x73\xf4")) == data)
for arguments in [(b"abc",), (b"abc", b"123"), ("abc", b"1234"), (b"abc", 5), (1, 2, 3)]:
    try:
        print(speedups.apply_mask(*arguments))
    except Exception as e:
        print(type(e).__name__, e)
frame = Frame(Opcode.TEXT, "héllo".encode())
print(frame, frame.serialize(mask=False), Close(1000, "bye").serialize(), Close.parse(b"\x03\xe8bye"))
from websockets.http11 import Request
from websockets.datastructures import Headers
print(Request("/", Headers({"Host": "x"})).serialize())
from websockets.client import ClientProtocol
from websockets.uri import parse_uri
client = ClientProtocol(parse_uri("ws://example.com/path"))
print(parse_uri("wss://user:pw@example.com:8443/path?q=1"), client.state)
