//! Comparison, hash, and instance tests.

use super::{result_from_raw, type_name};
use crate::errors::{Raised, Result};
use crate::object::{NativeType, Object};
use crate::objects::singletons::{not_implemented, py_bool};
use crate::objects::tuple::Tuple;
use crate::objects::r#type::Type;
use crate::reference::Ref;
use crate::thread::Thread;
use crate::{intern, raise};

/// A rich comparison; numbers as C's `Py_LT` …
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum CompareOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl CompareOp {
    /// The operation with its operands exchanged.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    /// From C's number; what is out of range counts as `Ge`.
    pub fn from_raw(op: i32) -> CompareOp {
        use CompareOp::*;
        [Lt, Le, Eq, Ne, Gt].get(op as usize).copied().unwrap_or(Ge)
    }

    /// What the operation says of an ordering.
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }

    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }
}

impl Object {
    /// `hash(self)`; never -1.
    #[inline]
    pub fn hash(&self) -> Result<isize> {
        let Some(hash) = self.ty().raw.tp_hash.get() else { return Err(unhashable(self)) };
        Thread::current().check_recursion(" while hashing an object")?;
        // SAFETY: the object is alive during the call.
        match unsafe { hash(self.as_ptr()) } {
            -1 => Err(Raised::assume_set()),
            value => Ok(value),
        }
    }

    /// `self OP other`, as the object that the comparison gives.
    pub fn rich_compare(&self, other: &Object, op: CompareOp) -> Result {
        Thread::current().check_recursion(" in comparison")?;
        let (left, right) = (self.ty(), other.ty());
        let missing = not_implemented();
        let ask = |ty: &Type, a: &Object, b: &Object, op: CompareOp| -> Result<Option<Ref>> {
            let Some(compare) = ty.raw.tp_richcompare.get() else { return Ok(None) };
            // SAFETY: both are alive during the call.
            let answer: Ref = unsafe { result_from_raw(compare(a.as_ptr(), b.as_ptr(), op as i32)) }?;
            Ok((!answer.is_same(&missing)).then_some(answer))
        };
        let mut reflected_done = false;
        if !std::ptr::eq(left, right) && right.is_subtype(left) && right.raw.tp_richcompare.get().is_some() {
            reflected_done = true;
            if let Some(answer) = ask(right, other, self, op.swapped())? {
                return Ok(answer);
            }
        }
        if let Some(answer) = ask(left, self, other, op)? {
            return Ok(answer);
        }
        if !reflected_done && let Some(answer) = ask(right, other, self, op.swapped())? {
            return Ok(answer);
        }
        match op {
            CompareOp::Eq => Ok(py_bool(self.is_same(other))),
            CompareOp::Ne => Ok(py_bool(!self.is_same(other))),
            _ => Err(raise!(
                TypeError,
                "'{}' not supported between instances of '{}' and '{}'",
                op.symbol(),
                type_name(self),
                type_name(other)
            )),
        }
    }

    /// The truth of `self OP other`; identity implies equality.
    #[inline]
    pub fn rich_compare_bool(&self, other: &Object, op: CompareOp) -> Result<bool> {
        if self.is_same(other) {
            match op {
                CompareOp::Eq => return Ok(true),
                CompareOp::Ne => return Ok(false),
                _ => {}
            }
        }
        self.rich_compare(other, op)?.is_true()
    }

    /// `isinstance(self, class)`.
    pub fn is_instance(&self, class: &Object) -> Result<bool> {
        if std::ptr::eq::<Object>(&**self.ty(), class) {
            return Ok(true);
        }
        if class.is::<Type>() {
            return self.is_instance_plain(class);
        }
        if let Some(union) = class.downcast_exact::<crate::objects::union::Union>() {
            return self.is_instance(&union.arguments());
        }
        if let Some(classes) = class.downcast::<Tuple>() {
            Thread::current().check_recursion(" in __instancecheck__")?;
            for class in classes.as_slice() {
                if self.is_instance(class)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(check) = class.lookup_special_method(intern!("__instancecheck__"))? {
            Thread::current().check_recursion(" in __instancecheck__")?;
            return class.call_found(&check, &[self])?.is_true();
        }
        self.is_instance_plain(class)
    }

    /// `isinstance` without the hook: what `type.__instancecheck__` does.
    pub fn is_instance_plain(&self, class: &Object) -> Result<bool> {
        if let Some(wanted) = class.downcast::<Type>() {
            if self.ty().is_subtype(wanted) {
                return Ok(true);
            }
            let claimed = self.get_attr_opt(intern!("__class__"))?;
            return Ok(claimed.is_some_and(|claimed| {
                !claimed.is_same(self.ty())
                    && claimed.downcast::<Type>().is_some_and(|ty| ty.is_subtype(wanted))
            }));
        }
        check_class(class, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
        match self.get_attr_opt(intern!("__class__"))? {
            Some(claimed) => abstract_is_subclass(claimed, class),
            None => Ok(false),
        }
    }

    /// `issubclass(self, class)`.
    pub fn is_subclass(&self, class: &Object) -> Result<bool> {
        if class.is::<Type>() {
            if self.is_same(class) {
                return Ok(true);
            }
            return self.is_subclass_plain(class);
        }
        if let Some(union) = class.downcast_exact::<crate::objects::union::Union>() {
            return self.is_subclass(&union.arguments());
        }
        if let Some(classes) = class.downcast::<Tuple>() {
            Thread::current().check_recursion(" in __subclasscheck__")?;
            for class in classes.as_slice() {
                if self.is_subclass(class)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if let Some(check) = class.lookup_special_method(intern!("__subclasscheck__"))? {
            Thread::current().check_recursion(" in __subclasscheck__")?;
            return class.call_found(&check, &[self])?.is_true();
        }
        self.is_subclass_plain(class)
    }

    /// `issubclass` without the hook: what `type.__subclasscheck__` does.
    pub fn is_subclass_plain(&self, class: &Object) -> Result<bool> {
        if let (Some(derived), Some(wanted)) = (self.downcast::<Type>(), class.downcast::<Type>()) {
            return Ok(derived.is_subtype(wanted));
        }
        check_class(self, "issubclass() arg 1 must be a class")?;
        check_class(class, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
        abstract_is_subclass(self.to_ref(), class)
    }
}

#[cold]
fn unhashable(object: &Object) -> Raised {
    raise!(TypeError, "unhashable type: '{}'", type_name(object))
}

/// `__bases__` of something that plays a class, if it is a tuple.
fn abstract_bases(class: &Object) -> Result<Option<Ref<Tuple>>> {
    Ok(class.get_attr_opt(intern!("__bases__"))?.and_then(|bases| bases.cast::<Tuple>().ok()))
}

fn check_class(class: &Object, message: &str) -> Result<()> {
    if class.ty().is_subtype(Type::type_object()) || abstract_bases(class)?.is_some() {
        return Ok(());
    }
    Err(crate::errors::raise_message(&crate::objects::exceptions::TypeError, message))
}

fn abstract_is_subclass(derived: Ref, class: &Object) -> Result<bool> {
    let mut derived = derived;
    loop {
        if derived.is_same(class) {
            return Ok(true);
        }
        let Some(bases) = abstract_bases(&derived)? else { return Ok(false) };
        match bases.as_slice() {
            [] => return Ok(false),
            [only] => derived = only.clone(),
            several => {
                Thread::current().check_recursion(" in __issubclass__")?;
                for base in several {
                    if abstract_is_subclass(base.clone(), class)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
        }
    }
}
