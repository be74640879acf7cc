"""Makes a corpus of wrong programs, for `cargo xtask same-errors`: wrong.py DIRECTORY COUNT SEED < paths.

Most are pieces of the given files with tokens deleted, doubled, swapped or inserted, or with the end cut off; the rest
are the strings and doctest examples of CPython's tests of syntax errors. Only what CPython rejects is kept.
"""

import ast
import doctest
import io
import os
import random
import sys
import tokenize
import warnings

directory, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
warnings.simplefilter("ignore")
rng = random.Random(seed)
TESTS = """test_syntax test_exceptions test_fstring test_tstring test_patma test_named_expressions test_type_params
test_eof test_positional_only_arg test_unpack_ex""".split()
INSERTED = """( ) [ ] { } , : ; . = == := -> + - * ** / @ ! ~ ... if else elif for while in not is and or lambda def class
return yield await async try except finally with as import from pass break continue del global nonlocal raise assert
True False None match case type _ x 1 0x 1_ 1.5j 'a' "b" f'{x}' f'{' t'{x!r}' b'c' \\ $ ? \t""".split(" ")


def rejected(source):
    try:
        compile(source, "<wrong>", "exec", dont_inherit=True)
    except SyntaxError:
        return True
    except Exception:
        return False
    return False


def pieces(path):
    """Top-level statements of a file, some neighbours together."""
    try:
        with tokenize.open(path) as file:
            text = file.read()
        body = ast.parse(text).body
    except (SyntaxError, ValueError, UnicodeDecodeError):
        return
    lines = text.split("\n")
    for index in range(0, len(body), 3):
        group = body[index : index + 3]
        first = min([group[0].lineno] + [d.lineno for d in getattr(group[0], "decorator_list", [])])
        piece = "\n".join(lines[first - 1 : group[-1].end_lineno]) + "\n"
        if 20 < len(piece) < 4000:
            yield piece


def spans(piece):
    starts = [0]
    for line in piece.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    result = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(piece).readline):
            if token.string.strip():
                result.append((starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]))
    except (SyntaxError, tokenize.TokenError):
        pass
    return result


def mutate(piece):
    tokens = spans(piece)
    if len(tokens) < 3:
        return None
    index = rng.randrange(len(tokens) - 1)
    (a, b), (c, d) = tokens[index], tokens[index + 1]
    match rng.randrange(6):
        case 0:
            return piece[:a] + piece[b:]
        case 1:
            return piece[:a] + piece[c:d] + piece[b:c] + piece[a:b] + piece[d:]
        case 2:
            return piece[:b] + " " + rng.choice(INSERTED) + " " + piece[b:]
        case 3:
            return piece[:a] + rng.choice(INSERTED) + piece[b:]
        case 4:
            return piece[: rng.randrange(1, len(piece))]
        case _:
            other = rng.choice(tokens)
            return piece[:b] + " " + piece[other[0] : other[1]] + piece[b:]


def snippets():
    folder = os.path.join(os.path.dirname(os.__file__), "test")
    for name in TESTS:
        try:
            with tokenize.open(os.path.join(folder, name + ".py")) as file:
                text = file.read()
        except OSError:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
                if "\n" in node.value:
                    try:
                        yield from (example.source for example in doctest.DocTestParser().get_examples(node.value))
                    except ValueError:
                        pass


def main():
    found = {}
    for source in snippets():
        if len(source) < 20_000 and rejected(source):
            found[source] = None
    paths = sys.stdin.read().split("\n")
    rng.shuffle(paths)
    wanted = len(found) + count
    supply = [piece for path in paths[:400] if path for piece in pieces(path)]
    while supply and len(found) < wanted:
        source = mutate(rng.choice(supply))
        if source and rejected(source):
            found[source] = None
    os.makedirs(directory, exist_ok=True)
    for index, source in enumerate(found):
        try:
            data = source.encode()
        except UnicodeEncodeError:
            continue
        with open(os.path.join(directory, f"{index:05}.py"), "wb") as file:
            file.write(data)


main()
