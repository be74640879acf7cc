//! Modules and import. <https://docs.python.org/3.14/c-api/import.html>

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use runtime::prelude::*;

use crate::containers::borrowed;
use crate::support::{Raw, exported, name, try_name};

/// Imports a module: the one that the whole dotted name names.
pub fn module(name: &str) -> Result {
    import(&Str::new(name))
}

fn import(name: &Object) -> Result {
    let modules = modules()?;
    if let Some(module) = modules.get(name)?.filter(|module| !module.is_none()) {
        return Ok(module);
    }
    let empty = List::from_vec(vec![Str::new("*").into_object()]);
    import_level(name, None, None, Some(&empty), 0)?;
    match modules.get(name)? {
        Some(module) => Ok(module),
        None => Err(crate::pyerrors::set(&runtime::objects::exceptions::KeyError, Some(name))),
    }
}

/// `__import__` as it is in `builtins`.
fn import_level(
    name: &Object,
    globals: Option<&Object>,
    locals: Option<&Object>,
    names: Option<&Object>,
    level: c_int,
) -> Result {
    let none = none();
    crate::types::builtin("__import__")?.call(&[
        name,
        globals.unwrap_or(&none),
        locals.unwrap_or(&none),
        names.unwrap_or(&Tuple::empty()),
        &*Int::new(level as i64),
    ])
}

/// `sys.modules`.
fn modules() -> Result<Ref<Dict>> {
    Interpreter::current().modules.get().ok_or_else(|| raise!(RuntimeError, "unable to get sys.modules"))
}

/// `os.fspath`.
pub fn fspath(object: &Object) -> Result {
    if object.downcast::<Str>().is_some() || object.downcast::<Bytes>().is_some() {
        return Ok(object.to_ref());
    }
    let class = object.ty().full_name();
    let Some(path) = object.call_special(intern!("__fspath__"), &[])? else {
        return Err(raise!(TypeError, "expected str, bytes or os.PathLike object, not {class}"));
    };
    if path.downcast::<Str>().is_none() && path.downcast::<Bytes>().is_none() {
        return Err(raise!(
            TypeError,
            "expected {class}.__fspath__() to return str or bytes, not {}",
            path.ty().full_name()
        ));
    }
    Ok(path)
}

/// The module of that name in `sys.modules`, made if need be.
fn add(name: &Object) -> Result {
    let modules = modules()?;
    if let Some(module) = modules.get(name)?.filter(|module| module.downcast::<Module>().is_some()) {
        return Ok(module);
    }
    let module = Module::type_object().call(&[name])?;
    modules.insert(name, &module)?;
    Ok(module)
}

/// Imports a module that is frozen into the executable; false if there is none of that name.
fn import_frozen(name: &Object) -> Result<bool> {
    Ok(!crate::types::named("_imp", "init_frozen")?.call(&[name])?.is_none())
}

/// Runs code as the module of that name.
fn execute(name: &Object, code: &Object, path: Option<&Object>, cached: Option<&Object>) -> Result {
    let module = add(name)?;
    let run = || -> Result {
        let dict = module.get_attr(intern!("__dict__"))?;
        if !dict.contains(intern!("__builtins__"))? {
            dict.set_item(intern!("__builtins__"), &*crate::import::module("builtins")?)?;
        }
        let own = code.get_attr(intern!("co_filename"))?;
        let fix = crate::types::named("importlib._bootstrap_external", "_fix_up_module")?;
        let path = path.unwrap_or(&own);
        match cached {
            Some(cached) => fix.call(&[&*dict, name, path, cached])?,
            None => fix.call(&[&*dict, name, path])?,
        };
        crate::types::builtin("exec")?.call(&[code, &*dict])?;
        let found = modules()?.get(name)?;
        found.ok_or_else(|| match name.repr() {
            Ok(name) => raise!(ImportError, "Loaded module {name} not found in sys.modules"),
            Err(raised) => raised,
        })
    };
    let result = run();
    if result.is_err() {
        let before = Thread::current().take_exception();
        modules()?.remove(name).map_err(Raised::clear).ok();
        Thread::current().set_exception(before);
    }
    result
}

