# wheel: numpy
"""Arrays."""
import numpy as np

a = np.arange(12, dtype=np.float64).reshape(3, 4)
print(np.__version__, a, a.sum(), a.mean(axis=0), a.T.shape, a[1:, ::2], a[a > 5], a.dtype, a.strides)
print(a @ a.T, np.linalg.inv(np.array([[2., 1], [1, 3]])), np.linalg.eigvalsh(np.array([[2., 0], [0, 3]])), np.fft.fft([1, 0, 0, 0]).real)
print(np.sin(np.linspace(0, 1, 5)).round(6), np.where(a > 3, 1, 0), np.concatenate([a[0], a[1]]), np.unique([3, 1, 3]), np.sort([3, 1, 2])[::-1], np.cumsum([1, 2, 3]))
r = np.random.default_rng(42); print(r.integers(0, 100, 5), r.random(3).round(6), r.normal(size=2).round(6), r.permutation(5))
np.random.seed(1); print(np.random.rand(2).round(6), np.random.randint(0, 9, 3))
print(np.array([1, 2, 3], dtype="int8") + np.int8(127), np.array(["a", "bcd"]), np.array([1, None, "x"], dtype=object), np.array([b"x"]), np.datetime64("2024-01-02") + np.timedelta64(3, "D"), np.array([True, False]) | True)
s = np.zeros(2, dtype=[("x", "i4"), ("y", "f8")]); s["x"] = [1, 2]; print(s, s.dtype, s[0]["x"])
print(np.frombuffer(b"\x01\x02\x03\x04", dtype="<u2"), memoryview(np.arange(3, dtype="i2")).tolist(), np.array(memoryview(b"abc")), np.asarray(bytearray(b"xy")).tolist())
for action in (lambda: a + np.zeros(3), lambda: a[9], lambda: np.array([1, 2]).reshape(3), lambda: np.linalg.inv(np.zeros((2, 2))), lambda: np.dtype("nope"), lambda: np.array(["x"]).astype(int), lambda: np.int8(300)):
    try:
        print(action())
    except Exception as e:
        print(type(e).__name__, e)
with np.errstate(divide="ignore", invalid="ignore"):
    print(np.array([1., 0, -1]) / 0, np.float64(1) / 3, np.float32(0.1), np.nan == np.nan, np.isinf(np.inf))
print(repr(np.float64(1.5)), repr(np.int64(3)), np.sum([[1, 2], [3, 4]], axis=1), np.einsum("ij,jk->ik", [[1, 2]], [[3], [4]]), np.polyfit([0, 1, 2], [0, 1, 4], 2).round(6), np.vectorize(lambda x: x + 1)([1, 2]))
import pickle, io
print((pickle.loads(pickle.dumps(a)) == a).all()); b = io.BytesIO(); np.save(b, a); b.seek(0); print(np.load(b).sum())
print(np.broadcast_shapes((3, 1), (1, 4)), np.meshgrid([1, 2], [3])[0], np.ma.array([1, 2], mask=[0, 1]).sum(), np.char.upper(["a"]), np.array2string(np.arange(2000), threshold=5), np.info if False else "")
