//! `Context`: the settings that numbers are computed under, the conditions that are trapped, and those that came up.

use std::cell::Cell;
use std::rc::Rc;

use runtime::objects::object::generic_set_attr;
use runtime::prelude::*;

use super::decimal::Decimal;
use super::engine::*;
use super::signals::{self, SignalDictMixin};
use super::state::{State, state};
use crate::_contextvars::Context as Variables;

/// The context affects almost all operations: precision, rounding, the range of exponents, what raises an exception.
/// What isn't given is as in DefaultContext:
///
///     >>> c = Context(prec=28, Emin=-425000000, Emax=425000000,
///     ...             rounding=ROUND_HALF_EVEN, capitals=1, clamp=1,
///     ...             traps=[InvalidOperation, DivisionByZero, Overflow],
///     ...             flags=[])
#[class(name = "decimal.Context", flags(BASETYPE, GC))]
#[repr(C)]
pub struct Context {
    head: Object,
    #[gc(skip)]
    settings: Cell<Settings>,
    #[gc(skip)]
    capitals: Cell<bool>,
    #[gc(skip)]
    trapped: Rc<Cell<u32>>,
    #[gc(skip)]
    status: Rc<Cell<u32>>,
    #[member(readonly)]
    traps: Link,
    #[member(readonly)]
    flags: Link,
}

/// What a new context has, if there is no DefaultContext yet.
const FIRST: Settings =
    Settings { precision: 28, emax: 999_999, emin: -999_999, rounding: Rounding::HalfEven, clamp: false };

impl Context {
    fn make(class: &Type, settings: Settings, traps: u32) -> Result<Ref<Context>> {
        let (trapped, status) = (Rc::new(Cell::new(traps)), Rc::new(Cell::new(0)));
        let (traps, flags) = (SignalDictMixin::of(&trapped)?, SignalDictMixin::of(&status)?);
        Ok(Ref::new_in(
            class,
            Context {
                head: Object::HEAD,
                settings: Cell::new(settings),
                capitals: Cell::new(true),
                trapped,
                status,
                traps: Link::new(traps),
                flags: Link::new(flags),
            },
        ))
    }

    /// One of the module's own.
    pub fn template(precision: i64, rounding: Rounding, traps: u32) -> Result<Ref<Context>> {
        Context::make(Context::type_object(), Settings { precision, rounding, ..FIRST }, traps)
    }

    /// What `Context()` makes.
    pub fn fresh(class: &Type) -> Result<Ref<Context>> {
        match state().default.get() {
            Some(default) => Context::make(class, default.settings.get(), default.trapped.get()),
            None => Context::make(class, FIRST, INVALID | DIVISION_BY_ZERO | OVERFLOW),
        }
    }

    /// For one of the IEEE interchange formats.
    pub fn ieee(bits: i64) -> Result<Ref<Context>> {
        let emax = 3 * (1i64 << (bits / 16 + 3));
        let settings = Settings {
            precision: 9 * (bits / 32) - 2,
            emax,
            emin: 1 - emax,
            rounding: Rounding::HalfEven,
            clamp: true,
        };
        Context::make(Context::type_object(), settings, 0)
    }

    /// Another one with the same settings, traps, flags.
    pub fn copied(&self) -> Result<Ref<Context>> {
        let copy = Context::make(Context::type_object(), self.settings.get(), self.trapped.get())?;
        copy.status.set(self.status.get());
        copy.capitals.set(self.capitals.get());
        Ok(copy)
    }

    /// The current one.
    #[inline]
    pub fn current() -> Result<Ref<Context>> {
        let state = state();
        if let Some(version) = Variables::current_version()
            && version == state.current_version.get()
            && let Some(context) = state.current.get()
        {
            return Ok(context);
        }
        Context::look_up(state)
    }

    #[cold]
    fn look_up(state: &State) -> Result<Ref<Context>> {
        let Some(variable) = state.variable.get() else {
            return Err(raise!(SystemError, "the module _decimal is not initialized"));
        };
        let context = match variable.value() {
            Some(context) => context
                .cast::<Context>()
                .map_err(|_| raise!(TypeError, "optional argument must be a context"))?,
            None => {
                let context = Context::fresh(Context::type_object())?;
                if let Some(default) = state.default.get() {
                    context.capitals.set(default.capitals.get());
                }
                variable.assign(&context);
                context
            }
        };
        state.current_version.set(Variables::current_version().unwrap_or(0));
        state.current.set(Some(context.clone()));
        Ok(context)
    }

