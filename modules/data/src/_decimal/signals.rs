//! Signals: the exception classes, which conditions each stands for, and the mappings `Context.flags` and `Context.traps`.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use runtime::errors::{no_memory, raise_value};
use runtime::objects::exceptions::{ArithmeticError, TypeError, ZeroDivisionError};
use runtime::prelude::*;

use super::engine::*;
use super::state::state;

/// An exception class: its name, the conditions, its bases (indices of earlier ones, and a built-in one).
pub struct Class {
    pub name: &'static str,
    condition: u32,
    bases: &'static [usize],
    builtin: Option<&'static StaticType>,
}

const fn class(
    name: &'static str,
    condition: u32,
    bases: &'static [usize],
    builtin: Option<&'static StaticType>,
) -> Class {
    Class { name, condition, bases, builtin }
}

/// All exception classes, the root first, then the signals in the order of the mappings.
#[rustfmt::skip]
pub static CLASSES: [Class; 14] = [
    class("DecimalException", 0, &[], Some(&ArithmeticError)),
    class("InvalidOperation", INVALID, &[0], None),
    class("FloatOperation", FLOAT_OPERATION, &[0], Some(&TypeError)),
    class("DivisionByZero", DIVISION_BY_ZERO, &[0], Some(&ZeroDivisionError)),
    class("Overflow", OVERFLOW, &[INEXACT_CLASS, ROUNDED_CLASS], None),
    class("Underflow", UNDERFLOW, &[INEXACT_CLASS, ROUNDED_CLASS, SUBNORMAL_CLASS], None),
    class("Subnormal", SUBNORMAL, &[0], None),
    class("Inexact", INEXACT, &[0], None),
    class("Rounded", ROUNDED, &[0], None),
    class("Clamped", CLAMPED, &[0], None),
    class("ConversionSyntax", CONVERSION_SYNTAX, &[1], None),
    class("DivisionImpossible", DIVISION_IMPOSSIBLE, &[1], None),
    class("DivisionUndefined", DIVISION_UNDEFINED, &[1], Some(&ZeroDivisionError)),
    class("InvalidContext", INVALID_CONTEXT, &[1], None),
];
const SUBNORMAL_CLASS: usize = 6;
const INEXACT_CLASS: usize = 7;
const ROUNDED_CLASS: usize = 8;
const SIGNALS: std::ops::Range<usize> = 1..10;
const SIGNAL_COUNT: usize = 9;

const WHICH: &str = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   \
                     Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";

/// The class at an index.
pub fn exception(index: usize) -> Result<Ref<Type>> {
    state().exceptions[index]
        .get()
        .ok_or_else(|| raise!(SystemError, "the module _decimal is not initialized"))
}

/// Makes the classes.
pub fn make_classes() -> Result<()> {
    const ORDER: [usize; 14] =
        [0, 9, ROUNDED_CLASS, INEXACT_CLASS, SUBNORMAL_CLASS, 5, 4, 3, 2, 1, 10, 11, 12, 13];
    for index in ORDER {
        let class = &CLASSES[index];
        let mut bases = Vec::new();
        for &base in class.bases {
            bases.push(exception(base)?.into_object());
        }
        bases.extend(class.builtin.map(|builtin| builtin.as_type().to_ref()));
        let dict = Dict::new();
        dict.insert_str(intern!("__module__"), &Str::new("decimal"))?;
        let made = Type::type_object().call(&[&Str::new(class.name), &Tuple::from_vec(bases), &dict])?;
        let made =
            made.cast::<Type>().map_err(|_| raise!(SystemError, "decimal.{} is no class", class.name))?;
        state().exceptions[index].set(Some(made));
    }
    Ok(())
}

/// The exception for conditions that are trapped.
#[cold]
pub fn raise_conditions(trapped: u32) -> Raised {
    if trapped & NO_MEMORY != 0 {
        return no_memory();
    }
    let raise = || -> Result<Raised> {
        let Some(signal) = SIGNALS.into_iter().find(|&signal| trapped & CLASSES[signal].condition != 0)
        else {
            return Ok(raise!(RuntimeError, "internal error in flags_as_exception"));
        };
        let list = List::new();
        // What makes an operation invalid comes first, one by one.
        let invalid = [
            (1, INVALID_OPERATION),
            (10, CONVERSION_SYNTAX),
            (11, DIVISION_IMPOSSIBLE),
            (12, DIVISION_UNDEFINED),
            (13, INVALID_CONTEXT),
        ];
        let others = (2..SIGNALS.end).map(|signal| (signal, CLASSES[signal].condition));
        for (index, condition) in invalid.into_iter().chain(others) {
            if trapped & condition != 0 {
                list.push(exception(index)?.into_object())?;
            }
        }
        Ok(raise_value(&*exception(signal)?, &list))
    };
    raise().unwrap_or_else(|raised| raised)
}

#[cold]
fn no_signal() -> Raised {
    raise!(KeyError, "{WHICH}")
}

/// The conditions of a signal's class.
fn condition_of(class: &Object) -> Result<u32> {
    for signal in SIGNALS {
        if state().exceptions[signal].is(class) {
            return Ok(CLASSES[signal].condition);
        }
    }
    Err(no_signal())
}

/// The conditions of a list of signals.
fn of_list(list: &List) -> Result<u32> {
    list.to_vec().iter().try_fold(0, |conditions, class| Ok(conditions | condition_of(class)?))
}

