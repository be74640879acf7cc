//! Capsules. <https://docs.python.org/3.14/c-api/capsule.html>

use std::ffi::{CStr, c_char, c_int, c_void};

use runtime::objects::capsule::Capsule;
use runtime::prelude::*;

use crate::support::exported;

/// The object, if it is a capsule with a pointer.
fn capsule<'a>(object: Option<&'a Object>, function: &str) -> Result<&'a Capsule> {
    object
        .and_then(Object::downcast_exact::<Capsule>)
        .filter(|capsule| !capsule.pointer.get().is_null())
        .ok_or_else(|| raise!(ValueError, "{function} called with invalid PyCapsule object"))
}

/// Are both null or the same text?
unsafe fn same_name(a: *const c_char, b: *const c_char) -> bool {
    if a.is_null() || b.is_null() {
        return a == b;
    }
    // SAFETY: names are C strings.
    unsafe { CStr::from_ptr(a) == CStr::from_ptr(b) }
}

exported! {
    fn PyCapsule_New(pointer: *mut c_void, name: *const c_char, destructor: abi::PyCapsule_Destructor) -> Result<Ref<Capsule>> {
        if pointer.is_null() {
            return Err(raise!(ValueError, "PyCapsule_New called with null pointer"));
        }
        Ok(Capsule::new(pointer, name, destructor))
    }

    fn PyCapsule_GetPointer(object: Option<&Object>, name: *const c_char) -> Result<*mut c_void> {
        let capsule = capsule(object, "PyCapsule_GetPointer")?;
        if !same_name(name, capsule.name.get()) {
            return Err(raise!(ValueError, "PyCapsule_GetPointer called with incorrect name"));
        }
        Ok(capsule.pointer.get())
    }

    fn PyCapsule_GetName(object: Option<&Object>) -> Result<*const c_char> {
        Ok(capsule(object, "PyCapsule_GetName")?.name.get())
    }

    fn PyCapsule_GetContext(object: Option<&Object>) -> Result<*mut c_void> {
        Ok(capsule(object, "PyCapsule_GetContext")?.context.get())
    }

    fn PyCapsule_SetPointer(object: Option<&Object>, pointer: *mut c_void) -> Result<()> {
        let capsule = capsule(object, "PyCapsule_SetPointer")?;
        if pointer.is_null() {
            return Err(raise!(ValueError, "PyCapsule_SetPointer called with null pointer"));
        }
        capsule.pointer.set(pointer);
        Ok(())
    }

    fn PyCapsule_SetName(object: Option<&Object>, name: *const c_char) -> Result<()> {
        capsule(object, "PyCapsule_SetName")?.name.set(name);
        Ok(())
    }

    fn PyCapsule_SetDestructor(object: Option<&Object>, destructor: abi::PyCapsule_Destructor) -> Result<()> {
        capsule(object, "PyCapsule_SetDestructor")?.destructor.set(destructor);
        Ok(())
    }

    fn PyCapsule_SetContext(object: Option<&Object>, context: *mut c_void) -> Result<()> {
        capsule(object, "PyCapsule_SetContext")?.context.set(context);
        Ok(())
    }

    fn PyCapsule_IsValid(object: Option<&Object>, name: *const c_char) -> bool {
        object
            .and_then(Object::downcast_exact::<Capsule>)
            .is_some_and(|capsule| !capsule.pointer.get().is_null() && same_name(name, capsule.name.get()))
    }

    fn PyCapsule_Import(name: *const c_char, _no_block: c_int) -> Result<*mut c_void> {
        let whole = crate::support::text(name);
        let mut parts = whole.split('.');
        let first = parts.next().unwrap_or_default();
        let mut object = match crate::import::module(first) {
            Ok(module) => module,
            Err(raised) => {
                raised.clear();
                return Err(raise!(ImportError, "PyCapsule_Import could not import module \"{first}\""));
            }
        };
        for part in parts {
            object = object.get_attr(&Str::new(part))?;
        }
        match object.downcast_exact::<Capsule>() {
            Some(capsule) if same_name(name, capsule.name.get()) => Ok(capsule.pointer.get()),
            _ => Err(raise!(AttributeError, "PyCapsule_Import \"{whole}\" is not valid")),
        }
    }
}

/// `PyCapsule_GetDestructor`.
///
/// # Safety
/// The object is null or alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyCapsule_GetDestructor(object: Option<&Object>) -> abi::PyCapsule_Destructor {
    match capsule(object, "PyCapsule_GetDestructor") {
        Ok(capsule) => capsule.destructor.get(),
        Err(_) => None,
    }
}
