//! `_operator`: Python's operators as functions, and callables that fetch attributes, items, or call methods.

mod getters;

use runtime::prelude::*;
use runtime::protocol::number;
use runtime::protocol::type_name;

use getters::{AttrGetter, ItemGetter, MethodCaller};

/// Functions of two operands.
macro_rules! binary {
    ($($name:ident $doc:literal $body:expr;)*) => {$(
        #[function(signature = "(a, b, /)", doc = $doc)]
        fn $name(a: &Object, b: &Object) -> Result {
            let body: fn(&Object, &Object) -> Result = $body;
            body(a, b)
        }
    )*};
}

binary! {
    lt "Same as a < b." |a, b| a.rich_compare(b, CompareOp::Lt);
    le "Same as a <= b." |a, b| a.rich_compare(b, CompareOp::Le);
    eq "Same as a == b." |a, b| a.rich_compare(b, CompareOp::Eq);
    ne "Same as a != b." |a, b| a.rich_compare(b, CompareOp::Ne);
    ge "Same as a >= b." |a, b| a.rich_compare(b, CompareOp::Ge);
    gt "Same as a > b." |a, b| a.rich_compare(b, CompareOp::Gt);
    add "Same as a + b." number::add;
    sub "Same as a - b." number::subtract;
    mul "Same as a * b." number::multiply;
    matmul "Same as a @ b." number::matrix_multiply;
    floordiv "Same as a // b." number::floor_divide;
    truediv "Same as a / b." number::true_divide;
    r#mod "Same as a % b." number::remainder;
    pow "Same as a ** b." |a, b| number::power(a, b, &none());
    lshift "Same as a << b." number::lshift;
    rshift "Same as a >> b." number::rshift;
    and_ "Same as a & b." number::and;
    xor "Same as a ^ b." number::xor;
    or_ "Same as a | b." number::or;
    concat "Same as a + b, for a and b sequences." number::concat;
    iadd "Same as a += b." number::inplace_add;
    isub "Same as a -= b." number::inplace_subtract;
    imul "Same as a *= b." number::inplace_multiply;
    imatmul "Same as a @= b." number::inplace_matrix_multiply;
    ifloordiv "Same as a //= b." number::inplace_floor_divide;
    itruediv "Same as a /= b." number::inplace_true_divide;
    imod "Same as a %= b." number::inplace_remainder;
    ipow "Same as a **= b." |a, b| number::inplace_power(a, b, &none());
    ilshift "Same as a <<= b." number::inplace_lshift;
    irshift "Same as a >>= b." number::inplace_rshift;
    iand "Same as a &= b." number::inplace_and;
    ixor "Same as a ^= b." number::inplace_xor;
    ior "Same as a |= b." number::inplace_or;
    iconcat "Same as a += b, for a and b sequences." number::inplace_concat;
    getitem "Same as a[b]." |a, b| a.get_item(b);
    is_ "Same as a is b." |a, b| Ok(py_bool(a.is_same(b)));
    is_not "Same as a is not b." |a, b| Ok(py_bool(!a.is_same(b)));
    contains "Same as b in a (note reversed operands)." |a, b| a.contains(b).map(py_bool);
}

/// Functions of one operand.
macro_rules! unary {
    ($($name:ident $doc:literal $body:expr;)*) => {$(
        #[function(signature = "(a, /)", doc = $doc)]
        fn $name(a: &Object) -> Result {
            let body: fn(&Object) -> Result = $body;
            body(a)
        }
    )*};
}

unary! {
    neg "Same as -a." number::negative;
    pos "Same as +a." number::positive;
    abs "Same as abs(a)." number::absolute;
    inv "Same as ~a." number::invert;
    invert "Same as ~a." number::invert;
    truth "Return True if a is true, False otherwise." |a| a.is_true().map(py_bool);
    not_ "Same as not a." |a| a.is_true().map(|truth| py_bool(!truth));
    is_none "Same as a is None." |a| Ok(py_bool(a.is_none()));
    is_not_none "Same as a is not None." |a| Ok(py_bool(!a.is_none()));
    index "Same as a.__index__()" |a| a.index().map(|index| Int::exact(&index).into_object());
}

/// Same as a[b] = c.
#[function(signature = "(a, b, c, /)")]
fn setitem(a: &Object, b: &Object, c: &Object) -> Result<()> {
    a.set_item(b, c)
}

