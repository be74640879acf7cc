//! `_typing._ConstEvaluator`: the evaluation function of a value that is there already.

use crate::objects::generic_alias::type_repr;
use crate::prelude::*;

/// An evaluation function that always gives the same value.
#[class(name = "_typing._ConstEvaluator", flags(GC, DISALLOW_INSTANTIATION))]
#[repr(C)]
pub struct ConstEvaluator {
    head: Object,
    value: Link,
}

/// The format in which a value is given as source text (`annotationlib.Format.STRING`).
const STRING: i32 = 4;

impl ConstEvaluator {
    pub fn new(value: &Object) -> Ref<ConstEvaluator> {
        Ref::new(ConstEvaluator { head: Object::HEAD, value: Link::new(value.to_ref()) })
    }

    fn value(&self) -> Ref {
        self.value.get().unwrap_or_else(none)
    }
}

#[methods]
impl ConstEvaluator {
    #[slot]
    fn tp_repr(&self) -> Result<String> {
        Ok(format!("<constevaluator {}>", self.value().repr()?))
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        if keywords.is_some_and(|keywords| !keywords.is_empty()) {
            return Err(raise!(TypeError, "constevaluator.__call__() takes no keyword arguments"));
        }
        let [format] = arguments.as_slice() else {
            return Err(raise!(
                TypeError,
                "constevaluator.__call__() takes exactly 1 argument ({} given)",
                arguments.len()
            ));
        };
        let Some(format) = format.index()?.to_i64().and_then(|format| i32::try_from(format).ok()) else {
            return Err(raise!(OverflowError, "signed integer is greater than maximum"));
        };
        let value = self.value();
        if format != STRING {
            return Ok(value);
        }
        let Some(items) = value.downcast::<Tuple>() else { return Ok(type_repr(&value)?.into_object()) };
        let mut pieces = vec![Str::new("(")];
        for (index, item) in items.as_slice().iter().enumerate() {
            if index > 0 {
                pieces.push(Str::new(", "));
            }
            pieces.push(type_repr(item)?);
        }
        pieces.push(Str::new(")"));
        Ok(Str::join_all(pieces.iter().map(|piece| &**piece))?.into_object())
    }
}
