//! What the module keeps of others: the registries of `copyreg`, the renamings of `_compat_pickle`, its exceptions.

use runtime::objects::exceptions::Exception;
use runtime::prelude::*;

#[derive(Default)]
pub struct State {
    pickle_error: Link<Type>,
    pickling_error: Link<Type>,
    unpickling_error: Link<Type>,
    dispatch_table: Link<Dict>,
    extension_registry: Link<Dict>,
    inverted_registry: Link<Dict>,
    extension_cache: Link<Dict>,
    names_2_to_3: Link<Dict>,
    modules_2_to_3: Link<Dict>,
    names_3_to_2: Link<Dict>,
    modules_3_to_2: Link<Dict>,
    codecs_encode: Link,
    getattr: Link,
    partial: Link,
}

macro_rules! dictionaries {
    ($($name:ident)*) => {
        $(pub fn $name(&self) -> Result<Ref<Dict>> {
            self.$name.get().ok_or_else(not_there)
        })*
    };
}

macro_rules! functions {
    ($($name:ident)*) => {
        $(pub fn $name(&self) -> Result {
            self.$name.get().ok_or_else(not_there)
        })*
    };
}

#[cold]
fn not_there() -> Raised {
    raise!(RuntimeError, "_pickle is not initialized")
}

impl State {
    pub fn current() -> &'static State {
        Interpreter::current().state()
    }

    dictionaries! {
        dispatch_table extension_registry inverted_registry extension_cache
        names_2_to_3 modules_2_to_3 names_3_to_2 modules_3_to_2
    }
    functions! { codecs_encode getattr partial }
}

/// A dictionary of a library module.
fn dictionary(module: &str, name: &Str) -> Result<Option<Ref<Dict>>> {
    let value = runtime::import::import_attribute(module, name)?;
    match value.cast::<Dict>() {
        Ok(dict) => Ok(Some(dict)),
        Err(other) => {
            let kind = other.ty().full_name();
            Err(raise!(RuntimeError, "{module}.{name} should be a dict, not {kind}"))
        }
    }
}

fn function(module: &str, name: &Str) -> Result<Option<Ref>> {
    let value = runtime::import::import_attribute(module, name)?;
    if !value.is_callable() {
        let kind = value.ty().full_name();
        return Err(raise!(RuntimeError, "{module}.{name} should be a callable, not {kind}"));
    }
    Ok(Some(value))
}

fn exception(name: &str, base: &Type) -> Result<Ref<Type>> {
    let dict = Dict::new();
    dict.insert_str(intern!("__module__"), &Str::new("_pickle"))?;
    let class = Type::type_object().call(&[&*Str::new(name), &*Tuple::pack([base.to_ref()]), &*dict])?;
    class.cast::<Type>().map_err(|_| raise!(SystemError, "{name} is no class"))
}

/// Fills in the state, and the module's exceptions.
pub fn prepare(module: &Module) -> Result<()> {
    let state = State::current();
    let copyreg = "copyreg";
    state.dispatch_table.set(dictionary(copyreg, intern!("dispatch_table"))?);
    state.extension_registry.set(dictionary(copyreg, intern!("_extension_registry"))?);
    state.inverted_registry.set(dictionary(copyreg, intern!("_inverted_registry"))?);
    state.extension_cache.set(dictionary(copyreg, intern!("_extension_cache"))?);
    let compat = "_compat_pickle";
    state.names_2_to_3.set(dictionary(compat, intern!("NAME_MAPPING"))?);
    state.modules_2_to_3.set(dictionary(compat, intern!("IMPORT_MAPPING"))?);
    state.names_3_to_2.set(dictionary(compat, intern!("REVERSE_NAME_MAPPING"))?);
    state.modules_3_to_2.set(dictionary(compat, intern!("REVERSE_IMPORT_MAPPING"))?);
    state.codecs_encode.set(function("codecs", intern!("encode"))?);
    state.getattr.set(function("builtins", intern!("getattr"))?);
    state.partial.set(function("functools", intern!("partial"))?);

    let error = exception("PickleError", Exception.as_type())?;
    let pickling = exception("PicklingError", &error)?;
    let unpickling = exception("UnpicklingError", &error)?;
    let dict = module.dict();
    dict.insert_str(intern!("PickleError"), &error)?;
    dict.insert_str(intern!("PicklingError"), &pickling)?;
    dict.insert_str(intern!("UnpicklingError"), &unpickling)?;
    state.pickle_error.set(Some(error));
    state.pickling_error.set(Some(pickling));
    state.unpickling_error.set(Some(unpickling));
    Ok(())
}

/// Raises PicklingError.
#[cold]
pub fn pickling_error(message: &str) -> Raised {
    match State::current().pickling_error.get() {
        Some(class) => runtime::errors::raise_message(&class, message),
        None => not_there(),
    }
}

/// Raises PicklingError in the place of another exception, which becomes its context.
#[cold]
pub fn pickling_error_after(raised: Raised, message: &str) -> Raised {
    let context = raised.take();
    let error = pickling_error(message).take();
    runtime::objects::exceptions::set_context(&error, Some(&context));
    runtime::errors::restore(error)
}

/// Raises UnpicklingError.
#[cold]
pub fn unpickling_error(message: &str) -> Raised {
    match State::current().unpickling_error.get() {
        Some(class) => runtime::errors::raise_message(&class, message),
        None => not_there(),
    }
}

/// Is this an UnpicklingError?
pub fn is_unpickling_error(raised: &Raised) -> bool {
    State::current().unpickling_error.get().is_some_and(|class| raised.matches(&class))
}
