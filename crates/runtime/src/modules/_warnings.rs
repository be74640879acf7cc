//! `_warnings`: what `warnings` is built on.

use crate::prelude::*;
use crate::warnings::{self, State, Warning};

module! {
    name: "_warnings",
    doc: "What every start needs of the warnings module.",
    functions: [warn, warn_explicit, filters_mutated_lock_held, acquire_lock, release_lock],
    exec: exec,
}

fn exec(module: &Module) -> Result<()> {
    let state = State::current();
    let dict = module.dict();
    dict.insert_str(intern!("filters"), &state.filters)?;
    dict.insert_str(intern!("_onceregistry"), &state.once_registry)?;
    dict.insert_str(intern!("_defaultaction"), &state.default_action)?;
    let variable = match context_variable() {
        Ok(variable) => {
            state.context.set(Some(variable.clone()));
            variable
        }
        Err(raised) => {
            raised.clear();
            none()
        }
    };
    dict.insert_str(intern!("_warnings_context"), &variable)
}

/// The context variable that holds the filters of a context (`-X context_aware_warnings`).
fn context_variable() -> Result {
    if let Some(variable) = State::current().context.get() {
        return Ok(variable);
    }
    let module = crate::objects::r#type::bridge::import(intern!("_contextvars"))?;
    module.get_attr(intern!("ContextVar"))?.call(&[intern!("_warnings_context")])
}

/// Holds the warnings lock.
struct Locked(&'static State);

impl Locked {
    fn new() -> Locked {
        let state = State::current();
        state.acquire();
        Locked(state)
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let pending = Thread::current().take_exception();
        if let Err(raised) = self.0.release() {
            raised.clear();
        }
        Thread::current().set_exception(pending);
    }
}

/// Warn, or raise, or do nothing, as the filters say.
///
///   message
///     What to say: a text or a Warning.
///   category
///     A class of warnings; UserWarning if none is given.
///   stacklevel
///     Whose line is shown: 1 is the caller's, 2 that of the caller's caller.
///   source
///     The object that the warning is about, such as a file left open.
///   skip_file_prefixes
///     Frames of files whose names begin so are not counted.
#[function(
    signature = "($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())"
)]
fn warn(
    _module: &Module,
    message: &Object,
    category: Option<&Object>,
    stacklevel: isize,
    source: Option<&Object>,
    skip_file_prefixes: Option<&Tuple>,
) -> Result<()> {
    let category = warnings::category_of(message, category)?;
    let mut level = stacklevel;
    let prefixes = skip_file_prefixes.filter(|prefixes| !prefixes.is_empty());
    if let Some(prefixes) = prefixes {
        if let Some(other) = prefixes.as_slice().iter().find(|prefix| prefix.downcast::<Str>().is_none()) {
            return Err(raise!(
                TypeError,
                "Found non-str '{}' in skip_file_prefixes.",
                other.ty().full_name()
            ));
        }
        level = level.max(2);
    }
    let source = source.filter(|source| !source.is_none());
    let _locked = Locked::new();
    warnings::warn_object(&category, message, level, source, prefixes)
}

/// Issue a warning, or maybe ignore it or raise an exception.
#[function(
    signature = "($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)"
)]
#[allow(clippy::too_many_arguments, reason = "the Python signature")]
fn warn_explicit(
    _module: &Module,
    message: &Object,
    category: &Object,
    filename: &Str,
    lineno: i32,
    module: Option<&Object>,
    registry: Option<&Object>,
    module_globals: Option<&Object>,
    source: Option<&Object>,
) -> Result<()> {
    let category = match message.is_instance(&crate::objects::exceptions::Warning)? {
        true => message.ty().to_type_ref().into_object(),
        false => category.to_ref(),
    };
    let source_line = match module_globals.filter(|globals| !globals.is_none()) {
        None => None,
        Some(globals) => match globals.downcast::<Dict>() {
            Some(globals) => line_by_loader(globals, lineno)?,
            None => {
                return Err(raise!(
                    TypeError,
                    "module_globals must be a dict, not '{}'",
                    globals.ty().full_name()
                ));
            }
        },
    };
    let category = category.cast::<Type>().map_err(|other| {
        raise!(TypeError, "category must be a Warning subclass, not '{}'", other.ty().full_name())
    })?;
    let _locked = Locked::new();
    warnings::explicit(&Warning {
        category,
        message: message.to_ref(),
        filename: Ref::from_borrowed(filename),
        line: lineno.into(),
        module: module.map(Object::to_ref),
        registry: registry.map(Object::to_ref),
        source_line,
        source: source.filter(|source| !source.is_none()).map(Object::to_ref),
    })
}

/// A line of a module's source, as its loader has it.
fn line_by_loader(globals: &Dict, line: i32) -> Result<Option<Ref<Str>>> {
    // Which loader it is, and whether the module's attributes agree on it, the import system knows.
    let external = crate::import::import_module("_frozen_importlib_external")?;
    let loader = Some(external.call_method(intern!("_bless_my_loader"), &[globals])?)
        .filter(|loader| !loader.is_none());
    let (Some(loader), Some(name)) = (loader, globals.get_str(intern!("__name__"))?) else {
        return Ok(None);
    };
    let Some(get_source) = loader.get_attr_opt(intern!("get_source"))? else { return Ok(None) };
    let source = get_source.call(&[&name])?;
    if source.is_none() {
        return Ok(None);
    }
    let lines = source.call_method(intern!("splitlines"), &[])?;
    let Some(lines) = lines.downcast::<List>() else { return Ok(None) };
    let line = usize::try_from(line).ok().and_then(|line| lines.get(line.checked_sub(1)?));
    Ok(line.and_then(|line| line.cast::<Str>().ok()))
}

#[function(name = "_filters_mutated_lock_held", signature = "($module, /)", doc = "")]
fn filters_mutated_lock_held(_module: &Module) -> Result<()> {
    State::current().filters_mutated()
}

#[function(name = "_acquire_lock", signature = "($module, /)", doc = "")]
fn acquire_lock(_module: &Module) {
    State::current().acquire();
}

#[function(name = "_release_lock", signature = "($module, /)", doc = "")]
fn release_lock(_module: &Module) -> Result<()> {
    State::current().release()
}
