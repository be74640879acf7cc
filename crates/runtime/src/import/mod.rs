//! The import system's native part: `__import__`, the bootstrap of `importlib`, frozen modules.
//! <https://docs.python.org/3.14/reference/import.html>.

pub mod frozen;
pub mod path;
mod traceback;

use std::cell::Cell;

use crate::objects::exceptions;
use crate::objects::module::{is_in_library, is_initializing, may_shadow, spec_origin};
use crate::prelude::*;

/// What an interpreter keeps for imports.
#[derive(Default)]
pub struct ImportState {
    /// `_frozen_importlib`.
    pub importlib: Link,
    /// The frozen modules' switch that tests use: 1 on, -1 off, 0 as configured.
    pub frozen_override: Cell<i32>,
    import_depth: Cell<usize>,
}

pub fn state() -> &'static ImportState {
    Interpreter::current().state()
}

/// `sys.modules`.
pub fn modules() -> Result<Ref<Dict>> {
    Interpreter::current().modules.get().ok_or_else(|| raise!(RuntimeError, "unable to get sys.modules"))
}

fn importlib() -> Result {
    state().importlib.get().ok_or_else(|| raise!(ImportError, "importlib is not there yet"))
}

/// The module of that full name, imported if need be (`importlib.import_module`, without relative names).
pub fn import_module(name: &str) -> Result {
    import_absolute(&Str::intern(Str::new(name)))
}

/// As [`import_module`].
pub fn import_absolute(name: &Str) -> Result {
    if let Some(module) = modules()?.get_str(name)?
        && !module.is_none()
    {
        ensure_initialized(&module, name)?;
        return Ok(module);
    }
    find_and_load(name)
}

/// An attribute of a module, which is imported if need be.
pub fn import_attribute(module: &str, name: &Str) -> Result {
    import_module(module)?.get_attr(name)
}

/// What `__import__` does.
pub fn import_level(
    name: &Object,
    globals: Option<&Object>,
    fromlist: Option<&Object>,
    level: i32,
) -> Result {
    let Some(name) = name.downcast::<Str>() else {
        return Err(raise!(TypeError, "module name must be a string"));
    };
    if level < 0 {
        return Err(raise!(ValueError, "level must be >= 0"));
    }
    let full = if level > 0 {
        resolve_name(name, globals, level)?
    } else {
        if name.is_empty() {
            return Err(raise!(ValueError, "Empty module name"));
        }
        Ref::from_borrowed(name)
    };
    let module = import_absolute(&full)?;
    let has_from = match fromlist {
        Some(fromlist) if !fromlist.is_none() => fromlist.is_true()?,
        _ => false,
    };
    if has_from {
        return match module.get_attr_opt(intern!("__path__"))? {
            Some(_) => {
                let import = import_function()?;
                let fromlist = fromlist.map_or_else(none, |fromlist| fromlist.to_ref());
                importlib()?.call_method(intern!("_handle_fromlist"), &[&module, &fromlist, &import])
            }
            None => Ok(module),
        };
    }
    if level > 0 && name.is_empty() {
        return Ok(module);
    }
    let Some(dot) = name.code_points().position(|code| code == u32::from('.')) else { return Ok(module) };
    if level == 0 {
        return import_absolute(&name.substring(0, dot));
    }
    let first = full.substring(0, full.len() - (name.len() - dot));
    match modules()?.get_str(&first)? {
        Some(module) => Ok(module),
        None => Err(raise!(KeyError, "{} not in sys.modules as expected", first.repr()?)),
    }
}

/// Waits for a module that another thread is importing.
fn ensure_initialized(module: &Object, name: &Str) -> Result<()> {
    let Some(spec) = module.get_attr_opt(intern!("__spec__"))? else { return Ok(()) };
    if spec.is_none() || !is_initializing(&spec)? {
        return Ok(());
    }
    importlib()?.call_method(intern!("_lock_unlock_module"), &[name]).map(drop)
}

/// The `__import__` that importlib calls for the names of a from-import.
fn import_function() -> Result {
    let builtins = Interpreter::current().builtins.get();
    let found = match builtins {
        Some(builtins) => builtins.get_str(intern!("__import__"))?,
        None => None,
    };
    found.ok_or_else(|| raise!(ImportError, "__import__ not found"))
}

