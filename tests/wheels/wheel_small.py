# wheel: yarl
"""Smaller packages of Cython and mypyc: propcache, yarl, charset_normalizer."""
from propcache import cached_property, under_cached_property, _helpers_c
class C:
    calls = 0
    @cached_property
    def p(self):
        self.calls += 1
        return 5
c = C(); print(c.p, c.p, c.calls, c.__dict__, cached_property is _helpers_c.cached_property)
class U:
    def __init__(self): self._cache = {}
    @under_cached_property
    def q(self): return "under"
u = U(); print(u.q, u._cache)
try:
    u.q = 1
except AttributeError as e:
    print(e)
from yarl import URL
from yarl._quoting_c import _Quoter, _Unquoter
u = URL("http://user:pä@exämple.com:8080/päth/../a b?q=1&q=é#frag")
print(u, u.host, u.raw_host, u.port, u.path, u.query.getall("q"), u.fragment, u / "x y", u % {"z": "1"}, u.with_scheme("https"), u.join(URL("../up")), u.human_repr(), URL("/a") < URL("/b"), hash(u) == hash(URL(str(u))))
print(_Quoter()("a b/ü%20"), _Unquoter()("a%20b%C3%BC%zz"), _Quoter(safe="/", qs=True)("a b/"))
for bad in (5, "http://[::1", "http://x:99999"):
    try:
        print(URL(bad))
    except Exception as e:
        print(type(e).__name__, e)
import charset_normalizer
from charset_normalizer import md
print(charset_normalizer.from_bytes("Všeobecná deklarace lidských práv, pro každého člověka.".encode("cp1250")).best() is not None, charset_normalizer.detect("こんにちは世界、これはテストです。".encode("utf-8"))["encoding"], md.mess_ratio("Hello world, this is text"), md.__file__.endswith(".so"))