/// The conditions that a mapping of signals is true for.
pub fn of_mapping(value: &Object) -> Result<u32> {
    if let Some(signals) = value.downcast::<SignalDictMixin>() {
        return signals.get();
    }
    let Some(dict) = value.downcast::<Dict>() else {
        return Err(raise!(TypeError, "argument must be a signal dict"));
    };
    if dict.len() != SIGNAL_COUNT {
        return Err(raise!(KeyError, "invalid signal dict"));
    }
    let (mut at, mut conditions) = (0, 0);
    while let Some((class, value)) = dict.next_entry(&mut at) {
        let condition = condition_of(&class)?;
        if value.is_true()? {
            conditions |= condition;
        }
    }
    Ok(conditions)
}

/// The conditions that a list or a mapping names.
pub fn of_object(value: &Object) -> Result<u32> {
    match value.downcast::<List>() {
        Some(list) => of_list(list),
        None => of_mapping(value),
    }
}

/// The signals of conditions, as a list.
pub fn to_list(conditions: u32) -> Result<Ref<List>> {
    let list = List::new();
    for signal in SIGNALS {
        if conditions & CLASSES[signal].condition != 0 {
            list.push(exception(signal)?.into_object())?;
        }
    }
    Ok(list)
}

/// The names of signals, as `Context`'s repr shows them.
pub fn names(conditions: u32) -> String {
    // By the conditions' bits, each signal once.
    let mut names = Vec::new();
    for bit in (0..u32::BITS).map(|place| 1 << place).filter(|bit| conditions & bit != 0) {
        for class in &CLASSES[SIGNALS] {
            if class.condition & bit != 0 && !names.contains(&class.name) {
                names.push(class.name);
            }
        }
    }
    format!("[{}]", names.join(", "))
}

/// The flags or the traps of a context, as a mapping from signals to bools.
#[class(name = "decimal.SignalDictMixin", flags(BASETYPE), doc = "")]
#[repr(C)]
pub struct SignalDictMixin {
    head: Object,
    /// The context's own; without it, the mapping is of no use.
    conditions: RefCell<Weak<Cell<u32>>>,
}

impl SignalDictMixin {
    /// The mapping of a context's conditions.
    pub fn of(conditions: &Rc<Cell<u32>>) -> Result<Ref> {
        let class = state().signal_dict.get();
        let class = class.ok_or_else(|| raise!(SystemError, "the module _decimal is not initialized"))?;
        let conditions = RefCell::new(Rc::downgrade(conditions));
        Ok(Ref::new_in(&class, SignalDictMixin { head: Object::HEAD, conditions }).into_object())
    }

    fn conditions(&self) -> Result<Rc<Cell<u32>>> {
        self.conditions.borrow().upgrade().ok_or_else(|| raise!(ValueError, "invalid signal dict"))
    }

    fn get(&self) -> Result<u32> {
        Ok(self.conditions()?.get())
    }
}

#[methods]
impl SignalDictMixin {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(class, SignalDictMixin { head: Object::HEAD, conditions: RefCell::new(Weak::new()) }))
    }

    #[slot]
    fn mp_length(&self) -> Result<usize> {
        self.conditions().map(|_| SIGNAL_COUNT)
    }

    #[slot]
    fn tp_iter(&self) -> Result {
        self.conditions()?;
        let classes =
            SIGNALS.map(|signal| Ok(exception(signal)?.into_object())).collect::<Result<Vec<Ref>>>()?;
        Tuple::from_vec(classes).iter()
    }

    #[slot]
    fn mp_subscript(&self, key: &Object) -> Result<bool> {
        let conditions = self.get()?;
        Ok(conditions & condition_of(key)? != 0)
    }

    #[slot]
    fn mp_ass_subscript(&self, key: &Object, value: Option<&Object>) -> Result<()> {
        let conditions = self.conditions()?;
        let Some(value) = value else { return Err(raise!(ValueError, "signal keys cannot be deleted")) };
        let condition = condition_of(key)?;
        if value.is_true()? {
            conditions.set(conditions.get() | condition);
        } else {
            conditions.set(conditions.get() & !condition);
        }
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let conditions = self.get()?;
        let mut parts = Vec::new();
        for signal in SIGNALS {
            let class = &CLASSES[signal];
            let value = if conditions & class.condition != 0 { "True" } else { "False" };
            parts.push(format!("<class 'decimal.{}'>:{value}", class.name));
        }
        Ok(format!("{{{}}}", parts.join(", ")))
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        Err(raise!(TypeError, "unhashable type: '{}'", self.ty().name()))
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let own = self.get()?;
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let theirs = match other.downcast::<SignalDictMixin>() {
            Some(signals) => signals.get()?,
            None if other.downcast::<Dict>().is_some() => match of_mapping(other) {
                Ok(conditions) => conditions,
                Err(raised) if raised.matches(&runtime::objects::exceptions::KeyError) => {
                    raised.clear();
                    return Ok(not_implemented());
                }
                Err(raised) => return Err(raised),
            },
            None => return Ok(not_implemented()),
        };
        Ok(py_bool((own == theirs) == (op == CompareOp::Eq)))
    }

    /// A plain dict of the same.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Dict>> {
        let conditions = self.get()?;
        let dict = Dict::new();
        for signal in SIGNALS {
            dict.insert(&*exception(signal)?, &py_bool(conditions & CLASSES[signal].condition != 0))?;
        }
        Ok(dict)
    }
}
