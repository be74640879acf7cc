//! Modules. <https://docs.python.org/3.14/c-api/module.html>

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

use abi::{PyMethodDef, PyModuleDef, PyModuleObject};
use runtime::memory;
use runtime::objects::builtin_function::BuiltinFunction;
use runtime::prelude::*;

use crate::containers::borrowed;
use crate::support::{Raw, bad_internal_call, expect, exported, name, text};

/// A module's C struct.
fn raw(module: &Module) -> &PyModuleObject {
    // SAFETY: every module is laid out so.
    unsafe { &*module.as_ptr().cast() }
}

fn module(object: Option<&Object>) -> Result<&Module> {
    object.and_then(Object::downcast).ok_or_else(bad_internal_call)
}

/// `PyModuleDef_Type`: the type of definitions, which pass for objects on their way out of `PyInit`.
#[class(name = "builtins.moduledef", symbol = "PyModuleDef_Type", flags(DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct ModuleDefinition {
    head: Object,
}

#[methods]
impl ModuleDefinition {}

/// A new module of that name, empty.
fn new(name: &Object) -> Result<Ref<Module>> {
    let made = Module::type_object().call(&[name])?;
    made.cast::<Module>().map_err(|_| bad_internal_call())
}

/// Adds C functions to a module, or to whatever object a create slot made.
unsafe fn add_functions(module: &Object, module_name: &Object, functions: *mut PyMethodDef) -> Result<()> {
    // SAFETY: the array ends with a null name.
    unsafe {
        if let Some(module) = module.downcast::<Module>() {
            return if functions.is_null() { Ok(()) } else { module.add_functions(functions) };
        }
        for index in 0.. {
            let definition = functions.add(index);
            if functions.is_null() || (*definition).ml_name.is_null() {
                break;
            }
            let function =
                BuiltinFunction::from_definition(definition, Some(module), Some(module_name), None)?;
            module.set_attr(&Str::intern(name((*definition).ml_name)), &function)?;
        }
        Ok(())
    }
}

/// Room for the state of a module.
unsafe fn allocate_state(module: &Module, definition: &PyModuleDef) -> Result<()> {
    if definition.m_size > 0 && raw(module).md_state.get().is_null() {
        let block =
            memory::allocate_zeroed(definition.m_size as usize).ok_or_else(runtime::errors::no_memory)?;
        raw(module).md_state.set(block.as_ptr().cast());
    }
    Ok(())
}

/// Functions and documentation.
unsafe fn fill(module: &Object, module_name: &Object, definition: &PyModuleDef) -> Result<()> {
    // SAFETY: the definition is C's.
    unsafe {
        add_functions(module, module_name, definition.m_methods)?;
        if !definition.m_doc.is_null() {
            module.set_attr(intern!("__doc__"), &name(definition.m_doc))?;
        }
        Ok(())
    }
}

/// A single-phase module.
unsafe fn create(definition: *mut PyModuleDef) -> Result<Ref<Module>> {
    // SAFETY: the definition is C's and static.
    unsafe {
        initialize_definition(definition);
        let definition_ref = &*definition;
        if !definition_ref.m_slots.is_null() {
            return Err(raise!(
                SystemError,
                "module {}: PyModule_Create is incompatible with m_slots",
                text(definition_ref.m_name)
            ));
        }
        let full_name = match crate::extension::package_context() {
            // The import system knows the package's name, the definition only the last part.
            Some(context) if context.rsplit('.').next() == Some(&text(definition_ref.m_name)) => {
                Str::new(&context)
            }
            _ => name(definition_ref.m_name),
        };
        let module = new(&full_name)?;
        allocate_state(&module, definition_ref)?;
        fill(&module, &full_name, definition_ref)?;
        raw(&module).md_def.set(definition);
        Ok(module)
    }
}

