# Iterators of tuples may give the same tuple again, but never change one that somebody holds.
import itertools as I
import weakref
makers = [lambda: zip('abc', 'def'), lambda: I.zip_longest('abc', 'd'), lambda: I.pairwise('abcd'),
          lambda: I.combinations('abcd', 2), lambda: I.combinations_with_replacement('ab', 2),
          lambda: I.permutations('abc', 2), lambda: I.product('ab', 'cd')]
for make in makers:
    print(list(make()), len({t for t in make()}), [a + b for a, b in make()] if make is not makers[1] else '')
    it = make(); first = next(it); second = next(it); h = hash(second); print(first, second, hash(second) == h)
class Nosy:
    def __del__(self):
        global held
        held = outer and next(outer, None)
outer = zip(map(lambda n: Nosy(), range(4)), range(4))
for pair in outer:
    assert pair[1] in range(4); del pair
held = outer = None
def g():
    yield 1
x = g(); r = weakref.ref(x); print(r() is x); del x; print(r())
class N:
    def __iter__(self): return self
for f in (iter, next, list):
    try: f(N())
    except TypeError as e: print(e)
