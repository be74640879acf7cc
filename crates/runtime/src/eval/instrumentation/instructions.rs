//! The instrumented instructions: each reports, then does what the instruction in whose place it stands does.

use bytecode::opcode::Opcode;

use crate::errors::{Raised, Result, restore};
use crate::eval::breaker;
use crate::eval::call::{self, Arguments};
use crate::eval::instructions;
use crate::eval::instrumentation::events::Event;
use crate::eval::instrumentation::report::{Report, report, report_raised};
use crate::eval::instrumentation::{exceptions, update};
use crate::eval::machine::{Machine, Step};
use crate::eval::stackref::StackRef;
use crate::object::Object;
use crate::objects::code::CodeUnit;
use crate::objects::function::Function;
use crate::objects::generator::{self, Generator, Kind, body_of};
use crate::objects::int::Int;
use crate::objects::method::Method;
use crate::objects::singletons::{py_false, py_true};
use crate::objects::tuple::Tuple;
use crate::raise;
use crate::reference::Ref;

/// What the loop does next.
pub enum Next {
    /// Goes on as after any instruction.
    Done(Step),
    /// Runs this instruction, with that argument, where it stands.
    Execute(u16, usize),
}

impl From<Opcode> for Next {
    fn from(opcode: Opcode) -> Next {
        Next::Execute(opcode as u16, 0)
    }
}

/// Where a report leaves the frame.
#[derive(PartialEq, Eq)]
enum Place {
    /// At the instruction.
    Same,
    /// Where a callback made it jump to.
    Jumped,
}

/// Runs what the loop has no handler for: instrumented instructions, and prefixes below them.
#[cold]
#[inline(never)]
pub fn other(m: &mut Machine, op: u16, oparg: usize) -> Next {
    // SAFETY: the instruction is right before the pointer; the frame is alive.
    let (at, previous) = unsafe { (m.ip.sub(1), (*m.frame).instruction) };
    // SAFETY: as above.
    unsafe { (*m.frame).instruction = at };
    use Opcode::*;
    let step = match Opcode::from_u16(op) {
        Some(EXTENDED_ARG) => {
            // SAFETY: an EXTENDED_ARG is followed by another instruction.
            let unit = unsafe { *m.ip };
            m.skip(1);
            return Next::Execute(unit.opcode(), oparg << 8 | unit.argument());
        }
        Some(INSTRUMENTED_LINE) => return line(m, at, previous, oparg),
        Some(INSTRUMENTED_INSTRUCTION) => return instruction(m, at, oparg),
        Some(INSTRUMENTED_RESUME) => resume(m, at, oparg),
        Some(INSTRUMENTED_RETURN_VALUE) => return leaving(m, at, Event::PyReturn, RETURN_VALUE, oparg),
        Some(INSTRUMENTED_YIELD_VALUE) => return leaving(m, at, Event::PyYield, YIELD_VALUE, oparg),
        Some(INSTRUMENTED_CALL) => call_instruction(m, at, oparg),
        Some(INSTRUMENTED_CALL_KW) => call_keywords(m, at, oparg),
        Some(INSTRUMENTED_CALL_FUNCTION_EX) => call_unpacked(m, at),
        Some(INSTRUMENTED_LOAD_SUPER_ATTR) => load_super_attr(m, at, oparg),
        Some(INSTRUMENTED_JUMP_FORWARD) => jump(m, at, m.ip.wrapping_add(oparg)),
        Some(INSTRUMENTED_JUMP_BACKWARD) => jump_backward(m, at, oparg),
        Some(INSTRUMENTED_POP_JUMP_IF_TRUE) => {
            let condition = m.peek(1).is_same(&py_true());
            jump_if(m, at, oparg, condition)
        }
        Some(INSTRUMENTED_POP_JUMP_IF_FALSE) => {
            let condition = m.peek(1).is_same(&py_false());
            jump_if(m, at, oparg, condition)
        }
        Some(INSTRUMENTED_POP_JUMP_IF_NONE) => {
            let condition = m.peek(1).is_none();
            jump_if(m, at, oparg, condition)
        }
        Some(INSTRUMENTED_POP_JUMP_IF_NOT_NONE) => {
            let condition = !m.peek(1).is_none();
            jump_if(m, at, oparg, condition)
        }
        Some(INSTRUMENTED_NOT_TAKEN) => {
            branch(m, at, Event::BranchLeft, previous, m.ip).map(drop).map_err(Into::into)
        }
        Some(INSTRUMENTED_POP_ITER) => {
            return branch_then(m, at, Event::BranchRight, previous, POP_ITER, oparg);
        }
        Some(INSTRUMENTED_END_ASYNC_FOR) => {
            let source = m.ip.wrapping_sub(oparg);
            return branch_then(m, at, Event::BranchRight, source, END_ASYNC_FOR, oparg);
        }
        Some(INSTRUMENTED_FOR_ITER) => for_iter_reporting(m, at, oparg, true),
        Some(INSTRUMENTED_END_FOR) => return end_for(m, at, previous),
        Some(INSTRUMENTED_END_SEND) => return end_send(m, at),
        _ => {
            let name = Opcode::from_u16(op).map_or("?", Opcode::name);
            Err(raise!(SystemError, "unknown opcode {op} ({name})").into())
        }
    };
    Next::Done(step)
}