    /// Makes it the current one; of the module's templates a copy.
    pub fn make_current(&self) -> Result<()> {
        let state = state();
        let Some(variable) = state.variable.get() else { return Ok(()) };
        if [&state.default, &state.basic, &state.extended].iter().any(|template| template.is(self)) {
            let copy = self.copied()?;
            copy.status.set(0);
            variable.assign(&copy);
        } else {
            variable.assign(self);
        }
        Ok(())
    }

    /// The context that is given, or the current one.
    pub fn or_current(context: OrNone<&Object>) -> Result<Ref<Context>> {
        match context.0 {
            None => Context::current(),
            Some(context) => match context.downcast::<Context>() {
                Some(context) => Ok(Ref::from_borrowed(context)),
                None => Err(raise!(TypeError, "optional argument must be a context")),
            },
        }
    }

    #[inline]
    pub fn settings(&self) -> Settings {
        self.settings.get()
    }

    pub fn capitals(&self) -> bool {
        self.capitals.get()
    }

    /// Notes conditions; raises those that are trapped.
    #[inline]
    pub fn report(&self, conditions: u32) -> Result<()> {
        if conditions == 0 {
            return Ok(());
        }
        self.status.set(self.status.get() | conditions);
        let trapped = conditions & (self.trapped.get() | NO_MEMORY);
        if trapped != 0 { Err(signals::raise_conditions(trapped)) } else { Ok(()) }
    }

    /// Notes a condition, and raises nothing.
    pub fn note(&self, condition: u32) {
        self.status.set(self.status.get() | condition);
    }

    /// The result of a computation under these settings.
    #[inline]
    pub fn compute(&self, with: impl FnOnce(&Settings, &mut u32) -> Number) -> Result<Ref<Decimal>> {
        let mut status = 0;
        let number = with(&self.settings.get(), &mut status);
        self.report(status)?;
        Ok(Decimal::of(number))
    }

    fn range(&self, value: &Object, low: i64, high: i64, message: &str) -> Result<i64> {
        let value = integer(value)?;
        if (low..=high).contains(&value) { Ok(value) } else { Err(raise!(ValueError, "{message}")) }
    }

    fn update(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings.get();
        change(&mut settings);
        self.settings.set(settings);
    }

    /// Sets what is given, of the parameters of `Context` and `localcontext`.
    pub fn apply(&self, values: [OrNone<&Object>; 8]) -> Result<()> {
        let [prec, rounding, emin, emax, capitals, clamp, flags, traps] = values.map(|value| value.0);
        prec.map_or(Ok(()), |value| self.set_prec(value))?;
        rounding.map_or(Ok(()), |value| self.set_rounding(value))?;
        emin.map_or(Ok(()), |value| self.set_emin(value))?;
        emax.map_or(Ok(()), |value| self.set_emax(value))?;
        capitals.map_or(Ok(()), |value| self.set_capitals(value))?;
        clamp.map_or(Ok(()), |value| self.set_clamp(value))?;
        if let Some(traps) = traps {
            self.trapped.set(signals::of_object(traps)?);
        }
        if let Some(flags) = flags {
            self.status.set(signals::of_object(flags)?);
        }
        Ok(())
    }
}

/// An attribute's or argument's value as C's ssize_t.
pub fn integer(value: &Object) -> Result<i64> {
    match value.downcast::<Int>() {
        None => Err(raise!(TypeError, "an integer is required")),
        Some(int) => {
            int.to_i64().ok_or_else(|| raise!(OverflowError, "Python int too large to convert to C ssize_t"))
        }
    }
}

/// A rounding by its name.
pub fn rounding_of(name: &Object) -> Result<Rounding> {
    let name = name.downcast::<Str>();
    let found = name.and_then(|name| Rounding::ALL.into_iter().find(|rounding| name.eq_str(rounding.name())));
    found.ok_or_else(|| {
        raise!(
            TypeError,
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   \
             ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]"
        )
    })
}