/// A multi-phase module: made by its `Py_mod_create` slot or as a plain one; not executed yet.
pub unsafe fn from_definition(definition: *mut PyModuleDef, spec: &Object) -> Result {
    // SAFETY: the definition is C's and static.
    unsafe {
        initialize_definition(definition);
        let definition_ref = &*definition;
        let module_name = spec.get_attr(intern!("name"))?;
        if definition_ref.m_size < 0 {
            return Err(raise!(
                SystemError,
                "module {}: m_size may not be negative for multi-phase initialization",
                module_name.str_()?
            ));
        }
        let mut make = None;
        for (slot, value) in slots(definition_ref) {
            match slot {
                abi::Py_mod_create => {
                    if make.is_some() {
                        return Err(raise!(
                            SystemError,
                            "module {} has multiple create slots",
                            module_name.str_()?
                        ));
                    }
                    make = Some(value);
                }
                abi::Py_mod_exec | abi::Py_mod_multiple_interpreters | abi::Py_mod_gil => (),
                _ => {
                    return Err(raise!(
                        SystemError,
                        "module {} uses unknown slot ID {slot}",
                        module_name.str_()?
                    ));
                }
            }
        }
        let made: Ref = match make {
            None => new(&module_name)?.into_object(),
            Some(make) => {
                type Make = unsafe extern "C" fn(Raw, *mut PyModuleDef) -> Raw;
                let make: Make = std::mem::transmute::<*mut c_void, Make>(make);
                let made = make(spec.as_ptr(), definition);
                if made.is_null() && !crate::support::occurred() {
                    return Err(raise!(
                        SystemError,
                        "creation of module {} failed without setting an exception",
                        module_name.str_()?
                    ));
                }
                runtime::protocol::result_from_raw(made)?
            }
        };
        if let Some(module) = made.downcast::<Module>() {
            raw(module).md_def.set(definition);
        }
        fill(&made, &module_name, definition_ref)?;
        Ok(made)
    }
}

/// Runs the `Py_mod_exec` slots.
pub unsafe fn execute(module: &Object, definition: *mut PyModuleDef) -> Result<()> {
    // SAFETY: the definition is C's and static.
    unsafe {
        let definition = &*definition;
        if let Some(module) = module.downcast::<Module>() {
            allocate_state(module, definition)?;
        }
        for (slot, value) in slots(definition) {
            if slot != abi::Py_mod_exec {
                continue;
            }
            type Execute = unsafe extern "C" fn(Raw) -> c_int;
            let run: Execute = std::mem::transmute::<*mut c_void, Execute>(value);
            let status = run(module.as_ptr());
            let raised = crate::support::occurred();
            if status != 0 {
                if raised {
                    return Err(Raised::assume_set());
                }
                let name = module.get_attr(intern!("__name__"))?.str_()?;
                return Err(raise!(
                    SystemError,
                    "execution of module {name} failed without setting an exception"
                ));
            }
            if raised {
                return Err(Raised::assume_set());
            }
        }
        Ok(())
    }
}

/// A definition's slots.
unsafe fn slots(definition: &PyModuleDef) -> Vec<(c_int, *mut c_void)> {
    // SAFETY: the array ends with slot 0.
    unsafe {
        (0..)
            .take_while(|&index| !definition.m_slots.is_null() && (*definition.m_slots.add(index)).slot != 0)
            .map(|index| ((*definition.m_slots.add(index)).slot, (*definition.m_slots.add(index)).value))
            .collect()
    }
}

