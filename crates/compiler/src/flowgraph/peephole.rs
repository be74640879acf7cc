//! Optimizations inside a block: constants are folded, comparisons and conversions merged, jumps to jumps threaded.

use std::borrow::Cow;

use bytecode::operands::{BinaryOperator, COMPARE_TO_BOOL, Intrinsic1};
use bytecode::{Constant, Location, Opcode};
use num_bigint::BigInt;

use super::{BlockId, Graph, Instr, features};
use crate::constants::ConstTable;
use crate::fold;

/// The most stack items that folding a display may have needed: CPython's soft limit for stack use.
const STACK_USE_GUIDELINE: usize = 30;
/// From this length on a display of constants is made from a constant tuple or frozenset.
const MIN_CONST_SEQUENCE_SIZE: usize = 3;

fn loads_const(op: Opcode) -> bool {
    op == Opcode::LOAD_CONST || op == Opcode::LOAD_SMALL_INT
}

/// The constant that an instruction loads.
fn const_value<'c>(op: Opcode, arg: i32, consts: &'c ConstTable) -> Option<Cow<'c, Constant>> {
    match op {
        Opcode::LOAD_CONST => consts.get(arg as usize).map(Cow::Borrowed),
        Opcode::LOAD_SMALL_INT => Some(Cow::Owned(Constant::Int(BigInt::from(arg)))),
        _ => None,
    }
}

/// The operand for `LOAD_SMALL_INT` if the constant has one.
fn small_int(constant: &Constant) -> Option<i32> {
    match constant {
        Constant::Int(value) => u8::try_from(value).ok().map(i32::from),
        _ => None,
    }
}

/// Makes `instr` load `constant`.
fn make_load(instr: &mut Instr, constant: Constant, consts: &mut ConstTable) {
    match small_int(&constant) {
        Some(value) => instr.set(Opcode::LOAD_SMALL_INT, value),
        None => instr.set(Opcode::LOAD_CONST, consts.add(constant) as i32),
    }
}

/// The last `count` instructions before index `end` that aren't `NOP`, if they all load constants, in their order.
fn loads_before(instrs: &[Instr], end: usize, count: usize) -> Option<[usize; STACK_USE_GUIDELINE]> {
    let mut found = [0; STACK_USE_GUIDELINE];
    let mut missing = count;
    for (index, instr) in instrs[..end].iter().enumerate().rev() {
        if missing == 0 {
            break;
        }
        if instr.op == Opcode::NOP {
            continue;
        }
        if !loads_const(instr.op) {
            return None;
        }
        missing -= 1;
        found[missing] = index;
    }
    (missing == 0).then_some(found)
}

/// Removes instructions whose effect another one has now.
fn nop_out(instrs: &mut [Instr], indexes: &[usize]) {
    for &index in indexes {
        instrs[index].set_nop();
        instrs[index].loc = Location::NONE;
    }
}

fn values(instrs: &[Instr], indexes: &[usize], consts: &ConstTable) -> Option<Vec<Constant>> {
    let value =
        |&index: &usize| const_value(instrs[index].op, instrs[index].arg, consts).map(Cow::into_owned);
    indexes.iter().map(value).collect()
}

impl Graph {
    /// Small ints, and what follows from a constant at once: conditional jumps, tests for `None`, conversions to bool.
    pub(super) fn optimize_loads_of_constants(&mut self, consts: &mut ConstTable) {
        for block in self.blocks_mut().iter_mut().filter(|block| block.has(features::CONST)) {
            optimize_loads(&mut block.instrs, consts);
        }
    }

    pub(super) fn optimize_block(&mut self, id: BlockId, consts: &mut ConstTable) {
        let mut index = 0;
        while index < self[id].instrs.len() {
            let op = self[id].instrs[index].op;
            if features::of(op) & features::PEEPHOLE != 0 {
                optimize_instr(&mut self[id].instrs, index, consts);
            } else if op.has_jump() {
                // A threaded jump leaves a `NOP`; the new one, at the end of the block, is looked at in its turn.
                self.thread_jump(id, index);
            }
            index += 1;
        }
        if self[id].has(features::SWAP) {
            self.optimize_swaps(id);
        }
    }

