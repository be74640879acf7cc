//! `Token`: what `ContextVar.set` gives, to undo it with; and `Token.MISSING`.

use std::cell::Cell;

use runtime::objects::generic_alias::GenericAlias;
use runtime::prelude::*;

use super::context::Context;
use super::variable::ContextVar;

/// The type of `Token.MISSING`.
#[class(name = "Token.MISSING", flags(DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct MissingType {
    head: Object,
}

/// `Token.MISSING`: the variable had no value.
pub static MISSING: Static<MissingType> =
    Static::new(MissingType { head: Object::immortal_head(MISSING_TYPE_TYPE.as_type()) });

#[methods]
impl MissingType {
    #[slot]
    fn tp_repr(&self) -> &'static str {
        "<Token.MISSING>"
    }
}

/// What undoes the setting of a variable.
#[class(name = "_contextvars.Token", symbol = "PyContextToken_Type", flags(GC), doc = "")]
#[repr(C)]
pub struct Token {
    head: Object,
    pub context: Link<Context>,
    pub variable: Link<ContextVar>,
    /// Null: there was none.
    pub old_value: Link,
    #[gc(skip)]
    pub used: Cell<bool>,
}

impl Token {
    pub fn make(context: Ref<Context>, variable: Ref<ContextVar>, old_value: Option<Ref>) -> Ref<Token> {
        Ref::new(Token {
            head: Object::HEAD,
            context: Link::new(context),
            variable: Link::new(variable),
            old_value: Link::from_option(old_value),
            used: Cell::new(false),
        })
    }
}

#[methods]
impl Token {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(_class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Err(raise!(RuntimeError, "Tokens can only be created by ContextVars"))
    }

    #[getter]
    fn var(&self) -> Option<Ref<ContextVar>> {
        self.variable.get()
    }

    #[getter(name = "old_value")]
    fn get_old_value(&self) -> Ref {
        self.old_value.get().unwrap_or_else(|| MISSING.to_ref())
    }

    /// Enter into Token context manager.
    #[method(name = "__enter__", signature = "($self, /)")]
    fn enter(&self) -> Ref {
        self.to_ref()
    }

    /// Exit from Token context manager, restore the linked ContextVar.
    #[method(name = "__exit__", signature = "($self, type, val, tb, /)")]
    fn leave(&self, _type: &Object, _val: &Object, _tb: &Object) -> Result<()> {
        match self.variable.get() {
            Some(variable) => variable.undo(self),
            None => Ok(()),
        }
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let used = if self.used.get() { " used" } else { "" };
        let variable = self.variable.get().map_or_else(none, Ref::into_object).repr()?;
        Ok(format!("<Token{used} var={variable} at {:p}>", self.as_ptr()))
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        Err(raise!(TypeError, "unhashable type: '{}'", self.ty().full_name()))
    }
}
