"""Says what CPython makes of bytes in every encoding: run by `cargo xtask same-encodings` with a count and a seed.

Writes, for each source, a letter (C: content, E: the error it is rejected with), the source and the answer, each after its
length. The sources: all of one or two bytes, alone and behind declarations; every name of a codec, in several spellings,
with ASCII, with each byte, with random bytes; every name of one or two bytes; as many random ones as are asked for.
"""

import encodings
import encodings.aliases
import marshal
import os
import random
import sys
import warnings

count, seed = int(sys.argv[1]), int(sys.argv[2])
rng = random.Random(seed)
warnings.simplefilter("ignore")
# Not the same on every system, or not deterministic.
SKIPPED = {"mbcs", "oem", "idna"}


def codecs():
    names = set(encodings.aliases.aliases) | set(encodings.aliases.aliases.values())
    for entry in os.listdir(os.path.dirname(encodings.__file__)):
        name, extension = os.path.splitext(entry)
        if extension == ".py":
            names.add(name)
    return sorted(name for name in names if name not in SKIPPED)


def spellings(name):
    dashed = name.replace("_", "-")
    return dict.fromkeys([name, dashed, name.upper(), dashed.title(), dashed + "-x", name + ".", "-" + name, name.replace("_", "")])


def sources():
    one = [bytes([a]) for a in range(256)]
    two = [bytes([a, b]) for a in range(256) for b in range(256)]
    yield b""
    yield from one
    yield from two
    for head in [b"\xef\xbb\xbf", b"#coding: latin-1\n", b"#coding: utf-8\n", b"# -*- coding: cp1252 -*-\n'", b"(\n", b"'''\r"]:
        yield from (head + tail for tail in one)
    for tail in two:
        yield b"#\n# vim: fileencoding=" + tail + b"\nx"
        yield b"#coding" + tail + b"utf-7\nx+AGE-"
    for name in codecs():
        for spelling in spellings(name):
            declared = b"#coding: " + spelling.encode() + b"\n"
            yield declared + b"x = 'abc'\n"
            yield declared + b"x = '\xc3\xa9'\n"
            yield declared + b"x = '\xe9'"
            yield b"\xef\xbb\xbf" + declared + b"x"
        declared = b"#coding: " + name.encode() + b"\n"
        yield from (declared + b"'" + tail + b"'\n" for tail in one)
        for _ in range(64):
            yield declared + b"x = '''" + rng.randbytes(rng.randrange(1, 40)) + b"'''\n"
    heads = [b"", b"\n", b"\xef\xbb\xbf", b"\xff\xfe", b"#!/x\r\n", b"x = '''", b"#coding: utf-8\r", b"#coding=latin-1\n"]
    names = codecs()
    pieces = [b"\n", b"\r", b"\r\n", b"'", b"#", b"coding", b":", b"=", b"(", b"\\", b" ", b"\t", b"\x0c", b"\xef\xbb\xbf", "é€😀".encode()]
    for _ in range(count):
        source = rng.choice(heads)
        if rng.random() < 0.3:
            source += b"#coding: " + rng.choice(names).encode() + b"\n"
        for _ in range(rng.randrange(12)):
            source += rng.choice(pieces) if rng.random() < 0.7 else rng.randbytes(rng.randrange(1, 6))
        yield source


def describe(error):
    parts = [type(error).__name__, str(getattr(error, "msg", error))]
    if isinstance(error, SyntaxError):
        parts += [str(x) for x in (error.lineno, error.offset, error.end_lineno, error.end_offset)]
        parts.append(str(error.text))
    return "\t".join(parts).encode("utf-8", "surrogatepass")


def sized(data):
    return len(data).to_bytes(4, "little") + data


for source in sources():
    try:
        kind, answer = b"C", marshal.dumps([compile(source, "<bytes>", "exec", dont_inherit=True)][0])
    except Exception as error:
        kind, answer = b"E", describe(error)
    sys.stdout.buffer.write(kind + sized(source) + sized(answer))
sys.stdout.buffer.flush()
