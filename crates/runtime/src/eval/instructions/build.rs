//! Building and taking apart containers, and f- and t-strings.

use bytecode::operands::Conversion;

use crate::errors::{Raised, Result};
use crate::eval::machine::{Machine, Step, Stop};
use crate::eval::specialize;
use crate::eval::stackref::StackRef;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::interpolation::Interpolation;
use crate::objects::list::List;
use crate::objects::set::Set;
use crate::objects::singletons::none;
use crate::objects::slice::Slice;
use crate::objects::str::Str;
use crate::objects::template::Template;
use crate::objects::tuple::Tuple;
use crate::raise;
use crate::reference::Ref;

/// Takes the `count` topmost items off, in stack order.
fn take_items(m: &mut Machine, count: usize) -> Vec<Ref> {
    let mut items = Vec::with_capacity(count);
    for depth in (1..=count).rev() {
        // SAFETY: the stack is that deep; each slot is left empty.
        items.push(unsafe { std::ptr::replace(m.slot(depth), StackRef::NULL).into_ref() });
    }
    m.drop_items(count);
    items
}

#[inline(never)]
pub fn build_tuple(m: &mut Machine, count: usize) -> Step {
    let first = m.slot(count);
    // SAFETY: the stack is that deep; each item moves out once, and the stack shrinks by them.
    let tuple = Tuple::build(count, |index| unsafe { std::ptr::read(first.add(index)).into_ref() });
    m.sp = first;
    m.push_ref(tuple);
    Ok(())
}

#[inline(never)]
pub fn build_list(m: &mut Machine, count: usize) -> Step {
    let items = take_items(m, count);
    m.push_ref(List::from_vec(items));
    Ok(())
}

#[inline(never)]
pub fn build_set(m: &mut Machine, count: usize) -> Step {
    let set = Set::new();
    for item in take_items(m, count) {
        set.add(&item)?;
    }
    m.push_ref(set);
    Ok(())
}

#[inline(never)]
pub fn build_map(m: &mut Machine, pairs: usize) -> Step {
    let dict = Dict::with_capacity(pairs);
    for pair in (1..=pairs).rev() {
        dict.insert(m.peek(pair * 2), m.peek(pair * 2 - 1))?;
    }
    m.drop_items(pairs * 2);
    m.push_ref(dict);
    Ok(())
}

#[inline(never)]
pub fn build_slice(m: &mut Machine, count: usize) -> Step {
    let step = if count == 3 { m.pop_ref() } else { none() };
    let (stop, start) = (m.pop_ref(), m.pop_ref());
    m.push_ref(Slice::new(&start, &stop, &step));
    Ok(())
}

#[inline(never)]
pub fn build_string(m: &mut Machine, count: usize) -> Step {
    // SAFETY: the compiler pushes only strings for this.
    let pieces = (1..=count).rev().map(|depth| unsafe { m.peek(depth).downcast_unchecked::<Str>() });
    let text = Str::join_all(pieces)?;
    m.drop_items(count);
    m.push_ref(text);
    Ok(())
}

#[inline(never)]
pub fn build_interpolation(m: &mut Machine, oparg: usize) -> Step {
    let spec = if oparg & 1 != 0 { m.pop_ref() } else { Str::new("").into_object() };
    let (text, value) = (m.pop_ref(), m.pop_ref());
    let conversion = match Conversion::from_u32((oparg >> 2) as u32) {
        Some(Conversion::Str) => Str::new("s").into_object(),
        Some(Conversion::Repr) => Str::new("r").into_object(),
        Some(Conversion::Ascii) => Str::new("a").into_object(),
        None => none(),
    };
    m.push_ref(Interpolation::new(&value, &text, &conversion, &spec));
    Ok(())
}

#[inline(never)]
pub fn build_template(m: &mut Machine) -> Step {
    let (interpolations, strings) = (m.pop_ref(), m.pop_ref());
    m.push_ref(Template::new(&strings, &interpolations));
    Ok(())
}

