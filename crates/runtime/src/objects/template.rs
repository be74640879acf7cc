//! `string.templatelib.Template` (PEP 750).

use crate::prelude::*;

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
}

#[methods]
impl Template {
    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let text = |part: &Link| part.get().unwrap_or_else(none).repr();
        Ok(format!(
            "Template(strings={}, interpolations={})",
            text(&self.strings)?,
            text(&self.interpolations)?
        ))
    }
}