    /// Lets a jump to a jump go where that one goes.
    fn thread_jump(&mut self, id: BlockId, index: usize) {
        use Opcode::*;
        loop {
            let jump = self[id].instrs[index];
            let Some(&target) = self[jump.target()].instrs.first() else { return };
            let op = match (jump.op, target.op) {
                (POP_JUMP_IF_NOT_NONE | POP_JUMP_IF_NONE | POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE, JUMP) => {
                    jump.op
                }
                (JUMP_IF_FALSE, JUMP | JUMP_IF_FALSE) => jump.op,
                (JUMP_IF_TRUE, JUMP | JUMP_IF_TRUE) => jump.op,
                (JUMP_IF_FALSE, JUMP_IF_TRUE) | (JUMP_IF_TRUE, JUMP_IF_FALSE) => {
                    // The value that jumps here doesn't there.
                    let next = self[jump.target()].next;
                    self[id].instrs[index].arg = next as i32;
                    continue;
                }
                (JUMP | JUMP_NO_INTERRUPT, JUMP) => JUMP,
                (JUMP | JUMP_NO_INTERRUPT, JUMP_NO_INTERRUPT) => jump.op,
                _ => return,
            };
            if jump.target() != target.target() {
                let block = &mut self[id];
                block.instrs[index].set_nop();
                block.push(op, target.arg, target.loc);
            }
            return;
        }
    }

    /// Drops constants that no instruction loads (but never the first, which may be a docstring) and renumbers.
    pub(super) fn remove_unused_consts(&mut self, consts: Vec<Constant>) -> Vec<Constant> {
        if consts.is_empty() {
            return consts;
        }
        let mut used = vec![false; consts.len()];
        used[0] = true;
        let blocks = self.blocks_mut().iter().filter(|block| block.has(features::CONST));
        for instr in blocks.flat_map(|block| &block.instrs).filter(|instr| instr.op == Opcode::LOAD_CONST) {
            if let Some(used) = used.get_mut(instr.arg as usize) {
                *used = true;
            }
        }
        if used.iter().all(|&used| used) {
            return consts;
        }
        let mut count = 0;
        let renumbered: Vec<i32> = used
            .iter()
            .map(|&used| {
                count += used as i32;
                count - 1
            })
            .collect();
        let blocks = self.blocks_mut().iter_mut().filter(|block| block.has(features::CONST));
        for instr in blocks.flat_map(|block| &mut block.instrs) {
            if instr.op == Opcode::LOAD_CONST
                && let Some(&number) = renumbered.get(instr.arg as usize)
            {
                instr.arg = number;
            }
        }
        consts.into_iter().zip(used).filter_map(|(constant, used)| used.then_some(constant)).collect()
    }

    /// Merges neighbouring loads and stores of the first 16 locals.
    pub(super) fn insert_superinstructions(&mut self) {
        let mut any = false;
        for block in self.blocks_mut().iter_mut().filter(|block| block.has(features::FAST)) {
            let instrs = &mut block.instrs;
            for index in 1..instrs.len() {
                let (first, second) = (instrs[index - 1], instrs[index]);
                let op = match (first.op, second.op) {
                    (Opcode::LOAD_FAST, Opcode::LOAD_FAST) => Opcode::LOAD_FAST_LOAD_FAST,
                    (Opcode::STORE_FAST, Opcode::LOAD_FAST) => Opcode::STORE_FAST_LOAD_FAST,
                    (Opcode::STORE_FAST, Opcode::STORE_FAST) => Opcode::STORE_FAST_STORE_FAST,
                    _ => continue,
                };
                let (line, next_line) = (first.loc.line, second.loc.line);
                if line >= 0 && next_line >= 0 && line != next_line || first.arg >= 16 || second.arg >= 16 {
                    continue;
                }
                instrs[index - 1].set(op, first.arg << 4 | second.arg);
                instrs[index].set_nop();
                any = true;
            }
        }
        if any {
            self.remove_redundant_nops();
        }
    }
}

fn optimize_loads(instrs: &mut [Instr], consts: &mut ConstTable) {
    let mut op = Opcode::NOP;
    let mut arg = 0;
    for index in 0..instrs.len() {
        let instr = &mut instrs[index];
        if instr.op == Opcode::LOAD_CONST
            && let Some(value) = consts.get(instr.arg as usize).and_then(small_int)
        {
            instr.set(Opcode::LOAD_SMALL_INT, value);
        }
        let is_copy = loads_const(op) && instr.op == Opcode::COPY && instr.arg == 1;
        if !is_copy {
            (op, arg) = (instr.op, instr.arg);
        }
        if !loads_const(op) {
            continue;
        }
        let Some(next) = instrs.get(index + 1).copied() else { return };
        match next.op {
            Opcode::POP_JUMP_IF_FALSE
            | Opcode::POP_JUMP_IF_TRUE
            | Opcode::JUMP_IF_FALSE
            | Opcode::JUMP_IF_TRUE => {
                let Some(truth) = const_value(op, arg, consts).map(|value| fold::truth(&value)) else {
                    continue;
                };
                if matches!(next.op, Opcode::POP_JUMP_IF_FALSE | Opcode::POP_JUMP_IF_TRUE) {
                    instrs[index].set_nop();
                }
                if truth == matches!(next.op, Opcode::POP_JUMP_IF_TRUE | Opcode::JUMP_IF_TRUE) {
                    instrs[index + 1].op = Opcode::JUMP;
                } else {
                    instrs[index + 1].set_nop();
                }
            }
            Opcode::IS_OP => optimize_test_for_none(instrs, index, op, arg, consts),
            Opcode::TO_BOOL => {
                let Some(truth) = const_value(op, arg, consts).map(|value| fold::truth(&value)) else {
                    continue;
                };
                let slot = consts.add(Constant::Bool(truth));
                instrs[index].set_nop();
                instrs[index + 1].set(Opcode::LOAD_CONST, slot as i32);
            }
            _ => {}
        }
    }
}