/// Same as del a[b].
#[function(signature = "(a, b, /)")]
fn delitem(a: &Object, b: &Object) -> Result<()> {
    a.del_item(b)
}

/// Calls `found` with the index of each item of `items` that equals `wanted`, till it says stop.
fn search(items: &Object, wanted: &Object, mut found: impl FnMut(usize) -> bool) -> Result<()> {
    let iterator = match items.iter() {
        Err(raised) if raised.matches(&runtime::objects::exceptions::TypeError) => {
            raised.clear();
            return Err(raise!(TypeError, "argument of type '{}' is not iterable", type_name(items)));
        }
        iterator => iterator?,
    };
    let mut index = 0;
    while let Some(item) = iterator.iter_next()? {
        if item.rich_compare_bool(wanted, CompareOp::Eq)? && found(index) {
            break;
        }
        index += 1;
    }
    Ok(())
}

/// Return the number of items in a which are, or which equal, b.
#[allow(non_snake_case)]
#[function(signature = "(a, b, /)")]
fn countOf(a: &Object, b: &Object) -> Result<usize> {
    let mut count = 0;
    search(a, b, |_| {
        count += 1;
        false
    })?;
    Ok(count)
}

/// Return the first index of b in a.
#[allow(non_snake_case)]
#[function(signature = "(a, b, /)")]
fn indexOf(a: &Object, b: &Object) -> Result<usize> {
    let mut place = None;
    search(a, b, |index| {
        place = Some(index);
        true
    })?;
    place.ok_or_else(|| raise!(ValueError, "sequence.index(x): x not in sequence"))
}

/// Return an estimate of the number of items in obj.
///
/// The result is exact for objects with a len(); others may guess. The
/// default stands for those that don't.
#[function(signature = "(obj, default=0, /)")]
fn length_hint(obj: &Object, default: isize) -> Result<isize> {
    Ok(obj.length_hint(default as usize)? as isize)
}

#[function(
    signature = "(*args, **kwargs)",
    hidden_signature,
    doc = "call($module, obj, /, *args, **kwargs)\n--\n\nSame as obj(*args, **kwargs)."
)]
fn call(args: &[&Object], kwargs: KwArgs<'_>) -> Result {
    let [callable, args @ ..] = args else {
        return Err(raise!(TypeError, "call expected at least 1 argument, got 0"));
    };
    if kwargs.is_empty() {
        return callable.call(args);
    }
    let args = Tuple::from_vec(args.iter().map(|argument| argument.to_ref()).collect());
    callable.call_dict(&args, Some(&*kwargs.to_dict()?))
}

/// Return 'a == b', in a time that does not tell where they differ.
///
/// Both are ASCII strings, or both bytes-like objects. The lengths and types
/// may show.
#[function(signature = "(a, b, /)")]
fn _compare_digest(a: &Object, b: &Object) -> Result<bool> {
    if let (Some(a), Some(b)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
        let (Some(a), Some(b)) = (a.as_ascii(), b.as_ascii()) else {
            return Err(raise!(TypeError, "comparing strings with non-ASCII characters is not supported"));
        };
        return Ok(equal_bytes(a.as_bytes(), b.as_bytes()));
    }
    let (a, b) = (BytesLike::of(a)?, BytesLike::of(b)?);
    Ok(equal_bytes(&a, &b))
}

/// Looks at every byte, whatever the ones before were.
fn equal_bytes(a: &[u8], b: &[u8]) -> bool {
    let differing = a.iter().zip(b).fold(0, |bits, (a, b)| std::hint::black_box(bits | (a ^ b)));
    a.len() == b.len() && differing == 0
}

module! {
    name: "_operator",
    doc: "Python's operators as functions: operator.add(x, y) is x + y. Their names are those of the special methods,
without the underscores.",
    functions: [
        truth, contains, indexOf, countOf, is_, is_not, is_none, is_not_none, add, sub, mul, matmul, floordiv, truediv,
        r#mod, neg, pos, abs, inv, invert, lshift, rshift, not_, and_, xor, or_, iadd, isub, imul, imatmul, ifloordiv,
        itruediv, imod, ilshift, irshift, iand, ixor, ior, concat, iconcat, getitem, setitem, delitem, pow, ipow, eq, ne,
        lt, le, gt, ge, index, length_hint, call, _compare_digest,
    ],
    classes: [AttrGetter, ItemGetter, MethodCaller],
}
