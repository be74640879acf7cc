//! Raising and handling exceptions, `with`.

use crate::eval::exceptions;
use crate::eval::machine::{Machine, Step};
use crate::eval::stackref::StackRef;
use crate::objects::exceptions::BaseException;
use crate::objects::int::Int;
use crate::objects::singletons::{none, py_bool};
use crate::raise;

#[inline(never)]
pub fn raise_varargs(m: &mut Machine, count: usize) -> Step {
    let cause = (count == 2).then(|| m.pop_ref());
    let exception = (count >= 1).then(|| m.pop_ref());
    if exception.is_none() && m.thread.handled_exception().is_some() {
        // The exception goes on: its traceback stays as it is.
        exceptions::mark_reraise_at(m.frame().instruction_index());
    }
    Err(exceptions::do_raise(m.thread, exception, cause).into())
}

/// values*oparg exception -- values*oparg
#[inline(never)]
pub fn reraise(m: &mut Machine, values: usize) -> Step {
    let exception = m.pop_ref();
    let place = m.frame().instruction_index();
    if values > 0
        && let Some(unit) = m.peek(values).downcast::<Int>().and_then(Int::to_isize)
    {
        // The traceback already has this frame: what raised is where the handler came from.
        let first = m.frame().code().first_instruction();
        // SAFETY: the offset was taken in this code; the frame is alive.
        unsafe { (*m.frame).instruction = first.add(unit as usize) };
    }
    let Ok(exception) = exception.cast::<BaseException>() else {
        return Err(raise!(SystemError, "RERAISE of something that is no exception").into());
    };
    exceptions::mark_reraise_at(place);
    Err(crate::errors::restore(exception).into())
}

#[inline(never)]
pub fn push_exc_info(m: &mut Machine) -> Step {
    let exception = m.pop();
    let info = m.thread.exception_info();
    let new = exception.duplicate_owned().into_option();
    let old = info.value.replace(new);
    m.push(old.map_or_else(|| StackRef::new(none()), StackRef::new));
    m.push(exception);
    Ok(())
}

#[inline(never)]
pub fn pop_except(m: &mut Machine) -> Step {
    let previous = m.pop_ref();
    let previous = (!previous.is_none()).then_some(previous);
    m.thread.exception_info().value.set(previous);
    Ok(())
}

#[inline(never)]
pub fn check_exc_match(m: &mut Machine) -> Step {
    let class = m.pop_ref();
    let matches = exceptions::matches(m.peek(1), &class)?;
    m.push_ref(py_bool(matches));
    Ok(())
}

/// group type -- rest-or-None match-or-None
#[inline(never)]
pub fn check_eg_match(m: &mut Machine) -> Step {
    let (class, group) = (m.pop_ref(), m.pop_ref());
    let (matched, rest) = exceptions::split_group(&group, &class)?;
    if let Some(matched) = &matched {
        m.thread.exception_info().value.set(Some(matched.clone()));
    }
    m.push_ref(rest.unwrap_or_else(none));
    m.push_ref(matched.unwrap_or_else(none));
    Ok(())
}

/// exit exit-self-or-null lasti exc-info exception -- … result
#[inline(never)]
pub fn with_except_start(m: &mut Machine) -> Step {
    let exception = m.peek(1);
    let class = exception.ty().to_ref();
    let traceback = match exception.downcast::<BaseException>() {
        Some(exception) => exception.traceback().map_or_else(none, |traceback| traceback.into_object()),
        None => none(),
    };
    let exit = m.peek(5);
    // SAFETY: the stack picture.
    let receiver = unsafe { (*m.slot(4)).get() };
    let result = match receiver {
        Some(receiver) => exit.call(&[receiver, &class, exception, &traceback])?,
        None => exit.call(&[&class, exception, &traceback])?,
    };
    m.push_ref(result);
    Ok(())
}
