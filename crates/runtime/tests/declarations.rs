//! Declarations of native types, functions and modules, as a native module writes them: that they compile without
//! `unsafe`, and what tables they make.
#![deny(unsafe_code)]

extern crate taipan_runtime as runtime;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::CStr;

use runtime::prelude::*;

/// A sequence with two ends.
///
/// Its length may be bounded.
#[class(name = "collections.deque", flags(BASETYPE, GC), symbol = "TaipanTest_Deque")]
#[repr(C)]
pub struct Deque {
    head: Object,
    items: RefCell<VecDeque<Ref>>,
    #[gc(skip)]
    state: Cell<usize>,
    /// The bound.
    #[member(readonly)]
    maxlen: Link,
    #[dict]
    dict: Link<Dict>,
}

#[methods(parts(more))]
impl Deque {
    #[constant]
    const LIMIT: i32 = 7;

    /// Add an element to the right side of the deque.
    #[method(signature = "($self, item, /)")]
    fn append(&self, item: &Object) {
        self.items.borrow_mut().push_back(item.to_ref());
    }

    /// Remove all elements.
    #[method(signature = "()")]
    fn clear(&self) -> Result<()> {
        self.items.take();
        Ok(())
    }

    #[method(signature = "($self, n=1, /)")]
    fn rotate(&self, n: Option<isize>) -> Result<()> {
        self.state.set(n.unwrap_or(1) as usize);
        Ok(())
    }

    #[method(signature = "(sep=None, maxsplit=-1, *, strict=False)")]
    fn split(&self, sep: OrNone<&Str>, maxsplit: isize, strict: bool) -> Result<(isize, bool)> {
        Ok((maxsplit, strict && sep.0.is_some()))
    }

    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result {
        Ok(none())
    }

    #[classmethod(signature = "(object, /)")]
    fn from_any(class: &Type, _object: &Object) -> Result<Ref<Type>> {
        Ok(class.to_type_ref())
    }

    #[staticmethod(signature = "(a, b, /)")]
    fn both(a: &Object, _b: f64) -> Result<Ref> {
        Ok(a.to_ref())
    }

    /// How many.
    #[getter]
    fn size(&self) -> usize {
        self.items.borrow().len()
    }

    #[setter]
    fn set_size(&self, value: Option<&Object>) -> Result<()> {
        match value {
            Some(_) => Ok(()),
            None => Err(raise!(TypeError, "no")),
        }
    }

    #[new(signature = "(iterable=(), maxlen=None)")]
    fn new(class: &Type, _iterable: Option<&Object>, maxlen: OrNone<&Object>) -> Result<Ref<Self>> {
        Ok(Ref::new_in(
            class,
            Deque {
                head: Object::HEAD,
                items: RefCell::default(),
                state: Cell::new(0),
                maxlen: Link::from_option(maxlen.0.map(Object::to_ref)),
                dict: Link::null(),
            },
        ))
    }

    #[init(signature = "(iterable=(), maxlen=None)")]
    fn init(&self, _iterable: Option<&Object>, _maxlen: Option<&Object>) -> Result<()> {
        Ok(())
    }

    #[slot]
    fn tp_repr(&self) -> Result<Ref<Str>> {
        Ok(Str::new("deque"))
    }

    #[slot]
    fn tp_hash(&self) -> isize {
        -1
    }
}

#[methods(part = more)]
impl Deque {
    #[method(signature = "(*items, first, **options)")]
    fn extend(&self, items: &[&Object], first: i32, options: KwArgs<'_>) -> Result<usize> {
        Ok(items.len() + first as usize + options.len())
    }

    #[slot]
    fn tp_iternext(&self) -> Option<Ref> {
        self.items.borrow_mut().pop_front()
    }
    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        self.rich_compare(other, op.swapped())
    }
    #[slot]
    fn sq_length(&self) -> usize {
        self.size()
    }
    #[slot]
    fn sq_contains(&self, item: &Object) -> Result<bool> {
        Ok(self.is_same(item))
    }
    #[slot]
    fn sq_ass_item(&self, _index: isize, _value: Option<&Object>) -> Result<()> {
        Ok(())
    }
    #[slot]
    fn nb_add(left: &Object, _right: &Object) -> Result {
        Ok(left.to_ref())
    }
    #[slot]
    fn nb_bool(&self) -> bool {
        true
    }
    #[slot]
    fn tp_call(&self, arguments: &Tuple, _keywords: Option<&Dict>) -> Result<usize> {
        Ok(arguments.len())
    }
    #[slot]
    fn tp_getattro(&self, name: &Str) -> Result {
        self.get_attr(name)
    }
    #[slot]
    fn tp_descr_get(&self, _object: Option<&Object>, _owner: Option<&Object>) -> Result {
        Ok(none())
    }
    #[slot]
    fn am_send(&self, value: &Object) -> Result<Sent> {
        Ok(Sent::Next(value.to_ref()))
    }
    #[slot]
    fn tp_finalize(&self) {}
}

/// A deque with a name.
#[class(name = "collections.named", flags(GC))]
#[repr(C)]
pub struct Named {
    base: Deque,
    name: Link<Str>,
}

/// Return the square root of x.
#[function(signature = "(x, /)")]
fn sqrt(x: f64) -> Result<f64> {
    Ok(x.sqrt())
}

#[function(name = "find", signature = "($module, /, text, *, encoding='utf-8', data=None)")]
pub fn find_it(module: &Module, text: &str, encoding: &str, data: Option<BytesLike<'_>>) -> Result<Vec<u8>> {
    let _ = module;
    Ok(format!("{text}{encoding}{}", data.map_or(0, |data| data.len())).into_bytes())
}

module! {
    name: "sample",
    doc: "A sample.",
    functions: [sqrt, find_it],
    classes: [Deque, Named],
    exec: exec,
}

fn exec(_: &Module) -> Result<()> {
    Ok(())
}

#[test]
fn function_tables() {
    let functions = MODULE.functions;
    assert_eq!(functions.len(), 3);
    assert_eq!(functions[0].ml_flags, abi_flags::O);
    assert_eq!(functions[1].ml_flags, abi_flags::FAST_KEYWORDS);
    assert!(functions[2].ml_name.is_null());
}

mod abi_flags {
    pub const O: i32 = 8;
    pub const FAST_KEYWORDS: i32 = 0x82;
}

#[test]
fn docs() {
    let doc: &CStr = MODULE.doc.unwrap();
    assert_eq!(doc.to_str(), Ok("A sample."));
    assert_eq!(Deque::NAME, "deque");
}
