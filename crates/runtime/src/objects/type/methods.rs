//! What `type` itself offers: its methods, computed attributes and fields.

use macros::methods;

use super::{Type, bind, bridge, mro};
use crate::errors::{Result, raise_value};
use crate::object::{Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::singletons::none;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::TYPE_TYPE;
use crate::protocol::result_into_raw;
use crate::reference::Ref;
use crate::{intern, raise};

/// A field of the C struct as a read-only attribute.
const fn member(name: &'static std::ffi::CStr, code: i32, offset: usize) -> abi::PyMemberDef {
    abi::PyMemberDef {
        name: name.as_ptr(),
        r#type: code,
        offset: offset as isize,
        flags: abi::Py_READONLY,
        doc: std::ptr::null(),
    }
}

macro_rules! fields {
    ($($name:literal $code:ident $field:ident;)*) => {
        [$(member($name, abi::$code, std::mem::offset_of!(abi::PyTypeObject, $field))),*]
    };
}

pub(super) static MEMBERS: [abi::PyMemberDef; 5] = fields! {
    c"__basicsize__" Py_T_PYSSIZET tp_basicsize;
    c"__itemsize__" Py_T_PYSSIZET tp_itemsize;
    c"__weakrefoffset__" Py_T_PYSSIZET tp_weaklistoffset;
    c"__base__" _Py_T_OBJECT tp_base;
    c"__dictoffset__" Py_T_PYSSIZET tp_dictoffset;
};

/// Native types with a dotted name that are static in C, too.
const STATIC: &[&str] = &[
    "types.",
    "weakref.",
    "collections.OrderedDict",
    "datetime.",
    "string.templatelib.",
    "sys.",
    "typing.Union",
];

#[methods]
impl Type {
    /// The type's flags. What is a heap type in C and static here shows itself as one: pickling goes by that.
    #[getter(name = "__flags__")]
    fn shown_flags(&self) -> u64 {
        let mut flags = self.flags();
        let name = self.full_name();
        // Static types of extension modules are what they say.
        let native = flags & abi::_Py_TPFLAGS_STATIC_BUILTIN != 0;
        if native && name.contains('.') && !STATIC.iter().any(|known| name.starts_with(known)) {
            flags ^= abi::Py_TPFLAGS_HEAPTYPE | abi::_Py_TPFLAGS_STATIC_BUILTIN;
        }
        flags
    }

    /// Return a type's method resolution order.
    #[method(name = "mro", signature = "($self, /)")]
    fn mro_method(&self) -> Result {
        mro::mro_list(self)
    }

    /// Return a list of immediate subclasses.
    #[method(name = "__subclasses__", signature = "($self, /)")]
    fn subclasses_method(&self) -> Ref<List> {
        List::from_vec(self.subclasses().into_iter().map(Ref::into_object).collect())
    }

    // What it is given does not matter: the signature is the one for readers.
    #[classmethod(
        name = "__prepare__",
        signature = "(*arguments, **keywords)",
        hidden_signature,
        doc = "__prepare__($cls, name, bases, /, **kwds)\n--\n\nCreate the namespace for the class statement"
    )]
    fn prepare(
        _class: &Type,
        _arguments: &[&Object],
        _keywords: crate::native::args::KwArgs<'_>,
    ) -> Ref<Dict> {
        Dict::new()
    }

    /// Check if an object is an instance.
    #[method(name = "__instancecheck__", signature = "($self, instance, /)")]
    fn instance_check(&self, instance: &Object) -> Result<bool> {
        instance.is_instance_plain(self)
    }

    /// Check if a class is a subclass.
    #[method(name = "__subclasscheck__", signature = "($self, subclass, /)")]
    fn subclass_check(&self, subclass: &Object) -> Result<bool> {
        subclass.is_subclass_plain(self)
    }

    /// Specialized __dir__ implementation for types.
    #[method(name = "__dir__", signature = "($self, /)")]
    fn dir(&self) -> Result<Ref<List>> {
        let names = Dict::new();
        merge_class_dict(&names, self)?;
        Ok(keys(&names))
    }

    /// Return memory consumption of the type object.
    #[method(name = "__sizeof__", signature = "($self, /)")]
    fn sizeof(&self) -> usize {
        match self.is_heap_type() {
            true => size_of::<abi::PyHeapTypeObject>() + bridge::keys_size(self),
            false => size_of::<abi::PyTypeObject>(),
        }
    }

    #[getter(name = "__name__")]
    fn get_name(&self) -> Ref<Str> {
        self.name_object()
    }

    #[setter(name = "__name__")]
    fn set_name(&self, value: Option<&Object>) -> Result<()> {
        let value = self.check_special(value, "__name__")?;
        let name = self.check_text(value, "__name__")?;
        super::new::set_type_name(self, name)?;
        if let Some(heap) = self.heap() {
            Type::set_field(&heap.ht_name, Some(value.to_ref()));
        }
        Ok(())
    }

    #[getter(name = "__qualname__")]
    fn get_qualname(&self) -> Ref<Str> {
        self.qualname()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(&self, value: Option<&Object>) -> Result<()> {
        let value = self.check_special(value, "__qualname__")?;
        self.check_text(value, "__qualname__")?;
        if let Some(heap) = self.heap() {
            Type::set_field(&heap.ht_qualname, Some(value.to_ref()));
        }
        Ok(())
    }

    #[getter(name = "__bases__")]
    fn get_bases(&self) -> Ref<Tuple> {
        self.bases().unwrap_or_else(Tuple::empty)
    }

    #[setter(name = "__bases__")]
    fn set_bases(&self, value: Option<&Object>) -> Result<()> {
        let value = self.check_special(value, "__bases__")?;
        super::rebase::set_bases(self, value)
    }

    #[getter(name = "__mro__")]
    fn get_mro(&self) -> Option<Ref<Tuple>> {
        self.mro()
    }

    #[getter(name = "__module__")]
    fn get_module(&self) -> Result {
        match self.module()? {
            Some(module) => Ok(module),
            None => Err(raise_value(&crate::objects::exceptions::AttributeError, intern!("__module__"))),
        }
    }

    #[setter(name = "__module__")]
    fn set_module(&self, value: Option<&Object>) -> Result<()> {
        let value = self.check_special(value, "__module__")?;
        self.modified();
        let dict = self.namespace()?;
        dict.remove(intern!("__firstlineno__"))?;
        dict.insert_str(intern!("__module__"), value)
    }

    #[getter(name = "__abstractmethods__")]
    fn get_abstract_methods(&self) -> Result {
        // `type` itself holds this very attribute there.
        if !std::ptr::eq(self, TYPE_TYPE.as_type())
            && let Some(names) = self.namespace()?.get_str(intern!("__abstractmethods__"))?
        {
            return Ok(names);
        }
        Err(raise_value(&crate::objects::exceptions::AttributeError, intern!("__abstractmethods__")))
    }

    #[setter(name = "__abstractmethods__")]
    fn set_abstract_methods(&self, value: Option<&Object>) -> Result<()> {
        let dict = self.namespace()?;
        let is_abstract = match value {
            Some(value) => {
                let is_abstract = value.is_true()?;
                self.modified();
                dict.insert_str(intern!("__abstractmethods__"), value)?;
                is_abstract
            }
            None => {
                self.modified();
                if dict.remove(intern!("__abstractmethods__"))?.is_none() {
                    let name = intern!("__abstractmethods__");
                    return Err(raise_value(&crate::objects::exceptions::AttributeError, name));
                }
                false
            }
        };
        match is_abstract {
            true => self.set_flag(abi::Py_TPFLAGS_IS_ABSTRACT),
            false => self.clear_flag(abi::Py_TPFLAGS_IS_ABSTRACT),
        }
        Ok(())
    }

    #[getter(name = "__dict__")]
    fn get_dict(&self) -> Result {
        bridge::mapping_proxy(&*self.namespace()?)
    }

    #[getter(name = "__doc__")]
    fn get_doc(&self) -> Result {
        if !self.is_heap_type()
            && let Some(doc) = self.c_doc()
        {
            return Ok(Str::new(super::text_signature::documentation(self.full_name(), &doc)).into_object());
        }
        match self.namespace()?.get_str(intern!("__doc__"))? {
            Some(doc) => bind(doc, None, self),
            None => Ok(none()),
        }
    }

    #[setter(name = "__doc__")]
    fn set_doc(&self, value: Option<&Object>) -> Result<()> {
        let value = self.check_special(value, "__doc__")?;
        self.modified();
        self.namespace()?.insert_str(intern!("__doc__"), value)
    }

    #[getter(name = "__text_signature__")]
    fn get_text_signature(&self) -> Option<String> {
        let doc = self.c_doc()?;
        super::text_signature::signature(self.full_name(), &doc).map(str::to_owned)
    }

    #[getter(name = "__annotations__")]
    fn get_annotations(&self) -> Result {
        if !self.is_heap_type() {
            let name = self.full_name();
            return Err(raise!(AttributeError, "type object '{name}' has no attribute '__annotations__'"));
        }
        let dict = self.namespace()?;
        let found = match dict.get_str(intern!("__annotations__"))? {
            Some(found) => Some(found),
            None => dict.get_str(intern!("__annotations_cache__"))?,
        };
        if let Some(found) = found {
            return bind(found, None, self);
        }
        let annotate = self.get_annotate()?;
        let annotations = if annotate.is_callable() {
            let annotations = annotate.call(&[&crate::objects::int::Int::new(1)])?;
            if annotations.downcast::<Dict>().is_none() {
                let given = annotations.ty().qualified_name();
                return Err(raise!(TypeError, "__annotate__() must return a dict, not {given}"));
            }
            annotations
        } else {
            Dict::new().into_object()
        };
        dict.insert_str(intern!("__annotations_cache__"), &annotations)?;
        self.modified();
        Ok(annotations)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(&self, value: Option<&Object>) -> Result<()> {
        self.check_mutable("__annotations__")?;
        let dict = self.namespace()?;
        self.modified();
        match value {
            Some(value) => {
                let own = dict.get_str(intern!("__annotations__"))?.is_some();
                let name = if own { intern!("__annotations__") } else { intern!("__annotations_cache__") };
                dict.insert_str(name, value)?;
            }
            None => {
                let own = dict.remove(intern!("__annotations__"))?.is_some();
                let cached = dict.remove(intern!("__annotations_cache__"))?.is_some();
                if !own && !cached {
                    let name = intern!("__annotations__");
                    return Err(raise_value(&crate::objects::exceptions::AttributeError, name));
                }
            }
        }
        dict.remove(intern!("__annotate_func__"))?;
        dict.remove(intern!("__annotate__"))?;
        Ok(())
    }

    #[getter(name = "__annotate__")]
    fn get_annotate(&self) -> Result {
        if !self.is_heap_type() {
            let name = self.full_name();
            return Err(raise!(AttributeError, "type object '{name}' has no attribute '__annotate__'"));
        }
        let dict = self.namespace()?;
        let found = match dict.get_str(intern!("__annotate_func__"))? {
            Some(found) => Some(found),
            None => dict.get_str(intern!("__annotate__"))?,
        };
        if let Some(found) = found {
            return bind(found, None, self);
        }
        dict.insert_str(intern!("__annotate_func__"), &none())?;
        self.modified();
        Ok(none())
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(&self, value: Option<&Object>) -> Result<()> {
        let Some(value) = value else {
            return Err(raise!(TypeError, "cannot delete __annotate__ attribute"));
        };
        self.check_mutable("__annotate__")?;
        if !value.is_none() && !value.is_callable() {
            return Err(raise!(TypeError, "__annotate__ must be callable or None"));
        }
        let dict = self.namespace()?;
        self.modified();
        dict.insert_str(intern!("__annotate_func__"), value)?;
        if !value.is_none() {
            dict.remove(intern!("__annotations_cache__"))?;
        }
        Ok(())
    }

    #[getter(name = "__type_params__")]
    fn get_type_params(&self) -> Result {
        // `type` itself holds this very attribute there.
        if std::ptr::eq(self, TYPE_TYPE.as_type()) {
            return Ok(Tuple::empty().into_object());
        }
        match self.namespace()?.get_str(intern!("__type_params__"))? {
            Some(parameters) => Ok(parameters),
            None => Ok(Tuple::empty().into_object()),
        }
    }

    #[setter(name = "__type_params__")]
    fn set_type_params(&self, value: Option<&Object>) -> Result<()> {
        let value = self.check_special(value, "__type_params__")?;
        self.modified();
        self.namespace()?.insert_str(intern!("__type_params__"), value)
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        self.describe()
    }
}

impl Type {
    /// `__name__` as an object.
    pub fn name_object(&self) -> Ref<Str> {
        match self.heap().and_then(|heap| super::object_at::<Str>(heap.ht_name.get())) {
            Some(name) => Ref::from_borrowed(name),
            None => Str::new(self.name()),
        }
    }

    /// `__qualname__`.
    pub fn qualname(&self) -> Ref<Str> {
        match self.heap().and_then(|heap| super::object_at::<Str>(heap.ht_qualname.get())) {
            Some(name) => Ref::from_borrowed(name),
            None => self.name_object(),
        }
    }

    /// `__module__`: of static types what their name says.
    pub fn module(&self) -> Result<Option<Ref>> {
        if self.is_heap_type() {
            return match self.dict() {
                Some(dict) => dict.get_str(intern!("__module__")),
                None => Ok(None),
            };
        }
        let module = self.full_name().rsplit_once('.').map_or("builtins", |(module, _)| module);
        Ok(Some(Str::intern(Str::new(module)).into_object()))
    }

    /// The name with the module's before it, unless that is `builtins` or `__main__` (C: `PyType_GetFullyQualifiedName`).
    pub fn qualified_name(&self) -> String {
        if !self.is_heap_type() {
            return self.full_name().to_owned();
        }
        let qualname = self.qualname();
        match self.module() {
            Ok(Some(module)) => match module.downcast::<Str>() {
                Some(module) if !module.eq_str("builtins") && !module.eq_str("__main__") => {
                    format!("{module}.{qualname}")
                }
                _ => qualname.to_string(),
            },
            Ok(None) => qualname.to_string(),
            Err(raised) => {
                raised.clear();
                qualname.to_string()
            }
        }
    }

    /// `repr(type)`.
    fn describe(&self) -> Result<Ref<Str>> {
        let module = self.module().unwrap_or_else(|raised| {
            raised.clear();
            None
        });
        Ok(match module.as_ref().and_then(|module| module.downcast::<Str>()) {
            Some(module) if !module.eq_str("builtins") => {
                let parts =
                    [Str::new("<class '"), Ref::from_borrowed(module), Str::new("."), self.qualname()];
                let mut text = bytecode::Wtf8Buf::new();
                parts.iter().for_each(|part| text.push_wtf8(&part.to_wtf8()));
                text.push_str("'>");
                Str::from_wtf8(&text)
            }
            _ => Str::from_string(format!("<class '{}'>", self.full_name())),
        })
    }

    fn namespace(&self) -> Result<Ref<Dict>> {
        self.dict().ok_or_else(|| raise!(SystemError, "type '{}' has no namespace", self.full_name()))
    }

    /// `tp_doc` with its signature.
    fn c_doc(&self) -> Option<String> {
        let doc = self.raw.tp_doc.get();
        // SAFETY: a type's documentation is a C string that lives as long as the type.
        (!doc.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(doc) }.to_string_lossy().into_owned())
    }

    fn check_mutable(&self, name: &str) -> Result<()> {
        if self.is_immutable() {
            let class = self.full_name();
            return Err(raise!(TypeError, "cannot set '{name}' attribute of immutable type '{class}'"));
        }
        Ok(())
    }

    /// A special attribute of a type can't be deleted, nor set where the type is immutable.
    fn check_special<'a>(&self, value: Option<&'a Object>, name: &str) -> Result<&'a Object> {
        self.check_mutable(name)?;
        value.ok_or_else(|| {
            let class = self.full_name();
            raise!(TypeError, "cannot delete '{name}' attribute of immutable type '{class}'")
        })
    }

    fn check_text<'a>(&self, value: &'a Object, name: &str) -> Result<&'a Str> {
        value.downcast::<Str>().ok_or_else(|| {
            let (class, given) = (self.full_name(), value.ty().full_name());
            raise!(TypeError, "can only assign string to {class}.{name}, not '{given}'")
        })
    }
}

