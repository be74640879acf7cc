//! `getset_descriptor`: a computed attribute of a native type.

use std::cell::Cell;
use std::ffi::CStr;

use crate::errors::Result;
use crate::objects::descriptor::{common_part, optional_text};
use crate::prelude::*;
use crate::protocol::{result_from_raw, status_from_raw};

/// A computed attribute (C: `PyGetSetDescrObject`).
#[class(name = "getset_descriptor", flags(GC), symbol = "PyGetSetDescr_Type")]
#[repr(C)]
pub struct GetSetDescriptor {
    head: Object,
    #[member(readonly, name = "__objclass__")]
    owner: Link<Type>,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    qualname: Link,
    #[gc(skip)]
    definition: Cell<*const abi::PyGetSetDef>,
}

const _: () = assert!(size_of::<GetSetDescriptor>() == size_of::<abi::PyGetSetDescrObject>());

common_part!(GetSetDescriptor);

impl GetSetDescriptor {
    /// As C's `PyDescr_NewGetSet`.
    ///
    /// # Safety
    /// `definition` is well formed and outlives the descriptor.
    pub unsafe fn new(owner: &Type, definition: *const abi::PyGetSetDef) -> Ref<GetSetDescriptor> {
        // SAFETY: by contract.
        let name = unsafe { CStr::from_ptr((*definition).name) }.to_string_lossy();
        Ref::new(GetSetDescriptor {
            head: Object::HEAD,
            owner: Link::new(owner.to_type_ref()),
            name: Link::new(Str::intern(Str::new(&name))),
            qualname: Link::null(),
            definition: Cell::new(definition),
        })
    }

    #[inline(always)]
    pub fn definition(&self) -> &abi::PyGetSetDef {
        // SAFETY: by the constructor's contract.
        unsafe { &*self.definition.get() }
    }
}

#[methods(parts(common))]
impl GetSetDescriptor {
    #[getter(name = "__doc__")]
    fn documentation(&self) -> Option<String> {
        // SAFETY: a C string of the definition.
        unsafe { optional_text(self.definition().doc) }
    }

    #[slot]
    fn tp_repr(&self) -> Ref<Str> {
        self.common().describe("attribute")
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        let Some(object) = object else { return Ok(self.to_ref()) };
        self.common().check(object)?;
        crate::thread::Thread::current().check_recursion(" while getting an attribute")?;
        let definition = self.definition();
        match definition.get {
            // SAFETY: the object is of the type that the definition is for.
            Some(get) => unsafe { result_from_raw(get(object.as_ptr(), definition.closure)) },
            None => Err(raise!(
                AttributeError,
                "attribute '{}' of '{}' objects is not readable",
                self.common().name(),
                self.common().owner().full_name()
            )),
        }
    }

    #[slot]
    fn tp_descr_set(&self, object: &Object, value: Option<&Object>) -> Result<()> {
        self.common().check(object)?;
        let definition = self.definition();
        let value = value.map_or(std::ptr::null_mut(), Object::as_ptr);
        match definition.set {
            // SAFETY: the object is of the type that the definition is for; a null value deletes.
            Some(set) => unsafe {
                status_from_raw(set(object.as_ptr(), value, definition.closure)).map(drop)
            },
            None => Err(raise!(
                AttributeError,
                "attribute '{}' of '{}' objects is not writable",
                self.common().name(),
                self.common().owner().full_name()
            )),
        }
    }
}
