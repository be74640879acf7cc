//! `super`: attribute lookup along the MRO, behind a given class.
//! Behaviour: <https://docs.python.org/3.14/library/functions.html#super>.

use macros::{class, methods};

use crate::errors::Result;
use crate::object::Object;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::r#type::{Type, bridge};
use crate::protocol::result_from_raw;
use crate::reference::{Link, Ref};
use crate::{intern, raise};

/// super() -> same as super(__class__, <first argument>)
/// super(type) -> unbound super object
/// super(type, obj) -> bound super object; requires isinstance(obj, type)
/// super(type, type2) -> bound super object; requires
///     issubclass(type2, type)
/// Typical use to call a cooperative superclass method:
/// class C(B):
///     def meth(self, arg):
///         super().meth(arg)
/// This works for class methods too:
/// class C(B):
///     @classmethod
///     def cmeth(cls, arg):
///         super().cmeth(arg)
#[class(name = "super", flags(BASETYPE, GC), symbol = "PySuper_Type")]
#[repr(C)]
pub struct Super {
    head: Object,
    /// the class invoking super()
    #[member(readonly, name = "__thisclass__")]
    class: Link<Type>,
    /// the instance invoking super(); may be None
    #[member(readonly, name = "__self__")]
    object: Link,
    /// the type of the instance invoking super(); may be None
    #[member(readonly, name = "__self_class__")]
    object_type: Link<Type>,
}

#[methods]
impl Super {
    #[slot]
    fn tp_new(class: &Type, _arguments: &Tuple, _keywords: Option<&Dict>) -> Ref<Super> {
        let empty = Super {
            head: Object::HEAD,
            class: Link::null(),
            object: Link::null(),
            object_type: Link::null(),
        };
        Ref::new_in(class, empty)
    }

    #[slot]
    fn tp_init(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result<()> {
        if keywords.is_some_and(|keywords| !keywords.is_empty()) {
            return Err(raise!(TypeError, "super() takes no keyword arguments"));
        }
        let (class, object) = match arguments.as_slice() {
            [] => {
                let (class, object) = bridge::super_arguments()?;
                (class, Some(object))
            }
            [class] => (class.clone(), None),
            [class, object] => (class.clone(), Some(object.clone())),
            more => {
                return Err(raise!(TypeError, "super() expected at most 2 arguments, got {}", more.len()));
            }
        };
        let class = class.downcast::<Type>().map(Type::to_type_ref).ok_or_else(|| {
            let given = crate::native::args::kind_of(&class);
            raise!(TypeError, "super() argument 1 must be a type, not {given}")
        })?;
        let object = object.filter(|object| !object.is_none());
        let object_type = match &object {
            Some(object) => Some(check(&class, object)?),
            None => None,
        };
        self.class.set(Some(class));
        self.object.set(object);
        self.object_type.set(object_type);
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        let class = self.class.get();
        let name = class.as_ref().map_or("NULL", |class| class.name());
        Ok(Str::from_string(match self.object_type.get() {
            Some(object_type) => format!("<super: <class '{name}'>, <{} object>>", object_type.name()),
            None => format!("<super: <class '{name}'>, NULL>"),
        }))
    }

    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        // `__class__` is super's own.
        if let (Some(class), Some(object), Some(object_type)) =
            (self.class.get(), self.object.get(), self.object_type.get())
            && !name.eq_str("__class__")
            && let Some(found) = find_behind(&class, &object_type, name)
        {
            return bind_found(found, &object, &object_type);
        }
        crate::objects::object::generic_get_attr(self, name)
    }

    #[slot]
    fn tp_descr_get(&self, object: Option<&Object>, _owner: Option<&Object>) -> Result {
        let this: &Object = self;
        let Some(object) = object.filter(|object| !object.is_none() && self.object.is_null()) else {
            return Ok(this.to_ref());
        };
        let Some(class) = self.class.get() else { return Ok(this.to_ref()) };
        if !this.is::<Super>() {
            // A subclass may have an opinion on what binding makes.
            return this.ty().call(&[&class, object]);
        }
        let object_type = check(&class, object)?;
        Ok(Super::make(class, Some((object.to_ref(), object_type))).into_object())
    }
}