/// `LOAD_CONST None; IS_OP; [TO_BOOL;] POP_JUMP_IF_…` is one jump.
fn optimize_test_for_none(instrs: &mut [Instr], index: usize, op: Opcode, arg: i32, consts: &ConstTable) {
    if !matches!(const_value(op, arg, consts).as_deref(), Some(Constant::None)) {
        return;
    }
    let mut jump = index + 2;
    if instrs.get(jump).is_some_and(|instr| instr.op == Opcode::TO_BOOL) {
        instrs[jump].set_nop();
        jump += 1;
    }
    let inverted = instrs[index + 1].arg != 0;
    let if_none = match instrs.get(jump).map(|instr| instr.op) {
        Some(Opcode::POP_JUMP_IF_TRUE) => !inverted,
        Some(Opcode::POP_JUMP_IF_FALSE) => inverted,
        _ => return,
    };
    instrs[index].set_nop();
    instrs[index + 1].set_nop();
    instrs[jump].op = if if_none { Opcode::POP_JUMP_IF_NONE } else { Opcode::POP_JUMP_IF_NOT_NONE };
}

fn optimize_instr(instrs: &mut [Instr], index: usize, consts: &mut ConstTable) {
    use Opcode::*;
    let Instr { op, arg, .. } = instrs[index];
    let next = instrs.get(index + 1).map_or(CACHE, |instr| instr.op);
    match op {
        BUILD_TUPLE => {
            if next == UNPACK_SEQUENCE && instrs[index + 1].arg == arg && (1..=3).contains(&arg) {
                instrs[index].set_nop();
                match arg {
                    1 => instrs[index + 1].set_nop(),
                    _ => instrs[index + 1].op = SWAP,
                }
                return;
            }
            fold_tuple(instrs, index, consts);
        }
        BUILD_LIST | BUILD_SET => optimize_display(instrs, index, next, consts),
        COMPARE_OP if next == TO_BOOL => {
            instrs[index].set_nop();
            instrs[index + 1].set(COMPARE_OP, arg | COMPARE_TO_BOOL as i32);
        }
        CONTAINS_OP | IS_OP if next == TO_BOOL => {
            instrs[index].set_nop();
            instrs[index + 1].set(op, arg);
        }
        CONTAINS_OP | IS_OP if next == UNARY_NOT => {
            instrs[index].set_nop();
            instrs[index + 1].set(op, arg ^ 1);
        }
        TO_BOOL if next == TO_BOOL => instrs[index].set_nop(),
        UNARY_NOT if next == TO_BOOL => {
            instrs[index].set_nop();
            instrs[index + 1].set(UNARY_NOT, 0);
        }
        UNARY_NOT if next == UNARY_NOT => {
            instrs[index].set_nop();
            instrs[index + 1].set_nop();
        }
        UNARY_NOT | UNARY_INVERT | UNARY_NEGATIVE => fold_unary(instrs, index, consts),
        CALL_INTRINSIC_1 if arg == Intrinsic1::ListToTuple as i32 => {
            fold_gradual_display(instrs, index, index, LIST_APPEND, consts);
            if next == GET_ITER && instrs[index].op == CALL_INTRINSIC_1 {
                // A list does as well.
                instrs[index].set_nop();
            }
        }
        LIST_APPEND | SET_ADD if arg == 1 && matches!(next, GET_ITER | CONTAINS_OP) => {
            fold_gradual_display(instrs, index, index + 1, op, consts);
        }
        CALL_INTRINSIC_1 if arg == Intrinsic1::UnaryPositive as i32 => fold_unary(instrs, index, consts),
        BINARY_OP => fold_binary(instrs, index, consts),
        LOAD_GLOBAL if next == PUSH_NULL && arg & 1 == 0 => {
            instrs[index].set(LOAD_GLOBAL, arg | 1);
            instrs[index + 1].set_nop();
        }
        STORE_FAST
            if next == STORE_FAST
                && instrs[index + 1].arg == arg
                && instrs[index].loc.line == instrs[index + 1].loc.line =>
        {
            instrs[index].set(POP_TOP, 0);
        }
        SWAP if arg == 1 => instrs[index].set_nop(),
        _ => {}
    }
}

