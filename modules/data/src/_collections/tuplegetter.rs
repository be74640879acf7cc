//! `_tuplegetter`: the attribute of a named tuple.

use std::cell::Cell;

use runtime::objects::tuple::normalize_index;
use runtime::prelude::*;

/// A descriptor that gives a tuple's item.
#[class(name = "collections._tuplegetter", flags(GC), doc = "")]
#[repr(C)]
pub struct TupleGetter {
    head: Object,
    #[gc(skip)]
    index: Cell<isize>,
    #[member(name = "__doc__")]
    doc: Link,
}

#[methods]
impl TupleGetter {
    #[new(signature = "(index, doc, /)", hidden_signature)]
    fn tp_new(class: &Type, index: isize, doc: Ref) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            TupleGetter { head: Object::HEAD, index: Cell::new(index), doc: Link::new(doc) },
        ))
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        let Some(object) = object else { return Ok(self.to_ref()) };
        let index = self.index.get();
        let Some(tuple) = object.downcast::<Tuple>() else {
            if object.is_none() {
                return Ok(self.to_ref());
            }
            return Err(raise!(
                TypeError,
                "descriptor for index '{index}' for tuple subclasses doesn't apply to '{}' object",
                object.ty().full_name()
            ));
        };
        let item = normalize_index(index, tuple.len()).filter(|_| index >= 0).and_then(|at| tuple.get(at));
        item.ok_or_else(|| raise!(IndexError, "tuple index out of range"))
    }

    #[slot]
    fn tp_descr_set(&self, _object: &Object, value: Option<&Object>) -> Result<()> {
        Err(match value {
            Some(_) => raise!(AttributeError, "can't set attribute"),
            None => raise!(AttributeError, "can't delete attribute"),
        })
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let doc = self.doc.get().unwrap_or_else(none).repr()?;
        Ok(format!("{}({}, {doc})", self.ty().name(), self.index.get()))
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Ref<Tuple> {
        let index = Int::new(self.index.get() as i64).into_object();
        let arguments = Tuple::pack([index, self.doc.get().unwrap_or_else(none)]);
        Tuple::pack([self.ty().to_ref(), arguments.into_object()])
    }
}
