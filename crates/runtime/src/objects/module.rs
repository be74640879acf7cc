//! `module`: a namespace with a name, and what is said about attributes that it lacks.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};

use crate::errors::{Raised, Result};
use crate::gc::{Traverse, Visitor};
use crate::memory;
use crate::native::class::{free, prepare_dealloc};
use crate::object::RawObject;
use crate::objects::exceptions;
use crate::objects::object::generic_get_attr_opt;
use crate::prelude::*;

/// Create a module object.
///
/// The name must be a string; the optional doc argument can have any type.
#[class(name = "module", flags(GC, BASETYPE), symbol = "PyModule_Type")]
#[repr(C)]
pub struct Module {
    head: Object,
    #[dict]
    #[member(readonly, name = "__dict__")]
    dict: Link<Dict>,
    #[gc(skip)]
    definition: Cell<*const abi::PyModuleDef>,
    #[gc(skip)]
    state: Cell<*mut c_void>,
    #[weaklist]
    weakrefs: WeakList,
    name: Link<Str>,
}

const _: () = assert!(size_of::<Module>() == size_of::<abi::PyModuleObject>());
const _: () = assert!(
    std::mem::offset_of!(Module, definition) == std::mem::offset_of!(abi::PyModuleObject, md_def)
        && std::mem::offset_of!(Module, state) == std::mem::offset_of!(abi::PyModuleObject, md_state)
);

/// Where the running program was found: what shadows a module of the library is looked for there.
#[derive(Default)]
pub struct ProgramDirectory {
    /// The first entry of `sys.path`, unless the interpreter was told to leave it out.
    pub path: RefCell<Option<String>>,
}

impl Module {
    /// A module with the attributes that every module has.
    pub fn new(name: &str) -> Ref<Module> {
        Module::with_name(&Str::new(name)).expect("a new dictionary takes strings")
    }

    /// As [`Module::new`].
    pub fn with_name(name: &Str) -> Result<Ref<Module>> {
        let module = Ref::new(Module::empty());
        module.initialize(name, None)?;
        Ok(module)
    }

    fn empty() -> Module {
        Module {
            head: Object::HEAD,
            dict: Link::new(Dict::new()),
            definition: Cell::new(std::ptr::null()),
            state: Cell::new(std::ptr::null_mut()),
            weakrefs: WeakList::new(),
            name: Link::null(),
        }
    }

    fn initialize(&self, name: &Str, doc: Option<&Object>) -> Result<()> {
        let dict = self.dict();
        let none = none();
        dict.insert_str(intern!("__name__"), name)?;
        dict.insert_str(intern!("__doc__"), doc.unwrap_or(&none))?;
        dict.insert_str(intern!("__package__"), &none)?;
        dict.insert_str(intern!("__loader__"), &none)?;
        dict.insert_str(intern!("__spec__"), &none)?;
        if name.is::<Str>() {
            self.name.set(Some(Ref::from_borrowed(name)));
        }
        Ok(())
    }

    /// The namespace.
    pub fn dict(&self) -> Ref<Dict> {
        self.dict.get().unwrap_or_else(|| {
            let dict = Dict::new();
            self.dict.set(Some(dict.clone()));
            dict
        })
    }

    /// The namespace, lent.
    #[inline(always)]
    pub fn dict_borrowed(&self) -> Option<&Dict> {
        // SAFETY: the caller runs no code while it has the borrow.
        unsafe { self.dict.borrow() }
    }

    /// The name that the module was made with.
    pub fn initial_name(&self) -> Option<Ref<Str>> {
        self.name.get()
    }

    /// `__name__` (C: `PyModule_GetNameObject`).
    pub fn name(&self) -> Result<Ref<Str>> {
        match self.dict().get_str(intern!("__name__"))?.map(Ref::cast::<Str>) {
            Some(Ok(name)) => Ok(name),
            _ => Err(raise!(SystemError, "nameless module")),
        }
    }

    /// `__file__` (C: `PyModule_GetFilenameObject`).
    pub fn filename(&self) -> Result<Ref<Str>> {
        match self.dict().get_str(intern!("__file__"))?.map(Ref::cast::<Str>) {
            Some(Ok(name)) => Ok(name),
            _ => Err(raise!(SystemError, "module filename missing")),
        }
    }