fn find_and_load(name: &Str) -> Result {
    let config = crate::startup::config();
    let nothing = none();
    let get = |name: &'static Str| -> Result { Ok(crate::modules::sys::get(name)?.unwrap_or_else(none)) };
    let (path, meta_path, path_hooks) =
        (get(intern!("path"))?, get(intern!("meta_path"))?, get(intern!("path_hooks"))?);
    crate::modules::sys::audit("import", &[name, &nothing, &path, &meta_path, &path_hooks])?;
    let import = import_function()?;
    let started = config.import_time.then(|| {
        let depth = &state().import_depth;
        if depth.get() == 0 {
            static HEADER: std::sync::Once = std::sync::Once::new();
            HEADER.call_once(|| eprintln!("import time: self [us] | cumulative | imported package"));
        }
        depth.set(depth.get() + 1);
        std::time::Instant::now()
    });
    let result = importlib()?.call_method(intern!("_find_and_load"), &[name, &import]);
    if let Some(started) = started {
        let depth = &state().import_depth;
        depth.set(depth.get() - 1);
        let total = started.elapsed().as_micros();
        eprintln!("import time: {total:9} | {total:10} | {}{name}", "  ".repeat(depth.get()));
    }
    result.map_err(|raised| {
        let exception = raised.take();
        traceback::remove_importlib_frames(&exception);
        crate::errors::restore(exception)
    })
}

/// The absolute name that a relative one means in a module with these globals.
fn resolve_name(name: &Str, globals: Option<&Object>, level: i32) -> Result<Ref<Str>> {
    let Some(globals) = globals.filter(|globals| !globals.is_none()) else {
        return Err(raise!(KeyError, "'__name__' not in globals"));
    };
    let Some(globals) = globals.downcast::<Dict>() else {
        return Err(raise!(TypeError, "globals must be a dict"));
    };
    let package = globals.get_str(intern!("__package__"))?.filter(|package| !package.is_none());
    let spec = globals.get_str(intern!("__spec__"))?.filter(|spec| !spec.is_none());
    let as_text = |object: Ref, what: &str| {
        object.cast::<Str>().map_err(|_| raise!(TypeError, "{what} must be a string"))
    };
    let package = if let Some(package) = package {
        let package = as_text(package, "package")?;
        if let Some(spec) = spec {
            let parent = spec.get_attr(intern!("parent"))?;
            if !package.rich_compare_bool(&parent, CompareOp::Eq)? {
                crate::warnings::warn(&exceptions::DeprecationWarning, "__package__ != __spec__.parent", 1)?;
            }
        }
        package
    } else if let Some(spec) = spec {
        as_text(spec.get_attr(intern!("parent"))?, "__spec__.parent")?
    } else {
        crate::warnings::warn(
            &exceptions::ImportWarning,
            "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
            1,
        )?;
        let Some(own) = globals.get_str(intern!("__name__"))? else {
            return Err(raise!(KeyError, "'__name__' not in globals"));
        };
        let own = as_text(own, "__name__")?;
        if globals.get_str(intern!("__path__"))?.is_some() {
            own
        } else {
            let points: Vec<u32> = own.code_points().collect();
            match points.iter().rposition(|&code| code == u32::from('.')) {
                Some(dot) => own.substring(0, dot),
                None => return Err(no_known_parent()),
            }
        }
    };
    if package.is_empty() {
        return Err(no_known_parent());
    }
    let points: Vec<u32> = package.code_points().collect();
    let mut end = points.len();
    for _ in 1..level {
        match points[..end].iter().rposition(|&code| code == u32::from('.')) {
            Some(dot) => end = dot,
            None => return Err(raise!(ImportError, "attempted relative import beyond top-level package")),
        }
    }
    let base = package.substring(0, end);
    if name.is_empty() {
        return Ok(base);
    }
    Str::join_all([&*base, intern!("."), name].into_iter())
}

#[cold]
fn no_known_parent() -> Raised {
    raise!(ImportError, "attempted relative import with no known parent package")
}

/// ImportError with its attributes.
fn import_error(
    message: &str,
    name: Option<&Object>,
    path: Option<&Object>,
    name_from: Option<&Object>,
) -> Result<Raised> {
    let exception = exceptions::ImportError.call(&[&Str::new(message)])?;
    let set = |attribute: &'static Str, value: Option<&Object>| -> Result<()> {
        match value {
            Some(value) => exception.set_attr(attribute, value),
            None => Ok(()),
        }
    };
    set(intern!("name"), name)?;
    set(intern!("path"), path)?;
    set(intern!("name_from"), name_from)?;
    match exception.cast::<exceptions::BaseException>() {
        Ok(exception) => Ok(crate::errors::raise(exception)),
        Err(_) => Err(raise!(ImportError, "{message}")),
    }
}

