//! Generators, coroutines and asynchronous iteration.

use crate::eval::machine::{Machine, Step, Stop, leave_recursion};
use crate::eval::specialize;
use crate::eval::stackref::StackRef;
use crate::objects::exceptions::BaseException;
use crate::objects::generator::{self, Kind, Sent, State, body_of};
use crate::objects::singletons::none;
use crate::raise;

/// Turns the running call into a generator: its frame moves there, the caller gets the generator.
#[inline(never)]
pub fn return_generator(m: &mut Machine) -> Step {
    m.save_stack();
    let frame = m.frame;
    // SAFETY: the frame is complete; the instruction to resume at is the next one.
    unsafe {
        (*frame).instruction = m.ip;
        let generator = generator::from_frame(frame);
        leave_recursion(m.thread);
        let previous = (*frame).previous;
        let is_entry = (*frame).is_entry;
        m.thread.frames().current_cell().set(previous);
        // The content has moved: only the memory goes back.
        m.thread.frames().data_stack().pop(frame.cast());
        if is_entry {
            return m.exit(StackRef::new(generator));
        }
        m.load(previous);
        m.ip = m.ip.add((*previous).return_offset as usize);
        m.push_ref(generator);
    }
    Ok(())
}

/// Suspends the generator's frame; the value goes to whoever resumed it.
#[inline(always)]
pub fn yield_value(m: &mut Machine, oparg: usize) -> Step {
    let value = m.pop().into_owned();
    m.save_stack();
    let frame = m.frame;
    // SAFETY: only generators' frames yield.
    unsafe {
        (*frame).instruction = m.ip;
        let generator = generator::of_frame(frame);
        generator.suspend(if oparg & 1 != 0 { State::SuspendedYieldFrom } else { State::Suspended });
        generator::unlink_exception_info(m.thread, generator);
        leave_recursion(m.thread);
        let previous = (*frame).previous;
        let is_entry = (*frame).is_entry;
        (*frame).previous = std::ptr::null_mut();
        m.thread.frames().current_cell().set(previous);
        if is_entry {
            return m.exit(value);
        }
        m.load(previous);
        // A FOR_ITER or SEND with its one cache resumed it: on with the instruction after that.
        m.ip = m.ip.add(2);
    }
    m.push(value);
    Ok(())
}

/// receiver value -- receiver yielded (or a jump with receiver and result)
#[inline(never)]
pub fn send(m: &mut Machine, units: usize) -> Step {
    specialize::send(m);
    send_general(m, units)
}

/// A generator or coroutine: its frame runs in this loop.
#[inline(always)]
pub fn send_gen(m: &mut Machine, units: usize) -> Step {
    let Some(body) = body_of(m.peek(2)).filter(|body| {
        body.kind() != Kind::AsyncGenerator && body.can_resume() && (body.is_started() || m.peek(1).is_none())
    }) else {
        return Err(Stop::Miss);
    };
    let value = m.pop_ref();
    let frame = body.start(m.thread, value);
    // SAFETY: a suspended frame is complete. When it returns, the sending ends at the jump's target.
    unsafe { m.enter(frame, 2 + units) }
}

#[inline(never)]
fn send_general(m: &mut Machine, units: usize) -> Step {
    let value = m.pop_ref();
    let receiver = m.peek(1);
    if let Some(body) =
        body_of(receiver).filter(|body| body.kind() != Kind::AsyncGenerator && body.can_resume())
        && (body.is_started() || value.is_none())
    {
        let frame = body.start(m.thread, value);
        // SAFETY: a suspended frame is complete. When it returns, the sending ends at the jump's target.
        return unsafe { m.enter(frame, 2 + units) };
    }
    let sent = generator::send_any(receiver, &value)?;
    if let Sent::Returned(value) = &sent
        && m.frame().code().monitoring().is_some()
    {
        let receiver = receiver.to_ref();
        crate::eval::instrumentation::instructions::awaited(m, &receiver, value);
    }
    m.skip(1);
    match sent {
        Sent::Yielded(value) => m.push_ref(value),
        Sent::Returned(value) => {
            m.push_ref(value);
            m.jump_forward(units);
        }
    }
    Ok(())
}

#[inline(never)]
pub fn get_awaitable(m: &mut Machine, oparg: usize) -> Step {
    let object = m.pop_ref();
    let awaitable = generator::awaitable_iterator(&object).map_err(|raised| {
        if oparg != 0 { generator::bad_awaitable_in_with(&object, oparg, raised) } else { raised }
    })?;
    if let Some(coroutine) = body_of(&awaitable)
        && coroutine.is_coroutine()
        && coroutine.is_suspended_in_await()
    {
        return Err(raise!(RuntimeError, "coroutine is being awaited already").into());
    }
    m.push_ref(awaitable);
    Ok(())
}

#[inline(never)]
pub fn get_aiter(m: &mut Machine) -> Step {
    let object = m.pop_ref();
    let Some(aiter) = object.ty().am_aiter() else {
        return Err(raise!(
            TypeError,
            "'async for' requires an object with __aiter__ method, got {}",
            object.ty().full_name()
        )
        .into());
    };
    // SAFETY: the object is alive during the call.
    let iterator: crate::reference::Ref =
        unsafe { crate::protocol::result_from_raw(aiter(object.as_ptr())) }?;
    if iterator.ty().am_anext().is_none() {
        return Err(raise!(
            TypeError,
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            iterator.ty().full_name()
        )
        .into());
    }
    m.push_ref(iterator);
    Ok(())
}

#[inline(never)]
pub fn get_anext(m: &mut Machine) -> Step {
    let awaitable = generator::anext_awaitable(m.peek(1))?;
    m.push_ref(awaitable);
    Ok(())
}

/// async-iterator exception --
#[inline(never)]
pub fn end_async_for(m: &mut Machine) -> Step {
    let exception = m.pop_ref();
    if exception.ty().is_subtype(&crate::objects::exceptions::StopAsyncIteration) {
        drop(m.pop());
        return Ok(());
    }
    drop(m.pop());
    let Ok(exception) = exception.cast::<BaseException>() else {
        return Err(raise!(SystemError, "END_ASYNC_FOR of something that is no exception").into());
    };
    crate::eval::exceptions::mark_reraise(m.thread);
    Err(crate::errors::restore(exception).into())
}

/// subiterator last-sent exception -- None value
#[inline(never)]
pub fn cleanup_throw(m: &mut Machine) -> Step {
    let exception = m.peek(1);
    if exception.ty().is_subtype(&crate::objects::exceptions::StopIteration) {
        let value = generator::stop_iteration_value(exception);
        m.drop_items(3);
        m.push_ref(none());
        m.push_ref(value);
        return Ok(());
    }
    let Ok(exception) = m.pop_ref().cast::<BaseException>() else {
        return Err(raise!(SystemError, "CLEANUP_THROW of something that is no exception").into());
    };
    crate::eval::exceptions::mark_reraise(m.thread);
    Err(crate::errors::restore(exception).into())
}