/// The keys of a dictionary as a list.
pub fn keys(dict: &Dict) -> Ref<List> {
    let mut names = Vec::with_capacity(dict.len());
    let mut position = 0;
    while let Some((name, _)) = dict.next_entry(&mut position) {
        names.push(name);
    }
    List::from_vec(names)
}

/// Enters the names of a class and of its bases.
pub fn merge_class_dict(names: &Dict, class: &Object) -> Result<()> {
    crate::thread::Thread::current().check_recursion(" in dir()")?;
    if let Some(own) = class.get_attr_opt(intern!("__dict__"))? {
        bridge::dict_update(names, &own)?;
    }
    let Some(bases) = class.get_attr_opt(intern!("__bases__"))? else { return Ok(()) };
    let count = match bases.length() {
        Ok(count) => count,
        Err(raised) => {
            raised.clear();
            return Ok(());
        }
    };
    for index in 0..count {
        merge_class_dict(names, &*bases.get_index(index as isize)?)?;
    }
    Ok(())
}

/// The tables of [`Type`]'s methods.
pub(super) fn tables() -> &'static crate::native::class::Methods {
    <Type>::__METHODS
}

/// `nb_or` of `type`.
pub(super) unsafe extern "C" fn or(left: *mut RawObject, right: *mut RawObject) -> *mut RawObject {
    // SAFETY: the slot is called with live objects.
    result_into_raw(unsafe { bridge::union(Object::from_raw(left), Object::from_raw(right)) })
}
