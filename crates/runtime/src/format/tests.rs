//! Floats as text, against what CPython writes.

use super::{FloatFlags, float_repr, float_to_text};

#[test]
fn repr() {
    for (value, text) in [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (1e16, "1e+16"),
        (123456789012345680.0, "1.2345678901234568e+17"),
        (9999999999999998.0, "9999999999999998.0"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (f64::INFINITY, "inf"),
        (-f64::NAN, "nan"),
    ] {
        assert_eq!(float_repr(value), text);
    }
}

#[test]
fn precision() {
    let text = |value, code, precision| float_to_text(value, code, precision, FloatFlags::default());
    assert_eq!(text(0.5, b'f', 0), "0");
    assert_eq!(text(1.5, b'f', 0), "2");
    assert_eq!(text(2.5, b'f', 0), "2");
    assert_eq!(text(2.675, b'f', 2), "2.67");
    assert_eq!(text(0.001, b'f', 1), "0.0");
    assert_eq!(text(0.0, b'f', 3), "0.000");
    assert_eq!(text(1e22, b'f', 1), "10000000000000000000000.0");
    assert_eq!(text(1.0, b'e', 3), "1.000e+00");
    assert_eq!(text(12345.678, b'E', 0), "1E+04");
    assert_eq!(text(1e-5, b'g', 6), "1e-05");
    assert_eq!(text(100000.0, b'g', 6), "100000");
    assert_eq!(text(1000000.0, b'g', 6), "1e+06");
    assert_eq!(text(0.1, b'f', 60).len(), 62);
    assert_eq!(text(1.0, b'f', 70000).len(), 70002);
    let alternate = FloatFlags { alternate: true, ..FloatFlags::default() };
    assert_eq!(float_to_text(1.0, b'g', 6, alternate), "1.00000");
    assert_eq!(float_to_text(1.5, b'f', 0, alternate), "2.");
    let plain_zero = FloatFlags { no_negative_zero: true, ..FloatFlags::default() };
    assert_eq!(float_to_text(-0.001, b'f', 1, plain_zero), "0.0");
    assert_eq!(float_to_text(-1.0, b'f', 1, plain_zero), "-1.0");
}