    /// The definition of a module that C code made.
    pub fn definition(&self) -> *const abi::PyModuleDef {
        self.definition.get()
    }

    /// # Safety
    /// `definition` is null or outlives the module.
    pub unsafe fn set_definition(&self, definition: *const abi::PyModuleDef) {
        self.definition.set(definition);
    }

    /// The memory that a C module asked for.
    pub fn state(&self) -> *mut c_void {
        self.state.get()
    }

    /// Gives the module `size` bytes of zeros as its state.
    pub fn allocate_state(&self, size: usize) -> Result<()> {
        let Some(state) = memory::allocate_zeroed(size) else { return Err(crate::errors::no_memory()) };
        self.state.set(state.as_ptr() as *mut c_void);
        Ok(())
    }

    /// Adds functions to the namespace (C: `PyModule_AddFunctions`).
    ///
    /// # Safety
    /// `functions` is null or a table that ends with a null name and lives as long as the process.
    pub unsafe fn add_functions(&self, functions: *const abi::PyMethodDef) -> Result<()> {
        let name = self.name()?;
        let dict = self.dict();
        let mut definition = functions;
        // SAFETY: by contract.
        unsafe {
            while !definition.is_null() && !(*definition).ml_name.is_null() {
                if (*definition).ml_flags & (abi::METH_CLASS | abi::METH_STATIC) != 0 {
                    return Err(raise!(ValueError, "module functions cannot set METH_CLASS or METH_STATIC"));
                }
                let function = super::builtin_function::BuiltinFunction::from_definition(
                    definition,
                    Some(self),
                    Some(&name),
                    None,
                )?;
                let key = Str::intern(Str::from_string(super::builtin_function::name_of(&*definition)));
                dict.insert_str(&key, &function)?;
                definition = definition.add(1);
            }
        }
        Ok(())
    }

    /// What C's hooks of the definition may see: a module whose state is there if it asked for any.
    fn c_definition(&self) -> Option<&abi::PyModuleDef> {
        // SAFETY: by the contract of `set_definition`.
        let definition = unsafe { self.definition.get().as_ref() }?;
        (definition.m_size <= 0 || !self.state.get().is_null()).then_some(definition)
    }

