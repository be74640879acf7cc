//! Types whose instances are called by vectorcall (PEP 590), declared without `unsafe`: the type implements
//! [`Vectorcall`], has a field `#[vectorcall] vectorcall: VectorcallField`, and a `tp_call` that calls [`call`].

use std::cell::Cell;

use super::args::vectorcall_arguments;
use crate::errors::Result;
use crate::object::{NativeType, Object, RawObject};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::protocol::result_into_raw;
use crate::raise;
use crate::reference::Ref;

/// What a call of an instance does.
pub trait Vectorcall: NativeType {
    /// `arguments` holds the positional arguments, then the values of `names`.
    fn vectorcall(&self, arguments: &[&Object], names: Option<&Tuple>) -> Result;
}

/// The field that `#[vectorcall]` marks.
#[repr(transparent)]
pub struct VectorcallField(Cell<abi::vectorcallfunc>);

impl VectorcallField {
    /// For instances of `T`'s type, and of no other.
    pub const fn of<T: Vectorcall>() -> VectorcallField {
        VectorcallField(Cell::new(Some(enter::<T>)))
    }
}

unsafe extern "C" fn enter<T: Vectorcall>(
    callable: *mut RawObject,
    arguments: *const *mut RawObject,
    nargsf: usize,
    names: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: vectorcall's contract: an instance of the type that has the field, the arguments, the names.
    unsafe {
        let callable = Object::from_raw(callable).downcast_unchecked::<T>();
        let (arguments, names) = vectorcall_arguments(arguments, nargsf, names);
        result_into_raw(callable.vectorcall(arguments, names))
    }
}

/// What `tp_call` does for such a type.
pub fn call<T: Vectorcall>(callable: &T, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
    let mut values: Vec<Ref> = arguments.as_slice().to_vec();
    let mut names = Vec::new();
    let mut position = 0;
    while let Some((name, value)) = keywords.and_then(|keywords| keywords.next_entry(&mut position)) {
        if name.downcast::<Str>().is_none() {
            return Err(raise!(TypeError, "keywords must be strings"));
        }
        names.push(name);
        values.push(value);
    }
    let names = (!names.is_empty()).then(|| Tuple::from_vec(names));
    let borrowed: Vec<&Object> = values.iter().map(|value| &**value).collect();
    callable.vectorcall(&borrowed, names.as_deref())
}
