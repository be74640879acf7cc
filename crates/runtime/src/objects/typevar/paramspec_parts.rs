//! `typing.ParamSpecArgs` and `typing.ParamSpecKwargs`: `P.args` and `P.kwargs`.

use super::cannot_subclass;
use super::paramspec::ParamSpec;
use crate::prelude::*;

macro_rules! part {
    ($(#[$doc:meta])* $name:ident $full:literal $python:literal $function:literal $suffix:literal) => {
        $(#[$doc])*
        #[class(name = $full, flags(GC))]
        #[repr(C)]
        pub struct $name {
            head: Object,
            #[member(readonly, name = "__origin__")]
            origin: Link,
            #[weaklist]
            weakrefs: WeakList,
        }

        impl $name {
            pub fn of(origin: &Object) -> Ref<$name> {
                Ref::new($name {
                    head: Object::HEAD,
                    origin: Link::new(origin.to_ref()),
                    weakrefs: WeakList::new(),
                })
            }
        }

        #[methods]
        impl $name {
            #[constant]
            #[allow(non_upper_case_globals)]
            const __module__: &'static str = "typing";

            #[new(name = $function, signature = "(origin)", hidden_signature)]
            fn tp_new(_class: &Type, origin: &Object) -> Result<Ref<Self>> {
                Ok($name::of(origin))
            }

            #[slot]
            fn tp_repr(&self) -> Result<String> {
                let origin = self.origin.get().unwrap_or_else(none);
                match origin.downcast_exact::<ParamSpec>() {
                    Some(spec) => Ok(format!(concat!("{}.", $suffix), spec.name())),
                    None => Ok(format!(concat!("{}.", $suffix), origin.repr()?)),
                }
            }

            #[slot]
            fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
                let (Some(other), CompareOp::Eq | CompareOp::Ne) = (other.downcast_exact::<$name>(), op) else {
                    return Ok(not_implemented());
                };
                let (left, right) = (self.origin.get(), other.origin.get());
                left.unwrap_or_else(none).rich_compare(&right.unwrap_or_else(none), op)
            }

            // It is no base of a class.
            #[method(name = "__mro_entries__", signature = "($self, object, /)")]
            fn mro_entries(&self, _bases: &Object) -> Result {
                Err(cannot_subclass($python))
            }
        }
    };
}

part! {
    /// The args for a ParamSpec object: the type of `*args` where P is a ParamSpec and the annotation is P.args.
    ParamSpecArgs "typing.ParamSpecArgs" "ParamSpecArgs" "paramspecargs" "args"
}

part! {
    /// The kwargs for a ParamSpec object: the type of `**kwargs` where P is a ParamSpec and the annotation is P.kwargs.
    ParamSpecKwargs "typing.ParamSpecKwargs" "ParamSpecKwargs" "paramspeckwargs" "kwargs"
}
