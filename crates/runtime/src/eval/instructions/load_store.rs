//! Locals, cells, names, globals, constants, and moving things about on the stack.

use std::ptr;

use bytecode::opcode::Opcode;
use bytecode::operands::CommonConstant;

use crate::eval::machine::{Machine, Step, Stop};
use crate::eval::stackref::StackRef;
use crate::eval::{names, specialize};
use crate::objects::cell::Cell;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::raise;
use crate::reference::Ref;

const LOAD_GLOBAL_CACHES: usize = 4;

#[inline(always)]
pub fn load_fast(m: &mut Machine, index: usize) -> Step {
    // SAFETY: the slot exists.
    let value = unsafe { (*m.local(index)).duplicate() };
    m.push(value);
    Ok(())
}

#[inline(always)]
pub fn load_fast_borrow(m: &mut Machine, index: usize) -> Step {
    // SAFETY: the compiler proves that the local outlives this use.
    let value = unsafe { (*m.local(index)).borrow() };
    m.push(value);
    Ok(())
}

#[inline(always)]
pub fn load_fast_load_fast(m: &mut Machine, pair: usize) -> Step {
    load_fast(m, pair >> 4)?;
    load_fast(m, pair & 15)
}

#[inline(always)]
pub fn load_fast_borrow_load_fast_borrow(m: &mut Machine, pair: usize) -> Step {
    load_fast_borrow(m, pair >> 4)?;
    load_fast_borrow(m, pair & 15)
}

#[inline(always)]
pub fn load_fast_check(m: &mut Machine, index: usize) -> Step {
    // SAFETY: the slot exists.
    if unsafe { (*m.local(index)).is_null() } {
        return m.out(|m| unbound_local(m, index));
    }
    load_fast(m, index)
}

#[cold]
fn unbound_local(m: &Machine, index: usize) -> Step {
    let name = m.frame().code().local_name(index);
    let message = format!("cannot access local variable '{name}' where it is not associated with a value");
    Err(names::raise_name_error(&crate::objects::exceptions::UnboundLocalError, &message, &name).into())
}

#[inline(always)]
pub fn load_fast_and_clear(m: &mut Machine, index: usize) -> Step {
    // SAFETY: the slot exists.
    let value = unsafe { ptr::replace(m.local(index), StackRef::NULL) };
    m.push(value);
    Ok(())
}

#[inline(always)]
pub fn store_fast(m: &mut Machine, index: usize) -> Step {
    let value = m.pop().into_owned();
    m.set_local(index, value);
    Ok(())
}

#[inline(always)]
pub fn store_fast_load_fast(m: &mut Machine, pair: usize) -> Step {
    store_fast(m, pair >> 4)?;
    load_fast(m, pair & 15)
}

#[inline(always)]
pub fn store_fast_store_fast(m: &mut Machine, pair: usize) -> Step {
    store_fast(m, pair >> 4)?;
    store_fast(m, pair & 15)
}

#[inline(always)]
pub fn delete_fast(m: &mut Machine, index: usize) -> Step {
    // SAFETY: the slot exists.
    if unsafe { (*m.local(index)).is_null() } {
        return m.out(|m| unbound_local(m, index));
    }
    m.set_local(index, StackRef::NULL);
    Ok(())
}

#[inline(never)]
pub fn load_const(m: &mut Machine, index: usize) -> Step {
    let constant = m.constant(index);
    let opcode = if constant.is_immortal() { Opcode::LOAD_CONST_IMMORTAL } else { Opcode::LOAD_CONST_MORTAL };
    specialize::replace(m, opcode);
    load_const_any(m, index)
}

#[inline(always)]
pub fn load_const_any(m: &mut Machine, index: usize) -> Step {
    // SAFETY: the running code keeps its constants.
    let value = unsafe { StackRef::borrowed(m.constant(index)) };
    m.push(value);
    Ok(())
}

#[inline(always)]
pub fn load_small_int(m: &mut Machine, value: usize) -> Step {
    m.push_ref(Int::small(value as isize));
    Ok(())
}

