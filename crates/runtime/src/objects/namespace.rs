//! `types.SimpleNamespace`: an object whose attributes are what it was given.

use crate::errors::Result;
use crate::prelude::*;
use crate::protocol::repr_guard::guarded;

/// A simple attribute-based namespace.
#[class(
    name = "types.SimpleNamespace",
    flags(GC, BASETYPE),
    symbol = "_PyNamespace_Type",
    doc = "SimpleNamespace(mapping_or_iterable=(), /, **kwargs)\n--\n\nA simple attribute-based namespace."
)]
#[repr(C)]
pub struct SimpleNamespace {
    head: Object,
    #[dict]
    #[member(readonly, name = "__dict__")]
    dict: Link<Dict>,
}

impl SimpleNamespace {
    /// A namespace of these attributes.
    pub fn new(dict: Ref<Dict>) -> Ref<SimpleNamespace> {
        Ref::new(SimpleNamespace { head: Object::HEAD, dict: Link::new(dict) })
    }

    pub fn dict(&self) -> Ref<Dict> {
        self.dict.get().unwrap_or_else(|| {
            let dict = Dict::new();
            self.dict.set(Some(dict.clone()));
            dict
        })
    }

    fn describe(&self, name: &str) -> Result<Ref<Str>> {
        let dict = self.dict();
        let mut text = format!("{name}(");
        let mut first = true;
        let mut keys = Vec::with_capacity(dict.len());
        let mut position = 0;
        while let Some((key, _)) = dict.next_entry(&mut position) {
            keys.push(key);
        }
        for key in keys {
            let Some(key) = key.downcast::<Str>().filter(|key| !key.is_empty()) else { continue };
            let Some(value) = dict.get_str(key)? else { continue };
            if !std::mem::take(&mut first) {
                text.push_str(", ");
            }
            text.push_str(&format!("{key}={}", value.repr()?));
        }
        text.push(')');
        Ok(Str::from_string(text))
    }
}

/// Adds entries with string keys.
fn update(target: &Dict, source: &Dict) -> Result<()> {
    let mut position = 0;
    while let Some((key, _)) = source.next_entry(&mut position) {
        if key.downcast::<Str>().is_none() {
            return Err(raise!(TypeError, "keywords must be strings"));
        }
    }
    let mut position = 0;
    while let Some((key, value)) = source.next_entry(&mut position) {
        target.insert(&key, &value)?;
    }
    Ok(())
}

#[methods]
impl SimpleNamespace {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new_empty(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        let _ = (args, kwargs);
        let namespace = SimpleNamespace { head: Object::HEAD, dict: Link::new(Dict::new()) };
        Ok(Ref::new_in(class, namespace))
    }

    #[init(signature = "(*args, **kwargs)", hidden_signature)]
    fn init(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        let dict = self.dict();
        match *args {
            [] => {}
            [source] => match source.downcast_exact::<Dict>() {
                Some(source) => update(&dict, source)?,
                None => {
                    let source = Dict::type_object().call(&[source])?;
                    if let Some(source) = source.downcast::<Dict>() {
                        update(&dict, source)?;
                    }
                }
            },
            _ => {
                let (name, count) = (self.ty().name(), args.len());
                return Err(raise!(TypeError, "{name} expected at most 1 argument, got {count}"));
            }
        }
        for (name, value) in kwargs.iter() {
            dict.insert_str(name, value)?;
        }
        Ok(())
    }

    /// Return state information for pickling
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        Ok(Tuple::pack([self.ty().to_ref(), Tuple::empty().into_object(), self.dict().into_object()]))
    }

    #[method(
        name = "__replace__",
        signature = "(*args, **changes)",
        hidden_signature,
        doc = "__replace__($self, /, **changes)\n--\n\nReturn a copy of the namespace object with new values for the specified attributes."
    )]
    fn replace(&self, args: &[&Object], changes: KwArgs<'_>) -> Result {
        if !args.is_empty() {
            return Err(raise!(TypeError, "__replace__() takes no positional arguments"));
        }
        let result = self.ty().to_ref().call(&[])?;
        let Some(namespace) = result.downcast::<SimpleNamespace>() else {
            let (wanted, given) = (SimpleNamespace::type_object().full_name(), result.ty().full_name());
            return Err(raise!(
                TypeError,
                "expect {wanted} type, but {}() returned '{given}' object",
                self.ty().full_name()
            ));
        };
        let dict = namespace.dict();
        update(&dict, &self.dict())?;
        for (name, value) in changes.iter() {
            dict.insert_str(name, value)?;
        }
        Ok(result)
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let name = if self.is::<SimpleNamespace>() { "namespace" } else { self.ty().full_name() };
        guarded(self, &format!("{name}(...)"), || self.describe(name))
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        match (self.downcast::<SimpleNamespace>(), other.downcast::<SimpleNamespace>()) {
            (Some(left), Some(right)) => left.dict().rich_compare(&right.dict(), op),
            _ => Ok(not_implemented()),
        }
    }
}
