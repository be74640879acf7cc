# wheel: frozenlist
"""Lists that can be frozen, by Cython."""
from frozenlist import FrozenList, _frozenlist

print(FrozenList is _frozenlist.FrozenList)
f = FrozenList([1, 2, 3])
f.append(4); f.insert(0, 0); f[1] = 10; del f[2]; f.extend([7, 8]); f += [9]
print(f, len(f), f[1:3], 7 in f, list(reversed(f)), f.index(7), f.count(9), f.pop(), f == [0, 10, 3, 4, 7, 8], f < [1], f.frozen)
try:
    hash(f)
except Exception as e:
    print(type(e).__name__, e)
f.freeze()
print(f, f.frozen, hash(f) == hash(FrozenList(f).__class__(f)) if False else isinstance(hash(f), int))
for action in (lambda: f.append(1), lambda: f.clear(), lambda: f.__setitem__(0, 1), lambda: f[99], lambda: f.index(99), lambda: f.sort()):
    try:
        print(action())
    except Exception as e:
        print(type(e).__name__, e)
import collections.abc, copy
print(isinstance(f, collections.abc.MutableSequence), FrozenList[int], copy.deepcopy(f))
