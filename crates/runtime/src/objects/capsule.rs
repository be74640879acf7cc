//! `types.CapsuleType`: a C pointer as an object, for extension modules that share C functions.

use std::cell::Cell;
use std::ffi::{c_char, c_void};

use crate::prelude::*;

/// Capsule objects let you wrap a C "void *" pointer in a Python object.
///
/// They're a way of passing data through the Python interpreter
/// without creating your own custom type.
#[class(name = "PyCapsule", symbol = "PyCapsule_Type", flags(DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct Capsule {
    head: Object,
    pub pointer: Cell<*mut c_void>,
    pub name: Cell<*const c_char>,
    pub context: Cell<*mut c_void>,
    pub destructor: Cell<abi::PyCapsule_Destructor>,
}

#[methods]
impl Capsule {
    /// A capsule; the name is not copied.
    pub fn new(
        pointer: *mut c_void,
        name: *const c_char,
        destructor: abi::PyCapsule_Destructor,
    ) -> Ref<Capsule> {
        Ref::new(Capsule {
            head: Object::HEAD,
            pointer: Cell::new(pointer),
            name: Cell::new(name),
            context: Cell::new(std::ptr::null_mut()),
            destructor: Cell::new(destructor),
        })
    }

    /// The capsule's name, as it is shown.
    pub fn shown_name(&self) -> String {
        let name = self.name.get();
        if name.is_null() {
            return "NULL".to_owned();
        }
        // SAFETY: the capsule's maker keeps the name alive.
        format!("\"{}\"", unsafe { std::ffi::CStr::from_ptr(name) }.to_string_lossy())
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        Ok(Str::new(&format!("<capsule object {} at {:p}>", self.shown_name(), self.as_ptr())))
    }
}

impl Drop for Capsule {
    fn drop(&mut self) {
        if let Some(destructor) = self.destructor.get() {
            // SAFETY: the maker's destructor for this very capsule.
            unsafe { destructor(self.as_ptr()) };
        }
    }
}
