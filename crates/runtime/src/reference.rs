//! Owned references: [`Ref`], a strong reference in a variable, and [`Link`], one in an object's field.

use std::cell::Cell;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::memory;
use crate::object::{Layout, NativeType, Object, RawObject};
use crate::objects::r#type::Type;

/// An owned strong reference. `Clone` adds a reference, `Drop` gives it back (which can run any Python code).
#[repr(transparent)]
pub struct Ref<T: Layout = Object>(NonNull<T>);

impl<T: Layout> Ref<T> {
    #[inline(always)]
    pub fn from_borrowed(object: &T) -> Self {
        object.as_object().refcount.increment();
        Ref(NonNull::from(object))
    }

    /// Takes over a strong reference from C.
    ///
    /// # Safety
    /// `raw` is a strong reference that the caller owns, to an object that begins with a `T`.
    #[inline(always)]
    pub unsafe fn from_owned(raw: *mut RawObject) -> Self {
        // SAFETY: by contract not null.
        Ref(unsafe { NonNull::new_unchecked(raw as *mut T) })
    }

    /// As [`Ref::from_owned`], null being `None`.
    ///
    /// # Safety
    /// As there, but `raw` may be null.
    #[inline(always)]
    pub unsafe fn from_owned_opt(raw: *mut RawObject) -> Option<Self> {
        NonNull::new(raw as *mut T).map(Ref)
    }

    /// Gives the reference away, to C or to a raw field.
    #[inline(always)]
    pub fn into_raw(self) -> *mut RawObject {
        ManuallyDrop::new(self).0.as_ptr() as *mut RawObject
    }

    /// The same reference, seen as any object.
    #[inline(always)]
    pub fn into_object(self) -> Ref {
        Ref(ManuallyDrop::new(self).0.cast())
    }

    /// # Safety
    /// The object begins with a `U`.
    #[inline(always)]
    pub unsafe fn cast_unchecked<U: Layout>(self) -> Ref<U> {
        Ref(ManuallyDrop::new(self).0.cast())
    }

    /// The reference as one to `U` if the object is an instance of its type; itself otherwise.
    #[inline]
    pub fn cast<U: NativeType>(self) -> Result<Ref<U>, Self> {
        if self.as_object().downcast::<U>().is_some() {
            // SAFETY: just checked.
            Ok(unsafe { self.cast_unchecked() })
        } else {
            Err(self)
        }
    }

    /// As [`Ref::cast`], for exactly `U`'s type.
    #[inline]
    pub fn cast_exact<U: NativeType>(self) -> Result<Ref<U>, Self> {
        if self.as_object().is::<U>() {
            // SAFETY: just checked.
            Ok(unsafe { self.cast_unchecked() })
        } else {
            Err(self)
        }
    }

    /// An instance of `ty`, which is `T`'s type or a subtype of it, with `value` as its native body; the tail is zero.
    /// Memory exhaustion aborts, as for any Rust allocation of fixed size.
    #[inline]
    pub fn new_in(ty: &Type, value: T) -> Self {
        // SAFETY: memory of the type's basic size, which is at least `T`'s; the head is written after the body.
        unsafe {
            let object = memory::allocate_object(ty, 0).expect("out of memory");
            let body = object.cast::<T>();
            body.write(value);
            memory::initialize(object, ty);
            Ref(body)
        }
    }
}

impl<T: NativeType> Ref<T> {
    /// An instance of exactly `T`'s type.
    #[inline]
    pub fn new(value: T) -> Self {
        Ref::new_in(T::type_object(), value)
    }
}

impl<T: Layout> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        Ref::from_borrowed(self)
    }
}

impl<T: Layout> Drop for Ref<T> {
    #[inline(always)]
    fn drop(&mut self) {
        let object = self.0.cast::<Object>();
        // SAFETY: this reference keeps the object alive until here.
        unsafe {
            if object.as_ref().refcount.decrement() {
                memory::deallocate(object);
            }
        }
    }
}

impl<T: Layout> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: this reference keeps the object alive.
        unsafe { self.0.as_ref() }
    }
}

impl<T: Layout> AsRef<T> for Ref<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

/// The address alone: printing an object's content runs Python code.
impl<T: Layout> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} at {:p}>", self.as_object().ty().name(), self.0)
    }
}

impl<T: Layout + fmt::Display> fmt::Display for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Adds a reference to a raw object.
///
/// # Safety
/// `raw` is null or points to a live object.
#[inline(always)]
pub unsafe fn incref(raw: *mut RawObject) {
    // SAFETY: by contract.
    if let Some(object) = unsafe { Object::from_raw_opt(raw) } {
        object.refcount.increment();
    }
}

/// Gives a raw strong reference back.
///
/// # Safety
/// `raw` is null or a strong reference that the caller owns.
#[inline(always)]
pub unsafe fn decref(raw: *mut RawObject) {
    // SAFETY: by contract.
    drop(unsafe { Ref::<Object>::from_owned_opt(raw) });
}

/// A nullable owned reference as a field of an object, with the layout of a C pointer.
#[repr(transparent)]
pub struct Link<T: Layout = Object>(Cell<*mut T>);

impl<T: Layout> Link<T> {
    pub const fn null() -> Self {
        Link(Cell::new(std::ptr::null_mut()))
    }

    #[inline(always)]
    pub fn new(target: Ref<T>) -> Self {
        Link(Cell::new(target.into_raw() as *mut T))
    }

    #[inline(always)]
    pub fn from_option(target: Option<Ref<T>>) -> Self {
        target.map_or_else(Link::null, Link::new)
    }

    /// A new reference to the target.
    #[inline(always)]
    pub fn get(&self) -> Option<Ref<T>> {
        // SAFETY: the field owns a reference to its target.
        unsafe { self.0.get().as_ref() }.map(Ref::from_borrowed)
    }

    /// The target without a reference of its own.
    ///
    /// # Safety
    /// Nothing may set the field, or run code that could, while the borrow lives.
    #[inline(always)]
    pub unsafe fn borrow(&self) -> Option<&T> {
        // SAFETY: by contract.
        unsafe { self.0.get().as_ref() }
    }

    /// The raw pointer, borrowed.
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut T {
        self.0.get()
    }

    #[inline(always)]
    pub fn is_null(&self) -> bool {
        self.0.get().is_null()
    }

    /// Is `object` the target?
    #[inline(always)]
    pub fn is(&self, object: &Object) -> bool {
        std::ptr::eq(self.0.get() as *const Object, object)
    }

    /// Puts the new target in place, then gives the old one back.
    #[inline(always)]
    pub fn set(&self, target: Option<Ref<T>>) {
        drop(self.replace(target));
    }

    #[inline(always)]
    pub fn replace(&self, target: Option<Ref<T>>) -> Option<Ref<T>> {
        let new = target.map_or(std::ptr::null_mut(), |target| target.into_raw() as *mut T);
        // SAFETY: the field owned the old pointer's reference, and owns it no more.
        unsafe { Ref::from_owned_opt(self.0.replace(new) as *mut RawObject) }
    }

    #[inline(always)]
    pub fn take(&self) -> Option<Ref<T>> {
        self.replace(None)
    }
}

impl<T: Layout> Drop for Link<T> {
    #[inline(always)]
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<T: Layout> Default for Link<T> {
    fn default() -> Self {
        Link::null()
    }
}
