# wheel: brotli
"""Compression."""
import brotli
data = b"abc" * 1000
print(len(brotli.compress(data)), brotli.decompress(brotli.compress(data)) == data)
try:
    brotli.decompress(b"nothing")
except brotli.error as error:
    print(type(error).__name__, error)
