//! LOAD_ATTR, STORE_ATTR, LOAD_GLOBAL, LOAD_SUPER_ATTR: what an attribute turns out to be, and the instruction for that.

use bytecode::opcode::Opcode;

use super::{failed, is_due, specialized, write_16, write_32, write_object};
use crate::eval::call::takes_exactly;
use crate::eval::machine::Machine;
use crate::memory::MANAGED_DICT_OFFSET;
use crate::object::{NativeType, Object};
use crate::objects::dict::{Dict, shared};
use crate::objects::function::Function;
use crate::objects::member_descriptor::MemberDescriptor;
use crate::objects::module::Module;
use crate::objects::property::Property;
use crate::objects::str::Str;
use crate::objects::super_::Super;
use crate::objects::r#type::{Type, bridge, slot_functions};
use crate::protocol::attribute::generic_get_attr_slot;
use crate::reference::Ref;

#[inline(always)]
pub fn load_attr(m: &Machine, oparg: usize) {
    if is_due(m) {
        specialize_load_attr(m, oparg);
    }
}

#[inline(always)]
pub fn store_attr(m: &Machine, index: usize) {
    if is_due(m) {
        specialize_store_attr(m, index);
    }
}

#[inline(always)]
pub fn load_global(m: &Machine, oparg: usize) {
    if is_due(m) {
        specialize_load_global(m, oparg);
    }
}

#[inline(always)]
pub fn load_super_attr(m: &Machine, oparg: usize) {
    if is_due(m) {
        let (class, global_super) = (m.peek(2), m.peek(3));
        if !global_super.is_same(Super::type_object()) || class.downcast::<Type>().is_none() {
            failed(m);
        } else if oparg & 1 != 0 {
            specialized(m, Opcode::LOAD_SUPER_ATTR_METHOD);
        } else {
            specialized(m, Opcode::LOAD_SUPER_ATTR_ATTR);
        }
    }
}

#[cold]
fn specialize_load_global(m: &Machine, oparg: usize) {
    let found = find_global(m, m.name(oparg >> 1));
    match found {
        Some(opcode) => specialized(m, opcode),
        None => failed(m),
    }
}

/// Cache: counter, index, version of the module's keys, version of the built-ins' keys.
fn find_global(m: &Machine, name: &Str) -> Option<Opcode> {
    let globals = m.frame().globals().downcast_exact::<Dict>()?;
    let version = |dict: &Dict| match dict.keys_version() {
        0 => None,
        version => Some(version as u16),
    };
    if !globals.has_str_keys() {
        return None;
    }
    if let Some(index) = globals.index_of(name) {
        write_16(m, 2, version(globals)?);
        write_16(m, 1, u16::try_from(index).ok()?);
        return Some(Opcode::LOAD_GLOBAL_MODULE);
    }
    let builtins = m.frame().builtins().downcast_exact::<Dict>()?;
    let index = u16::try_from(builtins.index_of(name)?).ok()?;
    write_16(m, 2, version(globals)?);
    write_16(m, 3, version(builtins)?);
    write_16(m, 1, index);
    Some(Opcode::LOAD_GLOBAL_BUILTIN)
}

/// What a class has under a name, as far as access through an instance goes.
enum Found {
    Absent,
    /// A function or method: called without making a bound method.
    Method(Ref),
    /// A value that is no descriptor.
    Plain(Ref),
    Property(Ref),
    /// A field at that offset.
    Slot {
        offset: u16,
        readonly: bool,
    },
    /// `__class__`.
    Class,
    /// A descriptor without `__set__` that must be asked.
    NonOverriding,
    /// Anything else.
    Other,
}

fn classify(ty: &Type, name: &Str, store: bool) -> Found {
    let Some(found) = ty.lookup(name) else { return Found::Absent };
    let kind = found.ty();
    if !kind.is_immutable() {
        // Its class may become a descriptor's at any time.
        return Found::Other;
    }
    if kind.raw.tp_descr_set.get().is_some() {
        if let Some(member) = found.downcast_exact::<MemberDescriptor>() {
            let definition = member.definition();
            let of_this = ty.is_subtype(member.common().owner());
            return match u16::try_from(definition.offset) {
                Ok(offset)
                    if of_this
                        && offset != 0
                        && definition.r#type == abi::Py_T_OBJECT_EX
                        && definition.flags & abi::Py_AUDIT_READ == 0 =>
                {
                    Found::Slot { offset, readonly: definition.flags & abi::Py_READONLY != 0 }
                }
                _ => Found::Other,
            };
        }
        if found.is::<Property>() && !store {
            return Found::Property(found);
        }
        if name.eq_str("__class__") && !store && is_object_class_getter(&found) {
            return Found::Class;
        }
        return Found::Other;
    }
    if kind.raw.tp_descr_get.get().is_none() {
        return Found::Plain(found);
    }
    if kind.has_flag(abi::Py_TPFLAGS_METHOD_DESCRIPTOR) {
        return Found::Method(found);
    }
    Found::NonOverriding
}

