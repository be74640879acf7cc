//! Jumps, loops and iteration.

use bytecode::opcode::Opcode;

use crate::eval::breaker;
use crate::eval::instrumentation::instructions::{bring_up_to_date, for_iter as for_iter_monitored};
use crate::eval::machine::{Machine, Step, Stop};
use crate::eval::specialize;
use crate::eval::stackref::StackRef;
use crate::objects::generator::{Kind, body_of, plain_body_of};
use crate::objects::int::Int;
use crate::objects::list::ListIterator;
use crate::objects::range::RangeIterator;
use crate::objects::singletons::{is_false, is_true, none};
use crate::objects::tuple::TupleIterator;
use crate::raise;

#[inline(never)]
pub fn jump_backward(m: &mut Machine, units: usize) -> Step {
    specialize::replace(m, Opcode::JUMP_BACKWARD_NO_JIT);
    jump_backward_no_jit(m, units)
}

#[inline(always)]
pub fn jump_backward_no_jit(m: &mut Machine, units: usize) -> Step {
    m.skip(1);
    m.jump_backward(units);
    breaker::check(m)
}

#[inline(never)]
pub fn resume(m: &mut Machine, oparg: usize) -> Step {
    if m.thread.breaker.is_quiet(m.frame().code().instrumentation_version()) {
        specialize::replace(m, Opcode::RESUME_CHECK);
        return Ok(());
    }
    if bring_up_to_date(m) {
        // The instruction may be another one now.
        m.jump_backward(1);
        return Ok(());
    }
    specialize::replace(m, Opcode::RESUME_CHECK);
    if oparg & 3 < 2 { breaker::check(m) } else { Ok(()) }
}

#[inline(always)]
pub fn resume_check(m: &mut Machine, oparg: usize) -> Step {
    if m.thread.breaker.is_quiet(m.frame().code().instrumentation_version()) {
        return Ok(());
    }
    m.out(|m| resume_slowly(m, oparg))
}

/// Something is pending, or monitoring wants something else of the code than when it ran last.
#[cold]
#[inline(never)]
fn resume_slowly(m: &mut Machine, oparg: usize) -> Step {
    if bring_up_to_date(m) {
        // The instruction may be another one now.
        m.jump_backward(1);
        return Ok(());
    }
    if oparg & 3 < 2 { breaker::check(m) } else { Ok(()) }
}

#[inline(always)]
fn jump_if(m: &mut Machine, condition: bool, units: usize) -> Step {
    m.skip(1);
    drop(m.pop());
    if condition {
        m.jump_forward(units);
    }
    Ok(())
}

/// As [`jump_if`], where the value is True or False.
#[inline(always)]
fn jump_if_bool(m: &mut Machine, condition: bool, units: usize) -> Step {
    m.skip(1);
    // Immortal: nobody counts its references.
    std::mem::forget(m.pop());
    if condition {
        m.jump_forward(units);
    }
    Ok(())
}

#[inline(always)]
pub fn pop_jump_if_true(m: &mut Machine, units: usize) -> Step {
    let condition = is_true(m.peek(1));
    jump_if_bool(m, condition, units)
}

#[inline(always)]
pub fn pop_jump_if_false(m: &mut Machine, units: usize) -> Step {
    let condition = is_false(m.peek(1));
    jump_if_bool(m, condition, units)
}

#[inline(always)]
pub fn pop_jump_if_none(m: &mut Machine, units: usize) -> Step {
    let condition = m.peek(1).is_none();
    jump_if(m, condition, units)
}

#[inline(always)]
pub fn pop_jump_if_not_none(m: &mut Machine, units: usize) -> Step {
    let condition = !m.peek(1).is_none();
    jump_if(m, condition, units)
}

#[inline(never)]
pub fn get_iter(m: &mut Machine) -> Step {
    let iterable = m.pop_ref();
    let iterator = iterable.iter()?;
    m.push_ref(iterator);
    Ok(())
}

#[inline(never)]
pub fn get_yield_from_iter(m: &mut Machine) -> Step {
    let iterable = m.peek(1);
    if let Some(generator) = body_of(iterable) {
        match generator.kind() {
            Kind::Generator => return Ok(()),
            Kind::Coroutine => {
                let flags = m.frame().code().flags();
                use bytecode::code::flags::{COROUTINE, ITERABLE_COROUTINE};
                if flags & (COROUTINE | ITERABLE_COROUTINE) == 0 {
                    return Err(raise!(
                        TypeError,
                        "cannot 'yield from' a coroutine object in a non-coroutine generator"
                    )
                    .into());
                }
                return Ok(());
            }
            Kind::AsyncGenerator => {}
        }
    }
    get_iter(m)
}

#[inline(never)]
pub fn get_len(m: &mut Machine) -> Step {
    let length = m.peek(1).length()?;
    m.push_ref(Int::from_usize(length));
    Ok(())
}

/// The iterator gave nothing: on to after the loop's END_FOR.
#[inline(always)]
fn end_loop(m: &mut Machine, units: usize) -> Step {
    m.skip(1);
    // The item that END_FOR would pop was never pushed: jump over it.
    m.jump_forward(units + 1);
    Ok(())
}

#[inline(never)]
pub fn for_iter(m: &mut Machine, units: usize) -> Step {
    specialize::for_iter(m, units);
    for_iter_slow(m, units)
}

#[inline(never)]
fn for_iter_slow(m: &mut Machine, units: usize) -> Step {
    if m.frame().code().monitoring().is_some() {
        return for_iter_monitored(m, units);
    }
    if let Some(generator) =
        body_of(m.peek(1)).filter(|body| body.can_resume() && body.kind() == Kind::Generator)
    {
        let frame = generator.start(m.thread, none());
        // SAFETY: a suspended frame is complete. When it returns, the loop ends at END_FOR, which drops the value.
        return unsafe { m.enter(frame, 2 + units) };
    }
    match m.peek(1).iter_next()? {
        Some(item) => {
            m.skip(1);
            m.push_ref(item);
            Ok(())
        }
        None => end_loop(m, units),
    }
}

/// A generator: its frame runs in this loop.
#[inline(always)]
pub fn for_iter_gen(m: &mut Machine, units: usize) -> Step {
    let Some(generator) = plain_body_of(m.peek(1)).filter(|body| body.can_resume()) else {
        return Err(Stop::Miss);
    };
    let frame = generator.start(m.thread, none());
    // SAFETY: a suspended frame is complete. When it returns, the loop ends at END_FOR, which drops the value.
    unsafe { m.enter(frame, 2 + units) }
}

/// A FOR_ITER over one exact type of iterator.
macro_rules! for_iter_over {
    ($($name:ident: $type:ty;)*) => {$(
        #[inline(always)]
        pub fn $name(m: &mut Machine, units: usize) -> Step {
            let Some(iterator) = m.peek(1).downcast_exact::<$type>() else { return Err(Stop::Miss) };
            match iterator.next_item() {
                Some(item) => {
                    m.skip(1);
                    m.push(StackRef::new(item));
                    Ok(())
                }
                None => end_loop(m, units),
            }
        }
    )*};
}

for_iter_over! {
    for_iter_list: ListIterator;
    for_iter_tuple: TupleIterator;
    for_iter_range: RangeIterator;
}
