//! The object head, and what makes a Rust struct the body of a Python object.
//! Layout: <https://docs.python.org/3.14/c-api/structures.html#base-object-types-and-macros>.

use std::cell::{Cell, UnsafeCell};
use std::ops::Deref;

use crate::objects::r#type::Type;
use crate::refcount::RefCount;
use crate::reference::Ref;

/// How C sees an object. `extern "C"` functions take and give pointers to it.
pub type RawObject = abi::PyObject;

/// The head of every object: reference count and type. `&Object` is a borrow: sound while somebody holds a reference.
#[repr(C)]
pub struct Object {
    pub(crate) refcount: RefCount,
    ty: Cell<*const Type>,
}

/// The head of an object of variable size; the meaning of `size` is the type's.
#[repr(C)]
pub struct VarObject {
    base: Object,
    pub size: Cell<isize>,
}

const _: () = assert!(size_of::<Object>() == size_of::<abi::PyObject>());
const _: () = assert!(size_of::<VarObject>() == size_of::<abi::PyVarObject>());

/// A struct that begins with an [`Object`].
///
/// # Safety
/// The type is `#[repr(C)]` and its first field is an object head (or a struct that begins with one).
pub unsafe trait Layout: Sized + 'static {
    #[inline(always)]
    fn as_object(&self) -> &Object {
        // SAFETY: by the trait's contract an object head lies at the start.
        unsafe { &*(self as *const Self as *const Object) }
    }
}

/// A struct that is the body of the instances of one native type.
///
/// # Safety
/// Every instance of `type_object()` or of a subtype begins with this struct.
pub unsafe trait NativeType: Layout {
    fn type_object() -> &'static Type;
}

// SAFETY: they are the heads themselves.
unsafe impl Layout for Object {}
// SAFETY: a VarObject begins with an Object.
unsafe impl Layout for VarObject {}

impl Object {
    /// The head of a native struct under construction; [`Ref::new`] fills it in.
    #[allow(clippy::declare_interior_mutable_const, reason = "it is a constructor in constant form")]
    pub const HEAD: Object = Object { refcount: RefCount::zero(), ty: Cell::new(std::ptr::null()) };

    /// The head of an immortal object in static memory. A null type is filled in at start.
    pub const fn immortal_head(ty: *const Type) -> Object {
        Object { refcount: RefCount::immortal(), ty: Cell::new(ty) }
    }

    /// # Safety
    /// `raw` points to a live object that outlives `'a`.
    #[inline(always)]
    pub unsafe fn from_raw<'a>(raw: *mut RawObject) -> &'a Object {
        // SAFETY: by contract.
        unsafe { &*(raw as *const Object) }
    }

    /// As [`Object::from_raw`], null being `None`.
    ///
    /// # Safety
    /// `raw` is null or points to a live object that outlives `'a`.
    #[inline(always)]
    pub unsafe fn from_raw_opt<'a>(raw: *mut RawObject) -> Option<&'a Object> {
        // SAFETY: by contract.
        unsafe { (raw as *const Object).as_ref() }
    }

    /// The pointer that C sees: borrowed.
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut RawObject {
        self as *const Object as *mut RawObject
    }

    /// The object's type.
    #[inline(always)]
    pub fn ty(&self) -> &Type {
        // SAFETY: a live object's type is alive: the object holds it.
        unsafe { &*self.ty.get() }
    }

    /// Sets the type without touching reference counts.
    ///
    /// # Safety
    /// The memory is laid out as `ty`'s instances are, and the caller accounts for the references to the types.
    #[inline(always)]
    pub unsafe fn set_type(&self, ty: *const Type) {
        self.ty.set(ty);
    }

    /// A new strong reference to this object.
    #[inline(always)]
    pub fn to_ref(&self) -> Ref {
        Ref::from_borrowed(self)
    }

    /// Are they the same object (`is`)?
    #[inline(always)]
    pub fn is_same(&self, other: &Object) -> bool {
        std::ptr::eq(self, other)
    }

    /// Is the type exactly `T`'s?
    #[inline(always)]
    pub fn is<T: NativeType>(&self) -> bool {
        std::ptr::eq(self.ty.get(), T::type_object())
    }

    /// The body, if this is an instance of `T`'s type or of a subtype.
    #[inline]
    pub fn downcast<T: NativeType>(&self) -> Option<&T> {
        let wanted = T::type_object();
        if std::ptr::eq(self.ty.get(), wanted) || self.ty().is_subtype(wanted) {
            // SAFETY: NativeType's contract.
            return Some(unsafe { self.downcast_unchecked() });
        }
        None
    }

    /// The body, if the type is exactly `T`'s.
    #[inline(always)]
    pub fn downcast_exact<T: NativeType>(&self) -> Option<&T> {
        // SAFETY: NativeType's contract.
        self.is::<T>().then(|| unsafe { self.downcast_unchecked() })
    }

    /// # Safety
    /// The object begins with a `T`.
    #[inline(always)]
    pub unsafe fn downcast_unchecked<T: Layout>(&self) -> &T {
        // SAFETY: by contract.
        unsafe { &*(self as *const Object as *const T) }
    }

    pub fn reference_count(&self) -> u32 {
        self.refcount.get()
    }

    pub fn is_immortal(&self) -> bool {
        self.refcount.is_immortal()
    }

    pub fn make_immortal(&self) {
        self.refcount.make_immortal();
    }
}

impl VarObject {
    /// As [`Object::HEAD`], of size 0.
    #[allow(clippy::declare_interior_mutable_const, reason = "it is a constructor in constant form")]
    pub const HEAD: VarObject = VarObject { base: Object::HEAD, size: Cell::new(0) };

    pub const fn immortal_head(ty: *const Type, size: isize) -> VarObject {
        VarObject { base: Object::immortal_head(ty), size: Cell::new(size) }
    }
}

impl Deref for VarObject {
    type Target = Object;
    #[inline(always)]
    fn deref(&self) -> &Object {
        &self.base
    }
}

/// An immortal object in static memory: a built-in type or a singleton.
#[repr(transparent)]
pub struct Static<T>(UnsafeCell<T>);

// SAFETY: what changes in a static object changes under the GIL, as for any other object.
unsafe impl<T> Sync for Static<T> {}

impl<T> Static<T> {
    pub const fn new(value: T) -> Self {
        Static(UnsafeCell::new(value))
    }
}

impl<T> Deref for Static<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: objects change only through interior mutability, never through `&mut`.
        unsafe { &*self.0.get() }
    }
}
