//! Pattern matching (PEP 634) and imports.

use crate::eval::machine::{Machine, Step};
use crate::eval::{imports, patterns};
use crate::objects::singletons::{none, py_bool};
use crate::objects::tuple::Tuple;

#[inline(never)]
pub fn match_mapping(m: &mut Machine) -> Step {
    let found = m.peek(1).ty().has_flag(abi::Py_TPFLAGS_MAPPING);
    m.push_ref(py_bool(found));
    Ok(())
}

#[inline(never)]
pub fn match_sequence(m: &mut Machine) -> Step {
    let found = m.peek(1).ty().has_flag(abi::Py_TPFLAGS_SEQUENCE);
    m.push_ref(py_bool(found));
    Ok(())
}

#[inline(never)]
pub fn match_keys(m: &mut Machine) -> Step {
    // SAFETY: the compiler pushes a tuple of keys.
    let keys: &Tuple = unsafe { m.peek(1).downcast_unchecked() };
    let values = patterns::match_keys(m.peek(2), keys)?;
    m.push_ref(values.map_or_else(none, |values| values.into_object()));
    Ok(())
}

#[inline(never)]
pub fn match_class(m: &mut Machine, positional: usize) -> Step {
    let (names, class, subject) = (m.pop_ref(), m.pop_ref(), m.pop_ref());
    // SAFETY: the compiler pushes a tuple of names.
    let names: &Tuple = unsafe { names.downcast_unchecked() };
    let values = patterns::match_class(&subject, &class, positional, names)?;
    m.push_ref(values.map_or_else(none, |values| values.into_object()));
    Ok(())
}

#[inline(never)]
pub fn import_name(m: &mut Machine, index: usize) -> Step {
    let (from_list, level) = (m.pop_ref(), m.pop_ref());
    let module = imports::import_name(m.frame(), m.name(index), &from_list, &level)?;
    m.push_ref(module);
    Ok(())
}

#[inline(never)]
pub fn import_from(m: &mut Machine, index: usize) -> Step {
    let value = imports::import_from(m.peek(1), m.name(index))?;
    m.push_ref(value);
    Ok(())
}
