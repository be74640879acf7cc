//! From laid out instructions to a code object: jump offsets, bytes, line and exception tables, names.

use bytecode::code::LocalKind;
use bytecode::code::flags::{VARARGS, VARKEYWORDS};
use bytecode::{
    Code, ExceptionEntry, ExceptionTableWriter, LineTableWriter, Location, Opcode, Wtf8, Wtf8Buf,
};

use crate::flowgraph::{Handler, LaidOut, Placed};
use crate::instruction_sequence::NEXT_LOCATION;
use crate::unit::{AssembleError, Unit};

/// From the instruction after an `END_ASYNC_FOR`'s target back to the `END_SEND` that the operand must lead to.
const END_SEND_OFFSET: u32 = 5;

pub(crate) fn assemble(unit: Unit, laid_out: LaidOut, filename: &Wtf8) -> Result<Code, AssembleError> {
    let LaidOut { mut instructions, consts, stack_size } = laid_out;
    resolve_directions(&mut instructions);
    let offsets = resolve_offsets(&mut instructions)?;
    let (localsplusnames, localspluskinds) = locals(&unit);
    let code = encode(&instructions, &offsets);
    let units = code.len() as u32 / 2;
    Ok(Code {
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        // The frame always has a slot: for the generator, or the value that is returned.
        stacksize: stack_size.max(1),
        flags: unit.flags,
        code,
        consts,
        names: unit.names.into_vec(),
        localsplusnames,
        localspluskinds,
        filename: filename.to_owned(),
        name: unit.name,
        qualname: unit.qualname,
        firstlineno: unit.firstlineno,
        linetable: line_table(&mut instructions, &offsets, units, unit.firstlineno),
        exceptiontable: exception_table(&instructions, &offsets, units),
    })
}

/// Jumps that go on without looking at the eval breaker, or back with it, by where they lead.
fn resolve_directions(instructions: &mut [Placed]) {
    for (index, instruction) in instructions.iter_mut().enumerate() {
        let forward = instruction.arg as usize > index;
        instruction.op = match instruction.op {
            Opcode::JUMP | Opcode::JUMP_NO_INTERRUPT if forward => Opcode::JUMP_FORWARD,
            Opcode::JUMP => Opcode::JUMP_BACKWARD,
            Opcode::JUMP_NO_INTERRUPT => Opcode::JUMP_BACKWARD_NO_INTERRUPT,
            op => op,
        };
    }
}

/// How many `EXTENDED_ARG`s an operand needs.
fn extended_args(arg: u32) -> u32 {
    (arg > 0xFF) as u32 + (arg > 0xFFFF) as u32 + (arg > 0xFF_FFFF) as u32
}

/// The code units of an instruction with all that belongs to it.
fn size(instruction: &Placed) -> u32 {
    extended_args(instruction.arg) + 1 + instruction.op.caches() as u32
}

/// Makes the operands of jumps distances; gives the offset of each instruction.
fn resolve_offsets(instructions: &mut [Placed]) -> Result<Vec<u32>, AssembleError> {
    let mut jumps = Vec::new();
    for (index, instruction) in instructions.iter().enumerate().filter(|(_, i)| i.op.has_jump()) {
        if instruction.arg as usize >= instructions.len() {
            return Err(AssembleError::Invalid("a jump leads beyond the code"));
        }
        jumps.push((index, instruction.arg as usize));
    }
    let mut offsets = vec![0; instructions.len()];
    loop {
        let mut offset = 0;
        for (place, instruction) in offsets.iter_mut().zip(instructions.iter()) {
            *place = offset;
            offset += size(instruction);
        }
        // Distances depend on sizes and sizes on distances: again until none changes.
        let mut changed = false;
        for &(index, target) in &jumps {
            let instruction = &mut instructions[index];
            let old_size = size(instruction);
            let after = offsets[index] + old_size;
            let target = offsets[target];
            instruction.arg = match instruction.op {
                Opcode::END_ASYNC_FOR => after.wrapping_sub(target).wrapping_sub(END_SEND_OFFSET),
                _ => target.abs_diff(after),
            };
            changed |= size(instruction) != old_size;
        }
        if !changed {
            return Ok(offsets);
        }
    }
}

