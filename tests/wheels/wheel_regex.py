# wheel: regex
"""The other regular expressions, in C."""
import regex

print(regex.findall(r"\p{Lu}\w+", "Ärger Über alles Ok"), regex.sub(r"(?<a>\d+)", r"<\g<a>>", "a1b22"), regex.split(r"[,;]\s*", "a, b;c"), regex.fullmatch(r"(?:ab)+", "abab"))
m = regex.search(r"(?P<w>\w)+", "word")
print(m.captures("w"), m.spans("w"), m.span(), m.groupdict(), m.capturesdict(), m)
print(regex.search(r"(?:cats|dogs){e<=1}", "cat").fuzzy_counts, regex.findall(r"(?i)straße", "STRASSE straße", flags=regex.F), regex.findall(r".", "e\u0301a"), regex.findall(r"\X", "e\u0301a"))
print([m.group() for m in regex.finditer(r"\w+", "one two", overlapped=True)][:4], regex.match(r"(\((?:[^()]|(?1))*\))", "(a(b)c)d").group(), regex.escape("a.b*c"))
print(regex.compile(r"(a)(?|(b)|(c))", regex.V1), regex.sub("x*", "-", "abxd"), regex.subn("a", lambda m: m.group().upper(), "banana", count=2), regex.findall(rb"\w", b"a b"))
for bad in ("(", "[a", "*a", r"\p{Nope}", "(?P<1>a)", "a{2,1}"):
    try:
        regex.compile(bad)
    except regex.error as e:
        print(e, e.pos)
try:
    regex.search(r"(a+)+b", "a" * 40, timeout=5); print("done")
except TimeoutError:
    print("timeout")
print(regex.match(r"(?r)..", "abc").span(), regex.findall(r"\b\w", "hi there"), regex.match("abc", "ab", partial=True), regex.__version__)