/// The index of an instruction in the frame's code.
fn index(m: &Machine, unit: *const CodeUnit) -> usize {
    // SAFETY: both point into the code.
    unsafe { unit.offset_from(m.frame().code().first_instruction()) }.max(0) as usize
}

/// Reports with the registers written back, and reads them again: a callback may have made the frame jump.
fn tell(
    m: &mut Machine,
    at: *const CodeUnit,
    shown: *const CodeUnit,
    event: Event,
    rest: &[&Object],
) -> Result<Place> {
    m.save_stack();
    let (at_index, shown) = (index(m, at), index(m, shown));
    let result = report(m.thread, m.frame(), Report { event, at: at_index, shown, rest });
    let place = reload(m, at);
    result.map(|()| place)
}

/// Takes the registers over from the frame, if it does not stand where it was.
fn reload(m: &mut Machine, at: *const CodeUnit) -> Place {
    // SAFETY: the frame is alive.
    unsafe {
        m.sp = (*m.frame).stack_pointer;
        if (*m.frame).instruction == at {
            return Place::Same;
        }
        m.ip = (*m.frame).instruction;
    }
    Place::Jumped
}

/// The first instruction of a line, or the target of a jump in it.
fn line(m: &mut Machine, at: *const CodeUnit, previous: *const CodeUnit, oparg: usize) -> Next {
    let code = Ref::from_borrowed(m.frame().code());
    let Some(data) = code.monitoring() else { return Next::Execute(Opcode::NOP as u16, oparg) };
    let unit = index(m, at);
    if m.thread.head.tracing.get() == 0 {
        let number = data.line(&code, unit);
        let before = index(m, previous);
        // A jump within a line does not begin it anew. A call or resumption that is told, or is the first one, does.
        let begins = [Opcode::INSTRUMENTED_RESUME as u16, Opcode::RESUME as u16];
        let is_new = data.line(&code, before) != number || begins.contains(&code.unit(before).opcode());
        if is_new {
            m.save_stack();
            let number = Int::new(number.into());
            let report_line = Report { event: Event::Line, at: unit, shown: unit, rest: &[&number] };
            let result = report(m.thread, m.frame(), report_line);
            let place = reload(m, at);
            if let Err(raised) = result {
                return Next::Done(Err(raised.into()));
            }
            if place == Place::Jumped {
                return Next::Done(Ok(()));
            }
        }
    }
    let below = match data.units[unit].instruction_tools.get() {
        0 => data.plain_opcode(unit),
        _ => Opcode::INSTRUMENTED_INSTRUCTION,
    };
    Next::Execute(below as u16, oparg)
}

/// Any instruction, where all are wanted.
fn instruction(m: &mut Machine, at: *const CodeUnit, oparg: usize) -> Next {
    let code = Ref::from_borrowed(m.frame().code());
    match tell(m, at, at, Event::Instruction, &[]) {
        Err(raised) => return Next::Done(Err(raised.into())),
        Ok(Place::Jumped) => return Next::Done(Ok(())),
        Ok(Place::Same) => {}
    }
    let below = code.monitoring().map_or(Opcode::NOP, |data| data.plain_opcode(index(m, at)));
    Next::Execute(below as u16, oparg)
}

