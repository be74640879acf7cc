//! The `memo` attributes of picklers and unpicklers: views that copy, clear and can be assigned.

use runtime::prelude::*;

use super::memo::{Loaded, Memo};
use super::pickler::Pickler;
use super::unpickler::Unpickler;

/// A pickler's memo
#[class(name = "_pickle.PicklerMemoProxy", flags(BASETYPE, GC), doc = "")]
#[repr(C)]
pub struct PicklerMemoProxy {
    head: Object,
    pickler: Ref<Pickler>,
}

impl PicklerMemoProxy {
    pub fn new(pickler: &Pickler) -> Ref<PicklerMemoProxy> {
        Ref::new(PicklerMemoProxy { head: Object::HEAD, pickler: Ref::from_borrowed(pickler) })
    }

    pub fn entries(&self) -> Vec<(Ref, usize)> {
        self.pickler.memo.borrow().entries()
    }
}

fn reduced(contents: Ref<Dict>) -> Ref<Tuple> {
    Tuple::pack([Dict::type_object().to_ref(), Tuple::pack([contents.into_object()]).into_object()])
}

#[methods]
impl PicklerMemoProxy {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __hash__: () = ();

    /// Forget all entries.
    #[method(signature = "($self, /)")]
    fn clear(&self) {
        let old = self.pickler.memo.replace(Memo::default());
        drop(old);
    }

    /// The entries as a dict.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Dict>> {
        let copy = Dict::new();
        for (object, index) in self.entries() {
            let key = Int::from_usize(object.as_ptr() as usize);
            copy.insert(&key, &Tuple::pack([Int::from_usize(index).into_object(), object]))?;
        }
        Ok(copy)
    }

    /// For pickling: as a dict.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        self.copy().map(reduced)
    }
}

/// An unpickler's memo
#[class(name = "_pickle.UnpicklerMemoProxy", flags(BASETYPE, GC), doc = "")]
#[repr(C)]
pub struct UnpicklerMemoProxy {
    head: Object,
    unpickler: Ref<Unpickler>,
}

impl UnpicklerMemoProxy {
    pub fn new(unpickler: &Unpickler) -> Ref<UnpicklerMemoProxy> {
        Ref::new(UnpicklerMemoProxy { head: Object::HEAD, unpickler: Ref::from_borrowed(unpickler) })
    }

    pub fn contents(&self) -> Loaded {
        self.unpickler.memo.borrow().copied()
    }
}

#[methods]
impl UnpicklerMemoProxy {
    #[constant]
    #[allow(non_upper_case_globals)]
    const __hash__: () = ();

    /// Forget all entries.
    #[method(signature = "($self, /)")]
    fn clear(&self) {
        let old = self.unpickler.memo.replace(Loaded::new());
        drop(old);
    }

    /// The entries as a dict.
    #[method(signature = "($self, /)")]
    fn copy(&self) -> Result<Ref<Dict>> {
        let copy = Dict::new();
        let entries = self.unpickler.memo.borrow().entries();
        for (index, value) in entries {
            copy.insert(&Int::from_usize(index), &value)?;
        }
        Ok(copy)
    }

    /// For pickling: as a dict.
    #[method(name = "__reduce__", signature = "($self, /)")]
    fn reduce(&self) -> Result<Ref<Tuple>> {
        self.copy().map(reduced)
    }
}
