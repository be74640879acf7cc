//! `ImportError`.

use super::BaseException;
use super::base::take_keywords;
use super::stop::ExceptionBase;
use crate::prelude::*;

/// Import can't find module, or can't find name in module.
#[class(name = "ImportError", variable = ImportError, base = ExceptionBase, flags(BASETYPE, GC, BASE_EXC_SUBCLASS))]
#[repr(C)]
pub struct ImportError {
    base: BaseException,
    /// exception message
    #[member]
    pub msg: Link,
    /// module name
    #[member]
    pub name: Link,
    /// module path
    #[member]
    pub path: Link,
    /// name imported from module
    #[member]
    pub name_from: Link,
}

const _: () = assert!(size_of::<ImportError>() == size_of::<abi::PyImportErrorObject>());

#[methods]
impl ImportError {
    #[slot]
    fn tp_init(&self, args: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        self.args.set(Some(Ref::from_borrowed(args)));
        let [name, path, name_from] = take_keywords("ImportError", keywords, ["name", "path", "name_from"])?;
        self.name.set(name);
        self.path.set(path);
        self.name_from.set(name_from);
        self.msg.set(match args.as_slice() {
            [message] => Some(message.clone()),
            _ => None,
        });
        Ok(())
    }

    #[slot]
    fn tp_str(&self) -> Result<Ref<Str>> {
        match self.msg.get().map(|message| message.cast_exact::<Str>()) {
            Some(Ok(message)) => Ok(message),
            _ => super::base::text_of_args(self),
        }
    }

    #[method(name = "__reduce__", signature = "($self, /)", doc = "")]
    fn reduce(&self) -> Result {
        let class = self.ty().to_type_ref().into_object();
        let args = self.args().into_object();
        let fields = [
            (intern!("name"), self.name.get()),
            (intern!("path"), self.path.get()),
            (intern!("name_from"), self.name_from.get()),
        ];
        let dict = self.dict.get();
        if fields.iter().all(|(_, value)| value.is_none()) {
            return Ok(match dict {
                Some(dict) => Tuple::pack([class, args, dict.into_object()]).into_object(),
                None => Tuple::pack([class, args]).into_object(),
            });
        }
        let state = match dict {
            Some(dict) => dict.copy()?,
            None => Dict::new(),
        };
        for (name, value) in fields {
            if let Some(value) = value {
                state.insert_str(name, &value)?;
            }
        }
        Ok(Tuple::pack([class, args, state.into_object()]).into_object())
    }
}

/// `class(message, name=…, path=…, name_from=…)`, `class` being ImportError or a subclass.
pub fn import_error(
    class: &Type,
    message: &str,
    name: Option<&Object>,
    path: Option<&Object>,
    name_from: Option<&Object>,
) -> Result<Ref<BaseException>> {
    let made = super::instantiate(class, Some(&Str::new(message)))?;
    if let Some(error) = made.downcast::<ImportError>() {
        error.name.set(name.map(Object::to_ref));
        error.path.set(path.map(Object::to_ref));
        error.name_from.set(name_from.map(Object::to_ref));
    }
    Ok(made)
}