/// Is the frame's code out of date? If so it is changed, and the instruction runs again.
#[cold]
pub fn bring_up_to_date(m: &mut Machine) -> bool {
    let (state, code) = (&m.thread.interpreter.monitoring, m.frame().code());
    if m.thread.head.tracing.get() != 0 || code.instrumentation_version() == state.version() {
        return false;
    }
    update::update(code, state);
    true
}

fn resume(m: &mut Machine, at: *const CodeUnit, oparg: usize) -> Step {
    if bring_up_to_date(m) {
        m.ip = at;
        return Ok(());
    }
    if oparg & 3 < 2 {
        breaker::check(m)?;
    }
    let event = if oparg > 0 { Event::PyResume } else { Event::PyStart };
    tell(m, at, at, event, &[])?;
    Ok(())
}

/// A value leaves the frame.
fn leaving(m: &mut Machine, at: *const CodeUnit, event: Event, plain: Opcode, oparg: usize) -> Next {
    let value = m.peek(1).to_ref();
    match tell(m, at, at, event, &[&value]) {
        Ok(Place::Same) => Next::Execute(plain as u16, oparg),
        Ok(Place::Jumped) => Next::Done(Ok(())),
        Err(raised) => Next::Done(Err(raised.into())),
    }
}

/// Reports a jump or a branch from `source` to `target`.
fn branch(
    m: &mut Machine,
    at: *const CodeUnit,
    event: Event,
    source: *const CodeUnit,
    target: *const CodeUnit,
) -> Result<Place> {
    let unit = index(m, target);
    let told = tell(m, at, source, event, &[&Int::from_usize(unit * 2)]);
    if told.is_err() {
        // The exception counts as raised where the jump goes.
        crate::eval::exceptions::mark_place(unit);
    }
    told
}

/// Reports a branch to the next instruction, then runs the plain one.
fn branch_then(
    m: &mut Machine,
    at: *const CodeUnit,
    event: Event,
    source: *const CodeUnit,
    plain: Opcode,
    oparg: usize,
) -> Next {
    match branch(m, at, event, source, m.ip) {
        Ok(Place::Same) => Next::Execute(plain as u16, oparg),
        Ok(Place::Jumped) => Next::Done(Ok(())),
        Err(raised) => Next::Done(Err(raised.into())),
    }
}

fn jump(m: &mut Machine, at: *const CodeUnit, target: *const CodeUnit) -> Step {
    if branch(m, at, Event::Jump, at, target)? == Place::Same {
        m.ip = target;
    }
    Ok(())
}

fn jump_backward(m: &mut Machine, at: *const CodeUnit, units: usize) -> Step {
    m.skip(1);
    breaker::check(m)?;
    jump(m, at, m.ip.wrapping_sub(units))
}

fn jump_if(m: &mut Machine, at: *const CodeUnit, units: usize, condition: bool) -> Step {
    m.skip(1);
    let target = m.ip.wrapping_add(units);
    // The condition is popped after, so that the stack is that of the instruction while callbacks run.
    if condition && branch(m, at, Event::BranchRight, at, target)? == Place::Jumped {
        return Ok(());
    }
    drop(m.pop());
    if condition {
        m.ip = target;
    }
    Ok(())
}

/// A FOR_ITER in code that is watched: it runs generators in a loop of their own, and tells of a StopIteration.
#[cold]
pub fn for_iter(m: &mut Machine, units: usize) -> Step {
    // SAFETY: the instruction is right before the pointer.
    let at = unsafe { m.ip.sub(1) };
    for_iter_reporting(m, at, units, false)
}

fn for_iter_reporting(m: &mut Machine, at: *const CodeUnit, units: usize, branches: bool) -> Step {
    m.save_stack();
    let iterator = m.peek(1).to_ref();
    m.skip(1);
    let Some(next) = iterator.ty().raw.tp_iternext.get() else {
        return Err(raise!(TypeError, "'{}' object is not an iterator", iterator.ty().full_name()).into());
    };
    // SAFETY: the iterator is alive; it gives a strong reference or null.
    let item = unsafe { Ref::<Object>::from_owned_opt(next(iterator.as_ptr())) };
    let Some(item) = item else {
        if m.thread.has_exception() {
            let raised = Raised::assume_set();
            if !raised.matches(&crate::objects::exceptions::StopIteration) {
                return Err(raised.into());
            }
            exceptions::passes(m.thread, m.frame(), Event::Raise, index(m, at));
            drop(m.thread.take_exception());
        }
        // The item that END_FOR would pop was never pushed: jump over it.
        m.jump_forward(units + 1);
        return Ok(());
    };
    if branches && branch(m, at, Event::BranchLeft, at, m.ip)? == Place::Jumped {
        return Ok(());
    }
    m.push_ref(item);
    Ok(())
}