/// The container that a comprehension or display adds to.
///
/// # Safety
/// The item `depth` below the top is a `T`: the compiler pushed it.
unsafe fn target<T: crate::object::Layout>(m: &Machine, depth: usize) -> &'static T {
    // SAFETY: by contract.
    unsafe { m.peek(depth).downcast_unchecked() }
}

#[inline(always)]
pub fn list_append(m: &mut Machine, depth: usize) -> Step {
    let value = m.pop_ref();
    // SAFETY: the stack picture.
    unsafe { target::<List>(m, depth) }.push(value)?;
    Ok(())
}

#[inline(never)]
pub fn list_extend(m: &mut Machine, depth: usize) -> Step {
    let iterable = m.pop_ref();
    // SAFETY: the stack picture.
    let list = unsafe { target::<List>(m, depth) };
    if let Err(raised) = list.extend_from(&iterable) {
        if raised.matches(&crate::objects::exceptions::TypeError)
            && iterable.ty().raw.tp_iter.get().is_none()
            && !iterable.is_sequence()
        {
            raised.clear();
            return Err(raise!(
                TypeError,
                "Value after * must be an iterable, not {}",
                iterable.ty().full_name()
            )
            .into());
        }
        return Err(raised.into());
    }
    Ok(())
}

#[inline(never)]
pub fn set_add(m: &mut Machine, depth: usize) -> Step {
    let value = m.pop_ref();
    // A program may have bound `__conditional_annotations__` to anything.
    let Some(set) = m.peek(depth).downcast::<Set>() else {
        return Err(raise!(TypeError, "'{}' object is not a set", m.peek(depth).ty().full_name()).into());
    };
    set.add(&value)?;
    Ok(())
}

#[inline(never)]
pub fn set_update(m: &mut Machine, depth: usize) -> Step {
    let iterable = m.pop_ref();
    // SAFETY: the stack picture.
    unsafe { target::<Set>(m, depth) }.update_from(&iterable)?;
    Ok(())
}

#[inline(never)]
pub fn map_add(m: &mut Machine, depth: usize) -> Step {
    let (value, key) = (m.pop_ref(), m.pop_ref());
    // SAFETY: the stack picture.
    unsafe { target::<Dict>(m, depth) }.insert(&key, &value)?;
    Ok(())
}

#[inline(never)]
pub fn dict_update(m: &mut Machine, depth: usize) -> Step {
    let update = m.pop_ref();
    // SAFETY: the stack picture.
    if let Err(raised) = unsafe { target::<Dict>(m, depth) }.update_from(&update) {
        if raised.matches(&crate::objects::exceptions::AttributeError) {
            raised.clear();
            return Err(raise!(TypeError, "'{}' object is not a mapping", update.ty().full_name()).into());
        }
        return Err(raised.into());
    }
    Ok(())
}

#[inline(never)]
pub fn dict_merge(m: &mut Machine, depth: usize) -> Step {
    let update = m.pop_ref();
    // SAFETY: the stack picture.
    let dict = unsafe { target::<Dict>(m, depth) };
    // The callable lies four below the dictionary's slot.
    let callable = m.peek(depth + 3);
    crate::eval::call::merge_keywords(callable, dict, &update)?;
    Ok(())
}

/// Pushes items so that the first is on top.
fn push_reversed(m: &mut Machine, items: impl DoubleEndedIterator<Item = Ref>) {
    for item in items.rev() {
        m.push_ref(item);
    }
}

#[inline(never)]
pub fn unpack_sequence(m: &mut Machine, count: usize) -> Step {
    specialize::unpack_sequence(m, count);
    m.skip(1);
    let sequence = m.pop_ref();
    let items = unpack(&sequence, count, None)?;
    push_reversed(m, items.into_iter());
    Ok(())
}

#[inline(always)]
pub fn unpack_sequence_tuple(m: &mut Machine, count: usize) -> Step {
    match m.peek(1).downcast_exact::<Tuple>() {
        Some(tuple) if tuple.len() == count => {}
        _ => return Err(Stop::Miss),
    }
    m.skip(1);
    let sequence = m.pop();
    // SAFETY: just checked.
    let tuple: &Tuple = unsafe { sequence.object().downcast_unchecked() };
    for item in tuple.as_slice().iter().rev() {
        m.push_ref(item.clone());
    }
    Ok(())
}

