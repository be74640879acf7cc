//! Sources and the code that CPython compiles them to: `code.txt`, recorded by `record_code.py`.

use bytecode::code::LocalKind;
use bytecode::exceptiontable::ExceptionEntries;
use bytecode::{Code, Constant, Opcode, Wtf8, linetable};
use syntax::{Mode, Warning};
use taipan_compiler::{Options, Outcome, compile_source};

fn listing(code: &Code, out: &mut Vec<String>) {
    out.push(format!(
        "{} args {} {} {} flags {:#x} stack {} line {}",
        code.qualname,
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.flags,
        code.stacksize,
        code.firstlineno
    ));
    let of_kind = |mask: u8| {
        let locals = code.localsplusnames.iter().zip(&code.localspluskinds);
        locals.filter(move |(_, kind)| **kind & mask != 0).map(|(name, _)| name.to_string()).collect()
    };
    let tables: [(&str, Vec<String>); 4] = [
        ("names", code.names.iter().map(|name| name.to_string()).collect()),
        ("varnames", of_kind(LocalKind::LOCAL)),
        ("cellvars", of_kind(LocalKind::CELL)),
        ("freevars", of_kind(LocalKind::FREE)),
    ];
    for (title, names) in tables.iter().filter(|(_, names)| !names.is_empty()) {
        out.push(format!("  {title}: {}", names.join(" ")));
    }
    let positions: Vec<_> = linetable::positions(&code.linetable, code.firstlineno).collect();
    let (mut at, mut extended) = (0, 0u32);
    while let Some(&[number, low]) = code.code.get(at * 2..at * 2 + 2) {
        let arg = extended << 8 | u32::from(low);
        let opcode = Opcode::from_u8(number).expect("an instruction");
        extended = if opcode == Opcode::EXTENDED_ARG { arg } else { 0 };
        let place = positions[at];
        let shown = [place.line, place.end_line, place.column, place.end_column]
            .map(|number| if number < 0 { "None".to_owned() } else { number.to_string() });
        let mut line = format!("  {} {}", shown.join(":"), opcode.name());
        if opcode.has_arg() {
            line.push_str(&format!(" {arg}"));
        }
        if opcode == Opcode::LOAD_CONST {
            line.push_str(&format!(" {}", repr(&code.consts[arg as usize])));
        }
        out.push(line);
        at += 1 + opcode.caches();
    }
    for entry in ExceptionEntries::new(&code.exceptiontable) {
        let lasti = if entry.lasti { " lasti" } else { "" };
        let (start, end, target) = (entry.start * 2, entry.end * 2, entry.target * 2);
        out.push(format!("  {start} to {end} -> {target} [{}]{lasti}", entry.depth));
    }
    for constant in &code.consts {
        if let Constant::Code(code) = constant {
            listing(code, out);
        }
    }
}

/// A constant as `repr` shows it; enough for the simple ones of the tests.
fn repr(constant: &Constant) -> String {
    let list = |items: &[Constant]| items.iter().map(repr).collect::<Vec<_>>().join(", ");
    match constant {
        Constant::None => "None".to_owned(),
        Constant::Ellipsis => "Ellipsis".to_owned(),
        Constant::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
        Constant::Int(value) => value.to_string(),
        Constant::Float(value) => format!("{value:?}"),
        Constant::Complex { imag, .. } => format!("{imag}j"),
        Constant::Str(text) if text.as_bytes().contains(&b'\'') => format!("\"{text}\""),
        Constant::Str(text) => format!("'{text}'"),
        Constant::Bytes(bytes) => format!("b'{}'", bytes.escape_ascii()),
        Constant::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
        Constant::Tuple(items) => format!("({})", list(items)),
        Constant::FrozenSet(items) => format!("frozenset({{{}}})", list(items)),
        Constant::Slice(parts) => format!("slice({})", list(&parts[..])),
        Constant::Code(_) => "code".to_owned(),
    }
}

