//! `_decimal`: decimal numbers, contexts, signals. The arithmetic is in `engine`; here is what Python sees of it.

use runtime::prelude::*;

mod compare;
mod construct;
mod context;
mod context_methods;
mod convert;
mod decimal;
pub mod engine;
mod format;
mod manager;
mod methods;
mod operand;
mod signals;
mod state;

use context::{Context, integer};
use decimal::Decimal;
use engine::*;
use manager::ContextManager;
use signals::SignalDictMixin;
use state::{State, state};

const IEEE_CONTEXT_MAX_BITS: i64 = 512;

/// Get the current default context.
#[function(signature = "($module, /)")]
fn getcontext(_module: &Module) -> Result<Ref<Context>> {
    Context::current()
}

/// Set a new default context.
#[function(signature = "($module, context, /)")]
fn setcontext(_module: &Module, context: &Object) -> Result<()> {
    match context.downcast::<Context>() {
        Some(context) => context.make_current(),
        None => Err(raise!(TypeError, "argument must be a context")),
    }
}

/// Return a context manager that makes a copy of ctx the default context for
/// the body of a with-statement. Without ctx, it is a copy of the current one.
#[function(signature = "($module, /, ctx=None, **kwargs)")]
fn localcontext(_module: &Module, ctx: OrNone<&Object>, kwargs: KwArgs<'_>) -> Result<Ref<ContextManager>> {
    let global = Context::current()?;
    let local = Context::or_current(ctx)?.copied()?;
    const NAMES: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];
    if let Some((name, _)) = kwargs.iter().find(|(name, _)| !NAMES.iter().any(|known| name.eq_str(known))) {
        return Err(raise!(TypeError, "this function got an unexpected keyword argument '{name}'"));
    }
    local.apply(NAMES.map(|name| OrNone(kwargs.get(name).filter(|value| !value.is_none()))))?;
    Ok(ContextManager::make(local, global))
}

/// Return a context object initialized to the proper values for one of the
/// IEEE interchange formats. The argument must be a multiple of 32 and less
/// than IEEE_CONTEXT_MAX_BITS.
#[function(name = "IEEEContext", signature = "($module, bits, /)")]
fn ieee_context(_module: &Module, bits: &Object) -> Result<Ref<Context>> {
    let bits = integer(bits)?;
    if !(1..=IEEE_CONTEXT_MAX_BITS).contains(&bits) || bits % 32 != 0 {
        return Err(raise!(
            ValueError,
            "argument must be a multiple of 32, with a maximum of {IEEE_CONTEXT_MAX_BITS}"
        ));
    }
    Context::ieee(bits)
}

/// Makes what the module keeps, once an interpreter: a second import finds the same classes and contexts.
fn initialize(state: &State) -> Result<()> {
    signals::make_classes()?;
    let attribute = |module: &str, name: &'static Str| runtime::import::import_attribute(module, name);

    signals::SIGNAL_DICT_MIXIN_TYPE.ready()?;
    manager::CONTEXT_MANAGER_TYPE.ready()?;
    let mapping = attribute("collections.abc", intern!("MutableMapping"))?;
    let bases = Tuple::pack([SignalDictMixin::type_object().to_ref(), mapping.clone()]);
    let signal_dict = mapping.ty().call(&[&Str::new("SignalDict"), &bases, &Dict::new()])?;
    state.signal_dict.set(signal_dict.cast::<Type>().ok());

    let numbers = attribute("numbers", intern!("Number"))?;
    numbers.call_method(intern!("register"), &[Decimal::type_object()])?;
    state.rational.set(Some(attribute("numbers", intern!("Rational"))?));
    let namedtuple = attribute("collections", intern!("namedtuple"))?;
    let tuple = namedtuple.call(&[&Str::new("DecimalTuple"), &Str::new("sign digits exponent")])?;
    tuple.set_attr(intern!("__module__"), &Str::new("decimal"))?;
    state.decimal_tuple.set(Some(tuple));

    let variable = attribute("_contextvars", intern!("ContextVar"))?.call(&[&Str::new("decimal_context")])?;
    state.variable.set(variable.cast().ok());

    let usual = INVALID | DIVISION_BY_ZERO | OVERFLOW;
    state.basic.set(Some(Context::template(9, Rounding::HalfUp, usual | UNDERFLOW | CLAMPED)?));
    state.extended.set(Some(Context::template(9, Rounding::HalfEven, 0)?));
    state.default.set(Some(Context::template(28, Rounding::HalfEven, usual)?));
    Ok(())
}

fn exec(module: &Module) -> Result<()> {
    let state = state();
    if state.default.is_null() {
        initialize(state)?;
    }
    for (class, object) in signals::CLASSES.iter().zip(&state.exceptions) {
        if let Some(object) = object.get() {
            module.set_attr(&Str::intern(Str::new(class.name)), &object)?;
        }
    }
    let kept = [
        ("DecimalTuple", state.decimal_tuple.get()),
        ("DefaultContext", state.default.get().map(Ref::into_object)),
        ("BasicContext", state.basic.get().map(Ref::into_object)),
        ("ExtendedContext", state.extended.get().map(Ref::into_object)),
    ];
    for (name, object) in kept {
        if let Some(object) = object {
            module.set_attr(&Str::intern(Str::new(name)), &object)?;
        }
    }
    module.set_attr(intern!("HAVE_THREADS"), &py_true())?;
    module.set_attr(intern!("HAVE_CONTEXTVAR"), &py_true())?;
    let limits = [
        ("MAX_PREC", MAX_PREC),
        ("MAX_EMAX", MAX_EMAX),
        ("MIN_EMIN", MIN_EMIN),
        ("MIN_ETINY", MIN_ETINY),
        ("IEEE_CONTEXT_MAX_BITS", IEEE_CONTEXT_MAX_BITS),
    ];
    for (name, value) in limits {
        module.set_attr(&Str::intern(Str::new(name)), &Int::new(value))?;
    }
    for rounding in Rounding::ALL {
        let name = Str::intern(Str::new(rounding.name()));
        module.set_attr(&name, &name)?;
    }
    // As decimal.py tells them on.
    module.set_attr(intern!("__version__"), &Str::new("1.70"))?;
    module.set_attr(intern!("__libmpdec_version__"), &Str::new("2.5.1"))
}

module! {
    name: "_decimal",
    doc: "Decimal arithmetic (General Decimal Arithmetic Specification)",
    functions: [getcontext, setcontext, localcontext, ieee_context],
    classes: [Decimal, Context],
    exec: exec,
}