#[inline(never)]
pub fn load_common_constant(m: &mut Machine, which: usize) -> Step {
    let value = match CommonConstant::from_u32(which as u32) {
        Some(CommonConstant::AssertionError) => crate::objects::exceptions::AssertionError.to_ref(),
        Some(CommonConstant::NotImplementedError) => crate::objects::exceptions::NotImplementedError.to_ref(),
        Some(CommonConstant::Tuple) => {
            <crate::objects::tuple::Tuple as crate::object::NativeType>::type_object().to_ref()
        }
        Some(CommonConstant::All) => names::builtin(m.thread.interpreter, crate::intern!("all"))?,
        Some(CommonConstant::Any) => names::builtin(m.thread.interpreter, crate::intern!("any"))?,
        None => return Err(raise!(SystemError, "bad LOAD_COMMON_CONSTANT oparg").into()),
    };
    m.push_ref(value);
    Ok(())
}

#[inline(never)]
pub fn load_locals(m: &mut Machine) -> Step {
    match m.frame().locals.get() {
        Some(locals) => m.push_ref(locals),
        None => return Err(raise!(SystemError, "no locals").into()),
    }
    Ok(())
}

#[inline(never)]
pub fn load_name(m: &mut Machine, index: usize) -> Step {
    let value = names::load_name(m.frame(), m.name(index))?;
    m.push_ref(value);
    Ok(())
}

#[inline(never)]
pub fn store_name(m: &mut Machine, index: usize) -> Step {
    let value = m.pop_ref();
    names::store_name(m.frame(), m.name(index), &value)?;
    Ok(())
}

#[inline(never)]
pub fn delete_name(m: &mut Machine, index: usize) -> Step {
    Ok(names::delete_name(m.frame(), m.name(index))?)
}

#[inline(never)]
pub fn load_global(m: &mut Machine, oparg: usize) -> Step {
    specialize::load_global(m, oparg);
    load_global_slow(m, oparg)
}

#[inline(never)]
fn load_global_slow(m: &mut Machine, oparg: usize) -> Step {
    let value = names::load_global(m.frame(), m.name(oparg >> 1))?;
    m.skip(LOAD_GLOBAL_CACHES);
    push_global(m, oparg, StackRef::new(value))
}

#[inline(always)]
fn push_global(m: &mut Machine, oparg: usize, value: StackRef) -> Step {
    m.push(value);
    if oparg & 1 != 0 {
        m.push(StackRef::NULL);
    }
    Ok(())
}

/// A global variable of a module whose names are the same still.
#[inline(always)]
pub fn load_global_module(m: &mut Machine, oparg: usize) -> Step {
    let (index, version) = (m.cache_16(1), m.cache_16(2) as u32);
    let Some(value) = m.frame().globals().value_of_version(version, index) else {
        return Err(Stop::Miss);
    };
    let value = StackRef::new(value.to_ref());
    m.skip(LOAD_GLOBAL_CACHES);
    push_global(m, oparg, value)
}

/// A built-in that no global variable hides.
#[inline(always)]
pub fn load_global_builtin(m: &mut Machine, oparg: usize) -> Step {
    let (index, version, builtins_version) = (m.cache_16(1), m.cache_16(2) as u32, m.cache_16(3) as u32);
    let frame = m.frame();
    if !frame.globals().has_version(version) {
        return Err(Stop::Miss);
    }
    let Some(value) =
        frame.builtins_dict().and_then(|builtins| builtins.value_of_version(builtins_version, index))
    else {
        return Err(Stop::Miss);
    };
    let value = StackRef::new(value.to_ref());
    m.skip(LOAD_GLOBAL_CACHES);
    push_global(m, oparg, value)
}

#[inline(never)]
pub fn store_global(m: &mut Machine, index: usize) -> Step {
    let value = m.pop_ref();
    m.frame().globals().insert_str(m.name(index), &value)?;
    Ok(())
}

#[inline(never)]
pub fn delete_global(m: &mut Machine, index: usize) -> Step {
    let name = m.name(index);
    if m.frame().globals().remove(name)?.is_none() {
        return Err(names::not_defined(name).into());
    }
    Ok(())
}

