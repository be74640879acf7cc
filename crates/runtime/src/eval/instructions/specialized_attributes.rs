//! LOAD_ATTR, STORE_ATTR and LOAD_SUPER_ATTR for one kind of owner each. The first guard of each is the type's version: as long
//! as it is the same, so is what the type has under the name. Where a guard fails, the general instruction runs.

use super::attributes::{LOAD_ATTR_CACHES, STORE_ATTR_CACHES};
use crate::eval::call;
use crate::eval::frame::Frame;
use crate::eval::machine::{Machine, Step, Stop};
use crate::eval::stackref::StackRef;
use crate::object::{NativeType, Object, RawObject};
use crate::objects::dict::shared;
use crate::objects::function::Function;
use crate::objects::module::Module;
use crate::objects::super_::Super;
use crate::objects::r#type::{Type, bridge};
use crate::reference::Ref;

#[inline(always)]
fn has_version(object: &Object, version: u32) -> bool {
    object.ty().raw.tp_version_tag.get() == version
}

/// Replaces the owner by what was found; no method.
#[inline(always)]
fn finish(m: &mut Machine, oparg: usize, value: StackRef) -> Step {
    m.skip(LOAD_ATTR_CACHES);
    m.set_top(value);
    if oparg & 1 != 0 {
        m.push(StackRef::NULL);
    }
    Ok(())
}

/// Puts a function of the class below the owner, its first argument.
#[inline(always)]
fn finish_method(m: &mut Machine) -> Step {
    // SAFETY: the type of the version that a guard has seen holds the function.
    let function = unsafe { m.cache_object(5) }.to_ref();
    m.skip(LOAD_ATTR_CACHES);
    let owner = m.pop();
    m.push_ref(function);
    m.push(owner);
    Ok(())
}

/// The attribute of an instance whose inline values are gone: in its dictionary, or else what the class has.
#[inline(never)]
fn load_from_dict(m: &mut Machine, oparg: usize, method: bool) -> Step {
    let name = m.name(oparg >> 1);
    let found = match bridge::managed_dict_borrowed(m.peek(1)) {
        Some(dict) => Ref::from_borrowed(dict).get_str(name)?,
        None => None,
    };
    match (found, method) {
        (Some(value), _) => finish(m, oparg, StackRef::new(value)),
        (None, true) => finish_method(m),
        (None, false) => finish_plain(m, oparg),
    }
}

