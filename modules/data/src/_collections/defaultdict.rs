//! `defaultdict`: a dict that makes missing values.

use runtime::objects::dict::key_error;
use runtime::objects::generic_alias::GenericAlias;
use runtime::prelude::*;
use runtime::protocol::repr_guard::guarded;

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// The default factory is called without arguments to produce
/// a new value when a key is not present, in __getitem__ only.
/// A defaultdict compares equal to a dict with the same items.
/// All remaining arguments are treated the same as if they were
/// passed to the dict constructor, including keyword arguments.
#[class(name = "collections.defaultdict", flags(BASETYPE, GC))]
#[repr(C)]
pub struct DefaultDict {
    base: Dict,
    /// Factory for default value called by __missing__().
    #[member]
    default_factory: Link,
}

impl DefaultDict {
    /// One of the same class and factory, filled from `content`.
    fn with_content(&self, content: &Object) -> Result {
        let factory = self.default_factory.get().unwrap_or_else(none);
        self.ty().call(&[&factory, content])
    }
}

#[methods]
impl DefaultDict {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(class: &Type, _args: &[&Object], _kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(class, DefaultDict { base: Dict::empty(), default_factory: Link::null() }))
    }

    #[init(signature = "(*args, **kwargs)", hidden_signature)]
    fn init(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        let (factory, rest) = match args {
            [] => (None, args),
            [factory, rest @ ..] => {
                if !factory.is_none() && !factory.is_callable() {
                    return Err(raise!(TypeError, "first argument must be callable or None"));
                }
                (Some(factory.to_ref()), rest)
            }
        };
        self.default_factory.set(factory);
        if rest.len() > 1 {
            return Err(raise!(TypeError, "dict expected at most 1 argument, got {}", rest.len()));
        }
        self.update_with(rest.first().copied(), kwargs, "dict")
    }

    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    ///   if self.default_factory is None: raise KeyError((key,))
    ///   self[key] = value = self.default_factory()
    ///   return value
    #[method(
        name = "__missing__",
        signature = "($self, object, /)",
        doc = "Called by __getitem__ for a missing key: makes and keeps default_factory()'s value."
    )]
    fn missing(&self, object: &Object) -> Result {
        match self.default_factory.get().filter(|factory| !factory.is_none()) {
            Some(factory) => {
                let value = factory.call(&[])?;
                self.get_or_insert(object, &value)
            }
            None => Err(key_error(object)),
        }
    }

    /// D.copy() -> a shallow copy of D.
    #[method(name = "copy", signature = "($self, /)")]
    fn copy_method(&self) -> Result {
        self.with_content(self)
    }

    /// D.copy() -> a shallow copy of D.
    #[method(name = "__copy__", signature = "($self, /)")]
    fn shallow_copy(&self) -> Result {
        self.with_content(self)
    }

    /// Return state information for pickling.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let arguments = match self.default_factory.get().filter(|factory| !factory.is_none()) {
            Some(factory) => Tuple::pack([factory]),
            None => Tuple::empty(),
        };
        let items = self.call_method(intern!("items"), &[])?.iter()?;
        Ok(Tuple::pack([self.ty().to_ref(), arguments.into_object(), none(), none(), items]))
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let content = self.base.tp_repr()?;
        let factory = match self.default_factory.get() {
            None => Str::new("None"),
            // The factory may be a bound method of this very object.
            Some(factory) => guarded(&factory, "...", || factory.repr())?,
        };
        let start = Str::from_string(format!("{}(", self.ty().name()));
        let pieces = [&*start, &*factory, &*Str::new(", "), &*content, &*Str::new(")")];
        Str::join_all(pieces.into_iter())
    }

    #[slot]
    fn nb_or(left: &Object, right: &Object) -> Result {
        let (own, other) = match left.downcast::<DefaultDict>() {
            Some(own) => (Some(own), right),
            None => (right.downcast::<DefaultDict>(), left),
        };
        let (Some(own), Some(_)) = (own, other.downcast::<Dict>()) else { return Ok(not_implemented()) };
        let merged = own.with_content(left)?;
        match merged.downcast::<Dict>() {
            Some(dict) => dict.merge(right, true)?,
            None => return Err(raise!(SystemError, "bad argument to internal function")),
        }
        Ok(merged)
    }
}
