# wheel: rpds_py
"""Persistent maps, lists and sets."""
from rpds import HashTrieMap, HashTrieSet, List
m = HashTrieMap({"a": 1})
print(m.insert("b", 2)["b"], len(m), HashTrieSet([1, 2]).insert(2) == HashTrieSet([2, 1]), List([1, 2]).push_front(0))
try:
    m["missing"]
except KeyError as error:
    print(error)
