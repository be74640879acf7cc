//! Code objects as readable lines, in the manner of `dis`.

use bytecode::exceptiontable::ExceptionEntries;
use bytecode::linetable;
use bytecode::operands::{BinaryOperator, CommonConstant, Comparison, Intrinsic1, Intrinsic2};
use bytecode::{Code, Constant, Opcode};

/// One line for each instruction: offset, position, name, argument and what it means. With `positions` off, only what
/// the bytes say.
pub fn instructions(code: &Code, positions: bool) -> Vec<String> {
    let locations: Vec<_> = linetable::positions(&code.linetable, code.firstlineno).collect();
    let units: Vec<[u8; 2]> = code.code.chunks_exact(2).map(|unit| [unit[0], unit[1]]).collect();
    let mut lines = Vec::new();
    let (mut at, mut extended) = (0, 0u32);
    while at < units.len() {
        let [number, low] = units[at];
        let oparg = extended << 8 | low as u32;
        let Some(opcode) = Opcode::from_u8(number) else {
            lines.push(format!("{:5} <{number}> {low}", at * 2));
            at += 1;
            continue;
        };
        let next = at + 1 + opcode.caches();
        extended = if opcode == Opcode::EXTENDED_ARG { oparg } else { 0 };
        let mut line = format!("{:5} {:34}", at * 2, opcode.name());
        if opcode.has_arg() {
            line.push_str(&format!(" {oparg}"));
            if let Some(meaning) = meaning(code, opcode, oparg, next) {
                line.push_str(&format!(" ({meaning})"));
            }
        }
        if positions {
            let location = locations.get(at).copied().unwrap_or_default();
            line = format!(
                "{:24}{line}",
                format!(
                    "{}:{}-{}:{}",
                    location.line, location.column, location.end_line, location.end_column
                )
            );
        }
        lines.push(line);
        at = next;
    }
    lines
}

fn meaning(code: &Code, opcode: Opcode, oparg: u32, next: usize) -> Option<String> {
    let index = oparg as usize;
    let local = |index: usize| code.localsplusnames.get(index).map(|name| name.to_string());
    if opcode.has_jump() {
        let target = if opcode.is_backward_jump() || opcode == Opcode::END_ASYNC_FOR {
            next.wrapping_sub(index)
        } else {
            next + index
        };
        return Some(format!("to {}", target.wrapping_mul(2)));
    }
    match opcode {
        Opcode::LOAD_CONST => Some(code.consts.get(index).map_or("?".to_owned(), constant)),
        Opcode::BINARY_OP => BinaryOperator::from_u32(oparg).map(|operator| operator.symbol().to_owned()),
        Opcode::COMPARE_OP => Comparison::from_u32(oparg >> 5).map(|comparison| comparison.name().to_owned()),
        Opcode::CALL_INTRINSIC_1 => Intrinsic1::from_u32(oparg).map(|intrinsic| intrinsic.name().to_owned()),
        Opcode::CALL_INTRINSIC_2 => Intrinsic2::from_u32(oparg).map(|intrinsic| intrinsic.name().to_owned()),
        Opcode::LOAD_COMMON_CONSTANT => {
            CommonConstant::from_u32(oparg).map(|constant| constant.name().to_owned())
        }
        Opcode::LOAD_FAST_LOAD_FAST
        | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW
        | Opcode::STORE_FAST_LOAD_FAST
        | Opcode::STORE_FAST_STORE_FAST => Some(format!(
            "{}, {}",
            local(index >> 4).unwrap_or_default(),
            local(index & 15).unwrap_or_default()
        )),
        _ if opcode.has_name() => {
            let index = match opcode {
                Opcode::LOAD_GLOBAL | Opcode::LOAD_ATTR => index >> 1,
                Opcode::LOAD_SUPER_ATTR => index >> 2,
                _ => index,
            };
            Some(code.names.get(index).map_or("?".to_owned(), |name| name.to_string()))
        }
        _ if opcode.has_local() || opcode.has_free() => local(index),
        _ => None,
    }
}

/// The exception table, one line an entry, offsets in bytes.
pub fn exception_table(code: &Code) -> Vec<String> {
    ExceptionEntries::new(&code.exceptiontable)
        .map(|entry| {
            let lasti = if entry.lasti { " lasti" } else { "" };
            format!(
                "{} to {} -> {} [{}]{lasti}",
                entry.start * 2,
                entry.end * 2,
                entry.target * 2,
                entry.depth
            )
        })
        .collect()
}

/// A constant, told apart by type and sign; code objects by name and line.
pub fn constant(constant: &Constant) -> String {
    let list = |items: &[Constant]| items.iter().map(self::constant).collect::<Vec<_>>().join(", ");
    match constant {
        Constant::None => "None".to_owned(),
        Constant::Ellipsis => "...".to_owned(),
        Constant::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
        Constant::Int(value) => value.to_string(),
        Constant::Float(value) => format!("{value:?} [{:016x}]", value.to_bits()),
        Constant::Complex { real, imag } => {
            format!("complex({real:?}, {imag:?}) [{:016x} {:016x}]", real.to_bits(), imag.to_bits())
        }
        Constant::Str(text) => match text.as_str() {
            Some(text) => format!("{text:?}"),
            None => format!("wtf8\"{}\"", text.as_bytes().escape_ascii()),
        },
        Constant::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Constant::Tuple(items) => format!("({})", list(items)),
        Constant::FrozenSet(items) => {
            // Their order means nothing.
            let mut items: Vec<String> = items.iter().map(self::constant).collect();
            items.sort();
            format!("frozenset{{{}}}", items.join(", "))
        }
        Constant::Slice(parts) => format!("slice({})", list(&parts[..])),
        Constant::Code(code) => format!("<code {} line {}>", code.qualname, code.firstlineno),
    }
}
