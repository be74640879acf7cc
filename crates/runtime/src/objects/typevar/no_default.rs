//! `typing.NoDefault`: a type parameter's default where there is none.

use crate::objects::singletons::immortal;
use crate::prelude::*;

/// The type of the NoDefault singleton.
#[class(name = "NoDefaultType")]
#[repr(C)]
pub struct NoDefaultType {
    head: Object,
}

static NO_DEFAULT: Static<NoDefaultType> =
    Static::new(NoDefaultType { head: Object::immortal_head(NO_DEFAULT_TYPE_TYPE.as_type()) });

/// `typing.NoDefault`.
pub fn no_default() -> Ref {
    immortal(&*NO_DEFAULT)
}

#[methods]
impl NoDefaultType {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn tp_new(_class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result {
        if !args.is_empty() || !kwargs.is_empty() {
            return Err(raise!(TypeError, "NoDefaultType takes no arguments"));
        }
        Ok(no_default())
    }

    #[slot]
    fn tp_repr(&self) -> &'static str {
        "typing.NoDefault"
    }

    #[method(name = "__reduce__", signature = "($self, /)", hidden_signature)]
    fn reduce(&self) -> &'static str {
        "NoDefault"
    }
}
