//! `cmp_to_key`: sort keys out of a comparison function.

use runtime::prelude::*;

/// A key: or, before it is called, what makes keys.
#[class(name = "functools.KeyWrapper", flags(GC, DISALLOW_INSTANTIATION), doc = "")]
#[repr(C)]
pub struct KeyWrapper {
    head: Object,
    compare: Link,
    /// Value wrapped by a key function.
    #[member(name = "obj")]
    object: Link,
}

impl KeyWrapper {
    fn make(compare: Ref, object: Option<Ref>) -> Ref<KeyWrapper> {
        Ref::new(KeyWrapper {
            head: Object::HEAD,
            compare: Link::new(compare),
            object: Link::from_option(object),
        })
    }
}

/// Turn a function that compares two objects into a key for sorting.
#[function(signature = "($module, /, mycmp)")]
pub fn cmp_to_key(_module: &Module, mycmp: Ref) -> Ref<KeyWrapper> {
    KeyWrapper::make(mycmp, None)
}

#[methods]
impl KeyWrapper {
    #[getter(name = "__text_signature__")]
    fn text_signature(&self) -> &'static str {
        "(obj)"
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result<Ref<KeyWrapper>> {
        let named = keywords.map_or(0, Dict::len);
        let total = arguments.len() + named;
        if total > 1 {
            return Err(raise!(TypeError, "K() takes at most 1 argument ({total} given)"));
        }
        let object = match (arguments.get(0), keywords) {
            (Some(object), _) => object,
            (None, Some(keywords)) if named > 0 => match keywords.get_str(intern!("obj"))? {
                Some(object) => object,
                None => return Err(raise!(TypeError, "K() missing required argument 'obj' (pos 1)")),
            },
            _ => return Err(raise!(TypeError, "K() missing required argument 'obj' (pos 1)")),
        };
        match self.compare.get() {
            Some(compare) => Ok(KeyWrapper::make(compare, Some(object))),
            None => Err(raise!(SystemError, "the key function was cleared")),
        }
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let Some(other) = other.downcast_exact::<KeyWrapper>() else {
            return Err(raise!(TypeError, "other argument must be K instance"));
        };
        let (Some(left), Some(right)) = (self.object.get(), other.object.get()) else {
            return Err(raise!(AttributeError, "object"));
        };
        let Some(compare) = self.compare.get() else { return Ok(not_implemented()) };
        compare.call(&[&left, &right])?.rich_compare(&Int::small(0), op)
    }
}
