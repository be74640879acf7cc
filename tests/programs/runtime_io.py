# Buffers over raw files, text over buffers, files in memory: positions, errors, blocked and interrupted writes.
import _io, io, os, pickle, signal


def t(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


class Raw(io.RawIOBase):
    def __init__(self, *pieces):
        self.pieces, self.written = list(pieces), []

    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return False

    def readinto(self, buffer):
        piece = self.pieces.pop(0) if self.pieces else b""
        if piece is None or isinstance(piece, int):
            return piece
        buffer[: len(piece)] = piece
        return len(piece)

    def write(self, data):
        self.written.append(bytes(data))
        return len(data)


reader = io.BufferedReader(Raw(b"abc", b"de\nf", b"gh"), 4)
print(reader.read(2), reader.peek(), reader.read1(9), reader.readline(), reader.read())
t(lambda: io.BufferedReader(Raw(None)).read(3))
t(lambda: io.BufferedReader(Raw(99), 4).read(3))
t(lambda: io.BufferedReader(Raw(-1), 4).read(3))
t(lambda: reader.read(-2))
t(lambda: io.BufferedReader(Raw(), 0))
t(lambda: io.BufferedReader(io.BytesIO()).write(b""))
t(lambda: reader.seek(0))
writer = io.BufferedWriter(Raw(), 4)
for data in b"ab", b"cd", b"efghij", b"k":
    writer.write(data)
writer.flush()
print(writer.raw.written)
both = io.BufferedRandom(io.BytesIO(b"0123456789"), 4)
print(both.read(3), both.write(b"xx"), both.read(2), both.tell(), both.seek(1), both.read(), both.raw.getvalue())
detached = both.detach()
t(lambda: both.read())
t(lambda: pickle.dumps(reader))

# Writes to a full pipe that doesn't block.
r, w = os.pipe()
os.set_blocking(w, False)
full = open(w, "wb", buffering=1024)
try:
    while True:
        full.write(b"x" * 5000)
except BlockingIOError as e:
    print(e.errno == 11, e.strerror, e.characters_written == e.args[2])
os.set_blocking(w, True)


def alarm(*_):
    os.read(r, 100000)


# A signal's handler makes room for the rest of a blocked write.
signal.signal(signal.SIGALRM, alarm)
signal.setitimer(signal.ITIMER_REAL, 0.2)
full.flush()
print("flushed")
full.close()
os.close(r)

# Text.
text = io.TextIOWrapper(io.BytesIO("a\r\nbü\rc\n".encode()), "utf-8")
print(text.readline(), text.read(1), text.tell(), text.newlines)
place = text.tell()
print(repr(text.read()), text.seek(place), repr(text.readline(1)), repr(text.read()), text.newlines)
for newline in None, "", "\n", "\r", "\r\n":
    text = io.TextIOWrapper(io.BytesIO(b"a\nb\r\nc\rd"), "ascii", newline=newline)
    text._CHUNK_SIZE = 3
    print(repr(newline), text.readlines())
    raw = io.BytesIO()
    text = io.TextIOWrapper(raw, "ascii", newline=newline)
    text.write("x\ny\r\n")
    text.flush()
    print(raw.getvalue())
text = io.TextIOWrapper(io.BytesIO(), "utf-16")
text.write("ab")
text.seek(0)
print(repr(text.read()), text.tell() > 0)
for line in text:
    pass
text = io.TextIOWrapper(io.BytesIO(b"a\nb"))
next(text)
t(text.tell)
t(lambda: text.reconfigure(encoding="ascii"))
t(lambda: text.seek(1, 1))
t(lambda: text.seek(-1))
t(lambda: io.TextIOWrapper(io.BytesIO(), newline="x"))
t(lambda: io.TextIOWrapper(io.BytesIO(), "hex"))
t(lambda: io.TextIOWrapper(Raw(None)).read())
t(lambda: open("/nonexistent/x"))
t(lambda: open(3.5))

# In memory.
data = b"abc" * 10
memory = io.BytesIO(data)
print(memory.getvalue() is data, memory.read(3), memory.seek(40), memory.write(b"z"), len(memory.getvalue()))
view = memory.getbuffer()
t(lambda: memory.write(b"1" * 100))
view.release()
print(memory.truncate(2), memory.getvalue(), memory.__getstate__())
clone = pickle.loads(pickle.dumps(memory))
print(clone.getvalue(), clone.tell())
string = io.StringIO("a\nb", newline="\r\n")
print(repr(string.getvalue()), repr(string.readline()), string.seek(0, 2), string.write("\nc"), repr(string.getvalue()))
print(string.__getstate__())
string = io.StringIO("a\r\nb\rc", newline=None)
print(list(string), string.newlines)
decoder = _io.IncrementalNewlineDecoder(None, True)
print([decoder.decode(piece) for piece in ("a\r", "\nb\r", "c", "\n")], decoder.newlines, decoder.getstate())
string.close()
t(string.read)
t(lambda: io.StringIO(1))
print(_io.BufferedReader.__flags__ >> 9 & 1, int.__flags__ >> 9 & 1)
