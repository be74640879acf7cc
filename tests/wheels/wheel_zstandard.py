# wheel: zstandard
"""Compression by the C backend."""
import io
import zstandard as z

print(z.backend, z.ZSTD_VERSION >= (1, 5), z.COMPRESSOBJ_FLUSH_FINISH)
data = b"hello world " * 1000
c = z.ZstdCompressor(level=3, write_content_size=True).compress(data)
print(len(c) < 100, z.ZstdDecompressor().decompress(c) == data, z.get_frame_parameters(c).content_size, z.frame_content_size(c))
o = z.ZstdCompressor().compressobj(); s = o.compress(data[:500]) + o.compress(data[500:]) + o.flush()
d = z.ZstdDecompressor().decompressobj(); print(d.decompress(s) == data, d.unused_data, d.eof)
with z.ZstdDecompressor().stream_reader(io.BytesIO(s)) as r:
    print(r.read(11), r.tell(), len(r.read()))
b = io.BytesIO()
with z.ZstdCompressor().stream_writer(b, closefd=False) as w:
    print(w.write(b"x" * 100), w.tell() >= 0)
print(z.decompress(b.getvalue(), max_output_size=200) == b"x" * 100, b"".join(z.ZstdCompressor().read_to_iter(io.BytesIO(b"y" * 50)))[:4].hex())
for action in (lambda: z.ZstdDecompressor().decompress(b"junk"), lambda: z.ZstdCompressor(level=99), lambda: z.ZstdCompressor().compress(5), lambda: z.ZstdCompressionParameters(window_log=99)):
    try:
        action()
    except Exception as e:
        print(type(e).__name__, e)
p = z.ZstdCompressionParameters.from_level(3, window_log=12); print(p.window_log, p.chain_log > 0)
t = z.train_dictionary(1024, [b"sample %d text" % i * 5 for i in range(500)]); print(len(t) <= 1024, t.dict_id() == z.ZstdCompressionDict(t.as_bytes()).dict_id())
print(len(z.ZstdCompressor().multi_compress_to_buffer([b"a" * 10, b"b" * 10])), len(z.BufferWithSegments(b"abcdef", __import__("struct").pack("=QQQQ", 0, 3, 3, 3))[1]))
