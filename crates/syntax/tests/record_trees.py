"""Fills in what CPython makes of each source in trees.txt: `python3.14 record_trees.py`.

A case is a line `=== MODE`, the source, a line `---`, and the tree or `SyntaxError`. Modes are exec, eval, single,
func_type, and `types` for exec with type comments.
"""

import ast
import pathlib
import warnings

warnings.simplefilter("ignore")
path = pathlib.Path(__file__).with_name("trees.txt")
out = []
for case in path.read_text(encoding="utf-8").split("=== ")[1:]:
    mode, rest = case.split("\n", 1)
    source = rest.split("\n---\n", 1)[0]
    try:
        options = {"type_comments": True} if mode == "types" else {"mode": mode}
        tree = ast.dump(ast.parse(source, **options), include_attributes=True)
    except SyntaxError:
        tree = "SyntaxError"
    out.append(f"=== {mode}\n{source}\n---\n{tree}\n")
path.write_text("".join(out), encoding="utf-8")
