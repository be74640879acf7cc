//! Names: locals of module and class bodies, globals, built-ins.

use crate::errors::{Raised, Result};
use crate::eval::frame::Frame;
use crate::interpreter_state::Interpreter;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::r#type::StaticType;
use crate::protocol::item::get_item_opt;
use crate::reference::Ref;
use crate::{intern, raise};

/// Raises NameError (or UnboundLocalError) with its `name` attribute set.
#[cold]
pub fn raise_name_error(class: &StaticType, message: &str, name: &Str) -> Raised {
    let raised = crate::errors::raise_message(class, message);
    let exception = raised.take();
    if let Err(failed) = exception.set_attr(intern!("name"), name) {
        failed.clear();
    }
    crate::errors::restore(exception)
}

#[cold]
pub fn not_defined(name: &Str) -> Raised {
    raise_name_error(&crate::objects::exceptions::NameError, &format!("name '{name}' is not defined"), name)
}

/// Gives globals their `__builtins__` if they have none.
pub fn ensure_builtins(globals: &Dict) -> Result<()> {
    let name = intern!("__builtins__");
    if globals.get_str(name)?.is_none()
        && let Some(builtins) = Interpreter::current().builtins.get()
    {
        globals.insert_str(name, &builtins)?;
    }
    Ok(())
}

/// The built-ins that code with these globals uses: the namespace of its `__builtins__`.
pub fn builtins_of(globals: &Dict) -> Result<Ref> {
    if let Some(builtins) = globals.get_str(intern!("__builtins__"))? {
        return Ok(match builtins.downcast::<crate::objects::module::Module>() {
            Some(module) => module.dict().into_object(),
            None => builtins,
        });
    }
    Interpreter::current()
        .builtins
        .get()
        .map(Ref::into_object)
        .ok_or_else(|| raise!(SystemError, "the builtins module is not there yet"))
}

/// A name in the interpreter's own `builtins`.
pub fn builtin(interpreter: &Interpreter, name: &Str) -> Result {
    match interpreter.builtins.get() {
        Some(builtins) => builtins.get_str(name)?.ok_or_else(|| not_defined(name)),
        None => Err(not_defined(name)),
    }
}

/// Globals, then built-ins. Globals of a subclass of dict are asked as it wishes: `annotationlib` has a `__missing__` there.
#[inline]
pub fn load_global(frame: &Frame, name: &Str) -> Result {
    let globals = frame.globals();
    let found = match globals.downcast_exact::<Dict>() {
        Some(globals) => globals.get_str(name)?,
        None => get_item_opt(globals, name)?,
    };
    match found {
        Some(value) => Ok(value),
        None => load_builtin(frame, name),
    }
}

fn load_builtin(frame: &Frame, name: &Str) -> Result {
    let builtins = frame.builtins();
    let found = match builtins.downcast_exact::<Dict>() {
        Some(builtins) => builtins.get_str(name)?,
        None => get_item_opt(builtins, name)?,
    };
    found.ok_or_else(|| not_defined(name))
}

/// Locals, then globals, then built-ins.
pub fn load_name(frame: &Frame, name: &Str) -> Result {
    let Some(locals) = frame.locals.get() else {
        return Err(raise!(SystemError, "no locals when loading '{name}'"));
    };
    if let Some(value) = get_item_opt(&locals, name)? {
        return Ok(value);
    }
    match frame.globals().get_str(name)? {
        Some(value) => Ok(value),
        None => load_builtin(frame, name),
    }
}

pub fn store_name(frame: &Frame, name: &Str, value: &Object) -> Result<()> {
    let Some(locals) = frame.locals.get() else {
        return Err(raise!(SystemError, "no locals found when storing '{name}'"));
    };
    match locals.downcast_exact::<Dict>() {
        Some(locals) => locals.insert_str(name, value),
        None => locals.set_item(name, value),
    }
}

pub fn delete_name(frame: &Frame, name: &Str) -> Result<()> {
    let Some(locals) = frame.locals.get() else {
        return Err(raise!(SystemError, "no locals when deleting '{name}'"));
    };
    match locals.del_item(name) {
        Err(raised) if raised.matches(&crate::objects::exceptions::KeyError) => {
            raised.clear();
            Err(not_defined(name))
        }
        done => done,
    }
}