/// A C string as text, unless it is null.
unsafe fn optional(text: *const c_char) -> Option<Ref<Str>> {
    // SAFETY: a C string.
    (!text.is_null()).then(|| unsafe { name(text) })
}

exported! {
    fn PyImport_ImportModule(module: *const c_char) -> Result {
        import(&*try_name(module)?)
    }

    fn PyImport_ImportModuleNoBlock(module: *const c_char) -> Result {
        import(&*try_name(module)?)
    }

    fn PyImport_Import(module: Option<&Object>) -> Result {
        import(crate::support::not_null(module)?)
    }

    fn PyImport_ImportModuleAttr(module: Option<&Object>, attribute: Option<&Object>) -> Result {
        let attribute = crate::support::not_null(attribute);
        import(crate::support::not_null(module)?)?.get_attr_by(attribute?)
    }

    fn PyImport_ImportModuleAttrString(module: *const c_char, attribute: *const c_char) -> Result {
        import(&*try_name(module)?)?.get_attr(&*try_name(attribute)?)
    }

    fn PyImport_ImportModuleLevel(
        module: *const c_char, globals: Option<&Object>, locals: Option<&Object>, names: Option<&Object>, level: c_int
    ) -> Result {
        import_level(&*try_name(module)?, globals, locals, names, level)
    }

    fn PyImport_ImportModuleLevelObject(
        module: &Object, globals: Option<&Object>, locals: Option<&Object>, names: Option<&Object>, level: c_int
    ) -> Result {
        import_level(module, globals, locals, names, level)
    }

    fn PyImport_ReloadModule(module: &Object) -> Result {
        crate::types::named("importlib", "reload")?.call(&[module])
    }

    fn PyImport_GetModuleDict() -> Raw {
        modules().map_or(null_mut(), |modules| borrowed(modules.into_object()))
    }

    fn PyImport_GetModule(module: &Object) -> Result<Option<Ref>> {
        modules()?.get(module)
    }

    fn PyImport_AddModule(module: *const c_char) -> Result<Raw> {
        Ok(borrowed(add(&*try_name(module)?)?))
    }

    fn PyImport_AddModuleObject(module: &Object) -> Result<Raw> {
        Ok(borrowed(add(module)?))
    }

    fn PyImport_AddModuleRef(module: *const c_char) -> Result {
        add(&*try_name(module)?)
    }

    fn PyImport_ExecCodeModule(module: *const c_char, code: &Object) -> Result {
        execute(&*try_name(module)?, code, None, None)
    }

    fn PyImport_ExecCodeModuleEx(module: *const c_char, code: &Object, path: *const c_char) -> Result {
        execute(&*try_name(module)?, code, optional(path).as_deref().map(|path| &**path), None)
    }

    fn PyImport_ExecCodeModuleWithPathnames(
        module: *const c_char, code: &Object, path: *const c_char, cached: *const c_char
    ) -> Result {
        let (mut path, cached) = (optional(path), optional(cached));
        if path.is_none() && let Some(cached) = &cached {
            let source = crate::types::named("importlib._bootstrap_external", "_get_sourcefile")?.call(&[&**cached])?;
            path = source.cast::<Str>().ok();
        }
        execute(&*try_name(module)?, code, path.as_deref().map(|path| &**path), cached.as_deref().map(|path| &**path))
    }

    fn PyImport_ExecCodeModuleObject(
        module: &Object, code: &Object, path: Option<&Object>, cached: Option<&Object>
    ) -> Result {
        execute(module, code, path, cached)
    }

    fn PyImport_ImportFrozenModule(module: *const c_char) -> Result<bool> {
        import_frozen(&*try_name(module)?)
    }

    fn PyImport_ImportFrozenModuleObject(module: &Object) -> Result<bool> {
        import_frozen(module)
    }

    fn PyImport_GetMagicNumber() -> i64 {
        0x0a0d_0e2b
    }

    fn PyImport_GetMagicTag() -> *const c_char {
        c"cpython-314".as_ptr()
    }
}