fn encode(instructions: &[Placed], offsets: &[u32]) -> Vec<u8> {
    let units = match (instructions.last(), offsets.last()) {
        (Some(last), Some(offset)) => offset + size(last),
        _ => 0,
    };
    let mut code = vec![0; units as usize * 2];
    for (instruction, &offset) in instructions.iter().zip(offsets) {
        let Some(op) = instruction.op.to_u8() else { continue };
        let mut at = offset as usize * 2;
        for shift in (1..=extended_args(instruction.arg)).rev() {
            code[at] = Opcode::EXTENDED_ARG as u8;
            code[at + 1] = (instruction.arg >> (8 * shift)) as u8;
            at += 2;
        }
        code[at] = op;
        code[at + 1] = instruction.arg as u8;
    }
    code
}

fn line_table(instructions: &mut [Placed], offsets: &[u32], units: u32, first_line: i32) -> Vec<u8> {
    let mut following = Location::NONE;
    for instruction in instructions.iter_mut().rev() {
        if instruction.loc == NEXT_LOCATION {
            instruction.loc = if instruction.op.is_terminator() { Location::NONE } else { following };
        }
        following = instruction.loc;
    }
    let mut writer = LineTableWriter::new(first_line);
    // Neighbours with one location are one entry.
    let mut start = 0;
    let mut location = Location::NONE;
    for (instruction, &offset) in instructions.iter().zip(offsets) {
        if instruction.loc != location {
            writer.push(location, (offset - start) as usize);
            (location, start) = (instruction.loc, offset);
        }
    }
    writer.push(location, (units - start) as usize);
    writer.finish()
}

fn exception_table(instructions: &[Placed], offsets: &[u32], units: u32) -> Vec<u8> {
    let mut writer = ExceptionTableWriter::new();
    let mut active: Option<(Handler, u32)> = None;
    let mut close = |active: Option<(Handler, u32)>, end: u32| {
        let Some((handler, start)) = active else { return };
        // The handler finds the exception on the stack, and the raising instruction's offset before it if it asked.
        let depth = handler.start_depth - 1 - handler.preserve_lasti as i32;
        writer.push(ExceptionEntry {
            start: start as usize,
            end: end as usize,
            target: offsets[handler.target as usize] as usize,
            depth: depth.max(0) as usize,
            lasti: handler.preserve_lasti,
        });
    };
    for (instruction, &offset) in instructions.iter().zip(offsets) {
        if instruction.handler.map(|handler| handler.target) != active.map(|(handler, _)| handler.target) {
            close(active, offset);
            active = instruction.handler.map(|handler| (handler, offset));
        }
    }
    close(active, units);
    writer.finish()
}

/// `co_localsplusnames` and `co_localspluskinds`.
fn locals(unit: &Unit) -> (Vec<Wtf8Buf>, Vec<u8>) {
    use LocalKind::*;
    let count = unit.varnames.len() + unit.cellvars.len() + unit.freevars.len();
    let mut names = Vec::with_capacity(count);
    let mut kinds = Vec::with_capacity(count);
    // The parameters by kind, in the order of `varnames`.
    let parameters = [
        (unit.posonlyargcount, ARG_POS),
        (unit.argcount - unit.posonlyargcount, ARG_POS | ARG_KW),
        (unit.kwonlyargcount, ARG_KW),
        ((unit.flags & VARARGS != 0) as u32, ARG_VAR | ARG_POS),
        ((unit.flags & VARKEYWORDS != 0) as u32, ARG_VAR | ARG_KW),
    ];
    let mut parameters = parameters.into_iter().flat_map(|(count, kind)| (0..count).map(move |_| kind));
    for name in unit.varnames.iter() {
        let mut kind = LOCAL | parameters.next().unwrap_or(0);
        if !unit.fasthidden.is_empty() && unit.fasthidden.contains(name) {
            kind |= HIDDEN;
        }
        if !unit.cellvars.is_empty() && unit.cellvars.find(name).is_some() {
            kind |= CELL;
        }
        names.push(name.clone());
        kinds.push(kind);
    }
    for name in unit.cellvars.iter().filter(|name| unit.varnames.find(*name).is_none()) {
        names.push(name.clone());
        kinds.push(CELL);
    }
    for name in unit.freevars.iter() {
        names.push(name.clone());
        kinds.push(FREE);
    }
    (names, kinds)
}
