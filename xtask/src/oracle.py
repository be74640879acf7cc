"""Says what CPython makes of source files: run by `cargo xtask same-*` with a mode and an optimization level.

Reads paths, one a line; for each writes a letter (C: content, E: the error it is rejected with), a length and so many
bytes: marshal data for `code`; for `ast`, `tokens`, `symbols` and `warnings` a digest of the text, or with `-text` the text itself.
Mode `decode` stands alone: for an encoding and bytes, each after its length, it writes the text in UTF-8 or the error.
"""

import _symtable
import ast
import io
import marshal
import sys
import tokenize
import warnings
import zlib

mode = sys.argv[1]
if mode == "decode":
    while size := sys.stdin.buffer.read(4):
        encoding = sys.stdin.buffer.read(int.from_bytes(size, "little")).decode()
        data = sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), "little"))
        try:
            kind, content = b"C", data.decode(encoding).encode()
        except Exception as error:
            kind, content = b"E", str(error).encode()
        sys.stdout.buffer.write(kind + len(content).to_bytes(4, "little") + content)
        sys.stdout.buffer.flush()
    sys.exit()
optimize = int(sys.argv[2])
warnings.simplefilter("ignore")
sys.setrecursionlimit(100_000)


def code(source, path):
    # Marshal marks what has more than one reference; the list is the other one, as an importer has it.
    result = [compile(source, path, "exec", dont_inherit=True, optimize=optimize)]
    return marshal.dumps(result[0])


def errors(source, path):
    # From text, so that neither encodings nor the file's name matter.
    compile(source.decode(), "<wrong>", "exec", dont_inherit=True, optimize=optimize)
    return b""


def tree(source, path):
    return ast.dump(ast.parse(source, path), include_attributes=True).encode("utf-8", "surrogatepass")


def tokens(source, path):
    lines = io.StringIO(tokenize.open(path).read()).readline
    text = "".join(
        f"{t.exact_type} {t.start[0]}:{t.start[1]}-{t.end[0]}:{t.end[1]} {t.string}\n"
        for t in tokenize.generate_tokens(lines)
    )
    return text.encode("utf-8", "surrogatepass")


def symbols(source, path):
    lines = []

    def scope(table, depth):
        lines.append(f"{' ' * depth}{table.name} {table.type} {table.lineno} {table.nested} {table.varnames}")
        # Free names join in no certain order.
        lines.extend(f"{' ' * depth}  {name}: {flags}" for name, flags in sorted(table.symbols.items()))
        for child in table.children:
            scope(child, depth + 1)

    scope(_symtable.symtable(source, path, "exec"), 0)
    return "".join(line + "\n" for line in lines).encode("utf-8", "surrogatepass")


def warned(source, path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile(source, path, "exec", dont_inherit=True, optimize=optimize)
    lines = [f"{w.category.__name__} {w.lineno} {w.message}\n" for w in caught]
    return "".join(lines).encode("utf-8", "surrogatepass")


def digest(text):
    return b"%d %08x %08x" % (len(text), zlib.crc32(text), zlib.adler32(text))


def describe(error):
    parts = [type(error).__name__, str(getattr(error, "msg", error))]
    if isinstance(error, SyntaxError):
        parts += [str(x) for x in (error.lineno, error.offset, error.end_lineno, error.end_offset)]
    return "\t".join(parts).encode("utf-8", "surrogatepass")


work = {"code": code, "errors": errors, "ast": tree, "tokens": tokens, "symbols": symbols, "warnings": warned}[mode.removesuffix("-text")]
for path in sys.stdin.buffer.read().split(b"\n"):
    if not path:
        continue
    path = path.decode("utf-8", "surrogateescape")
    try:
        with open(path, "rb") as file:
            source = file.read()
        kind, content = b"C", work(source, path)
        if mode in ("ast", "tokens", "symbols", "warnings"):
            content = digest(content)
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError, tokenize.TokenError) as error:
        kind, content = b"E", describe(error)
    sys.stdout.buffer.write(kind + len(content).to_bytes(4, "little") + content)
sys.stdout.buffer.flush()
