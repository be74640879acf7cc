# wheel: wrapt
"""Proxies and decorators in C."""
import inspect
import wrapt
@wrapt.decorator
def loud(wrapped, instance, args, kwargs):
    print("call", wrapped.__name__, instance is not None, args, kwargs)
    return wrapped(*args, **kwargs)
class A:
    @loud
    def m(self, x, y=2):
        """Doc."""
        return x + y
print(A().m(1), A.m.__doc__, inspect.signature(A.m))
p = wrapt.ObjectProxy([1, 2])
print(len(p), p + [3], p == [1, 2], isinstance(p, list), type(p), p.__wrapped__)
p.append(5)
print(p)
