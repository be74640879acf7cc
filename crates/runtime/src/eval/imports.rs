//! The import statement: <https://docs.python.org/3.14/reference/import.html>.

use crate::errors::{Raised, Result};
use crate::eval::frame::Frame;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::singletons::none;
use crate::objects::str::Str;
use crate::protocol::item::get_item_opt;
use crate::reference::Ref;
use crate::{intern, raise};

/// `import name`, through `__import__` of the frame's built-ins.
pub fn import_name(frame: &Frame, name: &Str, from_list: &Object, level: &Object) -> Result {
    let import = get_item_opt(frame.builtins(), intern!("__import__"))?;
    let Some(import) = import else { return Err(raise!(ImportError, "__import__ not found")) };
    let locals = frame.locals.get().unwrap_or_else(none);
    import.call(&[name, frame.globals(), &locals, from_list, level])
}

/// `from module import name`: an attribute, else a submodule that is already imported.
pub fn import_from(module: &Object, name: &Str) -> Result {
    if let Some(value) = module.get_attr_opt(name)? {
        return Ok(value);
    }
    if let Some(package) = module.get_attr_opt(intern!("__name__"))?
        && let Some(package) = package.downcast::<Str>()
        && let Some(modules) = crate::interpreter_state::Interpreter::current().modules.get()
    {
        let full = Str::from_string(format!("{package}.{name}"));
        if let Some(module) = modules.get_str(&full)? {
            return Ok(module);
        }
    }
    Err(cannot_import(module, name))
}

#[cold]
fn cannot_import(module: &Object, name: &Str) -> Raised {
    match crate::import::cannot_import_name(module, name) {
        Ok(raised) | Err(raised) => raised,
    }
}

/// `from module import *` into a namespace.
pub fn import_star(module: &Object, locals: &Object) -> Result<()> {
    let (names, skip_private) = match module.get_attr_opt(intern!("__all__"))? {
        Some(all) => (all, false),
        None => match module.get_attr_opt(intern!("__dict__"))? {
            Some(dict) => (dict.call_method(intern!("keys"), &[])?, true),
            None => return Err(raise!(ImportError, "from-import-* object has no __dict__ and no __all__")),
        },
    };
    for name in names.collect()? {
        let Some(text) = name.downcast::<Str>() else {
            return Err(bad_star_name(module, &name, skip_private));
        };
        if skip_private && !text.is_empty() && text.char_at(0) == u32::from(b'_') {
            continue;
        }
        let value: Ref = module.get_attr(text)?;
        match locals.downcast_exact::<Dict>() {
            Some(locals) => locals.insert(text, &value)?,
            None => locals.set_item(text, &value)?,
        }
    }
    Ok(())
}

#[cold]
fn bad_star_name(module: &Object, name: &Object, skip_private: bool) -> Raised {
    let module_name = match module.get_attr(intern!("__name__")) {
        Ok(name) => name,
        Err(raised) => return raised,
    };
    let Some(module_name) = module_name.downcast::<Str>() else {
        return raise!(TypeError, "module __name__ must be a string, not {}", module_name.ty().full_name());
    };
    let (what, where_) = if skip_private { ("Key", "__dict__") } else { ("Item", "__all__") };
    raise!(TypeError, "{what} in {module_name}.{where_} must be str, not {}", name.ty().full_name())
}