#[inline(always)]
pub fn unpack_sequence_list(m: &mut Machine, count: usize) -> Step {
    match m.peek(1).downcast_exact::<List>() {
        Some(list) if list.len() == count => {}
        _ => return Err(Stop::Miss),
    }
    m.skip(1);
    let sequence = m.pop();
    // SAFETY: just checked.
    let list: &List = unsafe { sequence.object().downcast_unchecked() };
    push_reversed(m, list.to_vec().into_iter());
    Ok(())
}

#[inline(never)]
pub fn unpack_ex(m: &mut Machine, oparg: usize) -> Step {
    let (before, after) = (oparg & 0xFF, oparg >> 8);
    let sequence = m.pop_ref();
    let items = unpack(&sequence, before, Some(after))?;
    push_reversed(m, items.into_iter());
    Ok(())
}

/// The items of an unpacking assignment: `before` items, and with `after` the starred rest and as many after it.
fn unpack(sequence: &Object, before: usize, after: Option<usize>) -> Result<Vec<Ref>> {
    let iterator = sequence.iter().map_err(|raised| {
        if raised.matches(&crate::objects::exceptions::TypeError)
            && sequence.ty().raw.tp_iter.get().is_none()
            && !sequence.is_sequence()
        {
            raised.clear();
            return raise!(TypeError, "cannot unpack non-iterable {} object", sequence.ty().full_name());
        }
        raised
    })?;
    let mut items = Vec::with_capacity(before + after.map_or(0, |after| after + 1));
    while items.len() < before {
        match iterator.iter_next()? {
            Some(item) => items.push(item),
            None => return Err(too_few(before, after, items.len())),
        }
    }
    let Some(after) = after else {
        if iterator.iter_next()?.is_none() {
            return Ok(items);
        }
        let known = sequence.is::<Tuple>() || sequence.is::<List>() || sequence.is::<Dict>();
        if known {
            let length = sequence.length()?;
            return Err(raise!(ValueError, "too many values to unpack (expected {before}, got {length})"));
        }
        return Err(raise!(ValueError, "too many values to unpack (expected {before})"));
    };
    let mut rest = Vec::new();
    while let Some(item) = iterator.iter_next()? {
        rest.push(item);
    }
    if rest.len() < after {
        return Err(too_few(before, Some(after), before + rest.len()));
    }
    let tail = rest.split_off(rest.len() - after);
    items.push(List::from_vec(rest).into_object());
    items.extend(tail);
    Ok(items)
}

#[cold]
fn too_few(before: usize, after: Option<usize>, got: usize) -> Raised {
    match after {
        None => raise!(ValueError, "not enough values to unpack (expected {before}, got {got})"),
        Some(after) => {
            raise!(
                ValueError,
                "not enough values to unpack (expected at least {}, got {got})",
                before + after
            )
        }
    }
}

#[inline(never)]
pub fn convert_value(m: &mut Machine, oparg: usize) -> Step {
    let value = m.pop_ref();
    let text = match Conversion::from_u32(oparg as u32) {
        Some(Conversion::Repr) => value.repr()?,
        Some(Conversion::Ascii) => value.ascii()?,
        _ => value.str_()?,
    };
    m.push_ref(text);
    Ok(())
}

#[inline(never)]
pub fn format_simple(m: &mut Machine) -> Step {
    if m.peek(1).is::<Str>() {
        return Ok(());
    }
    let value = m.pop_ref();
    let text = value.format(crate::intern!(""))?;
    m.push_ref(text);
    Ok(())
}

#[inline(never)]
pub fn format_with_spec(m: &mut Machine) -> Step {
    let (spec, value) = (m.pop_ref(), m.pop_ref());
    let text = value.format(&spec)?;
    m.push_ref(text);
    Ok(())
}
