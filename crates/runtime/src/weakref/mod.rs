//! Weak references: they don't keep their object alive, and are told when it dies.
//! Layout: `PyWeakReference`; behaviour: <https://docs.python.org/3.14/library/weakref.html>.
//!
//! The references to one object form a list that begins in the object itself, at its type's `tp_weaklistoffset`. At its
//! head stand the two that are shared, as they have no callback: the plain reference, then the proxy.

mod proxy;

use std::cell::Cell;

use crate::errors::{Raised, Result};
use crate::object::RawObject;
use crate::objects::exceptions;
use crate::objects::generic_alias::GenericAlias;
use crate::prelude::*;
use crate::protocol::call::positional_count;

pub use proxy::{CALLABLE_PROXY_TYPE, CallableProxy, PROXY_TYPE, Proxy};

/// The head of an object's list of weak references: the field that `#[weaklist]` marks.
#[repr(transparent)]
pub struct WeakList(Cell<*mut Reference>);

impl Default for WeakList {
    fn default() -> Self {
        WeakList::new()
    }
}

impl WeakList {
    pub const fn new() -> WeakList {
        WeakList(Cell::new(std::ptr::null_mut()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.get().is_null()
    }

    /// The list's members, without references of their own.
    fn iter(&self) -> impl Iterator<Item = &Reference> {
        // SAFETY: members leave the list before they are freed.
        let first = unsafe { self.0.get().as_ref() };
        // SAFETY: as above.
        std::iter::successors(first, |reference| unsafe { reference.next.get().as_ref() })
    }

    /// The plain reference and the plain proxy, if the list has them.
    fn shared(&self) -> (Option<&Reference>, Option<&Reference>) {
        let mut members = self.iter();
        let mut next = members.next();
        let reference = next.filter(|reference| reference.is_plain_reference());
        if reference.is_some() {
            next = members.next();
        }
        (reference, next.filter(|reference| reference.is_plain_proxy()))
    }

    fn insert_first(&self, reference: &Reference) {
        let first = self.0.replace(reference.address());
        reference.prev.set(std::ptr::null_mut());
        reference.next.set(first);
        // SAFETY: a live member, or null.
        if let Some(first) = unsafe { first.as_ref() } {
            first.prev.set(reference.address());
        }
    }

    fn insert(&self, reference: &Reference) {
        let (shared_reference, shared_proxy) = self.shared();
        let before = if reference.is_plain_reference() {
            None
        } else if reference.is_plain_proxy() {
            shared_reference
        } else {
            shared_proxy.or(shared_reference)
        };
        match before {
            Some(before) => reference.insert_after(before),
            None => self.insert_first(reference),
        }
    }
}

/// A list owns nothing.
impl crate::gc::Traverse for WeakList {
    fn traverse(&self, _visitor: &crate::gc::Visitor) -> i32 {
        0
    }
}

/// The list of an object that can be weakly referenced.
#[inline]
pub fn list_of(object: &Object) -> Option<&WeakList> {
    let offset = object.ty().raw.tp_weaklistoffset.get();
    if offset == 0 {
        return None;
    }
    // SAFETY: the type says that the list's head lies there.
    Some(unsafe { &*((object.as_ptr() as *const u8).wrapping_offset(offset) as *const WeakList) })
}

/// `weakref.ref` (C: `PyWeakReference`; proxies are laid out in the same way).
#[class(name = "weakref.ReferenceType", flags(GC, BASETYPE), symbol = "_PyWeakref_RefType")]
#[repr(C)]
pub struct Reference {
    head: Object,
    /// Not owned. None (the object) when the target is dead: C code compares.
    #[gc(skip)]
    target: Cell<*mut RawObject>,
    #[member(readonly, name = "__callback__")]
    callback: Link,
    /// The target's hash once it was asked for; -1 before.
    #[gc(skip)]
    hash: Cell<isize>,
    #[gc(skip)]
    prev: Cell<*mut Reference>,
    #[gc(skip)]
    next: Cell<*mut Reference>,
    #[vectorcall]
    vectorcall: Cell<abi::vectorcallfunc>,
}

const _: () = assert!(size_of::<Reference>() == size_of::<abi::PyWeakReference>());

impl Drop for Reference {
    fn drop(&mut self) {
        self.unlink();
    }
}

impl Reference {
    fn to(object: &Object, callback: Option<Ref>) -> Reference {
        Reference {
            head: Object::HEAD,
            target: Cell::new(object.as_ptr()),
            callback: Link::from_option(callback),
            hash: Cell::new(-1),
            prev: Cell::new(std::ptr::null_mut()),
            next: Cell::new(std::ptr::null_mut()),
            vectorcall: Cell::new(Some(call_reference)),
        }
    }

    fn address(&self) -> *mut Reference {
        self as *const Reference as *mut Reference
    }

    /// The target, unless it is dead or dying.
    #[inline]
    pub fn target(&self) -> Option<Ref> {
        self.borrow_target().map(Object::to_ref)
    }

    #[inline]
    fn borrow_target(&self) -> Option<&Object> {
        // SAFETY: a target that dies first clears its references; until then the pointer is good.
        let target = unsafe { Object::from_raw(self.target.get()) };
        (!target.is_none() && target.reference_count() != 0).then_some(target)
    }

    /// Has the target gone?
    pub fn is_dead(&self) -> bool {
        self.borrow_target().is_none()
    }

    /// What is called when the target dies.
    pub fn callback(&self) -> Option<Ref> {
        self.callback.get()
    }

    /// Forgets the callback.
    pub fn take_callback(&self) -> Option<Ref> {
        self.callback.take()
    }

    fn is_plain_reference(&self) -> bool {
        self.callback.is_null() && self.is::<Reference>()
    }

    fn is_plain_proxy(&self) -> bool {
        self.callback.is_null() && is_proxy(self)
    }

    fn insert_after(&self, before: &Reference) {
        let next = before.next.replace(self.address());
        self.prev.set(before.address());
        self.next.set(next);
        // SAFETY: a live member, or null.
        if let Some(next) = unsafe { next.as_ref() } {
            next.prev.set(self.address());
        }
    }

    /// Leaves the target's list: the reference is dead from here on.
    pub fn unlink(&self) {
        // SAFETY: a target outlives its list.
        let target = unsafe { Object::from_raw(self.target.get()) };
        if target.is_none() {
            return;
        }
        self.target.set(none().as_ptr());
        let (prev, next) = (self.prev.replace(std::ptr::null_mut()), self.next.replace(std::ptr::null_mut()));
        // SAFETY: the neighbours are live members, or null.
        unsafe {
            match prev.as_ref() {
                Some(prev) => prev.next.set(next),
                None => {
                    if let Some(list) = list_of(target)
                        && list.0.get() == self.address()
                    {
                        list.0.set(next);
                    }
                }
            }
            if let Some(next) = next.as_ref() {
                next.prev.set(prev);
            }
        }
    }

    /// What the collector does to a reference that is garbage itself: no callback comes any more.
    pub fn clear(&self) {
        self.unlink();
        drop(self.callback.take());
    }

    fn hash_of_target(&self) -> Result<isize> {
        let known = self.hash.get();
        if known != -1 {
            return Ok(known);
        }
        let Some(target) = self.target() else { return Err(raise!(TypeError, "weak object has gone away")) };
        let hash = target.hash()?;
        self.hash.set(hash);
        Ok(hash)
    }
}

/// Is the object a weak proxy?
pub fn is_proxy(object: &Object) -> bool {
    object.is::<Proxy>() || object.is::<CallableProxy>()
}

/// The body of a reference or a proxy.
pub fn as_reference(object: &Object) -> Option<&Reference> {
    if is_proxy(object) {
        // SAFETY: proxies begin with the same struct.
        return Some(unsafe { object.downcast_unchecked() });
    }
    object.downcast::<Reference>()
}

/// The object's list, or the TypeError for what can't be weakly referenced.
fn referable(object: &Object) -> Result<&WeakList> {
    list_of(object).ok_or_else(|| {
        raise!(TypeError, "cannot create weak reference to '{}' object", object.ty().full_name())
    })
}

/// A reference of type `ty`: `weakref.ref` or a subclass.
fn new_in(ty: &Type, object: &Object, callback: Option<&Object>) -> Result<Ref<Reference>> {
    let list = referable(object)?;
    let callback = callback.filter(|callback| !callback.is_none());
    if callback.is_none()
        && std::ptr::eq(ty, Reference::type_object())
        && let (Some(shared), _) = list.shared()
        && shared.reference_count() != 0
    {
        return Ok(Ref::from_borrowed(shared));
    }
    let reference = Ref::new_in(ty, Reference::to(object, callback.map(Object::to_ref)));
    list.insert(&reference);
    Ok(reference)
}

/// `weakref.ref(object, callback)`.
pub fn new_reference(object: &Object, callback: Option<&Object>) -> Result<Ref<Reference>> {
    new_in(Reference::type_object(), object, callback)
}

/// `weakref.proxy(object, callback)`.
pub fn new_proxy(object: &Object, callback: Option<&Object>) -> Result {
    let list = referable(object)?;
    let callback = callback.filter(|callback| !callback.is_none());
    if callback.is_none()
        && let (_, Some(shared)) = list.shared()
        && shared.reference_count() != 0
    {
        return Ok(shared.to_ref());
    }
    let proxy = proxy::make(Reference::to(object, callback.map(Object::to_ref)), object.is_callable());
    // SAFETY: proxies begin with the same struct.
    list.insert(unsafe { proxy.downcast_unchecked() });
    Ok(proxy)
}

/// How many weak references and proxies an object has.
pub fn count(object: &Object) -> usize {
    list_of(object).map_or(0, |list| list.iter().filter(|reference| reference.reference_count() != 0).count())
}

/// The weak references and proxies of an object, in the order of its list.
pub fn all(object: &Object) -> Vec<Ref> {
    let Some(list) = list_of(object) else { return Vec::new() };
    list.iter()
        .filter(|reference| reference.reference_count() != 0)
        .map(|reference| reference.to_ref())
        .collect()
}

/// As [`all`], as references: for the collector, which unlinks them and calls their callbacks itself.
pub fn members(object: &Object) -> Vec<Ref<Reference>> {
    let Some(list) = list_of(object) else { return Vec::new() };
    list.iter().filter(|reference| reference.reference_count() != 0).map(Ref::from_borrowed).collect()
}

/// The first of an object's list: what `__weakref__` gives.
pub fn first(object: &Object) -> Option<Ref> {
    list_of(object)?.iter().next().map(|reference| reference.to_ref())
}

/// Tells the references to a dying object, newest first, that it is gone.
pub fn clear_all(object: &Object) {
    let Some(list) = list_of(object) else { return };
    if list.is_empty() {
        return;
    }
    let mut calls = Vec::new();
    // SAFETY: the list's members are alive; unlinking takes the first out of the list.
    while let Some(reference) = unsafe { list.0.get().as_ref() } {
        let callback = reference.callback.take();
        // A reference that is dying itself calls nobody.
        let held = (callback.is_some() && reference.reference_count() != 0).then(|| reference.to_ref());
        reference.unlink();
        match (held, callback) {
            (Some(reference), Some(callback)) => calls.push((reference, callback)),
            (_, callback) => drop(callback),
        }
    }
    if calls.is_empty() {
        return;
    }
    let thread = Thread::current();
    let saved = thread.take_exception();
    for (reference, callback) in calls {
        if let Err(raised) = callback.call(&[&reference]) {
            report(raised, &callback);
        }
    }
    thread.set_exception(saved);
}

/// As [`clear_all`], without calling anybody (C: `PyUnstable_Object_ClearWeakRefsNoCallbacks`).
pub fn clear_all_silently(object: &Object) {
    let Some(list) = list_of(object) else { return };
    let mut callbacks = Vec::new();
    // SAFETY: as in `clear_all`.
    while let Some(reference) = unsafe { list.0.get().as_ref() } {
        callbacks.extend(reference.callback.take());
        reference.unlink();
    }
    drop(callbacks);
}

/// An exception in a callback goes nowhere.
#[cold]
fn report(raised: Raised, callback: &Object) {
    exceptions::write_unraisable_doing(raised.take(), "calling weakref callback", callback);
}

/// The arguments of `ref` and of subclasses: the object, and perhaps a callback.
fn reference_arguments<'a>(function: &str, args: &[&'a Object]) -> Result<(&'a Object, Option<&'a Object>)> {
    match *args {
        [object] => Ok((object, None)),
        [object, callback] => Ok((object, Some(callback))),
        [] => Err(raise!(TypeError, "{function} expected at least 1 argument, got 0")),
        _ => Err(raise!(TypeError, "{function} expected at most 2 arguments, got {}", args.len())),
    }
}

