//! `wrapper_descriptor`: a special method that stands for a native type's slot (`list.__len__`), and `method-wrapper`, one
//! bound to an object.

use std::cell::Cell;
use std::ffi::c_void;

use crate::errors::Result;
use crate::objects::descriptor::{self, builtin, common_part, hash_pointer, optional_text};
use crate::prelude::*;
use crate::protocol::result_from_raw;

/// A special method of a native type (C: `PyWrapperDescrObject`).
#[class(name = "wrapper_descriptor", flags(GC, METHOD_DESCRIPTOR), symbol = "PyWrapperDescr_Type")]
#[repr(C)]
pub struct WrapperDescriptor {
    head: Object,
    #[member(readonly, name = "__objclass__")]
    owner: Link<Type>,
    #[member(readonly, name = "__name__")]
    name: Link<Str>,
    qualname: Link,
    #[gc(skip)]
    base: Cell<*const abi::wrapperbase>,
    #[gc(skip)]
    wrapped: Cell<*mut c_void>,
}

const _: () = assert!(size_of::<WrapperDescriptor>() == size_of::<abi::PyWrapperDescrObject>());

common_part!(WrapperDescriptor);

impl WrapperDescriptor {
    /// As C's `PyDescr_NewWrapper`.
    ///
    /// # Safety
    /// `base` outlives the descriptor; `wrapped` is a function that its wrapper can call.
    pub unsafe fn new(
        owner: &Type,
        base: *const abi::wrapperbase,
        name: &Str,
        wrapped: *mut c_void,
    ) -> Ref<WrapperDescriptor> {
        Ref::new(WrapperDescriptor {
            head: Object::HEAD,
            owner: Link::new(owner.to_type_ref()),
            name: Link::new(Ref::from_borrowed(name)),
            qualname: Link::null(),
            base: Cell::new(base),
            wrapped: Cell::new(wrapped),
        })
    }

    #[inline(always)]
    pub fn base(&self) -> &abi::wrapperbase {
        // SAFETY: by the constructor's contract.
        unsafe { &*self.base.get() }
    }

    /// The slot's function.
    #[inline(always)]
    pub fn wrapped(&self) -> *mut c_void {
        self.wrapped.get()
    }

    /// The special method of `object`, which is an instance of the owner, with plain arguments.
    fn call_with(&self, object: &Object, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let base = self.base();
        let Some(wrapper) = base.wrapper else {
            return Err(raise!(SystemError, "a slot wrapper without a function"));
        };
        // SAFETY: the flag says how the wrapper is called; everything is alive.
        unsafe {
            if base.flags & abi::PyWrapperFlag_KEYWORDS != 0 {
                let wrapper = std::mem::transmute::<abi::wrapperfunc, abi::wrapperfunc_kwds>(Some(wrapper));
                let keywords = keywords.map_or(std::ptr::null_mut(), |keywords| keywords.as_ptr());
                let Some(wrapper) = wrapper else { unreachable!("transmuted from a function") };
                return result_from_raw(wrapper(
                    object.as_ptr(),
                    arguments.as_ptr(),
                    self.wrapped(),
                    keywords,
                ));
            }
            if keywords.is_some_and(|keywords| !keywords.is_empty()) {
                let name = optional_text(base.name).unwrap_or_default();
                return Err(raise!(TypeError, "wrapper {name}() takes no keyword arguments"));
            }
            result_from_raw(wrapper(object.as_ptr(), arguments.as_ptr(), self.wrapped()))
        }
    }
}

#[methods(parts(common))]
impl WrapperDescriptor {
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        self.common().reduce()
    }

    #[getter(name = "__doc__")]
    fn documentation(&self) -> Option<String> {
        // SAFETY: C strings of the entry.
        unsafe { descriptor::documentation(self.base().name, self.base().doc) }
    }

    #[getter(name = "__text_signature__")]
    fn signature(&self) -> Option<String> {
        // SAFETY: C strings of the entry.
        unsafe { descriptor::signature(self.base().name, self.base().doc, abi::METH_VARARGS) }
    }

    #[slot]
    fn tp_repr(&self) -> Ref<Str> {
        self.common().describe("slot wrapper")
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        let Some(object) = object else { return Ok(self.to_ref()) };
        self.common().check(object)?;
        Ok(MethodWrapper::new(self, object).into_object())
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        let common = self.common();
        let (name, owner) = (common.name(), common.owner());
        let Some((object, rest)) = arguments.as_slice().split_first() else {
            let owner = owner.full_name();
            return Err(raise!(TypeError, "descriptor '{name}' of '{owner}' object needs an argument"));
        };
        if !object.ty().is_subtype(owner) {
            let (owner, given) = (owner.full_name(), object.ty().full_name());
            return Err(raise!(
                TypeError,
                "descriptor '{name}' requires a '{owner}' object but received a '{given}'"
            ));
        }
        self.call_with(object, &Tuple::from_vec(rest.to_vec()), keywords)
    }
}

/// A special method of a native type, bound to an object.
#[class(name = "method-wrapper", flags(GC), symbol = "_PyMethodWrapper_Type")]
#[repr(C)]
pub struct MethodWrapper {
    head: Object,
    descriptor: Link<WrapperDescriptor>,
    #[member(readonly, name = "__self__")]
    object: Link,
}

impl MethodWrapper {
    /// Binds; the object is an instance of the descriptor's type.
    pub fn new(descriptor: &WrapperDescriptor, object: &Object) -> Ref<MethodWrapper> {
        Ref::new(MethodWrapper {
            head: Object::HEAD,
            descriptor: Link::new(Ref::from_borrowed(descriptor)),
            object: Link::new(object.to_ref()),
        })
    }

    pub fn descriptor(&self) -> &WrapperDescriptor {
        // SAFETY: set when it is made, never changed.
        unsafe { &*self.descriptor.as_ptr() }
    }

    pub fn object(&self) -> &Object {
        // SAFETY: as above.
        unsafe { &*self.object.as_ptr() }
    }
}

#[methods]
impl MethodWrapper {
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let arguments = Tuple::pack([self.object().to_ref(), self.descriptor().common().name().to_ref()]);
        Ok(Tuple::pack([builtin(intern!("getattr"))?, arguments.into_object()]))
    }

    #[getter(name = "__objclass__")]
    fn owner(&self) -> &Type {
        self.descriptor().common().owner()
    }

    #[getter(name = "__name__")]
    fn name(&self) -> &Str {
        self.descriptor().common().name()
    }

    #[getter(name = "__qualname__")]
    fn qualified_name(&self) -> Result {
        self.descriptor().common().qualified_name()
    }

    #[getter(name = "__doc__")]
    fn documentation(&self) -> Option<String> {
        self.descriptor().documentation()
    }

    #[getter(name = "__text_signature__")]
    fn signature(&self) -> Option<String> {
        self.descriptor().signature()
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let (name, object) = (self.name(), self.object());
        format!("<method-wrapper '{name}' of {} object at {:p}>", object.ty().full_name(), object.as_ptr())
    }

    #[slot]
    fn tp_hash(&self) -> isize {
        hash_pointer(self.object.as_ptr()) ^ hash_pointer(self.descriptor.as_ptr())
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<MethodWrapper>()) else {
            return Ok(not_implemented());
        };
        let same = self.descriptor.as_ptr() == other.descriptor.as_ptr()
            && self.object.as_ptr() == other.object.as_ptr();
        Ok(py_bool(same == (op == CompareOp::Eq)))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        self.descriptor().call_with(self.object(), arguments, keywords)
    }

    /// What it holds stays until it dies.
    #[slot]
    fn tp_clear(&self) {}
}
