//! Attributes, `super()`, special methods.

use bytecode::operands::SPECIAL_METHODS;

use crate::eval::machine::{Machine, Step};
use crate::eval::specialize;
use crate::eval::stackref::StackRef;
use crate::object::NativeType;
use crate::objects::str::Str;
use crate::objects::super_::Super;
use crate::objects::r#type::Type;
use crate::protocol::attribute::Method;
use crate::{intern, raise};

pub const LOAD_ATTR_CACHES: usize = 9;
pub const STORE_ATTR_CACHES: usize = 4;

#[inline(never)]
pub fn load_attr(m: &mut Machine, oparg: usize) -> Step {
    specialize::load_attr(m, oparg);
    m.skip(LOAD_ATTR_CACHES);
    load_attr_slow(m, oparg)
}

#[inline(never)]
fn load_attr_slow(m: &mut Machine, oparg: usize) -> Step {
    let name = m.name(oparg >> 1);
    let owner = m.pop();
    // SAFETY: the stack picture has an object here.
    let object = unsafe { owner.object() };
    if oparg & 1 == 0 {
        let value = object.get_attr(name)?;
        drop(owner);
        m.push_ref(value);
        return Ok(());
    }
    match object.get_method(name)? {
        Method::Unbound(function) => {
            m.push_ref(function);
            m.push(owner);
        }
        Method::Bound(value) => {
            drop(owner);
            m.push_ref(value);
            m.push(StackRef::NULL);
        }
    }
    Ok(())
}

#[inline(never)]
pub fn store_attr(m: &mut Machine, index: usize) -> Step {
    specialize::store_attr(m, index);
    m.skip(STORE_ATTR_CACHES);
    store_attr_slow(m, index)
}

#[inline(never)]
fn store_attr_slow(m: &mut Machine, index: usize) -> Step {
    let owner = m.pop();
    let value = m.pop();
    // SAFETY: the stack picture has two objects here.
    unsafe { owner.object().set_attr(m.name(index), value.object())? };
    Ok(())
}

#[inline(never)]
pub fn delete_attr(m: &mut Machine, index: usize) -> Step {
    let owner = m.pop_ref();
    owner.del_attr(m.name(index))?;
    Ok(())
}

pub fn load_super_attr(m: &mut Machine, oparg: usize) -> Step {
    specialize::load_super_attr(m, oparg);
    if m.peek(3).is_same(Super::type_object()) && m.peek(2).downcast::<Type>().is_some() {
        return load_super_found(m, oparg);
    }
    m.skip(1);
    let (receiver, class, global_super) = (m.pop_ref(), m.pop_ref(), m.pop_ref());
    let name = m.name(oparg >> 2);
    let proxy =
        if oparg & 2 != 0 { global_super.call(&[&class, &receiver])? } else { global_super.call(&[])? };
    let value = proxy.get_attr(name)?;
    m.push_ref(value);
    if oparg & 1 != 0 {
        m.push(StackRef::NULL);
    }
    Ok(())
}

/// The attribute of `super(class, self)`, without making that object.
#[inline(never)]
pub fn load_super_found(m: &mut Machine, oparg: usize) -> Step {
    m.skip(1);
    let name = m.name(oparg >> 2);
    let method = oparg & 1 != 0;
    let (found, unbound) = crate::objects::super_::lookup(m.peek(2), m.peek(1), name, method)?;
    let (receiver, class, global_super) = (m.pop(), m.pop(), m.pop());
    m.push_ref(found);
    if method {
        m.push(if unbound { receiver } else { StackRef::NULL });
    }
    drop(class);
    drop(global_super);
    Ok(())
}

#[inline(never)]
pub fn load_special(m: &mut Machine, which: usize) -> Step {
    let owner = m.pop_ref();
    let name: &'static Str = match which {
        0 => intern!("__enter__"),
        1 => intern!("__exit__"),
        2 => intern!("__aenter__"),
        _ => intern!("__aexit__"),
    };
    match owner.lookup_special_method(name)? {
        Some(Method::Unbound(function)) => {
            m.push_ref(function);
            m.push_ref(owner);
        }
        Some(Method::Bound(value)) => {
            m.push_ref(value);
            m.push(StackRef::NULL);
        }
        None => return Err(no_special(&owner, which).into()),
    }
    Ok(())
}

/// The TypeError for an object that is no (async) context manager; hints at the other kind.
#[cold]
fn no_special(owner: &crate::object::Object, which: usize) -> crate::errors::Raised {
    let has = |name: &str| owner.ty().lookup(&Str::intern(Str::new(name))).is_some();
    let (missing, other) = (SPECIAL_METHODS[which], which ^ 2);
    let asynchronous = which >= 2;
    let article = if asynchronous { "asynchronous " } else { "" };
    let type_name = owner.ty().full_name();
    let pair = (other & 2) | (which & 1);
    if has(SPECIAL_METHODS[pair]) {
        let (is, statement) = if asynchronous {
            ("'with'", "supports the context manager protocol")
        } else {
            ("'async with'", "supports the asynchronous context manager protocol")
        };
        return raise!(
            TypeError,
            "'{type_name}' object does not support the {article}context manager protocol (missed {missing} method) but it {statement}. Did you mean to use {is}?"
        );
    }
    raise!(
        TypeError,
        "'{type_name}' object does not support the {article}context manager protocol (missed {missing} method)"
    )
}
