//! Sequences and what the passes make of them, recorded from CPython's `_testinternalcapi.optimize_cfg`.

use bytecode::{Constant, Location, Opcode};

use crate::constants::ConstTable;
use crate::instruction_sequence::{Instruction, InstructionSequence};
use crate::unit::optimize_sequence;

/// Parses `NAME arg` a line (`# ` lines and blank ones apart), all on line 1.
fn sequence(text: &str) -> InstructionSequence {
    let instruction = |line: &str| {
        let mut words = line.split_whitespace();
        let op = words.next().and_then(Opcode::from_name)?;
        let arg = words.next().map_or(0, |arg| arg.parse().unwrap_or(0));
        Some(Instruction { op, arg, loc: Location::new(1, 1, 0, 1) })
    };
    InstructionSequence::from_instructions(text.lines().filter_map(instruction).collect())
}

fn check(input: &str, consts: &[Constant], locals: u32, expected: &str) {
    let mut table = ConstTable::new();
    for constant in consts {
        table.add(constant.clone());
    }
    let (instructions, _) = optimize_sequence(&sequence(input), table, locals).unwrap();
    let shown =
        |i: Instruction| if i.op.has_arg() { format!("{} {}", i.op, i.arg) } else { i.op.to_string() };
    let shown: Vec<String> = instructions.into_iter().map(shown).collect();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown, expected);
}

#[test]
fn swaps_are_applied_to_stores() {
    check(
        "LOAD_NAME 0
         LOAD_NAME 1
         LOAD_NAME 2
         SWAP 3
         SWAP 2
         STORE_FAST 0
         STORE_FAST 1
         POP_TOP
         LOAD_CONST 0
         RETURN_VALUE",
        &[Constant::None],
        2,
        "LOAD_NAME 0
         LOAD_NAME 1
         LOAD_NAME 2
         POP_TOP
         STORE_FAST_STORE_FAST 1
         LOAD_CONST 0
         RETURN_VALUE",
    );
}

#[test]
fn constants_fold_and_unused_ones_go() {
    check(
        "LOAD_CONST 0
         LOAD_CONST 1
         BINARY_OP 0
         LOAD_CONST 2
         BUILD_TUPLE 2
         RETURN_VALUE",
        &[Constant::Int(1.into()), Constant::Int(2.into()), Constant::None],
        0,
        "LOAD_CONST 1
         RETURN_VALUE",
    );
}

#[test]
fn tests_for_none_are_one_jump() {
    check(
        "LOAD_NAME 0
         LOAD_CONST 0
         IS_OP 1
         TO_BOOL
         POP_JUMP_IF_FALSE 7
         LOAD_CONST 1
         RETURN_VALUE
         LOAD_CONST 0
         RETURN_VALUE",
        &[Constant::None, Constant::Int(1000.into())],
        0,
        "LOAD_NAME 0
         POP_JUMP_IF_NONE 4
         LOAD_CONST 1
         RETURN_VALUE
         LOAD_CONST 0
         RETURN_VALUE",
    );
}

#[test]
fn a_local_that_may_be_unbound_is_checked() {
    check(
        "LOAD_NAME 0
         TO_BOOL
         POP_JUMP_IF_FALSE 5
         LOAD_CONST 0
         STORE_FAST 0
         LOAD_FAST 0
         RETURN_VALUE",
        &[Constant::None],
        1,
        "LOAD_NAME 0
         TO_BOOL
         POP_JUMP_IF_FALSE 5
         LOAD_CONST 0
         STORE_FAST 0
         LOAD_FAST_CHECK 0
         RETURN_VALUE",
    );
}

#[test]
fn bad_sequences_are_errors() {
    let error = optimize_sequence(&sequence("JUMP 7"), ConstTable::new(), 0);
    assert!(error.is_err());
    let error = optimize_sequence(&sequence("POP_TOP\nLOAD_CONST 0\nRETURN_VALUE"), ConstTable::new(), 0);
    assert!(error.is_err());
}
