# wheel: markupsafe
"""Escaping, by the compiled function."""
import markupsafe
from markupsafe import Markup, escape, escape_silent, soft_str, _speedups

print(markupsafe._escape_inner is _speedups._escape_inner, _speedups._escape_inner.__doc__)
for text in ["", "plain", "<a href='x'>&\"", "é<", "€<€", "\U0001f600&\U0001f600", "&" * 50, "a" * 1000 + "<"]:
    print(ascii(_speedups._escape_inner(text))[:200])
for value in (None, 5, 1.5, b"bytes<", ["<"], Markup("<b>"), object.__class__):
    print(repr(escape(value)), repr(escape_silent(value)))
try:
    _speedups._escape_inner(5)
except Exception as e:
    print(type(e).__name__, e)
class HTML:
    def __html__(self):
        return "<i>me</i>"
print(escape(HTML()), Markup("<em>%s</em>") % "<x>", Markup("<p>") + "<q>", Markup("{0.real} {a}").format(5, a="<"), Markup("a&lt;b").unescape(), Markup("<b>t</b>  x").striptags())
print(Markup(", ").join(["<", Markup(">")]), Markup("x") * 2, soft_str(Markup("m")), Markup("a-b").split("-"), hash(Markup("q")) == hash("q"))