#[methods]
impl Reference {
    #[new(signature = "(*args, **kwargs)", hidden_signature)]
    fn new(class: &Type, args: &[&Object], kwargs: KwArgs<'_>) -> Result<Ref<Self>> {
        // `__init__` complains about them.
        let _ = kwargs;
        let (object, callback) = reference_arguments("__new__", args)?;
        new_in(class, object, callback)
    }

    #[init(signature = "(*args, **kwargs)", hidden_signature)]
    fn init(&self, args: &[&Object], kwargs: KwArgs<'_>) -> Result<()> {
        if !kwargs.is_empty() {
            return Err(raise!(TypeError, "ref() takes no keyword arguments"));
        }
        reference_arguments("__init__", args).map(drop)
    }

    /// Weakrefs are generic over the type of the referenced object.
    #[classmethod(name = "__class_getitem__", signature = "($type, object, /)")]
    fn class_getitem(class: &Type, object: &Object) -> Result {
        Ok(GenericAlias::new(class, object)?.into_object())
    }

    #[slot]
    fn tp_repr(&self) -> Result<String> {
        let address = self.as_ptr();
        let Some(target) = self.target() else { return Ok(format!("<weakref at {address:p}; dead>")) };
        let (ty, at) = (target.ty().qualified_name(), target.as_ptr());
        let name = target.lookup_special(intern!("__name__"))?;
        Ok(match name.as_ref().and_then(|name| name.downcast::<Str>()) {
            Some(name) => format!("<weakref at {address:p}; to '{ty}' at {at:p} ({name})>"),
            None => format!("<weakref at {address:p}; to '{ty}' at {at:p}>"),
        })
    }

