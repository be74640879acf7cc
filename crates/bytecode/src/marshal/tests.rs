//! Marshal data and what CPython says of it.

use super::*;

/// Damaged data, and the exception.
const BAD: &[(&[u8], &str)] = &[
    (b"", "EOFError: EOF read where object expected"),
    (b"\x30", "TypeError: NULL object in marshal data for object"),
    (b"\x6c", "EOFError: marshal data too short"),
    (b"\x6c\x01\x00\x00\x00\x00\x00", "ValueError: bad marshal data (unnormalized long data)"),
    (b"\x6c\x01\x00\x00\x00\xff\xff", "ValueError: bad marshal data (digit out of range in long)"),
    (b"\x6c\x01\x00\x00\x00\x01", "EOFError: marshal data too short"),
    (b"\x6c\x00\x00\x00\x80", "ValueError: bad marshal data (long size out of range)"),
    (
        b"\x6c\x03\x00\x00\x00\x01\x00\x01\x00\x00\x00",
        "ValueError: bad marshal data (unnormalized long data)",
    ),
    (b"\x69\x01", "EOFError: marshal data too short"),
    (b"\x73\x01\x00\x00\x00", "EOFError: marshal data too short"),
    (b"\x73\x00\x00\x00\x80", "ValueError: bad marshal data (bytes object size out of range)"),
    (b"\x7a", "EOFError: EOF read where not expected"),
    (b"\x7a\x02\x61", "EOFError: marshal data too short"),
    (b"\x29", "EOFError: EOF read where not expected"),
    (b"\x29\x01", "EOFError: EOF read where object expected"),
    (b"\x29\x01\x30", "TypeError: NULL object in marshal data for tuple"),
    (b"\x28\x01", "EOFError: marshal data too short"),
    (b"\x28\x00\x00\x00\x80", "ValueError: bad marshal data (tuple size out of range)"),
    (b"\x3e\x01\x00\x00\x80", "ValueError: bad marshal data (set size out of range)"),
    (b"\x3e\x01\x00\x00\x00\x30", "TypeError: NULL object in marshal data for set"),
    (b"\x72\x00\x00\x00\x00", "ValueError: bad marshal data (invalid reference)"),
    (b"\x28\x01\x00\x00\x00\x72\x00\x00\x00\x00", "ValueError: bad marshal data (invalid reference)"),
    (b"\xbe\x01\x00\x00\x00\x72\x00\x00\x00\x00", "ValueError: bad marshal data (invalid reference)"),
    (b"\x3a\x4e\x4e\x30", "TypeError: NULL object in marshal data for object"),
    (b"\x3a\x4e\x4e", "EOFError: EOF read where object expected"),
    (b"\x3f", "ValueError: bad marshal data (unknown type code)"),
    (b"\xff", "ValueError: bad marshal data (unknown type code)"),
    (b"\x63", "EOFError: marshal data too short"),
    (b"\x66", "EOFError: EOF read where not expected"),
    (b"\x66\x03\x61\x62\x63", "ValueError: could not convert string to float: 'abc'"),
    (b"\x67\x31\x32\x33\x34", "EOFError: marshal data too short"),
    (
        b"\x63\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x30",
        "TypeError: NULL object in marshal data for code object",
    ),
    (b"\x61\x01\x00\x00\x80", "ValueError: bad marshal data (string size out of range)"),
    (b"\x75\x01\x00\x00\x80", "ValueError: bad marshal data (string size out of range)"),
];

