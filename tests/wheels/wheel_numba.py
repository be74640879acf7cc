# wheel: numba
"""Compiled functions."""
import numba
@numba.njit
def total(n):
    t = 0
    for i in range(n):
        t += i * i
    return t
print(total(1000), total.signatures)
