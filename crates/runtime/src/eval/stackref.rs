//! References on the evaluation stack and in local variables: owned, or (tagged) borrowed from a local that outlives them.

use crate::object::{Layout, Object, RawObject};
use crate::reference::Ref;

const BORROWED: usize = 1;

/// A nullable reference; `Drop` gives it back unless it is borrowed. C's pointers to objects are owned ones of these.
#[repr(transparent)]
pub struct StackRef(usize);

impl StackRef {
    pub const NULL: StackRef = StackRef(0);

    #[inline(always)]
    pub fn new<T: Layout>(object: Ref<T>) -> StackRef {
        StackRef(object.into_raw() as usize)
    }

    #[inline(always)]
    pub fn from_option(object: Option<Ref>) -> StackRef {
        object.map_or(StackRef::NULL, StackRef::new)
    }

    /// A reference that takes none of its own.
    ///
    /// # Safety
    /// Somebody else keeps the object alive as long as this exists.
    #[inline(always)]
    pub unsafe fn borrowed(object: &Object) -> StackRef {
        StackRef(object.as_ptr() as usize | BORROWED)
    }

    #[inline(always)]
    pub fn is_null(&self) -> bool {
        self.0 == 0
    }

    #[inline(always)]
    pub fn is_owned(&self) -> bool {
        self.0 & BORROWED == 0
    }

    #[inline(always)]
    pub fn as_raw(&self) -> *mut RawObject {
        (self.0 & !BORROWED) as *mut RawObject
    }

    #[inline(always)]
    pub fn get(&self) -> Option<&Object> {
        // SAFETY: the reference keeps the object alive, or what it borrows from does.
        unsafe { Object::from_raw_opt(self.as_raw()) }
    }

    /// The object.
    ///
    /// # Safety
    /// It is not null.
    #[inline(always)]
    pub unsafe fn object(&self) -> &Object {
        // SAFETY: by contract.
        unsafe { Object::from_raw(self.as_raw()) }
    }

    /// Another reference to the same object.
    #[inline(always)]
    pub fn duplicate(&self) -> StackRef {
        if self.0 & BORROWED == 0
            && let Some(object) = self.get()
        {
            return StackRef::new(object.to_ref());
        }
        StackRef(self.0)
    }

    /// Another reference of its own to the same object.
    #[inline(always)]
    pub fn duplicate_owned(&self) -> StackRef {
        match self.get() {
            Some(object) => StackRef::new(object.to_ref()),
            None => StackRef::NULL,
        }
    }

    /// Another view without a reference of its own.
    ///
    /// # Safety
    /// Somebody else keeps the object alive as long as the view exists.
    #[inline(always)]
    pub unsafe fn borrow(&self) -> StackRef {
        if self.0 == 0 { StackRef::NULL } else { StackRef(self.0 | BORROWED) }
    }

    /// The same reference as an owned one.
    #[inline(always)]
    pub fn into_owned(self) -> StackRef {
        if self.0 & BORROWED == 0 { self } else { self.duplicate_owned() }
    }

    #[inline(always)]
    pub fn into_option(self) -> Option<Ref> {
        let owned = self.into_owned();
        let raw = owned.0 as *mut RawObject;
        std::mem::forget(owned);
        // SAFETY: an owned reference, or null.
        unsafe { Ref::from_owned_opt(raw) }
    }

    /// The reference as a `Ref`.
    ///
    /// # Safety
    /// It is not null.
    #[inline(always)]
    pub unsafe fn into_ref(self) -> Ref {
        let owned = self.into_owned();
        let raw = owned.0 as *mut RawObject;
        std::mem::forget(owned);
        // SAFETY: by contract an owned reference.
        unsafe { Ref::from_owned(raw) }
    }
}

impl Drop for StackRef {
    #[inline(always)]
    fn drop(&mut self) {
        if self.0 != 0 && self.0 & BORROWED == 0 {
            // SAFETY: an owned reference.
            drop(unsafe { Ref::<Object>::from_owned(self.0 as *mut RawObject) });
        }
    }
}
