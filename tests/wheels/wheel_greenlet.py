# wheel: greenlet
"""Switching stacks."""
import greenlet
from greenlet import greenlet as G, getcurrent

def one(x):
    print("one", x)
    y = two_.switch(x + 1)
    print("one again", y)
    try:
        two_.switch("raise")
    except ValueError as e:
        print("caught", e)
    return "one done"
def two(x):
    print("two", x)
    z = one_.switch(x * 10)
    print("two again", z)
    raise ValueError("from two")
one_ = G(one); two_ = G(two, parent=one_)
print(one_.switch(5), one_.dead, two_.dead, getcurrent().parent)
def generator(n):
    for i in range(n):
        getcurrent().parent.switch(i)
g = G(generator)
print([g.switch(3), g.switch(), g.switch(), g.switch()], bool(g), g.dead)
def kill():
    try:
        getcurrent().parent.switch("started")
    except greenlet.GreenletExit:
        print("exit"); raise
k = G(kill); print(k.switch()); print(type(k.throw()))
def deep(n):
    return n if n == 0 else 1 + deep(n - 1)
print(G(lambda: deep(200)).switch())
