//! Extension modules in shared libraries: loading, and the two ways of initialization (PEP 489).
//! `_imp.create_dynamic` and `_imp.exec_dynamic` call these.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_int};

use abi::{PyModuleDef, PyModuleObject};
use runtime::prelude::*;

use crate::moduleobject::{ModuleDefinition, execute, from_definition};
use crate::support::Raw;

/// What an interpreter knows of extension modules.
#[derive(Default)]
struct State {
    /// The full name of the module that is being loaded: single-phase modules know only its last part.
    context: RefCell<Option<String>>,
    /// Modules by definition, for `PyState_FindModule`.
    by_definition: RefCell<HashMap<usize, Ref>>,
    /// Single-phase modules by file and name.
    loaded: RefCell<HashMap<(String, String), Ref>>,
    /// Flags for `dlopen`, as `sys.setdlopenflags` sets them; 0 for the default.
    flags: Cell<c_int>,
}

fn state() -> &'static State {
    Interpreter::current().state()
}

/// The name of the module that is being loaded.
pub fn package_context() -> Option<String> {
    state().context.borrow().clone()
}

/// The module made from a definition.
pub fn find_by_definition(definition: *mut PyModuleDef) -> Option<Ref> {
    state().by_definition.borrow().get(&(definition as usize)).cloned()
}

/// Makes a module findable by its definition.
pub fn remember(definition: *mut PyModuleDef, module: &Object) {
    let old = state().by_definition.borrow_mut().insert(definition as usize, module.to_ref());
    drop(old);
}

/// Ends that.
pub fn forget(definition: *mut PyModuleDef) {
    let old = state().by_definition.borrow_mut().remove(&(definition as usize));
    drop(old);
}

/// The name of a module's init function: punycode for what is not ASCII.
fn init_name(last: &str) -> Result<CString> {
    let name = if last.is_ascii() {
        format!("PyInit_{last}")
    } else {
        let encoded = Str::new(last).call_method(intern!("encode"), &[&*Str::new("punycode")])?;
        let encoded =
            encoded.downcast::<Bytes>().map(|bytes| String::from_utf8_lossy(bytes.as_slice()).into_owned());
        format!("PyInitU_{}", encoded.unwrap_or_default().replace('-', "_"))
    };
    CString::new(name).map_err(|_| raise!(ValueError, "embedded null character"))
}

/// The message of a failed `dlopen`.
fn load_error() -> String {
    // SAFETY: dlerror gives null or a C string.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            "unknown dlopen() error".into()
        } else {
            CStr::from_ptr(text).to_string_lossy().into_owned()
        }
    }
}

fn import_error(message: String, name: &Str, path: &Str) -> Raised {
    let make = || -> Result<Raised> {
        let exception = runtime::objects::exceptions::ImportError.call(&[&*Str::new(&message)])?;
        exception.set_attr(intern!("name"), name)?;
        exception.set_attr(intern!("path"), path)?;
        Ok(crate::pyerrors::set(&runtime::objects::exceptions::ImportError, Some(&exception)))
    };
    make().unwrap_or_else(|raised| raised)
}

/// `_imp.create_dynamic(spec)`: loads the library and makes the module, without executing it.
pub fn create_dynamic(spec: &Object) -> Result {
    crate::pystate::remember_main();
    let name = spec.get_attr(intern!("name"))?.str_()?;
    let path = spec.get_attr(intern!("origin"))?.str_()?;
    let full_name = name.to_string();
    let key = (path.to_string(), full_name.clone());
    let loaded = state().loaded.borrow().get(&key).cloned();
    if let Some(module) = loaded {
        return Ok(module);
    }
    let last = full_name.rsplit('.').next().unwrap_or_default();
    let symbol = init_name(last)?;
    let file = CString::new(path.to_string()).map_err(|_| raise!(ValueError, "embedded null byte"))?;
    let flags = match state().flags.get() {
        0 => libc::RTLD_NOW,
        flags => flags,
    };
    // SAFETY: loading a library runs its constructors: what importing an extension module is.
    let function = unsafe {
        let library = libc::dlopen(file.as_ptr(), flags);
        if library.is_null() {
            return Err(import_error(load_error(), &name, &path));
        }
        libc::dlsym(library, symbol.as_ptr())
    };
    if function.is_null() {
        let message =
            format!("dynamic module does not define module export function ({})", symbol.to_string_lossy());
        return Err(import_error(message, &name, &path));
    }
    type Init = unsafe extern "C" fn() -> Raw;
    // SAFETY: that is what such functions are.
    let made = unsafe {
        let init: Init = std::mem::transmute::<*mut std::ffi::c_void, Init>(function);
        let before = state().context.replace(Some(full_name.clone()));
        let made = init();
        *state().context.borrow_mut() = before;
        made
    };
    let raised = crate::support::occurred();
    if made.is_null() {
        if raised {
            return Err(Raised::assume_set());
        }
        return Err(raise!(SystemError, "initialization of {last} failed without raising an exception"));
    }
    if raised {
        Raised::assume_set().clear();
        return Err(raise!(SystemError, "initialization of {last} raised unreported exception"));
    }
    // SAFETY: an object or a definition.
    unsafe {
        if (*made).ob_type.get().is_null() {
            return Err(raise!(SystemError, "init function of {last} returned uninitialized object"));
        }
        if std::ptr::eq((*made).ob_type.get(), ModuleDefinition::type_object().as_type_ptr()) {
            return from_definition(made.cast(), spec);
        }
        let module = Ref::<Object>::from_owned(made);
        if module.downcast::<Module>().is_none() {
            return Err(raise!(SystemError, "initialization of {last} did not return an extension module"));
        }
        let raw = &*made.cast::<PyModuleObject>();
        let definition = raw.md_def.get();
        if definition.is_null() {
            return Err(raise!(
                SystemError,
                "initialization of {last} did not return a valid extension module"
            ));
        }
        module.set_attr(intern!("__file__"), &path)?;
        remember(definition, &module);
        let old = state().loaded.borrow_mut().insert(key, module.clone());
        drop(old);
        Ok(module)
    }
}

/// `_imp.exec_dynamic(module)`: the second phase, once.
pub fn exec_dynamic(module: &Object) -> Result<()> {
    let Some(typed) = module.downcast::<Module>() else { return Ok(()) };
    // SAFETY: modules are laid out so.
    let raw = unsafe { &*typed.as_ptr().cast::<PyModuleObject>() };
    let definition = raw.md_def.get();
    // A module with state was executed before; a single-phase one has nothing to do.
    if definition.is_null() || !raw.md_state.get().is_null() {
        return Ok(());
    }
    // SAFETY: definitions are static.
    unsafe {
        if (*definition).m_slots.is_null() {
            return Ok(());
        }
        execute(module, definition)
    }
}

/// `sys.setdlopenflags`.
pub fn set_load_flags(flags: c_int) {
    state().flags.set(flags);
}