/// Good data, and the constant as Rust shows it.
const GOOD: &[(&[u8], &str)] = &[
    (b"\x49\x00\x00\x00\x00\x00\x00\x00\x80", r#"Int(-9223372036854775808)"#),
    (b"\x66\x03\x31\x2e\x35", r#"Float(1.5)"#),
    (b"\x78\x03\x31\x2e\x35\x01\x32", r#"Complex { real: 1.5, imag: 2.0 }"#),
    (b"\x5a\x01\xff", r#"Str("ÿ")"#),
    (b"\x3a\x4e\x4e\x69\x01\x00\x00\x00", r#"Slice([None, None, Int(1)])"#),
    (
        b"\xec\xfa\xff\xff\xff\x39\x30\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00",
        r#"Int(-151115727451828646850617)"#,
    ),
    (b"\xec\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00", r#"Int(35184372088832)"#),
    (b"\xa9\x02\xda\x01\x61\x72\x01\x00\x00\x00", r#"Tuple([Str("a"), Str("a")])"#),
    (b"\x3e\x01\x00\x00\x00\x54", r#"FrozenSet([Bool(true)])"#),
];

/// `x = 1.5, 1000, "a b", (1000, "a b"), b"z", 1 << 70, -0.0; x[1:2]; lambda y: 1000 in {"a b", 7}` compiled with the file name "f".
const CODE: &[u8] = b"\xe3\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\xf3\x22\x00\x00\x00\x80\x00\x52\x04\x74\x00\x5d\x00\x52\x01\x2c\x1a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1f\x00\x52\x02\x17\x00\x1f\x00\x52\x03\x23\x00\x29\x05\xe7\x00\x00\x00\x00\x00\x00\xf8\x3f\x3a\xe9\x01\x00\x00\x00\xe9\x02\x00\x00\x00\x4e\x63\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\xf3\x0c\x00\x00\x00\x80\x00\x52\x00\x52\x01\x39\x00\x00\x00\x23\x00\x29\x02\xe9\xe8\x03\x00\x00\x3e\x02\x00\x00\x00\xe9\x07\x00\x00\x00\xfa\x03\x61\x20\x62\xa9\x00\x29\x01\xda\x01\x79\x73\x01\x00\x00\x00\x26\xda\x01\x66\xda\x08\x3c\x6c\x61\x6d\x62\x64\x61\x3e\x72\x0c\x00\x00\x00\x01\x00\x00\x00\x73\x0a\x00\x00\x00\x80\x00\xc8\x44\xd0\x54\x5e\xd2\x4c\x5e\xf3\x00\x00\x00\x00\x4e\x29\x07\x72\x02\x00\x00\x00\x72\x06\x00\x00\x00\x72\x08\x00\x00\x00\x29\x02\x72\x06\x00\x00\x00\x72\x08\x00\x00\x00\xf3\x01\x00\x00\x00\x7a\x6c\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x67\x00\x00\x00\x00\x00\x00\x00\x80\x29\x01\xda\x01\x78\x72\x09\x00\x00\x00\x72\x0d\x00\x00\x00\x72\x0b\x00\x00\x00\xda\x08\x3c\x6d\x6f\x64\x75\x6c\x65\x3e\x72\x10\x00\x00\x00\x01\x00\x00\x00\x73\x13\x00\x00\x00\xf0\x03\x01\x01\x01\xd8\x04\x38\x80\x01\xb8\x21\xb8\x43\xbe\x26\xd4\x42\x5e\x72\x0d\x00\x00\x00";

fn load(data: &[u8]) -> Result<crate::Constant, MarshalError> {
    Reader::new(SliceInput::new(data), PlainBuilder::default()).read()
}

#[test]
fn damaged_data() {
    for &(data, expected) in BAD {
        assert_eq!(load(data).map_err(|error| error.to_string()).expect_err(expected), expected, "{data:x?}");
    }
}

#[test]
fn good_data() {
    for &(data, expected) in GOOD {
        assert_eq!(format!("{:?}", load(data).unwrap()), expected);
    }
}

#[test]
fn code_and_back() {
    let code = load_code(CODE).unwrap();
    assert_eq!(dump_code(&code).unwrap().escape_ascii().to_string(), CODE.escape_ascii().to_string());
}

#[test]
fn depth() {
    let nested = |count: usize| [b")\x01".repeat(count - 1), b"N".to_vec()].concat();
    assert!(load(&nested(2000)).is_ok());
    assert_eq!(load(&nested(2001)).unwrap_err().to_string(), "ValueError: recursion limit exceeded");
    let mut constant = crate::Constant::None;
    for _ in 0..1999 {
        constant = crate::Constant::Tuple(vec![constant]);
    }
    assert_eq!(plain::dump_unshared(&constant).unwrap(), nested(2000));
    let constant = crate::Constant::Tuple(vec![constant]);
    let error = plain::dump_unshared(&constant).unwrap_err().to_string();
    assert_eq!(error, "ValueError: object too deeply nested to marshal");
}

#[test]
fn old_versions_write_floats_as_text() {
    for (value, expected) in [
        (1e100, "1e+100"),
        (0.1, "0.10000000000000001"),
        (f64::INFINITY, "inf"),
        (1e-5, "1.0000000000000001e-05"),
        (123456789.0, "123456789"),
        (-0.0, "-0"),
        (1e17, "1e+17"),
        (1e16, "10000000000000000"),
    ] {
        assert_eq!(writer::format_17g(value), expected);
    }
}

#[test]
fn pyc_headers() {
    for kind in [
        PycKind::Timestamp { mtime: 0x1234_5678, size: 99 },
        PycKind::Hash { hash: *b"12345678", check_source: true },
        PycKind::Hash { hash: *b"12345678", check_source: false },
    ] {
        let header = PycHeader::new(kind);
        let file = [&header.to_bytes()[..], b"rest"].concat();
        assert_eq!(PycHeader::parse(&file), Ok((header, &b"rest"[..])));
    }
    assert_eq!(PycHeader::new(PycKind::Timestamp { mtime: 0, size: 0 }).to_bytes()[..4], *b"\x2b\x0e\r\n");
}

/// Damaged code objects are refused or read, and what is read can be written and its tables walked.
#[test]
fn mutations() {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    };
    let mut read = 0;
    for _ in 0..20_000 {
        let mut data = CODE.to_vec();
        for _ in 0..=random(4) {
            let at = random(data.len());
            match random(4) {
                0 => data[at] = random(256) as u8,
                1 => data[at] ^= 1 << random(8),
                2 => data.truncate(at.max(1)),
                _ => data.insert(at, data[random(data.len())]),
            }
        }
        if let Ok(code) = load_code(&data) {
            read += 1;
            dump_code(&code).unwrap();
            crate::linetable::lines(&code.linetable, code.firstlineno).count();
            crate::exceptiontable::ExceptionEntries::new(&code.exceptiontable).count();
            crate::exceptiontable::lookup(&code.exceptiontable, 7);
        }
    }
    assert!(read > 1000, "{read}");
}
