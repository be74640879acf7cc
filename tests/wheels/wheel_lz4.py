# wheel: lz4
"""Frames and blocks."""
import lz4.block, lz4.frame
data = b"abc" * 1000
print(lz4.frame.decompress(lz4.frame.compress(data)) == data, len(lz4.block.compress(data)), lz4.block.decompress(lz4.block.compress(data)) == data)
try:
    lz4.frame.decompress(b"nothing")
except RuntimeError as error:
    print(error)