/// Is this what `object` itself has as `__class__`?
fn is_object_class_getter(found: &Object) -> bool {
    crate::objects::object::OBJECT_TYPE
        .lookup(crate::intern!("__class__"))
        .is_some_and(|own| own.is_same(found))
}

#[cold]
fn specialize_load_attr(m: &Machine, oparg: usize) {
    let owner = m.peek(1);
    let name = m.name(oparg >> 1);
    let call = oparg & 1 != 0;
    let opcode = if let Some(module) = owner.downcast_exact::<Module>() {
        module_attribute(m, module, name)
    } else if let Some(class) = owner.downcast::<Type>() {
        class_attribute(m, class, name)
    } else {
        instance_attribute(m, owner, name, call)
    };
    match opcode {
        Some(opcode) => specialized(m, opcode),
        None => failed(m),
    }
}

/// Cache: counter, version of the keys (2), index.
fn module_attribute(m: &Machine, module: &Module, name: &Str) -> Option<Opcode> {
    let dict = module.dict();
    let dict = dict.downcast_exact::<Dict>()?;
    if Module::type_object().lookup(name).is_some_and(|found| found.ty().raw.tp_descr_set.get().is_some()) {
        return None;
    }
    let index = u16::try_from(dict.index_of(name)?).ok()?;
    let version = dict.keys_version();
    if version == 0 {
        return None;
    }
    write_32(m, 1, version);
    write_16(m, 3, index);
    Some(Opcode::LOAD_ATTR_MODULE)
}

/// Cache: counter, version of the class (2), version of its metaclass (2), value (4).
fn class_attribute(m: &Machine, class: &Type, name: &Str) -> Option<Opcode> {
    let meta = class.ty();
    let generic = Type::type_object().raw.tp_getattro.get().map(|slot| slot as usize);
    if meta.raw.tp_getattro.get().map(|slot| slot as usize) != generic {
        return None;
    }
    let mut check_metaclass = !meta.is_immutable();
    match classify(meta, name, false) {
        Found::Absent => {}
        Found::Method(_) | Found::Plain(_) | Found::NonOverriding => check_metaclass = true,
        _ => return None,
    }
    let (Found::Method(value) | Found::Plain(value)) = classify(class, name, false) else { return None };
    let version = class.version();
    let meta_version = meta.version();
    if version == 0 || check_metaclass && meta_version == 0 {
        return None;
    }
    write_32(m, 1, version);
    write_32(m, 3, meta_version);
    write_object(m, 5, &value);
    Some(if check_metaclass { Opcode::LOAD_ATTR_CLASS_WITH_METACLASS_CHECK } else { Opcode::LOAD_ATTR_CLASS })
}

/// Cache: counter, version of the type (2), then index or offset; or version of the keys (2), value (4).
fn instance_attribute(m: &Machine, owner: &Object, name: &Str, call: bool) -> Option<Opcode> {
    let ty = owner.ty();
    let version = ty.version();
    if version == 0 {
        return None;
    }
    let getattro = ty.raw.tp_getattro.get().map_or(0, |slot| slot as usize);
    if getattro != generic_get_attr_slot() && !slot_functions::has_generic_lookup(ty) {
        if call || !slot_functions::has_own_lookup(ty) {
            return None;
        }
        let hook = ty.lookup(crate::intern!("__getattribute__"))?;
        let function = hook.downcast_exact::<Function>()?;
        if !takes_exactly(function, 2) || function.makes_generator() || function.ensure_version() == 0 {
            return None;
        }
        write_32(m, 1, version);
        write_32(m, 3, function.version());
        write_object(m, 5, function);
        return Some(Opcode::LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN);
    }
    let found = classify(ty, name, false);
    let opcode = match found {
        Found::Property(property) if !call => {
            // SAFETY: classified so.
            let getter = unsafe { property.downcast_unchecked::<Property>() }.getter_function()?;
            let function = getter.downcast_exact::<Function>()?;
            if !takes_exactly(function, 1) || function.makes_generator() || function.ensure_version() == 0 {
                return None;
            }
            write_32(m, 3, function.version());
            write_object(m, 5, function);
            Opcode::LOAD_ATTR_PROPERTY
        }
        Found::Slot { offset, .. } => {
            write_16(m, 3, offset);
            Opcode::LOAD_ATTR_SLOT
        }
        Found::Class => {
            write_16(m, 3, std::mem::offset_of!(abi::PyObject, ob_type) as u16);
            Opcode::LOAD_ATTR_SLOT
        }
        Found::Method(_) | Found::Plain(_) if has_own(owner, name) => own_value(m, owner, name)?,
        Found::Method(value) if call => from_class(m, owner, name, &value, true)?,
        Found::Plain(value) if !call => from_class(m, owner, name, &value, false)?,
        Found::Absent => own_value(m, owner, name)?,
        _ => return None,
    };
    if ty.version() != version {
        return None;
    }
    write_32(m, 1, version);
    Some(opcode)
}