#[inline(never)]
pub fn load_from_dict_or_globals(m: &mut Machine, index: usize) -> Step {
    let mapping = m.pop_ref();
    let name = m.name(index);
    let value = match crate::protocol::item::get_item_opt(&mapping, name)? {
        Some(value) => value,
        None => names::load_global(m.frame(), name)?,
    };
    m.push_ref(value);
    Ok(())
}

/// The cell in a local slot.
#[inline(always)]
fn cell(m: &Machine, index: usize) -> &Cell {
    // SAFETY: MAKE_CELL or COPY_FREE_VARS put a cell into the slot.
    unsafe { (*m.local(index)).object().downcast_unchecked() }
}

#[cold]
fn unbound_cell(frame: &crate::eval::frame::Frame, index: usize) -> crate::errors::Raised {
    let code = frame.code();
    let name: Ref<Str> = code.local_name(index);
    if code.is_free_variable(index) {
        let message = format!(
            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
        );
        return names::raise_name_error(&crate::objects::exceptions::NameError, &message, &name);
    }
    let message = format!("cannot access local variable '{name}' where it is not associated with a value");
    names::raise_name_error(&crate::objects::exceptions::UnboundLocalError, &message, &name)
}

#[inline(never)]
pub fn load_from_dict_or_deref(m: &mut Machine, index: usize) -> Step {
    let mapping = m.pop_ref();
    let name = m.frame().code().local_name(index);
    let value = match crate::protocol::item::get_item_opt(&mapping, &name)? {
        Some(value) => value,
        None => cell(m, index).contents().ok_or_else(|| unbound_cell(m.frame(), index))?,
    };
    m.push_ref(value);
    Ok(())
}

#[inline(never)]
pub fn make_cell(m: &mut Machine, index: usize) -> Step {
    // SAFETY: the slot exists.
    let value = unsafe { ptr::replace(m.local(index), StackRef::NULL) };
    m.set_local(index, StackRef::new(Cell::new(value.into_option())));
    Ok(())
}

#[inline(never)]
pub fn copy_free_vars(m: &mut Machine, count: usize) -> Step {
    let frame = m.frame();
    let start = frame.code().locals_plus_count() - count;
    if let Some(closure) = frame.func().closure.get() {
        for (i, cell) in closure.as_slice().iter().take(count).enumerate() {
            m.set_local(start + i, StackRef::new(cell.clone()));
        }
    }
    Ok(())
}

#[inline(always)]
pub fn load_deref(m: &mut Machine, index: usize) -> Step {
    let value = cell(m, index).contents().ok_or_else(|| unbound_cell(m.frame(), index))?;
    m.push_ref(value);
    Ok(())
}

#[inline(always)]
pub fn store_deref(m: &mut Machine, index: usize) -> Step {
    let value = m.pop_ref();
    cell(m, index).set_contents(Some(value));
    Ok(())
}

#[inline(never)]
pub fn delete_deref(m: &mut Machine, index: usize) -> Step {
    match cell(m, index).replace_contents(None) {
        Some(_) => Ok(()),
        None => Err(unbound_cell(m.frame(), index).into()),
    }
}

#[inline(always)]
pub fn pop_top(m: &mut Machine) -> Step {
    drop(m.pop());
    Ok(())
}

#[inline(always)]
pub fn push_null(m: &mut Machine) -> Step {
    m.push(StackRef::NULL);
    Ok(())
}

#[inline(always)]
pub fn copy(m: &mut Machine, depth: usize) -> Step {
    // SAFETY: the stack is that deep.
    let value = unsafe { (*m.slot(depth)).duplicate() };
    m.push(value);
    Ok(())
}

#[inline(always)]
pub fn swap(m: &mut Machine, depth: usize) -> Step {
    // SAFETY: the stack is that deep.
    unsafe { ptr::swap(m.slot(1), m.slot(depth)) };
    Ok(())
}

#[inline(always)]
pub fn end_for(m: &mut Machine) -> Step {
    drop(m.pop());
    Ok(())
}

#[inline(always)]
pub fn end_send(m: &mut Machine) -> Step {
    let value = m.pop();
    m.set_top(value);
    Ok(())
}