/// A generator ended: its return value is told as a StopIteration.
fn stop_iteration(m: &mut Machine, at: *const CodeUnit, value: &Object) -> Result<()> {
    let code = Ref::from_borrowed(m.frame().code());
    let unit = index(m, at);
    let wanted = code.monitoring().is_some_and(|data| data.units[unit].event_tools.get() != 0);
    if !wanted || m.thread.head.tracing.get() != 0 {
        return Ok(());
    }
    m.save_stack();
    let _ = generator::raise_stop_iteration(value);
    report_raised(m.thread, m.frame(), Event::StopIteration, unit, &[])?;
    drop(m.thread.take_exception());
    Ok(())
}

/// receiver value -- receiver
fn end_for(m: &mut Machine, at: *const CodeUnit, previous: *const CodeUnit) -> Next {
    if m.peek(2).is::<Generator>() {
        let value = m.peek(1).to_ref();
        if let Err(raised) = stop_iteration(m, at, &value) {
            return Next::Done(Err(raised.into()));
        }
    }
    // What comes next branches off the FOR_ITER.
    // SAFETY: the frame is alive.
    unsafe { (*m.frame).instruction = previous };
    Opcode::END_FOR.into()
}

/// receiver value -- value
fn end_send(m: &mut Machine, at: *const CodeUnit) -> Next {
    if body_of(m.peek(2)).is_some_and(|body| body.kind() != Kind::AsyncGenerator) {
        let value = m.peek(1).to_ref();
        if let Err(raised) = stop_iteration(m, at, &value) {
            return Next::Done(Err(raised.into()));
        }
    }
    Opcode::END_SEND.into()
}

/// What a SEND was waiting for has ended, and is no generator: if that was by a StopIteration, it is told.
#[cold]
pub fn awaited(m: &mut Machine, receiver: &Object, value: &Object) {
    if m.thread.interpreter.monitoring.tools_of(Event::Raise) == 0 || m.thread.head.tracing.get() != 0 {
        return;
    }
    let ty = receiver.ty();
    // Native iterators may end without raising anything.
    let silent = value.is_none()
        && !ty.has_flag(abi::Py_TPFLAGS_HEAPTYPE)
        && !ty.name().starts_with("anext_awaitable")
        && !ty.name().starts_with("async_generator");
    if silent {
        return;
    }
    m.save_stack();
    let before = m.thread.take_exception();
    let _ = generator::raise_stop_iteration(value);
    let at = m.frame().instruction_index();
    let _ = report_raised(m.thread, m.frame(), Event::Raise, at, &[]);
    drop(m.thread.take_exception());
    m.thread.set_exception(before);
}

/// Tells of a call before it happens.
fn calling(m: &mut Machine, at: *const CodeUnit, callee: &Object, argument: Option<&Object>) -> Result<Ref> {
    let argument = argument.map_or_else(|| m.thread.interpreter.monitoring.missing(), Object::to_ref);
    tell(m, at, at, Event::Call, &[callee, &argument])?;
    Ok(argument)
}

/// Tells how the call of something native came out.
fn called(
    m: &mut Machine,
    at: *const CodeUnit,
    callee: &Object,
    argument: &Object,
    result: Result,
) -> Result {
    match result {
        Ok(result) => {
            tell(m, at, at, Event::CReturn, &[callee, argument])?;
            Ok(result)
        }
        Err(raised) => {
            let exception = raised.take();
            let result = {
                let _ = restore(exception);
                m.save_stack();
                let unit = index(m, at);
                report_raised(m.thread, m.frame(), Event::CRaise, unit, &[callee, argument])
            };
            Err(match result {
                Ok(()) => Raised::assume_set(),
                Err(raised) => raised,
            })
        }
    }
}

