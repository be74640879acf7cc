//! What the modules share: exception classes.

use runtime::objects::exceptions::Exception;
use runtime::prelude::*;

/// A new subclass of Exception.
pub fn new_exception(module: &str, name: &str, doc: Option<&str>) -> Result<Ref<Type>> {
    let dict = Dict::new();
    dict.insert_str(intern!("__module__"), &Str::new(module))?;
    if let Some(doc) = doc {
        dict.insert_str(intern!("__doc__"), &Str::new(doc))?;
    }
    let bases = Tuple::pack([Exception.as_type().to_ref()]);
    let class = Type::type_object().call(&[&Str::new(name), &bases, &dict])?;
    class.cast::<Type>().map_err(|_| raise!(SystemError, "{module}.{name} is no class"))
}
