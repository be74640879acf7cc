//! Weak proxies: objects that pass everything on to their target, and raise ReferenceError when it is gone.

use super::{Reference, as_reference, gone, is_proxy};
use crate::errors::Result;
use crate::gc::Visitor;
use crate::prelude::*;
use crate::protocol::number;

/// `weakref.ProxyType`.
#[class(name = "weakref.ProxyType", flags(GC), base = Object, symbol = "_PyWeakref_ProxyType")]
#[repr(C)]
pub struct Proxy {
    reference: Reference,
}

/// `weakref.CallableProxyType`: a proxy of something that can be called.
#[class(name = "weakref.CallableProxyType", flags(GC), base = Object, symbol = "_PyWeakref_CallableProxyType")]
#[repr(C)]
pub struct CallableProxy {
    reference: Reference,
}

/// A new proxy around a reference that is in no list yet.
pub(super) fn make(reference: Reference, callable: bool) -> Ref {
    match callable {
        true => Ref::new(CallableProxy { reference }).into_object(),
        false => Ref::new(Proxy { reference }).into_object(),
    }
}

/// The target of a proxy; any other object itself.
fn target(object: &Object) -> Result {
    if !is_proxy(object) {
        return Ok(object.to_ref());
    }
    as_reference(object).and_then(Reference::target).ok_or_else(gone)
}

fn long(object: &Object) -> Result<Ref<Int>> {
    object.to_int()
}

/// The slots of both types.
macro_rules! forwarding {
    (
        $ty:ident;
        $($unary:ident $of_one:path,)*;
        $($binary:ident $of_two:path,)*
    ) => {
        #[methods(part = forwarding)]
        impl $ty {
            $(
                #[slot]
                fn $unary(object: &Object) -> Result {
                    $of_one(&*target(object)?)
                }
            )*
            $(
                #[slot]
                fn $binary(left: &Object, right: &Object) -> Result {
                    $of_two(&*target(left)?, &*target(right)?)
                }
            )*
            #[slot]
            fn nb_power(base: &Object, exponent: &Object, modulus: &Object) -> Result {
                number::power(&*target(base)?, &*target(exponent)?, &*target(modulus)?)
            }
            #[slot]
            fn nb_inplace_power(base: &Object, exponent: &Object, modulus: &Object) -> Result {
                number::inplace_power(&*target(base)?, &*target(exponent)?, &*target(modulus)?)
            }
            #[slot]
            fn nb_bool(object: &Object) -> Result<bool> {
                target(object)?.is_true()
            }
            #[slot]
            fn nb_int(object: &Object) -> Result<Ref<Int>> {
                long(&*target(object)?)
            }
            #[slot]
            fn nb_float(object: &Object) -> Result<f64> {
                target(object)?.to_float()
            }
            #[slot]
            fn nb_index(object: &Object) -> Result<Ref<Int>> {
                target(object)?.index()
            }
            #[slot]
            fn tp_repr(object: &Object) -> String {
                let address = object.as_ptr();
                match target(object) {
                    Ok(target) => {
                        let (ty, at) = (target.ty().qualified_name(), target.as_ptr());
                        format!("<weakproxy at {address:p}; to '{ty}' at {at:p}>")
                    }
                    Err(raised) => {
                        raised.clear();
                        format!("<weakproxy at {address:p}; dead>")
                    }
                }
            }
            #[slot]
            fn tp_str(object: &Object) -> Result<Ref<Str>> {
                target(object)?.str_()
            }
            #[slot]
            fn tp_hash(object: &Object) -> Result<isize> {
                Err(raise!(TypeError, "unhashable type: '{}'", object.ty().full_name()))
            }
            #[slot]
            fn tp_getattro(object: &Object, name: &Str) -> Result {
                target(object)?.get_attr(name)
            }
            #[slot]
            fn tp_setattro(object: &Object, name: &Str, value: Option<&Object>) -> Result<()> {
                let object = target(object)?;
                match value {
                    Some(value) => object.set_attr(name, value),
                    None => object.del_attr(name),
                }
            }
            #[slot]
            fn tp_richcompare(object: &Object, other: &Object, op: CompareOp) -> Result {
                target(object)?.rich_compare(&*target(other)?, op)
            }
            #[slot]
            fn tp_iter(object: &Object) -> Result {
                target(object)?.iter()
            }
            #[slot]
            fn tp_iternext(object: &Object) -> Result<Option<Ref>> {
                let object = target(object)?;
                if object.ty().raw.tp_iternext.get().is_none() {
                    let given = object.ty().full_name();
                    return Err(raise!(TypeError, "Weakref proxy referenced a non-iterator '{given}' object"));
                }
                object.iter_next()
            }
            #[slot]
            fn mp_length(object: &Object) -> Result<usize> {
                target(object)?.length()
            }
            #[slot]
            fn mp_subscript(object: &Object, key: &Object) -> Result {
                target(object)?.get_item(&*target(key)?)
            }
            #[slot]
            fn mp_ass_subscript(object: &Object, key: &Object, value: Option<&Object>) -> Result<()> {
                let object = target(object)?;
                match value {
                    Some(value) => object.set_item(key, value),
                    None => object.del_item(key),
                }
            }
            #[slot]
            fn sq_contains(object: &Object, item: &Object) -> Result<bool> {
                target(object)?.contains(item)
            }
            #[slot]
            fn tp_traverse(&self, visitor: &Visitor) -> i32 {
                self.reference.callback().map_or(0, |callback| visitor.visit(&callback))
            }
            #[slot]
            fn tp_clear(&self) {
                self.reference.clear();
            }
        }
    };
}

macro_rules! forward_both {
    ($($tokens:tt)*) => {
        forwarding!(Proxy; $($tokens)*);
        forwarding!(CallableProxy; $($tokens)*);
    };
}

forward_both! {
    nb_negative number::negative, nb_positive number::positive, nb_absolute number::absolute,
    nb_invert number::invert,;
    nb_add number::add, nb_subtract number::subtract, nb_multiply number::multiply,
    nb_remainder number::remainder, nb_divmod number::divmod, nb_lshift number::lshift, nb_rshift number::rshift,
    nb_and number::and, nb_xor number::xor, nb_or number::or,
    nb_floor_divide number::floor_divide, nb_true_divide number::true_divide,
    nb_matrix_multiply number::matrix_multiply,
    nb_inplace_add number::inplace_add, nb_inplace_subtract number::inplace_subtract,
    nb_inplace_multiply number::inplace_multiply, nb_inplace_remainder number::inplace_remainder,
    nb_inplace_lshift number::inplace_lshift, nb_inplace_rshift number::inplace_rshift,
    nb_inplace_and number::inplace_and, nb_inplace_xor number::inplace_xor, nb_inplace_or number::inplace_or,
    nb_inplace_floor_divide number::inplace_floor_divide, nb_inplace_true_divide number::inplace_true_divide,
    nb_inplace_matrix_multiply number::inplace_matrix_multiply,
}

#[methods(parts(forwarding))]
impl Proxy {
    #[method(name = "__bytes__", signature = "($self, /)")]
    fn bytes(&self) -> Result {
        target(self)?.call_method(intern!("__bytes__"), &[])
    }

    #[method(name = "__reversed__", signature = "($self, /)")]
    fn reversed(&self) -> Result {
        target(self)?.call_method(intern!("__reversed__"), &[])
    }
}

#[methods(parts(forwarding))]
impl CallableProxy {
    #[slot]
    fn tp_call(object: &Object, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        target(object)?.call_dict(arguments, keywords)
    }
}
