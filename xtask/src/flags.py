"""Says what CPython makes of programs in every mode and with every flag: run by `cargo xtask same-flags` with a seed; reads
paths, one a line.

Writes, for each program, a letter (C: code, T: tree, E: the error it is rejected with), then mode, flags, version, optimization and whether
warnings are errors as text, the source and the answer, each after its length.
"""

import ast
import marshal
import random
import sys
import warnings

rng = random.Random(int(sys.argv[1]))
warnings.simplefilter("ignore")
sys.setrecursionlimit(100_000)

INCOMPLETE, DEDENT, AWAIT, COMMENTS, TREE, OPTIMIZED = 0x4000, 0x200, 0x2000, 0x1000, 0x400, 0x8000
FLUFL, ANNOTATIONS = 0x400000, 0x1000000


def settings():
    mode = rng.choice(["exec", "exec", "eval", "single", "func_type"])
    flags = rng.choice([0, INCOMPLETE, INCOMPLETE | DEDENT, DEDENT, AWAIT, COMMENTS, FLUFL, ANNOTATIONS, AWAIT | ANNOTATIONS])
    version = -1
    if mode == "func_type" or rng.random() < 0.3:
        flags |= TREE
        if rng.random() < 0.7:
            version = rng.randrange(3, 15)
        if rng.random() < 0.2 and mode != "func_type":
            flags |= OPTIMIZED
    return mode, flags, version, rng.randrange(3), int(rng.random() < 0.2)


def describe(error):
    parts = [type(error).__name__, str(getattr(error, "msg", error))]
    if isinstance(error, SyntaxError):
        parts += [str(x) for x in (error.lineno, error.offset, error.end_lineno, error.end_offset)]
        parts.append(str(error.text))
    return "\t".join(parts).encode("utf-8", "surrogatepass")


def sized(data):
    return len(data).to_bytes(4, "little") + data


def sources():
    for path in sys.stdin.buffer.read().split(b"\n"):
        if path:
            with open(path, "rb") as file:
                try:
                    source = file.read().decode()
                except ValueError:
                    continue
            yield source
            lines = source.splitlines(keepends=True)
            if len(lines) > 2:
                start = rng.randrange(len(lines))
                yield "".join(lines[start : start + rng.randrange(1, 5)])
            yield source.rstrip() if rng.random() < 0.5 else source[: rng.randrange(len(source) + 1)]


for source in sources():
    for _ in range(2):
        mode, flags, version, optimize, strict = settings()
        warnings.simplefilter("error" if strict else "ignore")
        try:
            result = compile(source, "<flags>", mode, flags, dont_inherit=True, optimize=optimize, _feature_version=version)
            if isinstance(result, ast.AST):
                kind, answer = b"T", ast.dump(result, include_attributes=True).encode("utf-8", "surrogatepass")
            else:
                kind, answer = b"C", marshal.dumps([result][0])
        except Exception as error:
            kind, answer = b"E", describe(error)
        sys.stdout.buffer.write(kind + sized(f"{mode} {flags} {version} {optimize} {strict}".encode()) + sized(source.encode()) + sized(answer))
sys.stdout.buffer.flush()