/// Has the instance a value of its own that hides the class's?
fn has_own(owner: &Object, name: &Str) -> bool {
    let ty = owner.ty();
    if ty.raw.tp_dictoffset.get() == 0 {
        return false;
    }
    if ty.has_flag(abi::Py_TPFLAGS_INLINE_VALUES) && shared::valid_values(owner).is_some() {
        return shared::keys_of(ty).is_some_and(|keys| keys.find(name).is_some());
    }
    match crate::objects::object::instance_attribute(owner, name) {
        Ok(found) => found.is_some(),
        Err(raised) => {
            raised.clear();
            true
        }
    }
}

/// A value of the instance's own.
fn own_value(m: &Machine, owner: &Object, name: &Str) -> Option<Opcode> {
    let ty = owner.ty();
    if !ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
        return None;
    }
    if let Some(values) = shared::valid_values(owner) {
        let index = shared::keys_of(ty)?.find(name)?;
        if !values.has_room_for(index) {
            return None;
        }
        write_16(m, 3, index as u16);
        return Some(Opcode::LOAD_ATTR_INSTANCE_VALUE);
    }
    let dict = bridge::managed_dict_borrowed(owner)?;
    write_16(m, 3, u16::try_from(dict.index_of(name)?).ok()?);
    Some(Opcode::LOAD_ATTR_WITH_HINT)
}

/// A value of the class that nothing of the instance hides.
fn from_class(m: &Machine, owner: &Object, name: &Str, value: &Object, method: bool) -> Option<Opcode> {
    let ty = owner.ty();
    let offset = ty.raw.tp_dictoffset.get();
    let opcode = if ty.has_flag(abi::Py_TPFLAGS_INLINE_VALUES) {
        let keys = shared::keys_of(ty)?;
        if keys.find(name).is_some() {
            return None;
        }
        let version = keys.version();
        if version == 0 {
            return None;
        }
        write_32(m, 3, version);
        if method {
            Opcode::LOAD_ATTR_METHOD_WITH_VALUES
        } else {
            Opcode::LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES
        }
    } else if offset == 0 {
        if method { Opcode::LOAD_ATTR_METHOD_NO_DICT } else { Opcode::LOAD_ATTR_NONDESCRIPTOR_NO_DICT }
    } else if method {
        let offset = if ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) { MANAGED_DICT_OFFSET } else { offset };
        if ty.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) || offset > 0 && i16::try_from(offset).is_ok() {
            let field = owner.as_ptr().cast::<u8>().wrapping_offset(offset).cast::<*const Object>();
            // SAFETY: the type has its dictionary's pointer there.
            if !unsafe { *field }.is_null() {
                return None;
            }
            write_16(m, 3, offset as i16 as u16);
            Opcode::LOAD_ATTR_METHOD_LAZY_DICT
        } else {
            return None;
        }
    } else {
        return None;
    };
    write_object(m, 5, value);
    Some(opcode)
}

/// Cache: counter, version of the type (2), index or offset.
#[cold]
fn specialize_store_attr(m: &Machine, index: usize) {
    match find_store(m, m.peek(1), m.name(index)) {
        Some(opcode) => specialized(m, opcode),
        None => failed(m),
    }
}

fn find_store(m: &Machine, owner: &Object, name: &Str) -> Option<Opcode> {
    let ty = owner.ty();
    let version = ty.version();
    let generic = crate::objects::object::OBJECT_TYPE.raw.tp_setattro.get().map(|slot| slot as usize);
    if version == 0 || ty.raw.tp_setattro.get().map(|slot| slot as usize) != generic {
        return None;
    }
    let opcode = match classify(ty, name, true) {
        Found::Slot { offset, readonly: false } => {
            write_16(m, 3, offset);
            Opcode::STORE_ATTR_SLOT
        }
        Found::Absent | Found::Method(_) | Found::Plain(_) | Found::NonOverriding => {
            match own_value(m, owner, name)? {
                Opcode::LOAD_ATTR_INSTANCE_VALUE => Opcode::STORE_ATTR_INSTANCE_VALUE,
                _ => Opcode::STORE_ATTR_WITH_HINT,
            }
        }
        _ => return None,
    };
    if ty.version() != version {
        return None;
    }
    write_32(m, 1, version);
    Some(opcode)
}