/// Makes a definition an object, with an index of its own.
unsafe fn initialize_definition(definition: *mut PyModuleDef) {
    static NEXT: std::sync::atomic::AtomicIsize = std::sync::atomic::AtomicIsize::new(1);
    // SAFETY: definitions are static.
    unsafe {
        let base = &(*definition).m_base;
        if base.m_index.get() == 0 {
            let _ = MODULE_DEFINITION_TYPE.ready();
            base.ob_base.ob_type.set(ModuleDefinition::type_object().as_type_ptr());
            base.ob_base.ob_refcnt_full().set(abi::_Py_STATIC_IMMORTAL_INITIAL_REFCNT);
            base.m_index.set(NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }
}

exported! {
    fn PyModuleDef_Init(definition: *mut PyModuleDef) -> *mut PyModuleDef {
        initialize_definition(definition);
        definition
    }

    fn PyModule_Create2(definition: *mut PyModuleDef, _api: c_int) -> Result<Ref<Module>> {
        create(definition)
    }

    fn PyModule_FromDefAndSpec2(definition: *mut PyModuleDef, spec: &Object, _api: c_int) -> Result {
        from_definition(definition, spec)
    }

    fn PyModule_ExecDef(module: &Object, definition: *mut PyModuleDef) -> Result<()> {
        execute(module, definition)
    }

    fn PyModule_NewObject(name: &Object) -> Result<Ref<Module>> {
        new(name)
    }

    fn PyModule_New(module: *const c_char) -> Result<Ref<Module>> {
        new(&name(module))
    }

    fn PyModule_GetDict(object: Option<&Object>) -> Result<Raw> {
        Ok(borrowed(module(object)?.dict().into_object()))
    }

    fn PyModule_GetNameObject(object: Option<&Object>) -> Result {
        let Some(module) = object.and_then(Object::downcast::<Module>) else {
            return Err(raise!(TypeError, "bad argument type for built-in operation"));
        };
        match module.dict().get_str(intern!("__name__"))?.filter(|name| name.downcast::<Str>().is_some()) {
            Some(name) => Ok(name),
            None => Err(raise!(SystemError, "nameless module")),
        }
    }

    fn PyModule_GetName(object: Option<&Object>) -> Result<*const c_char> {
        let name: Ref = runtime::protocol::result_from_raw(PyModule_GetNameObject(object))?;
        // The module's dict keeps the name alive.
        Ok(crate::unicodeobject::utf8(name.downcast_unchecked())?.0)
    }

    fn PyModule_GetFilenameObject(object: Option<&Object>) -> Result {
        match module(object)?.dict().get_str(intern!("__file__"))?.filter(|file| file.downcast::<Str>().is_some()) {
            Some(file) => Ok(file),
            None => Err(raise!(SystemError, "module filename missing")),
        }
    }

    fn PyModule_GetFilename(object: Option<&Object>) -> Result<*const c_char> {
        let file: Ref = runtime::protocol::result_from_raw(PyModule_GetFilenameObject(object))?;
        Ok(crate::unicodeobject::utf8(file.downcast_unchecked())?.0)
    }

    fn PyModule_GetDef(object: Option<&Object>) -> Result<*mut PyModuleDef> {
        Ok(raw(module(object)?).md_def.get())
    }

    fn PyModule_GetState(object: Option<&Object>) -> Result<*mut c_void> {
        Ok(raw(module(object)?).md_state.get())
    }

    fn PyModule_AddFunctions(object: &Object, functions: *mut PyMethodDef) -> Result<()> {
        let module_name = object.get_attr(intern!("__name__"))?;
        add_functions(object, &module_name, functions)
    }

    fn PyModule_SetDocString(object: &Object, doc: *const c_char) -> Result<()> {
        object.set_attr(intern!("__doc__"), &name(doc))
    }

    fn PyModule_AddObjectRef(object: &Object, attribute: *const c_char, value: Option<&Object>) -> Result<()> {
        let Some(module) = object.downcast::<Module>() else {
            return Err(raise!(TypeError, "PyModule_AddObjectRef() first argument must be a module"));
        };
        let Some(value) = value else {
            if !crate::support::occurred() {
                return Err(raise!(SystemError, "PyModule_AddObjectRef() must be called with an exception raised if value is NULL"));
            }
            return Err(Raised::assume_set());
        };
        module.dict().insert_str(&Str::intern(name(attribute)), value)
    }

    /// Takes the value over.
    fn PyModule_Add(object: &Object, attribute: *const c_char, value: Raw) -> c_int {
        let value = Ref::<Object>::from_owned_opt(value);
        PyModule_AddObjectRef(object, attribute, value.as_deref())
    }

    /// Takes the value over if it succeeds.
    fn PyModule_AddObject(object: &Object, attribute: *const c_char, value: Raw) -> c_int {
        let status = PyModule_AddObjectRef(object, attribute, Object::from_raw_opt(value));
        if status == 0 {
            runtime::reference::decref(value);
        }
        status
    }

    fn PyModule_AddIntConstant(object: &Object, attribute: *const c_char, value: i64) -> c_int {
        PyModule_AddObjectRef(object, attribute, Some(&*Int::new(value)))
    }

    fn PyModule_AddStringConstant(object: &Object, attribute: *const c_char, value: *const c_char) -> c_int {
        PyModule_AddObjectRef(object, attribute, Some(&*name(value)))
    }

    fn PyModule_AddType(object: &Object, class: &Type) -> Result<()> {
        class.ready()?;
        let name = class.full_name().rsplit('.').next().unwrap_or_default();
        expect::<Module>(object)?.dict().insert_str(&Str::intern(Str::new(name)), class)
    }

    fn PyState_FindModule(definition: *mut PyModuleDef) -> Raw {
        crate::extension::find_by_definition(definition).map_or(null_mut(), borrowed)
    }

    fn PyState_AddModule(module: &Object, definition: *mut PyModuleDef) -> Result<()> {
        crate::extension::remember(definition, module);
        Ok(())
    }

    fn PyState_RemoveModule(definition: *mut PyModuleDef) -> Result<()> {
        crate::extension::forget(definition);
        Ok(())
    }

    fn PyUnstable_Module_SetGIL(_module: &Object, _gil: *mut c_void) -> Result<()> {
        Ok(())
    }
}
