"""_decimal: arithmetic, contexts, signals, conversions, formats."""
import pickle
from decimal import *
from fractions import Fraction


def shown(function):
    try:
        return repr(function())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


D = Decimal
print(D("0.1") + D("0.2"), D(1) / 7, D(7) // -2, D(7) % -2, divmod(D("-7.5"), 2), D(2) ** 100, D(2) ** D("0.5"))
print(D(2).sqrt(), D(10).ln(), D(2).log10(), D(1).exp(), D("1e-50").exp(), D(100).sqrt(), D("1e5").log10())
print(D("123.456").quantize(D(".01"), ROUND_UP), round(D("2.5")), round(D("1.25"), 1), round(D("1e3"), -2))
print(D("1.2300").normalize(), D("12e3").to_eng_string(), D("-0").copy_abs(), D("1e400").adjusted(), D(5).logb())
print(D("nan") == D("nan"), D("nan") != 1, D(1) == 1.0, D("0.5") == Fraction(1, 2), D(3) < 3.5, D(1) == 1 + 0j)
print(hash(D("1.5")) == hash(1.5), hash(D(10) ** 30) == hash(10**30), hash(D("-1e-7")) == hash(Fraction(-1, 10**7)))
print(D(3.14), D.from_float(0.1), D.from_number(7), D((1, (1, 2, 3), -2)), D(" 1_000.5 "), D("١٢"), D("-sNaN12"))
print(D("-1.50").as_tuple(), D("inf").as_tuple(), D("1.25").as_integer_ratio(), int(D("-9.9")), float(D("1e-3")))
print(D("101").logical_xor(D("110")), D("12345").rotate(2), D("12345").shift(-2), D(1).next_plus(), D(1).scaleb(5))
print(D("1e29").compare_total(D("10e28")), max(D(2), D(1)), D(3).max(D("nan")), D(10).remainder_near(6), D(2).fma(3, 4))
print([D(x).number_class() for x in ("1", "-0", "inf", "nan", "-snan", "1e-1000000")], pow(D(3), 200, 7))
print(D(10**40) * D(10**40 + 1), D(3 ** 200) + 1, int(D(3) ** 40), D(7**300) == 7**300, len(str(D(10**5000 + 1) + 0)))
big = Context(prec=20000, Emax=MAX_EMAX, Emin=MIN_EMIN)
x = big.power(3, 20000)
print(x == 3**20000, int(big.divide(x, big.power(3, 19000))) == 3**1000, big.sqrt(big.multiply(x, x)) == x)
print(hash(x) == hash(3**20000), str(big.divide(1, 7))[-5:])
wide = Context(prec=300)
print(str(wide.exp(1))[-9:], str(wide.ln(2))[-9:], str(wide.log10(3))[-9:], str(wide.power(2, D("0.3")))[-9:])

for spec in ("", ".2f", "10.3e", "+,.1f", "%", ".0%", "08.2f", "<9", "*^12", "g", ".3G", "_", "z.1f", "#.0f", "n", "020,", "x"):
    print(repr(spec), shown(lambda: format(D("-1234567.891"), spec)), shown(lambda: format(D("0e-9"), spec)))

for wrong in (lambda: D("x"), lambda: D(1) / 0, lambda: D(0) / 0, lambda: D("snan") + 1, lambda: D(1) < D("nan"), lambda: D(-1).sqrt(),
              lambda: D(10) ** 10000000, lambda: D(1) + 1.5, lambda: D((2, (1,), 0)), lambda: D(1).exp(3), lambda: hash(D("snan")),
              lambda: int(D("nan")), lambda: Context(prec=0), lambda: Context(rounding="x"), lambda: setcontext(1), lambda: D(10**30) // 1,
              lambda: getcontext().traps[int], lambda: delattr(getcontext(), "prec"), lambda: D.from_float("1"), lambda: IEEEContext(33)):
    print(shown(wrong))

with localcontext(prec=5, rounding=ROUND_DOWN) as context:
    print(D(2) / 3, +D("1.234567"), context)
    context.clear_flags()
    context.traps[Inexact] = True
    print(shown(lambda: D(1) / 3), context.flags[Inexact], sorted(s.__name__ for s in context.flags if context.flags[s]))
    context.traps[FloatOperation] = True
    print(shown(lambda: D(1.5)), shown(lambda: D(1) < 2.5), D(1) == 1.5)
print(getcontext().prec, Context(Emin=-5, Emax=5, prec=3, clamp=1, traps=[]).create_decimal("12345e5"), IEEEContext(64), Context(1).Etiny())
c = Context(prec=3, Emin=-9, Emax=9, traps=[])
print(c.multiply(D("1e-9"), D("0.15")), c.divide(1, 0), c.sqrt(-1), c.flags == {s: s in (InvalidOperation, DivisionByZero, Subnormal, Underflow, Inexact, Rounded) and c.flags[s] for s in c.flags})
print(pickle.loads(pickle.dumps(D("1.50"))), repr(pickle.loads(pickle.dumps(c)) ) == repr(c), c.copy() is c, repr(BasicContext))


class Sub(Decimal):
    pass


print(type(Sub(1) + 1), type(Sub.from_float(1.5)), repr(Sub("2.5")), Sub(3) == 3, isinstance(D(1), __import__("numbers").Number))
