# The tokenizer as an iterator.
import _tokenize
import warnings

warnings.showwarning = lambda m, c, *a, **k: print('   warning', c.__name__, m)
def t(src, **k):
    print('---',repr(src),k)
    if isinstance(src,str): it=iter(src.splitlines(True)).__next__
    else: it=iter(src).__next__
    try:
        for x in _tokenize.TokenizerIter(it, **k): print(x)
    except BaseException as e: print(type(e).__name__, e, getattr(e,'args',None))
for x in (True,False):
    t("a = 1 # c\n\n# x\ndef f():\n  x='''a\nb'''\n  return é+ñ\n", extra_tokens=x)
    t("f'a{x!r:>{y}}b' \\\n  + (1,\n 2)", extra_tokens=x)
    t("(", extra_tokens=x)
    t("'''abc\n\n", extra_tokens=x)
    t("if x:\n   a\n  b\n", extra_tokens=x)
    t("x = $\n", extra_tokens=x)
    t("", extra_tokens=x)
    t("a", extra_tokens=x)
    t("é = 'x", extra_tokens=x)
    t("a)b]\n", extra_tokens=x)
    t("0777", extra_tokens=x)
    t("1if 2else 3", extra_tokens=x)
    t("a b\0 c\n", extra_tokens=x)
    t("if a:\n  b", extra_tokens=x)
    t("\\", extra_tokens=x)
    t([b"a\n"], extra_tokens=x)
    t([b"a = '\xc3\xa9'\n"], encoding='utf-8', extra_tokens=x)
    t([b"a = '\xe9'\n"], encoding='latin-1', extra_tokens=x)
    t([b"b\n", b"a = '\xe9'\n"], encoding='utf-8', extra_tokens=x)
    t([b"a = '\xe9'\n"], encoding='foo', extra_tokens=x)
    t(["a = '\xe9'\n"], encoding='utf-8', extra_tokens=x)
    t(["a\n",3], extra_tokens=x)
    t(["a\n","\x0c b\n"], extra_tokens=x)
    t("a = 1;  \\\n\n", extra_tokens=x)
    t("x: int # type: int\n", extra_tokens=x)
    t("é='''\n''' ; ab\n", extra_tokens=x)
def q(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
q(lambda: _tokenize.TokenizerIter())
q(lambda: next(_tokenize.TokenizerIter(3,extra_tokens=True)))
q(lambda: _tokenize.TokenizerIter(3,4,extra_tokens=True))
q(lambda: _tokenize.TokenizerIter(3,encoding=4,extra_tokens=True))
q(lambda: _tokenize.TokenizerIter(3,encoding=None,extra_tokens=True))
q(lambda: list(_tokenize.TokenizerIter(lambda: 1/0,extra_tokens=True)))
def g():
    yield "a\n"
    yield "b\n"
    1/0
it=_tokenize.TokenizerIter(g().__next__,extra_tokens=True)
q(lambda: print(next(it),next(it),next(it),next(it),next(it)))
