//! Making a type ready: bases, MRO, the namespace filled from its tables, inheritance.

use std::ffi::CStr;

use super::{Type, slots};
use crate::errors::Result;
use crate::objects::dict::Dict;
use crate::objects::object::OBJECT_TYPE;
use crate::objects::singletons::none;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::{intern, raise};

impl Type {
    /// Makes the type usable (C: `PyType_Ready`). Nothing happens if it is already.
    pub fn ready(&self) -> Result<()> {
        if self.is_ready() || self.has_flag(abi::Py_TPFLAGS_READYING) {
            return Ok(());
        }
        self.set_flag(abi::Py_TPFLAGS_READYING);
        let result = self.make_ready();
        self.clear_flag(abi::Py_TPFLAGS_READYING);
        if result.is_ok() {
            self.set_flag(abi::Py_TPFLAGS_READY);
        }
        result
    }

    fn make_ready(&self) -> Result<()> {
        let raw = &self.raw;
        if !self.is_heap_type() {
            self.set_flag(abi::Py_TPFLAGS_IMMUTABLETYPE);
        }
        self.check_declaration()?;
        if self.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
            raw.tp_dictoffset.set(-1);
        }
        if self.has_flag(abi::Py_TPFLAGS_MANAGED_WEAKREF) {
            raw.tp_weaklistoffset.set(crate::memory::MANAGED_WEAKREF_OFFSET);
        }
        if raw.tp_dict.get().is_null() {
            raw.tp_dict.set(Dict::new().into_raw());
        }
        if raw.tp_base.get().is_null() && !std::ptr::eq(self, &*OBJECT_TYPE) {
            raw.tp_base.set(OBJECT_TYPE.as_type_ptr());
            if self.is_heap_type() {
                std::mem::forget(OBJECT_TYPE.to_type_ref());
            }
        }
        if let Some(base) = self.base() {
            base.ready()?;
        }
        self.set_metatype();
        if raw.tp_bases.get().is_null() {
            let bases = self.base().map_or_else(Tuple::empty, |base| Tuple::pack([base.to_ref()]));
            raw.tp_bases.set(bases.into_raw());
        }
        for base in self.bases().expect("just set").as_slice() {
            if let Some(base) = base.downcast::<Type>() {
                base.ready()?;
            }
        }
        self.update_mro()?;
        self.check_static_bases()?;
        self.set_new()?;
        self.fill_dict()?;
        self.inherit()?;
        self.set_hash()?;
        self.add_to_bases();
        if self.has_flag(abi::Py_TPFLAGS_MANAGED_DICT) {
            self.prepare_managed_dict()?;
        }
        Ok(())
    }

    fn check_declaration(&self) -> Result<()> {
        if self.is_gc() && self.raw.tp_traverse.get().is_none() {
            return Err(raise!(
                SystemError,
                "type {} has the Py_TPFLAGS_HAVE_GC flag but has no traverse function",
                self.full_name()
            ));
        }
        if self.raw.tp_name.get().is_null() {
            return Err(raise!(SystemError, "Type does not define the tp_name field."));
        }
        Ok(())
    }

    fn set_metatype(&self) {
        if !self.raw.ob_base.ob_base.ob_type.get().is_null() {
            return;
        }
        let metatype = match self.base() {
            Some(base) if !base.raw.ob_base.ob_base.ob_type.get().is_null() => base.ty(),
            _ => &super::TYPE_TYPE,
        };
        // SAFETY: a type object without a metatype is laid out as a plain type.
        unsafe { self.set_type(metatype) };
    }

    /// Static types outlive everything: all they inherit from has to be static too.
    fn check_static_bases(&self) -> Result<()> {
        if self.is_heap_type() {
            return Ok(());
        }
        let mro = self.mro().expect("just set");
        for class in mro.as_slice() {
            if let Some(class) = class.downcast::<Type>()
                && class.is_heap_type()
            {
                return Err(raise!(
                    TypeError,
                    "type '{}' is not dynamically allocated but its base type '{}' is dynamically allocated",
                    self.full_name(),
                    class.full_name()
                ));
            }
        }
        Ok(())
    }

    /// `tp_new`: its own, inherited, or none for static types directly below `object`.
    fn set_new(&self) -> Result<()> {
        let raw = &self.raw;
        let base = self.base();
        if raw.tp_new.get().is_none()
            && base.is_some_and(|base| std::ptr::eq(base, &*OBJECT_TYPE))
            && !self.is_heap_type()
            // Made at run time by CPython.
            && !std::ptr::eq(self, &*crate::objects::typevar::GENERIC_TYPE)
        {
            self.set_flag(abi::Py_TPFLAGS_DISALLOW_INSTANTIATION);
        }
        if self.has_flag(abi::Py_TPFLAGS_DISALLOW_INSTANTIATION) {
            raw.tp_new.set(None);
        } else if let Some(new) = raw.tp_new.get() {
            let inherited = base.and_then(|base| base.raw.tp_new.get());
            if inherited.is_none_or(|inherited| inherited as usize != new as usize) {
                super::new::add_new_wrapper(self)?;
            }
        } else if let Some(base) = base {
            raw.tp_new.set(base.raw.tp_new.get());
        }
        Ok(())
    }

    /// Fills the namespace from the declared slots, methods, members and getsets.
    fn fill_dict(&self) -> Result<()> {
        let dict = self.dict().expect("set before");
        slots::add_wrappers(self, &dict)?;
        self.add_tables(&dict)?;
        if dict.get_str(intern!("__doc__"))?.is_none() {
            let doc = self.raw.tp_doc.get();
            let doc = if doc.is_null() {
                none()
            } else {
                // SAFETY: a type's documentation is a C string that lives as long as the type.
                let doc = unsafe { CStr::from_ptr(doc) }.to_string_lossy();
                Str::new(super::text_signature::documentation(self.full_name(), &doc)).into_object()
            };
            dict.insert_str(intern!("__doc__"), &doc)?;
        }
        Ok(())
    }

    /// Enters what `tp_methods`, `tp_members` and `tp_getset` declare.
    fn add_tables(&self, dict: &Dict) -> Result<()> {
        let raw = &self.raw;
        // SAFETY: the tables live as long as the type, and end with a null name.
        unsafe {
            let mut method = raw.tp_methods.get();
            while !method.is_null() && !(*method).ml_name.is_null() {
                let flags = (*method).ml_flags;
                let name = Str::intern(Str::new(&CStr::from_ptr((*method).ml_name).to_string_lossy()));
                if flags & abi::METH_COEXIST != 0 || dict.get_str(&name)?.is_none() {
                    let descriptor = super::bridge::method(self, &*method)?;
                    dict.insert_str(&name, &descriptor)?;
                }
                method = method.add(1);
            }
            let mut member = raw.tp_members.get();
            while !member.is_null() && !(*member).name.is_null() {
                let name = Str::intern(Str::new(&CStr::from_ptr((*member).name).to_string_lossy()));
                let offset_only = self.is_heap_type()
                    && (name.eq_str("__dictoffset__") || name.eq_str("__weaklistoffset__"));
                if !offset_only && dict.get_str(&name)?.is_none() {
                    let descriptor = super::bridge::member(self, &*member)?;
                    dict.insert_str(&name, &descriptor)?;
                }
                member = member.add(1);
            }
            let mut getset = raw.tp_getset.get();
            while !getset.is_null() && !(*getset).name.is_null() {
                let name = Str::intern(Str::new(&CStr::from_ptr((*getset).name).to_string_lossy()));
                if dict.get_str(&name)?.is_none() {
                    let descriptor = super::bridge::getset(self, &*getset)?;
                    dict.insert_str(&name, &descriptor)?;
                }
                getset = getset.add(1);
            }
        }
        Ok(())
    }

    fn inherit(&self) -> Result<()> {
        let Some(base) = self.base() else { return Ok(()) };
        self.inherit_special(base);
        let mro = self.mro().expect("set before");
        for class in mro.as_slice().iter().skip(1) {
            if let Some(class) = class.downcast::<Type>() {
                self.inherit_slots(class);
            }
        }
        self.inherit_suites(base);
        Ok(())
    }

    /// A type that compares without hashing is unhashable: `__hash__` is None.
    fn set_hash(&self) -> Result<()> {
        if self.raw.tp_hash.get().is_some() {
            return Ok(());
        }
        let dict = self.dict().expect("set before");
        if dict.get_str(intern!("__hash__"))?.is_none() {
            dict.insert_str(intern!("__hash__"), &none())?;
            self.raw.tp_hash.set(Some(super::slot_functions::hash_not_implemented));
        }
        Ok(())
    }

    /// Instances keep attributes in inline values where their size is fixed.
    fn prepare_managed_dict(&self) -> Result<()> {
        if !self.is_heap_type() {
            return Err(raise!(
                SystemError,
                "type {} has the Py_TPFLAGS_MANAGED_DICT flag but not Py_TPFLAGS_HEAPTYPE flag",
                self.full_name()
            ));
        }
        if super::bridge::prepare_keys(self) && self.raw.tp_itemsize.get() == 0 {
            self.set_flag(abi::Py_TPFLAGS_INLINE_VALUES);
        }
        Ok(())
    }
}

/// Defines and readies the built-in types of this process, and enters them in this interpreter's lists of subclasses.
pub(in crate::objects) fn ready_builtins(types: &[&'static super::StaticType]) -> Result<()> {
    types.iter().for_each(|ty| ty.define());
    for ty in types {
        if ty.is_ready() {
            ty.add_to_bases();
        } else {
            ty.ready()?;
        }
    }
    Ok(())
}
