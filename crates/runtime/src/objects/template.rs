//! `string.templatelib.Template` (PEP 750).

use std::cell::Cell;

use crate::objects::generic_alias::GenericAlias;
use crate::objects::interpolation::Interpolation;
use crate::prelude::*;

/// Template object
///
/// What a t-string makes: its static strings and the interpolations between them.
#[class(name = "string.templatelib.Template", flags(GC))]
#[repr(C)]
pub struct Template {
    head: Object,
    #[member(readonly)]
    strings: Link,
    #[member(readonly)]
    interpolations: Link,
}

impl Template {
    /// From a tuple of strings and a tuple of interpolations.
    pub fn new(strings: &Object, interpolations: &Object) -> Ref<Template> {
        Ref::new(Template {
            head: Object::HEAD,
            strings: Link::new(strings.to_ref()),
            interpolations: Link::new(interpolations.to_ref()),
        })
    }

    fn string_items(&self) -> Vec<Ref> {
        items(&self.strings)
    }

    fn interpolation_items(&self) -> Vec<Ref> {
        items(&self.interpolations)
    }

    /// The strings of both, the last and the first of them joined, and the interpolations of both.
    fn concat(&self, other: &Template) -> Result<Ref<Template>> {
        let mut strings = self.string_items();
        let mut rest = other.string_items().into_iter();
        if let (Some(left), Some(right)) = (strings.pop(), rest.next()) {
            strings.push(crate::protocol::number::add(&left, &right)?);
        }
        strings.extend(rest);
        let mut interpolations = self.interpolation_items();
        interpolations.extend(other.interpolation_items());
        Ok(Template::new(&Tuple::from_vec(strings), &Tuple::from_vec(interpolations)))
    }
}

/// The items of a tuple field.
fn items(field: &Link) -> Vec<Ref> {
    let tuple = field.get();
    tuple
        .as_ref()
        .and_then(|tuple| tuple.downcast::<Tuple>())
        .map_or_else(Vec::new, |tuple| tuple.as_slice().to_vec())
}

#[methods]
impl Template {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(_class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        if !kwargs.is_empty() {
            return Err(raise!(TypeError, "Template.__new__ only accepts *args arguments"));
        }
        // A string comes before, between and after interpolations; neighbouring ones are joined.
        let (mut strings, mut interpolations) = (Vec::new(), Vec::new());
        let mut last: Option<Ref> = None;
        for argument in args {
            if argument.downcast::<Str>().is_some() {
                last = Some(match last {
                    Some(before) => crate::protocol::number::add(&before, argument)?,
                    None => argument.to_ref(),
                });
            } else if argument.is::<Interpolation>() {
                strings.push(last.take().unwrap_or_else(|| Str::empty().into_object()));
                interpolations.push(argument.to_ref());
            } else {
                return Err(raise!(
                    TypeError,
                    "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                    argument.ty().full_name()
                ));
            }
        }
        strings.push(last.unwrap_or_else(|| Str::empty().into_object()));
        Ok(Template::new(&Tuple::from_vec(strings), &Tuple::from_vec(interpolations)))
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let text = |part: &Link| part.get().unwrap_or_else(none).repr();
        Ok(format!(
            "Template(strings={}, interpolations={})",
            text(&self.strings)?,
            text(&self.interpolations)?
        ))
    }

    #[slot]
    fn tp_iter(&self) -> Ref<TemplateIter> {
        let (strings, interpolations) = (self.string_items(), self.interpolation_items());
        let mut parts = Vec::new();
        let mut interpolations = interpolations.into_iter();
        for string in strings {
            if !string.downcast::<Str>().is_some_and(Str::is_empty) {
                parts.push(string);
            }
            parts.extend(interpolations.next());
        }
        Ref::new(TemplateIter {
            head: Object::HEAD,
            parts: Link::new(Tuple::from_vec(parts)),
            next: Cell::new(0),
        })
    }

    #[slot]
    fn sq_concat(&self, other: &Object) -> Result<Ref<Template>> {
        match other.downcast::<Template>() {
            Some(other) => self.concat(other),
            None => Err(raise!(
                TypeError,
                "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                other.ty().full_name()
            )),
        }
    }

    /// Values of interpolations
    #[getter]
    fn values(&self) -> Result<Ref<Tuple>> {
        let value = |interpolation: &Ref| interpolation.get_attr(intern!("value"));
        let values: Result<Vec<Ref>> = self.interpolation_items().iter().map(value).collect();
        Ok(Tuple::from_vec(values?))
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        let unpickle = crate::import::import_attribute("string.templatelib", intern!("_template_unpickle"))?;
        let part = |field: &Link| field.get().unwrap_or_else(none);
        let parts = Tuple::pack([part(&self.strings), part(&self.interpolations)]);
        Ok(Tuple::pack([unpickle, parts.into_object()]))
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, item, /)", hidden_signature)]
    fn class_getitem(class: &Type, item: &Object) -> Result<Ref<GenericAlias>> {
        GenericAlias::new(class, item)
    }
}

/// Template iterator object
#[class(name = "string.templatelib.TemplateIter", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct TemplateIter {
    head: Object,
    parts: Link<Tuple>,
    #[gc(skip)]
    next: Cell<usize>,
}

#[methods]
impl TemplateIter {
    #[slot]
    fn tp_iter(&self) -> Ref {
        self.to_ref()
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref> {
        let index = self.next.get();
        self.next.set(index.saturating_add(1));
        self.parts.get()?.get(index)
    }
}
