//! `ContextVar`: a variable that has a value in each context.

use std::cell::Cell;

use runtime::errors::raise_value;
use runtime::objects::exceptions::LookupError;
use runtime::objects::generic_alias::GenericAlias;
use runtime::prelude::*;

use super::context::Context;
use super::token::Token;

/// A context variable.
#[class(name = "_contextvars.ContextVar", symbol = "PyContextVar_Type", flags(GC), doc = "")]
#[repr(C)]
pub struct ContextVar {
    head: Object,
    #[member(readonly)]
    name: Link<Str>,
    default: Link,
    #[gc(skip)]
    hash: Cell<isize>,
}

impl ContextVar {
    #[cold]
    fn unset(&self) -> Raised {
        raise_value(&LookupError, self)
    }

    /// The value in the current context, or the default.
    pub fn value(&self) -> Option<Ref> {
        let own = Context::current_opt().and_then(|context| context.value(self));
        own.or_else(|| self.default.get())
    }

    /// Sets the value in the current context.
    pub fn assign(&self, value: &Object) {
        Context::current().assign(self, Some(value));
    }

    /// `reset`: puts back what the token remembers.
    pub fn undo(&self, token: &Token) -> Result<()> {
        if token.used.get() {
            return Err(raise!(RuntimeError, "{} has already been used once", token.repr()?));
        }
        if !token.variable.is(self) {
            return Err(raise!(ValueError, "{} was created by a different ContextVar", token.repr()?));
        }
        let context = Context::current();
        if !token.context.is(&context) {
            return Err(raise!(ValueError, "{} was created in a different Context", token.repr()?));
        }
        token.used.set(true);
        let old = token.old_value.get();
        let replaced = context.assign(self, old.as_deref());
        if old.is_none() && replaced.is_none() {
            return Err(self.unset());
        }
        Ok(())
    }
}

#[methods]
impl ContextVar {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let total = args.len() + kwargs.len();
        let given = args.len();
        if total > 2 {
            return Err(raise!(TypeError, "ContextVar() takes at most 2 arguments ({total} given)"));
        }
        let [name] = *args else {
            let bound = if given == 0 { "exactly" } else { "at most" };
            return Err(raise!(
                TypeError,
                "ContextVar() takes {bound} 1 positional argument ({given} given)"
            ));
        };
        if let Some((other, _)) = kwargs.iter().find(|(name, _)| !name.eq_str("default")) {
            return Err(raise!(TypeError, "ContextVar() got an unexpected keyword argument '{other}'"));
        }
        let Some(text) = name.downcast::<Str>() else {
            return Err(raise!(TypeError, "context variable name must be a str"));
        };
        let variable = Ref::new_in(
            class,
            ContextVar {
                head: Object::HEAD,
                name: Link::new(Ref::from_borrowed(text)),
                default: Link::from_option(kwargs.get("default").map(Object::to_ref)),
                hash: Cell::new(0),
            },
        );
        variable.hash.set(runtime::hash::pointer_hash(variable.as_ptr()) ^ name.hash()?);
        Ok(variable)
    }

    /// Return a value for the context variable for the current context.
    ///
    /// Without a value there: the default that is given, or the variable's; LookupError if there is none.
    #[method(signature = "($self, default=<unrepresentable>, /)")]
    fn get(&self, default: Option<&Object>) -> Result {
        if let Some(value) = Context::current_opt().and_then(|context| context.value(self)) {
            return Ok(value);
        }
        default.map(Object::to_ref).or_else(|| self.default.get()).ok_or_else(|| self.unset())
    }

    /// Call to set a new value for the context variable in the current context.
    ///
    /// Returns a Token object that can be used to restore the variable to its previous value.
    #[method(signature = "($self, value, /)")]
    fn set(&self, value: &Object) -> Ref<Token> {
        let context = Context::current();
        let old = context.assign(self, Some(value));
        Token::make(context, Ref::from_borrowed(self), old)
    }

    /// Reset the context variable.
    ///
    /// The variable is reset to the value it had before the `ContextVar.set()` that
    /// created the token was used.
    #[method(signature = "($self, token, /)")]
    fn reset(&self, token: &Object) -> Result<()> {
        match token.downcast::<Token>() {
            Some(token) => self.undo(token),
            None => Err(raise!(TypeError, "expected an instance of Token, got {}", token.repr()?)),
        }
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }

    #[slot]
    fn tp_hash(&self) -> isize {
        self.hash.get()
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let name = self.name.get().map_or_else(none, Ref::into_object).repr()?;
        let default = match self.default.get() {
            Some(default) => format!(" default={}", default.repr()?),
            None => String::new(),
        };
        Ok(format!("<ContextVar name={name}{default} at {:p}>", self.as_ptr()))
    }
}