/// Raises the ImportError of a `from module import name` that found nothing.
pub fn cannot_import_name(module: &Object, name: &Str) -> Result<Raised> {
    let own_name = module.get_attr_opt(intern!("__name__"))?;
    let shown = match own_name.as_deref().and_then(|own| own.downcast::<Str>()) {
        Some(own) => Ref::from_borrowed(own),
        None => Str::new("<unknown module name>"),
    };
    let shown_repr = shown.repr()?;
    let name_repr = name.repr()?;
    let spec = module.get_attr_opt(intern!("__spec__"))?.filter(|spec| !spec.is_none());
    let origin = match &spec {
        Some(spec) => spec_origin(spec)?,
        None => None,
    };
    let shadows = origin.as_ref().is_some_and(|origin| may_shadow(origin));
    let shadows_library = shadows && is_in_library(&shown)?;
    let file = match &origin {
        Some(origin) => Some(origin.clone().into_object()),
        None => module.get_attr_opt(intern!("__file__"))?.filter(|file| file.downcast::<Str>().is_some()),
    };
    let place = match &file {
        Some(file) => file.str_()?.to_string(),
        None => "unknown location".into(),
    };
    let initializing = match &spec {
        Some(spec) => is_initializing(spec)?,
        None => false,
    };
    let message = if shadows_library {
        format!(
            "cannot import name {name_repr} from {shown_repr} (consider renaming {} since it has the same name as the \
             standard library module named {shown_repr} and prevents importing that standard library module)",
            Str::new(&place).repr()?
        )
    } else if initializing && shadows {
        format!(
            "cannot import name {name_repr} from {shown_repr} (consider renaming {} if it has the same name as a \
             library you intended to import)",
            Str::new(&place).repr()?
        )
    } else if initializing {
        format!(
            "cannot import name {name_repr} from partially initialized module {shown_repr} (most likely due to a \
             circular import) ({place})"
        )
    } else {
        format!("cannot import name {name_repr} from {shown_repr} ({place})")
    };
    import_error(&message, Some(&shown), file.as_deref(), Some(name))
}

/// Makes `_frozen_importlib` and installs it: built-in and frozen modules can be imported from then on.
pub fn init() -> Result<()> {
    let bootstrap = frozen::find("_frozen_importlib")
        .ok_or_else(|| raise!(ImportError, "the library's importlib._bootstrap is missing"))?;
    let module = Module::new("_frozen_importlib");
    let dict = module.dict();
    // `_install` wants to know what the frozen module was made of.
    dict.insert_str(intern!("__origname__"), &crate::objects::str::Str::new(bootstrap.origin()))?;
    let code = frozen::code(&bootstrap)?;
    crate::eval::names::ensure_builtins(&dict)?;
    modules()?.insert_str(intern!("_frozen_importlib"), &module)?;
    crate::eval::evaluate(&code, &dict, None)?;
    state().importlib.set(Some(module.clone().into_object()));
    let imp = crate::modules::_imp::MODULE.create()?;
    modules()?.insert_str(intern!("_imp"), &imp)?;
    let sys = modules()?.get_str(intern!("sys"))?.unwrap_or_else(none);
    module.call_method(intern!("_install"), &[&sys, &imp]).map(drop)
}

/// Installs the importers of files.
pub fn init_external() -> Result<()> {
    importlib()?.call_method(intern!("_install_external_importers"), &[])?;
    // Archives are asked before folders.
    let importer = import_attribute("zipimport", intern!("zipimporter"))?;
    let hooks = crate::modules::sys::get(intern!("path_hooks"))?;
    if let Some(hooks) = hooks.as_ref().and_then(|hooks| hooks.downcast::<List>()) {
        hooks.insert_at(0, importer)?;
    }
    Ok(())
}

/// What finds modules in a place of the path, if a hook knows it (C: `PyImport_GetImporter`).
pub fn importer_of(place: &Object) -> Result<Option<Ref>> {
    let cache = crate::modules::sys::get(intern!("path_importer_cache"))?.unwrap_or_else(none);
    let hooks = crate::modules::sys::get(intern!("path_hooks"))?;
    if let Some(cache) = cache.downcast::<Dict>()
        && let Some(known) = cache.get(place)?
    {
        return Ok((!known.is_none()).then_some(known));
    }
    let mut found = None;
    for hook in hooks.map_or_else(|| Ok(Vec::new()), |hooks| hooks.collect())? {
        match hook.call(&[place]) {
            Ok(importer) => {
                found = Some(importer);
                break;
            }
            Err(raised) if raised.matches(&crate::objects::exceptions::ImportError) => raised.clear(),
            Err(raised) => return Err(raised),
        }
    }
    if let Some(cache) = cache.downcast::<Dict>() {
        cache.insert(place, found.as_deref().unwrap_or(&none()))?;
    }
    Ok(found)
}
