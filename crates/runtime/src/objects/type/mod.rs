//! `type`: type objects, static and on the heap; readiness, inheritance, lookup.

use std::cell::Cell;
use std::ffi::CStr;
use std::ops::Deref;

use crate::object::{Layout, Object};
use crate::objects::str::Str;
use crate::reference::Ref;

/// A type object. Its C fields are in `raw`.
#[repr(transparent)]
pub struct Type {
    pub raw: abi::PyTypeObject,
}

// SAFETY: PyTypeObject begins with an object head.
unsafe impl Layout for Type {}
// SAFETY: every type object begins so.
unsafe impl crate::object::NativeType for Type {
    fn type_object() -> &'static Type {
        todo!()
    }
}

impl Deref for Type {
    type Target = Object;
    fn deref(&self) -> &Object {
        self.as_object()
    }
}

/// A native type in static memory: the C struct, and how to fill it in. It is ready only after start-up
/// (built-in types) or when its module is made.
#[repr(C)]
pub struct StaticType {
    ty: Type,
    define: fn(&'static Type),
    defined: Cell<bool>,
}

// SAFETY: type objects change only under the GIL.
unsafe impl Sync for StaticType {}

impl StaticType {
    /// `define` fills in every field of the C struct that the declaration knows; inheritance does the rest.
    pub const fn new(define: fn(&'static Type)) -> StaticType {
        StaticType { ty: Type { raw: abi::PyTypeObject::zeroed() }, define, defined: Cell::new(false) }
    }

    pub const fn as_type(&self) -> &Type {
        &self.ty
    }

    /// Fills the C struct in, once.
    pub fn define(&'static self) {
        if !self.defined.replace(true) {
            (self.define)(&self.ty);
        }
    }
}

impl Deref for StaticType {
    type Target = Type;
    #[inline(always)]
    fn deref(&self) -> &Type {
        &self.ty
    }
}

impl Type {
    #[inline(always)]
    pub fn flags(&self) -> u64 {
        self.raw.tp_flags.get()
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u64) -> bool {
        self.flags() & flag != 0
    }

    /// `tp_name`: with the module's name before it for static types outside `builtins`.
    pub fn full_name(&self) -> &str {
        let name = self.raw.tp_name.get();
        if name.is_null() {
            return "?";
        }
        // SAFETY: a type's name is a C string that lives as long as the type.
        unsafe { CStr::from_ptr(name) }.to_str().unwrap_or("?")
    }

    /// `__name__`.
    pub fn name(&self) -> &str {
        let name = self.full_name();
        if self.has_flag(abi::Py_TPFLAGS_HEAPTYPE) {
            return name;
        }
        name.rsplit('.').next().unwrap_or(name)
    }

    pub fn to_type_ref(&self) -> Ref<Type> {
        Ref::from_borrowed(self)
    }

    /// Is this `other` or does it inherit from it (by the MRO; by the chain of bases before it has one)?
    pub fn is_subtype(&self, _other: &Type) -> bool {
        todo!()
    }

    /// Finds a name along the MRO, without binding.
    pub fn lookup(&self, _name: &Str) -> Option<Ref> {
        todo!()
    }
}

/// The cache of lookups along the MRO, keyed by type version and name.
#[derive(Default)]
pub struct TypeCache {}
