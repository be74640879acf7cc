//! Trees as text, exactly as `ast.dump(tree, include_attributes=…)` writes them.

use std::fmt::Write;

use unicode_general_category::{GeneralCategory, get_general_category};

use super::*;

/// Writes a node as `ast.dump` does without indentation, to the end of `out`.
pub fn dump(node: Node<'_>, attributes: bool, out: &mut String) {
    let class = &CLASSES[node.class() as usize];
    out.push_str(class.name);
    out.push('(');
    let mut separator = "";
    let fields = node.fields();
    for (info, field) in class.fields.iter().zip(fields.iter()) {
        match field {
            Field::None => continue,
            Field::Sequence(sequence) if sequence.is_empty() => continue,
            _ => {}
        }
        let _ = write!(out, "{separator}{}=", info.name);
        separator = ", ";
        dump_field(*field, attributes, out);
    }
    if let Some(location) = node.location().filter(|_| attributes) {
        let Location { lineno, col_offset, end_lineno, end_col_offset } = location;
        for (name, value) in ATTRIBUTES.iter().zip([lineno, col_offset, end_lineno, end_col_offset]) {
            let _ = write!(out, "{separator}{name}={value}");
            separator = ", ";
        }
    }
    out.push(')');
}

fn dump_field(field: Field<'_>, attributes: bool, out: &mut String) {
    match field {
        Field::None => out.push_str("None"),
        Field::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Field::Identifier(name) => repr_text(name.as_bytes(), out),
        Field::String(text) => repr_text(text.as_bytes(), out),
        Field::Constant(value) => repr_constant(value, out),
        Field::Node(node) => dump(node, attributes, out),
        Field::Sequence(sequence) => {
            out.push('[');
            let mut separator = "";
            for item in sequence.iter() {
                out.push_str(separator);
                separator = ", ";
                dump_field(item, attributes, out);
            }
            out.push(']');
        }
    }
}

/// Writes a constant as Python's `repr` does.
pub fn repr_constant(value: Constant<'_>, out: &mut String) {
    match value {
        Constant::None => out.push_str("None"),
        Constant::Ellipsis => out.push_str("Ellipsis"),
        Constant::Bool(true) => out.push_str("True"),
        Constant::Bool(false) => out.push_str("False"),
        Constant::Int(Int::Small(value)) => {
            let _ = write!(out, "{value}");
        }
        Constant::Int(value) => {
            let _ = write!(out, "{}", value.to_bigint());
        }
        Constant::Float(value) => repr_float(value, true, out),
        Constant::Complex { real, imag } => {
            let pure = real == 0.0 && real.is_sign_positive();
            if !pure {
                out.push('(');
                repr_float(real, false, out);
                if imag.is_sign_positive() || imag.is_nan() {
                    out.push('+');
                }
            }
            repr_float(imag, false, out);
            out.push_str(if pure { "j" } else { "j)" });
        }
        Constant::Str(text) => repr_text(text.as_bytes(), out),
        Constant::Bytes(bytes) => repr_bytes(bytes, out),
        Constant::Tuple(items) => {
            out.push('(');
            repr_list(items, out);
            out.push_str(if items.len() == 1 { ",)" } else { ")" });
        }
        Constant::FrozenSet(items) => {
            out.push_str("frozenset({");
            repr_list(items, out);
            out.push_str("})");
        }
    }
}

fn repr_list(items: &[Constant<'_>], out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        repr_constant(*item, out);
    }
}

/// The shortest text that reads back as the same number. `point` adds `.0` to what looks like an integer.
fn repr_float(value: f64, point: bool, out: &mut String) {
    if !value.is_finite() {
        out.push_str(match value {
            _ if value.is_nan() => "nan",
            _ if value > 0.0 => "inf",
            _ => "-inf",
        });
        return;
    }
    let exponential = format!("{value:e}");
    let exponent: i32 = exponential.split_once('e').and_then(|(_, text)| text.parse().ok()).unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        out.push_str(&plain);
        if point && !plain.contains('.') {
            out.push_str(".0");
        }
    } else {
        let digits = exponential.split('e').next().unwrap_or("");
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "{digits}e{sign}{:02}", exponent.abs());
    }
}

fn quote_for(bytes: &[u8]) -> char {
    if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' }
}

fn repr_bytes(bytes: &[u8], out: &mut String) {
    let quote = quote_for(bytes);
    out.push('b');
    out.push(quote);
    for &byte in bytes {
        if !repr_ascii(byte, quote, out) {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push(quote);
}

/// Writes an ASCII character that has a short form; whether it had.
fn repr_ascii(byte: u8, quote: char, out: &mut String) -> bool {
    match byte {
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        _ if byte as char == quote => {
            out.push('\\');
            out.push(quote);
        }
        b' '..=b'~' => out.push(byte as char),
        _ => return false,
    }
    true
}

fn repr_text(bytes: &[u8], out: &mut String) {
    let quote = quote_for(bytes);
    out.push(quote);
    let mut rest = bytes;
    loop {
        let valid = match std::str::from_utf8(rest) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let (text, behind) = rest.split_at(valid);
        for c in std::str::from_utf8(text).unwrap_or("").chars() {
            repr_char(c, quote, out);
        }
        // What is no UTF-8 is a surrogate.
        let [first, second, third, after @ ..] = behind else { break };
        let bits = |byte: &u8, shift: u32| u32::from(*byte & 0x3F) << shift;
        let code = u32::from(*first & 0x0F) << 12 | bits(second, 6) | bits(third, 0);
        let _ = write!(out, "\\u{code:04x}");
        rest = after;
    }
    out.push(quote);
}

fn repr_char(c: char, quote: char, out: &mut String) {
    if c.is_ascii() && repr_ascii(c as u8, quote, out) {
        return;
    }
    let _ = match c as u32 {
        _ if !c.is_ascii() && is_printable(c) => write!(out, "{c}"),
        code @ ..0x100 => write!(out, "\\x{code:02x}"),
        code @ ..0x10000 => write!(out, "\\u{code:04x}"),
        code => write!(out, "\\U{code:08x}"),
    };
}

fn is_printable(c: char) -> bool {
    !matches!(
        get_general_category(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::SpaceSeparator
    )
}
