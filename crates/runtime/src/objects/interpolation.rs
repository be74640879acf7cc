//! `string.templatelib.Interpolation` (PEP 750).

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
}