fn compiled(head: &str, source: &str) -> Vec<String> {
    let mut words = head.split(' ');
    let mode = match words.next() {
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        _ => Mode::Exec,
    };
    let flags = words.next().and_then(|word| u32::from_str_radix(word.trim_start_matches("0x"), 16).ok());
    let optimize = words.next().and_then(|word| word.parse().ok());
    let options = Options {
        flags: flags.expect("flags in hexadecimal"),
        optimize: optimize.expect("an optimization level"),
        ..Options::default()
    };
    let mut out = Vec::new();
    let mut warn = |warning: &Warning| {
        out.push(format!("warning at {}: {}", warning.lineno, warning.message));
        Outcome::Continue
    };
    let source = format!("{source}\n");
    let result = compile_source(&source, Wtf8::new("<test>"), mode, options, &mut warn);
    match result {
        Ok(code) => listing(&code, &mut out),
        Err(error) if !error.kind.is_syntax() => {
            out.push(format!("{}: {}", error.kind.name(), error.message));
        }
        Err(error) => out.push(format!(
            "{} ({}:{}-{}:{})",
            error.message, error.lineno, error.offset, error.end_lineno, error.end_offset
        )),
    }
    out
}

#[test]
fn code_is_that_of_cpython() {
    let mut wrong = Vec::new();
    for case in include_str!("code.txt").split("=== ").skip(1) {
        let (head, rest) = case.split_once('\n').expect("a case has a head");
        let (source, expected) = rest.split_once("\n---\n").expect("a case has a listing");
        let got = compiled(head, source).join("\n");
        if got != expected.trim_end() {
            wrong.push(format!("{head}:\n{source}\n- CPython\n{expected}+ ours\n{got}\n"));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Sources and what CPython raises where warnings are errors.
#[rustfmt::skip]
const STRICT: &[(&str, &str)] = &[
    ("x = 'ab\\(c'\n", "\"\\(\" is an invalid escape sequence. Did you mean \"\\\\(\"? A raw string is also an option. (1:8-1:10)"),
    ("'é\\('\n", "\"\\(\" is an invalid escape sequence. Did you mean \"\\\\(\"? A raw string is also an option. (1:7-1:7)"),
    ("b'\\N'\n", "\"\\N\" is an invalid escape sequence. Did you mean \"\\\\N\"? A raw string is also an option. (1:1-1:3)"),
    ("'''a\nb\\('''\n", "\"\\(\" is an invalid escape sequence. Did you mean \"\\\\(\"? A raw string is also an option. (2:2-2:4)"),
    ("f'a\\('\n", "\"\\(\" is an invalid escape sequence. Did you mean \"\\\\(\"? A raw string is also an option. (1:8-1:8)"),
    ("f'''a\nb\\('''\n", "\"\\(\" is an invalid escape sequence. Did you mean \"\\\\(\"? A raw string is also an option. (3:2-3:4)"),
    ("f'{x:\\(}'\n", "\"\\(\" is an invalid escape sequence. Did you mean \"\\\\(\"? A raw string is also an option. (1:6-1:8)"),
    ("f'ab\\{x}'\n", "\"\\{\" is an invalid escape sequence. Did you mean \"\\\\{\"? A raw string is also an option. (1:6-1:6)"),
    ("'\\777'\n", "\"\\777\" is an invalid octal escape sequence. Did you mean \"\\\\777\"? A raw string is also an option. (1:2-1:4)"),
    ("x = 1or 2\n", "invalid decimal literal (1:5-1:5)"),
    ("x y\n1if 2 else 3\n", "invalid decimal literal (2:1-2:1)"),
    ("assert (x, 'é')\n", "assertion is always true, perhaps remove parentheses? (1:1-1:17)"),
    ("def f():\n  try: pass\n  finally: return\n", "'return' in a 'finally' block (3:12-3:18)"),
];

#[test]
fn warnings_as_errors() {
    for (source, expected) in STRICT {
        let mut warn = |_: &Warning| Outcome::Error;
        let options = Options::default();
        let error = compile_source(source, Wtf8::new("<test>"), Mode::Exec, options, &mut warn).unwrap_err();
        let (start, end) = ((error.lineno, error.offset), (error.end_lineno, error.end_offset));
        let got = format!("{} ({}:{}-{}:{})", error.message, start.0, start.1, end.0, end.1);
        assert_eq!(got, *expected, "{source:?}");
    }
}