#[methods(parts(unary, binary, tests, others))]
impl Context {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Context::fresh(class)
    }

    #[init(
        signature = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn init(
        &self,
        prec: OrNone<&Object>,
        rounding: OrNone<&Object>,
        emin: OrNone<&Object>,
        emax: OrNone<&Object>,
        capitals: OrNone<&Object>,
        clamp: OrNone<&Object>,
        flags: OrNone<&Object>,
        traps: OrNone<&Object>,
    ) -> Result<()> {
        self.apply([prec, rounding, emin, emax, capitals, clamp, flags, traps])
    }

    #[getter]
    fn prec(&self) -> i64 {
        self.settings.get().precision
    }

    #[setter]
    fn set_prec(&self, value: &Object) -> Result<()> {
        let value = self.range(value, 1, MAX_PREC, "valid range for prec is [1, MAX_PREC]")?;
        self.update(|settings| settings.precision = value);
        Ok(())
    }

    #[getter(name = "Emin")]
    fn emin(&self) -> i64 {
        self.settings.get().emin
    }

    #[setter(name = "Emin")]
    fn set_emin(&self, value: &Object) -> Result<()> {
        let value = self.range(value, MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]")?;
        self.update(|settings| settings.emin = value);
        Ok(())
    }

    #[getter(name = "Emax")]
    fn emax(&self) -> i64 {
        self.settings.get().emax
    }

    #[setter(name = "Emax")]
    fn set_emax(&self, value: &Object) -> Result<()> {
        let value = self.range(value, 0, MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]")?;
        self.update(|settings| settings.emax = value);
        Ok(())
    }

    #[getter]
    fn rounding(&self) -> &'static str {
        self.settings.get().rounding.name()
    }

    #[setter]
    fn set_rounding(&self, value: &Object) -> Result<()> {
        let value = rounding_of(value)?;
        self.update(|settings| settings.rounding = value);
        Ok(())
    }

    #[getter(name = "capitals")]
    fn capitals_attribute(&self) -> i32 {
        i32::from(self.capitals.get())
    }

    #[setter(name = "capitals")]
    fn set_capitals(&self, value: &Object) -> Result<()> {
        self.capitals.set(self.range(value, 0, 1, "valid values for capitals are 0 or 1")? == 1);
        Ok(())
    }

    #[getter]
    fn clamp(&self) -> i32 {
        i32::from(self.settings.get().clamp)
    }

    #[setter]
    fn set_clamp(&self, value: &Object) -> Result<()> {
        let value = self.range(value, 0, 1, "valid values for clamp are 0 or 1")? == 1;
        self.update(|settings| settings.clamp = value);
        Ok(())
    }

    #[slot]
    fn tp_setattro(&self, name: &Str, value: Option<&Object>) -> Result<()> {
        let Some(given) = value else {
            return Err(raise!(AttributeError, "context attributes cannot be deleted"));
        };
        if name.eq_str("traps") {
            self.trapped.set(signals::of_mapping(given)?);
            Ok(())
        } else if name.eq_str("flags") {
            self.status.set(signals::of_mapping(given)?);
            Ok(())
        } else {
            generic_set_attr(self, name, value)
        }
    }

    #[slot]
    fn tp_repr(&self) -> String {
        let Settings { precision, emax, emin, rounding, clamp } = self.settings.get();
        format!(
            "Context(prec={precision}, rounding={}, Emin={emin}, Emax={emax}, capitals={}, clamp={}, flags={}, traps={})",
            rounding.name(),
            i32::from(self.capitals.get()),
            i32::from(clamp),
            signals::names(self.status.get()),
            signals::names(self.trapped.get()),
        )
    }

    /// The smallest exponent that a number can have: Emin - prec + 1.
    #[method(name = "Etiny", signature = "($self, /)")]
    fn etiny(&self) -> i64 {
        self.settings.get().etiny()
    }

    /// The largest exponent of a number with all digits: Emax - prec + 1.
    #[method(name = "Etop", signature = "($self, /)")]
    fn etop(&self) -> i64 {
        self.settings.get().etop()
    }

    /// Set all flags to False.
    #[method(signature = "($self, /)")]
    fn clear_flags(&self) {
        self.status.set(0);
    }

    /// Set all traps to False.
    #[method(signature = "($self, /)")]
    fn clear_traps(&self) {
        self.trapped.set(0);
    }

    /// Return a duplicate of the context with all flags cleared.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Context>> {
        self.copied()
    }

    #[method(name = "__copy__", signature = "($self, /)")]
    fn copy_special(&self) -> Result<Ref<Context>> {
        self.copied()
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let settings = self.settings.get();
        let values = [
            Int::new(settings.precision).into_object(),
            Str::new(settings.rounding.name()).into_object(),
            Int::new(settings.emin).into_object(),
            Int::new(settings.emax).into_object(),
            Int::new(i64::from(self.capitals.get())).into_object(),
            Int::new(i64::from(settings.clamp)).into_object(),
            signals::to_list(self.status.get())?.into_object(),
            signals::to_list(self.trapped.get())?.into_object(),
        ];
        Ok(Tuple::pack([self.ty().to_ref(), Tuple::pack(values).into_object()]))
    }
}
