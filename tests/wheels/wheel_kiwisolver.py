# wheel: kiwisolver
"""Linear constraints, solved by C++."""
import kiwisolver
from kiwisolver import Variable, Solver, Constraint, Expression, Term, strength

x, y, z = Variable("x"), Variable("y"), Variable("z")
s = Solver()
s.addConstraint(x >= 10)
s.addConstraint((x + y * 2 == 40) | "strong")
s.addConstraint(z == x + y + 5)
s.addEditVariable(x, "medium")
s.suggestValue(x, 16)
s.updateVariables()
print(x.value(), y.value(), z.value())
print(x, repr(2 * x + y - 3), repr(x <= 5), repr(Term(x, 3)), type(strength).__name__, strength.required, strength.create(1, 2, 3))
c = x == 99
for action in (lambda: s.addConstraint(c | "required"), lambda: s.addConstraint(c), lambda: s.removeConstraint(x == 1), lambda: s.removeEditVariable(y), lambda: x * y, lambda: x < y, lambda: Variable(5),
               lambda: s.suggestValue(z, 1), lambda: c | "wrong", lambda: x / 0, lambda: s.addConstraint(5), lambda: Expression([1]), lambda: Expression((Term(x, 1),), 3)):
    try:
        print(action())
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
e = Expression((Term(x, 1), Term(y, 2)), 7)
print(e.constant(), [t.variable().name() for t in e.terms()], e.value(), (e == 3).op(), (e >= 3).strength(), (x - 5).constant(), (-x).coefficient(), (3 - x).constant(), (x / 2).coefficient())
x.setName("renamed"); x.setContext({"k": 1}); print(x.name(), x.context())
print(s.hasConstraint(c), s.hasEditVariable(x), s.dumps().count("\n") > 5, kiwisolver.__version__, kiwisolver.__kiwi_version__)
import gc
s.reset(); del s; print(gc.collect() >= 0)