#[inline(always)]
pub fn load_attr_instance_value(m: &mut Machine, oparg: usize) -> Step {
    let owner = m.peek(1);
    if !has_version(owner, m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    // SAFETY: types of this version have inline values.
    let values = unsafe { shared::values_of(owner) };
    if !values.is_valid() {
        return Err(Stop::Miss);
    }
    let Some(value) = values.get(m.cache_16(3)) else { return Err(Stop::Miss) };
    let value = StackRef::new(value.to_ref());
    finish(m, oparg, value)
}

#[inline(always)]
pub fn load_attr_with_hint(m: &mut Machine, oparg: usize) -> Step {
    let owner = m.peek(1);
    if !has_version(owner, m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    let name = m.name(oparg >> 1);
    let hint = m.cache_16(3);
    let Some(value) = bridge::managed_dict_borrowed(owner).and_then(|dict| dict.value_at_hint(name, hint))
    else {
        return Err(Stop::Miss);
    };
    let value = StackRef::new(value.to_ref());
    finish(m, oparg, value)
}

#[inline(always)]
pub fn load_attr_module(m: &mut Machine, oparg: usize) -> Step {
    let owner = m.peek(1);
    let (version, index) = (m.cache_32(1), m.cache_16(3));
    let Some(value) = owner
        .downcast_exact::<Module>()
        .and_then(Module::dict_borrowed)
        .and_then(|dict| dict.value_of_version(version, index))
    else {
        return Err(Stop::Miss);
    };
    let value = StackRef::new(value.to_ref());
    finish(m, oparg, value)
}

/// The field at the cache's offset.
#[inline(always)]
fn field(m: &Machine, owner: &Object) -> *mut *mut RawObject {
    // SAFETY: types of the version that a guard has seen have a field there.
    unsafe { owner.as_ptr().cast::<u8>().add(m.cache_16(3)).cast() }
}

#[inline(always)]
pub fn load_attr_slot(m: &mut Machine, oparg: usize) -> Step {
    let owner = m.peek(1);
    if !has_version(owner, m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    // SAFETY: the field owns its target, or is null.
    let Some(value) = (unsafe { Object::from_raw_opt(*field(m, owner)) }) else {
        return Err(Stop::Miss);
    };
    let value = StackRef::new(value.to_ref());
    finish(m, oparg, value)
}

/// Is the owner a type of the cache's version?
#[inline(always)]
fn is_class_of_version(m: &Machine, owner: &Object) -> bool {
    owner.ty().has_flag(abi::Py_TPFLAGS_TYPE_SUBCLASS)
        // SAFETY: just checked.
        && unsafe { owner.downcast_unchecked::<Type>() }.raw.tp_version_tag.get() == m.cache_32(1)
}

#[inline(always)]
pub fn load_attr_class(m: &mut Machine, oparg: usize) -> Step {
    if !is_class_of_version(m, m.peek(1)) {
        return Err(Stop::Miss);
    }
    finish_plain(m, oparg)
}

#[inline(always)]
pub fn load_attr_class_with_metaclass_check(m: &mut Machine, oparg: usize) -> Step {
    let owner = m.peek(1);
    if !is_class_of_version(m, owner) || !has_version(owner, m.cache_32(3)) {
        return Err(Stop::Miss);
    }
    finish_plain(m, oparg)
}

/// The class's value as it is.
#[inline(always)]
fn finish_plain(m: &mut Machine, oparg: usize) -> Step {
    // SAFETY: the type of the version that a guard has seen holds the value.
    let value = StackRef::new(unsafe { m.cache_object(5) }.to_ref());
    finish(m, oparg, value)
}

/// Runs `function`, which the class holds, with the owner as its first argument.
#[inline(always)]
fn enter(m: &mut Machine, function: &Function, second: Option<StackRef>) -> Step {
    let owner = m.pop().into_owned();
    let filled = 1 + usize::from(second.is_some());
    let frame = call::new_frame(m.thread, Ref::from_borrowed(function), None, filled);
    // SAFETY: the function has as many parameters; the frame is complete then.
    unsafe {
        let slots = Frame::slots(frame);
        std::ptr::write(slots, owner);
        if let Some(second) = second {
            std::ptr::write(slots.add(1), second);
        }
        m.enter(frame, 1 + LOAD_ATTR_CACHES)
    }
}

/// The function in the cache, if it has the version there.
#[inline(always)]
fn cached_function(m: &Machine) -> Option<&'static Function> {
    // SAFETY: the type of the version that a guard has seen holds it (or the property that does, which never changes).
    let function = unsafe { m.cache_object(5).downcast_unchecked::<Function>() };
    (function.version() == m.cache_32(3)).then_some(function)
}

#[inline(always)]
pub fn load_attr_property(m: &mut Machine, _oparg: usize) -> Step {
    if !has_version(m.peek(1), m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    match cached_function(m) {
        Some(function) => enter(m, function, None),
        None => Err(Stop::Miss),
    }
}

#[inline(always)]
pub fn load_attr_getattribute_overridden(m: &mut Machine, oparg: usize) -> Step {
    if !has_version(m.peek(1), m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    match cached_function(m) {
        Some(function) => {
            let name = StackRef::new(m.name(oparg >> 1).to_ref());
            enter(m, function, Some(name))
        }
        None => Err(Stop::Miss),
    }
}

/// Does nothing of the instance hide what the class has? `None`: a dictionary must be asked.
#[inline(always)]
fn has_no_own(m: &Machine, owner: &Object) -> Option<bool> {
    // SAFETY: types of the version that a guard has seen have inline values.
    if !unsafe { shared::values_of(owner) }.is_valid() {
        return None;
    }
    let version = m.cache_32(3);
    Some(shared::keys_of(owner.ty()).is_some_and(|keys| keys.has_version(version)))
}

#[inline(always)]
pub fn load_attr_method_with_values(m: &mut Machine, oparg: usize) -> Step {
    let owner = m.peek(1);
    if !has_version(owner, m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    match has_no_own(m, owner) {
        Some(true) => finish_method(m),
        Some(false) => Err(Stop::Miss),
        None => m.out(|m| load_from_dict(m, oparg, true)),
    }
}

#[inline(always)]
pub fn load_attr_method_no_dict(m: &mut Machine, _oparg: usize) -> Step {
    if !has_version(m.peek(1), m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    finish_method(m)
}

#[inline(always)]
pub fn load_attr_method_lazy_dict(m: &mut Machine, _oparg: usize) -> Step {
    let owner = m.peek(1);
    let offset = m.cache_16(3) as i16;
    if !has_version(owner, m.cache_32(1))
        // SAFETY: types of this version have their dictionary's pointer there.
        || !unsafe { *owner.as_ptr().cast::<u8>().offset(offset.into()).cast::<*const Object>() }.is_null()
    {
        return Err(Stop::Miss);
    }
    finish_method(m)
}

#[inline(always)]
pub fn load_attr_nondescriptor_with_values(m: &mut Machine, oparg: usize) -> Step {
    let owner = m.peek(1);
    if !has_version(owner, m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    match has_no_own(m, owner) {
        Some(true) => finish_plain(m, oparg),
        Some(false) => Err(Stop::Miss),
        None => m.out(|m| load_from_dict(m, oparg, false)),
    }
}

#[inline(always)]
pub fn load_attr_nondescriptor_no_dict(m: &mut Machine, oparg: usize) -> Step {
    if !has_version(m.peek(1), m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    finish_plain(m, oparg)
}

/// The value is stored: what it replaced and the owner die.
#[inline(always)]
fn finish_store(m: &mut Machine, old: Option<Ref>) -> Step {
    m.skip(STORE_ATTR_CACHES);
    let owner = m.pop();
    drop(old);
    drop(owner);
    Ok(())
}

/// Takes the value from below the owner, which stays on the stack alone.
#[inline(always)]
fn take_value(m: &mut Machine) -> Ref {
    let owner = m.pop();
    let value = m.pop_ref();
    m.push(owner);
    value
}

#[inline(always)]
pub fn store_attr_instance_value(m: &mut Machine, _index: usize) -> Step {
    let owner = m.peek(1);
    if !has_version(owner, m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    // SAFETY: types of this version have inline values.
    let values = unsafe { shared::values_of(owner) };
    let field = m.cache_16(3);
    if !values.is_valid() || !values.has_room_for(field) {
        return Err(Stop::Miss);
    }
    let value = take_value(m);
    let old = values.set(field, value);
    finish_store(m, old)
}

#[inline(always)]
pub fn store_attr_with_hint(m: &mut Machine, index: usize) -> Step {
    let owner = m.peek(1);
    if !has_version(owner, m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    let (name, hint) = (m.name(index), m.cache_16(3));
    let Some(old) =
        bridge::managed_dict_borrowed(owner).and_then(|dict| dict.replace_at_hint(name, hint, m.peek(2)))
    else {
        return Err(Stop::Miss);
    };
    let value = take_value(m);
    let step = finish_store(m, Some(old));
    drop(value);
    step
}

#[inline(always)]
pub fn store_attr_slot(m: &mut Machine, _index: usize) -> Step {
    let owner = m.peek(1);
    if !has_version(owner, m.cache_32(1)) {
        return Err(Stop::Miss);
    }
    let field = field(m, owner);
    let value = take_value(m);
    // SAFETY: the field owns its target, or is null.
    let old = unsafe { Ref::from_owned_opt(std::ptr::replace(field, value.into_raw())) };
    finish_store(m, old)
}

#[inline(always)]
pub fn load_super_attr_method(m: &mut Machine, oparg: usize) -> Step {
    if !m.peek(3).is_same(Super::type_object()) || !m.peek(2).ty().has_flag(abi::Py_TPFLAGS_TYPE_SUBCLASS) {
        return Err(Stop::Miss);
    }
    m.out(|m| super::attributes::load_super_found(m, oparg))
}

#[inline(always)]
pub fn load_super_attr_attr(m: &mut Machine, oparg: usize) -> Step {
    load_super_attr_method(m, oparg)
}
