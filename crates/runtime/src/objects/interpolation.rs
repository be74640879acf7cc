//! `string.templatelib.Interpolation` (PEP 750).

use crate::objects::generic_alias::GenericAlias;
use crate::prelude::*;

/// An interpolation of a t-string: a value, the expression's text, the conversion, the format spec.
#[class(name = "string.templatelib.Interpolation", flags(GC))]
#[repr(C)]
pub struct Interpolation {
    head: Object,
    #[member(readonly)]
    value: Link,
    #[member(readonly)]
    expression: Link,
    #[member(readonly)]
    conversion: Link,
    #[member(readonly)]
    format_spec: Link,
}

impl Interpolation {
    pub fn new(
        value: &Object,
        expression: &Object,
        conversion: &Object,
        spec: &Object,
    ) -> Ref<Interpolation> {
        let link = |part: &Object| Link::new(part.to_ref());
        Ref::new(Interpolation {
            head: Object::HEAD,
            value: link(value),
            expression: link(expression),
            conversion: link(conversion),
            format_spec: link(spec),
        })
    }
}

#[methods]
impl Interpolation {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __match_args__: (&'static str, &'static str, &'static str, &'static str) =
        ("value", "expression", "conversion", "format_spec");

    #[new(signature = "(value, expression='', conversion=None, format_spec='')", hidden_signature)]
    fn tp_new(
        _class: &Type,
        value: &Object,
        expression: Option<Ref<Str>>,
        conversion: OrNone<Ref<Str>>,
        format_spec: Option<Ref<Str>>,
    ) -> Result<Ref<Self>> {
        let conversion = match conversion.0 {
            None => none(),
            Some(letter) if ["s", "a", "r"].iter().any(|known| letter.eq_str(known)) => letter.into_object(),
            Some(_) => {
                return Err(raise!(
                    ValueError,
                    "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"
                ));
            }
        };
        let expression = expression.unwrap_or_else(Str::empty);
        let spec = format_spec.unwrap_or_else(Str::empty);
        Ok(Interpolation::new(value, &expression, &conversion, &spec))
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let text = |part: &Link| part.get().unwrap_or_else(none).repr();
        Ok(format!(
            "Interpolation({}, {}, {}, {})",
            text(&self.value)?,
            text(&self.expression)?,
            text(&self.conversion)?,
            text(&self.format_spec)?
        ))
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> Ref<Tuple> {
        let part = |field: &Link| field.get().unwrap_or_else(none);
        let parts = [&self.value, &self.expression, &self.conversion, &self.format_spec].map(part);
        Tuple::pack([self.ty().to_ref(), Tuple::pack(parts).into_object()])
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__", signature = "($type, item, /)", hidden_signature)]
    fn class_getitem(class: &Type, item: &Object) -> Result<Ref<GenericAlias>> {
        GenericAlias::new(class, item)
    }
}
