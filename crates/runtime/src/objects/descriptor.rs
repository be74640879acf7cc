//! What the descriptors of native types share: the type they belong to, their name, the check of the object they are used on.

use std::ffi::{CStr, c_char};
use std::ops::Deref;

use crate::errors::Result;
use crate::interpreter_state::Interpreter;
use crate::object::{Layout, Object};
use crate::objects::singletons::none;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::{Type, text_signature};
use crate::reference::{Link, Ref};
use crate::{intern, raise};

/// The head of every descriptor of a native type (C: `PyDescrObject`).
#[repr(C)]
pub struct Descriptor {
    head: Object,
    owner: Link<Type>,
    name: Link<Str>,
    qualname: Link,
}

const _: () = assert!(size_of::<Descriptor>() == size_of::<abi::PyDescrObject>());

// SAFETY: begins with an object head.
unsafe impl Layout for Descriptor {}

impl Deref for Descriptor {
    type Target = Object;
    #[inline(always)]
    fn deref(&self) -> &Object {
        &self.head
    }
}

impl Descriptor {
    /// The type it belongs to.
    #[inline(always)]
    pub fn owner(&self) -> &Type {
        // SAFETY: set when the descriptor is made, never changed.
        unsafe { &*self.owner.as_ptr() }
    }

    #[inline(always)]
    pub fn name(&self) -> &Str {
        // SAFETY: as above.
        unsafe { &*self.name.as_ptr() }
    }

    /// Is `object` an instance of the type that this belongs to? TypeError otherwise.
    #[inline]
    pub fn check(&self, object: &Object) -> Result<()> {
        if object.ty().is_subtype(self.owner()) {
            return Ok(());
        }
        Err(raise!(
            TypeError,
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            self.name(),
            self.owner().full_name(),
            object.ty().full_name()
        ))
    }

    /// `__qualname__`, put together when first asked for.
    pub fn qualified_name(&self) -> Result {
        if let Some(name) = self.qualname.get() {
            return Ok(name);
        }
        let owner = self.owner().get_attr(intern!("__qualname__"))?;
        let Some(owner) = owner.downcast::<Str>() else {
            return Err(raise!(TypeError, "<descriptor>.__objclass__.__qualname__ is not a unicode object"));
        };
        let name = join_names(owner, self.name());
        self.qualname.set(Some(name.to_ref()));
        Ok(name.into_object())
    }

    /// `__reduce__`: unpickled by attribute access on the type.
    pub fn reduce(&self) -> Result<Ref<Tuple>> {
        let arguments = Tuple::pack([self.owner().to_ref(), self.name().to_ref()]);
        Ok(Tuple::pack([builtin(intern!("getattr"))?, arguments.into_object()]))
    }

    /// `<method 'append' of 'list' objects>`.
    pub fn describe(&self, kind: &str) -> Ref<Str> {
        Str::from_string(format!("<{kind} '{}' of '{}' objects>", self.name(), self.owner().full_name()))
    }
}

/// `outer.inner`.
pub fn join_names(outer: &Str, inner: &Str) -> Ref<Str> {
    let mut joined = outer.to_wtf8();
    joined.push_str(".");
    joined.push_wtf8(&inner.to_wtf8());
    Str::from_wtf8(&joined)
}

/// A name of the `builtins` module.
pub fn builtin(name: &Str) -> Result {
    let found = match Interpreter::current().builtins.get() {
        Some(builtins) => builtins.get_str(name)?,
        None => None,
    };
    found.ok_or_else(|| raise!(AttributeError, "{}", name))
}

/// The text of a C string that may be missing.
///
/// # Safety
/// `text` is null or a C string.
pub unsafe fn optional_text(text: *const c_char) -> Option<String> {
    // SAFETY: by contract.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// `__doc__` from a declaration's name and documentation: without the signature, None where nothing is left.
///
/// # Safety
/// Both are null or C strings.
pub unsafe fn documentation(name: *const c_char, doc: *const c_char) -> Option<String> {
    // SAFETY: by contract.
    let (name, doc) = unsafe { (optional_text(name).unwrap_or_default(), optional_text(doc)?) };
    let text = text_signature::documentation(&name, &doc);
    (!text.is_empty()).then(|| text.to_owned())
}

/// `__text_signature__` from a declaration's name and documentation.
///
/// # Safety
/// As for [`documentation`].
pub unsafe fn signature(name: *const c_char, doc: *const c_char, flags: std::ffi::c_int) -> Option<String> {
    // SAFETY: by contract.
    let (name, doc) =
        unsafe { (optional_text(name).unwrap_or_default(), optional_text(doc).unwrap_or_default()) };
    if let Some(signature) = text_signature::signature(&name, &doc) {
        return Some(signature.to_owned());
    }
    // The simplest conventions speak for themselves.
    let receiver = match flags {
        flags if flags & abi::METH_STATIC != 0 => "",
        flags if flags & abi::METH_CLASS != 0 => "$type, ",
        _ => "$self, ",
    };
    let kinds = abi::METH_VARARGS
        | abi::METH_KEYWORDS
        | abi::METH_NOARGS
        | abi::METH_O
        | abi::METH_FASTCALL
        | abi::METH_METHOD;
    match flags & kinds {
        abi::METH_NOARGS if receiver.is_empty() => Some("()".into()),
        abi::METH_NOARGS => Some(format!("({receiver}/)")),
        abi::METH_O => Some(format!("({receiver}object, /)")),
        _ => None,
    }
}

/// The name of a function for messages about its arguments: `math.sqrt()`, `list.append()`.
#[cold]
pub fn display_name(function: &Object) -> Result<String> {
    let Some(qualname) = function.get_attr_opt(intern!("__qualname__"))? else {
        return Ok(function.str_()?.to_string());
    };
    if let Some(module) = function.get_attr_opt(intern!("__module__"))?
        && !module.is_none()
        && !module.downcast::<Str>().is_some_and(|module| module.eq_str("builtins"))
    {
        return Ok(format!("{}.{}()", module.str_()?, qualname.str_()?));
    }
    Ok(format!("{}()", qualname.str_()?))
}

/// A hash by address.
pub fn hash_pointer<T>(pointer: *const T) -> isize {
    (pointer as usize).rotate_right(4) as isize
}

/// `None` for an absent object.
pub fn or_none(object: Option<Ref>) -> Ref {
    object.unwrap_or_else(none)
}

/// Declares what every descriptor type has beside its own methods.
macro_rules! common_part {
    ($name:ident) => {
        const _: () = assert!(std::mem::offset_of!($name, qualname) == 32);

        impl $name {
            /// The part that all descriptors have.
            #[inline(always)]
            pub fn common(&self) -> &$crate::objects::descriptor::Descriptor {
                // SAFETY: begins with the same fields.
                unsafe { &*(self as *const Self as *const $crate::objects::descriptor::Descriptor) }
            }
        }

        #[$crate::prelude::methods(part = common)]
        impl $name {
            #[getter(name = "__qualname__")]
            fn qualified_name(&self) -> Result {
                self.common().qualified_name()
            }
            #[slot]
            fn tp_clear(&self) {}
        }
    };
}
pub(crate) use common_part;