impl Super {
    fn make(class: Ref<Type>, bound: Option<(Ref, Ref<Type>)>) -> Ref<Super> {
        let (object, object_type) = bound.unzip();
        Ref::new(Super {
            head: Object::HEAD,
            class: Link::new(class),
            object: Link::from_option(object),
            object_type: Link::from_option(object_type),
        })
    }

    /// `super(class, object)`, where `object` is known to be an instance of `class` or a class below it.
    pub fn bound(class: &Type, object: &Object) -> Ref<Super> {
        let object_type = match object.downcast::<Type>() {
            Some(ty) if ty.is_subtype(class) => ty.to_type_ref(),
            _ => object.ty().to_type_ref(),
        };
        Super::make(class.to_type_ref(), Some((object.to_ref(), object_type)))
    }
}

/// The type whose MRO is searched: `object` itself if it is a class below `class`, or its type (or what it claims as its class).
fn check(class: &Type, object: &Object) -> Result<Ref<Type>> {
    if let Some(ty) = object.downcast::<Type>()
        && ty.is_subtype(class)
    {
        return Ok(ty.to_type_ref());
    }
    if object.ty().is_subtype(class) {
        return Ok(object.ty().to_type_ref());
    }
    if let Some(claimed) = object.get_attr_opt(intern!("__class__"))?
        && let Some(claimed) = claimed.downcast::<Type>()
        && !std::ptr::eq(claimed, object.ty())
        && claimed.is_subtype(class)
    {
        return Ok(claimed.to_type_ref());
    }
    let (what, name) = match object.downcast::<Type>() {
        Some(ty) => ("type", ty.name()),
        None => ("instance of", object.ty().name()),
    };
    Err(raise!(
        TypeError,
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({}).",
        class.name()
    ))
}

/// Looks a name up in the namespaces that follow `class` in the MRO of `object_type`.
fn find_behind(class: &Type, object_type: &Type, name: &Str) -> Option<Ref> {
    let mro = object_type.mro()?;
    let classes = mro.as_slice();
    let position = classes.iter().position(|entry| entry.is_same(class))?;
    classes[position + 1..].iter().filter_map(|entry| entry.downcast::<Type>()).find_map(|entry| match entry
        .dict()?
        .get_str(name)
    {
        Ok(found) => found,
        Err(raised) => {
            raised.clear();
            None
        }
    })
}

/// Binds what was found; to a class alone where `object` is the class itself.
fn bind_found(found: Ref, object: &Object, object_type: &Type) -> Result {
    let Some(get) = found.ty().raw.tp_descr_get.get() else { return Ok(found) };
    let instance = if object.is_same(object_type) { std::ptr::null_mut() } else { object.as_ptr() };
    // SAFETY: all are alive during the call.
    unsafe { result_from_raw(get(found.as_ptr(), instance, object_type.as_ptr())) }
}

/// `super(class, object).name` without a super object, for the interpreter. With `method`, a plain function is given
/// unbound: the second result is then true, and `object` is the first argument of its call.
pub fn lookup(class: &Object, object: &Object, name: &Str, method: bool) -> Result<(Ref, bool)> {
    let Some(class) = class.downcast::<Type>() else {
        let given = crate::native::args::kind_of(class);
        return Err(raise!(TypeError, "super() argument 1 must be a type, not {given}"));
    };
    let object_type = check(class, object)?;
    if !name.eq_str("__class__")
        && let Some(found) = find_behind(class, &object_type, name)
    {
        if method && !object.is_same(&object_type) && found.ty().has_flag(abi::Py_TPFLAGS_METHOD_DESCRIPTOR) {
            return Ok((found, true));
        }
        return Ok((bind_found(found, object, &object_type)?, false));
    }
    let this = Super::make(class.to_type_ref(), Some((object.to_ref(), object_type)));
    Ok((crate::objects::object::generic_get_attr(&this, name)?, false))
}