fn fold_tuple(instrs: &mut [Instr], index: usize, consts: &mut ConstTable) {
    let size = instrs[index].arg as usize;
    if size > STACK_USE_GUIDELINE {
        return;
    }
    let Some(found) = loads_before(instrs, index, size) else { return };
    let Some(items) = values(instrs, &found[..size], consts) else { return };
    nop_out(instrs, &found[..size]);
    make_load(&mut instrs[index], Constant::Tuple(items), consts);
}

/// `BUILD_LIST 0; (LOAD_CONST; LIST_APPEND 1)…` up to `end` becomes a constant tuple (with `SET_ADD` a frozenset),
/// loaded at `index`.
fn fold_gradual_display(
    instrs: &mut [Instr],
    index: usize,
    end: usize,
    append: Opcode,
    consts: &mut ConstTable,
) {
    let build = if append == Opcode::SET_ADD { Opcode::BUILD_SET } else { Opcode::BUILD_LIST };
    let mut loads = Vec::new();
    let mut expect_append = true;
    for position in (0..end).rev() {
        let Instr { op, arg, .. } = instrs[position];
        if op == Opcode::NOP {
            continue;
        }
        if op == build && arg == 0 {
            if !expect_append {
                return;
            }
            loads.reverse();
            let Some(items) = values(instrs, &loads, consts) else { return };
            for instr in instrs[position..end].iter_mut().filter(|instr| instr.op != Opcode::NOP) {
                instr.set_nop();
                instr.loc = Location::NONE;
            }
            let constant = match append {
                Opcode::SET_ADD => fold::frozenset(items),
                _ => Constant::Tuple(items),
            };
            make_load(&mut instrs[index], constant, consts);
            return;
        }
        if expect_append {
            if op != append || arg != 1 {
                return;
            }
        } else {
            if !loads_const(op) {
                return;
            }
            loads.push(position);
        }
        expect_append = !expect_append;
    }
}

/// A list or set display that is only iterated over or searched is made a tuple or frozenset; a longer one of constants
/// is filled from such a constant.
fn optimize_display(instrs: &mut [Instr], index: usize, next: Opcode, consts: &mut ConstTable) {
    let Instr { op, arg, loc, .. } = instrs[index];
    let size = arg as usize;
    let only_read = matches!(next, Opcode::GET_ITER | Opcode::CONTAINS_OP);
    if size > STACK_USE_GUIDELINE || size < MIN_CONST_SEQUENCE_SIZE && !only_read {
        return;
    }
    let Some(found) = loads_before(instrs, index, size) else {
        if only_read && op == Opcode::BUILD_LIST {
            instrs[index].set(Opcode::BUILD_TUPLE, arg);
        }
        return;
    };
    let Some(items) = values(instrs, &found[..size], consts) else { return };
    let constant = match op {
        Opcode::BUILD_SET => fold::frozenset(items),
        _ => Constant::Tuple(items),
    };
    let slot = consts.add(constant) as i32;
    nop_out(instrs, &found[..size]);
    if only_read {
        instrs[index].set(Opcode::LOAD_CONST, slot);
        return;
    }
    instrs[index - 2].set(op, 0);
    instrs[index - 2].loc = loc;
    instrs[index - 1].set(Opcode::LOAD_CONST, slot);
    let extend = if op == Opcode::BUILD_LIST { Opcode::LIST_EXTEND } else { Opcode::SET_UPDATE };
    instrs[index].set(extend, 1);
}

fn fold_unary(instrs: &mut [Instr], index: usize, consts: &mut ConstTable) {
    let Some([operand, ..]) = loads_before(instrs, index, 1) else { return };
    let Some(value) = const_value(instrs[operand].op, instrs[operand].arg, consts) else { return };
    let operator = match instrs[index].op {
        Opcode::UNARY_NOT => fold::Unary::Not,
        Opcode::UNARY_INVERT => fold::Unary::Invert,
        Opcode::UNARY_NEGATIVE => fold::Unary::Negative,
        _ => fold::Unary::Positive,
    };
    let Some(result) = fold::unary(operator, &value) else { return };
    nop_out(instrs, &[operand]);
    make_load(&mut instrs[index], result, consts);
}

fn fold_binary(instrs: &mut [Instr], index: usize, consts: &mut ConstTable) {
    let Some([left, right, ..]) = loads_before(instrs, index, 2) else { return };
    let Some(operator) = BinaryOperator::from_u32(instrs[index].arg as u32) else { return };
    let value = |index: usize| const_value(instrs[index].op, instrs[index].arg, consts);
    let (Some(a), Some(b)) = (value(left), value(right)) else { return };
    let Some(result) = fold::binary(operator, &a, &b) else { return };
    nop_out(instrs, &[left, right]);
    make_load(&mut instrs[index], result, consts);
}
