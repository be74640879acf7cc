//! Reads units as text, optimizes or assembles them, prints the result.
use bytecode::{Constant, Location, Opcode, Wtf8Buf};
use compiler::constants::ConstTable;
use compiler::instruction_sequence::{Instruction, InstructionSequence};
use compiler::unit::*;
use std::io::{BufRead, Write};
use taipan_compiler as compiler;

fn parse(tokens: &mut std::str::SplitWhitespace) -> Constant {
    match tokens.next().unwrap() {
        "N" => Constant::None,
        "E" => Constant::Ellipsis,
        "B" => Constant::Bool(tokens.next().unwrap() == "1"),
        "I" => Constant::Int(tokens.next().unwrap().parse().unwrap()),
        "F" => Constant::Float(f64::from_bits(u64::from_str_radix(tokens.next().unwrap(), 16).unwrap())),
        "C" => {
            let mut f = || f64::from_bits(u64::from_str_radix(tokens.next().unwrap(), 16).unwrap());
            Constant::Complex { real: f(), imag: f() }
        }
        "S" => Constant::Str(Wtf8Buf::from_bytes(unhex(tokens.next().unwrap())).unwrap()),
        "Y" => Constant::Bytes(unhex(tokens.next().unwrap())),
        "T" => {
            let n: usize = tokens.next().unwrap().parse().unwrap();
            Constant::Tuple((0..n).map(|_| parse(tokens)).collect())
        }
        "Z" => {
            let n: usize = tokens.next().unwrap().parse().unwrap();
            Constant::FrozenSet((0..n).map(|_| parse(tokens)).collect())
        }
        "L" => Constant::Slice(Box::new([parse(tokens), parse(tokens), parse(tokens)])),
        "X" => Constant::Code(std::sync::Arc::new(bytecode::Code {
            name: tokens.next().unwrap().into(),
            ..Default::default()
        })),
        t => panic!("{t}"),
    }
}
fn unhex(s: &str) -> Vec<u8> {
    (0..(s.len() - 1) / 2).map(|i| u8::from_str_radix(&s[1 + 2 * i..3 + 2 * i], 16).unwrap()).collect()
}
fn hex(b: &[u8]) -> String {
    b.iter().map(|b| format!("{b:02x}")).collect()
}
fn show(c: &Constant) -> String {
    match c {
        Constant::None => "N".into(),
        Constant::Ellipsis => "E".into(),
        Constant::Bool(b) => format!("B {}", *b as u8),
        Constant::Int(i) => format!("I {i}"),
        Constant::Float(f) => format!("F {:016x}", f.to_bits()),
        Constant::Complex { real, imag } => format!("C {:016x} {:016x}", real.to_bits(), imag.to_bits()),
        Constant::Str(s) => format!("S x{}", hex(s.as_bytes())),
        Constant::Bytes(b) => format!("Y x{}", hex(b)),
        Constant::Tuple(t) => {
            format!("T {} {}", t.len(), t.iter().map(show).collect::<Vec<_>>().join(" ")).trim().into()
        }
        Constant::FrozenSet(t) => {
            let mut v: Vec<_> = t.iter().map(show).collect();
            v.sort();
            format!("Z {} {}", t.len(), v.join(" ")).trim().into()
        }
        Constant::Slice(p) => format!("L {}", p.iter().map(show).collect::<Vec<_>>().join(" ")),
        Constant::Code(c) => format!("X {}", String::from_utf8_lossy(c.name.as_bytes())),
    }
}
fn main() {
    let stdin = std::io::stdin().lock();
    let out = std::io::stdout().lock();
    let mut out = std::io::BufWriter::new(out);
    let mut unit = Unit::default();
    let mut instrs = vec![];
    let mut consts = ConstTable::new();
    let mut mode = String::new();
    let mut locals = 0;
    for line in stdin.lines() {
        let line = line.unwrap();
        let mut t = line.split_whitespace();
        let Some(k) = t.next() else { continue };
        match k {
            "unit" => {
                unit = Unit::default();
                instrs.clear();
                consts = ConstTable::new();
                mode = t.next().unwrap().into();
                let mut n = || t.next().unwrap().parse::<i64>().unwrap();
                locals = n() as u32;
                unit.firstlineno = n() as i32;
                unit.flags = n() as u32;
                unit.argcount = n() as u32;
                unit.posonlyargcount = n() as u32;
                unit.kwonlyargcount = n() as u32;
                unit.name = "f".into();
                unit.qualname = "f".into();
            }
            "var" => {
                for n in t {
                    unit.varnames.add(n);
                }
            }
            "cell" => {
                for n in t {
                    unit.cellvars.add(n);
                }
            }
            "free" => {
                for n in t {
                    unit.freevars.add(n);
                }
            }
            "const" => {
                consts.add(parse(&mut t));
            }
            "i" => {
                let v: Vec<i32> = t.map(|x| x.parse().unwrap()).collect();
                instrs.push(Instruction {
                    op: Opcode::from_u16(v[0] as u16).unwrap(),
                    arg: v[1],
                    loc: Location::new(v[2], v[3], v[4], v[5]),
                });
            }
            "end" => {
                let seq = InstructionSequence::from_instructions(std::mem::take(&mut instrs));
                if mode == "O" {
                    match optimize_sequence(&seq, std::mem::take(&mut consts), locals) {
                        Ok((i, c)) => {
                            for i in i {
                                let l = i.loc;
                                writeln!(
                                    out,
                                    "i {} {} {} {} {} {}",
                                    i.op as u16,
                                    if i.op.has_arg() { i.arg } else { 0 },
                                    l.line,
                                    l.end_line,
                                    l.column,
                                    l.end_column
                                )
                                .unwrap();
                            }
                            for c in c {
                                writeln!(out, "const {}", show(&c)).unwrap();
                            }
                        }
                        Err(e) => writeln!(out, "error {e}").unwrap(),
                    }
                } else {
                    unit.consts = std::mem::take(&mut consts);
                    match Assembler::default().assemble_sequence(std::mem::take(&mut unit), &seq) {
                        Ok(c) => {
                            writeln!(
                                out,
                                "code {}\nline {}\nexc {}\nstack {}\nkinds {}\nvars {}",
                                hex(&c.code),
                                hex(&c.linetable),
                                hex(&c.exceptiontable),
                                c.stacksize,
                                hex(&c.localspluskinds),
                                c.localsplusnames
                                    .iter()
                                    .map(|n| String::from_utf8_lossy(n.as_bytes()).to_string())
                                    .collect::<Vec<_>>()
                                    .join(" ")
                            )
                            .unwrap();
                        }
                        Err(e) => writeln!(out, "error {e}").unwrap(),
                    }
                }
                writeln!(out, "end").unwrap();
            }
            _ => panic!("{k}"),
        }
    }
}
