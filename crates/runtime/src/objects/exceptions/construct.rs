//! Making exceptions from native code, and linking them to each other.

use std::cell::RefCell;
use std::collections::HashMap;

use super::BaseException;
use super::base::allocate;
use crate::prelude::*;

/// Gives a new exception its `__context__`: the exception that is being handled in this thread, if any.
pub fn set_handled_as_context(exception: &BaseException) {
    let Some(handled) = Thread::current().handled_exception() else { return };
    let Some(handled) = handled.downcast::<BaseException>() else { return };
    if handled.is_same(exception) {
        return;
    }
    break_cycle(handled, exception);
    exception.context.set(Some(handled.to_ref()));
}

/// Takes `exception` out of the chain of contexts that begins at `handled`. The chain may be circular already.
fn break_cycle(handled: &BaseException, exception: &BaseException) {
    let mut current = Ref::from_borrowed(handled);
    let mut slow = current.clone();
    let mut step = false;
    while let Some(context) = current.context() {
        if context.is_same(exception) {
            current.context.set(None);
            return;
        }
        current = context;
        if current.is_same(&slow) {
            return;
        }
        if step && let Some(next) = slow.context() {
            slow = next;
        }
        step = !step;
    }
}

/// Makes an exception of type `ty` as `PyErr_SetObject` would: `value` is the instance itself, a tuple of arguments, or one argument.
pub fn instantiate(ty: &Type, value: Option<&Object>) -> Result<Ref<BaseException>> {
    let value = value.filter(|value| !value.is_none());
    if let Some(instance) = value.and_then(|value| value.downcast::<BaseException>())
        && is_subclass(instance.ty(), ty)?
    {
        return Ok(Ref::from_borrowed(instance));
    }
    // Most built-in exceptions keep their arguments and do nothing else.
    let vectorcall = BaseException.raw.tp_vectorcall.get().map(|slot| slot as usize);
    let is_plain = vectorcall.is_some() && ty.raw.tp_vectorcall.get().map(|slot| slot as usize) == vectorcall;
    if is_plain && !ty.is_heap_type() {
        let args = match value {
            None => Tuple::empty(),
            Some(value) => match value.downcast::<Tuple>() {
                Some(args) if args.is::<Tuple>() => Ref::from_borrowed(args),
                _ => Tuple::pack([value.to_ref()]),
            },
        };
        return allocate(ty, args);
    }
    let made = match value {
        None => ty.call(&[])?,
        Some(value) => match value.downcast::<Tuple>() {
            Some(args) => ty.call_dict(args, None)?,
            None => ty.call(&[value])?,
        },
    };
    made.cast::<BaseException>().map_err(|other| {
        raise!(
            TypeError,
            "calling {} should have returned an instance of BaseException, not {}",
            ty.repr().map_or_else(|_| ty.name().to_string(), |text| text.to_string()),
            other.ty().full_name()
        )
    })
}

fn is_subclass(class: &Type, of: &Type) -> Result<bool> {
    if class.is_subtype(of) || !of.is_heap_type() { Ok(class.is_subtype(of)) } else { class.is_subclass(of) }
}

/// Sets `__cause__`, which hides the context.
pub fn set_cause(exception: &BaseException, cause: Option<&BaseException>) {
    exception.cause.set(cause.map(|cause| cause.to_ref()));
    exception.suppress_context.set(true);
}

/// Sets `__context__`.
pub fn set_context(exception: &BaseException, context: Option<&BaseException>) {
    exception.context.set(context.map(|context| context.to_ref()));
}

/// Is it an exception class derived from `class`, or an instance of it?
pub fn is_class_or_instance_of(exception: &Object, class: &Type) -> bool {
    match exception.downcast::<Type>() {
        Some(given) => given.is_subtype(class),
        None => exception.ty().is_subtype(class),
    }
}

/// The exception classes that native modules have made, by qualified name.
#[derive(Default)]
struct Declared(RefCell<HashMap<&'static str, Ref<Type>>>);

/// A native module's own exception class (`"binascii.Error"`), made on first use.
pub fn declared(full_name: &'static str, base: &Type) -> Result<Ref<Type>> {
    let state = Interpreter::current().state::<Declared>();
    let known = state.0.borrow().get(full_name).cloned();
    if let Some(class) = known {
        return Ok(class);
    }
    let (module, name) = full_name.rsplit_once('.').unwrap_or(("builtins", full_name));
    let dict = Dict::new();
    dict.insert_str(intern!("__module__"), &Str::new(module))?;
    let bases = Tuple::pack([base.to_ref()]);
    let class = Type::type_object().call(&[&*Str::new(name), &*bases, &*dict])?;
    let class = class.cast::<Type>().map_err(|_| raise!(SystemError, "{full_name} is not a class"))?;
    state.0.borrow_mut().insert(full_name, class.clone());
    Ok(class)
}

/// Raises a class made by [`declared`].
#[cold]
pub fn raise_declared(full_name: &'static str, base: &Type, message: &str) -> Raised {
    match declared(full_name, base) {
        Ok(class) => crate::errors::raise_message(&class, message),
        Err(raised) => raised,
    }
}