/// Does the loop itself run what is called?
fn runs_in_loop(callee: &Object) -> bool {
    callee.downcast_exact::<Function>().is_some_and(Function::runs_plainly)
}

/// callable self-or-null args*count -- result
fn call_instruction(m: &mut Machine, at: *const CodeUnit, count: usize) -> Step {
    let base = instructions::bind_self(m, count);
    let arguments = Arguments { base, count: instructions::count_on_stack(m, base), names: None };
    let callee = m.callee(base).to_ref();
    let first = (arguments.count > 0).then(|| arguments.object(0));
    let first = calling(m, at, &callee, first.as_deref())?;
    if runs_in_loop(&callee) {
        return instructions::call_general(m, count);
    }
    m.skip(Opcode::CALL.caches());
    // SAFETY: callable and arguments lie on the stack, which keeps them.
    let result = unsafe { call::call_stack(&callee, &arguments) };
    let result = called(m, at, &callee, &first, result)?;
    m.drop_call(base);
    m.push_ref(result);
    breaker::check(m)
}

/// callable self-or-null args*count keyword-names -- result
fn call_keywords(m: &mut Machine, at: *const CodeUnit, count: usize) -> Step {
    // The names stay on the stack while callbacks run: it is the instruction's.
    let names = m.peek(1).to_ref();
    // SAFETY: the compiler pushes a tuple of names.
    let names: Ref<Tuple> = unsafe { names.cast_unchecked() };
    let base = instructions::bind_self(m, count + 1);
    let on_stack = instructions::count_on_stack(m, base) - 1;
    let arguments = Arguments { base, count: on_stack - names.len(), names: Some(&names) };
    let callee = m.callee(base).to_ref();
    let first = (on_stack > 0).then(|| arguments.object(0));
    let first = calling(m, at, &callee, first.as_deref())?;
    if runs_in_loop(&callee) {
        return instructions::call_kw(m, count);
    }
    m.skip(Opcode::CALL_KW.caches());
    // SAFETY: callable and arguments lie on the stack, which keeps them.
    let result = unsafe { call::call_stack(&callee, &arguments) };
    let result = called(m, at, &callee, &first, result)?;
    m.drop_call(base);
    m.push_ref(result);
    breaker::check(m)
}

/// callable null-or-self args kwargs-or-null -- result
fn call_unpacked(m: &mut Machine, at: *const CodeUnit) -> Step {
    let callee = m.peek(4).to_ref();
    let arguments = m.peek(2);
    let arguments: Ref<Tuple> = match arguments.to_ref().cast_exact::<Tuple>() {
        Ok(arguments) => arguments,
        Err(iterable) => {
            m.save_stack();
            let arguments = call::positional_from(&callee, &iterable)?;
            // SAFETY: the slot of the arguments; what was there is still held.
            drop(unsafe { std::ptr::replace(m.slot(2), StackRef::new(arguments.clone())) });
            arguments
        }
    };
    let first = arguments.as_slice().first().cloned();
    let first = calling(m, at, &callee, first.as_deref())?;
    let mut result = instructions::call_unpacked_native(m);
    if callee.downcast::<Function>().is_none() && !callee.is::<Method>() {
        result = called(m, at, &callee, &first, result);
    }
    let result = result?;
    m.push_ref(result);
    breaker::check(m)
}

/// super class self -- attribute [null if oparg & 1]
fn load_super_attr(m: &mut Machine, at: *const CodeUnit, oparg: usize) -> Step {
    let (receiver, class, callee) = (m.peek(1).to_ref(), m.peek(2).to_ref(), m.peek(3).to_ref());
    let two = oparg & 2 != 0;
    let argument = calling(m, at, &callee, two.then_some(&*class))?;
    let proxy = if two { callee.call(&[&class, &receiver]) } else { callee.call(&[]) };
    let proxy = called(m, at, &callee, &argument, proxy)?;
    m.skip(1);
    m.drop_items(3);
    let name = m.name(oparg >> 2);
    let value = proxy.get_attr(name)?;
    m.push_ref(value);
    if oparg & 1 != 0 {
        m.push(StackRef::NULL);
    }
    Ok(())
}
