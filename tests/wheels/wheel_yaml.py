# wheel: pyyaml
"""YAML by libyaml."""
import yaml

text = """
# comment
a: 1
b: [1, 2.5, null, true, 'q', "d\\n"]
c: {x: y, ? z : 3}
d: |
  block
  text
e: >-
  folded
  text
f: &anchor {k: v}
g: *anchor
h: 2024-01-02
i: 2024-01-02T03:04:05Z
j: !!binary aGVsbG8=
k: !!set {a, b}
l: 0x1F
<<: {merged: yes}
é: €
"""
print(yaml.__with_libyaml__, yaml.CSafeLoader.__mro__[1].__name__)
data = yaml.load(text, Loader=yaml.CSafeLoader)
print({k: (sorted(v) if isinstance(v, set) else v) for k, v in data.items()})
print(data == yaml.load(text, Loader=yaml.SafeLoader))
print(yaml.dump({"a": [1, {"b": None}], "s": "é: x", "t": (1, 2.0), "long": "word " * 30}, Dumper=yaml.CDumper, allow_unicode=True))
print(yaml.dump([1, "multi\nline", True], Dumper=yaml.CSafeDumper, default_flow_style=True, indent=4))
for event in yaml.parse("- a\n- {b: c}\n", Loader=yaml.CLoader):
    print(event)
for token in yaml.scan("k: [v]", Loader=yaml.CLoader):
    print(token)
print(yaml.compose("a: [1]", Loader=yaml.CLoader))
for bad in ("a: [", "\t- x", "a: b: c", "&a &b c", "*none", "!!python/object:os.system {}", "%YAML 3.0\n---\na"):
    try:
        print(yaml.load(bad, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as e:
        print(type(e).__name__, str(e).replace("\n", " | "))
print(list(yaml.load_all("---\na\n---\nb\n", Loader=yaml.CSafeLoader)), yaml.load(b"\xff\xfea\x00", Loader=yaml.CSafeLoader))
