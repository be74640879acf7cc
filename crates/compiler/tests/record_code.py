"""Fills in what CPython compiles each source in code.txt to: `python3.14 record_code.py`.

A case is a line `=== MODE FLAGS OPTIMIZE` (FLAGS as for `compile()`, in hexadecimal), the source, a line `---`, and
the warnings, then the listing of the code objects or the error.
"""

import dis
import pathlib
import types
import warnings


def listing(code, out):
    args = f"{code.co_argcount} {code.co_posonlyargcount} {code.co_kwonlyargcount}"
    out.append(f"{code.co_qualname} args {args} flags {code.co_flags:#x} stack {code.co_stacksize} line {code.co_firstlineno}")
    for title in ("names", "varnames", "cellvars", "freevars"):
        if names := getattr(code, "co_" + title):
            out.append(f"  {title}: {' '.join(names)}")
    for i in dis.get_instructions(code):
        at = ":".join("None" if x is None else str(x) for x in i.positions)
        arg = "" if i.arg is None else f" {i.arg}"
        if i.opname == "LOAD_CONST":
            value = code.co_consts[i.arg]
            arg += f" {'code' if isinstance(value, types.CodeType) else repr(value)}"
        out.append(f"  {at} {i.opname}{arg}")
    for entry in dis._parse_exception_table(code):
        lasti = " lasti" if entry.lasti else ""
        out.append(f"  {entry.start} to {entry.end} -> {entry.target} [{entry.depth}]{lasti}")
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            listing(constant, out)


path = pathlib.Path(__file__).with_name("code.txt")
text = []
for case in path.read_text(encoding="utf-8").split("=== ")[1:]:
    head, rest = case.split("\n", 1)
    mode, flags, optimize = head.split()
    source = rest.split("\n---\n", 1)[0]
    out = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            code = compile(source + "\n", "<test>", mode, int(flags, 16), True, int(optimize))
            listing(code, out)
        except SyntaxError as error:
            out.append(f"{error.msg} ({error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset})")
        except ValueError as error:
            out.append(f"{type(error).__name__}: {error}")
    out = [f"warning at {warning.lineno}: {warning.message}" for warning in caught] + out
    text.append(f"=== {head}\n{source}\n---\n" + "".join(line + "\n" for line in out))
path.write_text("".join(text), encoding="utf-8")