    /// `module.name` without an error of its own where there is no such attribute.
    pub fn get_attr_quiet(&self, name: &Str) -> Result<Option<Ref>> {
        if let Some(value) = generic_get_attr_opt(self, name)? {
            return Ok(Some(value));
        }
        let Some(hook) = self.dict().get_str(intern!("__getattr__"))? else { return Ok(None) };
        match hook.call(&[name]) {
            Ok(value) => Ok(Some(value)),
            Err(raised) if raised.matches(&exceptions::AttributeError) => {
                raised.clear();
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }
}

#[methods]
impl Module {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new_empty(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        Ok(Ref::new_in(class, Module::empty()))
    }

    #[init(signature = "(name, doc=None)")]
    fn init(&self, name: &Str, doc: Option<&Object>) -> Result<()> {
        self.initialize(name, doc)
    }

    /// __dir__() -> list
    /// specialized dir() implementation
    #[method(name = "__dir__", signature = "($self, /)")]
    fn dir(&self) -> Result {
        let dict = self.get_attr(intern!("__dict__"))?;
        let Some(dict) = dict.downcast::<Dict>() else {
            return Err(raise!(TypeError, "<module>.__dict__ is not a dictionary"));
        };
        if let Some(function) = dict.get_str(intern!("__dir__"))? {
            return function.call(&[]);
        }
        let mut names = Vec::with_capacity(dict.len());
        let mut position = 0;
        while let Some((name, _)) = dict.next_entry(&mut position) {
            names.push(name);
        }
        Ok(List::from_vec(names).into_object())
    }

    #[getter(name = "__annotations__")]
    fn annotations(&self) -> Result {
        let dict = self.namespace()?;
        if let Some(annotations) = dict.get_str(intern!("__annotations__"))? {
            return Ok(annotations);
        }
        let annotate = dict.get_str(intern!("__annotate__"))?;
        let mut initializing = false;
        if let Some(spec) = dict.get_str(intern!("__spec__"))? {
            initializing = is_initializing(&spec)?;
        }
        let annotations = match annotate.filter(|annotate| annotate.is_callable()) {
            Some(annotate) => {
                let annotations = annotate.call(&[&Int::new(1)])?;
                if annotations.downcast::<Dict>().is_none() {
                    let given = annotations.ty().full_name();
                    return Err(raise!(TypeError, "__annotate__ returned non-dict of type '{given}'"));
                }
                annotations
            }
            None => Dict::new().into_object(),
        };
        if !initializing {
            dict.insert_str(intern!("__annotations__"), &annotations)?;
        }
        Ok(annotations)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(&self, value: Option<&Object>) -> Result<()> {
        let dict = self.namespace()?;
        match value {
            Some(value) => dict.insert_str(intern!("__annotations__"), value)?,
            None => {
                if dict.remove(intern!("__annotations__"))?.is_none() {
                    return Err(raise!(AttributeError, "__annotations__"));
                }
            }
        }
        dict.remove(intern!("__annotate__"))?;
        Ok(())
    }

    #[getter(name = "__annotate__")]
    fn annotate(&self) -> Result {
        let dict = self.namespace()?;
        if let Some(annotate) = dict.get_str(intern!("__annotate__"))? {
            return Ok(annotate);
        }
        dict.insert_str(intern!("__annotate__"), &none())?;
        Ok(none())
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(TypeError, "cannot delete __annotate__ attribute"));
        };
        if !value.is_none() && !value.is_callable() {
            return Err(raise!(TypeError, "__annotate__ must be callable or None"));
        }
        let dict = self.namespace()?;
        dict.insert_str(intern!("__annotate__"), value)?;
        if !value.is_none() {
            dict.remove(intern!("__annotations__"))?;
        }
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> Result {
        let importer = Interpreter::current().modules.get();
        let importer = match importer {
            Some(modules) => modules.get_str(intern!("_frozen_importlib"))?,
            None => None,
        };
        match importer {
            Some(importer) => importer.call_method(intern!("_module_repr"), &[self]),
            None => match self.name() {
                Ok(name) => Ok(Str::from_string(format!("<module {}>", name.repr()?)).into_object()),
                Err(raised) => {
                    raised.clear();
                    Ok(Str::new("<module ?>").into_object())
                }
            },
        }
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        if let Some(value) = generic_get_attr_opt(self, name)? {
            return Ok(value);
        }
        match self.dict().get_str(intern!("__getattr__"))? {
            Some(hook) => hook.call(&[name]),
            None => Err(self.missing(name)),
        }
    }

    #[slot]
    fn tp_traverse(&self, visitor: &Visitor) -> i32 {
        if let Some(definition) = self.c_definition()
            && let Some(traverse) = definition.m_traverse
        {
            // SAFETY: the hook gets its module and the visitor's parts.
            let stop: c_int = unsafe { traverse(self.as_ptr(), visitor.visit, visitor.argument) };
            if stop != 0 {
                return stop;
            }
        }
        self.dict.traverse(visitor)
    }

    #[slot]
    fn tp_clear(&self) {
        if let Some(definition) = self.c_definition()
            && let Some(clear) = definition.m_clear
        {
            // SAFETY: the hook gets its module.
            unsafe { clear(self.as_ptr()) };
        }
        self.dict.set(None);
    }

    #[slot]
    unsafe fn tp_dealloc(slf: *mut Object) {
        // SAFETY: the slot is called once, on a module whose last reference is gone.
        unsafe {
            if !prepare_dealloc::<Module>(slf as *mut RawObject, true, true) {
                return;
            }
            let module = &*(slf as *const Module);
            if let Some(definition) = module.c_definition()
                && let Some(free) = definition.m_free
            {
                free(slf as *mut c_void);
            }
            let state = module.state.get();
            std::ptr::drop_in_place(slf as *mut Module);
            memory::free(state as *mut u8);
            free(slf as *mut RawObject);
        }
    }
}

impl Module {
    /// The namespace as the attribute `__dict__` gives it.
    fn namespace(&self) -> Result<Ref<Dict>> {
        self.get_attr(intern!("__dict__"))?
            .cast::<Dict>()
            .map_err(|_| raise!(TypeError, "<module>.__dict__ is not a dictionary"))
    }

    /// The AttributeError for a name that the module lacks, with what probably went wrong.
    #[cold]
    fn missing(&self, name: &Str) -> Raised {
        match self.missing_message(name) {
            Ok(message) => crate::errors::raise_message(&exceptions::AttributeError, &message),
            Err(raised) => raised,
        }
    }

    fn missing_message(&self, name: &Str) -> Result<String> {
        let dict = self.dict();
        let own_name = match dict.get_str(intern!("__name__"))?.map(Ref::cast::<Str>) {
            Some(Ok(own_name)) => own_name,
            _ => return Ok(format!("module has no attribute '{name}'")),
        };
        let plain = format!("module '{own_name}' has no attribute '{name}'");
        let Some(spec) = dict.get_str(intern!("__spec__"))? else { return Ok(plain) };
        let origin = spec_origin(&spec)?;
        let shadows = origin.as_ref().is_some_and(|origin| may_shadow(origin));
        if shadows
            && let Some(origin) = &origin
            && is_in_library(&own_name)?
        {
            return Ok(format!(
                "{plain} (consider renaming '{origin}' since it has the same name as the standard library module named \
                 '{own_name}' and prevents importing that standard library module)"
            ));
        }
        if is_initializing(&spec)? {
            return Ok(match origin {
                Some(origin) if shadows => format!(
                    "{plain} (consider renaming '{origin}' if it has the same name as a library you intended to import)"
                ),
                Some(origin) => format!(
                    "partially initialized module '{own_name}' from '{origin}' has no attribute '{name}' \
                     (most likely due to a circular import)"
                ),
                None => format!(
                    "partially initialized module '{own_name}' has no attribute '{name}' \
                     (most likely due to a circular import)"
                ),
            });
        }
        if is_uninitialized_submodule(&spec, name)? {
            return Ok(format!(
                "cannot access submodule '{name}' of module '{own_name}' (most likely due to a circular import)"
            ));
        }
        Ok(plain)
    }
}

/// Is the module of this spec being imported right now?
pub fn is_initializing(spec: &Object) -> Result<bool> {
    match spec.get_attr_opt(intern!("_initializing"))? {
        Some(answer) => answer.is_true(),
        None => Ok(false),
    }
}

/// Is `name` a submodule whose import has begun but not ended?
pub fn is_uninitialized_submodule(spec: &Object, name: &Str) -> Result<bool> {
    match spec.get_attr_opt(intern!("_uninitialized_submodules"))? {
        Some(names) => names.contains(name),
        None => Ok(false),
    }
}

/// The file that a module comes from, by its spec.
pub fn spec_origin(spec: &Object) -> Result<Option<Ref<Str>>> {
    let located = match spec.get_attr_opt(intern!("has_location"))? {
        Some(answer) => answer.is_true()?,
        None => false,
    };
    if !located {
        return Ok(None);
    }
    Ok(spec.get_attr_opt(intern!("origin"))?.and_then(|origin| origin.cast::<Str>().ok()))
}

/// Does the file lie beside the running program, where it comes before modules of the same name?
pub fn may_shadow(origin: &Str) -> bool {
    let directory = Interpreter::current().state::<ProgramDirectory>();
    let Some(directory) = directory.path.borrow().clone() else { return false };
    let Some(origin) = origin.as_utf8() else { return false };
    let path = std::path::Path::new(origin);
    let mut root = path.parent();
    if path.file_name().is_some_and(|name| name == "__init__.py") {
        root = root.and_then(|root| root.parent());
    }
    let Some(root) = root else { return false };
    if directory.is_empty() {
        return std::env::current_dir().is_ok_and(|current| current == root);
    }
    std::path::Path::new(&directory) == root
}

/// Is it the name of a module of the standard library?
pub fn is_in_library(name: &Str) -> Result<bool> {
    let Some(sys) = Interpreter::current().sys.get() else { return Ok(false) };
    match sys.get_str(intern!("stdlib_module_names"))? {
        Some(names) => names.contains(name),
        None => Ok(false),
    }
}
