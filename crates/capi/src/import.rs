//! Modules and import. <https://docs.python.org/3.14/c-api/import.html>

use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

use runtime::prelude::*;

use crate::containers::borrowed;
use crate::support::{Raw, exported, name};

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

exported! {
    fn PyImport_ImportModule(module: *const c_char) -> Result {
        import(&name(module))
    }

    fn PyImport_ImportModuleNoBlock(module: *const c_char) -> Result {
        import(&name(module))
    }

    fn PyImport_Import(module: &Object) -> Result {
        import(module)
    }

    fn PyImport_ImportModuleAttr(module: &Object, attribute: &Object) -> Result {
        import(module)?.get_attr_by(attribute)
    }

    fn PyImport_ImportModuleAttrString(module: *const c_char, attribute: *const c_char) -> Result {
        import(&name(module))?.get_attr(&name(attribute))
    }

    fn PyImport_ImportModuleLevel(
        module: *const c_char, globals: Option<&Object>, locals: Option<&Object>, names: Option<&Object>, level: c_int
    ) -> Result {
        import_level(&name(module), globals, locals, names, level)
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
        Ok(borrowed(add(&name(module))?))
    }

    fn PyImport_AddModuleObject(module: &Object) -> Result<Raw> {
        Ok(borrowed(add(module)?))
    }

    fn PyImport_AddModuleRef(module: *const c_char) -> Result {
        add(&name(module))
    }

    fn PyImport_GetMagicNumber() -> i64 {
        0x0a0d_0e2b
    }

    fn PyImport_GetMagicTag() -> *const c_char {
        c"cpython-314".as_ptr()
    }
}