    #[slot]
    fn tp_hash(&self) -> Result<isize> {
        self.hash_of_target()
    }

    #[slot]
    fn tp_richcompare(&self, other: &Object, op: CompareOp) -> Result {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<Reference>()) else {
            return Ok(not_implemented());
        };
        match (self.target(), other.target()) {
            (Some(left), Some(right)) => left.rich_compare(&right, op),
            _ => Ok(py_bool(self.is_same(other) == (op == CompareOp::Eq))),
        }
    }

    #[slot]
    fn tp_call(&self, arguments: &Tuple, keywords: Option<&Dict>) -> Result {
        // A subclass's own `__call__` may come here: not by the vectorcall that it doesn't have.
        if keywords.is_some_and(|keywords| !keywords.is_empty()) {
            return Err(raise!(TypeError, "weakref() takes no keyword arguments"));
        }
        if !arguments.is_empty() {
            return Err(raise!(TypeError, "weakref expected 0 arguments, got {}", arguments.len()));
        }
        Ok(self.target().unwrap_or_else(none))
    }

    #[slot]
    fn tp_clear(&self) {
        self.clear();
    }
}

unsafe extern "C" fn call_reference(
    reference: *mut RawObject,
    _arguments: *const *mut RawObject,
    nargsf: usize,
    kwnames: *mut RawObject,
) -> *mut RawObject {
    // SAFETY: vectorcall passes the callable itself and a tuple of names, or null.
    unsafe {
        let reference = Object::from_raw(reference).downcast_unchecked::<Reference>();
        if (kwnames as *const Tuple).as_ref().is_some_and(|names| !names.is_empty()) {
            let _ = raise!(TypeError, "weakref() takes no keyword arguments");
            return std::ptr::null_mut();
        }
        let count = positional_count(nargsf);
        if count != 0 {
            let _ = raise!(TypeError, "weakref expected 0 arguments, got {count}");
            return std::ptr::null_mut();
        }
        reference.target().unwrap_or_else(none).into_raw()
    }
}

/// The error of a proxy whose target is gone.
#[cold]
fn gone() -> Raised {
    crate::errors::raise_message(&exceptions::ReferenceError, "weakly-referenced object no longer exists")
}
