//! Arithmetic on constants: limits and corner cases.

use bytecode::Constant;
use bytecode::operands::BinaryOperator::{self, *};
use num_bigint::BigInt;

use super::{Unary, binary, frozenset, unary};

fn int(value: i64) -> Constant {
    Constant::Int(BigInt::from(value))
}

fn check(left: Constant, operator: BinaryOperator, right: Constant, expected: &str) {
    let result = binary(operator, &left, &right);
    let shown = result.map_or("not folded".into(), |constant| format!("{constant:?}"));
    assert_eq!(shown, expected, "{left:?} {} {right:?}", operator.symbol());
}

#[test]
fn ints() {
    check(int(7), FloorDivide, int(-2), "Int(-4)");
    check(int(7), Remainder, int(-2), "Int(-1)");
    check(int(1), TrueDivide, int(3), "Float(0.3333333333333333)");
    check(int(2), Power, int(127), "not folded");
    check(int(2), Power, int(64), "Int(18446744073709551616)");
    check(int(2), Power, int(-1), "Float(0.5)");
    check(int(1), LeftShift, int(127), &format!("Int({})", 1u128 << 127));
    check(int(1), LeftShift, int(128), "not folded");
    check(int(0), LeftShift, int(i64::MAX), "Int(0)");
    check(int(-1), RightShift, int(i64::MAX), "Int(-1)");
    check(int(1), FloorDivide, int(0), "not folded");
    check(Constant::Bool(true), Add, Constant::Bool(true), "Int(2)");
    check(Constant::Bool(true), And, Constant::Bool(true), "Bool(true)");
}

#[test]
fn true_division_rounds_correctly() {
    let ten = |exponent: u32| Constant::Int(BigInt::from(10).pow(exponent));
    check(ten(400), TrueDivide, ten(399), "Float(10.0)");
    check(ten(400), TrueDivide, int(3), "not folded");
    check(int(1), TrueDivide, ten(400), "Float(0.0)");
    check(ten(0), TrueDivide, ten(320), "Float(1e-320)");
    check(int(i64::MAX), TrueDivide, int(3), "Float(3.0744573456182584e18)");
}

#[test]
fn floats() {
    let float = Constant::Float;
    check(float(-7.5), Remainder, float(2.0), "Float(0.5)");
    check(float(-7.5), FloorDivide, int(2), "Float(-4.0)");
    check(float(2.0), Power, float(5000.0), "not folded");
    check(float(1.0), TrueDivide, int(0), "not folded");
    assert!(unary(Unary::Invert, &Constant::Bool(true)).is_none());
    assert!(matches!(unary(Unary::Not, &float(0.0)), Some(Constant::Bool(true))));
}

#[test]
fn sequences() {
    let text = |text: &str| Constant::Str(text.into());
    check(text("ab"), Multiply, int(2), "Str(\"abab\")");
    check(text("a"), Multiply, int(4097), "not folded");
    check(int(-1), Multiply, text("a"), "not folded");
    check(text("h\u{e9}llo"), Subscript, int(-4), "Str(\"\u{e9}\")");
    check(text("abc"), Subscript, int(3), "not folded");
    let slice = |a, b, c| Constant::Slice(Box::new([a, b, c]));
    check(text("abcde"), Subscript, slice(Constant::None, Constant::None, int(-2)), "Str(\"eca\")");
    check(text("abcde"), Subscript, slice(int(1), int(-1), Constant::None), "Str(\"bcd\")");
    let pair = Constant::Tuple(vec![int(1), int(2)]);
    check(pair.clone(), Add, pair.clone(), "Tuple([Int(1), Int(2), Int(1), Int(2)])");
    check(pair, Multiply, int(129), "not folded");
}

#[test]
fn a_frozenset_has_equal_items_once() {
    let set =
        frozenset(vec![int(1), Constant::Float(1.0), Constant::Bool(true), Constant::Float(-0.0), int(0)]);
    assert_eq!(format!("{set:?}"), "FrozenSet([Int(1), Float(-0.0)])");
}
